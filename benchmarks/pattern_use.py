"""Whether a module only tries a pattern, or the patterns in a collection, at the beginning of a text.

Names that stand for the pattern are followed: loop variables, what is taken out of the collection, parameters of functions of the same module
that get it. A pattern that is given away (returned, stored, passed to somebody else) may be used in any way.
"""

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

ANCHORED = frozenset({"match", "fullmatch"})
_METHODS = ANCHORED | {"search", "finditer", "findall", "sub", "subn", "split", "scanner"}
_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


def is_anchored(name: str, source: str, plain: frozenset[str] = frozenset()) -> bool:
    """Whether the source only calls `name`, or what it holds, with `match` or `fullmatch`, and gives it to nobody.

    `plain` are the fields of its records that hold no pattern.
    """
    tree, functions = _parsed(source)
    used = _Uses(functions, plain)
    used.follow(tree, name)
    return bool(used.methods) and ANCHORED.issuperset(used.methods) and not used.given_away


@lru_cache(maxsize=1)  # the patterns of a module are asked about one after another
def _parsed(source: str) -> tuple[ast.Module, dict[str, _Function]]:
    tree = ast.parse(source)
    return tree, {each.name: each for each in ast.walk(tree) if isinstance(each, _Function)}


@lru_cache(maxsize=64)
def _read(scope: ast.AST) -> tuple[dict[ast.AST, ast.AST], dict[str, list[ast.Name]]]:
    """The node above each in the scope, and where a name is read."""
    above, reads = dict[ast.AST, ast.AST](), dict[str, list[ast.Name]]()
    for node in ast.walk(scope):
        above |= dict.fromkeys(ast.iter_child_nodes(node), node)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            reads.setdefault(node.id, []).append(node)
    return above, reads


class _Uses:
    """How a name is used: by which methods of a pattern, and whether it leaves the module."""

    def __init__(self, functions: dict[str, _Function], plain: frozenset[str]) -> None:
        self._functions = functions
        self._plain = plain
        self._seen: set[tuple[int, str]] = set()
        self.methods: set[str] = set()
        self.given_away = False

    def follow(self, scope: ast.AST, name: str) -> None:
        """Look at every use of `name` in `scope`."""
        if (id(scope), name) in self._seen:
            return
        self._seen.add((id(scope), name))
        above, reads = _read(scope)
        for node in reads.get(name, ()):
            self._use(node, above, scope)

    def _use(self, node: ast.AST, above: dict[ast.AST, ast.AST], scope: ast.AST) -> None:
        while (parent := above.get(node)) is not None and not isinstance(parent, ast.Return | ast.Yield | ast.keyword):
            if isinstance(parent, ast.Attribute) and parent.attr in _METHODS:
                self.methods.add(parent.attr)
                return
            if _is_looked_at(node, parent) or (isinstance(parent, ast.Attribute) and parent.attr in self._plain):
                return
            if isinstance(parent, ast.Call) and node in parent.args and self._passed(parent, parent.args.index(node)):
                return
            if targets := _targets(parent, node):
                for target in targets:
                    self.follow(_scope(parent, above) or scope, target)
                return
            node = parent
        self.given_away = True

    def _passed(self, call: ast.Call, position: int) -> bool:
        """Whether it becomes a parameter of a function of this module, which is then followed."""
        function = self._functions.get(call.func.id) if isinstance(call.func, ast.Name) else None
        if function is None or position >= len(function.args.args):
            return False
        self.follow(function, function.args.args[position].arg)
        return True


def _is_looked_at(node: ast.AST, parent: ast.AST) -> bool:
    """Whether it is only asked if there is one, or which one it is."""
    if isinstance(parent, ast.BoolOp):
        return isinstance(parent.op, ast.And) and node is not parent.values[-1]
    if isinstance(parent, ast.If | ast.IfExp | ast.While):
        return node is parent.test
    return isinstance(parent, ast.Compare) or (isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not))


def _targets(parent: ast.AST, value: ast.AST) -> list[str]:
    """The names that get the value."""
    if isinstance(parent, ast.For | ast.comprehension) and parent.iter is value:
        return list(_names(parent.target))
    if isinstance(parent, ast.Assign) and parent.value is value:
        return [name for target in parent.targets for name in _names(target)]
    if isinstance(parent, ast.NamedExpr | ast.AnnAssign) and parent.value is value:
        return list(_names(parent.target))
    return []


def _names(target: ast.AST) -> Iterator[str]:
    return (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def _scope(node: ast.AST, above: dict[ast.AST, ast.AST]) -> ast.AST | None:
    """The function around a node; None outside of any."""
    while node in above:
        node = above[node]
        if isinstance(node, _Function | ast.Lambda):
            return node
    return None
