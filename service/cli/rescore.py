"""`redtide rescore`: judge stored incidents again with another model, prompts, weights or settings, on Ray."""

import argparse
import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from incidents.errors import InputError, WorkInterrupted
from service.cli import compare, model, store_option, weights_option
from service.cli.commands import Commands, add_command
from service.cli.option_errors import path_of
from service.cli.streams import note

if TYPE_CHECKING:
    from incidents.reliability import Reliability
    from service.rescoring.configuration import Configuration
    from service.rescoring.running import Judges
    from service.settings import Settings
    from service.store.rescoring_schemas import Rescoring, Selection
    from service.store.store import Store

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LIMIT: Final = 1_000
_TEXT = """\
Judge stored incidents again, as of their own time: with the window, the log and the text as they were when the stored
verdict was made, and with another model, other prompts, weights or settings. Whatever is not named is as the settings say.

The results stand beside the stored verdicts, never over them. The work runs on Ray: on the cluster of --ray-address, else
on one that is started for it. Live incidents go first. After Ctrl-C, a crash or the loss of the cluster, the same command
with the same --name continues: every incident is judged once."""
_EXAMPLES = """\
examples:
  redtide rescore --labelled --name today --no-model
  redtide rescore --since 2026-11-01 --model-url http://127.0.0.1:8000/llm/v1 --model llama-4 --name llama-4 --out llama-4/
  redtide rescore --prompts ./prompts --name shorter-prompts --out report/
  redtide rescore --weights weights.json --labelled --name new-weights --gate gate.toml
      exit status 1 when it is worse than the stored verdicts beyond the bounds of the file; --than NAME: than that run
  redtide rescore --set limits.samples=3 --name three-samples
  redtide compare today llama-4 --out report/

A gate is TOML: labelled_at_least, stated_right_drop, stated_wrong_rise, lost_at_most, failures_at_most, calls_factor,
tokens_factor, seconds_factor. docs/rescoring.md tells more.

Exit status: 0 done (and the gate passed), 1 the gate did not pass or nothing was judged, 2 bad input, 130 interrupted.
"""


def add(commands: Commands) -> None:
    """Options of `redtide rescore`."""
    parser = add_command(
        commands, "rescore", run, summary="judge stored incidents again, to compare", text=_TEXT, examples=_EXAMPLES
    )
    which = parser.add_argument_group("which incidents (default: the newest 1000 with a verdict)")
    which.add_argument("--since", metavar="DATE", help="opened at or after (ISO 8601; without offset: UTC)")
    which.add_argument("--until", metavar="DATE", help="opened before")
    which.add_argument("--service", metavar="NAME", help="of this service")
    which.add_argument("--repository", metavar="NAME", help="of this repository")
    which.add_argument("--outcome", choices=("culprit", "unsure", "none", "not_enough"), help="of the stored verdict")
    which.add_argument("--labelled", action="store_true", help="only those that people gave feedback on")
    which.add_argument("--limit", type=int, default=_LIMIT, metavar="N", help="the newest N (default 1000)")
    how = parser.add_argument_group("what differs")
    weights_option.add_option(how)
    how.add_argument("--calibration", metavar="FILE", help="what the model's word is worth (`redtide calibrate`)")
    how.add_argument("--prompts", metavar="DIR", help="prompts in place of the shipped ones with the same file name")
    how.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], help="another setting, group.name=value"
    )
    model.add_options(parser)
    work = parser.add_argument_group("the run")
    work.add_argument("--name", metavar="NAME", help="of the run; one that exists is continued (default: the time)")
    work.add_argument("--actors", type=int, default=2, metavar="N", help="processes that judge (default 2)")
    work.add_argument("--at-once", type=int, default=2, metavar="N", help="incidents at once in each (default 2)")
    work.add_argument("--ray-address", metavar="HOST:PORT", help="a Ray cluster that runs; its token: RAY_AUTH_TOKEN")
    compare.add_report_options(work)
    work.add_argument("--than", metavar="NAME", help="compare with this run (default: with the stored verdicts)")
    store_option.add_options(work, config=True)


def run(arguments: argparse.Namespace) -> int:
    """Create or continue the run, judge, compare. Raises InputError, ClusterNotStarted."""
    from service.cluster.hosting import Hosting
    from service.cluster.local import ray_for

    gate = compare.gate_of(arguments)
    settings = store_option.settings_given(arguments)
    name = _name(arguments.name)
    _positive(arguments.actors, "--actors")
    _positive(arguments.at_once, "--at-once")
    planned = asyncio.run(_planned(arguments, settings, name))
    if planned.state != "done":
        note(f"{name}: {planned.total - planned.finished} of {planned.total} incidents to judge")
        hosting = Hosting(dashboard=False)
        with ray_for(hosting, arguments.ray_address):
            asyncio.run(_judged(arguments, settings, planned))
    return asyncio.run(compare.shown(arguments, settings, arguments.than, name, gate))


async def _planned(arguments: argparse.Namespace, settings: "Settings", name: str) -> "Rescoring":
    """The run of that name; a new one is stored."""
    from incidents.errors import IncidentNotFound
    from service.cli.incident_store import changed_store
    from service.store.rescoring_schemas import COMMAND_LINE

    async with changed_store(settings) as store:
        try:
            found = await store.rescorings.rescoring(name)
        except IncidentNotFound:
            configuration = _configuration(arguments).begun_with(settings)
            configuration.applied(settings)  # raises now, not in every actor
            dumped = configuration.model_dump(mode="json")
            await store.rescorings.create(name, dumped, _selection(arguments), COMMAND_LINE)
            return await store.rescorings.rescoring(name)
        if (given := _different(arguments)) and not _as_begun(arguments, settings, found):
            note(f"{name} exists and is continued as it was begun: {', '.join(given)} not used")
        return found


def _as_begun(arguments: argparse.Namespace, settings: "Settings", found: "Rescoring") -> bool:
    """Whether the options and settings say what the run was begun with."""
    same = found.configuration == _configuration(arguments).begun_with(settings).model_dump(mode="json")
    return same and found.selection == _selection(arguments)


async def _judged(arguments: argparse.Namespace, settings: "Settings", planned: "Rescoring") -> None:
    from service.cli.incident_store import changed_store
    from service.rescoring.actors import Scorers, Size
    from service.rescoring.configuration import Configuration
    from service.rescoring.waiting import keep_result

    size = Size(actors=_positive(arguments.actors, "--actors"), at_once=_positive(arguments.at_once, "--at-once"))
    configuration = Configuration.model_validate(planned.configuration)
    fields = settings.model_dump(mode="json")
    async with changed_store(settings) as store:
        await _with_bar(store, planned, lambda: Scorers(planned.name, fields, configuration, size))
        await keep_result(store, settings, planned.name)


async def _with_bar(store: "Store", planned: "Rescoring", make: "Callable[[], Judges]") -> None:
    from service.cli.bar import progress
    from service.rescoring.running import carry_out
    from service.store.rescoring_schemas import Rejudged

    failed = 0
    with progress(planned.total - planned.finished) as advance:

        def count(result: Rejudged) -> None:
            nonlocal failed
            failed += result.failure is not None
            advance(f"incidents{f', {failed} not judged' if failed else ''}")

        try:
            if not await carry_out(store, planned.name, make, count):
                note(f"{planned.name}: somebody else is working on it; when that ends, the same command continues")
        except WorkInterrupted as error:
            note(f"{error}; the same command continues it")


def _name(given: str | None) -> str:
    name = given or f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    if not _NAME.fullmatch(name):
        raise InputError("--name: letters, digits, '.', '_' and '-', at most 100, beginning with a letter or digit")
    return name


def _selection(arguments: argparse.Namespace) -> "Selection":
    from pydantic import ValidationError

    from service.store.rescoring_schemas import Selection

    fields = {name: getattr(arguments, name) for name in ("service", "repository", "outcome", "labelled", "limit")}
    times = {name: _moment(getattr(arguments, name), f"--{name}") for name in ("since", "until")}
    try:
        return Selection.model_validate(fields | times)
    except ValidationError as error:
        wrong = error.errors()[0]
        raise InputError(f"--{wrong['loc'][0]}: {wrong['msg']}") from error


def _moment(given: str | None, option: str) -> datetime | None:
    if given is None:
        return None
    try:
        at = datetime.fromisoformat(given)
    except ValueError as error:
        raise InputError(f"{option}: {given!r} is no date; e.g. 2026-11-01 or 2026-11-01T08:00:00+01:00") from error
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _configuration(arguments: argparse.Namespace) -> "Configuration":
    """Raises InputError."""
    from service.rescoring.configuration import Configuration

    choice = None if arguments.no_model else model.chosen(arguments)
    prompts: dict[str, str] = {}
    if arguments.prompts is not None:
        from agents.prompt_files import prompts_in

        prompts = prompts_in(path_of(arguments.prompts, "--prompts"))
    return Configuration(
        agents=not arguments.no_model,
        model_url=choice[0] if choice else None,
        model_name=choice[1] if choice else None,
        weights=weights_option.chosen(arguments),
        calibration=_calibration(arguments),
        prompts=prompts,
        changed=dict(_setting(each) for each in arguments.set),
    )


def _calibration(arguments: argparse.Namespace) -> "Reliability | None":
    if arguments.calibration is None:
        return None
    from graph.calibration import load_reliability

    file: Path = path_of(arguments.calibration, "--calibration")
    try:
        return load_reliability(file)
    except (OSError, ValueError) as error:
        raise InputError(f"--calibration: {str(file)!r} is no calibration; `redtide calibrate` writes one") from error


def _setting(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals or not name:
        raise InputError(f"--set: {given!r} is not KEY=VALUE, e.g. limits.samples=3")
    return name, value


def _different(arguments: argparse.Namespace) -> list[str]:
    named = ("weights", "calibration", "prompts", "model", "model_url", "since", "until", "service", "repository")
    more = ("outcome", "set", "no_model", "labelled")
    given = [f"--{name.replace('_', '-')}" for name in (*named, *more) if getattr(arguments, name)]
    return [*given, "--limit"] if arguments.limit != _LIMIT else given


def _positive(number: int, option: str) -> int:
    if not 1 <= number <= 64:
        raise InputError(f"{option}: must be 1 to 64")
    return number
