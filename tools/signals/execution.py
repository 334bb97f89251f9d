"""What had run when it failed: code of the frames' functions at or above the lines the trace names."""

import math
from collections.abc import Iterator

from incidents.evidence import Signal
from tools.impact.commit_facts import Change, Contact
from tools.impact.context import SignalContext, decay


def _where(contact: Contact) -> str:
    place = contact.place
    name = f" in `{place.function}`" if place.function else ""
    return f"{place.path}:{place.line}{name}"


def ran_before_failure(outlook: SignalContext, change: Change) -> Signal | None:
    """exp(-distance / 12 lines) to what the commit changed in the innermost function, at or above the failing line."""
    return _ran("ran_before_failure", [c for c in change.contacts if c.place.depth == 0])


def ran_before_frame(outlook: SignalContext, change: Change) -> Signal | None:
    """The same for any frame, times its decay."""
    return _ran("ran_before_frame", list(change.contacts))


def _ran(name: str, contacts: list[Contact]) -> Signal | None:
    def value(contact: Contact) -> float:
        return math.exp(-(contact.near_ran or 0) / 12) * decay(contact.place.depth)

    best = max((c for c in contacts if c.near_ran is not None), key=value, default=None)
    if best is None or value(best) < 0.01:
        return None
    how = {0: "at", 1: "just above"}.get(best.near_ran or 0, f"{best.near_ran} lines above")
    return Signal(name=name, value=value(best), detail=f"changed code that had run, {how} {_where(best)}")


def ran_in_any_frame(outlook: SignalContext, change: Change) -> Signal | None:
    """exp(-distance / 12 lines) for the nearest such change, whatever the frame's depth."""
    best = min((c for c in change.contacts if c.near_ran is not None), key=lambda c: c.near_ran or 0, default=None)
    if best is None:
        return None
    value = math.exp(-(best.near_ran or 0) / 12)
    return Signal(name="ran_in_any_frame", value=value, detail=f"changed code that had run before {_where(best)}")


def never_reached(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when all the commit changed in the trace's functions stands below the lines where they were left."""
    inside = [c for c in change.contacts if c.added or c.removed]
    if not inside or any(c.near_ran is not None for c in inside):
        return None
    detail = "what it changed in the functions of the trace stands below the lines that ran"
    return Signal(name="never_reached", value=1, detail=detail, against=True)


def only_wrapped(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when all the commit changed in the trace's functions is in such as hand on, to another function of the
    repository, what they were given: wrappers."""
    inside = [c for c in change.contacts if c.added or c.removed]
    if not inside or not all(c.place.passes_on and c.place.depth for c in inside):
        return None
    detail = f"changed only a wrapper of what failed, {_where(inside[0])}"
    return Signal(name="only_wrapped", value=1, detail=detail, against=True)


def set_what_line_uses(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the commit changed how a name is set, in a frame's function, that the frame's line uses; any depth."""
    for contact in sorted(change.contacts, key=lambda c: c.place.depth):
        shared = contact.sets & contact.place.line_names
        if shared and contact.near_ran is not None:
            detail = f"changed how `{min(shared)}` is set before {_where(contact)} uses it"
            return Signal(name="set_what_line_uses", value=1, detail=detail)
    return None


def opened_path(outlook: SignalContext, change: Change) -> Signal | None:
    """Share of the calls by its name that the commit added and had not removed, where it wrote the line of a frame that
    calls the next one: before that commit the execution did not go this way."""
    best = max(_calls_written(change), key=lambda found: found[0], default=None)
    if best is None or not best[0]:
        return None
    value, contact = best
    detail = f"made {contact.place.path}:{contact.place.line} call `{contact.place.leads_to}`, as the trace goes on"
    return Signal(name="opened_path", value=value, detail=detail)


def kept_path(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the commit wrote lines of frames, and each of them made the same call into the next frame before."""
    found = list(_calls_written(change))
    if not found or any(value for value, _ in found):
        return None
    place = found[0][1].place
    detail = f"rewrote {place.path}:{place.line}, which called `{place.leads_to}` before"
    return Signal(name="kept_path", value=1, detail=detail, against=True)


def _calls_written(change: Change) -> Iterator[tuple[float, Contact]]:
    """Of each frame's line that the commit wrote: how much of its call into the next frame is new."""
    for contact in change.contacts:
        name = contact.place.leads_to
        if contact.wrote_line and name and (now := change.added.get(name, 0)):
            yield 1 - min(1.0, change.removed.get(name, 0) / now), contact
