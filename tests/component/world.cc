#include "tests/component/world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "controller/cli/embedded_servers.h"
#include "controller/cli/input_story.h"
#include "src/base/text.h"
#include "src/base/time_text.h"
#include "src/http/model/url.h"
#include "src/json/parse.h"
#include "src/kube/model/request.h"
#include "src/yaml/parse.h"

namespace labgallery::component {
namespace {

constexpr const char* kAzureOrigin = "http://azure.test";
constexpr const char* kKubeOrigin = "http://kube.test";

kube::ResourceType TypeOf(const std::string& kind) {
  for (const domain::Kind each : domain::kKinds) {
    if (domain::Name(each) == kind) return domain::ResourceTypeOf(each);
  }
  if (kind == "Namespace") return {"", "v1", "Namespace", "namespaces", false};
  if (kind == "Secret") return {"", "v1", "Secret", "secrets", true};
  throw std::invalid_argument("no such kind: " + kind);
}

http::Response Whole(http::Reply reply) { return std::get<http::Response>(std::move(reply)); }

json::Value MustParse(const std::string& text) {
  auto value = json::Parse(text);
  if (!value) throw std::runtime_error(value.error().message + ": " + text);
  return *std::move(value);
}

// Times, generated ids and versions differ from run to run.
void Normalise(json::Value& value) {
  if (value.IsArray()) {
    for (json::Value& item : value.MakeArray()) Normalise(item);
  }
  if (!value.IsObject()) return;
  for (const char* key : {"uid",
                          "resourceVersion",
                          "creationTimestamp",
                          "generation",
                          "lastTransitionTime",
                          "askedTime",
                          "attachedTime",
                          "completedTime",
                          "createdTime",
                          "resolvedTime",
                          "createdOn",
                          "updatedOn",
                          "publishedDate",
                          "uniqueIdentifier",
                          "observedGeneration",
                          "latestOperationResult",
                          "message",
                          "details",
                          "progress",
                          "etag",
                          "systemData"}) {
    value.Remove(key);
  }
  for (auto& [key, member] : value.MakeObject()) Normalise(member);
}

// Status and reason of a condition of an object: "True/Reconciled"; empty without one.
std::string Told(const json::Value& object, std::string_view type) {
  const json::Value* list = object.At({"status", "conditions"});
  if (list == nullptr || !list->IsArray()) return "";
  for (const json::Value& entry : *list->AsArray()) {
    if (entry.Text({"type"}) != type) continue;
    return std::string(entry.Text({"status"})) + "/" + std::string(entry.Text({"reason"}));
  }
  return "";
}

}  // namespace

std::string Samples() { return LABGALLERY_SOURCE_DIR "/manifests/samples"; }

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

World::World(WorldOptions options)
    : options_(std::move(options)),
      clock_(SystemTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 25))),
      here_(clock_.Enter()),
      random_(options_.seed),
      log_(options_.log != nullptr
               ? telemetry::Logger(clock_, {.format = telemetry::LogFormat::kJson}, *options_.log)
               : telemetry::Logger(clock_, {.level = telemetry::LogLevel::kError})) {
  azure_ = std::make_unique<azure_simulator::Simulator>(
      clock_, random_,
      azure_simulator::Options{.base_url = kAzureOrigin, .rate_headers = options_.rate_headers});
  kube_ = *embedded_kube::Server::Start(clock_, random_, {.crds = cli::EmbeddedCrds()});
  azure_wire_ = std::make_unique<Wire>([this](const http::Request& r) { return azure_->Handle(r); },
                                       effects_);
  kube_wire_ =
      std::make_unique<Wire>([this](const http::Request& r) { return kube_->Handle(r); }, effects_);
  access_ = cli::EmbeddedAzureAccess(
      kAzureOrigin,
      {.endpoint = "", .token_file = "", .installation = options_.settings.installation});
  plain_ = std::make_unique<http::InProcessTransport>(
      [this](const http::Request& r) { return azure_->Handle(r); });
  EXPECT_TRUE(cli::LearnCloud(
      access_, {}, {.transport = *plain_, .direct = *plain_, .clock = clock_, .random = random_},
      {}));
  AddNamespace("labs");
}

World::~World() { StopOperator(); }

http::Response World::Kube(const http::Request& request) { return Whole(kube_->Handle(request)); }

void World::AddNamespace(const std::string& name) {
  json::Value name_space;
  name_space.Set("apiVersion", "v1");
  name_space.Set("kind", "Namespace");
  name_space.Set("metadata", {}).Set("name", name);
  Kube(kube::CreateRequest(TypeOf("Namespace"), name_space));
}

void World::Apply(const std::string& yaml) {
  const yaml::Parsed parsed = yaml::ParseYaml(yaml);
  for (const yaml::Problem& problem : parsed.problems) ADD_FAILURE() << problem.reason;
  for (const yaml::Document& document : parsed.documents) ApplyObject(document.value);
}

void World::ApplyObject(json::Value object) {
  const std::string kind(object.Text({"kind"}));
  if (kind == "Namespace") return;
  const kube::ResourceType type = TypeOf(kind);
  if (object.Text({"metadata", "namespace"}).empty())
    object.Find("metadata")->Set("namespace", "labs");
  const kube::ObjectKey key{std::string(object.Text({"metadata", "namespace"})),
                            std::string(object.Text({"metadata", "name"}))};
  http::Response answer{.status = 409, .headers = {}, .body = ""};
  // The operator may write in between: a user's client reads again and tries again.
  for (int attempt = 0; attempt < 5 && answer.status == 409; ++attempt) {
    const http::Response present = Kube(kube::GetRequest(type, key));
    if (present.status != 200) {
      answer = Kube(kube::CreateRequest(type, object));
      continue;
    }
    const json::Value before = MustParse(present.body);
    object.Find("metadata")->Set("resourceVersion", before.Text({"metadata", "resourceVersion"}));
    if (const json::Value* finalizers = before.At({"metadata", "finalizers"})) {
      object.Find("metadata")->Set("finalizers", *finalizers);
    }
    answer = Kube(kube::ReplaceRequest(type, object));
  }
  EXPECT_LT(answer.status, 300) << answer.body;
}

void World::ApplyStep(const StoryStep& step) {
  std::vector<std::pair<std::string, std::string>> present;
  for (const json::Value& object : step.objects) {
    ApplyObject(object);
    present.emplace_back(object.Text({"kind"}), object.Text({"metadata", "name"}));
  }
  for (const domain::Kind kind : domain::kKinds) {
    const std::string name(domain::Name(kind));
    const http::Response answer =
        Kube(kube::ListRequest(domain::ResourceTypeOf(kind), "", {.limit = 0}));
    const json::Value list = MustParse(answer.body);
    for (const json::Value& object : *list.Find("items")->AsArray()) {
      const std::pair<std::string, std::string> entry(name, object.Text({"metadata", "name"}));
      if (std::find(present.begin(), present.end(), entry) == present.end()) {
        Delete(name, entry.second, std::string(object.Text({"metadata", "namespace"})));
      }
    }
  }
}

void World::Delete(const std::string& kind, const std::string& name,
                   const std::string& name_space) {
  Kube(kube::DeleteRequest(TypeOf(kind), {name_space, name}));
}

void World::Annotate(const std::string& kind, const std::string& name, const std::string& key,
                     const std::string& value) {
  json::Value patch;
  patch.Set("metadata", {}).Set("annotations", {}).Set(key, value);
  const http::Response answer =
      Kube(kube::MergePatchRequest(TypeOf(kind), {"labs", name}, "", patch));
  EXPECT_EQ(answer.status, 200) << answer.body;
}

json::Value World::Object(const std::string& kind, const std::string& name,
                          const std::string& name_space) {
  const http::Response answer = Kube(kube::GetRequest(TypeOf(kind), {name_space, name}));
  return answer.status == 200 ? MustParse(answer.body) : json::Value();
}

bool World::Exists(const std::string& kind, const std::string& name,
                   const std::string& name_space) {
  return Object(kind, name, name_space).IsObject();
}

std::string World::Condition(const std::string& kind, const std::string& name,
                             const std::string& type, const std::string& name_space) {
  return Told(Object(kind, name, name_space), type);
}

std::vector<std::string> World::Events() {
  const kube::ResourceType type{"events.k8s.io", "v1", "Event", "events", true};
  const json::Value list = MustParse(Kube(kube::ListRequest(type, "labs", {.limit = 0})).body);
  std::vector<std::string> events;
  for (const json::Value& event : *list.Find("items")->AsArray()) {
    events.push_back(std::string(event.Text({"regarding", "kind"})) + "/" +
                     std::string(event.Text({"regarding", "name"})) + " " +
                     std::string(event.Text({"reason"})) + ": " +
                     std::string(event.Text({"note"})));
  }
  return events;
}

json::Value World::Control(http::Method method, const std::string& path, const json::Value& body) {
  http::Request request{.method = method,
                        .url = "/simulator/" + path,
                        .headers = {{"Host", "azure.test"}},
                        .body = ""};
  if (!body.IsNull()) request.body = json::Dump(body);
  const http::Response answer = Whole(azure_->Handle(request));
  EXPECT_LT(answer.status, 300) << path << ": " << answer.body;
  return answer.body.empty() ? json::Value() : MustParse(answer.body);
}

void World::Put(const std::string& id, json::Value body) {
  Control(http::Method::kPut, "resources?id=" + http::Escape(id), body);
}

json::Value World::Resource(const std::string& id) {
  const http::Request request{.method = http::Method::kGet,
                              .url = "/simulator/resources?id=" + http::Escape(id),
                              .headers = {{"Host", "azure.test"}},
                              .body = ""};
  const http::Response answer = Whole(azure_->Handle(request));
  return answer.status == 200 ? MustParse(answer.body) : json::Value();
}

void World::Remove(const std::string& id) {
  Control(http::Method::kDelete, "resources?id=" + http::Escape(id));
}

void World::Assume(const std::string& story_directory, const std::string& service) {
  for (const cli::Assumption& assumption : AssumptionsOf(story_directory, service)) {
    if (assumption.method == "PUT") Put(assumption.id, assumption.body);
    if (assumption.method == "DELETE") Remove(assumption.id);
    if (assumption.method == "PATCH") {
      Control(http::Method::kPatch, "resources?id=" + http::Escape(assumption.id), assumption.body);
    }
  }
}

std::unique_ptr<cli::OperatorAssembly> World::MakeOperator(
    http::HttpTransport& kube, http::HttpTransport& azure,
    std::optional<runtime::LeaseOptions> lease, reconcile::OperatorOptions options) {
  options.settings = options_.settings;
  options.runtime.workers = options_.workers;
  options.on_pass = options_.on_pass;
  return std::make_unique<cli::OperatorAssembly>(
      cli::Outside{.clock = clock_,
                   .random = random_,
                   .kube = {kube, kube, kube, kKubeOrigin},
                   .azure_transport = azure,
                   .azure = access_,
                   .log = log_},
      std::move(options), std::move(lease));
}

void World::StartOperator() {
  assembly_ = MakeOperator(*kube_wire_, *azure_wire_, std::nullopt);
  assembly_->Start();
}

void World::StopOperator() {
  if (assembly_ == nullptr) return;
  assembly_->Stop();
  assembly_.reset();
}

bool World::AllWell() {
  for (const domain::Kind kind : domain::kKinds) {
    const http::Response answer =
        Kube(kube::ListRequest(domain::ResourceTypeOf(kind), "", {.limit = 0}));
    const json::Value list = MustParse(answer.body);
    for (const json::Value& object : *list.Find("items")->AsArray()) {
      if (object.At({"metadata", "deletionTimestamp"}) != nullptr) return false;
      if (!Told(object, "Ready").starts_with("True")) return false;
      const json::Value* observed = object.At({"status", "observedGeneration"});
      if (observed == nullptr || *observed != *object.At({"metadata", "generation"})) return false;
    }
  }
  return true;
}

bool World::Settle(Duration limit) {
  const SteadyTime end = clock_.SteadyNow() + limit;
  int before = -1;
  SteadyTime quiet_since = clock_.SteadyNow();
  while (clock_.SteadyNow() < end && !effects_.cut()) {
    Run(std::chrono::seconds(30));
    if (effects_.count() != before || !AllWell()) {
      before = effects_.count();
      quiet_since = clock_.SteadyNow();
    }
    if (clock_.SteadyNow() - quiet_since >= std::chrono::minutes(2)) return true;
  }
  return false;
}

bool World::RunUntil(const std::function<bool()>& reached, Duration limit) {
  const SteadyTime end = clock_.SteadyNow() + limit;
  while (!reached()) {
    if (clock_.SteadyNow() >= end || effects_.cut()) return false;
    Run(std::chrono::seconds(10));
  }
  return true;
}

void World::Run(Duration time) { clock_.Sleep(time, {}); }

std::string World::Remains() {
  json::Value remains;
  remains.Set("azure", *Control(http::Method::kGet, "state").Find("resources"));
  json::Value& objects = remains.Set("objects", json::Value::Array());
  for (const domain::Kind kind : domain::kKinds) {
    const http::Response answer =
        Kube(kube::ListRequest(domain::ResourceTypeOf(kind), "", {.limit = 0}));
    const json::Value list = MustParse(answer.body);
    for (const json::Value& object : *list.Find("items")->AsArray()) objects.Push(object);
  }
  Normalise(remains);
  return json::DumpPretty(remains);
}

}  // namespace labgallery::component
