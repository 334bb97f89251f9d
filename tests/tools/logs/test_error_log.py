"""Questions to the log store, answered by executing them over stored documents."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incidents.errors import LogsRefused, LogsUnavailable
from tests.elastic.filling import CLASSIC_MAPPING, document
from tests.elastic.fixtures import LogStore
from tools.logs.client import Connection
from tools.logs.error_log import ErrorLog
from tools.logs.queries import Wanted, Window

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = Window(NOON, NOON + timedelta(hours=1))
CHECKOUT = Wanted(service="checkout", environment="production", levels=("error",))
Connect = Callable[..., Connection]


def minute(number: float, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 (any field)
    return document(NOON + timedelta(minutes=number), **changed)


async def test_documents_come_newest_first_over_several_pages(log_store: LogStore, connected: Connect) -> None:
    await log_store.hold(minute(n, version=f"v{n}") for n in range(40))
    found = await ErrorLog(connected(page=7, sample=20)).sample(CHECKOUT, HOUR)
    assert [each.version for each in found] == [f"v{n}" for n in range(39, 19, -1)]


async def test_small_documents_come_in_few_pages(log_store: LogStore, connected: Connect) -> None:
    await log_store.hold(minute(n / 2) for n in range(100))
    server = log_store.fails()
    await ErrorLog(connected(page=10, sample=100)).sample(CHECKOUT, HOUR)
    assert [body["size"] for body in server.searches] == [10, 90]


async def test_large_documents_come_until_there_is_enough_to_read(log_store: LogStore, connected: Connect) -> None:
    await log_store.hold(minute(n, trace="x" * 100_000) for n in range(50))
    server = log_store.fails()
    found = await ErrorLog(connected(page=4, sample_bytes=1_000_000)).sample(CHECKOUT, HOUR)
    assert [body["size"] for body in server.searches] == [4, 4, 4]
    assert len(found) == 12


async def test_other_services_environments_levels_and_times_are_left_out(
    log_store: LogStore, connected: Connect
) -> None:
    others: list[dict[str, str]] = [{"service": "billing"}, {"environment": "staging"}]
    documents = [minute(1), *(minute(2, **other) for other in others), minute(-1), minute(60)]
    calm = minute(3, level="info")
    del calm["error"]
    await log_store.hold([*documents, calm])
    found = await ErrorLog(connected()).sample(CHECKOUT, HOUR)
    assert [each.at for each in found] == [NOON + timedelta(minutes=1)]


async def test_a_message_is_found_by_its_words_in_order(log_store: LogStore, connected: Connect) -> None:
    await log_store.hold([minute(1, message="could not load the cart"), minute(2, message="the cart could not load")])
    wanted = Wanted(service="checkout", phrases=("could not LOAD the",), phrase_field="error.message")
    assert len(await ErrorLog(connected()).sample(wanted, HOUR)) == 1


async def test_counts_cover_the_window_and_sum_to_the_total(log_store: LogStore, connected: Connect) -> None:
    await log_store.hold(minute(n / 3) for n in range(60))
    log = ErrorLog(connected())
    start, counts = await log.counts(CHECKOUT, HOUR, timedelta(minutes=5))
    assert (start, counts) == (NOON, (15,) * 4 + (0,) * 8)
    assert (await log.summary(CHECKOUT, HOUR)).total == 60


async def test_versions_and_hosts_are_counted_and_the_first_document_found(
    log_store: LogStore, connected: Connect
) -> None:
    await log_store.hold([minute(5, version="v2", host="b"), minute(4, version="v2"), minute(9, version="v1")])
    log = ErrorLog(connected())
    found = await log.summary(CHECKOUT, HOUR)
    assert {each.name: each.count for each in found.versions} == {"v2": 2, "v1": 1}
    assert {each.name: each.count for each in found.hosts} == {"web-1": 2, "b": 1}
    assert (found.first_at, found.last_at) == (NOON + timedelta(minutes=4), NOON + timedelta(minutes=9))
    first = await log.first(CHECKOUT, HOUR)
    assert first is not None
    assert (first.version, first.host) == ("v2", "web-1")


async def test_a_data_stream_is_asked_by_its_name(log_store: LogStore, connected: Connect) -> None:
    await log_store.hold_in_a_data_stream([minute(1)])
    assert len(await ErrorLog(connected()).sample(CHECKOUT, HOUR)) == 1


async def test_an_index_that_is_not_there_is_no_failure_but_told(log_store: LogStore, connected: Connect) -> None:
    log = ErrorLog(connected(index=log_store.index + "-nothing-*"))
    assert await log.sample(CHECKOUT, HOUR) == []
    assert log.gaps[0].startswith("No index matches ")


async def test_classic_logs_are_read_from_their_message(log_store: LogStore, connected: Connect) -> None:
    fatal = "PHP Fatal error:  Uncaught TypeError: null given in /srv/shop/src/Cart.php:41"
    rows = [{"@timestamp": NOON.isoformat(), "message": text} for text in (fatal, "GET /cart 200")]
    await log_store.hold(rows, CLASSIC_MAPPING)
    found = await ErrorLog(connected(layout="classic")).sample(CHECKOUT, HOUR)
    assert [each.text for each in found] == [fatal]


async def test_documents_of_other_shapes_are_read_as_far_as_they_go(log_store: LogStore, connected: Connect) -> None:
    dotted = {"@timestamp": NOON.isoformat(), "service.name": "checkout", "error.type": "TypeError", "message": "x"}
    listed = minute(1) | {"error": {"type": ["TypeError", "Error"], "message": ["a", "b"], "stack_trace": ["#0", "#1"]}}
    await log_store.hold([dotted, listed, minute(2, message="m" * 9_000, trace="t" * 1_000_000)])
    huge, many, flat = await ErrorLog(connected()).sample(Wanted(service="checkout"), HOUR)
    assert len(huge.stack_trace) <= 200_010
    assert (many.error_message, many.stack_trace) == ("a\nb", "#0\n#1")
    assert (flat.service, flat.error_type) == ("checkout", "TypeError")


async def test_a_server_that_is_down_says_what_was_asked_and_no_credential(
    log_store: LogStore, connected: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDTIDE_ELASTIC_PASSWORD", "hunter2hunter2")
    log_store.fails().faults.down = True
    with pytest.raises(LogsUnavailable, match="cannot be reached") as caught:
        await ErrorLog(connected(username="redtide")).sample(CHECKOUT, HOUR)
    error = caught.value
    assert (error.index, error.query) == (log_store.index, "service checkout, production")
    assert error.window == "2026-11-23 12:00:00 to 2026-11-23 13:00:00 UTC"
    assert "hunter2" not in f"{error!r} {error.__context__!r} {error.__cause__!r}"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"overloaded": -1}, "HTTP 429, it is overloaded"),
        ({"delay": 1.0}, "no answer within 0.2 s"),
        ({"garbage": True}, "cannot be read"),
    ],
)
async def test_faults_are_typed(log_store: LogStore, connected: Connect, fault: dict[str, Any], said: str) -> None:
    vars(log_store.fails().faults).update(fault)
    with pytest.raises(LogsUnavailable, match=said):
        await ErrorLog(connected(request_seconds=0.2)).sample(CHECKOUT, HOUR)


async def test_an_overload_that_passes_is_waited_for(log_store: LogStore, connected: Connect) -> None:
    await log_store.hold([minute(1)])
    log_store.fails().faults.overloaded = 2
    assert len(await ErrorLog(connected(retries=2)).sample(CHECKOUT, HOUR)) == 1


async def test_a_server_that_is_not_elasticsearch_is_refused(log_store: LogStore, connected: Connect) -> None:
    log_store.fails().faults.another_product = True
    with pytest.raises(LogsRefused, match="not Elasticsearch"):
        await ErrorLog(connected()).sample(CHECKOUT, HOUR)


async def test_shards_that_fail_make_every_count_a_lower_bound(log_store: LogStore, connected: Connect) -> None:
    await log_store.hold(minute(n) for n in range(40))
    log_store.fails().faults.failing_shards = frozenset({0, 1})
    log = ErrorLog(connected())
    assert (await log.summary(CHECKOUT, HOUR)).total == 20
    assert log.gaps == (f"2 of 4 shards of {log_store.index} failed: every count is a lower bound.",)


async def test_a_question_the_server_does_not_understand_is_refused(log_store: LogStore, connected: Connect) -> None:
    await log_store.hold([minute(1)])
    with pytest.raises(LogsRefused, match="HTTP 400, illegal_argument_exception"):
        await ErrorLog(connected(fields={"version": "error.message"})).summary(CHECKOUT, HOUR)


@pytest.mark.parametrize("version", [8, 9])
async def test_both_versions_of_the_server_understand_us(log_store: LogStore, connected: Connect, version: int) -> None:
    log_store.fails().version = version
    await log_store.hold([minute(1)])
    assert len(await ErrorLog(connected()).sample(CHECKOUT, HOUR)) == 1


async def test_credentials_are_sent_and_refused_ones_named(
    log_store: LogStore, connected: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log_store.hold([minute(1)])
    log_store.fails().authorization = "ApiKey c2VjcmV0"
    with pytest.raises(LogsRefused, match="HTTP 401, the credentials are refused"):
        await ErrorLog(connected()).sample(CHECKOUT, HOUR)
    monkeypatch.setenv("REDTIDE_ELASTIC_API_KEY", "c2VjcmV0")
    assert len(await ErrorLog(connected()).sample(CHECKOUT, HOUR)) == 1


async def test_every_question_is_bounded(log_store: LogStore, connected: Connect) -> None:
    server = log_store.fails()
    await log_store.hold([minute(1)])
    log = ErrorLog(connected(terminate_after=500))
    await log.sample(CHECKOUT, HOUR)
    await log.summary(CHECKOUT, HOUR)
    for body in server.searches:
        assert (body["terminate_after"], body["timeout"]) == (500, "8s")
        assert body["size"] <= 200
        assert "range" in body["query"]["bool"]["filter"][0]
