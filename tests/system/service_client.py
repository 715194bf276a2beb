"""A program that speaks with secondstepd as the PAM module does, so that many of them fit into one process."""
import os
import socket
import struct
import subprocess

from patience import PATIENCE
from web01 import SOCKET, service_ids

VERSION = 3
AUTHENTICATE, ACCOUNT = 1, 2
FIRST_FACTOR_PASSED, COMBINED, ACCOUNT_PHASE_TOO = 1, 2, 4
VERDICTS = {1: "accepted", 2: "refused", 3: "not needed", 4: "unavailable", 5: "cancelled", 6: "not allowed",
            7: "misconfigured"}


def text_field(content):
    """A text of a protocol of etc/FORMATS.md: its length, then its bytes."""
    content = content.encode() if isinstance(content, str) else content
    return struct.pack(">H", len(content)) + content


def _sized(field):
    """The bytes that a length stands before, and what follows them."""
    end = 2 + struct.unpack(">H", field[:2])[0]
    return field[2:end], field[end:]


def _own_service():
    """A service process for one dialogue, as a module starts it where nobody listens."""
    user, group = service_ids()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        subprocess.Popen(["bash", "-c", f"exec secondstepd --once 3<&{theirs.fileno()}"], pass_fds=[theirs.fileno()],
                         stdin=subprocess.DEVNULL, user=user, group=group, extra_groups=[])
    return ours


def hello(user, service, rhost, purpose=AUTHENTICATE, flags=FIRST_FACTOR_PASSED, task=0, proof=b""):
    """The first packet."""
    texts = (text_field(text) for text in (user, service, rhost, "", proof))
    return bytes([VERSION, 1, purpose, flags, task]) + os.urandom(16) + b"".join(texts)


def typed(text):
    """The packet of an answer."""
    return bytes([VERSION, 2, 1]) + text_field(text)


class Heard:
    """A packet of the service: what it shows, and the question or the verdict at its end, if it has one."""

    def __init__(self, packet):
        assert packet, "the service hung up"
        assert packet[0] == VERSION, packet
        self.shown, self.said, self.proof = "", None, b""
        rest = packet[1:]
        while rest[:1] == b"\x03":
            text, rest = _sized(rest[2:])
            self.shown += text.decode()
        if not rest:
            return
        if rest[0] == 4:
            self.said = _sized(rest[3:])[0].decode()
            return
        assert rest[0] == 5, packet
        self.proof = _sized(rest[2:])[0]
        self.said = VERDICTS[rest[1]]


class ServiceClient:
    """One dialogue. etc/FORMATS.md, "Wire protocol"."""

    def __init__(self, user, service="portal", rhost="198.51.100.7", purpose=AUTHENTICATE, flags=FIRST_FACTOR_PASSED,
                 begun=True, proof=b"", once=False):
        self.shown = ""
        self.proof = b""
        self._hello = hello(user, service, rhost, purpose, flags, proof=proof)
        self._socket = _own_service() if once else socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(PATIENCE)
        if not once:
            self._socket.connect(SOCKET)
        if begun:
            self.begin()

    def begin(self):
        self._socket.send(self._hello)

    def fileno(self):
        return self._socket.fileno()

    def receive(self):
        """The question, or the verdict at the end; nothing after texts that were only shown."""
        heard = Heard(self._socket.recv(8192))
        self.shown += heard.shown
        self.proof = heard.proof or self.proof
        return heard.said

    def asked(self):
        """What is asked next, or the verdict; what is shown before it is in `shown`."""
        self.shown = ""
        while True:
            said = self.receive()
            if said is not None:
                return said

    def say(self, text):
        self._socket.send(typed(text))

    def answer(self, text):
        """Types; gives what is asked then, or the verdict."""
        self.say(text)
        return self.asked()

    def hang_up(self):
        self._socket.close()


def at_the_first_login(user, service="sshd", rhost="198.51.100.7", once=False):
    """The account phase of somebody who has to enroll and has given the password, as the authentication proves it."""
    authentication = ServiceClient(user, service, rhost, flags=FIRST_FACTOR_PASSED | ACCOUNT_PHASE_TOO, once=once)
    assert authentication.asked() == "not needed"
    return ServiceClient(user, service, rhost, purpose=ACCOUNT, proof=authentication.proof, once=once)
