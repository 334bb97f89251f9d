"""Words the failure and the commit share: in code the commit changed, and in what it says about itself."""

from collections.abc import Iterable, Mapping

from incidents.evidence import Signal
from tools.impact.commit_facts import Change
from tools.impact.context import SignalContext, decay
from tools.text.identifiers import parts


def _weighed(outlook: SignalContext, words: Iterable[str], mine: Mapping[str, int]) -> tuple[float, list[str]]:
    """(share of the words' rarity that the commit has, its words, rarest first)."""
    weights = {word: outlook.rarity(outlook.words[word]) + 0.05 for word in words}
    hit = sorted((word for word in weights if word in mine), key=lambda word: (-weights[word], word))
    total = sum(weights.values())
    return (sum(weights[word] for word in hit) / total if total else 0.0), hit


def _quoted(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words[:3])


def added_message_words(outlook: SignalContext, change: Change) -> Signal | None:
    """Rarity-weighted share of the message's identifiers in the lines the commit added."""
    value, hit = _weighed(outlook, outlook.scene.message_words, change.added)
    return (
        _said("added_message_words", value, f"added code about {_quoted(hit)}, named in the message") if hit else None
    )


def removed_message_words(outlook: SignalContext, change: Change) -> Signal | None:
    """Rarity-weighted share of the message's identifiers in the lines the commit removed."""
    value, hit = _weighed(outlook, outlook.scene.message_words, change.removed)
    if not hit:
        return None
    return _said("removed_message_words", value, f"removed code about {_quoted(hit)}, named in the message")


def changed_message_parts(outlook: SignalContext, change: Change) -> Signal | None:
    """Rarity-weighted share of the parts of the message's words (camelCase and snake_case split) in changed lines."""
    return _parts("changed_message_parts", outlook, change, outlook.scene.message_parts)


def changed_variable_parts(outlook: SignalContext, change: Change) -> Signal | None:
    """The same for those parts that are not spelled in the failing function: the data of this failure."""
    return _parts("changed_variable_parts", outlook, change, outlook.scene.variable_parts)


def _parts(name: str, outlook: SignalContext, change: Change, wanted: frozenset[str]) -> Signal | None:
    weights = {part: outlook.rarity(outlook.pieces[part]) + 0.05 for part in wanted}
    mine = change.added_parts.keys() | change.removed_parts.keys()
    hit = sorted((part for part in weights if part in mine), key=lambda part: (-weights[part], part))
    if not hit:
        return None
    value = sum(weights[part] for part in hit) / sum(weights.values())
    return _said(name, value, f"changed code about {_quoted(hit)}, named in the message")


def rarest_message_word(outlook: SignalContext, change: Change) -> Signal | None:
    """Rarity of the rarest word part of the message in the lines the commit changed."""
    mine = change.added_parts.keys() | change.removed_parts.keys()
    hit = max(
        (p for p in outlook.scene.message_parts if p in mine),
        key=lambda p: (outlook.rarity(outlook.pieces[p]), p),
        default=None,
    )
    if hit is None:
        return None
    value = outlook.rarity(outlook.pieces[hit])
    return _said("rarest_message_word", value, f"changed code about `{hit}`, named in the message")


def changed_message_literal(outlook: SignalContext, change: Change) -> Signal | None:
    """Rarity of a value quoted in the message that the changed lines spell out."""
    best = max(change.literals, key=lambda text: (outlook.rarity(outlook.literals[text]), len(text)), default=None)
    if best is None:
        return None
    value = outlook.rarity(outlook.literals[best]) * min(1.0, len(best) / 6)
    return _said("changed_message_literal", value, f"changed lines that hold {best[:60]!r}, quoted in the message")


def changed_words_of_failing_line(outlook: SignalContext, change: Change) -> Signal | None:
    """Rarity-weighted share of the failing line's identifiers in lines the commit changed anywhere."""
    places = outlook.scene.places
    if not places:
        return None
    mine = dict(change.added) | dict(change.removed)
    value, hit = _weighed(outlook, places[0].line_words, mine)
    if not hit:
        return None
    detail = f"changed code about {_quoted(hit)}, which the failing line {places[0].path}:{places[0].line} uses"
    return _said("changed_words_of_failing_line", value, detail)


def changed_words_of_frame_lines(outlook: SignalContext, change: Change) -> Signal | None:
    """Largest such share over the frames, times decay."""
    mine = dict(change.added) | dict(change.removed)
    best, value, named = None, 0.0, ""
    for place in outlook.scene.places[:12]:
        share, hit = _weighed(outlook, place.line_words, mine)
        if hit and share * decay(place.depth) > value:
            best, value, named = place, share * decay(place.depth), _quoted(hit)
    if best is None:
        return None
    return _said(
        "changed_words_of_frame_lines", value, f"changed code about {named}, which {best.path}:{best.line} uses"
    )


def mentioned_frame_function(outlook: SignalContext, change: Change) -> Signal | None:
    """Rarity of a frame's function name in the lines the commit changed, times decay: new or dropped calls to it."""
    best, value = "", 0.0
    for place in outlook.scene.places[:12]:
        name = place.function or ""
        if name in change.added or name in change.removed:
            strength = outlook.rarity(outlook.words[name]) * decay(place.depth)
            if strength > value:
                best, value = name, strength
    return (
        _said("mentioned_frame_function", value, f"changed code that names `{best}`, a function of the trace")
        if best
        else None
    )


def assigned_word_of_line(outlook: SignalContext, change: Change) -> Signal | None:
    """Rarity of a name a frame's line uses and the commit assigns (attribute, key, constant, default), times decay."""
    best, place_of, value = "", None, 0.0
    for place in outlook.scene.places[:12]:
        for word in place.line_words & change.assigned:
            strength = outlook.rarity(outlook.words[word]) * decay(place.depth)
            if strength > value or (strength == value and word < best):
                best, place_of, value = word, place, strength
    if place_of is None:
        return None
    detail = f"changed what `{best}` is set to, which {place_of.path}:{place_of.line} uses"
    return _said("assigned_word_of_line", value, detail)


def raised_exception(outlook: SignalContext, change: Change) -> Signal | None:
    """1 when the commit added a line that raises the exception of the trace; 0.5 when it is a stock exception."""
    name = outlook.scene.exception
    if not name or name not in change.raises:
        return None
    stock = name in {"ValueError", "TypeError", "KeyError", "RuntimeError", "NotImplementedError", "Exception", "Error"}
    return _said("raised_exception", 0.5 if stock else 1.0, f"added a line that raises `{name}`")


def named_exception(outlook: SignalContext, change: Change) -> Signal | None:
    """Rarity of the exception's name in the lines the commit changed."""
    name = outlook.scene.exception
    if name not in change.added and name not in change.removed:
        return None
    return _said("named_exception", outlook.rarity(outlook.words[name]), f"changed code that names `{name}`")


def subject_names_failure(outlook: SignalContext, change: Change) -> Signal | None:
    """Rarity (over the window's messages) weighted share of the error message's word parts in the commit's message."""
    weights = {part: outlook.rarity(outlook.subjects[part]) + 0.05 for part in outlook.scene.message_parts}
    hit = sorted((p for p in weights if p in change.message_parts), key=lambda p: (-weights[p], p))
    if not hit:
        return None
    value = sum(weights[part] for part in hit) / sum(weights.values())
    return _said("subject_names_failure", value, f"its message speaks of {_quoted(hit)}, as the error does")


def subject_names_frames(outlook: SignalContext, change: Change) -> Signal | None:
    """Largest rarity of a part of a frame's function, class or file name in the commit's message, times decay."""
    best, value = "", 0.0
    for depth, names in enumerate(outlook.frame_parts):
        for part in names & change.message_parts:
            strength = outlook.rarity(outlook.subjects[part]) * decay(depth)
            if strength > value or (strength == value and part < best):
                best, value = part, strength
    return _said("subject_names_frames", value, f"its message speaks of `{best}`, as the trace does") if best else None


def subject_names_symbol(outlook: SignalContext, change: Change) -> Signal | None:
    """Rarity of an identifier the commit's message writes out whole: a function of the trace counts 1 times decay, what
    its lines use 0.7, what its functions use 0.4; plain words of one part count half."""
    best, value = "", 0.0
    for place in outlook.scene.places[:20]:
        for word in change.message_names:
            closeness = (
                1.0
                if word == place.function
                else 0.7
                if word in place.line_words
                else 0.4
                if word in place.words
                else 0
            )
            if closeness:
                plain = 0.5 if len(parts(word)) < 2 else 1.0
                strength = closeness * plain * decay(place.depth) * outlook.rarity(outlook.message_names[word])
                if strength > value or (strength == value and word < best):
                    best, value = word, strength
    return (
        _said("subject_names_symbol", value, f"its message names `{best}`, as the trace's code does") if best else None
    )


def subject_names_entry(outlook: SignalContext, change: Change) -> Signal | None:
    """Largest rarity in the window's messages of a part of the outermost functions' names in the commit's message."""
    hit = outlook.entry_parts & change.message_parts
    best = max(hit, key=lambda part: (outlook.rarity(outlook.subjects[part]), part), default=None)
    if best is None:
        return None
    detail = f"its message speaks of `{best}`, what was asked for when it failed"
    return _said("subject_names_entry", outlook.rarity(outlook.subjects[best]), detail)


def library_words(outlook: SignalContext, change: Change) -> Signal | None:
    """Rarity of a name of the trace's library frames in the lines the commit changed."""
    mine = [w for w in outlook.scene.library_words if w in change.added or w in change.removed]
    best = max(mine, key=lambda word: (outlook.rarity(outlook.words[word]), word), default=None)
    if best is None:
        return None
    return _said(
        "library_words",
        outlook.rarity(outlook.words[best]),
        f"changed code that names `{best}` of a library of the trace",
    )


def _said(name: str, value: float, detail: str) -> Signal | None:
    return Signal(name=name, value=min(1.0, max(0.0, value)), detail=detail) if value > 0 else None
