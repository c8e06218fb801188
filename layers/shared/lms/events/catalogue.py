"""Every event, by its type, and every topic. Functions import the events that they use, not this."""

from lms.events import (
    Event,
    audit,
    content,
    courses,
    enrollments,
    exams,
    exchange,
    exports,
    institute,
    messages,
    payments,
    progress,
    users,
)

_MODULES = (
    users,
    exports,
    courses,
    enrollments,
    exams,
    progress,
    payments,
    content,
    messages,
    exchange,
    institute,
    audit,
)

CATALOGUE: dict[str, type[Event]] = {
    event.type: event
    for module in _MODULES
    for event in vars(module).values()
    # What several events have in common has no type of its own.
    if isinstance(event, type) and issubclass(event, Event) and "type" in vars(event)
}
TOPICS: tuple[str, ...] = tuple(sorted({event.topic for event in CATALOGUE.values()}))
