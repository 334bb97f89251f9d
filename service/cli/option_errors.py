"""Errors name the option they are about."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from incidents.errors import InputError


@contextmanager
def about(option: str, remedy: str = "") -> Iterator[None]:
    """Add the name of the option, and what to do, to an InputError raised inside."""
    try:
        yield
    except InputError as error:
        text = str(error) if str(error).startswith(option) else f"{option}: {error}"
        ending = f"; {remedy}" if remedy and ";" not in text else ""
        raise _alike(error, text + ending) from error


def _alike(error: InputError, text: str) -> InputError:
    """An error of the same type; of the plain one when the type is made of something else than a text."""
    try:
        return type(error)(text)
    except TypeError:
        return InputError(text)


def path_of(name: str, option: str) -> Path:
    """The path that a person writes, `~` included. Raises InputError, naming `option`, for what can be none."""
    try:
        path = Path(name).expanduser()
    except RuntimeError as error:
        raise InputError(f"{option}: {name!r} names no home folder that is known; write the path in full") from error
    if "\0" in name or not name:
        raise InputError(f"{option}: {name!r} is no path; give a file or a folder")
    return path
