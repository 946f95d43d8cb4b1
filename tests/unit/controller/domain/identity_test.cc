#include "controller/domain/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::domain {
namespace {

using testing::HasSubstr;

struct NameRow {
  const char* name;
  const NameRule& rule;
  std::string azure_name;
  bool acceptable;
};

class AzureNames : public testing::TestWithParam<NameRow> {};

TEST_P(AzureNames, Are) {
  const NameRow& row = GetParam();
  EXPECT_EQ(NameProblem(row.rule, row.azure_name).empty(), row.acceptable)
      << NameProblem(row.rule, row.azure_name);
}

INSTANTIATE_TEST_SUITE_P(
    All, AzureNames,
    testing::Values(NameRow{"AGallery", kGalleryName, "teaching_1.a", true},
                    NameRow{"NoGalleryWithADash", kGalleryName, "my-gallery", false},
                    NameRow{"NoGalleryThatEndsWithADot", kGalleryName, "teaching.", false},
                    NameRow{"NoGalleryThatBeginsWithALine", kGalleryName, "_teaching", false},
                    NameRow{"NoEmptyGallery", kGalleryName, "", false},
                    NameRow{"ALongGallery", kGalleryName, std::string(80, 'a'), true},
                    NameRow{"NoLongerGallery", kGalleryName, std::string(81, 'a'), false},
                    NameRow{"ADefinition", kImageDefinitionName, "ubuntu-ml_2.0", true},
                    NameRow{"NoDefinitionThatEndsWithADash", kImageDefinitionName, "ubuntu-",
                            false},
                    NameRow{"NoDefinitionWithABlank", kImageDefinitionName, "my image", false},
                    NameRow{"ALabAccount", kLabAccountName, "-cs-(2)_.", true},
                    NameRow{"NoLongLabAccount", kLabAccountName, std::string(101, 'a'), false},
                    NameRow{"NoLabAccountWithASlash", kLabAccountName, "cs/2", false},
                    NameRow{"NoLabAccountBeyondAscii", kLabAccountName, "caf\xC3\xA9", false}),
    [](const auto& test) { return test.param.name; });

struct Row {
  const char* name;
  const char* spec;
  const char* object;
  const char* id;  // null: refused
  const char* location = "";
  const char* problem = "";
};

class IdentityOf : public testing::TestWithParam<Row> {};

TEST_P(IdentityOf, Is) {
  const Row& row = GetParam();
  const auto identity = ReadIdentity(json::Parse(row.spec).value(), row.object, kGalleryName);
  ASSERT_EQ(identity.has_value(), row.id != nullptr);
  if (!identity) {
    EXPECT_EQ(identity.error().kind, ErrorKind::kInvalidInput);
    EXPECT_THAT(identity.error().message, HasSubstr(row.problem));
    return;
  }
  EXPECT_EQ(identity->id.text(), row.id);
  EXPECT_EQ(identity->location.name(), row.location);
}

INSTANTIATE_TEST_SUITE_P(
    All, IdentityOf,
    testing::Values(
        Row{"ComputedFromTheObjectsName",
            R"({"subscriptionId": "s", "resourceGroup": "rg", "location": "West Europe"})",
            "teaching",
            "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/galleries/teaching",
            "westeurope"},
        Row{"ByAzureName",
            R"({"subscriptionId": "s", "resourceGroup": "rg", "azureName": "other"})", "te-aching",
            "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/galleries/other"},
        Row{"ByResourceId",
            R"({"resourceId": "/subscriptions/s/resourceGroups/rg/providers/microsoft.compute/Galleries/g"})",
            "x", "/subscriptions/s/resourceGroups/rg/providers/microsoft.compute/Galleries/g"},
        Row{"RefusedWithTheHintToSetAzureName", R"({"subscriptionId": "s", "resourceGroup": "rg"})",
            "my-gallery", nullptr, "", "set spec.azureName to another name"},
        Row{"RefusedWhereAzureNameIsNone",
            R"({"subscriptionId": "s", "resourceGroup": "rg", "azureName": "a-b"})", "x", nullptr,
            "", "spec.azureName: 'a-b' is no name of a gallery"},
        Row{"RefusedWithoutASubscription", R"({"resourceGroup": "rg"})", "x", nullptr, "",
            "must name subscriptionId and resourceGroup, or resourceId"},
        Row{"RefusedWithoutAResourceGroup", R"({"subscriptionId": "s"})", "x", nullptr, "",
            "must name subscriptionId and resourceGroup, or resourceId"},
        Row{"RefusedWhereTheGroupLeadsElsewhere",
            R"({"subscriptionId": "s", "resourceGroup": "rg/providers/x"})", "x", nullptr, "",
            "spec: "},
        Row{"RefusedWhereAnIdIsNotAlone",
            R"({"resourceGroup": "rg",
                "resourceId": "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/galleries/g"})",
            "x", nullptr, "", "must not be combined with resourceGroup"},
        Row{"RefusedWhereTheIdIsNone", R"({"resourceId": "galleries/x"})", "x", nullptr, "",
            "spec.resourceId: "},
        Row{"RefusedWhereTheIdIsOfAnotherKind",
            R"({"resourceId": "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/disks/d"})",
            "x", nullptr, "", "but a Microsoft.Compute/galleries is needed"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace labgallery::domain
