"""Whether what a commit did can cause this kind of error."""

from tools.impact.commit_facts import CommitFacts, Produced, ProducerKind
from tools.impact.context import SignalContext, decay
from tools.impact.error_kind import ErrorKind, owners_in
from tools.signals.declaration import Measured, Topic, signal
from tools.text.identifiers import parts


@signal(Topic.NAMED, expected=6.0)
def removed_missing_definition(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the error says that something does not exist and the commit removed or renamed its definition."""
    if context.error_kind not in (ErrorKind.MISSING, ErrorKind.ARGUMENTS):
        return None
    name = min(context.named & change.closed, default=None)
    return None if name is None else (1, f"removed or renamed the definition of `{name}`, which the error misses")


@signal(Topic.NAMED, expected=4.0)
def removed_parent_of_owner(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the error says that an object of a class lacks something, and the commit took a parent, mixin or trait away
    from that class."""
    owner = next((name for name in owners_in(context.site.message) if parts(name) in change.cut_off), None)
    return (
        None
        if owner is None
        else (1, f"took a parent or mixin away from `{owner}`, in which the error misses something")
    )


@signal(Topic.NAMED, expected=5.0)
def removed_missing_key(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the error misses a key, setting, column or variable that the commit no longer sets."""
    if not context.misses:
        return None
    name = min(context.named & change.unassigned, default=None)
    return None if name is None else (1, f"no longer sets `{name}`, which the error misses")


@signal(Topic.NAMED, expected=5.0)
def took_missing_away(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the error misses a column or key, and the commit dropped or renamed the column in the database, or removed the
    name from a function whose result arrives at the failing line."""
    if not context.misses:
        return None
    for touch in change.clues:
        name = touch.clue.text
        if name not in context.named and not touch.clue.fails:
            continue
        if touch.dropped:
            return 1, f"dropped or renamed the column `{name}` ({touch.place}), which the error misses"
        giver = next((each for each in change.produced if touch.fewer and _stands_in(touch.place, each)), None)
        if giver is not None:
            user = f"{giver.use.path}:{giver.use.line}"
            return (
                1,
                f"took `{name}`, which the error misses, out of `{giver.name}` ({touch.place}); {user} uses its result",
            )
    return None


def _stands_in(place: str, giver: Produced) -> bool:
    path, _, line = place.rpartition(":")
    return giver.kind is ProducerKind.CALL and giver.path == path and giver.line <= int(line) <= giver.end


@signal(Topic.CONSTRUCT, expected=1.5)
def brought_named_type(context: SignalContext, change: CommitFacts) -> Measured | None:
    """For an error about types: rarity in the window of a built-in type that the error names, where the commit converts to it
    more often than before."""
    if context.error_kind is not ErrorKind.TYPE:
        return None
    brought = {name: context.rarity(context.brought_counts[name]) for name in change.brought}
    name = min(brought, key=lambda each: (-brought[each], each), default=None)
    return None if name is None else (brought[name], f"converts to `{name}`, a type that the error names")


@signal(Topic.NULL, expected=3.0)
def nothing_from_callee(context: SignalContext, change: CommitFacts) -> Measured | None:
    """For an error about null or None: decay of the frame that had used a definition in which the commit changed when
    null is returned."""
    if context.error_kind is not ErrorKind.NULL:
        return None
    rows = [r for r in change.reached if r.hops == 1 and r.ran and r.nulls and r.known]
    best = min(rows, key=lambda r: r.frame.depth, default=None)
    if best is None:
        return None
    name = f"{best.owner}.{best.name}" if best.owner else best.name
    user = f"{best.frame.path}:{best.frame.line}"
    return decay(best.frame.depth), f"changed when `{name}` ({best.path}:{best.line}) returns null; {user} uses it"


@signal(Topic.SETTING, expected=1.0)
def switched_setting(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Decay of the innermost frame whose function names a setting that the commit changed in a configuration file."""
    for frame in context.site.frames[:12]:
        named = (frame.words | frame.line_names) & change.settings
        if named:
            reader = f"the code around {frame.path}:{frame.line}"
            return decay(frame.depth), f"changed the setting `{min(named)}`, which {reader} reads"
    return None


@signal(Topic.NAMED)
def introduced_what_is_named(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the commit introduced a definition that the error names."""
    for name in sorted(context.named | context.site.message_words):
        if name in change.opened:
            return 1, f"introduced `{name}`, which the error names"
    return None


@signal(Topic.NAMED, expected=2.0)
def changed_signature_under_complaint(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the error is about arguments and the commit changed the signature of what it names or the frames use;
    0.3 when it is about types."""
    value = {ErrorKind.ARGUMENTS: 1.0, ErrorKind.TYPE: 0.3, ErrorKind.NULL: 0.3}.get(context.error_kind, 0.0)
    name = min(change.resigned & (context.used_names | context.named), default=None)
    if name is None or not value:
        return None
    what = "arguments" if value == 1 else "types"
    return value, f"changed the signature of `{name}`, and the error is about {what}"


@signal(Topic.NAMED, expected=3.0)
def changed_named_signature(context: SignalContext, change: CommitFacts) -> Measured | None:
    """1 when the error complains by name of a function's parameters, types or access, and the commit changed, added or
    removed the line that declares it."""
    name = min(context.signatures & (change.resigned | change.opened | change.closed), default=None)
    return None if name is None else (1, f"changed the declaration of `{name}`, of which the error complains")
