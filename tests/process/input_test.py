#!/usr/bin/env python3
"""Bad input of every kind ends with status 2 and says file, line and column; nothing is written anywhere."""
import pathlib
import tempfile

import product
from product import expect

WHERE = "  subscriptionId: 00000000-0000-0000-0000-000000000001\n  resourceGroup: rg\n"


def manifest(kind, name, spec):
    """Its metadata stands in line 3, its spec begins in line 5."""
    return f"apiVersion: labgallery.io/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n{spec}"


GALLERY = manifest("SharedImageGallery", "twice", WHERE)
# What is wrong -> text, where it is told, words of the message.
BAD = {
    "broken YAML": ("kind: Image\nspec: [\nx: }\n", "3:4", ["not YAML"]),
    "unknown kind": (manifest("LabAcount", "a", "  {}\n"), "2:1", ["unknown kind", '"LabAccount"']),
    "unknown field": (manifest("SharedImageGallery", "b", WHERE + "  tagz: {a: b}\n"), "7:3",
                      ["spec.tagz", "unknown field", '"tags"']),
    "wrong type": (manifest("SharedImageGallery", "c", WHERE + "  tags: {year: 2026}\n"), "7:10",
                   ["spec.tags.year", "must be of type string"]),
    "illegal Azure name": (manifest("SharedImageGallery", "cs-images", WHERE), "3:12",
                           ["Azure refuses the name", "set spec.azureName"]),
    "duplicate objects": (GALLERY + "---\n" + GALLERY, "10:12", ["twice"]),
    "dangling reference": (manifest("Image", "d", "  galleryRef: {name: nowhere}\n"), "5:16",
                           ["galleryRef", "nowhere"]),
}


def refused(simulator, folder, *arguments):
    """The lines of an apply that must end with status 2 and write nothing."""
    kube_state = folder / "objects.db"
    status, out, err = product.run_apply(*arguments, "--azure-endpoint", simulator.url, "--kube-state", kube_state)
    expect(status == 2, f"it ended with {status}:\n{(out + err)[-2000:]}")
    expect("nothing was written" in err, f"it does not say that nothing was written:\n{err[-2000:]}")
    expect(not product.writes(simulator), "it has written to Azure")
    expect(not product.cloud(simulator), "something is in Azure")
    return err.splitlines()


def told(lines, file, place, words):
    for line in lines:
        if line.startswith(f"{file}:{place}: ") and all(word in line for word in words):
            return line
    shown = "\n".join(lines[:product.SHOWN_LINES])
    raise product.Failure(f"no line says {file}:{place} and {words}:\n{shown}")


def step(name, simulator, folder):
    text, place, words = BAD[name]

    def run():
        file = folder / (name.replace(" ", "-") + ".yaml")
        file.write_text(text)
        told(refused(simulator, folder, "-f", file), file, place, words)

    run.__doc__ = f"{name} is refused"
    return run


def all_at_once(simulator, folder):
    def run():
        """all errors of all files are told in one go"""
        lines = refused(simulator, folder, "-f", folder)
        for name, (_, place, words) in BAD.items():
            told(lines, folder / (name.replace(" ", "-") + ".yaml"), place, words)
        return lines[-1]

    return run


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made, product.Server("azure-simulator") as azure:
        place = pathlib.Path(made)
        steps = [step(name, azure, place) for name in BAD]
        product.run_steps(*steps, all_at_once(azure, place))
