#include "src/embedded_kube/writer.h"

#include <optional>
#include <utility>

#include "src/base/text.h"
#include "src/embedded_kube/builtin_resources.h"
#include "src/embedded_kube/crd.h"
#include "src/embedded_kube/deletion_options.h"
#include "src/embedded_kube/json_patch.h"
#include "src/embedded_kube/metadata.h"
#include "src/json/parse.h"

namespace labgallery::embedded_kube {
namespace {

using json::Value;

constexpr std::string_view kJsonPatch = "application/json-patch+json";
constexpr std::string_view kMergePatch = "application/merge-patch+json";

// Unknown fields are refused, told, or passed over, as the client asked.
Outcome<std::vector<std::string>> Warnings(const Call& call,
                                           const std::vector<std::string>& unknown) {
  EMK_ASSIGN_OR_REFUSE(const FieldValidation mode, ReadFieldValidation(call.query));
  std::vector<std::string> warnings = UnknownFieldWarnings(unknown);
  if (mode == FieldValidation::kIgnore) warnings.clear();
  if (mode != FieldValidation::kStrict || warnings.empty()) return warnings;
  const std::string problem = "strict decoding error: " + Join(warnings, ", ");
  const kube::ResourceType& type = call.resource->type;
  if (call.request.method == http::Method::kPatch) {
    return Refuse(Invalid(type, "", {{"patch", "Invalid value: \"\": " + problem}}));
  }
  return Refuse(BadRequest(type.kind + " in version \"" + type.version +
                           "\" cannot be handled as a " + type.kind + ": " + problem));
}

void WarnOfFinalizers(const Resource& resource, const Value* before, const Value& after,
                      std::vector<std::string>& warnings) {
  if (!resource.custom) return;
  for (std::string& warning : FinalizerWarnings(before, after))
    warnings.push_back(std::move(warning));
}

// The place in the URL wins; a body that names another one is a mistake.
Outcome<void> CheckPlace(const Call& call, Value& object) {
  Value& metadata = *object.Find("metadata");
  const std::string_view name_space = metadata.Text({"namespace"});
  if (!name_space.empty() && name_space != call.key.name_space) {
    return Refuse(
        BadRequest("the namespace of the provided object does not match the namespace sent on "
                   "the request"));
  }
  if (!call.key.name_space.empty()) metadata.Set("namespace", call.key.name_space);
  const std::string_view name = metadata.Text({"name"});
  if (!call.key.name.empty() && name != call.key.name) {
    return Refuse(BadRequest("the name of the object (" + std::string(name) +
                             ") does not match the name on the URL (" + call.key.name + ")"));
  }
  return {};
}

Outcome<void> CheckPreconditions(const Call& call, const ObjectPtr& current, const Value& before,
                                 const Value& after) {
  const std::string_view uid = after.Text({"metadata", "uid"});
  const std::string_view known_uid = before.Text({"metadata", "uid"});
  if (!uid.empty() && uid != known_uid) {
    return Refuse(
        Conflict(call.subject(), "Precondition failed: UID in precondition: " + std::string(uid) +
                                     ", UID in object meta: " + std::string(known_uid)));
  }
  const std::string_view version = after.Text({"metadata", "resourceVersion"});
  if (!version.empty() && version != std::to_string(current->version)) {
    return Refuse(StaleVersion(call.subject()));
  }
  if (version.empty() && call.request.method == http::Method::kPut &&
      call.resource->needs_version) {
    return Refuse(Invalid(
        call.resource->type, call.key.name,
        {{"metadata.resourceVersion", "Invalid value: 0: must be specified for an update"}}));
  }
  return {};
}

Value SuccessOfDeletion(const Call& call, const ObjectPtr& last) {
  Value status;
  status.Set("kind", "Status");
  status.Set("apiVersion", "v1");
  status.Set("metadata", Value::Object());
  status.Set("status", "Success");
  Value& details = status.Set("details", Value::Object());
  details.Set("name", last->key.name);
  if (!call.resource->type.group.empty()) details.Set("group", call.resource->type.group);
  details.Set("kind", call.resource->type.plural);
  details.Set("uid", json::Parse(last->text)->Text({"metadata", "uid"}));
  return status;
}

}  // namespace

Outcome<void> Writer::CheckNamespace(const Call& call) const {
  if (!call.resource->type.namespaced) return {};
  const kube::ResourceType& type = NamespaceType();
  const std::string& name = call.key.name_space;
  if (world_.storage.Get(*world_.catalog.Find(type.group, type.version, type.plural), {"", name}) ==
      nullptr) {
    return Refuse(NotFound(SubjectOf(type, name)));
  }
  if (lifecycle_.IsTerminating(name)) {
    Refusal refusal = Forbidden(call.subject(), "unable to create new content in namespace " +
                                                    name + " because it is being terminated");
    refusal.causes.push_back(
        {.path = "metadata.namespace", .message = "namespace " + name + " is being terminated"});
    return Refuse(std::move(refusal));
  }
  return {};
}

// Kubernetes' own alphabet for generated names: no vowels, nothing that looks alike.
std::string Writer::NameFor(const Value& object) {
  constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  std::string name = CutUtf8(object.Text({"metadata", "generateName"}), 58);
  for (int i = 0; i < 5; ++i) name += kAlphabet[world_.random.Next() % kAlphabet.size()];
  return name;
}

Outcome<Writer::New> Writer::ReadNew(const Call& call) {
  EMK_ASSIGN_OR_REFUSE(Value body, DecodeObject(call.request));
  EMK_ASSIGN_OR_REFUSE(Draft draft, Understand(*call.resource, std::move(body), Sent::kWhole));
  EMK_ASSIGN_OR_REFUSE(std::vector<std::string> warnings, Warnings(call, draft.unknown));
  Value object = std::move(draft.object);
  WarnOfFinalizers(*call.resource, nullptr, object, warnings);
  EMK_REFUSE_IF(CheckPlace(call, object));
  if (!object.Text({"metadata", "resourceVersion"}).empty()) {
    return Refuse(Refusal{.code = 500,
                          .message = "resourceVersion should not be set on objects to be created"});
  }
  if (object.Text({"metadata", "name"}).empty()) {
    if (object.Text({"metadata", "generateName"}).empty()) {
      return Refuse(
          Invalid(call.resource->type, "",
                  {{"metadata.name", "Required value: name or generateName is required"}}));
    }
    object.Find("metadata")->Set("name", NameFor(object));
  }
  PrepareNew(*call.resource, object, world_.clock.Now(), world_.random.Uuid());
  return New{std::move(object), std::move(warnings)};
}

Outcome<Written> Writer::Create(const Call& call) {
  EMK_ASSIGN_OR_REFUSE(const bool dry_run, ReadDryRun(call.query));
  EMK_ASSIGN_OR_REFUSE(New made, ReadNew(call));
  const Resource& resource = *call.resource;
  Call named = call;
  named.key.name = made.object.Text({"metadata", "name"});

  const auto turn = world_.storage.BeginWrite();
  EMK_REFUSE_IF(CheckNamespace(named));
  EMK_REFUSE_IF(Judge(resource, made.object, nullptr));
  if (world_.storage.Get(resource, named.key) != nullptr)
    return Refuse(AlreadyExists(named.subject()));
  std::optional<Resource> defined;
  if (resource.type == CrdType()) {
    CompleteCrd(made.object, world_.clock.Now());
    auto read = ResourceFromCrd(made.object);
    if (!read) {
      return Refuse(Invalid(resource.type, named.key.name,
                            {{"spec", "Invalid value: " + read.error().ToString()}}));
    }
    defined = *std::move(read);
  }
  if (dry_run) return Written{201, Freeze(resource, made.object), {}, std::move(made.warnings)};
  auto stored = world_.storage.Commit(turn, resource, Change::kAdded, std::move(made.object));
  if (!stored) return Refuse(InternalError(stored.error().ToString()));
  if (defined) world_.catalog.Add(*std::move(defined));
  return Written{201, *std::move(stored), {}, std::move(made.warnings)};
}

Outcome<Written> Writer::Replace(const Call& call) {
  EMK_ASSIGN_OR_REFUSE(const Value body, DecodeObject(call.request));
  return Modify(call, [&](const Value&) -> Outcome<Value> { return body; });
}

Outcome<Written> Writer::Patch(const Call& call) {
  const std::string type = MediaType(call.request);
  if (type != kJsonPatch && type != kMergePatch) {
    return Refuse(UnsupportedMediaType(std::string(kJsonPatch) + ", " + std::string(kMergePatch)));
  }
  const auto patch = json::Parse(call.request.body);
  if (!patch) return Refuse(BadRequest("error decoding patch: " + patch.error().message));
  if (type == kJsonPatch) {
    return Modify(call, [&](Value object) -> Outcome<Value> {
      EMK_REFUSE_IF(ApplyJsonPatch(object, *patch));
      return object;
    });
  }
  if (!patch->IsObject()) return Refuse(BadRequest("error decoding patch: expected an object"));
  return Modify(call, [&](Value object) -> Outcome<Value> {
    json::MergePatch(object, *patch);
    return object;
  });
}

Outcome<Written> Writer::Modify(const Call& call, const Edit& edit) {
  EMK_ASSIGN_OR_REFUSE(const bool dry_run, ReadDryRun(call.query));
  const Resource& resource = *call.resource;
  const auto turn = world_.storage.BeginWrite();
  const ObjectPtr current = world_.storage.Get(resource, call.key);
  if (current == nullptr) return Refuse(NotFound(call.subject()));
  const Value before = *json::Parse(current->text);
  EMK_ASSIGN_OR_REFUSE(Value edited, edit(before));
  const Sent sent = call.request.method == http::Method::kPatch ? Sent::kPatch : Sent::kWhole;
  EMK_ASSIGN_OR_REFUSE(Draft draft, Understand(resource, std::move(edited), sent));
  EMK_ASSIGN_OR_REFUSE(std::vector<std::string> warnings, Warnings(call, draft.unknown));
  Value after = std::move(draft.object);
  WarnOfFinalizers(resource, &before, after, warnings);
  EMK_REFUSE_IF(CheckPlace(call, after));
  EMK_REFUSE_IF(CheckPreconditions(call, current, before, after));
  PrepareChanged(resource, before, after, call.subresource);
  EMK_REFUSE_IF(Judge(resource, after, &before));

  after.Find("metadata")->Set("resourceVersion", std::to_string(current->version));
  Written written{200, current, {}, std::move(warnings)};
  if (after == before) return written;  // nothing to tell anybody
  if (dry_run) {
    written.object = Freeze(resource, after);
  } else if (lifecycle_.MayVanish(resource, after)) {
    EMK_ASSIGN_OR_REFUSE(written.object, lifecycle_.Vanish(turn, resource, std::move(after)));
  } else {
    auto stored = world_.storage.Commit(turn, resource, Change::kModified, std::move(after));
    if (!stored) return Refuse(InternalError(stored.error().ToString()));
    written.object = *std::move(stored);
  }
  return written;
}

Outcome<Written> Writer::Delete(const Call& call) {
  EMK_ASSIGN_OR_REFUSE(const DeletionOptions options, ReadDeletionOptions(call));
  const auto turn = world_.storage.BeginWrite();
  const ObjectPtr current = world_.storage.Get(*call.resource, call.key);
  if (current == nullptr) return Refuse(NotFound(call.subject()));
  EMK_REFUSE_IF(CheckPreconditions(options, call.subject(), *json::Parse(current->text)));
  if (options.dry_run) return Written{200, current, SuccessOfDeletion(call, current), {}};
  EMK_ASSIGN_OR_REFUSE(Lifecycle::Deleted deleted,
                       lifecycle_.Delete(turn, *call.resource, current));
  Written written{200, deleted.last, {}, {}};
  if (deleted.gone) written.status = SuccessOfDeletion(call, deleted.last);
  return written;
}

Outcome<std::vector<ObjectPtr>> Writer::DeleteCollection(
    const Call& call, const std::function<bool(const StoredObject&)>& matches) {
  EMK_ASSIGN_OR_REFUSE(const DeletionOptions options, ReadDeletionOptions(call));
  const auto turn = world_.storage.BeginWrite();
  std::vector<ObjectPtr> deleted;
  for (const ObjectPtr& object : world_.storage.List(*call.resource, call.key.name_space).objects) {
    if (!matches(*object)) continue;
    deleted.push_back(object);
    if (options.dry_run) continue;
    EMK_ASSIGN_OR_REFUSE(Lifecycle::Deleted outcome,
                         lifecycle_.Delete(turn, *call.resource, object));
    deleted.back() = std::move(outcome.last);
  }
  return deleted;
}

}  // namespace labgallery::embedded_kube
