"""Failure sites and commits as `tools.impact` describes them, for the tests of what is concluded from them."""

from datetime import UTC, datetime

from incidents.evidence import Commit
from incidents.trace import Failure, Frame, StackTrace
from tools.impact.clues import Clue
from tools.impact.commit_facts import CommitFacts, Contact
from tools.impact.context import SignalContext
from tools.impact.failure_site import FailureSite
from tools.impact.frame_site import FrameSite
from tools.impact.standing import Standing

NOBODY: frozenset[str] = frozenset()


def commit(sha: str) -> Commit:
    """A commit without a parent."""
    return Commit(sha=sha, subject=f"change {sha}", author="Ana", committed_at=datetime(2026, 11, 27, tzinfo=UTC))


def frame(line: int, source: str | None = None, *, path: str = "shop/cart.py", in_app: bool = True) -> Frame:
    """A frame as the trace prints it."""
    return Frame(path=path, line=line, function="total", source=source, repo_path=path if in_app else None)


def traced(*frames: Frame, message: str = "") -> StackTrace:
    """One failure, innermost frame first."""
    return StackTrace(failures=(Failure(message=message, frames=frames),))


def read(
    depth: int, source: str, *, path: str = "shop/cart.py", leads_to: str | None = None, exact: bool = True
) -> FrameSite:
    """A frame whose line could be read in the repository."""
    return FrameSite(
        depth=depth,
        path=path,
        line=10 + depth,
        start=1,
        end=20,
        function="total",
        owner=None,
        source=source,
        line_words=NOBODY,
        line_names=NOBODY,
        line_calls=NOBODY,
        ran_words=NOBODY,
        words=NOBODY,
        calls=NOBODY,
        callee_words=NOBODY,
        docstring=(0, -1),
        leads_to=leads_to,
        passes_on=False,
        exact=exact,
    )


def contact(frame: FrameSite, *, hit: bool = False, added: int = 0) -> Contact:
    """How a commit touched the file of a frame."""
    return Contact(frame, hit, 1.0, None, added=added, removed=0, sets=NOBODY, hit=hit)


def facts(
    sha: str,
    *contacts: Contact,
    truncated: bool = False,
    named: frozenset[str] = NOBODY,
    unread_at_site: bool = False,
) -> CommitFacts:
    """A commit that changed one file."""
    return CommitFacts(
        commit=commit(sha),
        message=f"change {sha}",
        files=1,
        kinds={},
        code_files=1,
        code_lines=1,
        truncated=truncated,
        contacts=contacts,
        reached=(),
        produced=(),
        siblings=(),
        named=named,
        added={},
        removed={},
        added_parts={},
        removed_parts={},
        message_parts=NOBODY,
        unassigned=NOBODY,
        settings=NOBODY,
        literals=NOBODY,
        opened=NOBODY,
        closed=NOBODY,
        resigned=NOBODY,
        unread_at_site=unread_at_site,
    )


def context(
    *changes: CommitFacts,
    frames: tuple[FrameSite, ...] = (),
    message: str = "",
    words: frozenset[str] = NOBODY,
    clues: tuple[Clue, ...] = (),
    standing: Standing | None = None,
) -> SignalContext:
    """A failure at these frames, and the commits of the window."""
    site = FailureSite(
        trace=traced(message=message),
        frames=frames,
        outlines={},
        message=message,
        exception="",
        message_words=words,
        message_parts=NOBODY,
        variable_parts=NOBODY,
        literals=NOBODY,
        library_words=NOBODY,
        clues=clues,
        standing=standing,
        imports={},
    )
    return SignalContext(site, changes)
