"""How many reverts there may be, and how close to each other."""

from datetime import timedelta
from typing import Final

from incidents.decision import Facts
from incidents.policy import Conditions
from tools.policy.rule import Found, Rules, known

RULES: Final = Rules()


@RULES.rule("No other revert of this repository is under way.")
def one_at_a_time(facts: Facts, conditions: Conditions) -> Found:
    return known(
        facts.history.under_way if facts.history else None,
        "another revert is not finished",
        "none is under way",
        wanted=False,
        unknown="earlier reverts were not read",
    )


@RULES.rule("The hourly cap is not reached.")
def hourly_cap(facts: Facts, conditions: Conditions) -> Found:
    return _below_cap(facts.history.last_hour if facts.history else None, conditions.hourly_cap, "60 minutes")


@RULES.rule("The daily cap is not reached.")
def daily_cap(facts: Facts, conditions: Conditions) -> Found:
    return _below_cap(facts.history.last_day if facts.history else None, conditions.daily_cap, "24 hours")


def _below_cap(count: int | None, cap: int, span: str) -> Found:
    if count is None:
        return "unknown", "earlier reverts were not read"
    return ("pass" if count < cap else "fail"), f"{count} in the last {span}, the cap is {cap}"


@RULES.rule("The last automatic revert is long enough ago.")
def pacing(facts: Facts, conditions: Conditions) -> Found:
    if facts.history is None:
        return "unknown", "earlier reverts were not read"
    last = facts.history.last_at
    if last is None:
        return "pass", "there was none"
    passed = facts.at - last
    enough = passed >= timedelta(minutes=conditions.pacing_minutes)
    minutes = passed.total_seconds() / 60
    return ("pass" if enough else "fail"), f"{minutes:.0f} minutes, at least {conditions.pacing_minutes:g}"
