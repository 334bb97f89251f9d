import io
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from service.cli.demo import wait_for_enter
from tests.service.cli.ran import RedTide
from tests.service.dying import die_with_us
from tests.service.served import without_pandas


@pytest.mark.ray
def test_the_demo_shows_an_alert_becoming_a_verdict_and_stops(redtide_process: RedTide) -> None:
    ran = redtide_process("demo")

    assert ran.status == 0, ran.err
    assert "Call to a member function total() on null" in ran.out
    assert "confidence" in ran.out
    assert re.search(r"│ \[Revert…\] +\[👍 Right\] +\[👎 Not this…\] +\[Open\]", ran.out)
    assert re.search(r"Page: +http://127\.0\.0\.1:\d+/incidents/INC-\w+", ran.err)
    assert re.search(r"Reasoning trace: +http://127\.0\.0\.1:\d+/incidents/INC-\w+/trace", ran.err)
    assert re.search(r"Ray dashboard: +http://127\.0\.0\.1:\d+", ran.err)
    assert "Stopped." in ran.err
    assert "Traceback" not in ran.err


def test_on_a_terminal_the_page_stays_until_enter_or_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "r", encoding="utf-8") as keyboard:
        os.write(ours, b"\nmore\n")
        wait_for_enter(keyboard)
        assert keyboard.readline() == "more\n"  # no more than one line was taken

        def interrupted() -> str:
            raise KeyboardInterrupt

        with io.TextIOWrapper(io.BytesIO()) as another:
            monkeypatch.setattr(another, "readline", interrupted)
            wait_for_enter(another)
    os.close(ours)


@pytest.mark.ray
def test_a_demo_that_stays_shows_a_small_tide_and_ends_at_ctrl_c(tmp_path: Path) -> None:
    out, err = tmp_path / "out", list[str]()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REDTIDE_")}
    environment["PYTHONPATH"] = without_pandas()
    environment["REDTIDE_DASHBOARD"] = "false"  # two seconds of a processor; the test above has it
    with out.open("wb") as printed:
        command = [sys.executable, "-m", "service.cli", "demo", "--stay"]
        process = subprocess.Popen(
            command, stdout=printed, stderr=subprocess.PIPE, env=environment, text=True, preexec_fn=die_with_us
        )
        assert process.stderr is not None
        for line in process.stderr:
            err.append(line)
            if "Ctrl-C stops it" in line:
                break
        process.send_signal(signal.SIGINT)
        err.append(process.stderr.read())
        process.stderr.close()
    assert process.wait(60) == 0, "".join(err)
    shown = out.read_text(encoding="utf-8")
    table = shown.partition("INCIDENT  ")[2].partition("\n\n")[0].splitlines()[1:]
    assert sorted(line.split()[3] for line in table) == ["rates", "search", "shop", "shop-mobile"]
    for stands in ("likely cause a76f85c30", "no commit of this deploy", "not enough to tell"):
        assert stands in shown
    tide = shown.partition("In Slack, one message a group:")[2]
    heads = [line for line in tide.splitlines() if re.match(r"│ (Likely cause|No commit of|Not enough)", line)]
    assert len(heads) == 3
    assert "1 related incident in 1 service, 87 errors: 1 likely cause found" in tide
    assert "Stopped." in err[-1]
