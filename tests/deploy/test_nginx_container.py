"""nginx in its container: whom it asks, by what it is reached, and its certificate."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from deploy import proxy
from tests.support.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


def test_readers_are_known_by_their_own_addresses(compose: dict[str, Any]) -> None:
    """By IPv6 as well: the network has it, and nginx listens for it under the name, not for strangers alone."""
    nginx = compose["services"]["nginx"]
    assert any((compose["networks"][name] or {}).get("enable_ipv6") for name in nginx["networks"])
    assert "listen [::]:443 ssl;" in nginx["environment"]["PROXY_LISTEN"]


def test_a_node_that_is_not_there_keeps_nginx_from_nothing(compose: dict[str, Any]) -> None:
    nginx = compose["services"]["nginx"]
    [version] = re.findall(r"^nginx:([0-9.]+)$", nginx["image"])
    assert tuple(map(int, version.split("."))) >= (1, 27, 3), "earlier ones know no `resolve`"
    upstreams = nginx["environment"]["PROXY_UPSTREAMS"]
    assert upstreams.startswith("resolver 127.0.0.11 ")
    assert all(" resolve;" in server for server in re.findall(r"server [^;]*;", upstreams))
    assert {how["condition"] for how in nginx["depends_on"].values()} == {"service_started"}
    # Asked as a reader would, of a node that is reached.
    [_, asked] = nginx["healthcheck"]["test"]
    assert "--fail" in asked
    assert asked.endswith('"https://$$PROXY_HOST/livez"')


def test_nginx_reads_what_its_container_is_given(
    compose: dict[str, Any], program: Path, tmp_path: Path
) -> None:
    """As far as an older nginx can tell, which knows neither `resolve` nor `http2`."""
    nginx = compose["services"]["nginx"]
    files = {mount.split(":")[1]: DEPLOY / mount.split(":")[0] for mount in nginx["volumes"] if "./" in mount}
    there = {
        "/etc/nginx/conf.d": f"{tmp_path}/conf.d",
        "/etc/nginx/byline": str(tmp_path),
        "/etc/nginx/tls": str(tmp_path),
        "/var/cache/nginx": str(tmp_path),
        "/dev/stdout": f"{tmp_path}/out",
        "/dev/stderr": f"{tmp_path}/err",
        "pid /run": f"pid {tmp_path}",
        "user nginx;": "",
        "http2 on;": "",
        "resolver 127.0.0.11 valid=5s ipv6=off;": "",
        " resolve;": ";",
        "node1": "127.0.0.1",
        "node2": "127.0.0.1",
        **{f" {port}": f" {free_port()}" for port in (80, 443)},
    }
    there |= {f"[::]:{port}": f"[::]{there[f' {port}'].replace(' ', ':')}" for port in (80, 443)}

    def put(name: str, text: str) -> None:
        for one, other in there.items():
            text = text.replace(one, other)
        (tmp_path / name).write_text(text)

    (tmp_path / "conf.d").mkdir()
    given = {**nginx["environment"], "PROXY_HOST": "comments.news.example"}
    for path, source in files.items():
        if path.startswith("/etc/nginx/templates/"):
            filled = re.sub(r"\$\{(PROXY_\w+)\}", lambda m: given[m[1]], source.read_text("utf-8"))
            put(f"conf.d/{Path(path).stem}", filled)
    put("reading.conf", files["/etc/nginx/byline/reading.conf"].read_text("utf-8"))
    put("nginx.conf", files["/etc/nginx/nginx.conf"].read_text("utf-8"))
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x -keyout privkey.pem -out fullchain.pem"
    )
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    done = subprocess.run(
        [program, "-t", "-c", tmp_path / "nginx.conf", "-e", "stderr"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr
    rendered = files["/etc/nginx/nginx.conf"].read_text("utf-8")
    [descriptors] = re.findall(r"^worker_rlimit_nofile (\d+);$", rendered, re.MULTILINE)
    assert nginx["ulimits"]["nofile"] == int(descriptors)
    documented = (ROOT / "docs" / "deploying.md").read_text("utf-8")
    for line in (f"worker_rlimit_nofile {descriptors};", "worker_connections 4096;"):
        assert line in rendered
        assert line in documented, "as on Debian"


def test_a_renewed_certificate_is_taken_up(tmp_path: Path) -> None:
    lineage, tools, deploy = (tmp_path / name for name in ("lineage", "tools", "deploy"))
    for folder in (lineage, tools, deploy):
        folder.mkdir()
    for name in ("privkey.pem", "fullchain.pem"):
        (lineage / name).write_text(name)
    (tools / "docker").write_text(f'#!/bin/sh\necho "$PWD $*" > {tmp_path}/told\n')
    (tools / "docker").chmod(0o755)
    hook = shutil.copy(DEPLOY / "renewed", deploy)
    environ = {"PATH": f"{tools}:/usr/bin:/bin", "RENEWED_LINEAGE": str(lineage)}
    for _ in range(2):
        subprocess.run([hook], env=environ, cwd="/", check=True)
    assert (deploy / "tls" / "fullchain.pem").read_text() == "fullchain.pem"
    assert (deploy / "tls" / "privkey.pem").stat().st_mode & 0o777 == 0o600
    assert (
        tmp_path / "told"
    ).read_text() == f"{deploy} compose --file compose.yaml exec -T nginx nginx -s reload\n"


def test_nginx_is_given_every_blank_of_its_templates(compose: dict[str, Any]) -> None:
    environment = compose["services"]["nginx"]["environment"]
    for template in (proxy.TEMPLATE, proxy.TLS_TEMPLATE):
        blanks = set(re.findall(r"\$\{(\w+)\}", template.read_text("utf-8")))
        assert blanks - set(environment) == set()
    rate, burst, connections = (
        int(environment[f"PROXY_{name}"]) for name in ("RATE", "BURST", "CONNECTIONS")
    )
    assert proxy.Limits(rate, burst, connections) == proxy.SHIPPED, "as everywhere else"
    for node in ("node1", "node2"):
        assert f"server {node}:8000 " in environment["PROXY_UPSTREAMS"]
