"""Eight processes present one code at the same moment: exactly one of them is let in, every time; each kind of code,
judged by the service and without one. A few rounds in every run, two hundred with `tests/run --long`."""

from crowds import LONG, bring_scratch_codes, enroll_many, enroll_one, open_portal, present, rounds
from scripted_courier import ScriptedCourier
from sent_codes import address_of, may_use_mail_and_sms, set_up_quickly
from service_client import ServiceClient
from web01 import CODE_PROMPT, Skipped

PROCESSES = 8
ROUNDS = rounds(200, 16)


def _race(pairs, *rhost, under=()):
    outcomes, done = present(pairs, PROCESSES, *rhost, under=under)
    assert done.returncode == 0 and len(outcomes) == len(pairs), done.stderr
    return outcomes


def _exactly_one(pairs, *rhost):
    wanted = {"accepted": 1, "refused": PROCESSES - 1, "other": 0}
    outcomes = _race(pairs, *rhost)
    bad = [(number, outcome) for number, outcome in enumerate(outcomes) if outcome != wanted]
    assert not bad, f"{len(bad)} of {len(pairs)} rounds, the first of them: {bad[:10]}"


def _counter_based(web01):
    """A new counter value for every round, so that no round has to wait for the clock. Two accounts alternate."""
    people = enroll_many(web01, 2, "counter", "--method", "hotp")
    return [(people[number % 2].name, people[number % 2].phone.code()) for number in range(ROUNDS)]


def _time_based(web01):
    """Time-based codes cannot be hurried: one per account."""
    return [(person.name, person.phone.code()) for person in enroll_many(web01, ROUNDS)]


def _recovery(web01):
    """Short ones, which cost scrypt: ten of an account."""
    people = [enroll_one(web01, f"owner{number:03}") for number in range((ROUNDS + 9) // 10)]
    return [(person.name, person.recovery_codes[turn]) for turn in range(10) for person in people][:ROUNDS]


def _long_recovery(web01):
    people = enroll_many(web01, (ROUNDS + 9) // 10)
    return [(person.name, person.recovery_codes[turn]) for turn in range(10) for person in people][:ROUNDS]


def _scratch(web01):
    pairs = []
    for number in range((ROUNDS + 4) // 5):
        codes = [f"{10_000_000 + 7919 * (5 * number + turn):08}" for turn in range(5)]
        bring_scratch_codes(web01, f"mover{number:03}", codes)
        pairs += [(f"mover{number:03}", code) for code in codes]
    return pairs[:ROUNDS]


def _temporary(web01):
    return [(person.name, web01.given_code("temporary-code", person.name)) for person in enroll_many(web01, ROUNDS)]


def _race_of(web01, make, with_service):
    web01.set_first_line("tries = 1")
    open_portal(web01)
    pairs = make(web01)
    if with_service:
        web01.start_service()
    _exactly_one(pairs)


def one_counter_based_code_is_accepted_once_by_the_service(web01):
    _race_of(web01, _counter_based, True)


def one_counter_based_code_is_accepted_once_without_a_service(web01):
    _race_of(web01, _counter_based, False)


def one_time_based_code_is_accepted_once_by_the_service(web01):
    _race_of(web01, _time_based, True)


def one_time_based_code_is_accepted_once_without_a_service(web01):
    _race_of(web01, _time_based, False)


def one_recovery_code_is_accepted_once_by_the_service(web01):
    _race_of(web01, _recovery, True)


def one_recovery_code_is_accepted_once_without_a_service(web01):
    _race_of(web01, _recovery, False)


def one_long_recovery_code_is_accepted_once_by_the_service(web01):
    _race_of(web01, _long_recovery, True)


def one_long_recovery_code_is_accepted_once_without_a_service(web01):
    _race_of(web01, _long_recovery, False)


def one_scratch_code_is_accepted_once_by_the_service(web01):
    _race_of(web01, _scratch, True)


def one_scratch_code_is_accepted_once_without_a_service(web01):
    _race_of(web01, _scratch, False)


def one_temporary_code_is_accepted_once_by_the_service(web01):
    _race_of(web01, _temporary, True)


def one_temporary_code_is_accepted_once_without_a_service(web01):
    _race_of(web01, _temporary, False)


def without_the_lock_one_code_is_accepted_twice(web01):
    """The control: these rounds notice it when nothing is locked."""
    if not LONG:
        raise Skipped("part of tests/run --long")
    open_portal(web01)
    nothing_locks = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:retval=0"]
    outcomes = _race(_counter_based(web01), under=nothing_locks)
    twice = [outcome for outcome in outcomes if outcome["accepted"] > 1]
    assert twice, f"{len(outcomes)} rounds, and no code was accepted twice"


RHOST = "198.51.100.7"


def _rounds_with_messages(web01, courier):
    """A message for each account, asked for from one place, where all of them then present its code."""
    may_use_mail_and_sms(web01, "sent_code_lifetime = 10m", "sent_codes_per_host = 1000/1h")
    open_portal(web01, " first_factor=passed")
    web01.start_service()
    pairs = []
    for number in range(rounds(200, 8)):
        person = web01.add_person(f"staff{number:03}")
        set_up_quickly(person, "mail", courier.next_code)
        client = ServiceClient(person.name, "portal", RHOST)
        assert client.asked() == CODE_PROMPT
        pairs.append((person.name, courier.next_code(address_of(person.name))))
        client.hang_up()
    return pairs


def one_code_of_a_message_is_accepted_once_by_the_service(web01):
    with ScriptedCourier(web01) as courier:
        _exactly_one(_rounds_with_messages(web01, courier), RHOST)


def one_code_of_a_message_is_accepted_once_without_a_service(web01):
    with ScriptedCourier(web01) as courier:
        pairs = _rounds_with_messages(web01, courier)
        web01.stop_service()
        _exactly_one(pairs, RHOST)
