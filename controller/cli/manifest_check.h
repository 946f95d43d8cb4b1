// What is wrong with one object of a manifest, taken by itself: fields that its kind does not know,
// values that its schema refuses, names that Azure would refuse. Whether it fits the other objects
// is left to manifest_input.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "controller/cli/input_error.h"
#include "controller/cli/manifest_kinds.h"
#include "src/yaml/document.h"

namespace labgallery::cli {

/// Where an object was written: a document, or an item of a List in one.
class Place {
 public:
  Place(std::string file, std::shared_ptr<const yaml::Document> document, std::string path = {})
      : file_(std::move(file)), document_(std::move(document)), path_(std::move(path)) {}

  /// The place of something inside, as a place of its own.
  Place Below(std::string_view path) const;

  const std::string& file() const { return file_; }
  int document() const { return document_->number; }
  yaml::Position PositionOf(std::string_view field) const;
  InputError Error(std::string_view field, std::string reason, std::string remedy) const;

 private:
  std::string PathOf(std::string_view field) const;

  std::string file_;
  std::shared_ptr<const yaml::Document> document_;
  std::string path_;
};

class ManifestChecker {
 public:
  /// kInternal if the schema of metadata, which is written here, does not compile.
  static Result<ManifestChecker> Create();

  /// Appends what is wrong with `metadata`, for objects of any kind.
  void CheckMetadata(const json::Value& object, const Place& place,
                     std::vector<InputError>& errors) const;

  /// Appends what is wrong with everything else. `object` must be an object.
  static void CheckObject(const ManifestKind& kind, const json::Value& object, const Place& place,
                          std::vector<InputError>& errors);

 private:
  ManifestChecker(json::Value metadata_shape, json::Schema metadata)
      : metadata_shape_(std::move(metadata_shape)), metadata_(std::move(metadata)) {}

  json::Value metadata_shape_;
  json::Schema metadata_;
};

/// Takes out what only a server writes (status, uid, resourceVersion, ...), so that what `kubectl
/// get -o yaml` has shown can be applied.
void RemoveServerFields(json::Value& object);

}  // namespace labgallery::cli
