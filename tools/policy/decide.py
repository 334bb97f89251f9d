"""The decision of the policy: pure, from facts and conditions."""

from typing import Final

from incidents.decision import Action, Decision, Facts, RuleResult
from incidents.policy import Conditions, PolicyMode
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


def _results(facts: Facts, conditions: Conditions) -> tuple[RuleResult, ...]:
    return tuple(each.result(facts, conditions) for each in RULES)


def _otherwise(facts: Facts, conditions: Conditions) -> Action:
    """Run the owner's command where its word is all that misses; else do nothing."""
    if conditions.mode == "off" or not facts.confirmable or facts.confirmed is not None:
        return "none"
    confirmed = facts.model_copy(update={"confirmed": True, "evidence": "confirmed"})
    return "confirm" if all(each.answer == "pass" for each in _results(confirmed, conditions)) else "none"
