"""A host that somebody has broken into, and what it may cause at the node."""
from crowds import SERVICE
from web01 import CODE_PROMPT

LINES = f"portal_services = {SERVICE}\ntries = 1"
AT_ONCE = 8
MORE_THAN_A_MINUTE_HAS = 9  # crowds of eight: sixty are judged
WRONG_RECOVERY_CODE = "0123-4567-89AB-CDEF"


def _guess(host, name, crowd):
    """Recovery codes, which count on no account and cost the node the most."""
    host.ask_many([(name, f"10.{crowd}.{login}.1") for login in range(AT_ONCE)])
    said = host.say_many([WRONG_RECOVERY_CODE] * AT_ONCE)
    host.hang_up_all()
    return said


def _log_in(host, name, code):
    assert host.ask_many([(name, "198.51.100.7")]) == [CODE_PROMPT]
    said = host.say_many([code])
    host.hang_up_all()
    return said


def a_host_beyond_its_budget_has_nothing_judged_and_all_others_go_on(fleet):
    fleet.stand(lines=LINES)
    victim, other = fleet.auth1.enroll_many(2)
    for crowd in range(MORE_THAN_A_MINUTE_HAS):
        said = _guess(fleet.web01, victim.name, crowd)
        assert set(said) <= {"refused", "unavailable"}, said  # where the node is short of processors they come late
    fleet.auth1.expect_log("host web01 has sent more wrong codes than a host may; its answers are not judged for now")
    code = other.phone.code()
    assert _log_in(fleet.web01, other.name, code) == ["refused"]
    # It was not even looked at: elsewhere it is good.
    assert _log_in(fleet.web02, other.name, code) == ["accepted"]
