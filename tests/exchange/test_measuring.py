"""What is found out about a question by asking how its source scores."""

from exchange.measuring import is_like


def test_a_text_is_like_its_pieces_in_their_order() -> None:
    assert is_like(["Yo", "k"], "york", case_sensitive=False)
    assert not is_like(["Yo", "k"], "york", case_sensitive=True)
    assert is_like(["", "b", ""], "abc", case_sensitive=True)
    assert not is_like(["ab", "ba"], "aba", case_sensitive=True)
    assert is_like(["a"], "a", case_sensitive=True)
    assert not is_like(["a"], "ab", case_sensitive=True)


def test_many_pieces_take_no_longer_than_the_text_is() -> None:
    assert not is_like(["a"] * 30, "a" * 10_000 + "b", case_sensitive=True)
