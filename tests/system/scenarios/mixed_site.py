"""The example of a site where most show a key, some type a password, and a backup has its key alone."""
from web01 import CODE_PROMPT, run


def _site(web01):
    with open(f"{web01.project}/etc/ssh/mixed.conf", encoding="utf-8") as file:
        settings = file.read()
    backup_network = "Address 192.0.2.0/24,2001:db8::/32"
    assert backup_network in settings
    for group in ("key-and-code", "password-and-code"):
        run("groupadd", group)
    web01.start_service()
    web01.start_sshd(stack="sshd-mixed", settings=settings.replace(backup_network, "Address 127.0.0.1"))


def _person(web01, name, *groups, key=False, enrolled=True):
    person = web01.add_person(name, enrolled=enrolled)
    for group in groups:
        run("usermod", "--append", "--groups", group, name)
    if key:
        web01.give_key(person)
    return person


def who_types_a_password_needs_no_key(web01):
    _site(web01)
    bob = _person(web01, "bob", "password-and-code")
    session = web01.ssh("bob")
    session.answer("Password: ", "not their password")
    assert session.end() != 0
    assert CODE_PROMPT not in session.transcript
    session = web01.ssh("bob")
    session.answer("Password: ", bob.password)
    session.answer(CODE_PROMPT, bob.phone.code())
    session.expect("logged in as bob")
    assert session.end() == 0
