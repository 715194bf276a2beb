"""What becomes of sending: failures, couriers that hang or crash, budgets, many logins at once."""
import fcntl
import re

from dialogue import logs_in
from scripted_courier import CRASHED, SILENT, ScriptedCourier
from sent_codes import (CODE_IN_THE_MESSAGE, CONTACT, NOT_SENT, SENT, address_of, at_the_prompt, may_use_mail_and_sms,
                        set_up_quickly)
from service_client import ServiceClient, at_the_first_login
from web01 import CODE_PROMPT, MODULE_LINE, REFUSED, STORE, processes_named, until

ALICE = address_of("alice")
RAISED = "sent_codes_per_account = 10/1h"


def _alice(web01, courier, *lines):
    may_use_mail_and_sms(web01, *lines)
    web01.start_service()
    alice = web01.add_person("alice")
    set_up_quickly(alice, "mail", courier.next_code)
    return alice


def _at_the_prompt(*who, **how):
    client = ServiceClient(*who, **how)
    assert client.asked() == CODE_PROMPT
    return client


def _sent_in_all(web01, courier):
    """A service that ends does first what it was to do."""
    web01.stop_service()
    courier.settle()
    return len(courier.codes(ALICE))


# Failures


def every_failure_reads_the_same_and_the_journal_has_the_cause(web01):
    with ScriptedCourier(web01) as courier:
        alice = _alice(web01, courier)
        seen = set()
        for answer, cause in (("failed certificate expired", "certificate"), ("failed login 535 no", "password"),
                              ("failed recipient 550 no such user", "550 no such user"),
                              ("failed refused spam", "spam"),
                              ("failed no-answer timeout", "did not answer in time"),
                              ("failed misconfigured line 3", "courier.conf"), (CRASHED, "ended without a report"),
                              ("sent 250 \x07 nonsense", "secondstep-courier")):
            web01.forget_log()
            courier.answer = answer
            client = _at_the_prompt("alice")
            web01.expect_log(rf"A code for alice was not sent: .*{cause}")
            assert client.answer("") == CODE_PROMPT
            seen.add(client.shown)
            client.hang_up()
        courier.stop()
        web01.forget_log()
        client = _at_the_prompt("alice")
        web01.expect_log(r"A code for alice was not sent: .*nobody listens on /run/secondstep/courier\.sock")
        assert client.answer("123456") == CODE_PROMPT
        seen.add(client.shown)
        assert client.answer(alice.recovery_codes[0]) == "accepted"
        assert len(seen) == 1 and CONTACT in re.sub(r"\s+", " ", seen.pop()), seen


def what_was_not_delivered_does_not_count_and_the_next_login_gets_a_code(web01):
    with ScriptedCourier(web01) as courier:
        _alice(web01, courier, "sent_codes_per_account = 2/1h")  # one of them has confirmed the address
        courier.answer = CRASHED
        for _ in range(5):
            web01.forget_log()
            client = _at_the_prompt("alice")
            web01.expect_log("A code for alice was not sent")
            client.hang_up()
        courier.answer = "sent"
        client = _at_the_prompt("alice")
        until(lambda: len(courier.codes()) == 7, "the message that is delivered")
        assert client.answer(courier.codes()[-1]) == "accepted"
        _at_the_prompt("alice").hang_up()
        assert _sent_in_all(web01, courier) == 7


def a_person_who_gets_no_code_is_told_over_ssh_and_logs_in_with_a_recovery_code(web01):
    with ScriptedCourier(web01) as courier:
        alice = _alice(web01, courier)
        web01.start_sshd()
        courier.answer = "failed no-answer connection refused"
        session = at_the_prompt(web01, alice)
        web01.expect_log("A code for alice was not sent")
        session.type("")
        session.expect(NOT_SENT)
        session.answer(CODE_PROMPT, alice.recovery_codes[0])
        logs_in(session)


def a_code_that_a_server_puts_off_is_no_failure(web01):
    with ScriptedCourier(web01, "deferred 451 try later") as courier:
        _alice(web01, courier)
        client = _at_the_prompt("alice")
        code = courier.next_code(ALICE)
        assert client.answer("") == CODE_PROMPT and REFUSED in client.shown, client.shown
        assert client.answer(code) == "accepted"
        assert "was not sent" not in web01.own_log()


def an_address_that_cannot_be_reached_is_not_stored(web01):
    with ScriptedCourier(web01, "failed recipient 550 no such user") as courier:
        may_use_mail_and_sms(web01)
        web01.start_service()
        web01.add_person("alice")
        client = at_the_first_login("alice")
        assert client.asked() == "Choice: "
        client.answer("m")
        assert client.answer("nobody@example.com") == "Mail address: "
        assert "could not be sent there" in client.shown
        assert "alice" not in web01.run_tool("status", "--enrolled")
        courier.answer = "sent"
        assert re.match(CODE_IN_THE_MESSAGE, client.answer(ALICE))
        client.answer(courier.next_code(ALICE))
        assert "2FA method is set to MAIL" in client.shown
        assert "alice" in web01.run_tool("status", "--enrolled")


def a_courier_that_hangs_holds_nobody_up(web01):
    with ScriptedCourier(web01) as courier:
        alice = _alice(web01, courier)
        bob = web01.add_person("bob", enrolled=True)
        courier.answer = SILENT
        client = _at_the_prompt("alice")
        code = courier.next_code(ALICE)
        other = _at_the_prompt("bob")
        assert other.answer(bob.phone.code()) == "accepted"
        # What it was given is good all the same, and so is a recovery code.
        assert _at_the_prompt("alice").answer(alice.recovery_codes[0]) == "accepted"
        assert client.answer(code) == "accepted"
        courier.stop()  # killed: it ends without a report
        web01.expect_log("A code for alice was not sent: .*ended without a report")
        courier.start()
        courier.answer = "sent"
        # Not the next one that was not read: the second dialogue may have looked when the first code was used already.
        before = len(courier.codes(ALICE))
        client = _at_the_prompt("alice")
        until(lambda: len(courier.codes(ALICE)) > before, "a code from the courier that is back")
        assert client.answer(courier.codes(ALICE)[-1]) == "accepted"


# Budgets


def of_twenty_dialogues_at_once_one_sends_and_all_others_take_its_code(web01):
    with ScriptedCourier(web01) as courier:
        _alice(web01, courier)
        clients = [ServiceClient("alice") for _ in range(20)]
        for client in clients:
            assert client.asked() == CODE_PROMPT
        # Counted before the code is used: a dialogue that looks for a living one later sends its own, as it should.
        sent = _sent_in_all(web01, courier)
        assert sent == 2, sent
        web01.start_service()
        assert _at_the_prompt("alice").answer(courier.codes(ALICE)[-1]) == "accepted"


def _from_twenty_sources(web01, *lines):
    with ScriptedCourier(web01) as courier:
        _alice(web01, courier, *lines)
        clients = [ServiceClient("alice", rhost=f"198.51.100.{number}") for number in range(20)]
        shown = {(client.asked(), client.shown) for client in clients}
        assert len(shown) == 1 and shown.pop()[0] == CODE_PROMPT, "who gets no code sees the same"
        return _sent_in_all(web01, courier)


def an_account_gets_three_messages_in_a_quarter_of_an_hour(web01):
    """The one that confirmed the address is one of them."""
    assert _from_twenty_sources(web01, "# the default of sent_codes_per_account") == 3


def a_site_may_let_an_account_have_more_messages(web01):
    """Control: it is the budget that held back."""
    assert _from_twenty_sources(web01, "sent_codes_per_account = 10/1h") == 10


def sending_again_counts_and_looks_the_same_beyond_the_budget(web01):
    with ScriptedCourier(web01) as courier:
        _alice(web01, courier, "# the default of sent_codes_per_account")
        client = _at_the_prompt("alice")
        courier.next_code(ALICE)
        shown = set()
        for _ in range(4):
            client.answer("?")
            assert client.answer("1") == CODE_PROMPT
            shown.add(client.shown)
        assert len(shown) == 1 and re.search(SENT, shown.pop()), shown
        # The one that was sent last works.
        assert client.answer(courier.codes(ALICE)[-1]) == "accepted"
        assert _sent_in_all(web01, courier) == 3


def a_host_sends_no_more_than_it_may(web01):
    with ScriptedCourier(web01) as courier:
        _alice(web01, courier, RAISED, "sent_codes_per_host = 4/1h")
        for number in range(6):
            _at_the_prompt("alice", rhost=f"198.51.100.{number}").hang_up()
        web01.expect_log(r"sent_codes_per_host")
        assert _sent_in_all(web01, courier) == 4


def who_hangs_up_gets_no_more_messages_without_a_service(web01):
    """Each login is a process of its own then, which ends before the courier has reported."""
    with ScriptedCourier(web01) as courier:
        _alice(web01, courier)
        web01.stop_service()
        web01.use_stack("portal", text=MODULE_LINE + " first_factor=passed\n")
        courier.answer = SILENT
        for _ in range(3):
            session = web01.pamtester("portal", "alice")
            session.expect(CODE_PROMPT)
            until(lambda: len(courier.codes(ALICE)) > 1, "the message of the first login")
            session.end_by_force()
            until(lambda: not processes_named("secondstepd"), "the end of secondstepd --once")
        assert len(courier.codes(ALICE)) == 2, "one of them has confirmed the address"
        session = web01.pamtester("portal", "alice")
        session.answer(CODE_PROMPT, courier.codes(ALICE)[1])
        session.expect("successfully authenticated")
        assert session.end() == 0


def a_prompt_does_not_wait_for_what_is_sent_without_a_service_either(web01):
    """While somebody has the record's lock nothing can be written down, and so nothing be sent."""
    with ScriptedCourier(web01) as courier:
        _alice(web01, courier)
        web01.stop_service()
        web01.use_stack("portal", text=MODULE_LINE + " first_factor=passed\n")
        with open(f"{STORE}/users/alice.state", "rb") as state:
            fcntl.flock(state, fcntl.LOCK_EX)
            session = web01.pamtester("portal", "alice")
            session.expect(CODE_PROMPT)
        session.type(courier.next_code(ALICE))
        session.expect("successfully authenticated")
        assert session.end() == 0
