"""Events of other services: changed outlines move percentages, erased students are forgotten."""

from lms.clock import now
from lms.consumer import Envelope, KafkaConsumer
from lms.events import OutlineChanged, UserErased
from progress.service import classes, feedback


def _outline_changed(event: OutlineChanged, _: Envelope) -> None:
    classes.follow(event.course_id, event.version, now())


def _erased(event: UserErased, _: Envelope) -> None:
    feedback.forget(event.user_id, now())


handler = KafkaConsumer({OutlineChanged: _outline_changed, UserErased: _erased})
