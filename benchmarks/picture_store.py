"""The store behind the pictures of docs/console.md: real investigations of sample incidents, and judged verdicts of twelve weeks."""

import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from sqlalchemy import insert, select

from incidents.alert import Alert
from incidents.incident import Status
from incidents.revert import RevertStep, Stage
from service.demo_incident import SAMPLE, TIDE
from service.demo_incident.build import build_repository
from service.settings import Settings
from service.store.store import Store
from service.store.tables import AlertRow, FeedbackRow, IncidentRow, VerdictRow
from tests.elastic.fixtures import LogStore
from tests.service.days import Day, at_work, minutes, shop_with_a_hotfix
from tests.service.stand_ins import until

_RECORDED = Path(__file__).parent.parent / "tests" / "incidents"
_GROUP = 300
_JUDGED = 420
_SERVICES = ("checkout", "search", "billing", "accounts", "catalogue", "mail", "rates", "stock")
_OTHER = """\
PHP Fatal error:  Uncaught TypeError: Unsupported operand types: string + int in /srv/shop/src/Http/SessionStore.php:12
Stack trace:
#0 /srv/shop/src/Http/Router.php(31): Shop\\Http\\SessionStore->read('4711')
#1 /srv/shop/public/index.php(20): Shop\\Http\\Router->dispatch(Object(Shop\\Http\\Request))
#2 {main}
  thrown in /srv/shop/src/Http/SessionStore.php on line 12"""
_UNIQUE = {"identity": "", "bare": "-", "wording": "-"}


class Seeded(NamedTuple):
    """Ids of the incidents to show."""

    culprit: str
    unsure: str
    none: str
    not_enough: str
    running: str
    group: str


def folders(folder: Path) -> dict[str, Path]:
    """Repository -> where `seed` builds it."""
    return {name: folder / f"{name}.git" for name in ("shop", "web-shop", "till", *TIDE)}


async def seed(store: Store, settings: Settings, log_store: LogStore) -> Seeded:
    """Fill the store. Every incident that is shown was really investigated, from evidence alone."""
    await _judged(store, _JUDGED)
    culprit = await _with_a_log(store, settings, log_store)
    alerts = [
        _recorded(settings, "till", _RECORDED / "python-callee-in-another-file", "till"),
        _recorded(settings, "rates", TIDE["rates"], "rates"),
        _recorded(settings, "search", TIDE["search"], "search"),
    ]
    shop = _recorded(settings, "web-shop", SAMPLE, "web-shop-001")
    group = [{**shop, "service": f"web-shop-{n:03}", "count": 1 + n * 7 % 90} for n in range(1, _GROUP + 1)]
    ids = await _investigated(store, settings, [*alerts, *group])
    other = {
        **shop,
        "service": "accounts",
        "message": "Uncaught TypeError: Unsupported operand types: string + int",
        "stack_trace": _OTHER,
    }
    running = await store.intake.accept(Alert.model_validate(other), "{}")
    await store.leases.claim("a replica")
    await _with_lasting_paths(store, settings)
    group_of = (await store.queries.incident(ids[3])).group
    return Seeded(culprit, ids[0], ids[1], ids[2], running, group_of)


async def _with_a_log(store: Store, settings: Settings, log_store: LogStore) -> str:
    """An incident whose error is counted in a log, with deploys before and after."""
    day = Day(shop_with_a_hotfix(settings.repositories["shop"]))
    day.noise()
    for name, before in (("import", 60 * 20), ("guard", 4), ("readme", -6)):
        day.deploy(name, before, actor="Ben")
    day.errors(lambda at: 14.0 - at / 2, since=0)
    await log_store.hold(day.rows)
    knowing = settings.model_copy(update={"logs": log_store.settings()})
    deploys = [each.model_dump(mode="json") for each in day.deploys]
    first = (day.began + minutes(5)).isoformat()
    alert = {"service": "checkout", "repository": "shop", "message": "errors above threshold", "first_seen": first}
    return (await _investigated(store, knowing, [alert | {"count": 96}], deploys))[0]


async def revert(store: Store, incident: str) -> None:
    """Note that the culprit was reverted while the error went on: the stages are made up, the errors are not."""
    found = await store.queries.incident(incident)
    assert found.verdict is not None
    assert found.verdict.culprit is not None
    stages: tuple[tuple[Stage, float], ...] = (("open", 3), ("merged", 6), ("deployed", 11), ("recovered", 15))
    for stage, later in stages:
        at = found.opened_at + minutes(later)
        await store.reverts.note(incident, RevertStep(commit=found.verdict.culprit, stage=stage, actor="ana", at=at))


async def _with_lasting_paths(store: Store, settings: Settings) -> None:
    """The commands name the temporary folder: no picture should."""
    folder = str(settings.repositories["shop"].parent)
    async with store.database.write() as session:
        for row in await session.scalars(select(VerdictRow).where(VerdictRow.outcome == "culprit")):
            row.report = json.loads(json.dumps(row.report).replace(folder, "/srv/redtide"))


def _recorded(settings: Settings, repository: str, sample: Path, service: str) -> dict[str, Any]:
    shas = build_repository(sample / "commits", settings.repositories[repository])
    alert: dict[str, Any] = json.loads((sample / "alert.json").read_text(encoding="utf-8"))
    trace = sample / "trace.txt"
    text = trace.read_text(encoding="utf-8") if trace.exists() else ""
    revisions = {name: shas[alert[name]] for name in ("base", "deployed")}
    now = {"first_seen": datetime.now(UTC).isoformat(), "last_seen": None}
    return {**alert, **now, **revisions, "stack_trace": text, "service": service, "repository": repository}


async def _investigated(
    store: Store, settings: Settings, alerts: Sequence[dict[str, Any]], deploys: Sequence[dict[str, Any]] = ()
) -> list[str]:
    async with at_work(store, settings) as client:
        if deploys:
            (await client.post("/deploys", json=list(deploys))).raise_for_status()
        ids = [(await _accepted(client, each)) for each in alerts]

        async def ended() -> bool:
            counts = await store.queries.counts()
            return not (counts.get(Status.OPEN, 0) + counts.get(Status.INVESTIGATING, 0))

        await until(ended, 600, 0.2)
    return ids


async def _accepted(client: httpx.AsyncClient, alert: dict[str, Any]) -> str:
    return str((await client.post("/alerts", json=alert)).raise_for_status().json()["id"])


async def _judged(store: Store, count: int) -> None:
    """Verdicts of the last twelve weeks that people judged: the numbers are made up, and right as often as they say."""
    chance = random.Random(5)
    async with store.database.engine.begin() as connection:
        for number in range(count):
            for table, row in _judgement(number, chance):
                await connection.execute(insert(table), row)


def _judgement(number: int, chance: random.Random) -> Iterator[tuple[Any, dict[str, Any]]]:
    at = datetime.now(UTC) - timedelta(days=1 + 83 * chance.random())
    incident, service = f"INC-{number:010}", chance.choice(_SERVICES)
    probability = chance.choice((0.35, 0.55, 0.7, 0.8, 0.9, 0.95)) + 0.04 * chance.random()
    stated = probability > 0.6
    outcome = chance.choice(("culprit", "culprit", "culprit", "none")) if stated else "unsure"
    right = chance.random() < probability
    label = ("not_a_deploy" if outcome == "none" else "right") if right else "wrong"
    word = "high" if probability > 0.85 else "medium" if stated else "low"
    alert = {"service": service, "message": "an earlier error", "stack_trace": "", "repository": "shop"}
    yield AlertRow, {"id": number + 1, "received_at": at, "source": "redtide", "alert": alert}
    yield (
        IncidentRow,
        {
            "id": incident, "alert_id": number + 1, "opened_at": at, "last_seen_at": at, "closed_at": at,
            "service": service, "environment": "production", "repository": "shop", "base": "a", "deployed": "b",
            "status": "done", "error": "an earlier error", "group_id": incident, **_UNIQUE,
        },
    )  # fmt: skip
    yield (
        VerdictRow,
        {
            "incident_id": incident, "version": 1, "at": at, "seconds": 1.0, "outcome": outcome, "word": word,
            "probability": probability, "evidence": {}, "verdict": {}, "report": {},
        },
    )  # fmt: skip
    yield (
        FeedbackRow,
        {"incident_id": incident, "at": at, "version": 1, "actor": "ada", "label": label, "note": ""},
    )
