#include "controller/reconcile/surroundings.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include "controller/domain/identity.h"
#include "controller/domain/lab_account/service.h"
#include "src/base/text.h"
#include "src/json/dumped.h"

namespace labgallery::reconcile {
namespace {

using domain::Kind;

// What an index value refers to.
enum Group : unsigned char {
  kId,          // the object's own ARM id
  kGalleryId,   // the ARM id of a gallery
  kGalleryKey,  // the key of a gallery object
  kDefinition,  // gallery object and name of a definition
};

json::Value Parsed(const runtime::PackedText& text) { return json::ParseDumped(text.Text()); }

struct Reference {
  Group group;
  std::string text;
  runtime::IndexValue Value() const { return {group, text}; }
  friend bool operator==(const Reference&, const Reference&) = default;
};
using References = std::vector<Reference>;
using IndexList = std::vector<runtime::IndexValue>;

Reference ToId(std::string_view id) { return {kId, Lower(id)}; }
Reference ToGalleryId(std::string_view id) { return {kGalleryId, Lower(id)}; }
Reference ToGallery(const kube::ObjectKey& key) { return {kGalleryKey, key.ToString()}; }

void AddIdentity(References& values, const json::Value& spec, const kube::ObjectKey& key,
                 const domain::NameRule& rule) {
  if (const auto identity = domain::ReadIdentity(spec, key.name, rule)) {
    values.push_back(ToId(identity->id.text()));
  }
}

References OfGallery(const json::Value& spec, const kube::ObjectKey& key) {
  References values = {ToGallery(key)};
  AddIdentity(values, spec, key, domain::kGalleryName);
  return values;
}

References OfImage(const json::Value& spec, const kube::ObjectKey& key) {
  References values;
  const std::string gallery(spec.Text({"galleryRef", "name"}));
  if (!gallery.empty()) {
    const kube::ObjectKey in{key.name_space, gallery};
    values.push_back(ToGallery(in));
    values.push_back({kDefinition, in.ToString() + "/" + Lower(DefinitionName(spec, key.name))});
  }
  if (const auto id = azure::ResourceId::Parse(spec.Text({"resourceId"}))) {
    values.push_back(ToId(id->text()));
    values.push_back(ToGalleryId(id->Parent().text()));
  }
  return values;
}

References OfAccount(const json::Value& spec, const json::Value& status,
                     const kube::ObjectKey& key) {
  References values;
  AddIdentity(values, spec, key, domain::lab_account::ServiceOf(spec).ids);
  const std::string gallery(spec.Text({"gallery", "ref", "name"}));
  if (!gallery.empty()) values.push_back(ToGallery({key.name_space, gallery}));
  for (const std::string_view id :
       {spec.Text({"gallery", "ref", "resourceId"}), status.Text({"gallery", "resourceId"})}) {
    if (!id.empty()) values.push_back(ToGalleryId(id));
  }
  return values;
}

References ReferencesOf(Kind kind, const kube::ObjectKey& key, const json::Value& spec,
                        const json::Value& status) {
  References values;
  switch (kind) {
    case Kind::kSharedImageGallery:
      values = OfGallery(spec, key);
      break;
    case Kind::kImage:
      values = OfImage(spec, key);
      break;
    case Kind::kLabAccount:
      values = OfAccount(spec, status, key);
      break;
  }
  const std::string_view recorded = status.Text({"resourceId"});
  if (!recorded.empty()) values.push_back(ToId(recorded));
  return values;
}

References OfRecord(const runtime::Record& record) {
  return ReferencesOf(domain::kKinds[record.type()], record.key(), Parsed(record.spec()),
                      Parsed(record.status()));
}

bool Holds(const References& references, const Reference& wanted) {
  return std::find(references.begin(), references.end(), wanted) != references.end();
}

bool SharesDefinition(const References& a, const References& b) {
  return std::any_of(a.begin(), a.end(), [&](const Reference& reference) {
    return reference.group == kDefinition && Holds(b, reference);
  });
}

class Concerns {
 public:
  void Add(runtime::TypeIndex type, const std::vector<runtime::RecordPtr>& records,
           bool sums_up = false) {
    for (const runtime::RecordPtr& record : records) Add({type, record->key()}, sums_up);
  }
  void Add(runtime::Key key, bool sums_up = false) {
    if (known_.insert(key).second) concerns_.push_back({std::move(key), sums_up});
  }
  std::vector<Concern> Take() { return std::move(concerns_); }

 private:
  std::set<runtime::Key> known_;
  std::vector<Concern> concerns_;
};

// An image sees of its gallery what ReadinessOf says. That the gallery has added up its images is
// no news for a thousand of them.
bool IsNewsForImages(const runtime::Change& change) {
  if (!change.before || !change.after) return true;
  const runtime::Record& before = *change.before;
  const runtime::Record& after = *change.after;
  const auto provisioned = [](const runtime::Record& gallery) {
    return domain::SaysTrue(Parsed(gallery.status()), domain::condition::kProvisioned);
  };
  return before.generation() != after.generation() || before.uid() != after.uid() ||
         before.deletion_time() != after.deletion_time() ||
         provisioned(before) != provisioned(after);
}

void AddGalleryChange(Concerns& concerned, const runtime::Store& store,
                      const runtime::Change& change) {
  const bool wakes_images = IsNewsForImages(change);
  for (const runtime::IndexValue value : change.record().index_values()) {
    if (value.group() == kGalleryKey) {
      if (wakes_images) concerned.Add(kImages, store.Lookup(kImages, value));
      concerned.Add(kLabAccounts, store.Lookup(kLabAccounts, value));
    } else {
      concerned.Add(kGalleries, store.Lookup(kGalleries, value));
      concerned.Add(kLabAccounts, store.Lookup(kLabAccounts, value.In(kGalleryId)));
    }
  }
}

// The gallery of an image adds up counts and cost; the accounts that attach it only care for new
// images.
void AddImageChange(Concerns& concerned, const runtime::Store& store,
                    const runtime::Change& change) {
  const bool reported = !change.before || !change.after ||
                        change.before->status_hash() != change.after->status_hash();
  const bool became_ready =
      change.after && change.after->ready() && !(change.before && change.before->ready());
  for (const runtime::IndexValue value : change.record().index_values()) {
    if (value.group() == kDefinition || value.group() == kId)
      concerned.Add(kImages, store.Lookup(kImages, value));
    if (value.group() != kGalleryKey) continue;
    const bool lives_on = change.after != nullptr;  // who waits for its end, waits for nothing else
    if (reported) concerned.Add(kGalleries, store.Lookup(kGalleries, value), lives_on);
    if (became_ready || !lives_on)
      concerned.Add(kLabAccounts, store.Lookup(kLabAccounts, value), lives_on);
  }
}

void AddAccountChange(Concerns& concerned, const runtime::Store& store,
                      const runtime::Record& account) {
  for (const runtime::IndexValue value : account.index_values()) {
    if (value.group() == kId) concerned.Add(kLabAccounts, store.Lookup(kLabAccounts, value));
    if (value.group() == kGalleryId)
      concerned.Add(kGalleries, store.Lookup(kGalleries, value.In(kId)));
    if (value.group() == kGalleryKey) concerned.Add(kGalleries, store.Lookup(kGalleries, value));
  }
}

}  // namespace

std::string DefinitionName(const json::Value& spec, const std::string& object_name) {
  const std::string_view given = spec.Text({"azureName"});
  return given.empty() ? object_name : std::string(given);
}

StoredObject Unpack(const runtime::Record& record) {
  return {runtime::MetaOf(record), Parsed(record.spec()), Parsed(record.status())};
}

IndexList IndexValues(Kind kind, const kube::ObjectKey& key, const json::Value& spec,
                      const json::Value& status) {
  IndexList values;
  for (const Reference& reference : ReferencesOf(kind, key, spec, status))
    values.push_back(reference.Value());
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  values.shrink_to_fit();
  return values;
}

std::vector<Concern> Concerned(const runtime::Store& store, const runtime::Change& change) {
  Concerns concerned;
  const runtime::Record& record = change.record();
  if (record.type() == kNamespaces) {
    for (const runtime::TypeIndex type : {kGalleries, kImages, kLabAccounts}) {
      concerned.Add(type, store.List(type, std::string(record.name())));
    }
    return concerned.Take();
  }
  concerned.Add({record.type(), record.key()});
  switch (record.type()) {
    case kGalleries:
      AddGalleryChange(concerned, store, change);
      break;
    case kImages:
      AddImageChange(concerned, store, change);
      break;
    default:
      AddAccountChange(concerned, store, record);
      // Also the gallery that it named before.
      if (change.before && change.after) AddAccountChange(concerned, store, *change.before);
  }
  return concerned.Take();
}

domain::NamespaceView Surroundings::Namespace(const std::string& name) const {
  const runtime::RecordPtr record = store_.Get({kNamespaces, {"", name}});
  if (!record) return {};
  return {.annotations = record->annotations(), .terminating = record->deletion_time().has_value()};
}

std::shared_ptr<const StoredObject> Surroundings::Gallery(const std::string& name_space,
                                                          const std::string& name) const {
  const kube::ObjectKey key{name_space, name};
  const runtime::RecordPtr record = store_.Get({kGalleries, key});
  if (!record) return nullptr;
  std::lock_guard guard(mutex_);
  Unpacked& kept = galleries_[key];
  if (kept.record != record) kept = {record, std::make_shared<const StoredObject>(Unpack(*record))};
  return kept.object;
}

void Surroundings::Forget() {
  std::lock_guard guard(mutex_);
  galleries_.clear();
}

void Surroundings::ForImagesOf(const kube::ObjectKey& gallery,
                               const std::function<void(const StoredObject&)>& take) const {
  for (const runtime::RecordPtr& record : store_.Lookup(kImages, ToGallery(gallery).Value())) {
    const StoredObject image = Unpack(*record);
    if (image.spec.Text({"galleryRef", "name"}) == gallery.name) take(image);
  }
}

std::vector<StoredObject> Surroundings::AccountsOf(const kube::ObjectKey& gallery,
                                                   const azure::ResourceId& id) const {
  std::vector<StoredObject> accounts;
  std::set<kube::ObjectKey> known;
  for (const Reference& reference : {ToGallery(gallery), ToGalleryId(id.text())}) {
    for (const runtime::RecordPtr& record : store_.Lookup(kLabAccounts, reference.Value())) {
      if (known.insert(record->key()).second) accounts.push_back(Unpack(*record));
    }
  }
  return accounts;
}

std::vector<domain::Rival> Surroundings::Rivals(runtime::TypeIndex type,
                                                const kube::ObjectKey& self,
                                                const azure::ResourceId& id) const {
  const Reference by_id = ToId(id.text());
  std::vector<runtime::RecordPtr> records = store_.Lookup(type, by_id.Value());
  const runtime::RecordPtr own = store_.Get({type, self});
  for (const runtime::IndexValue value :
       own ? own->index_values() : std::span<const runtime::IndexValue>()) {
    if (value.group() != kDefinition) continue;
    for (const runtime::RecordPtr& record : store_.Lookup(type, value)) records.push_back(record);
  }
  std::erase_if(records, [&](const runtime::RecordPtr& record) {
    return record->key() == self || record->deletion_time();
  });
  std::vector<domain::Rival> rivals;
  for (const runtime::RecordPtr& record : records) {
    const References named = OfRecord(*record);
    if (!Holds(named, by_id) && !(own && SharesDefinition(named, OfRecord(*own)))) continue;
    const domain::OwnPolicy policy = domain::ReadOwnPolicy(Parsed(record->spec()));
    if (policy.management == domain::Management::kObserve) continue;
    const domain::Rival rival{record->key(), record->creation_time()};
    if (std::find(rivals.begin(), rivals.end(), rival) == rivals.end()) rivals.push_back(rival);
  }
  return rivals;
}

}  // namespace labgallery::reconcile
