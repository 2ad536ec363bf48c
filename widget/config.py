"""Settings: read once from the environment, frozen, and refused at start when unsafe or unknown."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from widget import formats, paths
from widget.paths import ROOT

LANGUAGES = ("en", "fr", "es", "ar", "zh")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SHORTEST_TOKEN = 16
# Fewer cannot be shared out so that somebody can wait in each lane but that of the hints (widget/web/lanes.py).
_FEWEST_THREADS = 16
_ADDRESS = re.compile(r"(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}")


class UnsafeSettings(ValueError):
    """The environment asks for something that would be unsafe, or that does not exist."""


def _key(env: str, explanation: str, default: Any) -> Any:
    return field(default=default, metadata={"env": env, "help": explanation})


@dataclass(frozen=True)
class Settings:
    """Everything an operator can decide, each field with its environment variable and meaning."""

    secret_key: str = _key(
        "BYLINE_SECRET_KEY",
        "Signs sessions and mailed links; at least 32 characters, kept out of version control. Required outside demo mode.",
        "",
    )
    previous_secret_keys: tuple[str, ...] = _key(
        "BYLINE_PREVIOUS_SECRET_KEYS",
        "Earlier secret keys, separated by commas, still accepted for what they signed; for rotating the key.",
        (),
    )
    database_url: str = _key(
        "DATABASE_URL",
        "Where the data is: `sqlite:///…` or `postgresql://…`. Empty means an SQLite file in the instance folder.",
        "",
    )
    redis_url: str = _key(
        "REDIS_URL",
        "Redis for rate limits shared between processes; empty keeps them in each process's memory.",
        "",
    )
    base_url: str = _key(
        "BYLINE_BASE_URL",
        "The address readers reach this server at, without a path, such as `https://comments.news.example`. "
        "Plain http is accepted on loopback only.",
        "http://127.0.0.1:8000",
    )
    embed_cookies: str = _key(
        "BYLINE_EMBED_COOKIES",
        "`same-site` when the comments server shares the articles' registrable domain (recommended), "
        "`partitioned` when it does not.",
        "same-site",
    )
    proxy_hops: int = _key(
        "BYLINE_PROXY_HOPS",
        "How many trusted proxies stand in front and set X-Forwarded-For and X-Forwarded-Proto; 0 ignores such headers.",
        0,
    )
    smtp_url: str = _key(
        "BYLINE_SMTP_URL",
        "Where mail goes: `smtp://user:password@host:587` (STARTTLS), `smtps://…:465`, or `smtp://127.0.0.1:25`. "
        "Empty means that mail waits in the outbox.",
        "",
    )
    mail_from: str = _key("BYLINE_MAIL_FROM", "The address mail is sent from.", "comments@localhost")
    mail_grace: int = _key(
        "BYLINE_MAIL_GRACE",
        "Seconds a mail about a decision waits, so that an undo within them is silent.",
        60,
    )
    metrics: str = _key(
        "BYLINE_METRICS",
        "Who may read /metrics: empty for this machine alone, `public` for everybody (where the proxy guards it), "
        "or a token of at least 16 characters that is sent as `Authorization: Bearer …`.",
        "",
    )
    second_factor: str = _key(
        "BYLINE_SECOND_FACTOR",
        "`required`: staff without a second factor reach nothing at the desk but the page that sets one up. "
        "`optional`: they may do without. In demo mode it is always optional.",
        "required",
    )
    security_contact: str = _key(
        "BYLINE_SECURITY_CONTACT",
        "Where weaknesses are reported, as a `mailto:` or `https:` address; shown in /.well-known/security.txt.",
        "",
    )
    instance: str = _key(
        "BYLINE_INSTANCE",
        "The folder for the SQLite file and the demo's secrets.",
        "instance",
    )
    listen: str = _key(
        "BYLINE_LISTEN",
        "Where `flask --app wsgi serve` listens, as address and port. The proxy in front speaks https; this does not.",
        "127.0.0.1:8000",
    )
    workers: int = _key(
        "BYLINE_WORKERS",
        "How many processes `flask --app wsgi serve` runs; 0 is one for each core.",
        0,
    )
    threads: int = _key(
        "BYLINE_THREADS",
        "How many threads each of them may have, at least 16. They are shared out between reading, writing and the "
        "desk, so that none of these waits for another (docs/decisions/0020-lanes.md).",
        60,
    )
    gazetteer: str = _key(
        "BYLINE_GAZETTEER",
        "The file of places that are suggested while registering, built by `flask --app wsgi places build`. "
        "Empty means `gazetteer.sqlite3` in the instance folder; without the file nothing is suggested.",
        "",
    )
    reading_memory: int = _key(
        "BYLINE_READING_MEMORY",
        "How many megabytes of ready public pages each worker keeps in memory; 0 lets Flask answer every reader.",
        64,
    )
    renditions: int = _key(
        "BYLINE_RENDITIONS",
        "How many megabytes of ready public pages stay on disk in the instance folder, for all workers of a machine "
        "and across restarts; 0 keeps none.",
        256,
    )
    demo: bool = _key(
        "BYLINE_DEMO",
        "`1` serves the demo publication with known passwords; never set it on a public server.",
        False,
    )

    def __post_init__(self) -> None:
        """Refuse what would be unsafe; the message says what to set instead."""
        if len(self.secret_key) < formats.SHORTEST_SECRET:
            raise UnsafeSettings(
                "BYLINE_SECRET_KEY must have at least 32 characters. "
                "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        said = formats.complaint(vars(self))
        if said:
            raise UnsafeSettings(said)
        parts = urlsplit(self.base_url)
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise UnsafeSettings("BYLINE_BASE_URL must be https unless it is on loopback.")
        if self.demo and parts.hostname not in _LOOPBACK:
            raise UnsafeSettings("BYLINE_DEMO is for loopback only: its passwords are known to everyone.")
        if self.embed_cookies not in {"same-site", "partitioned"}:
            raise UnsafeSettings("BYLINE_EMBED_COOKIES must be same-site or partitioned.")
        if self.second_factor not in {"required", "optional"}:
            raise UnsafeSettings("BYLINE_SECOND_FACTOR must be required or optional.")
        if self.embed_cookies == "partitioned" and parts.scheme != "https":
            raise UnsafeSettings("BYLINE_EMBED_COOKIES=partitioned needs an https BYLINE_BASE_URL.")
        self._refuse_impossible_serving()
        if self.metrics not in {"", "public"} and len(self.metrics) < _SHORTEST_TOKEN:
            raise UnsafeSettings(
                "BYLINE_METRICS must be empty, public, or a token of at least 16 characters."
            )

    def _refuse_impossible_serving(self) -> None:
        if not _ADDRESS.fullmatch(self.listen) or not 0 < self.port < 65536:
            raise UnsafeSettings("BYLINE_LISTEN must look like 127.0.0.1:8000 or [::1]:8000.")
        if self.threads < _FEWEST_THREADS:
            raise UnsafeSettings(f"BYLINE_THREADS must be at least {_FEWEST_THREADS}.")

    @property
    def origin(self) -> str:
        """Scheme, host and port of the base URL, as browsers write it in `Origin`."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def host(self) -> str:
        """Host of the base URL, and its port unless it is the scheme's own, as browsers write it."""
        return urlsplit(self.origin).netloc

    @property
    def address(self) -> str:
        """The address to listen on, without the brackets of IPv6."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port to listen on."""
        return int(self.listen.rpartition(":")[2])

    @property
    def secure(self) -> bool:
        """Whether readers reach this server over https."""
        return self.base_url.startswith("https:")

    @property
    def requires_second_factor(self) -> bool:
        """Whether staff must have a second factor."""
        return self.second_factor == "required" and not self.demo

    @property
    def instance_path(self) -> Path:
        """The instance folder; a relative one stands in the current directory's checkout."""
        path = Path(self.instance)
        return (
            path if path.is_absolute() else ROOT / path if (ROOT / "wsgi.py").exists() else Path.cwd() / path
        )

    @property
    def gazetteer_path(self) -> Path:
        """The file of places that are suggested while registering."""
        return Path(self.gazetteer) if self.gazetteer else self.instance_path / "gazetteer.sqlite3"

    @property
    def sqlalchemy_url(self) -> str:
        """The database URL with the driver this server ships (psycopg 3 for PostgreSQL)."""
        url = self.database_url or f"sqlite:///{self.instance_path / 'byline.sqlite3'}"
        for prefix in ("postgres://", "postgresql://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url[len(prefix) :]
        return url

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; raise UnsafeSettings for an unknown BYLINE_ key or a malformed value."""
        known = {item.metadata["env"]: item for item in fields(cls)}
        unknown = sorted(key for key in environ if key.startswith("BYLINE_") and key not in known)
        unknown = [key for key in unknown if not key.startswith("BYLINE_TEST_")]
        if unknown:
            raise UnsafeSettings(
                f"Unknown setting {', '.join(unknown)}; docs/configuration.md lists them all."
            )
        values: dict[str, Any] = {
            item.name: _parse(env, environ[env], item.default)
            for env, item in known.items()
            if environ.get(env, "") != ""
        }
        if values.get("demo") and not values.get("secret_key"):
            values["secret_key"] = _demo_secret(Path(values.get("instance", "instance")))
        if values.get("base_url"):
            values["base_url"] = values["base_url"].rstrip("/")
        return cls(**values)

    @classmethod
    def for_tests(cls, **overrides: Any) -> Self:
        """Settings for a test: a random secret, loopback, a second factor only where one is asked for."""
        return cls(**{"secret_key": secrets.token_urlsafe(48), "second_factor": "optional", **overrides})


def _parse(env: str, text: str, default: object) -> object:
    """Turn one environment value into the type of its default."""
    if isinstance(default, bool):
        if text not in {"0", "1"}:
            raise UnsafeSettings(f"{env} must be 0 or 1.")
        return text == "1"
    if isinstance(default, int):
        if not text.isdecimal():
            raise UnsafeSettings(f"{env} must be a whole number, not {text!r}.")
        return int(text)
    if isinstance(default, tuple):
        return tuple(part for part in text.split(",") if part)
    return text


def make_instance(folder: Path) -> None:
    """Make the instance folder unless it is there; raise UnsafeSettings where it cannot be written to."""
    try:
        paths.own_folder(folder)
    except OSError:
        raise UnsafeSettings(
            f"BYLINE_INSTANCE must name a folder that can be made; {folder} cannot."
        ) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UnsafeSettings(f"BYLINE_INSTANCE must name a folder that can be written to; {folder} cannot.")


def _demo_secret(instance: Path) -> str:
    """Return the demo's own secret, made at the first start and kept in the instance folder."""
    folder = instance if instance.is_absolute() else ROOT / instance
    path = folder / "demo-secret"
    if not path.exists():
        make_instance(folder)
        # Nobody else can read it, not even for the moment between making and writing.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
