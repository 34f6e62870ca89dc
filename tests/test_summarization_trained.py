"""The trained summariser: its forest by hand, its arrays, its folder, one article and many."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_summarization import NEWS, document
from toolkit.errors import ModelError
from toolkit.results import Budget
from toolkit.summarization import summarize, summarize_each
from toolkit.summarization.forest import Forest
from toolkit.summarization.model import load_model, shipped_model
from toolkit.summarization.set_features import N_SLOTS, SETS, fill_slots
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


def test_slots_hold_the_best_sentences_in_document_order():
    tokens = read_tokens([Source(None, tuple(f"Câu {i}." for i in range(8))), Source(None, ("Một.",))])
    scores = np.array([0.1, 0.8, 0.2, 0.7, 0.3, 0.6, 0.4, 0.5, 0.9])
    slots = fill_slots(tokens, scores, np.ones(9, dtype=bool))
    assert slots.sentence.tolist() == [[1, 3, 4, 5, 6, 7], [8, -1, -1, -1, -1, -1]]
    assert slots.rank[0].tolist() == [0, 1, 5, 2, 4, 3]
    assert len(SETS) == N_SLOTS + N_SLOTS * (N_SLOTS - 1) // 2


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
