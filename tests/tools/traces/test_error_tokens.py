"""The words of a message that could name something in code."""

from hypothesis import given
from hypothesis import strategies as st

from tools.traces.error_tokens import MAX_TOKENS, tokens_of


def test_identifiers_stay_and_stock_phrases_go() -> None:
    assert tokens_of(["Call to a member function isSkipSegmentsForToday() on null"]) == ("isSkipSegmentsForToday",)


def test_quoted_words_stay_even_when_common() -> None:
    assert tokens_of(["Cannot read property 'value' of undefined"]) == ("value",)


def test_quoted_keys_are_kept_whole_and_in_parts() -> None:
    assert tokens_of(["Missing config key 'cache.time-out'"]) == ("config", "cache.time-out", "cache", "time", "out")


def test_names_are_taken_apart_at_their_separators() -> None:
    assert tokens_of(["Class Acme\\Cart\\Line not found", "undefined method `total_for'"]) == (
        *("Acme", "Cart", "Line"),
        "total_for",
    )


def test_hashes_name_nothing_in_code() -> None:
    assert tokens_of(["missing 'gt-d23f02261730de3f21d1f49dcad1259f'"]) == ()


@given(st.lists(st.text(max_size=200), max_size=20))
def test_tokens_are_distinct_and_bounded(messages: list[str]) -> None:
    tokens = tokens_of(messages)
    assert len(tokens) == len(set(tokens)) <= MAX_TOKENS
