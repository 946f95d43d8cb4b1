#!/usr/bin/env python3
"""The operator's system clock jumps by an hour, forwards and back, while it works and while it is idle, as a leader and as a
candidate: nobody loses a Lease or takes one over, the end is that of peace, and nothing is written twice.

Only the system clock jumps (libfaketime, CLOCK_REALTIME), as it does when a machine's clock is set; what measures durations
goes on steadily. The API server and Azure have the right time."""
import contextlib
import datetime
import os
import random
import time

from control_plane import product
from faults_test import Faults, MERGE, SEED
from product import expect
from world import KINDS, World

HOUR = 3600
LEASE = "/apis/coordination.k8s.io/v1/namespaces/labgallery-system/leases/labgallery"
LEASE_IS_OVER = 12  # seconds without a renewal, and more


class JumpingClock:
    """The environment of a process whose system clock can be set."""

    def __init__(self, file):
        self._file = file
        self.set(0)
        self.environment = dict(
            os.environ, LD_PRELOAD=f"/usr/lib/{os.uname().machine}-linux-gnu/faketime/libfaketimeMT.so.1",
            FAKETIME_TIMESTAMP_FILE=str(file), FAKETIME_NO_CACHE="1", FAKETIME_DONT_FAKE_MONOTONIC="1")

    def set(self, offset):
        """So many seconds before or behind the machine's clock."""
        made = self._file.with_suffix(".new")
        made.write_text(f"{offset:+d}\n")
        made.rename(self._file)


class Clock:
    def __init__(self, world):
        self.world, self.plane = world, world.plane
        self.faults = Faults(world)
        self.clock = JumpingClock(world.plane.folder / "clock")

    def _operator(self):
        return self.world.operator(env=self.clock.environment)

    @staticmethod
    @contextlib.contextmanager
    def _leader(operator):
        with operator:
            operator.wait_for("Leads from now on")
            yield operator

    def _lease(self):
        lease = self.plane.must("GET", LEASE)["spec"]
        return lease["holderIdentity"], lease["leaseTransitions"]

    def _offsets(self):
        """Both ways, and back to the right time."""
        offsets = [HOUR, 0, -HOUR, HOUR, -HOUR, 0] * 2
        random.Random(SEED).shuffle(offsets)
        return offsets

    def peace(self):
        """a story that is left in peace"""
        return self.faults.peace()

    def at_work(self):
        """the clock jumps to and fro while a story is played; another operator waits for the Lease in vain"""
        with self._leader(self._operator()) as operator, self.world.operator() as other:
            before, moments = self._lease(), random.Random(SEED)
            story = self.faults.begin()
            for offset in self._offsets():
                time.sleep(moments.uniform(0.1, 0.6))
                self.clock.set(offset)
            time.sleep(LEASE_IS_OVER)
            told = self.faults.judge(story)
            self._still_leads(operator, other, before)
            self._times_are_sane(story)
            return f"{told}, {len(self._offsets())} jumps"

    def idle(self):
        """the clock jumps while there is nothing to do: not a write, and what is asked for then is done at once"""
        with self._leader(self._operator()) as operator, self.world.operator() as other:
            before = self._lease()
            story = self.faults.begin()
            self.faults.settle(story)
            since = product.last_request(self.world.azure)
            versions = self._versions(story)
            for offset in (HOUR, -HOUR):
                self.clock.set(offset)
                time.sleep(LEASE_IS_OVER)
            expect(not self.world.writes(since), f"it has written to Azure: {self.world.writes(since)}")
            expect(self._versions(story) == versions, "it has written to the API server")
            gallery = self.world.path(KINDS["SharedImageGallery"], story.name_space, "teaching")
            asked = time.monotonic()
            self.plane.must("PATCH", gallery, {"spec": {"description": "In another hour"}}, MERGE)
            product.until("Azure has the new description", lambda: self.world.writes(since))
            took = time.monotonic() - asked
            self.faults.settle(story)
            sent = [write["method"] for write in self.world.writes(since)]
            expect(sent == ["PATCH"], f"not just the description was written: {sent}")
            self._still_leads(operator, other, before)
            self._times_are_sane(story)
            self.clock.set(0)
            return f"the change was in Azure after {took:.1f} s"

    def candidate(self):
        """a candidate's clock jumps: it does not take the Lease over, and once the leader has gone it leads soon"""
        with self._leader(self.world.operator()) as leader:
            before = self._lease()
            with self._operator() as candidate:
                for offset in (HOUR, -HOUR, HOUR):
                    self.clock.set(offset)
                    time.sleep(LEASE_IS_OVER / 2)
                self._still_leads(leader, candidate, before)
                leader.kill()
                killed = time.monotonic()
                candidate.wait_for("Leads from now on")
                took = time.monotonic() - killed
                expect(took < 15, f"it took {took:.1f} s")
                self.clock.set(0)
                return f"it leads {took:.1f} s after the leader was killed"

    def _still_leads(self, leader, other, before):
        expect(leader.process.poll() is None, f"the leader has ended: {leader.last_log()}")
        expect(self._lease() == before, f"the Lease was {before} and is {self._lease()}")
        expect("Leads from now on" not in other.last_log(10**6), "the other one has led")

    def _versions(self, story):
        return sorted((item["kind"], item["metadata"]["name"], item["metadata"]["resourceVersion"])
                      for item in self.world.objects(story.name_space))

    def _times_are_sane(self, story):
        """Each condition has changed at a time that the operator's clock has shown."""
        now = datetime.datetime.now(datetime.timezone.utc)
        for item in self.world.objects(story.name_space):
            for told in item["status"]["conditions"]:
                changed = datetime.datetime.fromisoformat(told["lastTransitionTime"].replace("Z", "+00:00"))
                expect(abs((now - changed).total_seconds()) < HOUR + product.PATIENCE, f"{item['metadata']['name']}: {told}")


if __name__ == "__main__":
    with World(with_manager=False) as world:
        clock = Clock(world)
        product.run_steps(clock.peace, clock.at_work, clock.idle, clock.candidate)
