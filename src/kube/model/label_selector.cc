#include "src/kube/model/label_selector.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "src/base/text.h"

namespace labgallery::kube {
namespace {

using Operator = Requirement::Operator;

// Cuts at commas that are outside parentheses.
std::vector<std::string> Pieces(std::string_view text) {
  std::vector<std::string> pieces(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ',' && depth == 0) {
      pieces.emplace_back();
    } else {
      pieces.back() += c;
    }
  }
  return pieces;
}

// "key in (a,b)" and "key notin (a,b)"; nothing if it is neither.
std::optional<Requirement> ParseSet(std::string_view piece) {
  const auto open = piece.find('(');
  if (open == std::string_view::npos || piece.back() != ')') return std::nullopt;
  const std::string_view head = Trim(piece.substr(0, open));
  const auto blank = head.find_last_of(" \t");
  if (blank == std::string_view::npos) return std::nullopt;
  const std::string_view word = head.substr(blank + 1);
  if (word != "in" && word != "notin") return std::nullopt;
  Requirement requirement{.key = std::string(Trim(head.substr(0, blank))),
                          .op = word == "in" ? Operator::kIn : Operator::kNotIn,
                          .values = {}};
  for (const std::string& value : Split(piece.substr(open + 1, piece.size() - open - 2), ',')) {
    requirement.values.emplace_back(Trim(value));
  }
  return requirement;
}

Requirement ParseExistence(std::string_view piece) {
  const bool negated = !piece.empty() && piece.front() == '!';
  return {.key = std::string(Trim(negated ? piece.substr(1) : piece)),
          .op = negated ? Operator::kDoesNotExist : Operator::kExists,
          .values = {}};
}

bool IsWord(std::string_view text, std::string_view inner) {
  const auto is_end = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  return !text.empty() && is_end(text.front()) && is_end(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_end(c) || inner.find(c) != std::string_view::npos; });
}

bool IsLegal(const Requirement& requirement) {
  return IsWord(requirement.key, "-_./") &&
         std::all_of(requirement.values.begin(), requirement.values.end(),
                     [](const std::string& value) {
                       return value.empty() || (value.size() <= 63 && IsWord(value, "-_."));
                     });
}

Error Unparsable(std::string_view text) {
  return InvalidInput("unable to parse requirement: \"" + std::string(text) + "\"");
}

}  // namespace

std::optional<Requirement> ParseEquality(std::string_view piece) {
  const auto equals = piece.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const bool negated = equals > 0 && piece[equals - 1] == '!';
  const bool doubled = equals + 1 < piece.size() && piece[equals + 1] == '=';
  return Requirement{.key = std::string(Trim(piece.substr(0, negated ? equals - 1 : equals))),
                     .op = negated ? Operator::kNotIn : Operator::kIn,
                     .values = {std::string(Trim(piece.substr(equals + (doubled ? 2 : 1))))}};
}

bool Holds(const Requirement& requirement, const std::string* value) {
  const auto& values = requirement.values;
  const bool listed =
      value != nullptr && std::find(values.begin(), values.end(), *value) != values.end();
  switch (requirement.op) {
    case Operator::kIn:
      return listed;
    case Operator::kNotIn:
      return !listed;
    case Operator::kExists:
      return value != nullptr;
    case Operator::kDoesNotExist:
      return value == nullptr;
  }
  return false;
}

Result<LabelSelector> ParseLabelSelector(std::string_view text) {
  LabelSelector requirements;
  if (Trim(text).empty()) return requirements;
  for (const std::string& whole : Pieces(text)) {
    const std::string_view piece = Trim(whole);
    if (piece.empty()) return Unparsable(text);
    auto requirement = ParseSet(piece);
    if (!requirement) requirement = ParseEquality(piece);
    if (!requirement) requirement = ParseExistence(piece);
    if (!IsLegal(*requirement)) return Unparsable(piece);
    requirements.push_back(*std::move(requirement));
  }
  return requirements;
}

bool Matches(const LabelSelector& selector, const Labels& labels) {
  return std::all_of(selector.begin(), selector.end(), [&](const Requirement& requirement) {
    const auto found = labels.find(requirement.key);
    return Holds(requirement, found == labels.end() ? nullptr : &found->second);
  });
}

}  // namespace labgallery::kube
