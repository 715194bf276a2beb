"""The second factor of outside portals, kept for scripts."""
import base64
import json
import os
import re
import subprocess
import time
import urllib.parse

from authenticator import one_time_password
from browser import PHONE, Browser
from courier import Courier
from kannel import Kannel
from patience import PATIENCE
from portal_site import INVOICE, PortalSite
from terminal import Terminal
from web01 import PROJECT, run

KEY_PROMPT = "Security key"
PRESENT = "Present verification or recovery code: "
NUMBER = "+4915123456745"
INVITATION = "otpauth://totp/Example:leaver?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Example"
FETCH = f"{PROJECT}/etc/examples/fetch-invoices"


def _as(user, *command, text="", **environment):
    """Without a terminal, as a script; gives what ended."""
    settings = {"PATH": os.environ["PATH"], "HOME": f"/home/{user}", **environment}
    return subprocess.run(["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command],
                          input=text, capture_output=True, text=True, timeout=PATIENCE, env=settings, cwd="/")


def _picture(text, path="/root/portal.png"):
    run("qrencode", "-o", path, "-s", "5", text)
    return path


def _credentials(password):
    """As LoadCredential= of systemd hands them to the service alone."""
    folder = "/run/credentials-of-fetch"
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/password", "w", encoding="utf-8") as file:
        file.write(password + "\n")
    run("chown", "-R", "fetch:fetch", folder)
    run("chmod", "-R", "u=rX,go=", folder)
    return folder


def _fetch(site, address):
    return _as("fetch", FETCH, "invoices", address, site.user, "/home/fetch/latest.pdf",
               CREDENTIALS_DIRECTORY=_credentials(site.password))


def what_somebody_gone_has_linked_is_named_and_removed_at_once(web01):
    """The next account with that name and uid would read the codes."""
    web01.add_person("leaver")
    web01.start_service()
    for name in ("one", "two"):
        run("secondstep", "portal", "add", name, "--owner", "leaver", "--qr", _picture(INVITATION), "--yes")

    def doubts():
        said = subprocess.run(["secondstep", "doctor"], capture_output=True, text=True, check=False).stdout
        return [line for line in said.splitlines() if "portals of leaver" in line]

    assert not doubts(), doubts()
    refused = _as("leaver", "secondstep", "portal", "remove", "--owner", "leaver", "--yes")
    assert refused.returncode == 5, refused
    run("userdel", "leaver")
    assert "there is no such account any more" in doubts()[0], doubts()
    run("secondstep", "portal", "remove", "--owner", "leaver", "--yes")
    assert not doubts(), doubts()


def a_timer_fetches_from_a_portal_that_takes_each_code_once(web01):
    web01.add_person("fetch")
    web01.start_service()
    site = PortalSite()
    web01.planted.append(site.secret)
    said = run("secondstep", "portal", "add", "invoices", "--qr", _picture(site.uri), "--share", "fetch", "--yes")
    assert "Example Portal: fetch@example.com" in said and site.secret not in said, said
    with site.open() as address:
        for _ in range(2):  # the second one has to wait for a code that the portal has not seen
            done = _fetch(site, address)
            assert done.returncode == 0, done.stderr
            with open("/home/fetch/latest.pdf", "rb") as file:
                assert file.read() == INVOICE
        assert site.logins == [True, True]
        # The control: without --wait the portal sees one code twice, and refuses it.
        code = _as("fetch", "secondstep", "code", "invoices", "--wait").stdout.strip()
        again = _as("fetch", "secondstep", "code", "invoices")
        web01.planted.append(code)
        assert again.stdout.strip() == code and "--wait" in again.stderr, again
        assert site.accepts(site.user, site.password, code)
        assert not site.accepts(site.user, site.password, code)
    web01.expect_log(r"change=portal-code user=fetch service=secondstep portal=invoices owner=host")


def people_keep_portals_of_their_own(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.add_person("bob")
    web01.start_service()
    site = PortalSite(period=30)
    web01.planted.append(site.secret)
    added = _as("alice", "secondstep", "portal", "add", "bank", "--yes", "--note", "mine", "--share", "bob",
                text=site.uri + "\n")
    assert added.returncode == 0, added.stderr
    own = json.loads(_as("alice", "secondstep", "code", "bank", "--json").stdout)
    assert own["owner"] == "alice" and own["remaining_seconds"] <= 30, own
    web01.planted.append(own["code"])
    assert _as("bob", "secondstep", "code", "bank").returncode == 1, "bob has no portal of that name"
    shared = _as("bob", "secondstep", "code", "bank", "--owner", "alice")
    assert re.fullmatch(r"[0-9]{6}\n", shared.stdout), shared.stderr
    web01.planted.append(shared.stdout.strip())
    refused = _as("bob", "secondstep", "portal", "remove", "bank", "--owner", "alice", "--yes")
    assert refused.returncode == 1 and "no portal" in refused.stderr, refused
    assert _as("bob", "secondstep", "portal", "export", "bank", "--owner", "alice", "--yes").returncode == 1
    # The owner's own second step stands before the key.
    session = Terminal("secondstep", "portal", "export", "bank", user="alice")
    session.answer(r"\[y/N\] ", "y")
    session.answer(PRESENT, alice.phone.code())
    session.expect("otpauth://totp/")
    assert session.end() == 0
    assert "bank" in _as("alice", "secondstep", "portal", "list").stdout
    assert "No portal" in run("secondstep", "portal", "list"), "the host has none"
    assert "bank" in run("secondstep", "portal", "list", "--owner", "alice")


def a_key_is_typed_and_confirmed_at_a_terminal(web01):
    web01.add_person("alice")
    web01.start_service()
    site = PortalSite(period=30)
    web01.planted.append(site.secret)
    session = Terminal("secondstep", "portal", "add", "bank", user="alice")
    spaced = " ".join(re.findall("....", site.secret.lower()))
    session.answer(KEY_PROMPT, spaced)
    shown = session.expect(r"Code now:  ([0-9]{6})").group(1)
    web01.planted.append(shown)
    assert shown in {one_time_password(site.key, step) for step in _steps_near_now()}
    session.expect("authenticator app")
    session.answer(r"Store it\?", "y")
    assert session.end() == 0, session.transcript
    assert _as("alice", "secondstep", "code", "bank").returncode == 0


def _steps_near_now(period=30):
    now = int(time.time()) // period
    return range(now - 1, now + 2)


def without_the_service_nobody_but_root_gets_a_code(web01):
    web01.add_person("alice")
    site = PortalSite(period=30)
    run("secondstep", "portal", "add", "bank", "--share", "alice", "--yes", input=site.uri)
    refused = _as("alice", "secondstep", "code", "bank")
    assert refused.returncode == 4 and refused.stdout == "" and "service" in refused.stderr, refused
    assert re.fullmatch(r"[0-9]{6}\n", run("secondstep", "code", "bank"))
    # The store is the service's alone.
    assert _as("alice", "cat", "/var/lib/secondstep/portals/+host.portals").returncode != 0


def eight_scripts_at_once_get_eight_codes(web01):
    """HOTP: no counter is handed out twice, also not to processes that ask at the same moment."""
    web01.add_person("fetch")
    web01.start_service()
    key = os.urandom(20)
    secret = base64.b32encode(key).decode()
    web01.planted.append(secret)
    added = _as("fetch", "secondstep", "portal", "add", "counter", "--yes",
                text=f"otpauth://hotp/x?secret={secret}&counter=0")
    assert added.returncode == 0, added
    given = []
    for _ in range(5):
        asking = [subprocess.Popen(["setpriv", "--reuid=fetch", "--regid=fetch", "--clear-groups", "secondstep", "code",
                                    "counter"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
                  for _ in range(8)]
        given += [process.communicate(timeout=PATIENCE)[0].strip() for process in asking]
        assert all(process.returncode == 0 for process in asking)
    # The first one was shown when the portal was linked.
    assert sorted(given) == sorted(one_time_password(key, counter) for counter in range(1, 41)), given


def an_app_is_moved_with_the_pictures_of_its_export(web01):
    web01.add_person("alice")
    web01.start_service()
    names = ["one", "two", "three"]
    keys = [os.urandom(20) for _ in names]
    pictures = [_picture(_export([pair], index, 3), f"/root/export{index}.png")
                for index, pair in enumerate(zip(names, keys))]
    several = [option for picture in pictures for option in ("--qr", picture)]
    listed = subprocess.run(["secondstep", "portal", "add", "p", "--yes", *several], capture_output=True, text=True,
                            stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False)
    assert listed.returncode == 1 and all(name in listed.stdout for name in names), listed
    run("secondstep", "portal", "add", "p", "--yes", "--choose", "2", *several)
    code = run("secondstep", "code", "p").strip()
    assert code in {one_time_password(keys[1], step) for step in _steps_near_now()}
    missing = subprocess.run(["secondstep", "portal", "add", "q", "--yes", *several[:2], *several[4:]],
                             capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False)
    assert missing.returncode == 1 and "2 of 3" in missing.stderr, missing


def _varint(number):
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    return bytes(encoded + bytes([number]))


def _field(number, content):
    if isinstance(content, int):
        return _varint(number << 3) + _varint(content)
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _export(pairs, index, size):
    """What Google Authenticator's "Transfer accounts" shows, written from its published fields."""
    message = b"".join(_field(1, _field(1, key) + _field(2, name.encode()) + _field(3, b"Shop") + _field(4, 1) +
                              _field(5, 1) + _field(6, 2)) for name, key in pairs)
    message += _field(2, 1) + _field(3, size) + _field(4, index) + _field(5, 4711)
    return "otpauth-migration://offline?data=" + urllib.parse.quote(base64.b64encode(message).decode(), safe="")


def a_phone_sends_the_picture_behind_a_link_that_came_by_sms(web01):
    """The whole way of somebody without privileges: service, courier, Kannel, telephone, page, reader, store."""
    web01.set_first_line("portal_phone_users = alice")
    web01.add_person("alice")
    web01.add_person("bob")
    web01.start_service()
    site = PortalSite(period=30)
    web01.planted.append(site.secret)
    picture = _picture(site.uri)
    with Kannel("/tmp/kannel", own_network=False) as kannel, \
            Courier(web01, "[sms]\nprofile = kannel\nfrom = 13013\n",
                    f"sms_user = {kannel.user}\nsms_password = {kannel.password}\n"):
        web01.planted.append(kannel.password)
        refused = _as("bob", "secondstep", "portal", "add", "bank", "--phone", NUMBER)
        assert refused.returncode == 5 and "portal_phone_users" in refused.stderr + refused.stdout, refused
        session = Terminal("secondstep", "portal", "add", "bank", "--phone", NUMBER, user="alice")
        text = kannel.wait_for_texts(1)[-1]
        assert text.to == NUMBER and "bank" in text.text and "web01" in text.text, text
        link = re.search(r"https://\S+", text.text).group()
        web01.planted.append(link.rsplit("/", 1)[1])
        session.expect("fingerprint")
        browser = Browser(**PHONE)
        try:
            browser.open(link)
            browser.wait_for_text("QR code for bank")
            browser.choose_file("#picture", "/etc/hostname")
            browser.click("#send")
            browser.wait_for_text("is a text, not a picture")
            browser.keep_picture("phone-verb-1-not-a-picture")
            browser.choose_file("#picture", picture)
            browser.click("#send")
            browser.wait_for_text("The picture was accepted")
            browser.keep_picture("phone-verb-2-accepted")
        finally:
            browser.close()
        shown = session.expect(r"Code now:  ([0-9]{6})").group(1)
        web01.planted.append(shown)
        assert shown in {one_time_password(site.key, step) for step in _steps_near_now()}
        session.answer(r"Store it\?", "y")
        assert session.end() == 0, session.transcript
        assert len(kannel.texts()) == 1, "bob's was not sent"
    assert re.fullmatch(r"[0-9]{6}\n", _as("alice", "secondstep", "code", "bank").stdout)
    web01.expect_log(r"change=portal-link-sent user=alice service=secondstep portal=bank")
