"""Clients that are not OpenSSH's: each shows the texts of a login in its own way."""
import paramiko

from dialogue import (CHOICE, CODE_IN_THE_APP, SAVED, begin, confirm, logs_in, may_enroll, phone_with, shown_codes,
                      typed_off_the_screen)
from patience import PATIENCE
from terminal import Terminal
from web01 import CODE_PROMPT, REFUSED, run

COMMAND = "echo logged in as $(id -un)"
LOGGED_IN = "logged in as alice"
HINT = "No code? Type ? and press Enter."
PLINK_BEGINS = "-- Keyboard-interactive authentication prompts from server: "
PLINK_ENDS = "-- End of keyboard-interactive prompts from server "


def _set_up(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.start_sshd()
    return alice


def _answer_everything(session, person):
    session.answer("Password: ", person.password)
    session.answer(CODE_PROMPT, person.phone.wrong_code())
    session.expect(REFUSED)
    session.answer(CODE_PROMPT, person.phone.code())


def _is_readable(screen):
    """Whole lines of a terminal of 80 columns, and nothing that a client had to escape."""
    assert all(len(line) <= 80 for line in screen), screen
    assert all(line.isascii() and line.isprintable() and "\\" not in line for line in screen), screen


def _plink():
    host_key = run("ssh-keygen", "-lf", "/etc/ssh/web01_host_key.pub").split()[1]
    return Terminal("plink", "-ssh", "-hostkey", host_key, "alice@127.0.0.1", COMMAND)


def _dbclient():
    return Terminal("dbclient", "-y", "-y", "alice@127.0.0.1", COMMAND)


def plink_logs_in_with_password_and_code(web01):
    alice = _set_up(web01)
    session = _plink()
    _answer_everything(session, alice)
    session.answer("Press Return", "")
    session.expect(LOGGED_IN)
    assert session.end() == 0
    _, questions = session.transcript.split(PLINK_BEGINS)
    screen = questions.split(PLINK_ENDS)[0].splitlines()[1:]
    # Plink marks what comes from the server; a line without the mark would pass for plink's own.
    assert all(line.startswith("| ") for line in screen), screen
    assert screen[:6] == ["| Password: ", "| ", f"| {HINT}", f"| {CODE_PROMPT}", "| ",
                          "| Not accepted. Each code works once: wait for the next one. After"], screen
    _is_readable(screen)


def dropbears_client_logs_in_with_password_and_code(web01):
    alice = _set_up(web01)
    session = _dbclient()
    _answer_everything(session, alice)
    session.expect(LOGGED_IN)
    assert session.end() == 0
    screen = session.transcript.splitlines()
    at = screen.index("Password: ")
    assert screen[at + 1:at + 6] == ["", HINT, CODE_PROMPT, "",
                                     "Not accepted. Each code works once: wait for the next one. After"], screen
    _is_readable(screen)


def paramiko_logs_in_with_password_and_code(web01):
    alice = _set_up(web01)
    answers = iter([alice.password, alice.phone.wrong_code(), alice.phone.code()])
    shown = []

    def person(_title, instructions, fields):
        shown.append((instructions, *fields))
        return [next(answers) for _ in fields]

    with paramiko.Transport(("127.0.0.1", 22)) as transport:
        transport.start_client(timeout=PATIENCE)
        transport.auth_interactive("alice", person)
        channel = transport.open_session()
        channel.exec_command(COMMAND)
        assert channel.makefile().read().decode().strip() == LOGGED_IN
    questions = [text for _, *fields in shown for text, _ in fields]
    assert questions[:2] == ["Password: ", f"\n{HINT}\n{CODE_PROMPT}"], shown
    # OpenSSH's server puts the refusal in front of the next question.
    assert REFUSED in questions[2] and questions[2].endswith(CODE_PROMPT), shown
    assert not any(echo for _, *fields in shown for _, echo in fields), shown


# First logins


def _enroll(session, person):
    session.answer("Password: ", person.password)
    session.answer(CHOICE, "t")
    person.phone = typed_off_the_screen(session)
    confirm(session, person)


def plink_enrolls_at_the_first_login(web01):
    alice = may_enroll(web01)
    session = _plink()
    _enroll(session, alice)
    session.answer("Press Return", "")
    logs_in(session)
    _is_readable(session.transcript.split(PLINK_BEGINS)[1].split(PLINK_ENDS)[0].splitlines()[1:])


def dropbears_client_enrolls_at_the_first_login(web01):
    alice = may_enroll(web01)
    session = _dbclient()
    _enroll(session, alice)
    logs_in(session)
    _is_readable(session.transcript[session.transcript.index("Password: "):].splitlines())


def paramiko_enrolls_at_the_first_login(web01):
    alice = may_enroll(web01)
    shown = []

    def answer(question):
        shown.append(question)
        if question.endswith("Password: "):
            return alice.password
        if question.endswith(CHOICE):
            return "t"
        if question.endswith(CODE_IN_THE_APP):
            alice.phone = phone_with(question.split("Key:      ")[1].splitlines()[0])
            return alice.phone.code()
        assert question.endswith(SAVED), shown
        alice.recovery_codes = shown_codes(question)
        return "saved"

    with paramiko.Transport(("127.0.0.1", 22)) as transport:
        transport.start_client(timeout=PATIENCE)
        transport.auth_interactive("alice", lambda _title, _text, fields: [answer(text) for text, _ in fields])
        channel = transport.open_session()
        channel.exec_command(COMMAND)
        assert channel.makefile().read().decode().strip() == LOGGED_IN
    assert len(shown) == 4, shown


def openssh_in_a_c_locale_cannot_show_the_picture_but_shows_the_key(web01):
    alice = may_enroll(web01)
    session = begin(web01, alice, environment={"LC_ALL": "C"})
    session.answer(CHOICE, "q")
    scanned = typed_off_the_screen(session)
    picture = session.before(r"Code in the app \(t = text only, i = inverted picture\): ")
    assert r"\342\226" in picture and picture.isascii(), picture
    session.type("t")
    alice.phone = typed_off_the_screen(session)
    assert alice.phone.secret == scanned.secret
    confirm(session, alice)
    logs_in(session)
    text = session.transcript[session.transcript.index("In the app choose"):]
    _is_readable(text.splitlines())
