"""Which language's run time prints a text: by the error's type, where only one language has it, or by the words of the message."""

import re
from typing import Final

from tools.text.lazy_pattern import LazyPattern

_TYPES: Final = {
    "python": (
        "AttributeError ImportError ModuleNotFoundError IndentationError TabError UnboundLocalError ValueError LookupError OSError"
        " FileNotFoundError FileExistsError NotADirectoryError IsADirectoryError PermissionError ProcessLookupError ConnectionResetError"
        " ConnectionRefusedError BrokenPipeError RecursionError StopIteration StopAsyncIteration UnicodeDecodeError UnicodeEncodeError"
        " OverflowError ExceptionGroup BaseExceptionGroup JSONDecodeError ImproperlyConfigured TemplateDoesNotExist"
    ),
    "javascript": (
        "ReferenceError RangeError URIError EvalError UnhandledPromiseRejection UnhandledPromiseRejectionWarning ChunkLoadError DOMException"
        " AxiosError PrismaClientKnownRequestError PrismaClientInitializationError PrismaClientValidationError"
        " SequelizeDatabaseError MongoServerError"
    ),
    "ruby": "NoMethodError FrozenError StandardError NoMatchingPatternError LocalJumpError FloatDomainError",
    "elixir": "FunctionClauseError MatchError CaseClauseError WithClauseError CondClauseError UndefinedFunctionError BadMapError BadArityError",
    "php": "ErrorException PDOException DivisionByZeroError ArgumentCountError LogicException BadMethodCallException ParseError",
    "java": (
        "NullPointerException ClassNotFoundException NoClassDefFoundError NoSuchMethodError IllegalStateException IllegalArgumentException"
        " ArrayIndexOutOfBoundsException ClassCastException StackOverflowError OutOfMemoryError UnsupportedOperationException"
    ),
    "csharp": "NullReferenceException InvalidOperationException ArgumentNullException ObjectDisposedException FileLoadException",
}
_OF_TYPE: Final = {name: language for language, names in _TYPES.items() for name in names.split()}
_WORDS: Final = (
    (
        "python",
        LazyPattern(
            r"'\w+' object (?:has no attribute|is not (?:callable|iterable|subscriptable|an iterator|a mapping)|does(?:n't| not) support "
            r"|cannot be interpreted as an integer)|No module named '|cannot import name '"
            r"|\b\w+\(\) (?:missing \d+ required |takes (?:from )?\d+ |takes no (?:keyword )?arguments|got (?:an unexpected"
            r"|some positional-only|multiple values for) )"
            r"|unsupported operand type\(s\) for |can only concatenate |unhashable type: '|(?:list|tuple|string|byte) indices must be integers"
            r"|(?:list|tuple|string) index out of range|invalid literal for int\(\) with base |could not convert string to float: "
            r"|(?:not enough|too many) values to unpack |local variable '\w+' referenced before|^name '\w+' is not defined"
            r"|cannot unpack non-iterable "
            r"|argument of type '\w+' is not iterable|^(?:partially initialized )?module '[\w.]+' has no attribute|changed size during iteration"
            r"|a bytes-like object is required|maximum recursion depth exceeded|object of type '\w+' has no len\(\)"
            r"|not all arguments converted during "
            r"|Object of type \w+ is not JSON serializable|'[\w-]+' codec can't |Expecting value: line \d|^\[Errno -?\d{1,4}\] "
        ),
    ),
    (
        "ruby",
        LazyPattern(
            r"undefined (?:local variable or )?method [`']\S|for nil:NilClass|uninitialized constant [A-Z]"
            r"|wrong number of arguments \((?:given )?\d"
            r"|no implicit conversion of \w+ into |can't modify frozen |can't be coerced into |cannot load such file -- "
            r"|^comparison of \w+ with .{1,60} failed"
        ),
    ),
    (
        "javascript",
        LazyPattern(
            r"^Timed out retrying(?: after \d{1,9}ms)?: "
            r"|Cannot (?:read|set) propert(?:y|ies) (?:'|of )|(?:undefined|null) is not an? (?:object|function)|Cannot access '\w+' before init"
            r"|Unexpected token .{1,12} in JSON|Maximum call stack size exceeded|Importing a module script failed"
            r"|\bE[A-Z]{3,14}: [a-z][a-z ]{3,40}, [a-z]{3,12}\b|\b(?:connect|read|write|getaddrinfo|listen) E[A-Z_]{4,14}\b"
            r"|Failed to fetch dynamically imported module|Cannot convert undefined or null to object|Unexpected end of JSON input"
            r"|Cannot set headers after they are sent|Class extends value undefined|Reduce of empty array with no initial|Invalid time value"
            r"|Failed to (?:construct|execute) '|Cannot use import statement outside a module|^Cannot find module '"
            r"|Loading (?:CSS )?chunk \S+ failed|NetworkError when attempting|Converting circular structure|Cannot destructure property"
            r"|Assignment to constant variable|Objects are not valid as a React child|Invalid hook call|\bis not a (?:function|constructor)\.?$|"
            r"^[\w$.]+(?:\(\.\.\.\))?(?:\.[\w$]+)* is not (?:a (?:function|constructor)|iterable|defined)\b"
        ),
    ),
    (
        "php",
        LazyPattern(
            r"Unsupported operand types\b"
            r"|Call to (?:undefined (?:function|method)|a member function)|Undefined (?:array key|index|offset|variable|property):? |SQLSTATE\["
            r"|must be of (?:the )?type \S+, \S+ given|Allowed memory size of \d|Class [\"'][\w\\]+[\"'] not found|Cannot redeclare "
            r"|Trying to (?:get property|access array offset)|Attempt to read property|Cannot access offset of type"
            r"|Object of class \S+ could not be converted|expects parameter \d{1,2} to be \w+, \w+ given"
            r"|Too few arguments to function|foreach\(\) argument must be|Maximum execution time of \d"
            r"|syntax error, unexpected |Cannot use object of type"
        ),
    ),
    (
        "elixir",
        LazyPattern(
            r"no function clause matching in |no match of right hand side value|key :\w+ not found in: |no case clause matching: "
            r"|function [\w.:]+/\d+ is undefined|protocol [\w.]+ not implemented for |bad argument in arithmetic expression"
        ),
    ),
    (
        "csharp",
        LazyPattern(
            r"Object reference not set to an instance|Value cannot be null\.|Sequence contains (?:no|more than one) (?:matching )?element"
            r"|Input string was not in a correct format|Index was outside the bounds of the array"
            r"|Unable to cast object of type '"
            r"|Collection was modified; enumeration|Specified (?:cast is not valid|argument was out of the range)"
            r"|The given key (?:'[^'\n]{1,100}' )?was not present in the dictionary|Cannot access a disposed object"
            r"|Could not load file or assembly '"
            r"|Nullable object must have a value|Unable to resolve service for type '|No service for type '|\(Parameter '\w+'\)"
            r"|Arithmetic operation resulted in an overflow|One or more errors occurred\."
        ),
    ),
    (
        "java",
        LazyPattern(
            r"Cannot (?:invoke \"[\w.$]+\([^\"\n]{0,200}\)\"|(?:read|assign) field \"\w+\"|load from \w+ array|read the array length) because "
            r"|\bclass [\w.$]+ cannot be cast to class |No enum constant [\w.$]|Index -?\d+ out of bounds for length \d|Java heap space"
            r"|GC overhead limit exceeded|Error creating bean with name '|Failed to load ApplicationContext"
            r"|Connection refused: no further information"
        ),
    ),
    (
        "rust",
        LazyPattern(
            r"called `(?:Option|Result)::\w{1,30}\(\)` on an? `|\(os error \d{1,5}\)|\bOs \{ code: \d"
            r"|assertion `?(?:failed: `\()?left == right|already (?:mutably )?borrowed: Borrow|invalid digit found in string"
        ),
    ),
    (
        "go",
        LazyPattern(
            r"invalid memory address or nil pointer dereference|context deadline exceeded|\bcontext canceled\b"
            r"|\bdial (?:tcp|udp|unix)[46]? \S{1,200}: |\blookup \S{1,200}: no such host|\blookup \S{1,100} on \S{1,100}:\d{1,5}: "
            r"|\brpc error: code = [A-Z]\w{1,30} desc = |\bsql: (?:no rows in result set|[A-Z]\w+ error on column|unknown driver"
            r"|database is closed)"
            r"|\bstrconv\.\w{1,30}: parsing \"|\bjson: (?:cannot unmarshal|unsupported (?:type|value)|unknown field)"
            r"|\binvalid character '.{1,8}' (?:looking for|after|in )|\bx509: |\bi/o timeout\b|\byaml: (?:line \d|unmarshal errors)"
            r"|\b(?:open|stat|lstat|mkdir|remove|rename|chdir|chmod|fork/exec|exec|read|write|unlinkat|readlink|listen tcp) \S{1,300}: "
            r"(?:no such file or directory|permission denied|file exists|is a directory|not a directory|read-only file system"
            r"|no space left on device)"
            r"|\bexec: \"[^\"\n]{1,200}\": (?:executable file not found|stat )|\bexit status \d{1,3}$|\bunexpected EOF$"
            r"|: bind: address already in use|net/http: "
        ),
    ),
)


_KEY: Final = re.compile(r"[ub]?'[^'\n]{1,300}'|u[\"'].{1,4000}[\"']|\d{1,20}|\(.{1,300}\)")
"""Python prints the key alone; others a sentence."""


def language_of(kind: str | None, message: str) -> str | None:
    """The language of an error of this type with this message; None when several have both."""
    name = kind or ""
    if "::" in name and name[:1].isupper():
        return "ruby"
    if name == "KeyError" and _KEY.fullmatch(message.strip()):
        return "python"
    known = _OF_TYPE.get(name.rpartition("\\")[2] if "\\" in name else name)
    if known is not None and "\\" not in name:
        return known
    if "\\" in name:
        return "php"
    return next((language for language, words in _WORDS if words.compiled.search(message[:500])), None)
