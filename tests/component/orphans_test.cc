// Azure resources that carry our tag and have no object: named, and never touched.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/cli/election.h"
#include "controller/domain/names.h"
#include "src/json/parse.h"
#include "src/kube/model/request.h"
#include "tests/component/campus.h"
#include "tests/component/site.h"

namespace labgallery::component {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class OrphansTest : public testing::Test {
 protected:
  OrphansTest() {
    HaveGroup(world_);
    Hurry(world_);
    site_ = std::make_unique<Site>(world_, *cli::LeaseFor({}, "holder", "default"));
    site_->Start();
    world_.Apply(Gallery("deletionPolicy: Delete"));
    EXPECT_TRUE(Reaches("teaching"));
  }
  bool Reaches(const std::string& gallery) {
    return world_.RunUntil(
        [&] { return world_.Condition("SharedImageGallery", gallery) == "True/Reconciled"; });
  }
  std::size_t Of(domain::Kind kind) { return site_->op().op().orphans().Counts().at(kind); }
  std::size_t All() {
    std::size_t all = 0;
    for (const auto& [kind, count] : site_->op().op().orphans().Counts()) all += count;
    return all;
  }
  std::vector<std::string> Events() {
    static const kube::ResourceType kEvents{"events.k8s.io", "v1", "Event", "events", true};
    const http::Reply reply = world_.KubeHandler()(kube::ListRequest(kEvents, "default", {}));
    const auto list = kube::ReadList(std::get<http::Response>(reply).body);
    std::vector<std::string> notes;
    for (const json::Value& event : list->items)
      notes.push_back(std::string(event.Text({"reason"})) + ": " +
                      std::string(event.Text({"note"})));
    return notes;
  }
  /// More than two looks at everything.
  void LookTwice() { world_.Run(minutes(13)); }

  World world_;
  std::unique_ptr<Site> site_;
};

TEST_F(OrphansTest, AreNamedCountedAndLeftAlone) {
  HaveGallery(world_, "lost", OwnerTags("test/labs/lost"));
  HaveDefinition(world_, "ubuntu", "lost");
  HaveVersion(world_, "1.0.0", "ubuntu", "lost", OwnerTags("test/labs/ubuntu"));
  const auto before = site_->freezer().sent().size();
  LookTwice();
  EXPECT_EQ(Of(domain::Kind::kSharedImageGallery), 1U);
  EXPECT_EQ(Of(domain::Kind::kImage), 1U);
  EXPECT_EQ(Of(domain::Kind::kLabAccount), 0U);
  EXPECT_THAT(Events(),
              UnorderedElementsAre(AllOf(HasSubstr("OrphanFound"), HasSubstr(GalleryId("lost")),
                                         HasSubstr("'test/labs/lost'")),
                                   HasSubstr(VersionId("1.0.0", "ubuntu", "lost"))));
  for (std::size_t i = before; i < site_->freezer().sent().size(); ++i)
    EXPECT_THAT(site_->freezer().sent()[i].text, HasSubstr("/events"));
}

TEST_F(OrphansTest, AreNoneOnceTheirObjectIsThere) {
  HaveGallery(world_, "lost", OwnerTags("test/labs/lost"));
  LookTwice();
  ASSERT_EQ(All(), 1U);
  world_.Apply(Gallery("", "lost"));
  EXPECT_TRUE(Reaches("lost"));
  LookTwice();
  EXPECT_EQ(All(), 0U);
}

TEST_F(OrphansTest, AreNotWhatOthersOwnOrOwned) {
  HaveGallery(world_, "other", OwnerTags("other/labs/lost"));
  HaveGallery(world_, "plain");
  HaveGallery(world_, "released", json::Value::Object{{"labgallery-released", "test/labs/gone"}});
  LookTwice();
  EXPECT_EQ(All(), 0U);
  EXPECT_THAT(Events(), IsEmpty());
}

// Resource Graph shows for a while what was just deleted.
TEST_F(OrphansTest, AreNotWhatOneLatePictureShows) {
  Set(world_, "graphLag", 240);
  world_.Apply(Gallery("deletionPolicy: Delete", "brief"));
  EXPECT_TRUE(Reaches("brief"));
  world_.Delete("SharedImageGallery", "brief");
  EXPECT_TRUE(world_.RunUntil([&] { return !world_.Exists("SharedImageGallery", "brief"); }));
  for (int i = 0; i < 30; ++i) {
    world_.Run(minutes(1));
    EXPECT_EQ(All(), 0U) << i;
  }
}

// The API server removes an object in spite of a finalizer that is written while it deletes: where
// that is known before Azure is written to, nothing is left behind.
TEST_F(OrphansTest, AreNotMadeForAnObjectThatGoesWhileItIsLookedAt) {
  site_->freezer().FreezeAt(
      [this](const http::Request& request) {
        return request.method == http::Method::kGet &&
               request.url.find("/galleries/brief") != std::string::npos &&
               json::Dump(world_.Object("SharedImageGallery", "brief")).find("finalizers") !=
                   std::string::npos;
      },
      seconds(2));
  world_.Apply(Gallery("deletionPolicy: Delete", "brief"));
  for (int i = 0; i < 600 && !site_->freezer().thaws(); ++i) world_.Run(milliseconds(100));
  ASSERT_TRUE(site_->freezer().thaws().has_value());
  json::Value no_finalizer;
  no_finalizer.Set("metadata", {}).Set("finalizers", {});
  world_.KubeHandler()(
      kube::MergePatchRequest(domain::ResourceTypeOf(domain::Kind::kSharedImageGallery),
                              {"labs", "brief"}, "", no_finalizer));
  world_.Delete("SharedImageGallery", "brief");
  LookTwice();
  EXPECT_TRUE(site_->Leads());
  EXPECT_FALSE(world_.Exists("SharedImageGallery", "brief"));
  EXPECT_FALSE(world_.Resource(GalleryId("brief")).IsObject());
  EXPECT_EQ(All(), 0U);
}

}  // namespace
}  // namespace labgallery::component
