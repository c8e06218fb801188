"""A person's own sessions: listed, and ended one by one."""

from datetime import datetime
from uuid import UUID

from auth import rules
from auth.schemas import SessionView
from auth.service import users
from auth.tables import Session
from lms.callers import Caller
from lms.errors import NotFound
from lms.pages import Page, PageRequest, query_page


class SessionNotFound(NotFound):
    detail = "There is no such session."


def list_own(caller: Caller, paging: PageRequest, now: datetime) -> Page[SessionView]:
    """The caller's sessions that still go on, the newest first."""
    user = users.get(caller.id)
    going_on = (Session.epoch == user.epoch) & (Session.valid_until > now)
    found, after = query_page(Session.by_user, [user.id], paging, scan_index_forward=False, filter_condition=going_on)
    return paging.page([_view(session, caller) for session in found], after)


def end_own(caller: Caller, session_id: UUID) -> None:
    """Ends one session of the caller. Raises `SessionNotFound`, for those of others too."""
    session = Session.find(session_id.hex)
    if session is None or session.user_id != caller.id:
        raise SessionNotFound
    session.delete()


def _view(session: Session, caller: Caller) -> SessionView:
    return SessionView(
        id=UUID(session.family),
        started_at=session.ends_at - rules.FAMILY_LIFETIME,
        last_used_at=session.rotated_at,
        client=session.client or "Unknown client",
        address=session.address,
        current=session.family == caller.session,
    )
