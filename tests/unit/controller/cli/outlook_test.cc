#include "controller/cli/outlook.h"

#include <gtest/gtest.h>

namespace labgallery::cli {
namespace {

using enum Prospect;
using kube::ConditionStatus;

ObjectState With(ConditionStatus ready, std::string reason) {
  ObjectState state{.key = {1, {"labs", "a"}}, .kind = "Image"};
  state.current = true;
  state.ready = ready;
  state.reason = std::move(reason);
  return state;
}

struct Row {
  const char* name;
  ConditionStatus ready;
  const char* reason;
  const char* last_rule;
  Prospect want;
};

class ProspectOfAnObject : public testing::TestWithParam<Row> {};

TEST_P(ProspectOfAnObject, IsTold) {
  EXPECT_EQ(ProspectOf(With(GetParam().ready, GetParam().reason), {GetParam().last_rule}),
            GetParam().want);
}

constexpr auto kTrue = ConditionStatus::kTrue;
constexpr auto kFalse = ConditionStatus::kFalse;

INSTANTIATE_TEST_SUITE_P(
    Rows, ProspectOfAnObject,
    testing::Values(Row{"DoneIsSettled", kTrue, "Reconciled", "Done", kSettled},
                    Row{"ObservedIsSettled", kTrue, "Observing", "Observe", kSettled},
                    Row{"ReadyWhileRegionsFollowMoves", kTrue, "Reconciled", "MovingPart", kMoving},
                    Row{"ReadyWithMoreToWriteMoves", kTrue, "Reconciled", "WritePart", kMoving},
                    Row{"ReadyBeforeTheFirstPassMoves", kTrue, "Reconciled", "", kMoving},
                    Row{"CreatingMoves", kFalse, "Creating", "WritePart", kMoving},
                    Row{"WaitingForSourceMoves", kFalse, "WaitingForSource", "", kMoving},
                    Row{"WaitingForGalleryDepends", kFalse, "WaitingForGallery", "", kDepends},
                    Row{"AzureErrorMayHeal", kFalse, "AzureError", "", kMayHeal},
                    Row{"PolicyDeniedMayHeal", kFalse, "PolicyDenied", "", kMayHeal},
                    Row{"RegionFailedMayHeal", kFalse, "RegionFailed", "", kMayHeal},
                    Row{"SwapRefusedNeedsSomebody", kFalse, "SwapRefused", "", kNeedsSomebody},
                    Row{"ClaimedNeedsSomebody", kFalse, "AzureResourceClaimed", "", kNeedsSomebody},
                    Row{"PausedNeedsSomebody", kFalse, "Paused", "Paused", kNeedsSomebody},
                    Row{"ObservedAndMissingNeedsSomebody", kFalse, "Observing", "Observe",
                        kNeedsSomebody}),
    [](const auto& row) { return row.param.name; });

TEST(Prospect, OfADeletionIsThatItMoves) {
  ObjectState state = With(kTrue, "Reconciled");
  state.deleting = true;
  EXPECT_EQ(ProspectOf(state, {"Done"}), kMoving);
  state = With(kFalse, "DeletionBlocked");
  state.deleting = true;
  EXPECT_EQ(ProspectOf(state, {"DeletionBlocked"}), kMayHeal)
      << "what is in the way may be on its way out";
}

TEST(Prospect, OfAnObjectWhoseStatusIsBehindIsThatItMoves) {
  EXPECT_EQ(ProspectOf(With(kTrue, "Reconciled"), {"Done", true}), kMoving);
  EXPECT_EQ(ProspectOf(With(kFalse, "SwapRefused"), {"RefusedByAzureOrPolicy", true}), kMoving);
}

TEST(Prospect, OfAnUnknownStateIsThatItMoves) { EXPECT_EQ(ProspectOf({}, {}), kMoving); }

TEST(Outlook, IsSettledWithNothing) { EXPECT_EQ(OutlookOf({}), Outlook::kSettled); }

TEST(Outlook, OfManyIsThatOfTheMostHopeful) {
  struct Case {
    std::vector<Prospect> prospects;
    Outlook want;
  };
  const std::vector<Case> cases{
      {{kSettled, kSettled}, Outlook::kSettled},
      {{kSettled, kMoving, kNeedsSomebody}, Outlook::kMoving},
      {{kSettled, kMayHeal, kNeedsSomebody}, Outlook::kTroubled},
      {{kSettled, kNeedsSomebody}, Outlook::kStuck},
      {{kNeedsSomebody, kDepends}, Outlook::kStuck},
      {{kMayHeal, kDepends}, Outlook::kTroubled},
      {{kSettled, kDepends}, Outlook::kMoving},
  };
  for (const Case& c : cases) EXPECT_EQ(OutlookOf(c.prospects), c.want);
}

TEST(ExitCode, TellsTroubleFromWaiting) {
  const auto ready = std::make_shared<const ObjectState>(With(kTrue, "Reconciled"));
  const auto waiting = std::make_shared<const ObjectState>(With(kFalse, "WaitingForSource"));
  const auto refused = std::make_shared<const ObjectState>(With(kFalse, "PolicyDenied"));
  EXPECT_EQ(ExitCodeFor(std::vector<ObjectStatePtr>{ready}), ExitCode::kOk);
  EXPECT_EQ(ExitCodeFor(std::vector<ObjectStatePtr>{ready, waiting}), ExitCode::kNotReady);
  EXPECT_EQ(ExitCodeFor(std::vector<ObjectStatePtr>{waiting, refused}), ExitCode::kRefused);
}

}  // namespace
}  // namespace labgallery::cli
