"""A host that somebody has broken into, and what it may cause at the node."""
from crowds import SERVICE
from web01 import CODE_PROMPT

LINES = f"portal_services = {SERVICE}\ntries = 1"
AT_ONCE = 8
MORE_THAN_A_MINUTE_HAS = 9  # crowds of eight: of one account ten answers are judged, of all strangers forty-five
WRONG_RECOVERY_CODE = "0123-4567-89AB-CDEF"


def _guess(host, names, crowd):
    """Recovery codes, which count on no account and cost the node the most."""
    host.ask_many([(names[login % len(names)], f"10.{crowd}.{login}.1") for login in range(AT_ONCE)])
    said = host.say_many([WRONG_RECOVERY_CODE] * AT_ONCE)
    host.hang_up_all()
    return said


def _guess_often(host, names):
    for crowd in range(MORE_THAN_A_MINUTE_HAS):
        said = _guess(host, names, crowd)
        assert set(said) <= {"refused", "unavailable"}, said  # where the node is short of processors they come late


def _log_in(host, name, code):
    assert host.ask_many([(name, "198.51.100.7")]) == [CODE_PROMPT]
    said = host.say_many([code])
    host.hang_up_all()
    return said


def a_host_beyond_its_budget_has_nothing_judged_and_all_others_go_on(fleet):
    fleet.stand(lines=LINES)
    other, *victims = fleet.auth1.enroll_many(AT_ONCE + 1)
    # For one account, from everywhere: nobody else there has to wait.
    _guess_often(fleet.web01, [victims[0].name])
    fleet.auth1.expect_log("host web01 has sent more wrong codes than it, or an account or a place there, may have judged")
    assert _log_in(fleet.web01, victims[0].name, victims[0].phone.code()) == ["refused"]
    assert _log_in(fleet.web01, other.name, other.phone.code()) == ["accepted"]
    _guess_often(fleet.web01, [victim.name for victim in victims])
    code = victims[-1].phone.code()
    assert _log_in(fleet.web01, victims[-1].name, code) == ["refused"]
    # It was not even looked at: elsewhere it is good.
    assert _log_in(fleet.web02, victims[-1].name, code) == ["accepted"]
    # Where somebody is known they have a share of their own.
    assert _log_in(fleet.web01, other.name, other.phone.code()) == ["accepted"]
