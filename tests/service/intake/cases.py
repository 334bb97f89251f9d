"""The collection of webhook bodies beside this file: what each says, written by hand, and how what was read differs."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl

import yaml

from incidents.trace import Frame, StackTrace
from service.intake.alert_event import Notice
from service.intake.body_reading import Read, named_in_address, notices_of, parts_of, read_body
from service.settings import Settings

BODIES = Path(__file__).parent / "bodies"
SETTINGS = Settings(
    repositories={"shop": Path("/shop"), "pay": Path("/pay")}, services={"checkout": ("shop",), "billing": ("pay",)}
)
ASPECTS = (
    *("state", "service", "environment", "repository", "revision", "severity", "time", "count", "link", "lookup"),
    *("language", "raised", "message", "details", "key"),
)
"""What is compared of an alert; `details` and `key` as far as they are given.

`raised`: type, message and frames of each exception, the root cause first."""
Mark = Literal["right", "partly", "wrong"]


@dataclass(frozen=True, slots=True)
class Case:
    """One body. `alerts` is what it says, or None when it must be refused with the field `refused` named."""

    source: str
    about: str
    body: object = None
    alerts: list[dict[str, Any]] | None = None
    refused: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""
    incidents: int | None = None
    """Of how many incidents its alerts are, where that is not plain."""
    raw: str | None = None
    """The body as it is sent, where it is no JSON or no UTF-8."""
    encoding: str = "utf-8"

    def read(self) -> Read:
        """As POST /alerts/{source} reads it."""
        read = read_body(self.source, self.sent(), self.headers)
        return named_in_address(read, dict(parse_qsl(self.query)))

    def sent(self) -> bytes:
        """What comes over the wire."""
        return (json.dumps(self.body) if self.raw is None else self.raw).encode(self.encoding)

    def notices(self) -> list[Notice]:
        """As they go to the store."""
        return notices_in(self.read(), self.source)


def notices_in(read: Read, source: str) -> list[Notice]:
    """What was read, as it goes to the store."""
    return [notice for part in parts_of(read.drafts) for notice in notices_of(part, source, SETTINGS, read.body, [])]


@cache
def cases(folder: Path = BODIES) -> tuple[Case, ...]:
    """All of them, one file a sender, read once: nobody changes a body in place."""
    return tuple(
        Case(file.stem, **each)
        for file in sorted(folder.glob("*.yaml"))
        for each in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    )


def differences(case: Case) -> list[list[str]]:
    """For each alert the aspects that are not as they should be; an alert too many or too few differs in `alerts`."""
    errors = case.read().errors
    if case.refused is not None or errors is not None:
        named = case.refused is not None and errors is not None and _names(errors, case.refused)
        return [] if named else [["alerts"]]
    notices, wanted = case.notices(), case.alerts or []
    if len(notices) != len(wanted):
        return [["alerts"]]
    return [_differing(notice, right) for notice, right in zip(notices, wanted, strict=True)]


def mark(case: Case) -> Mark:
    """Wholly right; partly: state and service are right, and more than half of the rest; else wrong."""
    found = differences(case)
    if not any(found):
        return "right"
    usable = all(not {"alerts", "state", "service"} & set(each) and len(each) < len(ASPECTS) / 2 for each in found)
    return "partly" if usable else "wrong"


def _names(errors: Any, name: str) -> bool:  # noqa: ANN401 (pydantic's error list)
    return any(name in error["loc"] for error in errors)


def _differing(notice: Notice, right: dict[str, Any]) -> list[str]:
    said = _said(notice)
    wanted: dict[str, Any] = {"state": "firing", "environment": "production", "count": 1, "lookup": False} | right
    wanted = {"message": "", "details": {}} | wanted
    wanted["time"] = _moment(wanted.get("time"))
    wanted["raised"] = [[kind, text, list(frames)] for kind, text, frames in wanted.get("raised", [])]
    if wanted["raised"]:
        wanted["message"] = said["message"] = None
    repository = {"checkout": "shop", "billing": "pay"}.get(wanted["service"], wanted["service"])
    wanted.setdefault("repository", repository)
    wanted.setdefault("key", said["key"])
    details = {name: said["details"].get(name) for name in wanted["details"]}
    return [name for name in ASPECTS if (details if name == "details" else said[name]) != wanted.get(name)]


def _said(notice: Notice) -> dict[str, Any]:
    alert, trace = notice.alert, notice.trace
    return {
        "state": notice.state,
        "service": alert.service,
        "environment": alert.environment,
        "repository": alert.repository,
        "revision": alert.deployed,
        "severity": getattr(alert, "severity", "") or None,
        "time": alert.first_seen,
        "count": alert.count,
        "link": alert.url,
        "lookup": not notice.error_text,
        "language": trace.language if trace else None,
        "raised": _raised(trace),
        "message": alert.message,
        "details": getattr(alert, "details", {}),
        "key": notice.key,
    }


def _raised(trace: StackTrace | None) -> list[list[Any]]:
    """Plain text without type and place is no exception."""
    failures = trace.failures if trace else ()
    if not any(failure.type or failure.frames for failure in failures):
        return []
    return [[failure.type, failure.message, [_place(frame) for frame in failure.frames]] for failure in failures]


def _place(frame: Frame) -> str:
    name = ".".join(filter(None, (frame.class_name, frame.function)))
    place = frame.path if frame.line is None else f"{frame.path}:{frame.line}"
    return f"{place} {name}".strip()


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
