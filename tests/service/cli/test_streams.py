import io
from pathlib import Path

import pytest

from incidents.errors import InputError
from service.cli import streams


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert streams.colours(Screen())
    assert not streams.colours(io.StringIO())
    monkeypatch.setenv("TERM", "dumb")
    assert not streams.colours(Screen())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not streams.colours(Screen())


def test_what_cannot_be_read_names_the_option_and_the_remedy(tmp_path: Path) -> None:
    for name in (str(tmp_path), str(tmp_path / "gone"), "a\0b"):
        refused = pytest.raises(
            InputError, match=r"--trace: (cannot read .*; pass a file, or - for standard input|'a.x00b' is no path)"
        )
        with refused, streams.opened(name, "--trace"):
            pytest.fail("it was opened")
