"""Find the first bad commit of a window by running a command, the most telling commit first."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from incidents.confirmation import Trial
from tools.trials.belief import Belief

_NOTHING_TO_LEARN: Final = 0.0005  # bits
UNUSABLE: Final[frozenset[int | None]] = frozenset({126, 127})
"""The exit status of a shell when a command is not executable, or not found."""
_ENOUGH_UNUSABLE: Final = 3
_MOST_AT_ONE: Final = 4  # runs of one commit
_PASSES: Final = 2  # a right suspicion is shown by one pass and one failure
_MOST_WHEN_FLAKY: Final = 12
_FLAKY_SURE: Final = 0.99  # once a commit gave both outcomes: the assumed rates are then only roughly right
_OWN_SHARE: Final = 0.9  # of the given probabilities; the rest is spread evenly, so that a wrong guess can be mended


@dataclass(frozen=True, slots=True)
class Window:
    """The revision before the window, and its commits, oldest first."""

    base: str
    commits: Sequence[str]

    def at(self, position: int) -> str:
        """Return the revision at a position: 0 is the base, 1 the first commit."""
        return self.base if position == 0 else self.commits[position - 1]


@dataclass(slots=True)
class Bisection:
    """Trials of one window, chosen by what they are expected to say. `most` bounds their number."""

    window: Window
    prior: Mapping[str, float]
    run: Callable[[str], Trial]
    most: int = 30
    sure: float = 0.975
    trials: list[Trial] = field(default_factory=list)
    belief: Belief = field(init=False)
    _seen: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.belief = Belief(prior_of(self.window, self.prior))

    def finish(self) -> None:
        """Run until one explanation is sure and was seen on both sides, or nothing more can be learnt."""
        while len(self.trials) < self.most:
            position = self._next()
            if position is None or self.unusable:
                return
            trial = self.run(self.window.at(position))
            self.trials.append(trial)
            self._seen[position].append(trial.outcome)
            if trial.outcome in ("passed", "failed"):
                self.belief.update(position, failed=trial.outcome == "failed")

    @property
    def leading(self) -> tuple[int, float]:
        """The likeliest first bad position (0: already before the window; n + 1: none of it), and its probability."""
        posterior = self.belief.posterior
        position = max(range(len(posterior)), key=lambda each: posterior[each])
        return position, posterior[position]

    @property
    def flaky(self) -> bool:
        """Whether a commit both passed and failed."""
        return any({"passed", "failed"} <= set(outcomes) for outcomes in self._seen.values())

    @property
    def unusable(self) -> bool:
        """Whether the command itself cannot be run: not found, or not executable, at each of the first commits."""
        statuses = {each.status for each in self.trials}
        return len(self.trials) >= _ENOUGH_UNUSABLE and statuses <= UNUSABLE

    @property
    def needed(self) -> float:
        """The probability from which an explanation is sure."""
        return max(self.sure, _FLAKY_SURE) if self.flaky else self.sure

    @property
    def seen(self) -> bool:
        """Whether the leading explanation was seen: a failed run at it, and a passed one right before it."""
        return not self._unseen(self.leading[0])

    def _next(self) -> int | None:
        """The position to run now; None when all is said."""
        last = len(self.window.commits)
        if not self._failed:
            if self._seen[last].count("passed") >= _MOST_AT_ONE:
                return None  # it does not show the error: where it passes before tells nothing
            if self._deployed_first and self._can_run(last):
                return last
        position, probability = self.leading
        if probability >= self.needed:
            return next((each for each in self._unseen(position) if self._can_run(each)), None)
        best = self.belief.best(each for each in range(len(self.window.commits) + 1) if self._can_run(each))
        return best if best is not None and self.belief.gain(best) > _NOTHING_TO_LEARN else None

    @property
    def _failed(self) -> bool:
        """Whether the command failed anywhere."""
        return any(each.outcome == "failed" for each in self.trials)

    @property
    def _deployed_first(self) -> bool:
        """Whether to look at the deployed revision now: nothing is suspected, or what was suspected passes twice."""
        return not any(self.prior.values()) or sum(each.outcome == "passed" for each in self.trials) >= _PASSES

    def _unseen(self, position: int) -> list[int]:
        """What the explanation still has to show: that it fails there, and passes right before it."""
        last = len(self.window.commits)
        fails = [position] if position <= last and "failed" not in self._seen[position] else []
        passes = [position - 1] if position > 0 and "passed" not in self._seen[position - 1] else []
        return [*fails, *passes]

    def _can_run(self, position: int) -> bool:
        outcomes = self._seen[position]
        most = _MOST_WHEN_FLAKY if self.flaky else _MOST_AT_ONE
        return len(outcomes) < most and not {"untestable", "timed_out"}.intersection(outcomes)


def prior_of(window: Window, probabilities: Mapping[str, float]) -> list[float]:
    """Return the probability of each first bad position; what the commits leave is shared by "before" and "none"."""
    number = len(window.commits)
    given = [max(0.0, probabilities.get(sha, 0.0)) for sha in window.commits]
    outside = max(0.0, 1 - sum(given))
    own = [outside / 2, *given, outside / 2] if any(given) else [0.05, *[0.9 / number] * number, 0.05]
    return [_OWN_SHARE * each + (1 - _OWN_SHARE) / (number + 2) for each in own]
