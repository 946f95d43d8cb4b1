#!/usr/bin/env python3
"""Every alert fires in a real run when its cause is there, and stops when it is gone.

A real Prometheus has the rules that Helm renders, and scrapes real controllers that work on the simulated cloud. Causes are what
they are outside: the simulator refuses, throttles, lets regions fail; somebody changes Azure by hand, takes the Lease, has a
wrong secret. The rules look over minutes and hours. Here an hour of theirs takes 12 seconds: every duration in them, windows as
well as `for`, is divided by SHORTER and nothing else in them is touched, the simulator's cloud runs 3,600 times as fast, and
what the operator does by the minute has a flag (--sync-period) or is asked for as the runbooks say, by
labgallery.io/reconcile-at. Bounds are set as a user sets them, by the chart's values."""
import base64
import datetime
import json
import pathlib
import re
import sys
import tempfile
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "process"))  # before those of tests/e2e
import credentials_test
from metrics_test import METRICS, Controller
from prometheus import Prometheus
from product import must, until
import chart
from chart import expect, product

SHORTER = 300
SCRAPED = "400ms"  # two minutes of the rules
RETIRED = datetime.datetime(2027, 6, 28, tzinfo=datetime.timezone.utc)
BOUND = 100  # of the monthly cost
VALUES = {"enabled": True, "renderMode": "alwaysRender", "monthlyCost": BOUND, "queueDepth": 3, "notReadySeconds": 3,
          "retirementDays": max((RETIRED - datetime.datetime.now(datetime.timezone.utc)).days + 2, 0)}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
STALLED = 13 * 3600  # more than the 12 hours after which the operator calls it so
EVER = 1000000  # requests
# Those stop last: they look back over hours, or at statuses that tell progress once a minute of the operator's own clock.
LATER = ("LabGalleryImagesDrifting", "LabGalleryGalleryDetachedOutside", "LabGalleryReplicationStalled", "LabGalleryObjectNotReady")

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/labs-rg"
GALLERY = f"{GROUP}/providers/Microsoft.Compute/galleries/teaching"
ACCOUNTS = f"{GROUP}/providers/Microsoft.LabServices/labaccounts"
SOURCE = f"{GROUP}/providers/Microsoft.Compute/images/template"
LEASE = "/apis/coordination.k8s.io/v1/namespaces/default/leases"
PLURALS = {"SharedImageGallery": "sharedimagegalleries", "Image": "images", "LabAccount": "labaccounts"}


def shortened(duration):
    """1h -> 12000ms"""
    number, unit = re.fullmatch(r"(\d+)([smhd])", duration).groups()
    return f"{int(number) * SECONDS[unit] * 1000 // SHORTER}ms"


def rules():
    """The chart's, each duration shortened."""
    found = chart.of_kind(chart.rendered(prometheusRule=VALUES), "PrometheusRule")["spec"]
    for rule in (rule for group in found["groups"] for rule in group["rules"]):
        rule["expr"] = re.sub(r"\[([^]]+)\]", lambda window: "[" + ":".join(
            shortened(part) for part in window[1].split(":")) + "]", rule["expr"])
        if "for" in rule:
            rule["for"] = shortened(rule["for"])
    return found


def manifest(kind, name, namespace="labs", **spec):
    if kind != "Image":
        spec = {"subscriptionId": GROUP.split("/")[2], "resourceGroup": GROUP.split("/")[4], "location": "westeurope", **spec}
    return {"apiVersion": "labgallery.io/v1alpha1", "kind": kind, "metadata": {"name": name, "namespace": namespace},
            "spec": spec}


def image(name, **changes):
    definition = {"osType": "Linux", "osState": "Generalized", "hyperVGeneration": "V2",
                  "identifier": {"publisher": "contoso", "offer": "labs", "sku": name}}
    regions = [{"name": "westeurope"}, {"name": "northeurope"}]
    return manifest("Image", name, **{
        "galleryRef": {"name": "teaching"}, "definition": definition, "version": "1.0.0", "source": {"managedImageId": SOURCE},
        "replication": {"scope": "Regions", "storageAccountType": "Standard_LRS", "regions": regions,
                        "readyWhen": {"minRegions": 1}}, **changes})


def account(name, **changes):
    return manifest("LabAccount", name, service="LabAccount", **changes)


ATTACHED = {"gallery": {"state": "Attached", "ref": {"name": "teaching"}}}


class World:
    """Azure, the Kubernetes API and one controller; a Prometheus that scrapes whatever controller runs."""

    def __init__(self):
        self.azure, self.kube = product.Server("azure-simulator"), product.Server("kube-simulator")
        self.controllers, self.asked, self.logins = [], 0, {"secret": "right"}
        self._prepare()
        self.prometheus = Prometheus([], interval=SCRAPED, rules=json.dumps(rules()), lookback=shortened("5m"))
        self.start()

    def _prepare(self):
        # What replicates is polled once a second, and paced by nobody: the operator's own clock is not faster.
        self.change_settings(slowPoll=3600, throttling=False, rateHeaders=False)
        self.change(GROUP, {"location": "westeurope"})
        self.change(SOURCE, {"location": "westeurope", "properties": {"hyperVGeneration": "V2", "storageProfile": {
            "osDisk": {"osType": "Linux", "osState": "Generalized", "diskSizeGB": 30}}}})
        for name, annotations in (("labs", {}), ("team", {"labgallery.io/credentials": "azure"}),
                                  ("faculty", {"labgallery.io/credentials": "azure"})):
            must("POST", f"{self.kube.url}/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {
                "name": name, "annotations": annotations}})
        self.secret("POST", "team", AZURE_CLIENT_SECRET="right")
        self.secret("POST", "faculty", AZURE_CLIENT_CERTIFICATE=self.certificate(60))
        for item in (manifest("SharedImageGallery", "teaching"), image("steady", occupiedSizeGiB=20),
                     account("cs", **ATTACHED, images={"default": "Enabled"}),
                     account("closed", deletionPolicy="Delete"), manifest("SharedImageGallery", "team", "team", azureName="team"),
                     manifest("SharedImageGallery", "faculty", "faculty", azureName="faculty")):
            self.apply(item)

    # ---- Kubernetes

    def path(self, kind, name="", namespace="labs"):
        return f"{self.kube.url}{product.GROUP}/namespaces/{namespace}/{PLURALS[kind]}/{name}".rstrip("/")

    def apply(self, item):
        must("POST", self.path(item["kind"], namespace=item["metadata"]["namespace"]), item)

    def patch(self, url, change, also=200):
        status, answer = product.ask("PATCH", url, change, "application/merge-patch+json")
        expect(status in (200, also), f"PATCH {url} is answered {status}: {answer}")

    def secret(self, method, namespace, **values):
        data = {name: base64.b64encode(text.encode()).decode() for name, text in {**credentials_test.IDS, **values}.items()}
        must(method, f"{self.kube.url}/api/v1/namespaces/{namespace}/secrets" + ("/azure" if method == "PUT" else ""),
             {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "azure"}, "data": data})

    def certificate(self, days):
        """A new one with its key, which the simulated directory takes from now on."""
        with tempfile.TemporaryDirectory() as folder:
            file, thumbprint = credentials_test.make_certificate(pathlib.Path(folder), days)
            self.logins["thumbprint"] = thumbprint
            self.change_settings(logins={credentials_test.IDS["AZURE_CLIENT_ID"]: self.logins})
            return file.read_text()

    def objects(self):
        return [item for plural in PLURALS.values() for item in must("GET", f"{self.kube.url}{product.GROUP}/{plural}")["items"]]

    def ask_again(self, kind=None, name=None):
        """Asks for a pass now, over all objects or these."""
        self.asked += 1
        for item in self.objects():
            if kind in (None, item["kind"]) and name in (None, item["metadata"]["name"]):
                self.patch(self.path(item["kind"], item["metadata"]["name"], item["metadata"]["namespace"]),
                           {"metadata": {"annotations": {"labgallery.io/reconcile-at": str(self.asked)}}},
                           also=404)  # what is being deleted may be gone by now

    def status(self, kind, name):
        return must("GET", self.path(kind, name)).get("status", {})

    def says(self, kind, name, condition):
        return any(one["type"] == condition and one["status"] == "True" for one in self.status(kind, name).get("conditions", []))

    # ---- Azure

    def change_settings(self, **changes):
        must("PATCH", f"{self.azure.url}/simulator/settings", changes)

    def change(self, resource, body=None):
        """By hand, from outside: made as `body` says, or removed."""
        return must("PUT" if body else "DELETE",
                    f"{self.azure.url}/simulator/resources?id={urllib.parse.quote(resource, safe='')}", body)

    def break_azure(self, action, path="/", method=None, **details):
        match = {"pathContains": path, **({"method": method} if method else {})}
        must("POST", f"{self.azure.url}/simulator/faults", {"match": match, "action": action, "count": EVER, **details})

    def mend_azure(self):
        must("DELETE", f"{self.azure.url}/simulator/faults")

    def region(self, name, what):
        must("POST", f"{self.azure.url}/simulator/regions",
             {"version": f"{GALLERY}/images/{name}/versions/1.0.0", "region": "northeurope", "do": what})

    # ---- controllers

    def start(self, *options):
        controller = Controller(self, "--leader-elect", "--sync-period", "1s", "--workers", "2", *options)
        self.controllers.append(controller)
        self._scrape()
        return controller

    def _scrape(self):
        self.prometheus.scrape([f"127.0.0.1:{each.ports[METRICS]}" for each in self.controllers])

    def end(self, controller):
        """It is stopped, and Prometheus is told that there is no such pod any more."""
        self.controllers.remove(controller)
        controller.stop()
        self._scrape()

    def close(self):
        for controller in self.controllers:
            controller.close()
        self.prometheus.close()
        for server in (self.azure, self.kube):
            server.kill()


class Cause:
    """What lets one alert fire, and how it is taken back. `while_it_lasts` is done again and again until the alert fires.
    `value`: the number that it tells; two operators are there, and each object is to be counted once."""

    def __init__(self, alert, begin, end, while_it_lasts=None, value=None):
        self.alert, self.begin, self.end, self.value = alert, begin, end, value
        self.again = while_it_lasts or (lambda: None)


class Causes:
    def __init__(self, world):
        self.world, self.other, self.detached = world, None, 0

    # Those do not meet: each has objects of its own.
    def together(self):
        return (
            Cause("LabGalleryImagesDrifting", self.nothing, self.nothing, self.detach),
            Cause("LabGalleryGalleryDetachedOutside", self.nothing, self.nothing),
            Cause("LabGalleryRegionFailed", self.fail_region, self.heal_region, value=1),
            Cause("LabGalleryGalleryNotAttached", self.refuse_attachment, self.allow_attachment),
            Cause("LabGalleryObjectNotReady", self.dangle, self.make_gallery),
            Cause("LabGalleryDeletionBlocked", self.delete_account_with_labs, self.remove_labs, value=1),
            Cause("LabGalleryCredentialFailing", lambda: self.world.secret("PUT", "team", AZURE_CLIENT_SECRET="wrong"),
                  lambda: self.world.secret("PUT", "team", AZURE_CLIENT_SECRET="right"), value=1),
            Cause("LabGalleryCredentialExpiring", lambda: self.certify(2), lambda: self.certify(60)),
            Cause("LabGalleryCostAboveBound", lambda: self.replicas(50), lambda: self.replicas(1)),
            Cause("LabGalleryOverlap", self.second_operator, self.end_second_operator),
            Cause("LabGalleryReplicationStalled", self.nothing, self.go_on, value=1))

    # Those are about everything, one after the other.
    def alone(self):
        return (
            Cause("LabGalleryThrottled", self.throttle, self.mend),
            Cause("LabGalleryReconcileErrors", self.fail, self.mend, self.world.ask_again),
            Cause("LabGalleryQueueGrowing", self.slow_down, self.mend, self.world.ask_again),
            Cause("LabGalleryNoLeader", self.take_lease, self.give_lease_back),
            Cause("LabGalleryDown", lambda: self.world.end(self.world.controllers[0]), self.world.start))

    def nothing(self):
        pass

    def detach(self):
        """Somebody detaches the gallery whenever it has been put back."""
        repairs = self.world.controllers[0].value("labgallery_drift_repairs_total", kind="LabAccount")
        if repairs == self.detached and all(self.world.says("LabAccount", "cs", type) for type in ("GalleryAttached", "Ready")):
            self.world.change(f"{ACCOUNTS}/cs/sharedgalleries/teaching")
            self.detached += 1

    def stall(self):
        self.world.break_azure("stallRegion", "/images/stuck/versions", "PUT", region="northeurope")
        self.world.apply(image("stuck"))

        def regions():
            return [one for one in self.world.status("Image", "stuck").get("regions", []) if one["state"] != "Pending"]
        found = until("the status of the stuck image has regions", regions)
        # The operator has no faster clock: the hours are taken off where it notes since when nothing moves.
        for one in found:
            moved = datetime.datetime.fromisoformat(one["lastTransitionTime"].replace("Z", "+00:00"))
            one["lastTransitionTime"] = (moved - datetime.timedelta(seconds=STALLED)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.world.patch(self.world.path("Image", "stuck") + "/status", {"status": {"regions": found}})

    def go_on(self):
        self.world.region("stuck", "complete")

    def fail_region(self):
        self.world.break_azure("failRegion", "/images/broken/versions", "PUT", region="northeurope")
        self.world.apply(image("broken"))

    def heal_region(self):
        self.world.mend_azure()
        self.world.region("broken", "complete")
        self.world.ask_again("Image", "broken")

    def refuse_attachment(self):
        self.world.break_azure("fail", "/labaccounts/maths/sharedgalleries", "PUT", status=403, code="RequestDisallowedByPolicy")
        self.world.apply(account("maths", **ATTACHED))

    def allow_attachment(self):
        self.world.mend_azure()
        self.world.ask_again("LabAccount", "maths")

    def dangle(self):
        self.world.apply(image("lost", galleryRef={"name": "later"}))

    def make_gallery(self):
        self.world.apply(manifest("SharedImageGallery", "later"))

    def delete_account_with_labs(self):
        self.world.change(f"{ACCOUNTS}/closed/labs/algebra", {"location": "westeurope", "properties": {}})
        must("DELETE", self.world.path("LabAccount", "closed"))

    def remove_labs(self):
        self.world.change(f"{ACCOUNTS}/closed/labs/algebra")
        self.world.ask_again("LabAccount", "closed")

    def certify(self, days):
        self.world.secret("PUT", "faculty", AZURE_CLIENT_CERTIFICATE=self.world.certificate(days))

    def replicas(self, count):
        self.world.patch(self.world.path("Image", "steady"), {"spec": {"replication": {"replicaCount": count}}})

    def second_operator(self):
        self.other = self.world.start("--leader-election-id", "second")

    def end_second_operator(self):
        self.world.end(self.other)

    def throttle(self):
        self.world.break_azure("throttle", retryAfterSeconds=1800)  # half a second of ours

    def fail(self):
        self.world.break_azure("fail", status=500, code="InternalServerError")

    def slow_down(self):
        self.world.break_azure("delay", seconds=7200)  # two seconds of ours

    def mend(self):
        self.world.mend_azure()
        self.world.ask_again()

    def change_lease(self, **changes):
        self.world.patch(f"{self.world.kube.url}{LEASE}/labgallery", {"spec": changes})

    def take_lease(self):
        """A process that is gone holds the Lease for long; the controller loses it, ends, and is started again."""
        self.change_lease(holderIdentity="gone", leaseDurationSeconds=3600)
        (controller,) = self.world.controllers
        until("the controller has lost the Lease", lambda: controller.process.poll() is not None)
        self.world.controllers.remove(controller)
        self.world.start()

    def give_lease_back(self):
        self.change_lease(holderIdentity="")


class Firing:
    def __init__(self, world):
        self.world, self.causes, self.seen = world, Causes(world), set()
        self.alerts = {rule["alert"] for group in rules()["groups"] for rule in group["rules"] if "alert" in rule}

    def firing(self, alert):
        return self.world.prometheus.firing().get(alert)

    def in_peace(self):
        """with everything Ready nothing fires but that the service ends"""
        self.causes.stall()  # told within a minute, because statuses tell progress once a minute

        def ready():
            found = [condition["status"] for item in self.world.objects()
                     for condition in item.get("status", {}).get("conditions", []) if condition["type"] == "Ready"]
            return len(found) == len(self.world.objects()) and set(found) == {"True"}
        until("all objects are Ready", ready)
        until("the end of the service is told", lambda: self.firing("LabGalleryRetirementNear"))
        product.expect_same("what fires", ["LabGalleryRetirementNear"], sorted(self.world.prometheus.firing()))
        self.seen.add("LabGalleryRetirementNear")
        return self.words("LabGalleryRetirementNear")

    def words(self, alert):
        """What a person reads, which must be whole."""
        for one in self.firing(alert) or [{"annotations": {}}]:
            for name, text in one["annotations"].items():
                expect("<no value>" not in text and "<error" not in text, f"{alert}: {name} is not whole: {text}")
        return one["annotations"].get("summary", "it has stopped meanwhile")

    def fires(self, cause):
        def probe():
            found = self.firing(cause.alert)
            if not found:
                cause.again()
            return found and cause.value in (None, float(found[0]["value"]))
        until(f"{cause.alert} fires" + (f" and tells {cause.value}" if cause.value else ""), probe)
        self.seen.add(cause.alert)
        return self.words(cause.alert)

    def stops(self, cause):
        try:
            until(f"{cause.alert} stops", lambda: not self.firing(cause.alert))
        except product.Failure as failure:
            left = [one["labels"] for one in self.firing(cause.alert) or []]
            unready = {item["metadata"]["name"]: one["message"] for item in self.world.objects()
                       for one in item.get("status", {}).get("conditions", []) if one["type"] == "Ready" and one["status"] != "True"}
            raise product.Failure(f"{failure}\n{json.dumps([left, unready], indent=1)}") from None

    def steps(self):
        together, alone = self.causes.together(), self.causes.alone()
        yield step(f"the causes of {len(together)} alerts", lambda: [cause.begin() for cause in together] and None)
        for cause in together:
            yield step(f"{cause.alert} fires", lambda cause=cause: self.fires(cause))
        yield step("the causes are taken back", lambda: [cause.end() for cause in together] and None)
        for cause in (one for one in together if one.alert not in LATER):
            yield step(f"{cause.alert} stops", lambda cause=cause: self.stops(cause))
        for cause in alone:
            yield step(f"{cause.alert} fires", lambda cause=cause: [cause.begin(), self.fires(cause)][1])
            yield step(f"{cause.alert} stops", lambda cause=cause: [cause.end(), self.stops(cause)][1])
        for cause in (one for one in together if one.alert in LATER):
            yield step(f"{cause.alert} stops", lambda cause=cause: self.stops(cause))
        yield self.without_accounts
        yield self.complete

    def without_accounts(self):
        """without lab accounts nothing fires at all"""
        for item in self.world.objects():
            if item["kind"] == "LabAccount":
                must("DELETE", self.world.path("LabAccount", item["metadata"]["name"]))
        until("nothing fires", lambda: not self.world.prometheus.firing())

    def complete(self):
        """every alert of the chart was seen"""
        product.expect_same("the alerts that fired", sorted(self.alerts), sorted(self.seen))
        return f"{len(self.seen)} alerts"


def step(name, action):
    def run():
        return action()
    run.__doc__ = name
    return run


if __name__ == "__main__":
    world = World()
    try:
        test = Firing(world)
        product.run_steps(test.in_peace, *test.steps())
    finally:
        world.close()
