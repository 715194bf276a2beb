"""A way to a node that is slow, or that swallows what it is given."""
import socket
import threading
import time
from collections import deque


class SlowWay:
    """Takes TCP connections outside, and carries each to the node; every byte arrives `seconds` later, in both
    directions. hang(): nothing arrives any more, and nobody is told."""

    def __init__(self, address, node, seconds):
        self._node = node
        self._seconds = seconds
        self._hangs = threading.Event()
        self._listener = socket.create_server(address)
        threading.Thread(target=self._accept, daemon=True).start()

    def hang(self):
        self._hangs.set()

    def _accept(self):
        while True:
            host, _ = self._listener.accept()
            node = socket.create_connection(self._node)
            for source, target in ((host, node), (node, host)):
                threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source, target):
        """What was read waits until it is due; another thread goes on reading."""
        waiting = deque()
        there_is_some = threading.Condition()
        threading.Thread(target=self._deliver, args=(waiting, there_is_some, target), daemon=True).start()
        while True:
            try:
                received = source.recv(65536)
            except OSError:
                received = b""
            with there_is_some:
                waiting.append((time.monotonic() + self._seconds, received))
                there_is_some.notify()
            if not received:
                return

    def _deliver(self, waiting, there_is_some, target):
        while True:
            with there_is_some:
                there_is_some.wait_for(lambda: waiting)
                due, received = waiting.popleft()
            time.sleep(max(0.0, due - time.monotonic()))
            if self._hangs.is_set():
                continue
            try:
                if not received:
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(received)
            except OSError:
                return
