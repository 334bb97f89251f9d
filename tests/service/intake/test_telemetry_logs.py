"""An export of OpenTelemetry's logs."""

from typing import Any

import pytest

from service.intake.lenient import NotUnderstood, moment_of
from service.intake.sources.generic import read

TRACE = 'Traceback (most recent call last):\n  File "/srv/pay.py", line 9, in charge\n    x = d["price"]\nKeyError: \'price\''


def text(name: str, value: str) -> dict[str, Any]:
    return {"key": name, "value": {"stringValue": value}}


def record(said: str, *attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "timeUnixNano": "1772439295000000000",
        "severityText": "ERROR",
        "body": {"stringValue": said},
        "attributes": list(attributes),
    }


def export(*records: dict[str, Any]) -> dict[str, Any]:
    resource = {"attributes": [text("service.name", "billing"), text("deployment.environment", "staging")]}
    return {"resourceLogs": [{"resource": resource, "scopeLogs": [{"logRecords": list(records)}]}]}


def test_every_record_is_an_alert_of_the_service_that_wrote_it() -> None:
    raised = (
        text("exception.type", "KeyError"),
        text("exception.message", "'price'"),
        text("exception.stacktrace", TRACE),
    )
    first, second = read(export(record("charge failed", *raised), record("disk is full")))
    assert first.stack_trace == TRACE
    assert second.message == "disk is full"
    for each in (first, second):
        assert (each.service, each.environment, each.severity) == ("billing", "staging", "ERROR")
        assert each.first_seen == moment_of("2026-03-02T08:14:55Z")


@pytest.mark.parametrize("body", [{"resourceLogs": []}, {"resourceLogs": [{"scopeLogs": None}, 1]}, export()])
def test_an_export_without_records_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstood):
        read(body)
