"""What the policy may know of a verdict and its evidence: numbers and marks that code computed, no words of an agent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from incidents.evidence import Evidence, Suspect
from incidents.log import LogFindings
from incidents.opinion import DEVELOPER, Opinion, last_words
from incidents.policy import EvidenceKind
from incidents.verdict import Verdict


class Sides(NamedTuple):
    """The agents that name a commit, and those that exclude it or name another one instead."""

    agreeing: tuple[str, ...]
    against: tuple[str, ...]


def verdict_facts(verdict: Verdict, evidence: Evidence, *, confirmed: bool | None = None) -> dict[str, Any]:
    """The fields of `Facts` that follow from the verdict and its evidence."""
    best = evidence.suspects[0] if evidence.suspects else None
    culprit = verdict.culprit if verdict.outcome == "culprit" else None
    said, live = sides(verdict.opinions, culprit), live_since(evidence, culprit)
    return {
        "outcome": verdict.outcome,
        "mode": verdict.mode,
        "commit": culprit,
        "probability": verdict.confidence.probability,
        "git_commit": best.commit.sha if best else None,
        "git_probability": best.probability if best else 0.0,
        "evidence": evidence_kind(evidence, culprit, confirmed=confirmed),
        "agents_for": said.agreeing,
        "agents_against": said.against,
        "checked_steps": checked_steps(verdict.opinions, culprit),
        "confirmed": confirmed,
        "guessed_window": evidence.guessed,
        "unread": len({*evidence.unread, *evidence.read_in_part}),
        "incomplete_clone": evidence.seen.absent > 0,
        "live_since": live,
        "log_errors": log_errors(evidence.log, live),
    }


def log_errors(log: LogFindings | None, live: datetime | None) -> int | None:
    """How many errors the log shows since `live`, or a lower bound of it; None when it does not say."""
    if log is None or live is None:
        return None
    if (log.onset.earliest if log.onset else log.since) >= live:
        return log.total
    if log.counts_from is None or not log.bucket_seconds:
        return None
    begins = (log.counts_from + timedelta(seconds=log.bucket_seconds * number) for number in range(len(log.counts)))
    return sum(count for begin, count in zip(begins, log.counts, strict=True) if begin >= live)


def logged_before(log: LogFindings | None, live: datetime) -> bool:
    """Whether the log shows that the error is older than `live`: it began before, or occurred and began at no time."""
    if log is None:
        return False
    began = log.onset.latest if log.onset else log.first_at
    return began is not None and began < live


def evidence_kind(evidence: Evidence, culprit: str | None, *, confirmed: bool | None = None) -> EvidenceKind:
    """What ties the commit to the failure, the strongest that holds."""
    suspect = next((each for each in evidence.suspects if each.commit.sha == culprit), None)
    if confirmed and suspect is not None:
        return "confirmed"
    if suspect is None or evidence.seen.visibility != "code":
        return "message"
    if suspect.commit.sha in evidence.hit_failing_line:
        return "failing_line"
    return "code" if _measured(suspect) else "message"


def _measured(suspect: Suspect) -> bool:
    return any(not each.against and each.value > 0 for each in suspect.signals)


def sides(opinions: Sequence[Opinion], commit: str | None) -> Sides:
    """Who of the agents names this commit, and who says otherwise; one that abstains is on neither side."""
    said: dict[str, dict[str, bool]] = {}
    for (agent, about), opinion in last_words(opinions).items():
        if opinion.caused is not None:
            said.setdefault(agent, {})[about] = opinion.caused
    agreeing = tuple(agent for agent, about in said.items() if commit is not None and about.get(commit))
    against = tuple(
        agent
        for agent, about in said.items()
        if agent not in agreeing and (about.get(commit or "") is False or any(about.values()))
    )
    return Sides(agreeing, against)


def checked_steps(opinions: Sequence[Opinion], commit: str | None) -> bool | None:
    """Whether code found each step that the developer states for this commit; None when it states none."""
    found = last_words(opinions).get((DEVELOPER, commit or ""))
    if found is None or not found.caused or found.proof is None:
        return None
    return found.proof.complete


def live_since(evidence: Evidence, commit: str | None) -> datetime | None:
    """When the commit went live: by its deploy, else by its own date, which its author chose."""
    suspect = next((each for each in evidence.suspects if each.commit.sha == commit), None)
    if suspect is None:
        return None
    rollout = evidence.rollout_of(suspect.commit.sha)
    return rollout.at if rollout is not None else suspect.commit.committed_at
