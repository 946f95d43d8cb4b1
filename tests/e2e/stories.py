"""The stories of manifests/samples, each in a namespace and an Azure subscription of its own, so that all of them can be
played in one cluster at the same time."""
import json
import re

import product

NAME_SPACE, SUBSCRIPTION = "labs", "00000000-0000-0000-0000-000000000001"


class Story:
    """`steps` are folders with the manifests as they are to be applied, one after the other."""

    def __init__(self, folder, number, place):
        self.name = folder.name
        self.name_space = f"{NAME_SPACE}-{folder.name}"
        self.subscription = f"{SUBSCRIPTION[:-4]}{number:04}"
        self.steps = []
        self.assumed = json.loads(self._own((folder / "azure.json").read_text()))
        numbered = sorted(step for step in folder.iterdir() if step.name.isdigit())
        for step in numbered or [folder]:
            copy = place / folder.name / step.name
            copy.mkdir(parents=True)
            for file in step.glob("*.yaml"):
                (copy / file.name).write_text(self._own(file.read_text()))
            self.steps.append(copy)

    def _own(self, text):
        return (text.replace(SUBSCRIPTION, self.subscription)
                .replace(f"namespace: {NAME_SPACE}\n", f"namespace: {self.name_space}\n")
                .replace(f"name: {NAME_SPACE}\n", f"name: {self.name_space}\n"))

    def named(self, step):
        """(kind, name) of all objects of a step but the namespace; the samples spell metadata out, a line each."""
        text = "\n".join(file.read_text() for file in sorted(self.steps[step].glob("*.yaml")))
        found = re.findall(r"^kind: (\w+)\nmetadata:\n  name: (\S+)$", text, re.MULTILINE)
        return [(kind, name) for kind, name in found if kind != "Namespace"]

    def assume(self, azure):
        """Makes in Azure what the story takes for granted."""
        product.make(azure, self.assumed)


def load(place):
    folders = sorted(path.parent for path in product.SAMPLES.glob("*/azure.json"))
    return {folder.name: Story(folder, number, place) for number, folder in enumerate(folders, start=1)}
