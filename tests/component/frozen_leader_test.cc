// A leader that stands still between its last check and the arrival of its request, while another
// one takes over: what of the first one still has an effect, and what has none.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/component/campus.h"
#include "tests/component/site.h"

namespace labgallery::component {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Duration kFrozen = seconds(90);

runtime::LeaseOptions LeaseOf(const std::string& identity) {
  return {.key = {"default", "labgallery"}, .identity = identity};
}

class TwoSites : public testing::Test {
 protected:
  TwoSites() {
    HaveGroup(world_);
    Hurry(world_);
    a_.Start();
    world_.Run(seconds(1));
    b_.Start();
    world_.Run(seconds(5));
  }
  bool InAzure(const std::string& id) { return world_.Resource(id).IsObject(); }
  bool IsMade() {
    return InAzure(GalleryId()) &&
           world_.Condition("SharedImageGallery", "teaching") == "True/Reconciled";
  }

  World world_;
  Site a_{world_, LeaseOf("a")};
  Site b_{world_, LeaseOf("b")};
};

enum class Begin { kNothing, kGallery, kForeignGallery };

struct Row {
  std::string name;
  Begin begin;
  std::function<void(World&)> change;  // what a has to do
  std::string method;                  // the request that it stands still at
  std::string target;                  // part of its URL, or of its body
  std::function<void(World&)> meanwhile;
  int status;        // of that request
  std::string more;  // that is in Azure afterwards, and was not before
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class AFrozenLeader : public TwoSites, public testing::WithParamInterface<Row> {
 protected:
  void Begin() {
    if (GetParam().begin == Begin::kForeignGallery) HaveGallery(world_);
    if (GetParam().begin != Begin::kGallery) return;
    world_.Apply(Gallery());
    ASSERT_TRUE(world_.RunUntil([&] { return IsMade(); }));
  }
};

TEST_P(AFrozenLeader, DoesNoHarm) {
  Begin();
  const Row& row = GetParam();
  a_.freezer().FreezeAt(
      [&row](const http::Request& request) {
        return http::Name(request.method) == row.method &&
               (request.url + request.body).find(row.target) != std::string::npos;
      },
      kFrozen);
  row.change(world_);
  for (int i = 0; i < 600 && !a_.freezer().thaws(); ++i) world_.Run(milliseconds(100));
  ASSERT_TRUE(a_.freezer().thaws());
  EXPECT_TRUE(a_.Leads());
  const SteadyTime thaws = *a_.freezer().thaws();
  if (row.meanwhile) row.meanwhile(world_);
  world_.Run(seconds(15));
  ASSERT_TRUE(b_.Leads());
  world_.Run(thaws - world_.clock().SteadyNow() - seconds(1));

  const std::size_t before = a_.freezer().sent().size();
  const std::string remained = world_.Remains();
  const bool more_before = !row.more.empty() && InAzure(row.more);
  world_.Run(seconds(2));

  // The one request was under way; it is the last one.
  const std::vector<SentWrite> sent = a_.freezer().sent();
  ASSERT_THAT(sent, SizeIs(before + 1));
  EXPECT_EQ(sent.back().status, row.status) << sent.back().text;
  world_.Run(seconds(60));
  EXPECT_THAT(a_.freezer().sent(), SizeIs(before + 1));
  EXPECT_TRUE(b_.Leads());
  if (row.more.empty()) {
    EXPECT_EQ(world_.Remains(), remained);
  } else {
    EXPECT_FALSE(more_before);
    EXPECT_EQ(OwnerOf(world_, row.more), "test/labs/teaching");
    EXPECT_FALSE(world_.Exists("SharedImageGallery", "teaching"));
  }
}

void ApplyIt(World& world) { world.Apply(Gallery()); }
void DeleteIt(World& world) { world.Delete("SharedImageGallery", "teaching"); }
// The new leader has removed the first one by then.
void DeleteAndMakeAnew(World& world) {
  world.Run(seconds(20));
  EXPECT_FALSE(world.Exists("SharedImageGallery", "teaching"));
  ApplyIt(world);
}
void DescribeIt(World& world) { world.Apply(Gallery("description: new\n")); }

INSTANTIATE_TEST_SUITE_P(AtA, AFrozenLeader,
                         testing::ValuesIn(std::vector<Row>{
                             {"StatusPatchThatTheServerRefuses", Begin::kNothing, ApplyIt, "PATCH",
                              "/status", nullptr, 422, ""},
                             {"FinalizerPatchThatTheServerRefuses", Begin::kNothing, ApplyIt,
                              "PATCH", "sharedimagegalleries/teaching", nullptr, 422, ""},
                             {"PutThatMakesWhatTheNewLeaderHasMade", Begin::kNothing, ApplyIt,
                              "PUT", "/galleries/teaching", nullptr, 200, ""},
                             {"PutThatChangesWhatTheNewLeaderHasChanged", Begin::kGallery,
                              DescribeIt, "PATCH", "/galleries/teaching", nullptr, 200, ""},
                             {"DeleteOfWhatTheNewLeaderHasDeleted", Begin::kGallery, DeleteIt,
                              "DELETE", "/galleries/teaching", nullptr, 204, ""},
                             {"FinalizerRemovalThatMeetsALaterObject", Begin::kGallery, DeleteIt,
                              "PATCH", R"("op":"remove")", DeleteAndMakeAnew, 422, ""},
                             {"PostOfAnEvent", Begin::kForeignGallery,
                              [](World& world) { world.Apply(Gallery("adoption: Never\n")); },
                              "POST", "/events", nullptr, 201, ""},
                             {"PutAfterTheNewLeadersDeleteWhichLeavesATaggedResource",
                              Begin::kNothing, ApplyIt, "PUT", "/galleries/teaching", DeleteIt, 201,
                              GalleryId()}}),
                         [](const auto& row) { return row.param.name; });

struct Left {
  std::string name;
  Duration since_renewal;
  bool kubernetes;
  bool azure;
};

class ALeaderThatCannotRenew : public TwoSites, public testing::WithParamInterface<Left> {};

TEST_P(ALeaderThatCannotRenew, SendsOnlyWhatThereIsTimeFor) {
  world_.Apply(Gallery("", "first"));
  ASSERT_TRUE(world_.RunUntil(
      [&] { return world_.Condition("SharedImageGallery", "first") == "True/Reconciled"; }));
  a_.freezer().LoseTheLease();
  const SteadyTime renewed = a_.Renewed();
  world_.clock().SleepUntil(renewed + GetParam().since_renewal, {});
  const std::size_t before = a_.freezer().sent().size();
  world_.Delete("SharedImageGallery", "first");
  world_.Apply(Gallery());
  world_.Run(milliseconds(100));
  bool kubernetes = false;
  bool azure = false;
  const std::vector<SentWrite> sent = a_.freezer().sent();
  for (std::size_t i = before; i < sent.size(); ++i) {
    (sent[i].text.find("labgallery.io") != std::string::npos ? kubernetes : azure) = true;
  }
  EXPECT_EQ(kubernetes, GetParam().kubernetes);
  EXPECT_EQ(azure, GetParam().azure);
  // Nobody else may lead while its Lease has not lapsed.
  world_.clock().SleepUntil(renewed + seconds(10), {});
  EXPECT_FALSE(b_.Leads());
  EXPECT_TRUE(a_.op().lost().stop_requested());
  EXPECT_TRUE(world_.RunUntil([&] { return b_.Leads() && IsMade(); }));
  EXPECT_FALSE(world_.Exists("SharedImageGallery", "first"));
}

INSTANTIATE_TEST_SUITE_P(Times, ALeaderThatCannotRenew,
                         testing::ValuesIn(std::vector<Left>{
                             {"EverythingInTheFirstHalf", milliseconds(4500), true, true},
                             {"OnlyGuardedWritesInTheSecondHalf", milliseconds(5500), true, false},
                             {"NothingOnceItHasGivenUp", milliseconds(7500), false, false}}),
                         [](const auto& row) { return row.param.name; });

TEST_F(TwoSites, HandOverWithoutAWriteTooMany) {
  world_.Apply(Gallery());
  ASSERT_TRUE(world_.RunUntil([&] { return IsMade(); }));
  const std::string remained = world_.Remains();
  a_.Stop();
  ASSERT_TRUE(world_.RunUntil([&] { return b_.Leads(); }, seconds(2)));
  world_.Run(std::chrono::minutes(20));
  EXPECT_THAT(b_.freezer().sent(), IsEmpty());
  EXPECT_EQ(world_.Remains(), remained);
}

}  // namespace
}  // namespace labgallery::component
