#!/usr/bin/env python3
"""What lies around galleries and lab accounts, by the clients that own it: resource groups, providers, subscriptions, locations,
tenants, role assignments and Resource Graph; and attached galleries and their images, which no client has operations for,
by the generic resources of azure-mgmt-resource."""
import uuid

from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.authorization.models import RoleAssignmentCreateParameters
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient
from azure.mgmt.resourcegraph import ResourceGraphClient
from azure.mgmt.resourcegraph.models import QueryRequest, QueryRequestOptions

import judges
from judges import GROUP, SOON, SUBSCRIPTION, Cloud, Judge, expect, names, refused, same

CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
PREVIEW = "2019-01-01-preview"
AT = {"api_version": PREVIEW, **SOON}


class Surroundings:
    def __init__(self, cloud):
        self.cloud = cloud
        token, options = judges.AnyToken(), cloud.options()
        client = Judge("azure-mgmt-resource", ResourceManagementClient(token, SUBSCRIPTION, **options))
        self.groups, self.providers, self.resources = client.resource_groups, client.providers, client.resources
        client = Judge("azure-mgmt-resource-subscriptions", SubscriptionClient(token, **options))
        self.subscriptions, self.tenants = client.subscriptions, client.tenants
        self.roles = Judge("azure-mgmt-authorization",
                           AuthorizationManagementClient(token, SUBSCRIPTION, **options)).role_assignments
        self.graph = Judge("azure-mgmt-resourcegraph", ResourceGraphClient(token, **options))
        self.group_id = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
        self.gallery = f"{self.group_id}/providers/Microsoft.Compute/galleries/teaching"
        self.account = f"{self.group_id}/providers/Microsoft.LabServices/labaccounts/cs"

    def group(self):
        """resource groups are made, found, listed, and go with what is in them"""
        made = self.groups.create_or_update(GROUP, {"location": "westeurope", "tags": {"owner": "it"}})
        same("the group", (GROUP, "westeurope", {"owner": "it"}, "Succeeded"),
             (made.name, made.location, made.tags, made.properties.provisioning_state))
        expect(self.groups.check_existence(GROUP), "the group is there")
        expect(not self.groups.check_existence("absent"), "another is not")
        self.groups.create_or_update("second", {"location": "eastus"})
        with self.cloud.having(pageSize=1):
            same("the groups", [GROUP, "second"], names(self.groups.list()))
        refused("a group that is not there", 404, "ResourceGroupNotFound", lambda: self.groups.get("absent"))
        self.groups.begin_delete("second", **SOON).result()
        same("the groups that are left", [GROUP], names(self.groups.list()))

    def surroundings(self):
        """subscriptions, tenants, locations with their geography, and providers with where they are"""
        same("the subscriptions", [SUBSCRIPTION], [one.subscription_id for one in self.subscriptions.list()])
        tenant = next(iter(self.tenants.list())).tenant_id
        same("the subscription", (SUBSCRIPTION, "Enabled", tenant),
             (lambda one: (one.subscription_id, one.state, one.tenant_id))(self.subscriptions.get(SUBSCRIPTION)))
        geographies = {}
        for place in self.subscriptions.list_locations(SUBSCRIPTION):
            if place.metadata.region_type == "Physical":
                geographies.setdefault(place.metadata.geography, []).append(place.name)
        same("the regions of Europe", ["northeurope", "westeurope"], sorted(geographies["Europe"]))
        expect(len(geographies["United States"]) >= 9, geographies["United States"])
        edges = [place for place in self.subscriptions.list_locations(SUBSCRIPTION, include_extended_locations=True)
                 if place.type == "EdgeZone"]
        expect(edges and edges[0].metadata.home_location, "edge zones have a home")
        compute = self.providers.get("Microsoft.Compute")
        galleries = next(kind for kind in compute.resource_types if kind.resource_type == "galleries")
        expect("West Europe" in galleries.locations and galleries.api_versions, galleries)
        expect("Microsoft.LabServices" in [one.namespace for one in self.providers.list()], "Lab Services is a provider")
        refused("a provider that is none", 404, "InvalidResourceNamespace", lambda: self.providers.get("Microsoft.None"))
        with self.cloud.having(unregisteredProviders=["microsoft.labservices"]):
            same("at first", "NotRegistered", self.providers.get("Microsoft.LabServices").registration_state)
            self.providers.register("Microsoft.LabServices")
            same("then", "Registered", self.providers.get("Microsoft.LabServices").registration_state)

    def role_assignments(self):
        """roles are assigned, found by scope and principal, and refused in Azure's words"""
        self.cloud.make(self.gallery, {"location": "westeurope"})
        name, principal = str(uuid.uuid4()), str(uuid.uuid4())
        role = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{CONTRIBUTOR}"

        def wanted(who=principal):
            return RoleAssignmentCreateParameters(role_definition_id=role, principal_id=who, principal_type="ServicePrincipal")

        made = self.roles.create(self.gallery, name, wanted())
        same("what was assigned", (name, principal, self.gallery.lower(), "ServicePrincipal"),
             (made.name, made.principal_id, made.scope.lower(), made.principal_type))
        same("the same again", made.id, self.roles.create(self.gallery, name, wanted()).id)
        same("as read", made.id, self.roles.get(self.gallery, name).id)
        same("by id", made.id, self.roles.get_by_id(made.id).id)
        for stripped in (False, True):
            with self.cloud.having(rolePrefixStripped=stripped):
                expect(self.roles.get(self.gallery, name).role_definition_id.lower().endswith(CONTRIBUTOR), "the role")
        same("at the scope", [name], names(self.roles.list_for_scope(self.gallery, filter="atScope()")))
        inherited = self.roles.create(self.group_id, str(uuid.uuid4()), wanted())
        by_principal = self.roles.list_for_scope(self.gallery, filter=f"principalId eq '{principal}'")
        expect(inherited.name in names(by_principal), "what is inherited is found by its principal")
        refused("a twin", 409, "RoleAssignmentExists", lambda: self.roles.create(self.gallery, str(uuid.uuid4()), wanted()))
        refused("another principal", 400, "RoleAssignmentUpdateNotPermitted",
                lambda: self.roles.create(self.gallery, name, wanted(str(uuid.uuid4()))))
        with self.cloud.having(principalLag=10 * 24 * 3600):
            refused("a principal too new", 400, "PrincipalNotFound",
                    lambda: self.roles.create(self.group_id, str(uuid.uuid4()), wanted(str(uuid.uuid4()))))
        same("what is deleted", name, self.roles.delete(self.gallery, name).name)
        same("once more", None, self.roles.delete(self.gallery, name))
        refused("what is gone", 404, "RoleAssignmentNotFound", lambda: self.roles.get(self.gallery, name))

    def attachment(self):
        """a gallery is attached, a second one refused, its images switched, and detached, as generic resources"""
        self.cloud.make(self.account, {"location": "westeurope"})
        definition = {"location": "westeurope", "properties": {
            "osType": "Linux", "osState": "Generalized", "identifier": {"publisher": "p", "offer": "o", "sku": "s"}}}
        for name in ("ubuntu", "debian"):
            definition["properties"]["identifier"]["sku"] = name
            self.cloud.make(f"{self.gallery}/images/{name}", definition)
            self.cloud.make(f"{self.gallery}/images/{name}/versions/1.0.0", {"location": "westeurope", "properties": {
                "publishingProfile": {"targetRegions": [{"name": "westeurope"}]}}})
        attached = f"{self.account}/sharedgalleries/teaching"
        wanted = {"properties": {"galleryId": self.gallery}}
        made = self.resources.begin_create_or_update_by_id(attached, wanted, **AT).result()
        same("the gallery", self.gallery.lower(), made.properties["galleryId"].lower())
        second = self.gallery.replace("teaching", "second")
        self.cloud.make(second, {"location": "westeurope"})
        for accepted in (False, True):
            with self.cloud.having(secondGalleryAccepted=accepted):
                def attach():
                    return self.resources.begin_create_or_update_by_id(
                        f"{self.account}/sharedgalleries/second", {"properties": {"galleryId": second}}, **AT)
                if accepted:
                    attach().result()
                    self.resources.begin_delete_by_id(f"{self.account}/sharedgalleries/second", **AT).result()
                else:
                    error = judges.refusal("a second gallery", attach)
                    expect(error.status_code == 409, error)
        for capital, key in ((False, "enableState"), (True, "EnableState")):
            with self.cloud.having(enableStateCapital=capital):
                image = self.image("ubuntu")
                wanted = dict(image.properties, **{key: "Disabled" if image.properties[key] == "Enabled" else "Enabled"})
                wanted.pop("provisioningState")
                self.resources.begin_create_or_update_by_id(image.id, {"properties": wanted}, **AT).result()
                same("the switch", wanted[key], self.image("ubuntu").properties[key])
        poller = self.resources.begin_delete_by_id(attached, **AT)
        poller.result()
        refused("what is detached", 404, "ResourceNotFound", lambda: self.resources.get_by_id(attached, api_version=PREVIEW))

    def image(self, definition):
        shown = self.resources.get_by_id(f"{self.account}/sharedimages", api_version=PREVIEW)  # a list, which this client passes on
        name = next(one["name"] for one in shown["value"] if one["properties"]["definitionName"] == definition)
        return self.resources.get_by_id(f"{self.account}/sharedimages/{name}", api_version=PREVIEW)

    def resource_graph(self):
        """Resource Graph answers page by page, with its quota in headers"""
        query = "resources | where type =~ 'microsoft.compute/galleries/images' | project id, name | order by id asc"
        seen, token = [], None
        while True:
            page, headers = self.graph.resources(QueryRequest(
                subscriptions=[SUBSCRIPTION], query=query,
                options=QueryRequestOptions(top=1, skip_token=token, result_format="objectArray")),
                cls=lambda response, page, _: (page, response.http_response.headers))
            expect(int(headers["x-ms-user-quota-remaining"]) < 15 and headers["x-ms-user-quota-resets-after"], headers)
            seen += [row["name"] for row in page.data]
            token = page.skip_token
            if not token:
                break
        same("the definitions", ["debian", "ubuntu"], seen)
        same("all of them", 2, page.total_records)
        same("the last page", "false", page.result_truncated)


def main():
    with Cloud() as cloud:
        tried = Surroundings(cloud)
        judges.run(tried.group, tried.surroundings, tried.role_assignments, tried.attachment, tried.resource_graph)


main()
