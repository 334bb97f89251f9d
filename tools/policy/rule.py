"""One rule of the policy: facts and conditions -> pass, fail or unknown, and why. `unknown` never passes."""

from collections.abc import Callable
from typing import NamedTuple

from incidents.decision import Facts, RuleAnswer, RuleResult
from incidents.policy import Conditions

Found = tuple[RuleAnswer, str]
"""The answer, and the fact on which it rests."""
Check = Callable[[Facts, Conditions], Found]


class Rule(NamedTuple):
    """One rule: its name, the sentence that says what it asks for, and the function that checks it."""

    name: str
    sentence: str
    check: Check

    def result(self, facts: Facts, conditions: Conditions) -> RuleResult:
        """Check these facts."""
        answer, fact = self.check(facts, conditions)
        return RuleResult(rule=self.name, answer=answer, sentence=self.sentence, fact=fact)


class Rules(list[Rule]):
    """The rules of one file, in their order."""

    def rule(self, sentence: str) -> Callable[[Check], Check]:
        """Register a function as a rule under its own name."""

        def register(check: Check) -> Check:
            self.append(Rule(check.__name__, sentence, check))
            return check

        return register


def known(value: bool | None, yes: str, no: str, *, wanted: bool, unknown: str) -> Found:
    """Pass when `value` is as wanted; without a value `unknown`."""
    if value is None:
        return "unknown", unknown
    return ("pass" if value is wanted else "fail"), yes if value else no


def number(value: int | None, most: int, unit: str) -> Found:
    if value is None:
        return "unknown", f"the number of {unit} is not known"
    return ("pass" if value <= most else "fail"), f"{value} {unit}, at most {most}"
