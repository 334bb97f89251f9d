"""A small tide for `redtide demo --stay`: the shop fails in two services, and two more fail for reasons of their own."""

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

    from service.store.schemas import StoredIncident


def other_alerts(folder: Path, shop: dict[str, Any]) -> list[dict[str, Any]]:
    """Build the other repositories in `folder`. Returns their alerts, after one of the shop's second service."""
    from service.demo_incident import TIDE

    return [{**shop, "service": "shop-mobile", "count": 87}, *(_alert(folder, name, TIDE[name]) for name in TIDE)]


def repositories(folder: Path) -> dict[str, Path]:
    """Where they are: repository -> path."""
    from service.demo_incident import TIDE

    return {name: folder / f"{name}.git" for name in TIDE}


def _alert(folder: Path, name: str, sample: Path) -> dict[str, Any]:
    from service.demo_incident.build import build_repository

    shas = build_repository(sample / "commits", folder / f"{name}.git")
    alert: dict[str, Any] = json.loads((sample / "alert.json").read_text(encoding="utf-8"))
    trace = sample / "trace.txt"
    text = trace.read_text(encoding="utf-8") if trace.exists() else ""
    return {**alert, "stack_trace": text, "base": shas[alert["base"]], "deployed": shas[alert["deployed"]]}


def slack_messages(client: "httpx.Client", api: str, color: bool, width: int) -> str:
    """What a Slack channel would show of all incidents: one message a group, the oldest first."""
    from service.store.schemas import StoredIncident

    listed = client.get("/incidents").raise_for_status().json()["incidents"]
    asked = (client.get(f"/incidents/{each['id']}").raise_for_status().json() for each in reversed(listed))
    incidents = [StoredIncident.model_validate(each) for each in asked]
    leads = [each for each in incidents if each.id == each.group]
    return "\n".join(_message(lead, incidents, api, color, width) for lead in leads)


def _message(lead: "StoredIncident", incidents: "list[StoredIncident]", api: str, color: bool, width: int) -> str:
    from service.notify.compose import compose
    from service.render.slack_message import message_blocks
    from service.render.slack_preview import preview
    from service.store.notifications import GroupCounts

    others = [each for each in incidents if each.group == lead.id and each is not lead]
    answers = Counter(each.verdict.outcome if each.verdict else each.status.value for each in others)
    services = {each.alert.service for each in others}
    group = GroupCounts(len(others), len(services), sum(each.errors for each in others), answers)
    state = lead.verdict.outcome if lead.verdict else "investigating"
    message = compose(lead, state, group, page=f"{api}/incidents/{lead.id}")
    return preview(message_blocks(message, "demo")["blocks"], color=color, width=width)
