#include "src/azure/model/resource_id.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <unordered_set>

namespace labgallery::azure {
namespace {

constexpr const char* kGroup = "/subscriptions/S1/resourceGroups/labs-rg";

ResourceId Id(std::string_view text) { return ResourceId::Parse(text).value(); }

struct PartsRow {
  const char* name;
  std::string text;
  std::string type;
  std::string last;
  std::string subscription;
  std::string group;
  std::string parent;
};

class Parts : public ::testing::TestWithParam<PartsRow> {};

TEST_P(Parts, AreReadFromTheText) {
  const PartsRow& row = GetParam();
  const ResourceId id = Id(row.text);
  EXPECT_EQ(id.text(), row.text);
  EXPECT_EQ(id.type(), row.type);
  EXPECT_EQ(id.name(), row.last);
  EXPECT_EQ(id.subscription(), row.subscription);
  EXPECT_EQ(id.resource_group(), row.group);
  EXPECT_EQ(id.Parent().text(), row.parent);
}

const std::string kGallery = std::string(kGroup) + "/providers/Microsoft.Compute/galleries/g";

INSTANTIATE_TEST_SUITE_P(
    ResourceId, Parts,
    ::testing::Values(
        PartsRow{"Subscription", "/subscriptions/S1", "Microsoft.Resources/subscriptions", "S1",
                 "S1", "", ""},
        PartsRow{"ResourceGroup", kGroup, "Microsoft.Resources/resourceGroups", "labs-rg", "S1",
                 "labs-rg", "/subscriptions/S1"},
        PartsRow{"TopLevelResource", kGallery, "Microsoft.Compute/galleries", "g", "S1", "labs-rg",
                 kGroup},
        PartsRow{"GrandChild", kGallery + "/images/i/versions/1.0.0",
                 "Microsoft.Compute/galleries/images/versions", "1.0.0", "S1", "labs-rg",
                 kGallery + "/images/i"},
        PartsRow{"ExtensionResourceHangsOnItsScope",
                 kGallery + "/providers/Microsoft.Authorization/roleAssignments/r",
                 "Microsoft.Authorization/roleAssignments", "r", "S1", "labs-rg", kGallery},
        PartsRow{"ChildOfAnExtensionResource", kGallery + "/providers/Microsoft.Insights/a/x/b/y",
                 "Microsoft.Insights/a/b", "y", "S1", "labs-rg",
                 kGallery + "/providers/Microsoft.Insights/a/x"},
        PartsRow{"ResourceOfASubscription",
                 "/subscriptions/S1/providers/Microsoft.Compute/locations/westeurope",
                 "Microsoft.Compute/locations", "westeurope", "S1", "", "/subscriptions/S1"},
        PartsRow{"LocationOfASubscription", "/subscriptions/S1/locations/westeurope",
                 "Microsoft.Resources/subscriptions/locations", "westeurope", "S1", "",
                 "/subscriptions/S1"},
        PartsRow{"ResourceOfTheTenant",
                 "/providers/Microsoft.Authorization/roleDefinitions/b24988ac",
                 "Microsoft.Authorization/roleDefinitions", "b24988ac", "", "", ""},
        PartsRow{"ProviderItself", "/subscriptions/S1/providers/Microsoft.Compute",
                 "Microsoft.Resources/providers", "Microsoft.Compute", "S1", "",
                 "/subscriptions/S1"},
        PartsRow{"ResourceThatIsCalledProviders",
                 std::string(kGroup) + "/providers/Microsoft.Compute/galleries/providers",
                 "Microsoft.Compute/galleries", "providers", "S1", "labs-rg", kGroup}),
    [](const auto& row) { return row.param.name; });

struct RefusedRow {
  const char* name;
  std::string text;
};

class Refused : public ::testing::TestWithParam<RefusedRow> {};

TEST_P(Refused, IsNoResourceId) {
  const auto id = ResourceId::Parse(GetParam().text);
  ASSERT_FALSE(id.has_value());
  EXPECT_EQ(id.error().kind, ErrorKind::kInvalidInput);
}

INSTANTIATE_TEST_SUITE_P(
    ResourceId, Refused,
    ::testing::Values(
        RefusedRow{"Nothing", ""}, RefusedRow{"OnlyASlash", "/"},
        RefusedRow{"RelativePath", "subscriptions/S1"}, RefusedRow{"OtherRoot", "/tenants/t"},
        RefusedRow{"Url", "https://management.azure.com/subscriptions/S1"},
        RefusedRow{"Collection", std::string(kGroup) + "/providers/Microsoft.Compute/galleries"},
        RefusedRow{"EmptySegment", "/subscriptions//resourceGroups/rg"},
        RefusedRow{"WayUp", std::string(kGroup) + "/providers/Microsoft.Compute/galleries/.."},
        RefusedRow{"EscapedByte", "/subscriptions/S1/resourceGroups/a%2Fb"},
        RefusedRow{"Query", "/subscriptions/S1?x=y"}, RefusedRow{"Fragment", "/subscriptions/S1#x"},
        RefusedRow{"Backslash", "/subscriptions/S1\\x"},
        RefusedRow{"LineFeed", "/subscriptions/S1\n"},
        RefusedRow{"NamespaceWithoutResource",
                   "/subscriptions/S1/providers/A.B/providers/C.D/e/f"}),
    [](const auto& row) { return row.param.name; });

TEST(ResourceId, ComparesAndHashesWithoutCase) {
  const ResourceId a = Id(kGallery);
  const ResourceId b =
      Id("/SUBSCRIPTIONS/s1/resourcegroups/LABS-RG/providers/microsoft.compute/Galleries/G");
  EXPECT_EQ(a, b);
  EXPECT_EQ(a <=> b, std::strong_ordering::equal);
  EXPECT_EQ(std::unordered_set<ResourceId>({a, b}).size(), 1U);
  EXPECT_NE(a.text(), b.text());
  EXPECT_TRUE(b.Is("Microsoft.Compute/galleries"));
  EXPECT_FALSE(b.Is("Microsoft.Compute/galleries/images"));
}

TEST(ResourceId, DropsAClosingSlash) { EXPECT_EQ(Id(kGallery + "/"), Id(kGallery)); }

TEST(ResourceId, IsBuiltFromItsParts) {
  const ResourceId gallery =
      ResourceId::ResourceGroup("S1", "labs-rg").Provider("Microsoft.Compute/galleries", "g");
  EXPECT_EQ(gallery.text(), kGallery);
  EXPECT_EQ(gallery.Child("images", "i").Child("versions", "1.0.0").text(),
            kGallery + "/images/i/versions/1.0.0");
  EXPECT_EQ(gallery.Provider("Microsoft.Authorization/roleAssignments", "r").Parent(), gallery);
}

TEST(ResourceId, RefusesToBeBuiltFromWhatLeadsElsewhere) {
  EXPECT_THROW((void)Id(kGallery).Child("images", "a/b"), std::invalid_argument);
  EXPECT_THROW((void)ResourceId::ResourceGroup("S1", ".."), std::invalid_argument);
  EXPECT_THROW((void)Id(kGroup).Provider("galleries", "g"), std::invalid_argument);
}

TEST(ResourceId, KnowsWhatItIsWithin) {
  const ResourceId gallery = Id(kGallery);
  EXPECT_TRUE(gallery.Within(gallery));
  EXPECT_TRUE(gallery.Within(Id("/subscriptions/s1")));
  EXPECT_TRUE(gallery.Within(Id("/subscriptions/S1/resourcegroups/LABS-rg")));
  EXPECT_FALSE(gallery.Within(Id("/subscriptions/S1/resourceGroups/labs")));
  EXPECT_FALSE(gallery.Within(ResourceId()));
  EXPECT_FALSE(Id(kGroup).Within(gallery));
}

struct ShapeRow {
  const char* name;
  std::string path;
  PathShape want;
  std::string path_template;
};

class Shape : public ::testing::TestWithParam<ShapeRow> {};

TEST_P(Shape, HoldsNoNames) {
  EXPECT_EQ(ShapeOf(GetParam().path), GetParam().want);
  EXPECT_EQ(ShapeOf(GetParam().path).Template(), GetParam().path_template);
}

INSTANTIATE_TEST_SUITE_P(
    PathShape, Shape,
    ::testing::Values(
        ShapeRow{"Resource",
                 kGallery,
                 {"s1", "microsoft.compute/galleries", false},
                 "microsoft.compute/galleries/{name}"},
        ShapeRow{"ListBelowAResource",
                 kGallery + "/images?api-version=1",
                 {"s1", "microsoft.compute/galleries/images", true},
                 "microsoft.compute/galleries/images"},
        ShapeRow{"ListWithAClosingSlash",
                 kGallery + "/images/",
                 {"s1", "microsoft.compute/galleries/images", true},
                 "microsoft.compute/galleries/images"},
        ShapeRow{"ListOfASubscription",
                 "/subscriptions/S1/providers/Microsoft.Compute/galleries",
                 {"s1", "microsoft.compute/galleries", true},
                 "microsoft.compute/galleries"},
        ShapeRow{"Locations",
                 "/subscriptions/S1/locations",
                 {"s1", "microsoft.resources/subscriptions/locations", true},
                 "microsoft.resources/subscriptions/locations"},
        ShapeRow{"Action",
                 "/providers/Microsoft.ResourceGraph/resources",
                 {"", "microsoft.resourcegraph/resources", true},
                 "microsoft.resourcegraph/resources"},
        ShapeRow{"OperationStatus",
                 "/subscriptions/S1/providers/Microsoft.Compute/locations/we/capsOperations/guid",
                 {"s1", "microsoft.compute/locations/capsoperations", false},
                 "microsoft.compute/locations/capsoperations/{name}"}),
    [](const auto& row) { return row.param.name; });

TEST(RootOfAPath, IsTheTopLevelResourceThatItLeadsTo) {
  const std::string gallery = "/subscriptions/S/resourceGroups/g/providers/A.B/things/T";
  const std::string root = "/subscriptions/s/resourcegroups/g/providers/a.b/things/t";
  EXPECT_EQ(RootOf(gallery), root);
  EXPECT_EQ(RootOf(gallery + "/parts/p/versions?api-version=1"), root);
  EXPECT_EQ(RootOf(gallery + "/providers/C.D/roles/r"), root);
  EXPECT_EQ(RootOf("/subscriptions/S/resourceGroups/g/providers/A.B/things"), "");
  EXPECT_EQ(RootOf("/subscriptions/S/locations"), "");
}

}  // namespace
}  // namespace labgallery::azure
