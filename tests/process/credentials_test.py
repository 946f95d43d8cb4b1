#!/usr/bin/env python3
"""Every way to log in, by the variables a user sets, and nothing secret in anything that is printed or told."""
import base64
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile

import product
from product import expect, must

STORY = product.SAMPLES / "create-and-attach"
IDS = {"AZURE_TENANT_ID": "tenant-of-the-test", "AZURE_CLIENT_ID": "client-of-the-test"}
SECRET = "s3cret~of the/test+&="
SUBJECT = "system:serviceaccount:labgallery-system:labgallery"
TOKEN = re.compile(r"simulated\.[0-9a-f-]{8,}|eyJ[A-Za-z0-9_-]{10,}|Bearer [A-Za-z0-9]")


def service_account_token(subject):
    """As the cluster signs one; the simulator reads it and does not check signatures."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
    claims = {"iss": "https://cluster.example", "sub": subject, "aud": ["api://AzureADTokenExchange"]}
    return f"{part({'alg': 'RS256'})}.{part(claims)}.{part('signature')}"


def make_certificate(folder, days=2):
    """A PEM file with key and certificate, and the certificate's SHA-1 thumbprint."""
    file, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", file,
                    "-subj", "/CN=labgallery", "-days", str(days)], check=True, capture_output=True)
    shown = subprocess.run(["openssl", "x509", "-in", file, "-noout", "-fingerprint", "-sha1"], check=True,
                           capture_output=True, text=True).stdout
    file.write_text(key.read_text() + file.read_text())
    return file, shown.split("=")[1].strip().replace(":", "").lower()


class Logins:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.simulator = product.Server("azure-simulator")
        product.assume(self.simulator, STORY)
        self.certificate, thumbprint = make_certificate(self.folder)
        must("PATCH", f"{self.simulator.url}/simulator/settings", {"logins": {IDS["AZURE_CLIENT_ID"]: {
            "secret": SECRET, "thumbprint": thumbprint, "subject": SUBJECT}}})
        self.printed = ""

    def close(self):
        self.simulator.kill()

    def _variables(self, **variables):
        """This process's environment without Azure's variables, and with these."""
        rest = {name: value for name, value in os.environ.items() if not name.startswith("AZURE_")}
        return {**rest, **variables}

    def _apply(self, *options, **variables):
        """(exit status, all that was printed) of an apply that logs in."""
        ran = subprocess.run(
            [product.BINARY, "apply", "-f", str(STORY), "--cloud", self.simulator.url, "--log-level", "debug",
             "--log-format", "json", "-o", "json", *map(str, options)], capture_output=True, text=True, timeout=product.PATIENCE * 2,
            env=self._variables(**variables))
        self.printed += ran.stdout + ran.stderr
        return ran.returncode, ran.stdout + ran.stderr

    def _must_apply(self, *options, **variables):
        status, said = self._apply(*options, **variables)
        expect(status == 0, f"it ended with {status}:\n{said[-3000:]}")

    def by_secret(self):
        """a story is played with a client secret"""
        record = self.folder / "record"
        self._must_apply("--azure-credential", "ClientSecretCredential", "--record", record, **IDS,
                         AZURE_CLIENT_SECRET=SECRET)
        recorded = "".join(file.read_text() for file in record.iterdir())
        expect("/oauth2/v2.0/token" in recorded, "the login is not in the recording")
        self.printed += recorded
        expect(len(product.writes(self.simulator)) > 2, "nothing was written")

    def by_certificate(self):
        """the same with a certificate"""
        self._must_apply("--azure-credential", "ClientCertificateCredential", **IDS,
                         AZURE_CLIENT_CERTIFICATE_PATH=str(self.certificate))

    def by_workload_identity(self):
        """the same as a service account, found by the default chain"""
        file = self.folder / "token"
        file.write_text(service_account_token(SUBJECT))
        self._must_apply(**IDS, AZURE_FEDERATED_TOKEN_FILE=str(file))

    def by_managed_identity(self):
        """the same as the machine"""
        self._must_apply("--azure-credential", "ManagedIdentityCredential",
                         AZURE_POD_IDENTITY_AUTHORITY_HOST=self.simulator.url)

    def by_cli(self):
        """the same as whoever is logged in with the Azure CLI"""
        program = self.folder / "az"
        program.write_text("#!/bin/sh\n" + "echo '{\"accessToken\": \"simulated.0123456789abcdef\", "
                           "\"expires_on\": 4102444800}'\n")
        program.chmod(0o755)
        self._must_apply("--azure-credential", "AzureCliCredential",
                         PATH=f"{self.folder}:{os.environ.get('PATH', '')}")

    def refused(self):
        """a wrong secret and a foreign service account are refused with what to do"""
        status, said = self._apply("--azure-credential", "ClientSecretCredential", "--timeout", "5s", **IDS,
                                   AZURE_CLIENT_SECRET=SECRET + "x")
        expect(status == 4 and "AADSTS7000215" in said and "not its id" in said, f"{status}:\n{said[-3000:]}")
        file = self.folder / "token"
        file.write_text(service_account_token("system:serviceaccount:default:stranger"))
        status, said = self._apply("--azure-credential", "WorkloadIdentityCredential", "--timeout", "5s", **IDS,
                                   AZURE_FEDERATED_TOKEN_FILE=str(file))
        expect(status == 4 and "AADSTS700213" in said, f"{status}:\n{said[-3000:]}")
        expect("stranger" in said, "it does not say who was refused")

    def not_configured(self):
        """what is missing is said before anything is sent"""
        status, said = self._apply("--azure-credential", "ClientSecretCredential", AZURE_CLIENT_SECRET=SECRET)
        expect(status == 2 and "AZURE_TENANT_ID, AZURE_CLIENT_ID" in said, f"{status}:\n{said[-3000:]}")

    def by_kubernetes_secret(self):
        """a controller logs in with the Secret that a namespace names"""
        encoded = {name: base64.b64encode(value.encode()).decode()
                   for name, value in {**IDS, "AZURE_CLIENT_SECRET": SECRET}.items()}
        with product.Server("kube-simulator") as kube:
            core = f"{kube.url}/api/v1/namespaces"
            must("POST", core, {"apiVersion": "v1", "kind": "Namespace", "metadata": {
                "name": "labs", "annotations": {"labgallery.io/credentials": "azure"}}})
            galleries = f"{kube.url}{product.GROUP}/namespaces/labs/sharedimagegalleries"
            must("POST", galleries, {"apiVersion": "labgallery.io/v1alpha1", "kind": "SharedImageGallery",
                                     "metadata": {"name": "byteam"}, "spec": self._gallery()})
            log = self.folder / "controller.log"
            with log.open("w") as out:
                process = product.start("controller", "--kube-endpoint", kube.url, "--azure-endpoint",
                                        self.simulator.url, "--log-level", "debug", "--log-format", "json",
                                        stdout=out, stderr=out, env=self._variables())
                try:
                    product.until("the missing Secret is told", lambda: "labs/azure" in self._ready(galleries, "message"))
                    must("POST", f"{core}/labs/secrets", {"apiVersion": "v1", "kind": "Secret",
                                                          "metadata": {"name": "azure"}, "data": encoded})
                    product.until("the gallery is Ready", lambda: self._ready(galleries, "status") == "True")
                finally:
                    product.stop(process, signal.SIGTERM)
            told = must("GET", f"{kube.url}/apis/events.k8s.io/v1/events")
            self.printed += log.read_text() + json.dumps(must("GET", galleries)) + json.dumps(told)

    def _gallery(self):
        resources = must("GET", f"{self.simulator.url}/simulator/state")["resources"]
        group = next(r["id"] for r in resources if "/resourceGroups/" in r["id"])
        parts = group.split("/")
        return {"subscriptionId": parts[2], "resourceGroup": parts[4], "location": "westeurope"}

    def _ready(self, galleries, field):
        conditions = must("GET", galleries)["items"][0].get("status", {}).get("conditions", [])
        return next((condition[field] for condition in conditions if condition["type"] == "Ready"), "")

    def nothing_secret(self):
        """no secret, token, assertion or key is in anything that was printed, told or recorded"""
        key = (self.folder / "key.pem").read_text().splitlines()[1]
        for what in (SECRET, json.dumps(SECRET)[1:-1], key):
            expect(what not in self.printed, "a secret was printed")
        found = TOKEN.search(self.printed)
        expect(not found, f"a token was printed: {found and self.printed[found.start() - 200:found.end()]}")
        expect('"level":"debug"' in self.printed, "nothing was logged at debug")
        return f"{len(self.printed)} characters searched"


def main():
    with tempfile.TemporaryDirectory() as folder:
        logins = Logins(folder)
        try:
            product.run_steps(logins.by_secret, logins.by_certificate, logins.by_workload_identity,
                              logins.by_managed_identity, logins.by_cli, logins.refused, logins.not_configured,
                              logins.by_kubernetes_secret, logins.nothing_secret)
        finally:
            logins.close()


if __name__ == "__main__":
    main()
