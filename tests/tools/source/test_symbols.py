"""What a stretch of lines uses, and that no text at all breaks the reading."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.source import parsed as files
from tools.source.definitions import innermost
from tools.source.grammar import parse_tree
from tools.source.languages import LANGUAGES, Language
from tools.source.parsed import ParseCache, parse
from tools.source.syntax import Call, Name, Symbol

PYTHON = """def outer(a, /, b: int, *args: int, c=1, d: str = "q", **kw) -> list[int]:
    # a comment before the body
    def inner():
        return cart.line("sku").add(1, *args, unit=LIMIT)
    self.total = rates["eu.vat"]
    return inner()
"""


def outline(path: str, text: str) -> tuple[Symbol, ...]:
    return parsed.outline if (parsed := parse(path, text)) else ()


def calls(path: str, text: str, start: int, end: int) -> tuple[Call, ...]:
    return parsed.calls(start, end) if (parsed := parse(path, text)) else ()


def names_used(path: str, text: str, start: int, end: int) -> tuple[Name, ...]:
    return parsed.names(start, end) if (parsed := parse(path, text)) else ()


def only(symbols: tuple[Symbol, ...], name: str) -> Symbol:
    (found,) = [symbol for symbol in symbols if symbol.name == name]
    return found


def test_parameters_carry_defaults_types_and_whether_they_take_any_number() -> None:
    outer = only(outline("a.py", PYTHON), "outer")
    assert [(p.name, p.optional, p.type, p.variadic) for p in outer.parameters] == [
        ("a", False, None, False),
        ("b", False, "int", False),
        ("args", True, "int", True),
        ("c", True, None, False),
        ("d", True, "str", False),
        ("kw", True, None, True),
    ]
    assert (outer.arity_minimum, outer.arity_maximum) == (2, None)
    assert outer.returns == "list[int]"
    assert outer.signature == 'def outer(a, /, b: int, *args: int, c=1, d: str = "q", **kw) -> list[int]'


@pytest.mark.parametrize(
    ("path", "text", "arity"),
    [
        ("a.py", "class A:\n    def f(self, x, y=1): pass\n", (1, 2)),
        ("a.php", "<?php class A { function f(int $x, $y = 1, ...$z) {} }", (1, None)),
        ("a.js", "const f = (x, {y} = {}, ...z) => x", (1, None)),
        ("a.js", "const f = x => x", (1, 1)),
        ("a.ts", "class A { f(this: A, x: number, y?: string, z = 1) {} }", (1, 3)),
        ("A.java", "class A { void f(int x, String... y) {} }", (1, None)),
        ("a.kt", "fun f(x: Int, y: Int = 1): Int = x\n", (1, 2)),
        ("a.kt", "fun f(x: Int, vararg y: Int): Int = x\n", (1, None)),
        ("a.go", "package a\nfunc f(x, y int, z ...string) {}\n", (2, None)),
        ("a.rb", "def f(x, y = 1, k:, j: 2)\nend\n", (2, 4)),
    ],
)
def test_arity_counts_what_a_call_must_and_may_pass(path: str, text: str, arity: tuple[int, int | None]) -> None:
    f = only(outline(path, text), "f")
    assert (f.arity_minimum, f.arity_maximum) == arity


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.php", "<?php class A { private ?Tax $tax; }", "?Tax"),
        ("A.java", "class A { private Tax tax; }", "Tax"),
        ("a.ts", "class A { private tax: Tax; }", "Tax"),
        ("a.kt", "class A(val tax: Tax?)\n", "Tax?"),
        ("a.py", "class A:\n    tax: Tax | None = None\n", "Tax | None"),
        ("a.go", "package a\ntype A struct {\n\ttax *Tax\n}\n", "*Tax"),
    ],
)
def test_a_property_tells_the_type_it_holds(path: str, text: str, expected: str) -> None:
    assert only(outline(path, text), "tax").returns == expected


def test_the_innermost_function_encloses_a_line() -> None:
    symbols = outline("a.py", PYTHON)
    assert [symbol.name if (symbol := innermost(symbols, line)) else None for line in (1, 4, 5, 9)] == [
        "outer",
        "inner",
        "outer",
        None,
    ]


def test_calls_are_named_in_the_order_of_the_text() -> None:
    assert calls("a.py", PYTHON, 4, 4) == (Call("line", 4), Call("add", 4))


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("a.php", "<?php $x?->pay($a, ...$b);", "pay"),
        ("a.php", "<?php Cart::make(1);", "make"),
        ("a.php", "<?php new \\Shop\\Cart(1, 2);", "Cart"),
        ("a.js", "a.b?.pay(1)", "pay"),
        ("a.ts", "new Cart<T>(1)", "Cart"),
        ("A.java", "class A { int x = a.get(1).put(2, 3); }", "put"),
        ("A.java", "class A { A x = new Cart<>(1); }", "Cart"),
        ("a.kt", "fun f() {\n    cart.each(1) { it }\n}\n", "each"),
        ("a.go", "package a\nfunc f() { fmt.Println(1, x...) }\n", "Println"),
        ("a.rb", "cart&.pay(1, *rest)\n", "pay"),
    ],
)
def test_calls_are_seen_in_every_language(path: str, text: str, name: str) -> None:
    assert [call.name for call in calls(path, text, 1, 9)].count(name) == 1


def test_names_are_sorted_into_identifiers_attributes_constants_and_keys() -> None:
    used = {(name.text, name.kind) for name in names_used("a.py", PYTHON, 4, 5)}
    assert used >= {
        ("cart", "identifier"),
        ("add", "attribute"),
        ("LIMIT", "constant"),
        ("unit", "key"),
        ("sku", "key"),
        ("total", "attribute"),
        ("eu.vat", "key"),
    }
    assert {name.line for name in names_used("a.py", PYTHON, 4, 5)} == {4, 5}


def test_a_syntax_error_hides_only_what_it_breaks() -> None:
    text = "def good():\n    return 1\n\ndef broken():\n    x = = 1\n\ndef fine():\n    pass\n"
    assert {"good", "fine"} <= {symbol.name for symbol in outline("a.py", text)}


def test_what_no_grammar_reads_or_is_over_a_megabyte_yields_nothing() -> None:
    assert outline("notes.txt", "def f(): pass") == ()
    assert outline("a.py", "x = 1\n" * 200_000) == ()
    assert not calls("notes.txt", "f()", 1, 1)
    assert not names_used("notes.txt", "f", 1, 1)


@pytest.mark.parametrize("unit", ["(", "a(b[{", "a.b", "f(x=>{", "class A{void f(){"])
@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_deep_nesting_neither_overflows_nor_hangs(language: Language, unit: str) -> None:
    suffix = language.suffixes[0]
    text = ("<?php " if suffix == ".php" else "") + unit * (20_000 // len(unit))
    began = time.process_time()
    outline(f"a{suffix}", text)
    calls(f"a{suffix}", text, 1, 10)
    names_used(f"a{suffix}", text, 1, 10)
    assert time.process_time() - began < 10


def test_what_cannot_be_asked_is_parsed_once_and_not_at_each_question(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bytes] = []

    def counted(language: Language, source: bytes) -> object:
        tried.append(source)
        return parse_tree(language, source)

    monkeypatch.setattr(files, "parse_tree", counted)
    text = "<?php " + "f(x=>{" * 3_001
    assert (outline("a.php", text), calls("a.php", text, 1, 10), names_used("a.php", text, 1, 10)) == ((), (), ())
    assert len(tried) == 1


OPENERS = ["class A", "def f", "function f", "func f", "fun f", "<?php ", "?>", "do |x|", "<<A\n", "end\n", "return "]
FRAGMENTS = st.sampled_from(
    [*OPENERS, *"{}()[]:=x.,'\"`#@$<> \n\0é", "=>", "->", "::", "//", "/*", "*/", "...", "\r\n"]
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LANGUAGES), st.one_of(st.text(max_size=400), st.lists(FRAGMENTS, max_size=60).map("".join)))
def test_no_text_breaks_any_language(language: Language, text: str) -> None:
    suffix = language.suffixes[0]
    path = f"a{suffix}"
    last = text.count("\n") + 1
    for symbol in outline(path, text):
        assert 1 <= symbol.start <= symbol.end <= last
        assert symbol.path == path
        assert len(symbol.signature) <= 300
    lines = [call.line for call in calls(path, text, 1, last)]
    lines += [name.line for name in names_used(path, text, 1, last)]
    assert all(1 <= line <= last for line in lines)


def test_lone_surrogates_are_read_like_any_other_text() -> None:
    assert [symbol.name for symbol in outline("a.py", "x = '\ud800'\n")] == ["x"]


def test_a_file_is_parsed_once_whoever_asks() -> None:
    assert parse("a.py", PYTHON) is parse("a.py", PYTHON.encode())
    parsed = parse("a.py", PYTHON)
    assert parsed is not None
    assert parsed.outline is parsed.outline


def test_the_cache_forgets_what_was_used_longest_ago_when_it_is_full() -> None:
    cache = ParseCache(limit=4_000)
    first = cache.parse("a.py", b"x = 1\n" * 10)
    for number in range(40):
        cache.parse("a.py", b"y = %d\n" % number * 10)
    assert cache.parse("a.py", b"x = 1\n" * 10) is not first


def test_a_file_larger_than_all_the_room_is_cached_alone() -> None:
    cache = ParseCache(limit=100)
    large = b"x = 1\n" * 100
    assert cache.parse("a.py", large) is cache.parse("a.py", large)
