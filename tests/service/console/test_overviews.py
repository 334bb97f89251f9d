"""The tide and the quality: what many incidents say together, and that every number leads to its incidents."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from incidents.verdict import Outcome
from service.console.charts import calibration, timeline
from service.store.overview import Judged, tallies
from service.store.schemas import Feedback, Label
from service.store.store import Store
from tests.service.console.conftest import log_in
from tests.service.console.test_pages import finding
from tests.service.stand_ins import ALERT, AUTHORIZED, NOON, alert


async def incident(browser: httpx.AsyncClient, store: Store, outcome: Outcome, **changes: str) -> str:
    """An incident with this verdict."""
    accepted = await browser.post("/alerts", json=ALERT | changes, headers=AUTHORIZED)
    claim = await store.leases.claim("me")
    assert claim is not None
    assert await store.outcomes.finish(claim, finding(outcome))
    return str(accepted.json()["id"])


async def test_the_tide_shows_groups_with_their_answers_and_links_to_them(
    browser: httpx.AsyncClient, store: Store
) -> None:
    first = await incident(browser, store, "culprit", service="cart", message="null given in total")
    await incident(browser, store, "none", service="search", message="disk full", repository="shop")
    await browser.post(
        "/deploys",
        json={"repository": "shop", "revision": "v7", "at": datetime.now(UTC).isoformat()},
        headers=AUTHORIZED,
    )
    await log_in(browser)
    page = (await browser.get("/tide")).text
    assert f"/incidents?group={first}" in page
    assert "null given in total" in page
    assert "1 × Likely cause" in page
    assert "v7" in page
    assert 'class="began"' in page
    assert 'class="deployed"' in page


async def test_a_group_counts_its_incidents_services_and_errors(store: Store) -> None:
    for number in range(3):
        await store.intake.accept(alert(service=f"s{number}", count=5), "{}")
    groups = await store.overview.groups(datetime.now(UTC) - timedelta(hours=1))
    assert sum(each.incidents for each in groups) == 3
    assert sum(each.errors for each in groups) == 15
    assert all(each.answers == {"open": each.incidents} for each in groups)
    assert await store.overview.groups(datetime.now(UTC) + timedelta(hours=1)) == ()


async def test_quality_counts_what_people_said_and_names_the_incidents(
    browser: httpx.AsyncClient, store: Store
) -> None:
    said: list[tuple[Outcome, Label, str]] = [
        ("culprit", "right", "right"),
        ("culprit", "wrong", "wrong"),
        ("none", "not_a_deploy", "right"),
        ("unsure", "wrong", "not stated"),
    ]
    ids: dict[str, str] = {}
    for number, (outcome, label, result) in enumerate(said):
        found = await incident(browser, store, outcome, service=f"service{number}", message=f"error {'abc' * number}")
        await store.feedback.add(found, Feedback(label=label), "ada")
        ids[found] = result
    judged = await store.overview.judged(NOON - timedelta(days=3650))
    assert {each.incident: each.result for each in judged} == ids
    await log_in(browser)
    page = (await browser.get("/quality")).text
    assert "4 judged by people: 2 stated and right, 1 stated and wrong, 1 not stated" in page
    assert all(f"/incidents/{each}" in page for each in ids)


async def test_only_the_last_word_on_an_incident_counts(browser: httpx.AsyncClient, store: Store) -> None:
    found = await incident(browser, store, "culprit")
    await store.feedback.add(found, Feedback(label="wrong"), "ada")
    await store.feedback.add(found, Feedback(label="right"), "ada")
    (judged,) = await store.overview.judged(NOON - timedelta(days=3650))
    assert (judged.result, judged.word, judged.probability) == ("right", "high", 0.8)


def test_tallies_are_by_name_and_the_largest_comes_first() -> None:
    fields = {"incident": "INC-a", "service": "s", "repository": "r", "at": NOON, "word": "high", "probability": 0.9}
    one = Judged.model_validate(fields | {"outcome": "culprit", "label": "right"})
    two = Judged.model_validate(fields | {"outcome": "not_enough", "label": "wrong"})
    rows = tallies([("a", one), ("b", one), ("b", two)])
    assert [(row.name, row.right, row.wrong, row.not_stated, row.total) for row in rows] == [
        ("b", 1, 0, 1, 2),
        ("a", 1, 0, 0, 1),
    ]


def test_the_plot_needs_ten_verdicts_and_shows_what_was_said_against_what_was_right() -> None:
    assert calibration([(0.9, True)] * 9) == ""
    drawn = calibration([(0.9, True)] * 8 + [(0.9, False)] * 2 + [(1.0, True)])
    assert "91% said, 82% right" in drawn
    assert drawn.count("<circle") == 1


def test_the_timeline_marks_beginnings_and_deploys() -> None:
    drawn = timeline(NOON, NOON + timedelta(hours=1), [NOON + timedelta(minutes=30)], [NOON, NOON])
    assert (drawn.count('class="began"'), drawn.count('class="deployed"')) == (1, 2)
    assert 'x1="360.0"' in drawn


@pytest.mark.parametrize("path", ["/tide?hours=0", "/tide?hours=999", "/quality?days=0", "/tide?hours=x"])
async def test_a_time_that_is_none_is_refused(browser: httpx.AsyncClient, path: str) -> None:
    await log_in(browser)
    assert (await browser.get(path)).status_code == 422
