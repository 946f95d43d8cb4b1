#include "controller/domain/rule_text.h"

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

}  // namespace labgallery::domain
