"""Which commit changed a value that the error speaks of: a host, a port, a path, a quoted text; or how the program is deployed.

Such a commit is no proven culprit, but nobody may say that no commit did it. Names of code are clues
(`tools.impact.clues`), which are weighed; a value stands for itself.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from tools.commits.analysis import ReadCommit
from tools.commits.diff_facts import is_comment
from tools.git.diff import FileChange
from tools.impact.failure_site import FailureSite
from tools.source.deploy_files import is_deploy_file
from tools.source.feeding import language_of_file
from tools.source.file_kinds import HARMLESS, Kind, is_lock, kind_of
from tools.text.identifiers import parts

_READ: Final = 2_000  # characters of a message
_MOST: Final = 24  # values of a message
_FRAMES: Final = 4
_QUOTED: Final = re.compile(r"""["'`]([A-Za-z_][\w.-]{0,99})["'`]""")
_TEXT: Final = re.compile(r"[^\W_].*[^\W_]|\d")
_PLAIN: Final = re.compile(r"[A-Za-z_$][\w$]*+")
_ADDRESS: Final = re.compile(r"(?<![\w.@/-])(?:[A-Za-z0-9][\w-]*\.)+(?:[A-Za-z][\w-]+|\d+)(?![\w-])")
_PORT: Final = re.compile(r"\bport[ =:]+(\d{2,5})\b|(?<=[\w\]])(?<!:\d\d):(\d{2,5})(?=[/\s\"'),;]|$)")
_GIVEN: Final = re.compile(r"\b\w+=([\d.]*\d)\b")
_OF_DEPLOY: Final = re.compile(
    r"connection (?:refused|reset|timed out|aborted)|connect(?:ion)? ?time(?:d )?out|unreachable|no route to host|"
    r"name or service not known|resolve (?:host|address)|no such host|name resolution|getaddrinfo|econn|etimedout|enotfound|"
    r"permission denied|access denied|eacces|eperm|operation not permitted|no such file|enoent|filenotfound|"
    r"certificate|x509|\bssl\b|\btls\b|handshake|out ?of ?memory|oomkilled|cannot allocate|memoryerror|"
    r"worker timeout|no space left|disk quota|bad gateway|upstream|address already in use|eaddrinuse|exec format error",
    re.IGNORECASE,
)
"""Errors of what the program is given by the way it is deployed."""
_LONGEST: Final = 400  # lines of a function, characters of a line
_FILE: Final = re.compile(r"""["'`]((?:[\w.@-]+/|/)*[\w@-][\w.@-]*\.[A-Za-z]\w{0,9})["'`]""")
_CONSTANT: Final = re.compile(
    r"(?:(?:export|const|let|var|static|final|private|public|val)\s+)*([A-Za-z_$]\w*)\s*(?::[^=\n]{1,60})?=(?![=>])"
)
_SET: Final = re.compile(r"""\s*(?:-\s+|export\s+|ENV\s+)?["']?([A-Za-z_][\w.-]*)["']?\s*[:=]""")


class SpokenValues:
    """The values of one error, looked for in commits."""

    def __init__(self, site: FailureSite) -> None:
        message = site.message[:_READ]
        self._of_deploy = bool(_OF_DEPLOY.search(f"{site.exception} {message}")) or _is_ended(site)
        texts = list(dict.fromkeys(_values(message, outside=self._of_deploy)))[:_MOST]
        self._values = [(text, re.compile(rf"(?<![\w-]){re.escape(text)}(?![\w-])")) for text in texts]
        self._read = frozenset(word for frame in site.frames[:_FRAMES] for word in frame.words | frame.line_names)
        self._asked = _asked_for(site)
        self._opened = _opened(site)

    def changed_by(self, commit: ReadCommit) -> str:
        """What the commit did to a value that the error speaks of, or to a setting that the failing function asks for; empty:
        nothing."""
        files = [file for file in commit.diff.files if _runs(file.path)]
        for text, pattern in self._values:
            if place := _place_of(pattern, text, files, commit):
                return f"changed a line with `{text}` ({place}), which the error names"
        return self._setting(self._asked, files, commit) or self._file(commit)

    def set_by(self, commit: ReadCommit) -> str:
        """What the commit did to a setting that functions of the trace may read: they use its name."""
        return self._setting(self._read, [file for file in commit.diff.files if _runs(file.path)], commit)

    def deployed_by(self, commit: ReadCommit) -> str:
        """Which file that says how the program is deployed the commit changed, for an error that can come of that."""
        paths = (file.path for file in commit.diff.files if self._of_deploy and is_deploy_file(file.path))
        return next((f"changed {path}, which says how the program is deployed" for path in paths), "")

    def _file(self, commit: ReadCommit) -> str:
        """What it did to data that functions of the trace open by name: they spell the path, or a constant of theirs does."""
        for file in commit.diff.files:
            for text, function in self._opened.items() if language_of_file(file.path) is None else ():
                if f"/{file.path}".endswith(f"/{text}") or f"/{file.old_path}".endswith(f"/{text}"):
                    return f"changed {file.path}, which `{function}` reads"
        return ""

    def _setting(self, known: frozenset[str], files: Sequence[FileChange], commit: ReadCommit) -> str:
        for file in files:
            if kind_of(file.path) is Kind.CONFIG or is_deploy_file(file.path):
                names = {name for _, line in _rows(file, commit) if (row := _SET.match(line)) for name in [row[1]]}
                read = sorted(name for name in names & known if len(parts(name)) > 1)
                if read:
                    return f"changed the setting `{read[0]}` ({file.path}), which the failing code reads"
        return ""


def _is_ended(site: FailureSite) -> bool:
    """Whether what runs the program ended it, as a server's worker does that took too long: code that is none of the
    repository's leaves with `SystemExit`."""
    inner = next(iter(site.trace.frames), None)
    return site.trace.exception == "SystemExit" and inner is not None and inner.repo_path is None


def _asked_for(site: FailureSite) -> frozenset[str]:
    """The names in quotes in the failing function, as settings are asked for: `os.environ["SHOP_TIMEOUT"]`."""
    if not site.located:
        return frozenset()
    frame = site.frames[0]
    return frozenset(_QUOTED.findall(site.outlines[frame.path].text(frame.start, frame.end)))


def _opened(site: FailureSite) -> dict[str, str]:
    """The paths of files that the functions of the trace spell, or that constants spell which they name, each with the
    function."""
    found: dict[str, str] = {}
    for frame in site.frames[:_FRAMES] if site.located else ():
        outline = site.outlines[frame.path]
        named = (row for row in outline.lines if (set_here := _CONSTANT.match(row)) and set_here[1] in frame.words)
        for row in (*outline.lines[frame.start - 1 : frame.end][:_LONGEST], *named):
            for text in _FILE.findall(row[:_LONGEST]):
                found.setdefault(text.removeprefix("./").lstrip("/"), frame.function or frame.path)
    return found


def _values(message: str, *, outside: bool) -> Iterator[str]:
    for row in re.finditer(r"'([^'\n]{1,120}+)'|\"([^\"\n]{1,120}+)\"|`([^`'\n]{1,120}+)[`']", message):
        text = next(each for each in row.groups() if each).strip()
        if _TEXT.search(text) and not _PLAIN.fullmatch(text):  # a plain name is a clue
            yield text
    yield from (row[1] for row in _GIVEN.finditer(message) if len(row[1]) > 1)
    if outside:
        yield from (row[0] for row in _ADDRESS.finditer(message))
        yield from (row[1] or row[2] for row in _PORT.finditer(message))


def _runs(path: str) -> bool:
    return (kind_of(path) not in HARMLESS or is_deploy_file(path)) and not is_lock(path)


def _rows(file: FileChange, commit: ReadCommit) -> Iterator[tuple[int, str]]:
    """(its number, line) of each line that the commit added or removed, comments and secrets left out."""
    for hunk in file.hunks:
        for lines, numbers in ((hunk.added, hunk.added_at), (hunk.removed, hunk.removed_at)):
            for line, number in zip(lines, numbers, strict=True):
                if not is_comment(line, file.path):
                    yield number, commit.clean(line)


def _place_of(pattern: re.Pattern[str], text: str, files: Sequence[FileChange], commit: ReadCommit) -> str:
    """Where the commit added or removed the value; nothing where it only stands on both sides."""
    for file in files:
        for hunk in file.hunks:
            before, now = (_count(pattern, text, rows, commit, file.path) for rows in (hunk.removed, hunk.added))
            if before != now:
                at = hunk.added_at if now > before else hunk.removed_at
                return f"{file.path}:{at[0]}"
    return ""


def _count(pattern: re.Pattern[str], text: str, rows: Sequence[str], commit: ReadCommit, path: str) -> int:
    """How often the value stands in the rows. A host is looked for in the line as it is: with a user before it, it would be
    taken for a secret; it is the error's word, so nothing secret is told."""
    clean = str if _ADDRESS.fullmatch(text) else commit.clean
    return sum(len(pattern.findall(clean(row))) for row in rows if text in row and not is_comment(row, path))
