"""Causes outside functions: limits, schemas, and what data and configuration no longer hold."""

from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext, decay
from tools.signals.declaration import Measured, Topic, signal


@signal(Topic.SETTING, expected=5.0)
def lowered_limit(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the error says that memory, time, connections or a size ran out, and the commit lowered such a limit."""
    lowered = change.outside.lowered
    if lowered is None:
        return None
    return 1, f"lowered a limit from `{lowered.before[:60]}` to `{lowered.after[:60]}` ({lowered.place})"


@signal(Topic.SETTING, expected=2.5)
def turned_switch(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Decay of the innermost frame whose function uses the name of a flag or share that the commit turned; 1 where the
    error itself names it, or a line that calls the next frame."""
    turned = change.outside.turned
    if turned is None:
        return None
    switch = turned.switch
    where = f"({switch.path}:{switch.line})"
    done = f"turned `{turned.name}` from `{switch.before}` to `{switch.after}` {where}"
    return 1.0 if turned.asked else decay(turned.depth), f"{done}, which {turned.reader} names"


@signal(Topic.TEXT, expected=5.0)
def broke_translation(context: SignalContext, change: CommitFacts) -> Measured | None:
    """For an error of filling in or finding a text: 1 when the commit changed a translation and the error names the gap
    that it brought or the key that it removed, else 0.6 times the rarity of such commits."""
    broken = change.outside.broken_text
    if broken is None:
        return None
    value = 1.0 if broken.named else 0.6 * context.rarity(sum(1 for each in context.all if each.outside.broken_text))
    return value, broken.done


@signal(Topic.NAMED, expected=4.5)
def removed_named_file(context: SignalContext, change: CommitFacts) -> Measured | None:
    """How surely (1: with a folder, 0.6: a file's name alone) a file that the commit removed or renamed is the one for
    which the error looks by its path."""
    gone = change.outside.gone_file
    if gone is None:
        return None
    done = f"renamed {gone.path} to {gone.now}" if gone.now else f"removed {gone.path}"
    return gone.value, f"{done}, for which the error looks"


@signal(Topic.NAMED, expected=3.5)
def changed_route(context: SignalContext, change: CommitFacts) -> Measured | None:
    """For an error that no route leads somewhere: share of the words of its name or address on a line of routes that
    the commit changed, times the rarity of such commits."""
    route = change.outside.route
    if route is None:
        return None
    rare = context.rarity(
        sum(1 for each in context.all if each.outside.route and each.outside.route.share >= route.share)
    )
    return route.share * rare, f"changed a route, `{route.line}` ({route.place}), and the error misses one"


@signal(Topic.NAMED, expected=3.0)
def changed_named_schema(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Strength of a table, column or constraint named in the error on a line with which the commit drops, renames,
    requires or restricts it."""
    mine = [touch for touch in change.clues if touch.schema]
    best = max(mine, key=lambda touch: (touch.strength, touch.clue.text), default=None)
    if best is None:
        return None
    return best.strength, f"changed the schema of `{best.clue.text}` ({best.place}), which the error names"


@signal(Topic.NAMED, expected=2.5)
def removed_only_mention(context: SignalContext, change: CommitFacts) -> Measured | None:
    """For an error that misses something: rarity in the window of a name or key that the commit took out and that the
    repository hardly holds any more."""
    if not context.misses:
        return None
    gone = [touch for touch in change.clues if touch.removed and not touch.added and touch.rarity >= 1]
    best = max(gone, key=lambda touch: (touch.clue.weight, touch.clue.text), default=None)
    if best is None:
        return None
    value = best.clue.weight * context.rarity(context.clue_counts[best.clue])
    return value, f"removed `{best.clue.text}` ({best.place}), which the error misses"
