from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.document import Document, Span
from toolkit.errors import InputError
from toolkit.segmentation import parse, parse_paragraph, split_sentences


def sentences(text: str) -> list[str]:
    return [span.within(text) for span in split_sentences(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Đoàn đến TP. Hồ Chí Minh sáng nay.",
        "PGS.TS. Nguyễn Văn An chủ trì, cùng GS. TS. Trần Bình và ThS. Lê Chi.",
        "Số liệu (tr. 12) được trích từ báo cáo, xem thêm Fig. 3.",
        "Tổng vốn khoảng 6.000 tỷ đồng, tức 1.234.567 USD.",
        "Từ ngày 22.7.2025 đến 3.8, cửa khẩu mở lại.",
        "Gạo, cà phê, v.v… đều tăng giá.",
        "Hàng hóa (…) được thông quan (…) trong ngày.",
        "Ông nói: “Chúng tôi làm được” rồi ra về.",
        "1. Đẩy mạnh xuất khẩu nông sản.",
        "a. Mở rộng thị trường.",
        "Kết luận có ba điểm: 1. Rà soát dự án.",
        "Quỹ J.P. Morgan và Hon Hai Co. Ltd cùng rót vốn.",
        "Vì… chưa kịp nên phải hoãn.",
        "“Đi đâu?” anh hỏi.",
        "Tổng thống George W. Bush gặp ông J. Biden.",
        "Xem tại Tuoitre.Vn hoặc TP.Huế.",
        "Nghị quyết số 21/NQ-CP có hiệu lực.",
        "Đ/c Nguyễn Văn Ba, NSND. Trà Giang dự lễ.",
        "Theo Ths.BS. Lê Bình, dịch ở Tr. THPT Chu Văn An đã hết.",
        "Xã áp dụng NĐ. 15 từ đầu năm.",
        "Cuộc họp (mở ngày 22/7. Có 50 người) đã xong.",
        "Bị cáo (cựu giám đốc Công ty N.A.) 12 năm tù.",
        "Nhóm hàng khác (tủ, bàn…) 3 tỷ USD.",
        "“Giá sẽ tăng. Doanh nghiệp cần chuẩn bị”, ông Nam nói.",
        'Ông Nam nói: "Giá sẽ tăng. Người mua (cả chợ. Cả sạp) còn ít."',
        '"Đây là "cú hích" lớn. Chúng tôi sẽ làm ngay", bà Hoa cho hay.',
        '“ Giá tăng nhanh. Ai cũng lo", chị Mai kể.',
    ],
)
def test_one_sentence_stays_one(sentence: str) -> None:
    assert sentences(sentence) == [sentence]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Hội nghị bế mạc.", "Đại biểu ra về."),
        ("Ông nói: “Chúng ta làm ngay.", "Xe đã đến."),
        ("Xe tăng (như: xe điện…)", "Đây là hướng mới."),
        ("“Giá tăng. Ai cũng lo”, chị nói.", "“Tôi bán hết rồi. Còn ít thôi.”"),
        ('Màn hình 32" rẻ nhất.', 'Bà chọn: "Mua. Không chờ."'),
        ("Hàng có (gạo và ngô.", "Tàu đã đến."),
        ("Họ mua gạo, cà phê, v.v…", "Sau đó xe quay về."),
        ("Thị trường Lào, Thái Lan…", "Đồng thời mở thêm Campuchia."),
        ("Ông tuyên bố “Tốt.”", "Mọi người vỗ tay."),
        ("Giá tăng?!", "Không ai rõ."),
        ("Uống vitamin C.", "Ngoài ra ăn cam."),
        ("Tổng số là 15.", "Năm ngoái là 9."),
        ("Quý I tăng 8%.", "6 tháng ước tăng 7%."),
        ("(Báo cáo năm 2024.)", "Số mới chưa có."),
        ("HỘI NGHỊ KẾT THÚC.", "THỦ TƯỚNG PHÁT BIỂU."),
        ("Hoi nghi ket thuc.", "Thu tuong phat bieu."),
        ("1. Xuất khẩu gạo.", "2. Nhập khẩu thép."),
        ("a) Xuất khẩu gạo.", "b) Nhập khẩu thép."),
        ("Nhiệm vụ: 1. Rà soát dự án.", "2. Báo cáo tỉnh."),
        ("Số dự án: 69.", "Vốn đạt 2 tỷ USD."),
        ("Nạn nhân là em N.T.H.", "Công an đang điều tra."),
        ("Giá bán lẻ tăng.", "iPhone vẫn đắt."),
    ],
)
def test_two_sentences_are_parted(first: str, second: str) -> None:
    assert sentences(f"{first} {second}") == [first, second]


def test_quotation_longer_than_a_sentence_should_be_is_parted() -> None:
    said = (
        "“" + " ".join(f"Điều thứ {n} là đường từ xã ra chợ phải xong trước mùa mưa năm nay." for n in range(7)) + "”"
    )
    assert len(sentences(f"Ông nói: {said}.")) == 7


def test_missing_space_after_a_stop_still_ends_a_sentence() -> None:
    assert sentences("Hội nghị kết thúc.Tiếp theo là lễ ký.") == ["Hội nghị kết thúc.", "Tiếp theo là lễ ký."]
    assert sentences("Tăng 12%.Nhập khẩu đạt 3 tỷ USD.Xuất siêu 1 tỷ đồng.") == [
        "Tăng 12%.",
        "Nhập khẩu đạt 3 tỷ USD.",
        "Xuất siêu 1 tỷ đồng.",
    ]


@pytest.mark.parametrize(("text", "expected"), [("", []), ("  \n ", []), ("…", ["…"]), ("Vâng", ["Vâng"])])
def test_least_inputs(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_closing_dash_belongs_to_the_sentence_before_it() -> None:
    assert sentences("Lễ ký đã xong. –") == ["Lễ ký đã xong. –"]


ARTICLE = st.lists(
    st.sampled_from(
        ["Hội nghị bế mạc. Đại biểu ra về.", "Ông nói: “Làm ngay.” Xong.", ".png)", "PQ", "Tiêu đề bài viết mới", "",
         "1. Gạo. 2. Cà phê.", "Anh-tin-bai", "22/07/2025", "Họ tên no image", "v.v… Sau đó."]
    ),
    max_size=8,
).map("\n".join)  # fmt: skip


def check(document: Document) -> None:
    for part in (*document.paragraphs, *document.sentences, *document.dropped):
        assert document.text[part.start : part.end] == part.text
    parts = sorted((p.start, p.end) for p in (*document.paragraphs, *document.dropped))
    assert all(left[1] <= right[0] for left, right in pairwise(parts))
    covered = "".join(document.text[start:end] for start, end in parts)
    assert covered.replace("\n", "") == document.text.replace("\n", "")
    assert [s.index for s in document.sentences] == list(range(len(document.sentences)))
    assert [p.index for p in document.paragraphs] == list(range(len(document.paragraphs)))
    for paragraph in document.paragraphs:
        joined = "".join(s.text for s in paragraph.sentences)
        assert "".join(joined.split()) == "".join(paragraph.text.split())


@given(st.text(max_size=300))
def test_every_character_is_accounted_for_in_any_text(text: str) -> None:
    check(parse(text))


@given(ARTICLE)
def test_every_character_is_accounted_for_in_articles(text: str) -> None:
    check(parse(text))
    composed, decomposed = parse(text), parse(unicodedata.normalize("NFD", text))
    assert composed == decomposed


def test_lines_are_counted_from_one() -> None:
    document = parse("Tin thứ nhất đã đăng.\n\n.png)\nTin thứ hai đã đăng.")
    assert [paragraph.line for paragraph in document.paragraphs] == [1, 4]


def test_short_first_paragraph_under_a_title_is_the_sapo() -> None:
    body = "\n".join(["Tỉnh họp sáng nay.", "Giá gạo tăng mạnh.", "Cửa khẩu mở lại."])
    assert parse(f"Tiêu đề của bài\n{body}").sapo == 0
    assert parse(body).sapo is None


def test_outlet_mark_announces_a_sapo() -> None:
    assert parse("(NLĐ)- Tỉnh họp sáng nay.\nGiá gạo tăng mạnh.").sapo == 0


def test_metadata_and_source_come_through_untouched() -> None:
    document = parse("Tin.", source="a.txt", metadata={"url": "http://a.vn", "n": 3})
    assert (document.source, document.metadata) == ("a.txt", {"url": "http://a.vn", "n": 3})


def test_paragraph_unit_cleans_nothing_out() -> None:
    document = parse_paragraph("Anh-tin-bai Quang cảnh hội nghị")
    assert [p.text for p in document.paragraphs] == ["Anh-tin-bai Quang cảnh hội nghị"]
    assert parse_paragraph(" ").paragraphs == ()


def test_text_without_spaces_is_split_in_linear_steps() -> None:
    text = "a." * 50_000
    assert len(split_sentences(text)) == 1


@pytest.mark.parametrize("unit", ["....", ".”", "… ", "A. ", "1.", "? ", "ông A. ", "a.”", "(A b. ", "“A b. C.” "])
def test_characters_looked_at_grow_with_the_length(unit: str) -> None:
    """Counts how often characters are read, so that the machine's load does not matter."""

    class Counted(str):
        read = 0

        def __getitem__(self, key: object) -> str:
            part = super().__getitem__(key)  # type: ignore[index]
            Counted.read += len(part)
            return part

    costs = []
    for repetitions in (100, 400):
        Counted.read = 0
        split_sentences(Counted(unit * repetitions))
        costs.append(Counted.read)
    assert costs[1] <= 4.5 * costs[0] + 100


@pytest.mark.parametrize("run", ["." * 300_000 + "a", "…" * 300_000, "a" + ".)" * 100_000 + "b", '?!"' * 100_000])
def test_run_of_stops_is_judged_once(run: str) -> None:
    """Tried again at each of them, 300,000 took twenty minutes."""
    assert split_sentences(run) == [Span(0, len(run))]


def test_text_of_more_lines_than_an_article_has_is_refused() -> None:
    assert len(parse("\n" * 1_000_000 + "Tin ngắn.").paragraphs) == 1
    with pytest.raises(InputError, match="the text: expected at most 200,000 lines in one article, found more"):
        parse("a\n" * 200_002)


@pytest.mark.parametrize(
    ("unit", "n_sentences"),
    [(". ", 1), ("… ", 1), ("( . ) ", 1), ("A. ", 1), ("A.B. ", None), ("1. ", None), ("TP. ", 1)],
)
def test_hundred_thousand_stops_that_end_nothing_are_passed_over(unit: str, n_sentences: int | None) -> None:
    """What was said before a stop is not read again at each."""
    spans = split_sentences(unit * 100_000)
    assert spans[-1].end == len(unit) * 100_000 - 1
    assert n_sentences is None or len(spans) == n_sentences
