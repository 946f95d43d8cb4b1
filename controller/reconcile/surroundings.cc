#include "controller/reconcile/surroundings.h"

#include <algorithm>
#include <set>
#include <utility>

#include "controller/domain/identity.h"
#include "src/base/text.h"
#include "src/json/parse.h"

namespace labgallery::reconcile {
namespace {

using domain::Kind;

json::Value Parsed(const runtime::SharedText& text) {
  return json::Parse(*text).value_or(json::Value());
}

std::string IdValue(std::string_view id) { return "id:" + Lower(id); }
std::string GalleryIdValue(std::string_view id) { return "galleryid:" + Lower(id); }
std::string GalleryValue(const kube::ObjectKey& key) { return "gallery:" + key.ToString(); }

void AddIdentity(std::vector<std::string>& values, const json::Value& spec,
                 const runtime::Record& record, const domain::NameRule& rule) {
  if (const auto identity = domain::ReadIdentity(spec, record.key.name, rule)) {
    values.push_back(IdValue(identity->id.text()));
  }
}

std::vector<std::string> OfImage(const json::Value& spec, const runtime::Record& record) {
  std::vector<std::string> values;
  const std::string gallery(spec.Text({"galleryRef", "name"}));
  if (!gallery.empty()) {
    const kube::ObjectKey key{record.key.name_space, gallery};
    values.push_back(GalleryValue(key));
    values.push_back("definition:" + key.ToString() + "/" +
                     Lower(DefinitionName(spec, record.key.name)));
  }
  if (const auto id = azure::ResourceId::Parse(spec.Text({"resourceId"}))) {
    values.push_back(IdValue(id->text()));
    values.push_back(GalleryIdValue(id->Parent().text()));
  }
  return values;
}

std::vector<std::string> OfAccount(const json::Value& spec, const json::Value& status,
                                   const runtime::Record& record) {
  std::vector<std::string> values;
  AddIdentity(values, spec, record, domain::kLabAccountName);
  const std::string gallery(spec.Text({"gallery", "ref", "name"}));
  if (!gallery.empty()) values.push_back(GalleryValue({record.key.name_space, gallery}));
  for (const std::string_view id :
       {spec.Text({"gallery", "ref", "resourceId"}), status.Text({"gallery", "resourceId"})}) {
    if (!id.empty()) values.push_back(GalleryIdValue(id));
  }
  return values;
}

bool SaysReady(const json::Value& status) {
  return domain::SaysTrue(status, domain::condition::kReady);
}

class Keys {
 public:
  void Add(runtime::TypeIndex type, const std::vector<runtime::RecordPtr>& records) {
    for (const runtime::RecordPtr& record : records) Add({type, record->key});
  }
  void Add(runtime::Key key) {
    if (known_.insert(key).second) keys_.push_back(std::move(key));
  }
  std::vector<runtime::Key> Take() { return std::move(keys_); }

 private:
  std::set<runtime::Key> known_;
  std::vector<runtime::Key> keys_;
};

void AddGalleryChange(Keys& keys, const runtime::Store& store, const runtime::Record& gallery) {
  for (const std::string& value : gallery.index_values) {
    keys.Add(kGalleries, store.Lookup(kGalleries, value));
    const std::string id = value.substr(value.find(':') + 1);
    keys.Add(kLabAccounts, store.Lookup(kLabAccounts, GalleryIdValue(id)));
  }
  keys.Add(kImages, store.Lookup(kImages, GalleryValue(gallery.key)));
  keys.Add(kLabAccounts, store.Lookup(kLabAccounts, GalleryValue(gallery.key)));
}

// The gallery of an image adds up counts and cost; the accounts that attach it only care for new
// images.
void AddImageChange(Keys& keys, const runtime::Store& store, const runtime::Change& change) {
  const runtime::Record& image = change.record();
  const bool reported =
      !change.before || !change.after || change.before->status_hash != change.after->status_hash;
  const bool became_ready = change.after && SaysReady(Parsed(change.after->status)) &&
                            !(change.before && SaysReady(Parsed(change.before->status)));
  for (const std::string& value : image.index_values) {
    if (value.rfind("definition:", 0) == 0 || value.rfind("id:", 0) == 0)
      keys.Add(kImages, store.Lookup(kImages, value));
    if (value.rfind("gallery:", 0) != 0) continue;
    const std::vector<std::string> parts = Split(value.substr(8), '/');
    if (reported && parts.size() == 2) keys.Add({kGalleries, {parts[0], parts[1]}});
    if (became_ready || !change.after) keys.Add(kLabAccounts, store.Lookup(kLabAccounts, value));
  }
}

void AddAccountChange(Keys& keys, const runtime::Store& store, const runtime::Record& account) {
  for (const std::string& value : account.index_values) {
    if (value.rfind("id:", 0) == 0) keys.Add(kLabAccounts, store.Lookup(kLabAccounts, value));
    if (value.rfind("galleryid:", 0) == 0)
      keys.Add(kGalleries, store.Lookup(kGalleries, IdValue(value.substr(10))));
    if (value.rfind("gallery:", 0) != 0) continue;
    const std::vector<std::string> parts = Split(value.substr(8), '/');
    if (parts.size() == 2) keys.Add({kGalleries, {parts[0], parts[1]}});
  }
}

}  // namespace

std::string DefinitionName(const json::Value& spec, const std::string& object_name) {
  const std::string_view given = spec.Text({"azureName"});
  return given.empty() ? object_name : std::string(given);
}

StoredObject Unpack(const runtime::Record& record) {
  return {runtime::MetaOf(record), Parsed(record.spec), Parsed(record.status)};
}

std::vector<std::string> IndexValues(Kind kind, const runtime::Record& record) {
  const json::Value spec = Parsed(record.spec);
  const json::Value status = Parsed(record.status);
  std::vector<std::string> values;
  switch (kind) {
    case Kind::kSharedImageGallery:
      AddIdentity(values, spec, record, domain::kGalleryName);
      break;
    case Kind::kImage:
      values = OfImage(spec, record);
      break;
    case Kind::kLabAccount:
      values = OfAccount(spec, status, record);
      break;
  }
  const std::string recorded(status.Text({"resourceId"}));
  if (!recorded.empty()) values.push_back(IdValue(recorded));
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

std::vector<runtime::Key> Concerned(const runtime::Store& store, const runtime::Change& change) {
  Keys keys;
  const runtime::Record& record = change.record();
  if (record.type == kNamespaces) {
    for (const runtime::TypeIndex type : {kGalleries, kImages, kLabAccounts}) {
      keys.Add(type, store.List(type, record.key.name));
    }
    return keys.Take();
  }
  keys.Add({record.type, record.key});
  switch (record.type) {
    case kGalleries:
      AddGalleryChange(keys, store, record);
      break;
    case kImages:
      AddImageChange(keys, store, change);
      break;
    default:
      AddAccountChange(keys, store, record);
      // Also the gallery that it named before.
      if (change.before && change.after) AddAccountChange(keys, store, *change.before);
  }
  return keys.Take();
}

domain::NamespaceView Surroundings::Namespace(const std::string& name) const {
  const runtime::RecordPtr record = store_.Get({kNamespaces, {"", name}});
  if (!record) return {};
  return {.annotations = record->annotations, .terminating = record->deletion_time.has_value()};
}

std::optional<StoredObject> Surroundings::Gallery(const std::string& name_space,
                                                  const std::string& name) const {
  const runtime::RecordPtr record = store_.Get({kGalleries, {name_space, name}});
  if (!record) return std::nullopt;
  return Unpack(*record);
}

std::vector<StoredObject> Surroundings::ImagesOf(const kube::ObjectKey& gallery) const {
  std::vector<StoredObject> images;
  for (const runtime::RecordPtr& record : store_.Lookup(kImages, GalleryValue(gallery)))
    images.push_back(Unpack(*record));
  return images;
}

std::vector<StoredObject> Surroundings::AccountsOf(const kube::ObjectKey& gallery,
                                                   const azure::ResourceId& id) const {
  std::vector<StoredObject> accounts;
  std::set<kube::ObjectKey> known;
  for (const std::string& value : {GalleryValue(gallery), GalleryIdValue(id.text())}) {
    for (const runtime::RecordPtr& record : store_.Lookup(kLabAccounts, value)) {
      if (known.insert(record->key).second) accounts.push_back(Unpack(*record));
    }
  }
  return accounts;
}

std::vector<domain::Rival> Surroundings::Rivals(runtime::TypeIndex type,
                                                const kube::ObjectKey& self,
                                                const azure::ResourceId& id) const {
  std::vector<domain::Rival> rivals;
  std::vector<runtime::RecordPtr> records = store_.Lookup(type, IdValue(id.text()));
  const runtime::RecordPtr own = store_.Get({type, self});
  for (const std::string& value : own ? own->index_values : std::vector<std::string>()) {
    if (value.rfind("definition:", 0) != 0) continue;
    for (const runtime::RecordPtr& record : store_.Lookup(type, value)) records.push_back(record);
  }
  for (const runtime::RecordPtr& record : records) {
    if (record->key == self || record->deletion_time) continue;
    const domain::OwnPolicy policy = domain::ReadOwnPolicy(Parsed(record->spec));
    if (policy.management == domain::Management::kObserve) continue;
    const domain::Rival rival{record->key, record->creation_time};
    if (std::find(rivals.begin(), rivals.end(), rival) == rivals.end()) rivals.push_back(rival);
  }
  return rivals;
}

}  // namespace labgallery::reconcile
