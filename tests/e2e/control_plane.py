"""A Kubernetes control plane of its own: etcd, kube-apiserver and, where wanted, kube-controller-manager as processes on
free ports, with certificates of a CA made for the run, an audit log, and kubectl. `with ControlPlane() as plane:` leaves
nothing behind, whatever happens in between."""
import http.client
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.request

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import product
from product import Failure, expect, free_ports

PREFIX = "labgallery-e2e-"
HERE = pathlib.Path(__file__).resolve().parent
CRDS = product.ROOT / "crds"
# Who is who: file name -> subject. The API server takes CN as the user and O as its groups.
ADMIN, MANAGER, OPERATOR = "admin", "controller-manager", "operator"
SUBJECTS = {ADMIN: "/O=system:masters/CN=admin", MANAGER: "/CN=system:kube-controller-manager",
            OPERATOR: "/CN=labgallery"}
AUDIT_POLICY = """apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
%s  - level: Metadata
    users: [labgallery]
  - level: None
"""
# What became of an object by each write; this makes the log long.
AUDIT_BODIES = """  - level: RequestResponse
    users: [labgallery]
    verbs: [patch]
    resources: [{group: labgallery.io}]
"""


def programs():
    """The folder of the control plane's programs; the run has built them already, or says what is missing."""
    ran = subprocess.run([product.ROOT / "scripts" / "control-plane"], stdout=subprocess.PIPE, text=True)
    if ran.returncode != 0:
        raise SystemExit(ran.returncode)
    return pathlib.Path(ran.stdout.strip())


def sweep():
    """Removes the folders of runs that were killed before they could do so."""
    for folder in pathlib.Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not pathlib.Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


class Pki:
    """Keys and certificates of one run, made with openssl. They are some hours old, so that a client whose clock is not right
    finds them valid."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self._openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.key("ca"))
        self._openssl("req", "-x509", "-new", "-key", self.key("ca"), "-subj", "/CN=e2e", "-days", "2",
                      "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", self.certificate("ca"))
        self.issue("server", "/CN=kube-apiserver", "serverAuth",
                   "IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc")
        for name, subject in SUBJECTS.items():
            self.issue(name, subject, "clientAuth")
        self._openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.key("service-accounts"))

    def key(self, name):
        return self.folder / f"{name}.key"

    def certificate(self, name):
        return self.folder / f"{name}.crt"

    def issue(self, name, subject, usage, names=""):
        """A new key and certificate in the place of the old ones; each appears whole."""
        extensions = self.folder / f"{name}.ext"
        lines = ["keyUsage=critical,digitalSignature", f"extendedKeyUsage={usage}"]
        extensions.write_text("\n".join(lines + ([f"subjectAltName={names}"] if names else [])) + "\n")
        key, request, made = (self.folder / f".{name}.{kind}" for kind in ("key", "csr", "crt"))
        self._openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        self._openssl("req", "-new", "-key", key, "-subj", subject, "-out", request)
        self._openssl("x509", "-req", "-in", request, "-CA", self.certificate("ca"), "-CAkey", self.key("ca"),
                      "-CAcreateserial", "-days", "1", "-extfile", extensions, "-out", made)
        key.rename(self.key(name))
        made.rename(self.certificate(name))

    @staticmethod
    def _openssl(*arguments):
        ran = subprocess.run(["faketime", "-f", "-3h", "openssl", *map(str, arguments)], capture_output=True, text=True)
        expect(ran.returncode == 0, f"openssl {arguments[0]} failed: {ran.stderr}")


class ControlPlane:
    def __init__(self, with_manager=True, audit_bodies=False):
        sweep()
        self.programs = programs()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.pki = Pki(self.folder / "pki")
        self.etcd_port, self.peer_port, self.port = free_ports(3)
        self.url = f"https://127.0.0.1:{self.port}"
        self.audit = self.folder / "audit.log"
        self._with_manager, self._audit_bodies = with_manager, audit_bodies
        self._processes = {}  # name -> Popen
        for name in SUBJECTS:
            self.kubeconfig(name)

    def __enter__(self):
        try:
            self.start_etcd()
            self.start_api_server()
            if self._with_manager:
                self._start_manager()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # An API server without etcd does not end on SIGTERM, and nothing here is worth a farewell.
        for process in reversed(list(self._processes.values())):
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- processes

    def start_etcd(self):
        url = f"http://127.0.0.1:{self.etcd_port}"
        self._start("etcd", "--data-dir", self.folder / "etcd", "--listen-client-urls", url,
                    "--advertise-client-urls", url, "--listen-peer-urls", f"http://127.0.0.1:{self.peer_port}",
                    "--unsafe-no-fsync", "--log-level", "error")

    def start_api_server(self, feature_gates=""):
        policy = self.folder / "audit-policy.yaml"
        policy.write_text(AUDIT_POLICY % (AUDIT_BODIES if self._audit_bodies else ""))
        pki = self.pki
        more = [f"--feature-gates={feature_gates}"] if feature_gates else []
        self._start("kube-apiserver", f"--etcd-servers=http://127.0.0.1:{self.etcd_port}",
                    "--bind-address=127.0.0.1", f"--secure-port={self.port}", "--endpoint-reconciler-type=none",
                    f"--tls-cert-file={pki.certificate('server')}", f"--tls-private-key-file={pki.key('server')}",
                    f"--client-ca-file={pki.certificate('ca')}", "--authorization-mode=RBAC",
                    "--service-account-issuer=https://kubernetes.default.svc",
                    f"--service-account-key-file={pki.key('service-accounts')}",
                    f"--service-account-signing-key-file={pki.key('service-accounts')}",
                    "--service-cluster-ip-range=10.0.0.0/24", "--disable-admission-plugins=ServiceAccount",
                    f"--audit-policy-file={policy}", f"--audit-log-path={self.audit}", *more)
        product.until("the API server is ready", lambda: self.ready() or self._ended("kube-apiserver"))

    def _start_manager(self):
        self._start("kube-controller-manager", f"--kubeconfig={self.kubeconfig(MANAGER)}", "--leader-elect=false",
                    "--use-service-account-credentials=true", "--secure-port=0",
                    "--controllers=namespace-controller,garbage-collector-controller,serviceaccount-controller,"
                    "serviceaccount-token-controller,clusterrole-aggregation-controller",
                    f"--service-account-private-key-file={self.pki.key('service-accounts')}")

    def _start(self, name, *arguments):
        with open(self.folder / f"{name}.log", "ab") as log:
            self._processes[name] = product.spawn(self.programs / name, *arguments, stdout=log, stderr=log,
                                                  cwd=self.folder)

    def _ended(self, name):
        code = self._processes[name].poll()
        if code is not None:
            raise Failure(f"{name} has ended with {code}:\n{self.log_of(name)[-2000:]}")

    def compact(self):
        """Takes everything but the last revision out of etcd, as the API server itself has it done every five minutes."""
        etcd = f"http://127.0.0.1:{self.etcd_port}/v3/kv"
        last = product.must("POST", f"{etcd}/range", {"key": "AA==", "limit": 1})["header"]["revision"]
        product.must("POST", f"{etcd}/compaction", {"revision": last, "physical": True})

    def process(self, name):
        return self._processes[name]

    def kill(self, name):
        self._processes[name].kill()
        self._processes[name].wait()

    def log_of(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")

    # ---- talking to it

    def tls(self, name=ADMIN):
        context = ssl.create_default_context(cafile=str(self.pki.certificate("ca")))
        context.load_cert_chain(self.pki.certificate(name), self.pki.key(name))
        return context

    def ready(self):
        try:
            with urllib.request.urlopen(self.url + "/readyz", context=self.tls(), timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def kubeconfig(self, name, server=None, file=None):
        """A kubeconfig for one of the identities, towards the API server or what stands before it."""
        file = self.folder / (file or f"{name}.kubeconfig")
        cluster = {"server": server or self.url}
        if cluster["server"].startswith("https:"):
            cluster["certificate-authority"] = str(self.pki.certificate("ca"))
        user = {"client-certificate": str(self.pki.certificate(name)), "client-key": str(self.pki.key(name))}
        file.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "e2e",
            "clusters": [{"name": "e2e", "cluster": cluster}], "users": [{"name": name, "user": user}],
            "contexts": [{"name": "e2e", "context": {"cluster": "e2e", "user": name}}]}))
        return file

    def run_kubectl(self, *arguments, stdin=None, environment=None, timeout=product.PATIENCE):
        """(exit status, stdout, stderr) of kubectl as the administrator."""
        settings = {"PATH": os.environ.get("PATH", ""), "HOME": str(self.folder),
                    "KUBECONFIG": str(self.folder / f"{ADMIN}.kubeconfig"), **(environment or {})}
        ran = subprocess.run([self.programs / "kubectl", *map(str, arguments)], capture_output=True, text=True,
                             input=stdin, timeout=timeout, env=settings)
        return ran.returncode, ran.stdout, ran.stderr

    def kubectl(self, *arguments, **options):
        """What kubectl printed; it must succeed."""
        status, out, err = self.run_kubectl(*arguments, **options)
        expect(status == 0, f"kubectl {' '.join(map(str, arguments))} ends with {status}:\n{(out + err)[-3000:]}")
        return out

    def refused(self, *arguments, **options):
        """What kubectl complained about; it must fail."""
        status, out, err = self.run_kubectl(*arguments, **options)
        expect(status != 0, f"kubectl {' '.join(map(str, arguments))} succeeds:\n{(out + err)[-3000:]}")
        return err

    def ask(self, method, path, body=None, content_type="application/json"):
        """(status, JSON) of one request of the administrator, without the weight of kubectl."""
        text = None if body is None else json.dumps(body)
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=self.tls())
        try:
            connection.request(method, path, text, {"Content-Type": content_type})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or "null")
        finally:
            connection.close()

    def must(self, method, path, body=None, content_type="application/json"):
        status, answer = self.ask(method, path, body, content_type)
        expect(status < 300, f"{method} {path} is answered {status}: {str(answer)[:500]}")
        return answer

    def install_crds(self):
        told = self.kubectl("apply", "--server-side", "-f", CRDS)
        self.kubectl("wait", "--for=condition=Established", "--timeout=60s", "-f", CRDS)
        return told

    def audited(self):
        """What the audit log tells about the operator's requests, as JSON. Its last line may be under way."""
        if not self.audit.exists():
            return []
        return [json.loads(line) for line in self.audit.read_text().split("\n")[:-1]]


class Proxy:
    """`kubectl proxy` as one of the identities: plain HTTP on this machine in front of the API server."""

    def __init__(self, plane, name=ADMIN):
        (port,) = free_ports(1)
        log = open(plane.folder / "kubectl-proxy.log", "ab")
        self.process = product.spawn(plane.programs / "kubectl", "proxy", f"--port={port}",
                                     f"--kubeconfig={plane.folder / f'{name}.kubeconfig'}", stdout=log, stderr=log)
        log.close()
        self.address, self.url = f"127.0.0.1:{port}", f"http://127.0.0.1:{port}"
        product.until("kubectl proxy answers", self._answers)

    def _answers(self):
        expect(self.process.poll() is None, "kubectl proxy has ended")
        try:
            return product.ask("GET", self.url + "/version")[0] == 200
        except OSError:
            return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
