#include "src/http/client/failure.h"

#include <gtest/gtest.h>

namespace labgallery::http {
namespace {

constexpr int kTlsVerification = 167772294;
constexpr int kTlsAlert = 167773276;

struct FailureCase {
  const char* name;
  int code;
  Phase phase;
  ErrorKind want;
  const char* says;
};

class FailedExchanges : public ::testing::TestWithParam<FailureCase> {};

TEST_P(FailedExchanges, SayWhetherTheRequestMayHaveArrived) {
  const Error error =
      FailedExchange({GetParam().code, "its words"}, GetParam().phase, {"http://h:1"});
  EXPECT_EQ(error.kind, GetParam().want);
  EXPECT_NE(error.message.find(GetParam().says), std::string::npos) << error.message;
  EXPECT_NE(error.message.find("http://h:1"), std::string::npos) << error.message;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, FailedExchanges,
    ::testing::Values(
        FailureCase{"Refused", 113, Phase::kConnecting, ErrorKind::kUnavailable, "refused"},
        FailureCase{"NoSuchHost", 1, Phase::kConnecting, ErrorKind::kUnavailable, "resolve"},
        FailureCase{"ConnectTimedOut", 110, Phase::kConnecting, ErrorKind::kUnavailable,
                    "its words"},
        FailureCase{"ClosedInHandshake", 2, Phase::kConnecting, ErrorKind::kUnavailable,
                    "its words"},
        FailureCase{"StaleSocket", 32, Phase::kConnecting, ErrorKind::kUnavailable, "its words"},
        FailureCase{"UnknownCertificate", kTlsVerification, Phase::kConnecting,
                    ErrorKind::kUnavailable, "TLS handshake"},
        FailureCase{"TlsAlert", kTlsAlert, Phase::kConnecting, ErrorKind::kUnavailable,
                    "its words"},
        FailureCase{"ClosedBeforeStatusLine", 103, Phase::kSent, ErrorKind::kTimeout, "lost"},
        FailureCase{"ResetBeforeStatusLine", 104, Phase::kSent, ErrorKind::kTimeout, "lost"},
        FailureCase{"BodyNotWritten", 32, Phase::kSent, ErrorKind::kTimeout, "lost"},
        FailureCase{"TlsAlertAfterHandshake", kTlsAlert, Phase::kSent, ErrorKind::kTimeout, "lost"},
        FailureCase{"NotHttp", 0, Phase::kSent, ErrorKind::kProtocol, "understand"},
        FailureCase{"ClosedInBody", 2, Phase::kReceiving, ErrorKind::kTimeout, "broke off"},
        FailureCase{"ResetInBody", 104, Phase::kReceiving, ErrorKind::kTimeout, "broke off"},
        FailureCase{"BadChunk", 0, Phase::kReceiving, ErrorKind::kProtocol, "understand"},
        FailureCase{"StreamClosed", 2, Phase::kStreaming, ErrorKind::kUnavailable, "broke off"},
        FailureCase{"StreamReset", 104, Phase::kStreaming, ErrorKind::kUnavailable, "broke off"},
        FailureCase{"BadChunkInStream", 0, Phase::kStreaming, ErrorKind::kProtocol, "understand"},
        FailureCase{"NoHttpException", -1, Phase::kSent, ErrorKind::kTimeout, "its words"}),
    [](const auto& row) { return row.param.name; });

struct ProxiedCase {
  const char* name;
  int code;
  Phase phase;
  const char* says;
};

class ProxiedExchanges : public ::testing::TestWithParam<ProxiedCase> {};

TEST_P(ProxiedExchanges, NameTheProxyAndWhichOfTheTwoFailed) {
  const Error error = FailedExchange({GetParam().code, "its words"}, GetParam().phase,
                                     {"https://k:1", "http://p:2"});
  EXPECT_EQ(error.message, GetParam().says);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ProxiedExchanges,
    ::testing::Values(
        ProxiedCase{"Refused", 113, Phase::kConnecting,
                    "cannot connect to the proxy http://p:2 on the way to https://k:1: refused or "
                    "unreachable"},
        ProxiedCase{"NoSuchHost", 1, Phase::kConnecting,
                    "cannot resolve the host of the proxy http://p:2 on the way to https://k:1"},
        ProxiedCase{"RefusedByTheProxy", -1, Phase::kConnecting,
                    "cannot connect to https://k:1 through the proxy http://p:2: its words"},
        ProxiedCase{
            "UnknownCertificate", kTlsVerification, Phase::kConnecting,
            "TLS handshake with https://k:1 through the proxy http://p:2 failed: its words"},
        ProxiedCase{"Lost", 104, Phase::kSent,
                    "the connection to https://k:1 through the proxy http://p:2 was lost before "
                    "the answer: its words"}),
    [](const auto& row) { return row.param.name; });

TEST(ALateExchange, NamesTheProxy) {
  const Error error =
      LateExchange(std::chrono::seconds(2), Phase::kConnecting, {"https://k:1", "http://p:2"});
  EXPECT_EQ(error.message,
            "no connection to https://k:1 through the proxy http://p:2 within 2000 ms");
}

struct LateCase {
  const char* name;
  Phase phase;
  ErrorKind want;
};

class LateExchanges : public ::testing::TestWithParam<LateCase> {};

TEST_P(LateExchanges, SayWhetherTheRequestMayHaveArrived) {
  const Error error = LateExchange(std::chrono::seconds(2), GetParam().phase, {"http://h:1"});
  EXPECT_EQ(error.kind, GetParam().want);
  EXPECT_NE(error.message.find("2000 ms"), std::string::npos) << error.message;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, LateExchanges,
    ::testing::Values(LateCase{"Connecting", Phase::kConnecting, ErrorKind::kUnavailable},
                      LateCase{"Sent", Phase::kSent, ErrorKind::kTimeout},
                      LateCase{"Receiving", Phase::kReceiving, ErrorKind::kTimeout},
                      LateCase{"Streaming", Phase::kStreaming, ErrorKind::kTimeout}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::http
