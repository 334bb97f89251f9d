"""The kind of cause of an incident: what the guilty commit changed that made it guilty, by the signal behind its reason."""

from typing import Final

from incidents.evidence import Suspect
from incidents.verdict import Verdict

CODE: Final = "code"
NO_COMMIT: Final = "no commit of the deploy"
_KINDS: Final = {
    "moved_package_in_trace": "dependency",
    "moved_with_unknown_name": "dependency",
    "moved_submodule": "dependency",
    "moved_runtime": "runtime",
    "changed_code_finder": "build",
    "changed_bundler": "build",
    "lowered_limit": "setting",
    "turned_switch": "setting",
    "switched_setting": "setting",
    "changed_route": "route",
    "changed_named_schema": "schema",
    "broke_translation": "data",
    "removed_missing_key": "data",
    "removed_named_file": "data",
}


def kind_of_cause(truth: str | None, *verdicts: Verdict) -> str:
    """Return the kind of what people named (`truth`, or "none"), else of what a verdict names; "" when nobody knows."""
    if truth == "none":
        return NO_COMMIT
    named = truth or next((each.culprit for each in verdicts if each.culprit), None)
    if named is None:
        return ""
    suspects = (suspect for each in verdicts for suspect in each.suspects if suspect.commit.sha.startswith(named))
    return next((_kind(each) for each in suspects), "")


def _kind(suspect: Suspect) -> str:
    first = suspect.reasons[0] if suspect.reasons else ""
    leading = next((each.name for each in suspect.signals if each.detail and each.detail in first), "")
    return _KINDS.get(leading, CODE)
