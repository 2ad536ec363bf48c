"""compose.yaml, Dockerfile, units and environment say nothing that the server does not know."""

import re
import shlex
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from deploy import generate
from tests.support import system
from tests.test_docs import unknown_part
from widget.config import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
KNOWN = {item.metadata["env"] for item in fields(Settings)}
# What Debian of that name has of PostgreSQL; a client must not be older than the server.
DEBIAN, CLIENT = "trixie", 17
OURS = ("migrate", "node1", "node2", "worker")
UNITS = sorted((DEPLOY / "systemd").iterdir())


def test_every_variable_is_a_setting(compose: dict[str, Any]) -> None:
    named = {name for service in OURS for name in compose["services"][service]["environment"]}
    assert named - KNOWN == {"PROMETHEUS_MULTIPROC_DIR"}
    example = (DEPLOY / "byline.env.example").read_text("utf-8")
    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) - KNOWN == set()
    image = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert set(re.findall(r"(BYLINE_[A-Z_]+)=", image)) - KNOWN == set()


@pytest.mark.parametrize("service", OURS)
def test_each_of_our_services_starts_with_what_it_is_given(compose: dict[str, Any], service: str) -> None:
    """The settings that its files and its own variables make are accepted at start."""
    made = generate.files("comments.news.example")["byline.env"]
    environ = dict(shlex.split(line)[0].split("=", 1) for line in made.splitlines())
    settings = Settings.from_environment({**environ, **compose["services"][service]["environment"]})
    assert settings.origin == "https://comments.news.example"
    assert settings.proxy_hops == 1
    assert settings.address == "0.0.0.0"  # noqa: S104 (a container's own network)
    assert settings.sqlalchemy_url.startswith("postgresql+psycopg://byline:")


def test_a_shell_reads_the_environment_as_it_is_written(tmp_path: Path) -> None:
    """With all that a password or the hosts of a cluster may hold: else commands would act on another database."""
    url = "postgresql://byline:a;b$HOME`id`#&(c)@/byline?host=one:5432&host=two:5432&target_session_attrs=read-write"
    example = (DEPLOY / "byline.env.example").read_text("utf-8")
    filled = re.sub(r"^#?DATABASE_URL='.*'$", lambda _: f"DATABASE_URL='{url}'", example, flags=re.MULTILINE)
    path = tmp_path / "byline.env"
    path.write_text(filled)
    [step] = {
        line.replace("/etc/byline.env", str(path))
        for name in ("README.md", "docs/deploying.md", "docs/operating.md")
        for line in (ROOT / name).read_text("utf-8").splitlines()
        if line.startswith("set -a")
    }
    shown = subprocess.run(
        ["sh", "-c", f"{step}; env -0"], capture_output=True, text=True, check=True, env={}
    )
    assert f"DATABASE_URL={url}" in shown.stdout.split("\0")
    assert "BYLINE_MAIL_FROM=comments@news.example" in shown.stdout.split("\0")


@pytest.mark.parametrize("name", ["README.md", "docs/deploying.md", "deploy/byline.env.example"])
def test_every_value_that_is_to_be_written_stands_in_quotes(name: str) -> None:
    values = re.findall(
        r"^#?(?:BYLINE_[A-Z_]+|DATABASE_URL|REDIS_URL)=(.*)$", (ROOT / name).read_text("utf-8"), re.M
    )
    assert values
    assert [value for value in values if not re.fullmatch(r"'[^']*'", value)] == []


def test_the_database_has_the_password_that_the_server_sends() -> None:
    made = generate.files("comments.news.example")
    password = made["postgres.env"].partition("=")[2].strip()
    assert f":{password}@postgres/byline" in made["byline.env"]
    assert generate.files("x")["postgres.env"] != made["postgres.env"], "each installation has its own"


def test_secrets_are_never_written_over_nor_readable_by_others(tmp_path: Path) -> None:
    paths = generate.write(tmp_path, "comments.news.example")
    before = {path: path.read_text() for path in paths}
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    with pytest.raises(FileExistsError):
        generate.write(tmp_path, "other.example")
    assert {path: path.read_text() for path in paths} == before


def test_no_secret_can_be_committed() -> None:
    made = [f"deploy/{name}" for name in generate.files("x")] + ["deploy/tls/privkey.pem", "deploy/acme/x"]
    done = subprocess.run(["git", "check-ignore", *made], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode in {0, 128}, "a checkout ignores them"
    if done.returncode == 0:
        assert done.stdout.split() == made


def test_each_service_finds_what_it_names(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            assert needed in services, name
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[needed], f"{name} waits for {needed}"
        for mounted in service.get("volumes", []):
            source = mounted.split(":")[0]
            if source.startswith("./") and source not in {"./tls", "./acme"}:
                assert (DEPLOY / source).is_file(), source
            elif not source.startswith("./"):
                assert source in compose["volumes"], source
        assert set(service["networks"]) <= set(compose["networks"]), name
    assert compose["networks"]["inside"] == {"internal": True}
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]


def test_no_log_grows_without_end(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["logging"]["options"].keys() == {"max-size", "max-file"}, name


def test_every_command_exists(compose: dict[str, Any]) -> None:
    lines = [service["command"] for service in compose["services"].values() if "command" in service]
    commands = [words[3:] for words in lines if words[0] == "flask"]
    image = (DEPLOY / "Dockerfile").read_text("utf-8")
    [last] = re.findall(r"^CMD (\[.*\])$", image, re.MULTILINE)
    commands.append(yaml.safe_load(last)[3:])
    for unit in UNITS:
        for line in re.findall(r"^ExecStart=(.*)$", unit.read_text("utf-8"), re.MULTILINE):
            words = shlex.split(line)
            assert words[:3] == ["/opt/byline/bin/flask", "--app", "wsgi"]
            commands.append(words[3:])
    assert ["serve"] in commands
    assert ["worker"] in commands
    assert [(words, part) for words in commands if (part := unknown_part(words))] == []


def test_the_image_takes_packages_by_their_hashes_alone_and_is_nobody() -> None:
    image = (DEPLOY / "Dockerfile").read_text("utf-8")
    installs = [line for line in image.replace("\\\n", " ").split("&&") if "pip install" in line]
    for line in image.splitlines():
        if "pip install" in line:
            assert "--require-hashes" in line or "--no-index" in line, line
    assert installs
    users = re.findall(r"^USER (\w+)$", image, re.MULTILINE)
    assert users == ["byline"]
    assert not re.search(r"curl|wget|ADD http", image)
    # Debian's own packages, checked by Debian's keys, and none but the one that is told apart below.
    [packages] = re.findall(r"apt-get install ([^\\]*)", image)
    assert [word for word in packages.split() if word[0] != "-"] == [f"postgresql-client-{CLIENT}"]
    for name in re.findall(r"^COPY (?!--)(\S+) ", image, re.MULTILINE):
        assert (ROOT / name).exists(), name


def test_a_backup_finds_a_client_of_the_servers_age_and_a_place_to_write(compose: dict[str, Any]) -> None:
    image = (DEPLOY / "Dockerfile").read_text("utf-8")
    # The Debian is named: without it the image changes its release, and its PostgreSQL, overnight.
    assert set(re.findall(r"^FROM (\S+)", image, re.MULTILINE)) == {f"python:3.13-slim-{DEBIAN}"}
    assert compose["services"]["postgres"]["image"] == f"postgres:{CLIENT}"
    # Ordinary users write where they own the folder, in a container that is otherwise read alone.
    [folder] = set(
        re.findall(r"flask --app wsgi backup (\S+)", (ROOT / "docs" / "operating.md").read_text("utf-8"))
    )
    assert f"install -d -o byline -g byline -m 700 {folder}\n" in image
    for name in OURS:
        assert f"backups:{folder}" in compose["services"][name]["volumes"], name


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_are_understood_by_systemd(unit: Path, tmp_path: Path) -> None:
    program = system.SYSTEMD.locate()
    if program is None:
        system.skip_for_want_of(system.SYSTEMD)
    for each in UNITS:
        # What is started is not installed here; everything else is read as it is.
        text = each.read_text("utf-8").replace("/opt/byline/bin/flask", "/bin/true")
        (tmp_path / each.name).write_text(text)
    done = subprocess.run(
        [program, "verify", "--man=no", tmp_path / unit.name], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "byline" in line]
    assert ours == []


@pytest.mark.parametrize(
    "unit", [path for path in UNITS if path.suffix == ".service"], ids=lambda path: path.name
)
def test_services_may_do_little(unit: Path) -> None:
    text = unit.read_text("utf-8")
    for line in (
        "User=byline",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "PrivateTmp=yes",
        "PrivateDevices=yes",
        "CapabilityBoundingSet=",
        "SystemCallFilter=@system-service",
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
    ):
        assert f"\n{line}\n" in text, line


def test_workers_count_together_in_a_folder_that_is_empty_at_each_start(compose: dict[str, Any]) -> None:
    unit = (DEPLOY / "systemd" / "byline.service").read_text("utf-8")
    [made] = re.findall(r"^RuntimeDirectory=(\w+)$", unit, re.MULTILINE)
    [named] = re.findall(r"^Environment=PROMETHEUS_MULTIPROC_DIR=(\S+)$", unit, re.MULTILINE)
    assert named == f"/run/{made}"
    assert "RuntimeDirectoryPreserve" not in unit, "systemd would keep what a former process counted"
    for name in OURS:
        service = compose["services"][name]
        folder = service["environment"]["PROMETHEUS_MULTIPROC_DIR"]
        assert folder in [mount.partition(":")[0] for mount in service["tmpfs"]], name


def test_the_server_is_given_more_time_to_stop_than_it_takes() -> None:
    from widget import serving

    unit = (DEPLOY / "systemd" / "byline.service").read_text("utf-8")
    [seconds] = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    assert int(seconds) > serving._LAST_WORDS
    assert "KillMode=mixed" in unit


def test_granian_knows_every_option_of_the_one_command_line() -> None:
    from granian.cli import cli

    from widget import serving

    line = serving.command(Settings.for_tests(listen="[::1]:8123", workers=3, threads=32))
    assert isinstance(cli, click.Command)
    known = {option for parameter in cli.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in line if word.startswith("--")} - known == set()
    joined = " ".join(line)
    assert "--host ::1 --port 8123" in joined
    assert "--workers 3 --blocking-threads 32" in joined
