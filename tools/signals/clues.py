"""What the error's text names exactly (`tools.impact.clues`): who added it to the code, or took it out."""

from tools.impact.clue_touches import ClueTouch
from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext
from tools.impact.error_kind import ErrorKind
from tools.signals.declaration import Measured, Topic, signal


@signal(Topic.NAMED, expected=1.5, words=True)
def touched_rarest_clue(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Rarity, in the repository's files and in the window, of the rarest thing named in the error whose lines the
    commit added or removed. Of a commit from before the window, the making of what the error misses is no cause."""
    mine = [touch for touch in change.clues if not _only_made(context, change, touch)]
    best = max(mine, key=lambda touch: (_value(context, touch), touch.clue.text), default=None)
    return None if best is None else (_value(context, best), f"{_did(best)}, named in the error")


@signal(Topic.NAMED, expected=1.5)
def added_failing_use(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Rarity of something whose use fails by the error's own words (undefined, null, no function), where the commit
    added more lines that use it than it removed, and no definition of it."""
    mine = [touch for touch in change.clues if touch.clue.fails and touch.added > touch.removed]
    mine = [touch for touch in mine if touch.clue.needle not in change.opened]
    best = max(mine, key=lambda touch: (_value(context, touch), touch.clue.text), default=None)
    if best is None:
        return None
    return _value(context, best), f"added a use of `{best.clue.text}` ({best.place}), which is what fails"


@signal(Topic.NAMED, expected=1.0)
def changed_around_named_use(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Of a message without a readable frame: rarity, in the repository's files and in the window, of something that the
    error names, where the commit changed other lines of a function that uses it."""
    found = change.use_nearby
    if found is None:
        return None
    value = found.strength * context.rarity(context.use_counts[found.clue])
    return (
        value,
        f"changed `{found.name}` ({found.path}:{found.line}), which uses `{found.clue.text}`, named in the error",
    )


@signal(Topic.NAMED, expected=1.5)
def changed_file_of_named(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Rarity in the window of a changed file that is called after a class, module or file which the error or a frame
    outside the repository names (1; 0.6 for a frame beyond the third)."""
    best, value = "", 0.0
    for path in change.named_files:
        strength = context.rarity(context.named_file_counts[path]) * change.named_files[path]
        if strength > value or (strength == value and path < best):
            best, value = path, strength
    return (value, f"changed {best}, whose name stands in the error or its trace") if best else None


@signal(Topic.SENT, expected=2.0)
def touched_clue_of_other_language(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Rarity, in the repository's files and in the window, of the rarest thing named in the error whose lines the commit
    took out of code in a language that neither calls the failing code nor is called by it; half of what it only changed
    or added."""
    best = max(change.sent, key=lambda touch: (_sent(context, touch), touch.clue.text), default=None)
    if best is None:
        return None
    only = "in code of another language, which shares no more with the failing code than the data they exchange"
    return _sent(context, best), f"{_did(best)} {only}"


def _sent(context: SignalContext, touch: ClueTouch) -> float:
    taken = 1.0 if touch.removed > touch.added else 0.5
    return taken * touch.strength * context.rarity(context.sent_counts[touch.clue])


def _only_made(context: SignalContext, change: CommitFacts, touch: ClueTouch) -> bool:
    made = touch.added > touch.removed and touch.clue.needle in change.opened
    return made and change.live_before and context.error_kind is ErrorKind.MISSING


def _value(context: SignalContext, touch: ClueTouch) -> float:
    return touch.strength * context.rarity(context.clue_counts[touch.clue])


def _did(touch: ClueTouch) -> str:
    if touch.schema:
        return f"changed the schema of `{touch.clue.text}` ({touch.place})"
    if touch.added == touch.removed:
        return f"changed a line with `{touch.clue.text}` ({touch.place})"
    verb = "changed" if touch.added and touch.removed else "added" if touch.added else "removed"
    return f"{verb} `{touch.clue.text}` ({touch.place})"
