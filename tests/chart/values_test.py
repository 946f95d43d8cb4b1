#!/usr/bin/env python3
"""The values: each is described and has its default, a wrong one is refused by name, and what they say reaches the objects."""
import importlib.machinery
import importlib.util
import json
import re

import yaml

import chart
from chart import HELMS, ROOT, expect, product

# Values, as --set or as --set-json -> words that Helm has to refuse them with: the value's name, and what helps where a reader
# could not guess it from the schema's own message.
WRONG = (
    ("replica=2", "replica"),
    ("replicas=two", "replicas"),
    ("replicas=-1", "replicas"),
    ("image.pullPolicy=Sometimes", "pullPolicy"),
    ("image.repository=", "repository"),
    ("defaultDeletionPolicy=Keep", "defaultDeletionPolicy"),
    ("azure.credential=Password", "credential"),
    ("shards.science.selector=a", "selector"),
    ("metrics.port=70000", "port"),
    ("workers=0", "workers"),
    ("log.level=verbose", "level"),
    ("serviceMonitor.renderMode=never", "renderMode"),
    ("livenessProbe.path=/x", "path"),
    ("resources.limit.cpu=1", "limit"),
    # What is not there at all: a group of which a file of values keeps the name alone, and what has no empty meaning.
    ("azure=null", "azure"),
    ("simulator=null", "simulator"),
    ("livenessProbe=null", "livenessProbe"),
    ("networkPolicy.egressPorts=null", "egressPorts"),
    # Forms.
    ("syncPeriod=5 minutes", "syncPeriod", "5m"),
    ("syncPeriod=0s", "syncPeriod", "5m"),
    ("roleSettle=1y", "roleSettle", "5m"),
    ("image.digest=sha256:abc", "image.digest", "64"),
    ("image.tag=a:b", "image.tag", "image.repository"),
    ("image.registry=https://registry.example", "image.registry", "without https://"),
    ("image.repository=Team/labgallery", "image.repository", "lower case"),
    ("azure.cloud=management.azure.com", "azure.cloud", "usgovernment"),
    ("azure.clientId=me", "azure.clientId", "00000000-0000-0000-0000-000000000001"),
    ("azure.managedIdentity=me", "azure.managedIdentity", "client-id="),
    ("labServicesPrincipalId=lab-services", "labServicesPrincipalId", "00000000-0000-0000-0000-000000000001"),
    ("shards.Science.namespaceSelector=a", "shards.Science", "lower case"),
    ("watchNamespace=Labs", "watchNamespace", "lower case"),
    ("nameOverride=My_Name", "nameOverride", "lower case"),
    ("fullnameOverride=1st", "fullnameOverride", "begins with a letter"),
    ("namespaceOverride=Labs", "namespaceOverride", "lower case"),
    ("serviceAccount.name=My_Account", "serviceAccount.name", "lower case"),
    ("leaderElection.id=My_Lease", "leaderElection.id", "lower case"),
    ("installation=a/b", "installation", "letters"),
    ("simulator.external=simulator:8090", "simulator.external", "http://"),
    ("podDisruptionBudget.maxUnavailable=half", "podDisruptionBudget.maxUnavailable", "50%"),
    ("serviceMonitor.interval=often", "serviceMonitor.interval", "30s"),
    ("podMonitor.scrapeTimeout=1.5s", "podMonitor.scrapeTimeout", "30s"),
    # Right alone, wrong together.
    ("leaderElection.enabled=false", "replicas", "leaderElection.enabled"),
    ("leaderElection.enabled=false,replicas=1,strategy.type=RollingUpdate", "strategy", "Recreate"),
    ("serviceMonitor.enabled=true", "serviceMonitor.renderMode", "monitoring.coreos.com/v1 ServiceMonitor"),
    ("metrics.enabled=false,podMonitor.enabled=true,podMonitor.renderMode=alwaysRender", "podMonitor.enabled", "metrics.enabled"),
    ("podMonitor.enabled=true,podMonitor.renderMode=alwaysRender", "podMonitor.authorization", "metrics.secure"),
    ("serviceMonitor.enabled=true,serviceMonitor.renderMode=alwaysRender,podMonitor.enabled=true,podMonitor.renderMode=alwaysRender",
     "podMonitor.enabled", "serviceMonitor.enabled"),
    ("metrics.secure=false,metrics.certificateSecretName=a", "metrics.certificateSecretName", "metrics.secure"),
    ("metrics.enabled=false,metrics.certificateSecretName=a", "metrics.certificateSecretName", "metrics.enabled"),
    ("metrics.port=8081", "metrics.port", "health.port"),
    ("kubeApi.burst=5", "kubeApi.burst", "kubeApi.qps"),
    ("simulator.enabled=true,simulator.external=http://simulator:8090", "simulator.external", "simulator.enabled"),
    ("azure.tokenFile=/token,azure.secretName=a", "azure.tokenFile", "azure.secretName"),
    ("azure.tokenFile=/token,azure.credential=ManagedIdentityCredential", "azure.tokenFile", "azure.credential"),
    ("azure.managedIdentity=client-id=a,azure.credential=ClientSecretCredential", "azure.managedIdentity", "azure.credential"),
    ("azure.workloadIdentity=true", "azure.workloadIdentity", "azure.clientId"),
    ("azure.workloadIdentity=true,azure.secretName=a,azure.credential=ClientSecretCredential", "azure.workloadIdentity",
     "azure.credential"),
    ("azure.certificateSecretName=a", "azure.certificateSecretName", "azure.tenantId"),
    ("azure.credential=ClientSecretCredential", "azure.credential", "azure.secretName"),
    ("azure.credential=ClientCertificateCredential", "azure.credential", "azure.certificateSecretName"),
    ("watchNamespace=labs,shards.a.namespaceSelector=a", "watchNamespace", "shards"),
    ("serviceAccount.create=false,serviceAccount.annotations.a=b", "serviceAccount.annotations", "serviceAccount.create"),
    ('extraArgs=["--log-level=debug"]', "extraArgs", "--log-level"),
    ('extraArgs=["--cloud", "china"]', "extraArgs", "--cloud"),
    ('extraArgs=["debug"]', "extraArgs", "--FLAG=VALUE"),
    ('commonLabels={"app.kubernetes.io/name": "a"}', "commonLabels", "app.kubernetes.io/name"),
    ('podLabels={"labgallery.io/shard": "a"}', "podLabels", "labgallery.io/shard"),
    ('prometheusRule={"enabled": true, "renderMode": "alwaysRender", "disabled": ["LabGalleryUp"]}', "prometheusRule.disabled",
     "LabGalleryDown"),
)


# What may be null for nothing at all, though it has a default.
NULLABLE = ("nodeSelector", "resources", "podSecurityContext", "securityContext", "labels")

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
    """a wrong value is refused by name, and with what helps"""
    for helm in HELMS:
        # Both have the same templates, and most of a row's time is Helm's own.
        for values, *words in WRONG if helm == HELMS[0] else WRONG[::4]:
            option = "--set-json" if re.search(r"=[\[{]", values) else "--set"
            status, told = chart.run(helm, "template", chart.RELEASE, chart.CHART, option, values)
            expect(status != 0, f"{helm} takes {values}")
            for word in words:
                expect(word in told, f"{helm} refuses {values} without a word of {word}:\n{told}")
            expect("nil pointer" not in told and "YAML parse error" not in told, f"{helm} stumbles over {values}:\n{told}")
    return f"{len(WRONG)} of them"


def required():
    """each group has to be there, and in it what has no empty meaning, so that a null is refused by name"""
    schema = chart_schema = generator().schema()
    nodes = [("", schema)]
    while nodes:
        path, node = nodes.pop()
        wanted = []
        for name, child in node["properties"].items():
            child = generator().resolved(child, chart_schema["definitions"])
            if generator().is_group(child):
                nodes.append((f"{path}{name}.", child))
                wanted.append(name)
            elif child["default"] not in ("", {}, []) and name not in NULLABLE:
                wanted.append(name)
        product.expect_same(f"what {path or 'the whole'} must have", sorted(wanted), sorted(node.get("required", [])))


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
    alone = chart.rendered(watchNamespace="labs", leaderElection={"enabled": False}, replicas=1)
    looks = grants(chart.of_kind(alone, "Role", "labgallery-election")["rules"])
    expect(looks == [("list", "leases", "coordination.k8s.io", "")], f"without election it may {looks}")


def no_secrets():
    """without rbac.secrets no Secret can be read"""
    for values in ({}, {"watchNamespace": "labs"}):
        found = chart.rendered(rbac={"secrets": False}, **values)
        granted = [right for one in found if one["kind"] in ("ClusterRole", "Role") for right in grants(one["rules"])]
        expect(granted and not [right for right in granted if right[1] == "secrets"], f"it may read Secrets: {granted}")


def secure_metrics():
    """metrics are secure unless that is switched off: the flags, rights, monitors and the port that is let in say the same"""
    monitors = {"ServiceMonitor": {"serviceMonitor": {"enabled": True, "renderMode": "alwaysRender"}},
                "PodMonitor": {"podMonitor": {"enabled": True, "renderMode": "alwaysRender",
                                              "authorization": {"credentials": {"name": "a"}}}}}
    for metrics, secure, tls in (
            ({}, True, {"insecureSkipVerify": True}),
            ({"certificateSecretName": "c"}, True, {"ca": {"secret": {"name": "c", "key": "ca.crt"}},
                                                    "serverName": "labgallery-metrics.labgallery-system.svc"}),
            ({"secure": False, "port": 8080}, False, None)):
        found = chart.rendered(metrics=metrics, networkPolicy={"enabled": True})
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
            told = chart.of_kind(chart.rendered(metrics=metrics, **monitors[kind]), kind)["spec"][endpoints][0]
            product.expect_same(f"{kind} {metrics}", (("https" if secure else None), tls),
                                (told.get("scheme"), told.get("tlsConfig")))
            token = "bearerTokenFile" if kind == "ServiceMonitor" else "authorization"
            expect(secure == (token in told), f"{kind} sends {told}")
        let_in = [one["port"] for rule in chart.of_kind(found, "NetworkPolicy")["spec"]["ingress"] for one in rule["ports"]]
        expect(port in let_in, f"the network lets in {let_in}")


def nothing():
    """what may be left empty can be null as well"""
    for values in ("commonLabels", "nodeSelector", "resources", "podSecurityContext", "securityContext", "tolerations", "affinity",
                   "shards", "prices", "extraArgs", "imagePullSecrets", "image.tag", "azure.tenantId", "serviceAccount.annotations",
                   "dashboards.labels", "service.annotations"):
        chart.objects(chart.template(HELMS[0], "--set", f"{values}=null,dashboards.enabled=true"))


def names(node):
    """Whatever is called a name or a namespace, anywhere in an object."""
    if isinstance(node, dict):
        for key, child in node.items():
            yield from [child] if re.fullmatch(r"name|namespace|\w+Name", key) and not isinstance(child, (dict, list)) else names(child)
    elif isinstance(node, list):
        for child in node:
            yield from names(child)


def odd_names():
    """names that YAML would take for numbers or truths stay names, and texts stay texts"""
    found = chart.rendered(watchNamespace="2026", namespaceOverride="1e3", fullnameOverride="true", installation="12",
                           serviceAccount={"name": "null"}, priorityClassName="yes")
    for one in found:
        for text in (*names(one), *one["metadata"]["labels"].values()):
            expect(isinstance(text, str), f"{one['kind']} {one['metadata']['name']}: {text!r} is no text")
    deployment = chart.of_kind(found, "Deployment")
    product.expect_same("the names", ("true", "1e3", "null", "yes"), (
        deployment["metadata"]["name"], deployment["metadata"]["namespace"],
        *(deployment["spec"]["template"]["spec"][name] for name in ("serviceAccountName", "priorityClassName"))))
    found = chart.rendered(shards={"1": {"namespaceSelector": "team in (a, b),note!=x"}}, azure={"tokenFile": "/a: b #c"})
    args = chart.of_kind(found, "Deployment")["spec"]["template"]["spec"]["containers"][0]["args"]
    for wanted in ("--shard=1", "--namespace-selector=team in (a, b),note!=x", "--azure-token-file=/a: b #c"):
        expect(wanted in args, f"{wanted} is not in {args}")


def side_by_side():
    """releases in one namespace have a Lease each, unless they are told to share one"""
    def lease(release, *options):
        found = chart.objects(chart.template("helm3", *options, release=release))
        args = chart.of_kind(found, "Deployment")["spec"]["template"]["spec"]["containers"][0]["args"]
        (role,) = [one for one in found if one["kind"] == "Role" and one["metadata"]["name"].endswith("-election")]
        (name,) = [one.split("=")[1] for one in args if one.startswith("--leader-election-id=")]
        expect(role["rules"][1]["resourceNames"] == [name], f"{name} is not the Lease of {role}")
        return name
    product.expect_same("the Leases", ["labgallery", "physics-labgallery", "both"], [
        lease("labgallery"), lease("physics"), lease("physics", "--set", "leaderElection.id=both")])


def simulated():
    """with a simulator azure is not looked at, and the network policy lets out to it, wherever it is"""
    values = {"azure": {"secretName": "a", "certificateSecretName": "b", "workloadIdentity": True,
                        "tenantId": "00000000-0000-0000-0000-000000000001", "clientId": "00000000-0000-0000-0000-000000000001"},
              "networkPolicy": {"enabled": True}}
    for simulator, port in (({"enabled": True}, 8090), ({"external": "http://simulator.other:9000"}, 9000)):
        found = chart.rendered(simulator=simulator, **values)
        controller = chart.of_kind(found, "Deployment", "labgallery")["spec"]["template"]["spec"]
        expect("volumes" not in controller and not {"env", "envFrom"} & controller["containers"][0].keys(), f"{controller}")
        policy = chart.of_kind(found, "NetworkPolicy", "labgallery")["spec"]["egress"]
        expect(port in [one["port"] for rule in policy for one in rule["ports"]], f"{port} is closed: {policy}")


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
    product.run_steps(described, versions, required, refused, nothing, odd_names, side_by_side, simulated, crds, rights,
                      namespaced_rights, no_secrets, secure_metrics, shards, image, restricted)
