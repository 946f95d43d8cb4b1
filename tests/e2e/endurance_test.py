#!/usr/bin/env python3
"""What takes long on a real cluster: an API server that stands still, and many objects at once.

    endurance_test.py LABGALLERY [--freeze SECONDS] [--images COUNT]     default: 60 s, 200 Images; `make soak` asks for more
"""
import argparse
import signal
import time

from control_plane import product
from product import expect
from faults_test import Faults
import refusals
from world import KINDS, World, is_ready

NAME_SPACE = "many"
LEASE_IS_LOST = 15  # seconds; a leader gives up after 7
PER_GALLERY = 500  # Azure holds 1,000 definitions per subscription and region


class Endurance:
    def __init__(self, world, options):
        self.world, self.plane, self.options = world, world.plane, options
        self.faults = Faults(world)

    def peace(self):
        """a story that is left in peace"""
        return self.faults.peace()

    def _freeze(self, seconds):
        """The API server stands still: its connections stay, and nothing comes."""
        server = self.plane.process("kube-apiserver")
        server.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        server.send_signal(signal.SIGCONT)
        self.woken = time.monotonic()
        product.until("the API server is back", self.plane.ready)

    def _begun(self):
        story = self.faults.begin()
        product.until("there is a write to Azure", lambda: self.world.writes(story.since))
        return story

    def frozen(self):
        """the API server stands still in the middle of a story; an operator that nobody elects goes on by itself"""
        with self.world.operator("--leader-elect=false"):
            story = self._begun()
            self._freeze(self.options.freeze)
            told = self.faults.judge(story)
            return f"{self.options.freeze} s; the end {time.monotonic() - self.woken:.1f} s after that; {told}"

    def frozen_leader(self):
        """a leader that cannot renew its Lease ends, and the one that is started after it goes on when the server is back"""
        with self.world.operator() as operator:
            operator.wait_for("Leads from now on")
            story = self._begun()
            self._freeze(LEASE_IS_LOST)
            status = operator.process.wait(timeout=product.PATIENCE)
            expect(status == 1, f"it ends with {status}")
        with self.world.operator():
            told = self.faults.judge(story)
            return f"{LEASE_IS_LOST} s; the end {time.monotonic() - self.woken:.1f} s after that; {told}"

    def many(self):
        """many Images are created at once"""
        count = self.options.images
        self.world.kubectl("create", "namespace", NAME_SPACE)
        product.must("PATCH", f"{self.world.azure.url}/simulator/settings",
                     {"createMissingGroups": True, "rateHeaders": False, "throttling": False})
        objects = []
        for number in range(count):
            subscription = f"00000000-0000-0000-0000-{number // PER_GALLERY:012}"
            gallery = f"gallery-{number // PER_GALLERY}"
            if number % PER_GALLERY == 0:
                kind, spec = refusals.gallery(subscriptionId=subscription, azureName=gallery.replace("-", "."))
                objects.append((kind, gallery, spec))
                source = f"/subscriptions/{subscription}/resourceGroups/rg/providers/Microsoft.Compute/images/source"
                product.make(self.world.azure, [{"method": "PUT", "id": source, "body": refusals.SOURCE_IMAGE}])
            kind, spec = refusals.image(
                galleryRef={"name": gallery}, definition=refusals.definition(number), version="1.0.0",
                source={"managedImageId": source}, replication={"scope": "SourceOnly"})
            objects.append((kind, f"image-{number}", spec))
        before = self._writes()
        with self.world.operator():
            begun = time.monotonic()
            self._create(objects)
            created = time.monotonic() - begun
            product.until("all are Ready", lambda: self._all_ready(len(objects)), patience=max(600, count))
            took = time.monotonic() - begun
        # Of each gallery itself, of each Image a definition and a version.
        needed, sent = len(objects) + count, self._writes() - before
        twice = self.world.doubled()
        expect(sent == needed and not twice, f"{sent} writes to Azure instead of {needed}; created twice: {twice[:10]}")
        return (f"{count} Images: created in {created:.1f} s, all Ready after {took:.1f} s;"
                f" {sent} writes to Azure, 0 doubled")

    def _writes(self):
        """How many Azure has seen since it was there."""
        return product.must("GET", f"{self.world.azure.url}/simulator/requests?since={2**31}")["counts"]["writes"]

    def _create(self, objects):
        for kind, name, spec in objects:
            self.plane.must("POST", self.world.path(KINDS[kind], NAME_SPACE), {
                "apiVersion": "labgallery.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec})

    def _all_ready(self, count):
        # The one that was created last is asked for first: to list all of them is work for the API server.
        last = self.world.get("Image", NAME_SPACE, f"image-{self.options.images - 1}")
        if not last or not is_ready(last):
            return False
        items = self.world.objects(NAME_SPACE)
        return len(items) == count and all(is_ready(item) for item in items)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("labgallery")
    parser.add_argument("--freeze", type=int, default=60)
    parser.add_argument("--images", type=int, default=200)
    options = parser.parse_args()
    with World(with_manager=False) as world:
        endurance = Endurance(world, options)
        product.run_steps(endurance.peace, endurance.frozen, endurance.frozen_leader,
                          endurance.many)
