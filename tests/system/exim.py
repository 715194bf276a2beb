"""A real mail server: Exim on loopback with STARTTLS and a login on one port, TLS from the start on another. Every
recipient's mail is kept; some recipients are refused, or put off, on purpose. Needs root."""
import email.utils
import glob
import os
import re
import secrets
import shutil
import socket
import subprocess
import time

from patience import PATIENCE

CONFIGURATION = """
primary_hostname = mail.example.net
exim_user = Debian-exim
exim_group = Debian-exim
spool_directory = {dir}/spool
log_file_path = {dir}/%slog
pid_file_path = {dir}/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port} : {tls_port}
tls_on_connect_ports = {tls_port}
tls_advertise_hosts = {starttls_hosts}
tls_certificate = {dir}/server.pem
tls_privatekey = {dir}/server.key
host_lookup =
rfc1413_query_timeout = 0s
queue_run_max = 1
never_users =
keep_environment =
domainlist local_domains = *
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
  deny    local_parts = refused
          message     = no such user here
  defer   local_parts = greylisted
          condition   = ${{if !exists{{{dir}/open}}}}
          message     = try again later
  {login_rule}
  accept
data:
  deny    condition   = ${{if match{{$recipients}}{{spam}}}}
          message     = this looks like spam
  accept
begin routers
keep:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = {dir}/box
  maildir_format
  envelope_to_add
  return_path_add
  user = Debian-exim
  group = Debian-exim
  mode = 0644
  directory_mode = 0755
begin retry
* * F,1h,5m
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{user}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
  server_advertise_condition = ${{if def:tls_in_cipher}}
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and{{{{eq{{$auth1}}{{{user}}}}}{{eq{{$auth2}}{{{password}}}}}}}}}
  server_set_id = $auth1
  server_advertise_condition = ${{if def:tls_in_cipher}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=PATIENCE)


def make_certificate(directory, names, authority="ca"):
    """An authority of our own (ca.pem) and a certificate of it for `names` (server.pem, server.key)."""
    ca, key, request, server = (f"{directory}/{name}" for name in (authority, "server.key", "request", "server.pem"))
    ec_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    # Python since 3.13 verifies as RFC 5280 says: an authority without a key usage is none.
    _openssl("req", "-x509", *ec_key, "-days", "2", "-subj", f"/CN=Authority of {authority}", "-addext",
             "keyUsage=critical,keyCertSign,cRLSign", "-keyout", f"{ca}.key", "-out", f"{ca}.pem")
    _openssl("req", *ec_key, "-subj", "/CN=server", "-keyout", key, "-out", request)
    alternatives = ",".join(("IP:" if re.fullmatch(r"[0-9.]+", name) else "DNS:") + name for name in names)
    with open(f"{directory}/extensions", "w", encoding="utf-8") as file:
        file.write(f"subjectAltName={alternatives}\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
    _openssl("x509", "-req", "-in", request, "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-CAcreateserial", "-days", "2",
             "-extfile", f"{directory}/extensions", "-out", server)


class Exim:
    """`with Exim(directory) as exim:`; the directory is made, and may be anywhere that every account can pass.

    port: STARTTLS (starttls=False: none), and a login with user and password, which is offered under TLS only and which
          nobody may send without (login=False: anybody may)
    tls_port: the same with TLS from the start
    host, ca_file: what the certificate is for (names), and who signed it; other_ca_file: somebody who did not
    refused@ANYWHERE answers 550, greylisted@ 451 until let_in(), spam@ 550 after the text.
    system_wide: makes it the configuration of /usr/sbin/sendmail too (only where /etc is private)."""

    def __init__(self, directory, names=("localhost", "127.0.0.1"), starttls=True, login=True, system_wide=False):
        self.dir = directory
        self.names = names
        self.host = "localhost"
        self.starttls = starttls
        self.login = login
        self.system_wide = system_wide
        self.user = "robot"
        self.password = "Exim-" + secrets.token_hex(8)
        self.ca_file = f"{directory}/ca.pem"
        self.other_ca_file = f"{directory}/other.pem"
        self.daemon = None

    def __enter__(self):
        self._make_directory()
        for _ in range(5):  # somebody else may take a free port before exim does
            self.port, self.tls_port = free_port(), free_port()
            self._write_configuration()
            if self._start():
                return self
        raise AssertionError("exim did not start: " + self.log())

    def __exit__(self, *_):
        self.stop()

    def _make_directory(self):
        os.makedirs(self.dir, exist_ok=True)
        os.chmod(self.dir, 0o755)
        make_certificate(self.dir, ["elsewhere"], "other")
        make_certificate(self.dir, self.names)
        for name in ("spool", "box"):
            os.makedirs(f"{self.dir}/{name}", exist_ok=True)
            shutil.chown(f"{self.dir}/{name}", "Debian-exim", "Debian-exim")
        shutil.chown(self.dir, "Debian-exim")  # the logs and the pid file
        shutil.chown(f"{self.dir}/server.key", "Debian-exim")

    def _write_configuration(self):
        text = CONFIGURATION.format(dir=self.dir, port=self.port, tls_port=self.tls_port, user=self.user,
                                    password=self.password, starttls_hosts="*" if self.starttls else "",
                                    login_rule="require authenticated = *\n          message = log in first"
                                    if self.login and not self.system_wide else "")
        self.configuration = "/etc/exim4/exim4.conf" if self.system_wide else f"{self.dir}/exim.conf"
        with open(self.configuration, "w", encoding="utf-8") as file:
            file.write(text)

    def _start(self):
        with open(f"{self.dir}/output", "ab") as output:
            self.daemon = subprocess.Popen(["/usr/sbin/exim4", "-C", self.configuration, "-bdf"],
                                           stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.daemon.poll() is None:
            if self._answers(self.port) and self._answers(self.tls_port):
                return True
            time.sleep(0.02)
        self.stop()
        return False

    @staticmethod
    def _answers(port):
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    def stop(self):
        if self.daemon and self.daemon.poll() is None:
            self.daemon.terminate()
            self.daemon.wait(timeout=PATIENCE)

    def let_in(self):
        """greylisted@ is accepted from now on."""
        with open(f"{self.dir}/open", "w", encoding="utf-8"):
            pass

    def mailbox(self, local_part):
        """The messages delivered to local_part at any domain, oldest first, each as the text of the whole message."""
        found = []
        for path in glob.glob(f"{self.dir}/box/new/*"):
            with open(path, encoding="utf-8", newline="") as file:
                text = file.read()
            to = re.search(r"^Envelope-to: (.*)$", text, re.MULTILINE)
            if to and email.utils.parseaddr(to[1])[1].rpartition("@")[0] == local_part:
                found.append((os.stat(path).st_mtime_ns, path, text))
        return [text for _, _, text in sorted(found)]

    def wait_for_mail(self, local_part, timeout=PATIENCE, count=1):
        """Waits until `count` messages are there; gives the newest."""
        deadline = time.monotonic() + timeout
        while len(self.mailbox(local_part)) < count:
            assert time.monotonic() < deadline, f"no mail for {local_part} came:\n{self.log()}"
            time.sleep(0.02)
        return self.mailbox(local_part)[-1]

    def log(self):
        text = ""
        for name in ("output", "mainlog", "rejectlog", "paniclog"):
            if os.path.exists(f"{self.dir}/{name}"):
                with open(f"{self.dir}/{name}", encoding="utf-8", errors="replace") as file:
                    text += file.read()
        return text
