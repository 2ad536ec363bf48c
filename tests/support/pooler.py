"""PgBouncer as docs/deploying.md has it, between a test and its PostgreSQL: sessions are pooled, few of them."""

import signal
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.support import postgres
from tests.support.servers import Server

_CONFIGURATION = """[databases]
* = host={server} user={user}
[pgbouncer]
unix_socket_dir = {folder}
listen_port = 5432
auth_type = any
pool_mode = session
default_pool_size = {size}
max_client_conn = 100
"""


def start(program: Path, database_url: str, size: int) -> tuple[Server, str]:
    """Start a pool of so many sessions in front of a database's server; return it with the database's URL through it."""
    beyond = make_url(database_url)
    pooler = Server("pooler", stop_signal=signal.SIGINT)
    through = beyond.update_query_dict({"host": str(pooler.directory)})
    url = through.render_as_string(hide_password=False)
    try:
        configuration = pooler.directory / "pgbouncer.ini"
        configuration.write_text(
            _CONFIGURATION.format(
                server=beyond.query["host"], user=postgres.USER, folder=pooler.directory, size=size
            )
        )
        configuration.chmod(0o644)
        pooler.start([program, configuration], ready=lambda: postgres.answers(url))
    except BaseException:
        pooler.stop()
        raise
    return pooler, url
