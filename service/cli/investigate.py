"""`redtide investigate`: finds the commit that caused one error."""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli import (
    alert_options,
    calibration_option,
    ground,
    model,
    output,
    store_option,
    trace_options,
    weights_option,
    window_options,
)
from service.cli.asked import Asked
from service.cli.commands import Commands, add_command
from service.cli.streams import note
from service.cli.verdict_output import show

if TYPE_CHECKING:
    from graph.investigation import Investigation
    from graph.state import Context
    from service.cli.trace_options import Given
    from service.settings import Settings
    from tools.git.repository import Repository

_TEXT = """\
Find the commit that caused an error, or say that none of them did. Inside a repository the log is enough:

  redtide investigate --trace error.log

Every commit of the first-parent window A..B is either a suspect with a probability and reasons, or ruled out with a
reason. The repository is only read; a bare one will do.

What is left out is taken from git, and one line on standard error says what was taken: the failing revision is HEAD,
the last good one is the previous tag, or 30 commits earlier without a tag. With a service configured (REDTIDE_LOGS,
REDTIDE_STORE_URL, REDTIDE_REPOSITORIES, or --config) the recorded deploys and the deploy log are asked first, and the
error is looked up in the log store when there is no --trace."""
_EXAMPLES = """\
examples:
  redtide investigate --trace error.log
      in the repository, or in any folder of it: HEAD against the previous tag
  kubectl logs deploy/shop | redtide investigate
  redtide investigate v1.4..v1.5 --trace error.log
  redtide investigate --since 2h --trace error.log          what was committed in the last two hours
  redtide investigate --last 30 --trace error.log --all     every commit with its reason
  redtide investigate --trace error.log --error 2           another error of that log
  redtide investigate --trace error.log --root services/checkout
      the program is deployed from that folder of the repository
  redtide investigate --repo . --base HEAD~20 --deployed HEAD --trace error.log --no-model --json | jq .culprit
  redtide investigate --trace error.log --format markdown > comment.md
  redtide investigate --trace error.log --exit-code || echo "no commit is named"
  redtide investigate ... --model-url http://127.0.0.1:11434/v1 --model llama3.1:70b
  redtide investigate --repo shop.git --service checkout --config serve_config.yaml
      the service's log store and deploys tell the rest

Standard output holds the message; everything else goes to standard error.
Exit status: 0 for every verdict, "none of these" included (see --exit-code); 2 for bad input.
`redtide blame` asks who last changed the failing code, however long ago.
"""


def add(commands: Commands) -> None:
    """Options of `redtide investigate`."""
    parser = add_command(
        commands, "investigate", run, summary="which commit caused this stack trace", text=_TEXT, examples=_EXAMPLES
    )
    ground.add_option(parser)
    trace_options.add_options(parser)
    window_options.add_options(parser)
    alert_options.add_options(parser)
    output.add_options(parser)
    service = parser.add_argument_group("the service's settings")
    store_option.add_options(service, config=True)
    weights_option.add_option(parser)
    calibration_option.add_option(parser)
    model.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Investigate and print. Raises InputError."""
    started = time.perf_counter()
    taken = output.format_of(arguments)
    choice = model.chosen(arguments)
    asked = prepared(arguments)
    model.hint(arguments, choice)
    found = asyncio.run(_investigated(asked, choice))
    if line := asked.line or _looked_up(asked, found):
        note(line)
    seconds = time.perf_counter() - started
    show(arguments, asked, found, taken, seconds)
    return output.exit_code(arguments, found.verdict.outcome)


def prepared(arguments: argparse.Namespace) -> Asked:
    """Read the options and check all of them before any work starts. Raises InputError."""
    from graph.request import Request

    window_options.split(arguments)
    store_option.check_store(arguments)
    weights = weights_option.chosen(arguments)
    reliability = calibration_option.chosen(arguments, model.chosen(arguments))
    first_seen = alert_options.moment_given(arguments.first_seen)
    repository = ground.opened(arguments.repo)
    window = window_options.given_range(repository, arguments)
    given, settings = _error(arguments, repository, window)
    if settings is None:
        window = window_options.range_of(repository, arguments)
    name = _name(settings, repository, arguments.repo)
    alert = alert_options.alert_of(
        service=arguments.service or name,
        environment=arguments.environment,
        repository=name,
        base=window.base,
        deployed=window.deployed,
        stack_trace=given.text if given else "",
        count=max(given.count, 1) if given else 1,
        first_seen=first_seen,
    )
    trace = trace_options.placed(arguments, repository, window.deployed, given.trace) if given else None
    request = Request.about(alert, trace)
    request = request.model_copy(update={"guessed": window.guessed})
    if given is not None and not given.count:  # an alert is of one error at least, but none was found in this text
        request = request.model_copy(update={"count": 0})
    return Asked(repository, request, settings, weights, reliability, given, window.line)


def _error(
    arguments: argparse.Namespace, repository: "Repository", window: window_options.Range
) -> "tuple[Given | None, Settings | None]":
    """The error, None when it is in the log store; and the settings, None when nothing has to be looked up."""
    if arguments.trace is not None and (window.whole or arguments.since or arguments.last):
        return trace_options.read(arguments), None
    if arguments.trace is not None and arguments.first_seen is None and not store_option.is_anything_given(arguments):
        return trace_options.read(arguments), None
    settings = store_option.settings_given(arguments)
    from service.cli.configured import has_deploys

    if arguments.trace is None and settings.logs is not None:
        return None, settings
    if arguments.trace is None and not trace_options.piped():
        raise InputError(
            "--trace: missing; give the log text of the error, or a log store to find it in (REDTIDE_LOGS)"
        )
    known = arguments.since is None and arguments.last is None and not window.whole
    looked_up = known and (arguments.first_seen is not None or has_deploys(settings))
    return trace_options.read(arguments), settings if looked_up else None


def _name(settings: "Settings | None", repository: "Repository", repo: str | None) -> str:
    name = ground.name_of(repository, repo)
    if settings is None:
        return name
    from service.cli.configured import name_in

    return name_in(settings, repository, name)


def _looked_up(asked: Asked, found: "Investigation") -> str:
    """The line about revisions that were looked up while investigating; "" when both were given."""
    alert, evidence = asked.request.alert, found.evidence
    if alert.base and alert.deployed:
        return ""
    commits = len(evidence.suspects) + len(evidence.ruled_out)
    option = "--deployed" if alert.base else "--base"
    return window_options.summary_line(evidence.deployed[:12], evidence.base[:12], commits, option)


async def _investigated(asked: Asked, choice: tuple[str, str] | None) -> "Investigation":
    from graph.investigation import investigate

    async with model.connected(choice) as language_model, _context(asked) as context:
        name = choice[1] if choice is not None else None
        own = replace(
            context,
            model=language_model,
            model_name=name,
            weights=asked.weights or context.weights,
            reliability=asked.reliability,
        )
        return await investigate(own, asked.request)


@asynccontextmanager
async def _context(asked: Asked) -> "AsyncIterator[Context]":
    """The context of the investigation: only the repository, or also the log store and deploys of the settings."""
    from graph.ports import OneRepository
    from graph.state import Context

    if asked.settings is None:
        yield Context(repositories=OneRepository(asked.repository))
        return
    from service.cli.configured import configured

    async with configured(asked.settings, asked.repository) as context:
        yield context
