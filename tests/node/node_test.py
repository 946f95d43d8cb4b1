#!/usr/bin/env python3
"""The image and the chart on a whole node: real pods, service accounts, probes and limits, under the pod security level
restricted. Installed, every story played, upgraded, rolled back, its pods killed and out of memory, removed and installed anew
with the other Helm: objects and Azure are not touched by any of it. Its leader deleted while it works: nothing is doubled.

    node_test.py LABGALLERY [--images COUNT]     Images that it works on then; default: 1000
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap
import threading
import time

from node import HERE, Node, lacking, product

sys.path += [str(HERE.parent / "e2e"), str(HERE.parent / "bench")]
from product import ROOT, expect, expect_same
import cluster
import stories
from world import AT_ONCE, KINDS, condition, created_twice, is_ready, key

CHART = ROOT / "helm" / "labgallery"
SYSTEM, AZURE = "labgallery-system", "azure-system"
ALL_KINDS = ",".join(f"{plural}.labgallery.io" for plural in KINDS.values())
ALONE = ("--set", "replicas=0,crds.enabled=false,rbac.create=false,rbac.aggregate=false,metrics.enabled=false,"
                  "simulator.enabled=true,simulator.timeScale=1000")
FEW = "4Mi"  # of memory, with which a controller does not get far
LIMIT = 128e6  # bytes, of the chart
HAND_OVER = 5  # seconds within which another pod leads when the leader's is deleted


class Azure:
    """The simulator in its pod, as the machine reaches it."""

    def __init__(self, url):
        self.url = url


class Delivery:
    def __init__(self, node, folder, images):
        self.node, self.kubectl, self.images = node, node.kubectl, images
        self.stories = stories.load(folder / "stories")
        self.azure, self.options, self.last_write = None, (), 0

    # ---- words

    def helm(self, major, *arguments):
        return self.node.must(f"helm{major}", *arguments)

    def install(self, major):
        wait = "--wait" if major == 3 else "--wait=watcher"
        return self.helm(major, "install", "labgallery", CHART, "--namespace", SYSTEM, *self.options, wait, "--timeout", "5m")

    def pods(self):
        found = self.node.json("pods", "--namespace", SYSTEM, "--selector", "app.kubernetes.io/component=controller")
        return [pod for pod in found["items"] if "deletionTimestamp" not in pod["metadata"]]

    def until_all_have(self, argument):
        """Helm does not wait until the last of the old pods is told to go."""
        product.until(f"all pods have {argument}", lambda: all(
            argument in pod["spec"]["containers"][0]["args"] for pod in self.pods()))

    def leader(self):
        lease = self.node.json("lease", "labgallery", "--namespace", SYSTEM)
        return lease["spec"].get("holderIdentity", "").rsplit("_", 1)[0]

    def objects(self):
        return self.node.json(ALL_KINDS, "--all-namespaces")["items"]

    def wait_ready(self, patience=None):
        def unready():
            return [f"{key(item)}: {condition(item, 'Ready').get('reason')}" for item in self.objects() if not is_ready(item)]
        try:
            product.until("all objects are Ready", lambda: not unready(), patience=patience)
        except product.Failure as failure:
            raise product.Failure(f"{failure}\n" + "\n".join(unready())) from None

    def told(self):
        """Objects by what matters of them: they must be the same afterwards."""
        return {key(item): (item["metadata"]["uid"], item["metadata"]["generation"], item["spec"],
                            condition(item, "Ready").get("status")) for item in self.objects()}

    def untouched(self, what, act):
        """`act` leaves the objects as they are, and writes nothing to Azure, also in its first looks afterwards."""
        before, last = self.told(), product.last_request(self.azure)
        said = act()
        time.sleep(6)  # more than one sync period: whoever works now has looked at everything
        expect_same(f"what is told of the objects after {what}", before, self.told())
        expect_same(f"writes to Azure by {what}", [], product.writes(self.azure, last))
        return said

    # ---- steps

    def followed(self):
        """docs/quickstart.md, word by word"""
        blocks = re.findall(r"^ *```sh\n(.*?)^ *```$", (ROOT / "docs" / "quickstart.md").read_text(), re.MULTILINE | re.DOTALL)
        expect(len(blocks) == 6, f"there are {len(blocks)} blocks")
        programs = self.node.folder / "bin"
        programs.mkdir()
        (programs / "helm").symlink_to(self.node.tools / "helm3")
        (programs / "kubectl").symlink_to(self.node.programs / "kubectl")
        script = "set -euo pipefail\n" + "".join(textwrap.dedent(block) for block in blocks)
        settings = {**self.node.environment, "PATH": f"{programs}:{os.environ['PATH']}"}
        ran = subprocess.run(["bash", "-x"], input=script, cwd=ROOT, env=settings, capture_output=True, text=True, timeout=900)
        expect(ran.returncode == 0, f"it ends with {ran.returncode}:\n{(ran.stdout + ran.stderr)[-3000:]}")
        expect("ubuntu-ml" in ran.stdout and "condition met" in ran.stdout, ran.stdout)
        self.kubectl("delete", "namespace", SYSTEM)

    def installed(self):
        """helm install --wait brings up simulator and operator; the namespace takes only restricted pods"""
        for name in (SYSTEM, AZURE):
            self.kubectl("create", "namespace", name)
            self.kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
        self.helm(3, "install", "azure", CHART, "--namespace", AZURE, *ALONE, "--wait", "--timeout", "5m")
        service = self.node.json("service", "azure-labgallery-simulator", "--namespace", AZURE)["spec"]
        self.azure = Azure(f"http://{service['clusterIP']}:{service['ports'][0]['port']}")
        status, answer = product.ask("PATCH", f"{self.azure.url}/simulator/settings", {"styles": AT_ONCE})
        expect(status == 200, answer)
        self.options = ("--set", f"simulator.external={self.azure.url},syncPeriod=5s,roleSettle=1s")
        start = time.monotonic()
        notes = self.install(3)
        expect("rollout status" in notes, notes)
        pods = self.pods()
        expect(len(pods) == 2 and all(condition(pod, "Ready").get("status") == "True" for pod in pods), "not all pods are Ready")
        return f"{time.monotonic() - start:.1f} s"

    def tested(self):
        """helm test, by either Helm: a pod with the release's own account finds that it works"""
        for major in (3, 4):
            said = self.helm(major, "test", "labgallery", "--namespace", SYSTEM, "--timeout", "3m")
            expect("Succeeded" in said, said)
        left = self.node.json("pods", "--namespace", SYSTEM, "--selector", "app.kubernetes.io/component=check")["items"]
        expect(not left, f"{len(left)} pods are left over")

    def played(self):
        """every story of manifests/samples, each moment of it"""
        for story in self.stories.values():
            story.assume(self.azure)
            self.node.run("kubectl", "create", "namespace", story.name_space)
        for step in (0, 1):
            for story in self.stories.values():
                if step < len(story.steps):
                    self.kubectl("apply", "-f", story.steps[step])
                    left = [one for one in story.named(0) if step == 1 and one not in story.named(1)]
                    for kind, name in left:
                        self.kubectl("delete", KINDS[kind], name, "--namespace", story.name_space, "--wait=false")
            product.until("what left the files is gone", lambda: not [item for item in self.objects()
                                                                       if "deletionTimestamp" in item["metadata"]])
            self.wait_ready()
        return f"{len(self.objects())} objects of {len(self.stories)} stories"

    def upgraded(self):
        """upgrade and rollback touch no object and nothing in Azure"""
        def act():
            self.helm(3, "upgrade", "labgallery", CHART, "--namespace", SYSTEM, *self.options, "--set", "workers=2", "--wait")
            self.until_all_have("--workers=2")
            self.helm(3, "rollback", "labgallery", "1", "--namespace", SYSTEM, "--wait")
            self.until_all_have("--workers=4")
        self.untouched("upgrade and rollback", act)

    def killed(self):
        """when the leader's pod is deleted by force another one leads, and goes on with new work"""
        def act():
            first, start = self.leader(), time.monotonic()
            self.kubectl("delete", "pod", first, "--namespace", SYSTEM, "--grace-period=0", "--force")
            product.until("another pod leads", lambda: self.leader() not in ("", first))
            took = time.monotonic() - start
            self.kubectl("rollout", "status", "deployment/labgallery", "--namespace", SYSTEM, "--timeout=180s")
            return f"after {took:.1f} s"
        return self.untouched("the death of a pod", act)

    def starved(self):
        """a limit that is too low kills new pods by OOM; the old ones go on, and a rollback heals it"""
        def act():
            self.helm(3, "upgrade", "labgallery", CHART, "--namespace", SYSTEM, *self.options, "--set-string",
                      f"resources.limits.memory={FEW},resources.requests.memory={FEW}")
            product.until("a pod was killed for its memory", lambda: any(
                killed in str(pod["status"].get("containerStatuses")) for pod in self.pods()
                for killed in ("OOMKilled", "OOM-killed")))  # of the program, or of what starts it
            ready = [pod for pod in self.pods() if condition(pod, "Ready").get("status") == "True"]
            expect(ready, "no pod is Ready while the new ones die")
            self.helm(3, "rollback", "labgallery", "1", "--namespace", SYSTEM, "--wait")
        self.untouched("a memory limit that is too low", act)

    def handed_over(self):
        """the leader's pod is deleted under load: another one leads at once, nothing is lost and nothing doubled"""
        cluster.prepare_azure(self.azure, -(-self.images // cluster.PER_GROUP))
        fleet = json.dumps({"apiVersion": "v1", "kind": "List", "items": [
            {"apiVersion": "labgallery.io/v1alpha1", **value} for _, value in cluster.objects(self.images)]})
        self.kubectl("create", "namespace", cluster.NAME_SPACE)
        last, patience, done = product.last_request(self.azure), max(180, self.images / 5), threading.Event()
        with concurrent.futures.ThreadPoolExecutor() as beside:
            listening = beside.submit(self._writes_until, done, last)
            try:
                creation = beside.submit(self.kubectl, "create", "--filename=-", stdin=fleet, timeout=patience)
                product.until("it works", lambda: len(product.writes(self.azure, last)) > self.images / 10, patience=patience)
                first, start = self.leader(), time.monotonic()
                self.kubectl("delete", "pod", first, "--namespace", SYSTEM, "--wait=false")
                product.until("another pod leads", lambda: self.leader() not in ("", first))
                took = time.monotonic() - start
                creation.result()
                self.wait_ready(patience)
            finally:
                done.set()
        expect(took < HAND_OVER, f"another pod leads after {took:.1f} s")
        writes = listening.result()
        expect_same("what was created twice", [], created_twice(writes))
        again = len(writes) - len({(method, path) for method, path, _ in writes})
        self.kubectl("rollout", "status", "deployment/labgallery", "--namespace", SYSTEM, "--timeout=180s")
        return f"after {took:.1f} s; {len(writes)} writes for {self.images} Images, {again} sent again"

    def _writes_until(self, done, last):
        """(method, path, status) of each write to Azure after number `last`; the simulator keeps the latest requests only."""
        heard, ended = [], False
        while not ended:
            ended = done.wait(1)
            for write in product.writes(self.azure, last):
                heard.append((write["method"], write["path"], write["status"]))
                last = write["number"]
        return heard

    def measured(self):
        """the memory of the leader's pod: the working set of its control group"""
        pod = next(pod for pod in self.pods() if pod["metadata"]["name"] == self.leader())
        uid = pod["metadata"]["uid"]
        found = [path for root in ("/sys/fs/cgroup/memory", "/sys/fs/cgroup")
                 for path in pathlib.Path(root).glob(f"**/*{uid}*")][:1]
        expect(found, f"there is no control group of {uid}")
        time.sleep(60)  # what a burst of work has taken is given back by then
        file = next(found[0] / name for name in ("memory.usage_in_bytes", "memory.current") if (found[0] / name).exists())
        told = dict(line.split() for line in (found[0] / "memory.stat").read_text().splitlines())
        cached = int(told.get("total_inactive_file", told.get("inactive_file")))
        used = int(file.read_text()) - cached
        expect(used < LIMIT, f"the pod uses {used / 1e6:.1f} MB")
        own = int(told.get("total_rss", told.get("anon")))
        return f"{used / 1e6:.1f} MB, {own / 1e6:.1f} of it not of files, for {len(self.objects())} objects"

    def reinstalled(self):
        """after helm uninstall the objects are still there; the other Helm installs it anew, and nothing is written"""
        def act():
            self.helm(3, "uninstall", "labgallery", "--namespace", SYSTEM, "--wait")
            product.until("the pods are gone", lambda: not self.pods())
            expect(self.objects(), "the objects went with the release")
            self.install(4)
            self.helm(4, "upgrade", "labgallery", CHART, "--namespace", SYSTEM, *self.options, "--set", "workers=3",
                      "--wait=watcher")
        self.untouched("uninstall and install", act)

    def still_working(self):
        """new work is done after all that: a namespace goes with all its objects, and comes back"""
        story = self.stories["attach-later"]
        self.kubectl("delete", "namespace", story.name_space, "--timeout=180s")
        self.kubectl("create", "namespace", story.name_space)
        for step in story.steps:
            self.kubectl("apply", "-f", step)
        self.wait_ready()

    def quiet(self):
        """the logs of the operator hold no error but those of servers that were away"""
        text = self.kubectl("logs", "--namespace", SYSTEM, "--selector", "app.kubernetes.io/component=controller", "--tail=-1")
        errors = [line for line in text.splitlines() if '"level":"error"' in line]
        expect(not errors, "\n".join(errors[:5]))


def image_of(binary, folder):
    """The image from this binary, without what only a debugger needs."""
    stripped = folder / "labgallery"
    subprocess.run(["strip", "--strip-all", "-o", stripped, binary], check=True)
    ran = subprocess.run([ROOT / "scripts" / "build-image", stripped, "--output", folder / "image"], capture_output=True, text=True)
    expect(ran.returncode == 0, ran.stdout + ran.stderr)
    return folder / "image" / "labgallery.tar"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("labgallery")
    parser.add_argument("--images", type=int, default=1000)
    options = parser.parse_args()
    if lacking():
        raise SystemExit("tests/node: a node needs " + "; ".join(lacking()))
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)
        with Node(image_of(product.BINARY, folder)) as node:
            test = Delivery(node, folder, options.images)
            try:
                product.run_steps(test.followed, test.installed, test.tested, test.played, test.upgraded, test.killed, test.starved,
                                  test.handed_over, test.measured, test.reinstalled, test.still_working, test.quiet)
            except SystemExit:
                for what in (("get", "pods", "-A", "-o", "wide"), ("get", "events", "-A"),
                             ("logs", "-n", SYSTEM, "--selector", "app.kubernetes.io/component=controller", "--tail=20")):
                    print(node.run("kubectl", *what)[1][-4000:], flush=True)
                raise


if __name__ == "__main__":
    main()
