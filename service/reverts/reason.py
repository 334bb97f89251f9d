"""Why a commit is reverted, for the end of the commit message."""

from service.render.revert_reason import revert_reason
from service.store.feedback_meaning import meaning_of
from service.store.schemas import StoredIncident


def reason_of(incident: StoredIncident, commit: str, given: str, url: str) -> str:
    """The end of the commit message: the caller's own words, what the commit is to the incident, the error, and why."""
    head, reasons = _relation(incident, commit)
    own = f"{given.strip()}\n\n" if given.strip() else ""
    return own + revert_reason(head, incident.report, reasons=reasons, url=url)


def _relation(incident: StoredIncident, commit: str) -> tuple[str, tuple[str, ...]]:
    """What the commit is to the incident, and the reasons for that."""
    verdict, said, report = incident.verdict, incident.feedback, incident.report
    named = f"{incident.id} ({incident.alert.service}, {incident.alert.environment})"
    instead = meaning_of(said).instead if said is not None else None
    if said is not None and instead and commit.startswith(instead):
        written = (said.note,) if said.note.strip() else ()
        return f"{said.actor or 'A person'} said that this commit caused {named}.", written
    if verdict is not None and commit == verdict.culprit and commit not in incident.disproved:
        word = verdict.confidence.word
        why = report.why if report else ()
        return f"Red Tide found it to be the likely cause of {named}, {word} confidence.", why
    return f"Chosen by hand for {named}.", ()
