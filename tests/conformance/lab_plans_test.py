#!/usr/bin/env python3
"""azure-mgmt-labservices 2.0.0, the client of lab plans, drives the simulator at its own api-version and at the newer one:
plans, the gallery of a plan, its images and their switches, labs, and saving a lab's template as an image."""
from azure.mgmt.labservices import ManagedLabsClient, models

import judges
from judges import GROUP, SOON, SUBSCRIPTION, Cloud, Judge, expect, names, refused, same

PLAN = "biology"


class LabPlans:
    def __init__(self, cloud, version):
        self.cloud = cloud
        client = Judge("azure-mgmt-labservices", ManagedLabsClient(judges.AnyToken(), SUBSCRIPTION, api_version=version,
                                                                   **cloud.options()))
        self.plans, self.images, self.labs = client.lab_plans, client.images, client.labs
        self.machines = client.virtual_machines
        self.group_id = cloud.group()
        self.gallery = self.make_gallery("teaching")

    def make_gallery(self, name, definition="ubuntu"):
        gallery = f"{self.group_id}/providers/Microsoft.Compute/galleries/{name}"
        self.cloud.make(gallery, {"location": "westeurope"})
        self.cloud.make(f"{gallery}/images/{definition}", {"location": "westeurope", "properties": {
            "osType": "Linux", "osState": "Generalized", "identifier": {"publisher": "p", "offer": "o", "sku": name}}})
        self.cloud.make(f"{gallery}/images/{definition}/versions/1.0.0", {"location": "westeurope", "properties": {
            "publishingProfile": {"targetRegions": [{"name": "westeurope"}]}}})
        return gallery

    def put(self, name=PLAN, **options):
        body = models.LabPlan(location="westeurope", allowed_regions=["westeurope"], **options)
        # The end of the operation is told without the plan, so it is read (final state via its own URL).
        self.plans.begin_create_or_update(GROUP, name, body, **SOON).wait()
        return self.plans.get(GROUP, name)

    def update(self, **options):
        return self.plans.begin_update(GROUP, PLAN, models.LabPlanUpdate(**options), **SOON).result()

    def gallery_of_plan(self):
        found = self.plans.get(GROUP, PLAN).shared_gallery_id
        return found and found.lower()

    def plan(self):
        """a plan is made with its profiles, read, replaced and listed"""
        profile = models.ConnectionProfile(web_ssh_access="None", web_rdp_access="None", client_ssh_access="Public",
                                           client_rdp_access="Public")
        made = self.put(tags={"term": "autumn"}, default_connection_profile=profile,
                        support_info=models.SupportInfo(email="it@example.org"))
        same("provisioningState", "Succeeded", made.provisioning_state)
        read = self.plans.get(GROUP, PLAN)
        same("the regions", ["westeurope"], [region.replace(" ", "").lower() for region in read.allowed_regions])
        same("the profile", profile.as_dict(), read.default_connection_profile.as_dict())
        same("the support", "it@example.org", read.support_info.email)
        same("the tags", {"term": "autumn"}, read.tags)
        for name in ("b", "c"):
            self.put(name)
        with self.cloud.having(pageSize=1, emptyFirstPage=True):
            same("of the group", ["b", PLAN, "c"], names(self.plans.list_by_resource_group(GROUP)))
            same("of the subscription", ["b", PLAN, "c"], names(self.plans.list_by_subscription()))
        same("a plan that is not there", 404, judges.refusal("a plan that is not there", lambda: self.plans.get(GROUP, "absent")).status_code)

    def attachment(self):
        """a gallery is attached, overwritten by another, and taken off by a PUT without it, whatever Azure means by that"""
        self.update(shared_gallery_id=self.gallery)
        same("the gallery", self.gallery.lower(), self.gallery_of_plan())
        other = self.make_gallery("spring", "debian")
        self.update(shared_gallery_id=other)
        same("the other one", other.lower(), self.gallery_of_plan())
        for clears in (False, True):
            with self.cloud.having(planPutClearsGallery=clears):
                self.put()
                same(f"after a PUT, planPutClearsGallery={clears}", None if clears else other.lower(), self.gallery_of_plan())
        self.update(shared_gallery_id=self.gallery)

    def switches(self):
        """images of the gallery are listed beside Marketplace ones, disabled at first, and switched"""
        def of_gallery():
            return {one.name: one for one in self.images.list_by_lab_plan(GROUP, PLAN) if one.shared_gallery_id}

        found = of_gallery()
        same("how many", 1, len(found))
        name, image = next(iter(found.items()))
        expect(image.shared_gallery_id.lower().startswith(self.gallery.lower() + "/images/"), image.shared_gallery_id)
        same("at first", "Disabled", image.enabled_state)
        same("what it is", ("Linux", "Generalized"), (image.os_type, image.os_state))
        expect(len(list(self.images.list_by_lab_plan(GROUP, PLAN))) > 1, "there are Marketplace images")
        for state in ("Enabled", "Disabled"):
            switched = self.images.update(GROUP, PLAN, name, models.ImageUpdate(enabled_state=state))
            same("the answer", state, switched.enabled_state)
            same("as read", state, self.images.get(GROUP, PLAN, name).enabled_state)
        self.images.create_or_update(GROUP, PLAN, name, models.Image(enabled_state="Enabled"))
        same("as put", "Enabled", of_gallery()[name].enabled_state)
        refused("an image that is not there", 404, "ResourceNotFound", lambda: self.images.get(GROUP, PLAN, "absent"))

    def saved(self):
        """a lab's template VM is saved as an image by a POST that is followed to its end"""
        lab = models.Lab(location="westeurope", title="Course", lab_plan_id=self.plans.get(GROUP, PLAN).id,
                         auto_shutdown_profile=models.AutoShutdownProfile(),
                         connection_profile=models.ConnectionProfile(), security_profile=models.SecurityProfile(),
                         virtual_machine_profile=models.VirtualMachineProfile(
                             create_option="TemplateVM", image_reference=models.ImageReference(offer="ubuntu"),
                             sku=models.Sku(name="Standard"), usage_quota="PT0S",
                             admin_user=models.Credentials(username="teacher")))
        self.labs.begin_create_or_update(GROUP, "course", lab, **SOON).wait()
        same("the lab", "Succeeded", self.labs.get(GROUP, "course").provisioning_state)
        same("the labs", ["course"], names(self.labs.list_by_resource_group(GROUP)))
        machine = f"{self.group_id}/providers/Microsoft.LabServices/labs/course/virtualMachines/template"
        self.cloud.make(machine, {"location": "westeurope", "properties": {"osType": "Linux"}})
        same("the machine", machine.lower(), self.machines.get(GROUP, "course", "template").id.lower())

        def save(name="saved", source=machine):
            body = models.SaveImageBody(name=name, lab_virtual_machine_id=source)
            return self.plans.begin_save_image(GROUP, PLAN, body, **SOON)

        refused("no machine of a lab", 400, "InvalidParameter", lambda: save(source=self.gallery))
        save().result()
        found = judges.product.until("the image is listed", lambda: [
            one for one in self.images.list_by_lab_plan(GROUP, PLAN)
            if (one.shared_gallery_id or "").lower().endswith("/images/saved")])
        same("what it is", ("Linux", "Specialized"), (found[0].os_type, found[0].os_state))
        with self.cloud.fault("failOperation", "POST", "/saveImage", code="SaveFailed", message="No luck."):
            error = judges.refusal("a failed save", lambda: save("failed").result())
        expect("No luck." in str(error), f"the error says why: {error}")
        self.labs.begin_delete(GROUP, "course", **SOON).wait()

    def faults(self):
        """throttled and failed writes look to this client as they do in Azure"""
        with self.cloud.fault("throttle", "PUT", "/labPlans/", retryAfterSeconds=0):
            self.put("b")
        with self.cloud.fault("failOperation", "PUT", "/labPlans/d", code="InternalError", message="No luck."):
            error = judges.refusal("a failed operation", lambda: self.put("d"))
        expect("No luck." in str(error), f"the error says why: {error}")
        with self.cloud.fault("failOperation", "DELETE", "/labPlans/c", code="InternalError", message="No luck."):
            judges.refusal("a failed deletion",
                           lambda: self.plans.begin_delete(GROUP, "c", **SOON).result())

    def deletion(self):
        """what is deleted is gone"""
        for name in (PLAN, "b", "c", "d", "absent"):
            self.plans.begin_delete(GROUP, name, **SOON).result()
        same("what is left", [], names(self.plans.list_by_subscription()))


def main():
    for version in ("2022-08-01", "2023-06-07"):
        print(f"at {version}:", flush=True)
        with Cloud() as cloud:
            tried = LabPlans(cloud, version)
            judges.run(tried.plan, tried.attachment, tried.switches, tried.saved, tried.faults, tried.deletion)


main()
