#!/usr/bin/env python3
"""The CRDs on a real API server: accepted without a warning, explained field by field, and their CEL rules, one by one. And
a server whose CRDs lack these rules: there the operator decides the same."""
import json

from control_plane import CRDS
import product
from product import Failure, expect, expect_same
import refusals
from world import KINDS, World, condition

NAME_SPACE = "rules"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
ALTERNATIVES = ("oneOf", "anyOf", "allOf", "not")
MERGE = "application/merge-patch+json"


def fields(schema, path=()):
    """(path, schema) of every field below a schema, as kubectl explain names them."""
    for name, inner in schema.get("properties", {}).items():
        yield (*path, name), inner
        yield from fields(inner, (*path, name))
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, dict):
            yield from fields(inner, path)


def changed_schema(schema, change):
    """The schema with `change` done to each of its nodes."""
    if isinstance(schema, list):
        return [changed_schema(item, change) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: changed_schema(value, change) for name, value in change(schema).items()}


def without_rules(node):
    """Without CEL, and without the alternatives that word some of it as a schema; fields of these names stay."""
    if node.get("type") is None:
        return node
    return {name: value for name, value in node.items()
            if name != "x-kubernetes-validations" and name not in ALTERNATIVES}


def rules_of(schema):
    found = [rule["message"] for rule in schema.get("x-kubernetes-validations", [])]
    for inner in [*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties")]:
        if isinstance(inner, dict):
            found += rules_of(inner)
    return found


class Definitions:
    def __init__(self, world):
        self.world, self.plane, self.kubectl = world, world.plane, world.kubectl

    def read(self, plural):
        return self.plane.must("GET", f"{DEFINITIONS}/{plural}.labgallery.io")

    def accepted(self):
        """kubectl apply, client and server side, is told nothing but that they are there; they are Established"""
        for how in ((), ("--server-side", "--force-conflicts")):
            status, out, err = self.plane.run_kubectl("apply", *how, "-f", CRDS)
            expect(status == 0 and not err, err)
        self.kubectl("wait", "--for=condition=Established", "--timeout=60s", "-f", CRDS)
        for plural in KINDS.values():
            told = {item["type"]: item["status"] for item in self.read(plural)["status"]["conditions"]}
            expect_same(plural, {"NamesAccepted": "True", "Established": "True"}, told)

    def explained(self):
        """kubectl explain knows every field, and every field has a description"""
        count = 0
        for plural in KINDS.values():
            told = self.kubectl("explain", f"{plural}.labgallery.io", "--recursive")
            schema = self.read(plural)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
            deepest = ()
            for path, field in fields(schema):
                count += 1
                expect(f"{path[-1]}\t<" in told, f"{plural}: kubectl explain does not know {'.'.join(path)}")
                expect(field.get("description") or path == ("metadata",), f"{plural}: {'.'.join(path)} is not described")
                deepest = max(deepest, path, key=len)
            told = self.kubectl("explain", f"{plural}.labgallery.io.{'.'.join(deepest)}")
            expect("DESCRIPTION:" in told and "<empty>" not in told, told)
        return f"{count} fields"

    def named(self):
        """short names, category and columns are there; every selectable field selects"""
        told = self.kubectl("api-resources", "--api-group=labgallery.io", "--output=wide")
        for plural, short in zip(KINDS.values(), ("labacct", "sig", "labimg")):
            row = next(line.split() for line in told.splitlines() if line.startswith(plural + " "))
            expect(row[1] == short and row[-1] == "labgallery", f"{row}")
            for field in self.read(plural)["spec"]["versions"][0]["selectableFields"]:
                self.kubectl("get", f"{plural}.labgallery.io", "--all-namespaces",
                             f"--field-selector={field['jsonPath'][1:]}=none")


class Rules:
    """The rows of refusals.py, put to whatever CRDs the server has."""

    def __init__(self, world):
        self.world, self.plane = world, world.plane
        world.kubectl("create", "namespace", NAME_SPACE)

    def change_schemas(self, *changes):
        for plural in KINDS.values():
            told = self.plane.must("GET", f"{DEFINITIONS}/{plural}.labgallery.io")
            version = told["spec"]["versions"][0]
            for change in changes:
                version["schema"] = changed_schema(version["schema"], change)
            self.plane.must("PUT", f"{DEFINITIONS}/{plural}.labgallery.io", told)

    def path(self, row, status=False):
        return self.world.path(KINDS[row.kind], NAME_SPACE, row.object_name) + ("/status" if status else "")

    def create(self, row, spec):
        return self.plane.ask("POST", self.world.path(KINDS[row.kind], NAME_SPACE), {
            "apiVersion": "labgallery.io/v1alpha1", "kind": row.kind, "metadata": {"name": row.object_name},
            "spec": spec})

    def change(self, row):
        return self.plane.ask("PATCH", self.path(row), {"spec": row.change}, MERGE)

    def claim(self, row, reason="Reconciled"):
        """As if the operator had it in Azure."""
        name = row.before.get("azureName", row.object_name)
        provider = {"LabAccount": "Microsoft.LabServices/labaccounts/", "Image":
                    f"Microsoft.Compute/galleries/{refusals.GALLERY}/images/"}.get(row.kind, "Microsoft.Compute/galleries/")
        ready = {"type": "Ready", "status": "True", "reason": reason, "message": "",
                 "lastTransitionTime": "2026-01-01T00:00:00Z"}
        self.plane.must("PATCH", self.path(row, status=True), {"status": {
            "origin": "Created", "resourceId": f"{refusals.GROUP}/providers/{provider}{name}",
            "conditions": [ready]}}, MERGE)

    def refused(self, row, answer):
        status, told = answer
        expect(status == 422 and row.message in told["message"], f"{row.name} is answered {status}: {told.get('message')}")
        return told["message"]

    def early(self):
        """every CEL rule refuses what it is about, and says so in its own words"""
        told = ""
        for row in refusals.ROWS:
            if row.before is None:
                told += self.refused(row, self.create(row, row.change))
                continue
            status, answer = self.create(row, row.before)
            expect(status == 201, f"{row.name}: {answer.get('message')}")
            self.claim(row)
            told += self.refused(row, self.change(row))
        for plural in KINDS.values():
            crd = self.plane.must("GET", f"{DEFINITIONS}/{plural}.labgallery.io")
            for message in rules_of(crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]):
                expect(message in told, f"no row is about the rule of {plural} that says: {message}")
        return f"{len(refusals.ROWS)} rows"

    def harmless(self):
        """a change is not refused that names the same, or comes before anything is in Azure, or mends what was refused"""
        for row in refusals.HARMLESS:
            self.create(row, row.before)
            self.claim(row)
            status, answer = self.change(row)
            expect(status == 200, f"{row.name}: {answer.get('message')}")
        for row in refusals.ROWS:
            if row.before is None or row.reason == "SwapRefused" or "source" in row.change:
                continue
            for number, reason in enumerate(("", "InvalidSpec", "IdentityChanged")):
                again = refusals.Row(**{**vars(row), "object_name": f"{row.object_name}-{number}"})
                self.create(again, dict(row.before, azureName=f"n{number}"))
                again.before = dict(row.before, azureName=f"n{number}")
                if reason:
                    self.claim(again, reason)
                status, answer = self.change(again)
                expect(status == 200, f"{again.object_name}: {answer.get('message')}")

    def forgotten(self):
        """without these rules in the CRDs the operator refuses the same, with the reason in Ready"""
        for plural in KINDS.values():
            self.plane.must("DELETE", self.world.path(plural, NAME_SPACE))
        self.change_schemas(without_rules)
        product.must("PATCH", f"{self.world.azure.url}/simulator/settings", {"createMissingGroups": True})
        for id_ in (refusals.SOURCE, refusals.OTHER_SOURCE):
            product.make(self.world.azure, [{"method": "PUT", "id": id_, "body": refusals.SOURCE_IMAGE}])
        for name in (refusals.GALLERY, refusals.ELSEWHERE):
            self.create(refusals.new(name, refusals.gallery(), ""), refusals.gallery()[1])
        with self.world.operator():
            self._decided()
        return f"{len(refusals.ROWS)} rows"

    def _decided(self):
        for row in refusals.ROWS:
            product.until(f"{row.name} can be created", lambda row=row: self.create(row, row.before or row.change)[0] == 201)
        waiting = [row for row in refusals.ROWS if row.before is not None]
        for row in waiting:
            product.until(f"{row.name} is ours", lambda row=row: self.seen(row).get("status", {}).get("origin")
                          and condition(self.seen(row), "Ready").get("status") == "True")
            status, answer = self.change(row)
            expect(status == 200, f"{row.name}: {answer.get('message')}")

        def undecided():
            ready = [(row, condition(self.seen(row), "Ready")) for row in refusals.ROWS]
            return [f"{row.name}: wanted {row.reason}, it is {told.get('reason')}: {told.get('message')}"
                    for row, told in ready if told.get("reason") != row.reason]

        try:
            product.until("the operator refuses every row", lambda: not undecided())
        except Failure as failure:
            raise Failure("\n".join([str(failure), *undecided()])) from None

    def seen(self, row):
        return self.world.get(row.kind, NAME_SPACE, row.object_name)


if __name__ == "__main__":
    with World(crds=False) as world:
        definitions = Definitions(world)
        product.run_steps(definitions.accepted, definitions.explained, definitions.named)
        rules = Rules(world)
        product.run_steps(rules.early, rules.harmless, rules.forgotten)
