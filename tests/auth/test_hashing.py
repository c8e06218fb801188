"""Hashes at their real cost."""

import re

from auth import hashing


def test_passwords_are_hashed_with_argon2id_at_owasps_parameters_and_a_salt() -> None:
    first, second = hashing.hash_password("correct-horse-7"), hashing.hash_password("correct-horse-7")
    assert first != second
    assert re.match(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$", first)


def test_the_hash_that_stands_for_unknown_users_costs_what_a_real_one_does() -> None:
    real, dummy = hashing.hash_password("correct-horse-7"), hashing._DUMMY_HASH
    assert dummy.rpartition("$")[0].rpartition("$")[0] == real.rpartition("$")[0].rpartition("$")[0]
    assert len(dummy) == len(real)


def test_only_the_password_itself_is_the_password() -> None:
    stored = hashing.hash_password("correct-horse-7")
    assert hashing.check_password("correct-horse-7", stored) == (True, None)
    for wrong in ("", "correct-horse-8", "correct-horse-7 ", "correct-horse-7\x00", "CORRECT-HORSE-7"):
        assert hashing.check_password(wrong, stored) == (False, None)
    assert hashing.check_password("correct-horse-7", None) == (False, None)


def test_a_password_is_the_same_however_its_letters_are_composed() -> None:
    composed, decomposed = "caf\u00e9-au-lait", "cafe\u0301-au-lait"
    for one, other in ((composed, decomposed), (decomposed, composed)):
        assert hashing.check_password(other, hashing.hash_password(one)) == (True, None)
    longest = "e\u0301" * 128
    assert hashing.check_password(longest, hashing.hash_password(longest)) == (True, None)
    assert hashing.check_password(longest + "x", hashing.hash_password(longest)) == (False, None)


def test_a_code_is_bound_to_its_id() -> None:
    assert hashing.hash_code("id-1", "123456") != hashing.hash_code("id-2", "123456")
    assert "123456" not in hashing.hash_code("id-1", "123456")
