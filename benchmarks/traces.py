"""Milliseconds for `tools.traces.parse` on 100 kB of difficult input, and for PathIndex on 20,000 paths.

    python -m benchmarks.traces

The budgets are 50 ms each (warm). Timings are printed, never asserted: they depend on the machine.
"""

import random
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import Final

from tools.text.redaction import redact
from tools.traces import PathIndex, map_to_repository, parse

SIZE = 100_000


_ROWS: Final = {
    "letters": "a",
    "spaces": " ",
    "line ends": "\n",
    "short lines": "a\n",
    "tabs and at": "\tat ",
    "brackets": "[",
    "json opening": '{"a":',
    "json arrays": "[" * 1_000 + "\n",
    "json lines": '{"message": "x\\ny"}\n',
    "backslash n": "\\n",
    "escaped frames": '\\n  File \\"a.py\\", line 1, in f',
    "quotes": "'\"`",
    "colons": "a:1:",
    "dots": "a.b.",
    "slashes": "/a",
    "parentheses": "(" * 50 + ")" * 50,
    "hashes": "#0 ",
    "php headers": "PHP Warning:  x in ",
    "php called in": "PHP Warning:  , called in , called in ",
    "php frames": "#1 /srv/app/a.php(12): f(1)\n",
    "php uncaught": "PHP Fatal error:  Uncaught E: m in /a.php:1\n",
    "php bracketed": "EXCEPTION: (T) x at [a at [b at [c\n",
    "php object": "[object] (T(code: 0): m at \n",
    "python frames": '  File "/srv/app/a.py", line 1, in f\n    x = 1\n',
    "python headers": "Traceback (most recent call last):\n",
    "python gutters": "  | " * 200 + "\n",
    "python spaces": '  File "a.py", line 1, in ' + "x" + " " * 1_900 + "y\n",
    "v8 frames": "    at a.b (/srv/app/a.js:1:2)\n",
    "v8 eval": "    at eval (eval at a (eval at b (\n",
    "gecko": "a@",
    "gecko frames": "f@http://x/a.js:1:2\n",
    "java frames": "\tat a.b.C.d(C.java:1)\n",
    "java causes": "Caused by: a.B: c\n\tat a.b.C.d(C.java:1)\n",
    "go frames": "a.b(...)\n\t/srv/app/a.go:1 +0x1\n",
    "panics": "panic: ",
    "panic lines": "panic: a\n",
    "ruby frames": "a.rb:1:in `b'\n",
    "time stamps": "2024-01-02T03:04:05Z ",
    "stamped lines": "2024-01-02T03:04:05Z stderr F x\n",
    "places": "a.c:1 ",
    "errors": "AError: b\n",
    "secrets": "password=",
    "mail": "a@b.",
    "key block": "-----BEGIN PRIVATE KEY-----\n",
}
"""What a difficult input repeats: long lines, repeated keywords, unfinished records, deep nesting."""


@cache
def nasty() -> dict[str, str]:
    """Return difficult inputs of 100 kB: each row repeated, rows mixed at random, and 10 MB of the mixture."""
    repeated = {name: (row * (SIZE // len(row) + 1))[:SIZE] for name, row in _ROWS.items()}
    mixed = _mixed(random.Random(7))
    return repeated | mixed | {"10 MB": mixed["random cues"] * 100}


def _mixed(source: random.Random) -> dict[str, str]:
    choices = {
        "random printable": [*map(chr, range(32, 127)), "\n"],
        "random any": [*map(chr, range(1, 0x2000))],
        "random cues": [row for row in _ROWS.values() if len(row) < 60],
        "random lines": [row.rstrip("\n") + "\n" for row in _ROWS.values()],
    }
    return {name: "".join(source.choices(parts, k=SIZE))[:SIZE] for name, parts in choices.items()}


def milliseconds(work: Callable[[], object]) -> float:
    """Return the processor time (other programs do not count) of the best of three warm runs."""
    times = []
    for _ in range(4):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1_000)
    return min(times[1:])


def main() -> None:
    """Print one row per input: parse and redact."""
    write = sys.stdout.write
    write(f"{'input':<20}{'parse ms':>10}{'redact ms':>11}\n")
    for name, text in nasty().items():
        write(f"{name:<20}{milliseconds(lambda: parse(text)):>10.1f}{milliseconds(lambda: redact(text)):>11.1f}\n")  # noqa: B023
    paths = [f"packages/p{at % 97}/src/d{at % 31}/file{at}.py" for at in range(19_000)]
    paths += [f"packages/p{at % 97}/src/d{at}/__init__.py" for at in range(1_000)]
    index = PathIndex(paths)
    trace = parse(
        "Traceback (most recent call last):\n"
        + "".join(f'  File "/srv/app/{path}", line 3, in f\n' for path in paths[::50])
        + "KeyError: 'x'\n"
    )
    write(f"PathIndex, {len(paths)} paths: {milliseconds(lambda: PathIndex(paths)):.1f} ms; ")
    write(f"mapping {len(trace.frames)} frames: {milliseconds(lambda: map_to_repository(trace, index)):.1f} ms\n")


if __name__ == "__main__":
    main()
