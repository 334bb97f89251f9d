"""`redtide compare`: two runs of `redtide rescore` beside each other."""

import argparse
import asyncio
from typing import TYPE_CHECKING

from incidents.errors import InputError
from service.cli import store_option
from service.cli.commands import Commands, add_command
from service.cli.option_errors import path_of
from service.cli.streams import note, write

if TYPE_CHECKING:
    from service.rescoring.comparison import Comparison, Quality
    from service.rescoring.gate import Gate
    from service.settings import Settings
    from service.store.store import Store

_TEXT = """\
Compare two finished runs of `redtide rescore` over the incidents that both judged: what changed, whether the second is
better by more than chance (McNemar's test, bootstrap interval), and what each cost. With --out also as one HTML page
that needs no network, and as JSON."""
_EXAMPLES = """\
examples:
  redtide compare today llama-4
  redtide compare today llama-4 --out report/ --gate gate.toml
  redtide compare llama-4                        with the verdicts that were stored

Exit status: 0, 1 the gate did not pass, 2 bad input.
"""


def add(commands: Commands) -> None:
    """Options of `redtide compare`."""
    parser = add_command(
        commands, "compare", run, summary="compare two runs of rescore", text=_TEXT, examples=_EXAMPLES
    )
    parser.add_argument(
        "runs", nargs="+", metavar="RUN", help="one or two names; the second is compared with the first"
    )
    add_report_options(parser)
    store_option.add_options(parser, config=True)


def add_report_options(parser: "argparse._ActionsContainer") -> None:
    """Add --out and --gate."""
    parser.add_argument("--out", metavar="DIR", help="write report.html and report.json into this folder")
    parser.add_argument("--gate", metavar="FILE", help="bounds (TOML); exit status 1 when one is not kept")


def run(arguments: argparse.Namespace) -> int:
    """Compare and print. Raises InputError and IncidentNotFound."""
    if len(arguments.runs) > 2:
        raise InputError("RUN: give one or two names")
    first = arguments.runs[0] if len(arguments.runs) == 2 else None
    settings = store_option.settings_given(arguments)
    return asyncio.run(shown(arguments, settings, first, arguments.runs[-1], gate_of(arguments)))


def gate_of(arguments: argparse.Namespace) -> "Gate | None":
    """The gate of --gate, None without one. Raises InputError."""
    if arguments.gate is None:
        return None
    from service.rescoring.gate import read_gate

    return read_gate(path_of(arguments.gate, "--gate"))


async def shown(
    arguments: argparse.Namespace, settings: "Settings", first: str | None, second: str, gate: "Gate | None"
) -> int:
    """Compare, print, write the report and apply the gate; the exit status. Without `first`: with what is stored."""
    from service.cli.incident_store import read_store
    from service.rescoring.pairs import beside_stored, of_two

    async with read_store(settings) as store:
        unfinished = [run for name in (first, second) if name and (run := await _unfinished(store, name))]
        prices = settings.model_prices
        found = await (beside_stored(store, second, prices) if first is None else of_two(store, first, second, prices))
    write(_lines(found))
    if arguments.out is not None:
        _save(found, arguments.out)
    for said in unfinished:
        note(said)
    if not found.incidents or (unfinished and gate is not None):
        return 1
    return 0 if gate is None else _passed(gate, found)


async def _unfinished(store: "Store", name: str) -> str:
    """What is missing of a run; "" for one that is done. Raises IncidentNotFound."""
    run = await store.rescorings.rescoring(name)
    missing = f"{name}: {run.finished} of {run.total} judged; `redtide rescore --name {name}` continues it"
    return "" if run.state == "done" else missing


def _save(found: "Comparison", out: str) -> None:
    from service.rescoring.report import write_report

    try:
        for file in write_report(found, path_of(out, "--out")):
            note(f"wrote {file}")
    except OSError as error:
        raise InputError(f"--out: cannot write into {out!r} ({error.strerror})") from error


def _passed(gate: "Gate", found: "Comparison") -> int:
    from service.rescoring.gate import violations

    said = violations(gate, found)
    for each in said:
        note(f"gate: {each}")
    note("gate: not passed" if said else "gate: passed")
    return 1 if said else 0


def _lines(found: "Comparison") -> str:
    """The comparison in a few lines."""
    from service.render import sanitize as neutral

    before, after = found.quality_before, found.quality_after
    lines = [
        f"{found.after} beside {found.before}: {found.incidents} incidents, {len(found.flips)} with another answer"
    ]
    if found.failures:
        reason = neutral.line(next(iter(found.failures.values())), 200)
        lines.append(f"  {len(found.failures)} not judged, the first: {reason}")
    lines.append(f"  {'':24}{'before':>10}{'after':>10}")
    lines += [f"  {name:24}{one:>10}{other:>10}" for name, one, other in _rows(before, after, found)]
    changed = found.difference
    if after.labelled:
        lines.append(
            f"  of {after.labelled} labelled: {changed.gained} gained, {changed.lost} lost, p = {changed.p_value:.3f}; "
            f"right {changed.change:+.3f} ({changed.low:+.3f} to {changed.high:+.3f})"
        )
    return "\n".join([*lines, ""])


def _rows(before: "Quality", after: "Quality", found: "Comparison") -> list[tuple[str, str, str]]:
    names = {"stated and right": "stated_right", "stated and wrong": "stated_wrong", "not stated": "not_stated"}
    rows = [(title, _share(getattr(before, name)), _share(getattr(after, name))) for title, name in names.items()]
    one, other = found.cost_before, found.cost_after
    rows.append(("Brier", _share(before.brier), _share(after.brier)))
    rows.append(("model calls", str(one.calls), str(other.calls)))
    rows.append(
        ("tokens", str(one.prompt_tokens + one.completion_tokens), str(other.prompt_tokens + other.completion_tokens))
    )
    if other.price is not None:
        rows.append(("price", f"{one.price or 0:.2f}", f"{other.price:.2f}"))
    rows.append(("seconds, median", f"{one.seconds_median or 0:.2f}", f"{other.seconds_median or 0:.2f}"))
    return rows


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
