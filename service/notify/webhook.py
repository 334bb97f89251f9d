"""A receiver of signed JSON. docs/notifications.md and docs/notification.schema.json describe what it gets."""

import hashlib
import hmac
import time
from datetime import UTC, datetime
from typing import Literal

from pydantic import Field

from incidents.frozen import Frozen
from incidents.report import Report
from incidents.revert import RevertStep
from service.notify.outbound import Outbound
from service.notify.sender import Parcel, secret
from service.render.message import Message, State, shown_report
from service.routing.channels import WebhookChannel

SIGNATURE = "Redtide-Signature"
DELIVERY = "Redtide-Delivery"


class Related(Frozen):
    """The other incidents of the same group."""

    incidents: int
    services: int
    errors: int = Field(description="How many errors they represent.")
    answers: dict[str, int] = Field(description="Outcome, or status where there is none yet -> number of incidents.")


class WebhookBody(Frozen):
    """One state of one incident. The same `delivery` is the same message: it may come twice."""

    schema_version: Literal[1] = 1
    delivery: str = Field(description="Incident, channel and number of the change; also in Redtide-Delivery.")
    number: int = Field(description="Grows with each change of the incident: a smaller one is older news.")
    test: bool = Field(default=False, description="Sent by `redtide notify --test`: there is no such incident.")
    sent_at: datetime
    incident: str
    state: State
    service: str
    environment: str
    opened_at: datetime
    resolved_at: datetime | None = None
    error: str
    errors: int
    page: str = Field(description='The incident\'s address in Red Tide; "" when public_url is not set.')
    agents_due: bool = Field(description="The agents are still to be asked: the verdict may change.")
    failure: str = Field(description="Why it could not be investigated.")
    correction: str = Field(description="What a person said instead of a wrong verdict.")
    report: Report | None = Field(description="The verdict as a report. None where no verdict is shown.")
    revert: RevertStep | None = Field(default=None, description="How far the revert is that somebody proposed.")
    related: Related


class WebhookSender:
    """Signs and sends the JSON of an incident."""

    pace_seconds = 0.0

    def __init__(self, channel: WebhookChannel, outbound: Outbound) -> None:
        self._channel = channel
        self._outbound = outbound

    async def send(self, parcel: Parcel) -> None:
        """Send one request. Raises NotSent."""
        await self._post(body_of(parcel))

    async def trial(self, text: str) -> str:
        """Send a body that is marked as a test and return what came back. Raises NotSent."""
        now = datetime.now(UTC)
        message = Message(
            incident="INC-test", state="investigating", service="test", environment="test", opened_at=now, error=text
        )
        body = _body(message, f"INC-test/{now.timestamp():.0f}", 1)
        return await self._post(body.model_copy(update={"test": True}))

    async def _post(self, body: WebhookBody) -> str:
        raw = body.model_dump_json().encode()
        headers = {
            "Content-Type": "application/json",
            DELIVERY: body.delivery,
            SIGNATURE: signature(secret(self._channel.secret_variable).encode(), raw, int(time.time())),
        }
        answer = await self._outbound.post(self._channel.url, raw, headers)
        return f"the receiver answers {answer.status}"


def signature(key: bytes, body: bytes, now: int) -> str:
    """Return `t=<Unix time>,v1=<hex HMAC-SHA256 of "time.body">`."""
    digest = hmac.new(key, f"{now}.".encode() + body, hashlib.sha256)
    return f"t={now},v1={digest.hexdigest()}"


def body_of(parcel: Parcel) -> WebhookBody:
    """Return what is sent for this parcel."""
    return _body(parcel.message, f"{parcel.key}/{parcel.number}", parcel.number)


def _body(message: Message, delivery: str, number: int) -> WebhookBody:
    return WebhookBody(
        delivery=delivery,
        number=number,
        sent_at=datetime.now(UTC),
        incident=message.incident,
        state=message.state,
        service=message.service,
        environment=message.environment,
        opened_at=message.opened_at,
        resolved_at=message.resolved_at,
        error=message.error,
        errors=message.errors,
        page=message.page,
        agents_due=message.agents_due,
        failure=message.failure,
        correction=message.correction,
        report=shown_report(message),
        revert=message.revert,
        related=Related(
            incidents=message.related,
            services=message.related_services,
            errors=message.related_errors,
            answers=dict(message.answers),
        ),
    )
