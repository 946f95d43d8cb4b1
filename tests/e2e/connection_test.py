#!/usr/bin/env python3
"""Every way to log in to a real API server, each with an operator of its own that makes a gallery by it; and what happens to
a running operator when its certificate is exchanged or its token is not accepted any more."""
import base64
import http.client
import json
import socket
import ssl
import stat
import subprocess
import threading
import types

from control_plane import OPERATOR
import product
from product import Failure, expect
from world import Operator, World, is_ready

SPACE, ACCOUNT, ELECTION = "connections", "operator", "labgallery-system"
SUBSCRIPTION = "00000000-0000-0000-0000-00000000c0de"
EXEC_V1, EXEC_V1BETA1 = (f"client.authentication.k8s.io/{version}" for version in ("v1", "v1beta1"))


def data(path):
    return base64.b64encode(path.read_bytes()).decode()


class Tunnel:
    """A proxy that knows CONNECT and leads to one port of this machine, whatever host is asked for."""

    def __init__(self, port):
        self.asked, self._port = [], port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            client, _ = self._listening.accept()
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = client.recv(4096)
            if not piece:  # who connects and asks for nothing
                return client.close()
            head += piece
        self.asked.append(head.split(b" ")[1].decode())
        server = socket.create_connection(("127.0.0.1", self._port))
        client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        threading.Thread(target=self._relay, args=(server, client), daemon=True).start()
        self._relay(client, server)

    @staticmethod
    def _relay(source, target):
        try:
            while piece := source.recv(65536):
                target.sendall(piece)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Connections:
    def __init__(self, world):
        self.world, self.plane, self.folder = world, world.plane, world.plane.folder
        product.make(world.azure, [{"method": "PUT", "id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg",
                                    "body": {"location": "westeurope"}}])
        world.kubectl("create", "namespace", SPACE)
        for binding in (["clusterrolebinding", "account", "--clusterrole=labgallery"],
                        ["rolebinding", "account", "--role=labgallery-election", f"--namespace={ELECTION}"]):
            world.kubectl("create", *binding, f"--serviceaccount={SPACE}:{ACCOUNT}")
        self.new_account()

    # ---- words

    def new_account(self):
        """A service account that replaces the old one: no token of the old one is accepted any more."""
        self.world.kubectl("delete", "serviceaccount", ACCOUNT, "--namespace", SPACE, "--ignore-not-found")
        self.world.kubectl("create", "serviceaccount", ACCOUNT, "--namespace", SPACE)

    def token(self):
        return self.world.kubectl("create", "token", ACCOUNT, "--namespace", SPACE).strip()

    def kubeconfig(self, name, user, cluster=None):
        pki = self.plane.pki
        cluster = {"server": self.plane.url, "certificate-authority": str(pki.certificate("ca")), **(cluster or {})}
        file = self.folder / f"{name}.kubeconfig"
        file.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": name,
            "clusters": [{"name": name, "cluster": cluster}], "users": [{"name": name, "user": user}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}]}))
        return file

    def plugin(self, name, status, version=EXEC_V1):
        """The user of a plugin that prints what is in a file, and the file."""
        printed, program = self.folder / f"{name}.json", self.folder / f"{name}.sh"
        self.print_next(printed, status, version)
        program.write_text(f"#!/bin/sh\nexec cat {printed}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        mode = {"interactiveMode": "Never"} if version == EXEC_V1 else {}
        return {"exec": {"apiVersion": version, "command": f"./{program.name}", "provideClusterInfo": True, **mode}}, printed

    @staticmethod
    def print_next(file, status, version=EXEC_V1):
        file.write_text(json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": status}))

    def operator(self, file, *options):
        login = types.SimpleNamespace(azure=self.world.azure, kube_options=lambda *_: (
            "--kubeconfig", file, "--leader-election-namespace", ELECTION))
        return Operator(login, *options)

    def makes(self, operator, name):
        """The operator makes a gallery of that name."""
        self.plane.must("POST", self.world.path("sharedimagegalleries", SPACE), {
            "apiVersion": "labgallery.io/v1alpha1", "kind": "SharedImageGallery", "metadata": {"name": name},
            "spec": {"subscriptionId": SUBSCRIPTION, "resourceGroup": "rg", "location": "westeurope"}})

        def made():
            expect(operator.process.poll() is None, f"{name}: the operator has ended:\n{operator.last_log()}")
            return is_ready(self.world.get("SharedImageGallery", SPACE, name))

        try:
            product.until(f"{name} is Ready", made)
        except Failure as failure:
            raise Failure(f"{failure}\n{operator.last_log()}") from None

    def works(self, name, file, *options):
        with self.operator(file, *options) as operator:
            self.makes(operator, name)
            operator.stop()

    def certificate_of(self, name):
        pki = self.plane.pki
        return {"client-certificate": str(pki.certificate(name)), "client-key": str(pki.key(name))}

    # ---- steps

    def certificates(self):
        """a client certificate, from files and as data, with a limit to the requests"""
        pki = self.plane.pki
        self.works("files", self.kubeconfig("files", self.certificate_of(OPERATOR)), "--kube-api-qps", "20")
        as_data = {"client-certificate-data": data(pki.certificate(OPERATOR)), "client-key-data": data(pki.key(OPERATOR))}
        authority = {"certificate-authority-data": data(pki.certificate("ca"))}
        self.works("data", self.kubeconfig("data", as_data, authority))

    def tokens(self):
        """a service account's token, and one in a file beside the kubeconfig"""
        self.works("token", self.kubeconfig("token", {"token": self.token()}))
        (self.folder / "token").write_text(self.token() + "\n")
        self.works("tokenfile", self.kubeconfig("tokenfile", {"tokenFile": "token"}))

    def plugins(self):
        """credential plugins that print a token, and a certificate"""
        user, _ = self.plugin("plugin", {"token": self.token(), "expirationTimestamp": "2000-01-01T00:00:00Z"})
        self.works("plugin", self.kubeconfig("plugin", user))
        pki = self.plane.pki
        pair = {"clientCertificateData": pki.certificate(OPERATOR).read_text(),
                "clientKeyData": pki.key(OPERATOR).read_text()}
        user, _ = self.plugin("plugincert", pair, EXEC_V1BETA1)
        self.works("plugincert", self.kubeconfig("plugincert", user))

    def impersonation(self):
        """an administrator acts as the operator"""
        user = {**self.certificate_of("admin"), "as": "labgallery", "as-groups": ["system:authenticated"]}
        self.works("impersonated", self.kubeconfig("impersonated", user))
        users = {line.get("impersonatedUser", {}).get("username") for line in self.plane.audited()}
        users |= {line["user"].get("username") for line in self.plane.audited()}
        expect("labgallery" in users, f"the audit log knows {users}")

    def proxied(self):
        """through a proxy, to a name that only the proxy can reach, checked by another name"""
        tunnel = Tunnel(self.plane.port)
        cluster = {"server": f"https://cluster.internal:{self.plane.port}", "proxy-url": tunnel.url,
                   "tls-server-name": "kubernetes.default.svc"}
        self.works("proxied", self.kubeconfig("proxied", self.certificate_of(OPERATOR), cluster))
        expect(set(tunnel.asked) == {f"cluster.internal:{self.plane.port}"}, f"the proxy was asked for {tunnel.asked}")

    def exchanged(self):
        """a certificate that is exchanged is used by a running operator, without a restart"""
        def shown():
            return {told for line in self.plane.audited() if line["user"].get("username") == "labgallery"
                    for told in line["user"].get("extra", {}).get("authentication.kubernetes.io/credential-id", [])}

        with self.operator(self.kubeconfig("exchanged", self.certificate_of(OPERATOR))) as operator:
            self.makes(operator, "before")
            before = shown()
            self.plane.pki.issue(OPERATOR, "/CN=labgallery", "clientAuth")
            product.until("the new certificate is shown", lambda: shown() - before)
            self.makes(operator, "after")
            operator.stop()

    def await_refusal(self, token):
        """Until the API server, which remembers for a while whom it has known, does not know this one any more."""
        context = ssl.create_default_context(cafile=str(self.plane.pki.certificate("ca")))

        def is_refused():
            connection = http.client.HTTPSConnection("127.0.0.1", self.plane.port, timeout=30, context=context)
            try:
                connection.request("GET", self.world.path("images"), headers={"Authorization": f"Bearer {token}"})
                return connection.getresponse().status == 401
            finally:
                connection.close()

        product.until("the old token is refused", is_refused)

    def refused(self):
        """tokens that are not accepted any more are replaced: by the file's, and by the plugin's next one"""
        old = self.token()
        (self.folder / "token").write_text(old)
        user, printed = self.plugin("again", {"token": old})
        for name, file in (("fromfile", self.kubeconfig("fromfile", {"tokenFile": "token"})),
                           ("fromplugin", self.kubeconfig("fromplugin", user))):
            with self.operator(file) as operator:
                self.makes(operator, name)
                self.new_account()
                new = self.token()
                (self.folder / "token").write_text(new)
                self.print_next(printed, {"token": new})
                self.await_refusal(old)
                old = new
                self.makes(operator, name + "again")
                operator.stop()

    def wrong(self):
        """what cannot work is said, with the file, and without what is secret"""
        rows = ((2, "there is no context \"nowhere\"", {"token": "s3cret"}, ["--context", "nowhere"]),
                (1, "Unauthorized; log in anew", {"token": "s3cret"}, []),
                (1, "is forbidden", {}, []),
                (1, "there is no such program\nget it there", {"exec": {
                    "apiVersion": EXEC_V1, "command": "labgallery-no-such-plugin", "interactiveMode": "Never",
                    "installHint": "get it there"}}, []))
        for status, said, user, options in rows:
            file = self.kubeconfig("wrong", user)
            with self.operator(file, *options) as operator:
                try:
                    ended = operator.process.wait(timeout=product.PATIENCE)
                except subprocess.TimeoutExpired:
                    raise Failure(f"still at work, but {said!r} was awaited:\n{operator.last_log()}") from None
                log = operator.last_log()
                expect(ended == status and said in log, f"{said!r} and {status} were awaited, {ended} came:\n{log}")
                expect(str(file) in log and "s3cret" not in log, log)
        cluster = {"certificate-authority": str(self.plane.pki.certificate(OPERATOR))}
        with self.operator(self.kubeconfig("stranger", self.certificate_of(OPERATOR), cluster)) as operator:
            product.until("the unknown authority is named",
                          lambda: "unable to get local issuer certificate" in operator.last_log())


if __name__ == "__main__":
    with World(with_manager=False) as world:
        tried = Connections(world)
        product.run_steps(tried.certificates, tried.tokens, tried.plugins, tried.impersonation, tried.proxied,
                          tried.exchanged, tried.refused, tried.wrong)
