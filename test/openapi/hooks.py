"""What no schema can say: two heartbeats cannot have the same pattern, and in version 4 neither the same name nor id; and a list of
version 4 has no page past its last.

Schemathesis sends the same valid body more than once, and expects it to be accepted each time. Each valid pattern therefore
gets a key of its own before it is sent, a name and an id of version 4 are new, and the page is the first; no check is left out.
"""

from uuid import uuid4

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    valid = case.meta is not None and case.meta.generation.mode.is_positive
    if not valid:
        return
    version4 = case.path.startswith("/api/v4/")
    if isinstance(case.body, list):
        case.body = [unique(item, version4) for item in case.body]
    else:
        case.body = unique(case.body, version4)
    if version4 and isinstance(case.query, dict) and "page" in case.query:
        case.query = {**case.query, "page": 1}


def unique(body, version4):
    if not isinstance(body, dict) or not isinstance(body.get("pattern"), dict):
        return body
    changed = {**body, "pattern": {**body["pattern"], "unique": str(uuid4())}}
    if version4:
        changed["name"] = str(uuid4())
        if "_id" in body:
            changed["_id"] = str(uuid4())
    return changed
