"""From a parameter list to parameters, by the shapes a language tells."""

from collections.abc import Iterator

from tree_sitter import Node

from tools.source.languages import Language, ParameterShape
from tools.source.syntax import Parameter

MAX_PARAMETERS = 100
_NAME_TYPES = frozenset({"identifier", "name", "this"})
_CHARACTERS = 200


def parameters_of(language: Language, node: Node) -> tuple[Parameter, ...]:
    """The parameters of a list node, or of a node that is one parameter itself (`x => ...`)."""
    shape = language.parameters.get(node.type)
    if shape is not None:
        return tuple(_parameters(node, shape))
    found: list[Parameter] = []
    variadic = False
    for child in node.children[: 4 * MAX_PARAMETERS]:
        shape = language.parameters.get(child.type)
        if shape is not None:
            found.extend(_parameters(child, shape, variadic))
            variadic = False
        elif child.type == "=" and found:  # Kotlin writes the default beside the parameter
            found[-1] = Parameter(found[-1].name, True, found[-1].type, found[-1].variadic)
        elif child.type == "parameter_modifiers":
            variadic = "vararg" in _text(child).split()
    return tuple(found[:MAX_PARAMETERS])


def _parameters(node: Node, shape: ParameterShape, variadic: bool = False) -> Iterator[Parameter]:
    names = node.children_by_field_name(shape.name) if shape.name else []
    kind = node.child_by_field_name(shape.type) if shape.type else _type_beside_name(node)
    default = node.child_by_field_name(shape.default) if shape.default else None
    for name in names or [_first_name(node)]:
        spreads = variadic or shape.variadic or _is_splat(name) or _is_splat(_first_pattern(node))
        yield Parameter(
            name=_bare(name),
            optional=shape.optional or spreads or default is not None or _has_equals(node),
            type=_text(kind).removeprefix(":").strip() or None if kind is not None else None,
            variadic=spreads,
        )


def _first_pattern(node: Node) -> Node:
    """The splat a typed parameter wraps (`*args: int`), or the node itself."""
    first = node.named_child(0) if node.named_child_count else None
    return first if first is not None else node


def _first_name(node: Node) -> Node:
    """The node that names a parameter, a few levels down at most."""
    level = [node]
    for _ in range(3):
        for candidate in level:
            if candidate.type in _NAME_TYPES:
                return candidate
        level = [child for candidate in level for child in candidate.named_children[:8] if "type" not in child.type]
    return node


def _type_beside_name(node: Node) -> Node | None:
    """The type of a parameter whose grammar gives it no field (Kotlin)."""
    return next((child for child in node.named_children[:8] if child.type.endswith("_type")), None)


def _is_splat(node: Node) -> bool:
    return "splat" in node.type or node.type == "rest_pattern"


def _has_equals(node: Node) -> bool:
    return any(child.type == "=" for child in node.children[:12])


def _bare(node: Node) -> str:
    text = _text(node)
    return text if text.startswith(("{", "[", "(")) else text.lstrip("$&*.@")


def _text(node: Node) -> str:
    text = (node.text or b"")[: 4 * _CHARACTERS].decode("utf-8", errors="replace")
    return " ".join(text.split())[:_CHARACTERS]
