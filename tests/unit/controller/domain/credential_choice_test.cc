#include "controller/domain/credential_choice.h"

#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::domain {
namespace {

const std::string kAnnotation = "labgallery.io/credentials";

struct Row {
  const char* name;
  std::string spec;
  std::map<std::string, std::string> annotations;
  std::optional<CredentialChoice> want;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
class ChooseCredentialFrom : public ::testing::TestWithParam<Row> {};

TEST_P(ChooseCredentialFrom, TheNearestThatSaysOne) {
  EXPECT_EQ(
      ChooseCredential(*json::Parse(GetParam().spec), {.annotations = GetParam().annotations}),
      GetParam().want);
}

const CredentialChoice kOwn{"mine", "spec.credentialsRef"};
const CredentialChoice kTeam{"team", "the namespace's annotation labgallery.io/credentials"};

INSTANTIATE_TEST_SUITE_P(
    Scopes, ChooseCredentialFrom,
    ::testing::Values(Row{"Nobody", "{}", {}, std::nullopt},
                      Row{"TheObject", R"({"credentialsRef":{"name":"mine"}})", {}, kOwn},
                      Row{"TheNamespace", "{}", {{kAnnotation, " team "}}, kTeam},
                      Row{"TheObjectBeforeItsNamespace",
                          R"({"credentialsRef":{"name":"mine"}})",
                          {{kAnnotation, "team"}},
                          kOwn},
                      Row{"AnAnnotationThatIsEmpty",
                          "{}",
                          {{kAnnotation, ""}},
                          CredentialChoice{"", kTeam.named_by}}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace labgallery::domain
