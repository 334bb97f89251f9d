"""Rust. A function of an `impl` or a trait belongs to its type; fields and variants to theirs."""

from tools.source.languages.language import Language, ParameterShape


def _grammar() -> object:
    import tree_sitter_rust

    return tree_sitter_rust.language()


_FUNCTION = (
    "(function_item name: (identifier) @name parameters: (_) @parameters return_type: (_)? @returns body: (_) @body) "
    "@function"
)

DEFINITIONS = f"""
{_FUNCTION}
(function_signature_item name: (identifier) @name parameters: (_) @parameters return_type: (_)? @returns) @function
(impl_item type: (type_identifier) @owner body: (declaration_list {_FUNCTION}))
(impl_item type: (generic_type type: (type_identifier) @owner) body: (declaration_list {_FUNCTION}))
(impl_item type: (scoped_type_identifier name: (type_identifier) @owner) body: (declaration_list {_FUNCTION}))
(macro_definition name: (identifier) @name) @function
(let_declaration pattern: (identifier) @name value: (closure_expression parameters: (_) @parameters body: (_) @body)) @function
(struct_item name: (type_identifier) @name body: (_)? @body) @class
(enum_item name: (type_identifier) @name body: (_)? @body) @class
(union_item name: (type_identifier) @name body: (_)? @body) @class
(trait_item name: (type_identifier) @name body: (_)? @body) @class
(type_item name: (type_identifier) @name) @class
(const_item name: (identifier) @name type: (_) @returns) @constant
(static_item name: (identifier) @name type: (_) @returns) @constant
(field_declaration name: (field_identifier) @name type: (_) @returns) @constant
(enum_variant name: (identifier) @name) @constant
"""

CALLS = """
(call_expression function: (identifier) @name arguments: (_))
(call_expression function: (scoped_identifier name: (identifier) @name) arguments: (_))
(call_expression function: (field_expression value: (_) field: (field_identifier) @name)
  arguments: (_))
(call_expression function: (generic_function function: (identifier) @name) arguments: (_))
(call_expression function: (generic_function function: (scoped_identifier
  name: (identifier) @name)) arguments: (_))
(call_expression function: (generic_function function: (field_expression value: (_)
  field: (field_identifier) @name)) arguments: (_))
(macro_invocation macro: (identifier) @name (token_tree))
(struct_expression name: (type_identifier) @name body: (_))
"""

NAMES = """
(identifier) @identifier
(type_identifier) @identifier
(field_identifier) @attribute
(field_initializer field: (field_identifier) @key)
(string_content) @key
(const_item name: (identifier) @constant)
(static_item name: (identifier) @constant)
(enum_variant name: (identifier) @constant)
"""

RUST = Language(
    name="rust",
    suffixes=(".rs",),
    grammar=_grammar,
    definitions=DEFINITIONS,
    calls=CALLS,
    names=NAMES,
    parameters={
        "parameter": ParameterShape(name="pattern", type="type"),
        "self_parameter": ParameterShape(),
    },
    hint=(
        rb"\b(?:fn|struct|enum|trait|union|type|const|static|macro_rules!)\s+(?:mut\s+)?\0"
        rb"|\blet\s+(?:mut\s+)?\0\b|(?:^|[,{(])\s*(?:pub(?:\([^)]*\))?\s+)?\0\s*(?::|[,({=}]|$)"
    ),
    receivers=frozenset({"self", "Self"}),
)
