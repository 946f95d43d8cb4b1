#include "src/http/model/proxy.h"

#include <gtest/gtest.h>

namespace labgallery::http {
namespace {

struct ParseRow {
  const char* name;
  const char* text;
  const char* proxy;  // "user:password@origin"; empty: refused
};

class ProxyTexts : public ::testing::TestWithParam<ParseRow> {};

TEST_P(ProxyTexts, AreReadOrRefused) {
  const auto proxy = ParseProxy(GetParam().text);
  if (std::string_view(GetParam().proxy).empty()) {
    ASSERT_FALSE(proxy);
    EXPECT_EQ(proxy.error().kind, ErrorKind::kInvalidInput);
    EXPECT_EQ(proxy.error().message.find("secret"), std::string::npos);
    return;
  }
  ASSERT_TRUE(proxy) << proxy.error().ToString();
  EXPECT_EQ(proxy->user + ":" + proxy->password.Reveal() + "@" + proxy->url.origin(),
            GetParam().proxy);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ProxyTexts,
    ::testing::Values(ParseRow{"WithPort", "http://proxy:3128", ":@http://proxy:3128"},
                      ParseRow{"WithoutPort", "http://proxy/", ":@http://proxy"},
                      ParseRow{"WithoutScheme", "proxy:3128", ":@http://proxy:3128"},
                      ParseRow{"WithALogin", "http://me:a%40b@proxy:1", "me:a@b@http://proxy:1"},
                      ParseRow{"WithAUser", "http://me@proxy:1", "me:@http://proxy:1"},
                      ParseRow{"OverTls", "https://me:secret@proxy:3128", ""},
                      ParseRow{"Socks", "socks5://me:secret@proxy:1080", ""},
                      ParseRow{"Ipv6", "http://[::1]:3128", ""},
                      ParseRow{"NoHost", "http://me:secret@", ""}),
    [](const auto& row) { return row.param.name; });

struct RuleRow {
  const char* name;
  const char* target;
  const char* except;
  const char* origin;  // of the proxy; empty: directly
};

class Variables : public ::testing::TestWithParam<RuleRow> {};

TEST_P(Variables, ChooseAsGoDoes) {
  const ProxyRules rules{
      .https = Secret("http://s:1"), .http = Secret("p:2"), .except = GetParam().except};
  const auto proxy = ProxyFor(rules, *ParseUrl(GetParam().target));
  ASSERT_TRUE(proxy) << proxy.error().ToString();
  EXPECT_EQ(*proxy ? (*proxy)->url.origin() : "", GetParam().origin);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Variables,
    ::testing::Values(
        RuleRow{"Https", "https://a.example/", "", "http://s:1"},
        RuleRow{"Http", "http://a.example/", "", "http://p:2"},
        RuleRow{"Localhost", "https://localhost:6443/", "", ""},
        RuleRow{"Loopback", "https://127.0.0.1:6443/", "", ""},
        RuleRow{"Everything", "https://a.example/", "b.example, *", ""},
        RuleRow{"TheName", "https://a.example/", "A.example", ""},
        RuleRow{"BelowTheName", "https://x.a.example/", "a.example", ""},
        RuleRow{"NotAnEndOfALabel", "https://ba.example/", "a.example", "http://s:1"},
        RuleRow{"OnlyBelowADot", "https://a.example/", ".a.example", "http://s:1"},
        RuleRow{"BelowADot", "https://x.a.example/", ".a.example", ""},
        RuleRow{"BelowAStar", "https://x.a.example/", "*.a.example", ""},
        RuleRow{"AnAddress", "https://10.1.2.3/", "10.1.2.3", ""},
        RuleRow{"AnotherAddress", "https://110.1.2.3/", "10.1.2.3", "http://s:1"},
        RuleRow{"ANetwork", "https://10.1.2.3/", "10.0.0.0/8", ""},
        RuleRow{"OutsideTheNetwork", "https://10.1.2.3/", "10.1.3.0/24", "http://s:1"},
        RuleRow{"ANameInNoNetwork", "https://a.example/", "10.0.0.0/0", "http://s:1"},
        RuleRow{"ThePort", "https://a.example:6443/", "a.example:6443", ""},
        RuleRow{"AnotherPort", "https://a.example:6443/", "a.example:443", "http://s:1"}),
    [](const auto& row) { return row.param.name; });

TEST(ProxyRules, ForEverythingKnowNoExceptions) {
  const ProxyRules rules{.every = Secret("http://all:1"), .except = "*"};
  for (const char* target : {"https://127.0.0.1:6443/", "http://a.example/"}) {
    EXPECT_EQ((*ProxyFor(rules, *ParseUrl(target)))->url.origin(), "http://all:1");
  }
}

TEST(ProxyRules, ThatAreEmptyLeadDirectly) {
  EXPECT_FALSE(*ProxyFor({}, *ParseUrl("https://a.example/")));
}

}  // namespace
}  // namespace labgallery::http
