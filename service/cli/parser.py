"""`redtide`: the parser of all commands. Mistakes of the caller become one clear line here."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from incidents.errors import ClusterNotStarted, IncidentNotFound, InputError
from service import version
from service.cli import (
    alert,
    assess,
    bisect,
    blame,
    calibrate,
    compare,
    confirm,
    demo,
    evaluate,
    feedback,
    incidents,
    investigate,
    labels,
    login,
    notify,
    policy,
    prompts,
    rerun,
    rescore,
    revert,
    serve,
    settings,
    show,
    train,
    watch,
)
from service.cli.streams import note

BAD_INPUT = 2
INTERRUPTED = 130
_RARELY = (20_000, 20, 20)
"""When Python looks for garbage. Importing and parsing make little of it: a tenth of a command's time would go into looking."""

_HERE = (investigate, blame, bisect)
_INCIDENTS = (incidents, show, watch, feedback, rerun, alert, revert, confirm, login)
_MEASURED = (evaluate, train, calibrate, labels, rescore, compare, prompts, assess)
_COMMANDS = (*_HERE, *_INCIDENTS, *_MEASURED, policy, notify, settings, serve, demo)
_DESCRIPTION = "Red Tide: from an alert to the commit that caused it, and the revert that ends it."
_EXAMPLES = """\
examples:
  redtide demo
      an alert becomes a verdict on a sample repository, nothing to configure
  redtide investigate --trace error.log
      in a repository: which commit since the previous tag caused the error in that log
  redtide blame --trace error.log
      who last changed the code that fails, however long ago
  redtide serve --config serve_config.yaml
      take alerts over HTTP
  redtide login --server https://redtide.example.org && redtide incidents
      what a service is working on; `redtide show INC-...` tells the verdict

`redtide COMMAND --help` tells more. Exit status: 0 done, 1 the command's own "no", 2 bad input.
"""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Print the error and where to find help, and exit."""
        said = _one_line(message).removeprefix("argument ")
        self.exit(BAD_INPUT, f"{self.prog}: error: {said} (see {self.prog} --help)\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser with all commands and options. Imports only argparse."""
    parser = Parser(
        prog="redtide",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="show the installed version and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    for command in _COMMANDS:
        command.add(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status. Bugs propagate."""
    gc.set_threshold(*_RARELY)
    arguments, unknown = build_parser().parse_known_args(argv)
    if unknown:  # by the command itself, so that its own help is named
        arguments.refuse(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except (InputError, IncidentNotFound) as error:
        note(f"{arguments.prog}: error: {_one_line(str(error))}")
        return BAD_INPUT
    except ClusterNotStarted as error:
        note(f"{arguments.prog}: {_one_line(str(error))}")
        return 1
    except KeyboardInterrupt:
        note(f"{arguments.prog}: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone (`redtide ... | head`): nothing is left to say, and nothing to flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _one_line(text: str) -> str:
    """The message as one line without control characters: it may quote hostile input (a revision, a path)."""
    return "".join(char if char.isprintable() else " " for char in text)[:600]


class _ShowVersion(argparse.Action):
    """`--version`. The metadata is only read when asked for: importlib.metadata imports the email package."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        parser.exit(0, f"redtide {version()}\n")
