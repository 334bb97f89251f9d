"""The numbers that turn probabilities into a verdict and a confidence word. Tune them only here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How an answer is worded, and when opinions may give one. All are probabilities.

    Which answer is given: `tools.ranking.answer`.
    """

    high: float = 0.8  # the word "high"; for a culprit it also needs a measured signal, not only an agent's opinion
    medium: float = 0.55  # the word "medium"; below it is "low"
    unmoved: float = 0.97  # opinions that name no whole way do not overrule what git alone gives more than this
    rival: float = 0.3  # a runner-up with this much is to be read with the first, before anything is reverted
    worth_reading: float = 0.2  # a suspect with this much is named as worth reading, even when the verdict is "none"


@dataclass(frozen=True, slots=True)
class Weights:
    """How much an opinion changes the odds: log-odds = weight * logit(agent's probability), clipped.

    Naive-Bayes update with tempered weights: opinions of one model about one prompt are far from independent, so each
    counts for less than its own probability. The developer has read code with tools and counts most, but only with
    citations that exist. The judge adds what its decision says, never a number it invented. A team that agrees raises a
    suspect of 50 % to about 95 %, not further. Where `redtide calibrate` measured the model, its record is used
    instead (`graph.reliability`).
    """

    prior: float = 0.75  # factor on the evidence's log-probabilities once agents have answered: it has errors too
    floor: float = 0.03  # no suspect starts below this then: an agent that reads the code may see what git cannot show
    zero_shot: float = 0.25
    chain_of_thought: float = 0.3
    developer: float = 0.5
    proven: float = 3.5  # log-odds of an accusation that code could follow to the failure: it outweighs a prior of 97 %
    agreed: float = 2.5  # log-odds of one of which code found the changed line, when the whole team names that commit
    judge: float = 0.75  # log-odds, added to the candidate or to "none"
    clip: float = 2.5  # |logit| of one opinion; 2.5 is a probability of 0.92
    unstated: float = 0.75  # P(caused) of an agent that says yes without a probability; 1 - this for no
    uncited: float = 0.0  # factor on a developer's "caused" without one existing citation
    unsound: int = 4  # an opinion with fewer than this of 12 points is left out: the judge can only remove


THRESHOLDS = Thresholds()
WEIGHTS = Weights()
