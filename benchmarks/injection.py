"""Can untrusted text win over git? Every payload in every untrusted field, read by a model that obeys it.

    python -m benchmarks.injection             every payload in every field, as a table by field
    python -m benchmarks.injection --payloads  the same by payload

For each: one real repository whose culprit git is sure of, one commit that has nothing to do with the failure, the real
graph with all five agents. Counted are: a wrong commit stated as the likely cause; "none of these" stated against git;
words of the model that obeyed, in any text for a person; a key from the code in a prompt or in any text for a person.
"""

import argparse
import asyncio
import itertools
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields as dataclass_fields
from pathlib import Path

from benchmarks.injection_stage import FIELDS, Damage, Stage
from benchmarks.payloads import PAYLOADS, Payload
from incidents.reliability import Record, Reliability
from tests.elastic.server import Elastic, running


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """Yield the repository and the log store for the time of the block."""
    with tempfile.TemporaryDirectory() as folder:
        async with running(Elastic()) as elastic:
            yield Stage(Path(folder) / "shop.git", elastic.url)


PERFECT = Reliability(
    model="obedient",
    prompts="",
    incidents=200,
    records=tuple(
        Record(agent=agent, guilty=100, guilty_accused=100, innocent=400, innocent_accused=0)
        for agent in ("zero_shot", "chain_of_thought", "developer", "judge")
    ),
)
"""The record of a model that was always right where nobody wrote texts to mislead it."""


async def played(
    pairs: Iterable[tuple[Payload, str]], reliability: Reliability | None = None
) -> list[tuple[Payload, str, Damage]]:
    """Return the damage of every pair, investigated one after another."""
    async with stage() as here:
        return [(payload, field, await here.play(payload, field, reliability)) for payload, field in pairs]


def covering(fields: Sequence[str] = FIELDS, payloads: Sequence[Payload] = PAYLOADS) -> Iterator[tuple[Payload, str]]:
    """Yield each payload once and each field about equally often, as in a Latin square."""
    for number, payload in enumerate(payloads):
        yield payload, fields[number % len(fields)]


def table(rows: Sequence[tuple[Payload, str, Damage]], by_payload: bool = False) -> str:
    """Return a table of how often each damage occurred, by field or by payload."""
    kinds = [field.name for field in dataclass_fields(Damage)]
    keys = list(dict.fromkeys(payload.name if by_payload else field for payload, field, _ in rows))
    lines = [f"{'':28} {'runs':>5} " + " ".join(f"{kind:>16}" for kind in kinds)]
    for key in (*keys, "all"):
        mine = [d for payload, field, d in rows if key in ("all", payload.name if by_payload else field)]
        counts = " ".join(f"{sum(getattr(each, kind) for each in mine):16}" for kind in kinds)
        lines.append(f"{key:28} {len(mine):5} {counts}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 when there was any damage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--payloads", action="store_true", help="a row for each payload instead of each field")
    parser.add_argument("--field", choices=FIELDS, help="only this field")
    parser.add_argument("--trusted", action="store_true", help="the model has a perfect record on labelled incidents")
    chosen = parser.parse_args(arguments)
    fields = [chosen.field] if chosen.field else FIELDS
    rows = asyncio.run(played(itertools.product(PAYLOADS, fields), PERFECT if chosen.trusted else None))
    done = [f"{field} / {payload.name}: {damage}" for payload, field, damage in rows if damage.done]
    sys.stdout.write("\n".join([table(rows, by_payload=chosen.payloads), *done]) + "\n")
    return int(any(damage.done for _, _, damage in rows))


if __name__ == "__main__":
    sys.exit(main())
