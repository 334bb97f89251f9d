"""From an alert without a trace to what the log tells."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from incidents.alert import Alert
from tests.elastic.filling import CLASSIC_MAPPING, document
from tests.elastic.fixtures import LogStore
from tools.logs.client import Connection
from tools.logs.log_reading import LogReading
from tools.logs.lookup import look_up
from tools.traces import parse

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BEGAN = NOON - timedelta(minutes=9, seconds=25)
Connect = Callable[..., Connection]
TRACE = (
    "PHP Fatal error:  Uncaught TypeError: Cart::total(): null returned in /srv/shop/src/Cart.php:41\nStack trace:\n"
    "#0 /srv/shop/src/Checkout.php(88): Cart->total()\n#1 {main}\n  thrown in /srv/shop/src/Cart.php on line 41"
)
MESSAGE = "Cart::total(): null returned"


def wave(count: int = 51) -> list[dict[str, object]]:
    """A new error every ten seconds, and an old one every half hour."""
    news = [
        document(BEGAN + timedelta(seconds=10 * n), MESSAGE, trace=TRACE, version="v2", host=f"web-{n % 3}")
        for n in range(count)
    ]
    old = [
        document(NOON - timedelta(minutes=30 * n), "gateway timeout", kind="Timeout", version="v1")
        for n in range(1, 90)
    ]
    return news + old


def alert(**changed: object) -> Alert:
    given = {"service": "checkout", "repository": "shop", "message": "51 errors in 5 minutes", "first_seen": NOON}
    return Alert.model_validate({**given, **changed})


async def read(connection: Connection, alert: Alert) -> LogReading:
    return await look_up(connection, alert, parse(alert.text), NOON)


async def test_the_trace_the_beginning_and_the_places_of_an_error(log_store: LogStore, connected: Connect) -> None:
    await log_store.hold(wave())
    found = await read(connected(), alert())
    assert found.missing == ()
    assert found.text == TRACE
    log = found.findings
    assert log is not None
    assert log.complete
    assert log.onset is not None
    assert (log.onset.kind, log.onset.shape, log.onset.at) == ("new", "sudden", BEGAN)
    assert log.onset.earliest <= BEGAN <= log.onset.latest
    assert log.onset.latest - log.onset.earliest < timedelta(minutes=3)
    assert log.onset.rate_before == 0
    assert log.onset.rate_after == pytest.approx(5.4, abs=0.7)
    assert (log.total, sum(log.counts), log.first_host, log.first_version) == (51, 51, "web-0", "v2")
    assert {each.name for each in log.hosts} == {"web-0", "web-1", "web-2"}
    assert [each.title for each in log.others] == []


async def test_a_message_of_the_alert_chooses_the_error_and_others_are_counted(
    log_store: LogStore, connected: Connect
) -> None:
    rare = [document(NOON - timedelta(minutes=n), "stock is empty", kind="StockError") for n in range(1, 6)]
    await log_store.hold([*wave(), *rare])
    found = await read(connected(), alert(message="stock is empty"))
    assert found.findings is not None
    assert found.findings.title == "StockError: stock is empty"
    (other,) = found.findings.others
    assert (other.title, other.count) == (f"TypeError: {MESSAGE}", 51)


async def test_an_error_that_stopped_says_when(log_store: LogStore, connected: Connect) -> None:
    await log_store.hold(wave(20))
    found = await read(connected(), alert())
    assert found.findings is not None
    assert found.findings.onset is not None
    assert found.findings.onset.ended == BEGAN + timedelta(seconds=190)


async def test_classic_logs_tell_the_same(log_store: LogStore, connected: Connect) -> None:
    rows = [
        {"@timestamp": (BEGAN + timedelta(seconds=10 * n)).isoformat(), "message": TRACE, "host": {"name": "web-1"}}
        for n in range(50)
    ]
    await log_store.hold(rows, CLASSIC_MAPPING)
    found = await read(connected(layout="classic"), alert())
    assert found.text == TRACE
    assert found.findings is not None
    assert found.findings.onset is not None
    assert (found.findings.onset.at, found.findings.total) == (BEGAN, 50)


async def test_a_link_to_kibana_shows_exactly_these_documents(log_store: LogStore, connected: Connect) -> None:
    await log_store.hold(wave())
    found = await read(connected(kibana_url="https://kibana.example.org/s/shop/"), alert())
    assert found.findings is not None
    url = found.findings.url or ""
    assert url.startswith("https://kibana.example.org/s/shop/app/discover#/?_g=")
    assert "error.type" in url
    assert not set(url) & set("\"'()<> ")


async def test_an_environment_nobody_names_is_left_out_and_told(log_store: LogStore, connected: Connect) -> None:
    await log_store.hold(wave())
    found = await read(connected(), alert(environment="prod"))
    assert found.findings is not None
    assert found.missing == ("No such document names the environment prod: all of them were read.",)


async def test_no_document_is_told(log_store: LogStore, connected: Connect) -> None:
    await log_store.hold(wave())
    found = await read(connected(), alert(service="search"))
    assert (found.text, found.trace, found.findings) == ("", None, None)
    assert found.missing == ("The log holds no error of search from 2026-11-23 11:45:00 to 2026-11-23 12:00:01 UTC.",)


async def test_what_was_known_before_a_question_failed_is_kept(
    log_store: LogStore, connected: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = log_store.fails()
    await log_store.hold(wave())
    connection = connected()
    ask = connection.search

    async def then_down(*given: object) -> object:
        server.faults.down = len(server.searches) >= 10
        return await ask(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(connection, "search", then_down)
    found = await read(connection, alert())
    assert found.text == TRACE
    assert found.findings is not None
    assert not found.findings.complete
    assert "cannot be reached" in found.missing[-1]


async def test_a_slow_server_costs_no_more_than_the_limit(log_store: LogStore, connected: Connect) -> None:
    await log_store.hold([])
    log_store.fails().faults.delay = 0.2
    found = await read(connected(lookup_seconds=0.3, request_seconds=5), alert())
    assert found.missing == ("The log was asked for 0.3 s; what it had not told by then is missing.",)
