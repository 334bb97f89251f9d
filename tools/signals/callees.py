"""Definitions elsewhere that the failing code uses, and that a commit changed: callees, classes, two calls away."""

from incidents.evidence import Signal
from tools.impact.commit_facts import Change, Reached
from tools.impact.context import SignalContext, decay


def _called(reached: Reached) -> str:
    name = f"{reached.owner}.{reached.name}" if reached.owner else reached.name
    inside = reached.place.function
    user = f"`{inside}`" if inside and not reached.on_line else f"{reached.place.path}:{reached.place.line}"
    way = "uses" if reached.hops == 1 else "reaches"
    return f"`{name}` ({reached.path}:{reached.line}), which {user} {way}"


def _strength(outlook: SignalContext, reached: Reached) -> float:
    rare = 1 / (1 + 0.35 * (outlook.reach_counts[reached.name] - 1))
    return decay(reached.place.depth) * rare * (1.0 if reached.known else 0.4)


def _best(name: str, outlook: SignalContext, rows: list[Reached]) -> Signal | None:
    best = max(rows, key=lambda row: _strength(outlook, row), default=None)
    if best is None:
        return None
    return Signal(name=name, value=min(1.0, _strength(outlook, best)), detail=f"changed {_called(best)}")


def touched_callee_of_line(outlook: SignalContext, change: Change) -> Signal | None:
    """Strength (decay, rarity of the name, known to the file) of a changed definition a frame's line uses."""
    return _best("touched_callee_of_line", outlook, [r for r in change.reached if r.hops == 1 and r.on_line])


def touched_callee_of_failing_line(outlook: SignalContext, change: Change) -> Signal | None:
    """The same for the innermost frame's line alone."""
    rows = [r for r in change.reached if r.hops == 1 and r.on_line and r.place.depth == 0]
    return _best("touched_callee_of_failing_line", outlook, rows)


def touched_callee_of_function(outlook: SignalContext, change: Change) -> Signal | None:
    """The same for anything a frame's whole function uses."""
    return _best("touched_callee_of_function", outlook, [r for r in change.reached if r.hops == 1])


def touched_callee_that_ran(outlook: SignalContext, change: Change) -> Signal | None:
    """The same for what a frame's function uses on its failing line or above it: what had run when it failed."""
    return _best("touched_callee_that_ran", outlook, [r for r in change.reached if r.hops == 1 and r.ran])


def touched_two_calls_away(outlook: SignalContext, change: Change) -> Signal | None:
    """The same for what those definitions use in turn."""
    return _best("touched_two_calls_away", outlook, [r for r in change.reached if r.hops == 2])


def changed_callee_signature(outlook: SignalContext, change: Change) -> Signal | None:
    """The same for definitions whose first line the commit wrote or removed."""
    return _best("changed_callee_signature", outlook, [r for r in change.reached if r.signature])


def touched_sibling(outlook: SignalContext, change: Change) -> Signal | None:
    """Decay of the frame in whose class (same file) the commit changed other code, less in classes over 200 lines."""
    best, value = None, 0.0
    for place, lines in change.siblings:
        strength = decay(place.depth) / max(1.0, lines / 200)
        if strength > value:
            best, value = place, strength
    if best is None:
        return None
    return Signal(
        name="touched_sibling", value=value, detail=f"changed other code of class `{best.owner}` ({best.path})"
    )


def shared_state(outlook: SignalContext, change: Change) -> Signal | None:
    """Rarity of a name the frame's line uses and the commit changed elsewhere in the same file, times decay."""
    return _elsewhere("shared_state", outlook, change, hop=False)


def shared_state_of_callee(outlook: SignalContext, change: Change) -> Signal | None:
    """Rarity of a name that what the line calls uses and the commit changed elsewhere in the same file, times decay."""
    return _elsewhere("shared_state_of_callee", outlook, change, hop=True)


def _elsewhere(name: str, outlook: SignalContext, change: Change, hop: bool) -> Signal | None:
    best, word_of, value = None, "", 0.0
    for contact in change.contacts:
        names = contact.place.hop_words if hop else contact.place.line_words
        for word in sorted(contact.elsewhere & names):
            strength = outlook.rarity(outlook.words[word]) * decay(contact.place.depth)
            if strength > value:
                best, word_of, value = contact.place, word, strength
    if best is None:
        return None
    how = "reaches" if hop else "uses"
    detail = f"changed other code of {best.path} about `{word_of}`, which line {best.line} {how}"
    return Signal(name=name, value=value, detail=detail)


def touched_what_message_names(outlook: SignalContext, change: Change) -> Signal | None:
    """Rarity of a definition the message names and the commit changed."""
    best = max(change.named, key=lambda word: (outlook.rarity(outlook.named_counts[word]), word), default=None)
    if best is None:
        return None
    value = outlook.rarity(outlook.named_counts[best])
    return Signal(name="touched_what_message_names", value=value, detail=f"changed `{best}`, named in the message")


def changed_callee_return(outlook: SignalContext, change: Change) -> Signal | None:
    """The same for definitions in which the commit changed what is returned."""
    return _best("changed_callee_return", outlook, [r for r in change.reached if r.returns and r.hops == 1])
