// Several operators that share the work by namespaces, and two that do so by mistake.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "controller/cli/election.h"
#include "src/kube/model/request.h"
#include "tests/component/campus.h"
#include "tests/component/site.h"

namespace labgallery::component {
namespace {

using std::chrono::seconds;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Matches;
using testing::Not;

class ShardsTest : public testing::Test {
 protected:
  ShardsTest() {
    HaveGroup(world_);
    Hurry(world_);
    for (const char* name : {"red", "blue", "plain"}) world_.AddNamespace(name);
    Label("red", "red");
    Label("blue", "blue");
  }
  void Label(const std::string& name_space, const std::string& team) {
    static const kube::ResourceType kNamespace{"", "v1", "Namespace", "namespaces", false};
    json::Value patch;
    patch.Set("metadata", {}).Set("labels", {}).Set("team", team);
    const http::Reply reply =
        world_.KubeHandler()(kube::MergePatchRequest(kNamespace, {"", name_space}, "", patch));
    ASSERT_EQ(std::get<http::Response>(reply).status, 200);
  }
  std::unique_ptr<Site> Make(const std::string& shard, const std::string& selector) {
    cli::ControllerOptions options;
    options.election.shard = shard;
    options.election.namespace_selector = selector;
    return std::make_unique<Site>(world_, *cli::LeaseFor(options, "holder-" + shard, "default"),
                                  *kube::ParseLabelSelector(selector));
  }
  bool IsReady(const std::string& name_space) {
    return world_.Condition("SharedImageGallery", name_space, "Ready", name_space) ==
           "True/Reconciled";
  }
  /// Each namespace has a gallery of its own name.
  void Apply(const std::string& name_space, const std::string& spec = "") {
    world_.Apply(Gallery(spec, name_space, name_space));
  }
  std::vector<std::string> OverlapEvents() {
    static const kube::ResourceType kEvents{"events.k8s.io", "v1", "Event", "events", true};
    const http::Reply reply = world_.KubeHandler()(kube::ListRequest(kEvents, "default", {}));
    const auto list = kube::ReadList(std::get<http::Response>(reply).body);
    std::vector<std::string> notes;
    for (const json::Value& event : list->items) {
      EXPECT_EQ(event.Text({"reason"}), "OperatorsOverlap");
      notes.push_back(std::string(event.Text({"regarding", "name"})) + ": " +
                      std::string(event.Text({"note"})));
    }
    return notes;
  }

  World world_;
};

std::vector<std::string> SentBy(Site& site) {
  std::vector<std::string> texts;
  for (const SentWrite& write : site.freezer().sent()) texts.push_back(write.text);
  return texts;
}

TEST_F(ShardsTest, WorkOnTheNamespacesThatTheySelect) {
  const auto red = Make("red", "team=red");
  const auto blue = Make("blue", "team in (blue)");
  red->Start();
  blue->Start();
  for (const char* name : {"red", "blue", "plain"}) Apply(name);
  ASSERT_TRUE(world_.RunUntil([&] { return IsReady("red") && IsReady("blue"); }));
  EXPECT_TRUE(red->Leads());
  EXPECT_TRUE(blue->Leads());
  EXPECT_THAT(SentBy(*red), Each(HasSubstr("/red")));
  EXPECT_THAT(SentBy(*blue), Each(HasSubstr("/blue")));
  EXPECT_EQ(world_.Condition("SharedImageGallery", "plain", "Ready", "plain"), "");
  EXPECT_THAT(OverlapEvents(), IsEmpty());
}

TEST_F(ShardsTest, TakeOverANamespaceThatIsLabelledAnew) {
  const auto red = Make("red", "team=red");
  const auto blue = Make("blue", "team=blue");
  red->Start();
  blue->Start();
  Apply("plain");
  world_.Run(seconds(60));
  EXPECT_FALSE(IsReady("plain"));
  Label("plain", "red");
  ASSERT_TRUE(world_.RunUntil([&] { return IsReady("plain"); }));
  const std::size_t before = SentBy(*red).size();
  Label("plain", "blue");
  world_.Run(seconds(1));
  Apply("plain", "description: new\n");
  ASSERT_TRUE(world_.RunUntil([&] { return !SentBy(*blue).empty(); }));
  EXPECT_EQ(SentBy(*red).size(), before);
}

TEST_F(ShardsTest, LeaveANamespaceToTheOlderOneAndSaySo) {
  const auto all = Make("all", "");
  all->Start();
  Apply("red");
  ASSERT_TRUE(world_.RunUntil([&] { return IsReady("red"); }));
  const auto red = Make("red", "team=red");
  red->Start();
  world_.Run(seconds(60));
  EXPECT_TRUE(red->Leads());
  Apply("red", "description: new\n");
  Apply("blue");
  ASSERT_TRUE(world_.RunUntil([&] { return IsReady("red") && IsReady("blue"); }));
  EXPECT_THAT(SentBy(*red), Each(HasSubstr("/namespaces/default/events")));
  EXPECT_THAT(OverlapEvents(), Contains(HasSubstr("labgallery-red: ")));
  EXPECT_THAT(OverlapEvents(), Contains(HasSubstr("labgallery-all: ")));
  EXPECT_THAT(OverlapEvents(), Contains(HasSubstr("namespaces: red. ")));

  // The other one has gone: what was left to it is taken.
  all->Stop();
  world_.Run(seconds(60));
  Apply("red", "description: newer\n");
  ASSERT_TRUE(world_.RunUntil([&] {
    return world_.Resource(GalleryId("red")).Text({"properties", "description"}) == "newer";
  }));
  // What Azure has is noted as sent only when its answer has arrived.
  EXPECT_TRUE(
      world_.RunUntil([&] { return Matches(Contains(Not(HasSubstr("events"))))(SentBy(*red)); }));
}

TEST_F(ShardsTest, WithoutALeaseSayThatAnotherOneIsAtWorkAndGoOn) {
  const auto all = Make("all", "");
  all->Start();
  world_.Run(seconds(60));
  http::InProcessTransport kube(world_.KubeHandler());
  http::InProcessTransport azure(world_.AzureHandler());
  std::atomic<std::size_t> shared = 0;
  reconcile::OperatorOptions options;
  options.home = "default";
  options.runtime.observer.on_overlap = [&shared](std::size_t namespaces) { shared = namespaces; };
  const auto free = world_.MakeOperator(kube, azure, std::nullopt, std::move(options));
  free->Start();
  EXPECT_TRUE(world_.RunUntil([&] { return shared > 0; }, std::chrono::minutes(1)));
  EXPECT_TRUE(free->op().Handles("red"));
  EXPECT_THAT(OverlapEvents(), IsEmpty()) << "there is no Lease to tell it of";
  all->Stop();
  EXPECT_TRUE(world_.RunUntil([&] { return shared == 0; }, std::chrono::minutes(1)));
  free->Stop();
}

}  // namespace
}  // namespace labgallery::component
