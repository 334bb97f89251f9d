"""Links to Kibana's Discover that show the documents of a query."""

from urllib.parse import quote

from tools.logs.queries import Wanted, Window, stamp
from tools.logs.settings import LogSettings


def discover_link(settings: LogSettings, wanted: Wanted, window: Window) -> str | None:
    """Return a link to Discover with the error's query and time range; None when no Kibana is configured.

    The query is KQL inside Rison (https://www.elastic.co/docs/explore-analyze/query-filter/languages/kql),
    percent-encoded, so that no quote or bracket of an error message can end it early or break a renderer's link.
    """
    if settings.kibana_url is None:
        return None
    fields = settings.mapping()
    exact = (
        (fields.service, wanted.service),
        (fields.environment, wanted.environment),
        (fields.error_type, wanted.error_type),
        (fields.grouping_key, wanted.grouping_key),
    )
    parts = [f"{name}:{_quoted(value)}" for name, value in exact if name and value]
    parts += [f"{wanted.phrase_field}:{_quoted(phrase[:120])}" for phrase in wanted.phrases]
    view = f"dataSource:(dataViewId:'{settings.kibana_data_view}',type:dataView)," if settings.kibana_data_view else ""
    span = f"(time:(from:'{stamp(window.since)}',to:'{stamp(window.until)}'))"
    state = f"({view}query:(language:kuery,query:'{_rison(' and '.join(parts))}'))"
    return f"{settings.kibana_url.rstrip('/')}/app/discover#/?_g={quote(span, safe='')}&_a={quote(state, safe='')}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _rison(text: str) -> str:
    """Return the inside of a Rison string: `!` is its escape character."""
    return text.replace("!", "!!").replace("'", "!'")
