"""What a sandbox hides of the home folder: everything that begins with a dot, but the toolchains there.

Programs keep credentials in hundreds of such places, so what stays is named, and not what goes.
"""

import os
import pwd
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_TOOLCHAINS: Final = frozenset(
    (
        *(".pyenv", ".venv", ".venvs", ".virtualenvs", ".conda/envs", ".conda/pkgs", ".pixi/bin", ".pixi/envs"),
        *(".local/bin", ".local/lib", ".local/pipx/venvs", ".local/share/pipx/venvs", ".local/share/virtualenvs"),
        *(
            ".local/share/uv/python",
            ".local/share/uv/tools",
            ".local/share/pypoetry/venv",
            ".cache/pypoetry/virtualenvs",
        ),
        *(".nvm", ".nodenv", ".volta/bin", ".volta/tools", ".local/share/fnm", ".bun/bin", ".deno/bin"),
        *(".npm-global/bin", ".npm-global/lib", ".cache/node/corepack", ".cache/ms-playwright", ".cache/puppeteer"),
        *(".rbenv", ".rvm", ".rubies", ".gem/ruby", ".local/share/gem/ruby", ".local/share/mise/installs"),
        *(
            ".cargo/bin",
            ".cargo/registry",
            ".rustup",
            ".goenv",
            ".phpenv",
            ".composer/vendor",
            ".config/composer/vendor",
        ),
        *(".sdkman/candidates", ".jenv", ".jdks", ".m2/repository", ".m2/wrapper", ".ivy2/cache", ".cache/coursier"),
        *(".gradle/caches", ".gradle/wrapper", ".dotnet/sdk", ".dotnet/shared", ".dotnet/host", ".dotnet/packs"),
        *(
            ".dotnet/dotnet",
            ".dotnet/tools",
            ".nuget/packages",
            ".ghcup",
            ".cabal/bin",
            ".cabal/store",
            ".stack/programs",
        ),
        *(".stack/snapshots", ".opam", ".mix", ".kerl", ".asdf", ".plenv", ".luarocks/lib", ".luarocks/share"),
        *(".local/share/mise/shims", ".nix-profile", ".linuxbrew", ".cache/go-build"),
    )
)
_OTHER: Final = ("snap",)
"""Without a dot, but full of such folders."""
_PREFIX: Final = ("bin", "lib", "lib64", "libexec", "pyvenv.cfg")
_SYSTEM: Final = ("/bin", "/dev", "/etc", "/lib", "/lib64", "/nix", "/opt", "/proc", "/sbin", "/snap", "/sys", "/usr")
"""A link from the home folder to there leads to programs, and not to what this account keeps for itself."""
_EMPTY: Final = ("/tmp", "/run")
"""In the sandbox: what a link to there leads to is gone already."""


def covered() -> tuple[Path, ...]:
    """Return the real files and folders to be hidden, none below another. What cannot be read, no command can either."""
    found = {real for home in _homes() for entry in _entries(home) if (real := _real(entry, home)) is not None}
    return tuple(sorted(path for path in found if not found.intersection(path.parents)))


def shown_again(hidden: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    """Yield the toolchains below what is hidden, and what PATH names there: where each lies, and where to show it."""
    folders = tuple(hidden)
    named = [home / name for home in _homes() for name in sorted(_TOOLCHAINS)]
    for path in dict.fromkeys((*named, *_on_path())):
        shown = Path(os.path.realpath(path.parent)) / path.name
        if os.access(path, os.F_OK) and any(shown.is_relative_to(folder) for folder in folders):
            yield Path(os.path.realpath(path)), shown


def _homes() -> tuple[Path, ...]:
    """The folder that HOME names, and the account's own, which may be another."""
    told = [os.environ.get("HOME", "")]
    with suppress(KeyError):  # an account without an entry, as in some containers
        told.append(pwd.getpwuid(os.getuid()).pw_dir)
    return tuple(dict.fromkeys(Path(os.path.realpath(path)) for path in told if Path(path).is_absolute()))


def _entries(home: Path) -> Iterator[Path]:
    """What begins with a dot, and the links in those folders: their files may lie elsewhere."""
    for path in _listed(home):
        if path.name in _TOOLCHAINS or not (path.name.startswith(".") or path.name in _OTHER):
            continue
        yield path
        folders = (path, *_listed(path)) if path.name == ".config" else (path,)
        yield from (below for folder in folders for below in _listed(folder) if below.is_symlink())


def _listed(folder: Path) -> tuple[Path, ...]:
    try:
        return tuple(folder.iterdir()) if os.access(folder, os.X_OK) else ()
    except OSError:
        return ()


def _real(entry: Path, home: Path) -> Path | None:
    """Where the entry lies; None for a toolchain, and where nothing is to be hidden."""
    tools = [home / name for name in _TOOLCHAINS]
    try:
        real = Path(os.path.realpath(entry, strict=True))
    except OSError:  # it leads nowhere, or may not be read
        return None
    elsewhere = [place for place in (*_SYSTEM, *_EMPTY) if place in _EMPTY or not home.is_relative_to(place)]
    if entry in tools or home.is_relative_to(real) or any(real.is_relative_to(place) for place in elsewhere):
        return None
    if entry.is_symlink() and any(real.is_relative_to(os.path.realpath(tool)) for tool in tools):
        return None
    return real


def _on_path() -> Iterator[Path]:
    for name in os.environ.get("PATH", "").split(os.pathsep):
        folder = Path(name)
        if folder.is_absolute():
            yield from (folder.parent / part for part in _PREFIX) if folder.name == "bin" else (folder,)
