"""What one programming language must tell about itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ParameterShape:
    """How a grammar writes one kind of parameter: the fields that hold its parts.

    `name` None means the node is the name, or holds it as its first identifier. `optional` and `variadic` hold
    for every parameter of this kind; a parameter is optional too when its `default` field is there.
    """

    name: str | None = None
    type: str | None = None
    default: str | None = None
    optional: bool = False
    variadic: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """A grammar and the tree-sitter queries that name its parts. Adding a language is adding one such value.

    `grammar` returns tree-sitter's capsule; it imports the grammar only when called, so that start-up stays fast.
    Captures the queries may use:

    - definitions: `@function`, `@class` or `@constant` (the whole node) with `@name` and, where it has them,
      `@parameters`, `@returns`, `@body` and `@owner` (the class, when it is not the enclosing one, as in Go).
      `@wrapper` with `@wrapped` widens a definition by what stands around it (decorators).
      One thing matched twice counts once: class before function before constant, with an owner before without.
    - calls: `@name`.
    - names: `@identifier`, `@attribute`, `@constant`, `@key`.

    `hint` is a regular expression over one line of code in which the sought name is replaced by NUL. It must hold
    for every line that may define the name and may hold for others: files are parsed only where it holds.
    """

    name: str
    suffixes: tuple[str, ...]
    grammar: Callable[[], object]
    definitions: str
    calls: str
    names: str
    parameters: Mapping[str, ParameterShape]
    hint: bytes
    receivers: frozenset[str] = field(default=frozenset())
