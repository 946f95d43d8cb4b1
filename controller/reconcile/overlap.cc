#include "controller/reconcile/overlap.h"

#include <tuple>

#include "src/base/text.h"

namespace labgallery::reconcile {
namespace {

constexpr std::size_t kMostNamed = 5;

std::string Named(const std::set<std::string>& names) {
  std::vector<std::string> some;
  for (const std::string& name : names) {
    if (some.size() == kMostNamed) break;
    some.push_back(name);
  }
  std::string text = Join(some, ", ");
  if (names.size() > some.size())
    text += " and " + std::to_string(names.size() - some.size()) + " more";
  return text;
}

}  // namespace

bool LeaseHolder::Selects(const std::string& other, const kube::Labels& labels) const {
  if (!name_space.empty() && name_space != other) return false;
  return !selector || kube::Matches(*selector, labels);
}

std::optional<LeaseHolder> HolderOf(const json::Value& lease) {
  const auto meta = kube::ReadMeta(lease);
  if (!meta) return std::nullopt;
  const auto annotation = [&](std::string_view key) {
    const auto found = meta->annotations.find(std::string(key));
    return found == meta->annotations.end() ? std::string() : found->second;
  };
  LeaseHolder holder{.lease = meta->key(),
                     .uid = meta->uid,
                     .created = meta->creation_time.value_or(SystemTime{}),
                     .name_space = annotation(kNamespaceAnnotation)};
  if (auto selector = kube::ParseLabelSelector(annotation(kSelectorAnnotation)))
    holder.selector = *std::move(selector);
  return holder;
}

bool GoesBefore(const LeaseHolder& a, const LeaseHolder& b) {
  return std::tie(a.created, a.lease) < std::tie(b.created, b.lease);
}

Overlap FindOverlap(const LeaseHolder& self, const std::vector<LeaseHolder>& others,
                    const std::map<std::string, kube::Labels>& own) {
  Overlap overlap;
  for (const LeaseHolder& other : others) {
    for (const auto& [name, labels] : own) {
      if (!other.Selects(name, labels)) continue;
      overlap.shared.insert(name);
      overlap.others.insert(other.lease.ToString());
      if (self.HasLease() && GoesBefore(other, self)) overlap.ceded.insert(name);
    }
  }
  return overlap;
}

std::string Describe(const LeaseHolder& self, const Overlap& overlap) {
  std::string text = "The operator of Lease " + Named(overlap.others) +
                     " is at work in the same namespaces: " + Named(overlap.shared) + ". ";
  if (!self.HasLease()) {
    return text +
           "This one works without a Lease, so that both do: end one of them, or have this "
           "one elected, too (--leader-elect).";
  }
  if (overlap.ceded.empty())
    return text + "It is the younger one and has to leave them to this one.";
  return text + "Until their selectors are apart this one, whose Lease is younger, leaves to it: " +
         Named(overlap.ceded) + ".";
}

}  // namespace labgallery::reconcile
