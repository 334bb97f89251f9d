"""`redtide calibrate`: measures on labelled incidents what the words of a model's agents are worth."""

import argparse
import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli import cases_option, many_cases, model, weights_option
from service.cli.commands import Commands, add_command
from service.cli.option_errors import path_of
from service.cli.saved_file import save, writable
from service.cli.streams import note, write

if TYPE_CHECKING:
    from incidents.advice import Advice
    from incidents.opinion import Opinion
    from incidents.reliability import Reliability
    from service.cli.cases import RepositoryLocator
    from tools.ranking.ranker import Weights
    from tools.training.examples import LabelledIncident

    Heard = tuple[str | None, tuple[Opinion, ...], Advice | None]  # the culprit, each agent's last opinions, the advice

_TEXT = """\
Run the agents of one model over labelled incidents, and count how often each of them accuses the commit that did it, and
commits that did not.

Without a calibration an agent's word moves git's evidence a little, whoever is asked. With one it moves it as much as that
model's word was worth; a model that accuses everybody, or nobody, moves nothing. Few incidents move little: a model is only
followed against git's evidence after ten guilty and ten innocent commits. The file names the model and the prompts it is
of, and is not used with others."""
_EXAMPLES = """\
examples:
  redtide calibrate incidents/*.jsonl --repos ~/mirrors --model-url http://127.0.0.1:8000/v1 --model llama --out llama.json
  redtide evaluate held-out.jsonl --repos ~/mirrors --model-url ... --model llama --calibration llama.json
      before it is used: on incidents of other repositories
  REDTIDE_CALIBRATION=llama.json redtide serve

Exit status: 0 written, 1 no incident could be used, 2 bad input.
"""


def add(commands: Commands) -> None:
    """Options of `redtide calibrate`."""
    parser = add_command(
        commands, "calibrate", run, summary="measure what a model's word is worth", text=_TEXT, examples=_EXAMPLES
    )
    cases_option.add_options(parser)
    cases_option.add_limit(parser)
    parser.add_argument("--out", metavar="FILE", required=True, help="where the calibration goes")
    weights_option.add_option(parser)
    many_cases.add_option(parser)
    model.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask, count, write and print. Returns 1 when no incident could be used. Raises InputError."""
    from service.cli.cases import Broken, RepositoryLocator, read_cases

    out, locator = writable(path_of(arguments.out, "--out")), RepositoryLocator(arguments.repos)
    choice = model.chosen(arguments)
    if choice is None:
        raise InputError("--model: missing; a calibration is of a model: --model-url URL --model NAME")
    limit = cases_option.limit_of(arguments)
    weights = weights_option.chosen(arguments)
    cases = [case for case in read_cases(arguments.cases) if not isinstance(case, Broken)][:limit]
    heard = _heard(cases, locator, choice, weights, many_cases.processes(arguments))
    found = _recorded(choice[1], heard)
    if not found.records:
        note(f"no incident could be used: {_why_nobody(heard)}")
        return 1
    save(out, found.model_dump_json(indent=1) + "\n")
    write(_table(found))
    return 0


def _recorded(name: str, heard: "list[Heard]") -> "Reliability":
    from agents.prompt import version
    from graph.reliability import recorded

    return recorded(name, version(), heard)


def _why_nobody(heard: "list[Heard]") -> str:
    """Why no agent answered, in the agents' own most frequent words."""
    reasons = Counter(each.abstained for _, opinions, _ in heard for each in opinions if each.abstained)
    if not reasons:
        return "no agent answered"
    (most, count), *_ = reasons.most_common(1)
    return f"no agent answered; {count} of {reasons.total()} times because {most}"


def _heard(
    cases: "list[LabelledIncident]",
    locator: "RepositoryLocator",
    choice: tuple[str, str],
    weights: "Weights | None",
    count: int,
) -> "list[Heard]":
    if count > 1:
        return _measured_by_many(cases, locator, choice, weights, count)
    return asyncio.run(_measured(cases, locator, choice, weights))


async def _measured(
    cases: "list[LabelledIncident]", locator: "RepositoryLocator", choice: tuple[str, str], weights: "Weights | None"
) -> "list[Heard]":
    from service.cli.bar import progress
    from service.cli.cases import Broken
    from service.cli.evaluate import investigated

    heard: list[Heard] = []
    async with model.connected(choice) as asked:
        with progress(len(cases)) as advance:
            for case in cases:
                found = await investigated(case, locator, asked, weights)
                if isinstance(found, Broken):
                    note(f"{found.id}: {found.reason}")
                else:
                    heard.append((found[0].culprit, found[1].verdict.opinions, found[1].advice))
                advance(f"cases, {len(heard)} heard")
    return heard


def _measured_by_many(
    cases: "list[LabelledIncident]",
    locator: "RepositoryLocator",
    choice: tuple[str, str],
    weights: "Weights | None",
    count: int,
) -> "list[Heard]":
    """The same in several processes."""
    from service.cli.bar import progress
    from service.cli.cases import Broken

    heard: list[Heard] = []
    with progress(len(cases)) as advance:

        def found(result: "many_cases.Result") -> None:
            if isinstance(result, Broken):
                note(f"{result.id}: {result.reason}")
            else:
                heard.append((result[0].culprit, result[1].verdict.opinions, result[1].advice))
            advance(f"cases, {len(heard)} heard")

        configuration = many_cases.configuration_of(choice, weights, None)
        many_cases.investigate_all(cases, locator, configuration, count, found)
    return heard


def _table(found: "Reliability") -> str:
    """One line an agent."""
    from graph.reliability import log_ratio

    rows = [f"{found.model}, prompts {found.prompts}, {found.incidents} incidents\n"]
    rows.append(f"{'agent':<18}{'accused of guilty':>19}{'of innocent':>14}{'yes moves':>12}{'no moves':>11}\n")
    for each in found.records:
        guilty, innocent = f"{each.guilty_accused}/{each.guilty}", f"{each.innocent_accused}/{each.innocent}"
        moves = (log_ratio(each, accused=accused) for accused in (True, False))
        yes, no = (f"{ratio:+.2f}" for ratio in moves)
        rows.append(f"{each.agent:<18}{guilty:>19}{innocent:>14}{yes:>12}{no:>11}\n")
    return "".join(rows)
