// Finds other operators that are at work in the same namespaces, by their Leases: each says on its
// own which namespaces it selects. Pure; overlap_guard.h looks and acts.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/clock.h"
#include "src/json/value.h"
#include "src/kube/model/label_selector.h"
#include "src/kube/model/object.h"
#include "src/runtime/lease.h"

namespace labgallery::reconcile {

/// On every Lease of an operator of ours.
inline constexpr std::string_view kLeaseLabel = "app.kubernetes.io/name";
inline constexpr std::string_view kLeaseLabelValue = "labgallery";
inline constexpr std::string_view kSelectorAnnotation = "labgallery.io/namespace-selector";
inline constexpr std::string_view kNamespaceAnnotation = "labgallery.io/namespace";

/// An operator, as its Lease shows it.
struct LeaseHolder {
  kube::ObjectKey lease;  // without a name: it works without one, and nobody goes before it
  std::string uid;
  SystemTime created{};
  std::string name_space;                       // empty: all
  std::optional<kube::LabelSelector> selector;  // nothing: it cannot be read, so it may be any

  bool HasLease() const { return !lease.name.empty(); }
  bool Selects(const std::string& other, const kube::Labels& labels) const;
};

/// Nothing if the Lease has no metadata that can be read.
std::optional<LeaseHolder> HolderOf(const json::Value& lease);

/// Of two operators in one namespace the one with the older Lease goes on.
bool GoesBefore(const LeaseHolder& a, const LeaseHolder& b);

struct Overlap {
  std::set<std::string> shared;  // namespaces that another one selects as well
  std::set<std::string> ceded;   // those of them where another one goes before
  std::set<std::string> others;  // their Leases, "namespace/name"

  friend bool operator==(const Overlap&, const Overlap&) = default;
};

/// `own` namespaces are the ones that `self` selects, with their labels.
Overlap FindOverlap(const LeaseHolder& self, const std::vector<LeaseHolder>& others,
                    const std::map<std::string, kube::Labels>& own);

/// A sentence or two for people, about what `self` has found.
std::string Describe(const LeaseHolder& self, const Overlap& overlap);

}  // namespace labgallery::reconcile
