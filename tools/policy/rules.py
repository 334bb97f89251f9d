"""All rules of the policy, in the order in which they are checked: the first that does not pass is the one that decided."""

from typing import Final

from tools.policy import cap_rules, owner_rules, revert_rules, verdict_rules
from tools.policy.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    *verdict_rules.RULES,
    *revert_rules.RULES,
    *owner_rules.RULES,
    *cap_rules.RULES,
)
