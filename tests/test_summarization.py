"""The summarisers and the selection, on texts whose ranking can be worked out by hand."""

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.document import Document, Paragraph, Sentence, Span
from toolkit.results import Budget, Note, NoteKind
from toolkit.summarization import SUMMARIZERS, SetSummarizer, Summarizer, get, select, summarize, summarize_many
from toolkit.summarization.cues import (
    is_ceremony,
    is_named,
    leans,
    leaves_name_open,
    lists_attendance,
    pointed_at,
    refers,
    says_nothing,
)
from toolkit.summarization.graph import centrality
from toolkit.summarization.lexrank import LexRank
from toolkit.summarization.select import Limits, choose, has_words, mmr
from toolkit.summarization.terms import count_terms, stop_words, word_list
from toolkit.summarization.textrank import TextRank
from toolkit.summarization.tokens import Source, find_empty, read_tokens
from toolkit.text import syllables


def document(*paragraphs, title=None):
    parts, texts, start, number = [], [], 0, 0
    for sentences in filter(None, paragraphs):
        at, spans = start, []
        for sentence in sentences:
            spans.append(Sentence(Span(at, at + len(sentence)), number))
            at, number = at + len(sentence) + 1, number + 1
        texts.append(" ".join(sentences))
        parts.append(Paragraph(Span(start, at - 1), len(parts), tuple(spans)))
        start = at
    return Document("\n".join(texts), title=title, paragraphs=tuple(parts))


NEWS = document(
    [
        "Tỉnh Lào Cai xuất khẩu hơn một tỷ USD hàng hóa trong sáu tháng đầu năm.",
        "Theo đó, nông sản chiếm gần một nửa giá trị xuất khẩu của tỉnh.",
    ],
    [
        "Thời tiết cuối tuần mát mẻ.",
        "Xuất khẩu hàng hóa của tỉnh Lào Cai dự kiến tăng mười phần trăm trong cả năm.",
        "Cơ quan hải quan đã rút ngắn thời gian thông quan tại cửa khẩu.",
    ],
    title="Lào Cai đẩy mạnh xuất khẩu hàng hóa",
)
ALL = sorted(SUMMARIZERS)


def test_stop_words_are_lower_case_single_composed_syllables():
    assert {"và", "của", "là"} <= stop_words()
    assert all(syllables(word) == [word] and word == word.lower() for word in stop_words())
    assert len(word_list("stopwords")) == len(stop_words())


def test_sentence_of_stop_words_keeps_them():
    terms = count_terms(["và của là", "giá gạo và giá gạo"])
    assert terms.shape == (2, 5)
    assert terms.counts.tolist() == [1, 1, 1, 2, 2]


def test_idf_of_a_term_in_every_sentence_is_one():
    assert count_terms(["gạo", "gạo trắng"]).idf() == pytest.approx([1.0, 1.0 + math.log(2)])


def test_lead_scores_fall_with_the_place():
    assert get("lead").rank(NEWS) == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4, 1 / 5])


def test_walk_between_two_nodes_and_a_stranded_one():
    # edge 0-1 alone; by symmetry a = b, and c = (1 - d)/3 + d*c/3, so c = 0.15/(3 - 0.85)
    weights = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    score = centrality(lambda v: weights @ v, 3)
    assert score[2] == pytest.approx(0.15 / (3 - 0.85))
    assert score[0] == score[1] == pytest.approx((1 - score[2]) / 2)


def test_lexrank_prefers_the_sentence_that_resembles_the_others():
    text = document(["gạo Thái Lan", "gạo cà phê", "cà phê Brazil", "bóng đá Anh"])
    score = LexRank().rank(text)
    assert score.argmax() == 1
    assert score.sum() == pytest.approx(1.0)
    assert LexRank(threshold=0.1).rank(text).argmax() == 1


def test_lexrank_with_threshold_counts_neighbours():
    # cosines above 0.1: every sentence with itself, 0-1 and 1-2; PageRank of a path with self-loops:
    # a = 0.05 + 0.85 (a/2 + b/3), b = 0.05 + 0.85 (a/2 + b/3 + c/2), a = c
    a = (0.05 + 0.85 / 3) / (0.575 + 2 * 0.85 / 3)
    score = LexRank(threshold=0.1).rank(document(["gạo Thái", "gạo cà", "cà Brazil"]))
    assert score == pytest.approx([a, 1 - 2 * a, a], abs=1e-6)


def test_textrank_weighs_shared_words_by_the_logarithms_of_the_lengths():
    texts = ["gạo Thái Lan xuất khẩu", "gạo Việt Nam", "cà phê", "gạo Thái"]
    sets = [set(text.lower().split()) for text in texts]
    weights = np.zeros((4, 4))
    for i in range(4):
        for j in range(4):
            if i != j:
                weights[i, j] = len(sets[i] & sets[j]) / (math.log(len(sets[i])) + math.log(len(sets[j])))
    expected = centrality(lambda v: weights @ v, 4)
    assert TextRank().rank(document(texts)) == pytest.approx(expected)


RICE = [
    "Giá gạo xuất khẩu tăng mạnh ở thị trường châu Âu",
    "Doanh nghiệp gạo ký thêm hợp đồng xuất khẩu sang châu Âu",
    "Nông dân Đồng Tháp thu hoạch lúa sớm hơn mọi năm",
    "Thị trường gạo châu Âu ưa chuộng giống lúa thơm",
    "Cảng Cái Mép đón tàu container cỡ lớn",
    "Hợp đồng xuất khẩu gạo giúp nông dân tăng thu nhập",
]


def test_textrank_weighs_edges_as_sumy_does():
    edge = pytest.importorskip("sumy.summarizers.text_rank").TextRankSummarizer._rate_sentences_edge
    words = [[word for word in syllables(text.lower()) if word not in stop_words()] for text in RICE]
    weights = np.array([[0.0 if one is other else edge(one, other) for other in words] for one in words])
    # sumy adds an edge from every sentence to itself, which the paper has not
    assert TextRank().rank(document(RICE)) == pytest.approx(centrality(lambda v: weights @ v, len(RICE)))


def test_centroid_of_two_unlike_sentences_is_equally_far_from_both():
    # unit rows (1, 0) and (0, 1): the centroid has the cosine 1/√2 with each
    assert get("centroid").rank(document(["gạo", "dầu"])) == pytest.approx([1 / math.sqrt(2)] * 2)


def test_mmr_ranks_by_the_title_and_by_the_whole_text_where_there_is_none():
    texts = ["gạo Thái", "cà phê", "cà phê Brazil"]
    # unit rows over idf; the title "gạo" shares a term with the first sentence alone
    assert get("mmr").rank(document(texts, title="gạo")).argmax() == 0
    assert get("mmr").rank(document(texts, title="gạo"))[1:].tolist() == [0.0, 0.0]
    assert get("mmr").rank(document(texts)).argmax() == 2


def test_mmr_takes_the_novel_sentence_before_the_repeated_one():
    similarity = np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]])
    # unit scores 1, 0.9, 0: second step 0.7*0.9 - 0.3*0.9 = 0.36 against 0
    scores = np.array([1.0, 0.9, 0.0])
    limit = Limits(2, 100)
    assert mmr(scores, lambda i: similarity[i], [5, 5, 5], limit, 0.7) == (0, 1)
    # with λ 0.4: 0.36 - 0.54 = -0.18 against 0
    assert mmr(scores, lambda i: similarity[i], [5, 5, 5], limit, 0.4) == (0, 2)


@pytest.mark.parametrize(
    "sentence",
    [
        "Theo đó, giá tăng.",
        "Ông cho biết thêm.",
        "Cùng với đó, tỉnh mở cửa khẩu.",
        "“Đây là cơ hội”, ông nói.",
        "Mặc dù vậy, xuất khẩu vẫn tăng.",
        "Hai là, sửa đổi nghị định.",
        "Dù vậy, giá không giảm.",
        "Ở chiều ngược lại, nhập khẩu giảm 3%.",
        "Thứ hai, hỗ trợ doanh nghiệp xúc tiến thương mại.",
        "Và Quyết định số 12 gia hạn thêm một năm.",
        "Cùng năm, ông được phong hàm thiếu tướng.",
        "Để giải quyết những vấn đề này, tỉnh lập tổ công tác.",
        "Trước thực trạng trên, công an lập chuyên án.",
        "Còn doanh nghiệp trong nước chỉ thuê 12 gian hàng.",
        "Song ông Thịnh lưu ý các hợp tác xã về bao bì.",
        "Bởi phần lớn hợp tác xã có quy mô nhỏ.",
        "Ngay lập tức, nhiều công ty gửi đơn xin tham gia.",
        "Cũng trong ngày, đoàn thăm nhà máy gạo.",
        "Tiêu biểu như gạo thơm, nay chỉ qua một khâu kiểm định.",
        "Hai bên cũng trao đổi về kho ngoại quan.",
        "Hắn khai đã thuê người đứng tên.",
    ],
)
def test_openings_that_point_back_lean(sentence):
    assert leans(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Ông chia sẻ kinh nghiệm gọi vốn.",
        "Họ có ba nhà máy ở Bắc Giang.",
        "Ngài khẳng định sẽ hỗ trợ tỉnh.",
        "Theo ông, giá còn tăng.",
        "Vị này cho biết giá còn tăng.",
        "Chuyên gia này dự báo giá giảm.",
        "Với số tiền này, tỉnh xây hai cây cầu.",
        "ĐIỀU NÀY ĐÃ ĐƯỢC DỰ BÁO.",
        "Đồng thời đề nghị các cơ quan đại diện hỗ trợ doanh nghiệp.",
        "Con số đăng ký này vượt xa năm trước.",
        "Cả bốn công ty này đều có xưởng ở khu công nghiệp.",
        "Một trong số đó là khu kho lạnh ở cảng.",
        "Liên quan đến những vấn đề này, cảng đã họp với chủ hàng.",
        "Các doanh nghiệp trên đều đã có mã số vùng trồng.",
        "Kết quả kiểm tra ba lô hàng nói trên không có giấy tờ.",
        "Như đề cập ở trên, khó nhất là chứng nhận.",
        "Nguyên nhân lớn thứ hai là giá cước.",
        "Ở vị trí thứ 3 là Thái Lan với 12 gian hàng.",
    ],
)
def test_openings_that_only_the_sentence_before_explains_refer_to_it(sentence):
    assert leans(sentence)
    assert refers(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Theo Bộ Ngoại giao, giá tăng.",
        "Theo ông Nam, giá còn tăng.",
        "Ông Nguyễn Văn An nói.",
        "Bà con nông dân bán được giá.",
        "Họ hàng hai bên có mặt từ sớm.",
        "Ngài đại sứ Nhật Bản thăm tỉnh.",
        "Trước đó, ngày 12/3, tỉnh đã cấp phép.",
        "Trong thời gian này, cửa khẩu mở cả đêm.",
        "Đồng thời là cửa ngõ phía Bắc, Lạng Sơn mở thêm lối thông quan.",
    ],
)
def test_openings_that_a_reader_understands_refer_to_nothing(sentence):
    assert not refers(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Theo Bộ Ngoại giao, giá tăng.",
        "Theo ông Nam, giá còn tăng.",
        "Trên địa bàn tỉnh, có 12 dự án mới.",
        "Vàng bán ra cao hơn 3 triệu đồng trên, dưới mỗi lượng.",
        "Các doanh nghiệp trên địa bàn nộp 12 tỷ đồng.",
        "Ông Nam cho biết việc này đã xong.",
        "Gạo thơm và gạo này đều tăng giá.",
        "Điểm mới nhất đó là thủ tục điện tử.",
        "Lần thứ ba là nước chủ nhà, Việt Nam mời 12 nước.",
        "Còn 12 ngày nữa hội chợ mở cửa.",
        "Song Hà là xã đầu tiên có nước sạch.",
        "Hai bên đường trồng cây xanh.",
    ],
)
def test_openings_that_name_something_stand_alone(sentence):
    assert not leans(sentence)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Thủ tướng yêu cầu các bộ tập trung một số nhiệm vụ trọng tâm sau:", True),
        ("Thưa ông, đâu là nút thắt lớn nhất của ngành gạo?", True),
        ("“Vì sao giá tăng?”", True),
        ("2. Nhập khẩu hàng hóa", True),
        ("T. H.", True),
        ("Chủ tịch tỉnh nhiệt liệt chào mừng ngài đại sứ đến thăm.", True),
        ("2. Nhập khẩu hàng hóa đạt 371,44 tỷ USD, tăng 17,7%.", False),
        ("“Chúng tôi sẽ mở thêm hai nhà máy.", True),
        ("Chúng tôi sẽ mở thêm hai nhà máy”, ông Nam nói.", True),
        ("“Chúng tôi sẽ mở thêm hai nhà máy”, ông Nam nói.", False),
        ("Giá gạo tăng 2% sau ba tháng.", False),
        ("Chương trình chào mừng Ngày Doanh nhân thu hút 500 doanh nghiệp.", False),
    ],
)
def test_sentences_that_say_nothing_are_told(sentence, expected):
    assert says_nothing(sentence) is expected
    sources = [Source(None, ("Giá gạo tăng.",)), Source(None, (sentence, sentence))]
    empty = find_empty(read_tokens(sources), sources, np.array([0, 2]))
    assert empty.tolist() == [False, False, expected], "only those asked for"


def test_single_digest_names_the_province_that_a_sentence_leaves_open():
    article = document(
        ["Thủ tướng chủ trì hội nghị về ngoại giao kinh tế với các cơ quan đại diện."],
        [
            "Tại Lai Châu, tỉnh đẩy mạnh đối ngoại.",
            "Tổng kim ngạch đạt 30,39 triệu USD.",
            "Lai Châu có 12 dự án.",
            "Tỉnh cử năm đoàn ra nước ngoài.",
        ],
    )
    assert len(article.sentences) == 5

    def shown(*chosen):
        found = select(article, np.ones(5), Budget(sentences=5), chosen=chosen)
        return [one.province for one in found.sentences]

    assert shown(0, 2) == [None, "Lai Châu"]
    assert shown(0, 2, 4) == [None, "Lai Châu", "Lai Châu"]
    assert shown(0, 3, 4) == [None, None, None]


def test_what_only_the_sentence_before_explains_comes_behind_it_or_not_at_all():
    article = document(
        [
            "Giá gạo tăng mạnh.",
            "Cà phê xuất sang Đức.",
            "Trong đó, hồ tiêu chiếm một nửa.",
            "Ngoài ra, tỉnh bán chè sang Nga.",
        ]
    )
    scores = np.array([0.9, 0.1, 1.0, 0.8])
    assert choose(article, scores, Budget(sentences=2)) == (0, 3)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Dự hội nghị có đại diện các sở, ngành.", True),
        ("Tại điểm cầu Nghệ An, tham dự hội nghị có lãnh đạo Sở Ngoại vụ.", True),
        ("Tại điểm cầu tỉnh, đồng chí Phó Chủ tịch cùng lãnh đạo các sở tham dự.", True),
        ("Dự án đường sắt được khởi công trong tháng này.", False),
        ("Dự kiến xuất khẩu gạo tăng mười phần trăm.", False),
        ("Thủ tướng yêu cầu các bộ dự báo sát tình hình.", False),
    ],
)
def test_who_was_there_is_recognised(sentence, expected):
    assert lists_attendance(sentence) is expected


def test_thanks_and_praise_are_ceremony_and_an_award_is_none():
    assert is_ceremony("Chủ tịch tỉnh ghi nhận, biểu dương đóng góp của doanh nghiệp.")
    assert is_ceremony("Ông gửi lời cảm ơn tới các đại sứ.")
    assert is_ceremony("Dự hội nghị có đại diện các sở, ngành.")
    assert is_ceremony("Hội nghị được tổ chức theo hình thức trực tuyến đến các tỉnh.")
    assert not is_ceremony("Sở họp trực tuyến với ba tỉnh về giá gạo.")
    assert not is_ceremony("Bộ Công Thương biểu dương mười doanh nghiệp xuất khẩu gạo.")


def test_digest_leaves_out_who_was_there():
    text = document(
        [
            "Dự hội nghị có Phó Chủ tịch tỉnh và lãnh đạo các sở, ngành, hiệp hội doanh nghiệp.",
            "Hội nghị bàn giải pháp xuất khẩu nông sản sang thị trường châu Âu trong năm tới.",
            "Tỉnh đặt mục tiêu xuất khẩu hai tỷ USD và thu hút thêm ba mươi dự án FDI.",
        ]
    )
    assert [s.sentence for s in summarize(text, Budget(sentences=2)).sentences] in ([1], [2], [1, 2])


@pytest.mark.parametrize("name", ALL)
def test_leaning_sentence_does_not_open_a_digest(name):
    text = document(["Theo đó, gạo xuất khẩu tăng mạnh.", "Gạo xuất khẩu của Việt Nam tăng mạnh trong quý ba."])
    assert [s.sentence for s in summarize(text, Budget(sentences=1), name).sentences] == [1]


GRANT = [
    "Giai đoạn I của dự án nước sạch kéo dài ba năm với 7 triệu euro do Phần Lan viện trợ.",
    "Giai đoạn II bắt đầu từ năm 2026.",
    "Tổng kinh phí cho giai đoạn này khoảng 11 triệu euro.",
    "Vụ mùa này, nông dân trong vùng trúng lớn.",
    "Công ty Hòa Hợp thi công công ty này tự bỏ vốn.",
]


def test_figure_does_not_change_its_owner():
    things = [pointed_at(GRANT, index) for index in range(5)]
    assert [len(found) for found in things] == [0, 0, 1, 0, 0]
    assert is_named(things[2], GRANT[:2])
    assert not is_named(things[2], GRANT[:1])
    assert not is_named(things[2], ["Giai đoạn III bắt đầu từ năm 2030."])
    for budget in (Budget(sentences=3), Budget(syllables=45), Budget(ratio=0.6)):
        shown = {sentence.sentence for sentence in summarize(document(GRANT[:4]), budget).sentences}
        assert 2 not in shown or 1 in shown


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Nhu cầu nhập khẩu cà phê của thị trường này dự báo còn tăng trong quý III.", True),
        ("Dự kiến đến cuối năm, hai công ty này hoàn tất thủ tục thuê đất.", True),
        ("Bộ Công nghiệp Nga nói nhu cầu của nước này còn tăng.", False),
        ("Khi một công ty xin thuê đất, công ty này nộp hồ sơ qua mạng.", False),
        ("Nhu cầu nhập khẩu cà phê của thị trường dự báo còn tăng.", False),
    ],
)
def test_name_is_left_open_where_only_the_sentence_before_can_say_it(sentence, expected):
    assert leaves_name_open(sentence) is expected


def test_market_pointed_at_comes_only_with_the_sentence_that_names_it():
    rows = [
        [
            f"Xuất khẩu {goods} sang {market} trong năm tháng đạt {120 + 37 * i} triệu USD, tăng {5 + i}%.",
            f"Nhu cầu nhập khẩu {goods} của thị trường này dự báo còn tăng trong quý III năm nay.",
        ]
        for i, (goods, market) in enumerate(
            [("gạo", "Nhật Bản"), ("cà phê", "Hàn Quốc"), ("hồ tiêu", "Ấn Độ"), ("thép", "Hà Lan")]
        )
    ]
    texts = [text for row in rows for text in row]
    one = document(texts, title="Nhu cầu nhập khẩu của các thị trường dự báo còn tăng trong quý III")
    for size in (60, 80, 100, 120):
        for digest in (
            summarize(one, Budget(syllables=size)),
            summarize_many([document(texts[:4]), document(texts[4:])], Budget(syllables=size)),
        ):
            shown = [texts.index(sentence.text) for sentence in digest.sentences]
            assert shown
            assert all(index - 1 in shown for index in shown if index % 2)


def test_what_leans_stands_alone_in_no_budget():
    sentences = [
        "Sáng 12/3, tại thành phố Vinh, Sở Công Thương tỉnh Nghệ An tổ chức hội nghị kết nối tiêu thụ nông sản.",
        "Cùng với đó, phía Hàn Quốc mua thêm 300 tấn gừng.",
    ]
    digest = summarize(document(sentences), Budget(syllables=15))
    assert [sentence.sentence for sentence in digest.sentences] == [0]
    assert digest.notes == (Note(NoteKind.TOO_SMALL),)


@pytest.mark.parametrize("name", ALL)
def test_where_every_sentence_leans_one_is_given_all_the_same(name):
    text = document(["Theo đó, giá tăng.", "Tuy nhiên, giá giảm."])
    assert len(summarize(text, Budget(sentences=1), name).sentences) == 1


@pytest.mark.parametrize("name", ALL)
def test_registry_gives_summarizers(name):
    assert isinstance(get(name), Summarizer)
    assert isinstance(get(name), SetSummarizer) == (name in ("trained", "mmr"))


def test_unknown_name_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match=r"no summarizer is called 'gpt'; there are trained, lead"):
        get("gpt")


@pytest.mark.parametrize("name", ALL)
def test_empty_document_gives_an_empty_digest_that_says_so(name):
    for text in (document(), document(title="Chỉ có một tiêu đề")):
        assert get(name).rank(text).shape == (0,)
        digest = summarize(text, Budget(sentences=3), name)
        assert (digest.sentences, digest.notes) == ((), (Note(NoteKind.EMPTY),))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("sentences", [["Giá gạo tăng."], ["…"], ["?!", "***"], ["Giá gạo tăng."] * 7])
def test_odd_documents_are_ranked_with_finite_scores(name, sentences):
    text = document(sentences)
    scores = get(name).rank(text)
    assert scores.shape == (len(sentences),)
    assert np.isfinite(scores).all()
    assert len(summarize(text, Budget(sentences=2), name).sentences) == any(map(has_words, sentences))


@pytest.mark.parametrize("name", [name for name in ALL if name != "trained"])
def test_equal_sentences_are_taken_from_the_top(name):
    digest = summarize(document(["Giá gạo tăng mạnh."] * 5), Budget(sentences=1), name)
    assert [s.sentence for s in digest.sentences] == [0]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("kind", ["varied", "equal"])
def test_twenty_thousand_sentences_take_seconds(name, kind):
    draw = np.random.default_rng(0)
    words = np.array([f"từ{number}" for number in range(5000)])
    if kind == "equal":
        sentences = ["Xuất khẩu gạo tăng mạnh."] * 20_000
    else:
        picks = (5000 * draw.random((20_000, 20)) ** 3).astype(int)
        sentences = [" ".join(row) + "." for row in words[picks]]
    text = document(sentences)
    start = time.perf_counter()
    digest = summarize(text, Budget(sentences=3), name)
    assert 1 <= len(digest.sentences) <= 3
    assert time.perf_counter() - start < 30


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=25, deadline=None)
@given(
    sentences=st.lists(st.text("abc đ.,1", min_size=1, max_size=30).map(lambda t: t.strip() or "."), max_size=8),
    n=st.integers(1, 20),
    kind=st.sampled_from(["sentences", "syllables"]),
)
def test_digest_keeps_to_the_budget_in_document_order_with_exact_places(name, sentences, n, kind):
    text = document(sentences)
    digest = summarize(text, Budget(**{kind: n}), name)
    found = [s.sentence for s in digest.sentences]
    assert found == sorted(set(found))
    assert all(s.span.within(text.text) == s.text == sentences[s.sentence] for s in digest.sentences)
    if not digest.notes:
        size = len(found) if kind == "sentences" else sum(len(syllables(s.text)) for s in digest.sentences)
        assert size <= n


@pytest.mark.parametrize("name", ALL)
def test_budget_too_small_gives_the_best_sentence_whole_and_says_so(name):
    digest = summarize(NEWS, Budget(syllables=2), name)
    assert len(digest.sentences) == 1
    assert digest.notes == (Note(NoteKind.TOO_SMALL),)


def test_ratio_counts_syllables_of_the_document():
    # 16 + 14 + 6 + 17 + 14 = 67 syllables; a quarter is 16: the first sentence fits exactly
    digest = summarize(NEWS, Budget(ratio=0.25), "lead")
    assert [len(syllables(s.text)) for s in NEWS.sentences] == [16, 14, 6, 17, 14]
    assert [s.sentence for s in digest.sentences] == [0]


def test_digest_sentence_knows_its_paragraph():
    digest = select(NEWS, np.array([0.0, 0.0, 0.0, 1.0, 0.0]), Budget(sentences=1))
    assert [(s.paragraph, s.sentence, s.score) for s in digest.sentences] == [(1, 3, 1.0)]


def test_scores_of_another_document_are_refused():
    with pytest.raises(ValueError, match="got 2 for 5 sentences"):
        select(NEWS, np.zeros(2), Budget(sentences=1))


@pytest.mark.parametrize("name", ALL)
def test_same_sentence_is_shown_once(name):
    digest = summarize(document(["Giá gạo tăng mạnh."] * 30), Budget(sentences=3), name)
    assert digest.text == "Giá gạo tăng mạnh."
    assert digest.notes == (Note(NoteKind.FEWER),)


@pytest.mark.parametrize("name", ALL)
def test_sentence_without_a_word_is_never_shown(name):
    nothing = document(["... !!! ???"], ["***"])
    for digest in (
        summarize(nothing, Budget(sentences=3), name),
        summarize_many([nothing], Budget(sentences=3), name),
    ):
        assert (digest.sentences, digest.notes) == ((), (Note(NoteKind.EMPTY),))
    something = document(["***"], ["Giá gạo tăng mạnh ở Cần Thơ."])
    for budget in (Budget(sentences=2), Budget(syllables=1)):
        assert summarize(something, budget, name).text == "Giá gạo tăng mạnh ở Cần Thơ."
