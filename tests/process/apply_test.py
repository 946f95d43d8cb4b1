#!/usr/bin/env python3
"""`labgallery apply` against an `azure-simulator` in a process of its own: once, again, after a crash of the simulator,
and interrupted."""
import pathlib
import signal
import subprocess
import tempfile
import threading

import product
from product import expect, expect_same

STORY = product.SAMPLES / "full"


def unchanged(simulator, *options):
    """Applies the story and expects that not a single write is sent."""
    before = product.last_request(simulator)
    product.must_apply("-f", STORY, "--azure-endpoint", simulator.url, *options)
    sent = [f"{write['method']} {write['path']}" for write in product.writes(simulator, before)]
    expect(not sent, "these writes were sent:\n" + "\n".join(sent[:product.SHOWN_LINES]))


class Apply:
    def __init__(self, folder):
        self.state, self.kube_state = folder / "cloud.db", folder / "objects.db"
        self.simulator = self.address = None

    def first(self):
        """the first apply makes everything Ready"""
        self.address = f"127.0.0.1:{product.free_ports(1)[0]}"
        self.simulator = product.Server("azure-simulator", "--state", str(self.state), listen=self.address)
        product.must_apply("-f", STORY, "--azure-endpoint", self.simulator.url)
        sent = product.writes(self.simulator)
        expect(sent, "no write was sent")
        return f"{len(sent)} writes"

    def second(self):
        """a second apply sends no write"""
        unchanged(self.simulator)

    def with_kube_state(self):
        """neither does one with a new --kube-state, nor the next one with the same"""
        unchanged(self.simulator, "--kube-state", self.kube_state)
        unchanged(self.simulator, "--kube-state", self.kube_state)

    def restarted(self):
        """the simulator's --state survives its SIGKILL, and the next apply sends no write"""
        before = product.cloud(self.simulator)
        self.simulator.kill()
        self.simulator = product.Server("azure-simulator", "--state", str(self.state), listen=self.address)
        expect_same("the cloud", before, product.cloud(self.simulator))
        unchanged(self.simulator)
        unchanged(self.simulator, "--kube-state", self.kube_state)

    def interrupted(self):
        """Ctrl-C ends apply with status 130, and it says what is left"""
        # At its natural pace the simulated cloud needs many minutes: the interruption is always in time.
        with product.Server("azure-simulator", "--time-scale", "1") as slow:
            process = product.start("apply", "-f", STORY, "--azure-endpoint", slow.url,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            said = []
            reader = threading.Thread(target=lambda: said.extend(process.stdout))
            reader.start()
            try:
                product.until("apply writes, and says how the account stands", lambda: product.writes(slow) and any(
                    "cs-department: not ready" in line for line in said))
                status = product.stop(process, signal.SIGINT)
            finally:
                process.kill()
                reader.join()
            text = "".join(said)
            expect(status == 130, f"it ended with {status}:\n{text[-2000:]}")
            expect("Interrupted after" in text, f"it does not say that it was interrupted:\n{text[-2000:]}")
            left = [line for line in text.splitlines() if "cs-department" in line and " False " in line]
            expect(left, f"it does not say what is left:\n{text[-2000:]}")

    def close(self):
        if self.simulator:
            self.simulator.kill()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        apply = Apply(pathlib.Path(folder))
        try:
            product.run_steps(apply.first, apply.second, apply.with_kube_state, apply.restarted, apply.interrupted)
        finally:
            apply.close()
