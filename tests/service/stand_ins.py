"""What the service tests send and get back where no investigation is needed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from incidents.alert import Alert
from incidents.evidence import Evidence
from incidents.reasoning import ModelCall, NodeRun, Step
from incidents.report import Report
from incidents.trace import StackTrace
from incidents.verdict import Confidence, Verdict

ALERT: dict[str, Any] = {
    "service": "checkout",
    "message": "null given",
    "stack_trace": "#0 src/Cart.php(41): Cart->total()",
    "repository": "shop",
    "base": "a" * 40,
    "deployed": "b" * 40,
}
TOKEN = "a-token-for-tests-only"
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def hurried(seconds: float) -> None:
    """For Triage: it looks for work and renews its leases at once, while leases stay as long as they are."""
    await asyncio.sleep(min(seconds, 0.05))


@dataclass
class Bell:
    """A triage that only counts how often it was woken."""

    rung: int = 0

    async def wake(self) -> None:
        """Ring."""
        self.rung += 1


@dataclass(frozen=True)
class Found:
    """A finding of an investigation that found no culprit."""

    evidence: Evidence
    verdict: Verdict
    report: Report
    steps: tuple[Step, ...] = field(
        default=(
            NodeRun(node="evidence", at=NOON, seconds=0.1, outcome="2 suspects"),
            ModelCall(
                agent="zero_shot",
                commit="c" * 40,
                at=NOON,
                system="You are an SRE.",
                prompt="Did it?",
                replies=('{"caused": false}',),
                prompt_tokens=900,
                cached_tokens=640,
                completion_tokens=12,
                seconds=0.4,
            ),
        )
    )
    seconds: float = 1.5
    snapshot: None = None


def found(incident: str = "INC-aaaaaaaaaa") -> Found:
    """Nothing of the window did it."""
    confidence = Confidence(probability=0.9, word="high", basis=("no commit touches the failing file",))
    return Found(
        evidence=Evidence(trace=StackTrace(), base="a" * 40, deployed="b" * 40, none_probability=0.9),
        verdict=Verdict(outcome="none", culprit=None, confidence=confidence, reason="nothing touches the failing file"),
        report=Report(
            incident=incident,
            service="checkout",
            environment="production",
            outcome="none",
            headline="No commit of the window did it",
            verdict_line="None of 2 commits",
            confidence=confidence,
            mode="evidence",
        ),
    )


def alert(**changes: Any) -> Alert:  # noqa: ANN401 (any field of an alert)
    """The usual alert with some fields changed."""
    return Alert.model_validate(ALERT | changes)


_RARELY = 0.15  # seconds


async def until(
    holds: Callable[[], Awaitable[bool]], seconds: float = 120, pause: float = 0.02, rarely: float = _RARELY
) -> None:
    """Ask again and again until it holds, more and more rarely, at least every `rarely` seconds: asking takes the processor
    from what is waited for.

    Raises TimeoutError; the limit only guards against a test that hangs.
    """
    async with asyncio.timeout(seconds):
        while not await holds():  # what is waited for lies in a database or another process
            await asyncio.sleep(pause)
            pause = max(pause, min(pause * 1.2, rarely))
