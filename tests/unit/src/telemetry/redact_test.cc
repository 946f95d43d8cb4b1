#include "src/telemetry/redact.h"

#include <gtest/gtest.h>

namespace labgallery::telemetry {
namespace {

struct UrlCase {
  const char* name;
  const char* url;
  const char* want;
};

class RedactedUrls : public ::testing::TestWithParam<UrlCase> {};

TEST_P(RedactedUrls, ShowOnlyWhatIsHarmless) {
  EXPECT_EQ(RedactUrl(GetParam().url), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RedactedUrls,
    ::testing::Values(
        UrlCase{"Plain", "https://h/a/b", "https://h/a/b"}, UrlCase{"Empty", "", ""},
        UrlCase{"HarmlessParameters", "https://h/a?api-version=1&$expand=x&API-VERSION=2",
                "https://h/a?api-version=1&$expand=x&API-VERSION=2"},
        UrlCase{"EscapedDollar", "/a?%24filter=x&%24skipToken=y",
                "/a?%24filter=x&%24skipToken=REDACTED"},
        UrlCase{"Watch", "/apis?watch=1&resourceVersion=7&continue=abc",
                "/apis?watch=1&resourceVersion=7&continue=REDACTED"},
        UrlCase{"SignedOperation", "https://h/o/1?api-version=1&t=1&c=MII&s=aa&h=bb",
                "https://h/o/1?api-version=1&t=REDACTED&c=REDACTED&s=REDACTED&h=REDACTED"},
        UrlCase{"NameWithoutValue", "/a?watch&token", "/a?watch&REDACTED"},
        UrlCase{"ValueWithEquals", "/a?sig=x==&$top=5", "/a?sig=REDACTED&$top=5"},
        UrlCase{"NameThatEndsLikeAHarmlessOne", "/a?x-api-version=1", "/a?x-api-version=REDACTED"},
        UrlCase{"UserInformation", "http://u:p@h:1/x@y", "http://h:1/x@y"},
        UrlCase{"Fragment", "/a#secret", "/a"}, UrlCase{"EmptyQuery", "/a?", "/a?"}),
    [](const auto& row) { return row.param.name; });

struct HeaderCase {
  const char* name;
  const char* header;
  const char* value;
  const char* want;
};

class RedactedHeaders : public ::testing::TestWithParam<HeaderCase> {};

TEST_P(RedactedHeaders, ShowOnlyWhatIsHarmless) {
  EXPECT_EQ(RedactHeader(GetParam().header, GetParam().value), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RedactedHeaders,
    ::testing::Values(
        HeaderCase{"ContentType", "Content-Type", "application/json", "application/json"},
        HeaderCase{"RequestId", "x-ms-request-id", "1", "1"},
        HeaderCase{"RateLimit", "x-ms-ratelimit-remaining-subscription-writes", "99", "99"},
        HeaderCase{"Authorization", "Authorization", "Bearer x", "REDACTED"},
        HeaderCase{"Unknown", "X-Whatever", "x", "REDACTED"},
        HeaderCase{"LocationIsAUrl", "Location", "https://h/o?s=x", "https://h/o?s=REDACTED"},
        HeaderCase{"AsyncOperationIsAUrl", "Azure-AsyncOperation", "https://h/o?api-version=1&t=x",
                   "https://h/o?api-version=1&t=REDACTED"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::telemetry
