#include "controller/domain/rule_text.h"

#include <algorithm>

namespace labgallery::domain {

std::string WritingMessage(const Part& part) {
  std::string text = "writing " + part.name;
  // A part that is made is named whole; of one that is changed, what changes.
  if (part.differences.size() == 1 && part.differences.front().path == part.name) {
    const std::string& want = part.differences.front().want;
    return want.empty() ? text : text + " " + want;
  }
  for (std::size_t i = 0; i < part.differences.size() && i < 3; ++i) {
    const Difference& d = part.differences[i];
    text += (i == 0 ? ": " : ", ") + d.path;
    if (!d.want.empty()) text += " to " + d.want;
    if (d.want.empty() && !d.have.empty()) text += " removed";
  }
  if (part.differences.size() > 3)
    text += ", and " + std::to_string(part.differences.size() - 3) + " more";
  return text;
}

std::string DifferenceMessage(const Situation& situation) {
  std::string text;
  for (const Part& part : situation.parts) {
    for (const Difference& d : part.differences) {
      if (d.addition) continue;
      if (!text.empty()) text += ", ";
      text += d.path + " (have " + d.have + ", want " + d.want + ")";
    }
  }
  return text;
}

Verdict NoEffect(const Situation& situation, const std::string& part) {
  const auto named = std::ranges::find(situation.parts, part, &Part::name);
  std::string shown;
  if (named != situation.parts.end()) {
    for (std::size_t i = 0; i < named->differences.size() && i < 3; ++i) {
      const Difference& d = named->differences[i];
      shown += (i == 0 ? " " : ", ") + d.path + " as " + (d.have.empty() ? "nothing" : d.have) +
               " instead of " + (d.want.empty() ? "nothing" : d.want);
    }
  }
  const std::string text = "Azure accepted the same change of " + part +
                           " again and again, and still shows" +
                           (shown.empty() ? " what it did before" : shown) +
                           "; ask for what Azure shows, or find out what puts it back";
  return {kube::ConditionStatus::kFalse, Reason::kAzureError, text};
}

}  // namespace labgallery::domain
