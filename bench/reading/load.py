"""Load by wrk, from the second core: so many connections for so many seconds, and what came of it."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.reading.servers import LOAD_CORE

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Load:
    """What one server did under one load: requests a second, percentiles in milliseconds, answers that were errors."""

    rate: float
    p50: float
    p99: float
    errors: int


def program() -> str:
    """Return the path of wrk, or end with how to get it."""
    found = shutil.which("wrk")
    if found is None:
        raise SystemExit("wrk makes the load: apt-get install wrk")
    return found


def put(
    url: str,
    *,
    connections: int = 64,
    seconds: float = 3,
    headers: dict[str, str] | None = None,
    script: Path | None = None,
) -> Load:
    """Ask for an address, over and over, on so many connections at once."""
    command = [
        "taskset",
        "-c",
        LOAD_CORE,
        program(),
        "-t1",
        f"-c{connections}",
        f"-d{seconds:.0f}s",
        "--latency",
    ]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    if script is not None:
        command += ["-s", str(script)]
    said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    rate = float(_found(r"Requests/sec:\s+([\d.]+)", said)[1])
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    errors = (int(bad[1]) if bad else 0) + (sum(map(int, sockets.groups())) if sockets else 0)
    return Load(rate, _percentile("50%", said), _percentile("99%", said), errors)


def _percentile(name: str, said: str) -> float:
    found = _found(rf"{re.escape(name)}\s+([\d.]+)(us|ms|s)\b", said)
    return float(found[1]) * _UNITS[found[2]]


def _found(pattern: str, said: str) -> re.Match[str]:
    found = re.search(pattern, said)
    if found is None:
        raise SystemExit(f"wrk said something else:\n{said}")
    return found


def round_robin(folder: Path, paths: list[str]) -> Path:
    """Write the script that asks for many addresses in turn."""
    listed = ",\n".join(f'"{path}"' for path in paths)
    script = folder / f"turns-{len(paths)}.lua"
    script.write_text(
        f"local paths = {{ {listed} }}\nlocal at = 0\n"
        "request = function()\n  at = at % #paths + 1\n  return wrk.format('GET', paths[at])\nend\n"
    )
    return script
