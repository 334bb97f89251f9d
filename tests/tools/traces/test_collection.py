"""Log texts of many kinds with the right answer written by hand. `python -m benchmarks.reading` prints the table."""

import re
from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.tools.traces.pieces import FOLDER, Piece, grade, pieces, read_as
from tools.traces import parse


@pytest.mark.parametrize("piece", pieces(), ids=lambda piece: piece.label)
def test_a_log_text_says_what_a_person_reads_in_it(piece: Piece) -> None:
    trace = parse(piece.text)
    assert (trace.language, read_as(trace)) == (piece.language, piece.failures)


def test_a_piece_is_only_wholly_right_when_everything_is() -> None:
    piece = next(piece for piece in pieces() if piece.failures and piece.failures[0][2])
    trace = parse(piece.text)
    assert grade(piece, trace) == "wholly right"
    assert grade(piece, trace.model_copy(update={"language": "cobol"})) == "wrong"
    without_message = [failure.model_copy(update={"message": "other"}) for failure in trace.failures]
    assert grade(piece, trace.model_copy(update={"failures": tuple(without_message)})) == "partly"


HOME = re.compile(r"(?:/home/|/Users/|Users\\+)(\w{4,})")
NOBODY = frozenset({"Admin", "AuthenticateByName", "Login", "anna", "Anna", "anabel", "annie", "chat", "components", "data", "flow", "gran",
    "home", "ment", "mine", "queue", "radio", "runner", "rustbuild", "shared", "shop", "site", "tracker", "ubuntu", "user", "vcap"})  # fmt: skip
ADDRESS = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")


def is_public(text: str) -> bool:
    """Whether it is an address that may be somebody's; a version such as 6.0.3.6 has small numbers only."""
    address = ip_address(text)
    return address.is_global and max(address.packed) > 63


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_collection_names_no_person_and_no_public_address(path: Path) -> None:
    text = path.read_text("utf-8")
    assert set(HOME.findall(text)) <= NOBODY
    assert not [
        address for address in ADDRESS.findall(text) if max(map(int, address.split("."))) < 256 and is_public(address)
    ]
