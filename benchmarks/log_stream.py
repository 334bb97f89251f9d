"""Megabytes a second that `tools.traces.large.stream` reads, beside a plain loop over the lines, and the memory it takes.

    python -m benchmarks.log_stream [MEGABYTES]

Each text comes through a pipe, as from `kubectl logs`. Figures of a shared machine differ: the ratio to the plain loop says more.
"""

import argparse
import os
import random
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import BinaryIO

from incidents.trace import Failure, Frame
from tools.traces.large.stream import read_errors
from tools.traces.unwrap.printing import printed

LANGUAGES = {"python": "py", "java": "java", "javascript": "js", "php": "php", "ruby": "rb", "go": "go", "csharp": "cs"}
DIFFERENT = 40
FRAMES = 25


def quiet_lines(source: random.Random) -> bytes:
    """A megabyte of a service's ordinary log."""
    rows = []
    for _ in range(9_000):
        user, order = source.randrange(10**5), source.randrange(10**6)
        rows.append(
            f"2026-01-15T09:41:{order % 60:02}.{user % 1000:03}Z INFO [worker-{user % 16}] shop.api - GET /cart/{order} 200 in"
            f" {user % 900} ms for user u-{user} bytes={order * 7}\n"
        )
    return "".join(rows).encode()


def traces(source: random.Random) -> list[tuple[str, Failure]]:
    """Different errors of seven languages, as long as those of a web framework."""
    made = []
    for number in range(DIFFERENT):
        language, suffix = source.choice(list(LANGUAGES.items()))
        frames = tuple(
            Frame(
                path=f"shop/m{at}/File{number}x{at}.{suffix}",
                line=at + 3,
                function=f"call{at}",
                class_name=f"shop.m{at}.File{number}x{at}" if language == "java" else None,
            )
            for at in range(FRAMES)
        )
        made.append((language, Failure(type=f"Case{number}Error", message="cart of {id} is closed", frames=frames)))
    return made


def full_lines(source: random.Random, made: list[tuple[str, Failure]]) -> bytes:
    """About a megabyte of traces with little between them; every message names another order and request."""
    rows = []
    size = 0
    while size < 1 << 20:
        language, failure = source.choice(made)
        named = failure.model_copy(update={"message": failure.message.format(id=source.randrange(10**6))})
        head = f"2026-01-15T09:41:02Z ERROR request {source.randrange(16**8):08x} failed\n"
        rows.append(head + printed(language, [named]) + "\n2026-01-15T09:41:03Z INFO next request\n")
        size += len(rows[-1])
    return "".join(rows).encode()


def piped(megabytes: int, part: bytes) -> BinaryIO:
    """The reading end of a pipe into which a thread writes `part` again and again."""
    reading, writing = os.pipe()

    def write() -> None:
        with os.fdopen(writing, "wb") as pipe:
            for _ in range(max(1, megabytes * 1_000_000 // len(part))):
                pipe.write(part)

    threading.Thread(target=write, daemon=True).start()
    return os.fdopen(reading, "rb")


def plain_loop(stream: BinaryIO) -> int:
    """What any program does at least."""
    return sum(len(line) for line in stream)


def timed(stream: BinaryIO, work: Callable[[BinaryIO], object]) -> tuple[float, float, object]:
    """Seconds by the clock, seconds of the processor, and the result."""
    clock, processor = time.perf_counter(), time.process_time()
    with stream:
        result = work(stream)
    return time.perf_counter() - clock, time.process_time() - processor, result


def texts(megabytes: int) -> Iterator[tuple[str, int, bytes]]:
    """The texts to be read: name, size and the part that is repeated."""
    source = random.Random(7)
    yield "without traces", megabytes, quiet_lines(source)
    made = traces(source)
    yield "full of traces", max(1, megabytes // 4), b"".join(full_lines(source, made) for _ in range(8))
    one = full_lines(source, made[:1])[:4_000]
    yield "one trace in 8 MB", megabytes, quiet_lines(source) * 8 + one


def main() -> None:
    """Print one row per text."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("megabytes", nargs="?", type=int, default=200)
    write = sys.stdout.write
    write(
        f"{'text':<20}{'MB':>6}{'MB/s':>8}{'MB/s cpu':>10}{'loop MB/s':>11}{'ratio':>7}{'errors':>8}{'counted':>9}{'peak MB':>9}\n"
    )
    for name, megabytes, part in texts(options.parse_args().megabytes):
        size = max(1, megabytes * 1_000_000 // len(part)) * len(part) / 1e6
        loop, _, _ = timed(piped(megabytes, part), plain_loop)
        seconds, processor, reading = timed(piped(megabytes, part), read_errors)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        errors = getattr(reading, "errors", ())
        counted = sum(error.count for error in errors)
        write(
            f"{name:<20}{size:>6.0f}{size / seconds:>8.1f}{size / processor:>10.1f}{size / loop:>11.1f}{seconds / loop:>7.1f}"
            f"{len(errors):>8}{counted:>9}{peak:>9.0f}\n"
        )


if __name__ == "__main__":
    main()
