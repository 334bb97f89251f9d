"""The formats of a verdict on standard output."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli.streams import colours, width, write

if TYPE_CHECKING:
    from incidents.report import Report
    from service.cli.sections import Section

FORMATS = ("terminal", "markdown", "slack", "json")
CULPRIT, NONE, UNSURE, NOT_ENOUGH = 0, 1, 3, 4
EXIT_CODES = {"culprit": CULPRIT, "none": NONE, "unsure": UNSURE}
"""With --exit-code; an outcome that is not here is "not enough to tell"."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the output."""
    group = parser.add_argument_group("output")
    group.add_argument("--format", choices=FORMATS, help="how it is printed (default: terminal)")
    group.add_argument("--json", action="store_true", help="the same as --format json: one object")
    group.add_argument("--all", action="store_true", help="also list every commit with its reason")
    group.add_argument(
        "--exit-code", action="store_true", help="exit 0: a likely cause; 1: none; 3: not sure; 4: not enough to tell"
    )


def format_of(arguments: argparse.Namespace) -> str:
    """The format asked for. Raises InputError for options that contradict each other."""
    if arguments.json and arguments.format not in (None, "json"):
        raise InputError(f"--json: cannot be combined with --format {arguments.format}; leave one of them out")
    taken = "json" if arguments.json else arguments.format or "terminal"
    if getattr(arguments, "all", False) and taken == "slack":
        raise InputError("--all: a Slack message has no room for it; use --format terminal, markdown or json")
    return str(taken)


def exit_code(arguments: argparse.Namespace, outcome: str) -> int:
    """The exit status of a verdict: 0, or with --exit-code what the outcome says."""
    return EXIT_CODES.get(outcome, NOT_ENOUGH) if arguments.exit_code else 0


def write_report(report: "Report", sections: "Sequence[Section]", taken: str) -> None:
    """Print the report and the sections below it as terminal text, Markdown or a Slack message."""
    from service.cli.sections import in_markdown, in_terminal
    from service.render import markdown, slack, terminal

    if taken == "slack":
        write(json.dumps(slack.blocks(report), ensure_ascii=True, indent=2) + "\n")
    elif taken == "markdown":
        write(markdown.render(report) + in_markdown(sections))
    else:
        write(terminal.render(report, color=colours(sys.stdout), width=width()) + in_terminal(sections, width()))


def write_unfinished(lines: Sequence[str], sections: "Sequence[Section]", taken: str) -> None:
    """Print where an incident without a report stands, in the same formats."""
    from service.cli.sections import in_markdown, in_terminal
    from service.render import sanitize as neutral
    from service.render.markdown import escape

    if taken == "slack":
        raise InputError("--format: there is no verdict yet, and so no message; use text, markdown or json")
    if taken == "markdown":
        write("\n\n".join(escape(each, 300) for each in lines) + "\n" + in_markdown(sections))
    else:
        write("".join(f"{neutral.line(each, 300)}\n" for each in lines) + in_terminal(sections, width()))


def write_object(fields: dict[str, object]) -> None:
    """Print one JSON object."""
    write(json.dumps(fields, ensure_ascii=True, indent=2) + "\n")
