#!/usr/bin/env python3
"""The operator's rights (rights.yaml) are exactly what it uses: from the audit log, nothing was denied and nothing is unused."""
import json

from control_plane import product
from product import expect, expect_same
import refusals
from relay import Relay
import stories
from world import World, condition, forbidden

ROLES = (("clusterrole", "labgallery", None), ("role", "labgallery-election", "labgallery-system"))

# What is granted for something that no test waits for here: an Event becomes a series when it repeats for minutes.
RARE = {"patch events events.k8s.io"}


class Rights:
    def __init__(self, world):
        self.world, self.plane, self.kubectl = world, world.plane, world.kubectl
        self.story = stories.load(world.plane.folder / "stories")["attach-later"]

    def played(self):
        """a story is played, and an object is refused, so that there is an event"""
        self.story.assume(self.world.azure)
        self.kubectl("create", "namespace", self.story.name_space)
        with Relay(self.plane.port) as relay, self.world.operator(server=relay.url):
            self.kubectl("apply", "-f", self.story.steps[1])
            self.world.wait_ready(self.story.name_space)
            # What the operator writes comes back so late by its watches that it reads the objects by themselves.
            relay.hold(longest=12)
            where = {"subscriptionId": self.story.subscription, "resourceGroup": "labs-rg"}
            self._create(*refusals.gallery(**where), "second")
            self._create(*refusals.account(**where), "second")
            self._create(*refusals.image(galleryRef={"name": "teaching"}, definition=refusals.definition()), "second")
            product.until("objects of every kind were read", lambda: len(
                {line for line in self._used() if line.startswith("get ") and line.endswith("labgallery.io")}) == 3)
            relay.release()
            kind, spec = refusals.gallery(subscriptionId=self.story.subscription, resourceGroup="labs-rg",
                                          azureName="teaching")
            self._create(kind, spec, "rival")
            self._until("rival", kind, "AzureResourceClaimed")
            product.until("there is an event about it", lambda: "AzureResourceClaimed" in self.kubectl(
                "events", "--namespace", self.story.name_space))
            told = self.kubectl("describe", "sig", "rival", "--namespace", self.story.name_space)
            expect("Warning  AzureResourceClaimed" in told, told)
            self.kubectl("delete", "sig", "rival", "--namespace", self.story.name_space)
            self.plane.kill("kube-apiserver")
            self.plane.start_api_server("WatchList=false")
            self.kubectl("delete", "namespace", self.story.name_space)

    def _create(self, kind, spec, name):
        self.kubectl("create", "--namespace", self.story.name_space, "-f", "-", stdin=json.dumps({
            "apiVersion": "labgallery.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}))

    def _until(self, name, kind, reason):
        product.until(f"{name} is {reason}", lambda: condition(
            self.world.get(kind, self.story.name_space, name), "Ready").get("reason") == reason)

    def denied(self):
        """nothing was denied, but by an API server that had just started and did not know the roles yet"""
        denied = {self._line(event) for event in self.plane.audited() if forbidden(event)} - self._granted()
        expect(not denied, f"denied to the operator: {sorted(denied)}")

    def unused(self):
        """nothing is unused"""
        used = self._used() | RARE
        expect_same("what is granted, and what is used", sorted(self._granted()), sorted(used))
        return "\n     " + "\n     ".join(sorted(used))

    def _used(self):
        return {self._line(event) for event in self.plane.audited()}

    def _granted(self):
        granted = set()
        for kind, name, name_space in ROLES:
            where = ["--namespace", name_space] if name_space else []
            for rule in json.loads(self.kubectl("get", kind, name, *where, "--output=json"))["rules"]:
                granted |= {f"{verb} {resource} {group}".strip() for group in rule["apiGroups"]
                            for resource in rule["resources"] for verb in rule["verbs"]}
        return granted

    @staticmethod
    def _line(event):
        told = event.get("objectRef", {"resource": event["requestURI"]})
        resource = told["resource"] + (f"/{told['subresource']}" if "subresource" in told else "")
        return f"{event['verb']} {resource} {told.get('apiGroup', '')}".strip()


if __name__ == "__main__":
    with World() as world:
        rights = Rights(world)
        product.run_steps(rights.played, rights.denied, rights.unused)
