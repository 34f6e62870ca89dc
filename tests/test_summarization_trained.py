"""The trained summariser: its forest by hand, its arrays, its folder, one article and many."""

import dataclasses
import subprocess
import sys
import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.learn_summarizer import mean_forest
from tests.test_summarization import NEWS, document
from toolkit.errors import ModelError
from toolkit.provinces import find_provinces
from toolkit.results import Budget
from toolkit.summarization import summarize, summarize_each, trained
from toolkit.summarization.cues import leans
from toolkit.summarization.forest import Forest
from toolkit.summarization.model import load_model, shipped_model
from toolkit.summarization.sentence_features import SENTENCE_FEATURES, Weighed
from toolkit.summarization.set_features import SET_FEATURES, Tried, candidate_sets, set_features
from toolkit.summarization.syllable_codes import read_syllables
from toolkit.summarization.tokens import Source, find_concepts, read_tokens
from toolkit.summarization.trained import TrainedSummarizer
from toolkit.text import syllables


def stump_and_tree():
    """Tree 0: x0 <= 1 → 10, else 20. Tree 1: x1 <= 0 → (x0 <= 5 → 1, else 2), else 3."""
    leaves = np.zeros((2, 8), dtype=np.float32)
    leaves[0, :2], leaves[1, :3] = (10, 20), (1, 2, 3)
    return Forest(
        feature=np.array([0, 1, 0], dtype=np.int32),
        threshold=np.array([1, 0, 5], dtype=np.float32),
        tree=np.array([0, 1, 1], dtype=np.int32),
        mask=np.array([0xFE, 0xFC, 0xFE], dtype=np.uint8),
        leaves=leaves,
        base=np.array([0.5]),
    )


@pytest.mark.parametrize(
    ("row", "value"), [((1, 0), 11.5), ((1.5, 0), 21.5), ((6, -1), 22.5), ((6, 0.1), 23.5), ((0, 9), 13.5)]
)
def test_forest_adds_the_leaf_of_every_tree(row, value):
    assert stump_and_tree().predict(np.array([row], dtype=np.float32)).tolist() == [value]


def test_mean_of_forests_predicts_the_mean_of_what_they_predict():
    one = stump_and_tree()
    two = dataclasses.replace(one, leaves=one.leaves * 3, base=one.base + 2)
    rows = np.array([[1, 0], [1.5, 0], [6, -1], [0, 9]], dtype=np.float32)
    assert mean_forest([one, two]).predict(rows) == pytest.approx((one.predict(rows) + two.predict(rows)) / 2)


def test_forest_of_no_rows_predicts_nothing():
    assert stump_and_tree().predict(np.zeros((0, 2), dtype=np.float32)).shape == (0,)


def test_forest_comes_back_from_its_arrays():
    forest = stump_and_tree()
    again = Forest.from_arrays(forest.to_arrays("f"), "f", 2)
    rows = np.array([[6, -1], [0, 9]], dtype=np.float32)
    assert again.predict(rows).tolist() == forest.predict(rows).tolist()


@pytest.mark.parametrize(
    "change",
    [
        {"f_feature": np.array([0, 2, 0], dtype=np.int32)},
        {"f_tree": np.array([0, 1, 7], dtype=np.int32)},
        {"f_mask": np.array([1.0, 2.0, 3.0])},
        {"f_leaves": np.zeros((2, 3), dtype=np.float32)},
    ],
)
def test_forest_with_contradicting_arrays_is_refused(change):
    with pytest.raises(ModelError, match=r"contradict|of other types"):
        Forest.from_arrays({**stump_and_tree().to_arrays("f"), **change}, "f", 2)


def test_forest_without_an_array_is_refused():
    with pytest.raises(ModelError, match="lacks the array"):
        Forest.from_arrays({}, "f", 2)


def test_concepts_of_two_documents_by_hand():
    tokens = read_tokens([Source("Giá gạo", ("Gạo tăng.", "Giá gạo tăng.")), Source(None, ("Gạo.",))])
    assert tokens.length.tolist() == [2, 3, 1]
    assert tokens.capitals.tolist() == [1, 1, 1]
    one = find_concepts(tokens, 1)
    # document 0: gạo, tăng (first in sentence 0), giá (first in sentence 1); document 1: gạo
    assert one.document.tolist() == [0, 0, 0, 1]
    columns = (one.frequency, one.first, one.in_title)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    assert sorted(rows[:3]) == [(1, 1, True), (2, 0, False), (2, 0, True)]
    assert rows[3] == (1, 0, False)
    gạo = rows.index((2, 0, True))
    assert (one.bucket[gạo], one.code[gạo]) == (one.bucket[3], one.code[3])
    assert len(set(one.code.tolist())) == 3
    assert one.n_title.tolist() == [2, 0]
    two = find_concepts(tokens, 2)
    # "gạo tăng" twice, "giá gạo" once, the latter in the title
    assert sorted(zip(two.frequency.tolist(), two.in_title.tolist(), strict=True)) == [(1, True), (2, False)]


def test_syllables_of_many_texts_are_read_as_from_each():
    texts = ["Giá gạo, giá CÀ PHÊ: “12” %", "", "𝐀b_c İstanbul ١٢ ", "giá"]
    found = read_syllables(texts)
    words = [syllables(text) for text in texts]
    assert found.length.tolist() == [len(line) for line in words] == [6, 0, 3, 1]
    assert found.text.tolist() == [0, 0, 0, 0, 0, 0, 2, 2, 2, 3]
    assert found.figure.tolist() == [False] * 5 + [True] + [False] * 4
    assert found.capital.tolist() == [True, False, False, True, True, False, False, True, False, False]
    assert (found.commas.tolist(), found.quotes.tolist()) == ([1, 0, 0, 0], [True, False, False, False])
    flat = [word.lower() for line in words for word in line]
    for one, code in zip(flat, found.code.tolist(), strict=True):
        assert [other for other, same in zip(flat, found.code.tolist(), strict=True) if same == code] == [
            other for other in flat if other == one
        ]


@given(st.lists(st.text("aÀđ Ự1_,.“\n𝐀", max_size=12), max_size=6))
def test_syllables_are_those_of_the_regular_expression(texts):
    assert read_syllables(texts).length.tolist() == [len(syllables(text)) for text in texts]


def test_kinds_of_terms_are_told_and_openings_are_found():
    tokens = read_tokens([Source(None, ("Theo đó, 12 tấn và 3 tạ.", "Theo Bộ Công Thương.", "Đây là gạo", ""))])
    assert (tokens.count(1).tolist(), tokens.count(2).tolist()) == ([3, 1, 2, 0], [2, 0, 0, 0])
    assert tokens.leans.tolist() == [True, False, True, False]
    assert tokens.ends.tolist() == [True, True, False, False]


@pytest.mark.parametrize(
    "sentence",
    [
        "Kết quả kiểm tra ba lô hàng nói trên không có giấy tờ.",
        "Để giải quyết những vấn đề này, cảng đã họp với chủ hàng.",
        "Thứ ba,tỉnh sẽ hỗ trợ vốn cho hợp tác xã.",
        "13 bị cáo còn lại lãnh án tù treo.",
        "Hai ngày sau, đoàn sang thăm Viêng Chăn.",
        "Nếu làm được điều đó, cảng sẽ đón tàu lớn.",
        "Với cách làm như vậy, tỉnh đã thu hút 12 dự án.",
        "Đồng quan điểm, bà Lan cho rằng cần thêm vốn.",
        "Một trong các nguyên nhân lớn thứ hai là giá cước.",
        "Song ông Thịnh lưu ý các hợp tác xã về bao bì.",
        "“Hắn khai đã thuê người đứng tên”, ông Nam nói.",
    ],
)
def test_arrays_hide_no_leaning_sentence_from_the_expressions(sentence):
    assert leans(sentence)
    assert read_tokens([Source(None, ("Giá gạo tăng.", sentence))]).leans.tolist() == [False, True]


def test_best_sentences_are_tried_alone_and_with_the_anchors():
    tokens = read_tokens([Source(None, tuple(f"Câu {i}." for i in range(8))), Source(None, ("Một.",))])
    scores = np.array([0.1, 0.8, 0.2, 0.7, 0.3, 0.6, 0.4, 0.5, 0.9])
    sets = candidate_sets(tokens, scores, np.arange(9) != 1, Tried(anchors=2, singles=3, ranked=6))
    own = sets.take(sets.document == 0)
    ranked = [3, 5, 7, 6, 4, 2]  # what is allowed, the best first
    pairs = [(a, b) for i, a in enumerate(ranked[:2]) for b in ranked[i + 1 :]]
    expected = {(a, a) for a in ranked[:3]} | {(min(pair), max(pair)) for pair in pairs}
    assert set(zip(own.first.tolist(), own.second.tolist(), strict=True)) == expected
    assert len(own.first) == len(expected)
    assert all(ranked[r] == s for r, s in zip(own.rank_1.tolist(), own.first.tolist(), strict=True))
    assert all(ranked[r] == s for r, s in zip(own.rank_2.tolist(), own.second.tolist(), strict=True))
    assert sets.take(sets.document == 1).first.tolist() == [8]


def test_pair_covers_what_its_sentences_hold_once():
    # "gạo" and "tôm" have the chances 0.5 and 0.25; the second sentence holds both, the others one each
    tokens = read_tokens([Source("Tôm", ("Gạo.", "Gạo tôm.", "Tôm."))])
    concepts = find_concepts(tokens, 1)
    chance = np.where(concepts.in_title, 0.25, 0.5)
    nothing = find_concepts(tokens, 2)
    weighed = Weighed(concepts, chance), Weighed(nothing, np.zeros(len(nothing.code)))
    scores = np.array([0.3, 0.2, 0.1])
    sets = candidate_sets(tokens, scores, np.ones(3, dtype=bool), Tried(anchors=2, singles=3, ranked=3))
    rows = np.zeros((3, len(SENTENCE_FEATURES)), dtype=np.float32)
    found = set_features(tokens, weighed, rows, scores, sets)
    columns = [SET_FEATURES.index(name) for name in ("length", "cover_1", "shared_1", "title_1")]
    by_set = {(a, b): found[i, columns].tolist() for i, (a, b) in enumerate(zip(sets.first, sets.second, strict=True))}
    assert by_set == {
        (0, 0): [1, 0.5, 0, 0],
        (1, 1): [2, 0.75, 0, 1],
        (2, 2): [1, 0.25, 0, 1],
        (0, 1): [3, 0.75, 0.5, 1],
        (0, 2): [2, 0.75, 0, 1],
        (1, 2): [3, 0.75, 0.25, 1],
    }


def test_first_trees_and_the_others_add_up_to_the_forest():
    forest = shipped_model().sets
    rows = np.random.default_rng(0).normal(0, 10, (300, len(SET_FEATURES))).astype(np.float32)
    parts = forest.predict(rows, stop=40) + forest.predict(rows, start=40)
    assert parts == pytest.approx(forest.predict(rows), abs=1e-8)
    assert not np.allclose(forest.predict(rows, stop=40), forest.predict(rows))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.sampled_from([s.text for s in NEWS.sentences]), max_size=6), max_size=5))
def test_many_at_once_are_ranked_and_chosen_as_each_alone(articles):
    summarizer = TrainedSummarizer()
    documents = [document(sentences, title="Xuất khẩu tăng") for sentences in articles]
    for budget in (Budget(sentences=2), Budget(sentences=4), Budget(syllables=100), Budget(ratio=0.5)):
        alone = [summarizer.choose(one, budget) for one in documents]
        together = summarizer.choose_many(documents, budget)
        assert [c.sentences for c in together] == [c.sentences for c in alone]
        assert [c.scores.tolist() for c in together] == [c.scores.tolist() for c in alone]
        assert summarize_each(documents, budget) == [summarize(one, budget) for one in documents]
    ranks = summarizer.rank_many(documents)
    assert [r.tolist() for r in ranks] == [summarizer.rank(one).tolist() for one in documents]


def test_the_sentence_that_says_what_the_title_says_is_chosen():
    text = document(
        [
            "Sáng nay trời Hà Nội nhiều mây và có lúc có mưa nhỏ ở vài nơi trong thành phố.",
            "Ngân hàng Nhà nước giảm lãi suất điều hành thêm 0,5 điểm phần trăm từ ngày mai.",
            "Nhiều người dân chọn đi xe buýt để tránh ùn tắc trên các tuyến đường chính.",
        ],
        title="Ngân hàng Nhà nước giảm lãi suất điều hành",
    )
    assert [s.sentence for s in summarize(text, Budget(sentences=1)).sentences] == [1]


def test_leaning_anchor_is_tried_with_the_sentence_it_leans_on_whatever_its_rank():
    texts = [f"Câu {i} về giá gạo." for i in range(14)]
    texts[8] = "Theo đó, giá tăng."
    tokens = read_tokens([Source(None, ("Một.", "Hai.")), Source(None, tuple(texts))])
    scores = np.array([0.5, 0.4, *(1.0 - 0.05 * np.arange(14))])
    scores[2 + 8], scores[2 + 7] = 2.0, 0.0  # the best of all, behind the worst
    sets = candidate_sets(tokens, scores, np.ones(16, dtype=bool))
    pairs = list(
        zip(sets.first.tolist(), sets.second.tolist(), sets.rank_1.tolist(), sets.rank_2.tolist(), strict=True)
    )
    assert (9, 10, 13, 0) in pairs
    assert (np.diff(sets.document) >= 0).all()
    rest = candidate_sets(tokens, scores, np.arange(16) != 9)  # too long for the budget, for instance
    assert 9 not in rest.first


@pytest.mark.parametrize(
    ("second", "title"),
    [
        ("Trong đó, hồ tiêu chiếm một nửa giá trị.", "Lào Cai xuất khẩu hơn một tỷ USD, hồ tiêu chiếm một nửa"),
        ("Gồm các nhiệm vụ trọng tâm sau:", "Nhiệm vụ trọng tâm của Lào Cai"),
    ],
)
def test_pair_whose_second_sentence_needs_what_is_not_shown_is_not_chosen(second, title):
    lead = "Tỉnh Lào Cai xuất khẩu hơn một tỷ USD hàng hóa trong sáu tháng đầu năm 2025, tăng 12%."
    filler = ["Trời mát.", "Đường vắng.", "Chợ đông."]
    article = document([lead, *filler, second], title=title)
    chosen = [one.text for one in summarize(article, Budget(sentences=2)).sentences]
    assert lead in chosen
    assert second not in chosen


def test_a_larger_budget_is_filled():
    assert len(summarize(NEWS, Budget(sentences=5)).sentences) == 5
    assert len(summarize(NEWS, Budget(sentences=3)).sentences) == 3


def test_leaning_sentence_joins_a_long_digest_only_behind_the_one_it_leans_on():
    for n in range(1, 6):
        chosen = [s.sentence for s in summarize(NEWS, Budget(sentences=n)).sentences]
        assert 1 not in chosen or 0 in chosen


def test_inference_loads_neither_scikit_learn_nor_scipy():
    code = (
        "import sys; from toolkit.summarization.trained import TrainedSummarizer as T;"
        "from toolkit.summarization.tokens import Source; T().read([Source('a', ('Giá gạo tăng.',))]);"
        "print('sklearn' in sys.modules, 'scipy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.fixture
def folder(tmp_path):
    shipped_model().save(tmp_path / "model")
    return tmp_path / "model"


def test_model_saved_and_loaded_ranks_the_same_and_saves_the_same_bytes(folder, tmp_path):
    again = load_model(folder)
    assert TrainedSummarizer(again).rank(NEWS).tolist() == TrainedSummarizer().rank(NEWS).tolist()
    again.save(tmp_path / "second")
    for name in ("arrays.npz", "model.json", "vocabulary.txt"):
        assert (folder / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_model_for_other_features_is_refused(folder, monkeypatch):
    monkeypatch.setattr("toolkit.summarization.model.SENTENCE_FEATURES", ("length",))
    with pytest.raises(ModelError, match="trained on other features"):
        load_model(folder)


def test_model_of_topics_is_no_summarizer(model_folder):
    with pytest.raises(ModelError, match="a 'summarizer' model is needed"):
        load_model(model_folder)


@pytest.mark.parametrize("budget", [Budget(sentences=2), Budget(sentences=5), Budget(syllables=300)])
def test_sentence_that_a_page_has_twice_is_shown_once(budget):
    texts = [s.text for s in NEWS.sentences]
    digest = summarize(document([texts[0]], texts, [texts[0]]), budget)
    shown = [s.text for s in digest.sentences]
    assert len(set(shown)) == len(shown)
    assert summarize(document([texts[0]] * 4), budget).text == texts[0]


REPORT = [
    "Sáng 5/3, Bộ Nông nghiệp và Môi trường tổ chức hội nghị bàn giải pháp xuất khẩu nông sản năm 2025.",
    "Hội nghị bàn giải pháp mở rộng vùng trồng và thị trường xuất khẩu nông sản.",
    "Tại Gia Lai, ngành nông nghiệp tập trung chuyển đổi cây trồng ở vùng khô hạn.",
    "Bà con nhiều xã đã quen với tưới nhỏ giọt.",
    "Tỉnh hiện có 227 mã số vùng trồng, xuất khẩu nông sản đạt 650 triệu USD, tăng 12%.",
]


def test_figures_of_a_province_come_with_its_name():
    digest = summarize(document(*([text] for text in REPORT)), Budget(sentences=4))
    assert {2, 4} <= {s.sentence for s in digest.sentences}
    nameless = [text.replace("Tại Gia Lai, n", "N") for text in REPORT]
    digest = summarize(document(*([text] for text in nameless)), Budget(sentences=4))
    assert 4 not in [s.sentence for s in digest.sentences]
    titled = document(*([text] for text in nameless), title="Gia Lai tìm đường cho nông sản")
    assert 4 in [s.sentence for s in summarize(titled, Budget(sentences=4)).sentences]


def test_figures_are_kept_in_a_longer_digest():
    plain = "Ngành nông nghiệp tiếp tục quan tâm phát triển vùng trồng và thị trường xuất khẩu nông sản bền vững."
    figures = "Xuất khẩu nông sản đạt 4,2 tỷ USD, tăng 11% nhờ 227 doanh nghiệp mới."
    digest = summarize(document(REPORT[:2], [plain], [figures]), Budget(sentences=3))
    assert figures in [s.text for s in digest.sentences]


def test_half_of_an_endless_article_takes_time_in_proportion_to_it():
    words = syllables("giá gạo cà phê tôm cá điều tiêu chè cao su gỗ thép xi măng vải giày dép than dầu khí điện nước")
    draw = np.random.default_rng(0)

    def seconds(n):
        lines = [[*draw.choice(words, 12), str(i), *draw.choice(words, 12)] for i in range(n)]
        article = document(*([" ".join(line).capitalize() + "."] for line in lines))
        start = time.process_time()
        assert len(summarize(article, Budget(ratio=0.5)).sentences) > n // 3
        return time.process_time() - start

    seconds(100)
    assert seconds(6000) < 8 * seconds(1500) + 0.5


def test_each_sentence_of_a_report_is_searched_for_provinces_once(monkeypatch):
    searched = Counter()

    def count(text, **options):
        searched[text] += 1
        return find_provinces(text, **options)

    monkeypatch.setattr(trained, "find_provinces", count)
    sentences = [
        f"Sở Công Thương báo cáo tỉnh về {goods} và {n} lô hàng." for n in range(40) for goods in ("gạo", "tôm")
    ]
    report = document([*sentences, "Lai Châu có 12 dự án.", "Tỉnh cử năm đoàn ra nước ngoài."])
    digest = summarize(report, Budget(ratio=0.3))
    assert len(digest.sentences) > 1
    assert max(searched.values()) == 1
