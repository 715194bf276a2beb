"""The page on which a telephone chooses the picture of a QR code, in a real browser with a telephone's window."""
import contextlib
import os
import pwd
import ssl
import subprocess
import urllib.error
import urllib.request

from browser import PHONE, Browser
from exim import make_certificate
from patience import PATIENCE
from web01 import run

DRIVER = os.path.join(os.environ.get("SECONDSTEP_BUILD", ""), "tests/tool/portals/page/page_driver")
PORTAL = "Example Corp <invoices>"
MEBIBYTE = 1024 * 1024


class Page:
    """An open page, and the tool that waits for its picture."""

    def __init__(self, web01, seconds=600, certificate=(), port=8443):
        self.tool = subprocess.Popen([DRIVER, PORTAL, str(port), str(round(seconds * 1000)), *certificate],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.link = self._line()
        self.fingerprint = self._line()
        self.process = int(self._line())
        web01.planted.append(self.link.rsplit("/", 1)[1])

    def _line(self):
        return self.tool.stdout.readline().strip()

    def end(self):
        """How the tool's wait ended."""
        return self._line()

    def close(self):
        """Also one that still waits for a picture."""
        self.tool.stdin.close()
        self.tool.terminate()
        self.tool.wait(timeout=PATIENCE)


@contextlib.contextmanager
def _telephone(web01, **page):
    opened = Page(web01, **page)
    browser = Browser(**PHONE)
    try:
        yield opened, browser
    finally:
        browser.close()
        opened.close()


def _pictures():
    """Files to choose from: what is said about them is the driver's business."""
    run("qrencode", "-o", "/root/plain.png", "-s", "8", "otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP")
    with open("/root/plain.png", "rb") as file:
        png = file.read()
    contents = {"right.png": png + b"QR", "no-code.png": png, "letter.txt": b"Dear Alice",
                "large.png": png + bytes(11 * MEBIBYTE)}
    for name, content in contents.items():
        with open(f"/root/{name}", "wb") as file:
            file.write(content)


def _sends(browser, name):
    browser.choose_file("#picture", f"/root/{name}")
    browser.click("#send")


def wrong_pictures_and_then_the_right_one(web01):
    _pictures()
    with _telephone(web01) as (page, browser):
        browser.open(page.link)
        browser.wait_for_text("QR code for " + PORTAL)
        browser.wait_for_text("Time left: ")
        shown = browser.text()
        assert "It goes to web01 alone" in shown and "until " in shown, shown
        browser.keep_picture("phone-1-choose")
        browser.prefer_dark()
        browser.keep_picture("phone-2-choose-in-the-dark")
        browser.choose_file("#picture", "/root/no-code.png")
        browser.wait_for("#look")
        browser.keep_picture("phone-3-chosen")
        browser.click("#send")
        browser.wait_for_text("There is no QR code in this picture.")
        browser.keep_picture("phone-4-no-code")
        _sends(browser, "letter.txt")
        browser.wait_for_text("This file is no picture")
        browser.choose_file("#picture", "/root/large.png")
        browser.wait_for_text("larger than 10 MiB")
        browser.keep_picture("phone-5-too-large")
        browser.click("#send")
        browser.wait_for_text("larger than 10 MiB")
        _sends(browser, "right.png")
        browser.wait_for_text("The picture was accepted")
        assert "Example Corp: alice" in browser.text(), browser.text()
        assert browser.title() == "The picture was accepted"
        browser.keep_picture("phone-6-accepted")
        assert page.end() == "accepted"
        # The console tells of the answers 422, and of nothing else: the policy forbids nothing that the page needs.
        assert all("422" in line for line in browser.complaints()), browser.complaints()


def a_link_is_used_once(web01):
    _pictures()
    with _telephone(web01) as (page, browser):
        browser.open(page.link)
        _sends(browser, "right.png")
        browser.wait_for_text("The picture was accepted")
        browser.open(page.link)
        browser.wait_for_text("This link was used already")
        browser.keep_picture("phone-7-used")
        assert not browser.is_visible("#picture")


def an_expired_link_says_so_before_and_after_it_is_asked_again(web01):
    # Long enough for a browser to begin on a busy machine.
    with _telephone(web01, seconds=30) as (page, browser):
        browser.open(page.link)
        browser.wait_for("#picture")
        browser.wait_for_text("This link has expired")
        browser.keep_picture("phone-8-expired")
        assert browser.title() == "This link has expired"
        assert page.end() == "expired"
        browser.reload()
        browser.wait_for_text("This link has expired")
        assert not browser.is_visible("#picture")


def it_works_without_its_script(web01):
    """The form alone. (A chromedriver that is forbidden to run scripts cannot click either, so they run, and are not
    asked.)"""
    _pictures()
    with _telephone(web01) as (page, browser):
        browser.open(page.link)
        _sends_without_script(browser, "large.png")
        browser.wait_for_text("larger than 10 MiB")
        browser.keep_picture("phone-9-too-large-without-script")
        browser.open(page.link)
        _sends_without_script(browser, "no-code.png")
        browser.wait_for_text("There is no QR code in this picture.")
        _sends_without_script(browser, "right.png")
        browser.wait_for_text("The picture was accepted")
        assert page.end() == "accepted"
        browser.open(page.link)
        browser.wait_for_text("This link was used already")


def _sends_without_script(browser, name):
    browser.choose_file("#picture", f"/root/{name}")
    browser.send_form()


def a_plain_form_does_what_the_script_does(web01):
    """How curl reads the answers, also to a body that is sent in vain."""
    _pictures()
    page = Page(web01)

    def sends(name, *options):
        return run("curl", "--silent", "--insecure", *options, "--form", f"picture=@/root/{name}", page.link)

    assert "larger than 10 MiB" in sends("large.png"), "curl asks before it sends"
    assert "larger than 10 MiB" in sends("large.png", "--header", "Expect:"), "it sends all of it, and is told why"
    assert "There is no QR code in this picture." in sends("no-code.png")
    assert "<h1 tabindex=\"-1\">The picture was accepted</h1>" in sends("right.png")
    assert page.end() == "accepted"
    assert "This link was used already" in sends("right.png")
    page.close()


def a_telephone_that_comes_when_nobody_waits_is_told(web01):
    with _telephone(web01) as (page, browser):
        browser.open(page.link)
        page.tool.kill()
        page.tool.wait()
        browser.reload()
        browser.wait_for_text("nobody waits for the picture any more")
        following = Page(web01)
        browser.open(following.link)
        browser.wait_for("#picture")
        following.close()


def the_certificate_of_the_configuration_is_shown(web01):
    make_certificate("/root", ["web01"])
    page = Page(web01, certificate=["/root/server.pem", "/root/server.key"])
    trusted = ssl.create_default_context(cafile="/root/ca.pem")
    with urllib.request.urlopen(page.link, context=trusted) as answer:
        assert answer.status == 200
    try:
        urllib.request.urlopen(page.link)
        raise AssertionError("a certificate that nobody vouches for was believed")
    except urllib.error.URLError as problem:
        assert "CERTIFICATE_VERIFY_FAILED" in str(problem), problem
    page.close()


def the_page_has_no_privileges_and_outlives_nothing(web01):
    page = Page(web01)
    with open(f"/proc/{page.process}/status", encoding="utf-8") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    nobody = pwd.getpwnam("nobody")
    assert status["Uid"].split() == [str(nobody.pw_uid)] * 4, status["Uid"]
    assert status["Gid"].split() == [str(nobody.pw_gid)] * 4, status["Gid"]
    assert not status["Groups"].strip() and status["CapEff"] == status["CapPrm"] == "0" * 16
    page.close()
