"""How much work redaction does: bounded by the length of a text, whatever stands in it."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from cProfile import Profile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import tools.text
from tools.text.redaction import redact
from tools.text.rule import DENSE

parser, codes = importlib.import_module("re._parser"), importlib.import_module("re._constants")
MODULES = sorted(module.name for module in pkgutil.iter_modules(tools.text.__path__))
LONG = 300
"""Repeats up to this give back what they took, at most so many times for each place."""
CALLS_A_CHARACTER = 6
KEYS = (
    "password",
    "pass",
    "csrf",
    "api_key",
    "token",
    "key",
    "secret",
    "credential",
    "user",
    "first_name",
    "ssn",
    "tel",
    "sig",
    "code",
)
BETWEEN = ("=", ": ", "='", '":"', " ", "(a,'", "=%22", ' value="', ">")
VALUES = (
    "",
    "1",
    "x1y2",
    "a",
    "1234567",
    "93.184.216.34",
    "12345678Z",
    "DE89370400440532013000",
    "4111 1111 1111 1111",
)
ENDS = (",", ";", "\n", " ", "'", "")
OTHERS = (
    " -p x",
    "://a:b@c ",
    "cGFzc3dvcmQ9YWJj ",
    "+49 170 1234567,",
    "client 9.8.7.6 ",
    "2001:db8::1 ",
    "->login('a',",
    "a@b.cd ",
)
ROWS = st.builds(lambda *parts: "".join(parts), *map(st.sampled_from, (KEYS, BETWEEN, VALUES, ENDS))) | st.sampled_from(
    OTHERS
)


def calls_of(text: str) -> int:
    """What Python calls, functions written in C among them: the same on every machine."""
    calls = Profile()
    calls.runcall(redact, text)
    return sum(each.callcount for each in calls.getstats())


@settings(deadline=None, max_examples=5)
@given(st.lists(ROWS, min_size=1, max_size=3))
@example(["csrf=1,"])
@example(["password=[x1y2,z3]"])
@example(['token=["a" "b",'])
@example(['{password,<<"'])
@example([" -p x"])
@example(["12345678Z,"])
@example(["client 9.8.7.6 "])
@example(["cGFzc3dvcmQ9YWJj ", "cGFzc3dvcmQ9YWJk "])
def test_hostile_repeats_take_a_bounded_number_of_calls(rows: list[str]) -> None:
    row = "".join(rows)
    half = row * (50_000 // len(row))
    calls = calls_of(half * 2)
    assert calls <= max(2.2 * calls_of(half), 50_000)
    assert calls <= CALLS_A_CHARACTER * len(half * 2)


def test_what_is_too_much_to_judge_is_masked_with_its_line_and_other_lines_stay() -> None:
    secret = "".join(("Kdj38", "dkEE6"))
    frame = '  File "/srv/app/shop/cart.py", line 3, in total'
    flood = "csrf=1,\n" * 20_000
    text = f"{flood}the password is {secret}\n{frame}\npassword: >\n  {secret}\n{frame}"
    redacted = redact(text)
    assert secret not in redacted
    assert redacted.count(frame) == 2
    assert DENSE in redacted
    assert redact(redacted) == redacted


def patterns() -> dict[str, re.Pattern[str]]:
    """Where it stands -> every pattern that a module of `tools.text` holds."""
    found: dict[str, re.Pattern[str]] = {}
    for module in MODULES:
        for name, value in vars(importlib.import_module(f"tools.text.{module}")).items():
            found |= {f"{module}.{name} {each.pattern[:60]}": each for each in _inside(value)}
    return found


def _inside(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from _inside(each)
    elif isinstance(value, dict):
        yield from _inside(list(value.values()))


def _giving_back(parsed: Any) -> Iterator[int]:  # noqa: ANN401 (a parser's own tree)
    """How often what a pattern may repeat is repeated, where it gives back what it took when the rest fails."""
    for code, argument in parsed:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            yield argument[1]
        for part in argument if isinstance(argument, tuple) else [argument]:
            inner = part if isinstance(part, list) else [part]
            for each in inner:
                if isinstance(each, parser.SubPattern):
                    yield from _giving_back(each)


def test_no_pattern_gives_back_what_it_took_of_a_long_text() -> None:
    """`a+` before what may fail is tried again for each of its lengths: quadratic. `a++` is not."""
    found = patterns()
    assert len(found) > 150
    longest = {
        name: max(_giving_back(parser.parse(each.pattern, each.flags)), default=0) for name, each in found.items()
    }
    assert {name: most for name, most in longest.items() if most > LONG} == {}


@pytest.mark.parametrize("module", MODULES)
def test_every_pattern_stands_where_the_test_above_sees_it(module: str) -> None:
    tree = ast.parse((Path(tools.text.__path__[0]) / f"{module}.py").read_text(encoding="utf-8"))
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "re"}
    assert not used & {"search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
