"""The options that say which commits are looked at: A..B, --base, --deployed, --since, --last, and their defaults."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from incidents.errors import InputError, NotAnAncestor
from service.cli import numbers
from service.cli.ground import deployed, resolved
from service.cli.option_errors import about

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.deploys.revision_range import Named
    from tools.git.repository import Repository

_STARTS = ("base", "since", "last")


class Range(NamedTuple):
    """Full ids of the last good and the failing revision; None for one that is looked up in the known deploys.

    `line` tells which defaults were taken; "" when there was none. `guessed`: neither a person nor a tag says where it
    begins, only a number of commits.
    """

    base: str | None
    deployed: str | None
    line: str = ""
    guessed: bool = False

    @property
    def whole(self) -> bool:
        """Whether both are known."""
        return self.base is not None and self.deployed is not None


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the window."""
    group = parser.add_argument_group(
        "which commits", "the default is what was committed since the previous tag, or the last 30 commits without one"
    )
    group.add_argument("window", nargs="?", metavar="A..B", help="last good and failing revision in one word")
    group.add_argument("--base", metavar="REV", help="last good revision: sha, branch or tag (default: previous tag)")
    group.add_argument("--deployed", metavar="REV", help="failing revision (default: HEAD)")
    group.add_argument("--since", metavar="TIME", help="what was committed since: 2h, 3d, 2026-11-27T08:00:00Z")
    group.add_argument("--last", type=numbers.whole, metavar="N", help="the last N commits")


def split(arguments: argparse.Namespace) -> None:
    """Turn A..B into --base and --deployed, and refuse options that contradict each other. Raises InputError."""
    if arguments.window is not None:
        base, dots, deployed = arguments.window.partition("..")
        if not dots and Path(arguments.window).is_file():
            raise InputError(f"A..B: {arguments.window!r} is a file; give it as --trace {arguments.window}")
        if not dots or deployed.startswith(".") or not (base or deployed):
            raise InputError(f"A..B: {arguments.window!r} is no range; give it as v1.4..v1.5, v1.4.. or ..v1.5")
        _only(arguments, "base", base, "A..B")
        _only(arguments, "deployed", deployed, "A..B")
    given = [name for name in _STARTS if getattr(arguments, name) is not None]
    if len(given) > 1:
        first, second, *_ = given
        raise InputError(f"--{second}: cannot be combined with --{first}; give one of them")
    if arguments.last is not None and not 1 <= arguments.last <= 100_000:
        raise InputError("--last: give a number of commits from 1 to 100000")


def _only(arguments: argparse.Namespace, name: str, value: str, option: str) -> None:
    if value and getattr(arguments, name) is not None:
        raise InputError(f"--{name}: cannot be combined with {option}; give one of them")
    if value:
        setattr(arguments, name, value)


def starts(arguments: argparse.Namespace) -> bool:
    """Whether the options say where the window begins."""
    return any(getattr(arguments, name) is not None for name in _STARTS)


def given_range(repository: "Repository", arguments: argparse.Namespace) -> Range:
    """The revisions that the options name; what they leave out is None. Raises InputError."""
    written = _written(arguments)
    base = resolved(repository, written["base"], arguments.base) if arguments.base is not None else None
    end = resolved(repository, written["deployed"], arguments.deployed) if arguments.deployed is not None else None
    if base and end:
        _checked(repository, arguments, Range(base, end), arguments.base, arguments.deployed)
    return Range(base, end)


def _written(arguments: argparse.Namespace) -> dict[str, str]:
    """How a revision was written: as an option of its own, or as a part of A..B."""
    base, _, end = (arguments.window or "").partition("..")
    return {"base": "A..B" if base else "--base", "deployed": "A..B" if end else "--deployed"}


def _option(arguments: argparse.Namespace) -> str:
    """The option that a window that cannot be is about: the one that says where it begins, else where it ends."""
    if arguments.window is not None:
        return "A..B"
    given = (name for name in (*_STARTS, "deployed") if getattr(arguments, name) is not None)
    return f"--{next(given, 'base')}"


def range_of(repository: "Repository", arguments: argparse.Namespace) -> Range:
    """Both revisions, by the options or by git. Raises InputError."""
    from tools.deploys.revision_range import Named

    given = given_range(repository, arguments)
    if given.whole:
        return given
    taken = deployed(repository, arguments.deployed)
    base = Named(given.base, arguments.base) if given.base else _start(repository, arguments, taken.sha)
    found = Range(base.sha, taken.sha)
    commits = _checked(repository, arguments, found, base.name, taken.name)
    otherwise = "--deployed" if starts(arguments) else "--base"
    line = summary_line(taken.name, base.name, commits, otherwise)
    return found._replace(line=line, guessed=not starts(arguments) and base.name == base.sha[:12])


def summary_line(deployed: str, base: str, commits: int, option: str) -> str:
    """`HEAD against v1.4, 14 commits; --base chooses another`."""
    counted = f"{commits} commit{'' if commits == 1 else 's'}"
    return f"{deployed} against {base}, {counted}; {option} chooses another"


def _start(repository: "Repository", arguments: argparse.Namespace, deployed: str) -> "Named":
    from tools.deploys.revision_range import USUAL, before_moment, commits_back, moment_of, previous_tag

    if arguments.since is not None:
        with about("--since", remedy="give a longer time, or --last 30"):
            return before_moment(repository, deployed, moment_of(arguments.since, _now(arguments)))
    if arguments.last is not None:
        with about("--last"):
            return commits_back(repository, deployed, arguments.last)
    with about(_option(arguments)):
        return previous_tag(repository, deployed) or commits_back(repository, deployed, USUAL)


def _now(arguments: argparse.Namespace) -> datetime:
    """When the error was first seen; now when nobody says."""
    from service.cli.alert_options import moment_given

    return moment_given(arguments.first_seen) or datetime.now(UTC)


def _checked(repository: "Repository", arguments: argparse.Namespace, found: Range, base: str, deployed: str) -> int:
    """How many commits the range holds. Raises InputError for one that is empty, swapped or of two histories."""
    with about(_option(arguments)):
        start, end = str(found.base), str(found.deployed)
        if start == end:
            raise InputError(
                f"the window is empty: {base} and {deployed} are the same commit {start[:12]}; give an older base"
            )
        try:
            return len(repository.window(start, end))
        except NotAnAncestor as error:
            if _holds(lambda: repository.is_ancestor(end, start)):
                swapped = f"{deployed}..{base}" if arguments.window else f"--base {deployed} --deployed {base}"
                raise NotAnAncestor(
                    f"base {base} is not an ancestor of deployed {deployed} but lies after it: the two are swapped; "
                    f"give {swapped}"
                ) from error
            raise


def _holds(test: "Callable[[], bool]") -> bool:
    from incidents.errors import IncompleteRepository

    try:
        return test()
    except IncompleteRepository:
        return False
