"""What the tests need from the machine besides Python: where it is, and how to get what is missing.

`python -m tests.support.system --ensure` installs what is missing where that is allowed; the fixtures ask
the same functions where the programs are.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

POLICY = Path("/usr/sbin/policy-rc.d")


@dataclass(frozen=True)
class Need:
    """A program the tests use: `locate` returns its path or None; `packages` are Debian's names for it."""

    name: str
    locate: Callable[[], Path | None]
    packages: tuple[str, ...]
    required: bool = True


def _chromium() -> Path | None:
    """Return the path of Chromium (or of Chrome, its twin), or None."""
    return _program("chromium", "chromium-browser", "google-chrome", "/usr/bin/chromium")


def _redis_server() -> Path | None:
    """Return the path of the Redis server, or None."""
    return _program("redis-server", "/usr/bin/redis-server", "/usr/local/bin/redis-server")


def _postgres_binaries() -> Path | None:
    """Return the directory that holds both `initdb` and `postgres`, the newest version's, or None."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda directory: (len(directory.parent.name), directory.parent.name),
        reverse=True,
    )
    initdb = shutil.which("initdb")
    for directory in [*installed, *([Path(initdb).resolve().parent] if initdb else [])]:
        if all(os.access(directory / program, os.X_OK) for program in ("initdb", "postgres")):
            return directory
    return None


def _nginx() -> Path | None:
    """Return the path of nginx, which stands where only root looks for programs, or None."""
    return _program("nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx")


def _chinese_font() -> Path | None:
    """Return a font file with Chinese characters, or None: pages read well without it, screenshots do not."""
    for root in (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/System/Library/Fonts")):
        for pattern in ("NotoSansCJK*", "PingFang*", "SourceHanSans*"):
            found = next(root.rglob(pattern), None) if root.is_dir() else None
            if found:
                return found
    return None


def _program(*names: str) -> Path | None:
    """Return the first of these programs that is there, looked up on PATH unless it has a slash."""
    for name in names:
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


CHROMIUM = Need("Chromium", _chromium, ("chromium",))
POSTGRES = Need("PostgreSQL server", _postgres_binaries, ("postgresql",))
REDIS = Need("Redis server", _redis_server, ("redis-server",))
NGINX = Need("nginx", _nginx, ("nginx", "openssl"))
PGBOUNCER = Need("PgBouncer", lambda: _program("pgbouncer", "/usr/sbin/pgbouncer"), ("pgbouncer",))
OPENSSL = Need("OpenSSL", lambda: _program("openssl"), ("openssl",))
FONTS = Need("fonts", _chinese_font, ("fonts-noto-core", "fonts-noto-cjk"), required=False)
SYSTEMD = Need("systemd", lambda: _program("systemd-analyze"), ("systemd",))
NEEDS = (SYSTEMD, CHROMIUM, POSTGRES, PGBOUNCER, REDIS, NGINX, OPENSSL, FONTS)


def in_ci() -> bool:
    """Tell whether `CI` is set: then nothing may be skipped."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


def missing() -> list[Need]:
    """Return the needs that this machine does not meet, in order."""
    return [need for need in NEEDS if need.locate() is None]


def how_to_get(*needs: Need) -> str:
    """Return one line that says what is lacking and how to get it."""
    names = ", ".join(need.name for need in needs)
    packages = " ".join(package for need in needs for package in need.packages)
    return f"lacking: {names}. On Debian or Ubuntu: apt-get install {packages}"


def skip_for_want_of(need: Need) -> NoReturn:
    """Skip the running test, saying how to get what it needs; in CI, where nothing is skipped, fail it."""
    import pytest

    if in_ci():
        pytest.fail(how_to_get(need), pytrace=False)
    pytest.skip(how_to_get(need))


def install(needs: list[Need]) -> str | None:
    """Install the packages of `needs` with apt-get; return None, or one line that says why it could not."""
    as_root = _prefix_for_root()
    if as_root is None or shutil.which("apt-get") is None:
        return "no apt-get that this user may run"
    packages = [package for need in needs for package in need.packages]
    print(f"→ installing {' '.join(packages)} (a minute or two) …", flush=True)
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    # Packages may still be had from an older list when refreshing it fails, so its result is not looked at.
    subprocess.run([*apt, "update"], capture_output=True, check=False)
    with _services_left_alone(as_root):
        done = subprocess.run(
            [*apt, "install", "--no-install-recommends", *packages],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode == 0:
        return None
    lines = (done.stderr or done.stdout).strip().splitlines()
    return f"apt-get failed: {lines[-1] if lines else f'status {done.returncode}'}"


def _prefix_for_root() -> list[str] | None:
    """Return what to put before a command to run it as root: nothing, sudo if it asks nothing, or None."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


@contextmanager
def _services_left_alone(as_root: list[str]) -> Iterator[None]:
    """Keep Debian's packages from starting their servers: the tests start their own, and stop them."""
    if POLICY.exists():
        yield
        return
    refuse = "#!/bin/sh\nexit 101\n"
    subprocess.run([*as_root, "tee", POLICY], input=refuse, text=True, capture_output=True, check=True)
    try:
        subprocess.run([*as_root, "chmod", "755", POLICY], check=True)
        yield
    finally:
        subprocess.run([*as_root, "rm", "-f", POLICY], check=True)


def ensure() -> int:
    """Install what is missing where that is allowed; return 1 if, in CI, a required part is still lacking."""
    lacking = missing()
    if not lacking:
        return 0
    why = install(lacking)
    still = missing()
    if still:
        print(f"→ {how_to_get(*still)}{f' ({why})' if why else ''}", file=sys.stderr)
    return int(in_ci() and any(need.required for need in still))


def main() -> int:
    """Report what the machine has, or with `--ensure` see to what it lacks."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.system", description=__doc__)
    parser.add_argument("--ensure", action="store_true", help="install what is missing, where allowed")
    if parser.parse_args().ensure:
        return ensure()
    for need in NEEDS:
        print(f"{need.name}: {need.locate() or 'missing'}")
    return int(any(need.required for need in missing()))


if __name__ == "__main__":
    sys.exit(main())
