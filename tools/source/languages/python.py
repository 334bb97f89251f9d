"""Python."""

from tools.source.languages.language import Language, ParameterShape


def _grammar() -> object:
    import tree_sitter_python

    return tree_sitter_python.language()


DEFINITIONS = """
(function_definition name: (identifier) @name parameters: (_) @parameters return_type: (_)? @returns
  body: (_) @body) @function
(class_definition name: (identifier) @name body: (_) @body) @class
(assignment left: (identifier) @name right: (lambda parameters: (_)? @parameters body: (_) @body)) @function
(module (expression_statement (assignment left: (identifier) @name type: (_)? @returns) @constant))
(module (expression_statement (assignment right: (assignment left: (identifier) @name) @constant)))
(module (expression_statement (assignment left: (pattern_list (identifier) @name)) @constant))
(class_definition body: (block (expression_statement
  (assignment left: (identifier) @name type: (_)? @returns) @constant)))
(type_alias_statement left: (type . (identifier) @name)) @class
(decorated_definition definition: (_) @wrapped) @wrapper
"""

CALLS = """
(call function: (identifier) @name arguments: (argument_list))
(call function: (attribute object: (_) attribute: (identifier) @name)
  arguments: (argument_list))
(decorator (identifier) @name)
(decorator (attribute object: (_) attribute: (identifier) @name))
"""

NAMES = """
(identifier) @identifier
(attribute attribute: (identifier) @attribute)
(keyword_argument name: (identifier) @key)
(string_content) @key
"""

PYTHON = Language(
    name="python",
    suffixes=(".py", ".pyi", ".pyw"),
    grammar=_grammar,
    definitions=DEFINITIONS,
    calls=CALLS,
    names=NAMES,
    parameters={
        "identifier": ParameterShape(),
        "default_parameter": ParameterShape(name="name", default="value"),
        "typed_parameter": ParameterShape(type="type"),
        "typed_default_parameter": ParameterShape(name="name", type="type", default="value"),
        "list_splat_pattern": ParameterShape(variadic=True),
        "dictionary_splat_pattern": ParameterShape(variadic=True),
        "tuple_pattern": ParameterShape(),
    },
    hint=rb"\b(?:def|class|type)\s+\0|^\s*(?:[\w ,=]*[,=]\s*)?\0\s*[:=,]",
    receivers=frozenset({"self", "cls", "mcs", "metacls"}),
)
