"""Descendants of a process, from /proc, so that only processes started by this program are measured or killed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path


def below(pid: int) -> Iterator[tuple[int, str]]:
    """Yield (pid, command line) of every descendant of `pid`."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    wanted, grown = {pid}, True
    while grown:
        new = {child for child, parent in parents.items() if parent in wanted} - wanted
        wanted |= new
        grown = bool(new)
    for each in wanted - {pid}:
        try:
            line = (Path("/proc") / str(each) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        yield each, line


def named(pid: int, text: str) -> list[int]:
    """Return the descendants of `pid` whose command line contains `text`."""
    return [each for each, line in below(pid) if text in line]


def kill(pids: list[int]) -> None:
    """Kill without warning, as a power cut would."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def megabytes(pids: list[int]) -> float:
    """Return the resident memory of these processes."""
    total = 0
    for pid in pids:
        try:
            total += int((Path("/proc") / str(pid) / "statm").read_text().split()[1])
        except OSError:
            continue
    return total * os.sysconf("SC_PAGE_SIZE") / 2**20
