"""Reduce a test file to some of its tests and what they use.

Then a test runs at older commits even if its neighbours import names that did not exist yet, and it starts faster.
"""

import ast
from collections.abc import Collection

ALWAYS = {"pytestmark", "pytest_plugins", "setup_module", "setup_function", "teardown_module", "teardown_function"}
PLAIN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)


def sliced(source: str, functions: Collection[str]) -> str:
    """Return the file with these tests only (`test_a`, `TestB::test_c`); line numbers change."""
    module = ast.parse(source)
    module.body = [node for node in module.body if not _other_test(node, "", functions)]
    needed = ALWAYS | {name.partition("::")[0] for name in functions}
    used: set[ast.stmt] = set()
    while new := {node for node in module.body if node not in used and _wanted(node, needed)}:
        used |= new
        needed |= {name for node in new for name in _used(node)}
    module.body = [_narrowed(node, needed) for node in module.body if node in used]
    return ast.unparse(module) + "\n"


def _other_test(node: ast.stmt, prefix: str, functions: Collection[str]) -> bool:
    """Return whether the node is a test that was not requested; such tests are removed from classes."""
    if isinstance(node, ast.ClassDef):
        inner = f"{prefix}{node.name}::"
        node.body = [each for each in node.body if not _other_test(each, inner, functions)] or [ast.Pass()]
        return False
    return (
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test")
        and prefix + node.name not in functions
    )


def _wanted(node: ast.stmt, needed: set[str]) -> bool:
    """Return whether the node defines something needed, applies to every test, or uses something needed."""
    if isinstance(node, ast.FunctionDef) and any("autouse=True" in ast.unparse(each) for each in node.decorator_list):
        return True
    if isinstance(node, ast.ImportFrom) and (node.module == "__future__" or node.names[0].name == "*"):
        return True
    return bool(needed & (_defined(node) if isinstance(node, PLAIN) else _defined(node) | _used(node)))


def _defined(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    return {name for each in ast.walk(node) for name in _bound(each)}


def _bound(node: ast.AST) -> set[str]:
    if isinstance(node, ast.alias):
        return {node.asname or node.name.partition(".")[0]}
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    return {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else set()


def _used(node: ast.stmt) -> set[str]:
    """Return names, parameters (fixtures), and strings that may be either."""
    found = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            found.add(each.id)
        elif isinstance(each, ast.arg):
            found.add(each.arg)
        elif isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value.isidentifier():
            found.add(each.value)
    return found


def _narrowed(node: ast.stmt, needed: set[str]) -> ast.stmt:
    if isinstance(node, ast.Import | ast.ImportFrom):
        always = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        node.names = [each for each in node.names if always or each.name == "*" or _bound(each) & needed]
    return node
