"""What a message only quotes as a value, or mentions: neither its type nor its place."""

import pytest

from tools.traces import parse


@pytest.mark.parametrize("before", ["", "2026-01-15T09:41:02Z ERROR "])
@pytest.mark.parametrize(
    "message",
    [
        "order refused: rate missing for user `TypeError: x is not a function`",
        'order refused: rate missing for the customer "KeyError: x"',
        "order refused: rate missing, comment: see web/checkout.ts:2",
    ],
)
def test_a_value_is_neither_type_nor_place(before: str, message: str) -> None:
    trace = parse(f"{before}{message}\n")
    failure = trace.failures[-1]
    assert (trace.language, failure.type, failure.message, failure.frames) == (None, None, message, ())


@pytest.mark.parametrize(
    ("text", "kind", "paths"),
    [
        ("It fails with `TypeError: x is not a function`", "TypeError", []),
        ("order refused: rate missing (web/checkout.ts:2)", None, ["web/checkout.ts"]),
        ("order refused: rate missing at web/checkout.ts:2", None, ["web/checkout.ts"]),
        ("KeyError: 'rate' for customer x at web/checkout.ts:2", "KeyError", ["web/checkout.ts"]),
    ],
)
def test_what_is_told_of_the_error_itself_counts(text: str, kind: str | None, paths: list[str]) -> None:
    failure = parse(text + "\n").failures[-1]
    assert (failure.type, [frame.path for frame in failure.frames]) == (kind, paths)
