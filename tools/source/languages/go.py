"""Go. A method belongs to the type of its receiver; struct fields and interface methods to their type."""

from tools.source.languages.language import Language, ParameterShape


def _grammar() -> object:
    import tree_sitter_go

    return tree_sitter_go.language()


_RECEIVERS = (
    "(type_identifier) @owner",
    "(pointer_type (type_identifier) @owner)",
    "(generic_type type: (type_identifier) @owner)",
    "(pointer_type (generic_type type: (type_identifier) @owner))",
)

DEFINITIONS = """
(function_declaration name: (identifier) @name parameters: (_) @parameters result: (_)? @returns
  body: (_)? @body) @function
(method_elem name: (field_identifier) @name parameters: (_) @parameters result: (_)? @returns) @function
(type_spec name: (type_identifier) @name) @class
(type_alias name: (type_identifier) @name) @class
(source_file (const_declaration (const_spec (identifier) @name) @constant))
(source_file (const_declaration (const_spec (identifier) @name type: (_) @returns) @constant))
(source_file (var_declaration (var_spec (identifier) @name) @constant))
(source_file (var_declaration (var_spec (identifier) @name type: (_) @returns) @constant))
(source_file (var_declaration (var_spec_list (var_spec (identifier) @name) @constant)))
(source_file (var_declaration (var_spec_list (var_spec (identifier) @name type: (_) @returns) @constant)))
(field_declaration name: (field_identifier) @name type: (_) @returns) @constant
(var_spec name: (identifier) @name value: (expression_list . (func_literal parameters: (_) @parameters
  result: (_)? @returns body: (_) @body))) @function
(short_var_declaration left: (expression_list . (identifier) @name) right: (expression_list . (func_literal
  parameters: (_) @parameters result: (_)? @returns body: (_) @body))) @function
""" + "".join(
    f"(method_declaration receiver: (parameter_list (parameter_declaration type: {receiver})) "
    "name: (field_identifier) @name parameters: (_) @parameters result: (_)? @returns body: (_)? @body) @function\n"
    for receiver in _RECEIVERS
)

CALLS = """
(call_expression function: (identifier) @name arguments: (_))
(call_expression function: (selector_expression operand: (_) field: (field_identifier) @name)
  arguments: (_))
(composite_literal type: (type_identifier) @name body: (_))
(composite_literal type: (qualified_type package: (_) name: (type_identifier) @name) body: (_))
"""

NAMES = """
(identifier) @identifier
(type_identifier) @identifier
(package_identifier) @identifier
(field_identifier) @attribute
(keyed_element . (literal_element (identifier) @key))
(interpreted_string_literal_content) @key
(raw_string_literal_content) @key
(const_spec name: (identifier) @constant)
"""

GO = Language(
    name="go",
    suffixes=(".go",),
    grammar=_grammar,
    definitions=DEFINITIONS,
    calls=CALLS,
    names=NAMES,
    parameters={
        "parameter_declaration": ParameterShape(name="name", type="type"),
        "variadic_parameter_declaration": ParameterShape(name="name", type="type", variadic=True),
    },
    hint=rb"\bfunc\s+(?:\([^)]*\)\s*)?\0|\b(?:type|var|const)\s+(?:\w+\s*,\s*)*\0|^\s*(?:\w+\s*,\s*)*\0(?:[\s,(]|$)|\0\s*:?=",
)
