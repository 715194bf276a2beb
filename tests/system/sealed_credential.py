"""What a credential holds, opened with the ring of its machine; etc/FORMATS.md, "Sealed file" and "Credential text", read here
once more so that the product is not tested with itself."""
import hashlib
import hmac
import subprocess
from collections import namedtuple

MAGIC = b"SSTPCRED"
HEAD, TAG = 36, 16
FIRST_BLOCK = b"\0\0\0\2"  # of AES-GCM's counter: the one before it is for the tag

RecoverySet = namedtuple("RecoverySet", "form pepper salt digests")


def _expand(key, salt, info, size):
    """HKDF-SHA256, RFC 5869."""
    secret = hmac.new(salt, key, hashlib.sha256).digest()
    block, out = b"", b""
    while len(out) < size:
        block = hmac.new(secret, block + info + bytes([len(out) // 32 + 1]), hashlib.sha256).digest()
        out += block
    return out[:size]


def _text_of(sealed, ring_key):
    assert sealed.startswith(MAGIC), sealed[:8]
    keys = _expand(ring_key, sealed[20:HEAD], b"secondstep credential", 44)
    return subprocess.run(["openssl", "enc", "-d", "-aes-256-ctr", "-K", keys[:32].hex(), "-iv",
                           (keys[32:] + FIRST_BLOCK).hex()],
                          input=sealed[HEAD:-TAG], capture_output=True, check=True).stdout.decode()


def recovery_set(sealed, ring_key):
    fields = [line.partition("=")[::2] for line in _text_of(sealed, ring_key).splitlines()]
    values = dict(fields)
    return RecoverySet(values["form"], bytes.fromhex(values["pepper"]), bytes.fromhex(values["salt"]),
                       [bytes.fromhex(value) for name, value in fields if name == "digest"])


def digest_of(code, of):
    """What the set keeps of a short code."""
    assert of.form == "short", of.form
    inner = hmac.new(of.pepper, code.replace("-", "").encode(), hashlib.sha256).digest()
    return hashlib.scrypt(inner, salt=of.salt, n=16384, r=8, p=1, maxmem=64 << 20, dklen=32)
