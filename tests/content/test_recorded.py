"""The recorded events of content, each as its function takes it."""

from tests.content.conftest import Content
from tests.recorded import open_course


def test_a_recorded_request_shows_an_outline(content: Content) -> None:
    open_course()
    answer = content.http.replay("content_outline", content.admin.token)
    assert (answer.status, answer.json["modules"]) == (200, [])
