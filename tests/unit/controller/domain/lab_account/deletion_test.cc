#include "controller/domain/lab_account/parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/rules.h"
#include "tests/unit/controller/domain/observations.h"

namespace labgallery::domain::lab_account {
namespace {

using enum Reason;
using testing::IsEmpty;

const char* const kAttach = R"({"gallery": {"state": "Attached", "ref": {"name": "teaching"}}})";

Decision Decide(const LabAccountObservation& seen) { return NextStep(Assess(seen).situation); }

LabAccountObservation Deleting(std::string_view patch, std::vector<std::string> galleries = {}) {
  LabAccountObservation seen = AnAccount(patch);
  for (const std::string& gallery : galleries) seen.attachments->push_back(Attached(gallery));
  seen.labs.emplace();
  Delete(seen);
  return seen;
}
const char* const kDelete = R"({"deletionPolicy": "Delete"})";

TEST(Deleting, LetsGoByDefaultAndKeepsTheAttachment) {
  const Decision decision = Decide(Deleting(kAttach, {kTeaching}));
  EXPECT_EQ(decision.rule, "LetGo");
  EXPECT_EQ(decision.plan.action, ActionKind::kRelease);
  ASSERT_EQ(LinesOf(decision.plan.writes), Lines{"PATCH labaccounts/cs"});
  EXPECT_EQ(decision.plan.writes[0].body,
            J(R"({"tags": {"theirs": "kept", "labgallery-released": "inst/labs/cs"}})"));
}

TEST(Deleting, DetachesWhereTheSpecSaysSo) {
  const char* const spec =
      R"({"gallery": {"state": "Attached", "ref": {"name": "teaching"}, "onDelete": "Detach"}})";
  LabAccountObservation seen = Deleting(spec, {kTeaching});
  EXPECT_EQ(LinesOf(Decide(seen).plan.writes), Lines{"DELETE sharedGalleries/teaching"});
  Remember(seen, kAttachmentPart, Verb::kDelete);
  EXPECT_EQ(Decide(seen).plan.verdict->reason, kReleasing);
  EXPECT_THAT(Decide(seen).plan.writes, IsEmpty());
  seen.memory.clear();
  seen.attachments->clear();
  EXPECT_EQ(Decide(seen).plan.action, ActionKind::kRelease);
}

TEST(Deleting, DoesNotDetachWhatIsAnothers) {
  LabAccountObservation seen = Deleting(
      R"({"gallery": {"state": "Attached", "ref": {"name": "teaching"}, "onDelete": "Detach"}})",
      {kTeaching});
  seen.account = Present(Owned(seen.account.body, "cs", Tagged::kOther));
  EXPECT_THAT(Decide(seen).plan.writes, IsEmpty());
}

TEST(Deleting, InAzureNeedsTheObjectsOwnWord) {
  LabAccountObservation seen = Deleting("{}");
  seen.name_space.annotations["labgallery.io/default-deletion-policy"] = "Delete";
  seen.settings.default_deletion = Deletion::kDelete;
  EXPECT_EQ(Decide(seen).rule, "LetGo");
  seen.spec.Set("deletionPolicy", "Delete");
  EXPECT_EQ(Decide(seen).rule, "DeletePart");
}

TEST(Deleting, DetachesFirstAndDeletesThen) {
  LabAccountObservation seen = Deleting(kDelete, {kTeaching});
  EXPECT_EQ(LinesOf(Decide(seen).plan.writes), Lines{"DELETE sharedGalleries/teaching"});
  seen.attachments->clear();
  EXPECT_EQ(LinesOf(Decide(seen).plan.writes), Lines{"DELETE labaccounts/cs"});
  seen.account = AbsentInAzure();
  EXPECT_EQ(Decide(seen).plan.action, ActionKind::kRemoveFinalizer);
}

TEST(Deleting, IsBlockedByLabsWithAnInventory) {
  LabAccountObservation seen = Deleting(kDelete, {kTeaching});
  seen.labs->push_back(J(R"({"name": "physics", "id": "/labs/physics"})"));
  const Assessment assessment = Assess(seen);
  EXPECT_EQ(NextStep(assessment.situation).rule, "DeletionBlocked");
  EXPECT_EQ(assessment.situation.blockers,
            (std::vector<Blocker>{{"Lab", "physics", "/labs/physics"}}));
}

TEST(Deleting, WaitsWhereTheLabsCouldNotBeRead) {
  LabAccountObservation seen = Deleting(kDelete);
  seen.labs.reset();
  const Decision decision = Decide(seen);
  EXPECT_THAT(decision.plan.writes, IsEmpty());
  EXPECT_EQ(decision.plan.verdict->reason, kDeleting);
}

TEST(Deleting, DoesNotDependOnTheSpec) {
  LabAccountObservation seen = Deleting(kDelete);
  seen.spec = J(R"({"deletionPolicy": "Delete"})");
  EXPECT_EQ(LinesOf(Decide(seen).plan.writes), Lines{"DELETE labaccounts/cs"});
}

TEST(AScopeThatWasWithdrawn, BlocksTheDeletionEvenOfABrokenSpec) {
  LabAccountObservation seen = Deleting(kDelete);
  seen.spec = J(R"({"deletionPolicy": "Delete"})");
  seen.name_space.annotations["labgallery.io/allowed-scopes"] = "s2";
  EXPECT_EQ(Decide(seen).plan.verdict->reason, kDeletionBlocked);
  EXPECT_THAT(Decide(seen).plan.writes, IsEmpty());
}

}  // namespace
}  // namespace labgallery::domain::lab_account
