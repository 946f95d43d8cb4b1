#include "src/kube/model/request.h"

#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::kube {
namespace {

const ResourceType kLab{"labs.example", "v1", "Lab", "labs"};
const ResourceType kNode{"", "v1", "Node", "nodes", false};
const ObjectKey kKey{"cs", "one"};

json::Value Read(std::string_view text) { return json::Parse(text).value(); }

struct PathRow {
  std::string name;
  ResourceType type;
  ObjectKey key;
  std::string subresource;
  std::string path;
};
class Path : public testing::TestWithParam<PathRow> {};
TEST_P(Path, LeadsToTheResource) {
  EXPECT_EQ(ResourcePath(GetParam().type, GetParam().key, GetParam().subresource), GetParam().path);
}
INSTANTIATE_TEST_SUITE_P(
    Table, Path,
    testing::ValuesIn<PathRow>({
        {"OfAnObject", kLab, kKey, "", "/apis/labs.example/v1/namespaces/cs/labs/one"},
        {"OfASubresource", kLab, kKey, "status",
         "/apis/labs.example/v1/namespaces/cs/labs/one/status"},
        {"OfANamespacesCollection",
         kLab,
         {"cs", ""},
         "",
         "/apis/labs.example/v1/namespaces/cs/labs"},
        {"OfTheWholeCollection", kLab, {}, "", "/apis/labs.example/v1/labs"},
        {"InTheCoreGroup", kNode, {"", "n"}, "", "/api/v1/nodes/n"},
        {"WithoutNamespaceForWhatHasNone", kNode, {"cs", "n"}, "", "/api/v1/nodes/n"},
        {"Escaped",
         kLab,
         {"cs", "a/../b"},
         "",
         "/apis/labs.example/v1/namespaces/cs/labs/a%2F..%2Fb"},
    }),
    [](const auto& row) { return row.param.name; });

TEST(GetRequest, AsksForJson) {
  EXPECT_EQ(GetRequest(kLab, kKey),
            (http::Request{.url = "/apis/labs.example/v1/namespaces/cs/labs/one",
                           .headers = {{"Accept", "application/json"}}}));
}

TEST(ListRequest, AsksForPages) {
  EXPECT_EQ(ListRequest(kLab, "", {}).url, "/apis/labs.example/v1/labs?limit=500");
  EXPECT_EQ(
      ListRequest(kLab, "cs",
                  {.resource_version = "7", .resource_version_match = "NotOlderThan", .limit = 0})
          .url,
      "/apis/labs.example/v1/namespaces/cs/"
      "labs?resourceVersion=7&resourceVersionMatch=NotOlderThan");
}

TEST(ListRequest, LeavesTheVersionOutWhereItContinues) {
  EXPECT_EQ(
      ListRequest(kLab, "", {.resource_version = "7", .continue_token = "a=b", .limit = 2}).url,
      "/apis/labs.example/v1/labs?limit=2&continue=a%3Db");
}

TEST(WatchRequest, AlwaysAsksForBookmarks) {
  EXPECT_EQ(WatchRequest(kLab, "", {.resource_version = "7"}).url,
            "/apis/labs.example/v1/"
            "labs?watch=true&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=7");
}

TEST(WatchRequest, AsksForInitialEventsWithTheMatchThatTheyNeed) {
  EXPECT_EQ(WatchRequest(kLab, "cs", {.send_initial_events = true}).url,
            "/apis/labs.example/v1/namespaces/cs/"
            "labs?watch=true&allowWatchBookmarks=true&timeoutSeconds=300"
            "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
}

TEST(CreateRequest, PostsToTheCollectionOfTheObjectsNamespace) {
  const json::Value object = Read(R"({"metadata":{"name":"one","namespace":"cs"}})");
  const http::Request request = CreateRequest(kLab, object);
  EXPECT_EQ(request.method, http::Method::kPost);
  EXPECT_EQ(request.url, "/apis/labs.example/v1/namespaces/cs/labs");
  EXPECT_EQ(request.headers.Get("Content-Type"), "application/json");
  EXPECT_EQ(Read(request.body), object);
}

TEST(ReplaceRequest, PutsToTheObject) {
  const http::Request request =
      ReplaceRequest(kLab, Read(R"({"metadata":{"name":"one","namespace":"cs"}})"));
  EXPECT_EQ(request.method, http::Method::kPut);
  EXPECT_EQ(request.url, "/apis/labs.example/v1/namespaces/cs/labs/one");
}

TEST(DeleteRequest, NamesTheUidThatItMeans) {
  EXPECT_EQ(DeleteRequest(kLab, kKey).method, http::Method::kDelete);
  EXPECT_EQ(DeleteRequest(kLab, kKey).body, "");
  EXPECT_EQ(Read(DeleteRequest(kLab, kKey, "u-1").body),
            Read(R"({"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"u-1"}})"));
}

TEST(PatchRequests, SayWhichKindOfPatchTheyAre) {
  const http::Request json_patch = JsonPatchRequest(kLab, kKey, "status", json::Value::Array{});
  EXPECT_EQ(json_patch.method, http::Method::kPatch);
  EXPECT_EQ(json_patch.url, "/apis/labs.example/v1/namespaces/cs/labs/one/status");
  EXPECT_EQ(json_patch.headers.Get("Content-Type"), "application/json-patch+json");
  EXPECT_EQ(MergePatchRequest(kLab, kKey, "", json::Value::Object{}).headers.Get("Content-Type"),
            "application/merge-patch+json");
}

TEST(StatusPatch, TestsTheVersionBeforeItWrites) {
  EXPECT_EQ(StatusPatch("42", json::Value::Object{{"a", 1}}),
            Read(R"([{"op":"test","path":"/metadata/resourceVersion","value":"42"},
                     {"op":"add","path":"/status","value":{"a":1}}])"));
}

TEST(AddFinalizerPatch, MakesTheListOrAppendsToIt) {
  EXPECT_EQ(AddFinalizerPatch({.name = "one", .resource_version = "42"}, "f"),
            Read(R"([{"op":"test","path":"/metadata/resourceVersion","value":"42"},
                     {"op":"add","path":"/metadata/finalizers","value":["f"]}])"));
  EXPECT_EQ(
      AddFinalizerPatch({.name = "one", .resource_version = "42", .finalizers = {"other"}}, "f"),
      Read(R"([{"op":"test","path":"/metadata/resourceVersion","value":"42"},
                     {"op":"add","path":"/metadata/finalizers/-","value":"f"}])"));
}

TEST(RemoveFinalizerPatch, TestsTheVersionAndTheEntryThatItRemoves) {
  EXPECT_EQ(RemoveFinalizerPatch(
                {.name = "one", .resource_version = "42", .finalizers = {"other", "f"}}, "f"),
            Read(R"([{"op":"test","path":"/metadata/resourceVersion","value":"42"},
                    {"op":"test","path":"/metadata/finalizers/1","value":"f"},
                     {"op":"remove","path":"/metadata/finalizers/1"}])"));
}

}  // namespace
}  // namespace labgallery::kube
