"""What a tool prints around what failed is no part of it."""

import pytest

from tools.traces import parse

EVENTS = """Events:
  Type     Reason     Age                   From               Message
  ----     ------     ----                  ----               -------
  Normal   Scheduled  2m                    default-scheduler  Successfully assigned prod/shop-5d to node-1
  Warning  Unhealthy  90s (x3 over 2m)      kubelet            Readiness probe failed: HTTP probe failed with statuscode: 500
  Warning  BackOff    30s (x6 over 2m)      kubelet            Back-off restarting failed container shop
  Normal   Pulled     2m                    kubelet            Container image "shop:1.5" already present on machine
"""
SPRING = """***************************
APPLICATION FAILED TO START
***************************

Description:

Web server failed to start. Port 8080 was already in use.

Action:

Identify and stop the process that's listening on port 8080.
"""
BUILD = """# github.com/acme/shop/internal/cart [github.com/acme/shop/internal/cart.test]
internal/cart/cart.go:12:9: undefined: strings.Cut
internal/cart/cart.go:14:2: undefined: Price
"""
CASES = {
    EVENTS: "BackOff: Back-off restarting failed container shop",
    SPRING: "Web server failed to start. Port 8080 was already in use.",
    BUILD: "undefined: strings.Cut",
}


@pytest.mark.parametrize(("text", "said"), CASES.items())
def test_the_form_around_the_words_is_left_out(text: str, said: str) -> None:
    assert parse(text).message == said


def test_the_places_of_a_build_are_frames() -> None:
    assert [(frame.path, frame.line) for frame in parse(BUILD).frames] == [
        ("internal/cart/cart.go", 12),
        ("internal/cart/cart.go", 14),
    ]


def test_a_table_without_a_warning_and_a_heading_alone_stay_as_they_are() -> None:
    quiet = "\n".join(line for line in EVENTS.splitlines() if "Warning" not in line)
    assert "Successfully assigned" in parse(quiet).message
    assert parse("# notes\nthe shop failed to start\n").message.endswith("the shop failed to start")


@pytest.mark.parametrize(
    "text",
    [
        "TypeError: x is not a function at CartService.sum (cart.service.ts:42:7)",
        "it breaks: `TypeError: x is not a function` at `CartService.sum (cart.service.ts:42)`",
        "TypeError: x is not a function at async CartService.sum (cart.service.ts:42:7)",
    ],
)
def test_a_row_in_a_sentence_keeps_its_function_and_class(text: str) -> None:
    trace = parse(text)
    assert trace.message == "x is not a function"
    assert [(frame.path, frame.line, frame.class_name, frame.function) for frame in trace.frames] == [
        ("cart.service.ts", 42, "CartService", "sum")
    ]


def test_a_place_that_a_tracker_shows_keeps_its_class() -> None:
    (frame,) = parse("KeyError: 'total'\nshop/cart.py in Cart.total at line 12 (In App)\n").frames
    assert (frame.path, frame.line, frame.class_name, frame.function) == ("shop/cart.py", 12, "Cart", "total")
