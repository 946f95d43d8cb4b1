// What of a type is watched and kept, and how an object becomes a record of it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "src/base/result.h"
#include "src/json/value.h"
#include "src/kube/client/client.h"
#include "src/runtime/record.h"

namespace labgallery::runtime {

struct WatchedType {
  kube::ResourceType resource;
  std::string name_space{};              // empty: all namespaces
  kube::Form form = kube::Form::kWhole;  // kMetadata for a type whose spec is of no interest
  std::string annotation_prefix{};       // empty: no annotations are kept
  bool keep_labels = false;
  /// The part of the status that reconcilers need, as JSON text; empty: nothing is kept.
  std::function<std::string(const json::Value& status)> project_status{};
  /// The values under which Store::Lookup finds an object, for instance what it refers to.
  std::function<std::vector<IndexValue>(const kube::ObjectKey&, const json::Value& spec,
                                        const json::Value& status)>
      index{};
  /// Shared by all copies; objects of a type resemble each other.
  std::shared_ptr<TextPacker> specs = std::make_shared<TextPacker>();
  std::shared_ptr<TextPacker> statuses = std::make_shared<TextPacker>();
  std::shared_ptr<RecordMemory> memory = std::make_shared<RecordMemory>();
};

/// The record of an object; texts that are those of `before` (may be null) are not packed anew.
/// kProtocol if its metadata cannot be read.
Result<RecordPtr> MakeRecord(const WatchedType& watched, TypeIndex type, const json::Value& object,
                             const RecordPtr& before);

}  // namespace labgallery::runtime
