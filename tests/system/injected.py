"""Logins in which one system call fails, or at which the process is killed: of the program that logs somebody in (host),
or of the service process that a module starts for one dialogue (once)."""
import collections
import os
import re
import subprocess

from crowds import LONG, SERVICE
from patience import PATIENCE

PROGRAM = "/usr/sbin/secondstepd"
RHOST = "198.51.100.7"
_OPTIONS = "/run/strace-options"
_LINE = re.compile(r"^([a-z][a-z0-9_]*)\(", re.MULTILINE)
# A program that is told that it cannot map its libraries does not come as far as anything of ours. And what the loader
# and the C library do on their own is the same in each of them.
_NOT_OURS = {"mmap", "mprotect", "arch_prctl", "set_tid_address", "set_robust_list", "rseq", "execve", "exit_group"}


def trace_every_once():
    """From now on the service process that a module starts runs under strace, with the options that are set."""
    os.rename(PROGRAM, PROGRAM + ".real")
    with open(PROGRAM, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\nexec strace -qq $(cat {_OPTIONS}) {PROGRAM}.real \"$@\"\n")
    os.chmod(PROGRAM, 0o755)
    _set_options("-o /dev/null -e trace=none")


def _set_options(text):
    with open(_OPTIONS, "w", encoding="utf-8") as file:
        file.write(text)


def log_in(name, code, under=()):
    """Whether the real stack lets them in."""
    done = subprocess.run([*under, "pamtester", "-I", f"rhost={RHOST}", SERVICE, name, "authenticate"],
                          input=f"{code}\n" * 3, capture_output=True, text=True, timeout=PATIENCE, check=False)
    return done.returncode == 0 and "successfully authenticated" in done.stdout


def _on_host(name, code, inject):
    return log_in(name, code, ["strace", "-qq", "-o", "/dev/null", "-e", f"trace={inject.split(':')[0]}",
                               "-e", f"inject={inject}"])


def _on_once(name, code, inject):
    _set_options(f"-o /dev/null -e trace={inject.split(':')[0]} -e inject={inject}")
    try:
        return log_in(name, code)
    finally:
        _set_options("-o /dev/null -e trace=none")


LOG_IN = {"host": _on_host, "once": _on_once}


def _traced_calls(where, name, code):
    if where == "host":
        assert log_in(name, code, ["strace", "-qq", "-o", "/tmp/trace"])
    else:
        os.mkdir("/tmp/traces")
        os.chmod("/tmp/traces", 0o777)
        _set_options("-o /tmp/traces/once")
        assert log_in(name, code)
        _set_options("-o /dev/null -e trace=none")
    with open("/tmp/trace" if where == "host" else "/tmp/traces/once", encoding="utf-8", errors="replace") as file:
        return _LINE.findall(file.read())


def calls_of_a_login(where, name, code):
    """(call, number of its turn), as they follow in one login that is left in peace."""
    turn = collections.Counter()
    points = []
    for call in _traced_calls(where, name, code):
        turn[call] += 1
        if call not in _NOT_OURS:
            points.append((call, turn[call]))
    return points


def chosen(points, how_many):
    """All of them with --long, otherwise so many, evenly spread."""
    if LONG or len(points) <= how_many:
        return points
    step = len(points) / how_many
    return [points[int(step * number)] for number in range(how_many)]
