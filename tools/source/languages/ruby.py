"""Ruby. Names of `attr_*` and `define_method` stand without their colon, instance variables with their `@`."""

from tools.source.languages.language import Language, ParameterShape


def _grammar() -> object:
    import tree_sitter_ruby

    return tree_sitter_ruby.language()


DEFINITIONS = """
(method name: [(identifier) (constant) (operator) (setter)] @name parameters: (_)? @parameters
  body: (_)? @body) @function
(singleton_method name: [(identifier) (constant) (operator) (setter)] @name parameters: (_)? @parameters
  body: (_)? @body) @function
(class name: (constant) @name body: (_)? @body) @class
(class name: (scope_resolution name: (constant) @name) body: (_)? @body) @class
(module name: (constant) @name body: (_)? @body) @class
(module name: (scope_resolution name: (constant) @name) body: (_)? @body) @class
(assignment left: (constant) @name) @constant
(call method: (identifier) @_attr arguments: (argument_list (simple_symbol) @name @constant)
  (#any-of? @_attr "attr_accessor" "attr_reader" "attr_writer"))
(call method: (identifier) @_define arguments: (argument_list . [(simple_symbol) (string (string_content))] @name)
  block: (_ parameters: (_)? @parameters body: (_)? @body)
  (#any-of? @_define "define_method" "define_singleton_method")) @function
"""

CALLS = """
(call method: [(identifier) (constant)] @name)
"""

NAMES = """
(identifier) @identifier
(constant) @identifier
(instance_variable) @attribute
(class_variable) @attribute
(call receiver: (_) method: (identifier) @attribute)
(simple_symbol) @key
(hash_key_symbol) @key
(string_content) @key
"""

RUBY = Language(
    name="ruby",
    suffixes=(".rb", ".rake", ".ru", ".gemspec"),
    grammar=_grammar,
    definitions=DEFINITIONS,
    calls=CALLS,
    names=NAMES,
    parameters={
        "identifier": ParameterShape(),
        "optional_parameter": ParameterShape(name="name", default="value"),
        "keyword_parameter": ParameterShape(name="name", default="value"),
        "splat_parameter": ParameterShape(name="name", variadic=True),
        "hash_splat_parameter": ParameterShape(name="name", variadic=True),
        "forward_parameter": ParameterShape(variadic=True),
        "destructured_parameter": ParameterShape(),
    },
    hint=rb"\bdef\s+(?:[\w:]+\.)?\0|\b(?:class|module)\s+(?:\w+::)*\0|^\s*\0\s*=|:\0|\bdefine_\w+\W+\0",
)
