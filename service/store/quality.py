"""How good the verdicts have been by what people said: counted in the database, because there may be many of them."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, TypeVarTuple

from sqlalchemy import ColumnElement, Select, String, and_, case, func, select, tuple_

from incidents.frozen import Frozen
from incidents.verdict import STATED, Outcome
from service.store.engine import Database
from service.store.feedback_meaning import CONFIRMING
from service.store.schemas import Label
from service.store.tables import FeedbackRow, IncidentRow, VerdictRow

Result = Literal["right", "wrong", "not stated"]
BINS = 5
"""Of the stated probability: each is a fifth wide."""
_Columns = TypeVarTuple("_Columns")


class Wanted(Frozen):
    """Which judged verdicts: by the time of the last feedback, and by what they are about; "" is all."""

    since: datetime
    until: datetime | None = None
    service: str = ""
    repository: str = ""
    word: str = ""


class Judged(Frozen):
    """One verdict that a person judged."""

    incident: str
    service: str
    at: datetime
    outcome: Outcome
    probability: float | None
    label: Label


class Count(NamedTuple):
    """So many judged verdicts that have all this in common. `word` is that of their confidence."""

    service: str
    repository: str
    word: str
    day: date
    result: Result
    number: int


class Bin(NamedTuple):
    """Stated verdicts of similar probability: its mean, the share that was right, and how many there are."""

    said: float
    right: float
    number: int


class Tally(NamedTuple):
    """Judged verdicts of one name, counted by result."""

    name: str
    right: int
    wrong: int
    not_stated: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.right + self.wrong + self.not_stated

    @property
    def share(self) -> float | None:
        """The share that was right of those that stated something; None when none did."""
        stated = self.right + self.wrong
        return self.right / stated if stated else None


def tallies(counted: Iterable[tuple[str, Result, int]]) -> tuple[Tally, ...]:
    """Add up results by name, the largest first."""
    counts: dict[str, Counter[Result]] = {}
    for name, result, number in counted:
        counts.setdefault(name, Counter())[result] += number
    rows = [Tally(name, each["right"], each["wrong"], each["not stated"]) for name, each in counts.items()]
    return tuple(sorted(rows, key=lambda row: (-row.total, row.name)))


def result_of(outcome: str, label: str) -> Result:
    """Return `right` or `wrong` when something was stated."""
    if outcome not in STATED:
        return "not stated"
    return "right" if (outcome, label) in CONFIRMING else "wrong"


class Quality:
    """Reads what people said about verdicts. Never writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def counts(self, wanted: Wanted) -> list[Count]:
        """Return the counts of all that is wanted."""
        day = _day(self._database)
        names = (IncidentRow.service, IncidentRow.repository, VerdictRow.word, day)
        kinds = (VerdictRow.outcome, FeedbackRow.label)
        query = _about(select(*names, *kinds, func.count()), wanted).group_by(*names, *kinds)
        async with self._database.read() as session:
            rows = await session.execute(query)
            return [
                Count(service, repository, word, date.fromisoformat(on), result_of(outcome, label), count)
                for service, repository, word, on, outcome, label, count in rows
            ]

    async def bins(self, wanted: Wanted) -> list[Bin]:
        """Return stated probability against the share that was right."""
        said = VerdictRow.probability
        number = case(*((said < (each + 1) / BINS, each) for each in range(BINS - 1)), else_=BINS - 1)
        right = func.sum(case((_is("right"), 1), else_=0))
        query = _about(select(func.avg(said), right, func.count()), wanted)
        query = query.where(VerdictRow.outcome.in_(STATED), said.is_not(None)).group_by(number).order_by(number)
        async with self._database.read() as session:
            return [Bin(mean, hits / count, count) for mean, hits, count in await session.execute(query)]

    async def latest(self, wanted: Wanted, result: Result, limit: int) -> list[Judged]:
        """Return the verdicts with this result that were judged last."""
        columns = {
            "incident": IncidentRow.id,
            "service": IncidentRow.service,
            "at": FeedbackRow.at,
            "outcome": VerdictRow.outcome,
            "probability": VerdictRow.probability,
            "label": FeedbackRow.label,
        }
        labelled: Select[*tuple[Any, ...]] = select(*(column.label(name) for name, column in columns.items()))
        query = _about(labelled, wanted).where(_is(result))
        async with self._database.read() as session:
            rows = await session.execute(query.order_by(FeedbackRow.id.desc()).limit(limit))
            return [Judged.model_validate(row, from_attributes=True) for row in rows]


def _about(query: Select[*_Columns], wanted: Wanted) -> Select[*_Columns]:
    """The query over the last feedback on each incident, with the verdict that it is about."""
    last = select(func.max(FeedbackRow.id)).group_by(FeedbackRow.incident_id)
    named = {
        IncidentRow.service: wanted.service,
        IncidentRow.repository: wanted.repository,
        VerdictRow.word: wanted.word,
    }
    conditions = [column == value for column, value in named.items() if value]
    conditions += [FeedbackRow.at < wanted.until] if wanted.until else []
    verdict = and_(VerdictRow.incident_id == FeedbackRow.incident_id, VerdictRow.version == FeedbackRow.version)
    return (
        query.select_from(FeedbackRow)
        .join(IncidentRow, IncidentRow.id == FeedbackRow.incident_id)
        .join(VerdictRow, verdict)
        .where(FeedbackRow.id.in_(last), FeedbackRow.at >= wanted.since, *conditions)
    )


def _is(result: Result) -> ColumnElement[bool]:
    """The same as `result_of`, for the database."""
    stated = VerdictRow.outcome.in_(STATED)
    right = tuple_(VerdictRow.outcome, FeedbackRow.label).in_(CONFIRMING)
    if result == "not stated":
        return ~stated
    return and_(stated, right if result == "right" else ~right)


def _day(database: Database) -> ColumnElement[str]:
    """The day of the feedback in UTC."""
    if database.url.get_backend_name() == "sqlite":
        return func.substr(FeedbackRow.at, 1, 10, type_=String)
    return func.to_char(func.timezone("UTC", FeedbackRow.at), "YYYY-MM-DD")
