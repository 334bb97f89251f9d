"""The agents' code tools: read-only looks at the deployed revision, answered as bounded text or refused with advice."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from incidents.errors import IncompleteRepository, ToolError
from incidents.evidence import Commit
from tools.git.blame import BlamedLine, window_blame
from tools.git.diff import commit_diff
from tools.git.repository import Repository
from tools.source.index import SourceIndex
from tools.source.listing import MAX_LINES, SHA_CHARACTERS, Passage, bounded, numbered, printable, unified
from tools.source.lookup import Found, Frames, Lookup, checked, place
from tools.source.scanning import occurrences
from tools.source.syntax import Symbol

_OTHERS: Final = 8
_CALLERS: Final = 60
_SHORTEST_SHA: Final = 7


class CodeTools:
    """What an agent may look at. Every method returns text of at most about 200 lines and 8 kB or raises ToolError.

    Names may be qualified (`Cart::total`, `shop.cart.total`); `path` narrows a name to one file. `frames` are the
    trace's (path, line) pairs, innermost first: what they run through is meant first, and shown first when a
    definition is too long to be shown whole.
    """

    def __init__(
        self, index: SourceIndex, repository: Repository, window: Sequence[Commit], frames: Frames = ()
    ) -> None:
        self._index = index
        self._repository = repository
        self._window = tuple(window)
        self._lookup = Lookup(index, repository, frames)

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
        return self._source(found) if _is_short(found.symbol) else self._members(found)

    def class_source_blame(self, class_name: str, path: str | None = None) -> str:
        """The same with the commits of the window that last touched each line, or each definition."""
        found = self._lookup.class_(class_name, path)
        return self._blame(found) if _is_short(found.symbol) else self._members(found, blame=True)

    def callers_in_file(self, path: str, name: str) -> str:
        """The lines of one file that call a function, and those that otherwise name it, with what they stand in."""
        self._lookup.source_path(path)
        sought_name = checked(name, "name").replace("::", ".").replace("->", ".").rsplit(".", 1)[-1].removesuffix("()")
        rows = list(self._uses(path, sought_name))
        if not rows:
            return f"nothing in {printable(path)} calls or names {printable(sought_name)}"
        return bounded(
            [f"uses of {printable(sought_name)} in {printable(path)}:", *rows[:_CALLERS]], "the file has more"
        )

    def commit_diff(self, sha: str, path: str | None = None) -> str:
        """What a commit of the window changed, as unified diff without context; only `path` when given."""
        commit = self.commit(sha)
        try:
            diff = commit_diff(self._repository, commit.sha, wanted=(path,) if path else None)
        except IncompleteRepository as error:
            raise ToolError(f"the diff of {commit.sha[:SHA_CHARACTERS]} cannot be read: {error}") from error
        paths = [name for file in diff.files for name in (file.old_path, file.new_path) if name]
        if path is not None and path not in paths:
            changed = ", ".join(map(printable, dict.fromkeys(paths[:20])))
            raise ToolError(f"{commit.sha[:SHA_CHARACTERS]} did not change {printable(path)}; it changed {changed}")
        return f"commit {commit.sha[:SHA_CHARACTERS]} {printable(commit.subject)}\n{unified(diff, path)}"

    def _source(self, found: Found) -> str:
        return "\n".join([*_heading(found), numbered(self._passage(found.symbol))])

    def _blame(self, found: Found) -> str:
        symbol = found.symbol
        blamed = self._blamed(symbol)
        marks = {line: blame.sha[:SHA_CHARACTERS] for line, blame in blamed.items()}
        return "\n".join([*_heading(found), numbered(self._passage(symbol, marks), marks), *self._legend(blamed)])

    def _blamed(self, symbol: Symbol) -> dict[int, BlamedLine]:
        lines = range(symbol.start, symbol.end + 1)
        try:
            return window_blame(self._repository, self._window, self._index.revision, symbol.path, lines)
        except IncompleteRepository as error:
            raise ToolError(f"who wrote {symbol.path} cannot be told: {error}; ask for the source without") from error

    def _legend(self, blamed: dict[int, BlamedLine]) -> list[str]:
        """The commits beside the lines, newest last, with their subjects."""
        seen = {blame.sha for blame in blamed.values()}
        if not seen:
            return ["No commit of the deploy touched these lines: they are older."]
        named = [commit for commit in self._window if commit.sha in seen]
        return [
            "Commits of the deploy beside the lines they last touched (blank: older):",
            *(f"  {commit.sha[:SHA_CHARACTERS]} {printable(commit.subject)}" for commit in named[-20:]),
        ]

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
            f"{member.start:>6}-{member.end} {printable(member.signature)}{_touched(member, blamed)}"
            for member in inside
        ]
        advice = "ask for one function of the class by name"
        head = f"{symbol.end - symbol.start + 1} lines, so only what it defines is shown; {advice}:"
        legend = self._legend(blamed) if blame else []
        return "\n".join([*_heading(found), head, bounded(rows, advice), *legend])

    def _passage(self, symbol: Symbol, telling: Collection[int] = ()) -> Passage:
        lines = (self._index.text(symbol.path) or "").split("\n")
        return Passage(lines, symbol.start, min(symbol.end, len(lines)), self._lookup.focus(symbol.path), telling)

    def _uses(self, path: str, name: str) -> Iterator[str]:
        parsed = self._index.parsed(path)
        if parsed is None:
            return
        lines = parsed.source.decode(errors="replace").split("\n")
        for line in sorted(
            {parsed.source.count(b"\n", 0, at) + 1 for at in occurrences(parsed.source, name.encode(errors="replace"))}
        ):
            called = any(call.name == name for call in parsed.calls(line, line))
            if called or any(used.text == name and used.kind != "key" for used in parsed.names(line, line)):
                within = _innermost(parsed.outline, line)
                where = f"  (in {printable(within.qualified_name)})" if within else ""
                yield f"{line:>6} {'calls' if called else 'names'} | {printable(lines[line - 1].strip())}{where}"

    def commit(self, sha: str) -> Commit:
        """The commit of the window whose id begins with `sha`."""
        wanted = checked(sha, "commit").lower()
        found = [commit for commit in self._window if commit.sha.startswith(wanted)]
        if len(wanted) < _SHORTEST_SHA or len(found) != 1:
            newest = ", ".join(commit.sha[:SHA_CHARACTERS] for commit in self._window[-20:])
            raise ToolError(f"{printable(sha)} is no commit of the deploy; its newest commits are {newest or 'none'}")
        return found[0]


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


def _is_short(symbol: Symbol) -> bool:
    return symbol.end - symbol.start < MAX_LINES


def _touched(member: Symbol, blamed: dict[int, BlamedLine]) -> str:
    shas = dict.fromkeys(
        blame.sha[:SHA_CHARACTERS] for line, blame in blamed.items() if member.start <= line <= member.end
    )
    return f"  [{' '.join(shas)}]" if shas else ""


def _innermost(symbols: Sequence[Symbol], line: int) -> Symbol | None:
    around = [symbol for symbol in symbols if symbol.start <= line <= symbol.end and symbol.kind != "constant"]
    return max(around, key=lambda symbol: symbol.start, default=None)
