"""`redtide prompts`: the prompts of the agents, their versions, and what they look like for one incident."""

import argparse
import asyncio
import difflib
from typing import TYPE_CHECKING, Final

from incidents.errors import InputError
from service.cli import store_option
from service.cli.commands import Commands, add_command
from service.cli.option_errors import path_of
from service.cli.streams import write

if TYPE_CHECKING:
    from models.door import Prompt
    from service.settings import Settings
    from service.store.rescoring_schemas import Stored

_TEXT = """\
The prompts of the agents. They are versioned by their content: every verdict names the version that made it, and
`redtide rescore --prompts DIR` tries others on stored incidents.

  list            each prompt with its size, and the version of all together
  diff DIR        what differs in the prompts of a folder
  render INC      what the agents would be asked first about a stored incident; no model is asked"""
_EXAMPLES = """\
examples:
  redtide prompts list
  redtide prompts diff ./prompts
  redtide prompts render INC-k7mq2wz4ab | less
  redtide prompts render INC-k7mq2wz4ab --prompts ./prompts
  redtide show INC-k7mq2wz4ab --trace                what was really asked, with the replies

Exit status: 0, 1 for a diff without a difference, 2 bad input.
"""
_DOES: Final = ("list", "diff", "render")


def add(commands: Commands) -> None:
    """Options of `redtide prompts`."""
    parser = add_command(
        commands, "prompts", run, summary="the agents' prompts and their versions", text=_TEXT, examples=_EXAMPLES
    )
    parser.add_argument("does", choices=_DOES, metavar="list|diff|render", help="what is shown")
    parser.add_argument("of", nargs="?", metavar="DIR|INCIDENT", help="the folder of diff, the incident of render")
    parser.add_argument("--prompts", metavar="DIR", help="render those of this folder")
    store_option.add_options(parser, config=True)


def run(arguments: argparse.Namespace) -> int:
    """Show them. Raises InputError and IncidentNotFound."""
    if arguments.does == "list":
        return _list()
    if arguments.of is None:
        raise InputError(f"{arguments.does}: name the {'folder' if arguments.does == 'diff' else 'incident'}")
    return _diff(arguments.of) if arguments.does == "diff" else _render(arguments)


def _list() -> int:
    from agents.prompt import texts, version

    write(f"version {version()}\n")
    for name, text in sorted(texts().items()):
        write(f"  {name:28}{len(text):>7} characters\n")
    return 0


def _diff(folder: str) -> int:
    from agents.prompt_files import prompts_in, shipped_prompts

    shipped = shipped_prompts()
    lines: list[str] = []
    for name, text in sorted(prompts_in(path_of(folder, "DIR")).items()):
        before, after = shipped[name].splitlines(keepends=True), text.splitlines(keepends=True)
        lines += difflib.unified_diff(before, after, f"shipped/{name}", f"{folder}/{name}")
    write("".join(line if line.endswith("\n") else f"{line}\n" for line in lines) or "no difference\n")
    return 0 if lines else 1


def _render(arguments: argparse.Namespace) -> int:
    from agents.prompt import use, version
    from agents.prompt_files import prompts_in

    if arguments.prompts is not None:
        use(prompts_in(path_of(arguments.prompts, "--prompts")))
    settings = store_option.settings_given(arguments)
    asked = asyncio.run(_asked(settings, arguments.of))
    write(f"prompts {version()}\n")
    for agent, prompt in asked:
        write(f"\n===== {agent} =====\n{prompt.user}\n")
    if asked:
        write(f"\n===== all of them begin with =====\n{asked[0][1].system}\n")
    return 0


async def _asked(settings: "Settings", incident: str) -> "list[tuple[str, Prompt]]":
    """The first question of every agent. The model that is asked refuses them all."""
    from graph.investigation import investigate
    from graph.snapshot import snapshot_of
    from models.silent import SilentModel
    from service.rescoring.scorer import context_of
    from service.worker.preparation import Preparation
    from tools.ranking.ranker import load_weights

    stored = await _stored(settings, incident)
    snapshot = snapshot_of(stored.snapshot)
    preparation = Preparation(settings.model_copy(update={"remotes": {}}))
    model = SilentModel()
    weights = load_weights(settings.weights) if settings.weights is not None else None
    context = context_of(snapshot, settings, preparation, weights, model)
    try:
        await investigate(context, snapshot.request)
    finally:
        await preparation.close()
    return model.asked


async def _stored(settings: "Settings", incident: str) -> "Stored":
    from service.cli.incident_store import read_store

    async with read_store(settings) as store:
        found = await store.queries.incidents(beginning=incident, limit=2)
        if len(found) != 1:
            raise InputError(f"INCIDENT: {incident[:40]!r} is {'no' if not found else 'more than one'} incident")
        return await store.rescored.stored(found[0].id)
