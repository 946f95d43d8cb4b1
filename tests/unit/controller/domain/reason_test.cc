#include "controller/domain/reason.h"

#include <gtest/gtest.h>

#include <set>

namespace labgallery::domain {
namespace {

// The names that a user may rely on (section 3.5 of the design), with what each says about the way
// to Ready.
TEST(Reasons, AreTheseAndMeanThis) {
  using enum Standing;
  const std::vector<std::pair<std::string_view, Standing>> expected{
      {"Reconciled", kGood},
      {"Creating", kProgress},
      {"Updating", kProgress},
      {"Deleting", kProgress},
      {"Replicating", kProgress},
      {"WaitingForGallery", kProgress},
      {"WaitingForSource", kProgress},
      {"WaitingForResourceGroup", kProgress},
      {"WaitingForProvider", kProgress},
      {"WaitingForRole", kProgress},
      {"WaitingForDetach", kProgress},
      {"Paused", kProgress},
      {"Observing", kGood},
      {"InvalidSpec", kTrouble},
      {"IdentityChanged", kTrouble},
      {"ScopeNotAllowed", kTrouble},
      {"AzureResourceClaimed", kTrouble},
      {"AdoptionRefused", kTrouble},
      {"SwapRefused", kTrouble},
      {"DeletionBlocked", kTrouble},
      {"Releasing", kProgress},
      {"CredentialUnavailable", kTrouble},
      {"ResourceLocked", kTrouble},
      {"RegionUnavailable", kTrouble},
      {"RegionFailed", kTrouble},
      {"ReplicationStalled", kTrouble},
      {"VersionMissing", kTrouble},
      {"PolicyDenied", kTrouble},
      {"QuotaExceeded", kTrouble},
      {"Throttled", kGood},
      {"AzureError", kTrouble}};
  std::vector<std::pair<std::string_view, Standing>> found;
  for (const ReasonEntry& entry : Reasons()) found.emplace_back(entry.name, entry.standing);
  EXPECT_EQ(found, expected);
}

TEST(Reasons, EachSayWhatTheyMeanAndWhatToDo) {
  for (const ReasonEntry& entry : Reasons()) {
    EXPECT_FALSE(entry.meaning.empty()) << entry.name;
    EXPECT_FALSE(entry.remedy.empty()) << entry.name;
    EXPECT_EQ(Name(entry.reason), entry.name);
    EXPECT_EQ(StandingOf(entry.reason), entry.standing);
    EXPECT_EQ(StandingOf(entry.name), entry.standing);
  }
}

TEST(Reasons, ThatNobodyKnowsAreTrouble) {
  EXPECT_EQ(StandingOf("FromALaterVersion"), Standing::kTrouble);
}

}  // namespace
}  // namespace labgallery::domain
