"""The courier on web01: its files, its listener (as on a machine without systemd), and a client of its protocol that
is written here once more, from etc/FORMATS.md."""
import os
import pwd
import signal
import socket
import struct
import subprocess

from patience import PATIENCE
from web01 import Skipped, answers, run, until

CONFIGURATION = "/etc/secondstep/courier.conf"
CREDENTIALS = "/etc/secondstep/courier.credentials"
SOCKET = "/run/secondstep/courier.sock"
ACCOUNT = "secondstep-courier"
CODE, NOTICE, TEST = 1, 2, 3
MAIL, SMS = 1, 2


def _text(text):
    data = text.encode()
    return struct.pack(">H", len(data)) + data


def packet(to, purpose=CODE, code="024680", user="alice", host="web01", service="sshd", contact="IT night desk",
           minutes=5, notice=""):
    channel = MAIL if "@" in to else SMS
    if purpose != CODE:
        code, minutes = "", 0
    return (struct.pack("BBB", 1, purpose, channel) + _text(to) + _text(user) + _text(host) + _text(service) +
            _text(contact) + _text(notice) + struct.pack(">H", minutes) + _text(code))


class Courier:
    """`with Courier(web01, configuration, credentials) as courier:` listens for the service and for root."""

    def __init__(self, web01, configuration, credentials="", network=()):
        if not os.path.exists("/usr/sbin/secondstep-courier"):
            raise Skipped("this build has no courier")
        self.web01 = web01
        self.network = list(network)  # words before the command: another network namespace
        try:
            pwd.getpwnam(ACCOUNT)
        except KeyError:
            run("useradd", "--system", "--user-group", "--shell", "/usr/sbin/nologin", ACCOUNT)
        self.configure(configuration, credentials)
        self.listener = None

    def configure(self, configuration, credentials=""):
        with open(CONFIGURATION, "w", encoding="utf-8") as file:
            file.write(configuration)
        if os.path.exists(CREDENTIALS):
            os.remove(CREDENTIALS)
        if not credentials:
            return
        with open(os.open(CREDENTIALS, os.O_WRONLY | os.O_CREAT, 0o400), "w", encoding="utf-8") as file:
            file.write(credentials)
        account = pwd.getpwnam(ACCOUNT)
        os.chown(CREDENTIALS, account.pw_uid, account.pw_gid)

    def check(self):
        """What --check says: status and text."""
        done = subprocess.run(["secondstep-courier", "--check"], capture_output=True, text=True, timeout=PATIENCE)
        return done.returncode, done.stdout + done.stderr

    def __enter__(self):
        self.listener = subprocess.Popen([*self.network, "secondstep-courier", "--listen"], stdin=subprocess.DEVNULL)
        until(lambda: self.listener.poll() is not None or answers(SOCKET, socket.AF_UNIX), "the courier's socket")
        assert self.listener.poll() is None, "the courier did not start:\n" + self.web01.log()
        return self

    def __exit__(self, *_):
        self.listener.send_signal(signal.SIGTERM)
        self.listener.wait(timeout=PATIENCE)

    def send(self, to, timeout=PATIENCE, **message):
        """Sends a message and gives the courier's line."""
        if message.get("purpose", CODE) == CODE:
            self.web01.planted.append(message.get("code", "024680"))
        return self.send_packet(packet(to, **message), timeout)

    def send_packet(self, data, timeout=PATIENCE):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
            connection.settimeout(timeout)
            connection.connect(SOCKET)
            connection.send(data)
            return connection.recv(1000).decode()
