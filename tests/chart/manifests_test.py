#!/usr/bin/env python3
"""What the chart renders, for every file of values in its ci folder: linted, valid for a real API server and for kubeconform
with schemas of that server, equal from both Helms, and without a critical remark of kube-score."""
import pathlib
import re
import shutil
import subprocess
import tempfile

import yaml

import chart
from chart import HELMS, VARIANTS, expect, product
from control_plane import ControlPlane
import schemas

# kube-score's remarks that are no fault here: an image is named by a tag that is never given twice, or by its digest; the
# network policy is the user's choice, and judged where it was made.
LEFT_OUT = ("container-image-pull-policy",)
NOT_SERVED = ("ServiceMonitor", "PodMonitor", "PrometheusRule", "VerticalPodAutoscaler")


class Manifests:
    def __init__(self, plane, folder):
        self.plane, self.folder = plane, folder

    def linted(self):
        """helm lint --strict has nothing to say, for every file of values"""
        for helm in HELMS:
            for values in VARIANTS:
                status, told = chart.run(helm, "lint", "--strict", chart.CHART, "--values", values)
                expect(status == 0 and "[WARNING]" not in told, f"{helm} lint with {values.name}:\n{told}")

    def equal(self):
        """both Helms render the same"""
        for values in VARIANTS:
            first, second = (chart.objects(chart.template(helm, "--values", values)) for helm in HELMS)
            product.expect_same(values.name, first, second)

    def conforming(self):
        """kubeconform knows each kind and each field"""
        location = schemas.write(self.plane.must("GET", "/openapi/v2"), self.folder)
        for values in VARIANTS:
            status, told = chart.run("kubeconform", "-strict", "-summary", "-schema-location", location, "-skip",
                                     ",".join((*NOT_SERVED, "CustomResourceDefinition")), stdin=self._text(values))
            expect(status == 0 and "Errors: 0" in told, f"kubeconform with {values.name}:\n{told}")
        wrong = self._text(VARIANTS[0]).replace("replicas:", "replcas:", 1)
        status, told = chart.run("kubeconform", "-strict", "-schema-location", location, "-skip",
                                 "CustomResourceDefinition", stdin=wrong)
        expect(status != 0 and "replcas" in told, f"kubeconform does not see a misspelt field:\n{told}")

    def accepted(self):
        """a real API server takes each object, strictly"""
        for name in (chart.NAMESPACE, "labs", "elsewhere"):
            self.plane.kubectl("create", "namespace", name)
        # What pods, other than the templates of pods, are refused without.
        self.plane.kubectl("apply", "-f", "-", stdin="{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: runc}, "
                           "handler: runc}")
        for values in VARIANTS:
            served = [one for one in chart.objects(self._text(values)) if one["kind"] not in NOT_SERVED]
            text = yaml.safe_dump_all(served)
            self.plane.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", stdin=text)

    def scored(self):
        """kube-score finds nothing critical where a network policy is wanted"""
        for values in VARIANTS:
            # The pods of helm test live for seconds, and no policy is about them.
            text = chart.template("helm3", "--values", values, "--set", "networkPolicy.enabled=true", "--skip-tests")
            parts = [one for one in chart.objects(text) if one["kind"] != "CustomResourceDefinition"
                     and not self._brought_by_values(one)]
            for one in parts:
                self._without_what_values_bring(one)
            status, told = chart.run("kube-score", "score", "-", "--output-format", "ci",
                                     *(f"--ignore-test={one}" for one in LEFT_OUT), stdin=yaml.safe_dump_all(parts))
            critical = [line for line in told.splitlines() if line.startswith("[CRITICAL]")]
            expect(status == 0 and not critical, f"kube-score with {values.name} ({status}):\n" + "\n".join(critical or [told]))

    def kustomized(self):
        """kubectl builds the kustomization, and it is the plain manifest, which the API server takes as well"""
        built = chart.objects(self.plane.kubectl("kustomize", chart.ROOT / "manifests"))
        plain = chart.objects((chart.ROOT / "manifests" / "install.yaml").read_text())
        names = [sorted((one["kind"], one["metadata"]["name"]) for one in found) for found in (plain, built)]
        product.expect_same("what kustomize builds", *names)
        self.plane.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", stdin=yaml.safe_dump_all(
            [one for one in built if one["kind"] != "Namespace"]))

    def based(self):
        """the kustomization of docs/install.md builds on a remote base, at a tag"""
        remote, own = self.folder / "labgallery", self.folder / "own"
        own.mkdir()
        self._commit(remote)
        page = (chart.ROOT / "docs" / "install.md").read_text()
        (text,) = [block for block in re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
                   if "kind: Kustomization" in block]
        (own / "kustomization.yaml").write_text(text.replace("REPOSITORY//", f"file://{remote}//").replace("DIGEST", "0" * 64))
        built = chart.objects(self.plane.kubectl("kustomize", own))
        plain = chart.objects((chart.ROOT / "manifests" / "install.yaml").read_text())
        expect(len(built) == len(plain), f"{len(built)} objects, and not {len(plain)}")
        (container,) = chart.of_kind(built, "Deployment")["spec"]["template"]["spec"]["containers"]
        product.expect_same("the image", f"REGISTRY/labgallery/labgallery@sha256:{'0' * 64}", container["image"])
        product.expect_same("the identity", [{"secretRef": {"name": "labgallery-azure"}}], container["envFrom"])

    @staticmethod
    def _commit(folder):
        """A repository with the plain manifests of this tree, and the tag that the page names."""
        shutil.copytree(chart.ROOT / "manifests", folder / "manifests")
        git = ("git", "-C", folder, "-c", "user.name=Test", "-c", "user.email=test@example.org")
        for command in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "-m", "manifests"), ("tag", "v0.1.0")):
            subprocess.run([*git, *command], check=True)

    @staticmethod
    def _brought_by_values(one):
        return one["kind"] == "ConfigMap"

    @staticmethod
    def _without_what_values_bring(one):
        """Containers of extraContainers are their user's business."""
        if one["kind"] == "Deployment":
            pod = one["spec"]["template"]["spec"]
            pod["containers"] = [container for container in pod["containers"] if container["name"] != "beside"]

    @staticmethod
    def _text(values):
        return chart.template("helm3", "--values", values)


def fresh():
    """what is generated is as scripts/manifests would write it now"""
    ran = subprocess.run([chart.ROOT / "scripts" / "manifests", "--check"], capture_output=True, text=True)
    expect(ran.returncode == 0, ran.stdout + ran.stderr)


if __name__ == "__main__":
    with ControlPlane(with_manager=False) as control, tempfile.TemporaryDirectory() as made:
        manifests = Manifests(control, pathlib.Path(made))
        product.run_steps(fresh, manifests.linted, manifests.equal, manifests.conforming, manifests.accepted,
                          manifests.kustomized, manifests.based, manifests.scored)
