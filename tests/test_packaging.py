"""The wheel holds everything the server needs, and runs far away from the checkout."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
INSTALLED = {canonicalize_name(found.name) for found in metadata.distributions()}
LANGUAGES = ("en", "fr", "es", "ar", "zh")

# Asks the installed server for a page, a static file and its health, and says where it was imported from.
# Not before it is imported as a server is the script kept for the release after it.
PROBE = """
from pathlib import Path

import widget
from widget.web.reading.script import bundle
from wsgi import app

client = app.test_client()
print(widget.__file__)
print([path.name for path in Path("instance/released").iterdir()] == [f"{bundle().digest}.js"])
for path in ("/livez", "/readyz", "/embed.js", "/nowhere"):
    print(path, client.get(path, base_url="http://127.0.0.1:8000").status_code)
"""


def run(*command: str | Path, cwd: Path, environment: dict[str, str] | None = None) -> str:
    """Run a command and return what it printed; fail with all it said when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout with the build backend of the environment."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    """The paths in the wheel."""
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def in_checkout(folder: str) -> set[str]:
    """Return the files of a folder of the checkout, as paths from the root, without what Python leaves."""
    paths = (path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.as_posix() for path in paths if "__pycache__" not in path.parts and path.name[0] != "."}


def test_it_holds_the_entry_point(contents: set[str]) -> None:
    assert "wsgi.py" in contents


@pytest.mark.parametrize("folder", ["templates", "static", "migrations"])
def test_it_holds_every_file_beside_the_package(contents: set[str], folder: str) -> None:
    expected = {f"widget/{path}" for path in in_checkout(folder)}
    assert expected
    assert expected - contents == set()


def test_it_holds_every_module_and_every_seed(contents: set[str]) -> None:
    expected = in_checkout("widget") - {"widget/translations/hatch_build.py"}
    assert any(path.startswith("widget/netiquette/seed/") and path.endswith(".toml") for path in expected)
    assert {path for path in expected if path.endswith((".py", ".toml", ".json"))} - contents == set()


def test_it_holds_every_language_compiled(contents: set[str]) -> None:
    compiled = {f"widget/translations/{language}/LC_MESSAGES/messages.mo" for language in LANGUAGES}
    assert compiled - contents == set()


def test_it_holds_nothing_that_is_not_the_servers(contents: set[str]) -> None:
    strays = {
        path
        for path in contents
        if path.split("/")[0].split("-")[0] not in {"widget", "wsgi.py", "byline_comments"}
        or "__pycache__" in path
        or path.endswith((".pyc", ".sqlite3", "hatch_build.py"))
    }
    assert strays == set()


def locked(name: str) -> set[str]:
    """Return the names of the packages in a lock file."""
    return set(re.findall(r"^([\w.-]+)==", (ROOT / name).read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
@pytest.mark.parametrize("version", ["3.11.2", "3.11.9", "3.12.0", "3.13.0", "3.14.0"])
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_the_lock_files_serve_every_python(name: str, version: str, platform: str) -> None:
    """A hashed lock file installs only where it is complete, and it is made with one Python."""
    packages = locked(name)
    target = {
        "extra": "",
        "python_full_version": version,
        "python_version": version.rpartition(".")[0],
        "sys_platform": platform,
    }
    lacking = {
        f"{package}: {requirement}"
        for package in packages & INSTALLED
        for requirement in map(Requirement, metadata.requires(package) or ())
        if requirement.marker is None or requirement.marker.evaluate(target)
        if canonicalize_name(requirement.name) not in packages
    }
    assert lacking == set()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that has the wheel, and what it depends on, but not the checkout."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    # The dependencies are there already, at the locked versions: no registry is asked for anything.
    site_packages = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    (Path(site_packages) / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    run(*pip, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    return python


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of an operator with the default settings and nothing of the checkout's."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "BYLINE_SECRET_KEY": "only-for-this-test-and-long-enough",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'byline.sqlite3'}",
    }


@pytest.mark.slow
def test_it_runs_far_away_from_the_checkout(
    installed: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    flask = (installed, "-m", "flask", "--app", "wsgi")
    listed = run(*flask, "--help", cwd=tmp_path, environment=environment)
    commands = {line.split()[0] for line in listed.splitlines() if line}
    assert {"db", "demo", "site", "staff", "worker"} - commands == set(), listed

    run(*flask, "db", "upgrade", cwd=tmp_path, environment=environment)
    assert not (tmp_path / "instance" / "released").exists()
    where, *answers = run(installed, "-c", PROBE, cwd=tmp_path, environment=environment).splitlines()

    assert Path(where).is_relative_to(installed.parent.parent)
    assert answers == ["True", "/livez 200", "/readyz 200", "/embed.js 200", "/nowhere 404"]
