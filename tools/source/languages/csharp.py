"""C#. Properties and events count as constants of their class, accessors are not told apart."""

from tools.source.languages.language import Language, ParameterShape


def _grammar() -> object:
    import tree_sitter_c_sharp

    return tree_sitter_c_sharp.language()


DEFINITIONS = """
(method_declaration returns: (_) @returns name: (identifier) @name parameters: (_) @parameters body: (_)? @body) @function
(constructor_declaration name: (identifier) @name parameters: (_) @parameters body: (_)? @body) @function
(local_function_statement type: (_) @returns name: (identifier) @name parameters: (_) @parameters body: (_)? @body) @function
(class_declaration name: (identifier) @name body: (_)? @body) @class
(interface_declaration name: (identifier) @name body: (_)? @body) @class
(struct_declaration name: (identifier) @name body: (_)? @body) @class
(record_declaration name: (identifier) @name (parameter_list)? @parameters body: (_)? @body) @class
(enum_declaration name: (identifier) @name body: (_)? @body) @class
(delegate_declaration name: (identifier) @name parameters: (_) @parameters) @class
(property_declaration type: (_) @returns name: (identifier) @name) @constant
(field_declaration (variable_declaration type: (_) @returns (variable_declarator name: (identifier) @name))) @constant
(event_field_declaration (variable_declaration type: (_) @returns (variable_declarator name: (identifier) @name))) @constant
(enum_member_declaration name: (identifier) @name) @constant
"""

CALLS = """
(invocation_expression function: (identifier) @name arguments: (_))
(invocation_expression function: (generic_name . (identifier) @name) arguments: (_))
(invocation_expression function: (member_access_expression expression: (_) name: (identifier) @name)
  arguments: (_))
(invocation_expression function: (member_access_expression expression: (_)
  name: (generic_name . (identifier) @name)) arguments: (_))
(invocation_expression function: (conditional_access_expression condition: (_)
  (member_binding_expression name: (identifier) @name)) arguments: (_))
(object_creation_expression type: (identifier) @name)
(object_creation_expression type: (generic_name . (identifier) @name))
(object_creation_expression type: (qualified_name name: (identifier) @name))
"""

NAMES = """
(identifier) @identifier
(member_access_expression name: (identifier) @attribute)
(member_binding_expression name: (identifier) @attribute)
(string_literal_content) @key
(enum_member_declaration name: (identifier) @constant)
"""

CSHARP = Language(
    name="csharp",
    suffixes=(".cs",),
    grammar=_grammar,
    definitions=DEFINITIONS,
    calls=CALLS,
    names=NAMES,
    parameters={"parameter": ParameterShape(name="name", type="type")},
    hint=(
        rb"\b(?:class|interface|enum|record|struct|delegate)\b.*\0"
        rb"|(?<!\breturn)(?<!\bthrow)(?<!\bnew)(?<!\belse)(?<!\bawait)[\w>\]\)?]\s+\0\s*(?:[(=;,{<]|$)"
        rb"|^\s*(?:\w+\s*,\s*)*\0\s*(?:[(,;{=}]|$)|\benum\b[^=]*\0"
        rb"|\b(?:private|protected|public|internal|static|const|readonly)\b[^()]*,\s*\0\s*[,;=]"
    ),
)
