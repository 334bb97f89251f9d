"""A body of a known sender that is posted to /alerts/generic: it is read as at its own address, or as any other."""

from dataclasses import replace

import pytest

from service.intake.lenient import Draft
from service.intake.sender_forms import reader_of
from service.intake.sources import SOURCES
from service.intake.sources.generic import SOURCE as GENERIC
from service.intake.sources.redtide import SOURCE as OWN
from service.intake.unpacking import unpacked
from tests.service.intake.cases import Case, cases

ACCEPTED = [case for case in cases() if case.refused is None]
TOLD_APART = sorted(set(SOURCES) - {GENERIC.name, OWN.name})
OTHERWISE = {
    "bugsink": {
        "the backend for Slack",
        "Slack's form of the test",
    },
    "bugsnag": {
        "trigger and trace are texts",
        "a trigger in a word, frames of PHP",
    },
    "datadog": {
        "another product sends what makes an event",
        "the same is over",
        "a link that is none of the web",
        "an incident tool's template without tags",
        "a platform's template with a status, tags as a list and a time as text",
        "a normaliser's template, seconds, the tags a list",
        "a log product's form of an event",
        "a test's body, the priority is a word",
        "a title and a key",
        "an incident of Datadog's own, by the variables of incidents",
        "a model with the state as alert_status",
        "an incident tool's template of four words",
        "a company's template, what is told of the alert below its own key",
        "a log service's template with labels and annotations",
        "tags are an object",
        "a hand-written one whose priority is a word",
        "four names of a monitor",
        "what is posted to Datadog's event API, posted here",
        "an own template with the monitor's fields",
        "a template of somebody's own, the monitor stands in the text",
        "the same is over, by hand",
    },
    "elastic": {
        "an index connector's document with four names",
        "a rule's own template with the documents that it found",
        "three names of the rule and the alert",
        "an index document with a message of the context",
        "all below alert",
        "a log threshold fires",
        "the log threshold is over",
        "three names and a link",
        "a ticket's fields",
        "a rule with a time of the original",
        "a fixed message",
    },
    "google": {
        "Pub/Sub's message as a CloudEvent has it; a policy, a resource and a time",
    },
    "grafana": {
        "an alert by hand for a demonstration, a region for a label",
        "nothing but a status and a title",
        "a script's test, a group without a list of alerts",
    },
    "newrelic": {
        "impacted entities are objects",
        "a workflow's template with three fields, nothing says what happened",
        "an incident as an object",
        "the event type says the state",
        "the older channel's names in camel case, version 3",
        "a template with labels of its own",
        "the same, closed",
        "an incident inside an event, which has an id of its own",
        "a template of a workflow",
    },
    "pagerduty": {
        "an APM's template of the first Events API, without the key of a service",
    },
    "sentry": {
        "the first plugin's six names",
        "no action, an issue and an event with titles",
        "an issue without an action, its status says that it is over",
        "an issue as the API gives it",
    },
}
"""Bodies of the collection that are read otherwise: templates of somebody's own, chats, envelopes, names that others use too."""


def told(case: Case) -> bool:
    return all(reader_of(each) is not None for each in unpacked(case.sent(), case.headers))


def of(source: str) -> list[Case]:
    return [case for case in ACCEPTED if case.source == source]


def _read(case: Case) -> list[Draft]:
    """What it says, whatever older builds knew it by."""
    return [replace(draft, formerly_by_words=False) for draft in case.read().drafts]


@pytest.mark.parametrize("source", TOLD_APART)
def test_a_body_of_a_known_sender_is_read_as_at_its_own_address(source: str) -> None:
    bodies = [case for case in of(source) if case.alerts or told(case)]
    otherwise = [case.about for case in bodies if _read(replace(case, source=GENERIC.name)) != _read(case)]
    assert sorted(otherwise) == sorted(OTHERWISE.get(source, ()))
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
        {"event_name": "sold_out", "data": {"item": {"id": 7, "title": "Shoes"}}, "title": "Shop is slow"},
    ],
)
def test_a_likeness_is_not_enough(body: dict[str, object]) -> None:
    assert reader_of(body) is None
    assert Case(GENERIC.name, "alike", body).read().drafts
