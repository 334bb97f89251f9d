"""The decision of the policy: pure, from facts and conditions."""

from typing import Final

from incidents.decision import Action, Decision, Facts
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
    results = tuple(each.result(facts, conditions) for each in RULES)
    against = next((each.rule for each in results if each.answer != "pass"), None)
    mode = conditions.mode
    action = "none" if against else _ACTIONS[mode]
    decided_by = against or ("mode" if mode == "off" else "all")
    return Decision(mode=mode, action=action, decided_by=decided_by, facts=facts, results=results)
