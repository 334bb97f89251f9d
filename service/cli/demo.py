"""`redtide demo`: sends an alert to a real service with a sample repository and prints the verdict."""

import argparse
import io
import json
import logging
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from service.cli import demo_tide
from service.cli.commands import Commands, add_command
from service.cli.serve import ray_token_shown
from service.cli.streams import colours, note, width, write

if TYPE_CHECKING:
    import httpx

    from service.cluster.hosting import Hosting
    from service.cluster.local import Addresses
    from service.settings import Settings

_TEXT = """\
Show Red Tide at work, with nothing to configure: build a sample shop's git repository, start the service on Ray Serve
(SQLite, no language model), send the alert over HTTP and print the message an on-call engineer would get."""
_EXAMPLES = """\
examples:
  redtide demo             on a terminal the page stays open to look at, until Enter or Ctrl-C
  redtide demo --stay      a small tide: more services fail; keep it running to look around, until Ctrl-C

Exit status: 0 when the verdict came, 1 when it did not.
"""
_TOKEN = "REDTIDE_API_TOKEN"
_PATIENCE_SECONDS = 120.0
_POLL_SECONDS = 0.2
_STARTING = "Starting Ray Serve, which takes 10 to 30 seconds"


def add(commands: Commands) -> None:
    """Options of `redtide demo`."""
    parser = add_command(
        commands, "demo", run, summary="watch an alert become a verdict", text=_TEXT, examples=_EXAMPLES
    )
    parser.add_argument("--stay", action="store_true", help="let more services fail, and keep running until Ctrl-C")


def run(arguments: argparse.Namespace) -> int:
    """Build the repository, start the service, send the alert, print the verdict, stop."""
    logging.disable(logging.INFO)  # Serve's own progress lines
    os.environ.setdefault(_TOKEN, secrets.token_urlsafe(24))  # the replicas inherit it
    from service.api.auth.tokens import Trust

    Trust.of(os.environ)  # what cannot be used is said now
    with tempfile.TemporaryDirectory(prefix="redtide-demo-") as name:
        folder = Path(name)
        alert, commits = sample_alert(folder)
        note(f"Sample repository: a small PHP shop, {commits} commits; all but the first were just deployed.")
        return _stay(folder, alert) if arguments.stay else _once(folder, alert)


def sample_alert(folder: Path) -> tuple[dict[str, Any], int]:
    """Build the sample repository in `folder`. Returns the alert with its real revisions, and the number of commits."""
    from service.demo_incident import SAMPLE
    from service.demo_incident.build import build_repository

    shas = build_repository(SAMPLE / "commits", folder / "shop.git")
    alert = json.loads((SAMPLE / "alert.json").read_text(encoding="utf-8"))
    trace = (SAMPLE / "trace.txt").read_text(encoding="utf-8")
    revisions = {name: shas[alert[name]] for name in ("base", "deployed")}
    return {**alert, "stack_trace": trace, **revisions}, len(shas)


def _settings(folder: Path) -> "tuple[Settings, Hosting]":
    """Settings that use only `folder` and free ports, and ignore the environment."""
    from service.cluster.hosting import Hosting
    from service.cluster.local import free_port
    from service.settings import Settings

    store = f"sqlite:///{folder / 'demo.sqlite3'}"
    known = {"shop": folder / "shop.git", **demo_tide.repositories(folder)}
    settings = Settings(store_url=store, repositories=known, model_url=None, model_name=None)
    hosting = Hosting(
        host="127.0.0.1",
        port=free_port(),
        dashboard_port=free_port(),
        metrics_port=free_port(),
        replica_logs=False,
    )
    return settings, hosting


def _once(folder: Path, alert: dict[str, Any]) -> int:
    with ExitStack() as service:
        with _progress(_STARTING):
            from service.cluster.local import running

            addresses = service.enter_context(running(*_settings(folder)))
        done = _show(addresses, alert)
        if sys.stdin.isatty() and sys.stderr.isatty():
            note(f"The page asks for a token: {os.environ[_TOKEN]}")
            note("Look around; Enter or Ctrl-C stops it.")
            wait_for_enter(sys.stdin)
        # Ray tells on standard output which of its own actors it has just stopped.
        with _progress("Stopping"), redirect_stdout(io.StringIO()):
            service.close()
    note("Stopped. `redtide demo --stay` (or `make demo STAY=1`) keeps it running to look at these.")
    return 0 if done else 1


def wait_for_enter(keyboard: TextIO) -> None:
    """Return when somebody presses Enter or Ctrl-C, or the terminal is gone."""
    with suppress(KeyboardInterrupt):
        keyboard.readline()


def _stay(folder: Path, alert: dict[str, Any]) -> int:
    note(f"{_STARTING} ...")
    from service.cluster.local import serve_until_stopped

    settings, hosting = _settings(folder)
    others = demo_tide.other_alerts(folder, alert)
    shown: list[bool] = []

    def ready(addresses: "Addresses") -> None:
        shown.append(_show(addresses, alert))
        _show_tide(addresses, others)
        note(f"The pages ask for a token: {os.environ[_TOKEN]}")
        note("(Programs send it as a header: Authorization: Bearer <token>)")
        note(f"The Ray dashboard asks for Ray's own token: {ray_token_shown()}")
        note(f"Other commands need:   --store {settings.store_url.replace('+aiosqlite', '')}")
        note("Running. Ctrl-C stops it.")

    serve_until_stopped(settings, hosting, ready)
    note("Stopped.")
    return 0 if any(shown) else 1


def _show_tide(addresses: "Addresses", alerts: list[dict[str, Any]]) -> None:
    """Send the other alerts; print the list of incidents, and what a Slack channel would show of them."""
    from service.render.incident_table import table
    from service.store.schemas import IncidentPage

    note(f"{len(alerts)} more services fail ...")
    with _client(addresses) as client:
        accepted = [client.post("/alerts", json=each).raise_for_status().json()["id"] for each in alerts]
        with _progress("Investigating"):
            for incident in accepted:
                _settled(client, incident)
        page = IncidentPage.model_validate(client.get("/incidents").raise_for_status().json())
        write(f"\n{table(page.incidents)}\nIn Slack, one message a group:\n\n")
        write(demo_tide.slack_messages(client, addresses.api, colours(sys.stdout), width()) + "\n")


def _client(addresses: "Addresses") -> "httpx.Client":
    import httpx

    token = {"Authorization": f"Bearer {os.environ[_TOKEN]}"}
    return httpx.Client(base_url=addresses.api, headers=token, trust_env=False, timeout=30)


def _show(addresses: "Addresses", alert: dict[str, Any]) -> bool:
    """Send the alert, print the report and the addresses to look at. False when there was no verdict."""
    from incidents.report import Report
    from service.render import terminal

    with _client(addresses) as client:
        accepted = client.post("/alerts", json=alert).raise_for_status().json()
        note(f"Sent the alert to {addresses.api}/alerts: incident {accepted['id']}")
        with _progress("Investigating"):
            incident = _settled(client, accepted["id"])
    if incident.get("report") is None:
        note(f"No verdict: the incident is {incident['status']} ({incident.get('failure') or 'no reason given'})")
        return False
    report = Report.model_validate(incident["report"])
    write("\n" + terminal.render(report, color=colours(sys.stdout), width=width()) + "\n")
    _show_slack(incident, f"{addresses.api}/incidents/{accepted['id']}")
    _say_where(addresses, accepted["id"])
    return True


def _show_slack(incident: dict[str, Any], page: str) -> None:
    """Print the message that a Slack channel would show."""
    from service.notify.compose import compose
    from service.render.slack_message import message_blocks
    from service.render.slack_preview import preview
    from service.store.schemas import StoredIncident

    stored = StoredIncident.model_validate(incident)
    message = compose(stored, incident["verdict"]["outcome"], None, page=page)
    shown = preview(message_blocks(message, "demo")["blocks"], color=colours(sys.stdout), width=width())
    write(f"The same in Slack (docs/slack.md):\n\n{shown}\n")


def _settled(client: "httpx.Client", incident_id: str) -> dict[str, Any]:
    """The incident when it is done or failed, or after the time limit."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        incident: dict[str, Any] = client.get(f"/incidents/{incident_id}").raise_for_status().json()
        if incident["status"] in ("done", "failed") or time.monotonic() > until:
            return incident
        time.sleep(_POLL_SECONDS)


def _say_where(addresses: "Addresses", incident_id: str) -> None:
    places = {
        "Page": f"{addresses.api}/incidents/{incident_id}",
        "Tide": f"{addresses.api}/tide",
        "Reasoning trace": f"{addresses.api}/incidents/{incident_id}/trace",
        "API": f"{addresses.api}/docs",
        "Ray dashboard": addresses.dashboard,
    }
    for name, place in places.items():
        if place:
            note(f"{name + ':':<17}{place}")


@contextmanager
def _progress(text: str) -> Iterator[None]:
    """Show a spinner on a terminal, and at the end the time it took."""
    started = time.perf_counter()
    with _spinner(text):
        yield
    note(f"{text}: {time.perf_counter() - started:.1f} s")


def _spinner(text: str) -> AbstractContextManager[object]:
    from rich.console import Console

    return Console(stderr=True, no_color=not colours(sys.stderr)).status(f"{text} ...")
