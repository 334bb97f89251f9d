"""Who wrote the very lines of the trace, and who wrote or cut something beside them. Lines at the deployed revision."""

import math

from incidents.evidence import Signal
from tools.impact.commit_facts import Change, Contact
from tools.impact.context import SignalContext, decay


def _at(contact: Contact) -> str:
    return f"{contact.place.path}:{contact.place.line}"


def away(lines: int | None) -> str:
    """A distance in words."""
    return "at" if not lines else "next to" if lines == 1 else f"{lines} lines from"


def _inside(contact: Contact) -> str:
    return f" in `{contact.place.function}`" if contact.place.function else ""


def wrote_failing_line(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the innermost in-app line, as deployed, is the commit's."""
    for contact in change.contacts:
        if contact.place.depth == 0 and contact.wrote_line:
            detail = f"wrote the line that fails, {_at(contact)}{_inside(contact)}"
            return Signal(name="wrote_failing_line", value=1, detail=detail)
    return None


def wrote_frame_line(outlook: SignalContext, change: Change) -> Signal | None:
    """Decay of the innermost frame whose line the commit wrote."""
    best = min((c for c in change.contacts if c.wrote_line), key=lambda c: c.place.depth, default=None)
    if best is None:
        return None
    detail = f"wrote {_at(best)}{_inside(best)}, frame {best.place.depth + 1} of the trace in this repository"
    return Signal(name="wrote_frame_line", value=decay(best.place.depth), detail=detail)


def wrote_frame_lines(outlook: SignalContext, change: Change) -> Signal | None:
    """Share of the distinct in-app lines of the trace that are the commit's."""
    mine = [c for c in change.contacts if c.wrote_line]
    if not mine:
        return None
    total = len(outlook.scene.places)
    return Signal(
        name="wrote_frame_lines", value=len(mine) / total, detail=f"wrote {len(mine)} of the trace's {total} lines"
    )


def beside_failing_line(outlook: SignalContext, change: Change) -> Signal | None:
    """exp(-distance / 4 lines) between the innermost frame's line and what the commit touched in that function."""
    found = [c for c in change.contacts if c.place.depth == 0 and c.near_inside is not None]
    return _beside("beside_failing_line", found)


def beside_frame_line(outlook: SignalContext, change: Change) -> Signal | None:
    """The same for any frame, times the frame's decay."""
    return _beside("beside_frame_line", [c for c in change.contacts if c.near_inside is not None])


def _beside(name: str, contacts: list[Contact]) -> Signal | None:
    def value(contact: Contact) -> float:
        return math.exp(-(contact.near_inside or 0) / 4) * decay(contact.place.depth)

    best = max(contacts, key=value, default=None)
    if best is None or value(best) < 0.01:
        return None
    return Signal(
        name=name, value=value(best), detail=f"changed code {away(best.near_inside)} {_at(best)}{_inside(best)}"
    )


def cut_beside_frame(outlook: SignalContext, change: Change) -> Signal | None:
    """exp(-distance / 3 lines) to the nearest line the commit removed beside a frame's line, times decay."""

    def value(contact: Contact) -> float:
        return math.exp(-(contact.near_cut or 0) / 3) * decay(contact.place.depth)

    best = max((c for c in change.contacts if c.near_cut is not None and c.removed), key=value, default=None)
    if best is None or value(best) < 0.01:
        return None
    detail = f"removed code {away(best.near_cut)} {_at(best)}{_inside(best)}"
    return Signal(name="cut_beside_frame", value=value(best), detail=detail)


def changed_quoted_source(outlook: SignalContext, change: Change) -> Signal | None:
    """Decay of the innermost frame whose source text occurs in the lines the commit changed, wherever they are."""
    for place in outlook.scene.places:
        if place.source in change.quoted:
            detail = f"added or removed the text of {place.path}:{place.line}, `{place.source[:80]}`"
            return Signal(name="changed_quoted_source", value=decay(place.depth), detail=detail)
    return None


def wrote_new_frame_line(outlook: SignalContext, change: Change) -> Signal | None:
    """Decay of the innermost frame whose line the commit wrote anew, times novelty (moved 0.25, renamed 0.1)."""
    mine = [c for c in change.contacts if c.wrote_line and c.line_novelty > 0]
    best = max(mine, key=lambda c: c.line_novelty * decay(c.place.depth), default=None)
    if best is None:
        return None
    value = best.line_novelty * decay(best.place.depth)
    return Signal(name="wrote_new_frame_line", value=value, detail=f"newly wrote {_at(best)}{_inside(best)}")


def wrote_any_new_line(outlook: SignalContext, change: Change) -> Signal | None:
    """Largest novelty of a frame's line that is the commit's, whatever the frame's depth."""
    mine = [c for c in change.contacts if c.wrote_line and c.line_novelty > 0]
    best = max(mine, key=lambda c: (c.line_novelty, -c.place.depth), default=None)
    if best is None:
        return None
    detail = f"newly wrote {_at(best)}{_inside(best)}, a line of the trace"
    return Signal(name="wrote_any_new_line", value=best.line_novelty, detail=detail)


def near_in_file(outlook: SignalContext, change: Change) -> Signal | None:
    """1 / (1 + distance / 20 lines) to the nearest change in a frame's file, inside its function or not, times decay."""
    touched = [c for c in change.contacts if c.near is not None]
    best = max(touched, key=lambda c: decay(c.place.depth) / (1 + (c.near or 0) / 20), default=None)
    if best is None:
        return None
    value = decay(best.place.depth) / (1 + (best.near or 0) / 20)
    return Signal(name="near_in_file", value=value, detail=f"changed code {away(best.near)} {_at(best)}")
