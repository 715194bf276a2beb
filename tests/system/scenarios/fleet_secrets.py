"""What somebody has who has broken into a plain host: its memory, its disk, and the keys of its traffic."""
import base64
import re

from crowds import rounds
from sealed_credential import MAGIC, digest_of, recovery_set
from web01 import CODE_PROMPT, ssh_client

LOGINS = rounds(100, 5)
BY_MISTAKE = "Typed-where-a-code-belongs-4711"


def _seed(person):
    key = person.phone.key
    return {"seed": key, "seed, base32": person.phone.secret.encode(), "seed, hex": key.hex().encode(),
            "seed, base64": base64.b64encode(key)[:-1]}


def _recovery_codes(codes):
    return {f"recovery code {number}": code.encode() for number, code in enumerate(codes)} | \
        {f"recovery code {number}, bare": code.replace("-", "").encode() for number, code in enumerate(codes)}


def _ring_key(node):
    return bytes.fromhex(re.search("^key=(.*)$", node.read("/etc/secondstep/host.key"), re.MULTILINE).group(1))


def _ring(node):
    key = _ring_key(node)
    return {"ring": key, "ring, hex": key.hex().encode()}


def _digests(node, person):
    """What the node keeps of recovery codes, and what they are made with."""
    sealed = next(record for record in node.records_of(person.name) if record.startswith(MAGIC))
    of = recovery_set(sealed, _ring_key(node))
    assert digest_of(person.recovery_codes[0], of) in of.digests, "these are no digests of the recovery codes"
    kept = {"pepper": of.pepper, "salt": of.salt, **{f"digest {number}": digest for number, digest in enumerate(of.digests)}}
    return kept | {f"{label}, hex": value.hex().encode() for label, value in kept.items()}


def _records(node, name):
    records = [record for record in node.records_of(name) if len(record) >= 512]
    assert records, "the node has no record of them"
    # Behind what each file begins with; nothing but zeros is nobody's secret.
    return {f"record {number}": record[128:160] for number, record in enumerate(records) if any(record[128:160])}


def _log_in_often(fleet, alice):
    for _ in range(LOGINS):
        fleet.logs_in(fleet.web01, alice)
    session = fleet.at_the_prompt(fleet.web01, alice)
    session.type(BY_MISTAKE)
    session.expect("That is no code")
    session.answer(CODE_PROMPT, alice.phone.code())
    fleet.is_in(session, fleet.web01, alice)
    fleet.logs_in(fleet.web01, alice, alice.recovery_codes[-1])


def _answers_every_question_with_the_password(fleet, alice):
    """sshd's method `password`: what the client sent is its answer to the question for a code as well."""
    session = ssh_client(f"alice@{fleet.web01.address}", "echo", "in", options=["-o", "PreferredAuthentications=password"])
    session.answer("password: ", alice.password)
    assert session.end() != 0, session.transcript
    fleet.web01.expect_log("user=alice service=sshd")


def a_plain_host_has_no_key_and_no_password_in_memory_on_disk_or_in_traffic(fleet):
    fleet.stand(hosts=[fleet.web01])
    fleet.web01.start_sshd(address=fleet.web01.address, settings="PasswordAuthentication yes\nAuthenticationMethods any")
    alice = fleet.add_person("alice", enrolled=True, method="hotp")
    fleet.web01.stop_relay()
    fleet.web01.start_relay_seen()
    fleet.web01.expect_node_is("asked")
    _log_in_often(fleet, alice)
    _answers_every_question_with_the_password(fleet, alice)
    passwords = {"password": alice.password.encode(), "typed by mistake": BY_MISTAKE.encode()}
    secrets = {**_seed(alice), **_recovery_codes(alice.recovery_codes[:-1]), **_digests(fleet.auth1, alice),
               **_ring(fleet.auth1), **_records(fleet.auth1, "alice"), **passwords}
    found = {"memory": fleet.web01.found_in_memory(secrets), "disk": fleet.web01.found_on_disk(secrets),
             "traffic": fleet.web01.seen_traffic(secrets)}
    assert not any(found.values()), found
    _would_have_been_found(fleet, alice, secrets)


def _would_have_been_found(fleet, alice, secrets):
    """The controls: each search finds what is there."""
    assert "ring" in fleet.auth1.found_in_memory(secrets)
    assert fleet.web01.seen_traffic({"code": alice.phone.given[-1].encode(), "who": b"alice"}) == {"code", "who"}
    fleet.web01.plant("/var/lib/planted", alice.phone.secret.encode() + secrets["digest 0"])
    assert fleet.web01.found_on_disk(secrets) == {"seed, base32", "digest 0"}
    fleet.web01.stop()
    fleet.web01.start(PLANTED=alice.phone.secret + secrets["digest 1, hex"].decode())
    assert fleet.web01.found_in_memory(secrets) == {"seed, base32", "digest 1, hex"}
