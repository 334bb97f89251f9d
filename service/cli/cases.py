"""Reads labelled incidents from JSONL files, and finds their repositories, for `redtide evaluate` and `redtide train`."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from incidents.alert import Alert
from incidents.errors import InputError
from incidents.frozen import Frozen
from service.cli.option_errors import path_of
from tools.traces.unwrap.text import read_trace
from tools.training.examples import LabelledIncident


class Broken(Frozen):
    """A line or a case that could not be used, and why."""

    id: str
    reason: str


def read_cases(files: Sequence[str]) -> Iterator[LabelledIncident | Broken]:
    """The incident of every line, in order. Raises InputError for a file that cannot be read, or holds none."""
    for name in files:
        empty = True
        try:
            with Path(name).open(encoding="utf-8", errors="replace") as file:
                for number, line in enumerate(file, start=1):
                    if line.strip():
                        empty = False
                        yield _case(line, f"{name}:{number}")
        except OSError as error:
            raise InputError(f"CASES: cannot read {name!r} ({error.strerror})") from error
        if empty:
            raise InputError(f"CASES: {name!r} is empty; a line of it is one labelled incident, a JSON object")


def alert_of(case: LabelledIncident) -> Alert:
    """The alert of a labelled incident: its trace as text, and its window. Raises UnreadableTrace."""
    text = read_trace(case.trace.encode("utf-8", errors="replace"))
    revisions = {"repository": case.repo, "base": case.base, "deployed": case.deployed}
    return Alert.model_validate({"service": "service", "stack_trace": text, **revisions})


def _case(line: str, place: str) -> LabelledIncident | Broken:
    try:
        return LabelledIncident.model_validate(json.loads(line))
    except ValidationError as error:
        first = error.errors()[0]
        return Broken(id=place, reason=f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
    except (ValueError, RecursionError) as error:
        return Broken(id=place, reason=f"not a JSON object ({error})")


class RepositoryLocator:
    """Finds the repositories of labelled incidents: in the folder of `--repos`, else in the service's settings."""

    def __init__(self, folder: str | None) -> None:
        """Raises InputError when there is no such folder, or no repository in the settings."""
        self._folder = path_of(folder, "--repos") if folder is not None else None
        self._settings: dict[str, Path] = {}
        if self._folder is None:
            self._settings = _of_the_settings()
        elif not self._folder.is_dir():
            raise InputError(f"--repos: no such folder: {folder!r}")

    def __str__(self) -> str:
        """The place that error messages name."""
        return str(self._folder) if self._folder is not None else "REDTIDE_REPOSITORIES"

    def path(self, repo: str) -> Path | None:
        """The path of a repository; None when it is not there."""
        if self._folder is not None:
            return repository_path(self._folder, repo)
        found = self._settings.get(repo)
        return found if found is not None and _is_repository(found) else None


def _of_the_settings() -> dict[str, Path]:
    from service.cli.serve import settings_of

    found = settings_of({}).repositories
    if not found:
        raise InputError("--repos: missing; give the folder with the repositories, or set REDTIDE_REPOSITORIES")
    return found


def repository_path(folder: Path, repo: str) -> Path | None:
    """The path of `repo` ("owner/name"): `owner/name` or `owner+name` in the folder, or the same with `/repo` or `.git`."""
    names = dict.fromkeys((repo, repo.replace("/", "+")))
    candidates = [place for name in names for place in (folder / name / "repo", folder / name, folder / f"{name}.git")]
    return next((place for place in candidates if _is_repository(place)), None)


def _is_repository(path: Path) -> bool:
    return (path / ".git").exists() or ((path / "objects").is_dir() and (path / "HEAD").exists())
