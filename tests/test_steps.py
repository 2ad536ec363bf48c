"""What an operator is told to type is complete, and typed as the server's account."""

import re
import tomllib

import pytest
from alembic.script import ScriptDirectory

from tests.test_docs import FENCED, ROOT, code, flask_commands, read, section


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("README.md", "## Run it for real"),
        ("docs/deploying.md", "## Environment"),
        ("docs/containers.md", "# Containers"),
    ],
)
def test_whoever_follows_the_steps_ends_with_a_site_and_somebody_who_can_sign_in(
    name: str, heading: str
) -> None:
    done = [" ".join(words[:2]) for words in flask_commands(section(read(name), heading))]
    assert {"site create", "staff add", "places build"} - set(done) == set()


@pytest.mark.parametrize("name", ["README.md", "docs/deploying.md"])
def test_the_server_is_given_every_file_that_a_step_names(name: str) -> None:
    """The wheel holds nothing of deploy/, so it is copied beside it."""
    blocks = "\n".join(match[2] for match in FENCED.finditer(read(name)))
    [copied] = re.findall(r"^scp -r (.*) \S+:byline/$", blocks, re.MULTILINE)
    wheel, *others = copied.split()
    assert wheel.startswith("dist/byline_comments-")
    named = set(re.findall(r"(?<![\w./])(deploy/[\w./-]+|requirements\.lock)", blocks))
    assert {path for path in named if path.split("/")[0] not in others} == set()
    there = {path.removesuffix("/tls/").removesuffix("/tls") for path in named}
    assert {path for path in there if not any(ROOT.glob(f"{path}*"))} == set()


def test_commands_of_operating_are_typed_in_full() -> None:
    """Root types them: a bare `flask` is not found, and would leave root's files in the instance folder."""
    lines = [
        line
        for piece in code(read("docs/operating.md"))
        for line in piece.replace("\\\n", "").splitlines()
        if "flask" in line
    ]
    forms = (
        "runuser -u byline -- /opt/byline/bin/flask --app wsgi ",
        "systemd-run --pty --quiet --collect --uid=byline ",
        "docker compose --file deploy/compose.yaml ",
    )
    assert lines
    assert [line for line in lines if not line.startswith(forms)] == []


def test_each_release_is_told_with_the_migration_that_it_ends_at() -> None:
    """`db downgrade` takes back one migration, so whoever goes back a release has to name it."""
    migrations = ScriptDirectory(str(ROOT / "migrations"))
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    told = re.findall(
        r"^\| (\d+\.\d+\.\d+)[^|]* \| `(\w+)` \|$",
        section(read("docs/operating.md"), "### Going back a release"),
        re.MULTILINE,
    )
    assert dict(told)[version] == migrations.get_current_head()
    for release, revision in told:
        assert migrations.get_revision(revision) is not None, release
        assert f"\n## {release} " in read("CHANGES.md")
