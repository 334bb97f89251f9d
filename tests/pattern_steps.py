"""How many steps a backtracking matcher takes for a regular expression on a text: the same number on every machine.

The module `re` does not tell its own. This walks the same parsed pattern in the same order (greedy first, alternatives from left to right)
without its shortcuts, so that what grows here as the square of a text's length grows there too.
`spans` are the matches, to compare with those of `re`.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from sys import getrecursionlimit, setrecursionlimit
from typing import Any

op: Any = import_module("re._constants")
parser: Any = import_module("re._parser")
compiler: Any = import_module("re._compiler")

Goes = Callable[[int], bool]
Node = Callable[[int, Goes], bool]

_ONE = frozenset({op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN})
_REPEATS = frozenset({op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT})


class Matcher:
    """One pattern on one text."""

    def __init__(self, pattern: "re.Pattern[str]", text: str) -> None:
        self.steps = 0
        self.text = text
        self._groups: dict[int, tuple[int, int]] = {}
        self._tree = parser.parse(pattern.pattern, pattern.flags)
        self._flags = pattern.flags
        self._start = self._sequence(self._tree)
        self.spans = list(self._all())

    def _all(self) -> Iterator[tuple[int, int]]:
        """As `finditer` goes on: behind a match, or one character further."""
        at, end = 0, [0]

        def stop(place: int) -> bool:
            end[0] = place
            return True

        with _deep(20 * len(self.text) + 1_000):
            while at <= len(self.text):
                self._groups.clear()
                if not self._start(at, stop):
                    at += 1
                    continue
                yield at, end[0]
                at = end[0] if end[0] > at else at + 1

    def _sequence(self, items: Any) -> Node:  # noqa: ANN401 (the parser's own classes)
        nodes = [self._node(*item) for item in items]

        def run(at: int, goes: Goes, first: int = 0) -> bool:
            if first == len(nodes):
                return goes(at)
            return nodes[first](at, lambda place: run(place, goes, first + 1))

        return run

    def _node(self, code: Any, value: Any) -> Node:  # noqa: ANN401 (one case each kind)
        if code in _ONE:
            return self._one(code, value)
        if code in _REPEATS:
            return self._repeat(code, *value)
        if code is op.BRANCH:
            choices = [self._sequence(each) for each in value[1]]
            return lambda at, goes: any(each(at, goes) for each in choices)
        if code is op.SUBPATTERN:
            return self._group(value[0], self._sequence(value[3]))
        if code is op.ATOMIC_GROUP:
            return self._atomic(self._sequence(value))
        if code in (op.ASSERT, op.ASSERT_NOT):
            return self._assertion(code, *value)
        if code is op.GROUPREF:
            return self._again(value)
        if code is op.GROUPREF_EXISTS:
            yes, no = self._sequence(value[1]), self._sequence(value[2] or [])
            return lambda at, goes: (yes if value[0] in self._groups else no)(at, goes)
        return self._position(code, value)

    def _compiled(self, code: Any, value: Any) -> "re.Pattern[str]":  # noqa: ANN401
        lone = parser.SubPattern(self._tree.state, [(code, value)])
        return compiler.compile(lone, self._flags)  # type: ignore[no-any-return]

    def _one(self, code: Any, value: Any) -> Node:  # noqa: ANN401
        accepts = self._accepts(code, value)

        def run(at: int, goes: Goes) -> bool:
            self.steps += 1
            return at < len(self.text) and accepts(self.text[at]) and goes(at + 1)

        return run

    def _accepts(self, code: Any, value: Any) -> Callable[[str], bool]:  # noqa: ANN401
        pattern, known = self._compiled(code, value), dict[str, bool]()

        def accepts(letter: str) -> bool:
            if letter not in known:
                known[letter] = pattern.match(letter) is not None
            return known[letter]

        return accepts

    def _position(self, code: Any, value: Any) -> Node:  # noqa: ANN401
        pattern = self._compiled(code, value)

        def run(at: int, goes: Goes) -> bool:
            self.steps += 1
            return pattern.match(self.text, at) is not None and goes(at)

        return run

    def _group(self, number: int | None, inner: Node) -> Node:
        def run(at: int, goes: Goes) -> bool:
            def behind(place: int) -> bool:
                before = self._groups.get(number) if number is not None else None
                if number is not None:
                    self._groups[number] = (at, place)
                if goes(place):
                    return True
                if number is not None:
                    self._groups.pop(number)
                    self._groups.update({number: before} if before else {})
                return False

            return inner(at, behind)

        return run

    def _atomic(self, inner: Node) -> Node:
        def run(at: int, goes: Goes) -> bool:
            end = self._end_of(inner, at)
            return end is not None and goes(end)

        return run

    def _end_of(self, inner: Node, at: int) -> int | None:
        ends: list[int] = []

        def stop(place: int) -> bool:
            ends.append(place)
            return True

        return ends[0] if inner(at, stop) else None

    def _assertion(self, code: Any, direction: int, items: Any) -> Node:  # noqa: ANN401
        inner, width = self._sequence(items), items.getwidth()[0]

        def run(at: int, goes: Goes) -> bool:
            self.steps += 1
            begun = at if direction >= 0 else at - width
            held = begun >= 0 and self._end_of(inner, begun) is not None
            return held is (code is op.ASSERT) and goes(at)

        return run

    def _again(self, number: int) -> Node:
        def run(at: int, goes: Goes) -> bool:
            self.steps += 1
            if number not in self._groups:
                return False
            said = self.text[slice(*self._groups[number])]
            return self.text.startswith(said, at) and goes(at + len(said))

        return run

    def _repeat(self, code: Any, least: int, most: Any, items: Any) -> Node:  # noqa: ANN401
        most = len(self.text) + 1 if most is op.MAXREPEAT else int(most)
        if len(items) == 1 and items[0][0] in _ONE:
            return self._run_of(code, least, most, self._accepts(*items[0]))
        inner = self._sequence(items)
        if code is op.POSSESSIVE_REPEAT:
            return self._possessive(inner, least, most)

        def run(at: int, goes: Goes, done: int = 0) -> bool:
            def again(place: int) -> bool:
                return (place > at or done < least) and run(place, goes, done + 1)

            if code is op.MIN_REPEAT:
                return (done >= least and goes(at)) or (done < most and inner(at, again))
            return (done < most and inner(at, again)) or (done >= least and goes(at))

        return run

    def _run_of(self, code: Any, least: int, most: int, accepts: Callable[[str], bool]) -> Node:  # noqa: ANN401
        def run(at: int, goes: Goes) -> bool:
            end = at
            while end < len(self.text) and end - at < most and accepts(self.text[end]):
                end += 1
                self.steps += 1
            if end - at < least:
                return False
            if code is op.POSSESSIVE_REPEAT:
                return goes(end)
            places = range(at + least, end + 1)
            return any(map(goes, places if code is op.MIN_REPEAT else reversed(places)))

        return run

    def _possessive(self, inner: Node, least: int, most: int) -> Node:
        def run(at: int, goes: Goes) -> bool:
            done, place = 0, at
            while done < most and (end := self._end_of(inner, place)) is not None:
                done += 1
                if end == place:
                    break
                place = end
            return done >= least and goes(place)

        return run


@contextmanager
def _deep(most: int) -> Iterator[None]:
    before = getrecursionlimit()
    setrecursionlimit(max(before, most))
    try:
        yield
    finally:
        setrecursionlimit(before)


def steps_a_character(pattern: "re.Pattern[str]", text: str) -> float:
    """Steps that searching the whole text for every match takes, for each character of it."""
    return Matcher(pattern, text).steps / max(1, len(text))
