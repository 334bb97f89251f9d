"""What of the developer's notes the judge is shown."""

import pytest

from agents.notes import decisive


def observed(call: str, text: str) -> str:
    """A note of what a tool call showed."""
    return f"{call}\nObservation:\n{text}"


HOLDS = observed("file_lines(path='a.py')", "a.py\n  7 | return getattr(v, alias)\n  9 | raise Missing(alias)")
NAMES = observed("search_code(pattern='alias')", "a.py in load\n  3 | alias = 1")
NOTES = ["Plan: look at a.py", HOLDS, NAMES]
LINES = ["return getattr(v, alias)", "raise Missing(alias)"]


def test_what_holds_the_stated_lines_comes_before_what_is_newer() -> None:
    assert decisive(NOTES, ["a.py"], LINES, 5_000) == f"{HOLDS}\n\n{NAMES}"
    assert decisive(NOTES, ["a.py"], LINES, len(HOLDS)) == HOLDS
    assert decisive(NOTES, ["a.py"], [], 5_000) == f"{NAMES}\n\n{HOLDS}"


@pytest.mark.parametrize(
    "text",
    [
        "no result: abc did not change a.py",
        "the budget of file_lines is spent: use another tool",
        "(as before, see above)",
    ],
)
def test_a_call_that_showed_nothing_is_left_out(text: str) -> None:
    assert (
        decisive([*NOTES, observed("commit_diff(path='a.py')", text)], ["a.py"], LINES, 5_000) == f"{HOLDS}\n\n{NAMES}"
    )


def test_where_no_opinion_names_a_place_the_newest_observations_are_shown() -> None:
    assert decisive(NOTES, [], [], 5_000) == f"{NAMES}\n\n{HOLDS}"
