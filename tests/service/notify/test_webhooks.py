"""Signed JSON and Markdown webhooks, to a real receiver."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from starlette.responses import RedirectResponse, Response

from service.intake.webhook_signature import Signed
from service.notify.chat import ChatSender
from service.notify.outbound import Outbound
from service.notify.sender import Failed, NotSent, Refused, Unavailable
from service.notify.webhook import WebhookBody, WebhookSender
from service.routing.channels import ChatChannel, Notify, WebhookChannel
from tests.service.notify import receiver as receivers
from tests.service.notify.parcels import MESSAGE, parcel
from tests.service.notify.receiver import Receiver

ROOT = Path(__file__).parents[3]
SECRET = "secret-of-the-receiver"
LOCAL = Notify.model_validate({"networks": ["127.0.0.0/8", "::1/128"], "request_seconds": 30})
SIGNED = Signed("redtide-signature", version="v1=", timestamp_field="t=")


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receivers.running() as running:
        yield running


@pytest_asyncio.fixture
async def outbound() -> AsyncIterator[Outbound]:
    async with Outbound(LOCAL) as outbound:
        yield outbound


@pytest.fixture
def webhook(receiver: Receiver, outbound: Outbound, monkeypatch: pytest.MonkeyPatch) -> WebhookSender:
    monkeypatch.setenv("WALL_SECRET", SECRET)
    channel = WebhookChannel(kind="webhook", url=f"{receiver.url}/wall", secret_variable="WALL_SECRET")
    return WebhookSender(channel, outbound)


async def test_the_receiver_can_verify_who_sent_it_and_when(webhook: WebhookSender, receiver: Receiver) -> None:
    await webhook.send(parcel())
    (got,) = receiver.got
    assert SIGNED.holds(got.headers, got.body, [SECRET.encode()])
    assert not SIGNED.holds(got.headers, got.body + b" ", [SECRET.encode()])
    assert not SIGNED.holds(got.headers, got.body, [b"another"])
    assert got.headers["redtide-delivery"] == "INC-k7mq2wz4ab/oncall/3"
    body = WebhookBody.model_validate_json(got.body)
    assert (body.state, body.number, body.related.incidents) == ("culprit", 3, 12)
    assert body.report == MESSAGE.report


async def test_a_verdict_that_a_person_called_wrong_is_not_sent_any_more(
    webhook: WebhookSender, receiver: Receiver
) -> None:
    await webhook.send(parcel(replace(MESSAGE, state="wrong", correction="It was ddd.")))
    body = json.loads(receiver.got[0].body)
    assert (body["state"], body["report"], body["correction"]) == ("wrong", None, "It was ddd.")


def test_the_schema_in_docs_is_that_of_the_code() -> None:
    written = (ROOT / "docs" / "notification.schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == WebhookBody.model_json_schema(mode="serialization")


@pytest.mark.parametrize(
    ("status", "raises"),
    [(429, Unavailable), (503, Unavailable), (404, Unavailable), (401, Unavailable), (500, Failed), (400, Refused)],
)
async def test_what_an_answer_means(
    webhook: WebhookSender, receiver: Receiver, status: int, raises: type[NotSent]
) -> None:
    receiver.answers = [Response(status_code=status, headers={"Retry-After": "17"})]
    with pytest.raises(raises) as caught:
        await webhook.send(parcel())
    assert getattr(caught.value, "retry_after", None) == (17 if raises is Unavailable else None)
    assert str(status) in str(caught.value)


async def test_no_redirect_is_followed(webhook: WebhookSender, receiver: Receiver) -> None:
    receiver.answers = [RedirectResponse(f"{receiver.url}/elsewhere"), Response(status_code=204)]
    with pytest.raises(Unavailable, match="307, and redirects are not followed"):
        await webhook.send(parcel())
    assert [got.path for got in receiver.got] == ["/wall"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.1.2.3", "[::ffff:10.1.2.3]"]
)
async def test_a_private_address_is_reached_only_where_the_settings_name_it(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("WALL_SECRET", SECRET)
    port = receiver.url.rpartition(":")[2]
    channel = WebhookChannel(kind="webhook", url=f"http://{host}:{port}/", secret_variable="WALL_SECRET")
    async with Outbound(Notify()) as closed:
        with pytest.raises(Unavailable, match="private address"):
            await WebhookSender(channel, closed).send(parcel())
    assert receiver.got == []


async def test_who_does_not_answer_is_unavailable_without_its_address_being_told(
    outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", "http://127.0.0.1:1/secret-path")
    with pytest.raises(Unavailable) as caught:
        await ChatSender(ChatChannel(kind="mattermost", url_variable="HOOK"), outbound).send(parcel())
    assert caught.value.known
    assert str(caught.value) == "no connection (connection refused)"


@pytest.mark.parametrize("value", ["", "no address", "https://user:pass@example.org/"])
async def test_an_address_that_cannot_be_used_is_named_by_its_variable(
    outbound: Outbound, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("HOOK", value)
    with pytest.raises(Unavailable, match="HOOK") as caught:
        await ChatSender(ChatChannel(kind="teams", url_variable="HOOK"), outbound).send(parcel())
    assert not value or value not in str(caught.value)


@pytest.mark.parametrize("kind", ["teams", "mattermost", "discord"])
async def test_a_chat_gets_markdown_in_the_form_it_takes(
    receiver: Receiver, outbound: Outbound, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("HOOK", f"{receiver.url}/hook")
    channel = ChatChannel.model_validate({"kind": kind, "url_variable": "HOOK"})
    long = MESSAGE.report.model_copy(update={"why": ("a long reason " * 100,) * 3}) if MESSAGE.report else None
    await ChatSender(channel, outbound).send(parcel(replace(MESSAGE, report=long)))
    body = json.loads(receiver.got[0].body)
    if kind == "teams":
        card = body["attachments"][0]["content"]
        assert (card["type"], card["body"][0]["wrap"]) == ("AdaptiveCard", True)
        text = card["body"][0]["text"]
    else:
        text = body["content" if kind == "discord" else "text"]
    assert text.startswith("**Likely cause found · checkout · production**")
    assert "redtide revert inc-142" in text
    assert "12 related incidents in 3 services: 11 investigating" in text or "12 related" in text
    assert len(text) <= {"teams": 10_000, "mattermost": 3_900, "discord": 1_950}[kind]
    if kind == "discord":
        assert body["allowed_mentions"] == {"parse": []}
