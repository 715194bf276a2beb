"""Fifty people whose codes are sent log in at once, and whoever sends takes their time: nobody waits for it."""
import contextlib
import http.server
import re
import select
import statistics
import threading
import time
import urllib.parse

from courier import Courier
from scripted_courier import ScriptedCourier
from sent_codes import ADDRESS_PROMPTS, CODE_IN_THE_MESSAGE, LETTERS, may_use_mail_and_sms
from service_client import ServiceClient, at_the_first_login
from web01 import CODE_PROMPT, until

PEOPLE = {f"person{number:02}": f"+491510000{number:02}" for number in range(50)}


def _add_people():
    """Without the time that useradd takes for each."""
    with open("/etc/passwd", "a", encoding="utf-8") as file:
        file.writelines(f"{name}:x:{3000 + number}:100::/:/bin/sh\n" for number, name in enumerate(PEOPLE))


def _set_up_at_once(courier):
    """In dialogues that overlap."""
    clients = {name: at_the_first_login(name) for name in PEOPLE}
    for name, client in clients.items():
        assert client.asked() == "Choice: "
        assert re.fullmatch(ADDRESS_PROMPTS["sms"], client.answer(LETTERS["sms"]))
        assert re.match(CODE_IN_THE_MESSAGE, client.answer(PEOPLE[name]))
        client.say(courier.next_code(PEOPLE[name]))
    for client in clients.values():
        assert client.asked().startswith('Type "saved"'), client.shown
        assert client.answer("saved") == "accepted"


def _begin_at_once(names):
    """Their dialogues, and after how many seconds each had its prompt."""
    began = time.monotonic()
    clients = [ServiceClient(name, begun=False) for name in names]
    for client in clients:
        client.begin()
    seconds = []
    waiting = list(clients)
    while waiting:
        ready = select.select(waiting, [], [], 30)[0]
        assert ready, "no prompt came"
        for client in ready:
            if client.receive() == CODE_PROMPT:
                seconds.append(time.monotonic() - began)
                waiting.remove(client)
    return clients, seconds


def _seconds_of_a_login(person):
    code = person.phone.code()
    began = time.monotonic()
    client = ServiceClient(person.name)
    assert client.asked() == CODE_PROMPT and client.answer(code) == "accepted"
    return time.monotonic() - began


def _nobody_waits(web01, slow_sending):
    """`slow_sending`: a context in which messages are sent and nothing is reported; gives the codes that came, by
    number."""
    may_use_mail_and_sms(web01, "sent_codes_per_account = 10/1h", "sent_codes_per_host = 1000/1h", "recovery_codes = 3",
                         "notify = no")
    apps = [web01.add_person(f"app{number}", enrolled=True) for number in range(10)]
    _add_people()
    web01.start_service()
    with ScriptedCourier(web01) as courier:
        _set_up_at_once(courier)
    usual_logins = [_seconds_of_a_login(person) for person in apps[:5]]
    _, usual = _begin_at_once(50 * ["app0"])
    with slow_sending() as codes:
        clients, slow = _begin_at_once(PEOPLE)
        meanwhile = [_seconds_of_a_login(person) for person in apps[5:]]
        until(lambda: len(codes) == len(PEOPLE), "all fifty messages")
        web01.planted += codes.values()
        answers = [client.answer(codes[number]) for client, number in zip(clients, PEOPLE.values())]
    assert answers == 50 * ["accepted"], answers
    print(f"prompts: usually {statistics.median(usual):.4f} s, now {statistics.median(slow):.4f} s, the last one "
          f"{max(slow):.4f} s")
    print(f"logins: usually {statistics.median(usual_logins):.4f} s, now {statistics.median(meanwhile):.4f} s")
    assert statistics.median(slow) < 3 * statistics.median(usual) + 0.5, (usual, slow)
    assert max(slow) < 5, slow
    assert statistics.median(meanwhile) < 3 * statistics.median(usual_logins) + 0.5, (usual_logins, meanwhile)


def fifty_logins_do_not_wait_for_a_courier_that_does_not_report(web01):
    @contextlib.contextmanager
    def silent_courier():
        codes = {}
        end = threading.Event()

        def hold(message):
            codes[message.to] = message.code
            end.wait(60)
            return "sent"

        with ScriptedCourier(web01, hold):
            yield codes
            end.set()

    _nobody_waits(web01, silent_courier)


def fifty_logins_do_not_wait_for_a_gateway_that_does_not_answer(web01):
    """With fifty processes of the real courier, each of them in a request."""
    @contextlib.contextmanager
    def silent_gateway():
        codes = {}
        end = threading.Event()

        class Gateway(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                codes[form["To"][0]] = re.search(r"^@web01 #(\d+)$", form["Body"][0], re.MULTILINE).group(1)
                end.wait(60)
                self.send_response(201)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        configuration = f"[sms]\nprofile = form\nurl = http://127.0.0.1:{server.server_port}/\nfrom = +4930123456\n"
        with Courier(web01, configuration, "sms_user = site\nsms_password = of-the-site\n"):
            yield codes
            end.set()
        server.shutdown()
        server.server_close()

    _nobody_waits(web01, silent_gateway)
