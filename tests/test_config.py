"""Settings: what is unsafe, malformed or unknown ends the start with a sentence that says what to set."""

import os
import re
import stat
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest
from itsdangerous import URLSafeSerializer

from widget import config
from widget.app import create_app
from widget.config import Settings, UnsafeSettings
from widget.paths import ROOT

SECRET = "s" * 32
ENVIRONMENT = {item.metadata["env"]: item for item in fields(Settings)}


def settings(**environ: str) -> Settings:
    """Return the settings of an environment that has a secret unless it says otherwise."""
    return Settings.from_environment({"BYLINE_SECRET_KEY": SECRET, **environ})


def test_defaults_are_for_one_machine_by_itself() -> None:
    plain = settings()
    assert (plain.base_url, plain.embed_cookies, plain.proxy_hops) == (
        "http://127.0.0.1:8000",
        "same-site",
        0,
    )
    assert (plain.demo, plain.secure, plain.origin, plain.host) == (
        False,
        False,
        "http://127.0.0.1:8000",
        "127.0.0.1:8000",
    )
    assert plain.sqlalchemy_url.startswith("sqlite:///")
    assert plain.sqlalchemy_url.endswith("/instance/byline.sqlite3")
    with pytest.raises(FrozenInstanceError):
        plain.demo = True  # type: ignore[misc]


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        # A typo never passes for a setting.
        ({"BYLINE_SECRET": "x"}, "Unknown setting BYLINE_SECRET;"),
        ({"BYLINE_DEBUG": "1", "BYLINE_BASEURL": "x"}, "Unknown setting BYLINE_BASEURL, BYLINE_DEBUG;"),
        ({"BYLINE_SECRET_KEY": ""}, "BYLINE_SECRET_KEY must have at least 32 characters"),
        ({"BYLINE_SECRET_KEY": "s" * 31}, "BYLINE_SECRET_KEY must have at least 32 characters"),
        ({"BYLINE_BASE_URL": "http://comments.news.example"}, "must be https unless it is on loopback"),
        ({"BYLINE_BASE_URL": "http://10.0.0.1:8000"}, "must be https unless it is on loopback"),
        ({"BYLINE_BASE_URL": "comments.news.example"}, "must look like https://"),
        ({"BYLINE_BASE_URL": "ftp://comments.news.example"}, "must look like https://"),
        ({"BYLINE_BASE_URL": "https://news.example/comments"}, "without a path"),
        ({"BYLINE_EMBED_COOKIES": "cross-site"}, "must be same-site or partitioned"),
        ({"BYLINE_EMBED_COOKIES": "partitioned"}, "needs an https BYLINE_BASE_URL"),
        ({"BYLINE_METRICS": "open"}, "must be empty, public, or a token of at least 16 characters"),
        ({"BYLINE_SECOND_FACTOR": "off"}, "BYLINE_SECOND_FACTOR must be required or optional"),
        ({"BYLINE_PROXY_HOPS": "one"}, "BYLINE_PROXY_HOPS must be a whole number, not 'one'"),
        ({"BYLINE_PROXY_HOPS": "-1"}, "BYLINE_PROXY_HOPS must be a whole number"),
        ({"BYLINE_MAIL_GRACE": "1.5"}, "BYLINE_MAIL_GRACE must be a whole number"),
        ({"BYLINE_DEMO": "yes"}, "BYLINE_DEMO must be 0 or 1"),
        ({"BYLINE_BASE_URL": "http://[::1"}, "BYLINE_BASE_URL must look like"),
        ({"BYLINE_BASE_URL": "http://127.0.0.1:abc"}, "BYLINE_BASE_URL must look like"),
        ({"BYLINE_SMTP_URL": "localhost:25"}, "BYLINE_SMTP_URL must look like"),
        ({"BYLINE_SMTP_URL": "http://x"}, "BYLINE_SMTP_URL must look like"),
        ({"BYLINE_SMTP_URL": "smtp//127.0.0.1"}, "BYLINE_SMTP_URL must look like"),
        ({"BYLINE_SMTP_URL": "smtp://127.0.0.1:abc"}, "BYLINE_SMTP_URL must look like"),
        ({"BYLINE_SMTP_URL": "smtp://127.0.0.1:99999"}, "BYLINE_SMTP_URL must look like"),
        ({"BYLINE_SMTP_URL": "smtp://ada:a/b@post.example:587"}, "in a password are written %40 and %2F"),
        ({"BYLINE_MAIL_FROM": "foo"}, "BYLINE_MAIL_FROM must be an address by itself"),
        ({"BYLINE_MAIL_FROM": "News <a@news.example>"}, "BYLINE_MAIL_FROM must be an address by itself"),
        ({"BYLINE_SECURITY_CONTACT": "a@news.example"}, "BYLINE_SECURITY_CONTACT must look like mailto:"),
        ({"BYLINE_SECURITY_CONTACT": "mailto:"}, "BYLINE_SECURITY_CONTACT must look like mailto:"),
        ({"BYLINE_PREVIOUS_SECRET_KEYS": "short"}, "BYLINE_PREVIOUS_SECRET_KEYS must be earlier secret keys"),
        ({"BYLINE_PREVIOUS_SECRET_KEYS": f"{SECRET},short"}, "of at least 32 characters each"),
        ({"DATABASE_URL": "garbage"}, "DATABASE_URL must look like sqlite:////"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL must look like sqlite:////"),
        ({"DATABASE_URL": "postgresql+asyncpg://x/y"}, "DATABASE_URL must look like sqlite:////"),
        (
            {"DATABASE_URL": "postgresql://u:p@a:1,b:2/d"},
            "postgresql://user:password@/name?host=first:5432&host=",
        ),
        ({"REDIS_URL": "garbage"}, "REDIS_URL must look like redis://"),
        ({"REDIS_URL": "redis://127.0.0.1:abc"}, "REDIS_URL must look like redis://"),
        ({"REDIS_URL": "http://127.0.0.1"}, "REDIS_URL must look like redis://"),
        ({"BYLINE_DEMO": "1", "BYLINE_BASE_URL": "https://news.example"}, "is for loopback only"),
    ],
)
def test_what_is_refused_at_start(environ: dict[str, str], says: str) -> None:
    with pytest.raises(UnsafeSettings, match=re.escape(says)):
        settings(**environ)


@pytest.mark.parametrize(
    ("environ", "name", "value"),
    [
        ({"BYLINE_BASE_URL": "https://Comments.News.example/"}, "base_url", "https://Comments.News.example"),
        ({"BYLINE_BASE_URL": "https://Comments.News.example"}, "origin", "https://comments.news.example"),
        ({"BYLINE_BASE_URL": "https://news.example"}, "secure", True),
        ({"BYLINE_BASE_URL": "http://localhost:9"}, "secure", False),
        ({"BYLINE_BASE_URL": "http://[::1]:9"}, "host", "[::1]:9"),
        ({"BYLINE_PROXY_HOPS": "2"}, "proxy_hops", 2),
        ({"BYLINE_DEMO": "0"}, "demo", False),
        ({"BYLINE_DEMO": ""}, "demo", False),
        (
            {"BYLINE_PREVIOUS_SECRET_KEYS": f"{SECRET},{'t' * 40},"},
            "previous_secret_keys",
            (SECRET, "t" * 40),
        ),
        ({"BYLINE_SMTP_URL": "smtp://127.0.0.1"}, "smtp_url", "smtp://127.0.0.1"),
        ({"BYLINE_SMTP_URL": "smtps://a:%40@post.example:465"}, "smtp_url", "smtps://a:%40@post.example:465"),
        ({"BYLINE_SECURITY_CONTACT": "https://a.example/x"}, "security_contact", "https://a.example/x"),
        ({"REDIS_URL": "rediss://:secret@cache:6380/1"}, "redis_url", "rediss://:secret@cache:6380/1"),
        ({"REDIS_URL": "redis+unix:///run/redis.sock"}, "redis_url", "redis+unix:///run/redis.sock"),
        (
            {"DATABASE_URL": "postgresql://u:p@/d?host=a:1&host=b:2"},
            "sqlalchemy_url",
            "postgresql+psycopg://u:p@/d?host=a:1&host=b:2",
        ),
        ({"DATABASE_URL": "postgres://u@h/d"}, "sqlalchemy_url", "postgresql+psycopg://u@h/d"),
        ({"DATABASE_URL": "postgresql://u@h/d"}, "sqlalchemy_url", "postgresql+psycopg://u@h/d"),
        ({"DATABASE_URL": "sqlite:////tmp/x"}, "sqlalchemy_url", "sqlite:////tmp/x"),
        ({}, "requires_second_factor", True),
        ({"BYLINE_SECOND_FACTOR": "optional"}, "requires_second_factor", False),
        ({"BYLINE_DEMO": "1", "BYLINE_SECOND_FACTOR": "required"}, "requires_second_factor", False),
        ({"PATH": "/bin", "FLASK_DEBUG": "1", "BYLINE_TEST_POSTGRES": "x"}, "demo", False),
        (
            {"BYLINE_EMBED_COOKIES": "partitioned", "BYLINE_BASE_URL": "https://news.example"},
            "embed_cookies",
            "partitioned",
        ),
    ],
)
def test_what_is_understood(environ: dict[str, str], name: str, value: object) -> None:
    assert getattr(settings(**environ), name) == value


def test_the_error_never_repeats_the_secret() -> None:
    with pytest.raises(UnsafeSettings) as refused:
        Settings.from_environment({"BYLINE_SECRET_KEY": "hunter2-too-short"})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("env", ["BYLINE_SMTP_URL", "DATABASE_URL", "REDIS_URL"])
def test_no_error_repeats_a_password(env: str) -> None:
    with pytest.raises(UnsafeSettings) as refused:
        settings(**{env: "nothing://ada:hunter2@host:port/x"})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("demo", ["0", "1"])
def test_an_instance_folder_that_cannot_be_is_refused(tmp_path: Path, demo: str) -> None:
    (tmp_path / "taken").touch()
    environ = {"BYLINE_DEMO": demo, "BYLINE_INSTANCE": str(tmp_path / "taken" / "inside")}
    with pytest.raises(UnsafeSettings, match="BYLINE_INSTANCE must name a folder that can be made"):
        create_app(Settings.from_environment({"BYLINE_SECRET_KEY": "" if demo == "1" else SECRET, **environ}))


def test_an_instance_folder_that_is_somebody_elses_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may write anywhere, and so no mode of the folder would do.
    monkeypatch.setattr("os.access", lambda path, _mode: Path(path) != tmp_path)
    with pytest.raises(UnsafeSettings, match="BYLINE_INSTANCE must name a folder that can be written to"):
        create_app(Settings.for_tests(instance=str(tmp_path)))
    # With the database elsewhere pages are kept in memory alone.
    create_app(Settings.for_tests(instance=str(tmp_path), database_url="sqlite://"))


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"PROMETHEUS_MULTIPROC_DIR": "taken"}, "PROMETHEUS_MULTIPROC_DIR must name an empty folder"),
        ({"BYLINE_INSTANCE": "taken/inside"}, "BYLINE_INSTANCE must name a folder"),
    ],
)
def test_the_command_line_says_it_in_one_line(tmp_path: Path, environ: dict[str, str], says: str) -> None:
    (tmp_path / "taken").touch()
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "site", "list"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "BYLINE_SECRET_KEY": SECRET,
            **{name: str(tmp_path / value) for name, value in environ.items()},
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_demo_makes_its_secret_once_for_its_owner_alone(tmp_path: Path) -> None:
    environ = {"BYLINE_DEMO": "1", "BYLINE_INSTANCE": str(tmp_path / "demo")}
    first, second = Settings.from_environment(environ), Settings.from_environment(environ)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    kept = tmp_path / "demo" / "demo-secret"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    elsewhere = Settings.from_environment({**environ, "BYLINE_INSTANCE": str(tmp_path / "other")})
    assert elsewhere.secret_key != first.secret_key
    # A secret of one's own is taken, and none is made.
    own = {**environ, "BYLINE_SECRET_KEY": SECRET, "BYLINE_INSTANCE": str(tmp_path / "third")}
    assert Settings.from_environment(own).secret_key == SECRET
    assert not (tmp_path / "third").exists()


def test_rotating_the_key_keeps_what_the_earlier_one_signed() -> None:
    """Sessions signed before are read, and everything new is signed with the new key."""
    new = Settings.for_tests(secret_key="n" * 32, previous_secret_keys=(SECRET,), database_url="sqlite://")
    app = create_app(new)
    old_app = create_app(Settings.for_tests(secret_key=SECRET, database_url="sqlite://"))
    with app.test_request_context("/desk/"), old_app.test_request_context("/desk/"):
        signer = app.session_interface._cookies["desk"].get_signing_serializer(app)  # type: ignore[attr-defined]
        before = old_app.session_interface._cookies["desk"].get_signing_serializer(old_app)  # type: ignore[attr-defined]
        assert signer.loads(before.dumps({"seen": 1})) == {"seen": 1}
        signed = signer.dumps({"seen": 2})
    with pytest.raises(Exception, match="does not match"):
        URLSafeSerializer(SECRET, salt="byline.desk").loads(signed)


@pytest.mark.parametrize(
    ("base_url", "cookies", "expected"),
    [
        ("http://127.0.0.1:8000", "same-site", ("byline_reader", False, "Lax", False)),
        ("https://c.example", "same-site", ("__Host-byline_reader", True, "Lax", False)),
        ("https://c.example", "partitioned", ("__Host-byline_reader", True, "None", True)),
    ],
)
def test_cookies_follow_the_settings(
    base_url: str, cookies: str, expected: tuple[str, bool, str, bool]
) -> None:
    app = create_app(Settings.for_tests(base_url=base_url, embed_cookies=cookies, database_url="sqlite://"))
    reader = app.session_interface._cookies["embed"]  # type: ignore[attr-defined]
    assert expected == (
        reader.get_cookie_name(app),
        reader.get_cookie_secure(app),
        reader.get_cookie_samesite(app),
        reader.get_cookie_partitioned(app),
    )
    assert reader.get_cookie_httponly(app)
    desk = app.session_interface._cookies["desk"]  # type: ignore[attr-defined]
    assert desk.get_cookie_samesite(app) == "Lax"
    assert not desk.get_cookie_partitioned(app)


def test_every_setting_has_a_meaning() -> None:
    for env, item in ENVIRONMENT.items():
        assert item.metadata["help"].endswith("."), env
    assert set(config.LANGUAGES) == {"en", "fr", "es", "ar", "zh"}
