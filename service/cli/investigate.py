"""`redtide investigate`: finds the commit that caused one error."""

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from incidents.errors import InputError
from service.cli import model
from service.cli.commands import Commands, add_command
from service.cli.streams import colours, read_bytes, width, write

if TYPE_CHECKING:
    from graph.investigation import Investigation
    from graph.request import Request
    from graph.state import Context
    from incidents.alert import Alert
    from service.settings import Settings
    from tools.git.repository import Repository

_TEXT = """\
Find the commit between two revisions that caused an error, or say that none of them did.

Every commit of the first-parent window BASE..DEPLOYED is either a suspect with a probability and reasons, or ruled
out with a reason. The repository is only read; a bare one will do.

What is left out is looked up where the service would: --base and --deployed in the recorded deploys and the deploy
log, else in the repository's tags and commit times; --trace in the log store. Both are configured as for `redtide
serve`: REDTIDE_LOGS, REDTIDE_STORE_URL, REDTIDE_REPOSITORIES, or --config."""
_EXAMPLES = """\
examples:
  redtide investigate --repo . --base v1.4 --deployed HEAD --trace error.log
  kubectl logs deploy/shop | redtide investigate --repo shop.git --base 3f9a1c2 --deployed 8c01d7e --trace -
  redtide investigate --repo . --base HEAD~20 --deployed HEAD --trace error.log --no-model --json | jq .culprit
  redtide investigate ... --model-url http://127.0.0.1:11434/v1 --model llama3.1:70b
  redtide investigate --repo shop.git --trace error.log --first-seen 2026-11-23T10:50:00Z
  redtide investigate --repo shop.git --service checkout --config serve_config.yaml

Standard output holds the message, or one JSON object with --json; everything else goes to standard error.
Exit status: 0 for every verdict, "none of these" included; 2 for bad input.
"""


class Asked(NamedTuple):
    """What to investigate. `settings` are those of the service, used for omitted options; None when none is omitted."""

    repository: "Repository"
    request: "Request"
    settings: "Settings | None"


def add(commands: Commands) -> None:
    """Options of `redtide investigate`."""
    parser = add_command(
        commands,
        "investigate",
        run,
        summary="which commit of a window caused this stack trace",
        text=_TEXT,
        examples=_EXAMPLES,
    )
    parser.add_argument("--repo", required=True, metavar="PATH", help="the git repository, bare or with a work tree")
    parser.add_argument("--base", metavar="REV", help="last good revision: sha, branch or tag (default: looked up)")
    parser.add_argument("--deployed", metavar="REV", help="failing revision (default: looked up)")
    parser.add_argument(
        "--trace", metavar="FILE|-", help="log text with the stack trace; - is stdin (default: the log)"
    )
    parser.add_argument(
        "--service", metavar="NAME", help="what fails, as deploys and logs call it (default: the folder)"
    )
    parser.add_argument("--environment", metavar="NAME", default="production", help="where (default: production)")
    parser.add_argument("--first-seen", metavar="TIME", help="when it was first seen, RFC 3339 (default: now)")
    parser.add_argument("--store", metavar="URL", help="SQLAlchemy URL of the store (default: REDTIDE_STORE_URL)")
    parser.add_argument("--config", metavar="FILE", help="a Serve config with the service's settings")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the message")
    model.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Investigate and print. Raises InputError."""
    started = time.perf_counter()
    choice = model.chosen(arguments)
    asked = prepared(arguments)
    model.hint(arguments, choice)
    found = asyncio.run(_investigated(asked, choice))
    seconds = time.perf_counter() - started
    if arguments.json:
        from service.cli.verdict_json import verdict_object

        write(json.dumps(verdict_object(found, seconds), ensure_ascii=True, indent=2) + "\n")
    else:
        import sys

        from service.render import terminal

        write(terminal.render(found.report, color=colours(sys.stdout), width=width()))
    return 0


def prepared(arguments: argparse.Namespace) -> Asked:
    """Read the options and check all of them before any work starts. Raises InputError."""
    from graph.request import Request
    from tools.git.repository import Repository
    from tools.traces.text import read_trace

    with about("--repo"):
        repository = Repository.open(arguments.repo)
    base, deployed = _revisions(repository, arguments)
    with about("--trace"):
        text = read_trace(read_bytes(arguments.trace, "--trace")) if arguments.trace is not None else ""
    settings = None if base and deployed and text else _settings(arguments)
    name = _name(arguments.repo)
    if settings is not None:
        from service.cli.configured import name_in

        if not text and settings.logs is None:
            raise InputError(
                "--trace: missing; give the log text of the error, or a log store to find it in (REDTIDE_LOGS)"
            )
        name = name_in(settings, repository, name)
    alert = _alert(
        service=arguments.service or name,
        environment=arguments.environment,
        repository=name,
        base=base,
        deployed=deployed,
        stack_trace=text,
        first_seen=arguments.first_seen,
    )
    return Asked(repository, Request.about(alert), settings)


def _revisions(repository: "Repository", arguments: argparse.Namespace) -> tuple[str | None, str | None]:
    """The full ids of the base and the deployed revision; None for one that was omitted."""
    with about("--base"):
        base = repository.resolve(arguments.base) if arguments.base is not None else None
    with about("--deployed"):
        deployed = repository.resolve(arguments.deployed) if arguments.deployed is not None else None
    if base and deployed:
        with about("--base"):
            repository.window(base, deployed)
    return base, deployed


def _settings(arguments: argparse.Namespace) -> "Settings":
    from service.cli.serve import read_config, settings_of

    fields = read_config(Path(arguments.config))["args"] if arguments.config else {}
    return settings_of(fields | ({"store_url": arguments.store} if arguments.store else {}))


def _alert(**fields: object) -> "Alert":
    """The options as an alert. Raises InputError naming the option."""
    from pydantic import ValidationError

    from incidents.alert import Alert

    try:
        alert = Alert.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).replace("_", "-")
        raise InputError(f"--{option}: {first['msg']}") from error
    at = alert.first_seen
    if at is not None and (at.tzinfo is None or not 1970 < at.year < 9999):
        raise InputError("--first-seen: give a time with its offset, such as 2026-11-23T10:50:00Z")
    return alert


@contextmanager
def about(option: str) -> Iterator[None]:
    """Add the name of the option to an InputError raised inside."""
    try:
        yield
    except InputError as error:
        text = str(error)
        raise type(error)(text if text.startswith(option) else f"{option}: {text}") from error


async def _investigated(asked: Asked, choice: tuple[str, str] | None) -> "Investigation":
    from graph.investigation import investigate

    async with model.connected(choice) as language_model, _context(asked) as context:
        name = choice[1] if choice is not None else None
        return await investigate(replace(context, model=language_model, model_name=name), asked.request)


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


def _name(repo: str) -> str:
    """The name of the repository: its folder without `.git`."""
    path = Path(repo).expanduser().resolve()
    folder = path.parent if path.name == ".git" else path
    return folder.name.removesuffix(".git") or "service"
