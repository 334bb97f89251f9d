"""A body of a known sender that is posted to /alerts/generic: it is read as at its own address, or as any other."""

from dataclasses import replace

import pytest

from service.intake.sender_forms import reader_of
from service.intake.sources import SOURCES
from service.intake.sources.generic import SOURCE as GENERIC
from service.intake.sources.redtide import SOURCE as OWN
from service.intake.unpacking import unpacked
from tests.service.intake.cases import Case, cases

ACCEPTED = [case for case in cases() if case.refused is None]
TOLD_APART = sorted(set(SOURCES) - {GENERIC.name, OWN.name})
OTHERWISE = {"bugsink": 2, "bugsnag": 2, "datadog": 15, "elastic": 11, "google": 1, "grafana": 3, "newrelic": 8}
OTHERWISE |= {"sentry": 3}
"""How many of a sender's bodies in the collection are not told apart: templates of somebody's own, chats, envelopes."""


def told(case: Case) -> bool:
    return all(reader_of(each) is not None for each in unpacked(case.sent(), case.headers))


def of(source: str) -> list[Case]:
    return [case for case in ACCEPTED if case.source == source]


@pytest.mark.parametrize("source", TOLD_APART)
def test_a_body_of_a_known_sender_is_read_as_at_its_own_address(source: str) -> None:
    bodies = [case for case in of(source) if case.alerts or told(case)]
    otherwise = [case.about for case in bodies if replace(case, source=GENERIC.name).read() != case.read()]
    assert len(otherwise) == OTHERWISE.get(source, 0), otherwise
    assert any(told(case) for case in bodies)


def test_a_body_of_no_known_sender_is_taken_for_none() -> None:
    assert [case.about for case in of(GENERIC.name) + of(OWN.name) if told(case)] == []


@pytest.mark.parametrize(
    "body",
    [
        {"action": "created", "installation": {"id": 7}, "message": "a code host's own event"},
        {"event": "outage", "message": "Shop is slow", "outage": {"since": "2026-03-02"}},
        {"trigger": {"type": "threshold"}, "project": {"name": "shop"}, "title": "Shop is slow"},
        {"rule": {"id": "1"}, "title": "Shop is slow"},
        {"event_name": "sold", "data": {"item": {"id": 7, "title": "tea", "environment": "shop", "level": "low"}}},
    ],
)
def test_a_likeness_is_not_enough(body: dict[str, object]) -> None:
    assert reader_of(body) is None
    assert Case(GENERIC.name, "alike", body).read().drafts
