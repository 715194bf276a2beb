"""The profile for pam-auth-update, with which every program of Debian asks for the second step."""
from web01 import CODE_PROMPT, run


def _with_profile(web01, enrolled):
    alice = web01.add_person("alice", enrolled=enrolled)
    _pam_auth_update("--enable", "secondstep")
    web01.start_service()
    web01.start_sshd(stack=None)
    return alice


def _pam_auth_update(*options):
    run("pam-auth-update", "--package", *options,
        env={"DEBIAN_FRONTEND": "noninteractive", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})


def the_profile_asks_for_a_code_after_the_password(web01):
    alice = _with_profile(web01, enrolled=True)
    session = web01.ssh("alice")
    session.answer("Password: ", alice.password)
    session.answer(CODE_PROMPT, alice.phone.code())
    session.expect("logged in as alice")
    assert session.end() == 0


def the_profile_refuses_a_wrong_code(web01):
    alice = _with_profile(web01, enrolled=True)
    session = web01.ssh("alice")
    session.answer("Password: ", alice.password)
    for _ in range(3):
        session.answer(CODE_PROMPT, alice.phone.wrong_code())
    assert session.end() != 0
    assert "logged in as" not in session.transcript


def the_profile_never_asks_for_a_code_after_a_wrong_password(web01):
    _with_profile(web01, enrolled=True)
    session = web01.ssh("alice")
    session.answer("Password: ", "not her password")
    assert session.end() != 0
    assert CODE_PROMPT not in session.transcript


def the_profile_lets_in_who_is_not_enrolled(web01):
    alice = _with_profile(web01, enrolled=False)
    session = web01.ssh("alice")
    session.answer("Password: ", alice.password)
    session.expect("logged in as alice")
    assert session.end() == 0


def the_profile_is_not_on_until_the_administrator_says_so_and_goes_away_without_a_trace(web01):
    def stack():
        with open("/etc/pam.d/common-auth", encoding="utf-8") as file:
            return file.read()
    _pam_auth_update()
    before = stack()
    assert "secondstep" not in before
    _pam_auth_update("--enable", "secondstep")
    assert "pam_secondstep.so" in stack()
    _pam_auth_update("--remove", "secondstep")
    assert stack() == before
