#!/usr/bin/env python3
"""azure-mgmt-labservices 0.1.1, the client of lab accounts (2018-10-15), drives the simulator. It is of the generation before
azure-core: msrest's pager and poller, and CloudError."""
import uuid

from azure.mgmt.labservices import ManagedLabsClient, models
from msrest.authentication import BasicTokenAuthentication
from msrest.exceptions import DeserializationError
from msrestazure.azure_cloud import get_cloud_from_metadata_endpoint

import judges
from judges import GROUP, SUBSCRIPTION, Cloud, Judge, expect, names, refused, same

ACCOUNT, LAB = "physics", "optics"


class LabAccounts:
    def __init__(self, cloud):
        self.cloud = cloud
        client = ManagedLabsClient(BasicTokenAuthentication({"access_token": "judged"}), SUBSCRIPTION, cloud.url)
        client.config.long_running_operation_timeout = 0.05  # its name notwithstanding: the wait where Azure says none
        self.client = client
        judged = Judge("azure-mgmt-labservices", client)
        self.accounts, self.labs = judged.lab_accounts, judged.labs
        self.group_id = cloud.group()

    def put(self, name=ACCOUNT, **options):
        return self.accounts.create_or_update(GROUP, name, models.LabAccount(location="westeurope", **options))

    def succeeded(self, read):
        """The resource once it says so: its writes are no long-running operations to this client."""
        return judges.product.until("Succeeded", lambda: next(
            (found for found in [read()] if found.provisioning_state == "Succeeded"), None))

    def account(self):
        """an account is made, polled by its own state, patched and expanded"""
        made = self.put(tags={"term": "autumn"}, enabled_region_selection=True)
        same("the state at first", "Creating", made.provisioning_state)
        read = self.succeeded(lambda: self.accounts.get(GROUP, ACCOUNT))
        same("what was sent", ({"term": "autumn"}, True), (read.tags, read.enabled_region_selection))
        same("uniqueIdentifier", read.unique_identifier, str(uuid.UUID(read.unique_identifier)))
        patched = self.accounts.update(GROUP, ACCOUNT, models.LabAccountFragment(enabled_region_selection=False))
        same("what a patch leaves", ({"term": "autumn"}, False), (patched.tags, patched.enabled_region_selection))
        read = self.succeeded(lambda: self.accounts.get(GROUP, ACCOUNT, expand="properties($expand=sizeConfiguration)"))
        same("the sizes", ["Basic", "Standard", "Performance"],
             [size.name for size in read.size_configuration.environment_sizes])
        available = self.accounts.get_regional_availability(GROUP, ACCOUNT)
        expect("westeurope" in [region.region for region in available.regional_availability], "westeurope is offered")

    def metadata(self):
        """the cloud describes itself to clients that know nothing but its address"""
        judges.note("msrestazure", "azure_cloud.get_cloud_from_metadata_endpoint")
        found = get_cloud_from_metadata_endpoint(self.cloud.url)
        same("where to log in", self.cloud.url, found.endpoints.active_directory)
        same("what a token is for", self.cloud.url + "/", found.endpoints.active_directory_resource_id)

    def lists(self):
        """the pager goes through pages, empty ones and repeated entries included"""
        for name in ("b", "c"):
            self.put(name)
            self.succeeded(lambda name=name: self.accounts.get(GROUP, name))
        with self.cloud.having(pageSize=1, emptyFirstPage=True):
            same("of the group", ["b", "c", ACCOUNT], names(self.accounts.list_by_resource_group(GROUP)))
            same("of the subscription", ["b", "c", ACCOUNT], names(self.accounts.list_by_subscription()))
        with self.cloud.having(duplicatesInLists=True):
            same("repeated", ["b", "b", "c", ACCOUNT], names(self.accounts.list_by_subscription()))

    def refusals(self):
        """errors come as the client's own type with Azure's codes"""
        refused("an account that is not there", 404, "ResourceNotFound", lambda: self.accounts.get(GROUP, "absent"))
        refused("no group", 404, "ResourceGroupNotFound", lambda: self.accounts.create_or_update(
            "absent", ACCOUNT, models.LabAccount(location="westeurope")))
        refused("another location", 409, "InvalidResourceLocation", lambda: self.accounts.create_or_update(
            GROUP, ACCOUNT, models.LabAccount(location="northeurope")))
        with self.cloud.having(newAccountsRefused=True):
            refused("an account after the retirement", 400, "OperationNotAllowed", lambda: self.put("late"))
            self.put()  # those that are there can be changed
            self.succeeded(lambda: self.accounts.get(GROUP, ACCOUNT))

    def lab(self):
        """labs are made by PUT and by createLab, and stand in the way of their account"""
        made = self.labs.create_or_update(GROUP, ACCOUNT, LAB, models.Lab(max_users_in_lab=12))
        same("the state at first", "Creating", made.provisioning_state)
        self.succeeded(lambda: self.labs.get(GROUP, ACCOUNT, LAB))
        wanted = models.CreateLabProperties(name="waves", lab_creation_parameters=models.LabCreationParameters(max_users_in_lab=3))
        self.accounts.create_lab(GROUP, ACCOUNT, wanted)
        self.succeeded(lambda: self.labs.get(GROUP, ACCOUNT, "waves"))
        same("the labs", [LAB, "waves"], names(self.labs.list(GROUP, ACCOUNT)))
        refused("an account with labs", 409, "CannotDeleteResource", lambda: self.accounts.delete(GROUP, ACCOUNT))
        for name in (LAB, "waves"):
            self.labs.delete(GROUP, ACCOUNT, name).wait()
        same("the labs that are left", [], names(self.labs.list(GROUP, ACCOUNT)))

    def faults(self):
        """throttled, lost, spoiled and failing answers look to this client as they do in Azure"""
        with self.cloud.fault("throttle", "GET", ACCOUNT, retryAfterSeconds=0), self.cloud.sent() as requests:
            same("after the wait", ACCOUNT, self.accounts.get(GROUP, ACCOUNT).name)
        same("the requests", [("GET", 429), ("GET", 200)], requests)
        # This client repeats a PUT whose answer was lost; what a busy resource says to that is not known of Azure.
        with self.cloud.having(accountWrite=86400), self.cloud.fault("loseAnswer", "PUT", "/labaccounts/lost"):
            refused("the repeated PUT", 409, "Conflict", lambda: self.put("lost"))
        self.cloud.remove(f"{self.group_id}/providers/Microsoft.LabServices/labaccounts/lost")
        with self.cloud.having(writeWhileBusyAccepted=True), self.cloud.fault("loseAnswer", "PUT", "/labaccounts/lost"):
            self.put("lost")
        same("how often it is there", 1, names(self.accounts.list_by_subscription()).count("lost"))
        with self.cloud.fault("htmlBody", "GET", ACCOUNT, status=403):
            refused("a page of a gateway", 403, None, lambda: self.accounts.get(GROUP, ACCOUNT))
        with self.cloud.fault("truncate", "GET", ACCOUNT):
            try:
                self.accounts.get(GROUP, ACCOUNT)
                raise judges.Failure("half an answer is taken for one")
            except DeserializationError:
                pass
        self.succeeded(lambda: self.accounts.get(GROUP, "lost"))
        with self.cloud.fault("failOperation", "DELETE", "/labaccounts/lost", code="InternalError", message="No luck."):
            try:
                self.accounts.delete(GROUP, "lost").wait()
                raise judges.Failure("a failed deletion is taken for a good one")
            except judges.ERRORS as error:
                expect("No luck." in str(error), f"the error says why: {error}")

    def deletion(self):
        """the poller follows a deletion in each style, and what is gone is gone"""
        for name, style in ((ACCOUNT, "ProvisioningState"), ("b", "Location"), ("c", "AzureAsyncOperation"),
                            ("lost", "ProvisioningState")):
            with self.cloud.having(styles={"microsoft.labservices/labaccounts": style}):
                self.accounts.delete(GROUP, name).wait()
                judges.product.until(f"{name} is gone", lambda name=name: name not in
                                     names(self.accounts.list_by_subscription()))
        self.accounts.delete(GROUP, ACCOUNT).wait()  # what is not there: 204


def main():
    with Cloud() as cloud:
        tried = LabAccounts(cloud)
        judges.run(tried.metadata, tried.account, tried.lists, tried.refusals, tried.lab, tried.faults, tried.deletion)


main()
