// Secrets with credentials: read by name, read again, and kept while their namespace ends; against
// a small API server that holds nothing but Secrets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/reconcile/secret_keeper.h"
#include "controller/reconcile/sessions.h"
#include "controller/reconcile/surroundings.h"
#include "src/base/base64.h"
#include "src/http/model/url.h"
#include "src/json/parse.h"

namespace labgallery::reconcile {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kFinalizer = "labgallery.io/credential-in-use";

class SecretServer {
 public:
  void Put(const std::string& name, const std::string& client_secret,
           const std::vector<std::string>& finalizers = {}) {
    json::Value list = json::Value::Array();
    for (const std::string& finalizer : finalizers) list.Push(finalizer);
    json::Value secret;
    json::Value& metadata = secret.Set("metadata", json::Value::Object());
    metadata.Set("name", name);
    metadata.Set("namespace", "labs");
    metadata.Set("uid", name);
    metadata.Set("resourceVersion", std::to_string(++version_));
    metadata.Set("finalizers", std::move(list));
    json::Value& data = secret.Set("data", json::Value::Object());
    data.Set("AZURE_TENANT_ID", EncodeBase64("tenant-1"));
    data.Set("AZURE_CLIENT_ID", EncodeBase64("client-1"));
    data.Set("AZURE_CLIENT_SECRET", EncodeBase64(client_secret));
    secrets[name] = std::move(secret);
  }

  http::Reply Handle(const http::Request& request) {
    const std::string path(http::SplitTarget(request.url).first);
    const std::string name = path.substr(path.rfind('/') + 1);
    asked.push_back(std::string(http::Name(request.method)) + " " + name);
    if (status != 200) return http::JsonResponse(status, "{}");
    if (request.method == http::Method::kPatch) {
      patches.push_back(name + " " + request.body);
      return http::JsonResponse(200, json::Dump(secrets.at(name)));
    }
    if (name == "secrets") {
      json::Value items = json::Value::Array();
      for (const auto& [known, secret] : secrets) items.Push(secret);
      json::Value list;
      list.Set("metadata", json::Value::Object()).Set("resourceVersion", "1");
      list.Set("items", std::move(items));
      return http::JsonResponse(200, json::Dump(list));
    }
    if (!secrets.contains(name)) {
      return http::JsonResponse(
          404, R"({"kind":"Status","reason":"NotFound","code":404,"details":{"name":")" + name +
                   R"(","kind":"secrets"}})");
    }
    return http::JsonResponse(200, json::Dump(secrets.at(name)));
  }

  std::map<std::string, json::Value> secrets;
  std::vector<std::string> asked;
  std::vector<std::string> patches;
  int status = 200;

 private:
  int version_ = 0;
};

class SecretsTest : public ::testing::Test {
 protected:
  Sessions MakeSessions() {
    return Sessions({.kube = kube_,
                     .clock = clock_,
                     .log = log_,
                     .own = {client_, shared_},
                     .as_others = [this](const SecretCredential& credential) -> Result<AzureParty> {
                       made_.push_back(credential.settings.secret.Reveal());
                       AzureParty party;
                       party.client = std::make_unique<azure::Client>(
                           transport_, clock_, random_, tokens_, pacer_, azure::ClientOptions{});
                       return party;
                     },
                     .shared = {},
                     .is_terminating = [this](const std::string&) { return terminating_; },
                     .wake = [this](const std::string& name) { woken_.push_back(name); }});
  }
  Result<SessionPtr> For(const std::string& secret) {
    json::Value spec;
    spec.Set("credentialsRef", json::Value::Object()).Set("name", secret);
    return sessions_.For("labs", {}, spec, {});
  }
  void NextRound() {
    clock_.Advance(kSecretPeriod);
    sessions_.Refresh({});
  }

  LeapingClock clock_{SystemTime(std::chrono::seconds(1000))};
  SeededRandom random_{1};
  std::ostringstream logged_;
  telemetry::Logger log_{clock_, {.level = telemetry::LogLevel::kDebug}, logged_};
  SecretServer server_;
  http::InProcessTransport transport_{
      [this](const http::Request& request) { return server_.Handle(request); }};
  kube::Client kube_{transport_, transport_, clock_, {.origin = "http://api"}};
  azure::FixedTokenSource tokens_{Secret("t")};
  azure::Pacer pacer_{clock_, {}};
  azure::Client client_{transport_, clock_, random_, tokens_, pacer_, {}};
  SharedReads shared_{client_, clock_, nullptr, {}};
  std::vector<std::string> made_;
  std::vector<std::string> woken_;
  bool terminating_ = false;
  Sessions sessions_ = MakeSessions();
};

TEST_F(SecretsTest, AreNotReadWhereNobodyNamesOne) {
  const auto session = sessions_.For("labs", {}, json::Value::Object(), {});
  ASSERT_TRUE(session);
  EXPECT_EQ(&(*session)->client, &client_);
  EXPECT_THAT(server_.asked, IsEmpty());
}

TEST_F(SecretsTest, AreReadOnceForAllObjectsThatNameThem) {
  server_.Put("azure", "hunter2");
  const auto first = For("azure");
  ASSERT_TRUE(first) << first.error().ToString();
  EXPECT_NE(&(*first)->client, &client_);
  const domain::NamespaceView view{.annotations = {{"labgallery.io/credentials", "azure"}}};
  const auto second = sessions_.For("labs", view, json::Value::Object(), {});
  EXPECT_EQ(*first, *second);
  EXPECT_THAT(server_.asked, ElementsAre("GET azure"));
  EXPECT_THAT(made_, ElementsAre("hunter2"));
}

TEST_F(SecretsTest, AreReadAgainAndWakeTheirNamespaceWhenTheyHaveChanged) {
  server_.Put("azure", "old");
  const auto before = For("azure");
  NextRound();
  EXPECT_EQ(*For("azure"), *before) << "the same version keeps tokens and pace";
  EXPECT_THAT(woken_, IsEmpty());
  server_.Put("azure", "hunter2");
  NextRound();
  EXPECT_THAT(woken_, ElementsAre("labs"));
  EXPECT_NE(*For("azure"), *before);
  EXPECT_THAT(made_, ElementsAre("old", "hunter2"));
  EXPECT_THAT(logged_.str(), Not(HasSubstr("hunter2")));
}

TEST_F(SecretsTest, SayWhatIsMissingUntilItIsThere) {
  const auto missing = For("azure");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kUnauthenticated);
  EXPECT_THAT(missing.error().message, HasSubstr("labs/azure"));
  EXPECT_THAT(missing.error().message, HasSubstr("spec.credentialsRef"));
  EXPECT_THAT(missing.error().message, HasSubstr("is not there"));
  server_.Put("azure", "s");
  NextRound();
  EXPECT_THAT(woken_, ElementsAre("labs"));
  EXPECT_TRUE(For("azure"));
  server_.secrets.clear();
  NextRound();
  EXPECT_FALSE(For("azure"));
}

TEST_F(SecretsTest, SayWhatCannotBeUsed) {
  server_.Put("azure", "hunter2");
  server_.secrets.at("azure").Find("data")->Remove("AZURE_TENANT_ID");
  const auto session = For("azure");
  ASSERT_FALSE(session);
  EXPECT_THAT(session.error().message, HasSubstr("AZURE_TENANT_ID"));
  EXPECT_THAT(session.error().message, Not(HasSubstr("hunter2")));
}

TEST_F(SecretsTest, ThatMayNotBeReadAreNoPassingTrouble) {
  server_.status = 403;
  const auto session = For("azure");
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::kUnauthenticated);
  EXPECT_THAT(session.error().message, HasSubstr("right to get"));
}

TEST_F(SecretsTest, GoOnWithWhatTheySaidWhileTheServerIsSilent) {
  server_.Put("azure", "s");
  const auto before = For("azure");
  server_.status = 500;
  NextRound();
  EXPECT_EQ(*For("azure"), *before);
  EXPECT_THAT(woken_, IsEmpty());
}

TEST_F(SecretsTest, ArePassingTroubleWhereTheServerIsSilentFromTheStart) {
  server_.status = 500;
  const auto session = For("azure");
  ASSERT_FALSE(session);
  EXPECT_NE(session.error().kind, ErrorKind::kUnauthenticated);
}

TEST_F(SecretsTest, GoOnToBeUsedWhenTheyVanishWithTheirNamespace) {
  server_.Put("azure", "s");
  const auto before = For("azure");
  server_.secrets.clear();
  terminating_ = true;
  NextRound();
  EXPECT_EQ(*For("azure"), *before);
  terminating_ = false;
  NextRound();
  EXPECT_FALSE(For("azure"));
}

TEST_F(SecretsTest, AreForgottenWhenNobodyUsesThemAnyMore) {
  server_.Put("azure", "s");
  ASSERT_TRUE(For("azure"));
  clock_.Advance(minutes(16));
  server_.asked.clear();
  NextRound();
  EXPECT_THAT(server_.asked, IsEmpty());
}

class KeeperTest : public SecretsTest {
 protected:
  KeeperTest() {
    for (int type = 0; type < 4; ++type) store_.AddType();
    server_.Put("azure", "s");
    server_.Put("other", "s");
  }
  void HaveNamespace(bool ends) {
    Add(kNamespaces, R"({"metadata":{"name":"labs","resourceVersion":")" + Version() + "\"" +
                         (ends ? R"(,"deletionTimestamp":"2026-01-01T00:00:00Z")" : "") + "}}");
  }
  runtime::RecordPtr HaveGallery(const std::string& secret) {
    return Add(kGalleries, R"({"metadata":{"name":"g","namespace":"labs","resourceVersion":")" +
                               Version() + R"("},"spec":{"credentialsRef":{"name":")" + secret +
                               "\"}}}");
  }
  runtime::RecordPtr Add(runtime::TypeIndex type, const std::string& text) {
    runtime::WatchedType watched;
    watched.annotation_prefix = "labgallery.io/";
    const auto record = runtime::MakeRecord(watched, type, *json::Parse(text), nullptr);
    EXPECT_TRUE(record);
    store_.Apply(*record);
    return *record;
  }
  std::string Version() { return std::to_string(++version_); }

  int version_ = 0;
  runtime::Store store_;
  bool handles_ = true;
  SecretKeeper keeper_{
      {.kube = kube_, .store = store_, .log = log_, .handles = [this](const std::string&) {
         return handles_;
       }}};
};

TEST_F(KeeperTest, LeavesSecretsAloneWhileTheirNamespaceLives) {
  HaveNamespace(false);
  HaveGallery("azure");
  keeper_.Look({});
  EXPECT_THAT(server_.asked, IsEmpty());
}

TEST_F(KeeperTest, KeepsASecretThatAnObjectOfAnEndingNamespaceUses) {
  HaveNamespace(true);
  HaveGallery("azure");
  keeper_.Look({});
  ASSERT_EQ(server_.patches.size(), 1U);
  EXPECT_THAT(server_.patches[0], HasSubstr("azure "));
  EXPECT_THAT(server_.patches[0], HasSubstr(kFinalizer));
  server_.Put("azure", "s", {kFinalizer});
  server_.patches.clear();
  keeper_.Look({});
  EXPECT_THAT(server_.patches, IsEmpty()) << "it is kept already";
}

TEST_F(KeeperTest, LetsTheSecretGoWithTheLastObject) {
  HaveNamespace(true);
  const runtime::RecordPtr gallery = HaveGallery("azure");
  server_.Put("azure", "s", {kFinalizer});
  keeper_.Look({});
  EXPECT_THAT(server_.patches, IsEmpty());
  store_.Remove(*gallery);
  keeper_.Look({});
  ASSERT_EQ(server_.patches.size(), 1U);
  EXPECT_THAT(server_.patches[0], HasSubstr("\"remove\""));
}

TEST_F(KeeperTest, AddsNothingToASecretThatIsOnItsWayOut) {
  HaveNamespace(true);
  HaveGallery("azure");
  server_.secrets.at("azure").Find("metadata")->Set("deletionTimestamp", "2026-01-01T00:00:00Z");
  keeper_.Look({});
  EXPECT_THAT(server_.patches, IsEmpty());
}

TEST_F(KeeperTest, LeavesOthersNamespacesToOthers) {
  HaveNamespace(true);
  HaveGallery("azure");
  handles_ = false;
  keeper_.Look({});
  EXPECT_THAT(server_.asked, IsEmpty());
}

TEST_F(KeeperTest, SaysWhatItMayNotDo) {
  HaveNamespace(true);
  server_.status = 403;
  keeper_.Look({});
  EXPECT_THAT(logged_.str(), HasSubstr("could not be kept"));
}

}  // namespace
}  // namespace labgallery::reconcile
