"""usermod -l with people who have a second step: what their logins meet, and what mends it."""
import subprocess

from patience import PATIENCE
from web01 import CODE_PROMPT, run


def _bob_is_now_robert(web01):
    bob = web01.add_person("bob", enrolled=True)
    web01.set_action("allow")
    run("usermod", "--login", "robert", "bob")
    bob.name = "robert"
    web01.start_service()
    web01.start_sshd()
    return bob


def _ssh(web01, person):
    session = web01.ssh(person.name)
    session.answer("Password: ", person.password)
    return session


def a_renamed_account_is_not_let_in_without_its_second_step(web01):
    robert = _bob_is_now_robert(web01)
    session = _ssh(web01, robert)
    session.expect("denied", "Password: ")
    session.end_by_force()
    assert "logged in as" not in session.transcript
    web01.expect_log(r"verdict=unavailable user=robert service=sshd .*secondstep rename bob robert")


def after_rename_the_old_phone_logs_in_again(web01):
    robert = _bob_is_now_robert(web01)
    assert "is robert now" in run("secondstep", "status")
    refused = subprocess.run(["secondstep", "enroll", "robert", "--no-confirm"], capture_output=True, text=True,
                             timeout=PATIENCE, stdin=subprocess.DEVNULL)
    assert refused.returncode == 1 and "secondstep rename bob robert" in refused.stderr
    run("secondstep", "rename", "bob", "robert", "--same-person")
    web01.expect_log(r'verb=rename account="robert" change=renamed from="bob" proof=same-person')
    session = _ssh(web01, robert)
    session.answer(CODE_PROMPT, robert.phone.code())
    session.expect("logged in as robert")
    assert session.end() == 0
    assert "bob" not in run("secondstep", "status")


def somebody_new_without_a_second_step_logs_in_as_ever(web01):
    """The control: nobody's uid is taken for another's."""
    _bob_is_now_robert(web01)
    carol = web01.add_person("carol")
    session = _ssh(web01, carol)
    session.expect("logged in as carol")
    assert session.end() == 0
