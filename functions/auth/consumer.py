"""Events of users: what the gateway has to know of them, what is left of erased ones, their exports, and courses that
an import asked for in vain."""

from auth.service import erasure, export, gateway, imported_courses
from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events.exports import ExportRequested
from lms.events.users import (
    CourseRequestRefused,
    UserDisabled,
    UserEnabled,
    UserErased,
    UserEvent,
    UserPasswordChanged,
    UserProfileUpdated,
    UserRegistered,
    UserSessionsRevoked,
)


def _provision(event: UserRegistered, _: Envelope) -> None:
    gateway.provision(event, now())


def _converge(event: UserEvent, _: Envelope) -> None:
    gateway.converge(event.user_id, now())


def _erased(event: UserErased, _: Envelope) -> None:
    erasure.finish(event.user_id, now())


def _export(event: ExportRequested, _: Envelope) -> None:
    export.add_part(event, now())


def _course_refused(event: CourseRequestRefused, _: Envelope) -> None:
    imported_courses.allow_again(event)


handler = KafkaConsumer(
    {
        UserRegistered: _provision,
        UserPasswordChanged: _converge,
        UserSessionsRevoked: _converge,
        UserProfileUpdated: _converge,
        UserDisabled: _converge,
        UserEnabled: _converge,
        UserErased: _erased,
        ExportRequested: _export,
        CourseRequestRefused: _course_refused,
    }
)
