"""Eight processes present one code at the same moment: exactly one of them is let in, every time."""
import os
import subprocess

from scripted_courier import ScriptedCourier
from sent_codes import address_of, may_use_mail_and_sms, set_up_quickly
from service_client import ServiceClient
from web01 import CODE_PROMPT, MODULE_LINE

PROCESSES = 8
ROUNDS = 200
EXACTLY_ONE = f"accepted 1 refused {PROCESSES - 1} other 0"


def _race(web01, rounds, *rhost, arguments=""):
    """Each round is (user, answer)."""
    web01.use_stack("portal", text=MODULE_LINE + arguments + "\n")
    lines = "".join(f"{user} {answer}\n" for user, answer in rounds)
    done = subprocess.run([os.environ["SECONDSTEP_BUILD"] + "/tests/system/race", "portal", str(PROCESSES), *rhost],
                          input=lines, capture_output=True, text=True, check=False)
    outcomes = done.stdout.splitlines()
    bad = [(number, outcome) for number, outcome in enumerate(outcomes) if outcome != EXACTLY_ONE]
    assert done.returncode == 0 and len(outcomes) == len(rounds), done.stderr
    assert not bad, f"{len(bad)} of {len(rounds)} rounds, the first of them: {bad[:10]}"


def _counter_based_rounds(web01):
    """A new counter value for every round, so that no round has to wait for the clock. Two accounts alternate."""
    people = [web01.add_person(name, enrolled=True, method="hotp") for name in ("alice", "bob")]
    return [(people[number % 2].name, people[number % 2].phone.code()) for number in range(ROUNDS)]


def _recovery_rounds(web01):
    """Recovery codes are judged once per second and account: many accounts take turns, each with ten codes. Who is
    refused would present the same code again, a second later each time."""
    web01.set_first_line("tries = 1")
    names = [f"staff{number:02}" for number in range(ROUNDS // 10)]
    people = [web01.add_person(name, enrolled=True) for name in names]
    return [(person.name, person.recovery_codes[turn]) for turn in range(10) for person in people]


def one_counter_based_code_is_accepted_once_by_the_service(web01):
    rounds = _counter_based_rounds(web01)
    web01.start_service()
    _race(web01, rounds)


def one_counter_based_code_is_accepted_once_without_a_service(web01):
    _race(web01, _counter_based_rounds(web01))


def one_time_based_code_is_accepted_once_by_the_service(web01):
    """Time-based codes cannot be hurried: one per account."""
    people = [web01.add_person(f"staff{number:02}", enrolled=True) for number in range(ROUNDS // 10)]
    web01.start_service()
    _race(web01, [(person.name, person.phone.code()) for person in people])


def one_recovery_code_is_accepted_once_by_the_service(web01):
    rounds = _recovery_rounds(web01)
    web01.start_service()
    _race(web01, rounds)


def one_recovery_code_is_accepted_once_without_a_service(web01):
    _race(web01, _recovery_rounds(web01))


RHOST = "198.51.100.7"


def _rounds_with_messages(web01, courier):
    """A message for each account, asked for from one place, where all of them then present its code."""
    may_use_mail_and_sms(web01, "sent_code_lifetime = 10m", "sent_codes_per_host = 1000/1h")
    web01.start_service()
    rounds = []
    for number in range(ROUNDS // 10):
        person = web01.add_person(f"staff{number:02}")
        set_up_quickly(person, "mail", courier.next_code)
        client = ServiceClient(person.name, "portal", RHOST)
        assert client.asked() == CODE_PROMPT
        rounds.append((person.name, courier.next_code(address_of(person.name))))
        client.hang_up()
    return rounds


def one_code_of_a_message_is_accepted_once_by_the_service(web01):
    with ScriptedCourier(web01) as courier:
        _race(web01, _rounds_with_messages(web01, courier), RHOST, arguments=" first_factor=passed")


def one_code_of_a_message_is_accepted_once_without_a_service(web01):
    with ScriptedCourier(web01) as courier:
        rounds = _rounds_with_messages(web01, courier)
        web01.stop_service()
        _race(web01, rounds, RHOST, arguments=" first_factor=passed")
