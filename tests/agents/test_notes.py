"""What of the developer's notes the judge is shown."""

import pytest

from agents.notes import decisive


def observed(call: str, text: str) -> str:
    """A note of what a tool call showed."""
    return f"{call}\nObservation:\n{text}"


HOLDS = observed("file_lines(path='a.py')", "a.py\n  7 | return getattr(v, alias)\n  9 | raise Missing(alias)")
NAMES = observed("search_code(pattern='alias')", "a.py in load\n  3 | alias = 1")
NOTES = ["Plan: look at a.py", HOLDS, NAMES]
LINES = [("a.py", "return getattr(v, alias)"), ("a.py", "raise Missing(alias)")]


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


def test_the_same_line_in_the_file_that_is_meant_comes_before_one_in_another_file() -> None:
    """`return false;` stands in many files."""
    meant = observed("file_lines(path='python.php')", "python.php\n  35 | return false;")
    other = observed("file_lines(path='other.php')", "other.php\n  70 | return false;")
    assert decisive([meant, other], ["python.php"], [("python.php", "return false;")], len(meant)) == meant


def test_what_was_asked_of_the_accused_commit_comes_before_what_is_newer() -> None:
    of_it = observed("commit_diff(commit='1', path='a.py')", "a.py\n - 9 | old")
    of_another = observed("commit_diff(commit='5', path='a.py')", "a.py\n - 3")
    assert decisive([of_it, of_another], ["a.py"], [], len(of_it), ["commit='1'"]) == of_it


def test_a_long_observation_is_cut_around_the_stated_lines() -> None:
    rows = [f"  {number} | step({number})" for number in range(1, 40)]
    whole = observed("file_lines(path='a.py', first_line=1)", "a.py\n" + "\n".join(rows))
    shown = decisive([whole], ["a.py"], [("a.py", "step(35)"), ("a.py", "step(12)")], len(whole) - 1)
    assert "step(35)" in shown
    assert "step(12)" in shown
    assert "step(3)" not in shown
    assert decisive([whole], ["a.py"], [("a.py", "step(99)")], len(whole) - 1) == ""


def test_what_shows_another_stated_line_comes_before_what_shows_the_same_again() -> None:
    both = observed("file_lines(path='a.py', first_line=7)", "7 | return getattr(v, alias) raise Missing(alias)")
    again = observed("file_lines(path='a.py', first_line=9)", "9 | return getattr(v, alias)")
    third = observed("file_lines(path='a.py', first_line=3)", "3 | alias = first(names)")
    lines = [*LINES, ("a.py", "alias = first(names)")]
    assert decisive([both, third, again], ["a.py"], lines, len(both) + len(again)) == f"{both}\n\n{third}"


def test_what_was_looked_up_for_the_managers_question_comes_first_whatever_stands_in_it() -> None:
    answers = observed("callers(name='load')", "b.py\n  4 | load(None)")
    notes = [*NOTES, "Step 1 of 1: Answer the SRE manager: who calls load?", "Thought: who calls it", answers]
    assert decisive(notes, ["a.py"], LINES, 5_000, since="who calls load?") == f"{answers}\n\n{HOLDS}\n\n{NAMES}"
    assert answers not in decisive(notes, ["a.py"], LINES, 5_000)
    long = observed("callers(name='load')", "b.py\n" + "  4 | load(None)\n" * 100)
    cut = decisive([*notes[:-1], long], ["a.py"], LINES, 600, since="who calls load?")
    assert cut.startswith("callers(name='load')")
    assert len(cut) <= 600
