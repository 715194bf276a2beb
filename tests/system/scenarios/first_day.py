"""The first day of a new administrator, and of the people whom they enroll: what the screens say."""
import json
import os
import re
import signal
import subprocess

from terminal import Terminal
from web01 import run, until

CONFIGURATION = "/etc/secondstep/secondstep.conf"


def _said(*command, status=0, user="root"):
    session = Terminal(*command, user=user)
    assert session.end() == status, session.transcript
    return session.transcript


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
    assert re.search(r"Recovery codes +10 of 10 left", alice) and re.search(r"Device +phone", alice), alice
    assert "NOTE" not in alice and "account" not in alice, alice
    bob = _said("secondstep", "status", user="bob")
    assert "bob: you have no second step: secondstep enroll" in bob, bob
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
    assert web01.people == {}
