#!/usr/bin/env python3
"""azure-identity judges the logins over TLS: client secret, certificate, workload identity, the environment's chain and
managed identity, each with its failures, and their tokens with azure-mgmt-compute."""
import base64
import datetime
import json
import os
import pathlib
import tempfile

import msal
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (CertificateCredential, ClientSecretCredential, CredentialUnavailableError,
                            EnvironmentCredential, ManagedIdentityCredential, WorkloadIdentityCredential)
from azure.mgmt.compute import ComputeManagementClient, models
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

import judges
from judges import GROUP, SOON, SUBSCRIPTION, Cloud, Judge, expect, names, same

TENANT = "2c1f5f0a-8f50-4d1b-93f4-4a7b0a1c6b1e"
CLIENT = "9b0f6f1c-6a1f-4f0a-8f0e-1f4f7d0b3c55"
SECRET = "correct horse battery staple"
SUBJECT = "system:serviceaccount:labs:labgallery"


def certificate():
    """(PEM of a new certificate and its key, SHA-1 thumbprint)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "judged")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256()))
    pem = made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem, made.fingerprint(hashes.SHA1()).hex()


def projected_token(subject=SUBJECT, audience="api://AzureADTokenExchange"):
    """As kubelet writes it, with a signature that nobody can check here."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {"iss": "https://cluster.example.org", "sub": subject, "aud": [audience], "exp": 4102444800}
    return ".".join((part({"alg": "RS256", "kid": "1"}), part(claims), part("signature")))


def denied(what, code, credential, scope):
    try:
        credential.get_token(scope)
    except ClientAuthenticationError as error:
        expect(f"AADSTS{code}:" in error.message, f"{what}: no AADSTS{code} in {error.message}")
    else:
        raise judges.Failure(f"{what} is not refused")


class Logins:
    def __init__(self, cloud, plain, folder):
        self.cloud, self.plain, self.folder = cloud, plain, folder
        self.scope = cloud.url + "/.default"
        self.pem, thumbprint = certificate()
        self.login = {"secret": SECRET, "thumbprint": thumbprint, "subject": SUBJECT}
        for each in (cloud, plain):
            each.set(logins={CLIENT: self.login})
        # The clouds that a login host is not known to be of are told so, and whom to trust.
        self.where = {"authority": cloud.url, "disable_instance_discovery": True, "connection_verify": cloud.authority}
        cloud.group()

    def serves(self, credential):
        """The token that it gets serves azure-mgmt-compute, whose operations and pages go on over TLS."""
        judges.note("azure-identity", f"{type(credential).__name__}.get_token")
        token = credential.get_token(self.scope)
        expect(token.token and token.expires_on, f"a token with its end: {token}")
        client = Judge("azure-mgmt-compute", ComputeManagementClient(
            credential, SUBSCRIPTION, base_url=self.cloud.url, credential_scopes=[self.scope],
            connection_verify=self.cloud.authority))
        for name in ("one", "two"):
            client.galleries.begin_create_or_update(GROUP, name, models.Gallery(location="westeurope"), **SOON).result()
        with self.cloud.having(pageSize=1):
            same("the galleries", ["one", "two"], names(client.galleries.list()))

    def secret(self):
        """a client secret: right, wrong, and of an application that is not there"""
        self.serves(ClientSecretCredential(TENANT, CLIENT, SECRET, **self.where))
        denied("another secret", 7000215, ClientSecretCredential(TENANT, CLIENT, "no", **self.where), self.scope)
        denied("another application", 700016, ClientSecretCredential(TENANT, TENANT, SECRET, **self.where), self.scope)

    def certificates(self):
        """a certificate: the registered one, and another"""
        self.serves(CertificateCredential(TENANT, CLIENT, certificate_data=self.pem, **self.where))
        self.serves(CertificateCredential(TENANT, CLIENT, certificate_data=self.pem, send_certificate_chain=True,
                                         **self.where))
        denied("another certificate", 700027,
               CertificateCredential(TENANT, CLIENT, certificate_data=certificate()[0], **self.where), self.scope)

    def workload(self):
        """a workload identity: its token file is exchanged, its subject and audience are looked at"""
        file = self.folder / "token"

        def of(token):
            file.write_text(token)
            return WorkloadIdentityCredential(tenant_id=TENANT, client_id=CLIENT, token_file_path=str(file), **self.where)

        self.serves(of(projected_token()))
        denied("another subject", 700213, of(projected_token("system:serviceaccount:labs:other")), self.scope)
        denied("another audience", 700212, of(projected_token(audience="https://kubernetes.default.svc")), self.scope)
        denied("no token at all", 50027, of("nothing"), self.scope)

    def environment(self):
        """the variables that every Azure program reads"""
        os.environ.update(AZURE_TENANT_ID=TENANT, AZURE_CLIENT_ID=CLIENT, AZURE_CLIENT_SECRET=SECRET)
        self.serves(EnvironmentCredential(**self.where))

    def discovery(self):
        """the directory says where its tokens are, and which hosts it is"""
        session = requests.Session()
        session.verify, session.trust_env = self.cloud.authority, False
        application = msal.ConfidentialClientApplication(
            CLIENT, client_credential=SECRET, authority=f"{self.cloud.url}/{TENANT}", http_client=session,
            instance_discovery=f"{self.cloud.url}/common/discovery/instance")
        judges.note("msal", "ConfidentialClientApplication.acquire_token_for_client")
        got = application.acquire_token_for_client([self.scope])
        expect(got.get("access_token"), got)
        same("token_endpoint", f"{self.cloud.url}/{TENANT}/oauth2/v2.0/token", application.authority.token_endpoint)
        told = judges.must("GET", f"{self.cloud.url}/{TENANT}/v2.0/.well-known/openid-configuration")
        same("issuer", f"{self.cloud.url}/{TENANT}/v2.0", told["issuer"])
        same("keys", [], judges.must("GET", told["jwks_uri"])["keys"])

    def managed(self):
        """a managed identity, of the machine and by client id, and one that the machine does not have"""
        os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = self.plain.url
        for options in ({}, {"client_id": CLIENT}):
            judges.note("azure-identity", "ManagedIdentityCredential.get_token")
            token = ManagedIdentityCredential(**options).get_token(self.scope)
            expect(token.token.startswith("simulated."), token)
        try:
            ManagedIdentityCredential(client_id=TENANT).get_token(self.scope)
            raise judges.Failure("an identity that is not there gives a token")
        except (ClientAuthenticationError, CredentialUnavailableError) as error:
            expect("Identity not found" in str(error), str(error))
        status, told = judges.product.ask("GET", f"{self.plain.url}/metadata/identity/oauth2/token?resource=x")
        same("without its header", (400, "invalid_request"), (status, told["error"]))

    def faults(self):
        """a login service that fails or throttles is asked again by the client"""
        for action, more in (("fail", {"status": 503}), ("throttle", {"retryAfterSeconds": 0}), ("htmlBody", {"status": 502})):
            with self.cloud.fault(action, "POST", "/oauth2/v2.0/token", **more):
                self.serves(ClientSecretCredential(TENANT, CLIENT, SECRET, **self.where))


def main():
    with tempfile.TemporaryDirectory() as folder:
        tls = pathlib.Path(folder) / "tls"
        with Cloud("--tls-dir", str(tls), authority=tls / "ca.pem") as cloud, Cloud() as plain:
            tried = Logins(cloud, plain, pathlib.Path(folder))
            judges.run(tried.secret, tried.certificates, tried.workload, tried.environment, tried.discovery, tried.managed,
                       tried.faults)


if __name__ == "__main__":
    main()
