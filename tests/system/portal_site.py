"""An outside portal: password and TOTP at one form, and no code a second time (RFC 6238 section 5.2)."""
import base64
import contextlib
import http.server
import os
import threading
import time
import urllib.parse

from authenticator import Authenticator, one_time_password

INVOICE = b"%PDF invoice of the month"


class PortalSite:
    """On loopback. `period` is short where a test waits for the next step."""

    def __init__(self, user="fetch@example.com", password="portal-password", period=15):
        key = os.urandom(20)
        self.user, self.password, self.period, self.key = user, password, period, key
        self.uri = self._uri()
        self.last_step = 0
        self.sessions = set()
        self.logins = []  # True or False for each that was tried
        self.port = 0

    def _uri(self):
        return (f"otpauth://totp/Example%20Portal:{urllib.parse.quote(self.user)}"
                f"?secret={base64.b32encode(self.key).decode()}&issuer=Example%20Portal&period={self.period}")

    @property
    def secret(self):
        return Authenticator(self.uri).secret

    def accepts(self, user, password, code):
        """The present step or the one before, each once."""
        present = int(time.time()) // self.period
        right = [step for step in (present, present - 1)
                 if step > self.last_step and code == one_time_password(self.key, step)]
        if user != self.user or password != self.password or not right:
            return False
        self.last_step = right[0]
        return True

    @contextlib.contextmanager
    def open(self):
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                values = [form.get(name, [""])[0] for name in ("user", "password", "code")]
                site.logins.append(self.path == "/login" and site.accepts(*values))
                if not site.logins[-1]:
                    return self._answer(403, b"wrong")
                session = os.urandom(16).hex()
                site.sessions.add(session)
                return self._answer(200, b"welcome", f"session={session}; Path=/; HttpOnly")

            def do_GET(self):
                known = any(f"session={session}" in self.headers.get("Cookie", "") for session in site.sessions)
                if known and self.path == "/invoices/latest":
                    return self._answer(200, INVOICE)
                return self._answer(403, b"log in first")

            def _answer(self, status, body, cookie=None):
                self.send_response(status)
                if cookie:
                    self.send_header("Set-Cookie", cookie)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{self.port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
