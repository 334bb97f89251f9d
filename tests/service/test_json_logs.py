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
        sys.stderr.write("and ended with password=x7Gh2kPq9\n{no object\n[1]\n")
    lines = [json.loads(line) for line in shown.getvalue().splitlines()]
    assert [line["message"] for line in lines] == [
        "(raylet) Task failed",
        "one line",
        "an incident",
        "begun and ended with password=<redacted:password>",
        "{no object",
        "[1]",
    ]
    assert lines[2] == json.loads(ours)
    assert sys.stderr is shown


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
