"""Which commits people have disproved, and what the report still says afterwards."""

from datetime import UTC, datetime

import pytest

from incidents.evidence import Commit, Suspect
from incidents.report import Report
from incidents.verdict import Confidence, Verdict
from service.store.judged_report import SAID_NOT, disproved, judged
from service.store.schemas import Judgement, Label
from tests.service.render.reports import CULPRIT, LIKELY, MOMENT

A, B = CULPRIT.sha, "b" * 40
VERDICT = Verdict(
    outcome="culprit",
    culprit=A,
    confidence=Confidence(probability=0.9, word="high"),
    suspects=tuple(
        Suspect(commit=Commit(sha=sha, subject=subject, author="Ana", committed_at=MOMENT), probability=0.5)
        for sha, subject in ((A, "cart: drop null guard"), (B, "tax: lower rate"))
    ),
)


def said(
    label: Label, culprit: str | None = A, commit: str | None = None, note: str = "", version: int = 1
) -> Judgement:
    at = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)
    return Judgement(label=label, commit=commit, note=note, version=version, actor="ana", at=at, culprit=culprit)


@pytest.mark.parametrize(
    ("history", "culprit", "expected"),
    [
        ([], A, ()),
        ([said("wrong")], A, (A,)),
        ([said("right")], A, ()),
        ([said("wrong"), said("right")], A, ()),
        ([said("wrong"), said("wrong", culprit=B)], A, (A, B)),
        ([said("wrong"), said("wrong", culprit=B, commit=A[:9])], B, (B,)),
        ([said("not_a_deploy")], B, (A, B)),
        ([said("not_a_deploy"), said("right")], A, ()),
        ([said("wrong", culprit=None)], None, ()),
    ],
)
def test_a_commit_stays_disproved_until_it_is_said_to_be_right(
    history: list[Judgement], culprit: str | None, expected: tuple[str, ...]
) -> None:
    assert disproved(history, culprit) == expected


def test_a_later_verdict_on_the_same_commit_is_not_offered_again() -> None:
    shown = judged(LIKELY, VERDICT, [said("wrong")], version=2)
    assert (shown.command, shown.revert, shown.why) == (None, "", ())
    assert shown.headline.startswith("Said to be wrong · ")
    assert "did not cause this, said ana at 2026-11-23 12:05 UTC" in shown.verdict_line
    assert A not in [row.sha for row in shown.commits]


def test_the_counts_add_up_without_its_row() -> None:
    shown = judged(LIKELY, VERDICT, [said("wrong")], version=1)
    assert shown.dropped[SAID_NOT] == 1
    assert sum(shown.dropped.values()) + len(shown.commits) == shown.considered


def test_a_later_verdict_on_another_commit_stands_without_the_disproved_row() -> None:
    other = VERDICT.model_copy(update={"culprit": B})
    shown = judged(LIKELY, other, [said("wrong")], version=2)
    assert (shown.headline, shown.command, shown.feedback) == (LIKELY.headline, LIKELY.command, "")
    assert shown.commits == ()


def test_what_was_said_to_be_right_says_so() -> None:
    shown = judged(LIKELY, VERDICT, [said("right")], version=1)
    assert shown == LIKELY.model_copy(update={"feedback": "ana at 2026-11-23 12:05 UTC said that this is right."})


def test_a_verdict_without_a_culprit_can_be_wrong_too() -> None:
    none = VERDICT.model_copy(update={"culprit": None, "outcome": "none"})
    report: Report = LIKELY.model_copy(update={"command": None, "verdict_line": "None of them."})
    shown = judged(report, none, [said("wrong", culprit=None, commit=B[:8])], version=1)
    assert shown.verdict_line == 'bbbbbbbb "tax: lower rate" caused this, said ana at 2026-11-23 12:05 UTC.'
    assert shown.feedback == "The verdict was: None of them."


def test_a_note_of_a_stranger_is_a_reason_and_nothing_more() -> None:
    shown = judged(LIKELY, VERDICT, [said("wrong", note="see the call")], version=1)
    assert shown.why == ("They wrote: see the call",)
