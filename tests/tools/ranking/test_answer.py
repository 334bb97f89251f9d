"""Which of the four answers follows from probabilities and from how much was seen."""

import pytest

from incidents.seen import Seen
from incidents.verdict import Outcome
from tools.ranking.answer import Chances, answer

CODE = Seen(frames=2, mapped=2, read=2, confirmed=True, words=2)
UNCONFIRMED = Seen(frames=2, mapped=2, read=2, words=2)
LIBRARY, MESSAGE, NOTHING = Seen(frames=2, words=2), Seen(words=2), Seen()


def given(best: float, second: float, none: float, seen: Seen, *, explained: bool = True, commits: int = 20) -> Outcome:
    return answer(Chances(best, second, none, commits), seen, explained=explained)


@pytest.mark.parametrize("seen", [UNCONFIRMED, LIBRARY, MESSAGE])
def test_the_less_was_seen_the_more_a_culprit_needs(seen: Seen) -> None:
    assert given(0.47, 0.1, 0.3, CODE) == "culprit"
    assert given(0.47, 0.1, 0.3, seen) == "unsure"
    assert given(0.85, 0.05, 0.05, seen) == "culprit"


@pytest.mark.parametrize("seen", [CODE, UNCONFIRMED, LIBRARY, MESSAGE, NOTHING])
def test_none_of_them_needs_a_fact_that_explains_the_failure_whatever_was_seen(seen: Seen) -> None:
    assert given(0.05, 0.02, 0.9, seen) == "none"
    assert given(0.05, 0.02, 0.9, seen, explained=False) in ("unsure", "not_enough")


@pytest.mark.parametrize("seen", [CODE, UNCONFIRMED])
def test_a_commit_that_wrote_no_line_of_the_trace_needs_more(seen: Seen) -> None:
    beside = [answer(Chances(best, 0.05, 0.05, 20, wrote_line=False), seen, explained=True) for best in (0.849, 0.85)]
    assert beside == ["unsure", "culprit"]
    assert answer(Chances(0.55, 0.1, 0.1, 20), seen, explained=True) == "culprit"


@pytest.mark.parametrize("seen", [LIBRARY, MESSAGE])
def test_where_no_line_could_be_seen_nobody_has_to_have_written_one(seen: Seen) -> None:
    assert answer(Chances(0.66, 0.1, 0.1, 20, wrote_line=False), seen, explained=True) == "culprit"


@pytest.mark.parametrize("seen", [LIBRARY, MESSAGE])
def test_where_no_line_could_be_seen_a_commit_that_is_only_like_the_message_needs_more(seen: Seen) -> None:
    alone = [answer(Chances(best, 0.05, 0.05, 20, says_it=False), seen, explained=True) for best in (0.699, 0.7)]
    assert alone == ["unsure", "culprit"]
    assert answer(Chances(0.66, 0.1, 0.1, 20), seen, explained=True) == "culprit"
    assert answer(Chances(0.66, 0.1, 0.1, 20, says_it=False), CODE, explained=True) == "culprit"


@pytest.mark.parametrize(("seen", "needs"), [(CODE, 0.8), (UNCONFIRMED, 0.8), (MESSAGE, 0.75)])
def test_none_of_them_needs_more_where_one_of_them_changed_a_function_of_the_trace(seen: Seen, needs: float) -> None:
    found = [
        answer(Chances(0.05, 0.02, p, 20, changed_trace=True), seen, explained=True) for p in (needs - 0.01, needs)
    ]
    assert found == ["unsure" if seen is not MESSAGE else "not_enough", "none"]


def test_two_that_are_nearly_as_likely_are_not_sure() -> None:
    assert given(0.47, 0.01, 0.5, CODE) == "unsure"
    assert given(0.44, 0.39, 0.1, CODE) == "unsure"


def test_while_a_commit_could_not_be_read_nothing_is_none_of_them() -> None:
    unread = answer(Chances(0.02, 0.01, 0.95, 9), CODE, explained=True, unread=True)
    assert unread == "unsure"


def test_without_code_only_a_commit_that_stands_out_is_weighed() -> None:
    assert given(0.3, 0.05, 0.5, MESSAGE, explained=False) == "unsure"
    assert given(0.1, 0.05, 0.5, MESSAGE, explained=False) == "not_enough"
    assert given(0.25, 0.25, 0.5, MESSAGE, explained=False, commits=2) == "not_enough"


def test_where_nothing_was_seen_no_commit_is_named() -> None:
    assert given(0.95, 0.01, 0.02, NOTHING, explained=False) == "not_enough"


@pytest.mark.parametrize(
    ("best", "second", "none", "outcome"),
    [
        (0.45, 0.1, 0.1, "culprit"),
        (0.449, 0.1, 0.1, "unsure"),
        (0.625, 0.5, 0.1, "culprit"),
        (0.624, 0.5, 0.1, "unsure"),
        (0.625, 0.1, 0.5, "culprit"),
        (0.624, 0.1, 0.5, "unsure"),
        (0.1, 0.1, 0.7, "none"),
        (0.1, 0.1, 0.699, "unsure"),
    ],
)
def test_what_just_reaches_a_threshold_is_stated(best: float, second: float, none: float, outcome: Outcome) -> None:
    assert given(best, second, none, CODE) == outcome


@pytest.mark.parametrize(("best", "outcome"), [(0.4, "unsure"), (0.31, "unsure"), (0.3, "none")])
def test_a_deploy_is_not_cleared_while_its_first_suspect_has_half_as_much(best: float, outcome: Outcome) -> None:
    assert given(best, 0.0, 0.6, UNCONFIRMED) == outcome


@pytest.mark.parametrize(
    ("best", "none", "commits", "outcome"),
    [
        (0.2, 0.5, 20, "unsure"),
        (0.199, 0.5, 20, "not_enough"),
        (0.375, 0.25, 4, "unsure"),  # twice its even share
        (0.374, 0.25, 4, "not_enough"),
        (0.5, 0.5, 1, "not_enough"),  # the only commit has all that "none" leaves over
        (0.0, 1.0, 0, "not_enough"),
    ],
)
def test_without_code_a_commit_stands_out_from_a_fifth_and_twice_its_even_share(
    best: float, none: float, commits: int, outcome: Outcome
) -> None:
    assert given(best, 0.0, none, MESSAGE, explained=False, commits=commits) == outcome
