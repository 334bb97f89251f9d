"""Places frames for which a trace names a function, but no file of the repository: .NET without symbols, built
JavaScript; and the functions that a bare message names, `... at shop.Cart.total`."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from incidents.trace import Frame
from tools.git.repository import Repository
from tools.impact.frame_names import bare_name, owner_name
from tools.source.blobs import blob_store
from tools.source.feeding import feeds
from tools.source.file_kinds import Kind, kind_of
from tools.source.outline import Definition, Outline
from tools.source.outline_cache import outline_at
from tools.text.identifiers import KEYWORDS, STOCK, parts

_MODULE: Final = re.compile(r"^module[ \t]++\"?([^\s\"]{1,300})", re.MULTILINE)
_SUFFIX: Final = re.compile(r"[`<\[].*")
_LONGEST: Final = 400  # lines
_LONGEST_ROW: Final = 400  # characters: of a longer row the declaration is not looked for, as in outlines
_MOST_FILES: Final = 12_000  # more would take seconds to read at the first error
_MOST_HOLDING: Final = 30  # files: what is named in more of them is no rare function
_SHORTEST: Final = 6
_WORD: Final = r"[A-Za-z_$][\w$]*+"
_NAMED: Final = re.compile(
    rf"(?<![\w$/.\\-]){_WORD}(?:(?:\.|::|->|\\{{1,2}}|#){_WORD})++(?![\w$/])|(?<![\w$.:>\\/-]){_WORD}(?=\(\))"
)
_BETWEEN: Final = re.compile(r"\.|::|->|\\+|#")
_SCRIPT: Final = re.compile(r"\.[cm]?[jt]sx?$|^https?:|load\.php|webpack|^$")
_INSTALLED: Final = re.compile(r"node_modules/|^node:|^internal/")


def named_functions(message: str, elsewhere: AbstractSet[str]) -> Iterator[Frame]:
    """The functions that a message names, `a.B.c`, `A::b()` or `c()`, as frames without a file. Those of which
    the error complains, `elsewhere`, are not where it failed."""
    for chain in dict.fromkeys(_NAMED.findall(message)):
        names = [name for name in _BETWEEN.split(chain) if name != "prototype"]
        if elsewhere.isdisjoint((chain, names[-1])):
            yield Frame(function=names[-1], class_name=".".join(names[:-1]) or None)


def may_be_built(frame: Frame) -> bool:
    """Whether a frame without a file of the repository can be of its code all the same: of a bundle, or without a path."""
    return frame.repo_path is None and bool(_SCRIPT.search(frame.path)) and not _INSTALLED.search(frame.path)


class ClassFiles:
    """The files of one revision by the class they are named after, of those that can hold code of `languages`; listed at
    the first question."""

    def __init__(self, repository: Repository, revision: str, languages: frozenset[str] = frozenset()) -> None:
        self._repository, self._revision, self._languages = repository, revision, languages
        self._by_stem: dict[str, list[str]] | None = None

    def place(self, frame: Frame) -> tuple[Outline, Definition] | None:
        """The file and the definition of a frame that names no file; None when there is none, or more than one fits."""
        if frame.path or not frame.class_name or not frame.function:
            return None
        if "/" in frame.class_name:
            return self._place_in_package(frame.class_name, frame.function)
        names = [_SUFFIX.sub("", name) for name in re.split(r"[.+$\\:]+", frame.class_name)]
        for path in _best(self._named(names), names):
            outline = outline_at(self._repository, self._revision, path)
            definition = outline and definition_of(outline, frame.function)
            if outline and definition:
                return outline, definition
        return None

    def _place_in_package(self, owner: str, function: str) -> tuple[Outline, Definition] | None:
        """The only function of this name, of the type where one is named, in the files of a package: `host/module/folder.Type`."""
        folders, _, last = owner.rpartition("/")
        package, _, kind = last.partition(".")
        found: list[tuple[Outline, Definition]] = []
        for path in self._of_folder(f"{folders}/{package}"):
            outline = outline_at(self._repository, self._revision, path)
            named = outline.named(function) if outline else ()
            found += [(outline, each) for each in named if outline and (not kind or _is_of(kind, outline, each))]
        return found[0] if len(found) == 1 else None

    def _of_folder(self, package: str) -> list[str]:
        """The files of code of a package's folder: what its path says behind the module's name; where no module is
        declared, the longest folder of at least two names that the path ends with."""
        by_folder: dict[str, list[str]] = {}
        for path in filter(self._can_hold, self._repository.paths(self._revision)):
            by_folder.setdefault(path.rpartition("/")[0], []).append(path)
        declared = outline_at(self._repository, self._revision, "go.mod")
        module = _MODULE.search(declared.source) if declared else None
        if module:
            return by_folder.get(package.removeprefix(f"{module[1]}/"), []) if package.startswith(module[1]) else []
        fitting = [folder for folder in by_folder if "/" in folder and f"/{package}".endswith(f"/{folder}")]
        return by_folder[max(fitting, key=len)] if fitting else []

    def place_by_name(self, frame: Frame) -> tuple[Outline, Definition] | None:
        """The only function of the code that has this frame's name, in its class where one is named; None when there is
        none or another, or the name is one that any program has."""
        name = bare_name(frame.function)
        if name is None or len(name) < _SHORTEST or len(parts(name)) < 2 or name in KEYWORDS or name.lower() in STOCK:
            return None
        found = list(self._defining(name))
        owner = owner_name(frame) or ""
        own = [each for each in found if owner and _is_of(owner, *each)]
        if not own and not owner[:1].isupper():  # a small first letter is that of a variable or of a built name
            own = found
        return own[0] if len(own) == 1 else None

    def _defining(self, name: str) -> Iterator[tuple[Outline, Definition]]:
        store, whole = blob_store(self._repository), re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")
        files = [each for each in store.listing(self._repository, self._revision) if self._can_hold(each.path)]
        if len(files) > _MOST_FILES:
            return
        holding = store.containing(self._repository, files, name.encode(errors="replace"))
        for file in holding if len(holding) <= _MOST_HOLDING else ():
            outline = outline_at(self._repository, self._revision, file.path)
            if outline is not None and whole.search(outline.source):
                yield from ((outline, each) for each in outline.named(name) if each.kind == "function")

    def _can_hold(self, path: str) -> bool:
        return kind_of(path) is Kind.CODE and feeds(path, self._languages)

    def _named(self, names: Sequence[str]) -> list[str]:
        if self._by_stem is None:
            self._by_stem = {}
            for path in filter(self._can_hold, self._repository.paths(self._revision)):
                for stem in _stems(path):
                    self._by_stem.setdefault(stem, []).append(path)
        return next((found for name in reversed(names[-2:]) if (found := self._by_stem.get(_plain(name)))), [])


def _is_of(owner: str, outline: Outline, function: Definition) -> bool:
    """Whether a function is one of the class: around it, or in its head (`func (b *Basket) Total`)."""
    return owner == function.owner or bool(re.search(rf"\b{re.escape(owner)}\b", outline.lines[function.start - 1]))


def _stems(path: str) -> set[str]:
    """The names of classes that a file can be called after: `ve.ui.Toolbar.js` is `Toolbar`, `tax_table.rb` `TaxTable`."""
    first, *others = path.rsplit("/", 1)[-1].split(".")
    return {_plain(first), _plain(others[-2])} if len(others) > 1 else {_plain(first)}


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _best(paths: Sequence[str], names: Sequence[str]) -> list[str]:
    """Of files with the class's name, the one whose folders hold most of its namespace; none when two are equal."""
    fits = sorted(paths[:200], key=lambda path: -_agreement(path, names))
    if len(fits) > 1 and _agreement(fits[0], names) == _agreement(fits[1], names):
        return []
    return fits[:1]


def _agreement(path: str, names: Sequence[str]) -> int:
    folders = set(re.split(r"[/.]", path))
    return sum(1 for name in names if name in folders)


def definition_of(outline: Outline, name: str) -> Definition | None:
    """The function called `name`; a property, or a method whose brace stands on the next line, by its declaration."""
    found = [each for each in outline.named(name) if each.kind == "function"]
    if found:
        return found[0] if len(found) == 1 else None
    declared = re.compile(
        rf"^\s*(?:[\w<>\[\],?.]+\s+)+{re.escape(name)}\s*(?:<[^>\n]*>)?(?:\([^;\n]*\))?\s*(?:=>|\{{|$)"
    )
    for number, line in enumerate(outline.lines, 1):
        if len(line) <= _LONGEST_ROW and declared.match(line):
            return Definition(name, "function", number, _end_of_member(outline, number), 0)
    return None


def _end_of_member(outline: Outline, start: int) -> int:
    depth = 0
    for number in range(start, min(start + _LONGEST, len(outline.lines)) + 1):
        row = outline.lines[number - 1]
        depth += row.count("{") - row.count("}")
        if depth <= 0 and (";" in row or "}" in row):
            return number
    return start
