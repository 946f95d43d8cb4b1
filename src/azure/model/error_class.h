// Failure knowledge as a table: what a refusal means, and from that how to retry, which reason a
// condition gets and which label a metric. The classes are known here, and what HTTP itself says;
// the rows, with codes, words and reasons, come from the domain.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"

namespace labgallery::azure {

enum class ErrorClass {
  kSpecRefused,          // our own validation, before anything was sent
  kRefusedByService,     // the service will not take this request as it is
  kTransient,            // failed for no reason of ours
  kMaybeApplied,         // no answer: read before writing again
  kRaced,                // the world changed under us
  kBusy,                 // another operation is running on it
  kThrottled,            // told, or told ourselves, to come back later
  kSourceBusy,           // what is copied from is in use
  kUnauthenticated,      // the token is not accepted
  kForbidden,            // the identity lacks a right
  kSubscriptionUnknown,  // wrong id, or no sight of it
  kPolicyDenied,         // a policy of the customer's forbids it
  kLocked,               // a resource lock
  kQuotaExceeded,        // a limit of the subscription
  kProviderMissing,      // the resource provider is not registered
  kRegionUnavailable,    // not offered there, or not to this subscription
  kResourceGroupMissing,
  kParentMissing,   // what it belongs to is not there (yet)
  kSourceMissing,   // what it is made from is not there (yet)
  kAbsent,          // it is not there
  kChildrenExist,   // a deletion is stopped by what is inside
  kDirectoryLag,    // the directory does not know the principal yet
  kAlreadyExists,   // the same thing is there under another name
  kImmutable,       // Azure cannot change this
  kRegionFailed,    // replication to a region failed
  kCancelled,       // we stopped it
  kUnintelligible,  // an answer that cannot be understood
  kBug,             // ours
};

enum class RetryMode {
  kNow,          // read again and decide again
  kBackoff,      // seconds to minutes, growing; Retry-After where the error has one
  kSlow,         // minutes: somebody else has to act
  kWaitForSpec,  // never by itself
};

/// One row. A row applies when all that it names applies; the first that does wins.
struct ErrorRule {
  std::string code;       // compared without case; empty: any
  int status = 0;         // 0: any
  std::string substring;  // of the message, without case; empty: any
  ErrorClass verdict = ErrorClass::kTransient;
  std::string reason = {};  // a reason of its own instead of that of the class; mostly empty
  std::string remedy = {};  // what a person can do about it; empty: as the reason says
};

/// The rows come before the verdict by kind of error.
class ErrorTable {
 public:
  /// `reasons`: the condition reason of each class; `other` where a class has none.
  ErrorTable(std::vector<ErrorRule> rules, std::map<ErrorClass, std::string> reasons,
             std::string other);

  ErrorClass Classify(const Error& error) const;
  /// The row that decided, or null when only the kind of error did.
  const ErrorRule* Match(const Error& error) const;
  const std::string& ReasonOf(ErrorClass verdict) const;

 private:
  std::vector<ErrorRule> rules_;
  std::map<ErrorClass, std::string> reasons_;
  std::string other_;
};

RetryMode RetryFor(ErrorClass verdict);
RetryMode RetryFor(const Error& error, const ErrorTable& table);
const std::string& ReasonFor(const Error& error, const ErrorTable& table);
/// "policy_denied", "throttled", ...: one per class.
std::string_view MetricLabelFor(const Error& error, const ErrorTable& table);
std::string_view Label(ErrorClass verdict);

}  // namespace labgallery::azure
