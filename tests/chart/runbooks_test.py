#!/usr/bin/env python3
"""What the pages tell a reader to ask a cluster: each kubectl command of the runbooks and of the pages beside them is run on a real
API server that has the plain manifests and objects of each kind, what it asks for is there, and what it looks for in logs and
events can be found. And the objects for Argo CD and Flux: a cluster and the chart take what is in them."""
import json
import os
import re
import subprocess
import textwrap

import yaml

import chart
from chart import ROOT, expect, product
from control_plane import ControlPlane

PAGES = (*sorted((ROOT / "docs" / "runbooks").glob("LabGallery*.md")),
         *(ROOT / "docs" / f"{name}.md" for name in ("monitoring", "troubleshooting", "upgrading")))
SAMPLE = ROOT / "manifests" / "samples" / "create-and-attach"
NAMES = {"labimg": "ubuntu-ml", "labacct": "cs-department", "secret": "azure"}
# They need pods, or the pods' own metrics.
NEED_PODS = (" port-forward ", " top ", "deployment/labgallery")


def commands(page):
    """The kubectl commands of a page: the lines of its listings, and what stands in back-quotes."""
    text = page.read_text()
    listings = [line.strip() for block in re.findall(r"^ *```\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
                for line in block.replace("\\\n", " ").splitlines()]
    quoted = [re.sub(r"\s*\n\s*", " ", one) for one in re.findall(r"`(kubectl [^`]*)`", re.sub(r"^ *```.*?^ *```$", "", text,
                                                                  flags=re.MULTILINE | re.DOTALL))]
    found = []
    for line in listings + quoted:
        found += re.findall(r"\$\((kubectl [^()]*)\)", line) or ([line] if line.startswith("kubectl ") else [])
    return [re.sub(r"\s+#.*", "", one) for one in found]


def filled_in(command):
    """Without what only looks at the answer, and with names for the words in capitals."""
    command = re.sub(r"\s*[|&].*", "", command)
    name = next((NAMES[kind] for kind in NAMES if re.search(rf"\b{kind}\b", command)), NAMES["labacct"])
    return re.sub(r"(?<=\s)NAME\b", name, command.replace("-n NAMESPACE", "-n labs").replace(" KIND ", " labacct "))


class Runbooks:
    def __init__(self, plane):
        self.plane = plane

    def prepared(self):
        """a cluster with the plain manifests, and one object of each kind"""
        self.plane.kubectl("apply", "--server-side", "-f", ROOT / "manifests" / "install.yaml")
        for namespace in ("labs", "monitoring"):
            self.plane.kubectl("create", "namespace", namespace)
        self.plane.kubectl("-n", "monitoring", "create", "serviceaccount", "prometheus")
        self.plane.kubectl("-n", "labs", "create", "secret", "generic", "azure", "--from-literal=AZURE_CLIENT_CERTIFICATE=x")
        self.plane.kubectl("apply", *(part for kind in ("account", "gallery", "image") for part in ("-f", SAMPLE / f"{kind}.yaml")))

    def followed(self):
        """each kubectl command of the runbooks is understood, and what it names is there"""
        count = 0
        for page in PAGES:
            for command in commands(page):
                if any(part in command for part in NEED_PODS):
                    continue
                status, told = self._shell(filled_in(command))
                expect(status == 0, f"{page.name}: {filled_in(command)} ends with {status}:\n{told}")
                count += 1
        expect(count > 25, f"there are {count} commands only")
        return f"{count} of them"

    def configured(self):
        """a ConfigMap can hold what docs/gitops.md teaches Argo CD, and the reasons in it are those on their way"""
        (data,) = [one for one in gitops() if "kind" not in one]
        config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-cm", "namespace": "labs"}, "data": data}
        self.plane.kubectl("apply", "-f", "-", stdin=json.dumps(config))
        (told,) = yaml.safe_load(data["resource.customizations"]).values()
        reasons = re.findall(r"^\| `(\w+)` \| on its way", (ROOT / "docs" / "reasons.md").read_text(), re.MULTILINE)
        product.expect_same("the reasons", sorted(reasons), sorted(["Paused", *re.findall(r"(\w+) = true", told["health.lua"])]))

    def _shell(self, command):
        ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=product.PATIENCE, cwd=ROOT,
                             stdin=subprocess.DEVNULL, env={
                                 "PATH": f"{self.plane.programs}:{os.environ['PATH']}", "HOME": str(self.plane.folder),
                                 "KUBECONFIG": str(self.plane.folder / "admin.kubeconfig")})
        return ran.returncode, ran.stdout + ran.stderr


def fields():
    """a field that a page takes out of an object is in the schema of its kind"""
    schemas = {one["spec"]["names"]["shortNames"][0]: one["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
               for file in (ROOT / "crds").glob("*.yaml") for one in chart.objects(file.read_text())}
    for page in PAGES:
        for command in commands(page):
            for path in re.findall(r"[{:]\.((?:status|spec)[\w.]*)", command):
                kinds = [kind for kind in schemas if re.search(rf"\b{kind}\b", command)] or list(schemas)
                for kind in kinds:
                    node = schemas[kind]
                    for name in path.split("."):
                        node = node.get("properties", {}).get(name)
                        expect(node, f"{page.name}: {kind} has no {path}")


def found():
    """what a page looks for in a log, in events or in a list is a word that the program says"""
    said = " ".join(re.findall(r'"((?:[^"\\]|\\.)*)"', " ".join(
        file.read_text() for folder in ("controller", "src") for file in sorted((ROOT / folder).rglob("*.cc")))))
    for page in PAGES:
        text = page.read_text()
        for line in re.findall(r"^kubectl .*", text, re.MULTILINE):
            words = re.findall(r"grep (?:-\w )?(?:'([^']+)'|(\w+))$", line) + re.findall(r"\breason=((\w+))", line)
            for quoted, plain in words:
                expect((quoted or plain) in said, f"{page.name}: nothing says {quoted or plain!r}")


def gitops():
    """The YAML documents of docs/gitops.md."""
    text = (ROOT / "docs" / "gitops.md").read_text()
    return [one for block in re.findall(r"^ *```yaml\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
            for one in chart.objects(textwrap.dedent(block))]


def releases():
    """the chart takes the values in the objects for Argo CD and Flux"""
    values = {one["kind"]: one["spec"]["source"]["helm"]["valuesObject"] if one["kind"] == "Application" else one["spec"]["values"]
              for one in gitops() if one.get("kind") in ("Application", "HelmRelease")}
    expect(len(values) == 2, f"there are {sorted(values)} only")
    for one in values.values():
        text = re.sub("TENANT|CLIENT", "00000000-0000-0000-0000-000000000001", json.dumps(one))
        chart.of_kind(chart.rendered(**json.loads(text)), "Deployment")


if __name__ == "__main__":
    with ControlPlane() as control:
        runbooks = Runbooks(control)
        product.run_steps(fields, found, releases, runbooks.prepared, runbooks.followed, runbooks.configured)
