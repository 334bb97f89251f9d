"""How a signal is declared: once, by `@signal` on its function. The registry, the ranker and the reasons follow."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final, TypeAlias

from incidents.evidence import Signal
from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext

Measured: TypeAlias = tuple[float, str]
"""A value in 0..1, and the fact behind it as a clause whose subject is the commit: "changed shop/cart.py"."""

Measure: TypeAlias = Callable[[SignalContext, CommitFacts], Measured | None]

_USUAL: Final = 0.3
_WORDS_BESIDE_CODE: Final = 0.5  # held out, 0.5 makes the truth likelier than 1, 0.7 and weights of their own


class Direction(IntEnum):
    """The sign a signal's weight may have: positive raises the probability of the commit, negative lowers it."""

    FOR = 1
    AGAINST = -1
    EITHER = 0


class Topic(StrEnum):
    """What a signal's sentence is about, the most specific first. A reader gets at most one sentence a topic."""

    NULL = "how a missing value can come about"
    SETTING = "a setting the failing code reads"
    TEXT = "the error's own sentence"
    DEPENDENCY = "what the program runs with: packages, runtimes, submodules"
    NAMED = "a definition or key that the error names"
    LINE = "a line of the trace, or how a value it uses is set"
    PRODUCER = "what gives a value on which the failing line depends"
    RAN = "code that had run just before, in a function of the trace"
    FUNCTION = "a function of the trace"
    USED = "what the failing code uses, or the class it belongs to"
    FILE = "a file of the trace"
    CONSTRUCT = "what of the language the error means"
    SENT = "data that a program in another language sends or expects"
    ERROR = "words of the error message in the changed code"
    MESSAGE = "what the commit says about itself"
    EXCLUSION = "why the commit can hardly be the cause"


_NEARBY: Final = (Topic.USED, Topic.FILE)  # functions of one trace call each other

INCLUDED: Final = {
    Topic.TEXT: (Topic.ERROR,),
    Topic.NAMED: (Topic.ERROR,),
    Topic.LINE: (Topic.PRODUCER, Topic.RAN, Topic.FUNCTION, *_NEARBY),
    Topic.PRODUCER: (Topic.RAN, Topic.FUNCTION, *_NEARBY),
    Topic.RAN: (Topic.FUNCTION, *_NEARBY),
    Topic.FUNCTION: _NEARBY,
}
"""Topics about which nothing is said beside a more specific one: who changed a line changed its function and file."""


@dataclass(frozen=True, slots=True)
class SignalDeclaration:
    """One signal. `expected` is its weight in log-odds per unit before any incident was seen, `topic` what its sentence
    is about (None: no reason in itself). `family` is the file it stands in, `meaning` its function's docstring. `words`:
    it compares words of the message with the commit; where the failing code itself was read they are the weaker witness,
    and half of its value counts."""

    name: str
    family: str
    meaning: str
    measure: Measure
    direction: Direction
    expected: float
    topic: Topic | None
    words: bool = False

    def __call__(self, context: SignalContext, change: CommitFacts) -> Signal | None:
        """The signal of one commit; None when it is 0."""
        measured = self.measure(context, change)
        if measured is None or measured[0] <= 0:
            return None
        value = min(1.0, measured[0])
        if self.words and context.site.located:
            value *= _WORDS_BESIDE_CODE
        return Signal(name=self.name, value=value, detail=measured[1], against=self.direction is not Direction.FOR)


def signal(
    topic: Topic | None = None,
    *,
    direction: Direction = Direction.FOR,
    expected: float | None = None,
    words: bool = False,
) -> Callable[[Measure], SignalDeclaration]:
    """Declares the function below as a signal of its own name.

    `expected` is for signals that are decisive when they occur, which is rare in any collection of incidents; `words` for
    those that compare words of the message.
    """

    def declare(measure: Measure) -> SignalDeclaration:
        return SignalDeclaration(
            name=measure.__name__,
            family=measure.__module__.rsplit(".", 1)[-1],
            meaning=" ".join((measure.__doc__ or "").split()),
            measure=measure,
            direction=direction,
            expected=_USUAL * direction if expected is None else expected,
            topic=topic,
            words=words,
        )

    return declare
