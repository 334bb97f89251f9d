"""Where a body of no known form says that it happened: service, environment, revisions."""

import re
from collections.abc import Mapping

from service.intake.field_names import KINDS, SERVICE_NAMES, WATCHED
from service.intake.field_search import LABELS, FieldSearch
from service.intake.free_text import labels_in
from service.intake.label_shapes import environment_among
from service.intake.labels import (
    COMMIT,
    ENVIRONMENT,
    REVISION,
    SERVICE,
    environment_in,
    first_of,
    is_commit,
    is_environment,
    revision_of,
)
from service.intake.labels import service_in as workload_in
from service.intake.names import UUID, in_one_spelling
from service.intake.state_by_form import checked_of

_NAME = re.compile(r"[\w.@-]{2,100}")
_IP = r"\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){3,7}"
_PERSON = re.compile(r"[^@\s]+@[^@\s]+\.\w+")
_NO_NAME = re.compile(rf"\d+|{UUID.pattern}|{_IP}|\S+ .*[.!?]|\w+(?:::\w+)+|{_PERSON.pattern}")
"""What numbers a service, is a sentence, a module of a program, or a person's address, names none."""
_DRAWN = re.compile(rf"[0-9a-f]{{8,}}|\d+|{_IP}")
"""The id of a container, or of a machine in a network, is no name."""
_PASSES_ON = re.compile(
    r"aws\.\w+|uptime-?kuma|prometheus|alertmanager|grafana|graylog|zabbix|nagios|icinga2?|kubernetes|syslog|syscall|webhook"
)
"""Who sends it is then what watches, or a cloud that passes events on."""
_ARN = re.compile(r"arn:[\w-]{1,20}:lambda:[^:]{0,30}:\d{0,12}:function:([\w-]{1,100})(?::.{0,100})?")
_HOST = re.compile(r"https?://(?:[^/?#@\s]{0,200}@)?([^/?#:@\s]{1,200})", re.I)
_SITE = re.compile(r"https?://[^/?#\s]{1,300}/?", re.I)
_OF_WATCHED = re.compile(r"(?:monitor|check|site|heartbeat)s?[._:]", re.I)
_OF_SEARCH = tuple(name for name in SERVICE_NAMES if name != "app")
"""In the alert of a saved search of Splunk `app` is the part of Splunk that holds the search."""
_OF_CHECK = tuple(name for name in SERVICE_NAMES if name != "site")
"""Of Nagios' kin `site` is the server that watches."""
_WATCHED = ("check_url", "monitor_url", "site_url", "target_url", "monitored_url")
_COMMITS = ("*commit_sha", "*commit_ref", "*commit_id", "*commit_hash", "*git_sha", "*git_commit", "*git_revision")
_ENTITIES = ("impacted_entities", "affected_entities", "entities")
_MOST_ENTITIES, _LONGEST_NAME = 100, 200
_TEXTS = ("description", "message", "text", "body", "details")


def service_in(fields: FieldSearch, title: str = "") -> str:
    """The service; else who sends it, if that is a name and no request or sentence."""
    of_search, checked = bool(fields.word(("sid",))), checked_of(fields)
    names = _OF_SEARCH if of_search else _OF_CHECK if checked else SERVICE_NAMES
    return (
        _at_top(fields, frozenset({"app"} if of_search else ()))
        or _typed(fields)
        or _labelled(fields)
        or _host_of(fields.named(names, _NO_NAME.fullmatch))
        or workload_in({name: text for name, text in _labels(fields).items() if _may_name(name, text, of_search)})
        or next(filter(_is_name, (fields.word((name,)) for name in WATCHED)), "")
        or _host_of(fields.text(_WATCHED))
        or (_host_of(title) if _HOST.match(title) else "")
        or _site_of(fields)
        or checked.partition("/")[0]
    )


def _at_top(fields: FieldSearch, others: frozenset[str]) -> str:
    """What the body itself calls the service, before all that it holds: that may be a form in which a stranger names another."""
    own = fields.only(lambda field: not field.path and field.name not in others)
    return _host_of(own.named(SERVICE, _NO_NAME.fullmatch))


def _may_name(label: str, text: str, of_search: bool) -> bool:
    return not (label == "app" and of_search) and _PERSON.fullmatch(text.strip()) is None


def _site_of(fields: FieldSearch) -> str:
    """What is called beside the address of a machine alone (a page about an alert has more), or beside an event of what is watched."""
    near = [field for field in fields.every() if not field.depth and isinstance(field.value, str)]
    of_site = {
        field.path
        for field in near
        if (field.name == "url" and _SITE.fullmatch(field.value))
        or (field.name in KINDS and _OF_WATCHED.match(field.value))
    }
    names = (field.value.strip() for field in near if field.name == "name" and field.path in of_site)
    return next((name for name in names if 0 < len(name) <= _LONGEST_NAME), "")


def _labelled(fields: FieldSearch) -> str:
    """What a label or tag calls the service, before what watches it or what is watched."""
    found = fields.chosen(
        SERVICE[:2], lambda field: field.depth == 0 or (field.depth == 1 and not LABELS.isdisjoint(field.path))
    )
    return found.strip() if isinstance(found, str) and _NO_NAME.fullmatch(found.strip()) is None else ""


def _is_name(word: str) -> bool:
    no_service = _DRAWN.fullmatch(word) or _PASSES_ON.fullmatch(word.lower()) or _PERSON.fullmatch(word)
    return _NAME.fullmatch(word) is not None and no_service is None


def _typed(fields: FieldSearch) -> str:
    """Among entities of several types that of a service."""
    listed = fields.first(_ENTITIES, lambda value: isinstance(value, list))
    typed = (in_one_spelling(each) for each in (listed or [])[:_MOST_ENTITIES] if isinstance(each, Mapping))
    names = (each.get("name") for each in typed if str(each.get("type", "")).lower() in ("service", "application"))
    return next((name for name in names if isinstance(name, str) and len(name) <= _LONGEST_NAME), "")


def _host_of(name: str) -> str:
    """Of an address the machine's name, which is what watchers of sites know of a service; of a function's its own."""
    found = _HOST.match(name) or _ARN.fullmatch(name)
    return found[1] if found else name


def environment_of(fields: FieldSearch, *, in_words: bool = True) -> str:
    """Under a name for it, as a namespace that is called so, or among the tags; else in words, if those are the sender's."""
    return (
        fields.named((*ENVIRONMENT, "release_stage", "env_name", "*environment_name", "*environment"))
        or environment_in(_labels(fields))
        or str(fields.first(("*namespace",), lambda value: isinstance(value, str) and is_environment(value)) or "")
        or _tagged(fields)
        or (_in_words(fields) if in_words else "")
    )


def _in_words(fields: FieldSearch) -> str:
    """On a line of its own in what is said (`Environment: Production`), if it is what environments are called."""
    lines = labels_in(fields.first(_TEXTS, lambda value: isinstance(value, str) and "\n" in value) or "")
    named = first_of(lines, ENVIRONMENT)
    return named if is_environment(named.lower()) else ""


def _tagged(fields: FieldSearch) -> str:
    return environment_among(
        fields.first(("tags", "labels", "*tags", "*labels", "*tags_json"), lambda value: bool(environment_among(value)))
    )


def revision_told(fields: FieldSearch) -> str:
    """The first name for a commit that holds one; a version is none."""
    found = revision_of(_labels(fields), (*COMMIT, "deployed", *REVISION))
    ending = fields.first(_COMMITS, lambda value: isinstance(value, str) and is_commit(value))
    return found if is_commit(found) or not ending else str(ending)


def base_told(fields: FieldSearch) -> str:
    """The commit that ran before, under the name of our own form."""
    found = revision_of(_labels(fields), ("base", "base_revision", "base_commit", "previous_revision"))
    return found if is_commit(found) else ""


def _labels(fields: FieldSearch) -> dict[str, str]:
    """All texts, each under the name that stands nearest to the top."""
    return {field.name: field.value for field in reversed(fields.every()) if isinstance(field.value, str)}
