#include "controller/cli/input_error.h"

#include <gtest/gtest.h>

namespace labgallery::cli {
namespace {

TEST(InputError, ShowsThePlaceThenTheReasonThenTheRemedy) {
  const InputError error{.file = "labs/a.yaml",
                         .document = 2,
                         .position = {12, 3},
                         .field = "spec.verson",
                         .reason = "unknown field",
                         .remedy = "did you mean \"version\"?"};
  EXPECT_EQ(ToString(error),
            "labs/a.yaml:12:3: spec.verson: unknown field (did you mean \"version\"?)");
}

TEST(InputError, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(ToString(InputError{.file = "a", .reason = "does not exist"}), "a: does not exist");
}

TEST(InputError, CountsAllOfThem) {
  const InputError error{.file = "a", .reason = "x"};
  EXPECT_EQ(ToString(std::vector{error}), "a: x\n1 error; nothing was written\n");
  EXPECT_EQ(ToString(std::vector{error, error}), "a: x\na: x\n2 errors; nothing was written\n");
}

}  // namespace
}  // namespace labgallery::cli
