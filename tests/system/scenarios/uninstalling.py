"""`cmake --build BUILD --target uninstall`, which runs cmake/uninstall with the list of what was installed."""
import os
import subprocess

from web01 import PROJECT, run

MANIFEST = os.path.join(os.environ["SECONDSTEP_BUILD"], "install_manifest.txt")


def _uninstall():
    return subprocess.run([f"{PROJECT}/cmake/uninstall", MANIFEST], capture_output=True, text=True, check=False)


def _installed():
    with open(MANIFEST, encoding="utf-8") as file:
        return file.read().splitlines()


def _there():
    return [path for path in _installed() if os.path.lexists(path)]


def nothing_is_deleted_while_a_stack_names_the_module(web01):
    web01.use_stack("sudo")
    web01.use_stack("su", text="# without pam_secondstep.so\nauth required pam_unix.so\n")
    web01.use_stack("portal", text="auth required \\\n  pam_secondstep.so\n")
    for unread in ("dpkg-old", "ucf-dist", "pam-old", "rpmsave", "rpmnew", "rpmorig", "bak", "orig", "save"):
        web01.use_stack(f"portal.{unread}", text="auth required pam_secondstep.so\n")
    done = _uninstall()
    assert done.returncode == 1, done
    assert _there() == _installed()
    assert "Nothing was deleted" in done.stderr and not done.stdout, done
    assert "/etc/pam.d/portal:2:" in done.stderr, done.stderr
    named = [line.strip() for line in done.stderr.splitlines() if line.startswith("    /")]
    assert {line.split(":")[0] for line in named} == {"/etc/pam.d/sudo", "/etc/pam.d/portal"}, named


def what_was_installed_goes_and_what_is_the_sites_stays(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.stop_service()
    with web01.nothing_changes():
        done = _uninstall()
    assert done.returncode == 0 and not done.stderr, done
    assert not _there()
    for directory in ("/usr/share/secondstep", "/usr/share/doc/secondstep", "/usr/libexec/secondstep"):
        assert not os.path.exists(directory), directory
    assert os.path.isdir("/usr/share/man/man8") and os.path.isdir("/usr/bin")
    for kept in ("/etc/secondstep", "/var/lib/secondstep"):
        assert kept in done.stdout and os.path.isdir(kept), done.stdout
    assert run("id", "-un", "secondstep") == "secondstep\n"
    web01.use_stack("portal", text="@include common-auth\n@include common-account\n")
    session = web01.pamtester("portal", "alice")
    session.answer("Password: ", alice.password)
    assert session.end() == 0, session.transcript


def what_is_said_about_deleting_everything_deletes_everything(web01):
    web01.add_person("alice", enrolled=True)
    commands = [line.strip() for line in _uninstall().stdout.splitlines() if line.startswith(("    rm ", "    userdel "))]
    assert len(commands) == 2, commands
    run("sh", "-c", "\n".join(commands).replace("userdel secondstep-courier", "userdel secondstep-courier || true")
        .replace("userdel secondstep-relay", "userdel secondstep-relay || true"))
    left = [path for path in ("/etc/secondstep", "/var/lib/secondstep", "/var/lib/secondstep-pam") if os.path.exists(path)]
    assert not left, left
    assert subprocess.run(["id", "secondstep"], capture_output=True, check=False).returncode != 0


def units_are_stopped_before_and_nothing_goes_when_they_cannot_be(web01):
    del web01
    os.makedirs("/run/systemd/system")
    os.makedirs("/usr/local/bin", exist_ok=True)

    def systemctl(script):
        with open("/usr/local/bin/systemctl", "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n[ -e /usr/sbin/secondstepd ] && gone= || gone=' afterwards'\necho \"$*$gone\" >>/run/asked\n{script}\n")
        os.chmod("/usr/local/bin/systemctl", 0o755)

    systemctl("exit 1")
    done = _uninstall()
    assert done.returncode == 1 and _there() == _installed(), done
    systemctl("exit 0")
    os.remove("/run/asked")
    assert _uninstall().returncode == 0
    with open("/run/asked", encoding="utf-8") as file:
        asked = file.read().splitlines()
    assert asked[1:] == ["daemon-reload afterwards"], asked
    words = asked[0].split()
    assert words[:2] == ["disable", "--now"] and {"secondstepd.socket", "secondstepd.service"} <= set(words), words
    assert not [word for word in words if "@" in word], words
