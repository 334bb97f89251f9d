"""How the commits meet the functions and files of the trace: contacts with its frames, other code of its classes, what is unread."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from tools.commits.touched_lines import Touch, TouchedLine, is_unread
from tools.git.diff import CommitDiff
from tools.impact.changed_definitions import home
from tools.impact.commit_facts import Contact
from tools.impact.contacts import contact
from tools.impact.failure_site import FailureSite
from tools.impact.frame_site import FrameSite
from tools.impact.kept_expression import keeps_expression
from tools.impact.not_run import may_have_run


def is_unread_at(site: FailureSite, touches: Mapping[str, Sequence[Touch]], diff: CommitDiff) -> bool:
    """Whether a file of the trace was changed, and nothing of that can be read; of a file that is not there at all, no
    touches are known."""
    if any(touch.unread for rows in touches.values() for touch in rows if touch.sha == diff.sha):
        return True
    unseen = {frame.repo_path for frame in site.trace.frames if frame.repo_path is not None} - set(site.paths)
    return any(is_unread(file) for file in diff.files if file.new_path in unseen)


class TraceContacts:
    """The contacts of every commit of a window; what is asked of a frame is found out once for all of them."""

    def __init__(self, site: FailureSite, touches: Mapping[str, Sequence[Touch]]) -> None:
        self._site, self._keeps = site, keeps_expression(site)
        self._touches: dict[str, dict[str, Touch]] = defaultdict(dict)
        self._runs: dict[FrameSite, Callable[[int], bool]] = {}
        for path, rows in touches.items():
            for touch in rows:
                self._touches[touch.sha][path] = touch

    def of(self, sha: str) -> list[Contact]:
        """The commit's contacts with each frame whose file it touched."""
        mine = self._touches.get(sha, {})
        return [self._contact(frame, mine[frame.path]) for frame in self._site.frames if frame.path in mine]

    def _contact(self, frame: FrameSite, touch: Touch) -> Contact:
        if frame not in self._runs:
            self._runs[frame] = may_have_run(self._site.outlines[frame.path], frame)
        return contact(frame, touch, self._runs[frame], self._keeps, _belongs(self._site, frame))


def siblings_of(site: FailureSite, sha: str, touches: Mapping[str, Sequence[Touch]]) -> list[tuple[FrameSite, int]]:
    """(frame, length of its class) where the commit changed code of the class outside the frame's function."""
    found: list[tuple[FrameSite, int]] = []
    for path, rows in touches.items():
        for touch in rows:
            if touch.sha != sha:
                continue
            outline = site.outlines[path]
            lines = {row.line for row in touch.lines if row.novelty >= 0.2}
            owners = {line: owner for line in lines if (owner := outline.owner(line))}
            for frame in (each for each in site.frames if each.path == path):
                other = [o for n, o in owners.items() if o.name == frame.owner and not frame.start <= n <= frame.end]
                if other:
                    found.append((frame, other[0].end - other[0].start + 1))
    return found


def _belongs(site: FailureSite, frame: FrameSite) -> Callable[[TouchedLine], bool]:
    """Whether a touched line near the frame's is its code: of a frame outside every function, that of functions beside it
    is not, which need not have run."""
    outline = site.outlines[frame.path]
    if outline.function(frame.line) is not None:
        return lambda _row: True
    return lambda row: outline.function(home(outline, row)) is None
