"""Renders the chart with the real Helm, of both major versions, and reads what comes out."""
import functools
import json
import pathlib
import subprocess
import sys

import yaml

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from control_plane import product

expect, ROOT = product.expect, product.ROOT
CHART = ROOT / "helm" / "labgallery"
VARIANTS = sorted((CHART / "ci").glob("*-values.yaml"))
HELMS = ("helm3", "helm4")
RELEASE, NAMESPACE = "labgallery", "labgallery-system"


@functools.cache
def tools():
    """The folder with both Helms and the judges of what they render; the run has built them already, or says what is missing."""
    ran = subprocess.run([ROOT / "scripts" / "control-plane", "chart"], stdout=subprocess.PIPE, text=True)
    if ran.returncode != 0:
        raise SystemExit(ran.returncode)
    return pathlib.Path(ran.stdout.strip())


def run(program, *arguments, stdin=None):
    """(exit status, stdout and stderr in one) of one of the tools."""
    ran = subprocess.run([tools() / program, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         text=True, input=stdin, timeout=product.PATIENCE)
    return ran.returncode, ran.stdout


def template(helm, *options, release=RELEASE):
    """What `helm template` renders; it must succeed."""
    ran = subprocess.run([tools() / helm, "template", release, CHART, "--namespace", NAMESPACE, *map(str, options)],
                         capture_output=True, text=True, timeout=product.PATIENCE)
    expect(ran.returncode == 0, f"{helm} template {options} fails:\n{ran.stderr}")
    expect(not ran.stderr, f"{helm} template {options} complains:\n{ran.stderr}")
    return ran.stdout


def objects(text):
    return [one for one in yaml.safe_load_all(text) if one]


def rendered(**values):
    """The objects that Helm 3 renders with these values, each a JSON value."""
    options = [part for name, value in values.items()
               for part in ("--set-json", f"{name.replace('__', '.')}={json.dumps(value)}")]
    return objects(template("helm3", *options))


def of_kind(found, kind, name=None):
    """The one object of a kind, of this name where there are several."""
    fitting = [one for one in found if one["kind"] == kind and name in (None, one["metadata"]["name"])]
    expect(len(fitting) == 1, f"there are {len(fitting)} {kind} {name or ''}, and not one")
    return fitting[0]
