"""One node with everything on it: containerd, runc, the control plane, kubelet and kube-proxy in namespaces of their own, and
our image. `with Node(image) as node:` leaves nothing behind. There is one at a time on a machine, and it needs root."""
import fcntl
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

import machine

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import product
from product import ROOT, Failure, expect

HERE = pathlib.Path(__file__).resolve().parent
PREFIX = "labgallery-node-"
LOCK = pathlib.Path(tempfile.gettempdir(), "labgallery-node.lock")
PROGRAMS = ("containerd", "ctr", "runc", "ip", "iptables", "nft", "unshare", "nsenter", "openssl", "strip", "umoci", "zstd")
BRIDGE = pathlib.Path("/usr/lib/cni/bridge")
PAUSE = "int pause(void); int main(void) { for (;;) pause(); }\n"


def programs(wanted):
    """A folder of programs; the run has built them already, or says what is missing."""
    ran = subprocess.run([ROOT / "scripts" / "control-plane", wanted], stdout=subprocess.PIPE, text=True)
    if ran.returncode != 0:
        raise SystemExit(ran.returncode)
    return pathlib.Path(ran.stdout.strip())


def pause_image(folder):
    """What keeps a pod's namespaces alive: one static program, packed by hand as an OCI image."""
    source, binary = folder / "pause.c", folder / "pause"
    source.write_text(PAUSE)
    subprocess.run(["gcc-12", "-static", "-Os", "-o", binary, source], check=True)
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as archive:
        archive.add(binary, "pause")
    blobs = [layer.getvalue()]

    def described(content, kind):
        return {"mediaType": f"application/vnd.oci.image.{kind}", "size": len(content),
                "digest": f"sha256:{hashlib.sha256(content).hexdigest()}"}

    def blob(value):
        blobs.append(json.dumps(value).encode())
        return blobs[-1]

    config = blob({"architecture": "amd64", "os": "linux", "config": {"Entrypoint": ["/pause"]},
                   "rootfs": {"type": "layers", "diff_ids": [described(blobs[0], "")["digest"]]}})
    manifest = blob({"schemaVersion": 2, "config": described(config, "config.v1+json"),
                     "layers": [described(blobs[0], "layer.v1.tar")]})
    index = {"schemaVersion": 2, "manifests": [{**described(manifest, "manifest.v1+json"), "annotations": {
        "io.containerd.image.name": "docker.io/local/pause:1", "org.opencontainers.image.ref.name": "1"}}]}
    files = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}', "index.json": json.dumps(index).encode()}
    files |= {f"blobs/sha256/{hashlib.sha256(content).hexdigest()}": content for content in blobs}
    with tarfile.open(folder / "images" / "pause.tar", "w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def lacking():
    """What there is not of what a node needs."""
    found = machine.lacking() + [f"the program {name}" for name in PROGRAMS if not shutil.which(name)]
    return found + ([] if BRIDGE.exists() else [f"{BRIDGE} (containernetworking-plugins)"])


class Node:
    def __init__(self, image):
        self.lock = open(LOCK, "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        for left in pathlib.Path(tempfile.gettempdir()).glob(PREFIX + "*"):  # of a run that was killed: we have the lock
            self._remove(left)
        self.programs, self.tools = programs("node"), programs("chart")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=PREFIX))
        (self.folder / "images").mkdir()
        pause_image(self.folder)
        shutil.copyfile(image, self.folder / "images" / "labgallery.tar")
        self.environment = dict(os.environ, ASSETS=str(self.programs), STATE=str(self.folder),
                                KUBECONFIG=str(self.folder / "data" / "kc" / "admin.kubeconfig"), HOME=str(self.folder))

    def __enter__(self):
        ran = subprocess.run([HERE / "up.sh"], env=self.environment, capture_output=True, text=True)
        if ran.returncode != 0:
            self.__exit__()
            raise Failure(f"the node does not start:\n{ran.stdout}{ran.stderr}")
        return self

    def __exit__(self, *_):
        self._remove(self.folder)
        self.lock.close()

    @staticmethod
    def _remove(folder):
        subprocess.run([HERE / "down.sh"], env=dict(os.environ, STATE=str(folder)))
        shutil.rmtree(folder, ignore_errors=True)

    # ---- talking to it

    def run(self, program, *arguments, stdin=None, timeout=2 * product.PATIENCE):
        """(exit status, stdout, stderr)"""
        folder = self.tools if program.startswith("helm") else self.programs
        ran = subprocess.run([folder / program, *map(str, arguments)], env=self.environment, capture_output=True, text=True,
                             input=stdin, timeout=timeout)
        return ran.returncode, ran.stdout, ran.stderr

    def must(self, program, *arguments, **options):
        status, out, err = self.run(program, *arguments, **options)
        expect(status == 0, f"{program} {' '.join(map(str, arguments))} ends with {status}:\n{(out + err)[-3000:]}")
        return out

    def kubectl(self, *arguments, **options):
        return self.must("kubectl", *arguments, **options)

    def json(self, *arguments):
        return json.loads(self.kubectl("get", *arguments, "--output=json"))
