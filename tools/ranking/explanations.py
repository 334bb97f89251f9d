"""The sentences a person reads: why a commit is suspected, or why it was dropped.

Only what moved the score is reported: each sentence belongs to a signal with weight, and the order is that of their
effects (weight times value, in log-odds). Signals of one topic say the same thing in different strength, so their
effects are added and the strongest gives the sentence.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from incidents.evidence import Signal
from incidents.seen import Visibility
from tools.ranking.ranker import Weights
from tools.signals.declaration import INCLUDED, Topic
from tools.signals.registry import SIGNALS

_FLOOR: Final = 0.1  # log-odds: what changes the odds by less than a tenth explains nothing
_MOST: Final = 3
_NOTHING: Final[dict[Visibility, str]] = {
    "code": "touches no file of the trace nor anything its lines use",
    "unconfirmed": "touches no file of the trace nor anything its lines use",
    "library": "shares no name with the trace's frames or message",
    "message": "shares no name with the message",
    "nothing": "there is nothing to compare it with",
}


_BRIEFLY: Final[dict[Visibility, str]] = {
    "code": "touches no file of the trace",
    "unconfirmed": "touches no file of the trace",
}


class Exclusion(NamedTuple):
    """Why a commit was dropped, as `incidents.evidence.RuledOut` has it."""

    reason: str
    kind: Literal["fact", "little", "nothing"] = "fact"
    brief: str = ""


class _Reason(NamedTuple):
    effect: float
    detail: str


def reasons_for(signals: Sequence[Signal], weights: Weights) -> tuple[str, ...]:
    """At most three sentences, the one with the largest effect first; none when no signal with a topic has an effect.

    Effects below 0.1 are left out; when all are, the largest is reported as little.
    """
    found = _reasons(signals, weights)
    strong = [reason.detail for reason in found if reason.effect >= _FLOOR]
    faint = [f"it only {reason.detail}" for reason in found[:1]]
    return tuple(sentence(detail) for detail in _each_once(strong or faint)[:_MOST])


def _each_once(details: Sequence[str]) -> list[str]:
    """Of sentences that begin with the same fact, up to their first comma, the first: "changed what `f` returns, which
    line 5 called before too" says all that "changed what `f` returns, which line 5 calls" does."""
    return list({detail.partition(", ")[0]: detail for detail in reversed(details)}.values())[::-1]


def reason_against(signals: Sequence[Signal], weights: Weights, visibility: Visibility = "code") -> Exclusion:
    """Why a commit was dropped: a fact that excludes it, else how little evidence there is."""
    if excluding := exclusion(signals, weights):
        return Exclusion(excluding)
    found = _reasons(signals, weights)
    details = [found[0].detail] if found else _near_code(signals)
    if not details:
        return Exclusion(_NOTHING[visibility], "nothing", _BRIEFLY.get(visibility, ""))
    most = f"it only {details[0]}"
    return Exclusion(f"too little evidence: {most}", "little", most)


def _near_code(signals: Sequence[Signal]) -> list[str]:
    """What the commit did to code that the trace's lines use, though it has no effect on the score: nobody may say that it did
    nothing there. The most specific first."""
    near = (Topic.LINE, Topic.PRODUCER, Topic.RAN, Topic.FUNCTION, Topic.USED, Topic.FILE)
    topics = [(SIGNALS[each.name].topic, each) for each in signals if each.name in SIGNALS and not each.against]
    return [each.detail for topic in near for mine, each in topics if mine is topic]


def exclusion(signals: Sequence[Signal], weights: Weights) -> str | None:
    """The fact about the commit itself that excludes it, such as that it changes only documents."""
    rows = _by_topic(signals, weights).get(Topic.EXCLUSION)
    return min(rows).detail if rows else None


def sentence(text: str) -> str:
    """`text` with a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _reasons(signals: Sequence[Signal], weights: Weights) -> list[_Reason]:
    """One reason a topic with the effects of the topics it includes, the largest first."""
    left = _by_topic(signals, weights)
    left.pop(Topic.EXCLUSION, None)
    found: list[_Reason] = []
    for topic in Topic:
        if topic in left and max(left[topic]).effect >= _FLOOR:
            detail = max(left[topic]).detail
            effects = [row.effect for each in (topic, *INCLUDED.get(topic, ())) for row in left.pop(each, ())]
            found.append(_Reason(sum(effects), detail))
    found += [max(rows) for rows in left.values()]
    return sorted(found, key=lambda reason: -reason.effect)


def _by_topic(signals: Sequence[Signal], weights: Weights) -> dict[Topic, list[_Reason]]:
    """The effect of each signal that has one, by the topic of its sentence."""
    found: dict[Topic, list[_Reason]] = defaultdict(list)
    for signal in signals:
        declared, weight = SIGNALS.get(signal.name), weights.signals.get(signal.name)
        if declared and declared.topic and weight and weight.weight * signal.value:
            found[declared.topic].append(_Reason(weight.weight * signal.value, signal.detail))
    return found
