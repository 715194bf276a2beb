"""SIGKILL at every system call, of a login and of an enrollment. Some of them in every run, all with `tests/run --long`."""
import collections
import json
import re
import subprocess

from crowds import enroll_many, enroll_one, open_portal
from injected import LOG_IN, calls_of_a_login, chosen, log_in, trace_every_once
from patience import PATIENCE
from web01 import run

POINTS = 16
ENROLL = ("secondstep", "enroll", "--portal-user", "--no-confirm", "--json", "--qr", "none")


def _every_kill_of_a_login(web01, where):
    open_portal(web01)
    if where == "once":
        trace_every_once()
    quiet = enroll_many(web01, 1, "quiet")[0]
    points = chosen(calls_of_a_login(where, quiet.name, quiet.phone.code()), POINTS)
    for member, (call, turn) in zip(enroll_many(web01, len(points)), points):
        code = member.phone.code()
        once = LOG_IN[where](member.name, code, f"{call}:signal=SIGKILL:when={turn}")
        again = log_in(member.name, code)
        assert not (once and again), f"{call} {turn}: one code was accepted twice"
        assert log_in(member.name, member.phone.code()), f"{call} {turn}: shut out afterwards"


def the_program_that_asks_is_killed_at_each_system_call(web01):
    _every_kill_of_a_login(web01, "host")


def the_service_process_is_killed_at_each_system_call(web01):
    _every_kill_of_a_login(web01, "once")


def _calls_of_an_enrollment():
    """Of the tool and of the processes it starts; the numbers count in each of them."""
    run("strace", "-f", "-qq", "-o", "/tmp/trace", *ENROLL, "traced")
    most = collections.Counter()
    seen = collections.Counter()
    with open("/tmp/trace", encoding="utf-8", errors="replace") as file:
        for process, call in re.findall(r"^(\d+) +([a-z][a-z0-9_]*)\(", file.read(), re.MULTILINE):
            seen[process, call] += 1
            most[call] = max(most[call], seen[process, call])
    return [(call, turn) for call, count in sorted(most.items()) for turn in range(1, count + 1)]


def an_enrollment_is_killed_at_each_system_call(web01):
    """Either the second step before it is whole, or the new one is; and enrolling once more is all it takes."""
    open_portal(web01)
    points = chosen(_calls_of_an_enrollment(), POINTS)
    for member, (call, turn) in zip(enroll_many(web01, len(points)), points):
        where = f"{call} {turn}"
        killed = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}",
                                 "-e", f"inject={call}:signal=SIGKILL:when={turn}", *ENROLL, "--replace", member.name],
                                capture_output=True, text=True, timeout=PATIENCE, check=False)
        shown = json.loads(killed.stdout) if killed.stdout.endswith("}\n") else None
        state = json.loads(run("secondstep", "status", member.name, "--json"))[0]["state"]
        assert state != "damaged" and state != "off", f"{where}: {state}"
        old_one_works = log_in(member.name, member.phone.code())
        assert not (shown and old_one_works), f"{where}: the new key was shown, and the old one is still good"
        again = enroll_one(web01, member.name, "--replace")
        assert log_in(member.name, again.phone.code()), f"{where}: shut out"
        assert not log_in(member.name, member.phone.code()), f"{where}: the key before is still good"
