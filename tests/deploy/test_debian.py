"""The shipped files beside what a stock Debian 12 has in /etc/nginx, as docs/deploying.md puts them there."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import proxy
from tests.support.servers import Server, free_port

# What Debian's own file says where it matters to ours: the protocols above every server, and the order of the files.
_NGINX_CONF = """worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    sendfile on;
    tcp_nopush on;
    types_hash_max_size 2048;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
    ssl_prefer_server_ciphers on;
    access_log {folder}/access.log;
    gzip on;
    include {folder}/conf.d/*.conf;
    include {folder}/sites-enabled/*;
}}
"""
_DEFAULT_SITE = """server {{
    listen {port} default_server;
    listen [::]:{port} default_server;
    root /var/www/html;
    index index.html index.htm index.nginx-debian.html;
    server_name _;
    location / {{ try_files $uri $uri/ =404; }}
}}
"""


def put(folder: Path) -> Path:
    """Lay out a folder as a Debian's /etc/nginx with ours in it, on ports of our own; return its nginx.conf."""
    http, https = free_port(), free_port()
    ours = proxy.with_tls("comments.news.example", ["127.0.0.1:8000", "10.0.0.2:8000"], str(folder))
    moved = {
        "listen 80": f"listen {http}",
        "[::]:80;": f"[::]:{http};",
        "listen 443": f"listen {https}",
        "[::]:443": f"[::]:{https}",
        "/var/cache/nginx/byline": f"{folder}/cache",
        "/var/log/nginx": str(folder),
        "/etc/nginx/byline": str(folder),
    }
    for name in ("conf.d", "sites-enabled"):
        (folder / name).mkdir()
    for name, template in (("byline", proxy.TEMPLATE), ("byline-tls", proxy.TLS_TEMPLATE)):
        text = ours.render(template)
        for there, here in moved.items():
            text = text.replace(there, here)
        (folder / "conf.d" / f"{name}.conf").write_text(text)
    (folder / "sites-enabled" / "default").write_text(_DEFAULT_SITE.format(port=http))
    (folder / "reading.conf").write_text(proxy.READING.read_text("utf-8"))
    path = folder / "nginx.conf"
    path.write_text(_NGINX_CONF.format(folder=folder))
    return path


def checked(program: Path, path: Path) -> subprocess.CompletedProcess[str]:
    """Let nginx read a configuration, and do nothing else."""
    return subprocess.run(
        [program, "-t", "-c", path, "-e", "stderr"], capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder() -> Iterator[Path]:
    server = Server("debian")
    yield server.directory
    server.stop()


def test_nothing_of_ours_is_refused_or_doubled_beside_the_page_that_debian_brings(
    program: Path, folder: Path
) -> None:
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x -keyout privkey.pem -out fullchain.pem"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    done = checked(program, put(folder))
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


def test_the_part_for_http_does_without_a_certificate(program: Path, folder: Path) -> None:
    """It is what the first certificate is fetched by."""
    path = put(folder)
    assert "fullchain.pem" in checked(program, path).stderr
    (folder / "conf.d" / "byline.conf").unlink()
    done = checked(program, path)
    assert done.returncode == 0, done.stderr


def test_every_folder_that_ours_need_is_made_by_the_documented_steps() -> None:
    """Debian has /var/cache and /var/www; nginx makes one folder below an existing one and no more."""
    made = (Path(__file__).resolve().parents[2] / "docs" / "deploying.md").read_text("utf-8")
    assert "install -d /var/cache/nginx /var/www/acme\n" in made
    tls = proxy.with_tls("x", ["127.0.0.1:8000"], "/etc/ssl/x")
    assert "proxy_cache_path /var/cache/nginx/byline " in tls.render()
    assert "root /var/www/acme;" in tls.render(proxy.TLS_TEMPLATE)
