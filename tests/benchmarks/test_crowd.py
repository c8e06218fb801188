"""A message to a class of a thousand, on an emulator of DynamoDB and SQS, the function dying on the way."""

from tests.benchmarks.running import output_of


def test_everybody_in_a_large_class_is_notified_once_although_the_function_dies_on_the_way() -> None:
    output = output_of("crowd", "1200")
    assert "a message to 1200 accepted" in output
    assert "the function dies within a slice" in output
    assert "the function dies after a slice" in output
    assert "each of 1200 reached once in the application, with one mail" in output
