"""A fence is the same for every reader: backticks or tildes, set in or not."""

import pytest

from tools.traces import parse
from tools.traces.messages.records import begins_record
from tools.traces.unwrap.fences import fenced_lines, fences, shows_page


@pytest.mark.parametrize("fence", ["```", "~~~", "  ```", "\t~~~~", "```text"])
def test_a_fence_ends_what_a_test_of_go_says(fence: str) -> None:
    text = f"--- FAIL: TestTotal (0.00s)\n    cart_test.go:7: got 3, want 4\n        {fence}\n        Thanks\n"
    assert (fences(fence), begins_record(fence)) == (True, True)
    assert parse(text).failures[0].message == "got 3, want 4"


def test_two_backticks_and_words_before_a_fence_are_none() -> None:
    assert not fences("``")
    assert not fences("see ```")


def test_what_stands_between_two_fences_is_inside() -> None:
    assert fenced_lines(["a", "```", "b", "~~~", "c", "```"]) == {1, 2, 3}


@pytest.mark.parametrize("line", ["```", "<details>", "**Describe the bug**", "**Version:** 2", "_No response_"])
def test_markdown_shows_a_page(line: str) -> None:
    assert shows_page(["ValueError: no price", line])


def test_so_does_a_heading_at_the_top_or_a_second_one_above_a_blank_line() -> None:
    said = ["ValueError: no price", "", "## Steps", "", "Open the cart"]
    assert not shows_page(said)
    assert shows_page(["## Output", *said])
    assert shows_page(["INFO ready", "## Output", "", *said])
    assert not shows_page(["INFO ready", "## Output", *said])


@pytest.mark.parametrize("line", ["### The error may exist in Cart.xml", "- Cache: missing", "> 3 items", "**"])
def test_what_programs_write_too_shows_none(line: str) -> None:
    assert not shows_page(["ValueError: no price", "", line])
