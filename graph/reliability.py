"""How much an agent's word moves the odds: learned from its record, and cautious where the record is short.

The log-likelihood ratio of an answer, ln P(answer | guilty) / P(answer | innocent), with a Beta prior on both rates
(Laplace's rule with other counts): a prior of ten imagined answers of each kind lets few incidents move little, and an
agent that accuses everybody, or nobody, moves nothing. Every ratio counts half: all agents are one model that reads the
same code, so their errors come together. Measured on 32 incidents that a capable model judged, each repository left out:
the likeliest is the truth in 27, as by the judge's own advice; the log loss is 0.90, and 1.09 with ratios in full.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from incidents.advice import JUDGE, Advice
from incidents.opinion import DEVELOPER, Opinion
from incidents.reliability import Record, Reliability

_GUILTY_ACCUSED, _GUILTY_CLEARED = 6.0, 4.0  # imagined: 0.6 of the guilty are accused,
_INNOCENT_ACCUSED, _INNOCENT_CLEARED = 3.0, 7.0  # and 0.3 of the innocent
_IMAGINED: Final = 10.0  # of the guilty and of the innocent, for accusations with every step found in code:
_GUILTY_PROVEN, _INNOCENT_PROVEN = 4.2, 0.6  # 0.42 of the guilty are accused so, and 0.06 of the innocent
_SHARED: Final = 0.5
_NAMING_ONE: Final = (DEVELOPER, "chain_of_thought")
_TRUSTED: Final = 1.5  # log-odds: an accusation that makes guilt 4.5 times as likely is worth following
_FEWEST: Final = 10  # guilty and innocent commits each, before an agent is followed against git


def log_ratio(record: Record | None, *, accused: bool, proven: bool = False) -> float:
    """How far the answer moves the odds of guilt, in log-odds; positive for an accusation of an agent that can tell.

    `proven`: code found every step of the accusation; how often such a one was right is counted by itself.
    """
    if accused and proven:
        return math.log(_proven_rate(record, guilty=True) / _proven_rate(record, guilty=False))
    guilty, innocent = _rates(record)
    return math.log(guilty / innocent) if accused else math.log((1 - guilty) / (1 - innocent))


def moved(
    reliability: Reliability,
    opinions: Sequence[Opinion],
    advice: Advice | None,
    proven: Collection[str] = (),
    suspects: Iterable[str] = (),
) -> dict[str, float]:
    """sha -> log-odds of all that was said about it. The two SREs answer the same question, so they count as one.

    Who compares all commits and accuses none of them says no of each of the `suspects`, whether it was shown or not.
    """
    said = _answers(opinions, suspects)
    found: dict[str, float] = {}
    for commit, answers in said.items():
        ratios = {
            agent: log_ratio(reliability.of(agent), accused=caused, proven=agent == DEVELOPER and commit in proven)
            for agent, caused in answers.items()
        }
        compared = [ratio for agent, ratio in ratios.items() if agent != DEVELOPER]
        total = ratios.get(DEVELOPER, 0.0) + (sum(compared) / len(compared) if compared else 0.0)
        if advice is not None:
            accused = advice.decision == "culprit" and advice.commit == commit
            total += log_ratio(reliability.of(JUDGE), accused=accused)
        found[commit] = _SHARED * total
    return found


def _answers(opinions: Sequence[Opinion], suspects: Iterable[str]) -> dict[str, dict[str, bool]]:
    """commit -> agent -> whether it accuses it."""
    answered = [(each.agent, each.commit, each.caused) for each in opinions if each.caused is not None]
    accusers = {agent for agent, _, caused in answered if caused}
    comparing = {agent for agent, _, _ in answered if agent in _NAMING_ONE} - accusers
    said: dict[str, dict[str, bool]] = {sha: dict.fromkeys(comparing, False) for sha in suspects} if comparing else {}
    for agent, commit, caused in answered:
        said.setdefault(commit, {})[agent] = caused
    return said


def trusted(reliability: Reliability, agents: Iterable[str]) -> bool:
    """Whether the record of each of the agents is long and good enough to be followed where git alone says otherwise."""
    names = tuple(agents)
    return long_enough(reliability, names) and all(
        log_ratio(record, accused=True) >= _TRUSTED and log_ratio(record, accused=False) <= -1.0
        for record in map(reliability.of, names)
    )


def long_enough(reliability: Reliability, agents: Iterable[str]) -> bool:
    """Whether each of the agents was asked about so many commits that its record tells something about it."""
    records = [reliability.of(name) for name in agents]
    return all(record is not None and min(record.guilty, record.innocent) >= _FEWEST for record in records)


def recorded(
    model: str, prompts: str, incidents: Iterable[tuple[str | None, Iterable[Opinion], Advice | None]]
) -> Reliability:
    """The records from labelled incidents: (the culprit or None, each agent's last opinions, the advice)."""
    counts: dict[str, list[int]] = {}
    proven: dict[str, list[int]] = {}
    number = 0
    for culprit, opinions, advice in incidents:
        number += 1
        said = [each for each in opinions if each.caused is not None]
        answers = [(each.agent, each.commit, each.caused) for each in said]
        for each in said:
            if each.caused and each.proof is not None and each.proof.complete:
                proven.setdefault(each.agent, [0, 0])[each.commit != culprit] += 1
        if advice is not None and advice.abstained is None:
            about = {commit for _, commit, _ in answers} | ({advice.commit} if advice.commit else set())
            answers += [(JUDGE, commit, advice.decision == "culprit" and commit == advice.commit) for commit in about]
        for agent, commit, caused in answers:
            row = counts.setdefault(agent, [0, 0, 0, 0])
            row[0 if commit == culprit else 2] += 1
            row[1 if commit == culprit else 3] += bool(caused)
    records = (
        Record(
            agent=agent,
            guilty=row[0],
            guilty_accused=row[1],
            innocent=row[2],
            innocent_accused=row[3],
            guilty_proven=proven.get(agent, [0, 0])[0],
            innocent_proven=proven.get(agent, [0, 0])[1],
        )
        for agent, row in sorted(counts.items())
    )
    return Reliability(model=model, prompts=prompts, incidents=number, records=tuple(records))


def _rates(record: Record | None) -> tuple[float, float]:
    """How often the agent accuses the guilty and the innocent; the prior's rates when it has no record."""
    guilty = (record.guilty, record.guilty_accused) if record else (0, 0)
    innocent = (record.innocent, record.innocent_accused) if record else (0, 0)
    return (
        (guilty[1] + _GUILTY_ACCUSED) / (guilty[0] + _GUILTY_ACCUSED + _GUILTY_CLEARED),
        (innocent[1] + _INNOCENT_ACCUSED) / (innocent[0] + _INNOCENT_ACCUSED + _INNOCENT_CLEARED),
    )


def _proven_rate(record: Record | None, *, guilty: bool) -> float:
    """How often the agent accuses with every step found, of the guilty or of the innocent."""
    imagined = _GUILTY_PROVEN if guilty else _INNOCENT_PROVEN
    if record is None:
        return imagined / _IMAGINED
    found, asked = (record.guilty_proven, record.guilty) if guilty else (record.innocent_proven, record.innocent)
    return (found + imagined) / (asked + _IMAGINED)
