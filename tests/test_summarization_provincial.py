"""Articles of several provinces in one digest: the common part once, what each province says apart."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_summarization import document
from toolkit.results import Budget, Note, NoteKind
from toolkit.summarization import summarize_many
from toolkit.summarization.cues import amounts, announces, leans, refers
from toolkit.summarization.home import provinces_left_open
from toolkit.summarization.pool import pool_sentences
from toolkit.summarization.provincial import claims, is_placed, provincial_parts
from toolkit.summarization.select import Limits
from toolkit.text import count_syllables

OPENING = "Sáng 5/3, Bộ Nông nghiệp và Môi trường tổ chức hội nghị bàn giải pháp xuất khẩu nông sản năm 2025."
CALL = "Bộ đề nghị các địa phương mở rộng vùng trồng có mã số để giữ vững thị trường xuất khẩu nông sản."


def gia_lai():
    return document(
        [OPENING],
        [CALL],
        ["Tại Gia Lai, ngành nông nghiệp tập trung chuyển đổi cây trồng ở vùng khô hạn."],
        ["Tỉnh hiện có 227 mã số vùng trồng, xuất khẩu cà phê đạt 650 triệu USD."],
        ["Lãnh đạo Gia Lai kiến nghị sớm nâng cấp quốc lộ nối cảng biển."],
    )


def son_la():
    return document(
        [OPENING, "Dự hội nghị có lãnh đạo nhiều tỉnh, thành phố."],
        ["Năm qua, Sơn La xuất khẩu 28.000 tấn nông sản, thu 180 triệu USD, trong đó xoài chiếm 12 triệu USD."],
        ["Nông dân Sơn La trồng xoài trên đất dốc theo tiêu chuẩn VietGAP."],
    )


def test_each_province_keeps_its_figures_and_the_common_part_comes_first_and_once():
    digest = summarize_many([gia_lai(), son_la()], Budget(sentences=5))
    assert [(s.document, s.sentence) for s in digest.sentences] == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 2)]
    assert digest.sentences[0].also == (1,)


def test_unrelated_articles_of_two_provinces_make_no_brief_but_come_in_order_of_time():
    football = document(
        ["Tối 4/3/2025, đội tuyển bóng đá trẻ thắng trận chung kết trên sân khách."],
        ["Huấn luyện viên khen hàng thủ chơi tập trung."],
    )
    court = document(
        ["Sáng 6/3/2025, tòa án xét xử vụ lừa đảo bán đất nền ở Lâm Đồng."],
        ["Bị cáo ở Lâm Đồng khai đã tiêu hết tiền.", "Người mua đất ở Lâm Đồng đòi bồi thường 12 tỷ đồng."],
    )
    harvest = document(
        ["Sáng 5/3/2025, Sơn La khai mạc ngày hội hái quả."],
        ["Nông dân Sơn La thu 12 triệu USD từ xoài.", "Sơn La mở thêm 3 tuyến xe du lịch lên nương."],
    )
    assert provincial_parts([court, football, harvest]) is None
    digest = summarize_many([court, football, harvest], Budget(sentences=6))
    assert [s.document for s in digest.sentences] == sorted((s.document for s in digest.sentences), key=[1, 2, 0].index)


def test_sentence_that_leaves_its_province_open_says_which_it_is_beside_its_text():
    digest = summarize_many([gia_lai(), son_la()], Budget(sentences=5))
    assert [(s.document, s.sentence, s.province) for s in digest.sentences if s.province] == [(0, 3, "Gia Lai")]


@pytest.mark.parametrize(
    ("paragraph", "province"),
    [
        (["Tỉnh có 12 dự án."], "Gia Lai"),
        (["Tỉnh thu hút nhiều dự án.", "Tổng vốn đạt 30 triệu USD."], "Gia Lai"),
        (["Năm qua Gia Lai xuất khẩu cà phê.", "Kim ngạch đạt 650 triệu USD."], None),
        (["Tổng vốn đạt 30 triệu USD."], None),
        (["Tỉnh Sơn La trồng xoài.", "Kim ngạch đạt 12 triệu USD."], None),
        (["Các tỉnh thu hút nhiều dự án."], None),
        (["Hai tỉnh ký biên bản ghi nhớ ở cấp tỉnh."], None),
        (["Tỉnh học tập Sơn La."], None),
        (["Phó Chủ tịch UBND tỉnh Lê Văn Hòa cam kết rút ngắn thủ tục."], "Gia Lai"),
        (["Đoàn thăm tỉnh Vân Nam."], None),
    ],
)
def test_province_left_open_is_the_one_that_the_article_is_about(paragraph, province):
    about = document(["Gia Lai họp báo.", "Gia Lai mời gọi đầu tư.", "Gia Lai cam kết hỗ trợ."], paragraph)
    last = about.sentences[-1]
    assert provinces_left_open(about, [last.index]) == ({} if province is None else {last.index: province})
    assert provinces_left_open(about, []) == {}


@pytest.mark.parametrize(
    ("articles", "province"),
    [
        (["Hà Nội (TTXVN)", "UBND tỉnh Nghệ An gặp doanh nghiệp.", "JETRO Hà Nội khen hạ tầng."], "Nghệ An"),
        (["Ngày 5/8, tỉnh Nghệ An ký kết tại Hà Nội.", "Hà Nội, ngày 5/8/2025"], "Nghệ An"),
        (["Sở Công Thương Hà Nội họp báo.", "Theo Hà Nội, hàng hóa dồi dào."], None),
        (["Doanh nghiệp tỉnh Nghệ An và tỉnh Hà Tĩnh họp ở Hà Nội.", "Hà Nội mở hội chợ."], None),
    ],
)
def test_city_is_not_what_a_sentence_means_by_province(articles, province):
    about = document(*([text] for text in articles), ["Tỉnh có 156 dự án."])
    last = about.sentences[-1]
    assert provinces_left_open(about, [last.index]) == ({} if province is None else {last.index: province})


def test_a_sentence_of_a_province_names_it_or_no_other():
    guest = [
        ["Gia Lai trồng cà phê.", "Tỉnh học Sơn La trồng xoài.", "Tỉnh có 227 mã số."],
        ["Gia Lai mời gọi đầu tư."],
    ]
    articles = [document([OPENING], *guest), son_la()]
    parts = provincial_parts(articles)
    pool = pool_sentences(articles, [0, 1])
    assert [is_placed(parts, pool, index, []) for index in range(4)] == [True, True, False, True]
    assert "Tỉnh học Sơn La trồng xoài." not in summarize_many(articles, Budget(sentences=6)).text


def test_articles_about_one_province_or_none_have_no_provincial_parts():
    assert provincial_parts([gia_lai(), gia_lai()]) is None
    assert provincial_parts([gia_lai(), document([OPENING, CALL])]) is None
    assert provincial_parts([]) is None


def test_an_article_that_names_two_provinces_alike_is_about_neither():
    both = document(["Gia Lai và Sơn La ký kết hợp tác.", "Sơn La mua cà phê của Gia Lai."])
    assert provincial_parts([both, gia_lai()]) is None


def test_provincial_part_goes_on_within_a_paragraph_and_leaves_the_rest_alone():
    parts = provincial_parts(
        [document(["Hà Giang mở chợ đêm.", "Chợ có 40 gian hàng."], [CALL, "Hà Giang vui."]), son_la()]
    )
    assert parts.province[:4] == ("Hà Giang", "Hà Giang", None, "Hà Giang")
    assert parts.named[:4].tolist() == [True, False, False, True]


def test_provinces_claim_nothing_where_two_have_no_room():
    parts = provincial_parts([gia_lai(), son_la()])
    pool = pool_sentences([gia_lai(), son_la()], [0, 1])
    length = np.array([len(text.split()) for text in pool.texts])
    assert claims(parts, pool, length, np.ones(9), Limits(2, 1000)) == ()
    # 0.7 * 3 sentences: one for each province; 0.35 * 3: one opening
    assert sorted(claims(parts, pool, length, np.ones(9), Limits(3, 1000))) == [0, 3, 7]
    assert claims(parts, pool, length, np.ones(9), Limits(3, 40)) == ()
    # what provinces and events claim together fits the budget
    for syllables in range(60):
        claimed = claims(parts, pool, length, np.ones(9), Limits(9, syllables))
        assert length[list(claimed)].sum() <= syllables


def test_without_its_event_a_sentence_must_say_when():
    other = "Sáng 9/8, Bộ Nông nghiệp và Môi trường họp trực tiếp với các hiệp hội lúa gạo, cà phê và hồ tiêu."
    first, second = (
        gia_lai(),
        document([other], ["Hơn 40 thỏa thuận đã được ký kết."], *([t] for t in ("Sơn La vui.", "Sơn La mừng."))),
    )
    parts = provincial_parts([first, second])
    pool = pool_sentences([first, second], [0, 1])
    assert parts.several_events
    assert not is_placed(parts, pool, 6, [0])
    assert is_placed(parts, pool, 6, [0, 5])
    texts = ("Năm 2024, hơn 40 thỏa thuận đã được ký kết." if "40" in text else text for text in pool.texts)
    pool = replace(pool, texts=tuple(texts))
    assert is_placed(parts, pool, 6, [0])


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Năm 2025, bộ sẽ dồn sức cho một số nhiệm vụ trọng tâm.", True),
        ("Chương trình gồm các nội dung sau:", True),
        ("Kết quả như sau.", True),
        ("Bộ giao ba nhiệm vụ trọng tâm cho các địa phương vùng Tây Bắc.", False),
        ("Giá cà phê tăng mạnh trong các tháng cuối năm.", False),
        ("Giá cà phê sẽ còn tăng ở các năm sau.", False),
        ("Cải cách hành chính là một trong những nhiệm vụ trọng tâm.", False),
        ("Trước sau như một.", False),
        ("Ban tổ chức nêu 3 nội dung sau đây.", True),
    ],
)
def test_mere_announcement_is_told_from_news(sentence, expected):
    assert announces(sentence) is expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Tỉnh có 69 dự án với vốn 1,16 tỷ USD, tăng 31,2% so với năm 2023.", 3),
        ("Nghị quyết số 21/NQ-CP ngày 10/8/2022 nêu 3 mục tiêu đến năm 2030.", 0),
        ("Hội nghị diễn ra chiều 22/7.", 0),
    ],
)
def test_amounts_are_told_from_dates_and_decrees(sentence, expected):
    assert amounts(sentence) == expected


def test_twenty_thousand_sentences_of_two_provinces_take_seconds():
    lines = [[f"Huyện số {n} của tỉnh Gia Lai có {n % 90} dự án trồng {n % 7} loại cây."] for n in range(10_000)]
    others = [[f"Xã số {n} ở Sơn La thu {n % 80} tỷ đồng từ {n % 9} vụ xoài."] for n in range(10_000)]
    start = time.perf_counter()
    digest = summarize_many([document(*lines), document(*others)], Budget(sentences=5))
    assert {s.document for s in digest.sentences} == {0, 1}
    assert time.perf_counter() - start < 30


LINES = (
    "Tỉnh hiện có 12 dự án, vốn 3 tỷ USD.",
    "Tại {0}, nông dân trồng xoài.",
    "{0} xuất khẩu 28.000 tấn nông sản.",
    "Trong đó, cà phê đạt 5 tỷ đồng.",
    "Tuy nhiên, giá giảm 3%.",
    "Sáng {1}/3, bộ họp bàn xuất khẩu nông sản.",
    "Năm 2025, cả nước xuất khẩu 60 tỷ USD nông sản.",
    "Dự hội nghị có lãnh đạo các tỉnh.",
    "Bộ yêu cầu các địa phương mở rộng vùng trồng.",
    "Ông cho biết {0} sẽ thu 4 triệu USD.",
)
ARTICLES = st.tuples(
    st.sampled_from(["Gia Lai", "Sơn La", "Hà Giang"]),
    st.integers(1, 3),
    st.lists(st.lists(st.sampled_from(LINES), min_size=1, max_size=3), max_size=5),
).map(lambda made: document(*([line.format(*made[:2]) for line in lines] for lines in made[2])))


@settings(max_examples=60, deadline=None)
@given(articles=st.lists(ARTICLES, max_size=5), n=st.integers(1, 12), kind=st.sampled_from(["sentences", "syllables"]))
def test_brief_keeps_to_its_budget_and_pronouns_to_their_sentences(articles, n, kind):
    digest = summarize_many(articles, Budget(**{kind: n * (1 if kind == "sentences" else 12)}))
    shown = [(s.document, s.sentence) for s in digest.sentences]
    assert len(set(shown)) == len(shown)
    upright = any(not leans(s.text) for article in articles for s in article.sentences)
    if not upright or Note(NoteKind.TOO_SMALL) in digest.notes:
        return
    assert not shown or not leans(digest.sentences[0].text)
    size = len(shown) if kind == "sentences" else sum(count_syllables(s.text) for s in digest.sentences)
    assert size <= n * (1 if kind == "sentences" else 12)
    for place, sentence in enumerate(digest.sentences):
        if refers(sentence.text):
            assert shown[place - 1] == (sentence.document, sentence.sentence - 1)


NOW = "Năm nay, Sơn La dự kiến xuất khẩu 31.000 tấn nông sản, thu 190 triệu USD và mở 4 kho lạnh."
DATED = "Năm 2024, Sơn La xuất khẩu 28.000 tấn nông sản, thu 180 triệu USD."


@pytest.mark.parametrize("syllables", [60, 75, 95, 120, 200])
def test_this_year_of_a_province_comes_after_the_opening_of_its_event_or_not_at_all(syllables):
    start = "Ngày 20/12/2024, Bộ Nông nghiệp và Môi trường tổ chức hội nghị tổng kết công tác xuất khẩu nông sản."
    old = document([start], [NOW], [DATED], ["Nông dân Sơn La trồng xoài trên đất dốc theo tiêu chuẩn VietGAP."])
    texts = [s.text for s in summarize_many([gia_lai(), old], Budget(syllables=syllables)).sentences]
    assert any("Sơn La" in text for text in texts)
    assert NOW not in texts or start in texts[: texts.index(NOW)]
    assert NOW in texts or syllables < 200
