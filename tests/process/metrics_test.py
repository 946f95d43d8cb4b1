#!/usr/bin/env python3
"""What a running controller tells Prometheus, kubelet and the readers of its log."""
import http.client
import json
import re
import signal
import subprocess
import time

import crash_test
import product
from product import expect, must

DOCUMENT = product.ROOT / "docs" / "metrics.md"
HEALTH, METRICS = "health_port", "metrics_port"
LINE = re.compile(r"^(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:{(?P<labels>.*)})? (?P<value>\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


class Controller:
    """A controller that logs JSON into a file."""

    def __init__(self, world, *options):
        self.log = product.log_file()
        self.process = product.start(
            "controller", "--kube-endpoint", world.kube.url, "--azure-endpoint", world.azure.url, "--installation",
            crash_test.INSTALLATION, "--log-format", "json", "--log-level", "debug", "--metrics-bind-address",
            "127.0.0.1:0", "--health-probe-bind-address", "127.0.0.1:0", *options, stdout=self.log, stderr=self.log)
        self.ports = product.until("the controller says where it listens", self._ports)

    def _ports(self):
        return next((line for line in self.lines() if METRICS in line), None)

    def lines(self):
        """The log so far; every whole line must be JSON."""
        self.log.seek(0)
        return [json.loads(line) for line in self.log.read().splitlines(keepends=True) if line.endswith("\n")]

    def health(self, path):
        return get(self.ports[HEALTH], path)

    def scrape(self):
        status, text = get(self.ports[METRICS], "/metrics")
        expect(status == 200, f"/metrics is answered {status}: {text[:500]}")
        return text

    def series(self):
        """[(name, labels, value)] of one scrape."""
        found = [LINE.match(line) for line in self.scrape().splitlines() if not line.startswith("#")]
        return [(one["name"], dict(LABEL.findall(one["labels"] or "")), float(one["value"])) for one in found]

    def value(self, family, **labels):
        """Of one scrape, as `total` has it."""
        return total(self.series(), family, **labels)

    def stop(self):
        status = product.stop(self.process, signal.SIGTERM)
        expect(status == 0, f"SIGTERM ends the controller with {status}")
        self.close()

    def close(self):
        self.process.kill()
        self.process.wait()


def total(series, family, **labels):
    """The sum of the series that have these labels; None without one."""
    values = [value for found, has, value in series if found == family and labels.items() <= has.items()]
    return sum(values) if values else None


def documented():
    return set(re.findall(r"^\| `([a-z_]+)` \|", DOCUMENT.read_text(), re.MULTILINE))


def families(text):
    return set(re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE))


class Metrics:
    def __init__(self, world, objects):
        self.world, self.objects, self.controller = world, objects, None

    def starting(self):
        """it is alive at once, and ready when its lists are read; a stopped API server changes neither"""
        # A definition that is there at once is not waited for.
        must("PATCH", f"{self.world.azure.url}/simulator/settings",
             {"styles": {"Microsoft.Compute/galleries/images": "Synchronous"}})
        self.world.kube.process.send_signal(signal.SIGSTOP)
        # Nobody elects this one: who holds a Lease ends where the API server stands still for seven seconds.
        self.controller = Controller(self.world)
        status, text = self.controller.health("/readyz")
        expect(status == 503 and "[-]caches failed: " in text, f"/readyz is answered {status}: {text}")
        product.until("/readyz names what is not synced",
                      lambda: "images" in self.controller.health("/readyz/caches")[1])
        expect(self.controller.health("/livez") == (200, "ok"), "/livez is not ok")
        self.world.kube.process.send_signal(signal.SIGCONT)
        product.until("/readyz is answered 200", lambda: self.controller.health("/readyz") == (200, "ok"))
        self.world.kube.process.send_signal(signal.SIGSTOP)
        time.sleep(2)
        for path in ("/livez", "/healthz", "/readyz"):
            expect(self.controller.health(path) == (200, "ok"), f"{path} is not ok while the API server is stopped")
        self.world.kube.process.send_signal(signal.SIGCONT)
        self.controller.stop()

    def settled(self):
        """every object is counted as Ready, with its regions, switches and cost"""
        crash_test.create(self.world.kube, self.objects)
        self.controller = Controller(self.world, "--leader-elect", "--sync-period", "2s")
        wanted = len(self.objects)
        product.until("all objects are counted as Ready", lambda: self.controller.value(
            "labgallery_object_conditions", condition="Ready", status="True") == wanted)
        expect(self.controller.value("labgallery_objects") == wanted, "objects are missing")
        product.until("all are counted as having become Ready", lambda: (self.controller.value(
            "labgallery_time_to_ready_seconds_count") or 0) >= wanted)
        product.until("the regions are completed, whoever counts them", self._completed)
        # An account hears of its images after they are Ready.
        for name, labels in (("labgallery_cost_monthly", {}), ("labgallery_account_images", {"state": "enabled"}),
                             ("labgallery_arm_requests_total", {"method": "PUT", "code": "201"}),
                             ("labgallery_arm_bucket_level", {"bucket": "writes"}),
                             ("rest_client_requests_total", {"method": "PATCH", "code": "200"}),
                             ("controller_runtime_reconcile_total", {"controller": "image", "result": "requeue_after"}),
                             ("leader_election_master_status", {"name": "labgallery"}),
                             ("process_resident_memory_bytes", {})):
            product.until(f"{name} {labels} is there, and not 0", lambda name=name, labels=labels: self.controller.value(
                name, **labels))
        return f"{wanted} objects"

    def _completed(self):
        """Of one scrape: regions become completed while others are counted."""
        series = self.controller.series()
        regions = total(series, "labgallery_replication_regions", state="Completed")
        return regions and regions == total(series, "labgallery_replication_targets", state="completed")

    def checked(self):
        """promtool finds nothing to complain of"""
        ran = subprocess.run(["promtool", "check", "metrics"], input=self.controller.scrape(), text=True,
                             capture_output=True, timeout=product.PATIENCE)
        expect(ran.returncode == 0 and not ran.stderr, f"promtool says:\n{ran.stdout}{ran.stderr}")

    def described(self):
        """what is scraped is what docs/metrics.md lists"""
        shown, listed = families(self.controller.scrape()), documented()
        expect(shown <= listed, f"not in the document: {sorted(shown - listed)}")
        # Objects that are not Ready, and errors, there are none of here, and nobody logs in (tests/chart/firing_test.py does).
        absent = {"labgallery_object_ready", "labgallery_object_ready_transition_timestamp_seconds",
                  "labgallery_image_regions", "labgallery_pass_errors_total",
                  "labgallery_token_requests_total", "labgallery_credential_expiry_timestamp_seconds"}
        expect(listed - shown <= absent, f"not scraped: {sorted(listed - shown - absent)}")
        return f"{len(shown)} families"

    def repaired(self):
        """what is changed in Azure by hand is put back, and counted"""
        before = self.controller.value("labgallery_drift_repairs_total", kind="SharedImageGallery")
        gallery = next(resource for resource in
                       must("GET", f"{self.world.azure.url}/simulator/state")["resources"]
                       if resource["type"].lower() == "microsoft.compute/galleries")
        gallery["properties"]["description"] = "changed by hand"
        must("PUT", f"{self.world.azure.url}/simulator/resources?id={gallery['id']}", gallery)
        product.until("the repair is counted", lambda: self.controller.value(
            "labgallery_drift_repairs_total", kind="SharedImageGallery") > before)

    def logged(self):
        """every line of the log is JSON with the same keys, and no secret"""
        lines = self.controller.lines()
        for line in lines:
            expect({"ts", "level", "msg"} <= line.keys(), f"a line lacks something: {line}")
            if "reconcile_id" in line:
                expect(line["controller"] in ("sharedimagegallery", "image", "labaccount"), f"whose is {line}")
                expect(re.fullmatch(r"[^/]+/[^/]+", line["object"]), f"no object: {line}")
        written = [line for line in lines if line["msg"] == "Wrote to Azure"]
        asked = [line for line in lines if line["msg"] == "Azure answered"]
        expect(written and all(line["correlation_id"] for line in written), "no write is logged with its correlation id")
        # One id leads from the object to each of its requests.
        ids = {line["correlation_id"] for line in asked}
        expect(all(line["reconcile_id"] in ids for line in written), "a pass's requests are logged under another id")
        text = json.dumps(lines)
        for secret in ("Bearer", "sig=", "access_token"):
            expect(secret not in text, f"the log holds {secret!r}")
        return f"{len(lines)} lines"

    def one_by_one(self):
        """--metrics-per-object says which objects have series of their own"""
        self.controller.stop()
        objects = self.world.objects()
        lost = {"apiVersion": "labgallery.io/v1alpha1", "kind": "Image",
                "metadata": {"name": "lost", "namespace": objects[0]["metadata"]["namespace"]},
                "spec": {"galleryRef": {"name": "nowhere"}, "definition": next(
                    item["spec"]["definition"] for item in objects if item["kind"] == "Image")}}
        must("POST", f"{self.world.kube.url}{product.GROUP}/namespaces/{lost['metadata']['namespace']}/images", lost)
        for option, wanted in (("None", set()), ("NotReady", {"lost"}),
                               ("All", {item["metadata"]["name"] for item in objects} | {"lost"})):
            self.controller = Controller(self.world, "--metrics-per-object", option)
            product.until(f"{option} shows {sorted(wanted)}", lambda: wanted == {
                labels["name"] for name, labels, _ in self.controller.series() if name == "labgallery_object_ready"}
                and self.controller.value("labgallery_object_conditions", reason="WaitingForGallery") == 1)
            self.checked()
            if option != "All":
                self.controller.stop()

    def taken(self):
        """an address that is in use, or none at all, ends a controller with a word about the flag"""
        port = self.controller.ports[METRICS]
        for flag, address, wanted in (("--metrics-bind-address", f"127.0.0.1:{port}", 1),
                                      ("--health-probe-bind-address", f"127.0.0.1:{port}", 1),
                                      ("--health-probe-bind-address", "nonsense", 2)):
            ran = subprocess.run([product.BINARY, "controller", "--kube-endpoint", self.world.kube.url,
                                  "--azure-endpoint", self.world.azure.url, flag, address],
                                 capture_output=True, text=True, timeout=product.PATIENCE)
            expect(ran.returncode == wanted, f"{flag} {address} ends with {ran.returncode}: {ran.stderr}")
            expect(f"{flag} {address}: " in ran.stderr, f"it does not say why: {ran.stderr}")

    def close(self):
        self.world.kube.process.send_signal(signal.SIGCONT)
        if self.controller:
            self.controller.close()


if __name__ == "__main__":
    with crash_test.World([], crash_test.wiretap.Trigger(kills=False)) as world:
        test = Metrics(world, crash_test.wanted_objects())
        try:
            product.run_steps(test.starting, test.settled, test.checked, test.described, test.repaired, test.logged,
                              test.one_by_one, test.taken)
        finally:
            test.close()
