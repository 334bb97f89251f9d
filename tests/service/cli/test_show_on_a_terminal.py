"""`redtide show` on a real terminal has colours, through a pipe it has none; odd arguments end in one line everywhere."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from service.settings import Settings
from tests.recorded import Recorded
from tests.service.cli.live_service import ANA, live_service
from tests.service.cli.ran import RedTide
from tests.service.cli.words import alert_options

ONE_DATABASE = True
_ODD = (
    "",
    "-",
    "INC-",
    "inc-k7mq2wz4ab",
    "k" * 99,
    "../../x",
    "INC-k7%2f..",
    "\udcff",
    "a\0b",
    "\x1b[31m",
    "3f9a1c2",
    "7",
)
_FLAGS = ("--json", "--all", "--trace", "--not-a-deploy", "--quiet", "--dry-run")
_NAMED = (
    "--limit",
    "--before",
    "--group",
    "--service",
    "--status",
    "--note",
    "--base",
    "--commit",
    "--server",
    "--store",
)


def on_a_terminal(*arguments: str) -> str:
    """What the command writes to a terminal of its own."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("REDTIDE_", "NO_COLOR"))}
    command = [sys.executable, "-m", "service.cli", *arguments]
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        command, stdout=theirs, cwd=root, env=environment | {"REDTIDE_TOKEN": ANA, "TERM": "xterm"}
    ) as process:
        os.close(theirs)
        written = b""
        try:
            while chunk := os.read(ours, 4_096):
                written += chunk
        except OSError:  # how Linux says that the other end of a terminal is closed
            pass
        assert process.wait() == 0
    os.close(ours)
    return written.decode()


def test_colours_are_for_terminals(
    redtide: RedTide, sample: Recorded, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDTIDE_TOKEN", ANA)
    with live_service(Settings(store_url=store_url, repositories={"shop": sample.repository})) as live:
        incident = redtide("alert", "--server", live.url, "--quiet", *alert_options(sample)).out.strip()
        redtide("watch", incident, "--server", live.url, "--interval", "0.05")
        shown = on_a_terminal("show", incident, "--server", live.url)
        piped = redtide("show", incident, "--server", live.url).out
    assert shown.startswith("\x1b[1;31mLikely cause found")
    assert "\x1b" not in piped


@pytest.mark.parametrize(
    "command", ["incidents", "show", "wrong", "right", "rerun", "revert", "login", "logout", "alert"]
)
def test_no_arguments_end_in_a_traceback(command: str, redtide: RedTide, settings: Settings) -> None:
    valued = st.tuples(st.sampled_from(_NAMED), st.sampled_from(_ODD))
    groups = st.lists(
        st.one_of(valued, st.tuples(st.sampled_from(_FLAGS)), st.tuples(st.sampled_from(_ODD))), max_size=3
    )

    @examples(max_examples=int(os.environ.get("REDTIDE_EXAMPLES", "25")), suppress_health_check=list(HealthCheck))
    @given(groups.map(lambda found: [word for group in found for word in group]), st.booleans())
    def tried(words: list[str], stored: bool) -> None:
        ran = redtide(command, *words, *(["--store", settings.store_url] if stored else []))
        assert ran.status in (0, 1, 2), ran
        if ran.status == 2:
            assert ran.out == ""
            *_, said = ran.err.rstrip("\n").split("\n")
            assert said.startswith((f"redtide {command}: error: ", "redtide: error: ")), ran.err
            assert said.isprintable()

    tried()
