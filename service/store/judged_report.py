"""The report after people's feedback: what they said, and no offer of a commit that they said is not the cause."""

from collections.abc import Sequence
from datetime import UTC

from incidents.report import Report
from incidents.verdict import Verdict
from service.render import sanitize as neutral
from service.render.wording import short
from service.store.feedback_meaning import meaning_of
from service.store.schemas import OBSERVED, Judgement

SAID_NOT = "a person said: not the cause"
_HEADLINE = 100


def disproved(said: Sequence[Judgement], culprit: str | None) -> tuple[str, ...]:
    """The commits that were said not to be the cause; `said` is all feedback, oldest first, `culprit` today's verdict.

    Who says "not a deploy" means every commit; a commit that is said to be right later is no longer disproved.
    """
    found: dict[str, None] = {}
    for each in said:
        meant = meaning_of(each)
        if meant.innocent:
            found[meant.innocent] = None
        found = {sha: None for sha in found if not (meant.commit and sha.startswith(meant.commit))}
    if said and meaning_of(said[-1]).any_commit and culprit:
        found[culprit] = None
    return tuple(found)


def judged(report: Report, verdict: Verdict, said: Sequence[Judgement], version: int) -> Report:
    """The report of this `version` of the verdict, with what was last said about it."""
    if not said:
        return report
    last, wrong = said[-1], disproved(said, verdict.culprit)
    shown = _without(report, wrong)
    meant = meaning_of(last)
    if verdict.culprit in wrong or meant.any_commit:
        return _withdrawn(shown, verdict, last)
    if last.version != version:
        return shown
    if meant.corrects:
        return _withdrawn(shown, verdict, last)
    if last.actor == OBSERVED:
        return shown.model_copy(update={"feedback": "The errors stopped after the revert."})
    return shown.model_copy(update={"feedback": f"{_who(last)} said that this is right."})


def _without(report: Report, wrong: Sequence[str]) -> Report:
    """The report without rows of these commits; what is left adds up to all that were considered."""
    rows = tuple(row for row in report.commits if row.sha not in wrong)
    removed = len(report.commits) - len(rows)
    counts = {**report.dropped, SAID_NOT: removed} if removed else report.dropped
    return report.model_copy(update={"commits": rows, "dropped": counts})


def _withdrawn(report: Report, verdict: Verdict, last: Judgement) -> Report:
    """The report of a verdict that is wrong: only what the person said is offered, if anything."""
    meant = meaning_of(last)
    state = "No deploy did it" if meant.no_commit else "Said to be wrong"
    about = report.headline.partition(" · ")[2]
    named = meant.instead
    return report.model_copy(
        update={
            "outcome": "none" if meant.no_commit else "unsure",
            "headline": neutral.clip(f"{state} · {about}" if about else state, _HEADLINE),
            "verdict_line": _verdict_line(verdict, last),
            "feedback": _before(report, verdict),
            "why": (f"{'Seen' if last.actor == OBSERVED else 'They wrote'}: {last.note}",) if last.note.strip() else (),
            "revert": f"The command reverts {short(named)}; whether it does so cleanly was not tried." if named else "",
            "command": report.command if named else None,
            "next_step": "" if named or not report.commits else "Look at the other commits below.",
        }
    )


def _verdict_line(verdict: Verdict, last: Judgement) -> str:
    if last.actor == OBSERVED and verdict.culprit is not None:
        return f"{short(verdict.culprit)}{_subject(verdict, verdict.culprit)} is probably not the cause: the errors went on without it."
    who = _who(last)
    if meaning_of(last).no_commit:
        return f"No deploy caused this, said {who}."
    if last.commit is not None:
        subject = _subject(verdict, last.commit)
        return f"{short(last.commit)}{subject} caused this, said {who}."
    if verdict.culprit is None:
        return f"The verdict is wrong, said {who}."
    return f"{short(verdict.culprit)}{_subject(verdict, verdict.culprit)} did not cause this, said {who}."


def _before(report: Report, verdict: Verdict) -> str:
    """What the verdict had been."""
    word = verdict.confidence.word
    if verdict.culprit is None:
        return f"The verdict was: {report.verdict_line}"
    return f"The verdict was {short(verdict.culprit)}{_subject(verdict, verdict.culprit)} ({word} confidence)."


def _subject(verdict: Verdict, sha: str) -> str:
    """The subject of a commit of the window, quoted; "" for any other."""
    commits = [*(each.commit for each in verdict.suspects), *(each.commit for each in verdict.ruled_out)]
    subject = next((each.subject for each in commits if each.sha.startswith(sha)), "")
    return f' "{neutral.line(subject, 80)}"' if subject else ""


def _who(last: Judgement) -> str:
    name = neutral.line(last.actor, 60) or "a person"
    return f"{name} at {last.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if last.at else name
