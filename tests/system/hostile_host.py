"""Somebody who has broken into a plain host: they have its key and its certificate, and say to a node what they like."""
import contextlib
import os
import socket
import ssl
import struct
import tempfile

from patience import PATIENCE
from service_client import Heard, hello, text_field, typed

PROTOCOL = "secondstep-fleet/4"
CARRIED, CLOSED, PING, PONG = 1, 2, 3, 4
OPEN, ANSWER, SAID, LOST, CERTIFIED, REFUSED = 2, 3, 4, 5, 10, 11
ROOT, OWN_UID, TRUSTED = 1, 2, 3
REQUIRE, ENROLL = 2, 4


class HungUp(Exception):
    """The node did."""


def _envelope(kind, *fields):
    return bytes([1, kind]) + b"".join(fields)


def introduction(name, uid, who=ROOT, caller=0, action=REQUIRE, enrollment_open=False, methods=15, remember=0, repeat=0,
                 may_disable=False):
    """etc/FORMATS.md, "Introduction": what a host says of somebody who logs in there, whether it is so or not."""
    flags = 1 | 2 | (16 | 64 | 128 if may_disable else 0)
    return b"".join((bytes([1]), struct.pack(">HBIIB", flags, who, caller, uid, 0), text_field(name), text_field(""),
                     bytes([action, enrollment_open, methods, 6]), struct.pack(">IIq", remember, repeat, 0), text_field("all")))


class HostileHost:
    """One connection. etc/FORMATS.md, "Relay"."""

    def __init__(self, machine, node):
        """In the place of `machine`, whose key they have."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols([PROTOCOL])
        with tempfile.TemporaryDirectory() as directory:
            for name in ("host.pem", "host.key"):
                with open(os.path.join(directory, name), "w", encoding="ascii") as file:
                    file.write(machine.read(f"/etc/secondstep/fleet/{name}"))
            context.load_cert_chain(os.path.join(directory, "host.pem"), os.path.join(directory, "host.key"))
        self._tls = context.wrap_socket(socket.create_connection((node.address, 7464), PATIENCE))
        assert self._tls.selected_alpn_protocol() == PROTOCOL
        self._unread = b""
        self._last = 0

    def close(self):
        self._tls.close()

    def send(self, kind, conversation=0, payload=b""):
        with contextlib.suppress(OSError):  # it is seen when something is to be heard
            self._tls.sendall(struct.pack(">IBI", 5 + len(payload), kind, conversation) + payload)

    def receive(self):
        """The next frame that is no Pong."""
        while True:
            kind, conversation, payload = self._frame()
            if kind != PONG:
                return kind, conversation, payload

    def _frame(self):
        head = self._bytes(9)
        size, kind, conversation = struct.unpack(">IBI", head)
        return kind, conversation, self._bytes(size - 5)

    def _bytes(self, count):
        while len(self._unread) < count:
            try:
                more = self._tls.recv(16384)
            except (ConnectionError, ssl.SSLError) as error:
                raise HungUp(str(error)) from None
            if not more:
                raise HungUp("at the end")
            self._unread += more
        content, self._unread = self._unread[:count], self._unread[count:]
        return content

    def hangs_up(self):
        """Whether the node does, now or after what it has on its way."""
        try:
            while True:
                self._frame()
        except HungUp:
            return True
        except TimeoutError:
            return False

    def is_served(self):
        """Whether the node still talks to them."""
        self.send(PING)
        try:
            return self._frame()[0] == PONG
        except HungUp:
            return False

    def ask(self, kind, *fields):
        """A question about the host: the type of the answer, and what it says."""
        self.send(CARRIED, 0, _envelope(kind, *fields))
        _, conversation, payload = self.receive()
        assert conversation == 0, payload
        return payload[1], payload[2:]

    def open(self, name, said_of_them, **said):
        """A conversation: `said_of_them` is an introduction, `said` what a module's hello says."""
        self._last += 1
        said = {"service": "sshd", "rhost": "192.0.2.1", **said}
        self.send(CARRIED, self._last, _envelope(OPEN, text_field(name), text_field(said_of_them), text_field(hello(name, **said))))
        return Conversation(self, self._last)


class Conversation:
    def __init__(self, host, number):
        self.host = host
        self.number = number
        self.shown = ""
        self.proof = b""

    def send(self, kind, *fields):
        self.host.send(CARRIED, self.number, _envelope(kind, *fields))

    def say(self, text):
        self.send(ANSWER, os.urandom(16), text_field(typed(text)))

    def heard(self):
        """The question or the verdict; "lost" where the node ends it without one."""
        self.shown = ""
        while True:
            kind, conversation, payload = self.host.receive()
            if conversation != self.number:
                continue
            if kind == CLOSED or payload[1] == LOST:
                return "lost"
            assert payload[1] == SAID, payload
            heard = Heard(payload[4:])
            self.shown += heard.shown
            self.proof = heard.proof or self.proof
            if heard.said is not None:
                return heard.said

    def answer(self, text):
        self.say(text)
        return self.heard()

    def leave(self):
        self.host.send(CLOSED, self.number)
