"""How much memory the processes of a running service hold."""

from pathlib import Path


def resident(root: int) -> dict[str, int]:
    """Resident bytes of each process below `root`, added up by its title (`ray::ProxyActor`, ...)."""
    found: dict[str, int] = {}
    for process in _tree(root):
        try:
            title = (Path("/proc") / str(process) / "cmdline").read_bytes().split(b"\0")[0].decode(errors="replace")
            pages = int((Path("/proc") / str(process) / "statm").read_text().split()[1])
        except (OSError, IndexError):
            continue
        name = title.split("/")[-1][:60]
        found[name] = found.get(name, 0) + pages * 4096
    return found


def _tree(root: int) -> set[int]:
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
    tree, grown = {root}, True
    while grown:
        more = {process for process, parent in parents.items() if parent in tree} - tree
        tree |= more
        grown = bool(more)
    return tree
