"""Switches that a commit turned: a line that differs in one value only, from off to on or from one share to another.

`enabled: false` under `new_checkout:`, `'new_checkout' => true`, `ROLLOUT_PCT=50`, `kFast, FEATURE_ENABLED_BY_DEFAULT`.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from tools.git.diff import CommitDiff
from tools.source.file_kinds import HARMLESS, kind_of
from tools.text.identifiers import KEYWORDS
from tools.text.rule import without_placeholders

_TOKEN: Final = re.compile(r"[A-Za-z_$][\w$-]*+|\d+(?:\.\d+)?|[^\s\w]")
_STATES: Final = (
    frozenset({"true", "false"}),
    frozenset({"on", "off"}),
    frozenset({"yes", "no"}),
    frozenset({"enabled", "disabled"}),
    frozenset({"enable", "disable"}),
    frozenset({"0", "1"}),
)
_STATE: Final = re.compile(r"\b(?:true|false|on|off|yes|no)\b|(?:en|dis)abled?|\d", re.IGNORECASE)
_SHARE: Final = re.compile(
    r"percent|rollout|pct\b|_pct|ratio|sampl|weight|traffic|share|fraction|canary", re.IGNORECASE
)
_NAME: Final = re.compile(r"[A-Za-z][\w$]*(?:[-.:][A-Za-z][\w$]*)*")
_KEY_OF_BLOCK: Final = re.compile(r"^[\s-]*['\"]?([A-Za-z][\w.$-]{2,80})['\"]?\s*+(?:=>|:|=)?\s*+[\[{]?\s*+$")
_CALLED: Final = re.compile(
    r"^[\s-]*['\"]?(?:name|key|id|flag|feature)['\"]?\s*(?:=>|:|=)\s*['\"]?([A-Za-z][\w.$-]{2,80})"
)
_LONGEST: Final = 300  # characters of a line
_MOST: Final = 200
_ABOVE: Final = 40


class Switch(NamedTuple):
    """One line of a file as the commit left it: `before` and `after` are the value, `names` what the line names."""

    path: str
    line: int
    before: str
    after: str
    names: tuple[str, ...]


def switches_turned(diff: CommitDiff, clean: Callable[[str], str]) -> tuple[Switch, ...]:
    """The switches, at most 200. `clean` takes secrets out of a line."""
    found: list[Switch] = []
    for change in diff.files:
        if kind_of(change.path) in HARMLESS:
            continue
        for hunk in change.hunks:
            if len(hunk.removed) == len(hunk.added):
                rows = zip(hunk.removed, hunk.added, hunk.added_at, strict=True)
                found += (row for old, new, line in rows for row in _of_line(change.path, clean(old), clean(new), line))
        if len(found) > _MOST:
            break
    return tuple(found[:_MOST])


def names_above(text: str, line: int) -> tuple[str, ...]:
    """What encloses a line of a configuration file, the nearest first: the keys of its blocks by indentation, and what
    such a block is called (`name: new_checkout`)."""
    rows = text.split("\n")[max(0, line - 1 - _ABOVE) : line + _ABOVE]
    at = min(line - 1, _ABOVE)
    if at >= len(rows):
        return ()
    beside = _indent(rows[at])
    around = (row for row in (*reversed(rows[:at]), *rows[at + 1 :]) if _indent(row) == beside)
    found = [called[1] for row in around if (called := _CALLED.match(row))][:1]
    depth = beside
    for row in reversed(rows[:at]):
        if row.strip() and _indent(row) < depth:
            depth = _indent(row)
            key = _KEY_OF_BLOCK.match(row)
            found += [key[1]] if key else []
    return tuple(found)


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip(" \t-"))


def _of_line(path: str, old: str, new: str, line: int) -> Iterator[Switch]:
    if len(new) > _LONGEST or not _STATE.search(new):
        return
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if len(before) != len(after):
        return
    other = [number for number, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    if len(other) == 1 and _turned(before[other[0]], after[other[0]], new):
        at = other[0]
        rest = " ".join((*after[:at], *after[at + 1 :])) if _is_state(after[at]) else new
        names = (name for name in _NAME.findall(without_placeholders(rest)) if name not in KEYWORDS and len(name) > 2)
        yield Switch(path, line, before[at], after[at], tuple(dict.fromkeys(names)))


def _turned(before: str, after: str, line: str) -> bool:
    if {before.lower(), after.lower()} in _STATES:
        return True
    if before[:1].isdigit() and after[:1].isdigit():
        return bool(_SHARE.search(line))
    return before.lower() != after.lower() and _without_state(before) == _without_state(after)


def _is_state(word: str) -> bool:
    return word[:1].isdigit() or any(word.lower() in pair for pair in _STATES)


def _without_state(word: str) -> str:
    """FEATURE_ENABLED_BY_DEFAULT and FEATURE_DISABLED_BY_DEFAULT alike."""
    return re.sub(r"(?:en|dis)(?=abled?)", "", word.lower())
