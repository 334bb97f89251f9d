"""What a commit did inside the functions the trace passes through."""

from incidents.evidence import Signal
from tools.impact.commit_facts import Change, Contact
from tools.impact.context import SignalContext, decay


def _name(contact: Contact) -> str:
    place = contact.place
    name = f"{place.owner}.{place.function}" if place.owner and place.function else place.function or "the code"
    return f"`{name}` ({place.path}:{place.start})"


def _touching(change: Change) -> list[Contact]:
    return [contact for contact in change.contacts if contact.added or contact.removed]


def touched_failing_function(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the commit touched the function of the innermost in-app frame."""
    for contact in _touching(change):
        if contact.place.depth == 0:
            detail = f"changed {_name(contact)}, where it fails"
            return Signal(name="touched_failing_function", value=1, detail=detail)
    return None


def touched_frame_function(outlook: SignalContext, change: Change) -> Signal | None:
    """Decay of the innermost frame whose function the commit touched."""
    best = min(_touching(change), key=lambda c: c.place.depth, default=None)
    if best is None:
        return None
    detail = f"changed {_name(best)}, which the trace passes through"
    return Signal(name="touched_frame_function", value=decay(best.place.depth), detail=detail)


def touched_frame_functions(outlook: SignalContext, change: Change) -> Signal | None:
    """Share of the trace's distinct functions that the commit touched."""
    every = {(place.path, place.start) for place in outlook.scene.places}
    mine = {(c.place.path, c.place.start) for c in _touching(change)}
    if not mine:
        return None
    detail = f"changed {len(mine)} of the {len(every)} functions of the trace"
    return Signal(name="touched_frame_functions", value=len(mine) / len(every), detail=detail)


def wrote_of_function(outlook: SignalContext, change: Change) -> Signal | None:
    """Largest share of a frame's function, as deployed, that is the commit's, times decay."""
    best = max(_touching(change), key=lambda c: c.share * decay(c.place.depth), default=None)
    if best is None or best.share <= 0:
        return None
    detail = f"wrote {best.share:.0%} of {_name(best)}"
    return Signal(name="wrote_of_function", value=min(1.0, best.share * decay(best.place.depth)), detail=detail)


def introduced_function(outlook: SignalContext, change: Change) -> Signal | None:
    """Decay of the innermost frame whose function the commit introduced."""
    best = min((c for c in change.contacts if c.opened_function), key=lambda c: c.place.depth, default=None)
    if best is None:
        return None
    return Signal(name="introduced_function", value=decay(best.place.depth), detail=f"introduced {_name(best)}")


def changed_frame_signature(outlook: SignalContext, change: Change) -> Signal | None:
    """Decay of the innermost frame whose function's first line the commit changed."""
    best = min((c for c in change.contacts if c.changed_signature), key=lambda c: c.place.depth, default=None)
    if best is None:
        return None
    detail = f"changed the signature of {_name(best)}"
    return Signal(name="changed_frame_signature", value=decay(best.place.depth), detail=detail)


def only_cut_in_function(outlook: SignalContext, change: Change) -> Signal | None:
    """Decay of the innermost frame in whose function the commit removed more than it added."""
    cut = [c for c in change.contacts if c.removed > c.added]
    best = min(cut, key=lambda c: c.place.depth, default=None)
    if best is None:
        return None
    detail = f"removed {best.removed} lines of {_name(best)} and added {best.added}"
    return Signal(name="only_cut_in_function", value=decay(best.place.depth), detail=detail)


def changed_line_words(outlook: SignalContext, change: Change) -> Signal | None:
    """Inside frames' functions: share of a failing line's identifiers among the touched lines' own, times decay."""
    best, value = None, 0.0
    for contact in _touching(change):
        names = contact.place.line_words
        shared = len(names & contact.words) / len(names) * decay(contact.place.depth) if names else 0.0
        if shared > value:
            best, value = contact, shared
    if best is None:
        return None
    named = ", ".join(f"`{word}`" for word in sorted(best.place.line_words & best.words)[:3])
    detail = f"changed lines of {_name(best)} about {named}, which line {best.place.line} uses"
    return Signal(name="changed_line_words", value=value, detail=detail)


def touched_any_function(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the commit changed any function of the trace, whatever the depth."""
    best = min(_touching(change), key=lambda c: c.place.depth, default=None)
    if best is None:
        return None
    return Signal(name="touched_any_function", value=1, detail=f"changed {_name(best)}, which the trace passes through")


def rarely_touched_function(outlook: SignalContext, change: Change) -> Signal | None:
    """1 / (commits of the window that changed it) for the least changed function of the trace, times decay."""
    best, value = None, 0.0
    for contact in _touching(change):
        strength = decay(contact.place.depth) / max(
            outlook.function_counts[(contact.place.path, contact.place.start)], 1
        )
        if strength > value:
            best, value = contact, strength
    if best is None:
        return None
    detail = f"is one of few commits of the window that changed {_name(best)}"
    return Signal(name="rarely_touched_function", value=value, detail=detail)


def set_variable_of_line(outlook: SignalContext, change: Change) -> Signal | None:
    """Decay of the innermost frame where the commit changed how a name is set that the failing line uses."""
    for contact in sorted(_touching(change), key=lambda c: c.place.depth):
        shared = contact.sets & contact.place.line_words
        if shared:
            name = min(shared)
            detail = f"changed how `{name}` is set in {_name(contact)}; line {contact.place.line} uses it"
            return Signal(name="set_variable_of_line", value=decay(contact.place.depth), detail=detail)
    return None


def changed_condition(outlook: SignalContext, change: Change) -> Signal | None:
    """Decay of the innermost frame in whose function the commit changed a condition."""
    for contact in sorted(_touching(change), key=lambda c: c.place.depth):
        if contact.conditions:
            detail = f"changed a condition in {_name(contact)}"
            return Signal(name="changed_condition", value=decay(contact.place.depth), detail=detail)
    return None


def changed_call_of_trace(outlook: SignalContext, change: Change) -> Signal | None:
    """Decay of the innermost frame where the commit changed a line that calls another function of the trace."""
    functions = {place.function for place in outlook.scene.places if place.function}
    for contact in sorted(_touching(change), key=lambda c: c.place.depth):
        called = (contact.calls & functions) - {contact.place.function}
        if called:
            detail = f"changed a call of `{min(called)}` in {_name(contact)}, as the trace goes"
            return Signal(name="changed_call_of_trace", value=decay(contact.place.depth), detail=detail)
    return None


def focus(outlook: SignalContext, change: Change) -> Signal | None:
    """Share of the commit's changed lines of code that lie in functions of the trace; 1 when it hits the failing line."""
    lines = sum(c.added + c.removed for c in change.in_trace)
    if not lines or not change.code_lines:
        return None
    value, share = min(1.0, lines / change.judged_lines), min(1.0, lines / change.code_lines)
    return Signal(name="focus", value=value, detail=f"{share:.0%} of its changed lines lie in functions of the trace")


def touched_entry_function(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the commit changed one of the two outermost in-app functions of the trace, 0.5 for the third."""
    last = len(outlook.scene.places) - 1
    best = max(_touching(change), key=lambda c: c.place.depth, default=None)
    if best is None or last - best.place.depth > 2:
        return None
    value = 0.5 if last - best.place.depth == 2 else 1.0
    return Signal(name="touched_entry_function", value=value, detail=f"changed {_name(best)}, where the call came in")
