// Creating, reading, replacing and patching objects.
#include "src/json/parse.h"
#include "tests/contract/api.h"

namespace labgallery::contract {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class ObjectContract : public Contract {};

TEST_F(ObjectContract, GivesANewObjectItsSystemMetadata) {
  const Answer created =
      CreateWidget("a", R"({"size": 1})",
                   R"({"uid": "mine", "generation": 7, "creationTimestamp": "2000-01-01T00:00:00Z",
                                          "deletionTimestamp": "2000-01-01T00:00:00Z"})");
  EXPECT_THAT(created.Text({"metadata", "uid"}), SizeIs(36));
  EXPECT_EQ(created.generation(), 1);
  EXPECT_EQ(created.Text({"metadata", "namespace"}), name_space_);
  EXPECT_THAT(created.version(), testing::MatchesRegex("[0-9]+"));
  EXPECT_NE(created.Text({"metadata", "creationTimestamp"}), "2000-01-01T00:00:00Z");
  EXPECT_EQ(created.body.At({"metadata", "deletionTimestamp"}), nullptr);
  EXPECT_EQ(Get(WidgetPath("a")).body, created.body);
}

TEST_F(ObjectContract, CountsOneVersionUpOverAllResources) {
  const auto first = std::stoll(CreateWidget("a").version());
  const Answer secret =
      Post("/api/v1/namespaces/" + name_space_ + "/secrets",
           Json(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}})"));
  ASSERT_EQ(secret.status, 201) << secret.text;
  EXPECT_GT(std::stoll(secret.version()), first);
  EXPECT_GT(std::stoll(CreateWidget("b").version()), std::stoll(secret.version()));
}

TEST_F(ObjectContract, RefusesASecondObjectOfAName) {
  CreateWidget("a");
  const Answer second = Post(Widgets(), Widget("a"));
  EXPECT_TRUE(IsRefusal(second, 409, "AlreadyExists"));
  EXPECT_EQ(second.Text({"message"}), R"(widgets.contract.labgallery.test "a" already exists)");
  EXPECT_EQ(second.Text({"details", "name"}), "a");
  EXPECT_EQ(second.Text({"details", "group"}), "contract.labgallery.test");
  EXPECT_EQ(second.Text({"details", "kind"}), "widgets");
}

TEST_F(ObjectContract, AnswersWhatIsAbsentWithItsName) {
  for (const http::Method method : {http::Method::kGet, http::Method::kDelete}) {
    const Answer absent = Call(method, WidgetPath("none"));
    EXPECT_TRUE(IsRefusal(absent, 404, "NotFound"));
    EXPECT_EQ(absent.Text({"message"}), R"(widgets.contract.labgallery.test "none" not found)");
    EXPECT_EQ(absent.Text({"details", "name"}), "none");
    EXPECT_EQ(absent.Text({"details", "kind"}), "widgets");
  }
  EXPECT_TRUE(
      IsRefusal(MergePatch(WidgetPath("none"), R"({"spec": {"size": 2}})"), 404, "NotFound"));
}

TEST_F(ObjectContract, AnswersAnUnknownPathWithPlainText) {
  for (const std::string& path : {std::string("/apis/none.test/v1/things"),
                                  std::string(kApi) + "/nothings", std::string("/nowhere")}) {
    const Answer answer = Get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_THAT(answer.text, HasSubstr("404 page not found")) << path;
  }
  EXPECT_EQ(Get(Widgets() + "/a/nosuchpart").status, 404);
}

TEST_F(ObjectContract, GeneratesNames) {
  json::Value widget = Widget("");
  widget.Find("metadata")->Remove("name");
  widget.Find("metadata")->Set("generateName", "gen-");
  const Answer first = Post(Widgets(), widget);
  const Answer second = Post(Widgets(), widget);
  ASSERT_EQ(first.status, 201) << first.text;
  EXPECT_THAT(first.Text({"metadata", "name"}), testing::MatchesRegex("gen-[a-z0-9]{5}"));
  EXPECT_NE(first.Text({"metadata", "name"}), second.Text({"metadata", "name"}));
}

TEST_F(ObjectContract, RefusesAnObjectWithoutAName) {
  json::Value widget = Widget("");
  widget.Find("metadata")->Remove("name");
  EXPECT_TRUE(IsRefusal(Post(Widgets(), widget), 422, "Invalid"));
}

TEST_F(ObjectContract, RefusesAnIllegalName) {
  const Answer answer = Post(Widgets(), Widget("Not_Legal"));
  EXPECT_TRUE(IsRefusal(answer, 422, "Invalid"));
  EXPECT_THAT(answer.Text({"message"}), HasSubstr("metadata.name: Invalid value: \"Not_Legal\""));
}

TEST_F(ObjectContract, RefusesAVersionOnANewObject) {
  EXPECT_EQ(Post(Widgets(), Widget("a", R"({"size": 1})", R"({"resourceVersion": "1"})")).status,
            500);
}

TEST_F(ObjectContract, RefusesABodyThatDoesNotFitThePath) {
  json::Value other_kind = Widget("a");
  other_kind.Set("kind", "Gadget");
  const Answer refused = Post(Widgets(), other_kind);
  EXPECT_TRUE(IsRefusal(refused, 422, "Invalid"));
  EXPECT_THAT(refused.Text({"message"}),
              HasSubstr(R"(kind: Invalid value: "Gadget": must be Widget)"));
  EXPECT_EQ(refused.Text({"details", "kind"}), "Gadget");
  EXPECT_TRUE(IsRefusal(
      Post("/api/v1/namespaces/" + name_space_ + "/secrets",
           Json(R"({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "s"}})")),
      400, "BadRequest"));
  json::Value other_version = Widget("a");
  other_version.Set("apiVersion", "contract.labgallery.test/v2");
  EXPECT_TRUE(IsRefusal(Post(Widgets(), other_version), 400, "BadRequest"));
  EXPECT_TRUE(IsRefusal(Post(Widgets(), Widget("a", R"({"size": 1})", R"({"namespace": "other"})")),
                        400, "BadRequest"));
  CreateWidget("a");
  EXPECT_TRUE(IsRefusal(MergePatch(WidgetPath("a"), R"({"kind": "Gadget"})"), 422, "Invalid"));
  const char* version = R"({"apiVersion": "contract.labgallery.test/v2"})";
  EXPECT_TRUE(IsRefusal(MergePatch(WidgetPath("a"), version), 422, "Invalid"));
  EXPECT_TRUE(
      IsRefusal(Put(WidgetPath("a"), Widget("b", R"({"size": 1})", R"({"resourceVersion": "1"})")),
                400, "BadRequest"));
}

TEST_F(ObjectContract, RefusesWhatIsNoJson) {
  const Answer answer =
      CallWith({http::Method::kPost, Widgets(), {{"Content-Type", "application/json"}}, "{"});
  EXPECT_TRUE(IsRefusal(answer, 400, "BadRequest"));
}

TEST_F(ObjectContract, RefusesMethodsThatAResourceDoesNotHave) {
  const std::string secrets = "/api/v1/namespaces/" + name_space_ + "/secrets";
  const json::Value secret =
      Json(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}})");
  EXPECT_TRUE(IsRefusal(Put(secrets, secret), 405, "MethodNotAllowed"));
  EXPECT_TRUE(IsRefusal(Post(secrets + "/s", secret), 405, "MethodNotAllowed"));
  EXPECT_TRUE(IsRefusal(Post("/api/v1/secrets", secret), 405, "MethodNotAllowed"));
  CreateWidget("a");
  EXPECT_TRUE(IsRefusal(Post(WidgetPath("a") + "/status", Widget("a")), 405, "MethodNotAllowed"));
  EXPECT_TRUE(IsRefusal(Delete(WidgetPath("a") + "/status"), 405, "MethodNotAllowed"));
}

// A kube-apiserver serves custom resources by another part of itself than its own.
TEST_F(ObjectContract, SaysNoInAnotherWayWhereTheResourceIsCustom) {
  EXPECT_TRUE(IsRefusal(Put(Widgets(), Widget("a")), 400, "BadRequest"));
  EXPECT_TRUE(IsRefusal(MergePatch(Widgets(), "{}"), 400, "BadRequest"));
  EXPECT_EQ(Post(std::string(kApi) + "/widgets", Widget("a")).text, "404 page not found\n");
  EXPECT_EQ(Post(WidgetPath("other"), Widget("a")).status, 201) << "the body names the object";
  EXPECT_EQ(Get(WidgetPath("a")).status, 200);
}

TEST_F(ObjectContract, ReplacesAnObjectAtItsVersion) {
  const Answer created = CreateWidget("a");
  json::Value changed = created.body;
  changed.Find("spec")->Set("size", 2);
  const Answer replaced = Put(WidgetPath("a"), changed);
  ASSERT_EQ(replaced.status, 200) << replaced.text;
  EXPECT_GT(std::stoll(replaced.version()), std::stoll(created.version()));
  EXPECT_EQ(replaced.Text({"metadata", "uid"}), created.Text({"metadata", "uid"}));
  EXPECT_EQ(*Get(WidgetPath("a")).body.At({"spec", "size"}), json::Value(2));
}

TEST_F(ObjectContract, RefusesAStaleVersion) {
  const Answer created = CreateWidget("a");
  ASSERT_EQ(MergePatch(WidgetPath("a"), R"({"spec": {"size": 2}})").status, 200);
  json::Value stale = created.body;
  stale.Find("spec")->Set("size", 3);
  const Answer replaced = Put(WidgetPath("a"), stale);
  EXPECT_TRUE(IsRefusal(replaced, 409, "Conflict"));
  EXPECT_THAT(replaced.Text({"message"}), HasSubstr("the object has been modified"));
  EXPECT_EQ(replaced.Text({"details", "name"}), "a");
  const std::string patch =
      R"({"metadata": {"resourceVersion": ")" + created.version() + R"("}, "spec": {"size": 3}})";
  EXPECT_TRUE(IsRefusal(MergePatch(WidgetPath("a"), patch), 409, "Conflict"));
  EXPECT_EQ(*Get(WidgetPath("a")).body.At({"spec", "size"}), json::Value(2));
}

TEST_F(ObjectContract, RefusesToReplaceACustomObjectWithoutAVersion) {
  CreateWidget("a");
  const Answer replaced = Put(WidgetPath("a"), Widget("a", R"({"size": 2})"));
  EXPECT_TRUE(IsRefusal(replaced, 422, "Invalid"));
  EXPECT_THAT(replaced.Text({"message"}), HasSubstr("metadata.resourceVersion"));
}

TEST_F(ObjectContract, RefusesAChangeThatNamesAnotherUid) {
  json::Value other = CreateWidget("a").body;
  other.Find("metadata")->Set("uid", "00000000-0000-4000-8000-000000000000");
  other.Find("spec")->Set("size", 2);
  EXPECT_TRUE(IsRefusal(Put(WidgetPath("a"), other), 409, "Conflict"));
}

TEST_F(ObjectContract, KeepsSystemMetadataWhateverAClientSends) {
  const Answer created = CreateWidget("a");
  const Answer patched =
      MergePatch(WidgetPath("a"),
                 R"({"metadata": {"generation": 99, "creationTimestamp": "2000-01-01T00:00:00Z",
                                  "labels": {"l": "1"}}})");
  ASSERT_EQ(patched.status, 200) << patched.text;
  EXPECT_EQ(patched.generation(), 1);
  EXPECT_EQ(patched.Text({"metadata", "creationTimestamp"}),
            created.Text({"metadata", "creationTimestamp"}));
}

TEST_F(ObjectContract, LetsNobodySetTheMarkOfADeletion) {
  CreateWidget("a", R"({"size": 1})", R"({"finalizers": ["contract.test/f"]})");
  const char* mark = R"({"metadata": {"deletionTimestamp": "2000-01-01T00:00:00Z"}})";
  const Answer marked = MergePatch(WidgetPath("a"), mark);
  EXPECT_TRUE(IsRefusal(marked, 422, "Invalid"));
  EXPECT_THAT(marked.Text({"message"}), HasSubstr("metadata.deletionTimestamp: Invalid value: "));
  EXPECT_THAT(marked.Text({"message"}), HasSubstr("field is immutable"));
  const char* grace = R"({"metadata": {"deletionGracePeriodSeconds": 7}})";
  EXPECT_TRUE(IsRefusal(MergePatch(WidgetPath("a"), grace), 422, "Invalid"));
  const Answer first = Delete(WidgetPath("a"));
  json::Value deleted = MergePatch(WidgetPath("a"), mark).body;
  EXPECT_EQ(*deleted.At({"metadata", "deletionTimestamp"}),
            *first.body.At({"metadata", "deletionTimestamp"}))
      << "passed over, once it is there";
  deleted.Find("metadata")->Remove("deletionTimestamp");
  deleted.Find("metadata")->Remove("deletionGracePeriodSeconds");
  const Answer replaced = Put(WidgetPath("a"), deleted);
  EXPECT_EQ(replaced.status, 200) << replaced.text;
  EXPECT_NE(replaced.body.At({"metadata", "deletionTimestamp"}), nullptr) << "nor take it away";
}

TEST_F(ObjectContract, ChangesNothingWhenAWriteChangesNothing) {
  const Answer created = CreateWidget("a");
  auto events =
      Watch(Widgets() + "?watch=true&timeoutSeconds=1&resourceVersion=" + created.version());
  EXPECT_EQ(Put(WidgetPath("a"), created.body).version(), created.version());
  EXPECT_EQ(MergePatch(WidgetPath("a"), R"({"spec": {"size": 1}})").version(), created.version());
  EXPECT_EQ(JsonPatch(WidgetPath("a"), R"([{"op": "replace", "path": "/spec/size", "value": 1}])")
                .version(),
            created.version());
  EXPECT_EQ(events.NextChange(), "end");
}

TEST_F(ObjectContract, AppliesAJsonPatch) {
  CreateWidget("a", R"({"size": 1, "note": "x", "parts": [{"name": "p"}]})",
               R"({"labels": {"a/b": "1"}})");
  const Answer patched = JsonPatch(WidgetPath("a"), R"([
      {"op": "test", "path": "/spec/size", "value": 1},
      {"op": "replace", "path": "/spec/size", "value": 5},
      {"op": "remove", "path": "/spec/note"},
      {"op": "add", "path": "/spec/parts/-", "value": {"name": "q", "count": 2}},
      {"op": "add", "path": "/spec/parts/0", "value": {"name": "o", "count": 0}},
      {"op": "copy", "from": "/spec/size", "path": "/spec/odd"},
      {"op": "move", "from": "/metadata/labels/a~1b", "path": "/metadata/labels/c"}])");
  ASSERT_EQ(patched.status, 200) << patched.text;
  EXPECT_EQ(*patched.body.Find("spec"),
            Json(R"({"size": 5, "odd": 5, "color": "Green", "parts": [{"name": "o", "count": 0},
                     {"name": "p", "count": 1}, {"name": "q", "count": 2}]})"));
  EXPECT_EQ(*patched.body.At({"metadata", "labels"}), Json(R"({"c": "1"})"));
}

TEST_F(ObjectContract, RefusesAJsonPatchThatDoesNotFit) {
  const Answer created = CreateWidget("a");
  for (const char* operations : {
           R"([{"op": "test", "path": "/metadata/resourceVersion", "value": "0"},
               {"op": "replace", "path": "/spec/size", "value": 2}])",
           R"([{"op": "replace", "path": "/spec/size", "value": 2},
               {"op": "test", "path": "/spec/size", "value": 1}])",
           R"([{"op": "remove", "path": "/spec/none"}])",
           R"([{"op": "add", "path": "/none/x", "value": 1}])"}) {
    const Answer patched = JsonPatch(WidgetPath("a"), operations);
    EXPECT_TRUE(IsRefusal(patched, 422, "Invalid")) << operations;
    EXPECT_EQ(patched.body.At({"details", "causes"}), nullptr) << operations;
  }
  EXPECT_EQ(Get(WidgetPath("a")).version(), created.version());
}

TEST_F(ObjectContract, RefusesAPatchThatIsNone) {
  CreateWidget("a");
  EXPECT_TRUE(IsRefusal(JsonPatch(WidgetPath("a"), R"({"spec": {}})"), 400, "BadRequest"));
  const Answer broken = CallWith({http::Method::kPatch,
                                  WidgetPath("a"),
                                  {{"Content-Type", "application/merge-patch+json"}},
                                  "{"});
  EXPECT_TRUE(IsRefusal(broken, 400, "BadRequest"));
}

TEST_F(ObjectContract, AppliesAMergePatch) {
  CreateWidget("a", R"({"size": 1, "code": "abc", "parts": [{"name": "p"}]})",
               R"({"labels": {"a": "1", "b": "2"}})");
  const Answer patched = MergePatch(
      WidgetPath("a"),
      R"({"metadata": {"labels": {"a": null}}, "spec": {"code": null, "size": 2, "parts": []}})");
  ASSERT_EQ(patched.status, 200) << patched.text;
  EXPECT_EQ(*patched.body.Find("spec"), Json(R"({"size": 2, "color": "Green", "parts": []})"));
  EXPECT_EQ(*patched.body.At({"metadata", "labels"}), Json(R"({"b": "2"})"));
}

TEST_F(ObjectContract, RefusesAPatchOfAnUnknownKind) {
  CreateWidget("a");
  for (const char* type :
       {"application/json", "text/plain", "application/strategic-merge-patch+json"}) {
    const Answer patched = Call(http::Method::kPatch, WidgetPath("a"), Json("{}"), type);
    EXPECT_TRUE(IsRefusal(patched, 415, "UnsupportedMediaType")) << type;
  }
}

TEST_F(ObjectContract, WritesNothingInADryRun) {
  const Answer dry = Post(Widgets() + "?dryRun=All", Widget("a"));
  EXPECT_EQ(dry.status, 201) << dry.text;
  EXPECT_EQ(dry.Text({"spec", "color"}), "Green") << "but it is judged and completed";
  EXPECT_EQ(Get(WidgetPath("a")).status, 404);
  EXPECT_TRUE(
      IsRefusal(Post(Widgets() + "?dryRun=All", Widget("a", R"({"size": 0})")), 422, "Invalid"));
  const Answer created = CreateWidget("a");
  EXPECT_EQ(MergePatch(WidgetPath("a") + "?dryRun=All", R"({"spec": {"size": 2}})").status, 200);
  EXPECT_EQ(Delete(WidgetPath("a") + "?dryRun=All").status, 200);
  EXPECT_EQ(Get(WidgetPath("a")).body, created.body);
}

TEST_F(ObjectContract, KeepsManagedFields) {
  LAB_NEEDS_REAL_SERVER("managedFields are not kept here");
  EXPECT_NE(CreateWidget("a").body.At({"metadata", "managedFields"}), nullptr);
}

TEST_F(ObjectContract, AppliesServerSide) {
  const std::string path = WidgetPath("a") + "?fieldManager=test&force=true";
  const Answer applied =
      Call(http::Method::kPatch, path, Widget("a"), "application/apply-patch+yaml");
  if (!TheApi().real) {
    EXPECT_TRUE(IsRefusal(applied, 415, "UnsupportedMediaType")) << "refused here, and said so";
    GTEST_SKIP() << "only a kube-apiserver: server-side apply needs managedFields";
  }
  EXPECT_EQ(applied.status, 201) << applied.text;
}

}  // namespace
}  // namespace labgallery::contract
