#include "src/azure/client/wire_record.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "src/base/text.h"
#include "src/base/time_text.h"
#include "src/http/model/url.h"
#include "src/json/parse.h"
#include "src/telemetry/redact.h"

namespace labgallery::azure {
namespace {

using telemetry::kRedacted;

constexpr std::size_t kLongestText = 4000;  // of a body that is no JSON: a gateway's page

bool IsSecretName(std::string_view name) {
  const std::string lower = Lower(name);
  // The pages of a list, not the right to anything.
  if (lower == "$skiptoken" || lower == "skiptoken") return false;
  for (const std::string_view word : {"password", "secret", "token", "assertion", "credential",
                                      "accesskey", "sharedkey", "accesssas", "authorization"}) {
    if (lower.find(word) != std::string::npos) return true;
  }
  return false;
}

bool IsPrincipalName(std::string_view name) {
  constexpr std::array<std::string_view, 7> kNames{"principalId",
                                                   "objectId",
                                                   "createdBy",
                                                   "updatedBy",
                                                   "clientId",
                                                   "lastModifiedBy",
                                                   "delegatedManagedIdentityResourceId"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [name](std::string_view one) { return EqualsIgnoreCase(one, name); });
}

bool IsDirectory(const std::string& url) {
  return url.find("/servicePrincipals") != std::string::npos;
}

std::optional<ErrorKind> KindNamed(std::string_view name) {
  for (const ErrorKind kind : {ErrorKind::kUnavailable, ErrorKind::kTimeout, ErrorKind::kCancelled,
                               ErrorKind::kProtocol, ErrorKind::kInternal}) {
    if (Name(kind) == name) return kind;
  }
  return std::nullopt;
}

http::Headers HeadersFrom(const json::Value* told) {
  http::Headers headers;
  if (told == nullptr || !told->IsObject()) return headers;
  for (const auto& [name, value] : *told->AsObject()) {
    if (const std::string* text = value.AsString()) headers.Add(name, *text);
  }
  return headers;
}

}  // namespace

std::string WireRedaction::Url(const std::string& url) {
  std::string shown = telemetry::RedactUrl(url);
  const std::size_t first = shown.find(kRedacted);
  if (first == std::string::npos) return shown;
  const std::string number = std::to_string(urls_.try_emplace(url, urls_.size() + 1).first->second);
  for (std::size_t at = first; at != std::string::npos; at = shown.find(kRedacted, at + 1))
    shown.insert(at + kRedacted.size(), number);
  return shown;
}

json::Value WireRedaction::Headers(const http::Headers& headers) {
  json::Value told{json::Value::Object()};
  for (const auto& [name, value] : headers.fields()) {
    const std::string harmless = telemetry::RedactHeader(name, value);
    if (harmless == kRedacted) continue;
    told.Set(Lower(name), harmless == value ? value : Url(value));
  }
  return told;
}

void WireRedaction::Clean(json::Value& value, std::string_view name) {
  if (value.IsObject()) {
    for (auto& [member, inner] : value.MakeObject()) Clean(inner, member);
  } else if (value.IsArray()) {
    for (json::Value& item : value.MakeArray()) Clean(item, name);
  } else if (const std::string* text = value.AsString()) {
    if (IsSecretName(name) && !text->empty()) {
      value = json::Value(kRedacted);
    } else if (text->starts_with("https://") || text->starts_with("http://")) {
      value = json::Value(Url(*text));
    }
  }
}

void WireRedaction::AddBody(json::Value& message, const std::string& body, bool is_request) {
  if (body.empty()) return;
  auto parsed = json::Parse(body);
  if (parsed) {
    Clean(*parsed, "");
    message.Set("body", *std::move(parsed));
  } else {
    // A request that is no JSON is a form with a login in it.
    message.Set("text", is_request ? std::string(kRedacted) : CutUtf8(body, kLongestText));
  }
}

void WireRedaction::NotePrincipal(const std::string& id) {
  // Shorter than any id: what a test or a stand-in calls itself.
  constexpr std::size_t kShortest = 16;
  if (id.size() >= kShortest)
    principals_.try_emplace(id, "principal-" + std::to_string(principals_.size() + 1));
}

// Ids stand under known names, in the directory's answers, and in what a refusal says.
void WireRedaction::NotePrincipals(const json::Value& value, bool in_directory) {
  constexpr std::string_view kInWords = "with object id '";
  if (const std::string* text = value.AsString()) {
    for (const std::string_view before : {std::string_view("The client '"), kInWords}) {
      const std::size_t at = text->find(before);
      if (at == std::string::npos) continue;
      const std::size_t begin = at + before.size();
      NotePrincipal(text->substr(begin, text->find('\'', begin) - begin));
    }
  } else if (const json::Value::Array* items = value.AsArray()) {
    for (const json::Value& item : *items) NotePrincipals(item, in_directory);
  } else if (const json::Value::Object* members = value.AsObject()) {
    for (const auto& [name, inner] : *members) {
      const std::string* id = inner.AsString();
      const bool is_id = IsPrincipalName(name) || (in_directory && name == "id");
      if (id != nullptr && is_id) NotePrincipal(*id);
      NotePrincipals(inner, in_directory);
    }
  }
}

std::string WireRedaction::WithoutPrincipals(std::string line) const {
  for (const auto& [id, number] : principals_) {
    for (std::size_t at = line.find(id); at != std::string::npos; at = line.find(id, at))
      line.replace(at, id.size(), number);
  }
  return line;
}

std::string WireRedaction::Line(const Exchange& exchange) {
  json::Value line;
  line.Set("at", Rfc3339(exchange.at));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(exchange.took);
  line.Set("tookMs", took.count());
  json::Value& request = line.Set("request", json::Value::Object());
  request.Set("method", http::Name(exchange.request.method));
  request.Set("url", Url(exchange.request.url));
  request.Set("headers", Headers(exchange.request.headers));
  AddBody(request, exchange.request.body, true);
  if (exchange.response) {
    json::Value& response = line.Set("response", json::Value::Object());
    response.Set("status", exchange.response->status);
    response.Set("headers", Headers(exchange.response->headers));
    AddBody(response, exchange.response->body, false);
  } else {
    json::Value& error = line.Set("error", json::Value::Object());
    error.Set("kind", Name(exchange.response.error().kind));
    error.Set("message", exchange.response.error().message);
  }
  if (!without_principals_) return json::Dump(line);
  NotePrincipals(line, IsDirectory(exchange.request.url));
  return WithoutPrincipals(json::Dump(line));
}

std::string ReplayKey(http::Method method, const std::string& url) {
  std::string key(http::Name(method));
  key += ' ';
  const std::string shown = telemetry::RedactUrl(url);
  const std::size_t question = std::min(shown.find('?'), shown.size());
  std::string path = Lower(shown.substr(0, question));
  constexpr std::string_view kAssignments = "/roleassignments/";
  if (const std::size_t at = path.find(kAssignments); at != std::string::npos)
    path.resize(at + kAssignments.size());
  return key + path + shown.substr(question);
}

Result<RecordedExchange> ReadRecordedLine(const std::string& line) {
  LAB_ASSIGN_OR_RETURN(const json::Value record, json::Parse(line));
  const auto method = http::ParseMethod(record.Text({"request", "method"}));
  const std::string url(record.Text({"request", "url"}));
  if (!method || url.empty()) return InvalidInput("a line without a request");
  RecordedExchange exchange{.key = ReplayKey(*method, url)};
  if (const json::Value* told = record.Find("response")) {
    const auto status = told->Integer({"status"});
    if (!status || *status < 100 || *status > 599) return InvalidInput("a response without status");
    const json::Value* body = told->Find("body");
    exchange.response = http::Response{
        .status = static_cast<int>(*status),
        .headers = HeadersFrom(told->Find("headers")),
        .body = body != nullptr ? json::Dump(*body) : std::string(told->Text({"text"}))};
    return exchange;
  }
  const auto kind = KindNamed(record.Text({"error", "kind"}));
  if (!kind) return InvalidInput("a line without an answer");
  Error error;
  error.kind = *kind;
  error.message = record.Text({"error", "message"});
  exchange.response = tl::make_unexpected(std::move(error));
  return exchange;
}

}  // namespace labgallery::azure
