"""Definitions elsewhere that the failing code uses, and that a commit changed: callees, classes, two calls away."""

from tools.impact.commit_facts import CommitFacts, Reached
from tools.impact.context import SignalContext, decay
from tools.impact.error_kind import ErrorKind
from tools.signals.declaration import Measured, Topic, signal


@signal(Topic.USED, expected=1.0)
def changed_called_result(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Decay of the innermost frame whose line calls a function of which the commit changed what it returns, or its
    defaults; the calls from one frame of the trace into the next left out. Less where several commits changed such a name."""
    inside = {frame.function for frame in context.site.frames}
    inside |= {row.owner for row in change.reached}  # a class is changed with each of its methods, and returns nothing
    rows = [r for r in change.reached if r.hops == 1 and r.on_line and r.known and (r.gives or r.nulls)]
    best = max((r for r in rows if r.name not in inside), key=lambda r: _strength(context, r), default=None)
    if best is None:
        return None
    user = f"{best.frame.path}:{best.frame.line}"
    return _strength(context, best), f"changed what {_definition(best)} returns, which {user} calls"


@signal(Topic.USED)
def touched_two_calls_away(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Strength (decay, rarity of the name, known to the file) of a changed definition that is used in turn by what a frame's
    function uses."""
    return _strongest(context, [r for r in change.reached if r.hops == 2])


@signal(Topic.USED)
def touched_sibling(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Decay of the frame in whose class (same file) the commit changed other code, less in classes over 200 lines."""
    best, value = None, 0.0
    for frame, lines in change.siblings:
        strength = decay(frame.depth) / max(1.0, lines / 200)
        if strength > value:
            best, value = frame, strength
    return None if best is None else (value, f"changed other code of class `{best.owner}` ({best.path})")


@signal(Topic.NAMED, words=True)
def touched_what_message_names(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Rarity of a definition that the error message names and the commit changed."""
    mine = change.named
    if change.live_before and context.error_kind is ErrorKind.MISSING:
        mine = mine - change.opened  # to have made what is missing now is no cause
    best = max(mine, key=lambda word: (context.rarity(context.named_counts[word]), word), default=None)
    return (
        None if best is None else (context.rarity(context.named_counts[best]), f"changed `{best}`, named in the error")
    )


def _strongest(context: SignalContext, rows: list[Reached]) -> Measured | None:
    best = max(rows, key=lambda row: _strength(context, row), default=None)
    return None if best is None else (_strength(context, best), f"changed {_use(best)}")


def _strength(context: SignalContext, reached: Reached) -> float:
    return decay(reached.frame.depth) * _rare(context, reached) * (1.0 if reached.known else 0.4)


def _rare(context: SignalContext, reached: Reached) -> float:
    return 1 / (1 + 0.35 * (context.reach_counts[reached.name] - 1))


def _definition(reached: Reached) -> str:
    name = f"{reached.owner}.{reached.name}" if reached.owner else reached.name
    return f"`{name}` ({reached.path}:{reached.line})"


def _use(reached: Reached) -> str:
    inside = reached.frame.function
    user = f"`{inside}`" if inside and not reached.on_line else f"{reached.frame.path}:{reached.frame.line}"
    way = "uses" if reached.hops == 1 else "reaches"
    return f"{_definition(reached)}, which {user} {way}"
