"""The evidence: the commits that can be the cause, the signals for and against each, and the gaps."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from incidents.frozen import Frozen
from incidents.log import LogFindings
from incidents.rollout import Rollout
from incidents.seen import Seen
from incidents.trace import StackTrace


class Commit(Frozen):
    """A commit of the window. `subject` and `author` are untrusted."""

    sha: str
    subject: str
    author: str
    committed_at: datetime
    parents: tuple[str, ...] = ()


class Signal(Frozen):
    """One measured relation between a commit and the trace.

    `value` lies in 0..1 (the function that measures it documents the unit); `detail` is the sentence a person reads,
    with file, line and symbol. `against` is True for negative evidence: the commit is less likely to be the cause.
    """

    name: str
    value: float = Field(ge=0, le=1)
    detail: str
    against: bool = False


class Suspect(Frozen):
    """A possible culprit, with the probability that it is the culprit and at most three reasons."""

    commit: Commit
    probability: float = Field(ge=0, le=1)
    reasons: tuple[str, ...] = Field(default=(), max_length=3)
    signals: tuple[Signal, ...] = ()


class RuledOut(Frozen):
    """A commit of the window that was excluded, and why.

    `reason` begins with what all commits that are excluded for it share; what concerns this commit alone follows after
    `: `. `kind`: a fact excludes the commit, little or nothing speaks for it, or it could not be read. `brief` is the
    reason in the fewest words, where there are fewer.
    """

    commit: Commit
    reason: str
    kind: Literal["fact", "little", "nothing", "unread"] = "fact"
    brief: str = ""

    @property
    def shared(self) -> str:
        """The reason without what concerns this commit alone."""
        return self.reason.partition(": ")[0]


class Producer(Frozen):
    """A place that gives or sets a value on which the failing line depends, and the commit of the window that changed it.

    `path`:`line` is as that commit left it, `symbol` the function around it where that is known. `how` says how the value
    reaches the failing line, `steps` over how many assignments, calls and returns; `kind` says the same as one word
    (`worked`: code works on an attribute of that name, of what object nobody knows), `used_at` is the `path:line` that
    uses the value.
    """

    path: str
    line: int
    symbol: str | None
    how: str
    steps: int
    commit: str
    kind: Literal["line", "attribute", "worked", "call"] = "line"
    used_at: str = ""


class Doubt(Frozen):
    """A commit of the window that changed what the error itself speaks of, and what it did, as a sentence: while no
    opinion proves it innocent, nobody may say that no commit of the window did it."""

    commit: str
    why: str


class Evidence(Frozen):
    """Everything found without a language model. Every commit of the window is once in suspects or in ruled_out.

    `ruled_out` ends with the commits deployed afterwards that are proven innocent. `rollouts` say when the commits went
    live, oldest first; `log` is what the log says about the error, None when there was no log to query.

    Suspects are ordered best first; their probabilities and `none_probability` are calibrated and sum to at most 1.
    `older` is the commit from before the window that explains the failure best, if any; its probability is a part of
    `none_probability`, and it is never reported as the culprit. `seen` is how much of the failure could be seen;
    `instead` explains the failure, in sentences, without a commit of the window: "none of these" needs one. `missing`
    lists the gaps as sentences (no in-app frame, trace not parsed, commit too large, ...). `unread` are the commits of
    the window that could not be read, or not where the failure is: any may be the cause. `hit_failing_line` are the
    suspects that wrote or removed code at the innermost line of the trace, `read_in_part` those that were too large to
    be read in full. All three are shas, and prevent a certain "none of these". `producers` follow the failing line's
    values backwards: what of the window changed on their way, nearest first. `guessed`: nobody knows where the window
    begins, so "none of these" is never certain either. While there are `doubts`, it is not stated.
    """

    trace: StackTrace
    base: str
    deployed: str
    suspects: tuple[Suspect, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    none_probability: float = Field(ge=0, le=1)
    older: Suspect | None = None
    seen: Seen = Seen()
    instead: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    hit_failing_line: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    read_in_part: tuple[str, ...] = ()
    producers: tuple[Producer, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    log: LogFindings | None = None
    rollouts: tuple[Rollout, ...] = ()
    guessed: bool = False

    @property
    def window_unknown(self) -> bool:
        """Whether no commit was compared because nobody knows what was deployed: that clears nothing."""
        return self.guessed and not self.suspects and not self.ruled_out

    def rollout_of(self, sha: str) -> Rollout | None:
        """Return the deploy that shipped this commit, or None when it is not known."""
        return next((each for each in self.rollouts if sha in each.commits), None)
