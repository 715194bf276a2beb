"""Directories that are away, names for addresses: what cannot be told is never "no", and locks out nobody who can be asked."""
import os
import shutil
import subprocess

from web01 import CODE_PROMPT, MODULE_LINE, Person, run

AUTHENTICATED = "successfully authenticated"
FAILURES = "/etc/trial-name-source"
DEAD = "getpwnam={0} getgrnam={0} initgroups={0}"
MEMBERS_ARE_ASKED = "groups = remote2fa\naction = require"
OTHERS_ARE_EXEMPT = "groups = !remote2fa\naction = exempt"


def _join_directory(web01, default, rule):
    """A directory with the account remo, who is in remote2fa by its list of groups alone; remo and root are enrolled."""
    library = f"{os.environ['SECONDSTEP_BUILD']}/tests/libnss_trial.so.2"
    shutil.copy(library, os.path.realpath("/lib/x86_64-linux-gnu"))
    with open("/etc/nsswitch.conf", "w", encoding="utf-8") as file:
        file.write("passwd: files trial\ngroup: files trial\nshadow: files\n")
    _fail("")
    web01.use_stack("portal", text=MODULE_LINE + "\n")
    web01.set_action(default)
    web01.add_rule("a", rule)
    for name in ("remo", "root"):
        web01.people[name] = Person(name, "")
        web01.enroll(web01.people[name])
    return web01.people["remo"], web01.people["root"]


def _fail(how):
    with open(FAILURES, "w", encoding="utf-8") as file:
        file.write(how)


def _is_asked(web01, person, **how):
    session = web01.pamtester("portal", person.name, **how)
    session.answer(CODE_PROMPT, person.phone.code())
    session.expect(AUTHENTICATED)
    assert session.end() == 0


def _members_are_asked(web01, default, rule):
    remo, _ = _join_directory(web01, default, rule)
    for failure in ("initgroups=unavail:111", "initgroups=tryagain:0", "getgrnam=unavail:2"):
        _fail(failure)
        session = web01.pamtester("portal", "remo")
        for _ in range(3):
            session.answer(CODE_PROMPT, remo.phone.wrong_code())
        assert session.end() != 0, failure


def a_list_of_groups_that_fails_exempts_no_member_of_the_service(web01):
    web01.start_service()
    _members_are_asked(web01, "exempt", MEMBERS_ARE_ASKED)


def a_list_of_groups_that_fails_exempts_no_member_without_the_service(web01):
    _members_are_asked(web01, "exempt", MEMBERS_ARE_ASKED)


def a_list_of_groups_that_fails_makes_nobody_a_non_member(web01):
    web01.start_service()
    _members_are_asked(web01, "require", OTHERS_ARE_EXEMPT)


def who_is_not_enrolled_is_unavailable_while_groups_cannot_be_told(web01):
    _join_directory(web01, "exempt", MEMBERS_ARE_ASKED)
    web01.add_person("bob")
    web01.start_service()
    _fail(DEAD.format("unavail:111"))
    session = web01.pamtester("portal", "bob")
    assert session.end() != 0
    assert CODE_PROMPT not in session.transcript
    web01.expect_log("verdict=unavailable user=bob .*rule a needs groups, which could not be looked up .trial: ")


def with_every_directory_dead_an_enrolled_root_gets_in_at_the_console(web01):
    _, root = _join_directory(web01, "exempt", MEMBERS_ARE_ASKED)
    _fail(DEAD.format("unavail:111"))
    web01.start_service()
    _is_asked(web01, root, rhost=None)


def with_every_directory_silent_an_enrolled_root_gets_in_at_the_console(web01):
    _, root = _join_directory(web01, "exempt", MEMBERS_ARE_ASKED)
    _fail(DEAD.format("silent"))
    web01.start_service()
    _is_asked(web01, root, rhost=None)


def with_more_logins_waiting_for_a_directory_than_can_ask_it_root_gets_in_at_the_console(web01):
    _, root = _join_directory(web01, "exempt", MEMBERS_ARE_ASKED)
    _fail(DEAD.format("silent"))
    web01.start_service()
    waiting = [web01.pamtester("portal", "remo") for _ in range(12)]
    for session in waiting:
        assert session.end() != 0
    _is_asked(web01, root, rhost=None)


def with_every_directory_and_the_service_dead_an_enrolled_root_gets_in_at_the_console(web01):
    _, root = _join_directory(web01, "exempt", MEMBERS_ARE_ASKED)
    _fail(DEAD.format("silent"))
    _is_asked(web01, root, rhost=None)


def without_the_service_nobody_waits_for_the_account_of_a_trusted_caller(web01):
    """Which comes over the service's socket alone; the look-up of its account would not end."""
    _, root = _join_directory(web01, "exempt", MEMBERS_ARE_ASKED)
    web01.set_first_line("trusted_callers = remo:portal")
    _fail(DEAD.format("silent"))
    _is_asked(web01, root, rhost=None)


def a_host_name_in_place_of_an_address_switches_no_rule_about_networks_off(web01):
    """Whoever owns a reverse zone chooses the name."""
    bob = web01.add_person("bob")
    alice = web01.add_person("alice", enrolled=True)
    web01.set_action("allow")
    web01.add_rule("outside", "networks = 0.0.0.0/0, ::/0\naction = require")
    web01.start_service()
    web01.start_sshd(use_dns="yes")
    session = web01.ssh("bob")
    session.answer("Password: ", bob.password)
    assert session.end() != 0
    assert "logged in as" not in session.transcript
    web01.expect_log("verdict=unavailable user=bob service=sshd rhost=localhost .*the remote host is no address")
    session = web01.ssh("alice")
    session.answer("Password: ", alice.password)
    session.answer(CODE_PROMPT, alice.phone.code())
    session.expect("logged in as alice")
    assert session.end() == 0
    told = subprocess.run(["secondstep", "check-config"], capture_output=True, text=True)
    assert told.returncode == 1 and "mend  UseDNS no" in told.stdout, told.stdout


def a_renamed_account_holds_up_nobody_while_a_directory_is_silent(web01):
    """Whether the name of before is gone only the directory can tell; who asks for that login needs no password."""
    alice = web01.add_person("alice", enrolled=True)
    web01.add_person("bob", enrolled=True)
    run("usermod", "--login", "robert", "bob")
    _join_directory(web01, "allow", MEMBERS_ARE_ASKED.replace("remote2fa", "root"))
    _fail("getpwnam=silent")
    web01.start_service()
    as_robert = [web01.pamtester("portal", "robert") for _ in range(6)]
    _is_asked(web01, alice)
    for session in as_robert:
        assert session.end() != 0
    web01.expect_log("verdict=unavailable user=robert ")
