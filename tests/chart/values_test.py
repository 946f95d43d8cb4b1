#!/usr/bin/env python3
"""The values: each is described and has its default, a wrong one is refused by name, and what they say reaches the objects."""
import importlib.machinery
import importlib.util
import json

import yaml

import chart
from chart import HELMS, ROOT, expect, product

# Values -> what Helm has to say about them; the name of the value is in it.
WRONG = (
    ('replica=2', "replica"),
    ('replicas=two', "replicas"),
    ('replicas=-1', "replicas"),
    ('image.pullPolicy=Sometimes', "pullPolicy"),
    ('image.digest=sha256:abc', "digest"),
    ('image.repository=', "repository"),
    ('syncPeriod=5 minutes', "syncPeriod"),
    ('defaultDeletionPolicy=Keep', "defaultDeletionPolicy"),
    ('azure.cloud=management.azure.com', "cloud"),
    ('azure.credential=Password', "credential"),
    ('azure.clientId=me', "clientId"),
    ('labServicesPrincipalId=lab-services', "labServicesPrincipalId"),
    ('shards.Science.namespaceSelector=a', "Science"),
    ('shards.science.selector=a', "selector"),
    ('metrics.port=70000', "port"),
    ('workers=0', "workers"),
    ('log.level=verbose', "level"),
    ('watchNamespace=Labs', "watchNamespace"),
    ('serviceMonitor.renderMode=never', "renderMode"),
    ('leaderElection.enabled=false', "replicas"),
    ('leaderElection.enabled=false,replicas=1,strategy.type=RollingUpdate', "strategy"),
    ('serviceMonitor.enabled=true', "monitoring.coreos.com/v1 ServiceMonitor"),
    ('metrics.enabled=false,podMonitor.enabled=true,podMonitor.renderMode=alwaysRender', "metrics.enabled"),
    ('podMonitor.enabled=true,podMonitor.renderMode=alwaysRender', "podMonitor.authorization"),
    ('metrics.secure=false,metrics.certificateSecretName=a', "metrics.certificateSecretName"),
)


# What is asked about those who scrape; it has no namespace.
REVIEWS = ("tokenreviews", "subjectaccessreviews")


def generator():
    loader = importlib.machinery.SourceFileLoader("manifests", str(ROOT / "scripts" / "manifests"))
    spec = importlib.util.spec_from_loader("manifests", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def described():
    """every value has a description that begins with its name, a type or a choice, and a default"""
    made = generator()
    schema = made.schema()
    nodes, found = [((), schema)], 0
    while nodes:
        path, node = nodes.pop()
        for name, child in node["properties"].items():
            child = made.resolved(child, schema["definitions"])
            where = ".".join((*path, name))
            expect(child.get("description", "").split(" ")[0].rstrip(",;.") == name, f"{where} is not described by its name")
            expect("type" in child or "enum" in child, f"{where} may be anything")
            if made.is_group(child):
                expect(child.get("additionalProperties") is False, f"{where} takes values that there are not")
                nodes.append(((*path, name), child))
            else:
                expect("default" in child, f"{where} has no default")
                found += 1
    return f"{found} values"


def refused():
    """a wrong value is refused by name"""
    for helm in HELMS:
        for values, name in WRONG:
            status, told = chart.run(helm, "template", chart.RELEASE, chart.CHART, "--set", values)
            expect(status != 0, f"{helm} takes {values}")
            expect(name in told, f"{helm} refuses {values} without naming {name}:\n{told}")
    return f"{len(WRONG)} of them"


def versions():
    """chart, program and schema are of one version"""
    version = next(line.split()[2] for line in (ROOT / "CMakeLists.txt").read_text().splitlines()
                   if line.startswith("project("))
    told = yaml.safe_load((chart.CHART / "Chart.yaml").read_text())
    expect(told["version"] == told["appVersion"] == version, f"the chart is {told['version']}, the program {version}")


def crds():
    """the CRDs are those of crds/, kept when the release goes, and not there where somebody else brings them"""
    wanted = {one["metadata"]["name"]: one for file in sorted((ROOT / "crds").glob("*.yaml"))
              for one in chart.objects(file.read_text())}
    found = [one for one in chart.rendered() if one["kind"] == "CustomResourceDefinition"]
    expect(sorted(wanted) == sorted(one["metadata"]["name"] for one in found), "the chart's CRDs are others")
    for one in found:
        product.expect_same(one["metadata"]["name"], wanted[one["metadata"]["name"]]["spec"], one["spec"])
        expect(one["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}, f"{one['metadata']} is not kept")
    for crd in chart.rendered(crds={"keep": False}):
        expect("keep" not in json.dumps(crd["metadata"]), f"{crd['metadata']} is kept")
    expect(not [one for one in chart.rendered(crds={"enabled": False}) if one["kind"] == "CustomResourceDefinition"],
           "CRDs are rendered that nobody wanted")


def grants(rules):
    """Each single right on objects."""
    return sorted((verb, resource, group, name) for rule in rules if "resources" in rule for verb in rule["verbs"]
                  for resource in rule["resources"] for group in rule["apiGroups"]
                  for name in rule.get("resourceNames", [""]))


def rights():
    """the rights are those that the operator was seen to use (tests/e2e/rights.yaml)"""
    seen = chart.objects((ROOT / "tests" / "e2e" / "rights.yaml").read_text())
    found = chart.rendered()
    for kind, own, name in (("ClusterRole", "labgallery-system-labgallery", "labgallery"),
                            ("Role", "labgallery-election", "labgallery-election")):
        product.expect_same(f"the {kind}", grants(chart.of_kind(seen, kind, name)["rules"]),
                            grants(chart.of_kind(found, kind, own)["rules"]))


def namespaced_rights():
    """with watchNamespace the rights on objects are a Role there, and all together are no more than before"""
    found = chart.rendered(watchNamespace="labs")
    everywhere = chart.of_kind(found, "ClusterRole", "labgallery-system-labgallery")["rules"]
    expect({resource for _, resource, _, _ in grants(everywhere)} == {"namespaces", *REVIEWS}, f"everywhere it may {everywhere}")
    there = chart.of_kind(found, "Role", "labgallery-system-labgallery")
    expect(there["metadata"]["namespace"] == "labs", "the Role is not in the watched namespace")
    beside = chart.of_kind(found, "Role", "labgallery-election")["rules"]
    before = [rule for one in chart.rendered() if one["kind"] in ("ClusterRole", "Role")
              and not one["metadata"]["name"].endswith(("-view", "-edit")) for rule in one["rules"]]
    product.expect_same("all rights", grants(before), sorted(grants(everywhere) + grants(there["rules"]) + grants(beside)))


def no_secrets():
    """without rbac.secrets no Secret can be read"""
    for values in ({}, {"watchNamespace": "labs"}):
        found = chart.rendered(rbac={"secrets": False}, **values)
        granted = [right for one in found if one["kind"] in ("ClusterRole", "Role") for right in grants(one["rules"])]
        expect(granted and not [right for right in granted if right[1] == "secrets"], f"it may read Secrets: {granted}")


def secure_metrics():
    """metrics are secure unless that is switched off: the flags, rights, monitors and the port that is let in say the same"""
    monitors = {"serviceMonitor": {"enabled": True, "renderMode": "alwaysRender"}, "networkPolicy": {"enabled": True},
                "podMonitor": {"enabled": True, "renderMode": "alwaysRender", "authorization": {"credentials": {"name": "a"}}}}
    for metrics, secure, tls in (
            ({}, True, {"insecureSkipVerify": True}),
            ({"certificateSecretName": "c"}, True, {"ca": {"secret": {"name": "c", "key": "ca.crt"}},
                                                    "serverName": "labgallery-metrics.labgallery-system.svc"}),
            ({"secure": False, "port": 8080}, False, None)):
        found = chart.rendered(metrics=metrics, **monitors)
        pod = chart.of_kind(found, "Deployment")["spec"]["template"]["spec"]
        args, port = pod["containers"][0]["args"], metrics.get("port", 8443)
        expect(f"--metrics-secure={str(secure).lower()}" in args and f"--metrics-bind-address=:{port}" in args, f"{args}")
        given = "certificateSecretName" in metrics
        expect(given == ("--metrics-cert-path=/etc/labgallery/metrics-certificate" in args), f"{metrics}: {args}")
        expect(given == any(volume.get("secret") == {"secretName": "c"} for volume in pod.get("volumes", [])), "the volume")
        rules = chart.of_kind(found, "ClusterRole", "labgallery-system-labgallery")["rules"]
        expect(secure == ({"tokenreviews", "subjectaccessreviews"} <= {one for _, one, _, _ in grants(rules)}), f"{rules}")
        readers = [one["rules"] for one in found if one["metadata"]["name"] == "labgallery-system-labgallery-metrics-reader"]
        product.expect_same("the readers", [[{"nonResourceURLs": ["/metrics"], "verbs": ["get"]}]] if secure else [], readers)
        for kind, endpoints in (("ServiceMonitor", "endpoints"), ("PodMonitor", "podMetricsEndpoints")):
            told = chart.of_kind(found, kind)["spec"][endpoints][0]
            product.expect_same(f"{kind} {metrics}", (("https" if secure else None), tls),
                                (told.get("scheme"), told.get("tlsConfig")))
            token = "bearerTokenFile" if kind == "ServiceMonitor" else "authorization"
            expect(secure == (token in told), f"{kind} sends {told}")
        let_in = [one["port"] for rule in chart.of_kind(found, "NetworkPolicy")["spec"]["ingress"] for one in rule["ports"]]
        expect(port in let_in, f"the network lets in {let_in}")


def shards():
    """each shard has a Deployment that selects its own pods, its Lease, and its budget"""
    found = chart.rendered(shards={"a": {"namespaceSelector": "x=a"}, "b": {"namespaceSelector": "x!=a"}})
    for shard, selector in (("a", "x=a"), ("b", "x!=a")):
        deployment = chart.of_kind(found, "Deployment", f"labgallery-{shard}")["spec"]
        args = deployment["template"]["spec"]["containers"][0]["args"]
        expect(f"--shard={shard}" in args and f"--namespace-selector={selector}" in args, f"{shard} is started with {args}")
        expect(deployment["selector"]["matchLabels"]["labgallery.io/shard"] == shard, f"{shard} selects others' pods")
        budget = chart.of_kind(found, "PodDisruptionBudget", f"labgallery-{shard}")["spec"]
        product.expect_same("whom the budget is for", deployment["selector"], budget["selector"])
    leases = chart.of_kind(found, "Role", "labgallery-election")["rules"][1]["resourceNames"]
    product.expect_same("the Leases", ["labgallery-a", "labgallery-b"], leases)


def image():
    """the image is named by its digest where there is one, and by the chart's version otherwise"""
    def named(**values):
        return chart.of_kind(chart.rendered(image=values), "Deployment")["spec"]["template"]["spec"]["containers"][0]["image"]
    digest = "sha256:" + "1" * 64
    expect(named() == "labgallery/labgallery:0.1.0", f"the image is {named()}")
    found = named(registry="registry.example", tag="1", digest=digest)
    expect(found == f"registry.example/labgallery/labgallery@{digest}", f"the image is {found}")


def restricted():
    """every pod fits the pod security level restricted, with a root that it cannot write"""
    found = chart.rendered(simulator={"enabled": True})
    deployments = [one for one in found if one["kind"] == "Deployment"]
    expect(len(deployments) == 2, f"there are {len(deployments)} Deployments")
    for one in deployments:
        pod = one["spec"]["template"]["spec"]
        expect(pod["securityContext"]["runAsNonRoot"] is True, f"{one['metadata']['name']} may run as root")
        for container in pod["containers"]:
            product.expect_same(container["name"], {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                                    "capabilities": {"drop": ["ALL"]}}, container["securityContext"])


if __name__ == "__main__":
    product.run_steps(described, versions, refused, crds, rights, namespaced_rights, no_secrets, secure_metrics, shards, image,
                      restricted)
