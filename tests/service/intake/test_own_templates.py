"""Bodies that people write for a known sender: read as any sender's where they surely are alerts, else refused by name."""

from typing import Any

import pytest

from service.intake.sources import SOURCES
from tests.service.intake.cases import Case

TEMPLATED = sorted(name for name, source in SOURCES.items() if source.templated)
OWN = {"headline": "Error rate is high", "app": "billing", "severity": "critical", "condition": "firing"}


@pytest.mark.parametrize("source", TEMPLATED)
def test_a_template_with_names_of_its_own_is_an_alert(source: str) -> None:
    (draft,) = Case(source, "own", OWN).read().drafts
    assert (draft.message, draft.service, draft.severity) == ("Error rate is high", "billing", "critical")


@pytest.mark.parametrize("source", TEMPLATED)
@pytest.mark.parametrize("body", [{"headline": "disk full"}, {"headline": "disk full", "level": "high"}])
def test_what_says_too_little_is_refused(source: str, body: dict[str, Any]) -> None:
    assert Case(source, "little", body).read().errors


@pytest.mark.parametrize("source", sorted(set(SOURCES) - set(TEMPLATED) - {"generic", "redtide"}))
def test_a_sender_that_writes_its_bodies_itself_is_taken_at_its_word(source: str) -> None:
    assert Case(source, "own", OWN).read().errors


@pytest.mark.parametrize("source", ["grafana", "sentry", "pagerduty"])
def test_a_body_at_the_address_of_another_sender_is_told_where_it_belongs(source: str) -> None:
    (error, *_) = Case(source, "elsewhere", {"AlarmName": "db-cpu", "NewStateValue": "ALARM"}).read().errors or ()
    assert str(error["msg"]).endswith("this is a body for POST /alerts/cloudwatch")
