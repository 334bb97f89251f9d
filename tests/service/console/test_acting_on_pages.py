"""What people do on the page of an incident: they judge it, have it investigated again, and the audit names them."""

import httpx

from incidents.incident import Status
from service.store.store import Store
from tests.service.console.conftest import form_token
from tests.service.console.findings import CULPRIT, OTHER, finding, shown
from tests.service.stand_ins import Bell

ONE_DATABASE = True


async def test_feedback_from_the_page_reaches_the_store_and_the_page(browser: httpx.AsyncClient, store: Store) -> None:
    incident, page = await shown(browser, store, finding())
    said = {"label": "wrong", "commit": OTHER, "note": "see the log", "version": "1", "form_token": form_token(page)}
    sent = await browser.post(f"/console/incidents/{incident}/feedback", data=said)
    after = (await browser.get(f"/incidents/{incident}")).text
    stored = await store.queries.incident(incident)
    assert sent.status_code == 303
    assert stored.feedback is not None
    assert (stored.feedback.label, stored.feedback.commit, stored.feedback.actor) == ("wrong", OTHER, "operator")
    assert stored.disproved == (CULPRIT,)
    assert "Said to be wrong by operator" in after
    assert "not this one" in after


async def test_feedback_that_makes_no_sense_is_refused_by_field(browser: httpx.AsyncClient, store: Store) -> None:
    incident, page = await shown(browser, store, finding())
    said = {"label": "right", "commit": OTHER, "version": "1", "form_token": form_token(page)}
    sent = await browser.post(f"/console/incidents/{incident}/feedback", data=said)
    assert sent.status_code == 422
    assert "label `wrong`" in sent.text or "label" in sent.text


async def test_who_may_act_has_an_incident_investigated_again_and_the_audit_says_who(
    browser: httpx.AsyncClient, store: Store, bell: Bell
) -> None:
    incident, page = await shown(browser, store, finding())
    rung = bell.rung
    form = {"form_token": form_token(page)}
    bare = await browser.post(f"/console/incidents/{incident}/rerun", data={})
    sent = await browser.post(f"/console/incidents/{incident}/rerun", data=form)
    after = (await browser.get(f"/incidents/{incident}")).text
    audit = after.partition("What was done to it")[2]
    assert (bare.status_code, sent.status_code) == (403, 303)
    assert (await store.queries.incident(incident)).status is Status.OPEN
    assert bell.rung == rung + 1
    assert "Investigate again" in page
    assert "Investigate again" not in after  # it waits already
    assert all(word in audit for word in ("operator", "restarted", "rerun"))


async def test_the_audit_says_who_did_what_in_detail(browser: httpx.AsyncClient, store: Store) -> None:
    incident, page = await shown(browser, store, finding())
    said = {"label": "wrong", "commit": OTHER, "version": "1", "form_token": form_token(page)}
    await browser.post(f"/console/incidents/{incident}/feedback", data=said)
    audit = (await browser.get(f"/incidents/{incident}")).text.partition("What was done to it")[2]
    assert all(word in audit for word in ("operator", "feedback", "wrong", OTHER, "version</span> 1"))
