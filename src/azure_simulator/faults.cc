#include "src/azure_simulator/faults.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "src/azure_simulator/catalogue.h"
#include "src/base/text.h"
#include "src/json/reader.h"

namespace labgallery::azure_simulator {
namespace {

using Action = Fault::Action;

constexpr std::array<std::pair<Action, std::string_view>, 9> kActions{{
    {Action::kFail, "fail"},
    {Action::kThrottle, "throttle"},
    {Action::kHtmlBody, "htmlBody"},
    {Action::kDelay, "delay"},
    {Action::kLoseAnswer, "loseAnswer"},
    {Action::kTruncate, "truncate"},
    {Action::kFailOperation, "failOperation"},
    {Action::kFailRegion, "failRegion"},
    {Action::kStallRegion, "stallRegion"},
}};

std::string_view ActionName(Action action) {
  for (const auto& [value, name] : kActions) {
    if (value == action) return name;
  }
  return "";
}

Duration Seconds(double seconds) { return Duration(static_cast<std::int64_t>(seconds * 1e6)); }

// A misspelt member would leave a fault that does nothing, and a test that sees nothing wrong.
void KnowOnly(const json::Reader& reader, std::initializer_list<std::string_view> names) {
  const json::Value::Object* members = reader.Present() ? reader.value()->AsObject() : nullptr;
  if (members == nullptr) return;
  for (const auto& [name, value] : *members) {
    if (std::ranges::find(names, name) == names.end()) reader.Problem(name, "is not known");
  }
}

void ReadMatch(const json::Reader& match, Fault& fault) {
  KnowOnly(match, {"method", "pathContains", "pathRegex"});
  if (const auto method = match.OptionalString("method")) {
    fault.method = http::ParseMethod(*method);
    if (!fault.method) match.Problem("method", "is no HTTP method");
  }
  fault.path_contains = Lower(match.StringOr("pathContains", ""));
  fault.path_regex_text = match.StringOr("pathRegex", "");
  if (fault.path_regex_text.empty()) return;
  try {  // std::regex tells of a bad pattern only in this way
    fault.path_regex =
        std::regex(fault.path_regex_text, std::regex::icase | std::regex::ECMAScript);
  } catch (const std::regex_error&) {
    match.Problem("pathRegex", "is no regular expression");
  }
}

void ReadAction(const json::Reader& reader, Fault& fault) {
  const std::string wanted = reader.String("action");
  for (const auto& [value, name] : kActions) {
    if (name != wanted) continue;
    fault.action = value;
    return;
  }
  reader.Problem("action", "is not known");
}

void ReadDetails(const json::Reader& reader, Fault& fault) {
  if (fault.action == Action::kHtmlBody) fault.status = 502;
  fault.count = reader.IntegerOr("count", 1);
  fault.skip = reader.IntegerOr("skip", 0);
  fault.status = static_cast<int>(reader.IntegerOr("status", fault.status));
  fault.code = reader.StringOr("code", fault.code);
  fault.message = reader.StringOr("message", fault.message);
  fault.drop = reader.BooleanOr("drop", false);
  fault.region = NormalRegion(reader.StringOr("region", ""));
  const double fallback = fault.action == Action::kThrottle ? 10.0 : 0.0;
  fault.delay = Seconds(reader.OptionalNumber("retryAfterSeconds")
                            .value_or(reader.OptionalNumber("seconds").value_or(fallback)));
  for (const auto& [name, value] : reader.StringMap("headers")) fault.headers.Add(name, value);
}

bool Meets(const Fault& fault, http::Method method, const std::string& path) {
  if (fault.method && *fault.method != method) return false;
  if (!fault.path_contains.empty() && Lower(path).find(fault.path_contains) == std::string::npos) {
    return false;
  }
  return !fault.path_regex || std::regex_search(path, *fault.path_regex);
}

}  // namespace

Outcome<Fault> Faults::Add(const json::Value& description) {
  json::Problems problems;
  const json::Reader reader(description, problems);
  KnowOnly(reader, {"match", "action", "count", "skip", "status", "code", "message", "drop",
                    "region", "retryAfterSeconds", "seconds", "headers"});
  Fault fault;
  ReadMatch(reader.Object("match"), fault);
  ReadAction(reader, fault);
  ReadDetails(reader, fault);
  if (!problems.empty()) return InvalidParameter("fault", problems.list().front());
  fault.id = next_id_++;
  list_.push_back(fault);
  return fault;
}

json::Value Faults::ToJson() const {
  json::Value list = json::Value::Array();
  for (const Fault& fault : list_) {
    json::Value shown;
    shown.Set("id", fault.id);
    shown.Set("action", ActionName(fault.action));
    shown.Set("count", fault.count);
    shown.Set("skip", fault.skip);
    shown.Set("hits", fault.hits);
    json::Value& match = shown.Set("match", json::Value::Object());
    if (fault.method) match.Set("method", http::Name(*fault.method));
    if (!fault.path_contains.empty()) match.Set("pathContains", fault.path_contains);
    if (fault.path_regex) match.Set("pathRegex", fault.path_regex_text);
    list.Push(std::move(shown));
  }
  return list;
}

bool Faults::Remove(std::int64_t id) {
  return list_.remove_if([id](const Fault& fault) { return fault.id == id; }) > 0;
}

std::optional<Fault> Faults::Match(http::Method method, const std::string& path) {
  for (auto fault = list_.begin(); fault != list_.end(); ++fault) {
    if (!Meets(*fault, method, path)) continue;
    if (fault->skip > 0) {
      --fault->skip;
      continue;
    }
    ++fault->hits;
    Fault met = *fault;
    if (--fault->count <= 0) list_.erase(fault);
    return met;
  }
  return std::nullopt;
}

}  // namespace labgallery::azure_simulator
