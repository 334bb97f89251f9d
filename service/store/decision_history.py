"""What decisions of the policy rest on: what was reverted before, what is under way, and what people said."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from incidents.decision import Action, History
from incidents.policy import PolicyMode
from service.store.feedback_meaning import CORRECTING
from service.store.leases import database_time
from service.store.revert_tables import ConfirmationRow, DecisionRow, RevertRow
from service.store.stored_decision import DecisionState
from service.store.tables import FeedbackRow, IncidentRow, VerdictRow

_ACTS: Final[dict[PolicyMode, Action]] = {"off": "none", "shadow": "record", "propose": "propose", "auto": "execute"}
UNDER_WAY: Final[tuple[DecisionState, ...]] = ("due", "window", "objecting")
"""States of a decision that still leads to something."""
CONFIRMING: Final[tuple[DecisionState, ...]] = ("confirming",)
"""The state of one that waits for what the owner's command says."""
_IN_FLIGHT: Final = ("approved", "executing", "open")
"""States of a revert that somebody executes."""
_ASKED_FOR: Final = timedelta(days=1)
"""A proposal that nobody answered for so long no longer holds up others."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """The latest verdict of an incident, about which nothing is decided yet. `trials`: the last that were stored by then."""

    incident: str
    version: int
    trials: int = 0


@dataclass(frozen=True, slots=True)
class Background:
    """`own_report`: the latest verdict is of the current round. `seen_before`: an earlier incident had the same error.

    `objected`: a person does not want the commit of the latest verdict reverted, whatever incident it was about.
    """

    own_report: bool
    seen_before: bool
    objected: bool


async def background_of(session: AsyncSession, row: IncidentRow) -> Background:
    """Return what only the store knows about the report of an incident."""
    mine = select(VerdictRow.round, VerdictRow.culprit).where(VerdictRow.incident_id == row.id)
    last = (await session.execute(mine.order_by(VerdictRow.version.desc()).limit(1))).first()
    earlier = exists().where(
        IncidentRow.identity == row.identity, IncidentRow.id != row.id, IncidentRow.opened_at < row.opened_at
    )
    return Background(
        own_report=last is not None and last.round == row.round,
        seen_before=bool(await session.scalar(select(earlier))),
        objected=last is not None and await _objected(session, row.repository, last.culprit),
    )


def last_trials(incident: ColumnElement[str] | InstrumentedAttribute[str] | str) -> ScalarSelect[int]:
    """Return the query for the number of the last trials that are stored about an incident; 0 without any."""
    last = select(func.coalesce(func.max(ConfirmationRow.id), 0)).where(ConfirmationRow.incident_id == incident)
    return last.correlate(IncidentRow).scalar_subquery()


def latest_version(incident: str) -> Select[int]:
    """Return the query for the number of an incident's latest verdict."""
    return select(func.max(VerdictRow.version)).where(VerdictRow.incident_id == incident)


async def history_of(
    session: AsyncSession, mode: PolicyMode, repository: str, this: Undecided, before: datetime | None = None
) -> History:
    """Count what this mode did apart from `this` decision; shadow counts what it would have done."""
    now = await database_time(session)
    other = or_(DecisionRow.incident_id != this.incident, DecisionRow.version != this.version)
    others = (other, DecisionRow.at < (before or now + timedelta(hours=1)))
    done = (DecisionRow.action == _ACTS[mode], DecisionRow.action != "none", *others)
    times = select(func.count(), func.max(DecisionRow.at)).where(*done)
    last_day, last_at = (await session.execute(times.where(DecisionRow.at > now - timedelta(days=1)))).one()
    last_hour, _ = (await session.execute(times.where(DecisionRow.at > now - timedelta(hours=1)))).one()
    here = (DecisionRow.repository == repository, *others)
    asked = and_(DecisionRow.state == "asked", DecisionRow.at > now - _ASKED_FOR)
    decided = exists().where(*here, or_(DecisionRow.state.in_(UNDER_WAY), asked))
    flying = exists().where(RevertRow.repository == repository, RevertRow.state.in_(_IN_FLIGHT))
    own = await session.get(DecisionRow, (this.incident, this.version))
    not_own = RevertRow.id != ((own.revert_id if own else None) or "")
    under_way = await session.scalar(select(or_(decided, flying.where(not_own))))
    return History(last_hour=last_hour, last_day=last_day, last_at=last_at, under_way=bool(under_way))


async def _objected(session: AsyncSession, repository: str, commit: str | None) -> bool:
    """Whether a person objected to a revert of this commit, or said that a verdict that names it is wrong."""
    if commit is None:
        return False
    stopped = (DecisionRow.commit == commit, DecisionRow.state.in_(("objecting", "objected")))
    decision = exists().where(DecisionRow.repository == repository, *stopped)
    if await session.scalar(select(or_(decision, _said_wrong(repository, commit)))):
        return True
    records = await session.scalars(
        select(RevertRow.record).where(RevertRow.repository == repository, RevertRow.state == "objected")
    )
    return any(commit in (each["plan"]["commit"], *each["plan"].get("commits", ())) for each in records)


def _said_wrong(repository: str, commit: str) -> ColumnElement[bool]:
    """Whether the last word on any verdict that names the commit is not that it is right."""
    later = aliased(FeedbackRow)
    verdict = (later.incident_id == FeedbackRow.incident_id, later.version == FeedbackRow.version)
    last = ~exists().where(*verdict, later.id > FeedbackRow.id).correlate(FeedbackRow)
    about = (VerdictRow.incident_id == FeedbackRow.incident_id, VerdictRow.version == FeedbackRow.version)
    named = (*about, VerdictRow.culprit == commit, IncidentRow.id == FeedbackRow.incident_id)
    return exists().where(FeedbackRow.label.in_(CORRECTING), last, *named, IncidentRow.repository == repository)
