"""Log texts of many kinds with the right answer written by hand. `python -m benchmarks.reading` prints the table."""

import pytest

from tests.tools.traces.pieces import Piece, grade, pieces, read_as
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
