from __future__ import annotations

import pickle
import random
import threading
import tracemalloc
import unicodedata

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from tests.conftest import TEXTS
from toolkit.errors import ModelError, NotFittedError
from toolkit.features import TfidfFeatures
from toolkit.features.forms import form_of
from toolkit.features.keys import KeyTable
from toolkit.tokenization import TokenBatch, tokenize, tokenize_batch


def syllable_ngrams(text: str, longest: int) -> list[str]:
    """N-grams as a person would list them: lower case, numbers masked, no punctuation."""
    tokens = [token for token in " ".join(tokenize(text)).split(" ") if any(c.isalnum() for c in token)]
    forms = ["<số>" if token.isdigit() and len(token) < 4 else token.lower() for token in tokens]
    return [" ".join(forms[i : i + n]) for n in range(1, longest + 1) for i in range(len(forms) - n + 1)]


@pytest.mark.parametrize("longest", [1, 2, 3])
def test_syllable_columns_equal_scikit_learns_tfidf(longest: int) -> None:
    features = TfidfFeatures(syllable_ngrams=longest, word_window=0, min_df=2)
    ours = features.fit_transform(TEXTS)
    names = features.feature_names()
    columns = [number for number, name in enumerate(names) if "_" not in name]
    peer = TfidfVectorizer(analyzer=lambda text: syllable_ngrams(text, longest), sublinear_tf=True, min_df=2, norm=None)
    expected = peer.fit_transform(TEXTS)
    assert [names[column] for column in columns] != []
    assert set(np.array(names)[columns]) == set(peer.get_feature_names_out())
    order = [peer.vocabulary_[names[column]] for column in columns]
    unit = ours[:, columns].toarray()
    wanted = expected[:, order].toarray()
    # Our rows have unit length over all columns, words too; compare directions.
    ratio = np.linalg.norm(unit, axis=1) / np.linalg.norm(wanted, axis=1)
    np.testing.assert_allclose(unit, wanted * ratio[:, None], atol=1e-12)


def test_rows_have_unit_length_and_unknown_text_is_empty() -> None:
    features = TfidfFeatures().fit(TEXTS)
    matrix = features.transform([*TEXTS, "", "qwertz asdf", "…"])
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    np.testing.assert_allclose(lengths[: len(TEXTS)], 1)
    assert lengths[len(TEXTS) :].tolist() == [0, 0, 0]


def test_binary_counts_a_term_once_and_length_power_keeps_weight_in_long_texts() -> None:
    texts = ["gạo gạo gạo thơm", "gạo thơm", "chè xanh đậm vị", "chè"]
    settings = {"syllable_ngrams": 1, "word_window": 0, "min_df": 1}
    once = TfidfFeatures(**settings, binary=True).fit_transform(texts)
    np.testing.assert_allclose(once[0].toarray(), once[1].toarray())
    column = TfidfFeatures(**settings).fit(texts).feature_names().index("chè")
    shares = {}
    for power in (1.0, 0.5, 0.0):
        weights = TfidfFeatures(**settings, length_power=power).fit_transform(texts)[:, column].toarray().ravel()
        shares[power] = weights[2] / weights[3]  # one word of four, one word of one
    assert shares[1.0] < shares[0.5] < shares[0.0]
    assert shares[0.0] == pytest.approx(1)
    assert shares[0.5] == pytest.approx(shares[1.0] ** 0.5)


def test_rows_have_a_length_near_one_at_any_length_power() -> None:
    matrix = TfidfFeatures(min_df=1, binary=True, length_power=0.5).fit_transform(TEXTS)
    squares = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
    assert 0.5 < squares.min() <= 1 <= squares.max() < 2


def test_words_and_pairs_of_words_are_features_of_their_own() -> None:
    names = set(TfidfFeatures(word_window=3).fit(TEXTS).feature_names())
    assert {"xuất khẩu", "xuất_khẩu", "kim_ngạch xuất_khẩu", "kim_ngạch … sang"} <= names
    assert not any("…" in name for name in TfidfFeatures(word_window=1).fit(TEXTS).feature_names())


LABELLED = np.array([["xuất khẩu" in text.lower(), "viện trợ" in text.lower()] for text in TEXTS])
WITH_ANCHORS = {"word_window": 0, "min_df": 1, "n_anchors": 5, "anchor_window": 4}


def test_anchors_are_the_words_that_tell_most_and_pair_within_their_window() -> None:
    texts = ["Bộ trưởng yêu cầu các tỉnh khẩn trương rà soát.", "Các tỉnh khẩn trương rà soát.", "Trời nắng đẹp."]
    settings = {"syllable_ngrams": 1, "word_window": 0, "min_df": 1, "n_anchors": 2}
    carries = np.array([[True], [False], [False]])
    for window, expected in ((1, {"bộ_trưởng … … yêu_cầu"}), (15, {"bộ_trưởng … … yêu_cầu"})):
        names = TfidfFeatures(**settings, anchor_window=window).fit(texts, carries).feature_names()
        assert {name for name in names if "…" in name} == expected
    far = TfidfFeatures(**{**settings, "n_anchors": 9}, anchor_window=3).fit(texts, carries).feature_names()
    assert "bộ_trưởng … … tỉnh" in far  # two words between them
    assert "bộ_trưởng … … rà_soát" not in far


def test_pairs_of_anchors_equal_a_count_by_hand() -> None:
    features = TfidfFeatures(**WITH_ANCHORS, binary=True).fit(TEXTS, LABELLED)
    names = features.feature_names()
    matrix = features.transform(TEXTS)
    anchors = {word for name in names if "…" in name for word in name.split(" … … ")}
    assert anchors
    for number, text in enumerate(TEXTS):
        words = ["_".join(form_of(part) for part in word.split(" ") if form_of(part)) for word in tokenize(text)]
        words = [word for word in words if word]
        pairs = {
            f"{left} … … {right}"
            for i, left in enumerate(words)
            for right in words[i + 1 : i + 5]
            if left in anchors and right in anchors
        }
        assert {names[column] for column in matrix[number].indices if "…" in names[column]} == pairs


def test_anchors_need_labels_to_be_chosen_by() -> None:
    with pytest.raises(ValueError, match="needs labels to choose anchors by"):
        TfidfFeatures(n_anchors=3).fit(TEXTS)
    with pytest.raises(ValueError, match="anchor_window"):
        TfidfFeatures(anchor_window=0)


def test_numbers_years_and_dates_are_masked_and_punctuation_is_passed_over() -> None:
    texts = ["Ngày 22/7/2025, xuất khẩu 1,56 tỷ USD (năm 2024).", "Ngày 3/8, xuất khẩu 30 tỷ USD năm 2023!"]
    names = set(TfidfFeatures(min_df=2).fit(texts).feature_names())
    assert {"<ngày>", "<số> tỷ", "năm <năm>", "<ngày> xuất"} <= names
    assert not any(mark in names for mark in (",", "(", "!", "."))


def test_full_stop_at_the_end_of_a_sentence_is_no_part_of_an_abbreviation() -> None:
    texts = ["Vốn FDI tăng, thu 2 tỷ USD.", "Thu 3 tỷ USD nhờ vốn FDI.", "TP.HCM"]
    names = TfidfFeatures(min_df=1).fit(texts).feature_names()
    assert {"usd", "vốn fdi"} <= set(names)
    assert not any(name.endswith(".") for name in names)


def test_decomposed_text_has_the_same_features() -> None:
    features = TfidfFeatures().fit(TEXTS)
    decomposed = [unicodedata.normalize("NFD", text) for text in TEXTS]
    assert (features.transform(decomposed) != features.transform(TEXTS)).nnz == 0


def test_order_and_batching_of_texts_change_nothing() -> None:
    features = TfidfFeatures(word_window=2, n_anchors=20).fit(TEXTS, LABELLED)
    whole = features.transform(TEXTS).toarray()
    order = random.Random(0).sample(range(len(TEXTS)), len(TEXTS))
    shuffled = features.transform([TEXTS[i] for i in order]).toarray()
    np.testing.assert_array_equal(shuffled, whole[order])
    np.testing.assert_array_equal(features.transform(TEXTS[:1]).toarray(), whole[:1])


def test_where_batches_end_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    features = TfidfFeatures(word_window=2, n_anchors=20).fit(TEXTS, LABELLED)
    texts = [*TEXTS, "", " Xuất khẩu gạo. \n", "TP.\n\n", "hoà bình"]
    whole = features.transform(texts)
    for size in (1, 150):
        monkeypatch.setattr("toolkit.features.tfidf._BATCH", size)
        assert (features.transform(texts) != whole).nnz == 0
        again = TfidfFeatures(word_window=2, n_anchors=20).fit(TEXTS, LABELLED)
        assert again.feature_names() == features.feature_names()


def test_enormous_text_is_counted_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    features = TfidfFeatures(word_window=0, syllable_ngrams=1, min_df=1).fit(TEXTS)
    text = " ".join(TEXTS)
    whole = features.transform([text])
    sizes = []

    def record(texts: list[str], **options: bool) -> TokenBatch:
        sizes.append(sum(map(len, texts)))
        return tokenize_batch(texts, **options)

    monkeypatch.setattr("toolkit.features.tfidf.tokenize_batch", record)
    for limit in ("_BATCH", "_LONGEST"):
        monkeypatch.setattr(f"toolkit.features.tfidf.{limit}", 100)
    matrix = features.transform(["gạo", text, "a" * 450, unicodedata.normalize("NFD", text)])
    assert max(sizes) <= 100
    assert matrix.shape[0] == 4
    assert (matrix[1] != matrix[3]).nnz == 0
    # Cuts stand at spaces: no syllable is lost, though a word may be.
    syllables = [column for column, name in enumerate(features.feature_names()) if "_" not in name]
    counted, expected = (part[:, syllables].toarray().ravel() for part in (matrix[1], whole))
    np.testing.assert_allclose(counted / np.linalg.norm(counted), expected / np.linalg.norm(expected))


def test_first_use_by_many_threads_counts_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    features = TfidfFeatures(word_window=2).fit(TEXTS)
    texts = [f"{text} Hoà Bình {number}" for number, text in enumerate(TEXTS)]
    expected = features.transform(texts)
    monkeypatch.setattr("toolkit.tokenization._default", None)
    fresh = pickle.loads(pickle.dumps(features))
    barrier = threading.Barrier(32)
    found = []

    def work() -> None:
        barrier.wait()
        found.append(fresh.transform(texts))

    threads = [threading.Thread(target=work) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(matrix != expected).nnz for matrix in found] == [0] * 32


def test_memory_does_not_grow_with_the_number_of_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.features.tfidf._BATCH", 10_000)
    features = TfidfFeatures().fit(TEXTS)

    def peak(repetitions: int) -> int:
        texts = TEXTS * repetitions
        tracemalloc.start()
        try:
            assert sum(matrix.shape[0] for matrix in features.transformed(texts)) == len(texts)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(5)
    assert peak(80) < 1.3 * peak(10)


@pytest.mark.parametrize("n_keys", [0, 1, 3000])
def test_key_table_finds_its_keys_and_no_others(n_keys: int) -> None:
    keys = np.unique(np.random.default_rng(0).integers(0, 10**6, n_keys))
    table = KeyTable(keys)
    numbers = np.arange(-5, 10**6 + 5)
    expected = {int(key): place for place, key in enumerate(keys)}
    assert table.find(numbers).tolist() == [expected.get(number, -1) for number in numbers.tolist()]


def test_few_numbers_are_found_as_many_are() -> None:
    keys = np.unique(np.random.default_rng(0).integers(0, 10**6, 50_000))
    numbers = np.concatenate([keys[::5000], keys[::5000] + 1, [-1, 0, 10**7]])
    few, many = KeyTable(keys), KeyTable(keys)
    many.find(keys)
    assert few.find(numbers).tolist() == many.find(numbers).tolist()
    assert few.find(keys[:5]).tolist() == [0, 1, 2, 3, 4]
    assert few.find(np.empty(0, dtype=np.int64)).tolist() == []


def test_occurrences_say_which_tokens_a_feature_covers() -> None:
    features = TfidfFeatures(word_window=1).fit(TEXTS)
    names = features.feature_names()
    batch = tokenize_batch(["Kim ngạch xuất khẩu gạo, cà phê."], spans=True)
    assert batch.starts is not None
    assert batch.ends is not None
    found = features.occurrences(batch)
    places = {
        names[c]: (int(batch.starts[a]), int(batch.ends[b]))
        for c, a, b in zip(found.columns, found.first, found.last, strict=True)
    }
    assert places["xuất_khẩu"] == (10, 19)
    assert places["kim_ngạch xuất_khẩu"] == (0, 19)


@pytest.mark.parametrize(
    ("window", "binary", "power", "anchors"),
    [(0, False, 1.0, 0), (1, True, 1.0, 0), (4, True, 0.5, 0), (4, True, 0.5, 9)],
)
def test_arrays_give_the_same_features_again(window: int, binary: bool, power: float, anchors: int) -> None:
    features = TfidfFeatures(word_window=window, binary=binary, length_power=power, n_anchors=anchors)
    features.fit(TEXTS, LABELLED)
    again = TfidfFeatures.from_arrays(*features.to_arrays())
    assert again.feature_names() == features.feature_names()
    np.testing.assert_allclose(again.transform(TEXTS).toarray(), features.transform(TEXTS).toarray(), atol=1e-6)


def test_pickled_features_are_the_same() -> None:
    features = TfidfFeatures().fit(TEXTS)
    features.transform(TEXTS)
    again = pickle.loads(pickle.dumps(features))
    assert (again.transform(TEXTS) != features.transform(TEXTS)).nnz == 0


def test_parts_that_do_not_fit_are_refused() -> None:
    settings, arrays, vocabulary = TfidfFeatures().fit(TEXTS).to_arrays()
    with pytest.raises(ModelError, match="IDF values"):
        TfidfFeatures.from_arrays(settings, arrays | {"idf": arrays["idf"][:-1]}, vocabulary)
    with pytest.raises(ModelError, match="not whole"):
        TfidfFeatures.from_arrays(settings, {k: v for k, v in arrays.items() if k != "trie"}, vocabulary)


def test_anchors_that_do_not_fit_are_refused() -> None:
    settings, arrays, vocabulary = TfidfFeatures(**WITH_ANCHORS).fit(TEXTS, LABELLED).to_arrays()
    assert len(arrays["anchors"])
    for name, found in (("anchors", "an anchor that is not there"), ("anchor_pairs", "a pair of anchors")):
        beyond = arrays | {name: np.append(arrays[name], 10**7)}
        with pytest.raises(ModelError, match=found):
            TfidfFeatures.from_arrays(settings, beyond, vocabulary)


def test_unfitted_features_and_bad_settings_are_refused() -> None:
    with pytest.raises(NotFittedError, match=r"call fit\(texts\) first"):
        TfidfFeatures().transform(TEXTS)
    with pytest.raises(ValueError, match="need 1 <= syllable_ngrams <= 3"):
        TfidfFeatures(syllable_ngrams=9)
