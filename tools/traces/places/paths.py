"""Production paths -> files of the repository."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from incidents.trace import Failure, Frame, StackTrace
from tools.traces.places.installed import Installed, Read, installed, own_path
from tools.traces.places.packages import declaring
from tools.traces.places.relocation import relocated

MAX_PATH = 4_000

_SCHEME = re.compile(r"[A-Za-z][\w+.-]{1,40}:(?:(?=/)|[A-Za-z]+:(?=/))")
_GEM = re.compile(r"(?<![\w.-])([\w.-]{1,100}) \(\d[\w.]{0,30}\) ")
_DRIVE = re.compile(r"/{0,3}[A-Za-z]:(?=/)")
_PACKAGED = re.compile(
    r"(?:^|/)(?:(?:site|dist)-packages|node_modules/(?:@[^/]+/)?[^/]+|vendor/[^/]+/[^/]+|gems/[^/]+)$"
)
_FOREIGN = re.compile(
    r"(?:^|/)(?:site-packages|dist-packages|node_modules|bower_components|vendor|gems|third_party|lib/python\d[\d.]*"
    r"|pkg/mod)(?:/|$)"
)


OWN = " (the project itself)"
OWN_WEIGHT = 3
"""What a package that the project is known to be published as counts for, in components."""


_SYSTEM = re.compile(
    r"^/?(?:usr/(?:local/)?(?:lib|go|share)|rustc|opt/(?:homebrew|hostedtoolcache)|home/[^/]+/\.(?:cargo|rustup|pyenv|rvm|rbenv)|node:|internal/|java/|javax/|jdk/|kotlin/|scala/|_/)"
)


class Match(NamedTuple):
    """A file of the repository that a printed path may mean.

    `root` is what the printed path has in front of the repository path (where the program is deployed), or, with a
    leading `+`, what the repository path has in front of the printed one. `components` is the length of what agrees.
    """

    path: str
    root: str
    components: int


class PathIndex:
    """The files of one revision, found by the end of a printed path in time that does not depend on their number."""

    def __init__(self, paths: Iterable[str], read: Read | None = None, root: str = "") -> None:
        """`read` gives the text of one of the files (manifests name the packages the project is published as); files below
        `root`, the folder that is deployed, are preferred."""
        self._paths = frozenset(paths)
        self._read = read
        self._root = root.strip("/")
        self._by_name: defaultdict[str, list[str]] = defaultdict(list)
        for path in self._paths:
            self._by_name[path[path.rfind("/") + 1 :]].append(path)
        self._by_tail: dict[str, dict[str, list[str]]] = {}

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def locate(self, path: str) -> str | None:
        """The repository's file that a printed path means, judged from this path alone; None when none or unclear.

        One of both must be the whole end of the other. Behind a dependency directory (`vendor/x/src/Command.php`)
        two components are no proof that `src/Command.php` is meant.
        """
        matches = self.matches(path)
        if not matches:
            return None
        best = max(matches, key=lambda match: match.components)
        rivals = [match for match in matches if match.components > best.components - 2 and match.root[:1] == "+"]
        if best.root[:1] == "+" and len(rivals) > 1:
            return None
        return best.path if _plausible(best) else None

    def matches(self, path: str) -> tuple[Match, ...]:
        """Every file that agrees with a printed path to the whole end of one of both, the longest agreement first."""
        parts = components(path)
        if not parts or parts[-1] not in self._by_name:
            return ()
        package = installed(parts)
        if package is not None:
            return self._of_package(parts, package)
        found = self._whole_ends(parts)
        inside = components(path.rpartition("!")[2])  # an archive's own root
        return tuple(found) or self._longer(inside or parts)

    def _whole_ends(self, parts: list[str]) -> list[Match]:
        """Files that are the whole end of the printed path, below the deployed folder when one is known."""
        found = []
        for base in dict.fromkeys((self._root, "")):
            for start in range(len(parts)):
                candidate = "/".join([base, *parts[start:]] if base else parts[start:])
                if candidate in self._paths:
                    root = "/".join(parts[:start])
                    found.append(
                        Match(candidate, f"{root} in {base}" if base else root, len(parts) - start + (base != ""))
                    )
            if found:
                break
        return found

    def _of_package(self, parts: list[str], package: Installed) -> tuple[Match, ...]:
        """A file of the package that the project itself is, or of one that the repository holds a copy of."""
        held = [match for match in self._whole_ends(parts) if len(parts) - match.components < package.at]
        own = None if held else own_path(package, self._paths, self._read)
        if own is not None:
            return (Match(own, "/".join(parts[: package.at]) + OWN, len(package.inside) + OWN_WEIGHT),)
        return tuple(held)

    def _longer(self, parts: list[str]) -> tuple[Match, ...]:
        """Files whose path ends with the whole printed one."""
        printed = "/".join(parts)
        ending = "/" + printed
        return tuple(
            Match(path, "+" + path[: -len(ending)], len(parts))
            for path in self.same_name(parts)
            if path.endswith(ending)
        )

    def same_name(self, parts: Sequence[str]) -> Sequence[str]:
        """The files of one name; names that are everywhere (`__init__.py`) are looked up with their directory."""
        name = parts[-1]
        same = self._by_name.get(name, [])
        if len(same) < 64 or len(parts) < 2:
            return same if len(same) < 64 else ()
        if name not in self._by_tail:
            tails: defaultdict[str, list[str]] = defaultdict(list)
            for path in same:
                tails[path.split("/")[-2] if "/" in path else ""].append(path)
            self._by_tail[name] = tails
        return self._by_tail[name].get(parts[-2], ())

    def in_package(self, path: str) -> str | None:
        """The file that declares the package in whose folder the printed path stands."""
        parts = components(path)
        return declaring("/".join(parts), self.same_name(parts), self._read) if parts else None


def components(path: str) -> list[str]:
    """A printed path's components: schemes, drives, queries, archives (`jar!`) and `.` or `..` resolved."""
    path = path[:MAX_PATH].replace("\\", "/").partition("?")[0].partition("#")[0]
    scheme = _SCHEME.match(path)
    path = path[scheme.end() :] if scheme else path
    drive = _DRIVE.match(path)
    path = path[drive.end() :] if drive else path
    path = _GEM.sub(r"\1/", path, count=1) if " (" in path else path
    parts: list[str] = []
    for part in path.replace("!", "/").split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", ".", "~"):
            parts.append(part)
    return parts


def _plausible(match: Match) -> bool:
    """Whether a match can stand without the other frames of its trace."""
    if match.root[:1] == "+" or match.root.endswith(OWN):
        return True
    if match.components >= 3 or not _FOREIGN.search(match.root):
        return True
    return match.components == 2 and _PACKAGED.search(match.root) is not None


def map_to_repository(trace: StackTrace, index: PathIndex) -> StackTrace:
    """The same trace with `repo_path` filled in, which decides `in_app`.

    The frames vote on where the repository is deployed (a long agreement weighs more): a short agreement that
    disagrees with the winner is another program's file of the same name. When nothing maps at all, the program may be
    deployed from a part of the repository (see relocation.py).
    """
    paths = dict.fromkeys(frame.path for frame in trace.frames if frame.path)
    options = {path: _options(path, trace.language, index) for path in paths}
    located = _vote({path: matches for path, matches in options.items() if matches})
    lost = [path for path in paths if path not in located]
    if trace.language == "java":  # its paths are packages: they are whole, or the file says which one it is of
        located |= {path: file for path in lost if not is_foreign(path) and (file := index.in_package(path))}
    else:
        located |= _relocated(lost, index, alone=not located)

    def mapped(frame: Frame) -> Frame:
        return frame.model_copy(update={"repo_path": located.get(frame.path)})

    failures = [
        Failure(type=failure.type, message=failure.message, frames=tuple(map(mapped, failure.frames)))
        for failure in trace.failures
    ]
    return trace.model_copy(update={"failures": tuple(failures)})


def _relocated(paths: Iterable[str], index: PathIndex, *, alone: bool) -> dict[str, str]:
    """Files of a part of the repository that is deployed elsewhere than the rest of it, or than one would expect."""
    parts = {path: components(path) for path in paths if not is_foreign(path)}
    moved = relocated((each for each in parts.values() if each), index.same_name, alone=alone)
    return {path: moved["/".join(each)] for path, each in parts.items() if "/".join(each) in moved}


def is_foreign(path: str) -> bool:
    """Whether a path says that it belongs to a run time, a standard library or a dependency."""
    return (
        _FOREIGN.search(path) is not None or _SYSTEM.search(path) is not None or installed(components(path)) is not None
    )


def _options(path: str, language: str | None, index: PathIndex) -> tuple[Match, ...]:
    """What a frame's path may mean. A bare `events.js` or `node:events` is the JavaScript run time's own file."""
    if language == "javascript" and ("/" not in path or path.startswith(("node:", "internal/"))):
        return ()
    return index.matches(path)


def _vote(options: dict[str, tuple[Match, ...]]) -> dict[str, str]:
    """Choose for every printed path the file it means, or nothing."""
    weights = _weights(options)
    trusted = _trusted(weights, options)
    located: dict[str, str] = {}
    for path, matches in options.items():
        agreeing = [match for match in matches if match.root in trusted]
        chosen = agreeing or [match for match in matches if match.root[:1] == "+"]
        if not chosen:
            continue
        best = max(chosen, key=lambda match: (weights[match.root], match.components))
        equals = [match for match in chosen if match.components == best.components and match.path != best.path]
        if best.root[:1] == "+" and any(weights[match.root] >= weights[best.root] for match in equals):
            continue
        located[path] = best.path
    return located


def _weights(options: dict[str, tuple[Match, ...]]) -> Counter[str]:
    """For each root, how many components agree in all; a path that could mean several files splits its vote."""
    weights: Counter[str] = Counter()
    for matches in options.values():
        longest = max(match.components for match in matches)
        for match in matches:
            if match.components == longest or len(matches) == 1 or match.root[:1] != "+":
                weights[match.root] += match.components
    return weights


def _trusted(weights: Counter[str], options: dict[str, tuple[Match, ...]]) -> set[str]:
    """The roots under which this repository is deployed.

    The heaviest is. Others are, unless they lie inside a heavier one (then the file would have to be found from there:
    `/srv/app/vendor/x` is a dependency of what is deployed in `/srv/app`), or are known by short agreements only.
    """
    longest: Counter[str] = Counter()
    for matches in options.values():
        for match in matches:
            longest[match.root] = max(longest[match.root], match.components)
    roots = [root for root in weights if root[:1] != "+"]
    roots.sort(key=lambda root: (-weights[root], _FOREIGN.search(root) is not None, len(root), root))
    trusted: set[str] = set()
    for root in roots:
        lone = not trusted
        plausible = _plausible(Match("", root, longest[root]))
        inside = any(root.startswith(other + "/") for other in trusted)
        if (lone and plausible) or (not inside and longest[root] >= 3 and plausible):
            trusted.add(root)
    return trusted
