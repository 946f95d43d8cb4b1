// Discovery, and the other forms in which objects are answered.
#include "src/json/parse.h"
#include "tests/contract/api.h"

namespace labgallery::contract {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;

class FormContract : public Contract {
 protected:
  Answer GetAs(const std::string& path, const std::string& accept) {
    return CallWith({http::Method::kGet, path, {{"Accept", accept}}, ""});
  }
  /// The texts at `member` of the objects of a list.
  static std::vector<std::string> Texts(const json::Value* list, std::string_view member) {
    std::vector<std::string> texts;
    if (list == nullptr || !list->IsArray()) return texts;
    for (const json::Value& item : *list->AsArray()) texts.emplace_back(item.Text({member}));
    return texts;
  }
};

constexpr const char* kTable = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
constexpr const char* kPartial = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
constexpr const char* kPartialList =
    "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";

TEST_F(FormContract, SaysThatItIsWell) {
  for (const char* path : {"/healthz", "/readyz", "/livez"}) {
    EXPECT_EQ(Get(path).status, 200) << path;
    EXPECT_EQ(Get(path).text, "ok") << path;
  }
  EXPECT_NE(Get("/version").Text({"gitVersion"}), "");
}

TEST_F(FormContract, ListsGroupsAndVersions) {
  EXPECT_EQ(*Get("/api").body.Find("versions"), Json(R"(["v1"])"));
  EXPECT_THAT(Texts(Get("/apis").body.Find("groups"), "name"),
              IsSupersetOf({"apiextensions.k8s.io", "contract.labgallery.test",
                            "coordination.k8s.io", "events.k8s.io"}));
  const Answer group = Get("/apis/contract.labgallery.test");
  EXPECT_EQ(group.Text({"kind"}), "APIGroup");
  EXPECT_EQ(group.Text({"preferredVersion", "groupVersion"}), "contract.labgallery.test/v1");
}

TEST_F(FormContract, DescribesTheResourcesOfAVersion) {
  const Answer list = Get(std::string(kApi));
  EXPECT_EQ(list.Text({"groupVersion"}), "contract.labgallery.test/v1");
  const json::Value* resources = list.body.Find("resources");
  EXPECT_THAT(Texts(resources, "name"), IsSupersetOf({"gadgets", "widgets", "widgets/status"}));
  for (const json::Value& resource : *resources->AsArray()) {
    if (resource.Text({"name"}) != "widgets") continue;
    EXPECT_EQ(resource.Text({"kind"}), "Widget");
    EXPECT_EQ(resource.Text({"singularName"}), "widget");
    EXPECT_EQ(*resource.Find("namespaced"), json::Value(true));
    EXPECT_EQ(*resource.Find("shortNames"), Json(R"(["wdg"])"));
    EXPECT_EQ(*resource.Find("categories"), Json(R"(["contract"])"));
  }
  EXPECT_THAT(Texts(Get("/api/v1").body.Find("resources"), "name"),
              IsSupersetOf({"namespaces", "secrets"}));
}

TEST_F(FormContract, AnswersAggregatedDiscoveryWhenAsked) {
  const Answer answer = GetAs(
      "/apis",
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json");
  EXPECT_EQ(answer.Text({"kind"}), "APIGroupDiscoveryList");
  bool found = false;
  for (const json::Value& group : *answer.body.Find("items")->AsArray()) {
    if (group.Text({"metadata", "name"}) != "contract.labgallery.test") continue;
    const json::Value& version = group.Find("versions")->AsArray()->at(0);
    found = true;
    EXPECT_EQ(version.Text({"version"}), "v1");
    EXPECT_THAT(Texts(version.Find("resources"), "resource"), ElementsAre("gadgets", "widgets"));
  }
  EXPECT_TRUE(found);
}

TEST_F(FormContract, OffersTheOpenApiDocumentThatKubectlReads) {
  const Answer index = Get("/openapi/v3");
  const json::Value* entry = index.body.At({"paths", "apis/contract.labgallery.test/v1"});
  ASSERT_NE(entry, nullptr) << index.text;
  const Answer document = Get(std::string(entry->Text({"serverRelativeURL"})));
  ASSERT_EQ(document.status, 200);
  EXPECT_THAT(document.text, HasSubstr("fieldValidation"));
  EXPECT_THAT(document.text, HasSubstr("x-kubernetes-group-version-kind"));
}

TEST_F(FormContract, ShowsATableForPeople) {
  CreateWidget("a", R"({"size": 7})");
  ASSERT_EQ(MergePatch(WidgetPath("a") + "/status",
                       R"({"status": {"conditions": [{"type": "Other", "status": "False"},
                                                     {"type": "Ready", "status": "True"}]}})")
                .status,
            200);
  for (const std::string& path : {Widgets(), WidgetPath("a")}) {
    const Answer table = GetAs(path, kTable);
    EXPECT_EQ(table.Text({"kind"}), "Table") << table.text;
    EXPECT_THAT(Texts(table.body.Find("columnDefinitions"), "name"),
                ElementsAre("Name", "Size", "Ready", "Age"));
    const json::Value& row = table.body.Find("rows")->AsArray()->at(0);
    const json::Value::Array& cells = *row.Find("cells")->AsArray();
    EXPECT_EQ(cells.at(0), json::Value("a"));
    EXPECT_EQ(cells.at(1), json::Value(7));
    EXPECT_EQ(cells.at(2), json::Value("True"));
    EXPECT_THAT(*cells.at(3).AsString(), testing::MatchesRegex("[0-9]+s"));
    EXPECT_EQ(row.Text({"object", "kind"}), "PartialObjectMetadata");
    EXPECT_EQ(row.Text({"object", "metadata", "name"}), "a");
  }
  EXPECT_EQ(GetAs(Widgets() + "?includeObject=Object", kTable)
                .body.Find("rows")
                ->AsArray()
                ->at(0)
                .Text({"object", "kind"}),
            "Widget");
}

TEST_F(FormContract, AnswersMetadataOnlyWhenAsked) {
  const Answer created = CreateWidget("a");
  const Answer partial = GetAs(WidgetPath("a"), kPartial);
  EXPECT_EQ(partial.Text({"kind"}), "PartialObjectMetadata");
  EXPECT_EQ(partial.Text({"apiVersion"}), "meta.k8s.io/v1");
  EXPECT_EQ(*partial.body.Find("metadata"), *created.body.Find("metadata"));
  EXPECT_EQ(partial.body.Find("spec"), nullptr);
  const Answer list = GetAs(Widgets(), kPartialList);
  EXPECT_EQ(list.Text({"kind"}), "PartialObjectMetadataList");
  EXPECT_EQ(list.body.Find("items")->AsArray()->at(0).Text({"kind"}), "PartialObjectMetadata");
  EXPECT_NE(list.version(), "");
}

TEST_F(FormContract, AnswersAWriteWithMetadataOnlyWhenAsked) {
  const http::Headers headers{{"Accept", kPartial}, {"Content-Type", "application/json"}};
  const Answer created =
      CallWith({http::Method::kPost, Widgets(), headers, json::Dump(Widget("a"))});
  EXPECT_EQ(created.status, 201) << created.text;
  EXPECT_EQ(created.Text({"kind"}), "PartialObjectMetadata");
  EXPECT_NE(created.version(), "");
}

TEST_F(FormContract, WatchesMetadataOnlyWhenAsked) {
  CreateWidget("a");
  auto response =
      TheApi().transport.Open({http::Method::kGet,
                               TheApi().origin + Widgets() + "?watch=true&timeoutSeconds=1",
                               {{"Accept", kPartial}},
                               ""},
                              {});
  ASSERT_TRUE(response);
  const auto event = Events(*std::move(response)).Next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->object.Text({"kind"}), "PartialObjectMetadata");
  EXPECT_EQ(event->object.Find("spec"), nullptr);
}

TEST_F(FormContract, WatchesATableWhoseAgesGoOn) {
  auto response = TheApi().transport.Open(
      {http::Method::kGet,
       TheApi().origin + Widgets() +
           "?watch=true&timeoutSeconds=9&resourceVersion=" + Get(Widgets()).version(),
       {{"Accept", kTable}},
       ""},
      {});
  ASSERT_TRUE(response);
  Events events(*std::move(response));
  TheApi().pass(std::chrono::seconds(4));
  CreateWidget("a");
  const auto event = events.Next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->object.Text({"kind"}), "Table");
  const json::Value& row = event->object.Find("rows")->AsArray()->at(0);
  EXPECT_THAT(*row.Find("cells")->AsArray()->at(3).AsString(), testing::MatchesRegex("[0-9]+s"));
}

TEST_F(FormContract, RefusesAFormThatItDoesNotHave) {
  EXPECT_TRUE(IsRefusal(GetAs(Widgets(), "image/png"), 406, "NotAcceptable"));
}

class BuiltinContract : public Contract {
 protected:
  std::string In(const std::string& group, const std::string& plural) const {
    return group + "/namespaces/" + name_space_ + "/" + plural;
  }
};

TEST_F(BuiltinContract, WritesPlainSecretTextIntoData) {
  const std::string path = In("/api/v1", "secrets");
  const Answer created =
      Post(path, Json(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"},
                                             "data": {"a": "eA==", "b": "eA=="}, "stringData": {"b": "plain", "c": ""}})"));
  ASSERT_EQ(created.status, 201) << created.text;
  EXPECT_EQ(*created.body.Find("data"), Json(R"({"a": "eA==", "b": "cGxhaW4=", "c": ""})"));
  EXPECT_EQ(created.body.Find("stringData"), nullptr);
  EXPECT_EQ(created.Text({"type"}), "Opaque");
  EXPECT_EQ(created.generation(), -1) << "secrets count no generations";
  const Answer wrong =
      Post(path, Json(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "t"},
                                           "data": {"a": "not base64!"}})"));
  EXPECT_GE(wrong.status, 400);
  EXPECT_EQ(
      Put(path + "/s", Json(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}})"))
          .status,
      200)
      << "a secret may be replaced without a version";
}

TEST_F(BuiltinContract, RenewsALeaseAtItsVersion) {
  const std::string path = In("/apis/coordination.k8s.io/v1", "leases");
  const Answer created =
      Post(path, Json(R"({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
      "metadata": {"name": "l"}, "spec": {"holderIdentity": "me", "leaseDurationSeconds": 10,
      "acquireTime": "2026-01-02T03:04:05.000006Z", "renewTime": "2026-01-02T03:04:05.000006Z", "leaseTransitions": 0}})"));
  ASSERT_EQ(created.status, 201) << created.text;
  EXPECT_EQ(created.Text({"spec", "renewTime"}), "2026-01-02T03:04:05.000006Z");
  const std::string renewal = R"({"metadata": {"resourceVersion": ")" + created.version() +
                              R"("}, "spec": {"renewTime": "2026-01-02T03:04:07.000000Z"}})";
  EXPECT_EQ(MergePatch(path + "/l", renewal).status, 200);
  EXPECT_TRUE(IsRefusal(MergePatch(path + "/l", renewal), 409, "Conflict"));
  EXPECT_TRUE(IsRefusal(Put(path + "/l", created.body), 409, "Conflict"));
}

TEST_F(BuiltinContract, TakesALeaseThatIsReleasedAndTellsWhoWatchesIt) {
  const std::string path = In("/apis/coordination.k8s.io/v1", "leases");
  const auto lease = [](const char* name, const char* spec) {
    json::Value value = Json(R"({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease"})");
    value.Set("metadata", {}).Set("name", name);
    value.Set("spec", Json(spec));
    return value;
  };
  const Answer created =
      Post(path, lease("l", R"({"holderIdentity": "me", "leaseDurationSeconds": 10})"));
  ASSERT_EQ(created.status, 201) << created.text;
  ASSERT_EQ(Post(path, lease("other", R"({"holderIdentity": "you"})")).status, 201);
  auto events =
      Watch(path + "?watch=true&timeoutSeconds=5&fieldSelector=metadata.name%3Dl&resourceVersion=" +
            created.version());
  json::Value released = created.body;
  released.Set("spec", Json(R"({"holderIdentity": "", "leaseDurationSeconds": 1})"));
  ASSERT_EQ(Put(path + "/l", released).status, 200);
  const auto event = events.Next();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->object.Text({"metadata", "name"}), "l");
  EXPECT_EQ(event->object.Text({"spec", "holderIdentity"}), "");
  EXPECT_EQ(event->object.Integer({"spec", "leaseDurationSeconds"}), 1);
  ASSERT_EQ(Delete(path + "/l").status, 200);
  EXPECT_EQ(events.NextChange(), "DELETED l");
}

TEST_F(BuiltinContract, TakesAnEventThatBeginsAsASeries) {
  const std::string path = In("/apis/events.k8s.io/v1", "events");
  json::Value event =
      Json(R"({"apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"name": "e"},
      "eventTime": "2026-01-02T03:04:05.000006Z", "reportingController": "labgallery.test/c",
      "reportingInstance": "c-1", "action": "Repair", "reason": "Repaired", "type": "Normal",
      "series": {"count": 3, "lastObservedTime": "2026-01-02T03:05:05.000006Z"},
      "regarding": {"apiVersion": "contract.labgallery.test/v1", "kind": "Widget", "name": "a"}})");
  event.Find("regarding")->Set("namespace", name_space_);
  const Answer created = Post(path, event);
  ASSERT_EQ(created.status, 201) << created.text;
  EXPECT_EQ(created.body.Integer({"series", "count"}), 3);
  const Answer gone = MergePatch(path + "/gone", R"({"series": {"count": 4}})");
  EXPECT_TRUE(IsRefusal(gone, 404, "NotFound"));
  EXPECT_EQ(gone.Text({"details", "name"}), "gone");
}

TEST_F(BuiltinContract, TakesEventsWithinTheirLimits) {
  const std::string path = In("/apis/events.k8s.io/v1", "events");
  json::Value event =
      Json(R"({"apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"name": "e"},
      "eventTime": "2026-01-02T03:04:05.000006Z", "reportingController": "labgallery.test/c",
      "reportingInstance": "c-1", "action": "Repair", "reason": "Repaired", "type": "Normal", "note": "fine",
      "regarding": {"apiVersion": "contract.labgallery.test/v1", "kind": "Widget", "name": "a"}})");
  event.Find("regarding")->Set("namespace", name_space_);
  const Answer created = Post(path, event);
  ASSERT_EQ(created.status, 201) << created.text;
  EXPECT_EQ(
      MergePatch(path + "/e",
                 R"({"series": {"count": 2, "lastObservedTime": "2026-01-02T03:05:05.000006Z"}})")
          .status,
      200);
  struct Row {
    const char* member;
    json::Value value;
  };
  for (const Row& row : {Row{"note", std::string(1025, 'x')}, Row{"reason", std::string(129, 'x')},
                         Row{"type", "Loud"}, Row{"action", ""}, Row{"reportingController", ""}}) {
    json::Value wrong = event;
    wrong.Find("metadata")->Set("name", "wrong");
    wrong.Set(row.member, row.value);
    EXPECT_TRUE(IsRefusal(Post(path, wrong), 422, "Invalid")) << row.member;
  }
  json::Value elsewhere = event;
  elsewhere.Find("metadata")->Set("name", "elsewhere");
  elsewhere.Find("regarding")->Set("namespace", "default");
  EXPECT_EQ(Post(path, elsewhere).status, 201) << "it may be about an object of another namespace";
}

}  // namespace
}  // namespace labgallery::contract
