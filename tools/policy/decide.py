"""The decision of the policy: pure, from facts and conditions."""

from collections.abc import Iterable
from typing import Final

from incidents.decision import Action, Decision, Facts, RuleResult
from incidents.policy import Conditions, PolicyMode
from tools.policy import verdict_rules
from tools.policy.rule import Rule
from tools.policy.rules import RULES

_ACTIONS: Final[dict[PolicyMode, Action]] = {
    "off": "none",
    "shadow": "record",
    "propose": "propose",
    "auto": "execute",
}


def decide(facts: Facts, conditions: Conditions) -> Decision:
    """Check every rule. All must pass; the first that does not is named as the one that decided."""
    results = _results(facts, conditions)
    against = next((each.rule for each in results if each.answer != "pass"), None)
    mode = conditions.mode
    action = _ACTIONS[mode] if against is None else _otherwise(facts, conditions)
    decided_by = against or ("mode" if mode == "off" else "all")
    return Decision(mode=mode, action=action, decided_by=decided_by, facts=facts, results=results)


def needs_plan(facts: Facts, conditions: Conditions) -> bool:
    """Return whether the plan of the revert matters: all rules about the verdict pass, or would if the command confirms."""
    if conditions.mode == "off" or facts.commit is None:
        return False
    return _pass(verdict_rules.RULES, _confirmed(facts) if _confirmable(facts) else facts, conditions)


def _results(facts: Facts, conditions: Conditions) -> tuple[RuleResult, ...]:
    return tuple(each.result(facts, conditions) for each in RULES)


def _otherwise(facts: Facts, conditions: Conditions) -> Action:
    """Run the owner's command where its word is all that misses; else do nothing."""
    if conditions.mode == "off" or not _confirmable(facts):
        return "none"
    return "confirm" if _pass(RULES, _confirmed(facts), conditions) else "none"


def _confirmable(facts: Facts) -> bool:
    return facts.confirmable and facts.confirmed is None


def _confirmed(facts: Facts) -> Facts:
    """The facts as they would be when the owner's command confirms the commit."""
    return facts.model_copy(update={"confirmed": True, "evidence": "confirmed"})


def _pass(rules: Iterable[Rule], facts: Facts, conditions: Conditions) -> bool:
    return all(each.result(facts, conditions).answer == "pass" for each in rules)
