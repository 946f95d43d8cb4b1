#include "controller/cli/stored_objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/cli/embedded_servers.h"
#include "controller/domain/names.h"
#include "src/base/random.h"
#include "src/kube/model/request.h"
#include "tests/unit/controller/cli/manifest_files_for_tests.h"

namespace labgallery::cli {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::string Gallery(const std::string& name, const std::string& more = "") {
  return "apiVersion: labgallery.io/v1alpha1\nkind: SharedImageGallery\n"
         "metadata: {name: " +
         name + ", namespace: labs}\n" +
         "spec: {subscriptionId: 00000000-0000-0000-0000-000000000001, resourceGroup: rg, "
         "location: westeurope" +
         more + "}\n---\n";
}

/// The embedded API with its writes counted.
class StoredObjects : public testing::Test {
 protected:
  StoredObjects()
      : kube_(*EmbeddedKube::Start(clock_, random_, nullptr)),
        transport_([this](const http::Request& request) {
          if (!http::IsRead(request.method)) writes_.push_back(request.url);
          return kube_->Handler()(request);
        }),
        client_(transport_, transport_, clock_, {.origin = kEmbeddedKube}),
        writer_(client_, Kinds()) {}

  Written Write(const std::string& text) {
    const Manifests manifests = LoadText(text);
    EXPECT_THAT(manifests.errors, IsEmpty());
    writes_.clear();
    const auto written = writer_.Write(manifests, {});
    EXPECT_TRUE(written) << written.error().ToString();
    return written.value_or(Written{});
  }
  std::vector<json::Value> Galleries() {
    return *ListObjects(client_, domain::ResourceTypeOf(domain::Kind::kSharedImageGallery), {});
  }

  RealClock clock_;
  SeededRandom random_{1};
  std::unique_ptr<EmbeddedKube> kube_;
  std::vector<std::string> writes_;
  http::InProcessTransport transport_;
  kube::Client client_;
  ObjectWriter writer_;
};

TEST_F(StoredObjects, AreCreatedWithTheirNamespace) {
  const Written written = Write(Gallery("a") + Gallery("b"));
  EXPECT_EQ(written.created, 2);
  EXPECT_EQ(written.Summary(), "2 created");
  EXPECT_THAT(Galleries(), SizeIs(2));
}

TEST_F(StoredObjects, AreWrittenOnlyOnce) {
  const std::string text =
      "apiVersion: v1\nkind: Namespace\n"
      "metadata: {name: labs, labels: {a: b}, annotations: {labgallery.io/default-adoption: Never}}"
      "\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: labs}\n"
      "stringData: {password: x}\ndata: {user: eA==}\n---\n" +
      Gallery("a", ", tags: {department: cs}");
  Write(text);
  EXPECT_THAT(writes_, SizeIs(3));
  const Written again = Write(text);
  EXPECT_EQ(again.unchanged, 1);
  EXPECT_EQ(again.Summary(), "nothing to change");
  EXPECT_THAT(writes_, IsEmpty());
}

TEST_F(StoredObjects, AreWrittenOnceWhereTheServerFillsInDefaults) {
  const std::string account =
      "apiVersion: labgallery.io/v1alpha1\nkind: LabAccount\n"
      "metadata: {name: cs, namespace: labs}\n"
      "spec: {service: LabAccount, subscriptionId: 00000000-0000-0000-0000-000000000001, "
      "resourceGroup: rg, location: westeurope, gallery: {state: Detached}}\n";
  Write(account);
  Write(account);
  EXPECT_THAT(writes_, IsEmpty());
}

TEST_F(StoredObjects, AreReplacedWhereTheyDiffer) {
  Write(Gallery("a", ", description: old, tags: {made: hand}"));
  const Written written = Write(Gallery("a", ", description: new"));
  EXPECT_EQ(written.changed, 1);
  EXPECT_EQ(Galleries().front().Text({"spec", "description"}), "new");
  EXPECT_EQ(Galleries().front().At({"spec", "tags"}), nullptr) << "what left the file is gone";
}

TEST_F(StoredObjects, KeepFinalizersAndStatusWhenTheyAreReplaced) {
  Write(Gallery("a"));
  const auto type = domain::ResourceTypeOf(domain::Kind::kSharedImageGallery);
  const auto meta = kube::ReadMeta(Galleries().front());
  ASSERT_TRUE(client_.PatchJson({.type = type, .key = {"labs", "a"}},
                                kube::AddFinalizerPatch(*meta, "labgallery.io/azure-cleanup"), {}));
  Write(Gallery("a", ", description: new"));
  EXPECT_TRUE(kube::ReadMeta(Galleries().front())->HasFinalizer("labgallery.io/azure-cleanup"));
}

TEST_F(StoredObjects, AreHeldUpWhileTheyAreDeleted) {
  Write(Gallery("a"));
  const auto type = domain::ResourceTypeOf(domain::Kind::kSharedImageGallery);
  const kube::Target target{.type = type, .key = {"labs", "a"}};
  const auto meta = kube::ReadMeta(Galleries().front());
  ASSERT_TRUE(client_.PatchJson(target, kube::AddFinalizerPatch(*meta, "labgallery.io/x"), {}));
  ASSERT_TRUE(client_.Delete(target, "", {}));
  EXPECT_THAT(Write(Gallery("a")).held_up, SizeIs(1));
  EXPECT_THAT(writes_, IsEmpty());
  const auto marked = kube::ReadMeta(Galleries().front());
  ASSERT_TRUE(
      client_.PatchJson(target, kube::RemoveFinalizerPatch(*marked, "labgallery.io/x"), {}));
  EXPECT_EQ(Write(Gallery("a")).created, 1);
}

TEST_F(StoredObjects, ThatLeftTheFilesArePruned) {
  Write(Gallery("a") + Gallery("b"));
  EXPECT_EQ(*writer_.Prune(LoadText(Gallery("b")), {}), 1);
  ASSERT_THAT(Galleries(), SizeIs(1));
  EXPECT_EQ(Galleries().front().Text({"metadata", "name"}), "b");
}

TEST_F(StoredObjects, ArePagedThrough) {
  std::string text;
  for (int i = 0; i < 501; ++i) text += Gallery("g" + std::to_string(i));
  Write(text);
  EXPECT_THAT(Galleries(), SizeIs(501));
}

}  // namespace
}  // namespace labgallery::cli
