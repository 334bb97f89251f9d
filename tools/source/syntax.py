"""The nouns of source code. Lines are 1-based and end with a line feed, as git counts them."""

from dataclasses import dataclass
from typing import Literal

SymbolKind = Literal["function", "method", "class", "constant"]
NameKind = Literal["identifier", "attribute", "constant", "key"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as declared, without the receiver (`self`). `optional` also holds for variadic ones."""

    name: str
    optional: bool = False
    type: str | None = None
    variadic: bool = False


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition: function, method, class (also trait, interface, enum, type) or constant (also property, field).

    `start`..`end` spans the whole definition with its decorators. `class_name` is the class it stands directly in,
    `scope` the names of all definitions around it, outermost first. `signature` is the head as written, on one
    line. `returns` is the declared type: what a function returns, what a constant or property holds.
    """

    name: str
    kind: SymbolKind
    class_name: str | None
    path: str
    start: int
    end: int
    signature: str
    parameters: tuple[Parameter, ...] = ()
    returns: str | None = None
    scope: tuple[str, ...] = ()

    @property
    def arity_minimum(self) -> int:
        """How many arguments a call must pass."""
        return sum(not parameter.optional for parameter in self.parameters)

    @property
    def arity_maximum(self) -> int | None:
        """How many arguments a call may pass; None when any number."""
        return None if any(parameter.variadic for parameter in self.parameters) else len(self.parameters)

    @property
    def qualified_name(self) -> str:
        """The name with what it stands in, dotted."""
        return ".".join((*self.scope, self.name))


@dataclass(frozen=True, slots=True)
class Call:
    """A call or construction, by the name that is called."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Name:
    """A use of a name: identifier, attribute or property, constant, or key (string literal, keyword argument)."""

    text: str
    kind: NameKind
    line: int
