#!/usr/bin/env python3
"""`labgallery check`: it says whether an installation works, and what does not."""
import signal
import subprocess

import product
from failover_test import LEASE
from product import expect, must

LEASES = LEASE.rsplit("/", 1)[0]


def check(kube, *options):
    """(exit status, stdout, stderr)"""
    ran = subprocess.run([product.BINARY, "check", "--kube-endpoint", kube.url, *options], capture_output=True, text=True,
                         timeout=product.PATIENCE)
    return ran.returncode, ran.stdout, ran.stderr


class Check:
    def __init__(self, azure, kube):
        self.azure, self.kube = azure, kube

    def fails(self, *options, because):
        status, out, err = check(self.kube, *options)
        expect(status == 1 and because in err, f"{status}: {out}{err}")

    def without_controller(self):
        """where no controller runs it fails, also when one has been there"""
        self.fails("--leader-elect", "--timeout", "3s", because="the Lease default/labgallery is held by nobody")
        must("POST", self.kube.url + LEASES, {
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "left"},
            "spec": {"holderIdentity": "somebody", "leaseDurationSeconds": 10, "renewTime": "2026-01-01T00:00:00.000000Z"}})
        self.fails("--leader-elect", "--leader-election-id", "left", "--timeout", "3s",
                   because="is held by somebody, who does not renew it")

    def with_controller(self):
        """where one leads it says so; another shard is another question"""
        process = product.start("controller", "--leader-elect", "--kube-endpoint", self.kube.url, "--azure-endpoint",
                                self.azure.url, stderr=subprocess.DEVNULL)
        try:
            status, out, err = check(self.kube, "--leader-elect")
            expect(status == 0, out + err)
            for said in ("serves sharedimagegalleries", "serves images", "serves labaccounts", "leads, by the Lease default/labgallery"):
                expect(f"{said}\n" in out, f"it does not say {said!r}: {out}")
            self.fails("--leader-elect", "--shard", "west", "--namespace-selector", "shard=west", "--timeout", "3s",
                       because="the Lease default/labgallery-west is held by nobody")
        finally:
            product.stop(process, signal.SIGTERM)

    def alone(self):
        """where nobody is elected the kinds are all that is asked for"""
        status, out, err = check(self.kube)
        expect(status == 0 and "nobody is elected" in out, f"{status}: {out}{err}")

    def away(self):
        """a server that is away is named"""
        self.kube.kill()
        self.fails(because="list sharedimagegalleries")


if __name__ == "__main__":
    with product.Server("azure-simulator") as simulated, product.Server("kube-simulator") as api:
        test = Check(simulated, api)
        product.run_steps(test.without_controller, test.with_controller, test.alone, test.away)
