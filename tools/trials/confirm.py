"""Run the owner's command at the commits of a window, and say what that shows."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Final, Literal

from incidents.confirmation import Confirmation, Trial
from incidents.errors import InputError
from tools.git.repository import Repository
from tools.trials.bisection import Bisection, Window
from tools.trials.command import Command, run_command
from tools.trials.confinement import confined
from tools.trials.sandbox import obstacle, sandbox
from tools.trials.worktree import worktree

SandboxMode = Literal["auto", "required", "off"]
_REFUTED: Final = 0.01


@dataclass(slots=True)
class Runner:
    """Runs one command of the owner, each time in a fresh work tree and with a home folder of its own.

    Whether in a sandbox is decided at the first run, and holds for all.
    """

    repository: Repository
    command: str
    seconds: float = 600.0
    mode: SandboxMode = "auto"
    network: bool = False
    sandboxed: bool = False
    reported: Callable[[Trial], None] = lambda _: None
    stop: Event = field(default_factory=Event)
    _decided: bool = field(default=False, init=False)

    def __call__(self, commit: str) -> Trial:
        """Raises InputError when a sandbox is required and cannot be made, IncompleteRepository without the files.

        WorkInterrupted when `stop` is set.
        """
        with worktree(self.repository, commit) as folder, _empty_folder() as home:
            wrapper = self._wrapper(folder, Path(home))
            trial = run_command(Command(self.command, self.seconds, wrapper, self.stop), folder, commit, Path(home))
        self.reported(trial)
        return trial

    def _wrapper(self, folder: Path, home: Path) -> Sequence[str]:
        """Return the sandbox's words; where it was decided to do without, what still can be closed. Raises InputError."""
        objects = (self.repository.folder / "objects").resolve()
        wanted = self.sandboxed if self._decided else self.mode != "off"
        wrapper = sandbox(folder, (objects,), home=home, network=self.network) if wanted else None
        if wrapper is None and self._decided and self.sandboxed:
            raise InputError("the sandbox no longer works: nothing more was run")
        if wrapper is None and self.mode == "required":
            why = obstacle(folder, (objects,), home=home, network=self.network) or "it did not work just now"
            raise InputError(f"no sandbox: {why}, or let the command run without one (--sandbox auto)")
        self._decided, self.sandboxed = True, wrapper is not None
        return confined() if wrapper is None else wrapper


def _empty_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="redtide-home-", ignore_cleanup_errors=True)


def confirm(
    runner: Runner,
    window: Window,
    probabilities: Mapping[str, float],
    *,
    suspected: str | None = None,
    most: int = 30,
    sure: float = 0.975,
) -> Confirmation:
    """Find the first bad commit of `window` by trials. `probabilities` (sha -> 0..1) say where to look first.

    `suspected` is the commit to be confirmed or refuted. At most `most` runs. Raises InputError and IncompleteRepository.
    """
    bisection = Bisection(window, probabilities, runner, most, sure)
    bisection.finish()
    position, probability = bisection.leading
    culprit = window.at(position) if 0 < position <= len(window.commits) else None
    sure_of_it = culprit is not None and probability >= bisection.needed and bisection.seen
    proven = culprit if sure_of_it else None
    return Confirmation(
        command=runner.command,
        suspected=suspected,
        culprit=culprit,
        proven=proven,
        probability=probability,
        confirmed=_confirmed(bisection, suspected, proven),
        flaky=bisection.flaky,
        sandboxed=runner.sandboxed,
        trials=tuple(bisection.trials),
        detail=_detail(bisection, proven),
    )


def _confirmed(bisection: Bisection, suspected: str | None, culprit: str | None) -> bool | None:
    if culprit is not None:
        return suspected is None or culprit == suspected
    if suspected is None or not _separates(bisection.trials):
        return None
    position = list(bisection.window.commits).index(suspected) + 1
    return False if bisection.belief.posterior[position] < _REFUTED else None


def _separates(trials: list[Trial]) -> bool:
    """Whether the command passed somewhere and failed elsewhere: otherwise it may not be about this error at all."""
    return {"passed", "failed"} <= {trial.outcome for trial in trials}


def _said(trial: Trial) -> str:
    """The last line that it printed; what the status means where it printed none."""
    lines = trial.output.strip().splitlines()
    return lines[-1][:200] if lines else "not found, or not executable"


def _detail(bisection: Bisection, culprit: str | None) -> str:
    if culprit is not None:
        return f"the command passes before {culprit[:12]} and fails at it"
    if bisection.unusable:
        return f"the command cannot be run (status {bisection.trials[-1].status}: {_said(bisection.trials[-1])})"
    window, trials = bisection.window, bisection.trials
    failed = {trial.commit for trial in trials if trial.outcome == "failed"}
    passed = {trial.commit for trial in trials if trial.outcome == "passed"}
    if not passed and window.at(0) in failed:
        return "the command fails already before the window: it is about something older, or needs what is not here"
    if not failed and window.at(len(window.commits)) in passed:
        return "the command does not fail at the deployed revision: it does not show this error"
    if len(bisection.trials) >= bisection.most:
        return f"not decided after {len(bisection.trials)} runs"
    return "not decided: commits that matter could not be tested"
