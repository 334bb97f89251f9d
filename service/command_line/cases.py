"""Labelled incidents for `redtide evaluate`: where they and their repositories are found."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import Field, ValidationError

from incidents.errors import InputError
from incidents.frozen import Frozen

_LONGEST_LINE = 64 * 2**20


class LabelledCase(Frozen, extra="ignore"):
    """One incident with its answer. Only `repo`, `base`, `deployed` and `trace` are told to what is measured."""

    id: str
    repo: str = Field(pattern=r"^[\w.-]+/[\w.-]+$")
    base: str
    deployed: str
    culprit: str | None
    trace: str


class Broken(Frozen):
    """A line or a case that could not be used, and why."""

    id: str
    reason: str


def read_cases(files: Sequence[str]) -> Iterator[LabelledCase | Broken]:
    """Every line of the files, in order. Raises InputError for a file that cannot be read."""
    for name in files:
        try:
            with Path(name).open(encoding="utf-8", errors="replace") as file:
                for number, line in enumerate(file, start=1):
                    if line.strip():
                        yield _case(line, f"{name}:{number}")
        except OSError as error:
            raise InputError(f"CASES: cannot read {name!r} ({error.strerror})") from error


def _case(line: str, place: str) -> LabelledCase | Broken:
    try:
        return LabelledCase.model_validate(json.loads(line))
    except ValidationError as error:
        first = error.errors()[0]
        return Broken(id=place, reason=f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
    except (ValueError, RecursionError) as error:
        return Broken(id=place, reason=f"not a JSON object ({error})")


def repository_path(folder: Path, repo: str) -> Path | None:
    """`repo` ("owner/name") as `owner/name` or `owner+name` in the folder, or with `/repo` below either."""
    owner, name = repo.split("/")
    places = (folder / owner / name, folder / f"{owner}+{name}")
    candidates = [place for base in places for place in (base / "repo", base)]
    return next((place for place in candidates if _is_repository(place)), None)


def _is_repository(path: Path) -> bool:
    return (path / ".git").exists() or ((path / "objects").is_dir() and (path / "HEAD").exists())
