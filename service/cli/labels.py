"""`redtide labels`: writes feedback on verdicts as labelled incidents."""

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from incidents.errors import InputError
from service.cli import store_option
from service.cli.commands import Commands, add_command
from service.cli.option_errors import path_of
from service.cli.streams import note

if TYPE_CHECKING:
    from service.cli.labelling import Labels
    from service.settings import Settings
    from service.store.store import Store
    from tools.training.examples import LabelledIncident

_TEXT = """\
Write the incidents that people gave feedback on as labelled incidents, which `redtide evaluate` and `redtide train`
read. The last word on an incident counts, and it is about the verdict that stood when it was said:

  right          the verdict's commit did it, or none did when the verdict was "none of these"
  wrong          the commit that was named as the right one did it; without one there is no label
  not_a_deploy   no commit did it: culprit null

The errors after a revert speak too, where nobody else did: they stopped (right), or went on (wrong, without a commit). Such
a label has "labelled_by": "observed".

Each label is checked against its repository. The right commit may lie before the window: then no commit of the window
did it (culprit null), and `origin` names it. One that the failing deploy does not hold is no label. What is left out
is reported on standard error. Traces are redacted. Nothing is changed in the store."""
_EXAMPLES = """\
examples:
  redtide labels --out labels.jsonl
      from the store of REDTIDE_STORE_URL, with the repositories of REDTIDE_REPOSITORIES
  redtide labels --config serve_config.yaml --out labels.jsonl
  redtide labels --store postgresql://redtide@db/redtide | wc -l
  redtide evaluate labels.jsonl --wrong && redtide train labels.jsonl --out weights.json

Feedback is given with POST /incidents/{id}/feedback, such as {"label": "wrong", "commit": "3f9a1c2"}.
Exit status: 0 at least one label, 1 none, 2 bad input.
"""


def add(commands: Commands) -> None:
    """Options of `redtide labels`."""
    parser = add_command(
        commands, "labels", run, summary="make labelled incidents of people's feedback", text=_TEXT, examples=_EXAMPLES
    )
    store_option.add_options(parser, config=True)
    parser.add_argument("--out", metavar="FILE", help="where the labels go (default: standard output)")


def run(arguments: argparse.Namespace) -> int:
    """Read, check and write. Returns 0 when there is at least one label, else 1. Raises InputError."""
    from service.cli.labelling import Labels

    settings = store_option.settings_given(arguments)
    if not settings.repositories:
        raise InputError("repositories: none is known to check labels against; set REDTIDE_REPOSITORIES, or --config")
    labels = Labels(settings.repositories, settings.services)
    written = asyncio.run(_exported(settings, labels, arguments.out))
    return 0 if written else 1


async def _exported(settings: "Settings", labels: "Labels", out: str | None) -> int:
    from service.cli.incident_store import read_store

    async with read_store(settings) as store:
        with _opened(out) as file:
            return await _written(store, labels, file)


@contextmanager
def _opened(out: str | None) -> Iterator[IO[str]]:
    if out is None:
        yield sys.stdout
        return
    try:
        with path_of(out, "--out").open("w", encoding="utf-8") as file:
            yield file
    except OSError as error:
        raise InputError(f"--out: cannot write {out!r} ({error.strerror})") from error


async def _written(store: "Store", labels: "Labels", file: IO[str]) -> int:
    """Write one line for each label, and a summary to standard error. Returns the number of labels."""
    from service.cli.labelling import UNTOLD, NoLabel

    counts: Counter[str] = Counter()
    async for said in store.feedback.latest():
        try:
            label = await asyncio.to_thread(labels.of, said)
        except InputError as error:
            untold = isinstance(error, NoLabel) and str(error) == UNTOLD
            counts["untold" if untold else "unusable"] += 1
            if not untold:
                note(f"{said.incident}: no label: {' '.join(str(error).split())}")
            continue
        counts["none" if label.culprit is None else "culprit"] += 1
        file.write(_line(label))
    note(_summary_line(counts))
    return counts["culprit"] + counts["none"]


def _line(label: "LabelledIncident") -> str:
    return json.dumps(label.model_dump(exclude_defaults=True)) + "\n"


def _summary_line(counts: "Counter[str]") -> str:
    written = counts["culprit"] + counts["none"]
    labels = "1 label" if written == 1 else f"{written} labels"
    parts = [f"{labels}: {counts['culprit']} with a culprit, {counts['none']} with none of the window"]
    if counts["untold"]:
        parts.append(f"{counts['untold']} said to be wrong without the right commit")
    if counts["unusable"]:
        parts.append(f"{counts['unusable']} left out, reported above")
    return "; ".join(parts)
