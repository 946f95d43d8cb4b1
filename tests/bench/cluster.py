#!/usr/bin/env python3
"""Measures the operator against an API server and a simulated Azure, each a process of its own, and prints one table.

    tests/bench/cluster.py BINARY [--images N,N...] [--api real|embedded] [--standing SECONDS]

`real` is kube-apiserver with etcd over TLS with a client certificate, `embedded` is `labgallery kube-simulator` over plain
HTTP. The simulated Azure has operations of 1 s and replications of 2 s, no rate headers and no time scale. There is one
SharedImageGallery and one LabAccount per 1,000 Images, in a subscription of their own. CPU and memory are the operator's,
from /proc; requests are counted by the operator's metrics (API server) and by the simulator (Azure). Renewals of the Lease
are no writes of a restart. Where perf is installed it says what took the CPU until all were Ready: it samples addresses, no
call graphs, so that it costs nothing that shows in the figures.

What stands is measured after a minute, three times in a row for each size (empty, converged, restarted), and the sums of a
gallery are told once a minute: 1,000 Images take five minutes in all. Each step is told on the standard error as it begins."""
import argparse
import concurrent.futures
import http.client
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "e2e"), str(HERE.parent / "process")]
import product
from control_plane import OPERATOR, ControlPlane, free_ports
from product import must

NAME_SPACE, PER_GROUP, CREATORS = "fleet", 1000, 8
POKED = 200  # Images that are asked for a pass, one after the other, while all is quiet
TICKS = 100.0  # of /proc/PID/stat a second
DURATIONS = {"galleryWrite": 1, "definitionWrite": 1, "versionSource": 2, "versionRegionMin": 2, "versionRegionMax": 2,
             "accountWrite": 1, "attach": 1, "switchImage": 1, "slowPoll": 1, "locationPoll": 1, "rateHeaders": False, "throttling": False}


class Embedded:
    """`labgallery kube-simulator`, reached as the API server is."""

    def __enter__(self):
        self.server = product.Server("kube-simulator")
        return self

    def __exit__(self, *_):
        self.server.kill()

    def options(self):
        return ["--kube-endpoint", self.server.url]

    def connect(self):
        return http.client.HTTPConnection(self.server.address, timeout=60)


class Real:
    """A control plane; the operator uses a client certificate with exactly the rights it needs."""

    def __enter__(self):
        self.plane = ControlPlane(with_manager=False).__enter__()
        self.plane.install_crds()
        self.plane.kubectl("apply", "-f", HERE.parent / "e2e" / "rights.yaml")
        return self

    def __exit__(self, *_):
        self.plane.__exit__()

    def options(self):
        return ["--kubeconfig", self.plane.kubeconfig(OPERATOR), "--leader-election-namespace", "labgallery-system"]

    def connect(self):
        return http.client.HTTPSConnection("127.0.0.1", self.plane.port, timeout=60, context=self.plane.tls())


class Operator:
    """The process that is measured."""

    def __init__(self, api, azure, *options):
        self.metrics_port, self.health_port = free_ports(2)
        self.started = time.monotonic()
        self.process = product.start(
            "controller", *api.options(), "--azure-endpoint", azure.url, "--installation", "bench", "--log-level", "warning",
            "--metrics-bind-address", f"127.0.0.1:{self.metrics_port}", "--metrics-secure=false",
            "--health-probe-bind-address", f"127.0.0.1:{self.health_port}",
            *options)

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def synced(self):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.health_port, timeout=30)
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False

    def memory(self):
        """{file or "heap and stacks": resident MB}"""
        parts, name = {}, ""
        for line in pathlib.Path(f"/proc/{self.process.pid}/smaps").read_text().splitlines():
            if head := re.match(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \S+ *(.*)", line):
                name = pathlib.Path(head[1]).name if head[1].startswith("/") else "heap and stacks"
            elif line.startswith("Rss:"):
                parts[name] = parts.get(name, 0) + int(line.split()[1]) * 1024 / 1e6
        return parts

    def resident(self):
        """MB (10^6 bytes), as the comparison counts them."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024 / 1e6

    def files(self):
        return len(list(pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def metrics(self):
        """{series: value}; empty while nobody answers."""
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.metrics_port, timeout=30)
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        except OSError:
            product.expect(self.process.poll() is None, "the operator has ended")
            return {}
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
                if line and not line.startswith("#")}

    def sum(self, name, *labels):
        """Of a family's series that carry all the labels."""
        return sum(value for series, value in self.metrics().items()
                   if series.split("{")[0] == name and all(label in series for label in labels))

    def api_writes(self):
        """The Lease alone is written by PUT."""
        return sum(self.sum("rest_client_requests_total", f'method="{method}"') for method in ("PATCH", "POST", "DELETE"))

    def queued(self):
        """{upper bound in seconds: Image passes that waited no longer}"""
        return {float(re.search(r'le="([^"]+)"', series)[1]): value for series, value in self.metrics().items()
                if series.startswith("workqueue_queue_duration_seconds_bucket") and 'name="image"' in series}


class CpuProfile:
    """What of a process takes its CPU, by file, as perf samples it; says so where there is no perf."""

    def __init__(self, pid):
        self.file = tempfile.NamedTemporaryFile(prefix="labgallery-perf-")
        self.perf = shutil.which("perf") and subprocess.Popen(
            ["perf", "record", "-F", "199", "-o", self.file.name, "-p", str(pid)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def largest(self):
        if not self.perf:
            return "not known: perf is not installed"
        self.perf.send_signal(signal.SIGINT)
        self.perf.wait()
        report = subprocess.run(["perf", "report", "-i", self.file.name, "--stdio", "--sort", "dso"], capture_output=True, text=True)
        lines = [line.split() for line in report.stdout.splitlines() if line.strip() and not line.startswith("#")]
        return ", ".join(f"{name} {share}" for share, name, *_ in lines[:3]) or "not known: perf may not look at processes here"


def subscription(group):
    return f"00000000-0000-0000-0001-{group + 1:012d}"


def place(group):
    return {"subscriptionId": subscription(group), "resourceGroup": "labs", "location": "westeurope"}


def source_id(group):
    return f"/subscriptions/{subscription(group)}/resourceGroups/labs/providers/Microsoft.Compute/images/source"


def prepare_azure(azure, groups):
    must("PATCH", f"{azure.url}/simulator/settings", DURATIONS)
    for group in range(groups):
        root = f"/subscriptions/{subscription(group)}/resourceGroups/labs"
        must("PUT", f"{azure.url}/simulator/resources?id={root}", {"location": "westeurope"})
        disk = {"osType": "Linux", "osState": "Generalized", "diskSizeGB": 30}
        must("PUT", f"{azure.url}/simulator/resources?id={source_id(group)}",
             {"location": "westeurope", "properties": {"hyperVGeneration": "V2", "storageProfile": {"osDisk": disk}}})


def objects(images):
    """(plural, object) of the whole fleet."""
    for group in range(-(-images // PER_GROUP)):
        meta = {"namespace": NAME_SPACE}
        yield "sharedimagegalleries", {"kind": "SharedImageGallery", "metadata": {"name": f"gallery{group}", **meta},
                                       "spec": place(group)}
        yield "labaccounts", {"kind": "LabAccount", "metadata": {"name": f"account{group}", **meta}, "spec": {
            "service": "LabAccount", **place(group), "gallery": {"state": "Attached", "ref": {"name": f"gallery{group}"}}}}
    for index in range(images):
        group = index // PER_GROUP
        identifier = {"publisher": "contoso", "offer": "fleet", "sku": f"image-{index}"}
        yield "images", {"kind": "Image", "metadata": {"name": f"image-{index}", "namespace": NAME_SPACE}, "spec": {
            "galleryRef": {"name": f"gallery{group}"}, "version": "1.0.0", "source": {"managedImageId": source_id(group)},
            "definition": {"osType": "Linux", "osState": "Generalized", "identifier": identifier},
            "replication": {"scope": "SourceOnly"}}}


def create_all(api, images):
    """Creates the fleet with a few connections at a time."""
    kept = threading.local()

    def create(entry):
        plural, value = entry
        if not hasattr(kept, "connection"):
            kept.connection = api.connect()
        body = json.dumps({"apiVersion": "labgallery.io/v1alpha1", **value})
        kept.connection.request("POST", f"{product.GROUP}/namespaces/{NAME_SPACE}/{plural}", body,
                                {"Content-Type": "application/json"})
        answer = kept.connection.getresponse()
        text = answer.read()
        product.expect(answer.status == 201, f"create {plural}: {answer.status} {text[:300]!r}")

    with concurrent.futures.ThreadPoolExecutor(CREATORS) as pool:
        for _ in pool.map(create, objects(images)):
            pass


def make_name_space(api):
    connection = api.connect()
    connection.request("POST", "/api/v1/namespaces", json.dumps(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAME_SPACE}}), {"Content-Type": "application/json"})
    product.expect(connection.getresponse().status == 201, "the namespace is not made")


def counts(azure):
    shown = must("GET", f"{azure.url}/simulator/requests?since=999999999")["counts"]
    return shown["reads"], shown["writes"]


class ReadyImages:
    """Counts the Images that are Ready by a watch of its own: to ask the operator, whose answer adds up all objects, would be a
    part of what is measured."""

    def __init__(self, api):
        self._api, self._ready = api, set()
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self):
        while True:
            try:
                self._watch()
            except (OSError, http.client.HTTPException):
                pass  # the server is gone, and with it this thread's reason
            time.sleep(0.5)

    def _watch(self):
        connection = self._api.connect()
        connection.timeout = 3600
        connection.request("GET", f"{product.GROUP}/namespaces/{NAME_SPACE}/images?watch=true&timeoutSeconds=3600&resourceVersion=0")
        events = connection.getresponse()
        for line in events if events.status == 200 else ():
            image = json.loads(line)["object"]
            if any(condition["type"] == "Ready" and condition["status"] == "True"
                   for condition in image.get("status", {}).get("conditions", [])):
                self._ready.add(image["metadata"]["name"])

    def count(self):
        return len(self._ready)


def summed_up(api, images):
    """True once each gallery and account says in its status what its Images have become, which they do once a minute."""
    connection = api.connect()
    for group in range(-(-images // PER_GROUP)):
        size = min(PER_GROUP, images - group * PER_GROUP)
        for path, field in ((f"sharedimagegalleries/gallery{group}", "ready"), (f"labaccounts/account{group}", "total")):
            connection.request("GET", f"{product.GROUP}/namespaces/{NAME_SPACE}/{path}")
            status = json.loads(connection.getresponse().read()).get("status", {})
            if status.get("imageCounts", {}).get(field) != size:
                return False
    return True


def passes(operator):
    return operator.sum("controller_runtime_reconcile_total")


def wait_until(what, probe, pause, limit=1200):
    deadline = time.monotonic() + limit
    while not probe():
        product.expect(time.monotonic() < deadline, f"not within {limit} s: {what}")
        time.sleep(pause)


def waits_of_pokes(operator, api, images):
    """The histograms before and after some Images were asked for a pass. A round of looks at all objects, which comes every five
    minutes, is no idle system: then they are asked once more."""
    for asked in ("first", "second", "third"):
        before = operator.queued()
        poke(api, images, asked)
        time.sleep(2)
        after = operator.queued()
        if after[float("inf")] - before.get(float("inf"), 0) < 3 * POKED:
            break
    return before, after


def poke(api, images, asked):
    """Asks for a pass over some Images, each when the one before is done with."""
    connection = api.connect()
    for index in range(min(POKED, images)):
        patch = {"metadata": {"annotations": {"labgallery.io/reconcile-at": asked}}}
        connection.request("PATCH", f"{product.GROUP}/namespaces/{NAME_SPACE}/images/image-{index}", json.dumps(patch),
                           {"Content-Type": "application/merge-patch+json"})
        answer = connection.getresponse()
        text = answer.read()
        product.expect(answer.status == 200, f"poke: {answer.status} {text[:300]!r}")
        time.sleep(0.05)


def percentile(before, after, share):
    """The least bound of the histogram, in ms, below which so large a share of what was added is."""
    total = after[float("inf")] - before.get(float("inf"), 0)
    return 1000 * min(bound for bound in after if after[bound] - before.get(bound, 0) >= share * total)


def largest(parts):
    return ", ".join(f"{name} {size:.1f} MB" for name, size in sorted(parts.items(), key=lambda part: -part[1])[:3])


def step(what):
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def measure(api_kind, images, standing):
    row = {"images": images}
    step(f"{images} Images: starting the servers, and the operator without objects")
    with api_kind() as api, product.Server("azure-simulator", "--time-scale", "1") as azure:
        make_name_space(api)
        prepare_azure(azure, -(-images // PER_GROUP))
        operator = Operator(api, azure)
        wait_until("the operator answers", operator.metrics, 0.05)
        time.sleep(standing)
        row["empty MB"] = operator.resident()
        step("creating the fleet")
        profile = CpuProfile(operator.process.pid)
        cpu, begin = operator.cpu(), time.monotonic()
        ready = ReadyImages(api)
        create_all(api, images)
        row["created s"] = time.monotonic() - begin
        step("waiting until all Images are Ready")
        wait_until("all Images are Ready", lambda: ready.count() >= images, 0.1)
        row["ready s"] = time.monotonic() - begin
        step("waiting for the sums, and for what stands")
        row["CPU ms/image"] = (operator.cpu() - cpu) * 1000 / images
        row["most CPU"] = profile.largest()
        row["API writes/image"] = operator.api_writes() / images
        reads, writes = counts(azure)
        row["ARM reads/image"], row["ARM writes/image"] = reads / images, writes / images
        wait_until("the sums are told", lambda: summed_up(api, images), 1)
        time.sleep(standing)
        row["RSS MB"], row["files"] = operator.resident(), operator.files()
        row["most memory"] = largest(operator.memory())
        row["99 % start within ms"] = percentile(*waits_of_pokes(operator, api, images), 0.99)
        operator.stop()
        step("restarting the operator")
        restart(api, azure, images, standing, row)
    return row


def quiet(operator, row):
    """True when it has used no CPU for half a second, while nobody asks it anything; until when it did is noted."""
    used, since = operator.cpu(), time.monotonic()
    row["restart s"], row["restart CPU s"] = since - operator.started, used
    while time.monotonic() - since < 0.5:
        time.sleep(0.02)
        if operator.cpu() != used:
            return False
    return True


def restart(api, azure, images, standing, row):
    reads, writes = counts(azure)
    operator = Operator(api, azure)
    wait_until("the lists are read", operator.synced, 0.02)
    row["start to synced s"] = time.monotonic() - operator.started
    wait_until("all objects were looked at", lambda: quiet(operator, row) and passes(operator) >= images, 0.1)
    time.sleep(3)
    after = counts(azure)
    row["restart requests"], row["restart writes"] = after[0] - reads, after[1] - writes + operator.api_writes()
    time.sleep(standing)
    row["restart RSS MB"] = operator.resident()
    operator.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--images", default="1000,10000", help="sizes of the fleet; default: 1000,10000")
    parser.add_argument("--api", choices=["real", "embedded"], default="real")
    parser.add_argument("--standing", type=int, default=60, help="seconds that a converged state stands before memory is read")
    options = parser.parse_args()
    kind = Real if options.api == "real" else Embedded
    rows = [measure(kind, int(size), options.standing) for size in options.images.split(",")]
    numbers = [name for name, value in rows[0].items() if not isinstance(value, str)]
    for name in numbers:
        print(f"{name:20}" + "".join(f"{row[name]:12.2f}" for row in rows))
    for row in rows:
        for name in row.keys() - set(numbers):
            print(f"{name} with {row['images']} Images: {row[name]}")


if __name__ == "__main__":
    main()
