#!/usr/bin/env python3
"""The operator's rights (rights.yaml) are exactly what it uses: from the audit log, nothing was denied and nothing is unused."""
import collections
import http.client
import json
import ssl

from control_plane import free_ports, product
from product import expect
import refusals
from relay import Relay
import stories
from world import World, condition, forbidden

ROLES = (("clusterrole", "labgallery", None), ("role", "labgallery-election", "labgallery-system"))


class Grant(collections.namedtuple("Grant", "verb resource group name name_space")):
    """One right; without a name it holds for all objects, without a namespace everywhere."""

    def allows(self, request):
        return (self[:3] == request[:3] and self.name in (None, request.name)
                and self.name_space in (None, request.name_space))

    def __str__(self):
        return (f"{self.verb} {self.resource}" + (f" {self.group}" if self.group else "")
                + (f" named {self.name}" if self.name else "") + (f" in {self.name_space}" if self.name_space else ""))


class Rights:
    def __init__(self, world):
        self.world, self.plane, self.kubectl = world, world.plane, world.kubectl
        self.story = stories.load(world.plane.folder / "stories")["attach-later"]

    def played(self):
        """a story is played, and an object is refused again and again: one event, which is counted"""
        self.story.assume(self.world.azure)
        self.kubectl("create", "namespace", self.story.name_space)
        # It logs in with a Secret, which it keeps when the namespace ends.
        self.kubectl("create", "secret", "generic", "azure", "--namespace", self.story.name_space,
                     *(f"--from-literal=AZURE_{name}=x" for name in ("TENANT_ID", "CLIENT_ID", "CLIENT_SECRET")))
        self.kubectl("annotate", "namespace", self.story.name_space, "labgallery.io/credentials=azure")
        (port,) = free_ports(1)
        with Relay(self.plane.port) as relay, \
                self.world.operator("--metrics-bind-address", f"127.0.0.1:{port}", server=relay.url):
            self.kubectl("apply", "-f", self.story.steps[1])
            self.world.wait_ready(self.story.name_space)
            self._scrape(port)
            # What the operator writes comes back so late by its watches that it reads the objects by themselves.
            relay.hold(longest=12)
            where = {"subscriptionId": self.story.subscription, "resourceGroup": "labs-rg"}
            self._create(*refusals.gallery(**where), "second")
            self._create(*refusals.account(**where), "second")
            self._create(*refusals.image(galleryRef={"name": "teaching"}, definition=refusals.definition()), "second")
            product.until("objects of every kind were read", lambda: len(
                {request.resource for request in self._requests()
                 if request.verb == "get" and request.group == "labgallery.io"}) == 3)
            relay.release()
            kind, spec = refusals.gallery(subscriptionId=self.story.subscription, resourceGroup="labs-rg",
                                          azureName="teaching")
            self._create(kind, spec, "rival")
            self._until("rival", kind, "AzureResourceClaimed")
            product.until("there is an event about it", self._rivals_event)
            for moment in ("again", "and again"):
                self.kubectl("annotate", "--overwrite", "sig", "rival", "--namespace", self.story.name_space,
                             f"labgallery.io/reconcile-at={moment}")
                product.until("it was looked at", lambda: self.world.get(
                    kind, self.story.name_space, "rival")["status"].get("handledReconcileAt") == moment)
        # An operator that ends writes what it has counted.
        count = self._rivals_event()["series"]["count"]
        expect(count >= 3, f"the event was counted {count} times")
        told = self.kubectl("describe", "sig", "rival", "--namespace", self.story.name_space)
        expect("Warning  AzureResourceClaimed" in told and f"(x{count} over" in told, told)
        return "\n" + self.kubectl("get", "events", "--namespace", self.story.name_space) + told[told.index("Events:"):]

    def _scrape(self, port):
        """By somebody of whom the operator has to ask who he is and whether he may."""
        token = self.kubectl("create", "token", "default", "--namespace", self.story.name_space).strip()
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=ssl._create_unverified_context())
        connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        expect(answer.status == 403, f"a scrape without the right is answered {answer.status} {answer.read()}")
        connection.close()

    def played_elsewhere(self):
        """the story ends on an API server without streaming lists"""
        self.plane.kill("kube-apiserver")
        self.plane.start_api_server("WatchList=false")
        with self.world.operator():
            self.kubectl("delete", "sig", "rival", "--namespace", self.story.name_space)
            self.kubectl("delete", "namespace", self.story.name_space)

    def _rivals_event(self):
        """The one event about the rival, or nothing."""
        events = self.plane.must("GET", f"/apis/events.k8s.io/v1/namespaces/{self.story.name_space}/events")["items"]
        rivals = [event for event in events if event["regarding"]["name"] == "rival"]
        expect(len(rivals) <= 1, f"several events: {rivals}")
        return rivals[0] if rivals else None

    def _create(self, kind, spec, name):
        self.kubectl("create", "--namespace", self.story.name_space, "-f", "-", stdin=json.dumps({
            "apiVersion": "labgallery.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}))

    def _until(self, name, kind, reason):
        product.until(f"{name} is {reason}", lambda: condition(
            self.world.get(kind, self.story.name_space, name), "Ready").get("reason") == reason)

    def denied(self):
        """nothing was denied, but by an API server that had just started and did not know the roles yet"""
        grants = self._granted()
        denied = {str(request) for request in map(self._request, filter(forbidden, self.plane.audited()))
                  if not any(grant.allows(request) for grant in grants)}
        expect(not denied, f"denied to the operator: {sorted(denied)}")

    def unused(self):
        """nothing is unused: for each right there is a request that no other right allows"""
        grants, needed = self._granted(), set()
        for request in self._requests():
            allowing = [grant for grant in grants if grant.allows(request)]
            needed.update(allowing if len(allowing) == 1 else [])
        unused = sorted(str(grant) for grant in grants if grant not in needed)
        expect(not unused, f"granted, and not used: {unused}")
        return "\n     " + "\n     ".join(sorted(map(str, grants)))

    def _requests(self):
        return {self._request(event) for event in self.plane.audited()}

    def _granted(self):
        granted = set()
        for kind, name, name_space in ROLES:
            where = ["--namespace", name_space] if name_space else []
            for rule in json.loads(self.kubectl("get", kind, name, *where, "--output=json"))["rules"]:
                granted |= {Grant(verb, resource, group, only, name_space) for group in rule["apiGroups"]
                            for resource in rule["resources"] for verb in rule["verbs"]
                            for only in rule.get("resourceNames", [None])}
        return granted

    @staticmethod
    def _request(event):
        told = event.get("objectRef", {"resource": event["requestURI"]})
        resource = told["resource"] + (f"/{told['subresource']}" if "subresource" in told else "")
        return Grant(event["verb"], resource, told.get("apiGroup", ""), told.get("name"), told.get("namespace"))


if __name__ == "__main__":
    with World() as world:
        rights = Rights(world)
        product.run_steps(rights.played, rights.played_elsewhere, rights.denied, rights.unused)
