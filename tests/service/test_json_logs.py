"""Every line of a service without a terminal is a JSON object."""

import io
import json
import logging
import sys

import pytest

from service.json_logs import JsonStream, all_json, configure


def test_what_others_print_becomes_the_message_of_an_object(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    ours = '{"level": "info", "message": "an incident"}'
    with all_json():
        sys.stdout.write("\x1b[33m(raylet)\x1b[0m Task failed\n")
        sys.stderr.write(f"one line\n\n{ours}\nbegun ")
        sys.stderr.write("and ended with password=x7Gh2kPq9\n{no object\n[1]")
    lines = [json.loads(line) for line in shown.getvalue().splitlines()]
    assert [line["message"] for line in lines] == [
        "(raylet) Task failed",
        "one line",
        "an incident",
        "begun and ended with password=<redacted:password>",
        "{no object",
        "[1]",
    ]
    assert {line["level"] for line in lines} == {"info"}
    assert lines[2] == json.loads(ours)
    assert sys.stderr is shown


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("WARNING 2026-11-30 16:08:21,670 controller 4070 -- slow", "warning"),
        ("2026-11-30 15:36:25,683\tERROR services.py:1431 -- Failed to start the dashboard", "error"),
        ("(raylet) ERROR: no room", "error"),
        ("an ERROR in words", "info"),
    ],
)
def test_the_level_that_a_line_begins_with_is_its_level(line: str, level: str) -> None:
    shown = io.StringIO()
    JsonStream(shown).write(f"{line}\n")
    assert json.loads(shown.getvalue())["level"] == level


def test_a_traceback_of_ours_stays_one_object(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    logger = logging.getLogger("service")
    before = logger.handlers[:], logger.propagate, logger.level
    monkeypatch.setattr(sys, "stderr", JsonStream(shown))
    logger.handlers.clear()
    try:
        configure()
        try:
            raise ValueError("first\nsecond")
        except ValueError:
            logging.getLogger("service.triage").exception("it broke")
    finally:
        logger.handlers[:], logger.propagate = before[:2]
        logger.setLevel(before[2])
    (line,) = shown.getvalue().splitlines()
    assert json.loads(line)["logger"] == "service.triage"
    assert "first\nsecond" in json.loads(line)["traceback"]


def messages(shown: io.StringIO) -> list[str]:
    return [json.loads(line)["message"] for line in shown.getvalue().splitlines()]


def test_a_bar_of_progress_is_passed_on_while_it_moves() -> None:
    shown = io.StringIO()
    stream = JsonStream(shown)
    for state in ("\r 1 %", "\r 2 %", "\r 3 %", "\r", "\ndone\r\n"):
        stream.write(state)
    assert messages(shown) == [" 1 %", " 2 %", " 3 %", "done"]


def test_text_without_an_end_is_passed_on_at_a_length() -> None:
    shown = io.StringIO()
    stream = JsonStream(shown)
    for _ in range(300):
        stream.write("a" * 1_000)
    assert [len(message) for message in messages(shown)] == [101_000, 101_000]
