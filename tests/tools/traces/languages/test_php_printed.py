"""What PHP prints of any error is read back."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from incidents.trace import Frame
from tests.tools.traces.drawn import LOWER, UPPER, joined, path, several, some, word
from tools.traces import parse

WORD = word(LOWER, LOWER + "_", 0, 9)
NAME = word(UPPER, LOWER, 1, 8)
CLASS = joined(NAME, several(joined("\\", NAME), 0, 2))
LINE = st.integers(min_value=1, max_value=99_999)
FRAME = st.builds(Frame, path=path(".php"), line=LINE, function=WORD, class_name=CLASS)


@given(
    st.lists(FRAME, min_size=1, max_size=12, unique=True),
    CLASS,
    joined(some(LOWER + " ", 1, 40), st.sampled_from(LOWER)),
)
def test_what_php_prints_is_read_back(frames: list[Frame], kind: str, message: str) -> None:
    calls = [
        f"#{at} {outer.path}({outer.line}): {inner.class_name}->{inner.function}('x', Array)"
        for at, (inner, outer) in enumerate(itertools.pairwise(frames))
    ]
    text = "\n".join(
        [
            f"PHP Fatal error:  Uncaught {kind}Exception: {message} in {frames[0].path}:{frames[0].line}",
            "Stack trace:",
            *calls,
            f"#{len(calls)} {{main}}",
            f"  thrown in {frames[0].path} on line {frames[0].line}",
        ]
    )
    outermost = Frame(path=frames[-1].path, line=frames[-1].line)
    (failure,) = parse(text).failures
    assert (failure.type, failure.message) == (f"{kind}Exception", message.strip())
    assert failure.frames == (*frames[:-1], outermost)
