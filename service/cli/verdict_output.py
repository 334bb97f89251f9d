"""The answer of `redtide investigate`: the report, and below it what belongs to it."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from service.cli import output
from service.cli.asked import Asked

if TYPE_CHECKING:
    from graph.investigation import Investigation
    from incidents.blame import Changer
    from service.cli.sections import Section

_BEFORE = 3  # commits from before the deploy that are listed when it holds nothing


def show(arguments: argparse.Namespace, asked: Asked, found: "Investigation", taken: str, seconds: float) -> None:
    """Print the verdict in the format `taken`."""
    given = asked.given
    others = given.others if given else ()
    before = _before(asked, found) if taken != "slack" else ()
    found = _with_next_step(found, before)
    if taken == "json":
        from service.cli.verdict_json import changer_object, verdict_object

        more: dict[str, object] = {"other_errors": [asdict(each) for each in others]} if others else {}
        more |= {"before": [changer_object(each) for each in before]} if before else {}
        output.write_object(verdict_object(found, seconds) | more)
        return
    from service.cli.sections import all_commits, changed_before, other_errors

    below: list[Section] = [changed_before(before)] if before else []
    below += [all_commits(found.verdict)] if arguments.all else []
    below += [other_errors(others)] if others else []
    output.write_report(found.report, below, taken)


def _with_next_step(found: "Investigation", before: "Sequence[Changer]") -> "Investigation":
    """When no commit of the deploy did it, the first thing to read is who changed the failing code before it;
    not where the error comes from outside the program."""
    if found.verdict.outcome != "none" or not before or found.evidence.older is not None:
        return found
    from service.render.wording import short
    from tools.ranking.elsewhere import FROM_OUTSIDE

    if FROM_OUTSIDE in found.evidence.instead:  # a full disk or a lost connection is in nobody's code
        return found

    first = before[0].commit.sha
    told = f"Read {short(first)}, which last changed the failing code before this deploy. {found.verdict.next_step}"
    parts = (found.verdict, found.report)
    verdict, report = (part.model_copy(update={"next_step": told}) for part in parts)
    return found.model_copy(update={"verdict": verdict, "report": report})


def _before(asked: Asked, found: "Investigation") -> "Sequence[Changer]":
    """Who changed the failing code before the deploy: only when no commit of the deploy is suspected, and it was found."""
    if found.verdict.outcome in ("culprit", "unsure") or not found.evidence.seen.read:
        return ()
    from tools.ranking.blame import blame

    evidence = found.evidence
    window = {suspect.commit.sha for suspect in evidence.suspects} | {each.commit.sha for each in evidence.ruled_out}
    earlier = blame(
        asked.repository, evidence.deployed, evidence.trace, weights=asked.weights, most=len(window) + _BEFORE
    )
    return [each for each in earlier.changers if each.changed and each.commit.sha not in window][:_BEFORE]
