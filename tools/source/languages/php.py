"""PHP, with the HTML around it. Names of properties, parameters and variables stand without their `$`."""

from tools.source.languages.language import Language, ParameterShape


def _grammar() -> object:
    import tree_sitter_php

    return tree_sitter_php.language_php()


DEFINITIONS = """
(function_definition name: (name) @name parameters: (_) @parameters return_type: (_)? @returns
  body: (_) @body) @function
(method_declaration name: (name) @name parameters: (_) @parameters return_type: (_)? @returns
  body: (_)? @body) @function
(class_declaration name: (name) @name body: (_) @body) @class
(interface_declaration name: (name) @name body: (_) @body) @class
(trait_declaration name: (name) @name body: (_) @body) @class
(enum_declaration name: (name) @name body: (_) @body) @class
(const_declaration (const_element . (name) @name)) @constant
(enum_case name: (name) @name) @constant
(property_declaration type: (_)? @returns (property_element name: (variable_name (name) @name))) @constant
(property_promotion_parameter type: (_)? @returns name: (variable_name (name) @name)) @constant
(function_call_expression function: (name) @_define
  arguments: (arguments . (argument (string (string_content) @name)))
  (#eq? @_define "define")) @constant
"""

CALLS = """
(function_call_expression function: (name) @name arguments: (_))
(function_call_expression function: (qualified_name (name) @name .) arguments: (_))
(function_call_expression function: (variable_name (name) @name) arguments: (_))
(member_call_expression object: (_) name: (_) @name arguments: (_))
(nullsafe_member_call_expression object: (_) name: (_) @name arguments: (_))
(scoped_call_expression scope: (_) name: (_) @name arguments: (_))
(object_creation_expression (name) @name)
(object_creation_expression (qualified_name (name) @name .))
"""

NAMES = """
(name) @identifier
(variable_name (name) @identifier)
(member_access_expression name: (name) @attribute)
(nullsafe_member_access_expression name: (name) @attribute)
(member_call_expression name: (name) @attribute)
(nullsafe_member_call_expression name: (name) @attribute)
(scoped_call_expression name: (name) @attribute)
(scoped_property_access_expression name: (variable_name (name) @attribute))
(class_constant_access_expression (_) (name) @constant)
(const_element . (name) @constant)
(enum_case name: (name) @constant)
(property_element name: (variable_name (name) @attribute))
(property_promotion_parameter name: (variable_name (name) @attribute))
(argument name: (name) @key)
(string_content) @key
"""

PHP = Language(
    name="php",
    suffixes=(".php", ".phtml", ".inc", ".php5", ".php7", ".module"),
    grammar=_grammar,
    definitions=DEFINITIONS,
    calls=CALLS,
    names=NAMES,
    parameters={
        "simple_parameter": ParameterShape(name="name", type="type", default="default_value"),
        "property_promotion_parameter": ParameterShape(name="name", type="type", default="default_value"),
        "variadic_parameter": ParameterShape(name="name", type="type", variadic=True),
    },
    hint=rb"(?i:\b(?:function|class|interface|trait|enum|const|case)\b[^(;]*\0)|[$]\0\s*(?:[=;,)]|$)|\bdefine\W+\0|^\s*\0\s*=",
)
