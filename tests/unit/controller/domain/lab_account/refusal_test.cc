#include "controller/domain/lab_account/lab_account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/rules.h"
#include "tests/unit/controller/domain/observations.h"

namespace labgallery::domain::lab_account {
namespace {

using enum Reason;
using testing::HasSubstr;

Decision Decide(const LabAccountObservation& seen) { return NextStep(Assess(seen).situation); }

struct RefusedRow {
  const char* name;
  const char* patch;
  Reason reason;
  const char* message;
};

class TheSpecOfAnAccount : public testing::TestWithParam<RefusedRow> {};

TEST_P(TheSpecOfAnAccount, IsRefused) {
  const Decision decision = Decide(AnAccount(GetParam().patch));
  EXPECT_EQ(decision.rule, "NotAcceptable");
  EXPECT_EQ(Name(decision.plan.verdict->reason), Name(GetParam().reason));
  EXPECT_THAT(decision.plan.verdict->message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, TheSpecOfAnAccount,
    testing::Values(
        RefusedRow{"WithAnotherService", R"({"service": "DevTestLab"})", kInvalidSpec,
                   "spec.service"},
        RefusedRow{"WithoutAService", R"({"service": null})", kInvalidSpec, "spec.service"},
        RefusedRow{"WithAnotherIdentity", R"({"azureName": "math"})", kIdentityChanged,
                   "but this object manages"},
        RefusedRow{"WithoutARef", R"({"gallery": {"state": "Attached"}})", kInvalidSpec,
                   "spec.gallery.ref"},
        RefusedRow{"WithARefThatIsNoId",
                   R"({"gallery": {"state": "Attached", "ref": {"resourceId": "teaching"}}})",
                   kInvalidSpec, "spec.gallery.ref.resourceId"},
        RefusedRow{"WithARefToDetach",
                   R"({"gallery": {"state": "Detached", "ref": {"name": "teaching"}}})",
                   kInvalidSpec, "spec.gallery.ref"},
        RefusedRow{"WithARefToSomethingElse",
                   R"({"gallery": {"state": "Attached", "ref": {"resourceId":
                       "/subscriptions/s1/resourceGroups/g/providers/Microsoft.Compute/disks/d"}}})",
                   kInvalidSpec, "must name a Microsoft.Compute/galleries"},
        RefusedRow{"WithATagInTwoSpellings", R"({"tags": {"Dept": "a", "dept": "b"}})",
                   kInvalidSpec, "'Dept' and 'dept' are one tag to Azure"},
        RefusedRow{"WithAnImageInTwoSpellings",
                   R"({"images": {"overrides": [{"definitionName": "ML", "state": "Enabled"},
                                                {"definitionName": "ml", "state": "Disabled"}]}})",
                   kInvalidSpec, "spec.images.overrides[1].definitionName: another entry names"},
        RefusedRow{"WithOurOwnTags", R"({"tags": {"labgallery-owner": "me"}})", kInvalidSpec,
                   "spec.tags"},
        RefusedRow{"WithAnOverrideWithoutAName",
                   R"({"images": {"overrides": [{"state": "Enabled"}]}})", kInvalidSpec,
                   "definitionName"}),
    [](const auto& test) { return test.param.name; });

TEST(TheIdentity, MayChangeWhileTheFinalizerIsNotThere) {
  LabAccountObservation seen = AnAccount(R"({"azureName": "math"})");
  seen.meta.finalizers.clear();
  EXPECT_NE(Decide(seen).rule, "NotAcceptable");
}

struct ScopeRow {
  const char* name;
  const char* patch;
  const char* allowed;
  bool inside;
};

class TheScopesOfAnAccount : public testing::TestWithParam<ScopeRow> {};

TEST_P(TheScopesOfAnAccount, Cover) {
  LabAccountObservation seen = AnAccount(GetParam().patch);
  seen.gallery = TeachingInSight();
  seen.gallery.id = *azure::ResourceId::Parse(
      "/subscriptions/s1/resourceGroups/g/providers/Microsoft.Compute/"
      "galleries/teaching");
  seen.name_space.annotations["labgallery.io/allowed-scopes"] = GetParam().allowed;
  EXPECT_EQ(Decide(seen).rule == "NotAcceptable", !GetParam().inside);
}

constexpr const char* kByObject =
    R"({"gallery": {"state": "Attached", "ref": {"name": "teaching"}}})";

INSTANTIATE_TEST_SUITE_P(
    All, TheScopesOfAnAccount,
    testing::Values(ScopeRow{"TheAccount", "{}", "s1/labs-rg,s1/g", true},
                    ScopeRow{"NotAnAccountElsewhere", "{}", "s1/math-rg", false},
                    ScopeRow{"AGalleryById",
                             R"({"gallery": {"state": "Attached", "ref": {"resourceId":
               "/subscriptions/s2/resourceGroups/g/providers/Microsoft.Compute/galleries/x"}}})",
                             "s1,s2", true},
                    ScopeRow{"NotAGalleryByIdElsewhere",
                             R"({"gallery": {"state": "Attached", "ref": {"resourceId":
               "/subscriptions/s2/resourceGroups/g/providers/Microsoft.Compute/galleries/x"}}})",
                             "s1", false},
                    ScopeRow{"AGalleryByItsObject", kByObject, "s1/labs-rg,s1/g", true},
                    ScopeRow{"NotAGalleryByItsObjectElsewhere", kByObject, "s1/labs-rg", false}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace labgallery::domain::lab_account
