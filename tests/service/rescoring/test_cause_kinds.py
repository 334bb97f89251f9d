from datetime import UTC, datetime

import pytest

from incidents.evidence import Commit, Signal, Suspect
from incidents.verdict import Confidence, Verdict
from service.rescoring import cause_kinds
from service.rescoring.cause_kinds import kind_of_cause
from tools.signals.registry import SIGNALS

SHA, OTHER = "a" * 40, "b" * 40


def verdict(signal: str, culprit: str | None = SHA) -> Verdict:
    commit = Commit(sha=SHA, subject="", author="", committed_at=datetime(2026, 11, 1, tzinfo=UTC))
    signals = (Signal(name="size", value=1, detail="large"), Signal(name=signal, value=1, detail="moved requests to 3"))
    suspect = Suspect(commit=commit, probability=0.9, reasons=("moved requests to 3",), signals=signals)
    outcome = "culprit" if culprit else "unsure"
    confidence = Confidence(probability=0.9, word="high")
    return Verdict(outcome=outcome, culprit=culprit, confidence=confidence, suspects=(suspect,))


@pytest.mark.parametrize(
    ("truth", "signal", "culprit", "kind"),
    [
        (SHA[:9], "moved_package_in_trace", OTHER, "dependency"),  # what people say counts
        (None, "lowered_limit", SHA, "setting"),
        (None, "touched_any_function", SHA, "code"),
        ("none", "lowered_limit", SHA, "no commit of the deploy"),
        (None, "lowered_limit", None, ""),
        (OTHER, "lowered_limit", SHA, ""),  # a commit of which nothing is known
    ],
)
def test_the_kind_is_that_of_the_reason_for_the_guilty_commit(
    truth: str | None, signal: str, culprit: str | None, kind: str
) -> None:
    assert kind_of_cause(truth, verdict(signal, culprit)) == kind


def test_every_kind_is_of_a_signal_that_exists() -> None:
    assert cause_kinds._KINDS.keys() <= SIGNALS.keys()
