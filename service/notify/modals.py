"""The modals about one incident: what they show comes from the store, never from the click."""

from dataclasses import replace

from incidents.evidence import Suspect
from incidents.report import Report
from incidents.revert_record import Revert
from incidents.verdict import Verdict
from service.notify.interaction import Click
from service.render.message import Candidate
from service.render.plan_summary import details, standing
from service.render.revert_command import from_anywhere, revert_command
from service.render.slack_buttons import Choice
from service.render.slack_text import Block
from service.render.slack_views import CommitShown, commit_view, not_this_view
from service.render.wording import short
from service.settings import Settings
from service.store.schemas import StoredIncident

_NOT_TRIED = "Whether it reverts cleanly was not tried: the command with --dry-run says so before anything is written."


def commit_modal(
    settings: Settings, click: Click, choice: Choice, incident: StoredIncident, planned: Revert | None = None
) -> Block | None:
    """The chosen commit, else the culprit, else the first that is left; None when there is none to look at.

    With its revert `planned`, the modal shows the plan and executes it.
    """
    verdict, candidates = incident.verdict, candidates_of(incident)
    sha = chosen_commit(incident, choice.chosen) or next((each.sha for each in candidates), None)
    if verdict is None or sha is None or sha in incident.disproved:
        return None
    number, suspect = next((n, each) for n, each in enumerate(verdict.suspects) if each.commit.sha == sha)
    shown = _shown(settings, incident, suspect)
    if planned is not None:
        shown = replace(
            shown,
            plan=standing(planned.plan),
            details=details(planned.plan),
            executable=planned.plan.clean and bool(planned.forge),
        )
    return commit_view(click.channel, choice._replace(chosen=f"c{number}"), shown, candidates)


def not_this_modal(click: Click, choice: Choice, incident: StoredIncident) -> Block:
    """The form, with every suspect but the verdict's own."""
    culprit = incident.verdict.culprit if incident.verdict else None
    others = tuple(each for each in candidates_of(incident) if each.sha != culprit)
    return not_this_view(click.channel, choice, others)


def candidates_of(incident: StoredIncident) -> tuple[Candidate, ...]:
    """The suspects of the verdict that nobody has called innocent, each with its place in it."""
    suspects = incident.verdict.suspects if incident.verdict else ()
    return tuple(
        Candidate(number, each.commit.sha, each.commit.subject)
        for number, each in enumerate(suspects)
        if each.commit.sha not in incident.disproved
    )


def chosen_commit(incident: StoredIncident, chosen: str) -> str | None:
    """The commit at this place (`c3`) among the suspects; the culprit for ""; None where there is none."""
    verdict = incident.verdict
    if verdict is None or not chosen:
        return verdict.culprit if verdict else None
    number = chosen.removeprefix("c")
    if not (number.isascii() and number.isdecimal() and len(number) < 5 and int(number) < len(verdict.suspects)):
        return None
    return verdict.suspects[int(number)].commit.sha


def revert_plan(settings: Settings, incident: StoredIncident, sha: str) -> tuple[str, str]:
    """Whether its revert is clean, as far as that is known, and the command; the report has both for the culprit."""
    report, verdict = incident.report, incident.verdict
    if report is not None and verdict is not None and sha == verdict.culprit and report.revert:
        return report.revert, report.command or ""
    where = from_anywhere(settings, incident.alert.repository)
    return _NOT_TRIED, revert_command(incident.id, (*where, "--commit", short(sha)))


def _shown(settings: Settings, incident: StoredIncident, suspect: Suspect) -> CommitShown:
    commit, report, verdict = suspect.commit, incident.report, incident.verdict
    row = next((each for each in report.commits if each.sha == commit.sha), None) if report else None
    template = settings.notify.commit_urls.get(incident.alert.repository)
    plan, command = revert_plan(settings, incident, commit.sha)
    return CommitShown(
        sha=commit.sha,
        subject=commit.subject,
        author=commit.author,
        url=template.replace("{sha}", commit.sha) if template else row.url if row else None,
        references=row.references if row else (),
        reasons=_reasons(report, verdict, suspect),
        plan=plan,
        command=command,
    )


def _reasons(report: Report | None, verdict: Verdict | None, suspect: Suspect) -> tuple[str, ...]:
    """Why it is suspected: for the culprit what the report says."""
    culprit = verdict is not None and suspect.commit.sha == verdict.culprit
    return report.why if culprit and report is not None and report.why else suspect.reasons
