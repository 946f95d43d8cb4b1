#include "controller/cli/manifest_input.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "controller/cli/manifest_check.h"
#include "controller/cli/manifest_files.h"
#include "controller/cli/manifest_references.h"
#include "src/base/text.h"
#include "src/yaml/parse.h"

namespace labgallery::cli {
namespace {

constexpr std::string_view kDefaultNamespace = "default";
constexpr int kMaxListDepth = 4;

const std::vector<kube::ResourceType>& ContextTypes() {
  static const std::vector<kube::ResourceType> kTypes = {{.group = "",
                                                          .version = "v1",
                                                          .kind = "Namespace",
                                                          .plural = "namespaces",
                                                          .namespaced = false},
                                                         SecretType()};
  return kTypes;
}

class Loader {
 public:
  Loader(const std::vector<ManifestKind>& kinds, const ManifestChecker& checker)
      : kinds_(kinds), checker_(checker) {}

  void AddFile(const ManifestFile& file) {
    yaml::Parsed parsed = Parse(file);
    for (yaml::Problem& problem : parsed.problems) {
      loaded_.errors.push_back({.file = file.name,
                                .document = problem.document,
                                .position = problem.position,
                                .field = std::move(problem.path),
                                .reason = std::move(problem.reason),
                                .remedy = std::move(problem.remedy)});
    }
    for (yaml::Document& document : parsed.documents) AddDocument(file, std::move(document));
    // What is said about a value already is not said twice.
    std::set<yaml::Position> told;
    for (const yaml::Problem& problem : parsed.problems) told.insert(problem.position);
    const std::size_t before = loaded_.errors.size();
    for (yaml::Document& document : parsed.doubtful) AddDocument(file, std::move(document));
    const auto added = loaded_.errors.begin() + static_cast<std::ptrdiff_t>(before);
    const auto again = [&](const InputError& error) { return told.contains(error.position); };
    loaded_.errors.erase(std::remove_if(added, loaded_.errors.end(), again), loaded_.errors.end());
  }

  void CheckReferences(const KnownObjects& known) {
    CheckDangling(loaded_, places_, known, loaded_.errors);
  }

  Manifests Take() { return std::move(loaded_); }
  std::vector<InputError>& errors() { return loaded_.errors; }

 private:
  static yaml::Parsed Parse(const ManifestFile& file) {
    if (file.is_json) return yaml::ParseJson(file.text);
    // Standard input has no extension; what reads as JSON is better read as such (escapes,
    // positions).
    if (Trim(file.text).starts_with('{')) {
      yaml::Parsed parsed = yaml::ParseJson(file.text);
      if (parsed.problems.empty()) return parsed;
    }
    return yaml::ParseYaml(file.text);
  }

  void AddDocument(const ManifestFile& file, yaml::Document&& read) {
    const auto document = std::make_shared<const yaml::Document>(std::move(read));
    AddObject(document->value, Place(file.name, document), 0);
  }

  void AddObject(const json::Value& value, const Place& place, int list_depth) {
    if (!value.IsObject()) {
      return Fail(place, "",
                  "a manifest must be a mapping, not " + std::string(json::Name(value.kind())),
                  "it begins with apiVersion and kind");
    }
    if (const auto* items = ListItems(value); items != nullptr && list_depth < kMaxListDepth) {
      for (std::size_t i = 0; i < items->size(); ++i) {
        AddObject((*items)[i], place.Below(yaml::ItemPath("items", i)), list_depth + 1);
      }
      return;
    }
    const std::string api_version(value.Text({"apiVersion"}));
    const std::string kind(value.Text({"kind"}));
    if (api_version.empty()) Fail(place, "apiVersion", "Required value", "add it");
    if (kind.empty()) Fail(place, "kind", "Required value", "add it");
    if (api_version.empty() || kind.empty()) return;
    for (const ManifestKind& known : kinds_) {
      if (known.type.kind == kind && known.type.ApiVersion() == api_version)
        return AddOurs(known, value, place);
    }
    for (const kube::ResourceType& known : ContextTypes()) {
      if (known.kind == kind && known.ApiVersion() == api_version) {
        Add(known, value, place, loaded_.context);
        return;
      }
    }
    FailUnknownKind(api_version, kind, place);
  }

  /// The items of a v1 List or of a list of one of our kinds; null if it is neither.
  const json::Value::Array* ListItems(const json::Value& value) const {
    const std::string_view kind = value.Text({"kind"});
    const std::string_view api_version = value.Text({"apiVersion"});
    const bool is_list = (kind == "List" && api_version == "v1") ||
                         std::any_of(kinds_.begin(), kinds_.end(), [&](const ManifestKind& known) {
                           return kind == known.crd.Text({"spec", "names", "listKind"}) &&
                                  api_version == known.type.ApiVersion();
                         });
    const json::Value* items = is_list ? value.Find("items") : nullptr;
    return items == nullptr ? nullptr : items->AsArray();
  }

  void FailUnknownKind(const std::string& api_version, const std::string& kind,
                       const Place& place) {
    std::vector<std::string> names;
    for (const ManifestKind& known : kinds_) {
      if (known.type.kind == kind && api_version.starts_with(known.type.group + "/")) {
        return Fail(place, "apiVersion", "\"" + api_version + "\" is not served for " + kind,
                    "write " + known.type.ApiVersion());
      }
      names.push_back(known.type.kind);
    }
    const std::string nearest = Nearest(kind, names);
    const bool is_ours =
        api_version.starts_with(kinds_.empty() ? "?" : kinds_.front().type.group + "/");
    Fail(place, "kind", "unknown kind \"" + kind + "\" of " + api_version,
         is_ours && !nearest.empty()
             ? "did you mean \"" + nearest + "\"?"
             : "known are " + Join(names, ", ") +
                   ", and Namespace and Secret as context; leave others to kubectl");
  }

  void AddOurs(const ManifestKind& kind, const json::Value& value, const Place& place) {
    json::Value object = value;
    RemoveServerFields(object);
    ManifestChecker::CheckObject(kind, object, place, loaded_.errors);
    if (Add(kind.type, std::move(object), place, loaded_.objects)) places_.push_back(place);
  }

  /// True if it was added: it has a name and is no duplicate.
  bool Add(const kube::ResourceType& type, json::Value object, const Place& place,
           std::vector<Manifest>& to) {
    RemoveServerFields(object);
    checker_.CheckMetadata(object, place, loaded_.errors);
    const json::Value* metadata = object.Find("metadata");
    if (metadata == nullptr || !metadata->IsObject()) return false;
    kube::ObjectKey key{.name_space = "", .name = std::string(metadata->Text({"name"}))};
    if (key.name.empty()) return false;
    if (type.namespaced) {
      key.name_space = metadata->Text({"namespace"});
      if (key.name_space.empty()) key.name_space = kDefaultNamespace;
      object.Find("metadata")->Set("namespace", key.name_space);
    }
    const yaml::Position position = place.PositionOf("");
    const auto [first, is_new] = seen_.try_emplace({type, key}, place);
    if (!is_new) {
      const yaml::Position there = first->second.PositionOf("metadata.name");
      Fail(place, "metadata.name",
           type.kind + " " + key.ToString() + " stands in the input twice, first at " +
               first->second.file() + ":" + std::to_string(there.line) + ":" +
               std::to_string(there.column),
           "keep one of them");
      return false;
    }
    to.push_back({type, key, std::move(object), place.file(), place.document(), position});
    return true;
  }

  void Fail(const Place& place, std::string_view field, std::string reason, std::string remedy) {
    loaded_.errors.push_back(place.Error(field, std::move(reason), std::move(remedy)));
  }

  const std::vector<ManifestKind>& kinds_;
  const ManifestChecker& checker_;
  Manifests loaded_;
  std::vector<Place> places_;  // of loaded_.objects
  std::map<std::pair<kube::ResourceType, kube::ObjectKey>, Place> seen_;
};

/// By file in the order in which they were read, then by position.
void SortErrors(const std::vector<ManifestFile>& files, std::vector<InputError>& errors) {
  std::map<std::string, std::size_t> order;
  for (std::size_t i = 0; i < files.size(); ++i) order.emplace(files[i].name, i + 1);
  // Of the same place, in the order in which they were found.
  std::multimap<std::pair<std::size_t, yaml::Position>, InputError> sorted;
  for (InputError& error : errors) {
    const auto found = order.find(error.file);
    const std::size_t file = found == order.end() ? 0 : found->second;
    sorted.emplace(std::pair(file, error.position), std::move(error));
  }
  errors.clear();
  for (auto& [place, error] : sorted) errors.push_back(std::move(error));
}

}  // namespace

kube::ResourceType SecretType() {
  return {.group = "", .version = "v1", .kind = "Secret", .plural = "secrets", .namespaced = true};
}

Manifests LoadManifests(const std::vector<std::string>& paths,
                        const std::vector<ManifestKind>& kinds, const ManifestOptions& options) {
  const auto checker = ManifestChecker::Create();
  if (!checker)
    return {.objects = {}, .context = {}, .errors = {{.reason = checker.error().ToString()}}};
  Loader loader(kinds, *checker);
  const std::vector<ManifestFile> files =
      ReadManifestFiles(paths, options.read_stdin, loader.errors());
  for (const ManifestFile& file : files) loader.AddFile(file);
  loader.CheckReferences(options.known);
  Manifests manifests = loader.Take();
  if (manifests.objects.empty() && manifests.errors.empty()) {
    manifests.errors.push_back({.file = Join(paths, ", "),
                                .reason = "holds no object of LabGallery's kinds",
                                .remedy = "give it manifests with apiVersion and kind"});
  }
  SortErrors(files, manifests.errors);
  return manifests;
}

}  // namespace labgallery::cli
