"""Every system call of a login fails once. Whatever is said then: nobody is let in with a wrong code, no code is accepted
twice, and nobody is shut out afterwards. Some of the calls in every run, all of them with `tests/run --long`."""
from crowds import enroll_many, open_portal, rounds
from injected import LOG_IN, calls_of_a_login, chosen, log_in, trace_every_once

ERRORS = rounds(("EIO", "ENOMEM", "EMFILE", "ENOSPC", "EINTR"), ("EIO", "ENOMEM"))
POINTS = 20


def _injections(points):
    for call, turn in points:
        for error in ERRORS:
            yield f"{call}:error={error}:when={turn}"


def _every_fault(web01, where):
    open_portal(web01)
    if where == "once":
        trace_every_once()
    quiet = enroll_many(web01, 1, "quiet")[0]
    injections = list(_injections(chosen(calls_of_a_login(where, quiet.name, quiet.phone.code()), POINTS)))
    accepted = 0
    for member, inject in zip(enroll_many(web01, len(injections)), injections):
        assert not LOG_IN[where](member.name, member.phone.wrong_code(), inject), f"{inject}: a wrong code was accepted"
        code = member.phone.code()
        once = LOG_IN[where](member.name, code, inject)
        again = log_in(member.name, code)
        assert not (once and again), f"{inject}: one code was accepted twice"
        assert log_in(member.name, member.phone.code()), f"{inject}: shut out afterwards"
        accepted += once
    assert accepted < len(injections), "no fault was noticed: were there any?"


def each_system_call_of_the_program_that_asks_fails_once(web01):
    _every_fault(web01, "host")


def each_system_call_of_the_service_process_fails_once(web01):
    _every_fault(web01, "once")
