"""Somebody who uses the buttons and modals of the one message, as Slack would report it."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from incidents.evidence import Commit, Suspect
from incidents.reference import Reference
from incidents.report import Report, ReportedCommit
from service.store.store import Store
from tests.service.notify.slack_api import CHANNEL, Slack
from tests.service.notify.slack_shown import Modal
from tests.service.stand_ins import NOON, Bell, Found
from tests.service.store.channels import culprit_found

SECRET = "signing-secret-for-tests"
RESPONDER, VIEWER, STRANGER = "U0RESPOND", "U0VIEWER", "U0STRANGE"
BLAMED, OTHER = "c" * 40, "d" * 40


def blames(incident: str) -> Found:
    """A finding with two suspects."""
    base = culprit_found(incident)
    suspects = tuple(
        Suspect(
            commit=Commit(sha=sha, subject=f"change {sha[0]}", author="Ana", committed_at=NOON), probability=probability
        )
        for sha, probability in ((BLAMED, 0.9), (OTHER, 0.05))
    )
    row = ReportedCommit(
        sha=BLAMED,
        subject="change c",
        author="Ana",
        committed_at=NOON,
        probability=0.9,
        references=(Reference(kind="pull request", text="#12", url="https://git.example.org/shop/pull/12"),),
    )
    report = {
        **base.report.model_dump(),
        "commits": (row,),
        "considered": 2,
        "incident": incident,
        "command": f"redtide revert {incident}",
        "revert": "Reverts cleanly",
    }
    return Found(
        evidence=base.evidence,
        verdict=base.verdict.model_copy(update={"suspects": suspects}),
        report=Report.model_validate(report),
    )


@dataclass
class Clicker:
    """Uses the buttons of the one message, as Slack would report it."""

    http: httpx.AsyncClient
    slack: Slack
    store: Store
    incident: str
    bell: Bell
    values: dict[str, str]

    async def click(
        self,
        action: str,
        user: str = RESPONDER,
        value: str | None = None,
        **changes: Any,  # noqa: ANN401 (fields of a payload)
    ) -> httpx.Response:
        given = self.values.get(action, "") if value is None else value
        select_like = action == "more"
        chosen: dict[str, Any] = {"selected_option": {"value": given}} if select_like else {"value": given}
        payload = {
            "type": "block_actions",
            "user": {"id": user, "name": "ana"},
            "channel": {"id": CHANNEL},
            "trigger_id": self.slack.trigger(),
            "actions": [{"action_id": action, "block_id": "x", "action_ts": str(time.time_ns()), **chosen}],
            **changes,
        }
        return await self.send(urlencode({"payload": json.dumps(payload)}).encode())

    async def pick(self, modal: Modal, number: int, user: str = RESPONDER) -> httpx.Response:
        """Choose another commit in a modal."""
        value = modal.menu("pick")["options"][number]["value"]
        view = {"id": modal.id, "hash": modal.hash, "private_metadata": modal.view["private_metadata"]}
        action = {"action_id": "pick", "selected_option": {"value": value}}
        common = {"user": {"id": user}, "view": view, "trigger_id": self.slack.trigger()}
        payload = {"type": "block_actions", "actions": [action], **common}
        return await self.send(urlencode({"payload": json.dumps(payload)}).encode())

    async def submit(self, modal: Modal, chosen: str = "", note: str = "", user: str = RESPONDER) -> httpx.Response:
        """Send the form of a modal; `chosen` is the label of an option."""
        values: dict[str, Any] = {"note": {"note": {"type": "plain_text_input", "value": note or None}}}
        if chosen:
            options = modal.menu("commit")["options"]
            option = next(each for each in options if each["text"]["text"].startswith(chosen))
            values["commit"] = {"commit": {"type": "static_select", "selected_option": option}}
        fields = ("callback_id", "private_metadata")
        view = {"id": modal.id, "state": {"values": values}, **{name: modal.view[name] for name in fields}}
        common = {"user": {"id": user}, "view": view, "trigger_id": self.slack.trigger()}
        payload = {"type": "view_submission", **common}
        return await self.send(urlencode({"payload": json.dumps(payload)}).encode())

    async def send(self, body: bytes, *, secret: str = SECRET, at: int | None = None, **headers: str) -> httpx.Response:
        moment = int(time.time()) if at is None else at
        digest = hmac.new(secret.encode(), f"v0:{moment}:".encode() + body, hashlib.sha256).hexdigest()
        signed = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": str(moment),
            "X-Slack-Signature": f"v0={digest}",
        }
        return await self.http.post("/slack/interactions", content=body, headers=signed | headers)

    async def feedback(self) -> tuple[str, str | None] | None:
        said = (await self.store.queries.incident(self.incident)).feedback
        return (said.label, said.commit) if said else None
