// The operator ends in the middle of each kind of long operation, and another begins: the signed
// URLs are gone, Azure goes on. The end is the same, and nothing is there twice.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "src/base/text.h"
#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using std::chrono::minutes;

struct Row {
  const char* name;
  std::function<void(World&)> before;  // until it has settled
  std::function<void(World&)> begin;   // the operation
  std::string write;                   // "METHOD path", as it is sent
  bool gone = false;                   // its target, in the end
};

class Restart : public testing::TestWithParam<Row> {};

std::size_t Sent(World& world, const std::string& write) {
  std::size_t count = 0;
  for (const std::string& line : ToAzure(world.effects().log())) {
    if (EqualsIgnoreCase(line, write)) ++count;
  }
  return count;
}

TEST_P(Restart, InTheMiddleOfAnOperationGoesOn) {
  const Row& row = GetParam();
  World world;
  HaveGroup(world);
  HaveManagedImage(world);
  for (const char* slow : {"galleryWrite", "galleryDelete", "definitionWrite", "definitionDelete",
                           "accountWrite", "attach", "detach", "switchImage"})
    Set(world, slow, 600);
  world.StartOperator();
  row.before(world);
  ASSERT_TRUE(world.Settle()) << world.Remains();
  const std::size_t before = Sent(world, row.write);
  row.begin(world);
  ASSERT_TRUE(world.RunUntil([&] { return Sent(world, row.write) > before; }));
  world.Run(minutes(1));
  world.StopOperator();
  world.Run(minutes(1));
  world.StartOperator();
  ASSERT_TRUE(world.Settle()) << world.Remains();
  const std::string id = row.write.substr(row.write.find('/'));
  EXPECT_EQ(world.Resource(id).IsObject(), !row.gone);
  // The same write may be repeated; there is no third, and none for another name.
  EXPECT_LE(Sent(world, row.write), before + 2);
  const std::string collection = Lower("PUT " + id.substr(0, id.rfind('/') + 1));
  for (const std::string& sent : ToAzure(world.effects().log())) {
    const std::string line = Lower(sent);
    const bool is_sibling =
        line.starts_with(collection) && line.find('/', collection.size()) == std::string::npos;
    if (is_sibling) {
      EXPECT_EQ(line, Lower("PUT " + id));
    }
  }
}

void Nothing(World&) {}
void WithGallery(World& world) { world.Apply(Gallery("deletionPolicy: Delete")); }
void WithImage(World& world) {
  WithGallery(world);
  world.Apply(Image("deletionPolicy: Delete\nreplication: {scope: SourceOnly}"));
}
void WithAttachment(World& world) {
  WithGallery(world);
  world.Apply(Account(kAttachTeaching));
}

INSTANTIATE_TEST_SUITE_P(
    Operator, Restart,
    testing::Values(Row{"AGalleryIsMade", Nothing, WithGallery, "PUT " + GalleryId()},
                    Row{"ADefinitionIsMade", WithGallery, WithImage, "PUT " + DefinitionId()},
                    Row{"AVersionIsMade", WithGallery, WithImage, "PUT " + VersionId()},
                    Row{"ARegionIsAdded", WithImage,
                        [](World& world) {
                          world.Apply(Image(
                              "deletionPolicy: Delete\n"
                              "replication: {scope: Regions, regions: [{name: northeurope}]}"));
                        },
                        "PUT " + VersionId()},
                    Row{"AVersionIsRemoved", WithImage,
                        [](World& world) { world.Delete("Image", "ubuntu"); },
                        "DELETE " + VersionId(), true},
                    Row{"AGalleryIsRemoved", WithGallery,
                        [](World& world) { world.Delete("SharedImageGallery", "teaching"); },
                        "DELETE " + GalleryId(), true},
                    Row{"AnAccountIsMade", Nothing, [](World& world) { world.Apply(Account("")); },
                        "PUT " + AccountId()},
                    Row{"AGalleryIsAttached", WithGallery, WithAttachment, "PUT " + AttachmentId()},
                    Row{"AGalleryIsDetached", WithAttachment,
                        [](World& world) { world.Apply(Account("gallery: {state: Detached}")); },
                        "DELETE " + AttachmentId(), true}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::component
