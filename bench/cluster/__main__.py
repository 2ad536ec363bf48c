"""`make cluster`: starts the cluster, says where it is, and stops all of it on Ctrl-C."""

import argparse
import signal
import socket
import sys
import time

from bench.cluster.cluster import NODES, Cluster
from tests.support.servers import ServerError
from widget.demo import content
from widget.demo.setup import PASSWORD

_PAUSE = 0.5


def main() -> int:
    """Run until stopped; a part that ends by itself is reported, and the rest goes on."""
    parser = argparse.ArgumentParser(prog="python -m bench.cluster", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="nginx's port; the nodes take those after it")
    port = parser.parse_args().port
    # Ctrl-C too, which a shell ignores for what it started in the background.
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, signal.default_int_handler)
    try:
        _free(range(port, port + NODES + 1))
        with Cluster(port, say) as cluster:
            _say_where(cluster)
            _watch(cluster)
    except KeyboardInterrupt:
        say("→ stopped")
    except ServerError as error:
        say(str(error))
        return 1
    return 0


def say(line: str) -> None:
    """Tell whoever waits, at once."""
    print(line, flush=True)


def _free(ports: range) -> None:
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise ServerError(f"Port {port} is taken. Try: make cluster PORT={ports.stop + 10}") from None


def _say_where(cluster: Cluster) -> None:
    say(f"\n  The front page       {cluster.base_url}/")
    say(f"  Who can sign in      {cluster.base_url}/demo/")
    say(f"  The editors' desk    {cluster.base_url}/desk/")
    for node in cluster.nodes:
        say(f"  {node.name:<20} 127.0.0.1:{node.port}   kill -9 -{node.pid}   {node.log}")
    say(f"  PostgreSQL           {cluster.environment['DATABASE_URL']}")
    say(f"  Redis                {cluster.environment['REDIS_URL']}")
    say(f"  nginx.conf           {cluster.nginx.directory}\n")
    for member in content.load().staff:
        say(f"  {member.role:<10} {member.email}")
    say(f"\n  Everybody's password is: {PASSWORD}\n\n  Stop with Ctrl-C.\n")


def _watch(cluster: Cluster) -> None:
    running = [cluster.worker, *cluster.nodes]
    while True:
        for process in [one for one in running if not one.runs]:
            say(f"→ {process.name} ended; the others go on")
            running.remove(process)
        time.sleep(_PAUSE)


if __name__ == "__main__":
    sys.exit(main())
