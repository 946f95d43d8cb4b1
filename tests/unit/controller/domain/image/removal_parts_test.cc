#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/image/parts.h"
#include "controller/domain/names.h"
#include "controller/domain/rules.h"
#include "tests/unit/controller/domain/observations.h"

namespace labgallery::domain::image {
namespace {

using enum Reason;
using testing::IsEmpty;
using testing::SizeIs;

ImageObservation Deleting(std::vector<VersionInSight> versions, std::string_view patch = "{}",
                          Tagged tagged = Tagged::kCreated) {
  ImageObservation seen = AnImage(patch, tagged);
  seen.versions = std::move(versions);
  Delete(seen);
  return seen;
}

VersionInSight Version(std::string name, Tagged tagged = Tagged::kCreated,
                       std::string_view state = "Succeeded") {
  return AVersion(std::move(name), {{"a"}}, tagged, state);
}

VersionInSight Protected(std::string name, std::string_view end_of_life) {
  VersionInSight version = Version(std::move(name));
  json::Value& properties = *version.body.Find("properties");
  properties.Find("publishingProfile")->Set("endOfLifeDate", end_of_life);
  properties.Find("safetyProfile")->Set("blockDeletionBeforeEndOfLife", true);
  return version;
}

struct Row {
  const char* name;
  ImageObservation seen;
  const char* rule;
  Lines writes = {};
  std::vector<Blocker> blockers = {};
};

class ADeletionOfAnImage : public testing::TestWithParam<Row> {};

TEST_P(ADeletionOfAnImage, Is) {
  const Row& row = GetParam();
  const Assessment assessment = Assess(row.seen);
  const Decision decision = NextStep(assessment.situation);
  EXPECT_EQ(decision.rule, row.rule);
  EXPECT_EQ(LinesOf(decision.plan.writes), row.writes);
  EXPECT_EQ(assessment.situation.blockers, row.blockers);
}

Blocker Foreign(const char* name) { return {"ImageVersion", name, kUbuntu + "/versions/" + name}; }

const char* const kForeignToo = R"({"retention": {"keepVersions": 1, "includeForeign": true}})";

INSTANTIATE_TEST_SUITE_P(
    All, ADeletionOfAnImage,
    testing::Values(
        Row{"OfVersionsFirst",
            Deleting({Version("1.0.0"), Version("2.0.0")}),
            "DeletePart",
            {"DELETE versions/1.0.0", "DELETE versions/2.0.0"}},
        Row{"OfWhatIsNotOnItsWayOut",
            Deleting({Version("1.0.0", Tagged::kCreated, "Deleting"), Version("2.0.0")}),
            "DeletePart",
            {"DELETE versions/2.0.0"}},
        Row{"AwaitedWhileVersionsGo", Deleting({Version("1.0.0", Tagged::kCreated, "Deleting")}),
            "DeletePart"},
        Row{"OfTheDefinitionThen", Deleting({}), "DeletePart", {"DELETE images/ubuntu"}},
        Row{"BlockedByForeignVersions",
            Deleting({Version("1.0.0"), Version("2.0.0", Tagged::kNo)}),
            "DeletionBlocked",
            {},
            {Foreign("2.0.0")}},
        Row{"BlockedByWhatAzureProtects",
            Deleting({Version("1.0.0"), Protected("2.0.0", "2030-01-01T00:00:00+00:00")}),
            "DeletionBlocked",
            {},
            {{"ImageVersion",
              "2.0.0, protected by blockDeletionBeforeEndOfLife until 2030-01-01T00:00:00+00:00",
              kUbuntu + "/versions/2.0.0"}}},
        Row{"OfWhatAzureProtectedOnce",
            Deleting({Protected("2.0.0", "2020-01-01T00:00:00+00:00")}),
            "DeletePart",
            {"DELETE versions/2.0.0"}},
        Row{"OfForeignVersionsWithIncludeForeign",
            Deleting({Version("2.0.0", Tagged::kNo)}, kForeignToo),
            "DeletePart",
            {"DELETE versions/2.0.0"}},
        Row{"BlockedByVersionsOfAnotherObjectInAnyCase",
            Deleting({Version("2.0.0", Tagged::kOther)}, kForeignToo),
            "DeletionBlocked",
            {},
            {Foreign("2.0.0")}},
        Row{"NotOfADefinitionOfAnother",
            Deleting({Version("1.0.0", Tagged::kOther)}, "{}", Tagged::kOther),
            "NotOurs",
            {},
            {Foreign("1.0.0")}},
        Row{"ALettingGoOfWhatWasAdopted",
            Deleting({Version("1.0.0", Tagged::kNo)}, "{}", Tagged::kAdopted),
            "LetGo",
            {"PATCH images/ubuntu"},
            {Foreign("1.0.0")}},
        Row{"ALettingGoWithRetain",
            Deleting({Version("1.0.0"), Version("2.0.0", Tagged::kNo)},
                     R"({"deletionPolicy": "Retain"})"),
            "LetGo",
            {"PATCH versions/1.0.0", "PATCH images/ubuntu"},
            {Foreign("2.0.0")}}),
    [](const auto& test) { return test.param.name; });

TEST(Removals, AreTenAtATime) {
  std::vector<VersionInSight> versions;
  for (int i = 0; i < 15; ++i) versions.push_back(Version("1.0." + std::to_string(i)));
  EXPECT_THAT(NextStep(Assess(Deleting(versions)).situation).plan.writes, SizeIs(10));
}

TEST(ADeletionInAzure, EndsWithTheFinalizer) {
  ImageObservation seen = Deleting({});
  seen.definition = AbsentInAzure();
  EXPECT_EQ(NextStep(Assess(seen).situation).plan.action, ActionKind::kRemoveFinalizer);
}

TEST(ADeletionInAzure, DependsNeitherOnTheGalleryObjectNorOnTheSpec) {
  ImageObservation seen = Deleting({});
  seen.gallery = {};
  EXPECT_EQ(LinesOf(NextStep(Assess(seen).situation).plan.writes), Lines{"DELETE images/ubuntu"});
  seen.spec = J("{}");
  EXPECT_EQ(LinesOf(NextStep(Assess(seen).situation).plan.writes), Lines{"DELETE images/ubuntu"});
}

TEST(ADeletionInAzure, WaitsWhereTheDefinitionCouldNotBeRead) {
  ImageObservation seen = Deleting({});
  seen.definition = {};
  const Decision decision = NextStep(Assess(seen).situation);
  EXPECT_EQ(decision.plan.action, ActionKind::kNone) << "the finalizer stays";
  EXPECT_THAT(decision.plan.writes, IsEmpty());
}

TEST(AReleasedVersion, KeepsItsOtherTags) {
  ImageObservation seen = Deleting({Version("1.0.0")}, R"({"deletionPolicy": "Retain"})");
  seen.versions[0].body = With(seen.versions[0].body, R"({"tags": {"theirs": "kept"}})");
  EXPECT_EQ(NextStep(Assess(seen).situation).plan.writes.at(0).body,
            J(R"({"tags": {"theirs": "kept", "labgallery-released": "inst/labs/ubuntu"}})"));
}

}  // namespace
}  // namespace labgallery::domain::image
