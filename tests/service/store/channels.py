"""Stores whose incidents have channels, and what is written for these."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from incidents.report import Report
from incidents.verdict import Confidence, Verdict
from service.intake.alert_event import Notice
from service.intake.fingerprint import keys_of
from service.routing.channels import Channel, EmailChannel, SlackChannel
from service.settings import Settings
from service.store.store import Store
from service.store.tables import NotificationRow
from tests.service.stand_ins import Found, alert, found
from tools.traces import parse

SLACK = SlackChannel(kind="slack", channel="C0123ABCD")
MAIL = EmailChannel(kind="email", host="mail.example.org", sender="redtide@example.org", to=("oncall@example.org",))


def culprit_found(incident: str) -> Found:
    """The same finding with a likely cause."""
    nothing = found(incident)
    sure = Confidence(probability=0.9, word="high", basis=("line in trace",))
    return replace(
        nothing,
        verdict=Verdict(outcome="culprit", culprit="c" * 40, confidence=sure),
        report=Report.model_validate(
            {**nothing.report.model_dump(), "outcome": "culprit", "headline": "Likely cause found"}
        ),
    )


def notice(service: str, **changes: Any) -> Notice:  # noqa: ANN401 (any field of an alert)
    this = alert(service=service, message=f"{service} broke", **changes)
    return Notice(alert=this, body="{}", **keys_of(this, parse(this.text))._asdict())


class Stores:
    """Opens stores over one database, with different channels."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: list[Store] = []

    def __call__(self, **channels: Channel) -> Store:
        self._open.append(Store(self._settings.store_address(), self._settings.life, channels))
        return self._open[-1]

    async def close(self) -> None:
        for store in self._open:
            await store.close()


async def rows(store: Store) -> list[NotificationRow]:
    async with store.database.read() as session:
        return list(await session.scalars(select(NotificationRow).order_by(NotificationRow.changed_at)))


async def latest(store: Store) -> list[tuple[str, str, str]]:
    return [(each.channel, each.shows, each.state) for each in await store.notifications.latest(100)]
