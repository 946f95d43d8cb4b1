#!/usr/bin/env python3
"""The product logs in where azure-identity does: `labgallery apply --cloud URL` with the variables that every Azure program
reads, over TLS, by client secret, certificate and workload identity; each is refused where azure-identity is."""
import os
import pathlib
import subprocess
import tempfile

from azure.core.exceptions import ClientAuthenticationError
from azure.identity import EnvironmentCredential, WorkloadIdentityCredential

import judges
from identity_test import CLIENT, SECRET, SUBJECT, TENANT, certificate, projected_token
from judges import Cloud, expect, product

STORY = product.SAMPLES / "replicate-geography"


class Logins:
    def __init__(self, cloud, folder):
        self.cloud, self.folder = cloud, folder
        self.pem, thumbprint = certificate()
        cloud.set(logins={CLIENT: {"secret": SECRET, "thumbprint": thumbprint, "subject": SUBJECT}})
        product.assume(cloud.server, STORY)

    def file(self, name, content):
        (self.folder / name).write_bytes(content)
        return str(self.folder / name)

    def apply(self, variables, patience="120s"):
        """(exit status, what it says, writes) of the product."""
        world = {name: value for name, value in os.environ.items() if not name.startswith("AZURE_")}
        world |= {"SSL_CERT_FILE": self.cloud.authority, "AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": CLIENT, **variables}
        before = product.last_request(self.cloud.server)
        ran = subprocess.run([product.BINARY, "apply", "-f", STORY, "--cloud", self.cloud.url, "--installation", "judged",
                              "--timeout", patience], env=world, capture_output=True, text=True, timeout=product.PATIENCE)
        return ran.returncode, ran.stdout + ran.stderr, product.writes(self.cloud.server, before)

    def judge(self, variables):
        """Whether azure-identity gets a token."""
        os.environ.update(AZURE_TENANT_ID=TENANT, AZURE_CLIENT_ID=CLIENT, **variables)
        kind = WorkloadIdentityCredential if "AZURE_FEDERATED_TOKEN_FILE" in variables else EnvironmentCredential
        judges.note("azure-identity", f"{kind.__name__}.get_token")
        try:
            return bool(kind(authority=self.cloud.url, disable_instance_discovery=True,
                             connection_verify=self.cloud.authority).get_token(self.cloud.url + "/.default"))
        except ClientAuthenticationError:
            return False
        finally:
            for name in variables:
                del os.environ[name]

    def check(self, good, bad):
        """The good variables log in both, the bad ones neither."""
        expect(self.judge(good) and not self.judge(bad), "azure-identity tells them apart")
        status, said, _ = self.apply(good)
        expect(status == 0, f"apply ends with {status}:\n{said[-3000:]}")
        status, said, writes = self.apply(bad, "5s")  # it would wait for a better login
        expect(status != 0 and not writes, f"apply ends with {status} and {len(writes)} writes")
        expect("AADSTS" in said, f"Entra's words are not told:\n{said[-3000:]}")
        expect(SECRET not in said, "the secret is told")

    def secret(self):
        """a client secret"""
        self.check({"AZURE_CLIENT_SECRET": SECRET}, {"AZURE_CLIENT_SECRET": "another"})

    def certificates(self):
        """a client certificate"""
        self.check({"AZURE_CLIENT_CERTIFICATE_PATH": self.file("own.pem", self.pem)},
                   {"AZURE_CLIENT_CERTIFICATE_PATH": self.file("other.pem", certificate()[0])})

    def workload(self):
        """a workload identity"""
        self.check({"AZURE_FEDERATED_TOKEN_FILE": self.file("own", projected_token().encode())},
                   {"AZURE_FEDERATED_TOKEN_FILE": self.file("other", projected_token("system:serviceaccount:a:b").encode())})

    def unchanged(self):
        """whoever logs in, what is there is left alone"""
        status, said, writes = self.apply({"AZURE_CLIENT_SECRET": SECRET})
        expect(status == 0 and not writes, f"{len(writes)} writes:\n{said[-2000:]}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        tls = pathlib.Path(folder) / "tls"
        with Cloud("--tls-dir", str(tls), authority=tls / "ca.pem") as cloud:
            tried = Logins(cloud, pathlib.Path(folder))
            judges.run(tried.secret, tried.certificates, tried.workload, tried.unchanged)


main()
