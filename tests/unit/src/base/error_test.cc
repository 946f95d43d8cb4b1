#include "src/base/error.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <type_traits>

#include "src/base/result.h"
#include "src/base/secret.h"

namespace labgallery {
namespace {

TEST(Error, ReadsFromTheOutermostStepToWhatTheServiceSaid) {
  Error error = Conflict("the gallery has images");
  error.code = "CannotDeleteResource";
  error.request_id = "r-1";
  error = std::move(error).With("delete gallery rg/teaching");
  error = std::move(error).With("reconcile labs/teaching");
  EXPECT_EQ(error.ToString(),
            "reconcile labs/teaching: delete gallery rg/teaching: the gallery has images "
            "(code CannotDeleteResource, request r-1)");
}

TEST(Error, WithoutAMessageNamesItsKind) {
  EXPECT_EQ(Error{.kind = ErrorKind::kThrottled}.ToString(), "Throttled");
}

struct KindRow {
  std::string name;
  Error error;
  ErrorKind kind;
};
class ErrorMakers : public testing::TestWithParam<KindRow> {};
TEST_P(ErrorMakers, GiveTheKindThatTheyAreNamedAfter) {
  EXPECT_EQ(GetParam().error.kind, GetParam().kind);
  EXPECT_EQ(Name(GetParam().error.kind), GetParam().name);
}
INSTANTIATE_TEST_SUITE_P(Table, ErrorMakers,
                         testing::ValuesIn<KindRow>({
                             {"InvalidInput", InvalidInput("x"), ErrorKind::kInvalidInput},
                             {"NotFound", NotFound("x"), ErrorKind::kNotFound},
                             {"Conflict", Conflict("x"), ErrorKind::kConflict},
                             {"Unavailable", Unavailable("x"), ErrorKind::kUnavailable},
                             {"Cancelled", Cancelled(), ErrorKind::kCancelled},
                             {"Protocol", ProtocolError("x"), ErrorKind::kProtocol},
                             {"Internal", InternalError("x"), ErrorKind::kInternal},
                         }),
                         [](const auto& row) { return row.param.name; });

Result<int> Half(int number) {
  if (number % 2 != 0) return InvalidInput("odd");
  return number / 2;
}
Result<int> Quarter(int number) {
  LAB_ASSIGN_OR_RETURN(const int half, Half(number));
  LAB_ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}
Status Divisible(int number) {
  LAB_RETURN_IF_ERROR(Quarter(number));
  return Ok();
}

TEST(Result, PassesValuesOnThroughTheMacros) {
  EXPECT_EQ(*Quarter(12), 3);
  EXPECT_TRUE(Divisible(12));
}

TEST(Result, PassesTheFirstErrorOnThroughTheMacros) {
  ASSERT_FALSE(Quarter(6));
  EXPECT_EQ(Quarter(6).error(), InvalidInput("odd"));
  ASSERT_FALSE(Divisible(6));
  EXPECT_EQ(Divisible(6).error(), InvalidInput("odd"));
}

TEST(Result, MovesWhatCannotBeCopied) {
  auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
  auto pass = [&make]() -> Result<int> {
    LAB_ASSIGN_OR_RETURN(const std::unique_ptr<int> held, make());
    return *held;
  };
  EXPECT_EQ(*pass(), 7);
}

template <typename T, typename = void>
struct Streams : std::false_type {};
template <typename T>
struct Streams<T, std::void_t<decltype(std::declval<std::ostream&>() << std::declval<T>())>>
    : std::true_type {};

TEST(Secret, CannotBeStreamedAndPrintsAsNothingInTests) {
  EXPECT_FALSE(Streams<Secret>::value);
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string>));
  EXPECT_EQ(testing::PrintToString(Secret("hunter2")), "[secret]");
}

}  // namespace
}  // namespace labgallery
