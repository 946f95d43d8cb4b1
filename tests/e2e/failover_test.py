#!/usr/bin/env python3
"""Two operators on a real API server, under load: again and again the leader is killed, or stopped and continued, at a random
moment; every second time what it was writing to Azure then stays on its way until another one leads. Nothing is lost and
nothing doubled; what an old leader's writes did after a new one had begun is told, one by one.

    failover_test.py LABGALLERY [--rounds COUNT] [--seed NUMBER]     default: 4 rounds; `make soak` asks for 50
"""
import argparse
import collections
import dataclasses
import datetime
import hashlib
import random
import re
import signal
import ssl
import statistics
import time

from control_plane import OPERATOR, SUBJECTS, product
from product import Failure, expect
from load import Load
from world import World, created_twice
import wiretap

LEASE = "/apis/coordination.k8s.io/v1/namespaces/labgallery-system/leases/labgallery"
CREDENTIAL = "authentication.kubernetes.io/credential-id"
AFTER_DEATH = 20  # seconds within which another one leads; the Lease is over after 10
LONGEST_STOP = 16  # seconds
MOST_UNDER_WAY = 24  # requests of one operator: it has eight workers a kind
AT_ONCE = 2  # seconds after it goes on within which an old leader sends what it was about to send


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def target(write):
    return write.path.split("?")[0].lower()


class Contender:
    """An operator that can be told from the others: by its certificate in the audit log, and by its wire to Azure."""

    def __init__(self, world, number):
        self.name = f"operator-{number}"
        world.plane.pki.issue(self.name, SUBJECTS[OPERATOR], "clientAuth")
        certificate = ssl.PEM_cert_to_DER_cert(world.plane.pki.certificate(self.name).read_text())
        self.credential = "X509SHA256=" + hashlib.sha256(certificate).hexdigest()
        self.tap = wiretap.Wiretap(world.azure.address, wiretap.Trigger(kills=False))
        self.operator = world.operator(azure=self.tap.url, certificate=self.name)
        self.process = self.operator.process

    def close(self):
        self.operator.kill()
        self.tap.__exit__()


@dataclasses.dataclass
class Round:
    number: int
    how: str
    leader: Contender
    late: bool  # what was on its way arrives when another one leads
    next: Contender = None  # the leader after it
    at: float = 0.0
    stopped: float = 0.0  # seconds
    continued: float = 0.0
    status: int = None  # with which it ended
    took: float = 0.0  # until the next one led


class Failover:
    def __init__(self, world, options):
        self.world, self.plane, self.options = world, world.plane, options
        self.random = random.Random(options.seed)
        self.contenders, self.rounds = [], []
        self.begun, self.late = {}, []  # contender's number -> when it led; writes

    # ---- rounds

    def played(self):
        """the leader is killed or stopped at random moments, while objects come, change and go"""
        kinds = [(how, late) for how in ("killed", "stopped") for late in (True, False)]
        kinds *= -(-self.options.rounds // len(kinds))
        self.random.shuffle(kinds)
        with Load(self.world, self.options.seed) as self.load:
            leader = self._start()
            leader.operator.wait_for("Leads from now on")
            other = self._candidate()
            for number, (how, late) in enumerate(kinds[:self.options.rounds], start=1):
                time.sleep(self.random.uniform(0.5, 3))
                round_ = Round(number, how, leader, late)
                self.rounds.append(round_)
                if late:
                    leader.tap.open.clear()
                    product.until("a write is on its way", lambda: leader.tap.held)
                getattr(self, "_" + how)(round_)
                if leader.process.poll() is None:
                    continue
                round_.status = leader.process.poll()
                other.operator.wait_for("Leads from now on")
                if late and how == "killed":
                    time.sleep(self.random.uniform(0, 2))  # the next one works
                leader.tap.open.set()
                round_.next, leader = other, other
                other = self._candidate()
        return ", ".join(f"{number} {what}" for what, number in self.load.done.items())

    def _start(self):
        self.contenders.append(Contender(self.world, len(self.contenders) + 1))
        return self.contenders[-1]

    def _candidate(self):
        """One that follows the Lease by now: what its start takes is not told as time without a leader."""
        candidate = self._start()
        candidate.operator.wait_for("Another process leads")
        return candidate

    def _lease(self):
        return self.plane.must("GET", LEASE)["spec"]

    def _killed(self, round_):
        round_.leader.operator.kill()
        round_.at = time.time()

    def _stopped(self, round_):
        process, holder = round_.leader.process, self._lease()["holderIdentity"]
        process.send_signal(signal.SIGSTOP)
        round_.at, round_.stopped = time.time(), self.random.uniform(1, LONGEST_STOP)
        time.sleep(round_.stopped)
        round_.continued = time.time()
        process.send_signal(signal.SIGCONT)
        round_.leader.tap.open.set()

        def leads_on():
            lease = self._lease()
            return lease["holderIdentity"] == holder and seconds(lease["renewTime"]) > round_.continued

        product.until("it has ended, or leads on", lambda: process.poll() is not None or leads_on())
        if process.poll() is not None:
            expect(process.poll() == 1, f"without its Lease it ends with {process.poll()}:\n{round_.leader.operator.last_log()}")

    # ---- what came of it

    def _stories(self, names):
        """What is known of objects with these names: every write to the API server and to Azure, in order, and what was logged."""
        by = {contender.credential: contender.name for contender in self.contenders}
        told = [(write.passed, contender.name, write.method, write.path, write.status)
                for contender, write in self._azure_writes()]
        told += [(seconds(event["requestReceivedTimestamp"]), by[event["user"]["extra"][CREDENTIAL][0]], event["verb"],
                  event["requestURI"], event["responseStatus"]["code"]) for event in self.plane.audited()]
        lines = [f"{datetime.datetime.fromtimestamp(when, datetime.timezone.utc)} {rest}" for when, *rest in sorted(told)]
        lines += [line for contender in self.contenders for line in contender.operator.last_log(10**7).splitlines()]
        return [str(round_) for round_ in self.rounds] + [
            line for line in lines if any(re.search(rf"{name}\b", line) for name in names)]

    def _azure_writes(self):
        """(contender, write) in the order in which Azure got them."""
        writes = [(contender, write) for contender in self.contenders for write in contender.tap.writes]
        return sorted(writes, key=lambda told: told[1].passed)

    def guarded(self):
        """no old leader has written an object that a new one had written before"""
        numbers = {contender.credential: number for number, contender in enumerate(self.contenders)}
        audited = [(numbers[event["user"]["extra"][CREDENTIAL][0]], event) for event in self.plane.audited()]
        written, refused, done = collections.defaultdict(list), 0, 0
        for number, event in audited:
            if event["objectRef"]["resource"] == "leases" and event["verb"] in ("create", "update"):
                if event["responseStatus"]["code"] < 300:
                    self.begun.setdefault(number, seconds(event["stageTimestamp"]))
            if event["objectRef"].get("apiGroup") != "labgallery.io" or event["verb"] != "patch":
                continue
            if event["responseStatus"]["code"] >= 300:
                refused += 1
                continue
            done += 1
            meta = event["responseObject"]["metadata"]
            written[meta["uid"]].append((int(meta["resourceVersion"]), number))
        for uid, writes in written.items():
            writers = [number for _, number in sorted(writes)]
            expect(writers == sorted(writers), f"the object {uid} was written by {sorted(writes)} (version, operator)")
        expect(sorted(self.begun) == list(self.begun), f"they led in another order: {self.begun}")
        return f"{done} writes to {len(written)} objects by {len(self.begun)} leaders, {refused} refused"

    def explained(self):
        """what an old leader's writes did to Azure after the next one had begun was on its way when it was killed or stopped"""
        numbers = {id(contender): number for number, contender in enumerate(self.contenders)}
        lines, resumed = [], 0
        for round_ in self.rounds:
            if not round_.next:
                continue
            begun = self.begun[numbers[id(round_.next)]]
            round_.took = begun - round_.at
            expect(round_.took < AFTER_DEATH, f"in round {round_.number} it took {round_.took:.1f} s until another one led")
            resumed += round_.continued > begun
            mine = [write for write in round_.leader.tap.writes if write.passed > begun]
            expect(len(mine) <= MOST_UNDER_WAY, f"in round {round_.number} these were written: {mine}")
            self.late += mine
            lines += [f"round {round_.number}: {write.method} {write.path.split('?')[0].split('/providers/')[1]}"
                      f" is answered {write.status}, {self._explanation(round_, write)}" for write in mine]
        return "\n     ".join([f"{len(lines)} of {sum(len(each.tap.writes) for each in self.contenders)};"
                               f" {resumed} times an old leader went on after the next one had begun", *lines])

    @staticmethod
    def _explanation(round_, write):
        if not round_.continued or write.arrived < round_.continued:  # who is dead or stopped sends nothing
            return f"{write.passed - round_.at:.1f} s after the leader was {round_.how}: it was on its way by then"
        after = write.arrived - round_.continued
        expect(after < AT_ONCE,
               f"in round {round_.number} this was sent {after:.1f} s after the leader went on: {write}")
        return f"{after * 1000:.0f} ms after the leader went on: it had passed the gate before it was stopped"

    def _let_go(self):
        """Names of objects that the API server removed in spite of the finalizer that an operator had put on them. It does so when
        that is written between its look at the object and its deletion: https://github.com/kubernetes/kubernetes/issues/77988."""
        there, last = {item["metadata"]["uid"] for item in self.world.objects()}, {}
        for event in self.plane.audited():
            if event["objectRef"].get("apiGroup") == "labgallery.io" and "responseObject" in event:
                meta = event["responseObject"]["metadata"]
                if "uid" in meta:  # no refusal
                    last[meta["uid"]] = meta
        return {meta["name"] for uid, meta in last.items()
                if meta.get("finalizers") and "deletionTimestamp" not in meta and uid not in there}

    def settled(self):
        """nothing is lost and nothing doubled; an orphan was made by a late write, or for an object that went in spite of its finalizer"""
        let_go = self._let_go()
        may_stay = {target(write) for write in self.late if write.method == "PUT"}
        may_stay |= {path for path in (target(write) for _, write in self._azure_writes()) if let_go & set(path.split("/"))}
        try:
            orphans = self.load.settle(may_stay)
        except Failure as failure:
            raise Failure("\n".join([str(failure), *self._stories(re.findall(r"passing\d+", str(failure)))])) from None
        writes = self._azure_writes()
        twice = created_twice((write.method, write.path, write.status) for _, write in writes)
        expect(not twice, f"created twice: {twice}")
        again, last = collections.Counter(), {}
        for contender, write in writes:
            path, sent = target(write), (write.method, write.body)
            if path in last and last[path][1] == sent and last[path][0] is not contender:
                again[write.method] += 1
            last[path] = contender, sent
        return (f"{len(writes)} writes to Azure; {sum(again.values())} were sent again by the next leader, who had not heard"
                f" their answers {dict(again)}; removed in spite of a finalizer: {len(let_go)}; orphans: {orphans or 0}")

    def table(self):
        """the rounds"""
        lines = ["round  how             stopped  ended with  another led after  writes to Azure"]
        for round_ in self.rounds:
            stopped = f"{round_.stopped:.1f} s" if round_.stopped else ""
            status = "leads on" if round_.status is None else round_.status
            took = f"{round_.took:.1f} s" if round_.next else ""
            how = round_.how + (", late" if round_.late else "")
            lines.append(f"{round_.number:5}  {how:13}  {stopped:>7}  {status:>10}  {took:>17}"
                         f"  {len(round_.leader.tap.writes):15}")
        took = [round_.took for round_ in self.rounds if round_.next]
        if took:
            lines.append(f"another one led after {min(took):.1f} to {max(took):.1f} s, median {statistics.median(took):.1f} s,"
                         f" in {len(took)} of {len(self.rounds)} rounds")
        return "\n     ".join(["", *lines])

    def close(self):
        for contender in self.contenders:
            contender.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("labgallery")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seed", type=int, default=20261126)
    options = parser.parse_args()
    with World(with_manager=False, audit_bodies=True) as world:
        failover = Failover(world, options)
        try:
            product.run_steps(failover.played, failover.guarded, failover.explained, failover.settled, failover.table)
        finally:
            failover.close()
