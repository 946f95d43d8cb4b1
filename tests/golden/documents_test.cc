// The tables that people look things up in are made from the tables that the program runs on.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controller/domain/error_rows.h"
#include "controller/domain/errors.h"
#include "controller/domain/reason.h"
#include "src/azure/model/error_class.h"
#include "src/base/text.h"
#include "tests/golden/golden.h"

namespace labgallery::golden {
namespace {

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

// "`Code`", "text '...'", or both.
std::string SaidText(const domain::ErrorRow& row) {
  std::vector<std::string> pieces;
  if (!row.code.empty()) pieces.push_back("`" + std::string(row.code) + "`");
  if (!row.text.empty()) pieces.push_back("\"..." + std::string(row.text) + "...\"");
  if (pieces.empty()) return "any code";
  return Join(pieces, ", ");
}

std::string ShownText(const Error& error) {
  if (domain::Errors().Classify(error) == azure::ErrorClass::kThrottled) return "never";
  return domain::IsPassing(error) ? "if it stays so" : "at once";
}

std::string ErrorLine(const std::string& said, std::string_view http, const Error& error) {
  const azure::ErrorClass verdict = domain::Errors().Classify(error);
  const azure::ErrorRule* rule = domain::Errors().Match(error);
  const std::string& reason = azure::ReasonFor(error, domain::Errors());
  std::string remedy = rule == nullptr ? "" : rule->remedy;
  if (remedy.empty()) remedy = domain::Entry(domain::ReasonOf(verdict)).remedy;
  return "| " + said + " | " + std::string(http) + " | `" + reason + "` | " + ShownText(error) +
         " | " + RetryText(azure::RetryFor(verdict)) + " | " + remedy + " | `" +
         std::string(azure::Label(verdict)) + "` |\n";
}

constexpr std::string_view kErrorColumns =
    "| HTTP | Reason | Shown | Tried again | What to do | Class |\n"
    "|---|---|---|---|---|---|---|\n";

// What is left when no row applies.
std::string LinesWithoutACode() {
  struct Sample {
    const char* said;
    const char* http;
    ErrorKind kind;
    int status;
  };
  std::string text;
  for (const Sample& one :
       {Sample{"refused", "400", ErrorKind::kInvalidInput, 400},
        Sample{"token refused", "401", ErrorKind::kUnauthenticated, 401},
        Sample{"forbidden", "403", ErrorKind::kForbidden, 403},
        Sample{"not there", "404, 410", ErrorKind::kNotFound, 404},
        Sample{"conflict", "409", ErrorKind::kConflict, 409},
        Sample{"precondition failed", "412", ErrorKind::kConflict, 412},
        Sample{"too many requests", "429", ErrorKind::kThrottled, 429},
        Sample{"failed, or a page of a gateway", "500, 502, 503", ErrorKind::kUnavailable, 500},
        Sample{"no answer in time: perhaps done", "408, 504, none", ErrorKind::kTimeout, 504},
        Sample{"an answer that cannot be read", "200", ErrorKind::kProtocol, 200}}) {
    Error error;
    error.kind = one.kind;
    error.http_status = one.status;
    text += ErrorLine(one.said, one.http, error);
  }
  return text;
}

TEST(Documents, ListEveryErrorOfAzuresWithWhatHappensNext) {
  std::string text =
      "# Errors of Azure's\n\n"
      "What a refusal of Azure's is taken for: the reason that `Ready` shows "
      "([reasons.md](reasons.md)), whether it is\n"
      "shown at once, when it is tried again, what a person can do, and the class, which metrics "
      "have as a label. The\n"
      "first line that applies counts. Retries never end, `Retry-After` is obeyed, and being asked "
      "to come back later\n"
      "never makes an object not Ready. Made from `controller/domain/error_rows.cc` by `make "
      "golden`.\n\n"
      "| Azure says " +
      std::string(kErrorColumns);
  for (const domain::ErrorRow& row : domain::ErrorRows()) {
    Error error;
    error.code = row.code;
    error.http_status = row.status;
    error.message = row.text;
    text += ErrorLine(SaidText(row), row.http, error);
  }
  text += "\n## Without a known code\n\n| What happened " + std::string(kErrorColumns) +
          LinesWithoutACode();
  ExpectFile("docs/errors.md", text);
}

}  // namespace
}  // namespace labgallery::golden
