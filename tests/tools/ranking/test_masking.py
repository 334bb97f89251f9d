"""A path that looks like a secret is masked wherever a sentence of the evidence names it, and nothing else changes."""

from collections.abc import Callable

import pytest

from incidents.evidence import Doubt, Evidence, Producer, RuledOut, Signal, Suspect
from tests.tools.ranking.impacts import commit, traced
from tools.ranking.masking import without_secret_paths
from tools.text.redaction import masked_lines

SAID = "changed shop/AKIA" + "Q3EGRZ7XKLM2NOPW.py"
CLEAN = masked_lines([SAID])[SAID]
PLAIN = "changed shop/cart.py"


def suspect(*, reason: str = PLAIN, detail: str = PLAIN) -> Suspect:
    signals = (Signal(name="size", value=0.5, detail=PLAIN), Signal(name="in_trace", value=1.0, detail=detail))
    return Suspect(commit=commit("a"), probability=0.5, reasons=(PLAIN, reason), signals=signals)


def ruled_out(*, reason: str = PLAIN, brief: str = PLAIN) -> RuledOut:
    return RuledOut(commit=commit("b"), reason=reason, kind="little", brief=brief)


def producer(how: str) -> Producer:
    return Producer(path=SAID, line=3, symbol="total", how=how, steps=2, commit="a")


def evidence(
    *suspects: Suspect,
    out: RuledOut | None = None,
    older: Suspect | None = None,
    how: str = PLAIN,
    doubted: str = PLAIN,
) -> Evidence:
    return Evidence(
        trace=traced(),
        base="0",
        deployed="1",
        none_probability=0.25,
        suspects=(suspect(), *suspects),
        ruled_out=(ruled_out(), *([out] if out else [])),
        older=older,
        producers=(producer(PLAIN), producer(how)),
        doubts=(Doubt(commit="a", why=PLAIN), Doubt(commit="b", why=doubted)),
    )


WHERE: dict[str, Callable[[str], Evidence]] = {
    "a reason": lambda text: evidence(suspect(reason=text)),
    "a signal": lambda text: evidence(suspect(detail=text)),
    "why it was dropped": lambda text: evidence(out=ruled_out(reason=text)),
    "why it was dropped, in short": lambda text: evidence(out=ruled_out(brief=text)),
    "a reason of a commit from before": lambda text: evidence(older=suspect(reason=text)),
    "a signal of a commit from before": lambda text: evidence(older=suspect(detail=text)),
    "how a value arrives": lambda text: evidence(how=text),
    "why nothing is cleared": lambda text: evidence(doubted=text),
}


@pytest.mark.parametrize("where", WHERE)
def test_a_secret_is_masked_wherever_it_is_said_and_all_else_stays(where: str) -> None:
    assert CLEAN != SAID
    assert without_secret_paths(WHERE[where](SAID)) == WHERE[where](CLEAN)


def test_evidence_without_a_secret_stays_as_it_is() -> None:
    clean = evidence(older=suspect())
    assert without_secret_paths(clean) is clean
