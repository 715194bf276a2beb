"""Hosts of a fleet that share a machine which is set up: each has a name, a configuration, a store and sockets of its own, and
nothing else."""
import subprocess
from concurrent.futures import ThreadPoolExecutor

from web01 import run

PLACES = "/root/hosts"
# Runs "$@" as the host $0, in what is its own.
AS_HOST = f"""
set -e
hostname "$0"
mkdir -p "{PLACES}/$0" /run/secondstep-relay
[ -d "{PLACES}/$0/etc" ] || cp -a /etc/secondstep "{PLACES}/$0/etc"
[ -d "{PLACES}/$0/lib" ] || cp -a /var/lib/secondstep "{PLACES}/$0/lib"
mount --bind "{PLACES}/$0/etc" /etc/secondstep
mount --bind "{PLACES}/$0/lib" /var/lib/secondstep
mount -t tmpfs -o mode=755 tmpfs /run/secondstep-relay
exec "$@"
"""


def _as_host(name, *command):
    return ["unshare", "--mount", "--uts", "--propagation", "private", "sh", "-c", AS_HOST, name, *command]


def join_all(names, nodes, token):
    """At the same time."""
    def join(name):
        run(*_as_host(name, "secondstep", "setup", "--join", nodes, "--token-file", "-"), input=token + "\n")

    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(join, names))


def start_relays(names):
    return [subprocess.Popen(_as_host(name, "secondstep-relay"), stdin=subprocess.DEVNULL) for name in names]


def certificates(names):
    found = []
    for name in names:
        with open(f"{PLACES}/{name}/etc/fleet/host.pem", encoding="ascii") as file:
            found.append(file.read())
    return found
