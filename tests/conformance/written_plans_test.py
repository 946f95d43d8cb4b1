#!/usr/bin/env python3
"""The same manifests on lab plans, and azure-mgmt-labservices 2.0.0 reads the plans back."""
import pathlib
import shutil
import tempfile

from azure.mgmt.labservices import ManagedLabsClient

import judges
import written_test
from judges import Cloud, Judge

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"


class WrittenToPlans(written_test.Written):
    role = OWNER

    def __init__(self, cloud, story):
        super().__init__(cloud, story)
        client = Judge("azure-mgmt-labservices",
                       ManagedLabsClient(judges.AnyToken(), self.subscription, **cloud.options()))
        self.plans, self.images = client.lab_plans, client.images

    def account(self, group, name):
        plan = self.plans.get(group, name)
        of_gallery = [one for one in self.images.list_by_lab_plan(group, name) if one.shared_gallery_id]
        return (plan, [plan.shared_gallery_id] if plan.shared_gallery_id else [],
                {one.shared_gallery_id.rsplit("/", 1)[1]: one.enabled_state for one in of_gallery})


def on_plans(folder):
    """The story with its one line changed, and the world before it."""
    story = pathlib.Path(folder) / "story"
    shutil.copytree(written_test.STORY, story)
    for file in story.iterdir():
        text = file.read_text().replace("service: LabAccount", "service: LabPlan").replace("labaccounts", "labPlans")
        file.write_text(text)
    return story


def main():
    with tempfile.TemporaryDirectory() as folder, Cloud() as cloud:
        written = WrittenToPlans(cloud, on_plans(folder))
        judges.run(written.galleries, written.definitions, written.versions, written.accounts)


main()
