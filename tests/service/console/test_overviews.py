"""The tide and the quality: what many incidents say together, and that every number leads to its incidents."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from incidents.verdict import Outcome
from service.console.charts import timeline
from service.render.calibration_chart import Bin, calibration_chart
from service.store.quality import Result, Wanted, bins, tallies
from service.store.schemas import Feedback, Label
from service.store.store import Store
from tests.service.console.conftest import log_in
from tests.service.console.findings import finding
from tests.service.stand_ins import ALERT, AUTHORIZED, NOON, alert

RESULTS: tuple[Result, ...] = ("right", "wrong", "not stated")


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
    wanted = Wanted(since=NOON - timedelta(days=3650))
    by_result = {result: await store.quality.latest(wanted, result, 50) for result in RESULTS}
    assert {each.incident: result for result, listed in by_result.items() for each in listed} == ids
    counts = await store.quality.counts(wanted)
    assert sum(each.number for each in counts) == 4
    assert {each.service: each.result for each in counts} == {f"service{n}": said[n][2] for n in range(4)}
    assert {(each.day, each.word) for each in counts} == {(datetime.now(UTC).date(), "high")}
    (whole,) = bins(counts)
    assert (round(whole.said, 3), round(whole.right, 3), whole.number) == (0.8, 0.667, 3)
    await log_in(browser)
    page = (await browser.get("/quality")).text
    assert "4 judged by people: 2 stated and right, 1 stated and wrong (67% right), 1 not stated" in page
    assert all(f"/incidents/{each}" in page for each in ids)


async def test_a_number_leads_to_the_incidents_behind_it(browser: httpx.AsyncClient, store: Store) -> None:
    ids = []
    for number in range(2):
        found = await incident(browser, store, "culprit", service=f"service{number}", message=f"error {'abc' * number}")
        await store.feedback.add(found, Feedback(label="wrong"), "ada")
        ids.append(found)
    await log_in(browser)
    year, week, _ = datetime.now(UTC).isocalendar()
    for query, shown in [
        ("service=service0", ids[:1]),
        ("repository=shop&word=high", ids),
        (f"week={year}-W{week:02}", ids),
        ("week=2020-W01", []),
        ("week=nonsense", ids),
        ("word=low", []),
        ("service=%00", []),
    ]:
        page = (await browser.get(f"/quality?{query}")).text
        assert [each for each in ids if each in page] == shown, query
    assert "/quality?days=90&amp;service=service1#latest" in (await browser.get("/quality")).text


async def test_only_the_last_word_on_an_incident_counts(browser: httpx.AsyncClient, store: Store) -> None:
    found = await incident(browser, store, "culprit")
    await store.feedback.add(found, Feedback(label="wrong"), "ada")
    await store.feedback.add(found, Feedback(label="right"), "ada")
    (count,) = await store.quality.counts(Wanted(since=NOON - timedelta(days=3650)))
    assert (count.result, count.word, count.number) == ("right", "high", 1)


async def test_a_group_of_many_is_summed_up_before_its_incidents(browser: httpx.AsyncClient, store: Store) -> None:
    ids = [await incident(browser, store, "culprit", service=f"s{number}") for number in range(7)]
    ids.append(await incident(browser, store, "culprit", service="s7", message="zero given, which sorts last"))
    group = (await store.queries.incident(ids[0])).group
    await log_in(browser)
    listed = (await browser.get(f"/incidents?group={group}")).text
    one = (await browser.get(f"/incidents/{ids[0]}")).text
    assert "A group of 8 incidents in 8 services, 8 errors: null given" in listed
    assert "8 × Likely cause" in listed
    assert "One of 8 in 8 services: 8 × likely cause" in one
    assert sum(each in one for each in ids[1:]) == 5


def test_tallies_are_by_name_and_the_largest_comes_first() -> None:
    rows = tallies([("a", "right", 1), ("b", "right", 2), ("b", "not stated", 1)])
    assert [(row.name, row.right, row.wrong, row.not_stated, row.total, row.share) for row in rows] == [
        ("b", 2, 0, 1, 3, 1.0),
        ("a", 1, 0, 0, 1, 1.0),
    ]


def test_the_plot_needs_ten_verdicts_and_shows_what_was_said_against_what_was_right() -> None:
    assert calibration_chart([Bin(0.9, 1.0, 9)]) == ""
    drawn = calibration_chart([Bin(0.5, 0.5, 1), Bin(0.91, 0.82, 11)])
    assert "91% stated, 82% right" in drawn
    assert drawn.count("<circle") == 2


def test_the_timeline_marks_beginnings_and_deploys() -> None:
    drawn = timeline(NOON, NOON + timedelta(hours=1), [NOON + timedelta(minutes=30)], [NOON, NOON])
    assert (drawn.count('class="began"'), drawn.count('class="deployed"')) == (1, 2)
    assert 'x1="360.0"' in drawn


@pytest.mark.parametrize("path", ["/tide?hours=0", "/tide?hours=999", "/quality?days=0", "/tide?hours=x"])
async def test_a_time_that_is_none_is_refused(browser: httpx.AsyncClient, path: str) -> None:
    await log_in(browser)
    assert (await browser.get(path)).status_code == 422


async def test_a_row_with_another_error_says_why_it_is_in_the_group(browser: httpx.AsyncClient, store: Store) -> None:
    await log_in(browser)
    alerts = [
        alert(service="cart", repository="shop", message="null given"),
        alert(service="till", repository="till", message="null given"),
        alert(service="stock", repository="till", message="no such key"),
        alert(service="mail", repository="mail", message="no such key"),
    ]
    ids = [await store.intake.accept(each, "{}") for each in alerts]
    group = (await store.queries.incident(ids[0])).group
    page = (await browser.get(f"/incidents?group={group}")).text
    rows = {name: next(row for row in page.split("<tr>") if f"/incidents/{name}" in row) for name in ids}
    said = [re.findall(r"in the group because [^<]*", rows[name]) for name in ids]
    assert said == [
        [],
        [],
        ["in the group because it is in the same code (till)"],
        ["in the group because another incident of it has the same message"],
    ]
    assert "in the group because" not in (await browser.get("/incidents")).text
