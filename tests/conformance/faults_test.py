#!/usr/bin/env python3
"""What azure-mgmt-compute's pollers, retries and errors make of the simulator's faults: lost answers, failed operations and
regions, throttling, answers that are none, expired tokens, providers that are not registered."""
import importlib.metadata
import tempfile
import time
import types

import azure.mgmt.core.policies._base as registration
from azure.core.exceptions import ClientAuthenticationError, DecodeError, HttpResponseError, ServiceResponseError
from azure.mgmt.compute import ComputeManagementClient, models

import judges
from judges import GROUP, ONCE, SOON, SUBSCRIPTION, Cloud, Judge, code_of, expect, names, refused, same

GALLERY = "faulty"
OPERATION = "/capsOperations/"


class Faults:
    def __init__(self, cloud):
        self.cloud = cloud
        self.client = Judge("azure-mgmt-compute",
                            ComputeManagementClient(judges.AnyToken(), SUBSCRIPTION, **cloud.options()))
        self.galleries, self.versions = self.client.galleries, self.client.gallery_image_versions
        group = cloud.group()
        self.source = f"{group}/providers/Microsoft.Compute/images/source"
        cloud.make(self.source, {"location": "westeurope", "properties": {"hyperVGeneration": "V2", "storageProfile": {
            "osDisk": {"osType": "Linux", "osState": "Generalized", "diskSizeGB": 30}}}})

    def put(self, name=GALLERY, **options):
        return self.galleries.begin_create_or_update(GROUP, name, models.Gallery(location="westeurope"), **SOON, **options)

    def put_version(self, name, *regions):
        body = models.GalleryImageVersion(
            location="westeurope",
            storage_profile=models.GalleryImageVersionStorageProfile(
                source=models.GalleryArtifactVersionFullSource(id=self.source)),
            publishing_profile=models.GalleryImageVersionPublishingProfile(
                target_regions=[models.TargetRegion(name=region, regional_replica_count=1) for region in regions]))
        return self.versions.begin_create_or_update(GROUP, GALLERY, "image", name, body, **SOON)

    def lost(self):
        """an answer is lost after the write: the client's repetition finds it done, or busy"""
        with self.cloud.having(writeWhileBusyAccepted=True), self.cloud.sent() as requests, \
                self.cloud.fault("loseAnswer", "PUT", "/galleries/"):
            same("after all", "Succeeded", self.put().result().provisioning_state)
        same("the PUTs", 2, [method for method, _ in requests].count("PUT"))
        same("the galleries", [GALLERY], names(self.galleries.list()))
        with self.cloud.having(galleryWrite=86400), self.cloud.fault("loseAnswer", "PUT", "/galleries/"):
            refused("a repetition while it is busy", 409, "Conflict", lambda: self.put("busy"))
        self.cloud.remove(f"{self.source.rsplit('/', 2)[0]}/galleries/busy")

    def lost_for_good(self):
        """without a repetition the client says 504 or a broken connection, and what was written is there"""
        with self.cloud.fault("loseAnswer", "PUT", "/galleries/"):
            refused("the lost answer", 504, None, lambda: self.put("gone", **ONCE))
        with self.cloud.fault("loseAnswer", "PUT", "/galleries/", drop=True):
            try:
                self.put("dropped", **ONCE)
                raise judges.Failure("a broken connection is an answer")
            except (ServiceResponseError, HttpResponseError) as error:  # by the version of the client
                expect("prematurely" in str(error), error)
        for name in ("gone", "dropped"):
            judges.product.until(f"{name} is there", lambda name=name:
                                 self.galleries.get(GROUP, name).provisioning_state == "Succeeded")
            self.galleries.begin_delete(GROUP, name, **SOON).result()

    def operations(self):
        """an operation that fails is an error with its code, for a PUT and for a DELETE"""
        details = {"code": "OperationFailed", "message": "No more luck."}
        for what, method, call in (("PUT", "PUT", self.put),
                                   ("DELETE", "DELETE", lambda: self.galleries.begin_delete(GROUP, GALLERY, **SOON))):
            with self.cloud.fault("failOperation", method, f"/galleries/{GALLERY}", **details):
                poller = call()
                try:
                    poller.result()
                    raise judges.Failure(f"the failed {what} has a result")
                except HttpResponseError as error:
                    expect(details["message"] in str(error), f"{what}: {error}")
                    same(f"the code of {what}", details["code"], code_of(error))
                same(f"the poller of {what}", "Failed", poller.status())
        self.put().result()  # and can be made good

    def regions(self):
        """a region that fails fails the operation, and shows in replicationStatus"""
        definition = models.GalleryImage(
            location="westeurope", os_type="Linux", os_state="Generalized", hyper_v_generation="V2",
            identifier=models.GalleryImageIdentifier(publisher="p", offer="o", sku="s"))
        self.client.gallery_images.begin_create_or_update(GROUP, GALLERY, "image", definition, **SOON).result()
        with self.cloud.fault("failRegion", "PUT", "/versions/", region="northeurope"):
            error = refused_later("the version", self.put_version("1.0.0", "westeurope", "northeurope"))
        expect("North Europe" in str(error) or "northeurope" in str(error), f"the region is named: {error}")
        read = self.versions.get(GROUP, GALLERY, "image", "1.0.0", expand="ReplicationStatus")
        same("the version", "Failed", read.provisioning_state)
        same("the regions", {"West Europe": "Completed", "North Europe": "Failed"},
             {region.region: region.state for region in read.replication_status.summary})
        with self.cloud.fault("stallRegion", "PUT", "/versions/", region="northeurope"):
            stalled = self.put_version("1.0.1", "westeurope", "northeurope")
        judges.product.until("the other region", lambda: self.states("1.0.1").get("West Europe") == "Completed")
        same("the stalled one", "Replicating", self.states("1.0.1")["North Europe"])
        expect(not stalled.done(), "the operation goes on")
        judges.must("POST", f"{self.cloud.url}/simulator/regions",
                    {"version": self.versions.get(GROUP, GALLERY, "image", "1.0.1").id, "region": "northeurope",
                     "do": "complete"})
        same("in the end", "Succeeded", stalled.result().provisioning_state)

    def states(self, version):
        read = self.versions.get(GROUP, GALLERY, "image", version, expand="ReplicationStatus")
        return {region.region: region.state for region in read.replication_status.summary}

    def throttled(self):
        """429 is waited out as Retry-After says, of a fault and of Azure's own buckets"""
        start = time.monotonic()
        with self.cloud.fault("throttle", "GET", GALLERY, retryAfterSeconds=3600), self.cloud.sent() as requests:
            self.galleries.get(GROUP, GALLERY)
        same("the requests", [("GET", 429), ("GET", 200)], requests)
        expect(time.monotonic() - start >= 1, "a simulated hour has been waited")
        with self.cloud.fault("throttle", "GET", GALLERY):
            refused("without patience", 429, "TooManyRequests", lambda: self.galleries.get(GROUP, GALLERY, **ONCE))

    def emptied(self):
        """a client that outruns Azure's own bucket is slowed down, and goes on"""
        with Cloud("--time-scale", "1") as slow:  # it fills with 50 writes in 3 minutes, slower than any client writes
            slow.group()
            slow.set(styles={"microsoft.compute/galleries": "Synchronous"})
            fast, sent = Faults(slow), 0
            requests = []
            while ("PUT", 429) not in requests and sent < 200:
                with slow.sent() as requests:
                    for _ in range(10 if sent < 50 else 1):
                        fast.put().result()
                        sent += 1
        expect(sent > 50 and ("PUT", 429) in requests, f"after {sent} writes: {requests}")
        expect(("PUT", 200) in requests, "the refused one was repeated")

    def polls(self):
        """a poll that fails is no failed operation: the client asks again"""
        for action, more in (("fail", {"status": 503}), ("throttle", {"retryAfterSeconds": 0}), ("htmlBody", {"status": 502}),
                             ("loseAnswer", {}), ("delay", {"seconds": 600})):
            with self.cloud.having(galleryWrite=1200), self.cloud.fault(action, "GET", OPERATION, **more):
                same(f"after {action}", "Succeeded", self.put().result().provisioning_state)
        with self.cloud.having(galleryWrite=1200), self.cloud.fault("truncate", "GET", OPERATION):
            try:
                self.put().result()
                raise judges.Failure("half an answer is taken for one")
            except (DecodeError, HttpResponseError):
                pass
        judges.product.until("the write has ended", lambda: self.galleries.get(GROUP, GALLERY).provisioning_state == "Succeeded")

    def logins(self):
        """401 and 403 are the client's own errors, with Azure's codes"""
        with self.cloud.fault("fail", "GET", GALLERY, status=401, code="ExpiredAuthenticationToken", message="Expired."):
            error = refused("an expired token", 401, "ExpiredAuthenticationToken", lambda: self.galleries.get(GROUP, GALLERY))
        expect(isinstance(error, ClientAuthenticationError), type(error))
        with self.cloud.fault("fail", "GET", GALLERY, status=403, code="AuthorizationFailed", message="No right."):
            refused("no right", 403, "AuthorizationFailed", lambda: self.galleries.get(GROUP, GALLERY))
        with self.cloud.having(subscriptions=["00000000-0000-0000-0000-00000000beef"]):
            refused("another tenant's subscription", 404, "SubscriptionNotFound", lambda: self.galleries.get(GROUP, GALLERY))

    def registered(self):
        """a provider that is not registered: 30.x registers it on its own, newer ones cannot read their own answer"""
        if importlib.metadata.version("azure-mgmt-compute") >= "31":
            with self.cloud.having(unregisteredProviders=["microsoft.compute"]):
                refused("a write", 409, "MissingSubscriptionRegistration", self.put)
            return
        registration.time = types.SimpleNamespace(sleep=lambda _seconds: None)  # it would wait ten seconds
        with tempfile.TemporaryDirectory() as tls, Cloud("--tls-dir", tls, authority=f"{tls}/ca.pem") as cloud:
            tried = Faults(cloud)
            cloud.set(unregisteredProviders=["microsoft.compute"])
            same("in the end", "Succeeded", tried.put().result().provisioning_state)


def refused_later(what, poller):
    try:
        poller.result()
    except HttpResponseError as error:
        return error
    raise judges.Failure(f"{what} has a result")


def main():
    with Cloud() as cloud:
        tried = Faults(cloud)
        judges.run(tried.lost, tried.lost_for_good, tried.operations, tried.regions, tried.throttled, tried.emptied, tried.polls,
                   tried.logins, tried.registered)


main()
