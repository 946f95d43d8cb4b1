// The status subresource, and what moves the generation.
#include "tests/contract/api.h"

namespace labgallery::contract {
namespace {

class StatusContract : public Contract {};

TEST_F(StatusContract, IgnoresAStatusInTheMainResource) {
  json::Value widget = Widget("a");
  widget.Set("status", Json(R"({"phase": "made up"})"));
  const Answer created = Post(Widgets(), widget);
  EXPECT_EQ(created.body.Find("status"), nullptr);
  json::Value changed = created.body;
  changed.Set("status", Json(R"({"phase": "made up"})"));
  EXPECT_EQ(Put(WidgetPath("a"), changed).version(), created.version());
  EXPECT_EQ(MergePatch(WidgetPath("a"), R"({"status": {"phase": "made up"}})").version(),
            created.version());
}

TEST_F(StatusContract, ChangesOnlyTheStatusThroughTheSubresource) {
  const Answer created = CreateWidget("a");
  const Answer patched = MergePatch(
      WidgetPath("a") + "/status",
      R"({"metadata": {"labels": {"l": "1"}}, "spec": {"size": 9}, "status": {"phase": "Up"}})");
  ASSERT_EQ(patched.status, 200) << patched.text;
  EXPECT_EQ(patched.Text({"status", "phase"}), "Up");
  EXPECT_EQ(*patched.body.Find("spec"), *created.body.Find("spec"));
  EXPECT_EQ(patched.body.At({"metadata", "labels"}), nullptr);
  EXPECT_EQ(patched.generation(), 1);
  EXPECT_NE(patched.version(), created.version());
  EXPECT_EQ(Get(WidgetPath("a") + "/status").body, patched.body);
}

TEST_F(StatusContract, ReplacesTheStatus) {
  json::Value changed = CreateWidget("a").body;
  changed.Set("status", Json(R"({"phase": "Up"})"));
  changed.Find("spec")->Set("size", 9);
  const Answer replaced = Put(WidgetPath("a") + "/status", changed);
  ASSERT_EQ(replaced.status, 200) << replaced.text;
  EXPECT_EQ(replaced.Text({"status", "phase"}), "Up");
  EXPECT_EQ(*replaced.body.At({"spec", "size"}), json::Value(1));
  EXPECT_TRUE(IsRefusal(Put(WidgetPath("a") + "/status", changed), 409, "Conflict"))
      << "its version is stale now";
}

TEST_F(StatusContract, TakesTheOperatorsPatchOnceAndRefusesItWhenStale) {
  const Answer created = CreateWidget("a");
  const std::string patch = R"([{"op": "test", "path": "/metadata/resourceVersion", "value": ")" +
                            created.version() +
                            R"("}, {"op": "add", "path": "/status", "value": {"phase": "Up"}}])";
  EXPECT_EQ(JsonPatch(WidgetPath("a") + "/status", patch).status, 200);
  EXPECT_TRUE(IsRefusal(JsonPatch(WidgetPath("a") + "/status", patch), 422, "Invalid"));
}

TEST_F(StatusContract, JudgesTheStatusByTheSchema) {
  CreateWidget("a");
  const Answer wrong = MergePatch(WidgetPath("a") + "/status", R"({"status": {"phase": 5}})");
  EXPECT_TRUE(IsRefusal(wrong, 422, "Invalid"));
  EXPECT_EQ(MergePatch(WidgetPath("a") + "/status", R"({"status": {"unknown": 5}})")
                .body.At({"status", "unknown"}),
            nullptr);
}

TEST_F(StatusContract, KeepsTheStatusWhenTheSpecChanges) {
  CreateWidget("a");
  ASSERT_EQ(MergePatch(WidgetPath("a") + "/status", R"({"status": {"phase": "Up"}})").status, 200);
  json::Value changed = Get(WidgetPath("a")).body;
  changed.Remove("status");
  changed.Find("spec")->Set("size", 2);
  EXPECT_EQ(Put(WidgetPath("a"), changed).Text({"status", "phase"}), "Up");
}

TEST_F(StatusContract, MovesTheGenerationWithTheSpecAlone) {
  CreateWidget("a");
  EXPECT_EQ(MergePatch(WidgetPath("a"), R"({"spec": {"size": 2}})").generation(), 2);
  EXPECT_EQ(
      MergePatch(WidgetPath("a"), R"({"metadata": {"labels": {"l": "1"}, "annotations": {"a": "1"},
                                            "finalizers": ["contract.test/f"]}})")
          .generation(),
      2);
  EXPECT_EQ(MergePatch(WidgetPath("a") + "/status", R"({"status": {"phase": "Up"}})").generation(),
            2);
  EXPECT_EQ(Delete(WidgetPath("a")).generation(), 3) << "the mark of a deletion counts";
  EXPECT_EQ(Delete(WidgetPath("a")).generation(), 3) << "once";
}

TEST_F(StatusContract, HasNoSubresourceWhereTheDefinitionHasNone) {
  const std::string path = std::string(kApi) + "/gadgets/" + name_space_;
  json::Value gadget = Json(R"({"apiVersion": "contract.labgallery.test/v1", "kind": "Gadget",
                               "metadata": {}, "spec": {"size": 1}, "status": {"phase": "Given"}})");
  gadget.Find("metadata")->Set("name", name_space_);
  const Answer created = Post(std::string(kApi) + "/gadgets", gadget);
  ASSERT_EQ(created.status, 201) << created.text;
  EXPECT_EQ(created.Text({"status", "phase"}), "Given");
  EXPECT_EQ(MergePatch(path, R"({"status": {"phase": "Changed"}})").generation(), 2);
  EXPECT_EQ(Get(path + "/status").status, 404);
}

}  // namespace
}  // namespace labgallery::contract
