"""Kotlin."""

from tools.source.languages.language import Language, ParameterShape


def _grammar() -> object:
    import tree_sitter_kotlin

    return tree_sitter_kotlin.language()


_TYPE = "[(user_type) (nullable_type) (function_type) (parenthesized_type)]"

DEFINITIONS = f"""
(function_declaration name: (identifier) @name (function_value_parameters) @parameters
  . {_TYPE}? @returns (function_body)? @body) @function
(secondary_constructor "constructor" @name (function_value_parameters) @parameters (block)? @body) @function
(class_declaration name: (identifier) @name (primary_constructor (class_parameters) @parameters)?
  [(class_body) (enum_class_body)]? @body) @class
(object_declaration name: (identifier) @name (class_body)? @body) @class
(companion_object name: (identifier) @name (class_body)? @body) @class
(type_alias type: (identifier) @name) @class
(enum_entry (identifier) @name) @constant
(source_file (property_declaration (variable_declaration (identifier) @name {_TYPE}? @returns)) @constant)
(class_body (property_declaration (variable_declaration (identifier) @name {_TYPE}? @returns)) @constant)
(class_parameter ["val" "var"] (identifier) @name {_TYPE}? @returns) @constant
(property_declaration (variable_declaration (identifier) @name)
  (lambda_literal (lambda_parameters)? @parameters)) @function
"""

CALLS = """
(call_expression (identifier) @name)
(call_expression (navigation_expression (_) (identifier) @name .))
(constructor_invocation (user_type (identifier) @name .) (value_arguments))
"""

NAMES = """
(identifier) @identifier
(navigation_expression (_) (identifier) @attribute .)
(value_argument . (identifier) @key "=")
(string_content) @key
(enum_entry (identifier) @constant)
"""

KOTLIN = Language(
    name="kotlin",
    suffixes=(".kt", ".kts"),
    grammar=_grammar,
    definitions=DEFINITIONS,
    calls=CALLS,
    names=NAMES,
    parameters={
        "parameter": ParameterShape(),
        "class_parameter": ParameterShape(),
        "variable_declaration": ParameterShape(),
    },
    hint=(
        rb"\b(?:class|interface|object|typealias|val|var)\b[^=({]*\0|\bfun\b[^=]*\0\s*(?:\(|$)"
        rb"|^\s*(?:\w+\s*,\s*)*\0\s*(?:[,(;{}]|$)|\b\0\s*\("
    ),
)
