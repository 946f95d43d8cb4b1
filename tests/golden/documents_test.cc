// The tables that people look things up in are made from the tables that the program runs on.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "controller/domain/errors.h"
#include "controller/domain/reason.h"
#include "src/azure/model/error_class.h"
#include "src/base/text.h"
#include "tests/golden/golden.h"

namespace labgallery::golden {
namespace {

using azure::ErrorClass;
using azure::ErrorRule;

std::string StandingText(domain::Standing standing) {
  switch (standing) {
    case domain::Standing::kGood:
      return "good";
    case domain::Standing::kProgress:
      return "on its way";
    case domain::Standing::kTrouble:
      return "needs somebody";
  }
  return "";
}

TEST(Documents, ListEveryReasonWithItsRemedy) {
  std::string text =
      "# Reasons\n\n"
      "What a condition's `reason` means and what a person can do. Made from "
      "`controller/domain/reason.cc` by\n"
      "`make golden`.\n\n"
      "| Reason | Standing | Meaning | What to do |\n|---|---|---|---|\n";
  for (const domain::ReasonEntry& entry : domain::Reasons()) {
    text += "| `" + std::string(entry.name) + "` | " + StandingText(entry.standing) + " | " +
            std::string(entry.meaning) + " | " + std::string(entry.remedy) + " |\n";
  }
  ExpectFile("docs/reasons.md", text);
}

std::string RetryText(azure::RetryMode mode) {
  switch (mode) {
    case azure::RetryMode::kNow:
      return "at once, after reading again";
    case azure::RetryMode::kBackoff:
      return "seconds to minutes, growing";
    case azure::RetryMode::kSlow:
      return "every 5 to 15 minutes";
    case azure::RetryMode::kWaitForSpec:
      return "after a change of the spec";
  }
  return "";
}

// "`Code`", "HTTP 409", "text '...'", or what of it there is.
std::string RowText(const ErrorRule& rule) {
  std::vector<std::string> pieces;
  if (!rule.code.empty()) pieces.push_back("`" + rule.code + "`");
  if (rule.status != 0) pieces.push_back("HTTP " + std::to_string(rule.status));
  if (!rule.substring.empty()) pieces.push_back("a message with \"" + rule.substring + "\"");
  return Join(pieces, " and ");
}

TEST(Documents, ListEveryErrorOfAzuresWithWhatHappensNext) {
  std::map<ErrorClass, std::vector<std::string>> rows;
  for (const std::vector<ErrorRule>* rules : {&domain::Errors().rules(), &azure::ArmErrorRules()}) {
    for (const ErrorRule& rule : *rules) {
      std::vector<std::string>& said = rows[rule.verdict];
      const std::string row = RowText(rule);
      if (std::find(said.begin(), said.end(), row) == said.end()) said.push_back(row);
    }
  }
  std::string text =
      "# Errors of Azure's\n\n"
      "What a refusal of Azure's is taken for, the reason that a condition then shows "
      "([reasons.md](reasons.md)), and\n"
      "when it is tried again. Retries never end. Made from `src/azure/model/error_class.cc` and\n"
      "`controller/domain/errors.cc` by `make golden`.\n\n"
      "| Class | Reason | Tried again | Azure says |\n|---|---|---|---|\n";
  for (const auto& [verdict, said] : rows) {
    text += "| `" + std::string(azure::Label(verdict)) + "` | `" +
            domain::Errors().ReasonOf(verdict) + "` | " + RetryText(azure::RetryFor(verdict)) +
            " | " + Join(said, ", ") + " |\n";
  }
  ExpectFile("docs/errors.md", text);
}

}  // namespace
}  // namespace labgallery::golden
