"""Which passwords are taken, and how they are kept."""

import time

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from tests.support.newsroom import PASSWORD, hash_of_password
from widget.services import passwords

OWN = ["Marguerite Oyelaran", "Sankt Goarshausen", "marguerite@post.example", "The Tribune"]


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("fourteen chars", "password.short"),
        ("", "password.short"),
        (PASSWORD, None),
        # No composition rules: small letters, spaces and any script will do.
        ("seven kettles under snow again", None),
        ("сорок восемь тихих чайников", None),
        ("四十八个安静的茶壶放在雪下面呢", None),
        ("correct donkey pile staple", None),
        ("🐘🚲🌧️📚🥖🧦🪁🐘🚲🌧️📚🥖🧦🪁🐘", None),
        ("}~^]`|{;:<>=?@!$%#*+-", None),
        ("p" * 1000 + "x", "password.long"),
        # Common, repeated or walked over the keyboard.
        ("passwordpassword", "password.guessable"),
        ("aaaaaaaaaaaaaaaaaaaa", "password.guessable"),
        ("123456789012345", "password.guessable"),
        ("qwertyuiopqwertyuiop", "password.guessable"),
        # Little more than one's own name, or the site's.
        ("Marguerite Oyelaran", "password.own-words"),
        ("marguerite-oyelaran-1", "password.own-words"),
        ("ThetribuneTheTribune", "password.own-words"),
        ("marguerite kettles snow", None),
    ],
)
def test_which_passwords_are_taken(password: str, code: str | None) -> None:
    problem = passwords.problem(password, OWN)
    assert (problem and problem.code) == code
    assert problem is None or problem.field == "password"


def test_a_long_password_is_taken_whole() -> None:
    long = "seven kettles under the snow, " * 8
    password_hash = passwords.hashed(long)
    assert passwords.matches(password_hash, long)
    assert not passwords.matches(password_hash, long[:-1])


def test_hashes_are_argon2id_with_the_figures_of_the_checklist(
    quick_hashes: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    weak = passwords.hashed(PASSWORD)
    monkeypatch.setattr(passwords, "_hasher", quick_hashes)
    strong = passwords.hashed(PASSWORD)
    parameters = extract_parameters(strong)
    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 19 * 1024
    assert (parameters.time_cost, parameters.parallelism) == (2, 1)
    assert not passwords.outdated(strong)
    assert passwords.outdated(weak)


def test_two_hashes_of_one_password_differ() -> None:
    assert passwords.hashed(PASSWORD) != hash_of_password()


@pytest.mark.parametrize("stored", [None, "", "plain text", "$argon2id$broken"])
def test_what_is_no_hash_matches_nothing(stored: str | None) -> None:
    assert not passwords.matches(stored, "nobody signs in with this")


@pytest.mark.parametrize("password", ["4@aA" * 250, "a" * 1000, "1 2 3 4 5 6 " * 80, "({[<" * 250])
def test_judging_a_password_never_takes_long(password: str) -> None:
    begun = time.perf_counter()
    passwords.problem(password, OWN)
    assert time.perf_counter() - begun < 1
