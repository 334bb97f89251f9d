"""What had run when it failed: code of the frames' functions at or above the lines the trace names."""

import math
from collections.abc import Iterator

from tools.impact.commit_facts import CommitFacts, Contact, ProducerKind
from tools.impact.context import SignalContext
from tools.signals.declaration import Direction, Measured, Topic, signal
from tools.signals.locations import line_of, verb_of

_STEP = 0.8


@signal(Topic.RAN)
def ran_in_any_frame(context: SignalContext, change: CommitFacts) -> Measured | None:
    """exp(-distance / 12 lines) to the nearest change at or above a frame's line, in its function; any depth."""
    if context.site.trace.not_run:  # a compiler's error
        return None
    best = min((c for c in change.contacts if c.near_ran is not None), key=lambda c: c.near_ran or 0, default=None)
    if best is None:
        return None
    distance = best.near_ran or 0
    where = {0: "at", 1: "just above"}.get(distance, f"{distance} lines above") if best.frame.exact else "in"
    return math.exp(-distance / 12), f"{verb_of(best)} code that had run, {where} {line_of(best.frame)}"


@signal(Topic.LINE)
def set_what_line_uses(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the commit changed, in a frame's function, how a name is set that the frame's line uses; any depth. 0.8 for
    each step more on the way of a value to the failing line (`tools.impact.value_slice`)."""
    if context.site.trace.not_run:  # a compiler's error
        return None
    for contact in sorted(change.contacts, key=lambda c: c.frame.depth):
        shared = contact.sets & {name.lstrip("$") for name in contact.frame.line_names}
        if shared and contact.near_ran is not None:
            return 1, f"changed how `{min(shared)}` is set before {line_of(contact.frame)} uses it"
    lines = [each for each in change.produced if each.kind is ProducerKind.LINE]
    best = min(lines, key=lambda each: (each.use.steps, each.path, each.line), default=None)
    if best is None:
        return None
    user = f"{best.use.path}:{best.use.line}"
    return _STEP**best.use.steps, f"changed what `{best.name}` becomes ({best.path}:{best.line}) before {user} uses it"


@signal(direction=Direction.AGAINST)
def kept_path(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the commit wrote lines of frames, and each of them made the same call into the next frame before."""
    found = list(_calls_written(change))
    if not found or any(value for value, _ in found):
        return None
    frame = found[0][1].frame
    return 1, f"rewrote {frame.path}:{frame.line}, which called `{frame.leads_to}` before"


@signal(direction=Direction.AGAINST)
def only_wrapped(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when all that the commit changed in the trace's functions is in wrappers: functions that pass everything they
    were given on to another function of the repository."""
    inside = _changed_functions(change)
    if not inside or not all(c.frame.passes_on and c.frame.depth for c in inside):
        return None
    return 1, f"changed only a wrapper of what failed, {line_of(inside[0].frame)}"


@signal(direction=Direction.AGAINST, expected=-4.0)
def only_moved(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when all that the commit did in the trace's functions was to move lines, and changed nothing on which the failing
    line's value depends: what they say is as old as they are."""
    inside = _changed_functions(change)
    if not inside or not all(contact.moved for contact in inside) or change.produced:
        return None
    return 1, f"only moved code of the trace, {line_of(inside[0].frame)}"


@signal(direction=Direction.AGAINST, expected=-2.0)
def beside_the_value(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when all that the commit did in the trace's functions are statements that neither use nor set anything on which the
    failing line's value depends, nor decide what runs, and it changed nothing of that elsewhere."""
    if not change.beside_value or change.produced or change.clues:
        return None
    inside = _changed_functions(change)
    where = line_of(inside[0].frame) if inside else "a function of the trace"
    return 1, f"changed nothing on which the value at {where} depends"


@signal(direction=Direction.AGAINST, expected=-0.5)
def only_texts(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when all that the commit changed in the trace's functions are texts on lines that call and set what they did before."""
    inside = _changed_functions(change)
    if not inside or not change.only_texts:
        return None
    return 1, f"changed only a text, {line_of(inside[0].frame)}"


def _changed_functions(change: CommitFacts) -> list[Contact]:
    return [c for c in change.contacts if c.added or c.removed]


def _calls_written(change: CommitFacts) -> Iterator[tuple[float, Contact]]:
    """Of each frame's line that the commit wrote: the share of its calls into the next frame that is new."""
    for contact in change.contacts:
        name = contact.frame.leads_to
        if contact.kept and contact.frame.depth:
            yield 0.0, contact
        elif contact.wrote_line and name and (now := change.added.get(name, 0)):
            yield 1 - min(1.0, change.removed.get(name, 0) / now), contact
