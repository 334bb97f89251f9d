"""Words that the failure and the commit share: in code the commit changed, and in its message."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from tools.commits.component import components_of
from tools.impact.commit_facts import CommitFacts
from tools.impact.context import SignalContext, decay, trusted
from tools.signals.declaration import Measured, Topic, signal


@signal(Topic.ERROR, words=True)
def changed_variable_parts(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Rarity-weighted share of the message's word parts (camelCase and snake_case split) in the changed lines; only of
    those that are not in the source of the failing function, so belong to this failure's data. Times the rarity of the
    rarest one: all of a message of one word is nothing when every commit has that word."""
    mine = change.added_parts.keys() | change.removed_parts.keys()
    value, hit = _share(context, context.pieces, context.site.variable_parts, mine)
    rarest = context.rarity(context.pieces[hit[0]]) if hit else 0.0
    return value * rarest, f"changed code about {_quoted(hit)}, named in the error"


@signal(Topic.ERROR, words=True)
def rarest_message_word(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Rarity of the rarest word part of the error message in the lines the commit changed."""
    mine = change.added_parts.keys() | change.removed_parts.keys()
    hit = max(
        (part for part in context.site.message_parts if part in mine),
        key=lambda part: (context.rarity(context.pieces[part]), part),
        default=None,
    )
    return (
        None
        if hit is None
        else (context.rarity(context.pieces[hit]), f"changed code about `{hit}`, named in the error")
    )


@signal(Topic.ERROR, words=True)
def changed_message_literal(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Rarity of a value quoted in the error message that the changed lines spell out."""
    best = max(
        change.literals, key=lambda text: (context.rarity(context.literals[text]), len(text), text), default=None
    )
    if best is None:
        return None
    value = context.rarity(context.literals[best]) * min(1.0, len(best) / 6)
    return value, f"changed lines that hold {best[:60]!r}, quoted in the error"


@signal(Topic.MESSAGE, words=True)
def subject_names_failure(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Rarity (over the window's messages) weighted share of the error message's word parts in the commit's message; less
    where the error has few."""
    value, hit = _share(context, context.subjects, context.site.message_parts, change.message_parts)
    value *= trusted(len(context.site.message_parts))
    return value, f"speaks of {_quoted(hit)} in its message, as the error does"


@signal(Topic.MESSAGE)
def subject_names_frames(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Largest rarity of a part of a frame's function, class or file name in the commit's message, times decay."""
    best, value = "", 0.0
    for depth, names in enumerate(context.frame_parts):
        for part in names & change.message_parts:
            strength = context.rarity(context.subjects[part]) * decay(depth)
            if strength > value or (strength == value and part < best):
                best, value = part, strength
    told = "trace" if context.site.trace.frames else "error"
    return value, f"speaks of `{best}` in its message, as the {told} does"


@signal(Topic.MESSAGE)
def subject_names_entry(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Largest rarity, in the window's messages, of a part of the outermost functions' names in the commit's message."""
    hit = context.entry_parts & change.message_parts
    best = max(hit, key=lambda part: (context.rarity(context.subjects[part]), part), default=None)
    if best is None:
        return None
    return context.rarity(
        context.subjects[best]
    ), f"speaks of `{best}` in its message, as the outermost functions of the trace do"


@signal(Topic.MESSAGE, expected=0.8)
def subject_names_component(context: SignalContext, change: CommitFacts) -> Measured | None:
    """Rarity in the window, times decay, of a part of the program that the subject names in front (`vfs: ...`) and that is a
    folder or the name of a file of the trace. Nothing of a commit from before the window: all that built the part name it. Nor of one of
    which no line can have run."""
    silent = change.live_before or change.only_beside
    mine = frozenset() if silent else components_of(change.message) & context.components.keys()
    best = max(mine, key=lambda name: (_of_component(context, name), name), default=None)
    if best is None:
        return None
    return _of_component(context, best), f"names `{best}` as the part it changes, where the trace passes"


def _of_component(context: SignalContext, name: str) -> float:
    return context.rarity(context.component_counts[name]) * decay(context.components[name])


def _share(
    context: SignalContext, counts: Mapping[str, int], wanted: Iterable[str], mine: AbstractSet[str]
) -> tuple[float, list[str]]:
    """(rarity-weighted share of the wanted words that the commit has, those words, rarest first)."""
    weights = {word: context.rarity(counts[word]) + 0.05 for word in sorted(wanted)}
    hit = sorted((word for word in weights if word in mine), key=lambda word: (-weights[word], word))
    total = sum(weights.values())
    return (sum(weights[word] for word in hit) / total if total else 0.0), hit


def _quoted(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words[:3])
