"""The agents' code tools: read-only looks at the deployed revision, answered as bounded text or refused with advice."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from incidents.evidence import Commit
from tools.git.repository import Repository
from tools.source.blamed import blamed_lines, legend
from tools.source.deployed import Deployed
from tools.source.index import SourceIndex
from tools.source.listing import MAX_CHARACTERS, MAX_LINES, Passage, bounded, numbered, printable
from tools.source.lookup import Found, Frames, place
from tools.source.syntax import Symbol

_OTHERS: Final = 8


class CodeTools:
    """Definitions as deployed. Every method returns text of at most about 200 lines and `room` or raises ToolError.

    Names may be qualified (`Cart::total`, `shop.cart.total`); `path` narrows a name to one file. What the trace runs
    through is meant first, and shown first when a definition is too long to be shown whole.
    """

    def __init__(
        self,
        index: SourceIndex,
        repository: Repository,
        window: Sequence[Commit],
        frames: Frames = (),
        room: int = MAX_CHARACTERS,
        marks: Mapping[str, str] | None = None,
    ) -> None:
        self.deployed = Deployed(index, repository, tuple(window), frames, room, marks or {})
        self._index = index
        self._lookup = self.deployed.lookup

    def function_definition(self, name: str, path: str | None = None) -> str:
        """Place, signature, parameters and return type of a function or method."""
        found = self._lookup.function(name, path)
        return bounded([*_heading(found), *_facts(found.symbol)])

    def function_source(self, name: str, path: str | None = None) -> str:
        """Numbered source of a function or method."""
        return self._source(self._lookup.function(name, path))

    def function_source_blame(self, name: str, path: str | None = None) -> str:
        """Numbered source of a function or method with the commit of the window that last touched each line."""
        return self._blame(self._lookup.function(name, path))

    def class_function_definition(self, class_name: str, name: str, path: str | None = None) -> str:
        """Signature and numbered source of a method of one class."""
        found = self._lookup.method(class_name, name, path)
        return "\n".join([*_facts(found.symbol), self._source(found)])

    def class_function_definition_blame(self, class_name: str, name: str, path: str | None = None) -> str:
        """Numbered source of a method with the commit of the window that last touched each line."""
        return self._blame(self._lookup.method(class_name, name, path))

    def class_source(self, class_name: str, path: str | None = None) -> str:
        """Numbered source of a class; of one over 200 lines, its head and what it defines."""
        found = self._lookup.class_(class_name, path)
        return self._source(found) if self._is_short(found.symbol) else self._members(found)

    def class_source_blame(self, class_name: str, path: str | None = None) -> str:
        """The same with the commits of the window that last touched each line, or each definition."""
        found = self._lookup.class_(class_name, path)
        return self._blame(found) if self._is_short(found.symbol) else self._members(found, blame=True)

    def _source(self, found: Found) -> str:
        head = _heading(found)
        return "\n".join([*head, numbered(self._passage(found.symbol), room=self._room(head))])

    def _blame(self, found: Found) -> str:
        symbol = found.symbol
        blamed = self._blamed(symbol)
        marks = {line: self.deployed.mark(sha) for line, sha in blamed.items()}
        head, commits = _heading(found), legend(self.deployed, blamed.values())
        shown = numbered(self._passage(symbol, marks), marks, self._room(head, commits))
        return "\n".join([*head, shown, *commits])

    def _room(self, *around: Sequence[str]) -> int:
        return self.deployed.room - sum(len(row) + 1 for rows in around for row in rows)

    def _blamed(self, symbol: Symbol) -> dict[int, str]:
        return blamed_lines(self.deployed, symbol.path, range(symbol.start, symbol.end + 1))

    def _members(self, found: Found, *, blame: bool = False) -> str:
        """A class too long to show: what it defines, each with its lines and, if asked, the commits that touched it."""
        symbol = found.symbol
        blamed = self._blamed(symbol) if blame else {}
        inside = [
            member
            for member in sorted(self._index.outline(symbol.path), key=lambda member: member.kind == "constant")
            if member.class_name == symbol.name and symbol.start <= member.start <= member.end <= symbol.end
        ]
        rows = [
            f"{member.start:>6}-{member.end} {printable(member.signature)}{self._touched(member, blamed)}"
            for member in inside
        ]
        advice = "ask for one function of the class by name"
        head = f"{symbol.end - symbol.start + 1} lines, so only what it defines is shown; {advice}:"
        own = f"{symbol.start:>6} | {printable(symbol.signature)}"
        heading, commits = [*_heading(found), head, own], legend(self.deployed, blamed.values()) if blame else []
        return "\n".join([*heading, bounded(rows, advice, self._room(heading, commits)), *commits])

    def _touched(self, member: Symbol, blamed: dict[int, str]) -> str:
        shas = (sha for line, sha in blamed.items() if member.start <= line <= member.end)
        marks = dict.fromkeys(map(self.deployed.mark, shas))
        return f"  [{' '.join(marks)}]" if marks else ""

    def _is_short(self, symbol: Symbol) -> bool:
        lines = self._passage(symbol).lines[symbol.start - 1 : symbol.end]
        return len(lines) <= MAX_LINES and sum(len(line) for line in lines) <= self.deployed.room

    def _passage(self, symbol: Symbol, telling: Collection[int] = ()) -> Passage:
        lines = (self._index.text(symbol.path) or "").split("\n")
        return Passage(
            lines, symbol.start, min(symbol.end, len(lines)), self._lookup.focus(symbol.path), telling, symbol.path
        )


def _heading(found: Found) -> list[str]:
    symbol = found.symbol
    lines = f"lines {symbol.start}-{symbol.end}"
    rows = [f"{symbol.kind} {printable(symbol.qualified_name)} in {printable(symbol.path)}, {lines}"]
    if found.others:
        listed = "; ".join(place(other) for other in found.others[:_OTHERS])
        more = f"; and {len(found.others) - _OTHERS} more" if len(found.others) > _OTHERS else ""
        rows.append(f"(the likeliest of {len(found.others) + 1} of that name; the others: {listed}{more})")
    return rows


def _facts(symbol: Symbol) -> list[str]:
    most = "any number of" if symbol.arity_maximum is None else str(symbol.arity_maximum)
    returns = printable(symbol.returns) if symbol.returns else "what is not declared"
    return [
        f"signature: {printable(symbol.signature)}",
        f"takes {symbol.arity_minimum} to {most} arguments; returns {returns}",
    ]
