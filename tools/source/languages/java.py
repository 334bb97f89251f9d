"""Java."""

from tools.source.languages.language import Language, ParameterShape


def _grammar() -> object:
    import tree_sitter_java

    return tree_sitter_java.language()


DEFINITIONS = """
(method_declaration type: (_) @returns name: (identifier) @name parameters: (_) @parameters body: (_)? @body) @function
(constructor_declaration name: (identifier) @name parameters: (_) @parameters body: (_) @body) @function
(compact_constructor_declaration name: (identifier) @name body: (_) @body) @function
(annotation_type_element_declaration type: (_) @returns name: (identifier) @name) @function
(class_declaration name: (identifier) @name body: (_) @body) @class
(interface_declaration name: (identifier) @name body: (_) @body) @class
(enum_declaration name: (identifier) @name body: (_) @body) @class
(record_declaration name: (identifier) @name parameters: (_) @parameters body: (_) @body) @class
(annotation_type_declaration name: (identifier) @name body: (_) @body) @class
(field_declaration type: (_) @returns declarator: (variable_declarator name: (identifier) @name)) @constant
(constant_declaration type: (_) @returns declarator: (variable_declarator name: (identifier) @name)) @constant
(enum_constant name: (identifier) @name) @constant
"""

CALLS = """
(method_invocation name: (identifier) @name arguments: (_))
(object_creation_expression type: (type_identifier) @name arguments: (_))
(object_creation_expression type: (generic_type . (type_identifier) @name) arguments: (_))
(object_creation_expression type: (generic_type . (scoped_type_identifier (type_identifier) @name .))
  arguments: (_))
(object_creation_expression type: (scoped_type_identifier (type_identifier) @name .) arguments: (_))
(explicit_constructor_invocation constructor: (_) @name arguments: (_))
"""

NAMES = """
(identifier) @identifier
(type_identifier) @identifier
(field_access field: (identifier) @attribute)
(method_invocation name: (identifier) @attribute)
(method_reference (_) (identifier) @attribute)
(element_value_pair key: (identifier) @key)
(string_fragment) @key
(enum_constant name: (identifier) @constant)
"""

JAVA = Language(
    name="java",
    suffixes=(".java",),
    grammar=_grammar,
    definitions=DEFINITIONS,
    calls=CALLS,
    names=NAMES,
    parameters={
        "formal_parameter": ParameterShape(name="name", type="type"),
        "spread_parameter": ParameterShape(variadic=True),
    },
    hint=(
        rb"\b(?:class|interface|enum|record)\s+\0"
        rb"|(?<!\breturn)(?<!\bthrow)(?<!\bnew)(?<!\belse)[\w>\]\)]\s+\0\s*(?:[(=;,{\[]|$)|^\s*(?:\w+\s*,\s*)*\0\s*(?:[(,;{=}]|$)"
        rb"|\benum\b[^=]*\0|\b(?:private|protected|public|static|final)\b[^()]*,\s*\0\s*[,;=]"
    ),
)
