// What Azure's refusals mean for our objects: the reason that a condition shows, what a person can
// do, and how to go on. Asks the table of error_rows.h.
#pragma once

#include <string>

#include "controller/domain/plan.h"
#include "src/azure/model/error_class.h"
#include "src/base/error.h"

namespace labgallery::domain {

/// ErrorRows() with the reason of each class.
const azure::ErrorTable& Errors();

/// What a condition shows for a class of errors.
Reason ReasonOf(azure::ErrorClass verdict);

/// Ready=False with the reason of the error and what a person needs: the words, code, target,
/// correlation id and the way out. `doing` says what was tried ("put gallery teaching").
Verdict VerdictOf(const Error& error, const std::string& doing);

/// True for failures that pass by themselves and that a status need not show: throttling, a service
/// that does not answer, a change under us.
bool IsPassing(const Error& error);

/// When to try again, and how.
Wait WaitAfter(const Error& error);

}  // namespace labgallery::domain
