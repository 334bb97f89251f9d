"""One row of a .NET trace: as .NET, Mono, Unity, debuggers, runners of tests and pages print it."""

import re

from incidents.trace import Frame
from tools.traces.languages.dotnet_tests import BEFORE_ROW
from tools.traces.places.locations import number, slashed

_FRAME = re.compile(
    r"\s*at (?:async )?(?:\(wrapper [\w-]{1,40}\) )?([^\s(][^()\n]{1,600}?) ?\(([^()]{0,400})\)(?:\+MoveNext\(\))?(.{0,1200})$"
)
_PLACE = re.compile(
    r"(?: (?:\[0x[0-9a-f]{1,8}\]|<0x[0-9a-f]{1,16} \+ 0x[0-9a-f]{1,8}>))? (?:in|at) (.{1,1000}?) ?: ?(?:line )?(\d{1,9})\s*$"
)
_UNITY = re.compile(r"\s*([A-Za-z_][\w.+:<>`|\[\],]{1,300}) ?\(([^()]{0,400})\) \(at ([^()]{1,500}):(\d{1,9})\)$")
_UNITY_BARE = re.compile(r"\s*([A-Za-z_][\w.+<>`]{1,200}:\.?[A-Za-z_]\w{0,100})\([\w.,` &\[\]<>]{0,200}\)$")
_SIGNATURE = re.compile(
    r"\s*(?:[•*o-]\s{1,8})?((?:[A-Za-z_]\w{0,100}\.){2,12}[\w.<>`+|\[\],]{1,300}) ?\(([^()]{0,400})\)"
    r"(?: in ([^():]{1,400}\.\w{2,6})(?::(?:line )?(\d{1,9}))?)?$"
)
_DEBUGGER = re.compile(
    r"[\s>]*[\w.-]{1,200}\.(?:exe|dll)!([A-Za-z_][\w.<>`+|,\[\]]{2,400})\(.{0,1000}?\)"
    r"(?: in (.{1,600}):(?:line )?(\d{1,9})| [Ll]ine (\d{1,9})\b.{0,60})?(?:\s+C#)?$"
)
_NAME = re.compile(r"[A-Za-z_<][\w.+:<>`|$\[\],&*= -]*$")
_METHOD = re.compile(r"[\w<>`|$\[\],-]+$")
_OF_JAVA = re.compile(
    r"\w\.\w{1,10}:\d|^(?:Native Method|Unknown Source|SourceFile|<\w+>)?$|^[\w$]{1,100}\.(?:java|kts?|scala|groovy|cljc?)$|[/\\:]\d"
)
_ASSEMBLY = re.compile(
    r"[\w.]{1,200}, Version=[\d.]{1,30}, Culture=\w{1,20}, PublicKeyToken=[^:,\s]{1,40}(?:: (.{1,600}?):(\d{1,9}))?$"
)
_REPEATED = re.compile(
    r".{1,300}?, PublicKeyToken=[^:,\s]{1,200}, Version=.{1,100}: (.{1,600}?\.(?:cs|vb|fs|csx|razor|cshtml))(?=\w)[^:]{1,300}: (\d{1,9})$"
)  # Application Insights puts the assembly before the file and before the line once more
_NO_PARAMETERS = re.compile(r"index \d+$|Native Method$|Unknown Source$")
_BARE_PARAMETERS = re.compile(
    r"(?:(?:System\.[\w.`+]{1,100}|Boolean|Byte|Char|DateTime|Decimal|Double|Guid|Int(?:16|32|64)|Object|Single|String)[\[\]&]{0,3}(?:, ?|$))+$"
)
_COMPILED = re.compile(r"<([\w.]+)>(?:[bdcg]__(\w+)?)?")


def row_of(line: str, *, inside: bool) -> Frame | None:
    """One row of a trace. A name without a class (`lambda_method1`) is only one inside a trace."""
    if "(" not in line:
        return None
    line = line.removesuffix("<---")
    before = BEFORE_ROW.match(line) if "): at " in line else None
    if before:  # runners of tests put the place before the call
        called = row_of(line[before.end() :], inside=inside)
        return called.model_copy(update={"path": slashed(before[1]), "line": number(before[2])}) if called else None
    return _of_debugger(line) or _of_unity(line, inside=inside) or _with_at(line, inside=inside)


def _framed(name: str, path: str | None = None, line: str | None = None) -> Frame:
    """A path in angle brackets (`<filename unknown>`) is none."""
    known = path is not None and not path.startswith("<")
    function, owner = _named(name)
    return Frame(
        path=slashed(path) if path and known else "",
        line=number(line) if known else None,
        function=function,
        class_name=owner,
    )


def _of_debugger(line: str) -> Frame | None:
    seen = _DEBUGGER.match(line) if "!" in line else None
    if seen is None:
        return None
    return _framed(seen[1], seen[2] or "", seen[3] or seen[4])


def _of_unity(line: str, *, inside: bool) -> Frame | None:
    unity = _UNITY.match(line) if "(at " in line else None
    if unity:
        return _framed(unity[1].replace(":", "."), unity[3], unity[4])
    bare = _UNITY_BARE.match(line) if inside and ":" in line else None
    return _framed(bare[1].replace(":", ".")) if bare else None


def _with_at(line: str, *, inside: bool) -> Frame | None:
    found = _FRAME.match(line) if "at " in line else None
    if found is None or not (_is_name(found[1]) or (inside and found[1].isidentifier())):
        return None
    assembly = _REPEATED.match(found[2]) or _ASSEMBLY.match(found[2]) if "Version=" in found[2] else None
    if assembly and assembly[1]:
        return _framed(found[1].strip(), assembly[1], assembly[2])
    if not (_parameters(found[2]) or (inside and not _OF_JAVA.search(found[2]))):
        return None
    place = _PLACE.match(found[3])
    if found[3].strip() and place is None:
        return None
    return _framed(found[1], place[1], place[2]) if place else _framed(found[1])


def signature_of(line: str) -> Frame | None:
    """A row below an exception that lost its `at`, as a page shows it."""
    found = _SIGNATURE.match(line)
    if found is None or not _is_name(found[1]) or not _parameters(found[2]):
        return None
    return _framed(found[1], found[3] or "", found[4])


def _is_name(text: str) -> bool:
    """Whether it is a method with its class."""
    owner, dot, method = text.rpartition(".")
    return bool(owner and dot and _NAME.match(text) and _METHOD.match(method))


def _parameters(text: str) -> bool:
    """.NET prints `Type name` for each parameter, or nothing; one bare word is a file of another language."""
    text = text.strip()
    return (
        not text
        or _BARE_PARAMETERS.match(text) is not None
        or (" " in text and ":" not in text.replace("::", "") and not _NO_PARAMETERS.match(text))
    )


def _named(name: str) -> tuple[str | None, str | None]:
    """The method and class as the source has them: `A.<Run>d__3.MoveNext` is `Run` of `A`, `get_Total` is `Total`."""
    name = re.sub(r"\[[^\[\]]*\]", "", name).replace("+", ".").replace("<.", "<")
    owner, _, function = name.rpartition(".")
    if function in ("ctor", "cctor"):
        owner = owner.rstrip(".")
        return _bare(owner.rpartition(".")[2]), _class(owner)
    compiled = _COMPILED.search(owner) if function == "MoveNext" else _COMPILED.search(function)
    if compiled:
        local = compiled[2].partition("|")[0] if compiled[2] and "g__" in compiled[0] else None
        inside = local or compiled[1].rpartition(".")[2]
        return _bare((_class(owner) or "").rpartition(".")[2] if inside in ("ctor", "cctor") else inside), _class(owner)
    for accessor in ("get_", "set_"):
        function = function.removeprefix(accessor)
    return _bare(function) or None, _class(owner)


def _class(owner: str) -> str | None:
    """The class that the source names: without the classes that the compiler makes for closures."""
    parts = [part for part in owner.split(".") if part and not part.startswith("<")]
    return ".".join(_bare(part) for part in parts if not part.startswith("DisplayClass")) or None


def _bare(name: str) -> str:
    return name.partition("`")[0]
