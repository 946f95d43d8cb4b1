#include "src/embedded_kube/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <optional>

#include "tests/unit/src/embedded_kube/kinds.h"

namespace labgallery::embedded_kube {
namespace {

using http::Method;
using testing::HasSubstr;

LeapingClock StartingClock() {
  return LeapingClock(std::chrono::sys_days{std::chrono::year(2026) / 1 / 2});
}

// A server whose objects are in a file; Restart is a crash, because nothing is written at the end.
class DurableServer : public testing::Test {
 protected:
  DurableServer() {
    std::string pattern = std::filesystem::temp_directory_path() / "labgallery-kube-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    Restart({ThingCrd()});
  }
  ~DurableServer() override {
    server_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Restart(std::vector<json::Value> crds, const char* sql_between = nullptr) {
    server_.reset();
    store_.reset();
    if (sql_between != nullptr) Sql(sql_between);
    auto store = state::Store::Open(folder_ / "state");
    ASSERT_TRUE(store) << store.error().ToString();
    store_.emplace(*std::move(store));
    auto server = Server::Start(clock_, random_, {.crds = std::move(crds), .store = &*store_});
    ASSERT_TRUE(server) << server.error().ToString();
    server_ = *std::move(server);
  }

  void Sql(const char* sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((folder_ / "state").c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }

  http::Response Get(const std::string& url) { return Ask(*server_, Method::kGet, url); }
  http::Response Post(const std::string& url, const std::string& body) {
    return Ask(*server_, Method::kPost, url, body);
  }

  LeapingClock clock_ = StartingClock();
  SeededRandom random_{1};
  std::filesystem::path folder_;
  std::optional<state::Store> store_;
  std::unique_ptr<Server> server_;
};

TEST_F(DurableServer, HasEverythingAgainAfterARestart) {
  ASSERT_EQ(Post(kThings, Thing("a")).status, 201);
  ASSERT_EQ(Post(kThings, Thing("b")).status, 201);
  ASSERT_EQ(Ask(*server_, Method::kDelete, kThings + "/b").status, 200);
  const std::string list = Get(kThings).body;
  const std::string system = Get("/api/v1/namespaces/kube-system").body;
  Restart({ThingCrd()});
  EXPECT_EQ(Get(kThings).body, list) << "objects and version";
  EXPECT_EQ(Get("/api/v1/namespaces/kube-system").body, system);
}

TEST_F(DurableServer, GoesOnCountingVersionsAfterARestartThatADeletionPreceded) {
  ASSERT_EQ(Post(kThings, Thing("a")).status, 201);
  ASSERT_EQ(Ask(*server_, Method::kDelete, kThings + "/a").status, 200);
  const auto before = std::stoll(VersionOf(Get(kThings)));
  Restart({ThingCrd()});
  EXPECT_EQ(std::stoll(VersionOf(Post(kThings, Thing("a")))), before + 1);
}

TEST_F(DurableServer, RemembersNoChangesOfItsFormerLife) {
  const std::string old = VersionOf(Post(kThings, Thing("a")));
  ASSERT_EQ(Post(kThings, Thing("b")).status, 201);
  Restart({ThingCrd()});
  auto stream = Open(*server_, kThings + "?watch=true&resourceVersion=" + old);
  EXPECT_THAT(**stream.body({}), HasSubstr(R"("type":"ERROR")"));
  auto fresh =
      Open(*server_,
           kThings + "?watch=true&timeoutSeconds=1&resourceVersion=" + VersionOf(Get(kThings)));
  EXPECT_EQ(*fresh.body({}), std::nullopt);
}

TEST_F(DurableServer, ServesADefinitionThatAClientCreatedAlsoAfterARestart) {
  Restart({});
  json::Value other = ThingCrd();
  other.Find("metadata")->Set("name", "others.unit.test");
  other.Find("spec")->Find("names")->Set("plural", "others");
  other.Find("spec")->Find("names")->Set("kind", "Other");
  ASSERT_EQ(
      Post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", json::Dump(other)).status,
      201);
  const std::string path = "/apis/unit.test/v1/namespaces/default/others";
  ASSERT_EQ(
      Post(path, R"({"apiVersion": "unit.test/v1", "kind": "Other", "metadata": {"name": "o"}})")
          .status,
      201);
  Restart({});
  EXPECT_EQ(Get(path + "/o").status, 200);
  EXPECT_EQ(Get(kThings).status, 200);
}

TEST_F(DurableServer, ReplacesADefinitionThatTheProgramHasChanged) {
  const std::string definition =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.unit.test";
  const std::string version = VersionOf(Get(definition));
  Restart({ThingCrd()});
  EXPECT_EQ(VersionOf(Get(definition)), version) << "the same definition is not written again";
  ASSERT_EQ(Post(kThings, Thing("a")).status, 201);
  Restart({ThingCrd(R"({"size": {"type": "integer"}, "extra": {"type": "string"}})")});
  EXPECT_NE(VersionOf(Get(definition)), version);
  EXPECT_EQ(Get(kThings + "/a").status, 200);
  const auto patched = Ask(*server_, Method::kPatch, kThings + "/a", R"({"spec": {"extra": "x"}})",
                           "application/merge-patch+json");
  EXPECT_THAT(patched.body, HasSubstr(R"("extra":"x")"));
}

TEST_F(DurableServer, AcknowledgesNothingThatIsNotInTheFile) {
  Restart({ThingCrd()},
          "CREATE TRIGGER refuse BEFORE INSERT ON records WHEN NEW.key = 'default/bad'"
          " BEGIN SELECT RAISE(ABORT, 'disk trouble'); END");
  const std::string before = Get(kThings).body;
  const auto answer = Post(kThings, Thing("bad"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("disk trouble"));
  EXPECT_EQ(Get(kThings).body, before);
  EXPECT_EQ(Post(kThings, Thing("good")).status, 201);
}

TEST_F(DurableServer, EndsANamespaceWhoseEndWasInterrupted) {
  ASSERT_EQ(Post("/api/v1/namespaces",
                 R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}})")
                .status,
            201);
  ASSERT_EQ(Post("/apis/unit.test/v1/namespaces/n/things", Thing("a")).status, 201);
  // The crash: the contents could not be removed when the namespace was marked.
  Restart({ThingCrd()},
          "CREATE TRIGGER refuse BEFORE DELETE ON records WHEN OLD.key = 'n/a'"
          " BEGIN SELECT RAISE(ABORT, 'disk trouble'); END");
  EXPECT_EQ(Ask(*server_, Method::kDelete, "/api/v1/namespaces/n").status, 500);
  EXPECT_EQ(Get("/apis/unit.test/v1/namespaces/n/things/a").status, 200);
  Restart({ThingCrd()}, "DROP TRIGGER refuse");
  EXPECT_EQ(Get("/apis/unit.test/v1/namespaces/n/things/a").status, 404);
  EXPECT_EQ(Get("/api/v1/namespaces/n").status, 404);
}

TEST(ServerStart, RefusesADefinitionThatIsWrong) {
  LeapingClock clock = StartingClock();
  SeededRandom random(1);
  for (const auto& [name, crd] : std::map<std::string, json::Value>{
           {"no type", ThingCrd(R"({"x": {}})")},
           {"no definition",
            Json(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}})")},
           {"empty", Json("{}")}}) {
    const auto server = Server::Start(clock, random, {.crds = {crd}});
    ASSERT_FALSE(server) << name;
    EXPECT_EQ(server.error().kind, ErrorKind::kInvalidInput) << name;
  }
  json::Value misnamed = ThingCrd();
  misnamed.Find("metadata")->Set("name", "other.unit.test");
  const auto server = Server::Start(clock, random, {.crds = {misnamed}});
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().message, HasSubstr("spec.names.plural"));
}

TEST(ServerOptions, PlayAServerWithoutStreamingLists) {
  LeapingClock clock = StartingClock();
  SeededRandom random(1);
  const auto server =
      *Server::Start(clock, random, {.crds = {ThingCrd()}, .streaming_lists = false});
  ASSERT_EQ(Ask(*server, Method::kPost, kThings, Thing("a")).status, 201);
  EXPECT_EQ(Ask(*server, Method::kGet,
                kThings + "?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan")
                .status,
            422);
  auto stream = Open(
      *server,
      kThings + "?watch=true&timeoutSeconds=90&allowWatchBookmarks=true&sendInitialEvents=true");
  EXPECT_THAT(**stream.body({}), HasSubstr(R"("type":"ADDED")"));
  EXPECT_THAT(**stream.body({}), testing::Not(HasSubstr("initial-events-end")))
      << "only an ordinary bookmark";
}

TEST(ServerLimits, RefusesWhatCouldNotBeReadAgain) {
  LeapingClock clock = StartingClock();
  SeededRandom random(1);
  const auto server = *Server::Start(clock, random, {.crds = {ThingCrd()}});
  ASSERT_EQ(Ask(*server, Method::kPost, kThings, Thing("a")).status, 201);
  std::string deep = "1";
  for (int i = 0; i < 60; ++i) deep = R"({"x":)" + deep + "}";
  const auto patched = Ask(*server, Method::kPatch, kThings + "/a/status",
                           R"([{"op": "add", "path": "/status", "value": )" + deep + "}]",
                           "application/json-patch+json");
  EXPECT_EQ(patched.status, 400);
  EXPECT_EQ(Ask(*server, Method::kGet, kThings + "/a").status, 200);
}

TEST(ServerForms, SpeaksOfUnknownTypesInAcceptAsARealServerDoes) {
  LeapingClock clock = StartingClock();
  SeededRandom random(1);
  const auto server = *Server::Start(clock, random, {.crds = {ThingCrd()}});
  struct Row {
    const char* accept;
    int status;
  };
  for (const Row& row :
       {Row{"application/vnd.kubernetes.protobuf, application/json", 200}, Row{"*/*", 200},
        Row{"application/vnd.kubernetes.protobuf", 406}, Row{"application/yaml", 406},
        Row{"application/json;as=Table;v=v1beta1;g=meta.k8s.io", 406},
        Row{"application/json;as=Table;v=v1beta1;g=meta.k8s.io, application/json", 200}}) {
    const http::Reply reply = server->Handle({Method::kGet, kThings, {{"Accept", row.accept}}, ""});
    EXPECT_EQ(std::get<http::Response>(reply).status, row.status) << row.accept;
  }
}

}  // namespace
}  // namespace labgallery::embedded_kube
