"""`redtide investigate`: one trace, one window, one verdict."""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli import model
from service.cli.commands import Commands, add_command
from service.cli.streams import colours, read_bytes, width, write

if TYPE_CHECKING:
    from graph.investigation import Investigation
    from graph.state import Request
    from tools.git.repository import Repository

_TEXT = """\
Find the commit between two revisions that caused an error, or say that none of them did.

Every commit of the first-parent window BASE..DEPLOYED is either a suspect with a probability and reasons, or ruled
out with a reason. The repository is only read; a bare one will do."""
_EXAMPLES = """\
examples:
  redtide investigate --repo . --base v1.4 --deployed HEAD --trace error.log
  kubectl logs deploy/shop | redtide investigate --repo shop.git --base 3f9a1c2 --deployed 8c01d7e --trace -
  redtide investigate --repo . --base HEAD~20 --deployed HEAD --trace error.log --no-model --json | jq .culprit
  redtide investigate ... --model-url http://127.0.0.1:11434/v1 --model llama3.1:70b

Standard output holds the message, or one JSON object with --json; everything else goes to standard error.
Exit status: 0 for every verdict, "none of these" included; 2 for bad input.
"""


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
    parser.add_argument("--base", required=True, metavar="REV", help="last good revision: sha, branch or tag")
    parser.add_argument("--deployed", required=True, metavar="REV", help="failing revision")
    parser.add_argument("--trace", required=True, metavar="FILE|-", help="log text with the stack trace; - is stdin")
    parser.add_argument("--service", metavar="NAME", help="how the message calls what fails (default: the folder)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the message")
    model.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Investigate and print. Raises InputError."""
    started = time.perf_counter()
    choice = model.chosen(arguments)
    repository, request = prepared(arguments)
    model.hint(arguments, choice)
    found = asyncio.run(_investigated(repository, request, choice))
    seconds = time.perf_counter() - started
    if arguments.json:
        from service.cli.verdict_json import verdict_object

        write(json.dumps(verdict_object(found, seconds), ensure_ascii=True, indent=2) + "\n")
    else:
        import sys

        from service.render import terminal

        write(terminal.render(found.report, color=colours(sys.stdout), width=width()))
    return 0


def prepared(arguments: argparse.Namespace) -> "tuple[Repository, Request]":
    """The repository and what is asked about it; every mistake is found here, before any work. Raises InputError."""
    from graph.state import Request
    from tools.git.repository import Repository
    from tools.traces.text import read_trace

    with about("--repo"):
        repository = Repository.open(arguments.repo)
    with about("--base"):
        base = repository.resolve(arguments.base)
    with about("--deployed"):
        deployed = repository.resolve(arguments.deployed)
    with about("--base"):
        repository.window(base, deployed)
    with about("--trace"):
        trace = read_trace(read_bytes(arguments.trace, "--trace"))
    return repository, Request(
        trace=trace,
        base=base,
        deployed=deployed,
        service=arguments.service or _name(arguments.repo),
    )


@contextmanager
def about(option: str) -> Iterator[None]:
    """An InputError raised inside names the option it is about."""
    try:
        yield
    except InputError as error:
        text = str(error)
        raise type(error)(text if text.startswith(option) else f"{option}: {text}") from error


async def _investigated(
    repository: "Repository", request: "Request", choice: tuple[str, str] | None
) -> "Investigation":
    from graph.investigation import investigate
    from graph.state import Context

    async with model.connected(choice) as asked:
        name = choice[1] if choice is not None else None
        return await investigate(Context(repository=repository, model=asked, model_name=name), request)


def _name(repo: str) -> str:
    """What a person calls the repository: its folder, without what git adds."""
    path = Path(repo).expanduser().resolve()
    folder = path.parent if path.name == ".git" else path
    return folder.name.removesuffix(".git") or "service"
