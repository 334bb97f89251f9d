"""The commits of the window that last touched lines as deployed, as marks beside the lines and a list below them."""

from collections.abc import Iterable

from incidents.errors import IncompleteRepository, ToolError
from tools.git.blame import window_blame
from tools.source.deployed import Deployed

_LISTED = 20


def blamed_lines(deployed: Deployed, path: str, lines: Iterable[int]) -> dict[int, str]:
    """Line -> id of the commit of the window that last touched it; lines older than the window are absent."""
    try:
        blamed = window_blame(deployed.repository, deployed.window, deployed.revision, path, lines)
    except IncompleteRepository as error:
        raise ToolError(f"who wrote {path} is not known: {error}; ask for the source without") from error
    return {line: blame.sha for line, blame in blamed.items()}


def legend(deployed: Deployed, shas: Iterable[str]) -> list[str]:
    """The commits beside the lines, newest last, with their subjects."""
    seen = set(shas)
    if not seen:
        return [
            "No commit of the deploy wrote these lines: they are older. What one removed beside them shows in its diff."
        ]
    named = [commit.sha for commit in deployed.window if commit.sha in seen]
    return [
        "Commits of the deploy beside the lines they last touched (blank: older):",
        *(f"  {deployed.title(sha)}" for sha in named[-_LISTED:]),
    ]
