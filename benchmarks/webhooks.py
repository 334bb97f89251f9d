"""How many bodies of each sender are read wholly right.

    python -m benchmarks.webhooks [FOLDER]

The bodies and what they say lie in tests/service/intake/bodies, one file a sender; FOLDER holds others of the same form.
"""

import sys
from collections import Counter, defaultdict
from pathlib import Path

from tests.service.intake.cases import BODIES, Case, Mark, cases, differences, mark

MARKS: tuple[Mark, ...] = ("right", "partly", "wrong")


def main() -> None:
    """Print one row a sender, then what differs."""
    write = sys.stdout.write
    counts: defaultdict[str, Counter[Mark]] = defaultdict(Counter)
    differing: list[tuple[Case, Mark]] = []
    for case in cases(Path(sys.argv[1]) if len(sys.argv) > 1 else BODIES):
        found = mark(case)
        counts[case.source][found] += 1
        if found != "right":
            differing.append((case, found))
    write(f"{'sender':<14}" + "".join(f"{each:>8}" for each in MARKS) + "\n")
    for source, marks in counts.items():
        write(f"{source:<14}" + "".join(f"{marks[each]:>8}" for each in MARKS) + "\n")
    total = sum(counts.values(), Counter())
    write(f"{'all':<14}" + "".join(f"{total[each]:>8}" for each in MARKS))
    write(f"{total['right'] / max(total.total(), 1):>8.0%} wholly right\n")
    for case, found in differing:
        aspects = ", ".join(sorted({name for alert in differences(case) for name in alert}))
        write(f"{found}: {case.source}, {case.about}: {aspects}\n")


if __name__ == "__main__":
    main()
