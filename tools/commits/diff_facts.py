"""Facts read from the lines of a diff alone: names set, definitions added and removed, settings changed."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from tools.commits.annotations import unannotated
from tools.git.diff import CommitDiff, FileChange
from tools.source.file_kinds import HARMLESS, Kind, kind_of
from tools.source.outline import opened
from tools.text.comments import comment_behind, is_comment_line
from tools.text.identifiers import IDENTIFIER
from tools.text.rule import without_placeholders

_MAX_LINES = 16_000
RETURN = re.compile(r"^\s*(?:return|yield)\b")
_NULL = re.compile(
    r"\b(?:None|null|nil|undefined|Optional|NULL)\b|(?<=[\w)\]}])\?\.(?=[\w(\[])"
    r"|\?\\?[A-Za-z][\w\\]*\s+(?:&|\.\.\.)?\$\w|\)\s*:\s*\?\\?[A-Za-z]"  # PHP's `?Order $order`, `): ?Order`; no `?full=1`
)
_ASSIGNED = re.compile(
    r"(?<![A-Za-z_$])([A-Za-z_$][\w$]*+)[\"']?\]?\s*+(?::[^=\n]{1,60})?(?:(?<![=!<>])=(?![=>])|=>|:)"
)
_ENTRY = re.compile(r"[\s{,-]*\"?name\"?:\s*['\"]?([A-Z][A-Z0-9]*_[A-Z0-9_]+)['\"]?\s*(?:[,}]|$)")
"""An environment variable that is set by an entry of a list, as manifests of containers do: `- name: DATABASE_URL`."""
_DOCSTRING = re.compile(r"\s*+(?:\"\"\"|'''|$)")
_TOKEN = re.compile(r"\w+|[^\w\s]")


def counted(change: FileChange) -> bool:
    """Whether a file is text whose lines can make production fail."""
    return not change.binary and kind_of(change.path) not in HARMLESS


def changed_lines(diff: CommitDiff) -> Iterator[tuple[str, bool]]:
    """(line, added) of the changed lines, at most 16,000."""
    left = _MAX_LINES
    for change in diff.files:
        for hunk in change.hunks:
            for added, lines in ((False, hunk.removed), (True, hunk.added)):
                for line in lines:
                    left -= 1
                    if left < 0:
                        return
                    yield line, added


def definitions_changed(diff: CommitDiff) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Names of functions and classes whose first line was (added, removed, changed) outside tests."""
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for change in diff.files:
        if not counted(change) or kind_of(change.path) is not Kind.CODE:
            continue
        for hunk in change.hunks:
            for side, lines in ((before, hunk.removed), (after, hunk.added)):
                for name, _, line, _ in opened(change.path, lines):
                    head = lines[line - 1].strip()
                    side[name] = (unannotated(head) or head) if change.path.endswith((".py", ".ts", ".tsx")) else head
    both = before.keys() & after.keys()
    resigned = frozenset(name for name in both if before[name] != after[name])
    return frozenset(after.keys() - before.keys()), frozenset(before.keys() - after.keys()), resigned


def settings_changed(diff: CommitDiff, clean: Callable[[str], str]) -> frozenset[str]:
    """The identifiers on the changed lines of configuration files; `clean` takes secrets out of a line."""
    rows = (
        row
        for change in diff.files
        if kind_of(change.path) is Kind.CONFIG
        for hunk in change.hunks
        for row in (*hunk.removed, *hunk.added)
    )
    return frozenset(word for row in rows for word in IDENTIFIER.findall(without_placeholders(clean(row))[:400]))


def assigned(rows: Iterable[str]) -> frozenset[str]:
    """Names that the rows set: a variable, a key, a setting, a named argument, an entry of a list of variables."""
    setting = [row for row in rows if "=" in row or ":" in row]
    entries = (found[1] for row in setting if (found := _ENTRY.match(row)))
    return frozenset(entries).union(name for row in setting for name in _ASSIGNED.findall(row))


def mentions_null(row: str) -> bool:
    """Whether a line mentions null, None, nil, undefined or an optional value."""
    return bool(_NULL.search(row))


def is_comment(row: str, path: str) -> bool:
    """Whether a line of a file like `path` is blank, only a comment, or begins or ends a docstring."""
    return is_comment_line(row, path) or bool(_DOCSTRING.match(row))


def may_be_cosmetic(diff: CommitDiff) -> bool:
    """Whether every block of code can be the same before and after. Signs, blanks and texts are not looked at closely: what
    this denies is a change for certain, what it allows is not certain yet."""
    seen = False
    for change in diff.files:
        if not counted(change):
            continue
        if (
            change.truncated or change.binary or not change.hunks
        ):  # a submodule, a mode, a mere move: no text to compare
            return False
        seen = True
        if any(_spoken(hunk.added, change.path) != _spoken(hunk.removed, change.path) for hunk in change.hunks):
            return False
    return seen


def _spoken(rows: Sequence[str], path: str) -> list[str]:
    behind = comment_behind(path)
    code = " ".join(behind.sub("", row) if behind else row for row in rows if not is_comment(row, path))
    return [token.replace("'", '"') for token in _TOKEN.findall(code) if token not in ",;"]
