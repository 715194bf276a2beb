"""secondstep-courier as root starts it on a machine without systemd, and what comes of it."""
import email
import email.policy
import os
import pwd
import re
import subprocess

from web01 import run, until

ACCOUNT = "secondstep-courier"
CONFIGURATION = "/etc/secondstep/courier.conf"
CREDENTIALS = "/etc/secondstep/courier.credentials"


class Courier:
    """It reads both files again for every message: configure() needs no restart."""

    def __init__(self, web01, configuration, **credentials):
        self._web01 = web01
        self._process = None
        self._credentials = credentials
        if ACCOUNT not in {account.pw_name for account in pwd.getpwall()}:
            run("useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT)
        self.configure(configuration, **credentials)

    def configure(self, configuration, **credentials):
        self._credentials.update(credentials)
        with open(CONFIGURATION, "w", encoding="utf-8") as file:
            file.write(configuration)
        with open(CREDENTIALS, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o400)
            os.chown(CREDENTIALS, pwd.getpwnam(ACCOUNT).pw_uid, -1)
            file.writelines(f"{key} = {value}\n" for key, value in self._credentials.items())
        self._web01.planted += [self._credentials[key] for key in self._credentials if key.endswith("password")]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self._process = subprocess.Popen(["secondstep-courier", "--listen"], stdin=subprocess.DEVNULL)
        until(lambda: self._process.poll() is not None or self._listens(), "secondstep-courier's socket")
        assert self._process.poll() is None, "secondstep-courier did not start:\n" + self._web01.log()

    def _listens(self):
        with open("/proc/net/unix", encoding="ascii") as file:
            return any(line.endswith(" /run/secondstep/courier.sock\n") for line in file)

    def stop(self):
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=30)

    def at_work(self):
        """The processes that send a message now."""
        with open(f"/proc/{self._process.pid}/task/{self._process.pid}/children", encoding="ascii") as file:
            return [int(pid) for pid in file.read().split()]


class _Codes:
    """One code after the other, as its owner reads them."""

    def __init__(self, web01):
        self._web01 = web01
        self._read = {}

    def next_code(self, address):
        read = self._read[address] = self._read.get(address, 0) + 1
        until(lambda: len(self.codes(address)) >= read, f"code number {read} to {address}")
        code = self.codes(address)[read - 1]
        self._web01.planted.append(code)
        return code


class Mailboxes(_Codes):
    """What Exim delivered."""

    def __init__(self, web01, exim):
        super().__init__(web01)
        self._exim = exim

    def mails(self, address):
        return [email.message_from_string(text, policy=email.policy.default)
                for text in self._exim.mailbox(address.partition("@")[0])]

    def codes(self, address):
        found = [re.search(r"^ +(\d{6,8})\s*$", mail.get_content(), re.MULTILINE) for mail in self.mails(address)]
        return [code.group(1) for code in found if code]


class Telephones(_Codes):
    """What Kannel's fake SMS centre was given."""

    def __init__(self, web01, kannel):
        super().__init__(web01)
        self._kannel = kannel

    def codes(self, number):
        found = [re.search(r"^@web01 #(\d{6,8})$", text.text, re.MULTILINE) for text in self._kannel.texts()
                 if text.to.lstrip("+") == number.lstrip("+")]
        return [code.group(1) for code in found if code]
