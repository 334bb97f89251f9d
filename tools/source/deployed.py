"""What the code tools look at: one deployed revision, the commits that led to it, and where the failure ran."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from incidents.errors import ToolError
from incidents.evidence import Commit
from tools.git.repository import Repository
from tools.source.index import SourceIndex
from tools.source.listing import MAX_CHARACTERS, SHA_CHARACTERS, printable
from tools.source.lookup import Frames, Lookup, checked

_SHORTEST_SHA: Final = 7


@dataclass(frozen=True, slots=True)
class Deployed:
    """The revision of `index` and the window that ends with it, oldest first.

    `frames` are the trace's (path, line) pairs, innermost first; `room` is how many characters an answer may have; `marks`
    how a commit is called beside a line (sha -> text), by default with the beginning of its id.
    """

    index: SourceIndex
    repository: Repository
    window: Sequence[Commit]
    frames: Frames = ()
    room: int = MAX_CHARACTERS
    marks: Mapping[str, str] = field(default_factory=dict)

    @property
    def revision(self) -> str:
        """The deployed revision."""
        return self.index.revision

    @property
    def base(self) -> str:
        """The revision before the deploy. Raises ToolError when there is none."""
        if not self.window or not self.window[0].parents:
            raise ToolError("there is no revision before this deploy")
        return self.window[0].parents[0]

    @property
    def lookup(self) -> Lookup:
        """Resolves names at the deployed revision."""
        return Lookup(self.index, self.repository, self.frames)

    def commit(self, sha: str) -> Commit:
        """The commit of the window whose id begins with `sha`."""
        wanted = checked(sha, "commit").lower()
        found = [commit for commit in self.window if commit.sha.startswith(wanted)]
        if len(wanted) < _SHORTEST_SHA or len(found) != 1:
            newest = ", ".join(commit.sha[:SHA_CHARACTERS] for commit in self.window[-20:])
            raise ToolError(f"{printable(sha)} is no commit of the deploy; its newest commits are {newest or 'none'}")
        return found[0]

    def mark(self, sha: str) -> str:
        """What a commit of the window is called beside a line."""
        return self.marks.get(sha, sha[:SHA_CHARACTERS])

    def title(self, sha: str) -> str:
        """A commit of the window as one line: its mark, short id and subject."""
        subject = next((commit.subject for commit in self.window if commit.sha == sha), "")
        named = f"{self.marks[sha]} {sha[:SHA_CHARACTERS]}" if sha in self.marks else sha[:SHA_CHARACTERS]
        return f"{named} {printable(subject)}".rstrip()

    def distance(self, path: str, line: int) -> int:
        """How many lines a place is from the nearest line of the trace; a large number in files it does not name."""
        return min((abs(line - at) for frame, at in self.frames if frame == path), default=1_000_000)
