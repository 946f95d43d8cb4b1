#include "src/http/model/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace labgallery::http {
namespace {

using testing::ElementsAre;
using testing::Pair;

struct ParseRow {
  std::string name;
  std::string text;
  std::string host;
  int port;
  std::string target;
  std::string origin;
};
class ParsedUrl : public testing::TestWithParam<ParseRow> {};
TEST_P(ParsedUrl, HasItsParts) {
  const auto url = ParseUrl(GetParam().text);
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, GetParam().host);
  EXPECT_EQ(url->port, GetParam().port);
  EXPECT_EQ(url->target(), GetParam().target);
  EXPECT_EQ(url->origin(), GetParam().origin);
}
INSTANTIATE_TEST_SUITE_P(
    Table, ParsedUrl,
    testing::ValuesIn<ParseRow>({
        {"WithTheSchemesOwnPort", "https://management.azure.com/subscriptions?api-version=1",
         "management.azure.com", 443, "/subscriptions?api-version=1",
         "https://management.azure.com"},
        {"WithAPort", "http://localhost:8080/a", "localhost", 8080, "/a", "http://localhost:8080"},
        {"WithTheSchemesOwnPortWritten", "http://h:80/", "h", 80, "/", "http://h"},
        {"WithoutPath", "https://h", "h", 443, "/", "https://h"},
        {"WithoutPathButQuery", "https://h?x=1", "h", 443, "/?x=1", "https://h"},
        {"InMixedCase", "HTTPS://Management.Azure.COM/Path", "management.azure.com", 443, "/Path",
         "https://management.azure.com"},
        {"WithAnIpv6Address", "http://[::1]:9/x", "::1", 9, "/x", "http://[::1]:9"},
        {"WithAnIpv6AddressAlone", "http://[FE80::1]", "fe80::1", 80, "/", "http://[fe80::1]"},
        {"WithoutItsFragment", "http://h/a?b#c", "h", 80, "/a?b", "http://h"},
    }),
    [](const auto& row) { return row.param.name; });

struct RefusedRow {
  std::string name;
  std::string text;
};
class RefusedUrl : public testing::TestWithParam<RefusedRow> {};
TEST_P(RefusedUrl, IsNone) { EXPECT_FALSE(ParseUrl(GetParam().text)); }
INSTANTIATE_TEST_SUITE_P(Table, RefusedUrl,
                         testing::ValuesIn<RefusedRow>({
                             {"Empty", ""},
                             {"Relative", "/subscriptions"},
                             {"OfAnotherScheme", "ftp://h/"},
                             {"WithoutHost", "http:///x"},
                             {"WithPortZero", "http://h:0/"},
                             {"WithAPortTooHigh", "http://h:65536/"},
                             {"WithAPortThatIsNone", "http://h:80x/"},
                             {"WithBracketsLeftOpen", "http://[::1/"},
                             {"WithTextBehindBrackets", "http://[::1]x/"},
                             {"WithAUser", "http://127.0.0.1@example.com/"},
                             {"WithAUserAndAPassword", "http://me:secret@example.com/"},
                         }),
                         [](const auto& row) { return row.param.name; });

struct LoopbackRow {
  std::string name;
  std::string text;
  bool loopback;
};
class Loopback : public testing::TestWithParam<LoopbackRow> {};
TEST_P(Loopback, IsTheMachineItselfOnly) {
  EXPECT_EQ(IsLoopback(*ParseUrl(GetParam().text)), GetParam().loopback);
}
INSTANTIATE_TEST_SUITE_P(Table, Loopback,
                         testing::ValuesIn<LoopbackRow>({
                             {"ByName", "http://LOCALHOST:1/", true},
                             {"ByAddress", "https://127.0.0.1/", true},
                             {"ByAnotherAddressOfTheBlock", "https://127.1.2.3/", true},
                             {"ByIpv6Address", "http://[::1]:1/", true},
                             {"NotAnotherMachine", "http://10.0.0.1/", false},
                             {"NotANameThatBeginsLikeOne", "http://127.0.0.1.example.com/", false},
                             {"NotANameThatEndsLikeOne", "http://my-localhost/", false},
                         }),
                         [](const auto& row) { return row.param.name; });

TEST(Escape, LeavesUnreservedCharactersAlone) {
  EXPECT_EQ(Escape("aZ9-._~"), "aZ9-._~");
  EXPECT_EQ(Escape("West Europe/ä+"), "West%20Europe%2F%C3%A4%2B");
  EXPECT_EQ(EscapePath("/a b/c"), "/a%20b/c");
}

TEST(Unescape, UndoesEscapeAndLeavesBrokenSequences) {
  EXPECT_EQ(Unescape(Escape("West Europe/ä+%")), "West Europe/ä+%");
  EXPECT_EQ(Unescape("%41%zz%4"), "A%zz%4");
}

TEST(ParseQuery, UnescapesNamesAndValues) {
  EXPECT_THAT(ParseQuery("api-version=1&%24filter=a%3Db+c&flag&&x="),
              ElementsAre(Pair("api-version", "1"), Pair("$filter", "a=b c"), Pair("flag", ""),
                          Pair("x", "")));
  EXPECT_THAT(ParseQuery(""), ElementsAre());
}

TEST(QueryValue, ComparesNamesWithoutCase) {
  EXPECT_EQ(QueryValue("API-Version=2019&api-version=2020", "api-version"), "2019");
  EXPECT_EQ(QueryValue("a=1", "b"), std::nullopt);
}

TEST(BuildQuery, EscapesAndKeepsTheDollarOfArmsParameters) {
  EXPECT_EQ(BuildQuery({{"$expand", "Replication Status"}, {"a&b", "1"}}),
            "$expand=Replication%20Status&a%26b=1");
}

TEST(SplitTarget, CutsAtTheFirstQuestionMark) {
  EXPECT_EQ(SplitTarget("/a?b?c"), std::make_pair(std::string_view("/a"), std::string_view("b?c")));
  EXPECT_EQ(SplitTarget("/a"), std::make_pair(std::string_view("/a"), std::string_view()));
}

}  // namespace
}  // namespace labgallery::http
