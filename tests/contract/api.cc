#include "tests/contract/api.h"

#include <utility>

#include "src/http/model/retry_after.h"
#include "src/json/parse.h"

namespace labgallery::contract {
namespace {

constexpr std::chrono::minutes kLongestSilence{5};  // of a watch
constexpr Duration kPatience = std::chrono::minutes(1);

constexpr const char* kWidgetCrd = R"({
  "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
  "metadata": {"name": "widgets.contract.labgallery.test"},
  "spec": {"group": "contract.labgallery.test", "scope": "Namespaced",
    "names": {"kind": "Widget", "plural": "widgets", "singular": "widget", "shortNames": ["wdg"],
              "categories": ["contract"]},
    "versions": [{"name": "v1", "served": true, "storage": true,
      "subresources": {"status": {}},
      "selectableFields": [{"jsonPath": ".spec.color"}],
      "additionalPrinterColumns": [
        {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
        {"name": "Ready", "type": "string", "jsonPath": ".status.conditions[?(@.type==\"Ready\")].status"},
        {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}],
      "schema": {"openAPIV3Schema": {"type": "object", "required": ["spec"], "properties": {
        "spec": {"type": "object", "required": ["size"], "properties": {
          "size": {"type": "integer", "minimum": 1, "maximum": 100},
          "color": {"type": "string", "enum": ["Red", "Green"], "default": "Green"},
          "code": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
          "note": {"type": "string", "nullable": true},
          "odd": {"type": "integer", "x-kubernetes-validations": [
            {"rule": "self % 2 == 1", "message": "must be odd"}]},
          "parts": {"type": "array", "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": {"type": "object", "required": ["name"], "properties": {
              "name": {"type": "string"}, "count": {"type": "integer", "default": 1}}}},
          "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}},
        "status": {"type": "object", "properties": {
          "phase": {"type": "string"},
          "conditions": {"type": "array", "items": {"type": "object", "required": ["type", "status"],
            "properties": {"type": {"type": "string"}, "status": {"type": "string"}}}}}}}}}}]}})";

constexpr const char* kGadgetCrd = R"({
  "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
  "metadata": {"name": "gadgets.contract.labgallery.test"},
  "spec": {"group": "contract.labgallery.test", "scope": "Cluster",
    "names": {"kind": "Gadget", "plural": "gadgets", "singular": "gadget"},
    "versions": [{"name": "v1", "served": true, "storage": true,
      "schema": {"openAPIV3Schema": {"type": "object", "properties": {
        "spec": {"type": "object", "properties": {"size": {"type": "integer"}}},
        "status": {"type": "object", "properties": {"phase": {"type": "string"}}}}}}}]}})";

constexpr int kLongestStart = 20;  // times that a server which has just begun may ask to wait

// Passes the time that a server asks to wait: one that has just begun and not yet read a kind says
// 429 and has done nothing. False: it does not ask.
bool WaitsIfAsked(int status, const http::Headers& headers) {
  const auto wait = http::RetryAfter(headers, TheApi().clock.Now());
  if (status != 429 || !wait) return false;
  TheApi().pass(*wait);
  return true;
}

Answer Send(http::Request request) {
  request.url = TheApi().origin + request.url;
  auto response = TheApi().transport.Send(request, {});
  for (int times = 0; times < kLongestStart && response; ++times) {
    if (!WaitsIfAsked(response->status, response->headers)) break;
    response = TheApi().transport.Send(request, {});
  }
  if (!response) {
    ADD_FAILURE() << request.url << ": " << response.error().ToString();
    return {};
  }
  auto body = json::Parse(response->body);
  return {.status = response->status,
          .body = body ? *std::move(body) : json::Value(),
          .headers = std::move(response->headers),
          .text = std::move(response->body)};
}

http::Request JsonRequest(http::Method method, const std::string& path, const json::Value& body,
                          const std::string& content_type) {
  http::Request request{
      .method = method, .url = path, .headers = {{"Accept", "application/json"}}, .body = ""};
  if (!body.IsNull()) {
    request.headers.Set("Content-Type", content_type);
    request.body = json::Dump(body);
  }
  return request;
}

void Install(const char* definition, const std::string& collection) {
  const Answer created = Send(JsonRequest(http::Method::kPost,
                                          "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                                          Json(definition), "application/json"));
  ASSERT_TRUE(created.status == 201 || created.status == 409) << created.text;
  // A real server serves a new resource a moment after it has accepted it.
  for (int i = 0; i < 100; ++i) {
    if (Send(JsonRequest(http::Method::kGet, collection, {}, "")).status == 200) return;
    TheApi().pass(std::chrono::milliseconds(100));
  }
  ADD_FAILURE() << collection << " is not served";
}

std::string NewNamespace() {
  const Answer created = Send(JsonRequest(http::Method::kPost, "/api/v1/namespaces",
                                          Json(R"({"apiVersion": "v1", "kind": "Namespace",
                                                   "metadata": {"generateName": "contract-"}})"),
                                          "application/json"));
  EXPECT_EQ(created.status, 201) << created.text;
  return created.Text({"metadata", "name"});
}

}  // namespace

json::Value Json(std::string_view text) {
  auto value = json::Parse(text);
  EXPECT_TRUE(value) << text;
  return value ? *std::move(value) : json::Value();
}

std::int64_t Answer::generation() const {
  const json::Value* value = body.At({"metadata", "generation"});
  return value == nullptr || value->AsInteger() == nullptr ? -1 : *value->AsInteger();
}

std::string Answer::Warnings() const {
  std::string warnings;
  for (const auto& [name, value] : headers.fields()) {
    if (name == "Warning" || name == "warning") warnings += value + "\n";
  }
  return warnings;
}

std::optional<kube::WatchEvent> Events::Next() {
  while (buffer_.find('\n') == std::string::npos) {
    auto more = response_.body({});
    if (!more) {
      ADD_FAILURE() << more.error().ToString();
      return std::nullopt;
    }
    if (!*more) return std::nullopt;
    buffer_ += **more;
  }
  const auto end = buffer_.find('\n');
  auto event = kube::ReadWatchEvent(buffer_.substr(0, end));
  buffer_.erase(0, end + 1);
  if (!event) {
    ADD_FAILURE() << event.error().ToString();
    return std::nullopt;
  }
  return *std::move(event);
}

std::string Events::NextLine() {
  const auto event = Next();
  if (!event) return "end";
  const std::string name(event->object.Text({"metadata", "name"}));
  switch (event->type) {
    case kube::WatchEventType::kAdded:
      return "ADDED " + name;
    case kube::WatchEventType::kModified:
      return "MODIFIED " + name;
    case kube::WatchEventType::kDeleted:
      return "DELETED " + name;
    case kube::WatchEventType::kBookmark:
      return kube::EndsInitialEvents(*event) ? "BOOKMARK end of initial events" : "BOOKMARK";
    case kube::WatchEventType::kError:
      return "ERROR " + std::string(event->object.Text({"reason"}));
    case kube::WatchEventType::kUnknown:
      break;
  }
  return "unknown";
}

std::string Events::NextChange() {
  std::string line = NextLine();
  while (line == "BOOKMARK") line = NextLine();
  return line;
}

void InstallKinds() {
  Install(kWidgetCrd, std::string(kApi) + "/widgets");
  Install(kGadgetCrd, std::string(kApi) + "/gadgets");
}

Contract::Contract() {
  static const bool installed = (InstallKinds(), true);
  name_space_ = installed ? NewNamespace() : "";
}

Answer Contract::Call(http::Method method, const std::string& path, const json::Value& body,
                      const std::string& content_type) {
  return Send(JsonRequest(method, path, body, content_type));
}

Answer Contract::CallWith(http::Request request) { return Send(std::move(request)); }

Events Contract::Watch(const std::string& path) {
  http::Request request{
      .method = http::Method::kGet, .url = TheApi().origin + path, .headers = {}, .body = ""};
  for (int times = 0;; ++times) {
    auto response = TheApi().transport.Open(request, {.timeout = kLongestSilence, .stop = {}});
    if (!response) {
      ADD_FAILURE() << response.error().ToString();
      return Events({});
    }
    if (times == kLongestStart || !WaitsIfAsked(response->status, response->headers))
      return Events(*std::move(response));
  }
}

json::Value Contract::Widget(const std::string& name, const std::string& spec,
                             const std::string& metadata) const {
  json::Value widget;
  widget.Set("apiVersion", "contract.labgallery.test/v1");
  widget.Set("kind", "Widget");
  widget.Set("metadata", Json(metadata)).Set("name", name);
  widget.Set("spec", Json(spec));
  return widget;
}

Answer Contract::CreateWidget(const std::string& name, const std::string& spec,
                              const std::string& metadata) {
  Answer created = Post(Widgets(), Widget(name, spec, metadata));
  EXPECT_EQ(created.status, 201) << created.text;
  return created;
}

std::string Contract::Widgets() const {
  return std::string(kApi) + "/namespaces/" + name_space_ + "/widgets";
}

std::vector<std::string> Contract::Names(const Answer& list) {
  std::vector<std::string> names;
  const json::Value* items = list.body.Find("items");
  if (items == nullptr || !items->IsArray()) {
    ADD_FAILURE() << "no list: " << list.text;
    return names;
  }
  for (const json::Value& item : *items->AsArray())
    names.emplace_back(item.Text({"metadata", "name"}));
  return names;
}

testing::AssertionResult InTheEnd(const std::function<bool()>& holds) {
  const SteadyTime deadline = TheApi().clock.SteadyNow() + kPatience;
  while (!holds()) {
    if (TheApi().clock.SteadyNow() > deadline) return testing::AssertionFailure() << "not in time";
    TheApi().pass(std::chrono::milliseconds(100));
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult IsRefusal(const Answer& answer, int code, std::string_view reason) {
  const json::Value* told = answer.body.Find("code");
  const bool is_status = answer.body.Text({"kind"}) == "Status" &&
                         answer.body.Text({"status"}) == "Failure" && told != nullptr &&
                         *told == json::Value(code);
  if (answer.status == code && is_status && answer.body.Text({"reason"}) == reason) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure()
         << "expected " << code << " " << reason << ", got " << answer.status << " " << answer.text;
}

}  // namespace labgallery::contract
