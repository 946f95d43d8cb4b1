#include "src/kube/model/review.h"

#include <gtest/gtest.h>

#include "src/json/parse.h"

namespace labgallery::kube {
namespace {

json::Value Json(const char* text) { return *json::Parse(text); }

TEST(TokenReview, CarriesTheTokenAndNothingElse) {
  EXPECT_EQ(TokenReviewOf(Secret("abc")),
            Json(R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview",
                     "spec":{"token":"abc"}})"));
}

TEST(SubjectAccessReview, AsksForAPathWithAllThatIsKnownOfTheUser) {
  const KnownUser user{
      .name = "n", .uid = "u", .groups = {"a", "b"}, .extra = Json(R"({"example.org/pod":["p"]})")};
  EXPECT_EQ(SubjectAccessReviewOf(user, {"get", "/metrics"}),
            Json(R"({"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview",
                     "spec":{"user":"n","uid":"u","groups":["a","b"],
                             "extra":{"example.org/pod":["p"]},
                             "nonResourceAttributes":{"path":"/metrics","verb":"get"}}})"));
  EXPECT_EQ(SubjectAccessReviewOf({.name = "n"}, {"get", "/"}).Find("spec")->Find("extra"),
            nullptr);
}

struct TokenRow {
  const char* name;
  const char* answer;
  bool understood;
  const char* user;  // null: not accepted
};

class TokenAnswers : public testing::TestWithParam<TokenRow> {};

TEST_P(TokenAnswers, AreAUserOrNobodyOrNoAnswer) {
  const auto user = ReadTokenReview(Json(GetParam().answer));
  ASSERT_EQ(user.has_value(), GetParam().understood);
  if (!user) {
    EXPECT_EQ(user.error().kind, ErrorKind::kProtocol);
    EXPECT_EQ(user.error().ToString().find("hidden"), std::string::npos);
  } else if (GetParam().user == nullptr) {
    EXPECT_FALSE(*user);
  } else {
    ASSERT_TRUE(*user);
    EXPECT_EQ((*user)->name, GetParam().user);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, TokenAnswers,
    testing::Values(
        TokenRow{"Accepted",
                 R"({"status":{"authenticated":true,"user":{"username":"n","groups":["g"]}}})",
                 true, "n"},
        TokenRow{"Refused", R"({"status":{"authenticated":false}})", true, nullptr},
        TokenRow{"RefusedWithWords", R"({"status":{"error":"[invalid bearer token]"}})", true,
                 nullptr},
        TokenRow{"RefusedThoughNamed", R"({"status":{"user":{"username":"n"}}})", true, nullptr},
        TokenRow{"WithoutAName", R"({"status":{"authenticated":true,"user":{"username":""}}})",
                 false, nullptr},
        TokenRow{"WithoutAUser", R"({"status":{"authenticated":true}})", false, nullptr},
        TokenRow{"NotATruth", R"({"status":{"authenticated":"true","user":{"username":"n"}}})",
                 false, nullptr},
        TokenRow{"Unanswered", R"({"spec":{"token":"hidden"}})", false, nullptr},
        TokenRow{"NotAnObject", R"("hidden")", false, nullptr}),
    [](const auto& row) { return row.param.name; });

TEST(TokenReview, TellsAllThatThereIsOfAUser) {
  const auto user = ReadTokenReview(
      Json(R"({"status":{"authenticated":true,"user":{"username":"n","uid":"u","groups":["a"],
               "extra":{"k":["v"]}}}})"));
  ASSERT_TRUE(user && *user);
  EXPECT_EQ(**user, (KnownUser{"n", "u", {"a"}, Json(R"({"k":["v"]})")}));
}

struct AccessRow {
  const char* name;
  const char* answer;
  std::optional<bool> allowed;
};

class AccessAnswers : public testing::TestWithParam<AccessRow> {};

TEST_P(AccessAnswers, AllowWhatIsAllowedAndNotDenied) {
  const auto allowed = ReadSubjectAccessReview(Json(GetParam().answer));
  ASSERT_EQ(allowed.has_value(), GetParam().allowed.has_value());
  if (allowed) {
    EXPECT_EQ(*allowed, *GetParam().allowed);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, AccessAnswers,
    testing::Values(AccessRow{"Allowed", R"({"status":{"allowed":true,"reason":"RBAC"}})", true},
                    AccessRow{"NotAllowed", R"({"status":{"allowed":false}})", false},
                    AccessRow{"Denied", R"({"status":{"allowed":true,"denied":true}})", false},
                    AccessRow{"Silent", R"({"status":{}})", false},
                    AccessRow{"NotATruth", R"({"status":{"allowed":1}})", std::nullopt},
                    AccessRow{"Unanswered", R"({"spec":{}})", std::nullopt}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::kube
