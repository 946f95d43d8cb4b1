#!/usr/bin/env python3
"""Metrics by HTTPS: a real API server says who may have them, a real Prometheus scrapes them, the certificate is exchanged."""
import http.client
import pathlib
import ssl

from control_plane import free_ports, product
from product import expect
from prometheus import Prometheus
from world import World

NAME_SPACE = "monitoring"
READER, STRANGER = "prometheus", "stranger"  # service accounts, of which the first may get /metrics
READERS_RIGHT = """apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: metrics-reader}
rules:
  - nonResourceURLs: [/metrics]
    verbs: [get]
"""


class MountedSecret:
    """A folder as kubelet mounts a Secret: its files lead through one link that is exchanged as a whole."""

    def __init__(self, folder):
        self.folder, self._version = folder, 0
        folder.mkdir()

    def put(self, files):
        self._version += 1
        version = self.folder / f"..{self._version}"
        version.mkdir()
        for name, source in files.items():
            (version / name).write_bytes(pathlib.Path(source).read_bytes())
            if not (self.folder / name).is_symlink():
                (self.folder / name).symlink_to(f"..data/{name}")
        fresh = self.folder / "..data_tmp"
        fresh.symlink_to(version.name)
        fresh.rename(self.folder / "..data")


class Metrics:
    def __init__(self, world):
        self.world, self.plane, self.kubectl = world, world.plane, world.kubectl
        (self.port,) = free_ports(1)
        self.secret = MountedSecret(self.plane.folder / "certificate")
        self.operator, self.tokens = None, {}

    def prepared(self):
        """two service accounts have tokens, one of them has the right; the certificate is mounted"""
        self.kubectl("create", "namespace", NAME_SPACE)
        self.kubectl("apply", "-f", "-", stdin=READERS_RIGHT)
        for name in (READER, STRANGER):
            self.kubectl("create", "serviceaccount", name, "--namespace", NAME_SPACE)
            self.tokens[name] = self._token(name)
        self.kubectl("create", "clusterrolebinding", "metrics-reader", "--clusterrole=metrics-reader",
                     f"--serviceaccount={NAME_SPACE}:{READER}")
        self._renew()
        self.operator = self._start("--metrics-cert-path", self.secret.folder)

    def _token(self, name):
        return self.kubectl("create", "token", name, "--namespace", NAME_SPACE).strip()

    def _start(self, *options):
        # Without a Lease it does not end when the API server does.
        operator = self.world.operator("--metrics-bind-address", f"127.0.0.1:{self.port}", "--log-level", "debug",
                                       "--leader-elect=false", *options)
        try:
            operator.wait_for("Endpoints are served")
        except BaseException:
            operator.kill()
            raise
        return operator

    def _renew(self):
        self.plane.pki.issue("metrics", "/CN=metrics", "serverAuth", "DNS:localhost,IP:127.0.0.1")
        self.secret.put({"tls.crt": self.plane.pki.certificate("metrics"), "tls.key": self.plane.pki.key("metrics")})

    def _context(self):
        return ssl.create_default_context(cafile=str(self.plane.pki.certificate("ca")))

    def _ask(self, token=None, path="/metrics", context=None, method="GET"):
        """(status, text) of one request on a connection of its own."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=context or self._context())
        try:
            connection.request(method, path, headers={"Authorization": f"Bearer {token}"} if token else {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def _shown(self):
        """The certificate that a new connection is shown."""
        return ssl.get_server_certificate(("127.0.0.1", self.port), ca_certs=str(self.plane.pki.certificate("ca")))

    def answered(self):
        """200 with a token and the right, 401 without a token or with a wrong one, 403 without the right"""
        status, text = self._ask(self.tokens[READER])
        expect(status == 200 and "labgallery_build_info" in text, f"with the right: {status} {text[:200]}")
        status, text = self._ask(self.tokens[STRANGER])
        expect(status == 403 and text == f"system:serviceaccount:{NAME_SPACE}:{STRANGER} may not get /metrics\n",
               f"without the right: {status} {text}")
        head, body, signature = self.tokens[READER].split(".")
        for wrong in (None, "nonsense", f"{head}.{body}.{signature[::-1]}"):
            status, text = self._ask(wrong)
            expect(status == 401, f"{'without a token' if wrong is None else 'with a wrong one'}: {status} {text}")
        # The right is on one path and one verb.
        for path, method in (("/", "GET"), ("/metrics", "POST")):
            status, text = self._ask(self.tokens[READER], path, method=method)
            expect(status == 403, f"{method} {path}: {status} {text}")
        try:
            status, text = product.ask("GET", f"http://127.0.0.1:{self.port}/metrics")
        except (OSError, http.client.HTTPException):
            return
        raise product.Failure(f"plain HTTP is answered {status} {text}")

    def scraped(self):
        """Prometheus has the data with the token of a service account that may, and none without one or without the right"""
        told = {}
        for name, wanted in ((READER, ""), (None, "401"), (STRANGER, "403")):
            how = {"scheme": "https", "tls_config": {"ca_file": str(self.plane.pki.certificate("ca"))}}
            if name:
                file = self.plane.folder / f"{name}.token"
                file.write_text(self.tokens[name])
                how["authorization"] = {"credentials_file": str(file)}
            prometheus = Prometheus([f"localhost:{self.port}"], how=how)
            try:
                up = 0 if wanted else 1

                def so():  # a scrape that takes too long on a busy machine is followed by the next one
                    seen = [value for _, value in prometheus.query("up")], bool(prometheus.query("labgallery_build_info"))
                    told[name] = (prometheus.trouble() or [""])[0]
                    return seen == ([up], bool(up)) and (wanted in told[name] if wanted else not told[name])

                product.until(f"up is {up} for {name}, who is told {wanted or 'nothing'}", so)
            finally:
                prometheus.close()
        return ", ".join(f"{name or 'without a token'}: {trouble or 'up'}" for name, trouble in told.items())

    def exchanged(self):
        """the certificate that took the place of the old one is served, without a restart"""
        before, process = self._shown(), self.operator.process.pid
        self._renew()
        after = self._shown()
        expect(after != before, "the old certificate is shown")
        expect(after.strip() == self.plane.pki.certificate("metrics").read_text().strip(), "another certificate is shown")
        expect(self._ask(self.tokens[READER])[0] == 200, "the operator does not answer")
        self.operator.wait_for("Serves metrics with the certificate that was exchanged")
        # One that does not fit its key is not used.
        self.secret.put({"tls.crt": self.plane.pki.certificate("server"), "tls.key": self.plane.pki.key("metrics")})
        expect(self._shown() == after, "a certificate is shown that has no key")
        self.operator.wait_for("Cannot use the certificate that was exchanged")
        self._renew()
        expect(self._shown() not in (before, after), "the last certificate is not shown")
        expect(self.operator.process.poll() is None and self.operator.process.pid == process, "the operator has ended")

    def unasked(self):
        """an API server that cannot be asked: 503, the log says why, and who is known stays so for a while"""
        # Whoever is known stays so for a minute; the minute of a new token begins now.
        token = self.tokens["again"] = self._token(READER)
        expect(self._ask(token)[0] == 200, "the operator does not answer")
        self.plane.kill("kube-apiserver")
        expect(self._ask(token)[0] == 200, "who was known a second ago is not known any more")
        status, text = self._ask("somebody-else")
        expect(status == 503, f"it is answered {status} {text}")
        self.operator.wait_for("Cannot check who asks for metrics")
        self.plane.start_api_server()
        product.until("it asks again", lambda: self._ask("somebody-else")[0] == 401)

    def kept(self):
        """no token is in the log, nor a part of one"""
        log = self.operator.last_log(10**7)
        self.operator.stop()
        for token in self.tokens.values():
            for part in token.split("."):
                expect(part not in log, "there is a token in the log")
        expect("somebody-else" not in log, "there is a wrong token in the log")
        return f"{len(log.splitlines())} lines"

    def made(self):
        """without files it makes a certificate, which nobody can verify, and says so"""
        with self._start() as operator:
            operator.wait_for("Made a certificate for metrics that nobody has issued")
            try:
                self._ask(self.tokens[READER])
            except ssl.SSLCertVerificationError:
                pass
            else:
                raise product.Failure("it is verified")
            status, _ = self._ask(self.tokens[READER], context=ssl._create_unverified_context())
            expect(status == 200, f"it is answered {status}")

    def plain(self):
        """--metrics-secure=false serves everybody by plain HTTP"""
        with self._start("--metrics-secure=false"):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            connection.request("GET", "/metrics")
            expect(connection.getresponse().status == 200, "it is not answered")
            connection.close()

    def close(self):
        if self.operator:
            self.operator.kill()


if __name__ == "__main__":
    with World() as world:
        test = Metrics(world)
        try:
            product.run_steps(test.prepared, test.answered, test.scraped, test.exchanged, test.unasked, test.kept, test.made,
                              test.plain)
        finally:
            test.close()
