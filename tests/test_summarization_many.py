"""Digests of many articles and by topic: copies, merged sentences, rival figures, order."""

import time
from datetime import date

import numpy as np
import pytest

from tests.test_summarization import GRANT, document
from toolkit.results import Budget, Note, NoteKind
from toolkit.summarization import SUMMARIZERS, summarize_by_topic, summarize_many
from toolkit.summarization.copies import article_copies, same_sentences
from toolkit.summarization.cover import Coverage, cover, matches, products
from toolkit.summarization.cues import leans, refers
from toolkit.summarization.order import ReadingOrder
from toolkit.summarization.pool import pool_sentences
from toolkit.summarization.select import Limits
from toolkit.summarization.when import days_apart, days_of, reads_otherwise

PORT = [
    "Cảng Lạch Huyện đón tàu container lớn nhất từ trước đến nay vào sáng thứ hai.",
    "Tàu chở hơn hai nghìn container hàng điện tử sang châu Âu.",
    "Lãnh đạo thành phố Hải Phòng chúc mừng thủy thủ đoàn và doanh nghiệp khai thác cảng.",
]
COFFEE = [
    "Giá cà phê Tây Nguyên tăng lên 95.000 đồng mỗi kg trong phiên giao dịch đầu tuần.",
    "Nông dân Đắk Lắk giữ hàng chờ giá tốt hơn.",
]


def dated(sentences, day, **options):
    from dataclasses import replace

    return replace(document(sentences, **options), date=date(2025, 7, day))


def test_syndicated_article_is_a_copy_of_the_first_and_another_is_not():
    first, other = " ".join(PORT), " ".join(COFFEE)
    assert article_copies([first, other, first + " Theo báo địa phương."]) == (0, 1, 0)


def test_articles_without_words_are_no_copies():
    assert article_copies(["", "…", ""]) == (0, 1, 2)


def test_same_words_and_figures_are_one_group_other_figures_are_rivals():
    texts = [
        "Kim ngạch xuất khẩu của tỉnh đạt 12 tỷ USD trong sáu tháng.",
        "Kim ngạch xuất khẩu của tỉnh đạt 12 tỷ USD trong sáu tháng đầu.",
        "Kim ngạch xuất khẩu của tỉnh đạt 15 tỷ USD trong sáu tháng.",
        "Nông dân Đắk Lắk giữ hàng chờ giá tốt hơn.",
    ]
    same = same_sentences(texts, [0, 1, 2, 2])
    assert same.group == (0, 0, 2, 3)
    assert same.rivals == {0: (2,), 2: (0,)}


def test_thousands_of_lines_of_one_wording_are_told_apart_in_seconds():
    lines = [f"Giá cà phê tại huyện số một hôm nay là {n} đồng mỗi kg." for n in range(20_000)]
    start = time.perf_counter()
    same = same_sentences([*lines, lines[7]], [number % 2 for number in range(20_001)])
    assert same.group == (*range(20_000), 7)
    assert 0 in same.rivals[1]
    assert time.perf_counter() - start < 30


def test_one_article_does_not_contradict_itself():
    texts = ["Tỉnh A thu hút 12 dự án mới trong năm.", "Tỉnh A thu hút 15 dự án mới trong năm."]
    assert same_sentences(texts, [0, 0]).rivals == {}


def test_sentence_of_two_articles_is_shown_once_and_names_the_other():
    shared = "Hội nghị ngoại giao kinh tế diễn ra tối thứ ba tại trụ sở Chính phủ ở Hà Nội."
    one = document([shared, "Tỉnh Hà Tĩnh đề nghị hỗ trợ xúc tiến đầu tư vào khu kinh tế Vũng Áng."])
    two = document([shared, "Tỉnh Lai Châu báo cáo kết quả xuất khẩu chè sang thị trường Trung Đông."])
    digest = summarize_many([one, two], Budget(sentences=4))
    assert [s.text for s in digest.sentences].count(shared) == 1
    found = next(s for s in digest.sentences if s.text == shared)
    assert (found.document, found.also) == (0, (1,))


def test_copy_of_an_article_is_left_out_noted_and_named_beside_its_sentences():
    digest = summarize_many([document(PORT), document(PORT), document(COFFEE)], Budget(sentences=5))
    assert Note(NoteKind.COPY, (1, 0)) in digest.notes
    assert {s.document for s in digest.sentences} == {0, 2}
    assert all(s.also == ((1,) if s.document == 0 else ()) for s in digest.sentences)


@pytest.mark.parametrize("place", ["Hải Phòng (TTXVN) - ", "Vinh (Báo Nghệ An) – ", "Hà Nội, 21/7 (TTXVN)"])
def test_copy_under_the_dateline_of_an_agency_is_a_copy(place):
    copy = [place, *PORT] if place.endswith(")") else [place + PORT[0], *PORT[1:]]
    digest = summarize_many([document(PORT), document(copy), document(COFFEE)], Budget(sentences=5))
    assert Note(NoteKind.COPY, (1, 0)) in digest.notes


STORM = [
    "Tính đến 17 giờ ngày 26/8, bão số 5 đã làm 3 người chết và 21 người bị thương tại Nghệ An.",
    "Hơn 6.800 ngôi nhà ở các huyện ven biển Nghệ An bị tốc mái hoặc hư hỏng nặng do gió lớn.",
    "Tuyến quốc lộ 7 qua xã Mường Xén bị sạt lở tại 14 điểm khiến giao thông tê liệt từ rạng sáng.",
    "Bộ đội giúp dân xã Quỳnh Lưu dựng lại nhà cửa và dọn cây đổ trên các tuyến đường chính.",
    "Ngành điện phấn đấu cấp điện trở lại cho 320.000 khách hàng của tỉnh trong thời gian sớm nhất.",
]


def test_article_with_later_figures_is_no_copy_and_both_or_the_later_ones_are_shown():
    first = STORM[0].replace("26/8", "27/8").replace("3 người", "5 người").replace("21 người", "34 người")
    today, tomorrow = dated(STORM, 26), dated([first, *STORM[1:]], 27)
    for articles in ([today, tomorrow], [tomorrow, today]):
        digest = summarize_many(articles, Budget(sentences=6))
        assert {STORM[0], first} <= {s.text for s in digest.sentences}
        assert [note.kind for note in digest.notes] == [NoteKind.FIGURES]
        assert all(s.also == () for s in digest.sentences if s.text in (STORM[0], first))
        assert all(s.also for s in digest.sentences if s.text in STORM[1:])
        digest = summarize_many(articles, Budget(syllables=25))
        assert [s.text for s in digest.sentences] in ([first], [STORM[1]], [STORM[2]])


def test_copy_with_a_sentence_less_is_not_named_beside_it():
    digest = summarize_many([document(STORM), document(STORM[:4])], Budget(sentences=5))
    assert digest.notes == (Note(NoteKind.COPY, (1, 0)),)
    assert [s.also for s in digest.sentences] == [(1,), (1,), (1,), (1,), ()]


@pytest.mark.parametrize(
    ("old", "new"), [("Mường Xén", "Keng Đu"), ("giúp dân", "không giúp dân"), ("320.000", "280.000")]
)
def test_article_with_another_name_figure_or_negation_is_no_copy(old, new):
    other = [text.replace(old, new) for text in STORM]
    digest = summarize_many([document(STORM), document(other)], Budget(sentences=9))
    assert NoteKind.COPY not in [note.kind for note in digest.notes]
    changed = [text for text in (*STORM, *other) if old in text or new in text]
    assert all(s.also == () for s in digest.sentences if s.text in changed)


def test_conflict_is_told_with_its_figures_even_where_one_sentence_has_no_room():
    rice = "Năm 2024, xuất khẩu gạo của Việt Nam đạt 9,18 triệu tấn, trị giá 5,75 tỷ USD."
    other = rice.replace("9,18", "9,03")
    digest = summarize_many([document([rice]), document([other, PORT[1]])], Budget(sentences=1))
    (note,) = digest.notes
    assert (note, note.figures) == (Note(NoteKind.FIGURES, (0, 1)), ("9,18 triệu tấn", "9,03 triệu tấn"))
    assert note.to_dict() == {"kind": "figures", "documents": [0, 1], "figures": ["9,18 triệu tấn", "9,03 triệu tấn"]}


DEADLINE = "Chủ tịch tỉnh yêu cầu nhà thầu bàn giao 14 điểm sạt lở đã khắc phục trước ngày 15/11."


def test_otherwise_equal_article_with_another_deadline_is_told():
    later = DEADLINE.replace("15/11", "30/11")
    one, other = document([*STORM[1:], DEADLINE]), document([*STORM[1:], later])
    digest = summarize_many([one, other], Budget(sentences=6))
    assert {DEADLINE, later} <= {s.text for s in digest.sentences}
    assert [(note, note.figures) for note in digest.notes] == [
        (Note(NoteKind.FIGURES, (0, 1)), ("ngày 15/11", "ngày 30/11"))
    ]
    assert summarize_many([document([*COFFEE, DEADLINE]), other], Budget(sentences=8)).notes == ()
    of_two_days = [dated([*STORM[1:], DEADLINE], 26), dated([*STORM[1:], later], 27)]
    assert summarize_many(of_two_days, Budget(sentences=6)).notes == (), "what is written anew every day"


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("Buổi sáng 9/8, đoàn khảo sát đến thăm xưởng may của hợp tác xã Thanh Lâm.", "sáng", "chiều"),
        ("Kho lạnh mới của hợp tác xã đóng cửa cho thương lái từ tuần tới.", "đóng", "mở"),
        ("Bị hại xin tòa giảm nhẹ hình phạt vì đã khắc phục xong hậu quả.", "hại", "cáo"),
        ("Người mua phải đặt cọc tối thiểu bằng giá trị một chuyến hàng.", "thiểu", "đa"),
        ("Bến xe mới nằm ở phía tây thị trấn và có hai nhà chờ.", "tây", "đông"),
        ("Chủ vườn nói lứa vải đầu mùa ngọt hơn lứa trước nhiều lần.", "ngọt", "chua"),
    ],
)
def test_sentence_with_another_word_is_not_hidden_where_there_is_room(text, old, new):
    rival = text.replace(old, new)
    articles = [document([text, *PORT]), document([rival, *COFFEE])]
    for given in (articles, articles[::-1]):
        digest = summarize_many(given, Budget(sentences=7))
        assert {text, rival} <= {s.text for s in digest.sentences}
        assert digest.notes == ()


def test_sentence_with_another_word_gives_way_to_what_else_there_is():
    text = "Chủ vườn ở Lục Ngạn nói lứa vải đầu mùa năm nay ngọt hơn hẳn các lứa trước."
    articles = [document([text, *PORT]), document([text.replace("ngọt", "chua"), *COFFEE])]
    digest = summarize_many(articles, Budget(sentences=6))
    assert len({s.text for s in digest.sentences} & {s.text for a in articles for s in a.sentences[:1]}) == 1


def test_each_conflict_of_two_articles_is_told_once():
    storm = ["Bão số 5 làm 3 người chết tại tỉnh Nghệ An.", "Bão số 5 gây thiệt hại 850 tỷ đồng tại tỉnh Nghệ An."]
    other = ["Bão số 5 làm 4 người chết tại tỉnh Nghệ An.", "Bão số 5 gây thiệt hại 920 tỷ đồng tại tỉnh Nghệ An."]
    digest = summarize_many([document(storm), document(other)], Budget(sentences=4))
    told = sorted(note.figures for note in digest.notes)
    assert told == [("3 người chết", "4 người chết"), ("850 tỷ đồng", "920 tỷ đồng")]


def test_denial_is_told_and_both_sides_are_shown():
    rate = "Ngân hàng Nhà nước sẽ điều chỉnh lãi suất điều hành trong tháng 10 tới."
    denial = rate.replace("sẽ", "sẽ không")
    digest = summarize_many([document([rate, *COFFEE]), document([denial, *PORT])], Budget(sentences=7))
    assert {rate, denial} <= {s.text for s in digest.sentences}
    assert digest.notes == (Note(NoteKind.OPPOSITE, (0, 1)),)


def test_sentence_that_only_adds_its_source_is_not_shown_beside_the_other_nor_credited_to_its_article():
    plain = "Đến hết tháng 5/2022, Cộng hòa Séc có 41 dự án đầu tư còn hiệu lực tại Việt Nam."
    sourced = plain.replace("2022, ", "2022, theo Cục Đầu tư nước ngoài, ")
    digest = summarize_many([document([plain, *COFFEE]), document([sourced, *PORT])], Budget(sentences=7))
    assert [s.also for s in digest.sentences if "41 dự án" in s.text] == [()]


def test_conflicting_figures_are_both_shown():
    one = document(["Bão làm 12 người chết và nhiều nhà dân bị tốc mái tại Quảng Ninh.", *COFFEE])
    two = document(["Bão làm 15 người chết và nhiều nhà dân bị tốc mái tại Quảng Ninh.", *PORT])
    digest = summarize_many([one, two], Budget(sentences=7))
    assert {(0, 0), (1, 0)} <= {(s.document, s.sentence) for s in digest.sentences}
    assert Note(NoteKind.FIGURES, (0, 1)) in digest.notes


def test_documents_come_by_date_and_their_sentences_in_order():
    later, earlier = dated(PORT, 23), dated(COFFEE, 21)
    digest = summarize_many([later, earlier], Budget(sentences=5))
    assert [(s.document, s.sentence) for s in digest.sentences] == [(1, 0), (1, 1), (0, 0), (0, 1), (0, 2)]
    for found in digest.sentences:
        source = (later, earlier)[found.document]
        assert found.span.within(source.text) == found.text


def test_figure_of_many_articles_does_not_change_its_owner():
    one = document([GRANT[0], *COFFEE, GRANT[1], GRANT[2]])
    other = document(["Phần Lan công bố chương trình viện trợ nước sạch nông thôn.", *PORT])
    for size in range(30, 160, 10):
        shown = {(s.document, s.sentence) for s in summarize_many([one, other], Budget(syllables=size)).sentences}
        assert (0, 4) not in shown or (0, 3) in shown


def test_sentence_comes_where_the_articles_of_its_day_have_it_on_average():
    visit = "Chủ tịch thành phố Hải Phòng đến thăm và chúc mừng thủy thủ đoàn của con tàu."
    one = [*PORT[:2], "Bến Tiên Sa được nạo vét đến độ sâu 16 mét.", visit]
    other = [visit.replace("con tàu", "tàu ấy"), *COFFEE]
    pool = pool_sentences([document(one), document(other)], [0, 1])
    same_day, next_day = [date(2025, 7, 21)] * 2, [date(2025, 7, 21), date(2025, 7, 22)]
    assert ReadingOrder(pool, same_day, None)([1, 3, 5]) == [1, 5, 3], "3/4 and 0/3 make 3/8, behind 1/4 and 1/3"
    assert ReadingOrder(pool, next_day, None)([1, 2, 3, 4]) == [1, 2, 3, 4], "days come first"
    assert ReadingOrder(pool, same_day, None)([2, 3]) == [2, 3], "not before what precedes it in its own article"


@pytest.mark.parametrize(
    ("opening", "day"),
    [
        ("Tối 22/7/2025, Bộ Công Thương họp.", date(2025, 7, 22)),
        ("Ngày 5 tháng 3 năm 2024, Bộ Công Thương họp bàn việc của năm 2025.", date(2024, 3, 5)),
        ("Chiều 22/7, Bộ Công Thương họp bàn xuất khẩu 6 tháng cuối năm 2025.", date(2025, 7, 22)),
        ("Ngày 20/12, Bộ Công Thương tổng kết năm 2024 và bàn nhiệm vụ năm 2025.", date(2024, 12, 20)),
        ("Ngày 10/1, Bộ Công Thương tổng kết năm 2024 và bàn nhiệm vụ năm 2025.", date(2025, 1, 10)),
        ("Ông An (sinh năm 1983) bị bắt hôm 31/5, theo cơ quan điều tra.", None),
        ("Bộ Y tế sơ kết Chỉ thị số 12-CT/TW ngày 2/6/2021 vào ngày 5/8/2025.", date(2025, 8, 5)),
        ("Lúc 12h30 ngày 5/8/2025, Bộ Y tế họp.", date(2025, 8, 5)),
        ("Ngày 31/2, Bộ Công Thương họp bàn xuất khẩu năm 2025.", None),
        ("Bộ Công Thương họp bàn xuất khẩu năm 2025.", None),
    ],
)
def test_day_of_an_article_without_a_date_is_the_one_its_opening_names(opening, day):
    assert days_of([document([opening, COFFEE[0]])]) == [day or date.min]


@pytest.mark.parametrize(
    ("openings", "order"),
    [
        (["Tối 9/5, {}.", "Tối 7/5, {}.", "Tối 8/5, {}."], [1, 2, 0]),
        (["Tối 9/5, {}. Đợt này kéo dài hết năm 2025.", "Tối 7/5, {}. Đợt này kéo dài hết năm 2025."], [1, 0]),
        (["Tối 2/1, {}.", "Tối 29/12, {}."], [1, 0]),
        (["Tối 2/1, {}.", "Tối 29/12, {}.", "Tối 1/1/2025, {}."], [1, 2, 0]),
        (["Ngày 10/6, {} cho các năm 2021 và 2030.", "Ngày 3/6/2025, {}."], [1, 0]),
        (["Tối 9/5, {}.", "Bộ Y tế cho hay từ hôm 7/5, {}.", "Tối 8/5, {}."], [2, 0, 1]),
        (["Tối 9/5, {}. Năm 2021, bến cũ phải đóng cửa để nạo vét luồng.", "Tối 7/5/2025, {}."], [1, 0]),
        (["Ngày 31/2, {}.", "Ngày 3/6, {}.", "Ngày 2/6, {}."], [2, 0, 1]),
    ],
)
def test_days_without_a_year_order_articles(openings, order):
    told = [opening.format("Bộ Công Thương họp").split(". ") for opening in openings]
    days = days_of([document(sentences) for sentences in told])
    assert sorted(range(len(days)), key=lambda number: (days[number], number)) == order


def test_digest_follows_days_without_a_year():
    told = ["Tối {}/5, tỉnh họp báo lần {} về vụ cháy kho.", "Lực lượng chức năng phong tỏa bến số {}."]
    articles = [document([text.format(day, day) for text in told]) for day in (9, 7, 8)]
    shown = [s.document for s in summarize_many(articles, Budget(sentences=3)).sentences]
    assert shown == sorted(shown, key=[1, 2, 0].index)
    assert len(set(shown)) > 1


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("Xã dự kiến thu 12 tỷ đồng trong năm nay.", date(2025, 3, 5), True),
        ("Xã dự kiến thu 12 tỷ đồng trong năm nay.", date(2024, 3, 5), False),
        ("Năm ngoái, xã thu 12 tỷ đồng.", date(2025, 3, 5), True),
        ("Năm nay, xã thu 12 tỷ đồng, còn năm 2024 thì chưa rõ.", date(2025, 3, 5), False),
        ("Từ đầu năm, xã thu 12 tỷ đồng.", date(2025, 3, 5), True),
        ("6 tháng đầu năm 2024, xã thu 12 tỷ đồng, tăng so với cùng kỳ năm trước.", date(2025, 3, 5), False),
        ("Trong 5 năm tới và những năm tới, xã trồng thêm rừng.", date(2025, 3, 5), False),
        ("Vào tháng 3 năm nay, xã thu 12 tỷ đồng.", date(2025, 3, 5), True),
        ("Tháng mười hai năm ngoái, xã thu 12 tỷ đồng.", date(2025, 3, 5), True),
        ("Quý I và II năm nay, xã thu 12 tỷ đồng.", date(2025, 3, 5), True),
        ("Mỗi tháng trong 3 năm tới, xã trồng thêm rừng.", date(2025, 3, 5), False),
        ("Từ thứ ba tuần trước, chợ xã mở lại.", date(2024, 7, 9), True),
        ("Trong ba tuần tới, chợ xã đóng cửa.", date(2024, 7, 9), False),
        ("Tháng này, xã thu 2 tỷ đồng.", date(2024, 8, 1), True),
        ("Tháng này, xã thu 2 tỷ đồng.", date(2024, 7, 9), False),
        ("Sáng nay, chợ xã mở lại.", date(2024, 7, 9), True),
        ("Sáng nay (8/7), chợ xã mở lại.", date(2024, 7, 9), False),
    ],
)
def test_time_told_from_the_day_of_the_article_reads_otherwise_beside_other_days(text, other, expected):
    own = date(2024, 7, 8)
    assert reads_otherwise(text, own, frozenset((own, other))) is expected
    assert not reads_otherwise(text, None, frozenset((other, date(2023, 1, 1))))


def test_day_of_its_article_stands_beside_this_year_where_another_year_is_quoted():
    thisyear = "Hợp tác xã dự kiến năm nay thu 3 tỷ đồng từ vải sấy."
    old, new = document(["Ngày 4/6/2023, hợp tác xã Thanh Lâm họp.", thisyear]), dated(PORT, 21)
    digest = summarize_many([old, new], Budget(sentences=5))
    assert [s.when for s in digest.sentences if s.text == thisyear] == [date(2023, 6, 4)]
    assert {s.when for s in digest.sentences if s.text != thisyear} == {None}
    assert [s.to_dict()["when"] for s in digest.sentences if s.when] == ["2023-06-04"]
    alone = summarize_many([old], Budget(sentences=5))
    assert {s.when for s in alone.sentences} == {None}


def test_days_between_articles_are_told_by_dates_or_by_what_titles_and_openings_name():
    named = [document(COFFEE, title=f"Giá vàng hôm nay {day}/10") for day in (10, 11)]
    apart = days_apart([dated(PORT, 4), dated(PORT, 9), *named, document(PORT), document(["Ngày 0/0 vui.", "Mưa."])])
    assert [apart(0, 1), apart(2, 3), apart(0, 2), apart(3, 4), apart(5, 5)] == [5, 1, None, None, 0]
    price = "Giá vàng miếng của công ty SJC sáng nay là {} triệu đồng mỗi lượng."
    articles = [document([price.format(n)], title=f"Giá vàng {day}/10") for n, day in ((139, 10), (141, 11))]
    assert summarize_many(articles, Budget(sentences=2)).notes == ()


def test_article_that_tells_no_day_has_that_of_its_neighbour():
    told = [document([f"Ngày {day}/7/2025, Bộ Công Thương họp."]) for day in (3, 1)]
    silent = document(COFFEE)
    third, first = date(2025, 7, 3), date(2025, 7, 1)
    assert days_of([silent, told[0], silent, told[1], silent]) == [third, third, third, first, first]
    assert days_of([silent, dated(PORT, 4)]) == [date(2025, 7, 4)] * 2
    assert days_of([silent, silent]) == [date.min] * 2
    assert days_of([]) == []


def test_articles_without_dates_come_in_the_order_of_the_days_they_tell():
    july = document(["Sáng 22/7, cảng Lạch Huyện đón tàu mẹ đầu tiên của năm 2025.", *PORT[1:]])
    december = document(["Chiều 20/12, giá cà phê Tây Nguyên lập đỉnh của năm 2024.", *COFFEE])
    digest = summarize_many([july, december], Budget(sentences=6))
    assert [s.document for s in digest.sentences] == [1, 1, 1, 0, 0, 0]


@pytest.mark.parametrize("name", list(SUMMARIZERS))
def test_every_summarizer_makes_a_common_digest_within_the_budget(name):
    digest = summarize_many([document(PORT), document(COFFEE)], Budget(syllables=40), name)
    assert 0 < sum(len(s.text.split()) for s in digest.sentences) <= 40


def test_scraps_of_captions_fill_no_budget():
    scraps = ["Biểu đồ: Minh An.", "Nguồn: Cảng vụ."]
    articles = [document(scraps, PORT), document(COFFEE)]
    digest = summarize_many(articles, Budget(sentences=7))
    assert [s.text for s in digest.sentences if s.text in scraps] == []
    assert len(digest.sentences) == 5
    assert [s.text for s in summarize_many([document(scraps)], Budget(sentences=7)).sentences] == scraps


def test_no_documents_and_empty_documents_give_an_empty_digest_that_says_so():
    assert summarize_many([], Budget(sentences=2)).notes == (Note(NoteKind.EMPTY),)
    assert summarize_many([document(), document()], Budget(sentences=2)).sentences == ()


def test_too_small_a_budget_gives_one_sentence_and_says_so():
    digest = summarize_many([document(PORT), document(COFFEE)], Budget(syllables=3))
    assert len(digest.sentences) == 1
    assert Note(NoteKind.TOO_SMALL) in digest.notes


def test_pronoun_without_its_article_is_not_shown():
    text = ["Điều này giúp doanh nghiệp xuất khẩu cà phê sang châu Âu tăng mạnh trong quý ba.", "Trời mưa."]
    assert refers(text[0])
    assert leans(text[0])
    assert refers("Trong bức tranh chung đó, đối ngoại là một điểm sáng.")
    assert not leans("Trong bức tranh chung của khu vực, xuất khẩu giữ đà tăng.")
    assert not refers("Ngoài ra, tỉnh có thêm ba dự án.")
    assert leans("Ngoài ra, tỉnh có thêm ba dự án.")
    digest = summarize_many([document(text), document(PORT)], Budget(sentences=2))
    assert text[0] not in [s.text for s in digest.sentences]


def test_topic_digest_takes_sentences_of_its_paragraphs_alone():
    text = document(PORT, COFFEE)
    digests = summarize_by_topic([text], {"trade": [[0.2, 0.9]], "fdi": [[0.1, 0.1]]}, Budget(sentences=3))
    assert list(digests) == ["trade", "fdi"]
    assert [s.paragraph for s in digests["trade"].sentences] == [1, 1]
    assert (digests["fdi"].sentences, digests["fdi"].notes) == ((), (Note(NoteKind.EMPTY),))


def test_topic_digest_takes_figures_before_words_and_named_provinces_before_unnamed_ones():
    words = "Ngành nông nghiệp quan tâm mở rộng thị trường xuất khẩu nông sản bền vững."
    named, unnamed = "Gia Lai xuất khẩu nông sản đạt 650 triệu USD.", "Tỉnh xuất khẩu nông sản đạt 720 triệu USD."
    other = document([unnamed], ["Sơn La vui."], ["Sơn La mừng."])
    for first in (words, unnamed):
        articles = [document([first], [named], ["Gia Lai vui."]), other]
        scores = {"trade": [[0.9, 0.9, 0.0], [0.9, 0.0, 0.0]]}
        digest = summarize_by_topic(articles, scores, Budget(sentences=1))["trade"]
        assert [s.text for s in digest.sentences] == [named]


def test_threshold_by_label():
    scores, text = {"trade": [[0.4, 0.2]]}, document(PORT, COFFEE)
    assert summarize_by_topic([text], scores, Budget(sentences=3))["trade"].sentences == ()
    found = summarize_by_topic([text], scores, Budget(sentences=3), thresholds={"trade": 0.3})
    assert [s.sentence for s in found["trade"].sentences] == [0, 1, 2]


def test_only_the_sentences_that_the_label_is_about_are_taken():
    for number in range(3):
        own = np.where(np.arange(3) == number, 0.9, 0.0)
        found = summarize_by_topic(
            [document(PORT), document()],
            {"trade": [[0.9], []]},
            Budget(sentences=3),
            sentence_scores={"trade": [own, []]},
        )
        assert [s.sentence for s in found["trade"].sentences] == [number]


def test_topic_scores_of_the_wrong_length_are_refused():
    with pytest.raises(ValueError, match="trade: need one score per paragraph, 2, got"):
        summarize_by_topic([document(PORT, COFFEE)], {"trade": [[0.5]]}, Budget(sentences=1))
    with pytest.raises(ValueError, match="need scores for 1 documents, got 0"):
        summarize_by_topic([document(PORT)], {"trade": []}, Budget(sentences=1))


def test_cover_takes_what_is_new_before_what_is_heavier_but_covered():
    # weights 3, 2, 1.5; sentence 0 holds a+b (5), sentence 1 holds a (3, covered), sentence 2 holds c (1.5)
    coverage = Coverage(np.array([0, 0, 1, 2]), np.array([0, 1, 0, 2]), np.array([3.0, 2.0, 1.5]), np.array([4, 4, 4]))
    for values, limit, expected in (
        ([1, 1, 1], Limits(2, 100), (0, 2)),
        ([1, 1, 1], Limits(3, 8), (0, 2)),
        ([0, 1, 1], Limits(3, 100), (1, 2)),
    ):
        assert cover(coverage, products(np.array(values), coverage.length, added=1.0, cost=0.0), limit) == expected


def greedy(coverage, gain, limit, accept):
    """Return what `cover` should: everything is counted anew at each step."""
    weight, chosen, left = coverage.weight.copy(), [], limit.syllables
    while len(chosen) < limit.sentences:
        worth = gain(coverage.mass(weight))
        ranked = sorted(range(len(worth)), key=lambda index: (-worth[index], index))
        free = [i for i in ranked if i not in chosen and worth[i] > 0 and coverage.length[i] <= left]
        best = next((i for i in free if accept(i, chosen)), None)
        if best is None:
            break
        chosen.append(best)
        left -= coverage.length[best]
        weight[coverage.concept[coverage.sentence == best]] = 0.0
    return tuple(chosen)


@pytest.mark.parametrize("n", [1, 30, 400])
@pytest.mark.parametrize("seed", range(4))
def test_cover_chooses_what_counting_everything_anew_at_each_step_would(n, seed):
    draw = np.random.default_rng(seed)
    held = np.unique(np.stack([draw.integers(0, n, 8 * n), draw.zipf(1.5, 8 * n) % (2 * n)]), axis=1)
    length = draw.integers(1, 40, n)
    coverage = Coverage(held[0], held[1], draw.random(2 * n).round(1), length)
    leaning = draw.random(n) < 0.3
    wanted = (draw.random(n) < 0.5).astype(float)
    for gain in (matches(draw.random(n), length, wanted), products(wanted, length, added=0.8, cost=0.2)):
        for limit in (Limits(n, 10 * n), Limits(7, 10**9)):
            expected = greedy(coverage, gain, limit, lambda i, chosen: not leaning[i] or i - 1 in chosen)
            accept = lambda i, chosen: not leaning[i] or i - 1 in chosen  # noqa: E731
            assert cover(coverage, gain, limit, (), accept) == expected
            assert cover(coverage, gain, limit, (), accept, stirs=lambda i: (i + 1,)) == expected
            assert cover(coverage, gain, limit, expected[:2], accept) == expected


def test_whole_sentences_count_beside_new_concepts():
    # both sentences hold the one concept (1.0); 0.3 * value * length adds 0.3 * 0.5 * 4 = 0.6 to the second
    coverage = Coverage(np.array([0, 1]), np.array([0, 0]), np.array([1.0]), np.array([4, 4]))
    gain = matches(np.array([0.0, 0.5]), coverage.length, np.ones(2))
    assert gain(np.array([1.0, 1.0])) == pytest.approx(np.array([1.0, 1.6]) / 4**0.6)
    assert cover(coverage, gain, Limits(1, 100)) == (1,)
    kept_out = matches(np.array([0.0, 0.5]), coverage.length, np.array([1.0, 0.0]))
    assert cover(coverage, kept_out, Limits(2, 100)) == (0,)


def test_room_that_a_better_sentence_does_not_fit_into_is_not_filled_with_a_scrap():
    # 12 syllables: the first takes 6, the second (4.0) has no room, the third would fit
    coverage = Coverage(np.arange(4), np.arange(4), np.array([9.0, 4.0, 3.0, 2.0]), np.array([6, 8, 4, 5]))

    def gain(added, at=slice(None)):
        return added

    assert cover(coverage, gain, Limits(4, 12)) == (0, 2)
    assert cover(coverage, gain, Limits(4, 12), shortest=5) == (0, 3)
    assert cover(coverage, gain, Limits(4, 15), shortest=5) == (0, 1), "nothing had to be left out for the room"
    assert cover(coverage, gain, Limits(4, 7), shortest=5) == (0,)
    assert cover(coverage, gain, Limits(4, 23), shortest=5) == (0, 1, 2, 3)


@pytest.mark.parametrize(
    "scrap",
    ["Minh Anh/Báo Hải Phòng - Trung tâm Tin", "Hà Nội, ngày 15/5/2026", "* Cần giải pháp căn cơ", "Xin cảm ơn ông!"],
)
def test_byline_or_heading_is_no_sentence_of_a_digest(scrap):
    articles = [document(PORT, [scrap]), document([*COFFEE, "Vốn vay: 30 tỷ đồng"])]
    shown = [s.text for s in summarize_many(articles, Budget(syllables=200)).sentences]
    assert shown == [s.text for s in summarize_many(articles, Budget(sentences=9)).sentences]
    assert set(shown) == {*PORT, *COFFEE, "Vốn vay: 30 tỷ đồng"}


def test_digest_with_fewer_sentences_than_asked_for_says_so():
    shared = "Hội nghị ngoại giao kinh tế diễn ra tối thứ ba tại trụ sở Chính phủ ở Hà Nội."
    one, two = document([shared, COFFEE[0]]), document([shared, *PORT])
    digest = summarize_many([one, two], Budget(sentences=6))
    assert len(digest.sentences) == 5
    assert digest.notes == (Note(NoteKind.FEWER),)
    assert summarize_many([one, two], Budget(sentences=5)).notes == ()


def test_beginnings_of_one_day_come_before_what_else_each_article_says():
    one, two = dated(PORT, 21), dated([*COFFEE, "Tỉnh Gia Lai hỗ trợ nông dân vay vốn ngân hàng tái canh."], 21)
    digest = summarize_many([one, two], Budget(sentences=6))
    places = [(s.document, s.sentence) for s in digest.sentences]
    assert places == [(0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (1, 2)], "`Tàu chở …` names no ship of its own"


def test_sentence_that_names_no_subject_stays_with_its_article():
    makers = [
        [
            f"Sáng 5/8, Công ty {maker} ra mắt mẫu xe máy điện {model} tại Hà Nội.",
            f"Giá bán của phiên bản tiêu chuẩn là {price} triệu đồng.",
            f"Theo kế hoạch, hãng sẽ bán {price * 500} xe trong năm đầu.",
            f"Nhà máy {maker} ở Hải Dương làm 300 xe mỗi ngày.",
        ]
        for maker, model, price in (("Hồng Hà", "HH1", 25), ("Sao Mai", "S9", 41))
    ]
    digest = summarize_many([dated(one, 5) for one in makers], Budget(sentences=8))
    places = [(s.document, s.sentence) for s in digest.sentences]
    assert places == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]


def test_sentence_that_leans_follows_the_one_of_its_article():
    one = dated([PORT[0], "Trong đó, tàu chở hơn hai nghìn container hàng điện tử.", PORT[2]], 21)
    digest = summarize_many([one, dated(COFFEE, 21)], Budget(sentences=5))
    assert [(s.document, s.sentence) for s in digest.sentences] == [(0, 0), (0, 1), (1, 0), (1, 1), (0, 2)]


CONFERENCE = [
    "Sáng 22/7, tại điểm cầu {0}, lãnh đạo dự hội nghị trực tuyến về ngoại giao kinh tế do Thủ tướng chủ trì.",
    "Cả nước đã ký {1} thỏa thuận hợp tác quốc tế trong sáu tháng đầu năm 2026.",
    "{2} hiện có {3} dự án FDI với tổng vốn đăng ký {4} triệu USD.",
    "Kết luận hội nghị, Thủ tướng yêu cầu các địa phương đẩy mạnh ngoại giao kinh tế, lấy doanh nghiệp làm trung tâm.",
]


@pytest.mark.parametrize("subject", ["Tỉnh", "Trên địa bàn tỉnh", "Địa phương", "Sở Công Thương cho biết tỉnh"])
@pytest.mark.parametrize("homes", [("tỉnh Nghệ An", "tỉnh Thanh Hóa"), ("xã Nam Đàn", "xã Hoằng Lộc")])
def test_reports_of_two_places_do_not_contradict_each_other(subject, homes):
    def report(home, signed, projects, capital):
        texts = [one.format(home, signed, subject, projects, capital) for one in CONFERENCE]
        texts.append(f"Lãnh đạo {home} cam kết hỗ trợ doanh nghiệp.")
        return document(*([text] for text in texts), title=f"Điểm cầu {home} dự hội nghị")

    articles = [report(homes[0], 210, 45, 120), report(homes[1], 201, 61, 180)]
    digest = summarize_many(articles, Budget(syllables=400))
    figures = [note.figures for note in digest.notes if note.kind is NoteKind.FIGURES]
    assert figures == [("210 thỏa thuận hợp tác", "201 thỏa thuận hợp tác")]
    same_place = [report(homes[0], 210, 45, 120), report(homes[0], 210, 61, 180)]
    told = [note.figures for note in summarize_many(same_place, Budget(syllables=400)).notes]
    assert ("45 dự án FDI; 120 triệu USD", "61 dự án FDI; 180 triệu USD") in told


def test_reports_of_two_firms_do_not_contradict_each_other():
    def report(firm, profit):
        texts = [
            f"Ngày 22/7, {firm} công bố báo cáo tài chính hợp nhất quý II năm 2026.",
            f"Lợi nhuận sau thuế của công ty đạt {profit} tỷ đồng, tăng 12% so với cùng kỳ.",
            f"Hội đồng quản trị {firm} cho biết sẽ trả cổ tức bằng tiền mặt trong quý III.",
        ]
        return document(texts, title=f"{firm} lãi lớn trong quý II")

    notes = summarize_many([report("Hoàng Long", 320), report("Vinatea", 210)], Budget(syllables=300)).notes
    assert not [note for note in notes if note.kind is NoteKind.FIGURES]
    notes = summarize_many([report("Hoàng Long", 320), report("Hoàng Long", 210)], Budget(syllables=300)).notes
    assert [note.figures for note in notes if note.kind is NoteKind.FIGURES] == [("320 tỷ đồng", "210 tỷ đồng")]
