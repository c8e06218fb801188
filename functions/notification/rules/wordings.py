"""The words of notices: what a person's list shows, and the mail and the SMS say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lms.zones import find_zone
from notification.rules.messages import NoticeKind

_SHOWN_TITLES = 10
_SUBJECT_LENGTH = 200


@dataclass(frozen=True)
class Wording:
    """`subject` is one line; `text` may have several."""

    subject: str
    text: str


@dataclass(frozen=True)
class _Told:
    """The facts of a notice. What is not known has a plain word in its place, never a hole."""

    facts: Mapping[str, str]
    zone: ZoneInfo

    def course(self) -> str:
        return self.facts.get("course") or "your course"

    def exam(self) -> str:
        return self.facts.get("exam") or "an exam"

    def moment(self, name: str) -> str:
        if name not in self.facts:
            return "a time to be announced"
        local = datetime.fromisoformat(self.facts[name]).astimezone(self.zone)
        return f"{local:%H:%M} ({self.zone.key}) on {local:%d %B %Y}"

    def fee(self) -> str:
        fee, currency = self.facts.get("fee"), self.facts.get("currency")
        return f"{currency} {fee}" if fee and currency else "the fee"

    def due_date(self) -> str:
        return self.facts.get("due_date") or "its due date"

    def voucher(self) -> str:
        number = self.facts.get("voucher_no")
        return f"voucher {number}" if number else "your voucher"


def word(kind: NoticeKind, facts: Mapping[str, str], zone: str) -> Wording:
    """The words of a notice, its times in the zone of who reads it."""
    wording = _WORDINGS[kind](_Told(facts, find_zone(zone)))
    return Wording(" ".join(wording.subject.split())[:_SUBJECT_LENGTH], wording.text)


def _enrolled(told: _Told) -> Wording:
    return Wording(f"You are enrolled in {told.course()}", f"You are now enrolled in {told.course()}.")


def _assigned(told: _Told) -> Wording:
    return Wording(f"You teach {told.course()}", f"You were assigned to {told.course()} as its teacher.")


def _new_material(told: _Told) -> Wording:
    titles = told.facts.get("lessons", "").splitlines()
    count = int(told.facts.get("count", "0"))
    lines = [f"New in {told.course()}:", *(f"- {title}" for title in titles[:_SHOWN_TITLES])]
    if count > len(lines) - 1:
        lines.append(f"and {count - len(lines) + 1} more" if len(lines) > 1 else f"{count} lessons")
    return Wording(f"New material in {told.course()}", "\n".join(lines))


def _exam_scheduled(told: _Told) -> Wording:
    text = f"{told.exam()} in {told.course()} opens at {told.moment('opens_at')}."
    return Wording(f"Exam scheduled: {told.exam()}", f"{text} It closes at {told.moment('closes_at')}.")


def _exam_moved(told: _Told) -> Wording:
    text = f"{told.exam()} in {told.course()} was moved. It now opens at {told.moment('opens_at')}"
    return Wording(f"Exam moved: {told.exam()}", f"{text} and closes at {told.moment('closes_at')}.")


def _exam_cancelled(told: _Told) -> Wording:
    return Wording(f"Exam cancelled: {told.exam()}", f"{told.exam()} in {told.course()} was cancelled.")


def _exam_reminder(told: _Told) -> Wording:
    text = f"{told.exam()} in {told.course()} opens at {told.moment('opens_at')}."
    return Wording(f"Reminder: {told.exam()} opens soon", text)


def _result_released(told: _Told) -> Wording:
    score, status = told.facts.get("score"), told.facts.get("status")
    outcome = f": {score} %, {status}" if score and status else ""
    text = f"Your result in {told.exam()} in {told.course()} is out{outcome}."
    return Wording(f"Your result in {told.exam()}", text)


def _voucher_issued(told: _Told) -> Wording:
    text = f"A voucher for {told.course()} was issued to you: {told.voucher()}, {told.fee()}, due {told.due_date()}."
    return Wording(f"A voucher for {told.course()}", text)


def _payment_due_soon(told: _Told) -> Wording:
    text = f"{told.fee()} for {told.course()} ({told.voucher()}) is due on {told.due_date()}."
    return Wording(f"Payment for {told.course()} is due soon", text)


def _payment_overdue(told: _Told) -> Wording:
    text = f"{told.fee()} for {told.course()} ({told.voucher()}) was due on {told.due_date()} and is not paid yet."
    return Wording(f"Payment for {told.course()} is overdue", text)


def _payment_confirmed(told: _Told) -> Wording:
    text = f"Thank you: your payment of {told.fee()} for {told.course()} ({told.voucher()}) has arrived."
    return Wording(f"Payment for {told.course()} received", text)


def _as_typed(told: _Told) -> Wording:
    about = told.facts.get("course")
    subject = told.facts.get("subject") or (f"A message about {about}" if about else "A message for you")
    return Wording(subject, told.facts.get("message", ""))


_WORDINGS: dict[NoticeKind, Callable[[_Told], Wording]] = {
    "enrolled": _enrolled,
    "assigned": _assigned,
    "new_material": _new_material,
    "exam_scheduled": _exam_scheduled,
    "exam_moved": _exam_moved,
    "exam_cancelled": _exam_cancelled,
    "exam_reminder": _exam_reminder,
    "result_released": _result_released,
    "voucher_issued": _voucher_issued,
    "payment_due_soon": _payment_due_soon,
    "payment_overdue": _payment_overdue,
    "payment_confirmed": _payment_confirmed,
    "announcement": _as_typed,
    "course_update": _as_typed,
    "exam": _as_typed,
    "deadline": _as_typed,
}
