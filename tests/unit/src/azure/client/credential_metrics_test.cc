#include "src/azure/client/credential_metrics.h"

#include <gtest/gtest.h>

#include <string>

namespace labgallery::azure {
namespace {

constexpr const char* kArm = "https://management.azure.com/";

class CredentialMetricsTest : public testing::Test {
 protected:
  bool Shows(const std::string& line) const {
    return metrics_.Serialise().find("\n" + line + "\n") != std::string::npos;
  }
  static AccessToken TokenUntil(std::int64_t seconds) {
    AccessToken token{Secret("t")};
    token.credential_ends = SystemTime(std::chrono::seconds(seconds));
    return token;
  }
  static std::string EndLine(const std::string& secret, const std::string& value) {
    return "labgallery_credential_expiry_timestamp_seconds{credential="
           "\"ClientCertificateCredential\",secret=\"" +
           secret + "\"} " + value;
  }

  telemetry::Metrics metrics_;
  CredentialMetrics credentials_{metrics_};
};

TEST_F(CredentialMetricsTest, CountLoginsByResult) {
  const OnLogin login = credentials_.Follow(CredentialKind::kWorkloadIdentity, "");
  login(kArm, AccessToken{Secret("t")});
  login(kArm, AccessToken{Secret("u")});
  login(kArm, NoToken("refused"));
  const std::string family =
      "labgallery_token_requests_total{audience=\"https://management.azure.com/\","
      "credential=\"WorkloadIdentityCredential\",result=";
  EXPECT_TRUE(Shows(family + "\"ok\"} 2")) << metrics_.Serialise();
  EXPECT_TRUE(Shows(family + "\"Unauthenticated\"} 1")) << metrics_.Serialise();
}

TEST_F(CredentialMetricsTest, ShowTheEndOfACertificateAndFollowItsRenewal) {
  const OnLogin login = credentials_.Follow(CredentialKind::kClientCertificate, "labs/azure");
  EXPECT_FALSE(Shows(EndLine("labs/azure", "1812345678")));
  login(kArm, TokenUntil(1812345678));
  EXPECT_TRUE(Shows(EndLine("labs/azure", "1812345678"))) << metrics_.Serialise();
  login(kArm, NoToken("for a moment"));
  EXPECT_TRUE(Shows(EndLine("labs/azure", "1812345678")));
  login(kArm, TokenUntil(1912345678));
  EXPECT_TRUE(Shows(EndLine("labs/azure", "1912345678"))) << metrics_.Serialise();
}

TEST_F(CredentialMetricsTest, ShowNoEndWhereNoneIsKnown) {
  const OnLogin login = credentials_.Follow(CredentialKind::kClientSecret, "");
  login(kArm, AccessToken{Secret("t")});
  EXPECT_EQ(metrics_.Serialise().find("labgallery_credential_expiry"), std::string::npos);
}

TEST_F(CredentialMetricsTest, ForgetACredentialThatNobodyUses) {
  {
    const OnLogin login = credentials_.Follow(CredentialKind::kClientCertificate, "labs/azure");
    login(kArm, TokenUntil(1812345678));
  }
  EXPECT_EQ(metrics_.Serialise().find("labgallery_credential_expiry"), std::string::npos);
}

TEST_F(CredentialMetricsTest, ShowTheNewerOfTwoOfTheSameSecret) {
  const OnLogin before = credentials_.Follow(CredentialKind::kClientCertificate, "labs/azure");
  before(kArm, TokenUntil(1812345678));
  const OnLogin after = credentials_.Follow(CredentialKind::kClientCertificate, "labs/azure");
  after(kArm, TokenUntil(1912345678));
  EXPECT_TRUE(Shows(EndLine("labs/azure", "1912345678"))) << metrics_.Serialise();
  EXPECT_FALSE(Shows(EndLine("labs/azure", "1812345678")));
}

}  // namespace
}  // namespace labgallery::azure
