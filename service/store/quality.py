"""How good the verdicts have been by what people said: counted in the database, because there may be many of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, TypeVarTuple, get_args

from sqlalchemy import ColumnElement, Select, String, and_, case, exists, func, select, tuple_
from sqlalchemy.orm import aliased

from incidents.frozen import Frozen
from incidents.verdict import STATED, Outcome
from service.render.calibration_chart import BINS, Bin
from service.store.engine import Database
from service.store.feedback_meaning import CONFIRMING
from service.store.schemas import Label
from service.store.tables import FeedbackRow, IncidentRow, VerdictRow

Result = Literal["right", "wrong", "not stated"]
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
    """So many judged verdicts that have all this in common. `word` is that of their confidence.

    `part` is the fifth of the stated probability, None without one; `said` is the sum of these probabilities.
    """

    service: str
    repository: str
    word: str
    day: date
    part: int | None
    result: Result
    number: int
    said: float


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


def bins(counts: Iterable[Count]) -> list[Bin]:
    """Return stated probability against the share that was right."""
    parts: dict[int, list[Count]] = {}
    for each in counts:
        if each.part is not None and each.result != "not stated":
            parts.setdefault(each.part, []).append(each)
    return [_bin(parts[part]) for part in sorted(parts)]


def _bin(counts: Sequence[Count]) -> Bin:
    number = sum(each.number for each in counts)
    right = sum(each.number for each in counts if each.result == "right")
    return Bin(sum(each.said for each in counts) / number, right / number, number)


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
        said, day = VerdictRow.probability, _day(self._database)
        parts = ((said < (each + 1) / BINS, each) for each in range(BINS - 1))
        part = case((said.is_(None), None), *parts, else_=BINS - 1)
        names = (IncidentRow.service, IncidentRow.repository, VerdictRow.word, day, part)
        kinds = (VerdictRow.outcome, FeedbackRow.label)
        sums = (func.count(), func.coalesce(func.sum(said), 0.0))
        query = _about(select(*names, *kinds, *sums), wanted).group_by(*names, *kinds)
        async with self._database.read() as session:
            return [_count(row[:5], row[5:7], *row[7:]) for row in await session.execute(query)]

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


def _count(names: tuple[str, str, str, str, int | None], kinds: tuple[str, str], number: int, said: float) -> Count:
    service, repository, word, day, part = names
    return Count(service, repository, word, date.fromisoformat(day), part, result_of(*kinds), number, said)


def _about(query: Select[*_Columns], wanted: Wanted) -> Select[*_Columns]:
    """The query over the last feedback on each incident, with the verdict that it is about."""
    later = aliased(FeedbackRow)
    last = ~exists().where(later.incident_id == FeedbackRow.incident_id, later.id > FeedbackRow.id)
    named = {
        IncidentRow.service: wanted.service,
        IncidentRow.repository: wanted.repository,
        VerdictRow.word: wanted.word,
    }
    conditions = [column == value for column, value in named.items() if value]
    conditions += [FeedbackRow.at < wanted.until] if wanted.until else []
    # Between, not equal: SQLite would take the unique index then, and walk through verdicts of hundreds of kilobytes.
    version = VerdictRow.version.between(FeedbackRow.version, FeedbackRow.version)
    verdict = and_(VerdictRow.incident_id == FeedbackRow.incident_id, version)
    return (
        query.select_from(FeedbackRow)
        .join(IncidentRow, IncidentRow.id == FeedbackRow.incident_id)
        .join(VerdictRow, verdict)
        .where(last, FeedbackRow.at >= wanted.since, *conditions)
    )


def _is(result: Result) -> ColumnElement[bool]:
    """The same as `result_of`, for the database; it looks at the label first, which needs no verdict."""
    kinds = [(o, n) for o in get_args(Outcome) for n in get_args(Label) if result_of(o, n) == result]
    label = FeedbackRow.label.in_({label for _, label in kinds})
    return and_(label, tuple_(VerdictRow.outcome, FeedbackRow.label).in_(kinds))


def _day(database: Database) -> ColumnElement[str]:
    """The day of the feedback in UTC."""
    if database.url.get_backend_name() == "sqlite":
        return func.substr(FeedbackRow.at, 1, 10, type_=String)
    return func.to_char(func.timezone("UTC", FeedbackRow.at), "YYYY-MM-DD")
