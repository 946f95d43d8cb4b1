"""JSON schemas for kubeconform, one a kind, made from the OpenAPI document of a real API server. What the document does not
name is refused, as the server does with --validate=strict."""
import json
import re

# Written as text or as a number; the document only says "string".
NUMBERS_TOO = {"io.k8s.apimachinery.pkg.api.resource.Quantity", "io.k8s.apimachinery.pkg.util.intstr.IntOrString"}
_REFERENCE = re.compile(r'"#/definitions/([^"]+)"')


def _strict(name, schema):
    if name in NUMBERS_TOO:
        return {"type": ["string", "number"]}
    if "properties" in schema and "additionalProperties" not in schema:
        return {**schema, "additionalProperties": False}
    return schema


def _reachable(name, definitions):
    found, open_ends = set(), [name]
    while open_ends:
        one = open_ends.pop()
        if one not in found:
            found.add(one)
            open_ends += _REFERENCE.findall(json.dumps(definitions[one]))
    return found


def write(document, folder):
    """A file for each kind that the document has, under the name that kubeconform asks for."""
    definitions = {name: _strict(name, schema) for name, schema in document["definitions"].items()}
    for name, schema in definitions.items():
        for kind in schema.get("x-kubernetes-group-version-kind", []):
            group = f"-{kind['group'].split('.')[0]}" if kind["group"] else ""
            file = folder / f"{kind['kind'].lower()}{group}-{kind['version']}.json".lower()
            needed = {one: definitions[one] for one in _reachable(name, definitions)}
            file.write_text(json.dumps({"$ref": f"#/definitions/{name}", "definitions": needed}))
    return folder / "{{.ResourceKind}}{{.KindSuffix}}.json"
