"""What auth holds about a person, for their export, but for what signs them in."""

from datetime import datetime

from auth.service import code_budgets, imported_courses, search, users
from auth.tables import Session
from lms import exports
from lms.events.exports import ExportRequested

_SECRET = {"password", "issuer", "kid", "old_issuer", "old_issuer_until", "consumer_id", "epoch", "directory"}


def add_part(event: ExportRequested, now: datetime) -> None:
    """Adds the account, the profile, the words to find the person by, courses that imports asked for, sign-ins, and
    when codes were sent."""
    user = users.find(event.person_id)
    part: dict[str, list[dict[str, object]]] = {"Users": [], "Codes": [], "Sessions": []}
    if user is not None:
        profile = users.profile_of(user)
        [account, details] = exports.rows([user, profile])
        shown = {name: value for name, value in account.items() if name not in _SECRET}
        part["Users"] = [
            shown,
            details,
            {"found_by": sorted(search.words_of(user, profile))},
            {"requested_courses": imported_courses.requested_by_imports(user.id)},
        ]
        sent = code_budgets.sent_to(user.id)
        part["Codes"] = [{"sent": name, "at": [code.sent_at for code in codes]} for name, codes in sent.items()]
        part["Sessions"] = exports.rows(Session.by_user.query(user.id))
    exports.add_part(event, "auth", part, now)
