"""Causes outside functions: limits, schemas, and what data and configuration no longer hold."""

from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext, decay
from tools.impact.error_kind import ErrorKind
from tools.signals.declaration import Measured, Topic, signal


@signal(Topic.SETTING, expected=4.0)
def lowered_limit(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the error says that memory, time, connections or a size ran out, and the commit lowered such a limit."""
    lowered = change.lowered
    if lowered is None:
        return None
    return 1, f"lowered a limit from `{lowered.before[:60]}` to `{lowered.after[:60]}` ({lowered.place})"


@signal(Topic.SETTING, expected=2.5)
def turned_switch(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Decay of the innermost frame whose function uses the name of a flag or share that the commit turned; 1 where the
    error itself names it."""
    turned = change.turned
    if turned is None:
        return None
    switch = turned.switch
    where = f"({switch.path}:{switch.line})"
    done = f"turned `{turned.name}` from `{switch.before}` to `{switch.after}` {where}"
    return decay(turned.depth), f"{done}, which {turned.reader} names"


@signal(Topic.TEXT, expected=4.0)
def broke_filled_text(context: SignalContext, change: CommitFacts) -> Measured | None:
    """For an error of filling in a text: 1 when the commit changed a translation's gaps and the error names one that it
    brought, else 0.6 times the rarity of such commits."""
    broken = change.broken_text
    if broken is None:
        return None
    value = 1.0 if broken.named else 0.6 * context.rarity(sum(1 for each in context.all if each.broken_text))
    return value, f"changed what is filled into a text: `{broken.before}` became `{broken.after}` ({broken.place})"


@signal(Topic.NAMED, expected=3.0)
def changed_named_schema(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Strength of a table, column or constraint named in the error on a line with which the commit drops, renames,
    requires or restricts it."""
    mine = [touch for touch in change.clues if touch.schema]
    best = max(mine, key=lambda touch: (touch.strength, touch.clue.text), default=None)
    if best is None:
        return None
    return best.strength, f"changed the schema of `{best.clue.text}` ({best.place}), which the error names"


@signal(Topic.NAMED, expected=2.0)
def removed_only_mention(context: SignalContext, change: CommitFacts) -> Measured | None:
    """For an error that misses something: rarity in the window of a name or key that the commit took out and that the
    repository hardly holds any more."""
    if context.error_kind not in (ErrorKind.MISSING, ErrorKind.LOOKUP):
        return None
    gone = [touch for touch in change.clues if touch.removed and not touch.added and touch.rarity >= 1]
    best = max(gone, key=lambda touch: (touch.clue.weight, touch.clue.text), default=None)
    if best is None:
        return None
    value = best.clue.weight * context.rarity(context.clue_counts[best.clue])
    return value, f"removed `{best.clue.text}` ({best.place}), which the error misses"
