"""The texts of the prompts: the shipped ones, or those of a folder that somebody tries out."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from incidents.errors import InputError

_MOST: Final = 100_000  # bytes of one prompt


@cache
def shipped_prompts() -> Mapping[str, str]:
    """Return the shipped prompts, file name -> text."""
    folder = files("agents") / "prompts"
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".md")}


def prompts_in(folder: Path) -> dict[str, str]:
    """Return the shipped prompts, with those of `folder` in place of the ones that have the same file name.

    Raises InputError for a folder that cannot be read, or that has a file of another name.
    """
    found = dict(shipped_prompts())
    try:
        given = {file.name: file for file in folder.iterdir() if file.suffix == ".md"}
        unknown = sorted(given.keys() - found.keys())
        if not given or unknown:
            raise InputError(f"{folder}: {_unfit(unknown)}; the names are {', '.join(sorted(found))}")
        return found | {name: _text(file) for name, file in given.items()}
    except OSError as error:
        raise InputError(f"{folder}: cannot be read ({error.strerror})") from error


def _unfit(unknown: list[str]) -> str:
    return f"{unknown[0]} is no prompt" if unknown else "holds no prompt"


def _text(file: Path) -> str:
    if file.stat().st_size > _MOST:
        raise InputError(f"{file}: a prompt has at most {_MOST} bytes")
    try:
        return file.read_text(encoding="utf-8")
    except ValueError as error:
        raise InputError(f"{file}: is not UTF-8 text") from error
