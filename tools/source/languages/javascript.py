"""JavaScript. TypeScript shares its queries and adds its own."""

from tools.source.languages.language import Language, ParameterShape


def _grammar() -> object:
    import tree_sitter_javascript

    return tree_sitter_javascript.language()


_VALUES = ("arrow_function", "function_expression", "generator_function")


def _function_values(around: str, returns: bool) -> str:
    """The pattern `around` (with a `%s` for the value) once for each way to write a function as a value."""
    typed = " return_type: (_)? @returns" if returns else ""
    plain = "".join(f"{around % f'({kind} parameters: (_) @parameters{typed} body: (_) @body)'}\n" for kind in _VALUES)
    return plain + around % "(arrow_function parameter: (_) @parameters body: (_) @body)" + "\n"


def definitions(*, field: str, class_name: str, typed: bool) -> str:
    """Definitions shared by both grammars, which differ in the names of a class field and of a class's name."""
    returns = " return_type: (_)? @returns" if typed else ""
    named = "[(property_identifier) (private_property_identifier)] @name"
    field_name = "name" if field == "public_field_definition" else "property"
    return (
        f"""
(function_declaration name: (identifier) @name parameters: (_) @parameters{returns} body: (_) @body) @function
(generator_function_declaration name: (identifier) @name parameters: (_) @parameters{returns} body: (_) @body) @function
(function_expression name: (identifier) @name parameters: (_) @parameters{returns} body: (_) @body) @function
(method_definition name: {named} parameters: (_) @parameters{returns} body: (_) @body) @function
(method_definition name: (string (string_fragment) @name) parameters: (_) @parameters{returns}
  body: (_) @body) @function
(class_declaration name: ({class_name}) @name body: (_) @body) @class
(class name: ({class_name}) @name body: (_) @body) @class
(variable_declarator name: (identifier) @name value: (class body: (_) @body)) @class
(assignment_expression left: (member_expression object: (identifier) @name property: (property_identifier) @_p)
  right: (object) @body (#eq? @_p "prototype")) @class
({field} {field_name}: {named}) @constant
(program (lexical_declaration (variable_declarator name: (identifier) @name) @constant))
(program (variable_declaration (variable_declarator name: (identifier) @name) @constant))
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @constant)))
(program (expression_statement (assignment_expression
  left: (member_expression object: [(identifier) (member_expression)] property: (property_identifier) @name)
  right: (object)) @constant (#not-eq? @name "exports") (#not-eq? @name "prototype")))
"""
        + _function_values("(variable_declarator name: (identifier) @name value: %s) @function", typed)
        + _function_values("(pair key: (property_identifier) @name value: %s) @function", typed)
        + _function_values("(pair key: (string (string_fragment) @name) value: %s) @function", typed)
        + _function_values(f"({field} {field_name}: {named} value: %s) @function", typed)
        + _function_values("(assignment_expression left: (identifier) @name right: %s) @function", typed)
        + _function_values(
            "(assignment_expression left: (member_expression property: (property_identifier) @name) "
            "right: %s) @function",
            typed,
        )
        + _function_values(
            "(assignment_expression left: (member_expression object: (member_expression object: (identifier) @owner "
            "property: (property_identifier) @_p) property: (property_identifier) @name) right: %s "
            '(#eq? @_p "prototype")) @function',
            typed,
        )
    )


CALLS = """
(call_expression function: (identifier) @name arguments: (_))
(call_expression function: (super) @name arguments: (_))
(call_expression function: (member_expression object: (_)
  property: [(property_identifier) (private_property_identifier)] @name) arguments: (_))
(new_expression constructor: (identifier) @name)
(new_expression constructor: (member_expression object: (_) property: (property_identifier) @name))
"""

NAMES = """
(identifier) @identifier
(shorthand_property_identifier) @identifier
(shorthand_property_identifier_pattern) @identifier
(property_identifier) @attribute
(private_property_identifier) @attribute
(pair key: (property_identifier) @key)
(string_fragment) @key
"""

HINT = (
    rb"\b(?:function|class|interface|enum|type|namespace|module|const|let|var|get|set|async|static|abstract)\b[\s*]*\0"
    rb"|\0['\"]?\s*[?!]?\s*(?:[=:](?!=)|$|[,;])|^\s*(?:[\w@()]+\s+)*[*#]?\0\??\s*[(<]|[,{]\s*(?:async\s+)?[*#]?\0\s*\("
    rb"|\0['\"]\s*\(|\b(?:enum|interface|type)\b.*\0"
)

JAVASCRIPT = Language(
    name="javascript",
    suffixes=(".js", ".jsx", ".mjs", ".cjs"),
    grammar=_grammar,
    definitions=definitions(field="field_definition", class_name="identifier", typed=False),
    calls=CALLS,
    names=NAMES,
    parameters={
        "identifier": ParameterShape(),
        "assignment_pattern": ParameterShape(name="left", default="right"),
        "rest_pattern": ParameterShape(variadic=True),
        "object_pattern": ParameterShape(),
        "array_pattern": ParameterShape(),
    },
    hint=HINT,
)
