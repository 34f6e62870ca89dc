"""ROUGE by hand, against rouge_score, and the statistics around it."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.metrics import (
    Rouge,
    bootstrap_interval,
    compare,
    longest_common_subsequence,
    rouge,
    rouge_references,
    tokens,
)

ASCII = st.lists(st.sampled_from(["gao", "ca", "phe", "tang", "gia", "12", "usd"]), max_size=12).map(" ".join)


def test_unicode_tokens_are_lower_case_syllables_with_their_tones():
    assert tokens("Cà phê tăng 12,5%!") == ["cà", "phê", "tăng", "12", "5"]


def test_decomposed_text_gives_the_same_tokens():
    assert tokens(unicodedata.normalize("NFD", "Cà phê")) == ["cà", "phê"]


def test_ascii_tokens_lose_every_accented_letter():
    assert tokens("Cà phê tăng 12,5%", "ascii") == ["c", "ph", "t", "ng", "12", "5"]


def test_rouge_by_hand():
    # common: giá, gạo, tăng (3 of 4 and of 5); bigrams: giá gạo, gạo tăng (2 of 3 and of 4)
    scores = rouge("giá gạo tăng mạnh", "hôm nay giá gạo tăng")
    assert scores["rouge1"] == Rouge(3 / 4, 3 / 5, pytest.approx(2 / 3))
    assert scores["rouge2"] == Rouge(2 / 3, 2 / 4, pytest.approx(4 / 7))
    assert scores["rougeL"] == scores["rouge1"]


def test_order_matters_to_rouge_l_alone():
    scores = rouge("tăng gạo giá", "giá gạo tăng")
    assert scores["rouge1"].f1 == 1.0
    assert scores["rougeL"].f1 == pytest.approx(1 / 3)


def test_repeated_word_counts_as_often_as_the_reference_has_it():
    assert rouge("gạo gạo gạo", "gạo trắng")["rouge1"] == Rouge(1 / 3, 1 / 2, pytest.approx(0.4))


@pytest.mark.parametrize(("candidate", "reference"), [("", ""), ("", "giá gạo"), ("giá gạo", "")])
def test_an_empty_side_scores_zero(candidate, reference):
    assert all(score == Rouge(0.0, 0.0, 0.0) for score in rouge(candidate, reference).values())


def test_mean_and_best_of_two_references():
    references = ["giá gạo", "giá cà phê"]
    mean = rouge_references("giá gạo", references, ["rouge1"])["rouge1"]
    best = rouge_references("giá gạo", references, ["rouge1"], reduce="best")["rouge1"]
    assert mean.f1 == pytest.approx((1.0 + 0.4) / 2)
    assert best == Rouge(1.0, 1.0, 1.0)


def test_no_reference_is_an_error():
    with pytest.raises(ValueError, match="at least one reference"):
        rouge_references("giá gạo", [])


@settings(deadline=None)  # the first call imports rouge_score
@given(ASCII, ASCII)
def test_ascii_mode_is_rouge_score_to_the_last_digit(candidate, reference):
    scorer = pytest.importorskip("rouge_score.rouge_scorer")
    theirs = scorer.RougeScorer(["rouge1", "rouge2", "rougeL"]).score(reference, candidate)
    ours = rouge(candidate, reference, mode="ascii")
    for kind, score in ours.items():
        assert (score.precision, score.recall, score.f1) == tuple(theirs[kind])


@settings(deadline=None)
@given(st.lists(ASCII, min_size=1, max_size=4), st.lists(ASCII, min_size=1, max_size=4))
def test_summary_level_rouge_l_is_rouge_score_s(candidate, reference):
    scorer = pytest.importorskip("rouge_score.rouge_scorer")
    ours, reference_text = "\n".join(candidate), "\n".join(reference)
    theirs = scorer.RougeScorer(["rougeLsum"]).score(reference_text, ours)["rougeLsum"]
    score = rouge(ours, reference_text, ["rougeLsum"], "ascii")["rougeLsum"]
    assert (score.precision, score.recall, score.f1) == pytest.approx(tuple(theirs), abs=1e-15)


@given(st.text("abcd", max_size=30), st.text("abcd", max_size=30))
def test_subsequence_length_is_that_of_the_textbook_table(first, second):
    table = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i, a in enumerate(first, 1):
        for j, b in enumerate(second, 1):
            table[i][j] = table[i - 1][j - 1] + 1 if a == b else max(table[i - 1][j], table[i][j - 1])
    assert longest_common_subsequence(list(first), list(second)) == table[-1][-1]


def test_interval_holds_the_mean_and_narrows_for_equal_values():
    interval = bootstrap_interval([0.2, 0.4, 0.9, 0.5], n_resamples=200)
    assert interval.mean == pytest.approx(0.5)
    assert interval.low < 0.5 < interval.high
    same = bootstrap_interval([0.3, 0.3, 0.3], n_resamples=50)
    assert (same.low, same.high) == pytest.approx((0.3, 0.3))


def test_interval_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="at least one value"):
        bootstrap_interval([])


def test_a_system_against_itself_differs_by_chance_alone():
    assert compare([0.1, 0.5, 0.3], [0.1, 0.5, 0.3], 100).p_value == 1.0


def test_a_system_better_on_every_text_is_significantly_better():
    result = compare([0.6] * 20, [0.5] * 20, 2000)
    assert result.difference == pytest.approx(0.1)
    assert result.p_value < 0.01


def test_better_once_and_worse_once_is_chance():
    # of the four sign patterns all have a sum at least as far from 0 as the observed 0
    assert compare([1.0, 0.0], [0.0, 1.0], 100).p_value == 1.0


def test_unpaired_scores_are_an_error():
    with pytest.raises(ValueError, match="equally long"):
        compare([0.1], [0.1, 0.2])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rouge("giá gạo", "giá gạo", ["rouge3"]), "kind must be one of rouge1, rouge2, rougeL, rougeLsum; got"),
        (lambda: rouge("giá gạo", "giá gạo", mode="foo"), "mode must be one of unicode, ascii; got 'foo'"),
        (lambda: tokens("giá gạo", "latin"), "mode must be one of"),
        (lambda: rouge_references("giá", ["giá"], reduce="max"), "reduce must be one of mean, best; got 'max'"),
        (lambda: compare([0.1, float("nan")], [0.1, 0.2]), "finite numbers, got nan"),
        (lambda: compare([0.1, float("inf")], [0.1, 0.2]), "finite numbers, got inf"),
        (lambda: bootstrap_interval([float("nan")]), "finite numbers, got nan"),
        (lambda: bootstrap_interval([0.1], level=95), "level must lie between 0 and 1, got 95"),
    ],
)
def test_what_is_no_choice_or_no_score_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_one_string_is_not_several():
    with pytest.raises(TypeError, match="sequence of kinds, got one string"):
        rouge("giá gạo", "giá gạo", "rouge1")
    with pytest.raises(TypeError, match="sequence of references, got one string"):
        rouge_references("giá gạo", "giá gạo")


def test_p_value_is_a_plain_number():
    assert type(compare([0.3, 0.2], [0.1, 0.2], 10).p_value) is float
