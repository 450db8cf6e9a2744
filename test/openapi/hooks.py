"""The one thing that no schema can say: two heartbeats cannot have the same pattern.

Schemathesis sends the same valid body more than once, and expects it to be accepted each time. Each valid pattern therefore
gets a key of its own before it is sent; no check is left out.
"""

from uuid import uuid4

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    body = case.body
    valid = case.meta is not None and case.meta.generation.mode.is_positive
    if valid and isinstance(body, dict) and isinstance(body.get("pattern"), dict):
        case.body = {**body, "pattern": {**body["pattern"], "unique": str(uuid4())}}
