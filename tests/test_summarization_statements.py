"""What sentences say: which differences of two copies matter, which do not, and which are contradictions."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from toolkit.summarization.comparison import contrast, holds, of_one_time, repeats
from toolkit.summarization.copies import same_sentences
from toolkit.summarization.figures import read_words
from toolkit.summarization.statements import read_statement

LONG = (
    "Chiều 5/3, Bộ Công Thương và Ủy ban nhân dân thành phố Hải Phòng tổ chức hội nghị bàn giải pháp gỡ khó cho "
    "doanh nghiệp xuất khẩu nông sản sang thị trường châu Âu qua cảng Lạch Huyện."
)


def said(one, other):
    same = same_sentences([one, other], [0, 1])
    return "same" if same.group[1] == 0 else "rivals" if same.rivals else "apart"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tỉnh triển khai 03 dự án với tổng vốn 1.200 tỷ đồng.", "Tỉnh triển khai 3 dự án, tổng vốn 1200 tỉ đồng"),
        ("Mưa lũ làm ba người chết ở xã Mường Xén.", "Mưa lũ đã làm 3 người chết tại xã Mường Xén."),
        ("(Dân Việt) - Ủy ban nhân dân thành phố Hồ Chí Minh cấp phép mới.", "UBND TP.HCM cấp phép mới."),
        ("Nghệ An (TTXVN) - Mưa lũ làm 3 người chết ở xã Keng Đu.", "Mưa lũ làm 3 người chết ở xã Keng Đu."),
        ("Hà Nội, ngày 6/3 (VNA) – Giá gạo ở Cần Thơ tăng 5%.", "Giá gạo ở Cần Thơ tăng 5%."),
        ("Ngày 06/3/2025, Bộ Công Thương ký quyết định.", "Ngày 6 tháng 3 năm 2025, Bộ Công Thương kí quyết định"),
        ("Hiệp hội Lương thực (VFA) dự báo giá tăng 5%.", "Hiệp hội Lương thực dự báo giá tăng 5 phần trăm."),
        ("Đường gom ven biển dài 62km đã thông xe.", "Đường gom ven biển dài 62 km đã thông xe."),
        ("Đoàn có mười hai chuyên gia nước ngoài.", "Đoàn có 12 chuyên gia nước ngoài."),
        ("Ba mươi lăm hộ ven hồ đã dời đi.", "35 hộ ven hồ đã dời đi."),
        ("Xã có một trăm hai mươi hộ trồng sả.", "Xã có 120 hộ trồng sả."),
        ("Huyện có hai trăm linh năm hồ chứa.", "Huyện có 205 hồ chứa."),
        ("Lớp học mở trong hai mươi năm qua.", "Lớp học mở trong 20 năm qua."),
        ("Công ty Hoàng Long vay 6 triệu đô la Mỹ.", "Công ty Hoàng Long vay 6 triệu USD."),
        (LONG, LONG.replace("tổ chức hội nghị", "tổ chức hội nghị trực tuyến")),
    ],
)  # fmt: skip
def test_spelling_notation_and_grammar_leave_sentences_the_same(one, other):
    assert said(one, other) == said(other, one) == "same"


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("Sạt lở tại xã Mường Xén khiến ba người chết.", "Sạt lở tại xã Mường Xén khiến bảy người chết.", "rivals"),
        ("Nhà máy điện gió Bình Thuận có vốn 5 triệu USD.", "Nhà máy điện gió Bình Thuận có vốn 5 tỷ USD.", "rivals"),
        ("Ngân hàng Nhà nước sẽ điều chỉnh lãi suất.", "Ngân hàng Nhà nước sẽ không điều chỉnh lãi suất.", "rivals"),
        ("Xuất khẩu gạo của Việt Nam tăng 5% so cùng kỳ.", "Xuất khẩu gạo của Việt Nam giảm 5% so cùng kỳ.", "rivals"),
        ("Tỉnh Hà Nam thu hút được 12 dự án FDI mới.", "Tỉnh Hà Giang thu hút được 12 dự án FDI mới.", "apart"),
        ("Tỉnh Hà Nam xuất khẩu hàng hóa đạt 2 tỷ USD.", "Tỉnh Hà Giang xuất khẩu hàng hóa đạt 9 tỷ USD.", "apart"),
        ("Kim ngạch xuất khẩu hàng hóa đạt 391 tỷ USD.", "Kim ngạch nhập khẩu hàng hóa đạt 371 tỷ USD.", "apart"),
        ("Ông Nguyễn Văn An giữ chức chủ tịch hội đồng.", "Ông Nguyễn Văn Bình giữ chức chủ tịch hội đồng.", "apart"),
        ("Đội tuyển Việt Nam thắng Thái Lan 2-1 tối nay.", "Đội tuyển Thái Lan thắng Việt Nam 2-1 tối nay.", "apart"),
        ("Đến hết tháng 5/2023, cả nước xuất siêu 9 tỷ.", "Đến hết tháng 8/2023, cả nước xuất siêu 20 tỷ.", "apart"),
        ("Bão số 5 gây mưa rất to ở vùng núi Nghệ An.", "Bão số 6 gây mưa rất to ở vùng núi Nghệ An.", "apart"),
        ("Xuất khẩu gạo của Việt Nam đạt 9,18 triệu tấn.", "Xuất khẩu gạo của Việt Nam đạt 9,2 triệu tấn.", "apart"),
        ("Xuất khẩu gạo của Việt Nam đạt khoảng 500 tấn.", "Xuất khẩu gạo của Việt Nam đạt 508 tấn.", "apart"),
        ("Hồng Hà (HHC) - nhà thầu cảng - thắng thầu.", "Sao Mai (SMC) - nhà thầu cảng - thắng thầu.", "apart"),
        ("Trong đó, doanh nghiệp Việt Nam bán 5 tấn gạo.", "Trong đó, doanh nghiệp Việt Nam bán 7 tấn gạo.", "apart"),
        (LONG, LONG.replace("tổ chức", "hoãn tổ chức"), "apart"),
        (LONG, LONG.replace("Bộ Công Thương", "Bộ Công Thương, Bộ Tài chính"), "apart"),
    ],
)  # fmt: skip
def test_what_bears_on_the_sense_keeps_sentences_apart_or_makes_them_rivals(one, other, verdict):
    assert said(one, other) == said(other, one) == verdict


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Năm Căn có mười xã.", "năm căn có #10 xã"),
        ("Ba Đình có mười năm chờ.", "ba đình có #10 #5 chờ"),
        ("Một số chợ nghỉ, hai bên bán ven lộ.", "#1 số chợ nghỉ #2 bên bán ven lộ"),
        ("Hai Bà Trưng và Ba mươi người.", "hai bà trưng và ba mươi người"),
        ("Kho mở từ tháng mười một.", "kho mở từ tháng 11"),
        ("Mỗi tháng 1.200 tấn, tốc độ 60km/h.", "mỗi tháng #1200 tấn tốc độ #60 km h"),
        ("Tàu NA-90123 và mạng 5G có 35A và U23.", "tàu na 90123 và mạng 5g có 35a và u23"),
        ("Bán hai trăm nghìn tấn.", "bán #200000 tấn"),
        ("Mười hai tháng có một trăm lẻ hai ngày.", "#12 tháng có #102 ngày"),
    ],
)
def test_numerals_are_numbers_and_names_are_not(text, words):
    assert " ".join(token.word for token in read_words(text)) == words


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("Giá tiêu đen tại Lộc Ninh tăng 3.000 đồng mỗi kg.", "giảm 3.000", "tăng 3.000 đồng mỗi kg"),
        ("Lãi vay của các hợp tác xã là 3,5% từ hôm nay.", "35%", "3,5%"),
        ("Tỉnh mời hai công ty bảo hiểm nhân thọ tới dự hội chợ.", "ba công ty", "hai công ty bảo hiểm"),
        ("Khoản vay trị giá 60 triệu EUR dành cho trạm bơm Cẩm Đàn.", "60 triệu USD", "60 triệu EUR"),
        ("Đến nay hơn 30 hợp tác xã ở huyện đã có mã vùng trồng.", "gần 30", "hơn 30 hợp tác xã"),
    ],
)
def test_what_differs_of_two_figures_is_told_with_unit_and_direction_in_whole_words(one, other, told):
    changed = other.split()
    rival = one.replace(told[: len(" ".join(told.split()[: len(changed)]))], other)
    assert said(one, rival) == said(rival, one) == "rivals"
    (mine,), (its,) = contrast(read_statement(one), read_statement(rival))
    assert mine == told
    assert its.startswith(other)


def test_amounts_of_two_currencies_may_be_one_exchanged():
    euros, dollars = (
        "Khoản vay dành cho trạm bơm Cẩm Đàn là 60 triệu EUR.",
        "Khoản vay dành cho trạm bơm Cẩm Đàn là {}.",
    )
    assert said(euros, dollars.format("66 triệu USD")) == "apart"
    assert said(euros, dollars.format("60 triệu euro")) == "same"


DENIED = "Ban dự án cho biết việc nạo vét {}ảnh hưởng đến giếng nước của thôn Bình."


def test_yes_and_no_contradict_each_other():
    assert said(DENIED.format("có "), DENIED.format("không ")) == "rivals"
    assert said(DENIED.format("có "), DENIED.format("")) == "apart"


@pytest.mark.parametrize("link", [", ", " và "])
def test_negation_repeated_in_a_list_contradicts_nothing(link):
    one = f"Việc nghiệm thu ở nhiều xã chưa kịp thời{link}chưa đúng hướng dẫn của Sở Xây dựng."
    assert said(one, one.replace(f"{link}chưa", link)) == "apart", "neither one nor the other: both may be shown"
    assert said(one, one.replace("chưa kịp", "kịp")) == "rivals"


def test_figures_that_differ_are_told_in_the_words_of_the_sentences():
    one = read_statement("Năm 2024, Việt Nam xuất khẩu 9,18 triệu tấn gạo, tăng 12% về lượng.")
    other = read_statement("Năm 2024, Việt Nam xuất khẩu 9,03 triệu tấn gạo, tăng 12% về lượng.")
    assert contrast(one, other) == (("9,18 triệu tấn gạo",), ("9,03 triệu tấn gạo",))
    assert contrast(one, one) is None


@pytest.mark.parametrize(
    ("one", "other", "days", "expected"),
    [
        ("Tính đến 17 giờ ngày 26/8, bão làm 3 người chết.", "Đến chiều 26/8, bão làm 4 người chết.", None, True),
        ("Tính đến ngày 26/8, bão làm 3 người chết.", "Tính đến ngày 27/8, bão làm 5 người chết.", 1, True),
        ("Ngày 26/8, bão làm 3 người chết.", "Ngày 27/8, bão làm 5 người chết.", 1, False),
        ("Giá vàng sáng nay là 139 triệu đồng.", "Giá vàng sáng nay là 141 triệu đồng.", 1, False),
        ("Giá vàng sáng nay là 139 triệu đồng.", "Giá vàng sáng nay là 141 triệu đồng.", 0, True),
        ("Thiệt hại là 850 tỷ đồng.", "Thiệt hại là 1.260 tỷ đồng.", 1, True),
        ("Thiệt hại là 850 tỷ đồng.", "Thiệt hại là 1.260 tỷ đồng.", 40, False),
        ("Năm 2024, thiệt hại là 850 tỷ đồng.", "Năm 2024, thiệt hại là 1.260 tỷ đồng.", 40, True),
        ("6 tháng đầu năm, lãi 5 tỷ đồng.", "6 tháng cuối năm, lãi 7 tỷ đồng.", 0, False),
    ],
)
def test_figures_of_other_times_do_not_contradict_each_other(one, other, days, expected):
    assert of_one_time(read_statement(one), read_statement(other), days) is expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Giai đoạn 1 của cảng Vân Phong có vốn 300 tỷ đồng.", "Giai đoạn 2 của cảng Vân Phong có vốn 410 tỷ đồng."),
        ("Cửa khẩu Mộc Bài thông quan 12,500 xe hàng.", "Cửa khẩu Mộc Bài thông quan 12.500 xe hàng."),
        ("Quỹ ở Đà Lạt nhận 6 triệu đô la Mỹ.", "Quỹ ở Đà Lạt nhận 9 triệu đô la Úc."),
    ],
)
def test_names_notations_and_currencies_are_no_contradictions(one, other):
    assert said(one, other) == said(other, one) == "apart"


def test_minutes_tell_two_times_apart():
    fire = "Vụ cháy xảy ra lúc {} ngày 5/6 tại chợ Vườn Hoa."
    assert said(fire.format("14h15"), fire.format("14h45")) == "apart"
    assert said(fire.format("14h15"), fire.format("14 giờ 15 phút")) == "same"
    assert not repeats(read_statement(fire.format("14h30")), read_statement(fire.format("15h")))


def test_what_was_found_at_first_is_told_again_without_saying_so():
    one, other = "Thiệt hại ban đầu ở Mường Xén là 25 tỷ đồng.", "Thiệt hại ở Mường Xén là khoảng 48 tỷ đồng."
    assert said(one, other) == said(other, one) == "rivals"
    assert said(one.replace("ban đầu", "ngày đầu"), other) == "apart"


FIRST = "Theo xã, đến 11 giờ ngày 8/9, lũ quét đã làm 3 người chết, 7 người mất tích và 12 người bị thương."


@pytest.mark.parametrize(
    ("later", "days", "expected"),
    [
        ("Theo tỉnh, lũ quét làm 10 người chết, không còn người mất tích.", 2, True),
        ("Đến ngày 10/9, lũ quét đã làm 10 người chết và nhiều người bị thương.", 2, True),
        ("Ngày 10/9, lũ quét đã làm 10 người chết và nhiều người bị thương.", 2, False),
        ("Năm 2017, lũ quét làm 10 người chết, không còn người mất tích.", 2, False),
        ("Theo tỉnh, lũ quét làm 10 người chết, không còn người mất tích.", 9, False),
        ("Theo tỉnh, lũ quét làm 10 người chết, không còn người mất tích.", None, False),
        ("Theo tỉnh, lũ quét làm 3 người chết, không còn người mất tích.", 2, False),
        ("Theo tỉnh, lũ quét làm 10 người bị thương, không còn người mất tích.", 2, False),
        ("Theo tỉnh, lở đất làm 10 người chết, không còn người mất tích.", 2, False),
    ],
)
def test_first_figure_of_sentences_that_begin_alike_is_brought_up_to_date(later, days, expected):
    found = same_sentences([FIRST, later], [0, 1], days_apart=lambda _one, _other: days)
    assert bool(found.rivals) is expected
    if expected:
        assert contrast(*found.statements) == (("3 người chết",), ("10 người chết",))


def test_figures_of_what_has_no_name_are_compared_in_articles_on_one_matter_only():
    texts = ["Tổng thiệt hại ban đầu ước tính 850 tỷ đồng.", "Tổng thiệt hại ban đầu ước tính 920 tỷ đồng."]
    assert same_sentences(texts, [0, 1]).rivals
    assert not same_sentences(texts, [0, 1], of_one_subject=lambda _one, _other: False).rivals


def test_sentence_that_adds_the_source_alone_is_a_repetition_and_one_with_another_name_is_not():
    plain = read_statement("Đến hết tháng 5/2022, Séc có 41 dự án đầu tư tại Việt Nam.")
    sourced = read_statement("Đến hết tháng 5/2022, theo Cục Đầu tư nước ngoài, Séc có 41 dự án đầu tư tại Việt Nam.")
    other = read_statement("Đến hết tháng 5/2022, Đức có 41 dự án đầu tư tại Việt Nam.")
    assert repeats(plain, sourced)
    assert not repeats(
        read_statement("Việt Nam thắng Thái Lan tối qua."), read_statement("Thái Lan thắng Việt Nam tối qua.")
    )
    assert not repeats(plain, other)
    assert not repeats(*map(read_statement, ("Séc mở cửa cho gạo của Việt Nam.", "Đức mở cửa cho gạo của Việt Nam.")))


@given(st.text(alphabet="0129 ,./-%tỷnămgiờháq()Iđ", max_size=60) | st.text(max_size=60))
@example("9" * 5000 + " tỷ" * 5000)
@example("00/00 và 0 tháng, 00h, ngày 31 tháng 99")
def test_any_text_says_something_and_says_the_same_as_itself(text):
    statement = read_statement(text)
    assert contrast(statement, statement) is None
    assert of_one_time(statement, statement, 0)
    assert repeats(statement, statement)
    assert len(statement.bearing) == len(statement.words)
    assert len(statement.figures) == statement.frame.count("#")


def test_comparing_sentences_takes_time_in_proportion_to_their_number():
    words = "giá cà phê tại huyện vùng cao tăng do mưa lớn kéo dài nhiều ngày liền".split()  # noqa: SIM905

    def seconds(n):
        texts = [" ".join([*words, f"thôn {i} xã {i % 97} huyện {i % 31}", *words[: i % 9]]) for i in range(n)]
        start = time.process_time()
        same_sentences(texts, list(range(n)))
        return time.process_time() - start

    assert seconds(8000) < 12 * seconds(2000) + 0.5


SHORTER = "Sở Công Thương đã làm việc với 12 doanh nghiệp xuất khẩu chè của huyện."


@pytest.mark.parametrize(
    ("longer", "held"),
    [
        ("Sáng qua, Sở Công Thương đã làm việc với 12 doanh nghiệp xuất khẩu chè của huyện và 3 hợp tác xã.", True),
        ("Theo báo cáo, Sở Công Thương đã làm việc với 12 doanh nghiệp chuyên xuất khẩu chè của huyện Mộc Châu.", True),
        ("Sở Công Thương đã làm việc với 15 doanh nghiệp xuất khẩu chè của huyện và 12 hợp tác xã.", False),
        ("Sở Công Thương chưa làm việc với 12 doanh nghiệp xuất khẩu chè của huyện và 3 hợp tác xã.", False),
        ("Không ai nói rằng Sở Công Thương đã làm việc với 12 doanh nghiệp xuất khẩu chè của huyện.", False),
        ("Sở Công Thương đã tiếp Nhật Bản, Nhật Bản làm việc với 12 doanh nghiệp xuất khẩu chè của huyện.", False),
    ],
)
def test_sentence_holds_another_only_with_all_that_bears_on_it(longer: str, held: bool) -> None:
    assert holds(read_statement(longer), read_statement(SHORTER)) == held
    assert not holds(read_statement(SHORTER), read_statement(longer))
    assert not holds(read_statement(SHORTER), read_statement(SHORTER))
