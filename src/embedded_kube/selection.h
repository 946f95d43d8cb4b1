// Which objects of a collection are meant: namespace, labelSelector, fieldSelector.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/embedded_kube/call.h"
#include "src/embedded_kube/refusal.h"
#include "src/embedded_kube/storage.h"
#include "src/kube/model/label_selector.h"

namespace labgallery::embedded_kube {

using kube::Requirement;

/// 'a=b,c!=d,e in (x,y),f notin (z),g,!h'.
Outcome<std::vector<Requirement>> ParseLabelSelector(std::string_view text);

struct Selection {
  std::string name_space;  // empty: all
  std::vector<Requirement> labels;
  std::vector<Requirement> fields;

  /// From a request; refused where a field is not selectable.
  static Outcome<Selection> Of(const Call& call);

  bool Matches(const StoredObject& object) const;
};

}  // namespace labgallery::embedded_kube
