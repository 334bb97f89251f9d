"""What was read of each incident, kept in a file: reading takes minutes, fitting seconds, and a stopped training goes on.

The first line holds the names of all signals; below it stands one line for each incident, with its degraded copies.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from incidents.errors import InputError
from tools.signals.registry import SIGNALS, WINDOW_FEATURES
from tools.training.examples import LabelledIncident, Studied

_STUDIED: Final = TypeAdapter(tuple[Studied, ...])


class FeaturesFile:
    """The incidents that were read before, by repository, id and label; those read now are written behind them."""

    def __init__(self, path: Path) -> None:
        """Read the file, or begin it. Raises InputError when other signals were measured for it, or it is no such file."""
        self._path, self._known = path, dict[str, tuple[Studied, ...]]()
        try:
            if path.exists() and path.stat().st_size:
                self._read()
            else:
                path.write_text(_names() + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(f"--features: cannot use {str(path)!r} ({error.strerror})") from error

    def of(self, case: LabelledIncident) -> tuple[Studied, ...] | None:
        """What was read of the incident before."""
        return self._known.get(_key(case))

    def add(self, case: LabelledIncident, studied: tuple[Studied, ...]) -> None:
        """Keep what was read of an incident."""
        row = {"case": _key(case), "studied": _STUDIED.dump_python(studied, mode="json")}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, separators=(",", ":")) + "\n")

    def _read(self) -> None:
        _cut_torn_end(self._path)
        with self._path.open(encoding="utf-8") as file:
            if file.readline().strip() != _names():
                raise InputError(f"--features: {str(self._path)!r} was written with other signals; remove it")
            for number, line in enumerate(file, 2):
                self._known.update(self._row(line, number))

    def _row(self, line: str, number: int) -> Iterator[tuple[str, tuple[Studied, ...]]]:
        try:
            row = json.loads(line)
            yield str(row["case"]), _STUDIED.validate_python(row["studied"])
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            raise InputError(f"--features: line {number} of {str(self._path)!r} cannot be read; remove it") from error


def _cut_torn_end(path: Path) -> None:
    """Take away a last line that was not written to its end: its incident is read again."""
    with path.open("r+b") as file:
        whole = file.read().rfind(b"\n") + 1
        file.truncate(whole)


def _names() -> str:
    return json.dumps({"signals": [*SIGNALS], "window": [*WINDOW_FEATURES]})


def _key(case: LabelledIncident) -> str:
    return case.model_dump_json()
