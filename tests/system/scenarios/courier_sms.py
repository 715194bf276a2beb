"""The courier and SMS gateways: a real Kannel, and small ones that answer as a test wants."""
import base64
import contextlib
import http.server
import json
import os
import re
import socket
import ssl
import threading
import time
import urllib.parse

from courier import NOTICE, TEST, Courier
from exim import make_certificate
from kannel import Kannel
from patience import PATIENCE
from web01 import until

NUMBER = "+4915123456745"
LAST_LINE = "\n@web01 #024680"
TEXT = ("024680 is your code to log in to web01 as alice. Not you? Change your password, tell IT night desk." +
        LAST_LINE)


def _kannel(kannel, extra=""):
    return f"[sms]\nprofile = kannel\nfrom = +4930123456\n{extra}\n"


def _login(kannel, password=None):
    return f"sms_user = {kannel.user}\nsms_password = {password or kannel.password}\n"


@contextlib.contextmanager
def _gateway(answer):
    """A gateway on loopback; `answer` gets each request and gives status and body. Gives (port, requests)."""
    requests = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def _serve(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            requests.append((self.command, self.path, dict(self.headers), body))
            status, text = answer(requests[-1])
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                self.wfile.write(text.encode())

        do_GET = do_POST = _serve

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port, requests
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def _raw_gateway(serve):
    """Something on loopback that need not speak HTTP; `serve` gets each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def accept():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, contextlib.suppress(OSError):
                    serve(connection)
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]


def a_code_arrives_through_kannel(web01):
    with Kannel("/run/kannel", own_network=False) as kannel:
        with Courier(web01, _kannel(kannel), _login(kannel)) as courier:
            assert courier.check()[0] == 0, courier.check()
            line = courier.send(NUMBER)
            assert line == "sent HTTP 202", line
            text = kannel.wait_for_texts()[0]
            assert text == ("+4930123456", NUMBER, TEXT), text
            web01.expect_any_log(r"channel=sms purpose=code user=alice to=\+49 \S+ 45 result=sent")
            assert kannel.password not in web01.log()


def what_kannel_queues_counts_as_sent(web01):
    with Kannel("/run/kannel", own_network=False) as kannel:
        kannel.disconnect_phone()
        with Courier(web01, _kannel(kannel), _login(kannel)) as courier:
            line = courier.send(NUMBER)
            assert line == "sent HTTP 202", line
            kannel.connect_phone()
            assert kannel.wait_for_texts()[0].text == TEXT


def a_wrong_password_and_a_gateway_that_is_down_are_told_apart(web01):
    with Kannel("/run/kannel", own_network=False) as kannel:
        with Courier(web01, _kannel(kannel), _login(kannel, "wrong-password")) as courier:
            line = courier.send(NUMBER)
            assert line.startswith("failed login HTTP 403 "), line
            courier.configure(_kannel(kannel), _login(kannel))
            kannel.stop_gateway()
            assert courier.send(NUMBER).startswith("failed no-answer ")
            assert not kannel.texts()


def no_value_becomes_a_parameter_and_every_text_is_one(web01):
    """A user who is called like a query string, in a language that the alphabet has not."""
    with Kannel("/run/kannel", own_network=False) as kannel:
        with Courier(web01, _kannel(kannel), _login(kannel)) as courier:
            user = "a&to=+4900000&x=łódź“"
            assert courier.send(NUMBER, user=user, contact="Ж" * 300).startswith("sent")
            text = kannel.wait_for_texts()[0]
            assert text.to == NUMBER, text
            assert "as a&to=+4900000&x=lodz\"." in text.text, text
            assert len(text.text) == 160 and text.text.endswith("..." + LAST_LINE), text
            assert courier.send(NUMBER, purpose=NOTICE, notice="{code} changed [x]").startswith("sent")
            assert kannel.wait_for_texts(2)[1].text == "web01: {code} changed [x] Not you? Tell IT night desk."
            assert courier.send(NUMBER, purpose=TEST).startswith("sent")
            assert kannel.wait_for_texts(3)[2].text.startswith("This is a test")


def a_form_is_posted_as_twilio_wants_it(web01):
    with _gateway(lambda request: (201, '{"sid": "SM1", "body": "024680", "status": "queued"}')) as (port, requests):
        configuration = (f"[sms]\nurl = http://127.0.0.1:{port}/2010-04-01/Accounts/AC1/Messages.json\nprofile = form\n"
                         'from = +15005550006\naccept_text = "status": "queued" | "status": "sent"\n')
        with Courier(web01, configuration, "sms_user = AC1\nsms_password = to:ken\n") as courier:
            line = courier.send(NUMBER)
            assert line == "sent HTTP 201 id SM1", line
            method, path, headers, body = requests[0]
            assert (method, path) == ("POST", "/2010-04-01/Accounts/AC1/Messages.json"), requests
            assert headers["Authorization"] == "Basic " + base64.b64encode(b"AC1:to:ken").decode(), headers
            assert headers["Content-Type"] == "application/x-www-form-urlencoded", headers
            assert urllib.parse.parse_qs(body, strict_parsing=True) == {
                "To": [NUMBER], "From": ["+15005550006"], "Body": [TEXT]}, body


def json_is_posted_with_a_token(web01):
    with _gateway(lambda request: (200, "{}")) as (port, requests):
        configuration = (f"[sms]\nprofile = json\nurl = http://127.0.0.1:{port}/send\nheaders = X-Site: web | X-To: {{to}}\n"
                         'text = {code} für "{user}" \\ {host}\n')
        with Courier(web01, configuration, "sms_password = token\n") as courier:
            assert courier.send(NUMBER, user='a","to":"+49').startswith("sent")
            _, _, headers, body = requests[0]
            assert headers["Authorization"] == "Bearer token" and headers["Content-Type"] == "application/json", headers
            assert headers["X-Site"] == "web" and headers["X-To"] == NUMBER, headers
            assert json.loads(body) == {"to": NUMBER, "from": "",
                                        "text": '024680 für "a","to":"+49" \\ web01' + LAST_LINE}, body


def what_a_gateway_repeats_is_not_in_the_log(web01):
    """The key that it refuses, the text that it got, whom it was for; in its own spelling."""
    configuration = "[sms]\nprofile = json\nurl = http://127.0.0.1:{}/\n"
    token = "Bearer-Secret-0xDEADBEEF"
    pair = base64.b64encode(f"user:{token}".encode()).decode()
    answer = json.dumps({"message": f"invalid token {token}", "auth": f"Basic {pair}", "text": TEXT, "to": NUMBER,
                         "spaced": "0 2 4 6 8 0"})
    with _gateway(lambda request: (401, answer)) as (port, _):
        with Courier(web01, configuration.format(port), f"sms_password = {token}\n") as courier:
            line = courier.send(NUMBER)
            status, said = courier.check()
    assert status == 0 and "nothing is demanded of the answer" in said, said
    assert line.startswith("failed login HTTP 401 "), line
    web01.expect_any_log(r"result=failed login HTTP 401")
    for text in (line, web01.log()):
        for secret in (token, "DEADBEEF", pair[6:], "024680", "0 2 4 6", "15123456745"):
            assert secret not in text, (secret, text)


def what_a_gateway_answers_decides(web01):
    cases = {(200, "queued"): "sent", (200, "error 7: queued"): "failed refused", (200, ""): "failed refused",
             (302, "queued"): "failed refused", (401, "no"): "failed login", (403, "no"): "failed login",
             (400, "bad number"): "failed refused", (429, "slow down"): "deferred", (503, "later"): "deferred"}
    waiting = list(cases)
    with _gateway(lambda request: waiting[0]) as (port, requests):
        configuration = (f"[sms]\nprofile = form\nurl = http://127.0.0.1:{port}/send\nlogin = none\n"
                         "accept_text = queued\nrefuse_text = error\n")
        with Courier(web01, configuration) as courier:
            for (status, text), expected in cases.items():
                line = courier.send(NUMBER)
                said = "" if expected == "sent" else text  # of what was taken over the status alone
                assert line == f"{expected} HTTP {status} {said}".strip(), (line, expected)
                waiting.pop(0)
        assert len(requests) == len(cases), "a redirect was followed"


def answers_without_end_and_without_sense_do_no_harm(web01):
    def endless(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nqueued ")
        while True:
            connection.sendall(b"x" * 65536)

    def garbage(connection):
        connection.recv(65536)
        connection.sendall(os.urandom(5000))

    def endless_headers(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-Header: " + b"x" * 60000 + b"\r\n")

    for serve, expected in ((endless, "sent HTTP 200"), (garbage, "failed no-answer "),
                            (endless_headers, "failed no-answer "), (lambda connection: None, "failed no-answer ")):
        with _raw_gateway(serve) as port:
            configuration = f"[sms]\nprofile = form\nurl = http://127.0.0.1:{port}/\nlogin = none\naccept_text = queued\n"
            with Courier(web01, configuration) as courier:
                line = courier.send(NUMBER)
                assert line.startswith(expected) and len(line) < 400, line


def a_gateway_that_says_nothing_costs_no_more_than_its_time(web01):
    ended = threading.Event()
    with _raw_gateway(lambda connection: ended.wait(60)) as port:
        with Courier(web01, f"[sms]\nprofile = form\nurl = http://127.0.0.1:{port}/\nlogin = none\n") as courier:
            began = time.monotonic()
            line = courier.send(NUMBER)
            assert line.startswith("failed no-answer ") and 10 < time.monotonic() - began < 20, line
    ended.set()


def https_gateways_are_checked_like_mail_servers(web01):
    os.makedirs("/run/tls")
    make_certificate("/run/tls", ["elsewhere"], "other")
    make_certificate("/run/tls", ["localhost"])
    os.chmod("/run/tls", 0o755)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("/run/tls/server.pem", "/run/tls/server.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def configuration(host, authority):
        return (f"[sms]\nprofile = form\nmethod = get\nurl = https://{host}:{server.server_port}/{{to}}\nlogin = none\n"
                f"ca_file = /run/tls/{authority}\naccept_status = 404\n")

    with Courier(web01, configuration("localhost", "ca.pem")) as courier:
        assert courier.send(NUMBER).startswith("sent HTTP 404"), "the gateway of the right name"
        courier.configure(configuration("localhost", "other.pem"))
        assert courier.send(NUMBER).startswith("failed certificate ")
        courier.configure(configuration("127.0.0.1", "ca.pem"))
        assert courier.send(NUMBER).startswith("failed certificate ")


def a_local_program_gets_the_text_where_nobody_else_reads_it(web01):
    program = "/usr/local/bin/send-sms"
    with open(program, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\ntr '\\0' '\\n' </proc/$$/cmdline >/run/sms/arguments\ncat >/run/sms/text\nexit 0\n")
    os.chmod(program, 0o755)
    os.makedirs("/run/sms")
    os.chmod("/run/sms", 0o777)
    with Courier(web01, f"[sms]\nprofile = program\nprogram = {program} TEXT {{to}} $(id) ;\n") as courier:
        assert courier.send(NUMBER) == "sent"
        with open("/run/sms/arguments", encoding="utf-8") as file:
            assert file.read().splitlines()[1:] == [program, "TEXT", NUMBER, "$(id)", ";"]
        with open("/run/sms/text", encoding="utf-8") as file:
            assert file.read() == TEXT
        courier.configure(f"[sms]\nprofile = program\nprogram = {program} {{to}} {{text}}\n")
        assert courier.send(NUMBER) == "sent"
        with open("/run/sms/arguments", encoding="utf-8") as file:
            assert file.read() == f"/bin/sh\n{program}\n{NUMBER}\n{TEXT}\n"


def gammu_takes_the_text_from_standard_input(web01):
    """The real gammu-smsd-inject; its daemon would send what lies in the outbox by a modem."""
    os.makedirs("/run/gammu/outbox")
    os.chmod("/run/gammu/outbox", 0o777)
    with open("/etc/gammu-smsdrc", "w", encoding="utf-8") as file:
        file.write("[gammu]\ndevice = /dev/null\nconnection = at\n[smsd]\nservice = files\npin = 1234\n"
                   "outboxpath = /run/gammu/outbox/\n")
    with Courier(web01, "[sms]\nprofile = program\n") as courier:
        line = courier.send(NUMBER, contact="Büro Łódź")
        assert line.startswith("sent"), line
        (name,) = os.listdir("/run/gammu/outbox")
        with open(f"/run/gammu/outbox/{name}", encoding="utf-8", errors="replace") as file:
            saved = file.read()
        assert f'Number = "{NUMBER}"' in saved and "SMSBackup001" not in saved, saved
        text = bytes.fromhex("".join(re.findall("^Text[0-9]+ = ([0-9A-F]+)$", saved, re.MULTILINE))).decode("utf-16-be")
        assert text == TEXT.replace("IT night desk", "Büro Lodz"), text
        assert "Coding = Default_No_Compression" in saved, "the text does not fit the alphabet: " + saved


def local_programs_that_fail_hang_or_are_missing(web01):
    program = "/usr/local/bin/send-sms"

    def configure(courier, body):
        with open(program, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{body}\n")
        os.chmod(program, 0o755)

    with Courier(web01, f"[sms]\nprofile = program\nprogram = {program} {{to}}\n") as courier:
        configure(courier, "echo first; echo no modem: 024680 >&2; exit 3")
        line = courier.send(NUMBER)
        assert line == "failed program exit status 3: no modem: ******", line
        configure(courier, "exit 75")
        assert courier.send(NUMBER) == "deferred exit status 75"
        configure(courier, "exit 67")
        assert courier.send(NUMBER) == "failed recipient exit status 67"
        configure(courier, "kill -9 $$")
        assert courier.send(NUMBER).startswith("failed program killed by signal 9")
        configure(courier, "echo $$ >/tmp/pid; sleep 1000 & wait")
        began = time.monotonic()
        assert courier.send(NUMBER).startswith("failed program was killed because it did not end in time")
        assert 10 < time.monotonic() - began < 20
        os.remove(program)
        line = courier.send(NUMBER)
        assert line.startswith("failed misconfigured the program cannot be started: No such file"), line


def a_log_that_takes_nothing_delays_no_report_and_keeps_no_courier(web01):
    """syslog(3) waits for room; only the courier's last limit, 20 s, ends that."""
    with _gateway(lambda request: (200, "ok")) as (port, _):
        with Courier(web01, f"[sms]\nprofile = form\nurl = http://127.0.0.1:{port}/\nlogin = none\n") as courier:
            web01.expect_any_log("listening on")  # the listener's own line, which it would wait with for ever
            os.rename("/dev/log", "/dev/log.away")
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as full, \
                    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as filler:
                full.bind("/dev/log")
                os.chmod("/dev/log", 0o666)
                filler.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    while True:
                        filler.sendto(b"x", "/dev/log")
                began = time.monotonic()
                assert courier.send(NUMBER) == "sent HTTP 200"
                assert time.monotonic() - began < 5
                children = f"/proc/{courier.listener.pid}/task/{courier.listener.pid}/children"

                def running():
                    with open(children, encoding="ascii") as file:
                        return file.read().split()

                assert running(), "nothing waits for the log: this shows nothing"
                until(lambda: not running(), "the end of a courier that hangs", 22)
            os.rename("/dev/log.away", "/dev/log")


def sixty_four_couriers_at_once_and_the_others_wait(web01):
    """Nothing is lost when more messages come than couriers may run."""
    release = threading.Event()
    seen = []

    def answer(request):
        seen.append(request)
        release.wait(PATIENCE)
        return 200, "ok"

    with _gateway(answer) as (port, requests):
        with Courier(web01, f"[sms]\nprofile = form\nurl = http://127.0.0.1:{port}/\nlogin = none\n") as courier:
            lines = []
            threads = [threading.Thread(target=lambda: lines.append(courier.send(NUMBER, timeout=PATIENCE))) for _ in range(70)]
            for thread in threads:
                thread.start()
            deadline = time.monotonic() + PATIENCE
            while len(seen) < 64:
                assert time.monotonic() < deadline, f"only {len(seen)} couriers ran"
                time.sleep(0.02)
            with open(f"/proc/{courier.listener.pid}/task/{courier.listener.pid}/children", encoding="ascii") as file:
                assert len(file.read().split()) == 64
            release.set()
            for thread in threads:
                thread.join()
            assert lines == ["sent HTTP 200"] * 70, lines
