"""What the owner excluded."""

from typing import Final

import pathspec

from incidents.decision import Facts
from incidents.policy import Conditions, matches
from tools.policy.rule import Found, Rules, known

RULES: Final = Rules()


@RULES.rule("No reverted commit has the trailer No-Auto-Revert.")
def no_opt_out(facts: Facts, conditions: Conditions) -> Found:
    return known(
        facts.opted_out, "a commit opts out", "no commit opts out", wanted=False, unknown="not every message was read"
    )


@RULES.rule("The revert touches no protected path.")
def paths(facts: Facts, conditions: Conditions) -> Found:
    if facts.files is None:
        return "unknown", "the files are not known"
    spec = pathspec.PathSpec.from_lines("gitignore", conditions.protected_paths)
    touched = sum(spec.match_file(path) for path in facts.files)
    return ("fail" if touched else "pass"), f"{touched} protected files"


@RULES.rule("No author of a reverted commit is protected.")
def authors(facts: Facts, conditions: Conditions) -> Found:
    if not conditions.protected_authors:
        return "pass", "no author is protected"
    if facts.authors is None:
        return "unknown", "the authors are not known"
    protected = any(matches(each, conditions.protected_authors) for each in facts.authors)
    return ("fail", "an author is protected") if protected else ("pass", "no author of it is protected")


@RULES.rule("The repository is not protected.")
def repository(facts: Facts, conditions: Conditions) -> Found:
    protected = matches(facts.repository, conditions.protected_repositories)
    return ("fail", "it is protected") if protected else ("pass", "it is not protected")


@RULES.rule("The service is not protected.")
def service(facts: Facts, conditions: Conditions) -> Found:
    protected = matches(facts.service, conditions.protected_services)
    return ("fail", "it is protected") if protected else ("pass", "it is not protected")


@RULES.rule("The environment is one for which reverts are wanted.")
def environment(facts: Facts, conditions: Conditions) -> Found:
    if not (facts.environment or "").strip():
        return "unknown", "the alert names no environment"
    wanted = matches(facts.environment or "", conditions.environments)
    return ("pass", "reverts are wanted there") if wanted else ("fail", "no reverts are wanted there")


@RULES.rule("It is not a protected hour.")
def hours(facts: Facts, conditions: Conditions) -> Found:
    held = next((each for each in conditions.protected_hours if each.hold(facts.at)), None)
    return ("fail", f"now is {held}") if held else ("pass", "now is no protected hour")
