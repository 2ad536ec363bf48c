"""Makes what compose.yaml must not contain: `python3 -m deploy.generate comments.news.example`.

It writes byline.env, postgres.env and .env beside itself, readable by their owner alone, and never over existing ones.
"""

import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent
EXAMPLE = FOLDER / "byline.env.example"
# Compose sets these itself, since they follow from its other services.
_SET_BY_COMPOSE = ("BYLINE_INSTANCE=", "BYLINE_PROXY_HOPS=")


def files(host: str) -> Mapping[str, str]:
    """Return the three files of a new installation by name, with fresh secrets."""
    password = secrets.token_urlsafe(32)
    lines = [
        line
        for line in EXAMPLE.read_text("utf-8").splitlines()
        if line and not line.startswith(("#", *_SET_BY_COMPOSE))
    ]
    chosen = {
        "BYLINE_SECRET_KEY": secrets.token_urlsafe(48),
        "BYLINE_BASE_URL": f"https://{host}",
        "DATABASE_URL": f"postgresql://byline:{password}@postgres/byline",
    }
    kept = [line for line in lines if line.partition("=")[0] not in chosen]
    return {
        "byline.env": "\n".join([*(f"{name}='{value}'" for name, value in chosen.items()), *kept]) + "\n",
        "postgres.env": f"POSTGRES_PASSWORD={password}\n",
        ".env": f"PROXY_HOST={host}\n",
    }


def write(folder: Path, host: str) -> list[Path]:
    """Write the files into a folder; raise FileExistsError, having written none, where one is there already."""
    made = {folder / name: text for name, text in files(host).items()}
    for path in made:
        if path.exists():
            raise FileExistsError(path)
    for path, text in made.items():
        # Nobody else can read it, not even for the moment between making and writing.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
    return list(made)


def main() -> int:
    """Write the files for the host that is named; say where the mail server is still to be entered."""
    if len(sys.argv) != 2 or "/" in sys.argv[1]:
        sys.stderr.write("usage: python3 -m deploy.generate comments.news.example\n")
        return 2
    try:
        for path in write(FOLDER, sys.argv[1]):
            sys.stdout.write(f"{path}\n")
    except FileExistsError as error:
        sys.stderr.write(f"{error} is there already; nothing was changed.\n")
        return 1
    sys.stdout.write("Now enter mail server and addresses into byline.env.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
