"""Whatever the log store does: a clear statement in the report, and no incident lost."""

from typing import Any

import pytest

from incidents.incident import Status
from incidents.report import Report
from service.render import markdown, terminal
from service.settings import Settings
from service.store.store import Store
from tests.elastic.fixtures import LogStore
from tests.service.days import Day, investigated, shop_with_a_hotfix
from tests.shop import TRACE

ONE_DATABASE = True


@pytest.fixture
def day(settings: Settings) -> Day:
    """A spike after a deploy."""
    day = Day(shop_with_a_hotfix(settings.repositories["shop"]))
    day.deploy("import", 60 * 20)
    day.deploy("guard", 4)
    day.errors(lambda at: 6.0, since=0)
    return day


async def report_of(
    store: Store,
    settings: Settings,
    day: Day,
    log_store: LogStore,
    alert: dict[str, object] | None = None,
    **logs: object,
) -> Report:
    knowing = settings.model_copy(update={"logs": log_store.settings(**logs)})
    seen = await investigated(store, knowing, day, log_store, **(alert or {}))
    assert seen.status is Status.DONE, seen.failure
    assert seen.report is not None
    assert (seen.base, seen.deployed) == (day.shas["import"], day.shas["guard"])
    return seen.report


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"down": True}, "Elasticsearch: it cannot be reached"),
        ({"delay": 3_600}, "Elasticsearch: no answer within 0.2 s"),
        ({"overloaded": -1}, "Elasticsearch: HTTP 429, it is overloaded"),
        ({"garbage": True}, "Elasticsearch: the answer cannot be read"),
        ({"another_product": True}, "Elasticsearch: the server is not Elasticsearch"),
    ],
)
async def test_a_store_that_does_not_answer(
    store: Store, settings: Settings, day: Day, log_store: LogStore, fault: dict[str, Any], said: str
) -> None:
    server = log_store.fails()
    await log_store.hold(day.rows)
    day.rows.clear()
    vars(server.faults).update(fault)
    patience = 0.2 if "delay" in fault else 30  # who answers may take its time
    report = await report_of(store, settings, day, log_store, request_seconds=patience)
    (sentence,) = [text for text in report.missing if "log could not be asked" in text]
    assert said in sentence
    assert f"asked {log_store.index} for service checkout, production" in sentence
    assert said[:40] in terminal.render(report, width=2_000)
    assert "could not be asked" in markdown.render(report)
    assert report.began == ""


async def test_a_store_that_is_down_leaves_the_trace_of_the_alert(
    store: Store, settings: Settings, day: Day, log_store: LogStore
) -> None:
    log_store.fails().faults.down = True
    day.rows.clear()
    report = await report_of(store, settings, day, log_store, {"stack_trace": TRACE})
    assert report.outcome == "culprit"
    assert report.commits[0].sha == day.shas["guard"]


async def test_an_alert_without_a_word_and_a_store_that_is_down_still_end_in_a_report(
    store: Store, settings: Settings, day: Day, log_store: LogStore
) -> None:
    log_store.fails().faults.down = True
    day.rows.clear()
    report = await report_of(store, settings, day, log_store, {"message": ""})
    assert report.outcome != "culprit"
    assert any("cannot be reached" in text for text in report.missing)


async def test_half_of_the_shards_fail(store: Store, settings: Settings, day: Day, log_store: LogStore) -> None:
    log_store.fails().faults.failing_shards = frozenset({0, 2})
    report = await report_of(store, settings, day, log_store)
    assert f"2 of 4 shards of {log_store.index} failed: every count is a lower bound." in report.missing
    assert " we got at least " in report.began


async def test_a_search_that_ran_out_of_time(store: Store, settings: Settings, day: Day, log_store: LogStore) -> None:
    log_store.fails().faults.timed_out = True
    report = await report_of(store, settings, day, log_store)
    assert any("ran out of time: every count is a lower bound." in text for text in report.missing)


async def test_malformed_documents_and_traces_of_a_megabyte(
    store: Store, settings: Settings, day: Day, log_store: LogStore
) -> None:
    frames = "".join(f'  File "/srv/app/lib/other{n}.py", line 1, in call\n    pass\n' for n in range(16_000))
    for n, row in enumerate(day.rows):
        if n % 20 == 0:
            row["error"]["stack_trace"] = TRACE.replace("TypeError", frames + "TypeError")
        if n % 7 == 1:
            row["error"] = {"type": ["TypeError"], "message": [row["message"], 5], "stack_trace": [TRACE, 3]}
        if n % 7 == 2:
            row["host"] = {"name": ["a", "b"]}
            row["service.version"] = "odd"
    report = await report_of(store, settings, day, log_store)
    assert report.error.startswith("TypeError: unsupported operand")
    assert report.began.startswith("Around ")


async def test_no_document_at_all(store: Store, settings: Settings, day: Day, log_store: LogStore) -> None:
    await log_store.hold([])
    day.rows.clear()
    report = await report_of(store, settings, day, log_store)
    assert any(text.startswith("The log holds no error of checkout from ") for text in report.missing)


async def test_a_deploy_log_in_an_index_that_fails_is_told(
    store: Store, settings: Settings, day: Day, log_store: LogStore
) -> None:
    server = log_store.fails()
    await log_store.hold(day.rows)
    day.rows.clear()
    server.faults.overloaded = -1
    report = await report_of(store, settings, day, log_store, deploy_index="deploys")
    assert any(text.startswith("The deploy log could not be asked: ") for text in report.missing)


async def test_without_a_log_store_the_report_says_what_is_missing(
    store: Store, settings: Settings, day: Day, log_store: LogStore
) -> None:
    day.rows.clear()
    seen = await investigated(store, settings, day, log_store, stack_trace=TRACE)
    assert seen.report is not None
    assert seen.report.missing == ("No log store is configured: the error's beginning is the time the alert gives.",)
    assert seen.report.outcome == "culprit"
    assert ", at " in seen.report.verdict_line or "deployed at " in seen.report.verdict_line
