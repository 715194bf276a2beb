"""Codes in real mails: Exim, the program secondstep-courier, an ssh client."""
import os
import signal
import socket
import subprocess

from courier import Courier
from dialogue import RECOVERY_CODE, begin, logs_in
from exim import Exim
from patience import PATIENCE
from received_codes import Mailboxes
from scripted_courier import ScriptedCourier
from sent_codes import (NOT_SENT, SENT, address_of, at_the_prompt, may_use_mail_and_sms, set_up_at_first_login,
                        set_up_quickly)
from service_client import ServiceClient
from terminal import Terminal
from web01 import CODE_PROMPT, REFUSED, run, until

ALICE = address_of("alice")


def _exim(**shape):
    return Exim("/tmp/exim", **shape)


def _by_starttls(exim, server="localhost", port=None, ca_file=None, transport="smtp"):
    return f"""[mail]
transport = {transport}
server = {server}
port = {port or exim.port}
ca_file = {ca_file or exim.ca_file}
from = login@web01.example.com
"""


def _by_smtps(exim):
    return _by_starttls(exim, port=exim.tls_port, transport="smtps")


def _login(exim, password=None):
    return f"mail_user = {exim.user}\nmail_password = {password or exim.password}\n"


def _courier(web01, exim, configuration):
    web01.planted.append(exim.password)
    return Courier(web01, configuration, _login(exim))


def _at_work(courier):
    """The processes that send a message now."""
    with open(f"/proc/{courier.listener.pid}/task/{courier.listener.pid}/children", encoding="ascii") as file:
        return [int(pid) for pid in file.read().split()]


def _sets_up_and_logs_in(web01, exim, configuration):
    may_use_mail_and_sms(web01)
    web01.start_service()
    web01.start_sshd()
    alice = web01.add_person("alice")
    boxes = Mailboxes(web01, exim)
    with _courier(web01, exim, configuration):
        logs_in(set_up_at_first_login(web01, alice, "mail", boxes.next_code))
        session = at_the_prompt(web01, alice)
        session.type(boxes.next_code(ALICE))
        logs_in(session)
    return boxes.mails(ALICE)


def a_code_out_of_a_mail_sent_with_starttls_and_a_password_logs_in_over_ssh(web01):
    with _exim() as exim:
        mails = _sets_up_and_logs_in(web01, exim, _by_starttls(exim))
        assert all(mail["To"] == ALICE and mail["Auto-Submitted"] == "auto-generated" for mail in mails), mails
        assert any("was set up anew" in mail.get_content() for mail in mails), "the notice"
        web01.expect_log(r"verdict=accepted user=alice service=sshd rhost=127\.0\.0\.1 method=mail")
        web01.expect_any_log(r"secondstep-courier.*channel=mail purpose=code user=alice to=a…@example\.com result=sent")


def a_code_out_of_a_mail_sent_with_smtps_logs_in_over_ssh(web01):
    with _exim() as exim:
        _sets_up_and_logs_in(web01, exim, _by_smtps(exim))


def without_a_service_the_module_sends_and_judges_by_itself(web01):
    """`secondstepd --once`; the courier is there."""
    may_use_mail_and_sms(web01)
    with _exim() as exim, _courier(web01, exim, _by_starttls(exim)):
        web01.start_sshd()
        alice = web01.add_person("alice")
        boxes = Mailboxes(web01, exim)
        logs_in(set_up_at_first_login(web01, alice, "mail", boxes.next_code))
        session = at_the_prompt(web01, alice)
        session.type(boxes.next_code(ALICE))
        logs_in(session)


# Failures


def _fails(web01, client, cause):
    web01.expect_log(rf"A code for \w+ was not sent: .*{cause}")
    assert client.answer("") == CODE_PROMPT
    client.hang_up()
    return client.shown


def _at_the_prompt(name):
    client = ServiceClient(name)
    assert client.asked() == CODE_PROMPT
    return client


def _enrolled_elsewhere(web01, person, address=None):
    """With an address that cannot be confirmed by this server."""
    with ScriptedCourier(web01) as courier:
        set_up_quickly(person, "mail", courier.next_code, address)
        web01.stop_service()  # the notice
    web01.start_service()


def every_failure_of_a_mail_server_reads_the_same_and_the_journal_has_the_cause(web01):
    may_use_mail_and_sms(web01)
    web01.start_service()
    web01.start_sshd()
    alice, bob = web01.add_person("alice"), web01.add_person("bob")
    _enrolled_elsewhere(web01, alice)
    _enrolled_elsewhere(web01, bob, "refused@example.com")
    seen = set()
    with _exim() as exim, _courier(web01, exim, _by_starttls(exim)) as courier:
        for configuration, cause in ((_by_starttls(exim, ca_file=exim.other_ca_file), "certificate"),
                                     (_by_starttls(exim, server="web01"), "certificate"),
                                     (_by_starttls(exim, port=1), "did not answer in time"),
                                     ("[mail]\nno such option\n", r"courier\.conf")):
            web01.forget_log()
            courier.configure(configuration, _login(exim))
            seen.add(_fails(web01, _at_the_prompt("alice"), cause))
        web01.forget_log()
        courier.configure(_by_starttls(exim), _login(exim, "not-the-password"))
        seen.add(_fails(web01, _at_the_prompt("alice"), "password"))
        web01.forget_log()
        courier.configure(_by_starttls(exim), _login(exim))
        seen.add(_fails(web01, _at_the_prompt("bob"), "550"))
        exim.stop()
        web01.forget_log()
        session = at_the_prompt(web01, alice)
        web01.expect_log(r"A code for alice was not sent")
        session.type("")
        session.expect(NOT_SENT)
        session.answer(CODE_PROMPT, alice.recovery_codes[0])
        logs_in(session)
    assert len(seen) == 1 and "could not be sent" in seen.pop(), seen


def a_silent_server_is_given_up_and_a_killed_courier_delays_nobody(web01):
    may_use_mail_and_sms(web01)
    web01.start_service()
    alice, bob = web01.add_person("alice"), web01.add_person("bob")
    _enrolled_elsewhere(web01, alice)
    _enrolled_elsewhere(web01, bob)
    with _exim() as exim, socket.create_server(("127.0.0.1", 0)) as silent, \
            _courier(web01, exim, _by_starttls(exim, port=silent.getsockname()[1])) as courier:
        waiting = _at_the_prompt("bob")
        bobs_connection, _ = silent.accept()
        until(lambda: len(_at_work(courier)) == 1, "one courier at work")
        bobs = _at_work(courier)
        client = _at_the_prompt("alice")
        connection, _ = silent.accept()
        for pid in set(_at_work(courier)) - set(bobs):
            os.kill(pid, signal.SIGKILL)
        web01.expect_log("A code for alice was not sent: .*ended without a report")
        assert client.answer("") == CODE_PROMPT and "could not be sent" in client.shown
        courier.configure(_by_starttls(exim), _login(exim))
        assert _at_the_prompt("alice").answer(Mailboxes(web01, exim).next_code(ALICE)) == "accepted"
        until(lambda: "A code for bob was not sent" in web01.own_log(), "the end of the patience with the server")
        web01.expect_log("A code for bob was not sent: .*did not answer in time")
        assert waiting.answer("") == CODE_PROMPT and "could not be sent" in waiting.shown
        for open_all_the_time in (bobs_connection, connection):
            open_all_the_time.close()


def a_mail_that_was_put_off_is_sent_again_and_its_code_logs_in(web01):
    may_use_mail_and_sms(web01)
    web01.start_service()
    alice = web01.add_person("alice")
    address = "greylisted@example.com"
    _enrolled_elsewhere(web01, alice, address)
    with _exim() as exim, _courier(web01, exim, _by_starttls(exim)):
        client = _at_the_prompt("alice")
        web01.expect_any_log("secondstep-courier.*result=deferred 451")
        assert client.answer("") == CODE_PROMPT and REFUSED in client.shown, "it is no failure"
        exim.let_in()
        exim.wait_for_mail("greylisted")
        assert client.answer(Mailboxes(web01, exim).next_code(address)) == "accepted"


# The administrator


def an_address_that_the_administrator_enrolled_gets_the_codes_of_its_owner(web01):
    """`setup` alone, then the tool: nothing else was prepared."""
    web01.start_service()
    web01.start_sshd()
    alice = web01.add_person("alice")
    with _exim() as exim, _courier(web01, exim, _by_starttls(exim)):
        boxes = Mailboxes(web01, exim)
        session = Terminal("secondstep", "enroll", "alice", "--method", "mail", "--address", ALICE)
        session.expect(SENT)
        session.answer("Code in the message: ", boxes.next_code(ALICE))
        session.expect(r"Code successfully verified\. 2FA method is set to MAIL\.")
        assert session.end() == 0
        alice.recovery_codes = RECOVERY_CODE.findall(session.transcript)
        session = at_the_prompt(web01, alice)
        session.type(boxes.next_code(ALICE))
        logs_in(session)
        web01.run_tool("disable", "alice", "--yes")
        session = begin(web01, alice)
        logs_in(session)
        until(lambda: any("was deleted" in mail.get_content() for mail in boxes.mails(ALICE)), "the notice")


def a_test_message_says_in_plain_words_what_is_wrong(web01):
    web01.start_service()
    web01.add_person("alice")
    run("secondstep", "enroll", "alice", "--method", "mail", "--address", ALICE, "--no-confirm", "--json")
    with _exim() as exim, _courier(web01, exim, _by_starttls(exim)) as courier:
        assert "It was sent." in web01.run_tool("send-test", "alice")
        exim.wait_for_mail("alice", count=1)
        for configuration, login, words in (
                (_by_starttls(exim, ca_file=exim.other_ca_file), _login(exim), "certificate is not trusted"),
                (_by_starttls(exim), _login(exim, "not-the-password"), "refused our name and password"),
                (_by_starttls(exim, port=1), _login(exim), "could not be reached")):
            courier.configure(configuration, login)
            done = subprocess.run(["secondstep", "send-test", "alice"], capture_output=True, text=True, timeout=PATIENCE,
                                  check=False)
            assert done.returncode == 4 and words in done.stderr and ALICE not in done.stderr, done
