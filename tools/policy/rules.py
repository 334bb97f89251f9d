"""The rules of the policy, one small function each: facts and conditions -> pass, fail or unknown, and why.

`unknown` never passes. A function's name is the rule's name; the registry keeps the order in which they are checked, and
the first that does not pass is the one that decided.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final, NamedTuple

import pathspec

from incidents.decision import Facts, RuleAnswer, RuleResult
from incidents.policy import EVIDENCE_KINDS, Conditions, matches
from incidents.verdict import percent

Found = tuple[RuleAnswer, str]
"""The answer, and the fact on which it rests."""
Check = Callable[[Facts, Conditions], Found]
_EARLY: Final = timedelta(minutes=5)
"""Clocks of a deploy log and of this machine may differ by this much."""


class Rule(NamedTuple):
    """One rule: its name, the sentence that says what it asks for, and the function that checks it."""

    name: str
    sentence: str
    check: Check

    def result(self, facts: Facts, conditions: Conditions) -> RuleResult:
        """Check these facts."""
        answer, fact = self.check(facts, conditions)
        return RuleResult(rule=self.name, answer=answer, sentence=self.sentence, fact=fact)


RULES: Final[list[Rule]] = []


def rule(sentence: str) -> Callable[[Check], Check]:
    """Register a function as a rule under its own name."""

    def register(check: Check) -> Check:
        RULES.append(Rule(check.__name__, sentence, check))
        return check

    return register


def _known(value: bool | None, yes: str, no: str, *, wanted: bool, unknown: str) -> Found:
    """Pass when `value` is as wanted."""
    if value is None:
        return "unknown", unknown
    return ("pass" if value is wanted else "fail"), yes if value else no


def _number(value: int | None, most: int, unit: str) -> Found:
    if value is None:
        return "unknown", f"the number of {unit} is not known"
    return ("pass" if value <= most else "fail"), f"{value} {unit}, at most {most}"


# -- the verdict -------------------------------------------------------------------------------------------------------


@rule("The verdict names one commit as the likely cause.")
def likely_cause(facts: Facts, conditions: Conditions) -> Found:
    named = facts.outcome == "culprit" and facts.commit is not None
    return ("pass" if named else "fail"), f"the verdict is {facts.outcome}"


@rule("The verdict comes from an investigation of this incident, as it is now.")
def own_report(facts: Facts, conditions: Conditions) -> Found:
    return _known(
        facts.own_report,
        "investigated for this incident",
        "the verdict is reused, or of an earlier round",
        wanted=True,
        unknown="it is not known for which incident it was investigated",
    )


@rule("The same error did not occur before the commit went live.")
def new_error(facts: Facts, conditions: Conditions) -> Found:
    return _known(
        facts.seen_before,
        "the same error was reported before the commit went live",
        "no earlier report of the same error is stored",
        wanted=False,
        unknown="it is not known whether the error is new",
    )


@rule("Nobody said that the verdict is wrong.")
def not_disputed(facts: Facts, conditions: Conditions) -> Found:
    return _known(
        facts.disputed, "a person disagrees", "nobody disagrees", wanted=False, unknown="feedback was not read"
    )


@rule("Nobody objected to a revert of this commit, for whatever incident.")
def no_objection(facts: Facts, conditions: Conditions) -> Found:
    return _known(
        facts.objected,
        "a person objected to it, or said that a verdict on it is wrong",
        "nobody objected to it",
        wanted=False,
        unknown="earlier objections were not read",
    )


@rule("The log itself shows the error since the commit went live, or the owner's command fails with the commit.")
def corroborated(facts: Facts, conditions: Conditions) -> Found:
    least = conditions.minimum_log_errors
    if facts.confirmed is True:
        return "pass", "the owner's command confirms it"
    if least == 0:
        return "pass", "not asked for"
    if facts.log_errors is None:
        return "unknown", "no log shows the error: there is only the alert"
    return ("pass" if facts.log_errors >= least else "fail"), f"{facts.log_errors} errors in the log, at least {least}"


@rule("The error still goes on.")
def still_failing(facts: Facts, conditions: Conditions) -> Found:
    return _known(
        facts.over,
        "the sender of the alert says that the error is over",
        "the sender has not said that the error is over",
        wanted=False,
        unknown="it is not known whether the error goes on",
    )


@rule("A deploy, a tag or a person says where the window of commits begins.")
def known_window(facts: Facts, conditions: Conditions) -> Found:
    return _known(
        facts.guessed_window,
        "the beginning of the window is guessed",
        "the window is known",
        wanted=False,
        unknown="it is not known how the window was found",
    )


@rule("The clone holds every file that was asked for.")
def complete_clone(facts: Facts, conditions: Conditions) -> Found:
    return _known(
        facts.incomplete_clone,
        "objects are missing from the clone",
        "nothing that was asked for is missing",
        wanted=False,
        unknown="it is not known whether the clone is complete",
    )


@rule("Every commit of the window was read in full.")
def all_read(facts: Facts, conditions: Conditions) -> Found:
    return _number(facts.unread, 0, "commits not read in full")


@rule("The probability of the verdict is calibrated and high enough.")
def probability(facts: Facts, conditions: Conditions) -> Found:
    stated = f"{percent(facts.probability)}, at least {conditions.minimum_probability:.0%}"
    if facts.calibrated is not True:
        return ("unknown" if facts.calibrated is None else "fail"), f"{stated}; it is not calibrated"
    return ("pass" if facts.probability >= conditions.minimum_probability else "fail"), stated


@rule("Git and logs alone name the same commit, with enough probability.")
def git_agrees(facts: Facts, conditions: Conditions) -> Found:
    if facts.git_commit is None or facts.git_commit != facts.commit:
        return "fail", "by git and logs alone another commit, or none, is the likeliest"
    enough = facts.git_probability >= conditions.minimum_git_probability
    stated = f"{percent(facts.git_probability)}, at least {conditions.minimum_git_probability:.0%}"
    return ("pass" if enough else "fail"), stated


@rule("What ties the commit to the failure is strong enough.")
def evidence(facts: Facts, conditions: Conditions) -> Found:
    enough = EVIDENCE_KINDS.index(facts.evidence) >= EVIDENCE_KINDS.index(conditions.minimum_evidence)
    return ("pass" if enough else "fail"), f"{facts.evidence}, at least {conditions.minimum_evidence}"


@rule("No agent says otherwise; where the policy asks for it, the developer names the commit too.")
def agents(facts: Facts, conditions: Conditions) -> Found:
    if facts.agents_due:
        return "unknown", "agents are still to be asked"
    if facts.agents_against:
        return "fail", f"against: {', '.join(facts.agents_against)}"
    if conditions.agents == "agree" and "developer" not in facts.agents_for:
        return "fail", "the developer does not name it"
    return "pass", f"for: {', '.join(facts.agents_for) or 'none was asked'}, against: none"


@rule("Where the policy asks for it, code found each step from the change to the failing line.")
def checked_steps(facts: Facts, conditions: Conditions) -> Found:
    if not conditions.checked_steps:
        return "pass", "not asked for"
    return _known(
        facts.checked_steps, "every step was found", "a step was not found", wanted=True, unknown="no steps are stated"
    )


@rule("Where the policy asks for it, the owner's command fails with the commit and passes without it.")
def confirmed(facts: Facts, conditions: Conditions) -> Found:
    if facts.confirmed is False:
        return "fail", "the owner's command does not confirm it"
    if not conditions.confirmed:
        return "pass", "not asked for"
    return _known(facts.confirmed, "confirmed", "not confirmed", wanted=True, unknown="the command was not run")


# -- the revert --------------------------------------------------------------------------------------------------------


@rule("The revert applies to the newest head without conflicts.")
def clean(facts: Facts, conditions: Conditions) -> Found:
    return _known(
        facts.clean,
        "it applies cleanly",
        "it conflicts, or is undone already",
        wanted=True,
        unknown="no revert could be planned",
    )


@rule("The commit went live a short time ago.")
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


@rule("The revert changes few files.")
def few_files(facts: Facts, conditions: Conditions) -> Found:
    return _number(len(facts.files) if facts.files is not None else None, conditions.maximum_files, "files")


@rule("The revert changes few lines.")
def few_lines(facts: Facts, conditions: Conditions) -> Found:
    return _number(facts.lines, conditions.maximum_lines, "lines")


@rule("No later commit needs what is reverted.")
def no_dependants(facts: Facts, conditions: Conditions) -> Found:
    return _number(facts.dependants, 0, "later commits that need it")


@rule("No migration and no schema is reverted.")
def no_migration(facts: Facts, conditions: Conditions) -> Found:
    return _number(facts.migrations, 0, "migrations or schema files")


# -- what the owner excluded -------------------------------------------------------------------------------------------


@rule("No reverted commit has the trailer No-Auto-Revert.")
def no_opt_out(facts: Facts, conditions: Conditions) -> Found:
    return _known(
        facts.opted_out, "a commit opts out", "no commit opts out", wanted=False, unknown="not every message was read"
    )


@rule("The revert touches no protected path.")
def paths(facts: Facts, conditions: Conditions) -> Found:
    if facts.files is None:
        return "unknown", "the files are not known"
    spec = pathspec.PathSpec.from_lines("gitignore", conditions.protected_paths)
    touched = sum(spec.match_file(path) for path in facts.files)
    return ("fail" if touched else "pass"), f"{touched} protected files"


@rule("No author of a reverted commit is protected.")
def authors(facts: Facts, conditions: Conditions) -> Found:
    if not conditions.protected_authors:
        return "pass", "no author is protected"
    if facts.authors is None:
        return "unknown", "the authors are not known"
    protected = any(matches(each, conditions.protected_authors) for each in facts.authors)
    return ("fail", "an author is protected") if protected else ("pass", "no author of it is protected")


@rule("The repository is not protected.")
def repository(facts: Facts, conditions: Conditions) -> Found:
    protected = matches(facts.repository, conditions.protected_repositories)
    return ("fail", "it is protected") if protected else ("pass", "it is not protected")


@rule("The service is not protected.")
def service(facts: Facts, conditions: Conditions) -> Found:
    protected = matches(facts.service, conditions.protected_services)
    return ("fail", "it is protected") if protected else ("pass", "it is not protected")


@rule("The environment is one for which reverts are wanted.")
def environment(facts: Facts, conditions: Conditions) -> Found:
    if not (facts.environment or "").strip():
        return "unknown", "the alert names no environment"
    wanted = matches(facts.environment or "", conditions.environments)
    return ("pass", "reverts are wanted there") if wanted else ("fail", "no reverts are wanted there")


@rule("It is not a protected hour.")
def hours(facts: Facts, conditions: Conditions) -> Found:
    held = next((each for each in conditions.protected_hours if each.hold(facts.at)), None)
    return ("fail", f"now is {held}") if held else ("pass", "now is no protected hour")


# -- how many ----------------------------------------------------------------------------------------------------------


@rule("No other revert of this repository is under way.")
def one_at_a_time(facts: Facts, conditions: Conditions) -> Found:
    return _known(
        facts.history.under_way if facts.history else None,
        "another revert is not finished",
        "none is under way",
        wanted=False,
        unknown="earlier reverts were not read",
    )


@rule("The hourly cap is not reached.")
def hourly_cap(facts: Facts, conditions: Conditions) -> Found:
    return _below_cap(facts.history.last_hour if facts.history else None, conditions.hourly_cap, "60 minutes")


@rule("The daily cap is not reached.")
def daily_cap(facts: Facts, conditions: Conditions) -> Found:
    return _below_cap(facts.history.last_day if facts.history else None, conditions.daily_cap, "24 hours")


def _below_cap(count: int | None, cap: int, span: str) -> Found:
    if count is None:
        return "unknown", "earlier reverts were not read"
    return ("pass" if count < cap else "fail"), f"{count} in the last {span}, the cap is {cap}"


@rule("The last automatic revert is long enough ago.")
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
