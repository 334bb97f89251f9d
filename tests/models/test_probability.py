"""P(true) from tokens that are split in every way seen on real servers."""

import math

import pytest

from models.probability import Token, probability_true


def _token(text: str, **_: float) -> Token:
    return Token(text, {})


def _choice(text: str, shares: dict[str, float]) -> Token:
    return Token(text, {each: math.log(share) if share else -9999.0 for each, share in shares.items()})


def _plain(*texts: str) -> list[Token]:
    return [Token(text, {text: 0.0}) for text in texts]


def test_split_words_count_by_their_beginning() -> None:
    tokens = [
        *_plain("{", '"caused', '":'),
        _choice("tr", {"tr": 0.368, "t": 0.280, "f": 0.352, "x": 0.0}),
        *_plain("ue}"),
    ]
    assert probability_true(tokens, "caused") == pytest.approx(0.648)


def test_the_word_may_begin_inside_the_token_that_ends_the_key() -> None:
    tokens = [*_plain('{"caused'), _choice('":true', {'":true': 0.5, '":f': 0.25, '":': 0.25}), *_plain("}")]
    assert probability_true(tokens, "caused") == pytest.approx(2 / 3)


def test_blanks_before_the_word_do_not_matter() -> None:
    tokens = [*_plain('{"caused":'), _choice(" false", {" false": 0.6, "false": 0.1, " true": 0.3}), *_plain("}")]
    assert probability_true(tokens, "caused") == pytest.approx(0.3)


def test_what_is_neither_word_is_left_out() -> None:
    tokens = [*_plain('{"caused":'), _choice("true", {"true": 0.4, "maybe": 0.4, "false": 0.1}), *_plain("}")]
    assert probability_true(tokens, "caused") == pytest.approx(0.8)


def test_the_key_inside_a_reason_or_an_inner_object_is_not_the_field() -> None:
    start = '{"reason":"\\"caused\\":true","inner":{"caused":true},"caused":'
    tokens = [*_plain(*start), _choice("f", {"f": 0.9, "t": 0.1}), *_plain("alse}")]
    assert probability_true(tokens, "caused") == pytest.approx(0.1)


@pytest.mark.parametrize("text", ["", '{"other":true}', '{"caused":', '"caused":true', '{"caused'])
def test_without_the_field_there_is_no_probability(text: str) -> None:
    assert probability_true(_plain(*text), "caused") is None


def test_without_alternatives_there_is_no_probability() -> None:
    assert probability_true([_token('{"caused":'), _token("true"), _token("}")], "caused") is None
