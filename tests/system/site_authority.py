"""The authority that a site has anyway, made with openssl as its manual has it: a root, and one between it and the machines."""
import os
import subprocess
import tempfile

CONFIGURATION = """
[req]
distinguished_name = nothing
prompt = no
[nothing]
CN = nobody
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[between]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[machine]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:${ENV::NAME}
"""
P_256 = ("EC", "-pkeyopt", "ec_paramgen_curve:P-256")
P_384 = ("EC", "-pkeyopt", "ec_paramgen_curve:P-384")
RSA = ("RSA", "-pkeyopt", "rsa_keygen_bits:2048")
ED25519 = ("ED25519",)
FOLDER = "/etc/site-pki"  # of each machine
OPTIONS = ("--certificate", f"{FOLDER}/machine.pem", "--key", f"{FOLDER}/machine.key", "--ca", f"{FOLDER}/root.pem")


class SiteAuthority:
    def __init__(self):
        self._place = tempfile.TemporaryDirectory()
        self._write("configuration", CONFIGURATION)
        self._key("root", RSA)
        self.make_root(3650)
        self._sign("between", P_256, "/O=Example/CN=Example Issuing 1", "root", "between")

    def make_root(self, days):
        """Its certificate, which is another one each time, of the same key."""
        self._openssl("req", "-x509", "-new", "-key", "root.key", "-subj", "/O=Example/CN=Example Root", "-days", str(days),
                      "-extensions", "root", "-out", "root.pem")
        self.root = self._read("root.pem")

    def issue(self, name, kind=P_256):
        """Its certificate with the one between behind it, and its key."""
        self._sign("machine", kind, f"/O=Example/CN={name}", "between", "machine", NAME=name)
        return self._read("machine.pem") + self._read("between.pem"), self._read("machine.key")

    def give(self, machine, kind=P_256, name=None):
        """As the site's tools put it on a machine, which is called so."""
        certificate, key = self.issue(name or machine.name, kind)
        machine.run("install", "-d", "-m", "755", FOLDER)
        for file, content, mode in (("machine.pem", certificate, "644"), ("machine.key", key, "600"),
                                    ("root.pem", self.root, "644")):
            machine.run("sh", "-c", f"umask 077; cat >{FOLDER}/{file}.new", input=content)
            machine.run("chmod", mode, f"{FOLDER}/{file}.new")
            machine.run("mv", f"{FOLDER}/{file}.new", f"{FOLDER}/{file}")
        return certificate, key

    def _sign(self, name, kind, subject, signer, extensions, **environment):
        self._key(name, kind)
        self._openssl("req", "-new", "-key", f"{name}.key", "-subj", subject, "-out", f"{name}.csr", **environment)
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{signer}.pem", "-CAkey", f"{signer}.key", "-CAcreateserial",
                      "-days", "90", "-extfile", "configuration", "-extensions", extensions, "-out", f"{name}.pem", **environment)

    def _key(self, name, kind):
        self._openssl("genpkey", "-algorithm", *kind, "-out", f"{name}.key")

    def _openssl(self, *arguments, **environment):
        done = subprocess.run(["openssl", *arguments], cwd=self._place.name, capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, env={**os.environ, "OPENSSL_CONF": f"{self._place.name}/configuration",
                                                             "NAME": "nobody", **environment})
        assert done.returncode == 0, f"openssl {' '.join(arguments)}:\n{done.stderr}"

    def _write(self, name, content):
        with open(os.path.join(self._place.name, name), "w", encoding="ascii") as file:
            file.write(content)

    def _read(self, name):
        with open(os.path.join(self._place.name, name), encoding="ascii") as file:
            return file.read()
