"""What has to be true of the verdict and the evidence behind it."""

from typing import Final

from incidents.decision import Facts
from incidents.policy import EVIDENCE_KINDS, Conditions
from incidents.verdict import percent
from tools.policy.rule import Found, Rules, known, number

RULES: Final = Rules()


@RULES.rule("The verdict names one commit as the likely cause.")
def likely_cause(facts: Facts, conditions: Conditions) -> Found:
    named = facts.outcome == "culprit" and facts.commit is not None
    return ("pass" if named else "fail"), f"the verdict is {facts.outcome}"


@RULES.rule("The verdict comes from an investigation of this incident, as it is now.")
def own_report(facts: Facts, conditions: Conditions) -> Found:
    return known(
        facts.own_report,
        "investigated for this incident",
        "the verdict is reused, or of an earlier round",
        wanted=True,
        unknown="it is not known for which incident it was investigated",
    )


@RULES.rule("The same error did not occur before the commit went live.")
def new_error(facts: Facts, conditions: Conditions) -> Found:
    return known(
        facts.seen_before,
        "the same error was reported before the commit went live",
        "no earlier report of the same error is stored",
        wanted=False,
        unknown="it is not known whether the error is new",
    )


@RULES.rule("Nobody said that the verdict is wrong.")
def not_disputed(facts: Facts, conditions: Conditions) -> Found:
    return known(
        facts.disputed, "a person disagrees", "nobody disagrees", wanted=False, unknown="feedback was not read"
    )


@RULES.rule("Nobody objected to a revert of this commit, for whatever incident.")
def no_objection(facts: Facts, conditions: Conditions) -> Found:
    return known(
        facts.objected,
        "a person objected to it, or said that a verdict on it is wrong",
        "nobody objected to it",
        wanted=False,
        unknown="earlier objections were not read",
    )


@RULES.rule("The log itself shows the error since the commit went live, or the owner's command fails with the commit.")
def corroborated(facts: Facts, conditions: Conditions) -> Found:
    least = conditions.minimum_log_errors
    if facts.confirmed is True:
        return "pass", "the owner's command confirms it"
    if least == 0:
        return "pass", "not asked for"
    if facts.log_errors is None:
        return "unknown", "no log shows the error: there is only the alert"
    return ("pass" if facts.log_errors >= least else "fail"), f"{facts.log_errors} errors in the log, at least {least}"


@RULES.rule("The error still goes on.")
def still_failing(facts: Facts, conditions: Conditions) -> Found:
    return known(
        facts.over,
        "the sender of the alert says that the error is over",
        "the sender has not said that the error is over",
        wanted=False,
        unknown="it is not known whether the error goes on",
    )


@RULES.rule("A deploy, a tag or a person says where the window of commits begins.")
def known_window(facts: Facts, conditions: Conditions) -> Found:
    return known(
        facts.guessed_window,
        "the beginning of the window is guessed",
        "the window is known",
        wanted=False,
        unknown="it is not known how the window was found",
    )


@RULES.rule("The clone holds every file that was asked for.")
def complete_clone(facts: Facts, conditions: Conditions) -> Found:
    return known(
        facts.incomplete_clone,
        "objects are missing from the clone",
        "nothing that was asked for is missing",
        wanted=False,
        unknown="it is not known whether the clone is complete",
    )


@RULES.rule("Every commit of the window was read in full.")
def all_read(facts: Facts, conditions: Conditions) -> Found:
    return number(facts.unread, 0, "commits not read in full")


@RULES.rule("The probability of the verdict is calibrated and high enough.")
def probability(facts: Facts, conditions: Conditions) -> Found:
    stated = f"{percent(facts.probability)}, at least {conditions.minimum_probability:.0%}"
    if facts.calibrated is not True:
        return ("unknown" if facts.calibrated is None else "fail"), f"{stated}; it is not calibrated"
    return ("pass" if facts.probability >= conditions.minimum_probability else "fail"), stated


@RULES.rule("Git and logs alone name the same commit, with enough probability.")
def git_agrees(facts: Facts, conditions: Conditions) -> Found:
    if facts.git_commit is None or facts.git_commit != facts.commit:
        return "fail", "by git and logs alone another commit, or none, is the likeliest"
    enough = facts.git_probability >= conditions.minimum_git_probability
    stated = f"{percent(facts.git_probability)}, at least {conditions.minimum_git_probability:.0%}"
    return ("pass" if enough else "fail"), stated


@RULES.rule("What ties the commit to the failure is strong enough.")
def evidence(facts: Facts, conditions: Conditions) -> Found:
    enough = EVIDENCE_KINDS.index(facts.evidence) >= EVIDENCE_KINDS.index(conditions.minimum_evidence)
    return ("pass" if enough else "fail"), f"{facts.evidence}, at least {conditions.minimum_evidence}"


@RULES.rule("No agent says otherwise; where the policy asks for it, the developer names the commit too.")
def agents(facts: Facts, conditions: Conditions) -> Found:
    if facts.agents_due:
        return "unknown", "agents are still to be asked"
    if facts.agents_against:
        return "fail", f"against: {', '.join(facts.agents_against)}"
    if conditions.agents == "agree" and "developer" not in facts.agents_for:
        return "fail", "the developer does not name it"
    return "pass", f"for: {', '.join(facts.agents_for) or 'none was asked'}, against: none"


@RULES.rule("Where the policy asks for it, code found each step from the change to the failing line.")
def checked_steps(facts: Facts, conditions: Conditions) -> Found:
    if not conditions.checked_steps:
        return "pass", "not asked for"
    return known(
        facts.checked_steps, "every step was found", "a step was not found", wanted=True, unknown="no steps are stated"
    )


@RULES.rule("Where the policy asks for it, the owner's command fails with the commit and passes without it.")
def confirmed(facts: Facts, conditions: Conditions) -> Found:
    if facts.confirmed is False:
        return "fail", "the owner's command does not confirm it"
    if not conditions.confirmed:
        return "pass", "not asked for"
    return known(facts.confirmed, "confirmed", "not confirmed", wanted=True, unknown="the command was not run")
