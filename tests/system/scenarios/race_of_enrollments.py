"""Eight terminals set up a second step with one registration code and confirm it at the same moment: one of them is
enrolled, every time."""
import concurrent.futures
import threading

from crowds import rounds
from first_logins import at_the_last_question, has_enrolled

TERMINALS = 8


def _confirm_together(terminals):
    gate = threading.Barrier(len(terminals))

    def confirm(terminal):
        client, code = terminal
        gate.wait()
        return client.answer(code)

    with concurrent.futures.ThreadPoolExecutor(len(terminals)) as pool:
        return list(pool.map(confirm, terminals))


def _race(web01, once):
    web01.add_rule("people", "users = *\naction = enroll")
    if not once:
        web01.start_service()
    for turn in range(rounds(200, 2)):
        name = f"new{turn:03}"
        web01.add_person(name)
        code = web01.given_code("invite", name)
        terminals = [at_the_last_question(name, code, f"10.7.{number}.1", once) for number in range(TERMINALS)]
        answers = _confirm_together(terminals)
        enrolled = [answer for answer in answers if has_enrolled(answer)]
        refused = [answer for answer in answers if answer == "refused"]
        assert (len(enrolled), len(refused)) == (1, TERMINALS - 1), f"round {turn}: {answers}"
        for client, _ in terminals:
            client.hang_up()


def one_registration_code_enrolls_once_by_the_service(web01):
    _race(web01, once=False)


def one_registration_code_enrolls_once_without_a_service(web01):
    _race(web01, once=True)
