"""`redtide show INCIDENT --search` and `--use`: the developer agent's tools for people, over the incident's repository."""

import argparse
import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli import target
from service.cli.streams import write

if TYPE_CHECKING:
    from agents.case import Case
    from agents.tool_calls import Look
    from service.store.schemas import StoredIncident

_CHARACTERS = 12_000  # of one answer: a person scrolls, a model has less room
_HELP = "help"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add --search, --use and --repo."""
    group = parser.add_argument_group("the code of the incident, with the tools of the developer agent")
    group.add_argument(
        "--search", metavar="PATTERN", help="lines that match, in the changes of the deploy and in the deployed code"
    )
    group.add_argument(
        "--use",
        nargs="+",
        metavar=("TOOL", "FIELD=VALUE"),
        help="any one of them; `--use help` lists them with their fields",
    )
    group.add_argument(
        "--repo", metavar="PATH", help="its repository (default: of the settings, or the one around you)"
    )


def show(arguments: argparse.Namespace, incident: "StoredIncident", where: target.Target) -> int:
    """Print what the tools answer. Raises InputError."""
    from agents.tool_calls import Look

    if arguments.use == [_HELP]:
        write(_listed())
        return 0
    looks: list[Look] = []
    if arguments.search is not None:
        looks = [
            Look(tool="search_changes", pattern=arguments.search),
            Look(tool="search_code", pattern=arguments.search),
        ]
    if arguments.use is not None:
        looks.append(_look(arguments.use))
    case = _case(incident, arguments.repo, where)
    answers = [asyncio.run(_answer(case, look)) for look in looks]
    write("\n\n".join(answers) + "\n")
    return 0


def _look(words: Sequence[str]) -> "Look":
    """The call that `TOOL FIELD=VALUE ...` spells. Raises InputError."""
    from pydantic import ValidationError

    from agents.tool_calls import Look
    from agents.tool_table import TOOLS

    name, *fields = words
    tool = {str(known): tool for known, tool in TOOLS.items()}.get(name)
    if tool is None:
        raise InputError(f"--use: {name[:60]!r} is no tool; give {', '.join(TOOLS)} or {_HELP}")
    given = dict(_field(name, tool.fields, field) for field in fields)
    try:
        return Look.model_validate({"tool": name, **given})
    except ValidationError as error:
        problem = error.errors()[0]
        raise InputError(f"--use: {'.'.join(map(str, problem['loc']))}: {problem['msg']}") from error


def _listed() -> str:
    """Every tool with its fields and its purpose, as the agent reads it."""
    from agents.tool_table import TOOLS

    rows = (
        f"{name} {' '.join(f'{field}=' for field in tool.fields)}\n    {tool.purpose}\n" for name, tool in TOOLS.items()
    )
    return "".join(rows)


def _field(tool: str, known: Sequence[str], text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals or field not in known:
        raise InputError(
            f"--use: {text[:60]!r} is no field of {tool}; it takes {', '.join(known) or 'no fields'} as FIELD=VALUE"
        )
    return field, value


async def _answer(case: "Case", look: "Look") -> str:
    """What the tool says, with secrets masked as for the agent. Raises InputError."""
    from agents.toolbox import Toolbox, called
    from incidents.reasoning import Step, ToolCall

    steps: list[Step] = []
    answer = await Toolbox(case, "person", steps).use(look)
    (step,) = steps
    if isinstance(step, ToolCall) and step.error is not None:
        raise InputError(f"{called(look)}: {step.error}")
    return answer


def _case(incident: "StoredIncident", repo: str | None, where: target.Target) -> "Case":
    """The incident as the agents see it, from what is stored. Raises InputError."""
    from agents.case import open_case
    from agents.limits import Limits
    from incidents.evidence import Evidence
    from service.cli.option_errors import about
    from service.cli.revert_choice import repository_of
    from tools.traces import parse
    from tools.traces.places.paths import PathIndex, map_to_repository

    repository, _ = repository_of(incident, repo, where, incident.deployed)
    text = incident.alert.stack_trace or incident.alert.message
    with about("--repo"):
        base, deployed = repository.resolve(incident.base), repository.resolve(incident.deployed)
        evidence = Evidence(
            trace=map_to_repository(
                parse(text), PathIndex(repository.paths(deployed), read=partial(repository.text, deployed))
            ),
            base=base,
            deployed=deployed,
            suspects=incident.verdict.suspects if incident.verdict else (),
            none_probability=1.0,
        )
        return open_case(
            evidence,
            repository,
            Limits(observation_characters=_CHARACTERS),
            raw_trace=text,
            service=incident.alert.service,
            environment=incident.alert.environment,
        )
