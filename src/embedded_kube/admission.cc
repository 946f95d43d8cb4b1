#include "src/embedded_kube/admission.h"

#include <algorithm>
#include <utility>

#include "src/base/text.h"
#include "src/base/time_text.h"
#include "src/embedded_kube/metadata.h"
#include "src/json/parse.h"

namespace labgallery::embedded_kube {
namespace {

using json::Value;

Refusal WrongType(const Resource& resource, const Value& object, std::string_view member,
                  const std::string& wanted) {
  kube::ResourceType type = resource.type;
  type.kind = std::string(object.Text({"kind"}));
  return Invalid(type, object.Text({"metadata", "name"}),
                 {{std::string(member),
                   "Invalid value: " + json::Dump(*object.Find(member)) + ": must be " + wanted}});
}

Outcome<void> CheckType(const Resource& resource, const Value& object, Sent sent) {
  const std::string_view kind = object.Text({"kind"});
  const std::string_view api_version = object.Text({"apiVersion"});
  if (kind.empty()) return Refuse(BadRequest("Object 'Kind' is missing"));
  if (api_version.empty()) return Refuse(BadRequest("Object 'apiVersion' is missing"));
  if (api_version != resource.type.ApiVersion()) {
    if (resource.custom && sent == Sent::kPatch) {
      return Refuse(WrongType(resource, object, "apiVersion", resource.type.ApiVersion()));
    }
    return Refuse(BadRequest("the API version in the data (" + std::string(api_version) +
                             ") does not match the expected API version (" +
                             resource.type.ApiVersion() + ")"));
  }
  if (kind != resource.type.kind) {
    if (resource.custom) return Refuse(WrongType(resource, object, "kind", resource.type.kind));
    return Refuse(BadRequest(std::string(kind) + " in version \"" + resource.type.version +
                             "\" cannot be handled as a " + resource.type.kind));
  }
  return {};
}

// True if the two differ in anything that is neither metadata nor, where it is its own part, the
// status.
bool ContentDiffers(const Resource& resource, const Value& before, const Value& after) {
  auto content = [&](const Value& object) {
    Value::Object members = *object.AsObject();
    members.erase("metadata");
    if (resource.has_status) members.erase("status");
    return members;
  };
  return content(before) != content(after);
}

void CopyMember(const Value& from, Value& to, std::string_view name) {
  if (const Value* member = from.Find(name)) {
    to.Set(name, *member);
  } else {
    to.Remove(name);
  }
}

// Everything stored can be read again, also from inside a list or an event, within the parser's
// limit.
constexpr int kMaxDepth = 56;

bool IsDeeperThan(const Value& value, int levels) {
  if (levels == 0) return value.IsArray() || value.IsObject();
  if (const Value::Array* items = value.AsArray()) {
    return std::any_of(items->begin(), items->end(),
                       [&](const Value& item) { return IsDeeperThan(item, levels - 1); });
  }
  const Value::Object* members = value.AsObject();
  return members != nullptr &&
         std::any_of(members->begin(), members->end(),
                     [&](const auto& member) { return IsDeeperThan(member.second, levels - 1); });
}

}  // namespace

std::string MediaType(const http::Request& request) {
  const auto header = request.headers.Get("Content-Type");
  if (!header) return "application/json";
  return Lower(Trim(header->substr(0, header->find(';'))));
}

Outcome<Value> DecodeObject(const http::Request& request) {
  const std::string type = MediaType(request);
  if (type != "application/json") return Refuse(UnsupportedMediaType("application/json"));
  auto body = json::Parse(request.body);
  if (!body)
    return Refuse(BadRequest("the object provided is unrecognized: " + body.error().message));
  if (!body->IsObject())
    return Refuse(BadRequest("the object provided is unrecognized: it is no JSON object"));
  return *std::move(body);
}

Outcome<FieldValidation> ReadFieldValidation(const Query& query) {
  const std::string text = query.Get("fieldValidation");
  if (text.empty() || text == "Warn") return FieldValidation::kWarn;
  if (text == "Strict") return FieldValidation::kStrict;
  if (text == "Ignore") return FieldValidation::kIgnore;
  return Refuse(BadRequest("fieldValidation: Unsupported value: \"" + text +
                           R"(": supported values: "", "Ignore", "Strict", "Warn")"));
}

Outcome<bool> ReadDryRun(const Query& query) {
  const std::string text = query.Get("dryRun");
  if (text.empty() || text == "All") return !text.empty();
  return Refuse(
      BadRequest("dryRun: Unsupported value: \"" + text + R"(": supported values: "All")"));
}

Outcome<Draft> Understand(const Resource& resource, Value object, Sent sent) {
  EMK_REFUSE_IF(CheckType(resource, object, sent));
  if (IsDeeperThan(object, kMaxDepth)) return Refuse(BadRequest("the object is nested too deeply"));
  Draft draft{.object = std::move(object), .unknown = {}};
  EMK_REFUSE_IF(NormaliseMetadata(draft.object, draft.unknown));
  for (std::string& path : resource.schema.Prune(draft.object))
    draft.unknown.push_back(std::move(path));
  return draft;
}

std::vector<std::string> UnknownFieldWarnings(const std::vector<std::string>& paths) {
  std::vector<std::string> warnings;
  for (const std::string& path : paths) warnings.push_back("unknown field \"" + path + "\"");
  return warnings;
}

void PrepareNew(const Resource& resource, Value& object, SystemTime now, std::string uid) {
  if (resource.has_status) object.Remove("status");
  Value& metadata = *object.Find("metadata");
  for (const char* name :
       {"deletionTimestamp", "deletionGracePeriodSeconds", "generation", "resourceVersion"}) {
    metadata.Remove(name);
  }
  metadata.Set("uid", std::move(uid));
  metadata.Set("creationTimestamp", Rfc3339(now));
  if (resource.counts_generations) metadata.Set("generation", 1);
  if (resource.prepare != nullptr) resource.prepare(object, nullptr);
  resource.schema.ApplyDefaults(object);
}

void PrepareChanged(const Resource& resource, const Value& before, Value& after,
                    std::string_view subresource) {
  if (subresource == "status") {
    Value kept = before;
    CopyMember(after, kept, "status");
    after = std::move(kept);
  } else {
    if (resource.has_status) CopyMember(before, after, "status");
    KeepSystemMetadata(before, after);
    if (resource.prepare != nullptr) resource.prepare(after, &before);
  }
  resource.schema.ApplyDefaults(after);
  if (ContentDiffers(resource, before, after)) BumpGeneration(resource, after);
}

Outcome<void> Judge(const Resource& resource, const Value& object, const Value* before) {
  std::vector<json::Violation> violations;
  CheckMetadata(resource, object, violations);
  if (before != nullptr) {
    CheckDeletionMark(*before, object, violations);
    CheckFinalizersOfDeleting(*before, object, violations);
  }
  for (json::Violation& violation : resource.schema.Validate(object)) {
    violations.push_back(std::move(violation));
  }
  if (resource.check != nullptr) resource.check(object, violations);
  if (violations.empty()) return {};
  return Refuse(Invalid(resource.type, object.Text({"metadata", "name"}), std::move(violations)));
}

void BumpGeneration(const Resource& resource, Value& object) {
  if (!resource.counts_generations) return;
  Value& metadata = *object.Find("metadata");
  const Value* generation = metadata.Find("generation");
  const std::int64_t* number = generation == nullptr ? nullptr : generation->AsInteger();
  metadata.Set("generation", (number == nullptr ? 0 : *number) + 1);
}

}  // namespace labgallery::embedded_kube
