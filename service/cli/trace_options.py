"""The options about the error's text: where it is read from, which error of a log is meant, where its files are."""

import argparse
import os
import stat
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli import numbers
from service.cli.option_errors import about
from service.cli.streams import note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from incidents.trace import StackTrace
    from tools.git.repository import Repository


@dataclass(frozen=True, slots=True)
class OtherError:
    """Another error of the same log: its number for `--error`, how often it occurs, and its type and message."""

    number: int
    count: int
    text: str


@dataclass(frozen=True, slots=True)
class Given:
    """The error that is investigated, with its text, and the other errors of the log. `count`: how often it occurs."""

    text: str
    trace: "StackTrace"
    count: int = 1
    others: tuple[OtherError, ...] = ()


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options about the error's text."""
    group = parser.add_argument_group("the error")
    group.add_argument(
        "--trace", metavar="FILE|-", help="log text with the stack trace; - is stdin (default: stdin, when it is piped)"
    )
    group.add_argument(
        "--error", type=numbers.whole, metavar="N", help="the N-th error of the log (default: the most telling)"
    )
    group.add_argument(
        "--root", action="append", metavar="DIR", default=[], help="folder the program is deployed from; repeatable"
    )
    group.add_argument(
        "--source-map",
        action="append",
        metavar="FILE|DIR",
        default=[],
        help="source maps of a bundle in the trace; repeatable",
    )


def piped() -> bool:
    """Whether standard input holds something: a pipe or a file. A terminal or /dev/null does not."""
    try:
        state = os.fstat(sys.stdin.fileno())
    except (OSError, ValueError, AttributeError):  # closed, or replaced by something that is no file
        return False
    return stat.S_ISFIFO(state.st_mode) or (stat.S_ISREG(state.st_mode) and state.st_size > 0)


MISSING = "--trace: missing; give the log text of the error, or pipe it in"


def read_or_refuse(arguments: argparse.Namespace) -> Given:
    """Read the error of `--trace`, or of standard input when something is piped in. Raises InputError."""
    if arguments.trace is None and not piped():
        raise InputError(MISSING)
    return read(arguments)


def positive(number: int, option: str) -> int:
    """`number` when it counts something. Raises InputError."""
    if not 1 <= number <= 100_000:
        raise InputError(f"{option}: give a number from 1 to 100000")
    return number


def read(arguments: argparse.Namespace) -> Given:
    """Read the error of `--trace`, or of standard input. Raises InputError."""
    from service.cli.log_errors import errors_in
    from service.render.wording import counted

    if arguments.error is not None and arguments.error < 1:
        raise InputError("--error: errors are numbered from 1")
    name = arguments.trace if arguments.trace is not None else "-"
    with about("--trace"):
        found = errors_in(name)
    number = arguments.error or 1
    if arguments.error is not None and not found[0].count:
        raise InputError("--error: no error was found in the log; without --error its text is compared as it is")
    if number > len(found):
        raise InputError(f"--error: the log holds {counted(len(found), 'error')}, no number {number}")
    taken = found[number - 1]
    others = (OtherError(n, each.count, each.headline) for n, each in enumerate(found, 1) if n != number)
    return Given(taken.text, taken.trace, taken.count, tuple(others))


def placed(
    arguments: argparse.Namespace, repository: "Repository", deployed: str | None, trace: "StackTrace"
) -> "StackTrace":
    """The trace with its places in source files (--source-map) and in the repository (--root). Raises InputError."""
    if arguments.source_map or trace.language == "javascript":
        trace = _in_sources(arguments.source_map, repository, deployed or "HEAD", trace)
    if not arguments.root:
        return trace
    from tools.traces.places.deploy_roots import folder_of, placed_below

    with about("--root"):
        paths = repository.paths(deployed or "HEAD")
        for root in arguments.root:
            _known_folder(folder_of(root), paths)
    return placed_below(trace, arguments.root, paths)


def _in_sources(given: "Sequence[str]", repository: "Repository", deployed: str, trace: "StackTrace") -> "StackTrace":
    from service.cli.source_maps import SourceMaps
    from tools.traces.places.source_maps import in_sources

    with about("--source-map"):
        found = in_sources(trace, SourceMaps(given, repository, deployed).of)
    if found.unclear:
        more = f" and {len(found.unclear) - 1} more" if len(found.unclear) > 1 else ""
        note(
            f"{found.unclear[0]}{more}: the trace has no column there, so the source map cannot say where it was written"
        )
    return found.trace


def _known_folder(root: str, paths: "Sequence[str]") -> None:
    """Raise InputError for a folder that holds no file."""
    if not root or any(path.startswith(f"{root}/") for path in paths):
        return
    from difflib import get_close_matches

    folders = {path.rpartition("/")[0] for path in paths}
    named = [each for each in sorted(folders) if each.endswith(f"/{root}")]
    near = named[:3] or get_close_matches(root, folders, n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else "; give it as it is written in the repository"
    raise InputError(f"the deployed revision has no folder {root!r}{hint}")
