"""`redtide assess`: a judge reads the reasoning behind stored verdicts by a fixed rubric."""

import argparse
import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from incidents.errors import InputError, ModelError
from service.cli import model, store_option
from service.cli.commands import Commands, add_command
from service.cli.option_errors import path_of
from service.cli.saved_file import save, writable
from service.cli.streams import note, write

if TYPE_CHECKING:
    from agents.assessor import Subject
    from agents.case import Case
    from incidents.assessment import Assessment
    from models.door import LanguageModel
    from service.settings import Settings
    from service.store.rescoring_schemas import Reasoned
    from service.store.store import Store

_TEXT = """\
Let a model judge the reasoning behind stored verdicts, or those of a rescoring, by a fixed rubric: does it rest on what
was seen, does the mechanism explain this error, do the steps follow the order of execution, were tools used with economy,
does it name what does not exist, and would the judge sign it. What code can check is checked in code: repeated and failed
tool calls, names that were never seen, steps of explanations found in the source.

The judge sees no label. --agent gives it the developer's read-only tools (Agent-as-a-Judge). Where people gave feedback,
its agreement with them is measured (Cohen's kappa); --bias measures how often it changes its mind when only the order of
the parts changes, or when empty words are added."""
_EXAMPLES = """\
examples:
  redtide assess --labelled --model-url http://127.0.0.1:8000/llm/v1 --model judge --out assessed.jsonl
  redtide assess --rescoring llama-4 --agent --model-url ... --model judge
  redtide assess --limit 20 --bias --model-url ... --model judge

Exit status: 0, 1 nothing could be judged, 2 bad input.
"""
_ANSWERS: Final = ("rests_on_seen", "explains_error", "in_order", "invents", "holds")


def add(commands: Commands) -> None:
    """Options of `redtide assess`."""
    parser = add_command(
        commands, "assess", run, summary="judge the reasoning behind verdicts", text=_TEXT, examples=_EXAMPLES
    )
    parser.add_argument("--rescoring", metavar="NAME", help="the verdicts of this run (default: the stored ones)")
    parser.add_argument("--labelled", action="store_true", help="only incidents that people gave feedback on")
    parser.add_argument("--limit", type=int, default=100, metavar="N", help="at most N (default 100)")
    parser.add_argument("--agent", action="store_true", help="the judge may use read-only tools")
    parser.add_argument(
        "--bias", action="store_true", help="also measure its bias: two more answers each, three with --agent"
    )
    parser.add_argument("--out", metavar="FILE", help="write one JSON object a line")
    model.add_options(parser)
    store_option.add_options(parser, config=True)


def run(arguments: argparse.Namespace) -> int:
    """Judge and print. Raises InputError."""
    choice = model.chosen(arguments)
    if choice is None:
        raise InputError("--model: missing; a judge is a model: --model-url URL --model NAME")
    out: Path | None = writable(path_of(arguments.out, "--out")) if arguments.out is not None else None
    settings = store_option.settings_given(arguments)
    found, changed = asyncio.run(_assessed(arguments, settings, choice))
    if out is not None:
        save(out, "".join(f"{each.model_dump_json()}\n" for each, _ in found))
    if not found:
        note("no reasoning could be judged")
        return 1
    write(_lines([each for each, _ in found], [said for _, said in found], changed))
    return 0


async def _assessed(
    arguments: argparse.Namespace, settings: "Settings", choice: tuple[str, str]
) -> "tuple[list[tuple[Assessment, Reasoned]], Counter[str]]":
    """The assessments, and how often another order or empty words changed the judge's mind."""
    from service.cli.bar import progress
    from service.cli.incident_store import read_store

    found: list[tuple[Assessment, Reasoned]] = []
    changed: Counter[str] = Counter()
    async with read_store(settings) as store, model.connected(choice) as asked:
        assert asked is not None  # a choice was made
        subjects = await _reasoned(store, arguments)
        with progress(len(subjects)) as advance:
            for each in subjects:
                try:
                    assessment = await _one(each, settings, asked, arguments.agent)
                    found.append((assessment, each))
                    if arguments.bias:
                        changed += await _bias(_subject(each), asked, assessment)
                except (InputError, ModelError) as error:
                    note(f"{each.incident}: {error}")
                advance(f"verdicts, {len(found)} judged")
    return found, changed


async def _reasoned(store: "Store", arguments: argparse.Namespace) -> "tuple[Reasoned, ...]":
    if arguments.limit < 1:
        raise InputError("--limit: must be at least 1")
    return await store.rescored.reasoned(arguments.rescoring, arguments.limit, labelled=arguments.labelled)


async def _one(each: "Reasoned", settings: "Settings", asked: "LanguageModel", with_tools: bool) -> "Assessment":
    from agents.assessor import assess, assess_with_tools

    if not with_tools:
        return await assess(_subject(each), asked)
    case = await asyncio.to_thread(_case, each, settings)
    return await assess_with_tools(_subject(each), case, asked)


def _case(each: "Reasoned", settings: "Settings") -> "Case":
    """What the developer saw, opened again from the snapshot."""
    from agents.case import open_case
    from graph.snapshot import snapshot_of
    from incidents.evidence import Evidence
    from tools.git.repository import Repository

    snapshot = snapshot_of(each.snapshot)
    path = settings.repositories.get(snapshot.window.repository)
    if path is None:
        raise InputError(f"repository {snapshot.window.repository} is not in the settings (REDTIDE_REPOSITORIES)")
    request = snapshot.request
    return open_case(
        Evidence.model_validate(each.evidence),
        Repository.open(path),
        settings.limits,
        raw_trace=request.text,
        service=request.service,
        environment=request.environment,
        count=request.count,
        first_seen=request.first_seen,
    )


def _subject(each: "Reasoned") -> "Subject":
    from agents.assessor import Subject
    from graph.snapshot import snapshot_of

    error = snapshot_of(each.snapshot).request.text
    return Subject(incident=each.incident, error=error, verdict=each.verdict, why=each.why, steps=each.steps)


async def _bias(subject: "Subject", asked: "LanguageModel", assessment: "Assessment") -> Counter[str]:
    """Whether the judge says otherwise when nothing that matters has changed: in one answer, without tools."""
    from agents.assessor import assess

    first = assessment if assessment.judge == "one_answer" else await assess(subject, asked)
    turned = await assess(subject, asked, order="trace_first")
    padded = await assess(subject, asked, padded=True)
    return Counter(
        {
            "asked": 1,
            "order": first.holds != turned.holds,
            "words": first.holds != padded.holds,
            "favoured by words": padded.holds and not first.holds,
        }
    )


def _lines(found: "Sequence[Assessment]", said: "Sequence[Reasoned]", changed: Counter[str]) -> str:
    """The rubric's answers, agreement with people, failure classes by month, and bias."""
    from tools.training.paired import kappa

    lines = [f"{len(found)} reasonings judged"]
    lines += [f"  {name:20}{sum(getattr(each, name) for each in found) / len(found):.2f}" for name in _ANSWERS]
    lines.append(f"  {'economy (0..4)':20}{sum(each.economy for each in found) / len(found):.2f}")
    unseen = sum(bool(each.checked.never_seen) for each in found)
    repeated = sum(each.checked.repeated_calls for each in found)
    lines.append(f"  by code: {unseen} name what was never seen, {repeated} tool calls repeated")
    pairs = [
        (str(each.holds), str(right.right)) for each, right in zip(found, said, strict=True) if right.right is not None
    ]
    if pairs:
        agreement = kappa(pairs)
        lines.append(
            f"  agreement with people on {len(pairs)}: kappa {agreement.value:.2f} "
            f"({agreement.low:.2f} to {agreement.high:.2f})"
        )
    months: dict[str, Counter[str]] = {}
    for each, right in zip(found, said, strict=True):
        months.setdefault(f"{right.opened_at:%Y-%m}", Counter())[each.failing] += 1
    lines += [f"  {month}: {_counted(classes)}" for month, classes in sorted(months.items())]
    if changed["asked"]:
        lines.append(
            f"  bias, of {changed['asked']}: {changed['order']} change with the order of the parts, {changed['words']} "
            f"with empty words ({changed['favoured by words']} in favour)"
        )
    return "\n".join([*lines, ""])


def _counted(classes: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in classes.most_common())
