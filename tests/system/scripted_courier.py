"""A courier that delivers nothing and answers as a scenario wants. What it is given is what a telephone would show."""
import os
import pwd
import re
import socket
import threading
from collections import namedtuple

from patience import PATIENCE
from web01 import until

SOCKET = "/run/secondstep/courier.sock"
SILENT = None    # takes the message and says nothing
CRASHED = ""     # takes the message and ends

Message = namedtuple("Message", "purpose channel to user host service contact notice minutes code")
PURPOSES = {1: "code", 2: "notice", 3: "test"}
CHANNELS = {1: "mail", 2: "sms"}


def decoded(packet):
    """etc/FORMATS.md, "Courier protocol", read here once more so that the product is not tested with itself."""
    version, purpose, channel = packet[:3]
    assert version == 1
    rest = packet[3:]
    texts = []
    for number in range(7):
        if number == 6:
            minutes, rest = int.from_bytes(rest[:2], "big"), rest[2:]
        size = int.from_bytes(rest[:2], "big")
        text, rest = rest[2:2 + size], rest[2 + size:]
        assert len(text) == size
        texts.append(text.decode())
    assert rest == b""
    to, user, host, service, contact, notice, code = texts
    assert bool(re.fullmatch(r"[0-9]{6,8}", code)) == (PURPOSES[purpose] == "code"), "codes are for codes only"
    return Message(PURPOSES[purpose], CHANNELS[channel], to, user, host, service, contact, notice, minutes, code)


class ScriptedCourier:
    """`answer`: the line it says, SILENT, CRASHED, or a function of the message that gives one of these."""

    def __init__(self, web01, answer="sent"):
        self.answer = answer
        self.messages = []
        self._web01 = web01
        self._lock = threading.Lock()
        self._connections = []
        self._read = {}
        self._listener = None
        self._threads = []
        self._looked_at = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        os.makedirs(os.path.dirname(SOCKET), exist_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(SOCKET)
        os.chmod(SOCKET, 0o600)
        os.chown(SOCKET, pwd.getpwnam("secondstep").pw_uid, -1)
        self._listener.listen(128)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stop(self):
        """Nobody listens any more, and whoever still waits for a report gets none."""
        if self._listener:
            os.unlink(SOCKET)
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        with self._lock:
            waiting, self._connections = self._connections, []
        for connection in waiting:
            connection.close()

    def _accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def settle(self):
        """Reads whatever was handed over before: connections are let in one after the other."""
        self._looked_at.clear()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as last:
            last.connect(SOCKET)
        assert self._looked_at.wait(PATIENCE), "the courier lets nobody in"
        for thread in list(self._threads):
            thread.join(PATIENCE)

    def _serve(self, connection):
        packet = connection.recv(8192)
        if not packet:  # who only looks whether somebody listens
            connection.close()
            self._looked_at.set()
            return
        message = decoded(packet)
        with self._lock:
            if message.code:
                self._web01.planted.append(message.code)
            self.messages.append(message)
        line = self.answer(message) if callable(self.answer) else self.answer
        if line is SILENT:
            with self._lock:
                self._connections.append(connection)
            return
        try:
            if line != CRASHED:
                connection.send(line.encode())
        except OSError:
            pass  # nobody waits for it any more
        connection.close()

    def codes(self, to=None):
        with self._lock:
            return [message.code for message in self.messages if message.code and to in (None, message.to)]

    def notices(self):
        with self._lock:
            return [message for message in self.messages if message.purpose == "notice"]

    def next_code(self, to):
        """Waits for the first code to that address that was not given by this before."""
        read = self._read[to] = self._read.get(to, 0) + 1
        until(lambda: len(self.codes(to)) >= read, f"code number {read} to {to}")
        return self.codes(to)[read - 1]
