"""Codes by mail and SMS at the login, with a courier that answers as the scenario wants."""
import re

from dialogue import CHOICE, begin, logs_in
from scripted_courier import ScriptedCourier
from sent_codes import (CODE_IN_THE_MESSAGE, CONTACT, SEND_AGAIN, SENT, address_of, at_the_prompt, in_the_menu,
                        may_use_mail_and_sms, set_up_at_first_login, set_up_quickly, wrong_code)
from service_client import ServiceClient, at_the_first_login
from service_clock import ServiceClock
from web01 import CODE_PROMPT, REFUSED

ALICE = address_of("alice")


def _alice(web01, courier, channel="mail", **environment):
    may_use_mail_and_sms(web01)
    web01.start_service(**environment)
    web01.start_sshd()
    alice = web01.add_person("alice")
    set_up_quickly(alice, channel, courier.next_code)
    return alice


def _is_let_in(session, code):
    session.type(code)
    logs_in(session)


def _is_refused(session, code):
    session.type(code)
    session.expect(REFUSED)
    session.expect(CODE_PROMPT)


def _client_at_the_prompt(*who, **how):
    client = ServiceClient(*who, **how)
    assert client.asked() == CODE_PROMPT
    return client


def who_sets_up_mail_at_the_first_login_logs_in_with_the_code_that_is_sent(web01):
    may_use_mail_and_sms(web01)
    web01.start_service()
    web01.start_sshd()
    alice = web01.add_person("alice")
    with ScriptedCourier(web01) as courier:
        session = set_up_at_first_login(web01, alice, "mail", courier.next_code)
        logs_in(session)
        assert re.search(r"Without that mailbox you cannot log in, unless you keep the recovery\s+codes",
                         session.transcript), session.transcript
        web01.expect_log(r"change=enrolled user=alice service=sshd")
        _is_let_in(at_the_prompt(web01, alice), courier.next_code(ALICE))
        web01.expect_log(r"verdict=accepted user=alice service=sshd rhost=127\.0\.0\.1 method=mail .*reason=right")
        codes = [message for message in courier.messages if message.purpose == "code"]
        assert [(code.to, code.host, code.service, code.contact, code.minutes) for code in codes] == \
            2 * [("alice@example.com", "web01", "sshd", CONTACT, 5)], codes


def a_new_address_is_stored_when_its_code_was_typed(web01):
    may_use_mail_and_sms(web01)
    web01.start_service()
    web01.start_sshd()
    alice = web01.add_person("alice")
    with ScriptedCourier(web01) as courier:
        session = begin(web01, alice)
        session.answer(CHOICE, "m")
        session.answer("Mail address: ", ALICE)
        code = courier.next_code(ALICE)
        for _ in range(3):
            session.answer(CODE_IN_THE_MESSAGE, wrong_code([code]))
        assert session.end() != 0
        web01.expect_log("verdict=refused user=alice service=sshd .*no right code of the new second step")
        assert "alice" not in web01.run_tool("status", "--enrolled")
        client = at_the_first_login("alice", rhost="127.0.0.1")
        for typed in ("m", ALICE, code):  # it is void
            client.asked()
            client.say(typed)
        assert client.asked() != 'Type "saved" to go on: ', client.shown


def the_first_prompt_of_every_method_is_the_same(web01):
    """And what stands above it: no address."""
    may_use_mail_and_sms(web01)
    web01.start_service()
    web01.start_sshd()
    seen = set()
    with ScriptedCourier(web01) as courier:
        for name, channel in (("alice", "mail"), ("bob", "sms")):
            set_up_quickly(web01.add_person(name), channel, courier.next_code)
        web01.add_person("carol", enrolled=True)
        for person in web01.people.values():
            session = begin(web01, person)
            seen.add(session.before(CODE_PROMPT).replace(person.name, "NAME"))
            session.end_by_force()
    assert len(seen) == 1 and "…" not in seen.pop(), seen


def a_code_logs_in_once(web01):
    with ScriptedCourier(web01) as courier:
        alice = _alice(web01, courier)
        first, second = at_the_prompt(web01, alice), at_the_prompt(web01, alice)
        code = courier.next_code(ALICE)
        _is_let_in(first, code)
        _is_refused(second, code)
        # "wrong": the second login looked for a living code only when the first had used it, and has another one.
        web01.expect_log(r"verdict=refused user=alice .*reason=(reused|wrong)")
        _is_refused(at_the_prompt(web01, alice), code)


def a_login_while_a_code_is_alive_sends_no_other_and_takes_it(web01):
    """A mail that came late must still help who has begun again meanwhile."""
    with ScriptedCourier(web01) as courier:
        alice = _alice(web01, courier)
        at_the_prompt(web01, alice).end_by_force()
        code = courier.next_code(ALICE)
        for session in [at_the_prompt(web01, alice) for _ in range(2)]:
            session.end_by_force()
        # Counted before the code is used: a dialogue that looks for a living one later sends its own, as it should.
        web01.stop_service()  # what was to be sent has been
        courier.settle()
        assert len(courier.codes()) == 2, courier.messages
        web01.start_service()
        second = at_the_prompt(web01, alice)
        _is_let_in(at_the_prompt(web01, alice), code)
        second.end_by_force()


def the_menu_shows_the_masked_address_and_sends_again_and_the_code_before_is_void(web01):
    with ScriptedCourier(web01) as courier:
        alice = _alice(web01, courier)
        session = at_the_prompt(web01, alice)
        old = courier.next_code(ALICE)
        menu = in_the_menu(session)
        assert re.search(SEND_AGAIN + r"a…@example\.com", menu), menu
        session.type("1")
        session.expect(SENT)
        session.expect(r"a…@example\.com")
        session.expect(CODE_PROMPT)
        assert ALICE not in session.transcript
        _is_refused(session, old)
        _is_let_in(session, courier.next_code(ALICE))


def the_menu_shows_the_masked_number(web01):
    with ScriptedCourier(web01) as courier:
        alice = _alice(web01, courier, "sms")
        number = address_of("alice", "sms")
        menu = in_the_menu(at_the_prompt(web01, alice))
        assert re.search(SEND_AGAIN + r"\+49 … " + number[-2:], menu) and number[3:-2] not in menu, menu


def a_code_is_good_for_its_service_and_exact_source_alone(web01):
    """Where the first factor is not known to have passed, nothing is sent: the code that is alive stays the newest."""
    with ScriptedCourier(web01) as courier:
        _alice(web01, courier)
        here = _client_at_the_prompt("alice", "portal", "198.51.100.7")
        code = courier.next_code(ALICE)
        for service, source in (("portal", "198.51.100.8"), ("portal", ""), ("other", "198.51.100.7")):
            elsewhere = _client_at_the_prompt("alice", service, source, flags=0)
            assert elsewhere.answer(code) == CODE_PROMPT and REFUSED in elsewhere.shown
            elsewhere.hang_up()
        assert here.answer(code) == "accepted"
        assert len(courier.codes()) == 2


def three_wrong_answers_void_a_code_and_the_next_login_gets_another(web01):
    with ScriptedCourier(web01) as courier:
        _alice(web01, courier)
        first = _client_at_the_prompt("alice")
        code = courier.next_code(ALICE)
        late = _client_at_the_prompt("alice")
        wrong = []  # the same one would count once
        for _ in range(3):
            wrong.append(wrong_code([*courier.codes(), *wrong]))
        assert [first.answer(one) for one in wrong] == [CODE_PROMPT, CODE_PROMPT, "refused"]
        assert late.answer(code) == CODE_PROMPT and REFUSED in late.shown
        assert _client_at_the_prompt("alice").answer(courier.next_code(ALICE)) == "accepted"


def a_service_that_is_killed_forgets_neither_a_code_nor_that_it_was_used(web01):
    with ScriptedCourier(web01) as courier:
        _alice(web01, courier)
        first = _client_at_the_prompt("alice")
        code = courier.next_code(ALICE)
        web01.stop_service("KILL")
        web01.start_service()
        assert _client_at_the_prompt("alice").answer(code) == "accepted"
        web01.stop_service("KILL")
        web01.start_service()
        client = _client_at_the_prompt("alice")
        assert client.answer(code) == CODE_PROMPT and REFUSED in client.shown
        first.hang_up()


def a_code_expires(web01):
    web01.set_first_line("sent_code_lifetime = 1m")
    clock = ServiceClock()
    with ScriptedCourier(web01) as courier:
        _alice(web01, courier, **clock.environment)
        for seconds, verdict in ((50, "accepted"), (70, CODE_PROMPT)):
            client = _client_at_the_prompt("alice")
            code = courier.next_code(ALICE)
            clock.go_on(seconds)
            assert client.answer(code) == verdict
        web01.expect_log(r"verdict=refused user=alice .*reason=expired")


def without_the_first_factor_nothing_is_sent_and_a_recovery_code_helps(web01):
    with ScriptedCourier(web01) as courier:
        alice = _alice(web01, courier)
        client = _client_at_the_prompt("alice", flags=0)
        assert "Number" in client.answer("?") and "Send a new code" not in client.shown, client.shown
        assert client.answer("") == CODE_PROMPT
        assert client.answer(alice.recovery_codes[0]) == "accepted"
        web01.stop_service()
        courier.settle()
        assert len(courier.codes()) == 1, courier.messages
