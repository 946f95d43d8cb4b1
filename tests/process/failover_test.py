#!/usr/bin/env python3
"""Two controllers on one API server and one Azure: the leader is killed, stopped, and frozen; the other one goes on, and
the frozen one writes nothing any more when it wakes up."""
import signal
import time

import product
import wiretap
from product import expect, must

LEASE = "/apis/coordination.k8s.io/v1/namespaces/default/leases/labgallery"
GALLERIES = f"{product.GROUP}/namespaces/default/sharedimagegalleries"
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/labs-rg"
# Seconds within which the other one leads. A Lease lasts ten; one that is not released is free eight after the signal at the earliest.
AFTER_DEATH, AFTER_RELEASE = 20, 7
STANDS = ("Leads from now on", "Another process leads")


def gallery(name, description):
    return {"apiVersion": "labgallery.io/v1alpha1", "kind": "SharedImageGallery",
            "metadata": {"name": name, "namespace": "default"},
            "spec": {"subscriptionId": GROUP.split("/")[2], "resourceGroup": GROUP.split("/")[4],
                     "azureName": name, "location": "westeurope", "description": description}}


class Controller:
    """A process, and what it writes through wires of its own."""

    def __init__(self, world):
        trigger = wiretap.Trigger(kills=False)
        self.taps = [wiretap.Wiretap(server.address, trigger) for server in (world.kube, world.azure)]
        self.log = product.log_file()
        self.process = product.start("controller", "--leader-elect", "--kube-endpoint", self.taps[0].url,
                                     "--azure-endpoint", self.taps[1].url, stdout=self.log, stderr=self.log)

    def written(self):
        """How much it has written so far, by wire."""
        return [len(tap.writes) for tap in self.taps]

    def writes(self, since=(0, 0)):
        """(method, path, status) of all that it has sent since then."""
        return [(write.method, write.path, write.status) for tap, first in zip(self.taps, since)
                for write in tap.writes[first:]]

    def stands(self):
        """Whether it leads, or has seen who does: the time until it follows the Lease is not its successor's."""
        return any(words in self.last_log(10**6) for words in STANDS)

    def last_log(self, length=1500):
        self.log.seek(0)
        return self.log.read()[-length:]

    def close(self):
        self.process.kill()
        self.process.wait()
        for tap in self.taps:
            tap.__exit__()
        self.log.close()


class Failover:
    def __init__(self, azure, kube):
        self.azure, self.kube, self.changes = azure, kube, 0
        self.controllers = []
        must("PUT", f"{azure.url}/simulator/resources?id={GROUP}", {"location": "westeurope"})

    def holder(self):
        status, lease = product.ask("GET", self.kube.url + LEASE)
        return lease["spec"]["holderIdentity"] if status == 200 else ""

    def another_leads(self, before):
        """Waits until another process than `before` leads; when, by the clock."""
        product.until("another controller leads", lambda: self.holder() not in ("", before))
        return time.monotonic()

    def leader(self):
        """The controller that has written the Lease."""
        def holds(controller):
            return any(LEASE.startswith(path) and status < 300 for _, path, status in controller.writes())
        leaders = [each for each in self.controllers if holds(each)]
        expect(len(leaders) == 1, f"{len(leaders)} controllers hold the Lease")
        return leaders[0]

    def start(self):
        self.controllers.append(Controller(self))
        product.until("the controller stands for election", self.controllers[-1].stands)

    def forget(self, controller):
        self.controllers.remove(controller)
        controller.close()

    def change(self):
        """Something that the leader has to do, in Azure and in the status."""
        self.changes += 1
        name = f"failover{self.changes}"
        must("POST", self.kube.url + GALLERIES, gallery(name, f"change {self.changes}"))
        return name

    def until_made(self, name):
        made = f"{GROUP}/providers/Microsoft.Compute/galleries/{name}".lower()
        product.until(f"{name} is in Azure", lambda: made in product.cloud(self.azure))

    def until_quiet(self, controller):
        """No request of its is on its way: what was sent before it is frozen may arrive at any time."""
        def is_quiet():
            before = [write for write in controller.writes() if write[1] != LEASE]
            time.sleep(1)
            return before == [write for write in controller.writes() if write[1] != LEASE]
        product.until("the leader has nothing to write", is_quiet)

    def one_leads(self):
        """of two controllers one works, the other one writes nothing"""
        self.start()
        self.until_made(self.change())
        self.start()
        self.until_made(self.change())
        leader = self.leader()
        idle = [each for each in self.controllers if each is not leader]
        expect(not idle[0].writes(), f"the candidate has written {idle[0].writes()}")

    def killed(self):
        """the leader is killed, the other one takes over"""
        leader, before = self.leader(), self.holder()
        leader.process.kill()
        killed = time.monotonic()
        name = self.change()
        took = self.another_leads(before) - killed
        expect(took < AFTER_DEATH, f"it took {took:.1f} s")
        self.until_made(name)
        self.forget(leader)
        self.start()
        return f"it leads after {took:.1f} s"

    def stopped(self):
        """the leader is asked to stop, hands over and ends with 0"""
        leader, before = self.leader(), self.holder()
        name = self.change()
        leader.process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        took = self.another_leads(before) - asked
        expect(took < AFTER_RELEASE, f"it took {took:.1f} s")
        status = leader.process.wait(timeout=product.PATIENCE)
        expect(status == 0, f"SIGTERM ends the leader with {status}:\n{leader.last_log()}")
        self.until_made(name)
        self.forget(leader)
        self.start()
        return f"the other one leads after {took:.1f} s"

    def frozen(self):
        """the leader is frozen, the other one takes over, the first one wakes up and writes nothing"""
        leader, before = self.leader(), self.holder()
        self.until_quiet(leader)
        leader.process.send_signal(signal.SIGSTOP)
        frozen = time.monotonic()
        names = [self.change() for _ in range(5)]  # it is told of them when it wakes up
        took = self.another_leads(before) - frozen
        expect(took < AFTER_DEATH, f"it took {took:.1f} s")
        for name in names:
            self.until_made(name)
        written = leader.written()
        leader.process.send_signal(signal.SIGCONT)
        status = leader.process.wait(timeout=product.PATIENCE)
        expect(status == 1, f"having lost its Lease it ends with {status}:\n{leader.last_log()}")
        more = [write for write in leader.writes(written) if write[1:] != (LEASE, 409)]
        expect(not more, f"it has written after it woke up: {more}")
        self.until_made(self.change())
        self.forget(leader)
        return f"it leads after {took:.1f} s, {sum(written)} writes before, 0 after"


if __name__ == "__main__":
    with product.Server("azure-simulator") as simulated, product.Server("kube-simulator") as api:
        test = Failover(simulated, api)
        try:
            product.run_steps(test.one_leads, test.killed, test.stopped, test.frozen)
        finally:
            for rest in list(test.controllers):
                test.forget(rest)
