"""The collection of bodies: each is read as a person read it, and nothing that is made of them is an error of ours."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.intake.body_reading import read_body
from service.intake.sources import SOURCES
from service.intake.sources.generic import SOURCE as GENERIC
from service.intake.sources.redtide import SOURCE as OWN
from tests.service.intake.cases import Case, cases, differences, mark

CASES = list(cases())
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def named(case: Case) -> str:
    return f"{case.source}: {case.about}"


def keys_of(value: object) -> set[str]:
    if isinstance(value, dict):
        return {str(key) for key in value} | {key for inner in value.values() for key in keys_of(inner)}
    return {key for inner in value for key in keys_of(inner)} if isinstance(value, list) else set()


def texts_of(value: object) -> set[str]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return {text for each in inner for text in texts_of(each)}
    return {value} if isinstance(value, str) else set()


@cache
def json_of(source: str) -> st.SearchStrategy[Any]:
    """Any JSON, made of the keys and words of this sender, so that it comes to where they are looked at."""
    bodies = [case.body for case in CASES if case.source == source]
    keys = st.sampled_from(sorted(keys_of(bodies))) | st.text(max_size=8)
    words = st.sampled_from(sorted(texts_of(bodies)))
    return st.recursive(
        SCALARS | words,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=5),
        max_leaves=25,
    )


@cache
def real_of(source: str) -> st.SearchStrategy[Case]:
    """The bodies of this sender."""
    return st.sampled_from([case for case in CASES if case.source == source])


def spoilt(value: Any, draw: Callable[[st.SearchStrategy[Any]], Any], junk: st.SearchStrategy[Any]) -> Any:  # noqa: ANN401 (any JSON)
    """The same with one place of it replaced, removed or doubled."""
    if not isinstance(value, dict | list) or not value or draw(st.integers(0, 5)) == 0:
        return draw(junk)
    copied: Any = dict(value) if isinstance(value, dict) else list(value)
    at = draw(st.sampled_from(sorted(copied) if isinstance(copied, dict) else range(len(copied))))
    if draw(st.integers(0, 9)) == 0:
        del copied[at]
    else:
        copied[at] = spoilt(copied[at], draw, junk)
    return copied


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_body_says_what_a_person_reads_in_it(case: Case) -> None:
    assert differences(case) in ([], [[]] * len(case.alerts or [])), mark(case)


def test_every_sender_is_in_the_collection_with_a_body_that_it_refuses() -> None:
    assert {case.source for case in CASES} == set(SOURCES)
    assert {case.source for case in CASES if case.refused} == set(SOURCES)
    assert len(CASES) >= 60


@pytest.mark.parametrize("source", sorted(set(SOURCES) - {OWN.name, GENERIC.name}))
def test_a_foreign_text_opens_no_incident_and_the_answer_says_what_is_read_here(source: str) -> None:
    read = Case(source, "foreign", {"text": "disk full", "channel": "#ops"}).read()
    assert not read.drafts
    assert read.errors
    assert "docs/alert-sources.md" in str(read.errors[0]["msg"])


def test_a_body_of_which_nothing_is_left_is_refused_and_an_empty_alert_beside_others_is_kept() -> None:
    empty: dict[str, object] = {"status": "firing", "labels": {}}
    assert Case("alertmanager", "empty", {"alerts": [empty]}).read().errors
    told = empty | {"labels": {"alertname": "Down", "service": "billing"}}
    assert len(Case("alertmanager", "beside", {"alerts": [empty, told]}).read().drafts) == 2


@pytest.mark.parametrize("case", [case for case in CASES if case.incidents], ids=named)
def test_what_fires_once_is_one_incident_and_what_fires_apart_is_not(case: Case) -> None:
    assert len({notice.identity for notice in case.notices()}) == case.incidents


@pytest.mark.parametrize("source", sorted(SOURCES))
@given(data=st.data())
@EXAMPLES
def test_no_json_is_an_error_of_ours(source: str, data: st.DataObject) -> None:
    body = data.draw(json_of(source))
    for notice in Case(source, "any", body).notices():
        assert notice.alert.service


@pytest.mark.parametrize("source", sorted(SOURCES))
@given(data=st.data())
@EXAMPLES
def test_no_real_body_with_a_spoilt_place_is_an_error_of_ours(source: str, data: st.DataObject) -> None:
    case = data.draw(real_of(source))
    body = spoilt(case.body, data.draw, json_of(source))
    for notice in Case(source, "spoilt", body).notices():
        assert notice.alert.service


@pytest.mark.parametrize("source", sorted(SOURCES))
@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"{", b"\xff", b"[" * 100_000, b'{"a":' * 50_000])
def test_what_is_no_object_is_refused(source: str, body: bytes) -> None:
    assert read_body(source, body, {}).errors


def test_a_secret_in_a_frame_or_a_detail_is_not_stored() -> None:
    secret = "ghp_" + "a1B2" * 9
    (case,) = [each for each in CASES if each.source == "sentry" and each.about.startswith("the error resource of Py")]
    text = json.dumps(case.body).replace("billing.invoice in total", f"token {secret}").replace("'currency'", secret)
    (notice,) = Case("sentry", "secret", json.loads(text)).notices()
    assert secret not in str(notice)
    assert notice.trace
    assert notice.trace.frames
