"""Many people at once, made quickly: names on a portal's service, which need no account of the machine. And how long
the loops are: a few rounds in every run, all of them with `tests/run --long`."""
import csv
import json
import os
import subprocess

from authenticator import Authenticator
from web01 import MODULE_LINE, run

LONG = bool(os.environ.get("SECONDSTEP_LONG"))
SERVICE = "portal"


def rounds(long, short):
    return long if LONG else short


class Member:
    def __init__(self, name, uri, recovery_codes):
        self.name = name
        self.phone = Authenticator(uri)
        self.recovery_codes = recovery_codes


def open_portal(web01, arguments=""):
    web01.set_first_line(f"portal_services = {SERVICE}")
    web01.use_stack(SERVICE, text=MODULE_LINE + arguments + "\n")


def _remember(web01, members):
    for member in members:
        web01.planted += [member.phone.secret, *member.recovery_codes]
    return members


def enroll_many(web01, count, prefix="staff", *options):
    """By one command; their recovery codes are the long ones."""
    with open("/root/list", "w", encoding="utf-8") as file:
        file.writelines(f"{prefix}{number:03}\n" for number in range(count))
    if os.path.exists("/root/list.csv"):
        os.unlink("/root/list.csv")
    run("secondstep", "enroll", "--bulk", "/root/list", "--portal-user", "--no-confirm", "--output", "/root/list.csv",
        *options)
    with open("/root/list.csv", encoding="utf-8", newline="") as file:
        return _remember(web01, [Member(row["user"], row["otpauth_uri"], row["recovery_codes"].split())
                                 for row in csv.DictReader(file)])


def enroll_one(web01, name, *options):
    """Its recovery codes are the short ones, which cost scrypt."""
    enrolled = json.loads(run("secondstep", "enroll", name, "--portal-user", "--no-confirm", "--json", "--qr", "none",
                              *options))
    return _remember(web01, [Member(name, enrolled["uri"], enrolled["recovery_codes"])])[0]


def bring_scratch_codes(web01, name, codes):
    """As a file of google-authenticator's has them."""
    with open("/root/brought", "w", encoding="ascii") as file:
        file.write("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n\" TOTP_AUTH\n" + "".join(f"{code}\n" for code in codes))
    run("secondstep", "import", "google-authenticator", "/root/brought", "--user", name, "--portal-user")
    web01.planted += codes


def present(pairs, processes=1, *rhost, under=()):
    """Each (user, answer) is a round, in which all of the processes answer at the same moment; their outcomes."""
    done = subprocess.run([*under, os.environ["SECONDSTEP_BUILD"] + "/tests/system/race", SERVICE, str(processes), *rhost],
                          input="".join(f"{user} {answer}\n" for user, answer in pairs), capture_output=True, text=True,
                          check=False)
    outcomes = [dict(zip(words[::2], map(int, words[1::2])))
                for words in map(str.split, done.stdout.splitlines())]
    return outcomes, done
