"""Writes the file of `--out`."""

from pathlib import Path

from incidents.errors import InputError


def save(out: Path, text: str) -> None:
    """Write the file as a whole: one that is cut in the middle could not be read any more. Raises InputError."""
    beside = out.with_name(f".{out.name}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(out)
    except OSError as error:
        raise InputError(f"--out: cannot write {str(out)!r} ({error.strerror})") from error


def writable(out: Path) -> Path:
    """The file, checked before the minutes that its content takes. Raises InputError."""
    if out.is_dir() or not out.parent.is_dir():
        raise InputError(f"--out: cannot write {str(out)!r}; give a file in a folder that is there")
    return out
