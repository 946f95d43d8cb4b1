#include "controller/domain/ownership.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "controller/domain/names.h"
#include "src/base/text.h"

namespace labgallery::domain {
namespace {

constexpr std::size_t kTagLimit = 256;  // Azure's limit for a tag value

std::string TagOr(const Tags& tags, std::string_view name) {
  for (const auto& [key, value] : tags) {
    if (EqualsIgnoreCase(key, name)) return value;
  }
  return {};
}

void Drop(Tags& tags, std::string_view name) {
  std::erase_if(tags, [name](const auto& entry) { return EqualsIgnoreCase(entry.first, name); });
}

void Put(Tags& tags, std::string_view name, std::string value) {
  Drop(tags, name);
  tags.emplace(name, std::move(value));
}

}  // namespace

std::string OwnerTag(const std::string& installation, const kube::ObjectKey& key) {
  std::string whole = installation + "/" + key.name_space + "/" + key.name;
  if (whole.size() <= kTagLimit) return whole;
  const std::string hash = Hash128(whole);
  return CutUtf8(whole, kTagLimit - hash.size() - 1) + "~" + hash;
}

Tags TagsOf(const json::Value& body) {
  Tags tags;
  const json::Value* found = body.Find("tags");
  if (found == nullptr || !found->IsObject()) return tags;
  for (const auto& [key, value] : *found->AsObject()) {
    if (const std::string* text = value.AsString()) tags.emplace(key, *text);
  }
  return tags;
}

Ownership OwnershipOf(const json::Value& body, const std::string& own_tag) {
  const Tags tags = TagsOf(body);
  Ownership ownership;
  ownership.tag = TagOr(tags, tag::kOwner);
  ownership.released = TagOr(tags, tag::kReleased);
  if (!ownership.tag.empty())
    ownership.owner = ownership.tag == own_tag ? Owner::kUs : Owner::kOther;
  ownership.origin = TagOr(tags, tag::kOrigin) == "Created" ? Origin::kCreated : Origin::kAdopted;
  return ownership;
}

bool WasLetGoBy(const json::Value& body, const std::string& installation) {
  return OwnershipOf(body, "").released.starts_with(installation + "/");
}

Tags WithOwner(Tags present, const std::string& own_tag, Origin origin) {
  Drop(present, tag::kReleased);
  Put(present, tag::kOwner, own_tag);
  Put(present, tag::kOrigin, origin == Origin::kCreated ? "Created" : "Adopted");
  return present;
}

Tags WithRelease(Tags present, const std::string& own_tag) {
  Drop(present, tag::kOwner);
  Drop(present, tag::kOrigin);
  Put(present, tag::kReleased, own_tag);
  return present;
}

json::Value ToJson(const Tags& tags) {
  json::Value value{json::Value::Object()};
  for (const auto& [key, text] : tags) value.Set(key, text);
  return value;
}

std::optional<Rival> OlderRival(const Rival& self, const std::vector<Rival>& rivals) {
  auto age = [](const Rival& rival) { return std::tie(rival.created, rival.key); };
  std::optional<Rival> oldest;
  for (const Rival& rival : rivals) {
    if (age(rival) < age(self) && (!oldest || age(rival) < age(*oldest))) oldest = rival;
  }
  return oldest;
}

std::string ClaimMessage(const std::string& resource_id, const std::string& owner_tag,
                         const std::string& installation) {
  std::string message = resource_id + " belongs to '" + owner_tag + "'";
  // Only an installation may have slashes in its name.
  const std::size_t last = owner_tag.rfind('/');
  const std::size_t middle =
      last == std::string::npos || last == 0 ? std::string::npos : owner_tag.rfind('/', last - 1);
  if (middle == std::string::npos)
    return message + ". Remove its tag labgallery-owner to let it be adopted.";
  const std::string owner = owner_tag.substr(0, middle);
  message += " (installation " + owner + ", namespace " +
             owner_tag.substr(middle + 1, last - middle - 1) + ", object " +
             owner_tag.substr(last + 1) + ")";
  if (owner != installation) {
    message +=
        ". If this cluster was restored from a backup of that one, run the operator with "
        "--installation " +
        owner + " to take over.";
  } else {
    message += ". Delete that object with deletionPolicy Retain to let it go.";
  }
  return message;
}

}  // namespace labgallery::domain
