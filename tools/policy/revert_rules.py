"""What has to be true of the revert."""

from datetime import timedelta
from typing import Final

from incidents.decision import Facts
from incidents.policy import Conditions
from tools.policy.rule import Found, Rules, known, number

RULES: Final = Rules()
_EARLY: Final = timedelta(minutes=5)
"""Clocks of a deploy log and of this machine may differ by this much."""


@RULES.rule("The revert applies to the newest head without conflicts.")
def clean(facts: Facts, conditions: Conditions) -> Found:
    return known(
        facts.clean,
        "it applies cleanly",
        "it conflicts, or is undone already",
        wanted=True,
        unknown="no revert was planned",
    )


@RULES.rule("The commit went live a short time ago.")
def age(facts: Facts, conditions: Conditions) -> Found:
    if facts.live_since is None:
        return "unknown", "it is not known when the commit went live"
    passed = facts.at - facts.live_since
    if passed < -_EARLY:
        return "unknown", "the commit is dated in the future"
    young = passed <= timedelta(hours=conditions.maximum_age_hours)
    return ("pass" if young else "fail"), (
        f"{passed.total_seconds() / 3_600:.1f} h, at most {conditions.maximum_age_hours:g} h"
    )


@RULES.rule("The revert changes few files.")
def few_files(facts: Facts, conditions: Conditions) -> Found:
    return number(len(facts.files) if facts.files is not None else None, conditions.maximum_files, "files")


@RULES.rule("The revert changes few lines.")
def few_lines(facts: Facts, conditions: Conditions) -> Found:
    return number(facts.lines, conditions.maximum_lines, "lines")


@RULES.rule("No later commit needs what is reverted.")
def no_dependants(facts: Facts, conditions: Conditions) -> Found:
    return number(facts.dependants, 0, "later commits that need it")


@RULES.rule("No migration and no schema is reverted.")
def no_migration(facts: Facts, conditions: Conditions) -> Found:
    return number(facts.migrations, 0, "migrations or schema files")
