"""The list of incidents: filters, days, and pages of it."""

import re
from datetime import UTC, datetime, timedelta

import httpx

from service.store.store import Store
from tests.service.console.conftest import log_in
from tests.service.console.findings import finding, shown
from tests.service.stand_ins import ALERT, AUTHORIZED

ONE_DATABASE = True


async def test_the_list_is_filtered_by_answer_day_and_service(browser: httpx.AsyncClient, store: Store) -> None:
    found, _ = await shown(browser, store, finding("none"), service="search")
    other, _ = await shown(browser, store, finding("culprit"), service="checkout")
    today = datetime.now(UTC).date()

    async def listed(query: str) -> set[str]:
        page = (await browser.get(f"/incidents?{query}")).text
        return {each for each in (found, other) if each in page}

    assert await listed("") == {found, other}
    assert await listed("outcome=none&status=&service=") == {found}
    assert await listed("service=checkout") == {other}
    assert await listed(f"since={today}&until={today}") == {found, other}
    assert await listed(f"since={today + timedelta(days=1)}") == set()
    assert await listed("status=failed") == set()


async def test_a_day_that_is_none_is_told_and_nothing_breaks(browser: httpx.AsyncClient) -> None:
    await log_in(browser)
    answer = await browser.get("/incidents?since=tomorrow&until=9999-12-31&outcome=nonsense&status=x")
    assert answer.status_code == 200
    assert "“from” must be a day" in answer.text


async def test_older_incidents_are_a_link_away_and_the_filters_stay(browser: httpx.AsyncClient, store: Store) -> None:
    for number in range(52):
        alert = ALERT | {"message": f"error number {number} of {'ab' * number}", "service": f"service{number}"}
        await browser.post("/alerts", json=alert | {"environment": "staging"}, headers=AUTHORIZED)
    await log_in(browser)
    first = (await browser.get("/incidents?environment=staging")).text
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    second = (await browser.get(older[1].replace("&amp;", "&"))).text
    ids = [set(re.findall(r"INC-\w+", page)) for page in (first, second)]
    assert (len(ids[0]), ids[0] & ids[1]) == (50, set())
    assert "environment=staging" in older[1]


async def test_a_filter_with_a_null_character_is_refused_by_name(browser: httpx.AsyncClient) -> None:
    await log_in(browser)
    refused = [await browser.get(f"/incidents?{name}=a%00") for name in ("service", "text", "id", "group")]
    assert [each.status_code for each in refused] == [422] * 4
    assert "cannot be used: service" in refused[0].text
