"""What the changed lines of a commit say: words, names set, definitions opened and closed, errors raised."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tools.changes import Contact
from tools.diff import CommitDiff, FileChange
from tools.kinds import HARMLESS, Kind, kind_of
from tools.scene import Place, Scene
from tools.scopes import opened
from tools.touches import Touch, TouchedLine
from tools.words import IDENTIFIER, identifiers, parts

_MAX_LINES = 12_000
_MAX_TOLD = 1_500
_RAISE = re.compile(r"\b(?:raise|throw(?:\s+new)?|panic|assert|abort|trigger_error)\b\s*\(?\s*(?:new\s+)?([\\\w.]*)")
RETURN = re.compile(r"^\s*(?:return|yield)\b")
_NOTHING = re.compile(r"\b(?:None|null|nil|undefined|Optional|NULL)\b|\?\w|\?\.")
_ASSIGNED = re.compile(r"([A-Za-z_$][\w$]*)[\"']?\]?\s*(?::[^=\n]{1,60})?(?:(?<![=!<>])=(?![=>])|=>|:)")
_COMMENT = re.compile(r"^\s*(#|//|/?\*|\*/|<!--|--\s|;|\"\"\"|''')|^\s*$")
_TOKEN = re.compile(r"\w+|[^\w\s]")


def vocabulary(scene: Scene) -> frozenset[str]:
    """The identifiers worth counting in a commit: those of the message, of the frames' lines, names and calls."""
    found = set(scene.message_words | scene.library_words)
    for place in scene.places:
        found |= place.line_words | place.calls | place.words | place.hop_words
        found |= {name for name in (place.function, place.owner) if name}
    found.add(scene.exception)
    return frozenset(found)


def counted(change: FileChange) -> bool:
    """Whether the lines of a file can make production fail."""
    return not change.binary and kind_of(change.path) not in HARMLESS


def changed_lines(diff: CommitDiff, keep: frozenset[str]) -> Iterator[tuple[FileChange, str, bool]]:
    """(file, line, added) of the lines that matter, bounded; `keep` are files that matter whatever their kind."""
    left = _MAX_LINES
    for change in sorted(diff.files, key=lambda c: c.path not in keep):
        if change.binary or not (counted(change) or change.path in keep):
            continue
        for hunk in change.hunks:
            for added, lines in ((False, hunk.removed), (True, hunk.added)):
                for line in lines:
                    left -= 1
                    if left < 0:
                        return
                    yield change, line[:2_000], added


_CONDITION = re.compile(
    r"^\s*(?:\}\s*)?(?:if|elif|elsif|else\s*if|elseif|unless|when|case|while|guard)\b|\?\?|\?:| if .* else "
)
_SETS = re.compile(
    r"^\s*(?:const |let |var |final )?[$@]?(?:this->|this\.|self\.|@)?([A-Za-z_$][\w$]*)"
    r"(?:\[[^\]\n]{1,80}\])*(?:\s*:[^=\n]{1,60})?\s*[-+|&]?:?=(?!=)"
)
_CALLS = re.compile(r"([A-Za-z_$][\w$]*)\s*\(")


def contact(place: Place, touch: Touch) -> Contact:
    """How `touch` meets `place`. Lines that say nothing new (comments, moves, re-wrapping) count for ownership only."""
    wrote = [row for row in touch.lines if row.added and row.survives and row.line == place.line]
    heads = [row for row in touch.lines if row.line == place.start and place.function and place.function in row.text]
    telling = [row for row in touch.lines if row.novelty >= 0.2]
    inside = [row for row in telling if place.start <= row.line <= place.end and not place.documents(row.line)]
    text = [row.text for row in inside]
    kept = sum(1 for row in touch.lines if row.survives and place.start <= row.line <= place.end)
    signed_in, signed_out = any(row.added for row in heads), any(not row.added for row in heads)
    return Contact(
        place=place,
        wrote_line=bool(wrote),
        line_novelty=max((row.novelty for row in wrote), default=0.0),
        near=_nearest(telling, place),
        near_inside=_nearest(inside, place),
        near_cut=_nearest([row for row in inside if not row.added], place),
        near_ran=_nearest([row for row in inside if row.line <= place.line], place),
        added=sum(1 for row in inside if row.added),
        removed=sum(1 for row in inside if not row.added),
        share=kept / max(place.end - place.start + 1, 1),
        opened_function=signed_in and not signed_out,
        changed_signature=signed_in and signed_out,
        created_file=touch.created,
        moved_file=touch.old_path not in (None, touch.path),
        words=frozenset(word for row in text for word in identifiers(row)),
        elsewhere=frozenset(
            word
            for row in telling
            if not place.start <= row.line <= place.end
            for word in IDENTIFIER.findall(row.text)
            if word in place.line_words or word in place.hop_words
        ),
        sets=frozenset(name for row in text for name in _SETS.findall(row)),
        conditions=sum(1 for row in text if _CONDITION.search(row)),
        returns=sum(1 for row in text if RETURN.match(row)),
        calls=frozenset(name for row in text for name in _CALLS.findall(row)),
    )


def _nearest(rows: Iterable[TouchedLine], place: Place) -> int | None:
    return min((abs(row.line - place.line) for row in rows), default=None)


def is_cosmetic(diff: CommitDiff) -> bool:
    """Whether every block of code says the same before and after: white space, comments, quotes, commas only."""
    seen = False
    for change in diff.files:
        if not counted(change):
            continue
        if change.truncated or change.binary:
            return False
        seen = True
        if any(_spoken(hunk.added) != _spoken(hunk.removed) for hunk in change.hunks):
            return False
    return seen


def _spoken(rows: Sequence[str]) -> list[str]:
    code = " ".join(row for row in rows if not _COMMENT.match(row))
    return [token.replace("'", '"') for token in _TOKEN.findall(code) if token not in ",;"]


def is_reordered(diff: CommitDiff) -> bool:
    """Whether the commit only moves whole lines about: the same lines go and come."""
    gone: Counter[str] = Counter()
    for change in diff.files:
        if not counted(change):
            continue
        if change.truncated:
            return False
        for hunk in change.hunks:
            gone.update(line.strip() for line in hunk.removed)
            gone.subtract(line.strip() for line in hunk.added)
    return not any(gone.values())


def count_words(
    rows: Iterable[str], words: frozenset[str], pieces: frozenset[str]
) -> tuple[Counter[str], Counter[str]]:
    """How often the identifiers in `words`, and the parts in `pieces`, occur in `rows`."""
    everything = Counter(IDENTIFIER.findall("\n".join(rows)))
    whole = Counter({word: n for word, n in everything.items() if word in words})
    partial: Counter[str] = Counter()
    for word, n in everything.items():
        for piece in parts(word):
            if piece in pieces:
                partial[piece] += n
    return whole, partial


def definitions_changed(diff: CommitDiff) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Names of functions and classes whose first line was (added, removed, changed) outside tests."""
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for change in diff.files:
        if not counted(change) or kind_of(change.path) is not Kind.CODE:
            continue
        for hunk in change.hunks:
            for side, lines in ((before, hunk.removed), (after, hunk.added)):
                text = "\n".join(lines)
                rows = text.split("\n")
                for name, _, line, _ in opened(change.path, text):
                    side[name] = rows[line - 1].strip()
    both = before.keys() & after.keys()
    resigned = frozenset(name for name in both if before[name] != after[name])
    return frozenset(after.keys() - before.keys()), frozenset(before.keys() - after.keys()), resigned


def gives_nothing(row: str) -> bool:
    """Whether a line speaks of null, None, nil, undefined or an optional value."""
    return bool(_NOTHING.search(row))


def settings_changed(diff: CommitDiff) -> frozenset[str]:
    """The identifiers on the changed lines of configuration files."""
    rows = (
        row
        for change in diff.files
        if kind_of(change.path) is Kind.CONFIG
        for hunk in change.hunks
        for row in (*hunk.removed, *hunk.added)
    )
    return frozenset(word for row in rows for word in IDENTIFIER.findall(row[:400]))


def assigned(rows: Iterable[str], words: frozenset[str]) -> frozenset[str]:
    """Names of `words` that the rows set: a variable, a key, a setting, a named argument."""
    found: set[str] = set()
    for row in rows:  # the names are looked for first: the pattern is slow on text that holds none
        if ("=" in row or ":" in row) and not words.isdisjoint(IDENTIFIER.findall(row)):
            found.update(words.intersection(_ASSIGNED.findall(row)))
    return frozenset(found)


def raised(rows: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """(exception names, words) of the lines among `rows` that raise something."""
    names: set[str] = set()
    words: set[str] = set()
    for row in rows:
        match = _RAISE.search(row)
        if match:
            names.add(re.split(r"[\\.]", match[1])[-1])
            words.update(identifiers(row))
    return frozenset(names), frozenset(words)


def told(diff: CommitDiff) -> list[str]:
    """What the commit tells about itself beside its message: the lines it added to tests, change logs and documents."""
    rows: list[str] = []
    for change in diff.files:
        if kind_of(change.path) in (Kind.TEST, Kind.DOCS):
            for hunk in change.hunks:
                rows.extend(line[:400] for line in hunk.added)
                if len(rows) > _MAX_TOLD:
                    return rows
    return rows
