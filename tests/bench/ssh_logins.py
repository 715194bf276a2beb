"""ssh_logins.py LAB BENCH_LOGINS ROUNDS: whole ssh logins, from the start of the client to its end.

With a password alone, with a password and Secondstep's code, with a password and google-authenticator's; in turn, by
other people each time. Who is asked twice has ssh start its askpass program twice.
"""
import os
import statistics
import subprocess
import sys
import time

from rows import due_logins, row

LOGINS = 5  # of a round, by people of its own
PASSWORD = "correct horse"
STACK = """auth requisite pam_unix.so
{second}
account required pam_unix.so
session required pam_permit.so
"""
ASKPASS = """#!/bin/sh
case $1 in
*assword*) echo "$BENCH_PASSWORD" ;;
*) echo "$BENCH_CODE" ;;
esac
"""


def give_passwords(names):
    digest = subprocess.run(["openssl", "passwd", "-6", PASSWORD], check=True, capture_output=True, text=True).stdout.strip()
    with open("/etc/shadow", "a", encoding="ascii") as shadow:
        shadow.writelines(f"{name}:{digest}:20000:0:99999:7:::\n" for name in names)


class Door:
    """An sshd of its own, whose PAM service is its name."""

    def __init__(self, lab, name, port, second):
        self.port = port
        self.times = []
        program = f"{lab}/{name}"
        os.symlink("/usr/sbin/sshd", program)
        with open(f"/etc/pam.d/{name}", "w", encoding="ascii") as file:
            file.write(STACK.format(second=second))
        with open(f"{lab}/{name}.config", "w", encoding="ascii") as file:
            file.write(f"ListenAddress 127.0.0.1:{port}\nHostKey {lab}/host_key\nUsePAM yes\nUseDNS no\nPrintMotd no\n"
                       "PasswordAuthentication no\nAuthenticationMethods keyboard-interactive\nPidFile none\n"
                       "MaxStartups 100\n")
        self.sshd = subprocess.Popen([program, "-D", "-f", f"{lab}/{name}.config"], stdin=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)

    def log_in(self, lab, name, code):
        environment = {**os.environ, "SSH_ASKPASS": f"{lab}/askpass", "SSH_ASKPASS_REQUIRE": "force",
                       "BENCH_PASSWORD": PASSWORD, "BENCH_CODE": code}
        begin = time.perf_counter()
        done = subprocess.run(["ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                               "-o", "PreferredAuthentications=keyboard-interactive", "-o", "NumberOfPasswordPrompts=1",
                               "-o", "ConnectionAttempts=20", "-o", "LogLevel=ERROR", "-p", str(self.port),
                               f"{name}@127.0.0.1", "true"],
                              env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        self.times.append(time.perf_counter() - begin)
        if done.returncode != 0:
            sys.exit(f"ssh_logins: {name} was not let in: {done.stderr}")

    def median(self):
        """In milliseconds, without the first one, which loads what all others find loaded."""
        return statistics.median(self.times[1:]) * 1000

    def close(self):
        self.sshd.terminate()
        self.sshd.wait()


def open_doors(lab):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{lab}/host_key"], check=True)
    with open(f"{lab}/askpass", "w", encoding="ascii") as file:
        file.write(ASKPASS)
    os.chmod(f"{lab}/askpass", 0o755)
    return (Door(lab, "sshd-alone", 2201, ""),
            Door(lab, "sshd-secondstep", 2202, f"auth required pam_secondstep.so socket={lab}/people.sock"),
            Door(lab, "sshd-google", 2203, f"auth required pam_google_authenticator.so secret={lab}/ga/${{USER}} user=root"))


def main():
    lab, bench, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    give_passwords(name for name, *_ in due_logins(lab, bench))
    alone, ours, google = open_doors(lab)
    for first in range(0, rounds * LOGINS, LOGINS):
        for name, code, _ in due_logins(lab, bench)[first:first + LOGINS]:
            alone.log_in(lab, name, "")
            ours.log_in(lab, name, code)
            google.log_in(lab, name, code)
    for door in (alone, ours, google):
        door.close()
    row("a whole ssh login, password and code / password alone", ours.median() / alone.median())
    row("  password and google-authenticator's code / password alone", google.median() / alone.median())
    row("  password and code", ours.median(), unit="ms")
    row("  password alone", alone.median(), unit="ms")


main()
