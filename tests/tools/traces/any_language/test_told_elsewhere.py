"""Rows that say nothing of their error are those of the error that the text tells further above."""

import pytest

from tools.traces import parse

ROWS = "3:  app/cart.rb -> **total**\n9:  app/api.rb -> **checkout**\n"
GO = "github.com/acme/shop.(*Cart).Total\n        /src/shop/cart.go:31\ngithub.com/acme/shop.Run\n        /src/shop/run.go:9\n"


@pytest.mark.parametrize(
    "above",
    [
        "# KeyError: key not found: :price #\n## Summary ##\n### Where ###\ncarts#show\n\n## Backtrace ##\n~~~\n",
        "[Shop/production] KeyError: key not found: :price\n\n## Backtrace\n\n",
        "**Error type:** `KeyError`\n**Error message:** `key not found: :price`\n**Where:** `carts#show`\n\n**Backtrace:**\n```\n",
        "KeyError: key not found: :price\n\nThe whole of it is below, I cut it at our own code.\n\n```\n",
    ],
)
def test_a_heading_a_title_or_labels_tell_the_error_of_the_rows(above: str) -> None:
    trace = parse(above + ROWS)
    failure = trace.failures[0]
    assert (trace.language, failure.type, failure.message) == ("ruby", "KeyError", "key not found: :price")
    assert [frame.line for frame in failure.frames] == [3, 9]


def test_the_error_of_a_record_in_another_fence_is_that_of_the_stack_alone() -> None:
    record = (
        '2026-01-15T09:41:02Z\tERROR\tcontroller\tReconciler error\t{"name": "cart", "error": "no price for \\"EUR\\""}'
    )
    trace = parse(f"Example:\n\n```\n{record}\n```\n\nIts stack is useless most of the time:\n\n```\n{GO}```\n")
    assert (trace.failures[0].type, trace.failures[0].message) == (None, 'no price for "EUR"')


def test_what_stands_above_another_trace_is_not_told_of_the_rows_below_it() -> None:
    other = 'Traceback (most recent call last):\n  File "/srv/mail.py", line 3, in send\n    raise KeyError("to")\nKeyError: \'to\'\n'
    failures = parse(f"{other}\n{GO}").failures
    assert [failure.type for failure in failures] == ["KeyError"]


def test_a_place_with_rows_of_an_unknown_form_below_it_is_one_trace() -> None:
    head = 'Uncaught PHP Exception Shop\\PriceException: "no price" at /srv/src/Cart.php line 68\nHide trace\n{▼\n'
    trace = parse(head + "  /srv/src/Cart.php:68 {▶}\n  /srv/src/Api.php:46 {▶}\n  /srv/public/index.php:9 {▶}\n")
    assert [(frame.path, frame.line) for frame in trace.failures[0].frames] == [
        ("/srv/src/Cart.php", 68),
        ("/srv/src/Api.php", 46),
        ("/srv/public/index.php", 9),
    ]
