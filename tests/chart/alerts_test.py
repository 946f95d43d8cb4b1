#!/usr/bin/env python3
"""The alerts: promtool lets each of them fire and keep quiet; each has a page that says what to do, and names only metrics
that there are."""
import pathlib
import re
import subprocess
import tempfile

import yaml

import chart
from chart import ROOT, expect, product

RUNBOOKS = ROOT / "docs" / "runbooks"
RETIRED = 1814140800  # 2027-06-28
VALUES = {"prometheusRule": {"enabled": True, "renderMode": "alwaysRender", "monthlyCost": 500}}
CONDITIONS = "labgallery_object_conditions"


def conditions(kind, condition, status, reason):
    return f'{CONDITIONS}{{kind="{kind}",condition="{condition}",status="{status}",reason="{reason}"}}'


def ready(reason, kind="Image"):
    return conditions(kind, "Ready", "False", reason)


# Alert, labels beside its severity, series in which it fires, series in which it does not. A series is a name and values as
# promtool writes them, a minute apart; all are looked at after a bit more than two hours.
OBJECT = 'kind="Image",namespace="labs",name="ml"'
CASES = (
    ("LabGalleryDown", {}, {"up": "1x140"}, {'labgallery_build_info{version="1"}': "1x140"}),
    ("LabGalleryNoLeader", {"name": "labgallery"},
     {'leader_election_master_status{name="labgallery",pod="a"}': "0x140",
      'leader_election_master_status{name="labgallery",pod="b"}': "1x130 0x10"},
     {'leader_election_master_status{name="labgallery",pod="a"}': "0x140",
      'leader_election_master_status{name="labgallery",pod="b"}': "1x140",
      'leader_election_master_status{name="somebody-elses",pod="b"}': "0x140"}),
    ("LabGalleryReplicationStalled", {"kind": "Image"}, {ready("ReplicationStalled"): "2x140"},
     {ready("Replicating"): "2x140", ready("ReplicationStalled"): "1x100 0x40"}),
    ("LabGalleryRegionFailed", {}, {'labgallery_replication_targets{state="failed"}': "1x140"},
     {'labgallery_replication_targets{state="failed"}': "1x100 0x40",
      'labgallery_replication_targets{state="completed"}': "5x140"}),
    ("LabGalleryGalleryNotAttached", {}, {conditions("LabAccount", "GalleryAttached", "False", "AzureError"): "1x140"},
     {conditions("LabAccount", "GalleryAttached", "True", "Reconciled"): "1x140"}),
    ("LabGalleryGalleryDetachedOutside", {}, {'labgallery_drift_repairs_total{kind="LabAccount"}': "0x100 1x40"},
     {'labgallery_drift_repairs_total{kind="LabAccount"}': "7x140",
      'labgallery_drift_repairs_total{kind="Image"}': "0x100 1x40"}),
    ("LabGalleryImagesDrifting", {"kind": "LabAccount"},
     {'labgallery_drift_repairs_total{kind="LabAccount"}': "0+0.1x140"},
     {'labgallery_drift_repairs_total{kind="LabAccount"}': "0x100 3x40"}),
    ("LabGalleryThrottled", {},
     {'labgallery_arm_requests_total{code="429"}': "0+6x140", 'labgallery_arm_requests_total{code="200"}': "0+54x140"},
     {'labgallery_arm_requests_total{code="429"}': "0+1x140", 'labgallery_arm_requests_total{code="200"}': "0+99x140"}),
    ("LabGalleryCredentialFailing", {"kind": "SharedImageGallery"},
     {ready("CredentialUnavailable", "SharedImageGallery"): "3x140"},
     {ready("CredentialUnavailable", "SharedImageGallery"): "0x140", ready("AzureError", "SharedImageGallery"): "3x140"}),
    ("LabGalleryCredentialExpiring", {"credential": "ClientCertificateCredential", "secret": "labs/azure"},
     {'labgallery_credential_expiry_timestamp_seconds{credential="ClientCertificateCredential",secret="labs/azure"}': "1000000x140"},
     {'labgallery_credential_expiry_timestamp_seconds{credential="ClientCertificateCredential",secret="labs/azure"}': "1300000x140"}),
    ("LabGalleryQueueGrowing", {}, {'workqueue_depth{name="image",priority="0"}': "90x140",
                                    'workqueue_depth{name="image",priority="-100"}': "20x140"},
     {'workqueue_depth{name="image",priority="0"}': "500x130 0 500x9"}),
    ("LabGalleryReconcileErrors", {"controller": "image"},
     {'controller_runtime_reconcile_errors_total{controller="image"}': "0+3x140",
      'controller_runtime_reconcile_total{controller="image",result="success"}': "0+7x140",
      'controller_runtime_reconcile_total{controller="image",result="error"}': "0+3x140"},
     {'controller_runtime_reconcile_errors_total{controller="image"}': "0+1x140",
      'controller_runtime_reconcile_total{controller="image",result="success"}': "0+9x140",
      'controller_runtime_reconcile_total{controller="image",result="error"}': "0+1x140"}),
    ("LabGalleryObjectNotReady", {"kind": "Image", "namespace": "labs", "name": "ml", "reason": "AzureError"},
     {f'labgallery_object_ready{{{OBJECT},reason="AzureError"}}': "0x140",
      f"labgallery_object_ready_transition_timestamp_seconds{{{OBJECT}}}": "-20000x140"},
     {f'labgallery_object_ready{{{OBJECT},reason="AzureError"}}': "0x140",
      f"labgallery_object_ready_transition_timestamp_seconds{{{OBJECT}}}": "10x140"}),
    ("LabGalleryDeletionBlocked", {"kind": "LabAccount"}, {ready("DeletionBlocked", "LabAccount"): "1x140"},
     {ready("DeletionBlocked", "LabAccount"): "0x100 1x40"}),
    ("LabGalleryOverlap", {}, {"labgallery_overlapping_namespaces": "2x140"}, {"labgallery_overlapping_namespaces": "0x140"}),
    ("LabGalleryCostAboveBound", {"currency": "USD"},
     {'labgallery_cost_monthly{currency="USD",basis="exact"}': "400x140",
      'labgallery_cost_monthly{currency="USD",basis="upperBound"}': "200x140"},
     {'labgallery_cost_monthly{currency="USD",basis="exact"}': "400x140"}),
)
# Recording rule, labels, series, its value.
RECORDED = (
    ("kind:labgallery_objects_ready:ratio", {"kind": "Image"},
     {conditions("Image", "Ready", "True", "Reconciled"): "3x140", ready("AzureError"): "1x140"}, 0.75),
    ("code:labgallery_arm_requests:rate5m", {"code": "200"},
     {'labgallery_arm_requests_total{code="200",operation="a"}': "0+60x140",
      'labgallery_arm_requests_total{code="200",operation="b"}': "0+120x140"}, 3),
    ("labgallery_replication_regions:completed:ratio", {},
     {'labgallery_replication_targets{state="completed"}': "3x140",
      'labgallery_replication_targets{state="target"}': "6x140"}, 0.5),
)


# The same for an installation with the shards a and b.
SHARDS = {"shards": {name: {"namespaceSelector": f"team={name}"} for name in ("a", "b")}}
SHARDED_CASES = (
    ("LabGalleryNoLeader", {"name": "labgallery-b"},
     {'leader_election_master_status{name="labgallery-a",pod="a"}': "1x140", 'labgallery_build_info{version="1"}': "1x140"},
     {'leader_election_master_status{name="labgallery-a",pod="a"}': "1x140",
      'leader_election_master_status{name="labgallery-b",pod="b"}': "1x140",
      'leader_election_master_status{name="labgallery",pod="another-release"}': "0x140"}),
)


def rules(**values):
    return chart.of_kind(chart.rendered(**VALUES, **values), "PrometheusRule")["spec"]


def alerts():
    return {rule["alert"]: rule for group in rules()["groups"] for rule in group["rules"] if "alert" in rule}


def series(given):
    return [{"series": name, "values": values} for name, values in given.items()]


def text_of(name, labels):
    return name + "{" + ",".join(f'{key}="{value}"' for key, value in labels.items()) + "}"


def alert_case(alert, severity, labels, given, fires):
    wanted = [{"labels": text_of("ALERTS", {"alertname": alert, "alertstate": "firing", "severity": severity, **labels}),
               "value": 1}]
    return {"interval": "1m", "name": f"{alert} {'fires' if fires else 'is silent'}", "input_series": series(given),
            "promql_expr_test": [{"expr": f'ALERTS{{alertname="{alert}",alertstate="firing"}}', "eval_time": "136m",
                                  "exp_samples": wanted if fires else []}]}


def recorded_case(record, labels, given, value):
    return {"interval": "1m", "name": record, "input_series": series(given),
            "promql_expr_test": [{"expr": text_of(record, labels), "eval_time": "136m",
                                  "exp_samples": [{"labels": text_of(record, labels), "value": value}]}]}


def promtool(*arguments):
    ran = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True)
    expect(ran.returncode == 0, f"promtool {arguments[0]} {arguments[1]}:\n{ran.stdout}{ran.stderr}")


def judged():
    """promtool lets each alert fire and keep quiet, and computes each recording rule"""
    judge(rules(), CASES, [recorded_case(*case) for case in RECORDED])
    return f"{len(CASES)} alerts"


def sharded():
    """a shard that is gone altogether is told while others run"""
    judge(rules(**SHARDS), SHARDED_CASES)


def judge(group, cases, tests=()):
    found = {rule["alert"]: rule for one in group["groups"] for rule in one["rules"] if "alert" in rule}
    tests = [*tests, *(alert_case(alert, found[alert]["labels"]["severity"], labels, given, fires)
                       for alert, labels, firing, silent in cases for given, fires in ((firing, True), (silent, False)))]
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)
        (folder / "rules.yaml").write_text(yaml.safe_dump(group))
        (folder / "tests.yaml").write_text(yaml.safe_dump({"rule_files": ["rules.yaml"], "evaluation_interval": "1m",
                                                          "tests": tests}))
        promtool("check", "rules", folder / "rules.yaml")
        promtool("test", "rules", folder / "tests.yaml")


def retirement():
    """the end of the service is told from 180 days before on; by their expression, because promtool's time begins in 1970"""
    expression = alerts()["LabGalleryRetirementNear"]["expr"]
    expect(str(RETIRED) in expression, f"the day is another one: {expression}")
    moved = {days: expression.replace(str(RETIRED), str(8160 + days * 86400)) for days in (179, 181)}
    tests = [{"interval": "1m", "input_series": series({'labgallery_objects{kind="LabAccount"}': "2x140"}),
              "promql_expr_test": [{"expr": moved[days], "eval_time": "136m",
                                    "exp_samples": [{"labels": "{}", "value": 2}] if days == 179 else []}]}
             for days in moved]
    with tempfile.TemporaryDirectory() as made:
        file = pathlib.Path(made, "tests.yaml")
        file.write_text(yaml.safe_dump({"evaluation_interval": "1m", "tests": tests}))
        promtool("test", "rules", file)


def complete():
    """every alert has a case, a severity, words, and a page that says what it means and what to do"""
    found = alerts()
    product.expect_same("alerts with a case", sorted(found), sorted([case[0] for case in CASES] + ["LabGalleryRetirementNear"]))
    product.expect_same("alerts with a page", sorted(found),
                        sorted(page.stem for page in RUNBOOKS.glob("LabGallery*.md")))
    for name, rule in found.items():
        expect(rule["labels"]["severity"] in ("critical", "warning", "info"), f"{name} has no severity")
        expect(rule["annotations"]["runbook_url"].endswith(f"/{name}.md"), f"{name} names another page")
        expect({"summary", "description"} <= set(rule["annotations"]), f"{name} says nothing")
        page = (RUNBOOKS / f"{name}.md").read_text()
        for heading in ("## Meaning", "## Impact", "## Diagnosis", "## Mitigation"):
            expect(heading in page, f"the page of {name} has no {heading}")


def real_metrics():
    """rules name only metrics that a controller serves (docs/metrics.md)"""
    served = set(re.findall(r"^\| `([a-z_]+)` \|", (ROOT / "docs" / "metrics.md").read_text(), re.MULTILINE))
    recorded = {rule["record"] for group in rules()["groups"] for rule in group["rules"] if "record" in rule}
    for group in rules()["groups"]:
        for rule in group["rules"]:
            used = re.findall(r"\b(?:labgallery|controller_runtime|workqueue|leader_election|process)_[a-z_]+",
                              re.sub(r"\S+:\S+", "", rule["expr"]))
            unknown = {name for name in used if name not in served and re.sub(r"_(bucket|sum|count)$", "", name) not in served}
            expect(not unknown - recorded, f"{rule.get('alert', rule.get('record'))} asks for {unknown}")


def chosen():
    """an alert that is not wanted is left out, and one without its bound too"""
    values = {"prometheusRule": {**VALUES["prometheusRule"], "monthlyCost": 0, "disabled": ["LabGalleryOverlap"],
                                 "alertLabels": {"severity": "page"}, "runbookUrl": "https://wiki.example/"}}
    found = {rule["alert"]: rule for group in chart.of_kind(chart.rendered(**values), "PrometheusRule")["spec"]["groups"]
             for rule in group["rules"] if "alert" in rule}
    product.expect_same("what is left out", ["LabGalleryCostAboveBound", "LabGalleryOverlap"], sorted(set(alerts()) - set(found)))
    rule = found["LabGalleryDown"]
    expect(rule["labels"]["severity"] == "page", "alertLabels do not win")
    expect(rule["annotations"]["runbook_url"] == "https://wiki.example/LabGalleryDown.md", str(rule["annotations"]))


if __name__ == "__main__":
    product.run_steps(judged, sharded, retirement, complete, real_metrics, chosen)
