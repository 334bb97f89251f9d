"""TypeScript, and TypeScript with JSX: two grammars, one set of queries."""

from tools.source.languages import javascript
from tools.source.languages.language import Language, ParameterShape


def _typescript() -> object:
    import tree_sitter_typescript

    return tree_sitter_typescript.language_typescript()


def _tsx() -> object:
    import tree_sitter_typescript

    return tree_sitter_typescript.language_tsx()


DEFINITIONS = (
    javascript.definitions(field="public_field_definition", class_name="type_identifier", typed=True)
    + """
(abstract_class_declaration name: (type_identifier) @name body: (_) @body) @class
(interface_declaration name: (type_identifier) @name body: (_) @body) @class
(enum_declaration name: (identifier) @name body: (_) @body) @class
(type_alias_declaration name: (type_identifier) @name) @class
(internal_module name: (_) @name body: (_) @body) @class
(function_signature name: (identifier) @name parameters: (_) @parameters return_type: (_)? @returns) @function
(abstract_method_signature name: (_) @name parameters: (_) @parameters return_type: (_)? @returns) @function
(method_signature name: (property_identifier) @name parameters: (_) @parameters return_type: (_)? @returns) @function
(interface_body (property_signature name: (property_identifier) @name type: (_)? @returns) @constant)
(public_field_definition name: [(property_identifier) (private_property_identifier)] @name
  type: (_)? @returns) @constant
(required_parameter (accessibility_modifier) pattern: (identifier) @name type: (_)? @returns) @constant
(enum_body name: (property_identifier) @name @constant)
(enum_assignment name: (property_identifier) @name) @constant
(class_body (decorator)+ @wrapper . (method_definition) @wrapped)
(export_statement decorator: (_) declaration: (_) @wrapped) @wrapper
"""
)

NAMES = (
    javascript.NAMES
    + """
(type_identifier) @identifier
"""
)

_PARAMETERS = {
    "required_parameter": ParameterShape(name="pattern", type="type", default="value"),
    "optional_parameter": ParameterShape(name="pattern", type="type", default="value", optional=True),
    "identifier": ParameterShape(),
}

TYPESCRIPT = Language(
    name="typescript",
    suffixes=(".ts", ".mts", ".cts"),
    grammar=_typescript,
    definitions=DEFINITIONS,
    calls=javascript.CALLS,
    names=NAMES,
    parameters=_PARAMETERS,
    hint=javascript.HINT,
    receivers=frozenset({"this"}),
)

TSX = Language(
    name="tsx",
    suffixes=(".tsx",),
    grammar=_tsx,
    definitions=DEFINITIONS,
    calls=javascript.CALLS,
    names=NAMES,
    parameters=_PARAMETERS,
    hint=javascript.HINT,
    receivers=frozenset({"this"}),
)
