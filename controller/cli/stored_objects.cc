#include "controller/cli/stored_objects.h"

#include <set>
#include <utility>

#include "src/base/base64.h"
#include "src/base/text.h"

namespace labgallery::cli {
namespace {

const kube::ResourceType& NamespaceType() {
  static const kube::ResourceType kType{"", "v1", "Namespace", "namespaces", false};
  return kType;
}

json::Value MemberOr(const json::Value& object, std::initializer_list<std::string_view> path,
                     json::Value fallback) {
  const json::Value* member = object.At(path);
  if (member == nullptr || member->IsNull()) return fallback;
  return *member;
}

// Labels that the server gives, the name of a namespace for instance, are not the manifest's.
json::Value WantedLabels(const json::Value& manifest, const json::Value& present) {
  json::Value labels = MemberOr(manifest, {"metadata", "labels"}, json::Value::Object());
  const json::Value before = MemberOr(present, {"metadata", "labels"}, json::Value::Object());
  for (const auto& [name, value] : *before.AsObject()) {
    if (name.find("kubernetes.io/") != std::string::npos) labels.Set(name, value);
  }
  return labels;
}

/// `present` with what the manifest decides. `fields` are the members beside metadata.
json::Value Merged(const json::Value& present, const json::Value& manifest,
                   const std::vector<std::string_view>& fields) {
  json::Value wanted = present;
  json::Value& metadata = *wanted.Find("metadata");
  const auto set = [&metadata](const char* name, json::Value value) {
    if (value == json::Value(json::Value::Object())) {
      metadata.Remove(name);
    } else {
      metadata.Set(name, std::move(value));
    }
  };
  set("labels", WantedLabels(manifest, present));
  set("annotations", MemberOr(manifest, {"metadata", "annotations"}, json::Value::Object()));
  for (const std::string_view field : fields) {
    const json::Value* value = manifest.Find(field);
    if (value == nullptr) {
      wanted.Remove(field);
    } else {
      wanted.Set(field, *value);
    }
  }
  return wanted;
}

// A server shows a Secret's stringData as data.
json::Value AsStored(const json::Value& manifest) {
  json::Value stored = manifest;
  const json::Value* texts = manifest.Find("stringData");
  if (texts == nullptr || !texts->IsObject()) return stored;
  json::Value data = MemberOr(manifest, {"data"}, json::Value::Object());
  for (const auto& [name, text] : *texts->AsObject()) {
    if (text.IsString()) data.Set(name, EncodeBase64(*text.AsString()));
  }
  stored.Remove("stringData");
  stored.Set("data", std::move(data));
  return stored;
}

bool IsBeingDeleted(const json::Value& object) {
  return !object.Text({"metadata", "deletionTimestamp"}).empty();
}

}  // namespace

Result<std::vector<json::Value>> ListObjects(kube::Client& client, const kube::ResourceType& type,
                                             const std::stop_token& stop) {
  const kube::Collection collection{.type = type, .name_space = {}};
  std::vector<json::Value> objects;
  kube::ListOptions options;
  while (true) {
    auto page = client.ListPage(collection, options, stop);
    if (!page && kube::IsExpired(page.error()) && !options.continue_token.empty()) {
      // The pages have expired under us: everything anew, and at once.
      objects.clear();
      options = {.limit = 0};
      continue;
    }
    if (!page) return std::move(page).error();
    for (json::Value& item : page->items) {
      item.Set("apiVersion", type.ApiVersion());
      item.Set("kind", type.kind);
      objects.push_back(std::move(item));
    }
    if (page->continue_token.empty()) return objects;
    options.continue_token = page->continue_token;
  }
}

std::string Written::Summary() const {
  std::vector<std::string> parts;
  const auto add = [&parts](int count, const char* what) {
    if (count > 0) parts.push_back(std::to_string(count) + " " + what);
  };
  add(created, "created");
  add(changed, "changed");
  add(deleted, "deleted");
  add(static_cast<int>(held_up.size()), "held up by their deletion");
  return parts.empty() ? "nothing to change" : Join(parts, ", ");
}

Result<ObjectWriter::Present> ObjectWriter::ReadPresent(const kube::ResourceType& type,
                                                        const std::stop_token& stop) {
  LAB_ASSIGN_OR_RETURN(std::vector<json::Value> objects, ListObjects(client_, type, stop));
  Present present;
  for (json::Value& object : objects) {
    kube::ObjectKey key{std::string(object.Text({"metadata", "namespace"})),
                        std::string(object.Text({"metadata", "name"}))};
    present.emplace(std::move(key), std::move(object));
  }
  return present;
}

Result<Written> ObjectWriter::Write(const Manifests& manifests, const std::stop_token& stop) {
  for (const Manifest& manifest : manifests.context) {
    if (!manifest.type.namespaced) LAB_RETURN_IF_ERROR(WriteContext(manifest, stop));
  }
  LAB_RETURN_IF_ERROR(EnsureNamespaces(manifests, stop));
  for (const Manifest& manifest : manifests.context) {
    if (manifest.type.namespaced) LAB_RETURN_IF_ERROR(WriteContext(manifest, stop));
  }
  Written written;
  for (const ManifestKind& kind : kinds_) {
    LAB_ASSIGN_OR_RETURN(const Present present, ReadPresent(kind.type, stop));
    for (const Manifest& manifest : manifests.objects) {
      if (manifest.type != kind.type) continue;
      if (auto status = WriteObject(kind, manifest, present, written, stop); !status) {
        return std::move(status).error().With("apply " + kind.type.kind + " " +
                                              manifest.key.ToString());
      }
    }
  }
  return written;
}

Status ObjectWriter::EnsureNamespaces(const Manifests& manifests, const std::stop_token& stop) {
  std::set<std::string> names;
  for (const auto* list : {&manifests.objects, &manifests.context}) {
    for (const Manifest& manifest : *list) names.insert(manifest.key.name_space);
  }
  names.erase("");
  for (const std::string& name : names) {
    const auto found = client_.Get(NamespaceType(), {"", name}, stop);
    if (found) continue;
    if (found.error().kind != ErrorKind::kNotFound) return found.error();
    json::Value object;
    object.Set("apiVersion", "v1");
    object.Set("kind", "Namespace");
    object.Set("metadata", {}).Set("name", name);
    const auto created = client_.Create(NamespaceType(), object, stop);
    if (!created) return created.error();
  }
  return Ok();
}

Status ObjectWriter::WriteContext(const Manifest& manifest, const std::stop_token& stop) {
  const auto present = client_.Get(manifest.type, manifest.key, stop);
  const std::string step = "apply " + manifest.type.kind + " " + manifest.key.ToString();
  if (!present && present.error().kind != ErrorKind::kNotFound) {
    return Error(present.error()).With(step);
  }
  Result<kube::ObjectMeta> written = kube::ObjectMeta{};
  if (!present) {
    written = client_.Create(manifest.type, manifest.object, stop);
  } else {
    std::vector<std::string_view> fields;
    if (manifest.type.namespaced) fields.emplace_back("data");
    const json::Value wanted = Merged(*present, AsStored(manifest.object), fields);
    if (wanted == *present) return Ok();
    written = client_.Replace(manifest.type, wanted, stop);
  }
  if (!written) return std::move(written).error().With(step);
  return Ok();
}

Status ObjectWriter::WriteObject(const ManifestKind& kind, const Manifest& manifest,
                                 const Present& present, Written& written,
                                 const std::stop_token& stop) {
  const auto found = present.find(manifest.key);
  if (found == present.end()) {
    const auto created = client_.Create(kind.type, manifest.object, stop);
    if (!created) return created.error();
    ++written.created;
    return Ok();
  }
  if (IsBeingDeleted(found->second)) {
    written.held_up.push_back(manifest);
    return Ok();
  }
  // Both with the defaults that the server fills in, which the files need not repeat.
  json::Value defaulted = manifest.object;
  kind.schema.ApplyDefaults(defaulted);
  const json::Value wanted = Merged(found->second, defaulted, {"spec"});
  if (wanted == found->second) {
    ++written.unchanged;
    return Ok();
  }
  const auto replaced = client_.Replace(kind.type, wanted, stop);
  if (!replaced) return replaced.error();
  ++written.changed;
  return Ok();
}

Result<int> ObjectWriter::Prune(const Manifests& manifests, const std::stop_token& stop) {
  std::set<std::pair<std::string, kube::ObjectKey>> wanted;
  for (const Manifest& manifest : manifests.objects)
    wanted.emplace(manifest.type.kind, manifest.key);
  int deleted = 0;
  for (const ManifestKind& kind : kinds_) {
    LAB_ASSIGN_OR_RETURN(const Present present, ReadPresent(kind.type, stop));
    for (const auto& [key, object] : present) {
      if (wanted.contains({kind.type.kind, key}) || IsBeingDeleted(object)) continue;
      const std::string uid(object.Text({"metadata", "uid"}));
      const Status gone = client_.Delete({.type = kind.type, .key = key}, uid, stop);
      if (!gone && gone.error().kind != ErrorKind::kNotFound) {
        return Error(gone.error()).With("delete " + kind.type.kind + " " + key.ToString());
      }
      ++deleted;
    }
  }
  return deleted;
}

}  // namespace labgallery::cli
