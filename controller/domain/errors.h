// What Azure's refusals mean for our objects: the providers' own codes beside ARM's, the reason
// that a condition shows, and how to go on. One table, of which docs/errors.md is made.
#pragma once

#include <string>

#include "controller/domain/plan.h"
#include "src/azure/model/error_class.h"
#include "src/base/error.h"

namespace labgallery::domain {

/// ARM's codes with those of Compute, Lab Services and Authorization.
const azure::ErrorTable& Errors();

/// Ready=False with the reason of the error and what a person needs: the words, code, target,
/// correlation id and the way out. `doing` says what was tried ("put gallery teaching").
Verdict VerdictOf(const Error& error, const std::string& doing);

/// True for failures that pass by themselves and that a status need not show: throttling, a service
/// that does not answer, a change under us.
bool IsPassing(const Error& error);

/// When to try again, and how.
Wait WaitAfter(const Error& error);

}  // namespace labgallery::domain
