"""What a person may do on the pages: read, or also act."""

from collections.abc import Mapping
from typing import Literal

from service.api.auth.tokens import Scope

Role = Literal["read", "act"]
SCOPES_OF: Mapping[Role, frozenset[Scope]] = {
    "read": frozenset({"incidents:read"}),
    "act": frozenset({"incidents:read", "feedback:write", "alerts:write"}),
}
"""Who acts may judge a verdict, and have an incident investigated again."""
