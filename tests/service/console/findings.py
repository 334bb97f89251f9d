"""An incident with its verdict, and the page that shows it."""

import httpx

from incidents.evidence import Commit, Evidence, RuledOut, Suspect
from incidents.report import Report
from incidents.trace import Failure, Frame, StackTrace
from incidents.verdict import Confidence, Outcome, Verdict
from service.store.store import Store
from tests.service.console.conftest import log_in
from tests.service.stand_ins import ALERT, AUTHORIZED, NOON, Found

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e\u0007'\"&"
CULPRIT, OTHER, HARMLESS = "c" * 40, "d" * 40, "e" * 40


def commit(sha: str, subject: str = "Change the total") -> Commit:
    return Commit(sha=sha, subject=subject, author="Ada", committed_at=NOON)


def finding(outcome: Outcome = "culprit", text: str = "null given") -> Found:
    """A verdict with two suspects and one commit that was ruled out; `text` stands wherever strangers write."""
    suspects = (
        Suspect(commit=commit(CULPRIT, text), probability=0.8, reasons=(f"wrote the failing line: {text}",)),
        Suspect(commit=commit(OTHER), probability=0.1),
    )
    ruled_out = (RuledOut(commit=commit(HARMLESS, text), reason="only documents"),)
    confidence = Confidence(probability=0.8, word="high", basis=("the line is in the trace",))
    trace = StackTrace(
        failures=(Failure(type="Error", message=text, frames=(Frame(path=text, line=1, function=text),)),)
    )
    return Found(
        evidence=Evidence(
            trace=trace,
            base="a" * 40,
            deployed="b" * 40,
            suspects=suspects,
            ruled_out=ruled_out,
            none_probability=0.1,
            missing=(f"not seen: {text}",),
        ),
        verdict=Verdict(
            outcome=outcome,
            culprit=CULPRIT if outcome == "culprit" else None,
            confidence=confidence,
            suspects=suspects,
            ruled_out=ruled_out,
            sides=(f"one side: {text}",),
        ),
        report=Report(
            incident="INC-aaaaaaaaaa",
            service="checkout",
            environment="production",
            outcome=outcome,
            headline=f"headline {text}"[:100],
            verdict_line=f"verdict {text}",
            why=(f"because {text}",),
            confidence=confidence,
            mode="evidence",
            error=text,
            command="redtide revert INC-aaaaaaaaaa",
        ),
    )


async def shown(browser: httpx.AsyncClient, store: Store, found: Found, **alert: str) -> tuple[str, str]:
    """The incident's id and its page."""
    accepted = await browser.post("/alerts", json=ALERT | alert, headers=AUTHORIZED)
    claim = await store.leases.claim("me")
    assert claim is not None
    assert await store.outcomes.finish(claim, found)
    await log_in(browser)
    answer = await browser.get(f"/incidents/{accepted.json()['id']}")
    assert answer.status_code == 200, answer.text
    return accepted.json()["id"], answer.text
