"""The first day of a new administrator, and of the people whom they enroll: what the screens say."""
import json
import os
import re
import signal
import subprocess

from terminal import Terminal
from web01 import CODE_PROMPT, PROJECT, run, until

CONFIGURATION = "/etc/secondstep/secondstep.conf"


def _said(*command, status=0, user="root"):
    session = Terminal(*command, user=user)
    assert session.end() == status, session.transcript
    return session.transcript


def _text_of(path):
    with open(f"{PROJECT}/{path}", encoding="utf-8") as file:
        return file.read()


def _check_config():
    done = subprocess.run(["secondstep", "check-config"], capture_output=True, text=True, check=False)
    return done.stdout


def a_service_that_was_not_told_of_a_change_is_named_with_the_time_of_what_it_read(web01):
    web01.start_service()
    assert "still has" not in _check_config()
    web01.set_first_line("contact = extension 17")
    told = _check_config()
    assert re.search(r"the running service still has\s+the configuration of\s+20\d\d-\d\d-\d\d \d\d:\d\d", told), told
    assert "reload" in told, told
    os.kill(web01.service.pid, signal.SIGHUP)
    until(lambda: "still has" not in _check_config(), "the service that goes by the new configuration")


def people_read_sentences_about_themselves_and_not_the_table_of_the_administrator(web01):
    web01.add_person("alice", enrolled=True)
    web01.add_person("bob")
    web01.start_service()
    alice = _said("secondstep", "status", user="alice")
    assert "alice: your second step is on, with codes of an authenticator app." in alice, alice
    assert re.search(r"Recovery codes +4 of 4 left", alice) and re.search(r"Device +phone", alice), alice
    assert "NOTE" not in alice and "account" not in alice, alice
    bob = _said("secondstep", "status", user="bob")
    assert "bob: you have no second step: secondstep enroll" in bob, bob
    twice = _said("secondstep", "disable", user="bob", status=6)
    assert twice.count("no second step") == 1 and "secondstep enroll" in twice, twice
    gone = _said("secondstep", "code", "nix", user="alice", status=1)
    assert "nix" in gone and "nothing was changed" not in gone, gone
    own = json.loads(run("setpriv", "--reuid", "alice", "--regid", "alice", "--init-groups", "secondstep", "status", "--json"))
    assert own["last_used"] is None and own["enrolled"], own


def who_has_none_yet_is_found_among_all_people(web01):
    web01.add_person("alice", enrolled=True)
    web01.add_person("bob")
    run("useradd", "--system", "--shell", "/bin/bash", "robot")
    run("useradd", "--shell", "/usr/sbin/nologin", "nobody2")
    missing = [row["user"] for row in json.loads(run("secondstep", "status", "--not-enrolled", "--json"))]
    assert "bob" in missing, missing
    assert not {"alice", "robot", "nobody2", "root", "secondstep"} & set(missing), missing


def what_somebody_left_who_is_gone_is_shown_until_it_is_deleted(web01):
    web01.add_person("frank", enrolled=True)
    web01.given_code("temporary-code", "frank")
    run("userdel", "--remove", "frank")
    assert re.search(r"frank +on .*no such account", run("secondstep", "status"))
    run("secondstep", "disable", "frank", "--yes")
    assert "frank" not in run("secondstep", "status")
    web01.add_person("gerda")
    web01.given_code("invite", "gerda")
    run("userdel", "--remove", "gerda")
    told = run("secondstep", "status")
    assert re.search(r"gerda +off ", told), told
    run("secondstep", "disable", "gerda", "--yes")
    assert "gerda" not in run("secondstep", "status")


def what_is_installed_is_where_shells_and_readers_look(web01):
    for path in ("/usr/share/bash-completion/completions/secondstep", "/usr/share/fish/vendor_completions.d/secondstep.fish"):
        with open(path, encoding="utf-8") as file:
            assert "temporary-code" in file.read(), path
    zsh = [path for path in ("/usr/share/zsh/vendor-completions/_secondstep", "/usr/share/zsh/site-functions/_secondstep")
           if os.path.exists(path)]
    assert len(zsh) == 1, zsh
    home = run("getent", "passwd", "secondstep").split(":")
    with open("/usr/lib/sysusers.d/secondstep.conf", encoding="utf-8") as file:
        line = next(line for line in file if line.startswith("u "))
    assert home[5] in line.split() and f'"{home[4]}"' in line, (home, line)
    guides = run("find", "/usr/share", "-name", "from-pam-oath.md").split()
    assert guides == ["/usr/share/doc/secondstep/guides/from-pam-oath.md"], "each is installed once"
    assert web01.people == {}


def a_module_that_is_missing_is_an_error_of_both_checkers_and_doctor_names_the_line(web01):
    web01.use_stack("sudo")
    web01.use_stack("a", text="auth required pam_secondstep.so\n@include common-auth\n")
    told = _check_config()
    assert "/etc/pam.d/a:1: warning" in told and " 0 errors" in told, told
    directory = run("sh", "-c", "dirname /usr/lib/*/security/pam_secondstep.so").strip()
    os.rename(f"{directory}/pam_secondstep.so", f"{directory}/pam_secondstep.so.away")
    missing = r"this machine has no module pam_secondstep\.so: nobody gets in"
    assert re.search(rf"^/etc/pam\.d/sudo:\d+: error: {missing}", _check_config(), re.MULTILINE), _check_config()
    done = subprocess.run(["secondstep", "doctor"], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout
    first = rf"^error    logins: .*, the first error: /etc/pam\.d/\w+:\d+: {missing}"
    assert re.search(first, done.stdout, re.MULTILINE), done.stdout


def a_service_that_is_started_by_hand_says_that_it_runs_and_where_its_log_is(web01):
    session = Terminal("secondstepd")
    session.expect("secondstepd is ready on /run/secondstep/secondstep.sock")
    session.expect("in the system log; --foreground shows it here")
    session.expect("until Ctrl-C")
    session.press("c")
    assert session.end() == 0
    web01.expect_log("secondstepd .* is ready: socket")


def the_line_of_the_readme_is_all_that_a_stack_of_debian_needs(web01):
    alice = web01.add_person("alice", enrolled=True)
    lines = re.search(r"^ +(@include common-auth)\n +(auth .*pam_secondstep\.so.*)$", _text_of("README.md"),
                      re.MULTILINE)
    profile = _text_of("etc/pam-configs/secondstep").splitlines()[0].removeprefix("Name: ")
    assert f'"{profile}"' in _text_of("README.md"), profile
    web01.use_stack("portal", text="\n".join([*lines.groups(), "@include common-account", ""]))
    web01.start_service()
    assert "/etc/pam.d/portal" not in _check_config(), _check_config()
    session = web01.pamtester("portal", "alice")
    session.answer("Password: ", alice.password)
    session.answer(CODE_PROMPT, alice.phone.code())
    assert session.end() == 0, session.transcript
    refused = web01.pamtester("portal", "alice")
    refused.answer("Password: ", "not " + alice.password)
    assert refused.end() != 0
    assert "erification" not in refused.transcript, refused.transcript


def _sudoers_lines():
    """For a help desk, as the README and the manual page have them."""
    yield re.search(r"^    (%helpdesk .*)$", _text_of("README.md"), re.MULTILINE).group(1)
    roff = re.search(r"^(%helpdesk .*?)^\.Ed$", _text_of("etc/man/secondstep.8"), re.MULTILINE | re.DOTALL).group(1)
    yield roff.replace("\\e", "\\")


def the_line_for_sudoers_lets_a_help_desk_help_and_do_nothing_else(web01):
    web01.add_person("carla", enrolled=True)
    web01.add_person("hanna")
    run("groupadd", "helpdesk")
    run("usermod", "--append", "--groups", "helpdesk", "hanna")
    with open("/etc/pam.d/sudo", "w", encoding="utf-8") as file:
        file.write("account required pam_permit.so\nsession required pam_permit.so\n")

    def by_hanna(*words, typed=""):
        return subprocess.run(["setpriv", "--reuid", "hanna", "--regid", "hanna", "--init-groups", "sudo", "-n",
                               "/usr/bin/secondstep", *words], input=typed, capture_output=True, text=True, check=False)
    for line in _sudoers_lines():
        with open("/etc/sudoers.d/helpdesk", "w", encoding="utf-8") as file:
            file.write(line + "\n")
        os.chmod("/etc/sudoers.d/helpdesk", 0o440)
        run("visudo", "--check", "--file", "/etc/sudoers.d/helpdesk")
        for verb in ("status", "unlock", "temporary-code", "revoke", "invite"):
            done = by_hanna(verb, "carla")
            web01.planted += re.findall(r"^    ([0-9A-Z]{5}-[0-9A-Z]{5})$", done.stdout, re.MULTILINE)
            assert done.returncode == 0, (line, verb, done)
        done = by_hanna("check-code", "carla", typed="12345678\n23456789\n")
        assert "not two codes in a row of phone" in done.stdout, (line, done)
        for call in (("status",), ("status", "--users", "/etc/shadow"), ("--config", "/etc/shadow", "status", "carla"),
                     ("temporary-code", "carla", "--valid", "7d"), ("disable", "carla"), ("enroll", "carla"),
                     ("export", "--all")):
            done = by_hanna(*call)
            assert done.returncode == 1 and "sudo:" in done.stderr, (line, call, done)
