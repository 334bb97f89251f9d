"""Questions that make no sense are refused before they cost a call."""

import pytest

from models.door import Question, Unparsed, Usage
from tests.models.replies import PROMPT, Judgement, judgement


def test_several_samples_need_a_temperature() -> None:
    with pytest.raises(ValueError, match="raise the temperature"):
        judgement(samples=3)


def test_no_sample_is_no_question() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        judgement(samples=0)


@pytest.mark.parametrize("field", ["reason", "missing"])
def test_only_a_boolean_field_has_a_probability(field: str) -> None:
    with pytest.raises(ValueError, match="no boolean field"):
        Question(prompt=PROMPT, reply=Judgement, agent="judge", probability_of=field)


def test_usage_adds_up() -> None:
    one = Usage(prompt_tokens=10, cached_tokens=8, completion_tokens=3, requests=1)
    assert one + one == Usage(prompt_tokens=20, cached_tokens=16, completion_tokens=6, requests=2)
    assert (one + one).tokens == 26


def test_a_reply_that_never_parsed_still_tells_what_it_cost() -> None:
    error = Unparsed("no reply", texts=("what?",), usage=Usage(completion_tokens=2))
    assert (error.texts, error.usage.completion_tokens, str(error)) == (("what?",), 2, "no reply")
    assert Unparsed("nothing").usage == Usage()
