#!/usr/bin/env python3
"""The container image: two builds have one digest; in it are the program, its libraries and their licences, and no shell; what
is said about it is true."""
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "process"))
import product
from product import ROOT, expect, expect_same

LIMIT = 10e6  # of what is pulled; a build for tests, which is not optimised, is somewhat larger than a release


# Somebody may commit between two builds.
COMMIT = {name: subprocess.run(["git", "-C", ROOT, "log", "-1", f"--format={wanted}"], capture_output=True, text=True).stdout.strip()
          for name, wanted in (("LABGALLERY_REVISION", "%H"), ("SOURCE_DATE_EPOCH", "%ct"))}


def built(binary, output):
    ran = subprocess.run([ROOT / "scripts" / "build-image", binary, "--output", output], capture_output=True, text=True,
                         env=dict(os.environ, **COMMIT))
    expect(ran.returncode == 0, ran.stdout + ran.stderr)


class Image:
    def __init__(self, folder):
        self.folder, self.binary = folder, folder / "labgallery"
        subprocess.run(["strip", "--strip-all", "-o", self.binary, product.BINARY], check=True)
        built(self.binary, folder / "first")
        self.layout = folder / "first" / "oci"
        (self.image,) = json.loads((self.layout / "index.json").read_text())["manifests"]
        self.manifest = self.blob(self.image)
        self.config = self.blob(self.manifest["config"])

    def file(self, descriptor):
        return self.layout / "blobs" / descriptor["digest"].replace(":", "/")

    def blob(self, descriptor):
        return json.loads(self.file(descriptor).read_text())

    def reproducible(self):
        """another build has the same digest, as a layout and as a file"""
        built(self.binary, self.folder / "second")
        for name in ("oci/index.json", "sbom.spdx.json", "labgallery.tar"):
            first, second = ((self.folder / one / name).read_bytes() for one in ("first", "second"))
            expect(first == second, f"{name} is another one")
        return self.image["digest"]

    def small(self):
        """it is small, in one layer"""
        (layer,) = self.manifest["layers"]
        expect(layer["size"] < LIMIT, f"the layer has {layer['size']} bytes")
        return f"{layer['size'] / 1e6:.1f} MB"

    def described(self):
        """user, entrypoint, labels and annotations of the OCI specification are there, and of this commit"""
        config = self.config["config"]
        expect_same("user and entrypoint", ["65532:65532", ["/usr/bin/labgallery"]], [config["User"], config["Entrypoint"]])
        for told in (config["Labels"], self.manifest["annotations"]):
            for name in ("title", "description", "version", "licenses", "created", "vendor"):
                expect(told.get(f"org.opencontainers.image.{name}"), f"there is no {name}: {told}")
            expect_same("the revision", COMMIT["LABGALLERY_REVISION"], told["org.opencontainers.image.revision"])

    def unpacked(self):
        """what is in it is needed: the program runs with nothing else, and each library has its licence and is in the SBOM"""
        (layer,) = self.manifest["layers"]
        archive, root = self.folder / "layer.tar", self.folder / "root"
        subprocess.run(["zstd", "--quiet", "--decompress", "-o", archive, self.file(layer)], check=True)
        with tarfile.open(archive) as members:
            owners = sorted({(member.uid, member.gid) for member in members})
            members.extractall(root, filter="fully_trusted")
        expect_same("owners", [(0, 0)], owners)
        ran = subprocess.run(["chroot", "--userspec=65532:65532", root, "/usr/bin/labgallery", "version"],
                             capture_output=True, text=True)
        expect(ran.returncode == 0 and ran.stdout.startswith("labgallery "), ran.stdout + ran.stderr)
        files = [path for path in root.rglob("*") if path.is_file()]
        expect(not [path for path in files if path.name in ("sh", "bash", "dash", "busybox")], "there is a shell")
        bill = json.loads((root / "usr/share/doc/labgallery/sbom.spdx.json").read_text())
        for package in bill["packages"][1:]:
            expect((root / "usr/share/doc" / package["name"] / "copyright").is_file(), f"no licence of {package['name']}")
        linked = {relation["relatedSpdxElement"] for relation in bill["relationships"]
                  if relation["relationshipType"] == "DYNAMIC_LINK"}
        libraries = [path for path in files if ".so" in path.name]
        expect(linked and len(linked) <= len(libraries), f"{len(libraries)} libraries of {len(linked)} packages")
        return f"{len(files)} files, {len(libraries)} libraries of {len(linked)} packages"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        image = Image(pathlib.Path(made))
        product.run_steps(image.reproducible, image.small, image.described, image.unpacked)
