#include "controller/domain/image/target_regions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::domain::image {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Names = std::vector<std::string>;

const SystemTime kNow{std::chrono::hours(1000)};

RegionCatalog Lakes() {
  return {.geography = "Lakes",
          .regions = {"lakeeast", "lakenorth", "lakesouth"},
          .offering = {"hilleast", "lakeeast", "lakenorth", "lakesouth"},
          .geography_of = {{"hilleast", "Hills"},
                           {"lakeeast", "Lakes"},
                           {"lakenorth", "Lakes"},
                           {"lakesouth", "Lakes"},
                           {"lakewest", "Lakes"}}};
}

RegionsRecord Record(Names regions) {
  return {.source_region = "lakenorth",
          .geography = "Lakes",
          .resolved_time = SystemTime(std::chrono::hours(1)),
          .regions = std::move(regions),
          .ignored = {}};
}

struct Row {
  const char* name;
  Scope scope = Scope::kGeography;
  Names listed = {};
  Names excluded = {};
  NewRegions new_regions = NewRegions::kIgnore;
  std::optional<Names> record = {};
  Names own_version = {};
  Names want = {};
  std::optional<Names> want_record = {};
  Names want_not_offered = {};
  Names want_newly_offered = {};
};

TargetInputs InputsOf(const Row& row) {
  TargetInputs inputs;
  inputs.source_region = "lakenorth";
  inputs.replication = Replication{.scope = row.scope, .new_regions = row.new_regions};
  for (const std::string& name : row.listed) inputs.replication->regions.push_back({.name = name});
  inputs.replication->exclude_regions = row.excluded;
  inputs.catalog = std::make_shared<const RegionCatalog>(Lakes());
  if (row.record) inputs.record = Record(*row.record);
  for (const std::string& name : row.own_version) inputs.own_version.push_back({.name = name});
  inputs.now = kNow;
  return inputs;
}

Names NamesOf(const std::vector<TargetRegion>& regions) {
  Names names;
  for (const TargetRegion& region : regions) names.push_back(region.name);
  return names;
}

class DesiredTargetsFor : public testing::TestWithParam<Row> {};

TEST_P(DesiredTargetsFor, Are) {
  const Row& row = GetParam();
  const auto desired = DesiredTargetsOf(InputsOf(row));
  ASSERT_TRUE(desired);
  EXPECT_EQ(NamesOf(desired->regions), row.want);
  EXPECT_EQ(desired->not_offered, row.want_not_offered);
  EXPECT_EQ(desired->newly_offered, row.want_newly_offered);
  ASSERT_EQ(desired->record.has_value(), row.want_record.has_value());
  if (row.want_record) {
    EXPECT_EQ(desired->record->regions, *row.want_record);
  }
}

const Names kAll{"lakenorth", "lakeeast", "lakesouth"};
const Names kAllSorted{"lakeeast", "lakenorth", "lakesouth"};

INSTANTIATE_TEST_SUITE_P(
    Rows, DesiredTargetsFor,
    testing::Values(
        Row{.name = "TheWholeGeography", .want = kAll, .want_record = kAllSorted},
        Row{.name = "ListedOnesFirst",
            .listed = {"lakesouth", "hilleast"},
            .want = {"lakenorth", "lakesouth", "hilleast", "lakeeast"},
            .want_record = kAllSorted},
        Row{.name = "ExcludedOnesAreLeftOutButRecorded",
            .excluded = {"lakeeast"},
            .want = {"lakenorth", "lakesouth"},
            .want_record = kAllSorted},
        Row{.name = "TheSourceIsNeverExcluded",
            .excluded = {"lakenorth", "lakesouth"},
            .want = {"lakenorth", "lakeeast"},
            .want_record = kAllSorted},
        Row{.name = "RegionsScope",
            .scope = Scope::kRegions,
            .listed = {"lakesouth"},
            .want = {"lakenorth", "lakesouth"}},
        Row{.name = "RegionsScopeWithoutRegions", .scope = Scope::kRegions, .want = {"lakenorth"}},
        Row{.name = "SourceOnly", .scope = Scope::kSourceOnly, .want = {"lakenorth"}},
        Row{.name = "NewlyOfferedIsReported",
            .record = Names{"lakeeast", "lakenorth"},
            .want = {"lakenorth", "lakeeast"},
            .want_record = Names{"lakeeast", "lakenorth"},
            .want_newly_offered = {"lakesouth"}},
        Row{.name = "NewlyOfferedIsAdded",
            .new_regions = NewRegions::kAdd,
            .record = Names{"lakeeast", "lakenorth"},
            .want = kAll,
            .want_record = kAllSorted},
        Row{.name = "NewlyOfferedButListed",
            .listed = {"lakesouth"},
            .record = Names{"lakeeast", "lakenorth"},
            .want = {"lakenorth", "lakesouth", "lakeeast"},
            .want_record = Names{"lakeeast", "lakenorth"}},
        Row{.name = "MissingFromTheListingStays",
            .record = Names{"lakeeast", "lakenorth", "lakesouth", "lakewest"},
            .want = {"lakenorth", "lakeeast", "lakesouth", "lakewest"},
            .want_record = Names{"lakeeast", "lakenorth", "lakesouth", "lakewest"},
            .want_not_offered = {"lakewest"}},
        Row{.name = "ListedButNotOffered",
            .scope = Scope::kRegions,
            .listed = {"atlantis"},
            .want = {"lakenorth", "atlantis"},
            .want_not_offered = {"atlantis"}},
        Row{.name = "OwnVersionStandsInForALostRecord",
            .own_version = {"lakenorth", "lakeeast"},
            .want = {"lakenorth", "lakeeast"},
            .want_record = Names{"lakeeast", "lakenorth"},
            .want_newly_offered = {"lakesouth"}},
        Row{.name = "OwnVersionsRegionThatIsOfferedNoMoreStays",
            .own_version = {"lakenorth", "lakeeast", "lakesouth", "sunken"},
            .want = {"lakenorth", "lakeeast", "lakesouth", "sunken"},
            .want_record = Names{"lakeeast", "lakenorth", "lakesouth", "sunken"},
            .want_not_offered = {"sunken"}},
        Row{.name = "OwnVersionsFormerAdditionGoes",
            .own_version = {"lakenorth", "lakeeast", "lakesouth", "hilleast"},
            .want = kAll,
            .want_record = kAllSorted},
        Row{.name = "OwnVersionThatNeverSawTheGeography",
            .listed = {"hilleast"},
            .own_version = {"lakenorth", "hilleast"},
            .want = {"lakenorth", "hilleast", "lakeeast", "lakesouth"},
            .want_record = kAllSorted}),
    [](const auto& row) { return row.param.name; });

TEST(DesiredTargets, DoNotHideAMisspeltExclusion) {
  for (const Scope scope : {Scope::kGeography, Scope::kRegions}) {
    TargetInputs inputs =
        InputsOf({.name = "", .scope = scope, .excluded = {"lakesouth", "lakesuoth"}});
    EXPECT_EQ(DesiredTargetsOf(inputs).error().kind, ErrorKind::kInvalidInput);
    EXPECT_THAT(DesiredTargetsOf(inputs).error().message, HasSubstr("no region lakesuoth"));
    inputs.record = Record({"lakeeast"});
    inputs.catalog = nullptr;
    EXPECT_TRUE(DesiredTargetsOf(inputs)) << "nothing says that it is none";
  }
}

TEST(DesiredTargets, ReportANewRegionOnce) {
  TargetInputs inputs = InputsOf({.name = "", .record = Names{"lakeeast", "lakenorth"}});
  const auto first = DesiredTargetsOf(inputs);
  ASSERT_TRUE(first);
  EXPECT_THAT(first->record->ignored, ElementsAre("lakesouth"));
  inputs.record = first->record;
  const auto second = DesiredTargetsOf(inputs);
  ASSERT_TRUE(second);
  EXPECT_THAT(second->newly_offered, IsEmpty());
  EXPECT_EQ(second->record, first->record);
}

TEST(DesiredTargets, DoNotNeedTheCatalogWithARecord) {
  TargetInputs inputs = InputsOf({.name = "", .record = kAllSorted});
  inputs.catalog.reset();
  EXPECT_FALSE(NeedsCatalog(inputs));
  const auto desired = DesiredTargetsOf(inputs);
  ASSERT_TRUE(desired);
  EXPECT_EQ(NamesOf(desired->regions), kAll);
  EXPECT_EQ(desired->record, inputs.record);
}

TEST(DesiredTargets, WaitForTheCatalogWithoutARecordOfThisSource) {
  TargetInputs inputs = InputsOf({.name = "", .record = kAllSorted});
  inputs.record->source_region = "hilleast";
  inputs.catalog.reset();
  EXPECT_TRUE(NeedsCatalog(inputs));
  const auto desired = DesiredTargetsOf(inputs);
  ASSERT_FALSE(desired);
  EXPECT_EQ(desired.error().kind, ErrorKind::kUnavailable);
}

TEST(DesiredTargets, AreTheSourceWhereReplicationIsNotManaged) {
  TargetInputs inputs;
  inputs.source_region = "lakenorth";
  const auto desired = DesiredTargetsOf(inputs);
  ASSERT_TRUE(desired);
  EXPECT_THAT(desired->regions, ElementsAre(TargetRegion{.name = "lakenorth"}));
}

TEST(DesiredTargets, TakeARegionsOwnSettingsBeforeTheCommonOnes) {
  TargetInputs inputs = InputsOf({.name = "", .scope = Scope::kRegions});
  inputs.replication->replica_count = 2;
  inputs.replication->storage_account_type = "Standard_LRS";
  inputs.replication->regions = {
      {.name = "lakeeast", .replica_count = 5, .exclude_from_latest = true},
      {.name = "lakesouth", .storage_account_type = "Standard_ZRS"}};
  const auto desired = DesiredTargetsOf(inputs);
  ASSERT_TRUE(desired);
  const TargetRegion source{"lakenorth", 2, "Standard_LRS", {}, {}, {}};
  const TargetRegion east{"lakeeast", 5, "Standard_LRS", true, {}, {}};
  const TargetRegion south{"lakesouth", 2, "Standard_ZRS", {}, {}, {}};
  EXPECT_THAT(desired->regions, ElementsAre(source, east, south));
}

TEST(TargetRegions, AreReadWithNormalNamesAndWithoutDoubles) {
  const auto body = json::Parse(R"({"properties": {"publishingProfile": {"targetRegions": [
    {"name": "Lake North", "regionalReplicaCount": 2, "storageAccountType": "Standard_ZRS",
     "excludeFromLatest": false, "encryption": {"osDiskImage": {}},
     "additionalReplicaSets": [{"storageAccountType": "Premium_LRS", "regionalReplicaCount": 3}]},
    {"name": "lakenorth"}]}}})");
  const auto regions = ReadTargetRegions(*body);
  ASSERT_TRUE(regions);
  EXPECT_THAT(*regions, ElementsAre(TargetRegion{"lakenorth",
                                                 2,
                                                 "Standard_ZRS",
                                                 false,
                                                 *json::Parse(R"({"osDiskImage": {}})"),
                                                 {{"Premium_LRS", 3}}}));
}

TEST(TargetRegions, ThatCannotBeReadAreAProtocolError) {
  const auto body =
      json::Parse(R"({"properties": {"publishingProfile": {"targetRegions": [{}]}}})");
  const auto regions = ReadTargetRegions(*body);
  ASSERT_FALSE(regions);
  EXPECT_EQ(regions.error().kind, ErrorKind::kProtocol);
}

TEST(ReplicasOf, FillsWhatIsNotManagedFromAzureAndThenItsDefaults) {
  const std::vector<TargetRegion> targets{{.name = "a"},
                                          {.name = "b", .replicas = 3},
                                          {.name = "c", .storage_account_type = "Premium_LRS"}};
  const std::vector<TargetRegion> actual{{"b", 1, "Standard_ZRS", {}, {}, {{"Premium_LRS", 2}}},
                                         {"gone", 9, "Standard_LRS", {}, {}, {}}};
  EXPECT_THAT(ReplicasOf(targets, actual),
              ElementsAre(ReplicaSet{"a", "Standard_LRS", 1}, ReplicaSet{"b", "Standard_ZRS", 3},
                          ReplicaSet{"b", "Premium_LRS", 2}, ReplicaSet{"c", "Premium_LRS", 1}));
}

TEST(RegionsRecord, SurvivesTheStatus) {
  RegionsRecord record = Record({"lakeeast", "lakenorth"});
  record.ignored = {"lakesouth"};
  json::Value status;
  status.Set("regionsRecord", ToJson(record));
  EXPECT_EQ(ReadRegionsRecord(status), record);
  EXPECT_EQ(ReadRegionsRecord({}), std::nullopt);
}

}  // namespace
}  // namespace labgallery::domain::image
