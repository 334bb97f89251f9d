"""A verdict that rests on the agents' word alone never leads to an automatic revert."""

import pytest

from graph.settle import settle
from incidents.advice import Advice
from incidents.decision import Facts
from incidents.reliability import Reliability
from tests.graph.both_ends import BLAMES_B, CULPRIT_B, ENDS, Apart, read
from tests.graph.records import RIGHT, reliability
from tests.graph.settling import evidence, lines_of, team
from tests.tools.policy.facts import conditions, facts
from tools.policy.decide import decide
from tools.policy.verdict_facts import verdict_facts

MEASURED = reliability(RIGHT)


@pytest.mark.parametrize("known", [None, MEASURED])
@pytest.mark.parametrize("git", [(0.9, 0.01, 0.05), (0.3, 0.25, 0.4), (0.02, 0.01, 0.95)])
def test_a_commit_that_git_does_not_name_is_not_reverted(
    git: tuple[float, float, float], known: Reliability | None
) -> None:
    """Also of a model that was always right on labelled incidents: nobody had written texts there to mislead it."""
    a, b, none = git
    seen = evidence(a, b, none=none)
    verdict = settle(seen, BLAMES_B, CULPRIT_B, lines_of=lines_of, steps=Apart(), reliability=known)
    assert verdict.culprit == "b"
    decision = decide(told(verdict_facts(verdict, seen)), conditions())
    assert (decision.action, decision.decided_by) == ("none", "git_agrees")


def test_nor_is_the_first_suspect_of_git_that_git_alone_does_not_state() -> None:
    seen = evidence(0.5, 0.05, none=0.42)
    opinions = read(team("a", *ENDS, others="b"))
    verdict = settle(seen, opinions, Advice(decision="culprit", commit="a"), lines_of=lines_of, steps=Apart())
    assert (verdict.culprit, verdict.confidence.word) == ("a", "low")
    assert decide(told(verdict_facts(verdict, seen)), conditions()).action != "execute"


def told(found: dict[str, object]) -> Facts:
    """Facts that nothing else speaks against."""
    names = (
        "outcome",
        "mode",
        "commit",
        "git_commit",
        "git_probability",
        "agents_for",
        "agents_against",
        "checked_steps",
    )
    return facts(**{name: found[name] for name in names})
