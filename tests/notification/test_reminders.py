"""What people are written about exams, results and vouchers, and when."""

from datetime import datetime, timedelta

from tests.notification.world import School


def test_a_class_hears_of_an_exam_when_scheduled_and_a_day_and_an_hour_before(school: School) -> None:
    school.process(school.scheduled(), school.scheduled())
    assert school.kinds() == ["exam_scheduled"]

    school.pass_time(days=2, minutes=-1)
    assert school.kinds() == ["exam_scheduled"]
    school.pass_time(minutes=2)
    assert school.kinds() == ["exam_reminder", "exam_scheduled"]
    school.pass_time(hours=23)
    assert school.kinds() == ["exam_reminder", "exam_reminder", "exam_scheduled"]
    school.pass_time(hours=2)
    assert len(school.kinds()) == 3


def test_a_moved_exam_moves_its_reminders(school: School) -> None:
    school.process(school.scheduled())
    school.process(school.changed(2, opens_in=timedelta(days=5)))
    assert school.kinds() == ["exam_moved", "exam_scheduled"]

    school.pass_time(days=3)
    assert school.kinds() == ["exam_moved", "exam_scheduled"]
    school.pass_time(days=2)
    assert school.kinds() == ["exam_moved", "exam_reminder", "exam_reminder", "exam_scheduled"]


def test_an_exam_that_is_moved_away_and_back_is_reminded_of_once_at_its_time(school: School) -> None:
    school.process(school.scheduled(opens_in=timedelta(days=3)))
    school.process(school.changed(2, opens_in=timedelta(days=5)), school.changed(3, opens_in=timedelta(days=3)))

    school.pass_time(days=2)
    assert school.kinds().count("exam_reminder") == 1
    school.pass_time(hours=23)
    assert school.kinds().count("exam_reminder") == 2


def test_a_reminder_that_fell_due_while_the_exam_was_elsewhere_is_made_up_for_by_the_message_about_the_move(
    school: School,
) -> None:
    back = school.changed(3, opens_in=timedelta(days=3))
    school.process(school.scheduled(opens_in=timedelta(days=3)))
    school.process(school.changed(2, opens_in=timedelta(days=5)))
    school.pass_time(days=2, hours=1)
    assert school.kinds() == ["exam_moved", "exam_scheduled"]

    school.process(back)
    school.pass_time(minutes=1)
    assert school.kinds() == ["exam_moved", "exam_moved", "exam_scheduled"]
    school.pass_time(hours=22)
    assert school.kinds().count("exam_reminder") == 1


def test_a_reminder_that_is_on_its_way_when_the_exam_moves_away_and_back_arrives(school: School) -> None:
    back = school.changed(3, opens_in=timedelta(days=3))
    school.process(school.scheduled(opens_in=timedelta(days=3)))
    school.clock.advance(days=2)
    school.tick()
    school.consume(school.changed(2, opens_in=timedelta(days=5)), back)
    school.fan_out()

    assert school.kinds().count("exam_reminder") == 1


def test_a_change_that_moves_nothing_is_no_news(school: School) -> None:
    school.process(school.scheduled(), school.changed(2, title="Midterm I"))

    assert school.kinds() == ["exam_scheduled"]


def test_a_class_hears_of_a_cancelled_exam_and_gets_no_reminder(school: School) -> None:
    school.process(school.scheduled())
    school.process(school.cancelled(2))
    school.pass_time(days=3)

    assert school.kinds() == ["exam_cancelled", "exam_scheduled"]
    assert school.listed("exam_cancelled")["message"] == "Midterm in Agents has been cancelled."


def test_an_exam_that_is_withdrawn_and_published_again_unchanged_is_no_news(school: School) -> None:
    opens_in = timedelta(days=3)
    school.process(school.scheduled(opens_in=opens_in))
    for version in (2, 4):
        same = school.scheduled(version + 1, opens_in=opens_in, title="Midterm I")
        school.process(school.cancelled(version, withdrawn=True))
        school.process(same)
    assert school.kinds() == ["exam_scheduled"]
    school.pass_time(days=2)
    school.pass_time(hours=23)
    assert school.kinds() == ["exam_reminder", "exam_reminder", "exam_scheduled"]


def test_an_exam_that_is_moved_while_it_is_withdrawn_is_announced_as_moved(school: School) -> None:
    school.process(school.scheduled())
    school.process(school.cancelled(2, withdrawn=True), school.scheduled(3, opens_in=timedelta(days=5)))
    school.pass_time(days=3)
    assert school.kinds() == ["exam_moved", "exam_scheduled"]


def test_an_exam_that_is_withdrawn_before_anybody_heard_of_it_is_announced_when_it_comes_back(school: School) -> None:
    school.consume(school.scheduled(), school.cancelled(2, withdrawn=True))
    school.fan_out()
    assert school.kinds() == []
    school.process(school.scheduled(3))
    assert school.kinds() == ["exam_scheduled"]


def test_an_exam_that_stays_withdrawn_is_announced_as_cancelled_a_day_before_its_time(
    school: School,
) -> None:
    back = school.scheduled(3, opens_in=timedelta(days=3))
    school.process(school.scheduled())
    school.process(school.cancelled(2, withdrawn=True))
    school.pass_time(days=2, minutes=-1)
    assert school.kinds() == ["exam_scheduled"]
    school.pass_time(minutes=1)
    assert school.kinds() == ["exam_cancelled", "exam_scheduled"]
    school.process(back)
    assert school.kinds() == ["exam_cancelled", "exam_scheduled", "exam_scheduled"]


def test_an_exam_that_is_withdrawn_on_its_day_is_announced_as_cancelled_in_an_hour(school: School) -> None:
    school.process(school.scheduled(opens_in=timedelta(minutes=30)))
    school.process(school.cancelled(2, withdrawn=True))
    school.pass_time(minutes=59)
    assert school.kinds() == ["exam_scheduled"]
    school.pass_time(minutes=1)
    assert school.kinds() == ["exam_cancelled", "exam_scheduled"]


def test_a_withdrawn_exam_that_is_deleted_is_announced_as_cancelled_once(school: School) -> None:
    school.process(school.scheduled())
    school.process(school.cancelled(2, withdrawn=True))
    school.process(school.cancelled(3))
    assert school.kinds() == ["exam_cancelled", "exam_scheduled"]
    school.pass_time(days=4)
    assert school.kinds() == ["exam_cancelled", "exam_scheduled"]


def test_a_withdrawn_exam_that_is_deleted_after_all_heard_that_it_is_off_is_not_announced_again(school: School) -> None:
    school.process(school.scheduled())
    school.process(school.cancelled(2, withdrawn=True))
    school.pass_time(days=2)
    school.process(school.cancelled(3))
    assert school.kinds() == ["exam_cancelled", "exam_scheduled"]


def test_exam_events_out_of_order_end_as_the_newest_says(school: School) -> None:
    school.process(school.cancelled(3), school.scheduled(1), school.changed(2, opens_in=timedelta(days=4)))
    school.pass_time(days=4)

    assert school.kinds() == []


def test_an_exam_that_is_over_when_first_heard_of_is_no_news(school: School) -> None:
    school.process(school.scheduled(opens_in=timedelta(days=-3)))

    assert school.kinds() == []


def test_times_are_read_in_the_zone_of_the_reader(school: School) -> None:
    school.prefer(time_zone="Asia/Karachi")
    opens_at = school.clock.now + timedelta(days=3)
    school.process(school.scheduled())

    local = datetime.fromisoformat(opens_at.isoformat()) + timedelta(hours=5)
    assert f"{local:%H:%M} (UTC+5)" in school.listed("exam_scheduled")["message"]


def test_a_student_hears_of_a_result_once_a_version_and_not_when_it_is_taken_back(school: School) -> None:
    school.process(school.scheduled(), school.result(1), school.result(1))
    assert school.listed("result_released")["message"] == "You passed Midterm in Agents with 85%."

    school.process(school.result(3, released=False))
    school.process(school.result(2))
    assert school.kinds().count("result_released") == 1


def test_a_student_hears_each_time_that_their_attempt_is_reopened(school: School) -> None:
    school.process(school.scheduled(), school.reopened(1), school.reopened(1))
    assert school.listed("attempt_reopened")["message"].startswith("You can go on with Midterm in Agents until ")

    school.process(school.reopened(2))
    assert school.kinds().count("attempt_reopened") == 2


def test_a_student_hears_of_a_voucher_when_issued_before_it_is_due_and_when_overdue(school: School) -> None:
    school.process(school.issued())
    assert "PKR 5,000.00" in school.listed("voucher_issued")["message"]
    school.pass_time(days=7)
    assert school.kinds() == ["payment_due_soon", "voucher_issued"]
    school.pass_time(days=4)
    assert school.kinds() == ["payment_due_soon", "payment_overdue", "voucher_issued"]


def test_who_paid_is_thanked_and_reminded_no_more(school: School) -> None:
    school.process(school.paid(), school.issued())
    school.pass_time(days=12)

    assert school.kinds() == ["payment_confirmed"]


def test_a_payment_after_its_voucher_silences_the_reminders(school: School) -> None:
    school.process(school.issued())
    school.process(school.paid())
    school.pass_time(days=12)

    assert school.kinds() == ["payment_confirmed", "voucher_issued"]


def test_whose_voucher_is_cancelled_hears_of_it_once_and_is_reminded_no_more(school: School) -> None:
    school.process(school.issued())
    school.process(school.voucher_cancelled(), school.voucher_cancelled())
    school.pass_time(days=12)

    assert school.kinds() == ["voucher_cancelled", "voucher_issued"]
