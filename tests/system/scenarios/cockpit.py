"""Cockpit's login page in a real browser."""
import contextlib
import os
import re
import shutil
import socket
import subprocess

from browser import Browser
from dialogue import RECOVERY_CODE, phone_with
from web01 import CODE_PROMPT, REFUSED, answers, run, until

ADDRESS = ("127.0.0.1", 9090)
SESSION = "/usr/lib/cockpit/cockpit-session"
SESSION_SOCKET = "/run/cockpit/session"
STACK = """auth    [success=ok default=die]                pam_unix.so
auth    [success=ok ignore=ignore default=die]  pam_secondstep.so first_factor=passed enroll=account
account required  pam_secondstep.so
account required  pam_unix.so
session required  pam_permit.so
"""


def _account():
    """Of the web server, which starts who logs people in: with set-user-ID, or since Cockpit 330 by a socket of systemd's."""
    if os.stat(SESSION).st_mode & 0o4000:
        return "cockpit-wsinstance"
    account = "cockpit-session-socket"
    run("useradd", "--system", account)
    os.makedirs(os.path.dirname(SESSION_SOCKET))
    subprocess.Popen(["systemd-socket-activate", "--accept", "--inetd", f"--listen={SESSION_SOCKET}", SESSION],
                     stdin=subprocess.DEVNULL)
    until(lambda: os.path.exists(SESSION_SOCKET), "the socket of cockpit-session")
    shutil.chown(SESSION_SOCKET, group=account)
    os.chmod(SESSION_SOCKET, 0o660)
    return account


@contextlib.contextmanager
def _login_page(web01):
    web01.use_stack("cockpit", text=STACK)
    web01.start_service()
    account = _account()
    subprocess.Popen(["setpriv", "--reuid", account, "--regid", account, "--clear-groups",
                      "/usr/lib/cockpit/cockpit-ws", "--no-tls", "--address", ADDRESS[0], "--port", str(ADDRESS[1])],
                     stdin=subprocess.DEVNULL)
    until(lambda: answers(ADDRESS, socket.AF_INET), "cockpit's port")
    browser = Browser()
    try:
        _open(browser)
        yield browser
    finally:
        browser.close()


def _open(browser):
    browser.open(f"http://{ADDRESS[0]}:{ADDRESS[1]}")
    browser.wait_for("#login-user-input")


def _begins(browser, person, password=None):
    browser.fill("#login-user-input", person.name)
    browser.fill("#login-password-input", password or person.password)
    browser.click("#login-button")


def _answers(browser, text):
    browser.wait_for_empty("#conversation-input")
    browser.fill("#conversation-input", text)
    browser.click("#login-button")


def password_wrong_code_and_right_code_log_in(web01):
    alice = web01.add_person("alice", enrolled=True)
    with _login_page(web01) as browser:
        browser.keep_picture("cockpit-1-password", "#main")
        _begins(browser, alice)
        browser.wait_for("#conversation-input")
        browser.keep_picture("cockpit-2-code", "#main")
        assert browser.text("#conversation-prompt").strip() == CODE_PROMPT.strip()
        assert browser.attribute("#conversation-input", "type") == "password"
        _answers(browser, alice.phone.wrong_code())
        browser.wait_for_text(REFUSED)
        browser.keep_picture("cockpit-3-wrong-code", "#main")
        assert browser.text("#conversation-prompt").strip() == CODE_PROMPT.strip()
        assert "?" not in browser.text("#conversation-message").replace("? = help", ""), "a character was lost"
        _answers(browser, alice.phone.code())
        browser.wait_for_text("Overview")
        browser.keep_picture("cockpit-4-logged-in")
    web01.expect_log("verdict=accepted user=alice service=cockpit")


def three_wrong_codes_and_a_wrong_password_do_not_log_in(web01):
    alice = web01.add_person("alice", enrolled=True)
    with _login_page(web01) as browser:
        _begins(browser, alice, "not her password")
        browser.wait_for_text("Wrong user name or password")
        assert "verdict=" not in web01.own_log()
        _begins(browser, alice)
        for _ in range(3):
            _answers(browser, alice.phone.wrong_code())
        browser.wait_for_text("Authentication failed")
        assert web01.own_log().count("reason=wrong") == 3, web01.own_log()
        assert "Overview" not in browser.text()


def a_first_login_enrolls_by_text_inside_the_page(web01):
    alice = web01.add_person("alice")
    web01.add_rule("people", "users = alice\naction = enroll\nenrollment = open")
    with _login_page(web01) as browser:
        _begins(browser, alice)
        browser.wait_for_text("text only")
        browser.keep_picture("cockpit-5-first-login", "#main")
        _answers(browser, "t")
        browser.wait_for_text("enter a setup key")
        browser.keep_picture("cockpit-6-key", "#main")
        shown = browser.text("#conversation-message")
        assert "?" not in shown, f"a character was lost in {shown}"
        alice.phone = phone_with(re.search(r"Key: ((?:[A-Z2-7]{4}\s?){8})", shown).group(1))
        assert re.search("Account: web01:alice Key: ", shown), shown
        _answers(browser, alice.phone.wrong_code())
        browser.wait_for_text("Not accepted. If the app shows another code now")
        assert alice.phone.secret[:4] in browser.text("#conversation-message"), "the key is gone with the refusal"
        browser.keep_picture("cockpit-7-wrong-code-of-a-new-phone", "#main")
        _answers(browser, alice.phone.code())
        browser.wait_for_text("Keep them in two places")
        browser.keep_picture("cockpit-8-recovery-codes", "#main")
        shown = browser.text("#conversation-message")
        assert "?" not in shown, f"a character was lost in {shown}"
        assert re.search(r" 1\) \S{19} 2\) \S{19} 3\) ", shown), shown
        alice.recovery_codes = RECOVERY_CODE.findall(shown)
        assert len(alice.recovery_codes) == 10, shown
        _answers(browser, "saved")
        browser.wait_for_text("Overview")
        web01.expect_log("change=enrolled user=alice service=cockpit")
        browser.forget()
        _open(browser)
        _begins(browser, alice)
        _answers(browser, "?")
        browser.wait_for_text(" 2) Phone or app lost or new: set up again 3) ")
        browser.keep_picture("cockpit-9-menu", "#main")
        _answers(browser, "4")
        browser.wait_for_text("My codes are refused")
        browser.keep_picture("cockpit-10-codes-are-refused", "#main")
        _answers(browser, alice.phone.code())
        browser.wait_for_text("Overview")
