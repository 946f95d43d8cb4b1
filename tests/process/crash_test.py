#!/usr/bin/env python3
"""Crash safety across processes: the controller is killed at every write it sends, to Azure and to the Kubernetes API,
by turns before and after the write takes effect, while both servers live on in processes of their own."""
import json
import signal

import product
import wiretap
from product import Failure, difference, expect, expect_same, must

STORY = product.SAMPLES / "full"
INSTALLATION = "standalone"  # as `apply` has it, so that its objects and tags are comparable
SERVER_FIELDS = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields")
MOST_LIVES = 1000
SOON = 10  # seconds between a kill and its being told


def wanted_objects():
    """The story's objects as `apply` leaves them in the embedded mode."""
    return json.loads(product.must_apply("-f", STORY, "-o", "json"))["items"]


def outcome(item):
    """What must be the same at the end, however the object got there."""
    status = item.get("status", {})
    shown = {name: status.get(name) for name in
             ("version", "versions", "replicated", "regionCounts", "imagesEnabled", "imageCounts", "replicaCount")}
    shown["conditions"] = {condition["type"]: [condition["status"], condition["reason"]]
                           for condition in status.get("conditions", [])}
    shown["finalizers"] = item["metadata"].get("finalizers", [])
    return product.without_times(shown)


def key(item):
    return f"{item['kind']} {item['metadata']['namespace']}/{item['metadata']['name']}"


def outcomes(items):
    return {key(item): outcome(item) for item in items}


def create(kube, objects):
    """The objects anew, and their namespaces where there are none yet."""
    for name in sorted({item["metadata"]["namespace"] for item in objects}):
        if product.ask("GET", f"{kube.url}/api/v1/namespaces/{name}")[0] == 404:
            must("POST", f"{kube.url}/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    for item in objects:
        metadata = {name: value for name, value in item["metadata"].items()
                    if name not in SERVER_FIELDS + ("finalizers",)}
        fresh = {"apiVersion": item["apiVersion"], "kind": item["kind"], "metadata": metadata, "spec": item["spec"]}
        plural = next(plural for plural in product.PLURALS if plural[:5] == item["kind"].lower()[:5])
        must("POST", f"{kube.url}{product.GROUP}/namespaces/{metadata['namespace']}/{plural}", fresh)


class World:
    """Both servers, and the wiretaps through which the controller reaches them."""

    def __init__(self, objects, trigger):
        self.trigger = trigger
        self.azure = product.Server("azure-simulator")
        self.kube = product.Server("kube-simulator")
        self.azure_tap = wiretap.Wiretap(self.azure.address, self.trigger)
        self.kube_tap = wiretap.Wiretap(self.kube.address, self.trigger)
        self.log = product.log_file()
        product.assume(self.azure, STORY)
        create(self.kube, objects)

    def objects(self):
        return [item for plural in product.PLURALS
                for item in must("GET", f"{self.kube.url}{product.GROUP}/{plural}")["items"]]

    def controller(self):
        return product.start("controller", "--kube-endpoint", self.kube_tap.url, "--azure-endpoint",
                             self.azure_tap.url, "--installation", INSTALLATION, stdout=self.log, stderr=self.log)

    def last_log(self):
        self.log.seek(0)
        return self.log.read()[-1500:]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for part in (self.azure_tap, self.kube_tap):
            part.__exit__()
        for server in (self.azure, self.kube):
            server.kill()
        self.log.close()


def all_ready(items, _):
    return all(outcome(item)["conditions"].get("Ready", [""])[0] == "True" for item in items)


def all_as_wanted(items, wanted):
    return outcomes(items) == wanted


def live(world, wanted, is_over):
    """One controller, until `is_over` holds and Azure rests, or until it was killed: whether it was. Then it is stopped
    by SIGTERM."""
    asked_before = world.azure_tap.requests
    process = world.controller()

    def probe():
        if world.trigger.fired.is_set():
            return "killed"
        if process.poll() is not None:
            expect(world.trigger.fired.wait(SOON), f"the controller has ended by itself with {process.returncode}")
            return "killed"
        begun = world.azure_tap.requests > asked_before
        rests = not must("GET", f"{world.azure.url}/simulator/state")["operations"]
        return "over" if begun and rests and is_over(world.objects(), wanted) else None

    try:
        world.trigger.watch(process)
        if product.until("the objects reach their end", probe, world.trigger.fired) == "killed":
            return True
        status = product.stop(process, signal.SIGTERM)
        if status == -signal.SIGKILL and world.trigger.fired.wait(SOON):
            return True
        expect(status == 0, f"SIGTERM ends the controller with {status}")
        return False
    except Failure as failure:
        seen = outcomes(world.objects())
        raise Failure(f"{failure}\nlast log lines:\n{world.last_log()}\n{difference(wanted, seen)}") from None
    finally:
        world.trigger.watch(None)
        process.kill()
        process.wait()


def play(world, wanted):
    """Controllers one after the other until one is not killed any more, because nothing is left to write; how many. An
    account notices by the minute what happens to its gallery's images, so after Ready a new controller looks at once."""
    lives = 1
    for is_over in (all_ready, all_as_wanted):
        while live(world, wanted, is_over):
            lives += 1
            expect(lives < MOST_LIVES, f"no end after {MOST_LIVES} lives")
        lives += 1
    return lives - 1


def story_of_writes(tap):
    """Resource -> the different bodies that it was sent, in order; a repeated body counts once."""
    told = {}
    for write in tap.writes:
        line = (write.method, json.loads(write.body) if write.body else None)
        lines = told.setdefault(write.path.split("?")[0].lower(), [])
        if line not in lines:
            lines.append(line)
    return told


def created_twice(tap):
    created = [write.path.split("?")[0].lower() for write in tap.writes
               if write.method == "PUT" and write.status == 201]
    return sorted({path for path in created if created.count(path) > 1})


class Crash:
    def embedded(self):
        """apply in the embedded mode shows how the story ends"""
        self.items = wanted_objects()
        self.wanted = outcomes(self.items)
        return f"{len(self.items)} objects"

    def peaceful(self):
        """a controller that nobody kills ends the same"""
        with World(self.items, wiretap.Trigger(kills=False)) as world:
            play(world, self.wanted)
            self.cloud = product.cloud(world.azure)
            self.writes = story_of_writes(world.azure_tap)
            return (f"{len(world.azure_tap.writes)} writes to Azure,"
                    f" {len(world.kube_tap.writes)} to the Kubernetes API")

    def killed(self):
        """a controller killed at each of its writes ends the same, makes nothing twice, leaves nothing over"""
        with World(self.items, wiretap.Trigger(kills=True)) as world:
            lives = play(world, self.wanted)
            kills = world.trigger.kills
            expect(kills["before"] > 10 and kills["after"] > 10, f"there were only {kills} kills")
            expect_same("the cloud", self.cloud, product.cloud(world.azure))
            expect(not created_twice(world.azure_tap), f"created twice: {created_twice(world.azure_tap)}")
            expect_same("the bodies sent to each resource", self.writes, story_of_writes(world.azure_tap))
            return f"{lives} lives, {kills['before']} killed before a write took effect, {kills['after']} after"


if __name__ == "__main__":
    crash = Crash()
    product.run_steps(crash.embedded, crash.peaceful, crash.killed)
