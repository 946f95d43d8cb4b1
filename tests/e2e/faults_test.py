#!/usr/bin/env python3
"""Faults between the operator and a real API server. Each is put upon a story of its own, and each time the end must be that of
the same story left in peace, in the cluster and in Azure, with no write more: `doubled` counts those that would be one."""
import collections
import json
import random
import re
import sys
import time

from control_plane import product
from product import Failure, expect, expect_same
from relay import Relay
import stories
from world import KINDS, Repeatedly, World, condition, is_ready, key

STORY = product.SAMPLES / "full"
SEED = 20261125
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MERGE = "application/merge-patch+json"
UNELECTED = "--leader-elect=false"  # whoever holds a Lease ends when the API server is away for seven seconds
AT_WORK = "Controller started"
AT = "labgallery.io/reconcile-at"


class Faults:
    def __init__(self, world):
        self.world, self.plane = world, world.plane
        self.number = 100
        self.calm = None  # (Azure at the end, writes) of a story that was left in peace

    # ---- a story under a fault

    def begin(self):
        """A new copy of the story: what it takes for granted is there, and its objects are created."""
        self.number += 1
        story = stories.Story(STORY, self.number, self.plane.folder / "copies" / str(self.number))
        story.name_space += f"-{self.number}"
        for step in story.steps:
            for file in step.glob("*.yaml"):
                text = file.read_text().replace(f"namespace: {stories.NAME_SPACE}-full\n",
                                                f"namespace: {story.name_space}\n")
                file.write_text(text.replace(f"name: {stories.NAME_SPACE}-full\n", f"name: {story.name_space}\n"))
        story.assume(self.world.azure)
        story.since = product.last_request(self.world.azure)
        self.world.kubectl("apply", "-f", story.steps[0] / "namespace.yaml")
        self.world.kubectl("apply", "-f", story.steps[0])
        story.begun = time.monotonic()
        return story

    def objects(self, story):
        """Those of the story; nothing while the API server cannot be asked."""
        try:
            return self.world.objects(story.name_space)
        except (OSError, Failure):
            return []

    def poke(self, items, asked=None):
        """Has the operator look at once: what it polls by the minute need not take minutes here."""
        asked = asked or str(time.monotonic_ns())
        for item in items:
            path = self.world.path(KINDS[item["kind"]], item["metadata"]["namespace"], item["metadata"]["name"])
            try:
                self.plane.ask("PATCH", path, {"metadata": {"annotations": {AT: asked}}}, MERGE)
            except OSError:
                pass
        return asked

    def settle(self, story):
        """Until everything is Ready, Azure rests, and everything was looked at twice after that; what is left is told by a failure."""
        last = [time.monotonic()]

        def ready():
            items = self.objects(story)
            unready = [item for item in items if not is_ready(item)]
            if unready and time.monotonic() - last[0] > 3:
                self.poke(unready)
                last[0] = time.monotonic()
            return items and not unready

        try:
            product.until("everything is Ready", ready)
            story.took = time.monotonic() - story.begun
            # An Image is Ready before the last of its regions is done, and what that changes is told later.
            product.until("Azure rests", self.world.resting)
            for _ in range(2):
                self.look(story)
            product.until("Azure rests", self.world.resting)
        except Failure as failure:
            told = [f"{key(item)}: {condition(item, 'Ready')}" for item in self.objects(story) if not is_ready(item)]
            raise Failure("\n".join([str(failure), *told])) from None

    def look(self, story):
        """Has the operator look at all objects, and waits until it has."""
        asked = self.poke(self.objects(story))

        def unseen(items):
            return [item for item in items if item["status"].get("handledReconcileAt") != asked]

        def seen():
            items = self.objects(story)
            self.poke([item for item in items if item["metadata"].get("annotations", {}).get(AT) != asked], asked)
            return items and not unseen(items)

        try:
            product.until("everything was looked at", seen)
        except Failure as failure:
            told = [f"{key(item)}: {json.dumps(item['status'])[:700]}" for item in unseen(self.objects(story))]
            raise Failure("\n".join([str(failure), *told])) from None

    def outcome(self, story):
        """(Azure, the story's writes and how often each) without what differs from copy to copy."""
        def plain(value):
            text = json.dumps(value, sort_keys=True).lower().replace(story.subscription, "SUBSCRIPTION")
            return GUID.sub("GUID", text.replace(story.name_space, "NAMESPACE"))

        mine = f"/subscriptions/{story.subscription}/"
        cloud = sorted(plain([id_, body]) for id_, body in product.cloud(self.world.azure).items() if id_.startswith(mine))
        writes = collections.Counter(plain([write["method"], write["path"].split("?")[0]])
                                     for write in self.world.writes(story.since) if mine in write["path"].lower())
        return cloud, writes

    def judge(self, story, more_writes=0):
        """That the end is that of peace; a sentence. Writes that an answer was not heard of may be sent again."""
        self.settle(story)
        cloud, writes = self.outcome(story)
        expect_same("Azure", self.calm[0], cloud)
        doubled = sorted((writes - self.calm[1]).elements())
        missing = sorted((self.calm[1] - writes).elements())
        expect(len(doubled) <= more_writes and not missing, f"doubled: {doubled}; missing: {missing}")
        twice = self.world.doubled()
        expect(not twice, f"created twice: {twice}")
        return f"Ready after {story.took:.1f} s, {sum(writes.values())} writes, {len(doubled)} doubled"

    # ---- steps

    def peace(self):
        """a story that is left in peace"""
        with self.world.operator():
            story = self.begin()
            self.settle(story)
        self.calm = self.outcome(story)
        return f"Ready after {story.took:.1f} s, {sum(self.calm[1].values())} writes"

    def server_killed(self):
        """the API server is killed and started again, three times"""
        with self.world.operator(UNELECTED) as operator:
            operator.wait_for(AT_WORK)
            story = self.begin()
            moments = random.Random(SEED)
            for _ in range(3):
                time.sleep(moments.uniform(0.1, 0.5))
                self.plane.kill("kube-apiserver")
                self.plane.start_api_server()
            return self.judge(story)

    def compacted(self):
        """etcd is compacted and the API server starts anew: every version that the operator knows is gone (410)"""
        with self.world.operator(UNELECTED) as operator:
            operator.wait_for(AT_WORK)
            story = self.begin()
            self.plane.kill("kube-apiserver")
            self.plane.compact()
            self.plane.start_api_server()
            return self.judge(story)

    def operator_killed(self):
        """the operator is killed at random moments, and started again"""
        moments, kills = random.Random(SEED), 10
        operator = self.world.operator()
        try:
            story = self.begin()
            for _ in range(kills):
                time.sleep(moments.uniform(0.2, 1.0))
                operator.kill()
                operator = self.world.operator(UNELECTED)
            return f"{kills} times; {self.judge(story, more_writes=kills)}"
        finally:
            operator.kill()

    def operator_restarted(self):
        """the operator is stopped and started again: the Lease is handed over"""
        operator = self.world.operator()
        try:
            story = self.begin()
            for _ in range(4):
                operator.wait_for("Leads from now on")
                operator.stop()
                operator = self.world.operator()
            return self.judge(story)
        finally:
            operator.kill()

    def slow(self):
        """every piece of every answer takes 50 ms"""
        with Relay(self.plane.port) as relay, self.world.operator(server=relay.url):
            relay.delay = 0.05
            return self.judge(self.begin())

    def cut(self):
        """all connections are cut, again and again"""
        with Relay(self.plane.port) as relay, self.world.operator(UNELECTED, server=relay.url):
            with Repeatedly(relay.cut, 0.1, 0.6, random.Random(SEED)) as cuts:
                story = self.begin()
                product.until("they were cut twenty times", lambda: cuts.count >= 20)
            return f"{cuts.count} times; {self.judge(story)}"

    def fought(self):
        """two operators that nobody elects work on the same objects; afterwards both are quiet"""
        with self.world.operator(UNELECTED), self.world.operator(UNELECTED):
            story = self.begin()
            told = self.judge(story, more_writes=sys.maxsize)
            before = product.last_request(self.world.azure)
            self.look(story)
            self.look(story)
            expect(not self.world.writes(before), "they go on writing to Azure")
            return told

    def stale(self):
        """Sieve, stale state: while the watches stand still, a spec changes and an object is made anew under its name"""
        with Relay(self.plane.port) as relay, self.world.operator(server=relay.url):
            story = self.begin()
            self.settle(story)
            gallery = self.world.path(KINDS["SharedImageGallery"], story.name_space, "teaching")
            image = self.world.path(KINDS["Image"], story.name_space, "statistics-exam")
            relay.hold()
            before = product.last_request(self.world.azure)
            self.plane.must("PATCH", gallery, {"spec": {"description": "Another description"}}, MERGE)
            old = self.plane.must("GET", image)
            freed = {"spec": {"deletionPolicy": "Retain"}, "metadata": {"finalizers": None}}
            self.plane.must("PATCH", image, freed, MERGE)
            self.plane.must("DELETE", image)
            anew = {"apiVersion": old["apiVersion"], "kind": old["kind"], "spec": old["spec"],
                    "metadata": {"name": old["metadata"]["name"]}}
            made = self.plane.must("POST", self.world.path(KINDS["Image"], story.name_space), anew)
            expect(made["metadata"]["uid"] != old["metadata"]["uid"], "it is the same object")
            relay.release()
            self.settle(story)
            sent = [write for write in self.world.writes(before) if story.subscription in write["path"]]
            expect([write["method"] for write in sent] == ["PATCH"], f"not just the description was written: {sent}")
            expect(self.plane.must("GET", image)["metadata"].get("finalizers"), "the new object has no finalizer")
            return f"1 write, which the new spec needs; {len(self.world.doubled())} doubled"

    def unobserved(self):
        """Sieve, unobserved state: behind watches that stand still a spec changes to and fro, an object comes and goes, and etcd
        forgets all of it"""
        with Relay(self.plane.port) as relay, self.world.operator(UNELECTED, server=relay.url):
            story = self.begin()
            self.settle(story)
            account = self.world.path(KINDS["LabAccount"], story.name_space, "cs-department")
            relay.hold()
            before = product.last_request(self.world.azure)
            attached = self.plane.must("GET", account)["spec"]["gallery"]
            self.plane.must("PATCH", account, {"spec": {"gallery": {"state": "Detached", "ref": None}}}, MERGE)
            self.plane.must("PATCH", account, {"spec": {"gallery": attached}}, MERGE)
            passing = {"apiVersion": "labgallery.io/v1alpha1", "kind": "Image", "metadata": {"name": "passing"},
                       "spec": {"galleryRef": {"name": "teaching"}}}
            images = self.world.path(KINDS["Image"], story.name_space)
            self.plane.must("POST", images, passing)
            self.plane.must("DELETE", images + "/passing")
            # Cut before the server is dead, a watch could be taken up again and be told all of it.
            self.plane.kill("kube-apiserver")
            relay.cut()
            self.plane.compact()
            self.plane.start_api_server()
            told = self.judge(story)
            sent = self.world.writes(before)
            expect(not sent, f"these writes were sent: {sent}")
            return told

    def intermediate(self):
        """Sieve, intermediate state: the operator dies between a spec's change and what follows from it, and the next one finds
        a world half changed"""
        story = self.begin()
        operator = self.world.operator(UNELECTED)
        try:
            self.settle(story)
            account = self.world.path(KINDS["LabAccount"], story.name_space, "cs-department")
            attached = self.plane.must("GET", account)["spec"]["gallery"]
            before = product.last_request(self.world.azure)
            self.plane.must("PATCH", account, {"spec": {"gallery": {"state": "Detached", "ref": None}}}, MERGE)
            product.until("the detaching has begun", lambda: self.world.writes(before))
            operator.kill()
            self.plane.must("PATCH", account, {"spec": {"gallery": attached}}, MERGE)
            operator = self.world.operator(UNELECTED)
            self.settle(story)
            cloud, _ = self.outcome(story)
            expect_same("Azure", self.calm[0], cloud)
            expect(not self.world.doubled(), f"created twice: {self.world.doubled()}")
            return f"{len(self.world.writes(before))} writes to detach and to attach again"
        finally:
            operator.kill()


if __name__ == "__main__":
    with World(with_manager=False) as world:
        faults = Faults(world)
        product.run_steps(faults.peace, faults.server_killed, faults.compacted, faults.operator_killed,
                          faults.operator_restarted, faults.slow, faults.cut, faults.fought, faults.stale,
                          faults.unobserved, faults.intermediate)
