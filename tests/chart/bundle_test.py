#!/usr/bin/env python3
"""What catalogues read: the bundle for the Operator Lifecycle Manager, and the annotations for Artifact Hub."""
import base64
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as xml

import yaml

import chart
from chart import CHART, ROOT, expect, product

BUNDLE = ROOT / "bundle"
CSV = BUNDLE / "manifests" / "labgallery.clusterserviceversion.yaml"
# Artifact Hub, docs/helm_annotations.md.
CATEGORIES = {"ai-machine-learning", "database", "integration-delivery", "monitoring-logging", "networking", "security",
              "skip-prediction", "storage", "streaming-messaging"}
CAPABILITIES = {"Basic Install", "Seamless Upgrades", "Full Lifecycle", "Deep Insights", "Auto Pilot"}
ENTRIES = {"crds": {"kind", "version", "name", "displayName", "description"}, "images": {"name", "image"}, "links": {"name", "url"},
           "changes": {"kind", "description"}}

# What the validators say without a reason: that one of them has another name by now, and that rights on events are on
# v1beta1, although a rule names no version.
NO_FAULTS = (r'The \"operatorhub\" validator is deprecated', 'Migrate the API(s) for events: ([\\"ClusterServiceVersion.Spec')


def about():
    return yaml.safe_load((CHART / "Chart.yaml").read_text())


def fresh():
    """the bundle is as scripts/bundle would write it now"""
    ran = subprocess.run([ROOT / "scripts" / "bundle", "--check"], capture_output=True, text=True)
    expect(ran.returncode == 0, ran.stdout + ran.stderr)


def remarks(folder):
    """What the Operator Framework's validators say of a bundle; the program ends with 0 whatever they say."""
    status, told = chart.run("operator-verify", "manifests", "--operatorhub_validate", "--object_validate", folder)
    expect(status == 0, told)
    return [line for line in told.splitlines() if not any(known in line for known in NO_FAULTS)]


def valid():
    """the Operator Framework's validators have nothing to say, and see what is wrong"""
    expect(not remarks(BUNDLE), "\n".join(remarks(BUNDLE)))
    with tempfile.TemporaryDirectory() as made:
        spoilt = pathlib.Path(made) / "bundle"
        shutil.copytree(BUNDLE, spoilt)
        (spoilt / "manifests" / "labgallery.io_images.yaml").unlink()
        expect(any('Kind=Image\\" not found' in line for line in remarks(spoilt)), "a CRD that is missing is not seen")


def complete():
    """the bundle owns each CRD, with each field described, and installs what the chart does"""
    csv = yaml.safe_load(CSV.read_text())
    crds = [yaml.safe_load(file.read_text()) for file in (ROOT / "crds").glob("*.yaml")]
    owned = {one["kind"]: one for one in csv["spec"]["customresourcedefinitions"]["owned"]}
    for crd in crds:
        schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
        one = owned.pop(crd["spec"]["names"]["kind"])
        for part in ("spec", "status"):
            told = {entry["path"] for entry in one[f"{part}Descriptors"]}
            product.expect_same(f"{one['kind']} {part}", sorted(schema["properties"][part]["properties"]), sorted(told))
    expect(not owned, f"the bundle owns {sorted(owned)}, of which there is no CRD")
    (deployed,) = csv["spec"]["install"]["spec"]["deployments"]
    (container,) = deployed["spec"]["template"]["spec"]["containers"]
    (plain,) = chart.of_kind(chart.rendered(), "Deployment")["spec"]["template"]["spec"]["containers"]
    product.expect_same("the image", plain["image"], container["image"])
    product.expect_same("the arguments", [one for one in plain["args"] if "election-namespace" not in one], container["args"])
    labels = dict(re.findall(r"(operators\S+?)=(\S+)", (ROOT / "packaging/bundle.Containerfile").read_text()))
    product.expect_same("the labels", yaml.safe_load((BUNDLE / "metadata/annotations.yaml").read_text())["annotations"], labels)
    user = deployed["spec"]["template"]["spec"]["securityContext"]
    expect(user["runAsNonRoot"] and "runAsUser" not in user, "OpenShift has to choose the user")


def catalogued():
    """the annotations have the shape that Artifact Hub documents"""
    told = {name.split("/")[1]: value for name, value in about()["annotations"].items()
            if name.startswith("artifacthub.io/")}
    expect(told["category"] in CATEGORIES, told["category"])
    expect(told["operatorCapabilities"] in CAPABILITIES, told["operatorCapabilities"])
    expect({told["operator"], told["prerelease"]} <= {"true", "false"}, "operator and prerelease are texts, true or false")
    told["changes"] = subprocess.run([ROOT / "scripts" / "release-notes", "--annotation"], check=True, capture_output=True,
                                     text=True).stdout
    for name, members in ENTRIES.items():
        for entry in yaml.safe_load(told[name]):
            product.expect_same(f"an entry of {name}", sorted(members), sorted(entry))
    (image,) = yaml.safe_load(told["images"])
    container = chart.of_kind(chart.rendered(), "Deployment")["spec"]["template"]["spec"]["containers"][0]
    product.expect_same("the image", container["image"], image["image"])
    samples = [yaml.safe_load((ROOT / "manifests/samples/create-and-attach" / f"{name}.yaml").read_text())
               for name in ("account", "gallery", "image")]
    product.expect_same("the examples", samples, yaml.safe_load(told["crdsExamples"]))
    repository = yaml.safe_load((ROOT / "packaging/artifacthub-repo.yml").read_text())
    expect(set(repository) <= {"repositoryID", "owners", "ignore"}, f"{set(repository)}")


def pictured():
    """the icon of chart and bundle is packaging/icon.svg"""
    text = (ROOT / "packaging" / "icon.svg").read_bytes()
    expect(xml.fromstring(text).tag.endswith("svg"), "packaging/icon.svg is no picture")
    code = base64.b64encode(text).decode()
    product.expect_same("the chart's icon", f"data:image/svg+xml;base64,{code}", about()["icon"])
    csv = yaml.safe_load(CSV.read_text())
    product.expect_same("the bundle's icon", [{"base64data": code, "mediatype": "image/svg+xml"}], csv["spec"]["icon"])
    expect(json.loads(csv["metadata"]["annotations"]["alm-examples"]), "there are no examples")


if __name__ == "__main__":
    product.run_steps(fresh, valid, complete, catalogued, pictured)
