"""How much a model can read, and prompts that are packed into it."""

import pytest

from models.context import ContextWindow
from models.door import Prompt
from models.packing import packed


def prompt(**parts: str) -> Prompt:
    """A prompt with tagged parts; the later ones are needed more."""
    user = "\n".join(f"Here is {tag}:\n<{tag}>\n{text}\n</{tag}>" for tag, text in parts.items())
    return Prompt(system="rules", user=f"{user}\nThe question?", least_needed=tuple(parts))


def test_what_is_needed_least_is_shortened_first_and_only_as_far_as_needed() -> None:
    before = prompt(facts="a" * 1_000, trace="b" * 1_000)
    after = packed(before, len(before.user) - 200)
    assert len(after.system) + len(after.user) <= len(before.user) - 200 + 5
    assert after.user.count("b") == before.user.count("b")
    assert "characters left out, for which this model has no room" in after.user
    assert after.user.endswith("The question?")


def test_the_middle_is_left_out_and_both_ends_remain() -> None:
    after = packed(prompt(trace="first line\n" + "x" * 3_000 + "\nlast line"), 1_900)
    assert "first line" in after.user
    assert "last line" in after.user


def test_parts_that_are_needed_more_are_shortened_when_that_is_not_enough() -> None:
    after = packed(prompt(facts="a" * 1_000, trace="b" * 1_000), 700)
    assert after.user.count("a" * 10) < 20
    assert after.user.count("b") < 600
    assert len(after.user) <= 760


def test_a_prompt_that_fits_is_not_touched() -> None:
    whole = prompt(facts="a" * 100)
    assert packed(whole, 10_000) is whole
    assert packed(Prompt(system="rules", user="x" * 500), 100).user == "x" * 500  # nothing in it may be shortened


def test_without_a_known_context_nothing_is_limited() -> None:
    assert ContextWindow().prompt_characters(500) is None
    assert ContextWindow().reply_tokens(9_000) == 9_000


def test_prompt_and_reply_share_the_context() -> None:
    window = ContextWindow(4_096)
    reply = window.reply_tokens(9_000)
    assert reply == 1_365
    assert window.prompt_characters(reply) == int((4_096 - 1_365 - 64) * 3.0 * 0.95)


def test_the_characters_of_a_token_are_learned_from_the_densest_prompt() -> None:
    window = ContextWindow(4_096)
    window.counted(4_000, 1_000)
    assert window.characters_per_token == 4.0
    window.counted(2_000, 1_000)
    window.counted(9_000, 1_000)
    assert window.characters_per_token == 2.0
    window.counted(10, 50)  # a short prompt is mostly template
    assert window.characters_per_token == 2.0


@pytest.mark.parametrize(
    "complaint",
    [
        "This model's maximum context length is 4096 tokens. However, you requested 9120 tokens (8096 in "
        "the messages, 1024 in the completion).",
        "Error code: 400 - {'error': {'message': 'exceed_context_size', 'n_prompt_tokens': 900, 'n_ctx': 4096}}",
        "the request exceeds the available context size (4096 tokens), try increasing it: 9000 tokens",
        "Input is too long: 4096 < 7000",
    ],
)
def test_a_servers_complaint_about_the_length_tells_the_context(complaint: str) -> None:
    window = ContextWindow()
    assert window.refused(complaint, 30_000)
    assert window.tokens == 4_096


def test_other_complaints_tell_nothing_about_the_length() -> None:
    window = ContextWindow()
    assert not window.refused("temperature must be below 2", 100)
    assert not window.refused("", 100)
    assert window.tokens is None
