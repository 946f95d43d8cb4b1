#include "controller/cli/object_views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/cli/display.h"
#include "controller/cli/line_stream.h"
#include "controller/cli/screen_text.h"

namespace labgallery::cli {
namespace {

using kube::ConditionStatus;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::ResultOf;
using testing::StartsWith;

ObjectState Image(const std::string& name, ConditionStatus ready, std::string reason) {
  ObjectState state{.key = {1, {"labs", name}}, .kind = "Image"};
  state.current = true;
  state.ready = ready;
  state.reason = std::move(reason);
  return state;
}

ObjectStatePtr Shared(ObjectState state) {
  return std::make_shared<const ObjectState>(std::move(state));
}

ObjectState Filling(const std::string& name) {
  ObjectState state = Image(name, ConditionStatus::kFalse, "Replicating");
  state.message = "version 1.0.0 is on its way";
  state.replicated = "1/2";
  state.regions = {{"westeurope", "Completed", 100}, {"northeurope", "Replicating", 50}};
  return state;
}

TEST(ChangeLine, NamesObjectReasonRegionsAndMessage) {
  EXPECT_EQ(ChangeLine({Shared(Filling("ubuntu"))}),
            "Image labs/ubuntu: not ready, Replicating, regions 1/2: version 1.0.0 is on its way");
}

TEST(ChangeLine, SaysWhatIsReadyDeletedAndGone) {
  ObjectState state = Image("ubuntu", ConditionStatus::kTrue, "Reconciled");
  EXPECT_EQ(ChangeLine({Shared(state)}), "Image labs/ubuntu: Ready, Reconciled");
  EXPECT_EQ(ChangeLine({Shared(state), true}), "Image labs/ubuntu: gone");
  state.deleting = true;
  EXPECT_EQ(ChangeLine({Shared(state)}), "Image labs/ubuntu: being deleted, Reconciled");
}

TEST(Frame, DrawsABarForEachRegionThatFills) {
  const std::vector<ObjectStatePtr> objects{Shared(Filling("ubuntu"))};
  const auto lines = Frame("title", objects, {.width = 100, .height = 24});
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0], "title");
  EXPECT_THAT(lines[1], HasSubstr("labs/ubuntu"));
  EXPECT_THAT(lines[2], HasSubstr("████████████████████████ 100% Completed"));
  EXPECT_THAT(lines[3], HasSubstr("████████████░░░░░░░░░░░░ 50% Replicating"));
}

TEST(Frame, LeavesOutTheBarsOfWhatIsDone) {
  ObjectState state = Image("ubuntu", ConditionStatus::kTrue, "Reconciled");
  state.regions = {{"westeurope", "Completed", 100}};
  EXPECT_EQ(Frame("t", std::vector{Shared(state)}, {}).size(), 2U);
}

TEST(Frame, FitsTheScreen) {
  std::vector<ObjectStatePtr> objects;
  for (int i = 0; i < 50; ++i)
    objects.push_back(Shared(Image("i" + std::to_string(i), ConditionStatus::kTrue, "Reconciled")));
  objects.push_back(Shared(Filling("last")));
  const auto lines = Frame(std::string(60, 't'), objects, {.width = 40, .height = 10});
  EXPECT_EQ(lines.size(), 10U);
  EXPECT_THAT(lines, Each(ResultOf(Width, testing::Le(40U))));
  EXPECT_THAT(lines[1], HasSubstr("labs/last")) << "what is open comes first";
  EXPECT_THAT(lines.back(), HasSubstr("more"));
}

TEST(Frame, FitsTheSmallestScreen) {
  EXPECT_EQ(Frame("t", std::vector{Shared(Filling("a"))}, {.width = 1, .height = 1}).size(), 2U);
}

TEST(Frame, HasColoursOnlyOnRequest) {
  const std::vector<ObjectStatePtr> objects{Shared(Filling("a"))};
  EXPECT_THAT(Frame("t", objects, {.colour = false}), Each(Not(HasSubstr("\x1b"))));
  EXPECT_THAT(Frame("t", objects, {.colour = true})[1], StartsWith("\x1b["));
}

TEST(FinalTable, HasOneRowAnObjectAndTheMessagesBelow) {
  ObjectState ready = Image("a", ConditionStatus::kTrue, "Reconciled");
  ready.details = "version 1.0.0";
  ready.cost = "1.00 EUR/month";
  ObjectState refused = Image("bb", ConditionStatus::kFalse, "PolicyDenied");
  refused.message = "a policy\nforbids it";
  EXPECT_THAT(
      FinalTable(std::vector{Shared(ready), Shared(refused)}),
      ElementsAre("KIND   NAMESPACE/NAME  READY  REASON        DETAILS        COST",
                  "Image  labs/a          True   Reconciled    version 1.0.0  1.00 EUR/month",
                  "Image  labs/bb         False  PolicyDenied", "",
                  "Image labs/bb: a policy forbids it"));
}

TEST(FinalTable, SaysThatThereIsNothing) { EXPECT_THAT(FinalTable({}), ElementsAre("no objects")); }

TEST(Display, PrintsOneLineAChangeWithoutATerminal) {
  std::ostringstream out;
  Display display(out, {});
  display.Say("first");
  display.Show("title", {{Shared(Filling("a"))}}, {});
  display.Show("title", {}, std::vector{Shared(Filling("a"))});
  display.Finish();
  EXPECT_EQ(out.str(), "first\n" + ChangeLine({Shared(Filling("a"))}) + "\n");
}

TEST(Display, RedrawsInPlaceOnATerminal) {
  std::ostringstream out;
  {
    Display display(out, {.live = true});
    display.Show("one", {}, {});
    display.Show("one", {}, {});
    display.Show("two", {}, {});
    display.Say("stays");
  }
  const std::string up = "\x1b[1A\r\x1b[0J";
  EXPECT_EQ(out.str(), "\x1b[?25lone\n" + up + "two\n" + up + "stays\ntwo\n" + up + "\x1b[?25h");
}

TEST(LineStream, HandsOverWholeLines) {
  std::vector<std::string> lines;
  LineStream stream([&](const std::string& line) { lines.push_back(line); });
  stream << "a" << 1 << "\n\nb";
  EXPECT_THAT(lines, ElementsAre("a1", ""));
  stream << std::endl;
  EXPECT_THAT(lines, ElementsAre("a1", "", "b"));
}

}  // namespace
}  // namespace labgallery::cli
