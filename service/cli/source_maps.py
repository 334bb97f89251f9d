"""Finds the source maps of a trace's bundles: in the files and folders of --source-map, else in the repository."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from incidents.errors import InputError
from service.cli.option_errors import path_of

if TYPE_CHECKING:
    from tools.git.repository import Repository
    from tools.traces.places.source_maps import SourceMap

_MOST_FILES: Final = 2_000


class SourceMaps:
    """The maps that --source-map names, and those of the deployed revision."""

    def __init__(self, given: Sequence[str], repository: "Repository", revision: str) -> None:
        """Raises InputError for what cannot be read, and for a file that is no map."""
        self._repository, self._revision = repository, revision
        places = [path_of(name, "--source-map") for name in given]
        self._files = [file for place in places for file in _files(place)]
        self._alone = {file: _read(file) for file in places if file.is_file()}

    def of(self, path: str) -> "SourceMap | None":
        """The map of the bundle at a printed path; None when there is none, or several could be meant."""
        from tools.traces.places.source_maps import bundle_name, map_of_bundle

        if not bundle_name(path).endswith((".js", ".mjs", ".cjs")):
            return None
        files = {str(file): file for file in self._files}
        found = map_of_bundle(path, files)
        if found is not None:
            return self._alone.get(files[found]) or _read(files[found])
        said = [each for each in self._alone.values() if each.file and bundle_name(each.file) == bundle_name(path)]
        return said[0] if len(said) == 1 else self._of_repository(path)

    def _of_repository(self, bundle: str) -> "SourceMap | None":
        from tools.traces.places.source_maps import map_of_bundle, read_map

        maps = [path for path in self._repository.paths(self._revision) if path.endswith(".map")]
        found = map_of_bundle(bundle, maps)
        data = self._repository.file(self._revision, found) if found is not None else None
        try:
            return read_map(data) if data is not None else None
        except InputError:  # the repository's own file: the places in the bundle stay as they are
            return None


def _files(place: Path) -> Iterator[Path]:
    if place.is_dir():
        found = sorted(place.rglob("*.map"))[:_MOST_FILES]
        if not found:
            raise InputError(f"no *.map file in {str(place)!r}; give the folder of the build")
        yield from found
    elif place.is_file():
        yield place
    else:
        raise InputError(f"cannot read {str(place)!r}; give a file or folder that is there")


def _read(file: Path) -> "SourceMap":
    from tools.traces.places.source_maps import MOST_BYTES, read_map

    try:
        if file.stat().st_size > MOST_BYTES:
            raise InputError(f"{str(file)!r} is larger than {MOST_BYTES >> 20} MiB")
        return read_map(file.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read {str(file)!r} ({error.strerror})") from error
    except InputError as error:
        raise InputError(f"{str(file)!r}: {error}; give the .map file of the bundle") from error
