from __future__ import annotations

import datetime as dt
import textwrap

import pytest

from toolkit.cleaning import clean
from toolkit.lexicon import BoilerplateRule, Place, abbreviations, boilerplate_rules
from toolkit.segmentation import parse

PROSE = "Kim ngạch xuất khẩu của tỉnh sáu tháng đầu năm đạt 320 triệu USD, tăng 12% so với cùng kỳ."
MORE = "Sở Công Thương cho biết đơn hàng quý III đã kín, nhiều nhà máy phải tăng ca."


def reasons(text: str) -> list[str]:
    return [block.reason for block in parse(text).dropped]


@pytest.mark.parametrize("rule", boilerplate_rules(), ids=lambda rule: rule.pattern.pattern[:30])
def test_rule_matches_its_examples_and_no_counter_example(rule: BoilerplateRule) -> None:
    assert rule.examples
    assert rule.counter_examples
    assert [text for text in rule.examples if not rule.pattern.fullmatch(text)] == []
    assert [text for text in rule.counter_examples if rule.pattern.fullmatch(text)] == []


@pytest.mark.parametrize("rule", boilerplate_rules(), ids=lambda rule: rule.pattern.pattern[:30])
def test_example_is_dropped_from_an_article_and_counter_example_is_not(rule: BoilerplateRule) -> None:
    for text in rule.examples:
        lines = {
            Place.ANY: (PROSE, text, MORE),
            Place.START: (text, PROSE, MORE),
            Place.END: (PROSE, MORE, text),
            Place.LETTERHEAD: (text, "Số: 12/KH-UBND", PROSE, MORE),
        }
        dropped = parse("\n".join(lines[rule.where])).dropped
        assert [d.text.strip() for d in dropped] == [text, *lines[rule.where][1:2][: rule.where is Place.LETTERHEAD]]
    for text in rule.counter_examples:
        if text.endswith("."):
            assert reasons("\n".join((PROSE, text, MORE))) == []


def test_caption_is_dropped_after_its_picture_only() -> None:
    caption = "Cán bộ kiểm dịch lấy mẫu thanh long ở cửa khẩu Kim Thành"
    assert reasons(f"{PROSE}\nAnh-tin-bai\n{caption}\n{MORE}") == ["image", "caption"]
    assert reasons(f"{PROSE}\n.png)\n{MORE}\n{PROSE}") == ["image"]


def test_title_is_the_unfinished_line_above_the_prose() -> None:
    document = parse(f"Lào Cai đẩy mạnh xuất khẩu nông sản\n\n{PROSE}\n{MORE}")
    assert document.title == "Lào Cai đẩy mạnh xuất khẩu nông sản"
    assert [d.reason for d in document.dropped] == ["title"]


def test_section_name_above_the_title_is_no_title() -> None:
    document = parse(f"Kinh tế\nLào Cai đẩy mạnh xuất khẩu nông sản\n{PROSE}")
    assert document.title == "Lào Cai đẩy mạnh xuất khẩu nông sản"
    assert [d.reason for d in document.dropped] == ["kicker", "title"]


@pytest.mark.parametrize("text", [f"{PROSE}\n{MORE}", "Một dòng không có dấu chấm", "- Gạo\n- Cà phê", ""])
def test_no_title_is_guessed(text: str) -> None:
    assert parse(text).title is None


def test_given_title_wins_and_is_dropped_where_it_stands() -> None:
    document = parse(f"TIN VẮN\nLào Cai xuất khẩu\n{PROSE}", title="Lào Cai  xuất khẩu")
    assert document.title == "Lào Cai xuất khẩu"
    assert [(d.reason, d.text) for d in document.dropped if d.reason == "title"] == [("title", "Lào Cai xuất khẩu")]


@pytest.mark.parametrize(
    "stamp",
    ["date 2025-07-22", "22/07/2025 19:30", "Thứ ba, 22/7/2025, 10:05 (GMT+7)", "Ngày 22 tháng 7 năm 2025",
     "Cập nhật lúc: 19:30 22/07/2025", "22.7.2025", "Thứ Ba, 10:20, 22/07/2025", "(22/07/2025 10:20)",
     "22 Tháng Bảy, 2025", "Tháng Bảy 22, 2025", "Báo Xứ Đoài - 22/07/2025", "22/07/2025 - Thời báo Xứ Đoài",
     "Hà Nội, ngày 22/7/2025", "Mai Chi | 22/7/2025", "Kinh tế - 22/07/2025", "22/07/2025 10:20 | 1.204 lượt xem",
     "Đăng ngày 22/07/2025 bởi Mai Chi", "Người đăng: admin - 22/07/2025"],
)  # fmt: skip
def test_date_stamp_is_read_and_dropped(stamp: str) -> None:
    document = parse(f"{stamp}\n{PROSE}\n{MORE}")
    assert document.date == dt.date(2025, 7, 22)
    assert [d.reason for d in document.dropped] in (["date"], ["metadata"])
    assert len(document.paragraphs) == 2


def test_date_glued_to_a_title_is_parted_from_it() -> None:
    document = parse(f" date 2026-01-10 Đổi mới công tác đối ngoại\n\n{PROSE}")
    assert document.date == dt.date(2026, 1, 10)
    assert document.title == "Đổi mới công tác đối ngoại"
    assert [(d.reason, d.text) for d in document.dropped] == [
        ("date", "date 2026-01-10 "),
        ("title", "Đổi mới công tác đối ngoại"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"Chiều 22/7, tỉnh họp.\n{MORE}",
        f"31/2/2025\n{PROSE}",
        f"22/7/2025 là hạn chót.\n{MORE}",
        f"Báo cáo phương án đền bù trước 22/7/2025\n{PROSE}",
        f"anh-2025-07-22.jpg\n{PROSE}",
    ],
)
def test_no_date_is_guessed(text: str) -> None:
    assert parse(text).date is None


def test_short_title_above_a_date_with_the_name_of_a_paper_stays_the_title() -> None:
    document = parse(f"Gạo Việt thắng lớn\n22/07/2025 - Thời báo Xứ Đoài\n{PROSE}\n{MORE}")
    assert document.title == "Gạo Việt thắng lớn"
    assert document.date == dt.date(2025, 7, 22)


def test_title_that_ends_in_a_date_stays_the_title() -> None:
    document = parse(f"Giá cà phê hôm nay - 22/07/2025\n{PROSE}\n{MORE}")
    assert document.title == "Giá cà phê hôm nay - 22/07/2025"


@pytest.mark.parametrize(
    ("credit", "prose"),
    [
        (" Ảnh: Quang Minh", PROSE),
        (" Biểu đồ: T.Minh.", PROSE),
        (" Nguồn: Cục Thống kê.", PROSE),
        (" - Ảnh: Quang Minh.", PROSE.rstrip(".")),
    ],
)
def test_credit_at_the_end_of_a_paragraph_is_parted_from_it(credit: str, prose: str) -> None:
    long = f"{MORE} {MORE} {prose}"
    document = parse(f"{PROSE}\n{long}{credit}\n{MORE}")
    assert [p.text for p in document.paragraphs] == [PROSE, long, MORE]
    assert [(d.reason, d.text) for d in document.dropped] == [("caption", credit)]


def test_words_that_look_like_a_credit_stay() -> None:
    text = f"{MORE} {PROSE} Ảnh: thứ mà ai cũng có.\n{MORE} {PROSE} Nguồn: Ngân sách tỉnh."
    assert reasons(text) == []


def test_address_in_a_line_of_its_own_does_not_continue_the_line_before() -> None:
    document = parse(f"Tỉnh đẩy mạnh xuất khẩu nông sản sang châu Âu\nbao-xudoai.vn\n{PROSE}\n{MORE}")
    assert document.title == "Tỉnh đẩy mạnh xuất khẩu nông sản sang châu Âu"


def test_heading_between_finished_paragraphs_is_dropped() -> None:
    text = f"{PROSE}\n\nNâng sức cạnh tranh cho nông sản\n\n{MORE} Các doanh nghiệp đã ký thêm ba hợp đồng dài hạn."
    assert reasons(text) == ["heading"]


def test_lines_without_full_stops_are_prose_where_the_author_writes_so() -> None:
    text = (
        "Giá gạo tăng mạnh ở các chợ đầu mối\nNgười mua xếp hàng từ sáng sớm\nHàng về chậm vì mưa lớn\nChợ tan lúc trưa"
    )
    assert len(parse(text).paragraphs) == 4


def test_list_items_and_lower_case_lines_are_no_headings() -> None:
    assert reasons(f"{PROSE}\n- Gạo và cà phê\n{MORE} {PROSE}\nvà các mặt hàng khác\n{MORE} {PROSE}") == []


def test_headlines_below_related_news_are_navigation() -> None:
    text = f"{PROSE}\n{MORE}\nTin liên quan\nGiá cà phê lập đỉnh mới\nHai cửa khẩu thông quan trở lại"
    assert reasons(text) == ["navigation"] * 3


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    wrapped = (
        "Kim ngạch xuất khẩu của tỉnh trong sáu tháng\nđầu năm đạt 320 triệu USD, tăng mạnh so với\ncùng kỳ năm ngoái."
    )
    (paragraph,) = parse(wrapped).paragraphs
    assert paragraph.text == wrapped
    assert len(paragraph.sentences) == 1


def test_block_of_prose_is_never_dropped_however_it_begins() -> None:
    long = "Ảnh: Quốc Bảo ghi lại cảnh xe chờ thông quan. " + PROSE * 6
    assert reasons(f"{PROSE}\n{long}\n{MORE}") == []


def test_clean_gives_blocks_that_cover_every_line() -> None:
    text = f"Tiêu đề của bài viết này\n\n{PROSE}\n.png)\n{MORE}"
    assert [block.text for block in clean(text).blocks] == [line for line in text.split("\n") if line]


def test_abbreviations_are_known_in_capitals_too() -> None:
    assert {"ThS", "THS", "PGS"} <= abbreviations().before_name
    assert "TR" in abbreviations().before_number


def test_form_of_many_fields_is_judged_at_all() -> None:
    """White space that could belong to either of two fields tripled the time with each: forty took years."""
    fields = "Email họ tên " * 12
    assert clean(f"{fields}!\nXã có chợ mới.").blocks[0].reason is None
    assert clean(f"{fields}:\nXã có chợ mới.").blocks[0].reason == "form"


# --- hard-wrapped text --------------------------------------------------------------------------------

WRAPPED = (
    "Chợ phiên Bắc Sơn đông trở lại",
    "Hợp tác xã Phiêng Luông tạm ngừng thu mua chè trong 30 ngày kể từ 1/9 khiến nhiều hộ trồng chè ở Mộc Châu phải "
    "tìm mối khác, theo Hội Nông dân huyện.",
    "Giá chè búp tươi hiện giảm còn 12 nghìn đồng/kg, thấp hơn 3 nghìn đồng so với tuần trước. Nhiều hợp đồng đã ký "
    "với các nhà máy ở Thái Nguyên phải lùi ngày giao hàng sang tháng 11.",
)


@pytest.mark.parametrize("width", [50, 55, 60, 66, 72, 76, 80, 100])
def test_lines_broken_at_a_width_are_one_paragraph(width: int) -> None:
    document = parse("\n\n".join(textwrap.fill(paragraph, width) for paragraph in WRAPPED))
    assert document.title == WRAPPED[0]
    assert [" ".join(paragraph.text.split()) for paragraph in document.paragraphs] == list(WRAPPED[1:])


def test_lines_of_proportional_type_are_one_paragraph() -> None:
    wrapped = (
        "Hợp tác xã Phiêng Luông tạm ngừng thu mua chè trong 30 ngày kể\ntừ 1/9 khiến nhiều hộ trồng chè ở huyện "
        "Mộc Châu\nphải tìm mối khác, theo Hội Nông dân huyện và các chủ xưởng ở\nThái Nguyên cho biết hôm qua."
    )
    assert [p.text for p in parse(wrapped).paragraphs] == [wrapped]


@pytest.mark.parametrize(
    "lines",
    [
        ["Hợp tác xã ngừng thu mua chè trong ba mươi ngày tới", "Giá chè búp tươi giảm sâu ở nhiều huyện vùng cao",
         "Nhà máy Thái Nguyên lùi ngày giao hàng sang tháng 11", "Nông dân Mộc Châu tìm mối mới cho chè vụ thu"],
        ["- Hợp tác xã ngừng thu mua chè trong ba mươi ngày;", "- Giá chè búp tươi giảm sâu ở các huyện vùng cao;"],
    ],
)  # fmt: skip
def test_whole_lines_of_about_one_length_stay_apart(lines: list[str]) -> None:
    assert len(clean("\n".join(lines)).blocks) == len(lines)


def test_headlines_below_wrapped_prose_stay_apart() -> None:
    lines = [
        "Giá chè búp tươi giảm sâu ở nhiều huyện vùng cao",
        "Nhà máy Thái Nguyên lùi ngày giao hàng sang tháng 11",
        "Nông dân Mộc Châu tìm mối mới cho chè vụ thu này",
        "Chợ phiên Bắc Sơn đông trở lại sau mùa mưa bão",
    ]
    text = "\n\n".join([textwrap.fill(WRAPPED[1], 50), textwrap.fill(WRAPPED[2], 50), "\n".join(lines)])
    assert [block.text for block in clean(text).blocks[-4:]] == lines


# --- official documents -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        "ỦY BAN NHÂN DÂN TỈNH BẮC SƠN\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n-------\n"
        "Số: 12/KH-UBND\nBắc Sơn, ngày 22 tháng 7 năm 2025",
        "SỞ NGOẠI VỤ\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nTỈNH BẮC SƠN\tĐộc lập - Tự do - Hạnh phúc\n"
        "Số: 12/BC-SNV\tBắc Sơn, ngày 22 tháng 7 năm 2025",
    ],
)
def test_form_of_an_official_document_is_no_part_of_its_text(head: str) -> None:
    text = (
        f"{head}\nKẾ HOẠCH\nXúc tiến xuất khẩu chè năm 2025\n{PROSE}\n{MORE}\nNơi nhận:\n- Như trên;\n- Lưu: VT.\n"
        "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n(Đã ký)\nLê Văn Bình"
    )
    document = parse(text)
    assert [p.text for p in document.paragraphs] == [PROSE, MORE]
    assert document.title == "Xúc tiến xuất khẩu chè năm 2025"
    assert document.date == dt.date(2025, 7, 22)


def test_list_below_the_addressees_stays() -> None:
    document = parse(f"Số: 12/UBND-TH\nKính gửi:\n- Sở Công Thương;\n- Sở Ngoại vụ.\n- {PROSE}\n1. {MORE}")
    assert [p.text for p in document.paragraphs] == [f"- {PROSE}", f"1. {MORE}"]


def test_agency_in_capitals_is_a_title_where_nothing_official_stands() -> None:
    assert parse(f"SỞ NGOẠI VỤ TỈNH BẮC SƠN ĐÓN ĐOÀN LÀO\n{PROSE}\n{MORE}").title


# --- titles -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    ["Vì sao giá chè búp tươi giảm sâu?", "Đừng để nông sản ế thừa!", "Ông Bình: “Ai sẽ mua chè cho bà con?”",
     "Chè Việt đi xa… nhờ chợ mạng", "Chè, quế, hồi… tìm đường sang Ấn Độ"],
)  # fmt: skip
def test_question_and_words_left_out_are_in_titles(title: str) -> None:
    document = parse(f"{title}\n\n{PROSE}\n{MORE}")
    assert document.title == title
    assert [p.text for p in document.paragraphs] == [PROSE, MORE]


def test_section_above_a_question_is_no_title() -> None:
    assert parse(f"Kinh tế\nVì sao giá chè búp tươi giảm sâu?\n{PROSE}\n{MORE}").title == (
        "Vì sao giá chè búp tươi giảm sâu?"
    )


@pytest.mark.parametrize(
    "first",
    ["Ông đánh giá thế nào về vụ chè năm nay?", "Vụ chè năm nay ra sao, thưa bà?", "Giá giảm. Vì sao như vậy?",
     "Kim ngạch: 30,39 triệu USD", "Xin Bộ trưởng cho biết kết quả?"],
)  # fmt: skip
def test_question_put_to_somebody_and_figure_are_no_titles(first: str) -> None:
    assert parse(f"{first}\n{PROSE}\n{MORE}").title is None


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("Tiêu đề: Chè Việt đi xa", "Chè Việt đi xa"),
        ("Title: Chè Việt đi xa\nDate: 22/7/2025", "Chè Việt đi xa"),
        ('---\ntitle: "Chè Việt đi xa"\nauthor: An\ndate: 2025-07-22\n---', "Chè Việt đi xa"),
        ("Chè Việt đi xa | Báo Bắc Sơn điện tử", "Chè Việt đi xa"),
        ("Chè Việt | Mùa thu hoạch mới ở Mộc Châu", "Chè Việt | Mùa thu hoạch mới ở Mộc Châu"),
    ],
)
def test_title_is_given_without_its_field_and_outlet(head: str, title: str) -> None:
    document = parse(f"{head}\n\n{PROSE}\n{MORE}")
    assert document.title == title
    assert [p.text for p in document.paragraphs] == [PROSE, MORE]


@pytest.mark.parametrize("fact", ["Vốn ODA: 300 tỷ đồng", "Kim ngạch: 30,39 triệu USD", "Số dự án: 69"])
def test_figure_for_something_is_no_heading(fact: str) -> None:
    assert reasons(f"{PROSE}\n{fact}\n{MORE}") == []


@pytest.mark.parametrize(
    "stamp",
    ["22/07/2025 10:30", "22:10 | 22/07/2025", "Thứ Ba, 22/7/2025 | 10:30 GMT+7", "Cập nhật 22/07/2025 - 10:30"],
)
def test_date_below_the_prose_is_read(stamp: str) -> None:
    document = parse(f"Chè Việt đi xa\n\n{PROSE}\n{MORE}\n{stamp}")
    assert document.date == dt.date(2025, 7, 22)
    assert [d.reason for d in document.dropped] == ["title", "date"]


def test_date_of_another_article_is_not_taken() -> None:
    text = f"{PROSE}\n{MORE}\nTin liên quan\nGiá cà phê lập đỉnh mới\n22/07/2025\nHai cửa khẩu thông quan trở lại"
    assert parse(text).date is None
