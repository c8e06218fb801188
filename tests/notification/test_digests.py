"""New material: many lessons, one message."""

from notification import fanout
from tests.notification.world import NO_CONTEXT, School, record
from tests.people import sign_in


def test_thirty_lessons_published_within_a_minute_make_one_message(school: School) -> None:
    for version in range(1, 31):
        school.consume(school.published(version, f"Lesson {version}"))
        school.clock.advance(seconds=2)
        school.tick()
    assert school.kinds() == []

    school.pass_time(minutes=5)
    school.pass_time(minutes=5)

    assert school.kinds() == ["new_material"]
    assert school.kinds(channel="email") == ["new_material"]
    said = school.listed("new_material")["message"]
    assert said.startswith("New in Agents:\n- Lesson 1\n")
    assert said.endswith("- Lesson 10\nand 20 more")


def test_a_class_hears_of_new_material_at_most_once_an_hour(school: School) -> None:
    school.consume(school.published(1, "First"))
    school.pass_time(minutes=5)
    school.consume(school.published(2, "Second"))
    school.pass_time(minutes=54)
    assert len(school.kinds()) == 1

    school.pass_time(minutes=7)
    assert len(school.kinds()) == 2


def test_material_published_twice_and_out_of_order_is_counted_once(school: School) -> None:
    school.consume(school.published(7, "B"), school.published(5, "A"), school.published(7, "B"))
    school.pass_time(minutes=6)

    assert sorted(school.listed("new_material")["message"].splitlines()[1:]) == ["- A", "- B"]
    school.consume(school.published(5, "A"), school.published(7, "B"))
    school.pass_time(hours=3)
    assert len(school.kinds()) == 1


def test_a_digest_that_cannot_go_out_holds_up_no_later_one_and_says_nothing_when_it_can(school: School) -> None:
    school.consume(school.published(1, "First"))
    school.clock.advance(minutes=6)
    school.tick()
    [stuck] = school.broadcasts.entries()

    school.clock.advance(hours=2)
    school.process(school.published(2, "Second"))
    school.pass_time(minutes=6)

    assert [item["message"] for item in school.inbox()] == ["New in Agents:\n- First\n- Second"]
    assert fanout.handler({"Records": [record(stuck)]}, NO_CONTEXT) == {"batchItemFailures": []}
    assert school.kinds() == ["new_material"]


def test_a_digest_that_is_begun_twice_says_the_same(school: School) -> None:
    school.consume(school.published(1, "First"))
    school.clock.advance(minutes=6)
    school.tick()
    [entry] = school.broadcasts.entries()
    fanout.handler({"Records": [record(entry)]}, NO_CONTEXT)
    late = school.enroll(sign_in("student"))
    school.consume(school.published(2, "Second"))

    fanout.handler({"Records": [record(entry)]}, NO_CONTEXT)

    assert school.listed("new_material")["message"] == school.listed("new_material", late)["message"]
