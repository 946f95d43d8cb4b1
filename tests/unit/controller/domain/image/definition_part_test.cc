#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/image/parts.h"
#include "controller/domain/names.h"
#include "controller/domain/rules.h"
#include "tests/unit/controller/domain/observations.h"

namespace labgallery::domain::image {
namespace {

using enum Reason;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kTrue = kube::ConditionStatus::kTrue;
constexpr auto kFalse = kube::ConditionStatus::kFalse;

Decision Decide(const ImageObservation& seen) { return NextStep(Assess(seen).situation); }

ImageObservation Absent(std::string_view patch = "{}") {
  ImageObservation seen = AnImage(patch);
  seen.definition = AbsentInAzure();
  return seen;
}

TEST(ADefinitionInAzure, WithoutVersionsIsReady) {
  const Decision decision = Decide(AnImage());
  EXPECT_EQ(decision.rule, "Done");
  EXPECT_EQ(
      *decision.plan.verdict,
      (Verdict{kTrue, kReconciled, "the image definition is in Azure and has no versions yet"}));
}

TEST(ADefinitionInAzure, IsMadeInTheGallerysRegionWithBothTags) {
  const Decision decision = Decide(Absent(R"({"tags": {"t": "1"}})"));
  ASSERT_THAT(decision.plan.writes, SizeIs(1));
  const ArmWrite& write = decision.plan.writes[0];
  EXPECT_EQ(write.verb, Verb::kPut);
  EXPECT_EQ(write.target.text(), kUbuntu);
  EXPECT_EQ(write.api_version, "2023-07-03");
  EXPECT_EQ(write.body.Text({"location"}), "a");
  EXPECT_EQ(*write.body.Find("tags"), J(R"({"t": "1", "labgallery-owner": "inst/labs/ubuntu",
                                            "labgallery-origin": "Created"})"));
  EXPECT_EQ(decision.plan.verdict->reason, kCreating);
}

TEST(ADefinitionInAzure, IsMadeWhereTheSpecSays) {
  EXPECT_EQ(Decide(Absent(R"({"location": "B"})")).plan.writes.at(0).body.Text({"location"}), "b");
}

TEST(ADefinitionInAzure, WaitsForItsGallery) {
  ImageObservation seen = Absent();
  seen.gallery.ready = false;
  seen.gallery.problem = "the gallery is being made";
  const Decision decision = Decide(seen);
  EXPECT_EQ(*decision.plan.verdict,
            (Verdict{kFalse, kWaitingForGallery, "the gallery is being made"}));
  EXPECT_THAT(decision.plan.writes, IsEmpty());
}

TEST(ADefinitionInAzure, WaitsForAGalleryThatNobodyMade) {
  ImageObservation seen = Absent(R"({"version": "1.0.0", "source": {"managedImageId":
      "/subscriptions/s1/resourceGroups/x/providers/Microsoft.Compute/images/m"}})");
  seen.definition = {};
  seen.gallery = {};
  seen.gallery.problem = "no such object";
  const Decision decision = Decide(seen);
  EXPECT_EQ(*decision.plan.verdict, (Verdict{kFalse, kWaitingForGallery, "no such object"}));
  EXPECT_EQ(decision.plan.wait, Wait{.kind = Wait::Kind::kChange});
}

TEST(ADefinitionInAzure, CannotBeMadeWithoutOne) {
  const Decision decision = Decide(Absent(R"({"definition": null})"));
  EXPECT_EQ(decision.rule, "RefusedByAzureOrPolicy");
  EXPECT_THAT(decision.plan.verdict->message, HasSubstr("spec.definition"));
}

TEST(ADefinitionInAzure, NeedsNoneInTheSpecOnceItIsThere) {
  EXPECT_EQ(Decide(AnImage(R"({"definition": null})")).rule, "Done");
}

TEST(ADefinitionInAzure, ThatAzureIsBusyWithIsAwaited) {
  ImageObservation seen = AnImage();
  seen.definition.body =
      With(seen.definition.body, R"({"properties": {"provisioningState": "Creating"}})");
  EXPECT_EQ(Decide(seen).rule, "MovingPart");
  EXPECT_EQ(Decide(seen).plan.verdict->reason, kCreating);
}

TEST(ADefinitionInAzure, ThatFailedIsSentAgain) {
  ImageObservation seen = AnImage();
  seen.definition.body =
      With(seen.definition.body, R"({"properties": {"provisioningState": "Failed"}})");
  EXPECT_EQ(LinesOf(Decide(seen).plan.writes), Lines{"PUT images/ubuntu"});
}

TEST(ADefinitionInAzure, KeepsWhatOthersSetWhenItIsChanged) {
  ImageObservation seen = AnImage(R"({"definition": {"description": "new"}, "tags": {"t": "1"}})");
  seen.definition.body = With(seen.definition.body, R"({"tags": {"theirs": "kept"},
      "properties": {"eula": "theirs", "description": "old"}})");
  const std::vector<ArmWrite> writes = Decide(seen).plan.writes;
  ASSERT_THAT(writes, SizeIs(1));
  EXPECT_EQ(writes[0].body.Text({"properties", "eula"}), "theirs");
  EXPECT_EQ(writes[0].body.Text({"properties", "description"}), "new");
  EXPECT_EQ(writes[0].body.At({"properties", "provisioningState"}), nullptr);
  EXPECT_EQ(*writes[0].body.Find("tags"),
            J(R"({"theirs": "kept", "t": "1", "labgallery-owner": "inst/labs/ubuntu",
                  "labgallery-origin": "Created"})"));
}

struct ImmutableRow {
  const char* name;
  const char* patch;
  const char* message;
};

class WhatAzureCannotChange : public testing::TestWithParam<ImmutableRow> {};

TEST_P(WhatAzureCannotChange, IsRefused) {
  const Decision decision = Decide(AnImage(GetParam().patch));
  EXPECT_EQ(decision.rule, "RefusedByAzureOrPolicy");
  EXPECT_EQ(decision.plan.verdict->reason, kInvalidSpec);
  EXPECT_THAT(decision.plan.verdict->message, HasSubstr(GetParam().message));
  EXPECT_THAT(decision.plan.writes, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    All, WhatAzureCannotChange,
    testing::Values(
        ImmutableRow{"TheOsState", R"({"definition": {"osState": "Specialized"}})",
                     "properties.osState is \"Generalized\" in Azure, the spec asks for "
                     "\"Specialized\""},
        ImmutableRow{"TheIdentifier", R"({"definition": {"identifier": {"sku": "other"}}})",
                     "properties.identifier.sku"},
        ImmutableRow{"TheGeneration", R"({"definition": {"hyperVGeneration": "V1"}})",
                     "properties.hyperVGeneration"},
        ImmutableRow{
            "TheLocation", R"({"location": "b"})",
            "location is \"a\" in Azure, the spec asks for \"b\": Azure cannot change this; "
            "change the spec back, or make another Image with another azureName"}),
    [](const auto& test) { return test.param.name; });

struct AdoptionRow {
  const char* name;
  const char* patch;
  const char* rule;
};

class AnUntaggedDefinition : public testing::TestWithParam<AdoptionRow> {};

TEST_P(AnUntaggedDefinition, Is) {
  ImageObservation seen = AnImage(GetParam().patch, Tagged::kNo);
  seen.definition.body = With(seen.definition.body, R"({"properties": {"description": "theirs"}})");
  seen.versions = {AVersion("1.0.0", {{"a"}}, Tagged::kNo)};
  EXPECT_EQ(Decide(seen).rule, GetParam().rule);
}

INSTANTIATE_TEST_SUITE_P(
    All, AnUntaggedDefinition,
    testing::Values(
        AdoptionRow{"AdoptedWhereNothingDiffers", "{}", "WritePart"},
        AdoptionRow{"AdoptedWhereRegionsAreAdded", R"({"replication": {"scope": "Geography"}})",
                    "WritePart"},
        AdoptionRow{"NotAdoptedWhereTheDescriptionWouldChange",
                    R"({"definition": {"description": "ours"}})", "AdoptionRefused"},
        AdoptionRow{"NotAdoptedWhereAzureCannotChangeIt",
                    R"({"definition": {"osState": "Specialized"}})", "AdoptionRefused"},
        AdoptionRow{"AdoptedWithAlways",
                    R"({"adoption": "Always", "definition": {"description": "ours"}})",
                    "WritePart"},
        AdoptionRow{"NotAdoptedWithNever", R"({"adoption": "Never"})", "AdoptionRefused"},
        AdoptionRow{"OnlyWatchedByAnObserver", R"({"managementPolicy": "Observe"})", "Observe"}),
    [](const auto& test) { return test.param.name; });

TEST(ADefinitionOfAnother, IsNotWritten) {
  const Decision decision =
      Decide(AnImage(R"({"definition": {"description": "ours"}})", Tagged::kOther));
  EXPECT_EQ(decision.rule, "Claimed");
  EXPECT_THAT(decision.plan.writes, IsEmpty());
}

// ---- what is refused, and what may be named

struct RefusedRow {
  const char* name;
  const char* patch;
  Reason reason;
  const char* message;
};

class TheSpecOfAnImage : public testing::TestWithParam<RefusedRow> {};

TEST_P(TheSpecOfAnImage, IsRefused) {
  const Decision decision = Decide(AnImage(GetParam().patch));
  EXPECT_EQ(decision.rule, "NotAcceptable");
  EXPECT_EQ(Name(decision.plan.verdict->reason), Name(GetParam().reason));
  EXPECT_THAT(decision.plan.verdict->message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, TheSpecOfAnImage,
    testing::Values(
        RefusedRow{"WithAVersionAlone", R"({"version": "1.0.0"})", kInvalidSpec,
                   "version and source must be set together"},
        RefusedRow{"WithOurOwnTags", R"({"tags": {"labgallery-origin": "Created"}})", kInvalidSpec,
                   "spec.tags"},
        RefusedRow{"WithMoreThanTheMost",
                   R"({"definition": {"recommended": {"vCPUs": {"min": 4, "max": 2}}}})",
                   kInvalidSpec, "spec.definition.recommended.vCPUs.min"},
        RefusedRow{"WithMoreMemoryThanTheMost",
                   R"({"definition": {"recommended": {"memory": {"min": 4, "max": 2}}}})",
                   kInvalidSpec, "spec.definition.recommended.memory.min"},
        RefusedRow{"WithANameThatAzureRefuses", R"({"azureName": "-x-"})", kInvalidSpec,
                   "set spec.azureName"},
        RefusedRow{"WithAnotherName", R"({"azureName": "debian"})", kIdentityChanged,
                   kUbuntu.c_str()}),
    [](const auto& test) { return test.param.name; });

TEST(TheIdentity, ChangesWithTheGallery) {
  ImageObservation seen = AnImage();
  seen.gallery.id = azure::ResourceId::Parse(kOldGallery).value();
  EXPECT_EQ(Decide(seen).plan.verdict->reason, kIdentityChanged);
  seen.meta.finalizers.clear();
  EXPECT_NE(Decide(seen).rule, "NotAcceptable") << "nothing of ours is in Azure yet";
}

struct ScopeRow {
  const char* name;
  const char* patch;
};

class TheScopesOfAnImage : public testing::TestWithParam<ScopeRow> {};

#define LAB_ELSEWHERE "/subscriptions/s2/resourceGroups/x/providers/Microsoft.Compute/"

TEST_P(TheScopesOfAnImage, CoverAlso) {
  ImageObservation seen = AnImage(GetParam().patch);
  seen.name_space.annotations["labgallery.io/allowed-scopes"] = "s1,s2";
  EXPECT_NE(Decide(seen).rule, "NotAcceptable");
  seen.name_space.annotations["labgallery.io/allowed-scopes"] = "s1";
  EXPECT_EQ(Decide(seen).plan.verdict->reason, kScopeNotAllowed);
}

INSTANTIATE_TEST_SUITE_P(
    All, TheScopesOfAnImage,
    testing::Values(
        ScopeRow{"TheManagedImage",
                 R"({"version": "1.0.0", "source": {"managedImageId": ")" LAB_ELSEWHERE
                 R"(images/i"}})"},
        ScopeRow{"TheVirtualMachine",
                 R"({"version": "1.0.0", "source": {"virtualMachineId": ")" LAB_ELSEWHERE
                 R"(virtualMachines/v"}})"},
        ScopeRow{"TheOtherVersion",
                 R"({"version": "1.0.0", "source": {"galleryImageVersionId": ")" LAB_ELSEWHERE
                 R"(galleries/g/images/i/versions/1.0.0"}})"},
        ScopeRow{"TheSystemDisk",
                 R"({"version": "1.0.0", "source": {"disks": {"os": {"id": ")" LAB_ELSEWHERE
                 R"(disks/d"}}}})"},
        ScopeRow{"TheDataDisks",
                 R"({"version": "1.0.0", "source": {"disks": {"os": {"id":
                     "/subscriptions/s1/resourceGroups/x/providers/Microsoft.Compute/disks/d"},
                     "data": [{"lun": 0, "id": ")" LAB_ELSEWHERE R"(disks/e"}]}}})"},
        ScopeRow{"TheKeysOfTheSystemDisk",
                 R"({"replication": {"scope": "Regions", "regions": [{"name": "b", "encryption":
                     {"osDiskImage": {"diskEncryptionSetId": ")" LAB_ELSEWHERE
                 R"(diskEncryptionSets/k"}}}]}})"},
        ScopeRow{"TheKeysOfAConfidentialDisk",
                 R"({"replication": {"scope": "Regions", "regions": [{"name": "b", "encryption":
                     {"osDiskImage": {"securityProfile": {"secureVMDiskEncryptionSetId": ")" LAB_ELSEWHERE
                 R"(diskEncryptionSets/k"}}}}]}})"},
        ScopeRow{"TheKeysOfTheDataDisks",
                 R"({"replication": {"scope": "Regions", "regions": [{"name": "b", "encryption":
                     {"dataDiskImages": [{"lun": 0, "diskEncryptionSetId": ")" LAB_ELSEWHERE
                 R"(diskEncryptionSets/k"}]}}]}})"}),
    [](const auto& test) { return test.param.name; });

#undef LAB_ELSEWHERE

TEST(Scopes, CoverTheGalleryAndTheDefinitionById) {
  ImageObservation seen = AnImage();
  seen.name_space.annotations["labgallery.io/allowed-scopes"] = "s1/math-rg";
  EXPECT_EQ(Decide(seen).plan.verdict->reason, kScopeNotAllowed);
  seen.spec.Remove("galleryRef");
  seen.spec.Set("resourceId", kUbuntu);
  EXPECT_EQ(Decide(seen).plan.verdict->reason, kScopeNotAllowed);
}

}  // namespace
}  // namespace labgallery::domain::image
