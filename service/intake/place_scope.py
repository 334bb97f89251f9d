"""Which fields of a body tell where it happened, and not what a stranger wrote into a form that the program then logged.

Beside an error any object may hold such a form: each new value in it would be another revision, environment or repository.
"""

from service.intake.field_search import FieldSearch, FoundField
from service.intake.labels import COMMIT, ENVIRONMENT
from service.intake.names import folded
from service.intake.told_in_rows import ERRORS

_ALERTS = frozenset(("alert", "incident", "issue", "problem", "event", "notification"))
_WRAPPERS = frozenset(("data", "payload", "body", "attributes"))
"""What may hold the error with all that is told beside it."""
_PLACES = frozenset(map(folded, ("tags", "labels", "deploy", "deployment", "release", *ENVIRONMENT))) | {
    *("service", "app", "application", "kubernetes", "servicecontext"),
}
_FORMS = (
    *(("context", "notifier"), ("properties", "messagetemplate")),
    *(("resource", "timeunixnano"), ("attributes", "timeunixnano")),
)
"""The objects of Airbrake, Serilog and OpenTelemetry for the place, and what tells that it is they."""
_COMMITS = frozenset(map(folded, COMMIT))
_ENDS_OF_COMMITS = ("commitsha", "commitref", "commitid", "commithash", "gitsha", "gitcommit", "gitrevision")


def placing(fields: FieldSearch, error: frozenset[tuple[str, ...]]) -> FieldSearch:
    """The fields that may tell the place. `error`: the paths of what holds an error; none without one."""
    if not error:
        return fields
    top = frozenset(field.name for field in fields.every() if not field.path)
    silent = (
        _ALERTS | _PLACES | (top if len(top) == 1 else frozenset()) | {name for name, beside in _FORMS if beside in top}
    )
    inner = frozenset[tuple[str, ...]]() if top & ERRORS else error

    def stands(field: FoundField) -> bool:
        """At the top, among labels, or in what holds the error as well."""
        own = {name for name in field.path if name not in silent}
        if "source" in field.path:  # a document of Elasticsearch in a list of any name
            own = {"data"}
        return not own or (own <= _WRAPPERS and any(_within(field.path, path) for path in inner))

    return fields.only(lambda field: stands(field) and not _is_of_another_commit(field))


def _within(path: tuple[str, ...], error: tuple[str, ...]) -> bool:
    """Whether what lies on this path holds the error, or belongs to the same document of Elasticsearch."""
    if "source" in path:
        path = path[: path.index("source") + 1]
    return error[: len(path)] == path


def _is_of_another_commit(field: FoundField) -> bool:
    """Whether it is a commit of something else (`comment_commit_id`)."""
    return field.name.endswith(_ENDS_OF_COMMITS) and field.name not in _COMMITS
