"""The verdict, settled in code from checkable facts. The judge advises; it does not decide.

Order: take in ruled-out commits that the developer names, drop opinions that are no candidate's, check what they cite
and each step that they state (`graph.citations`), drop what the judge found unsound, combine the rest with the evidence
(`graph.posterior`), read outcome and word off (`graph.ruling`), and let it stand only as far as opinions may turn what git
says (`graph.turning`).
"""

from collections.abc import Sequence
from dataclasses import replace

from agents.prose import ids_in
from graph.agreement import Agreement, agreement
from graph.citations import Checked, LinesOf, NothingChecked, Proofs, Steps, check, proofs
from graph.dissent import Dissent, dissent, word_after
from graph.hearing import Hearing, hear
from graph.next_step import next_step
from graph.posterior import combine
from graph.promotion import still_ruled_out, with_named
from graph.reliability import long_enough, trusted
from graph.ruling import Ruling, rule
from graph.thresholds import THRESHOLDS, WEIGHTS, Thresholds, Weights
from graph.turning import followed, insisted, may_open, may_turn, word_of
from graph.unstated import sides
from graph.wording import basis, reason
from incidents.advice import JUDGE, Advice
from incidents.evidence import Evidence
from incidents.opinion import DEVELOPER, Opinion, last_words, latest
from incidents.reliability import Reliability
from incidents.verdict import Confidence, Verdict


def settle(
    evidence: Evidence,
    opinions: Sequence[Opinion] = (),
    advice: Advice | None = None,
    *,
    lines_of: LinesOf,
    steps: Steps | None = None,
    thresholds: Thresholds = THRESHOLDS,
    weights: Weights = WEIGHTS,
    reliability: Reliability | None = None,
) -> Verdict:
    """Which commit, if any. Every commit of the evidence is in the verdict's suspects or ruled_out, once.

    `steps` looks cited lines up in git; without it no opinion is proven. `reliability` is the record of the model that
    was asked, as `redtide calibrate` measured it.
    """
    seen, evidence = evidence, with_named(evidence, opinions)
    ties = steps or NothingChecked()
    checked = _checked(evidence, opinions, lines_of, ties)
    hearing = hear(evidence, checked, advice, weights, _older(checked, ties))
    git = rule(evidence, combine(evidence, ()), thresholds)
    final, against = _ruled(evidence, git, hearing, thresholds, weights, reliability)
    contrary = dissent(final, hearing)
    final = final.worded(word_after(git, final, contrary, proven=_proven(final, hearing)))
    facts = (*basis(final, evidence, hearing, against, contrary), *_record(hearing, reliability))
    excluded = still_ruled_out(seen, opinions)
    suspects = tuple(each for each in final.suspects if each.commit.sha not in excluded)
    named = {each.commit.sha for each in suspects}
    now = next_step(final, evidence, against, to_read=_must_be_read(final, hearing, contrary))
    return Verdict(
        outcome=final.outcome,
        culprit=final.named,
        confidence=Confidence(probability=final.probability, word=final.word, basis=facts),
        suspects=suspects,
        ruled_out=tuple(each for each in seen.ruled_out if each.commit.sha not in named),
        opinions=hearing.shown,
        mode="agents" if hearing.counted else "evidence",
        unreached=_unreached(opinions, advice),
        left_out=hearing.left_out,
        sides=() if final.stated else sides(final, evidence),
        reason=reason(final, evidence, hearing, against, contrary),
        next_step=now.says,
        to_read=now.commits,
    )


def _checked(evidence: Evidence, opinions: Sequence[Opinion], lines_of: LinesOf, steps: Steps) -> list[Checked]:
    """The last word of each agent on each candidate, with only the citations that exist."""
    candidates = {each.commit.sha for each in evidence.suspects}
    window = candidates | {each.commit.sha for each in evidence.ruled_out}
    said = [each for each in last_words(opinions).values() if each.commit in candidates]
    return [check(each, window, lines_of, steps) for each in said]


def _older(checked: Sequence[Checked], steps: Steps) -> tuple[str, ...]:
    """The commits from before the deploy that the words of the opinions name: the cause that is none of its commits."""
    named = dict.fromkeys(one for each in checked for one in ids_in(each.opinion.mechanism))
    return tuple(one for one in named if steps.from_before(one))


def _ruled(
    evidence: Evidence,
    git: Ruling,
    hearing: Hearing,
    thresholds: Thresholds,
    weights: Weights,
    reliability: Reliability | None,
) -> tuple[Ruling, Ruling | None]:
    """What stands, and the opinions' answer when it does not stand because nothing of it could be checked."""
    if not hearing.counted:
        return git, None
    shown = {(each.repo_path, each.line) for each in evidence.trace.frames if each.repo_path and each.line}
    found = proofs(hearing.counted, shown)
    shared = agreement(hearing, mapped=bool(evidence.seen.mapped), shown=shown)

    def known(team: Ruling) -> bool:
        return followed(git, team, evidence, shared, reliability)

    def stands(team: Ruling) -> bool:
        return known(team) or may_turn(git, team, evidence, found, shared, thresholds)

    teams = [_team(evidence, hearing, found, shared, thresholds, weights, each) for each in _records(reliability)]
    standing = [each for each in teams if stands(each)]
    team = _sharing(standing or teams, shared)
    if standing and team.answer != git.answer:
        return team.worded(word_of(git, team, found, shared, known(team))), None
    if not git.stated:
        asked = git.outcome == "unsure" or may_open(git, team, shared)
        pointed = team.naming(shared.commit) if shared is not None and shared.commit and shared.began else None
        return team.unstated("unsure" if asked else "not_enough"), team if team.stated else pointed
    if shared is not None and insisted(git, evidence, found, shared, reliability):
        return git.unstated("unsure"), team.naming(shared.commit)
    return (team.worded(word_of(git, team, found)), None) if standing else (git.doubted(), team)


def _sharing(teams: Sequence[Ruling], shared: Agreement | None) -> Ruling:
    """The ruling that gives the answer of developer and judge, else the first."""
    return next((each for each in teams if shared is not None and each.answer == shared.answer), teams[0])


def _records(reliability: Reliability | None) -> tuple[Reliability | None, ...]:
    """With which records the opinions are weighed: only a long and bad one takes away what a model that nobody measured has."""
    agents = (DEVELOPER, JUDGE)
    bad = reliability is not None and long_enough(reliability, agents) and not trusted(reliability, agents)
    return (reliability,) if bad or reliability is None else (reliability, None)


def _team(
    evidence: Evidence,
    hearing: Hearing,
    found: Proofs,
    shared: Agreement | None,
    thresholds: Thresholds,
    weights: Weights,
    reliability: Reliability | None,
) -> Ruling:
    """What evidence and opinions give together."""
    heard = [each.opinion for each in hearing.counted]
    agreed = shared.answer if shared is not None and shared.whole and (shared.began or shared.ends) else None
    chances = combine(evidence, heard, hearing.advised, weights, reliability, found.proven, agreed)
    if shared is not None and shared.commit is None and shared.supported:
        found = replace(found, older=True)  # what the whole team says, with a way that code found, explains it
    return rule(evidence, chances, thresholds, found)


def _proven(final: Ruling, hearing: Hearing) -> bool:
    """Whether code found the whole way from the named commit to the failing line."""
    return any(each.proven and each.opinion.commit == final.named for each in hearing.counted)


def _must_be_read(final: Ruling, hearing: Hearing, contrary: Dissent) -> bool:
    """Whether somebody has to read the named commit before reverting it."""
    return contrary.developer is not None or (final.word == "low" and bool(hearing.counted))


def _record(hearing: Hearing, reliability: Reliability | None) -> tuple[str, ...]:
    """What the model's word was worth before, where agents were heard."""
    if not hearing.counted or reliability is None:
        return ()
    return tuple(
        f"on {reliability.incidents} labelled incidents the {name} accused {each.guilty_accused} of {each.guilty} guilty "
        f"commits and {each.innocent_accused} of {each.innocent} innocent ones"
        for agent_, name in ((DEVELOPER, "developer"), (JUDGE, "SRE manager"))
        if (each := reliability.of(agent_)) is not None
    )


def _unreached(opinions: Sequence[Opinion], advice: Advice | None) -> tuple[str, ...]:
    """The agents that could not be asked, the last time that somebody wanted to, each once."""
    silent = [each.agent for each in latest(opinions).values() if each.unreached]
    return tuple(dict.fromkeys([*silent, JUDGE] if advice is not None and advice.unreached else silent))
