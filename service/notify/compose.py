"""What a message shows, from the stored incident and the counts of its group."""

from datetime import UTC, datetime
from typing import cast, get_args

from incidents.verdict import Verdict
from service.render import sanitize
from service.render.message import AutoRevert, AutoState, Candidate, Excluded, Message, State, View
from service.settings import Settings
from service.store.feedback_meaning import meaning_of
from service.store.notifications import GroupCounts
from service.store.schemas import Judgement, StoredIncident

_TRACE = 4_000


def compose(
    incident: StoredIncident, state: str, group: GroupCounts | None, *, page: str = "", commit_url: str = ""
) -> Message:
    """Return the message about `incident` in `state`; `group` for the first message of a group only."""
    verdict, report = incident.verdict, incident.report
    error = (report.error if report else "") or sanitize.line(incident.error, 300)
    return Message(
        incident=incident.id,
        state=cast(State, state),
        service=incident.alert.service,
        environment=incident.alert.environment,
        opened_at=incident.opened_at,
        error=error,
        errors=incident.errors,
        page=page,
        alert_url=incident.alert.url,
        commit_url=commit_url,
        report=report.model_copy(update={"error": error, "count": max(report.count, incident.errors)})
        if report
        else None,
        revert=incident.revert,
        auto=_auto(incident),
        failure=incident.failure or "",
        correction=_correction(incident.feedback),
        resolved_at=incident.resolved_at,
        again=incident.attempts > 0 and state == "investigating" and incident.version > 0,
        agents_due=incident.agents_due,
        related=group.related if group else 0,
        related_services=group.services if group else 0,
        related_errors=group.errors if group else 0,
        answers=group.answers if group else {},
        candidates=_candidates(verdict),
        excluded=_excluded(verdict),
        views=_views(verdict),
        trace=incident.alert.stack_trace[:_TRACE],
        version=incident.version,
    )


def _auto(incident: StoredIncident) -> AutoRevert | None:
    """The automatic revert that people are told of beforehand; None for every other decision."""
    decision, verdict = incident.decision, incident.verdict
    if decision is None or decision.objection_until is None or decision.commit is None:
        return None
    if decision.state not in get_args(AutoState):
        return None
    suspects = verdict.suspects if verdict else ()
    subject = next((each.commit.subject for each in suspects if each.commit.sha == decision.commit), "")
    state = cast(AutoState, decision.state)
    now = decision.read_at or datetime.now(UTC)
    return AutoRevert(state, decision.commit, subject, decision.objection_until, now, decision.note)


def page_of(settings: Settings, incident: str) -> str:
    """Return the address of an incident; "" when public_url is not set."""
    return f"{settings.public_url.rstrip('/')}/incidents/{incident}" if settings.public_url else ""


def _correction(said: Judgement | None) -> str:
    meant = meaning_of(said) if said is not None else None
    if said is None or meant is None or not meant.corrects:
        return ""
    cause = "No deploy caused it." if meant.no_commit else f"It was {meant.instead}." if meant.instead else ""
    return " ".join(part for part in (cause, said.note) if part)


def _candidates(verdict: Verdict | None) -> tuple[Candidate, ...]:
    suspects = enumerate(verdict.suspects) if verdict else ()
    others = ((number, each.commit) for number, each in suspects if verdict and each.commit.sha != verdict.culprit)
    return tuple(Candidate(number, commit.sha, commit.subject) for number, commit in others)


def _excluded(verdict: Verdict | None) -> tuple[Excluded, ...]:
    ruled_out = verdict.ruled_out if verdict else ()
    return tuple(Excluded(each.commit.sha, each.commit.subject, each.reason) for each in ruled_out)


def _views(verdict: Verdict | None) -> tuple[View, ...]:
    opinions = verdict.opinions if verdict else ()
    return tuple(View(each.agent, each.commit, each.caused, each.abstained or each.mechanism) for each in opinions)
