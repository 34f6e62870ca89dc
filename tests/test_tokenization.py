"""Word segmentation: equal to underthesea's, with places, whatever the input."""

from __future__ import annotations

import gc
import itertools
import subprocess
import sys
import threading
import unicodedata
import weakref
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.document import Span
from toolkit.text import normalize
from toolkit.tokenization import (
    NameLexicon,
    Segmenter,
    TokenBatch,
    token_spans,
    tokenize,
    tokenize_batch,
    tokenize_many,
)

Words = Callable[[str], list[str]]

SENTENCES = [
    "Chính phủ ban hành nghị định mới về đầu tư trực tiếp nước ngoài.",
    "Sáng 12/5/2023, đoàn công tác của tỉnh làm việc với JICA tại TP. Đà Nẵng.",
    "Kim ngạch xuất khẩu gạo đạt 3,75 tỷ USD, tăng 12,4% so với cùng kỳ.",
    "BỘ KẾ HOẠCH VÀ ĐẦU TƯ TRẢ LỜI KIẾN NGHỊ CỦA CỬ TRI",
    "Liên hệ: phongdt@tinh.gov.vn hoặc https://tinh.gov.vn/dau-tu?nam=2024 (giờ hành chính).",
    "Mức lựơng ở Qui Nhơn, Ðà Nẵng và Hòa Bình",
    "Ông H'Mông nói: v.v... rồi cười :D",
    "Đoàn về Tp.Hồ Chí Minh bằng xe 43A-123.45 lúc 10:20:30",
    "U.S. và T.Ư họp ở TP.",
    "U.S. và T.Ư họp ở TP.\n",
    "U.S. và T.Ư họp ở TP. ",
    "Thusong Thasong H&M 4K 3x4 20°C =>->==> .... -- >> ♥‿♥ =)) :))) <3",
    "bộ hồ sơ mã a-b-c, 1.600m-2.000m, e-mail, NĐ-CP, 01-2024, 0912-345-678",
    "BOS EOS True False T[0]=EOS",
    "+5 -5 2147483647 2147483648 00000000000012 ١٢ ²",
    "ǅ ß ƛ ɤ İstanbul Σίσυφος ﬁ Ａ",
    "a.vn/x(y(z)w)! b.com/((a) c.vn/(]) http:/// https://x(((",
    "",
    " \n\t",
    "một",
    "một hai",
    "a\u0085b\u00a0c\u200bd\x0be\x0cf\u2000g\x1ch",
    "😀👍🏽 tốt",
]


@pytest.fixture(scope="module")
def underthesea_words() -> Words:
    from underthesea import word_tokenize

    word_tokenize("khởi động")  # its first call is not safe from two threads
    return word_tokenize  # type: ignore[no-any-return]


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_words_equal_underthesea(sentence: str, form: str, underthesea_words: Words) -> None:
    text = unicodedata.normalize(form, sentence)  # type: ignore[arg-type]
    assert tokenize(text) == underthesea_words(text)


ODD = [
    *"aAđĐ09.,-_+@/:()[]<>=x&'’;D!?%ʺ₫",
    *" \n\t\x85\xa0\u200b\u2003",
    *["\u0301", "\u0323", "ệ", "ð", "각", "क़", "\U0001f600"],
    *["Th", "ThS", "vn/", ".vn", "tp:", "http", "://", "v.v", "qui", "Bộ ", "đầu tư ", "năm ", "2024"],
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(ODD), max_size=14).map("".join))
def test_any_mixture_of_pieces_equals_underthesea(underthesea_words: Words, text: str) -> None:
    assert tokenize(text) == underthesea_words(text)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_unicode_text_equals_underthesea(underthesea_words: Words, text: str) -> None:
    assert tokenize(text) == underthesea_words(text)


def test_many_texts_equal_each_text_alone(underthesea_words: Words) -> None:
    texts = SENTENCES * 3
    assert tokenize_many(iter(texts)) == [underthesea_words(text) for text in texts]


def test_lone_surrogates_are_tokens_where_underthesea_crashes() -> None:
    assert tokenize("giá \ud800 cả") == ["giá", "\ud800", "cả"]
    assert tokenize_many(["giá \ud83d\ude00", "giá 😀"]) == [["giá", "\ud83d", "\ude00"], ["giá", "😀"]]
    assert [span.end for span in token_spans("\ud83d\ude00 cả")] == [1, 2, 5]


def test_characters_that_chunks_are_found_by_are_not_confused(underthesea_words: Words) -> None:
    texts = [
        "a\0 a a\0\0",
        "a",
        "12345678",
        "123456789",
        "1234567",
        "12345678.",
        "1234567.\n",
        "😀😀😀😀",
        "😀😀😀😀😀",
    ]
    for _ in range(2):  # learnt, then remembered
        assert tokenize_many(texts) == [underthesea_words(text) for text in texts]


TIDY = [*ODD, *"\r\x0b\x1c\0\x07\u2028\ufeff\u3000Ðð．Ａ", "hoà", "thuý ", "lựơng", ".", ".\n", ". \n", "\ud800"]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.lists(st.sampled_from(TIDY), max_size=8).map("".join), max_size=4))
def test_texts_are_segmented_as_normalize_writes_them(texts: list[str]) -> None:
    expected = tokenize_batch([normalize(text) for text in texts])
    assert tokenize_batch(texts, normalized=True).words() == expected.words()


def test_text_that_must_be_rewritten_leaves_its_neighbours_alone() -> None:
    texts = [
        "Đơn giá tính bằng MW. ",
        "giá\u00a0gạo",
        "Điện mặt trời: 5 MW.\n\n",
        "TP.\t\n",
        "TP.\r",
        f"{'x' * 200} MW. \n",
    ]
    expected = tokenize_batch([normalize(text) for text in texts])
    for _ in range(2):
        assert tokenize_batch(texts, normalized=True).words() == expected.words()


def test_long_chunks_are_not_kept() -> None:
    segmenter = Segmenter()
    address = "https://tinh.gov.vn/dau-tu/" + "trang-" * 50
    before = segmenter.tokenize_batch([f"Xem {address} và 1.{'2' * 300}."])
    engine = segmenter._engine
    assert engine is not None
    kept = len(engine._vocabulary.as_written)  # type: ignore[union-attr]
    again = segmenter.tokenize_batch([f"Xem {address} và 1.{'2' * 300}."])
    assert len(engine._vocabulary.as_written) == kept  # type: ignore[union-attr]
    assert again.words() == before.words()
    assert again.words()[0][1] == address


def test_places_in_a_normalized_text_are_refused() -> None:
    with pytest.raises(ValueError, match="normalize the texts before"):
        tokenize_batch(["Hà Nội"], spans=True, normalized=True)


def test_spans_point_at_the_words_as_written() -> None:
    text = "Mức  lựơng ở Qui Nhơn."
    assert [span.within(text) for span in token_spans(text)] == ["Mức", "lựơng", "ở", "Qui Nhơn", "."]
    assert tokenize(text)[1] == "lượng"


def test_spans_follow_any_white_space() -> None:
    texts = ["", "  giá\tgạo ", "giá gạo", "\n", "giá  giá giá\u2003gạo.\n", "giá"]
    batch = tokenize_batch(texts, spans=True)
    assert batch.starts is not None
    assert batch.ends is not None
    for index, text in enumerate(texts):
        own = slice(batch.indptr[index], batch.indptr[index + 1])
        found = [text[a:b] for a, b in zip(batch.starts[own], batch.ends[own], strict=True)]
        assert found == text.replace(".", " .").split()


def test_spans_cover_decomposed_letters_whole() -> None:
    text = unicodedata.normalize("NFD", "Việt Nam, Huế")
    spans = token_spans(text)
    assert [unicodedata.normalize("NFC", span.within(text)) for span in spans] == ["Việt Nam", ",", "Huế"]


def test_mark_that_stays_apart_has_its_own_span() -> None:
    assert token_spans("ệ\u0300") == [Span(0, 1), Span(1, 2)]
    assert token_spans("e\u0323\u0302\u0300") == [Span(0, 3), Span(3, 4)]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(ODD), max_size=14).map("".join))
def test_spans_ascend_and_cover_all_but_white_space(text: str) -> None:
    spans = token_spans(text)
    assert len(spans) == len(tokenize(text))
    covered = np.zeros(len(text), bool)
    for span in spans:
        assert span.start < span.end <= len(text)
        covered[span.start : span.end] = True
    for span, following in itertools.pairwise(spans):
        assert span.start <= following.start
        assert span.end <= following.end
    assert all(covered[place] or character.isspace() for place, character in enumerate(text))


def test_batch_says_the_same_as_words() -> None:
    batch = tokenize_batch(["Hà Nội mưa.", "", "Giá gạo"], spans=True)
    assert batch.indptr.tolist() == [0, 4, 4, 6]
    assert [batch.table[number] for number in batch.ids] == ["Hà", "Nội", "mưa", ".", "Giá", "gạo"]
    assert batch.begins.tolist() == [True, False, True, True, True, True]
    assert batch.starts is not None
    assert batch.ends is not None
    assert batch.starts.tolist() == [0, 3, 7, 10, 0, 4]
    assert batch.ends.tolist() == [2, 6, 10, 11, 3, 7]
    assert (batch.ids.dtype, batch.indptr.dtype, batch.begins.dtype) == (np.int32, np.int64, np.bool_)
    assert batch.words() == [["Hà Nội", "mưa", "."], [], ["Giá", "gạo"]]


def test_batch_of_nothing_is_empty() -> None:
    for texts in ([], ["", " "]):
        batch = tokenize_batch(texts, spans=True)
        assert (len(batch), len(batch.ids), batch.indptr.tolist()) == (len(texts), 0, [0] * (len(texts) + 1))


def test_batch_refuses_a_single_string() -> None:
    with pytest.raises(TypeError, match=r"pass \[text\]"):
        tokenize_batch("Hà Nội")


def test_slices_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tokenize_batch(SENTENCES, spans=True)
    monkeypatch.setattr("toolkit.tokenization.segmenter.SLICE_CHARACTERS", 50)
    sliced = tokenize_batch(SENTENCES, spans=True)
    for name in ("ids", "begins", "indptr", "starts", "ends"):
        assert np.array_equal(getattr(whole, name), getattr(sliced, name))


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(SENTENCES[:8])
    whole = tokenize(text)
    for size in (3, 7, 16):
        monkeypatch.setattr("toolkit.tokenization.decoding._BLOCK", size)
        assert tokenize(text) == whole


def test_numbers_keep_their_meaning_while_the_table_is_the_same() -> None:
    segmenter = Segmenter()
    first = segmenter.tokenize_batch(["giá gạo"])
    second = segmenter.tokenize_batch(["gạo mới lạ"])
    assert first.table is second.table
    assert first.ids[1] == second.ids[0]


def test_table_is_replaced_when_it_is_full() -> None:
    segmenter = Segmenter(max_tokens=50)
    tables: list[TokenBatch] = []
    for start in range(0, 400, 40):
        batch = segmenter.tokenize_batch([f"x{number}" for number in range(start, start + 40)])
        tables.append(batch)
        assert len(batch.table) <= 50 + 41
    assert len({id(batch.table) for batch in tables}) > 3
    assert tables[0].words()[0] == ["x0"]


def test_full_table_is_let_go_of_at_once() -> None:
    segmenter = Segmenter(max_tokens=10)
    gc.disable()
    try:
        batch = segmenter.tokenize_batch(["một hai ba bốn năm sáu bảy tám chín mười mười một trăm"])
        engine = segmenter._engine
        assert engine is not None
        vocabulary = weakref.ref(engine._vocabulary)  # type: ignore[union-attr]
        segmenter.tokenize_batch(["nghìn"])
        assert vocabulary() is None
        assert batch.words()[0][0] == "một"
    finally:
        gc.enable()


@pytest.mark.parametrize("n_threads", [32])
def test_first_use_by_many_threads_gives_each_the_right_words(n_threads: int) -> None:
    segmenter = Segmenter()
    expected = tokenize_many(SENTENCES)
    barrier = threading.Barrier(n_threads)
    results: list[list[list[str]]] = []

    def work() -> None:
        barrier.wait()
        results.append(segmenter.tokenize_many(SENTENCES))

    threads = [threading.Thread(target=work) for _ in range(n_threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * n_threads


def test_neither_underthesea_nor_scipy_is_loaded() -> None:
    code = (
        "import sys, toolkit.tokenization as t; assert 'numpy' not in sys.modules;"
        "assert t.tokenize('Hà Nội') == ['Hà Nội'];"
        "assert not {'underthesea', 'underthesea_core', 'joblib', 'scipy', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_names_stay_whole_in_any_case() -> None:
    lexicon = NameLexicon(["Bộ Kế hoạch và Đầu tư", "Ngân hàng Thế giới", "Chỉ thị số <số>"])
    segmenter = Segmenter(lexicon)
    assert segmenter.tokenize("Bộ Kế hoạch và Đầu tư làm việc với Ngân hàng Thế giới")[0] == "Bộ Kế hoạch và Đầu tư"
    assert "NGÂN HÀNG THẾ GIỚI" in segmenter.tokenize("VAY VỐN CỦA NGÂN HÀNG THẾ GIỚI")
    assert "Chỉ thị số 15 - CT / TW" in segmenter.tokenize("Thực hiện Chỉ thị số 15-CT/TW của Ban Bí thư")


def test_longest_name_wins_and_its_neighbours_stand_alone() -> None:
    lexicon = NameLexicon(["Ngân hàng Nhà nước", "Ngân hàng Nhà nước Việt Nam"])
    words = Segmenter(lexicon).tokenize("Vụ Ngân hàng Nhà nước Việt Nam họp")
    assert words == ["Vụ", "Ngân hàng Nhà nước Việt Nam", "họp"]


def test_name_that_underthesea_respells_is_found() -> None:
    words = Segmenter(NameLexicon(["Khu kinh tế Qui Nhơn"])).tokenize("Thăm Khu kinh tế Qui Nhơn")
    assert words == ["Thăm", "Khu kinh tế Quy Nhơn"]


def test_name_does_not_reach_into_the_next_text() -> None:
    batch = tokenize_batch(["của Ngân hàng", "Thế giới"], lexicon=NameLexicon(["Ngân hàng Thế giới"]))
    assert batch.words() == tokenize_many(["của Ngân hàng", "Thế giới"])


def test_shipped_names_are_all_found() -> None:
    lexicon = NameLexicon.default()
    segmenter = Segmenter(lexicon)
    for name in lexicon.names:
        text = name.replace("<số>", "128/NQ-CP")
        assert len(segmenter.tokenize(text)) == 1, name


def test_own_names_join_the_shipped_ones(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path), "ten.txt")
    path.write_text("# của phòng\nHội nghị Ngoại giao kinh tế  # hằng năm\n", encoding="utf-8")
    lexicon = NameLexicon.default() | NameLexicon.from_file(path)
    assert "Hội nghị Ngoại giao kinh tế" in Segmenter(lexicon).tokenize("Dự Hội nghị Ngoại giao kinh tế")


@pytest.mark.parametrize(
    "unit",
    [
        "a.",
        "v.",
        "x-",
        "http://.",
        "a@",
        "a.vn/(",
        "(",
        "Thas",
        "A.a",
        "1.",
        "1-1-1",
        ":D",
        "\u0301",
        "a'",
        "!",
        "ab1.",
    ],
)
def test_work_grows_with_length_on_text_without_spaces(unit: str) -> None:
    """Counts lines of Python run, so that the machine's load does not matter."""
    from toolkit.tokenization.syllables import token_ends

    def cost(repetitions: int) -> int:
        count = 0

        def trace(*_: object) -> object:
            nonlocal count
            count += 1
            return trace

        previous = sys.gettrace()
        sys.settrace(trace)  # type: ignore[arg-type]
        try:
            list(token_ends(unit * repetitions, False))
        finally:
            sys.settrace(previous)
        return count

    assert cost(800) <= 4.5 * cost(200) + 100


@pytest.mark.parametrize("unit", ["a.", "x-y", "Thas", "a@b", "1.", "a.vn/", "a'b", "n.a", "(a"])
def test_long_chunk_equals_underthesea(unit: str, underthesea_words: Words) -> None:
    text = f"trước {unit * 150} sau {unit * 40}."
    assert tokenize(text) == underthesea_words(text)


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["a.", "a.vn/x", "http://.", "Thas'", "đ", "A.a", "v.v", "(a", "e\u0323", "1.1,"])
def test_millions_of_characters_without_a_space_take_seconds(unit: str) -> None:
    import time

    text = unit * (2_000_000 // len(unit))
    started = time.process_time()
    batch = tokenize_batch([text], spans=True)
    assert time.process_time() - started < 30
    assert batch.ends is not None
    assert batch.ends[-1] == len(text)


def test_marks_out_of_order_are_tokens_at_their_places() -> None:
    """Sorted by insertion they cost their square: 80,000 took 13 seconds."""
    text = "xã a" + "\u0301\u0323" * 20_000 + " mới"
    spans = token_spans(text)
    assert len(spans) == len(tokenize(text))
    assert (spans[0].within(text), spans[-1].within(text)) == ("xã", "mới")
