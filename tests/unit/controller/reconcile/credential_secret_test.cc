#include "controller/reconcile/credential_secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/base64.h"

namespace labgallery::reconcile {
namespace {

using azure::CredentialKind;
using testing::HasSubstr;
using testing::Not;
using Entries = std::map<std::string, std::string>;

json::Value SecretOf(const Entries& entries) {
  json::Value secret;
  json::Value& data = secret.Set("data", json::Value::Object());
  for (const auto& [key, value] : entries) data.Set(key, EncodeBase64(value));
  return secret;
}

Entries With(Entries more) {
  more.insert({{"AZURE_TENANT_ID", "t"}, {"AZURE_CLIENT_ID", "c"}});
  return more;
}

TEST(CredentialSecret, IsAClientSecretWithoutItsLineEnd) {
  const auto read = ReadCredentialSecret(SecretOf({{"AZURE_TENANT_ID", "t\n"},
                                                   {"AZURE_CLIENT_ID", "c"},
                                                   {"AZURE_CLIENT_SECRET", "s\n"},
                                                   {"AZURE_SUBSCRIPTION_ID", "ignored"}}));
  ASSERT_TRUE(read) << read.error().ToString();
  EXPECT_EQ(read->kind, CredentialKind::kClientSecret);
  EXPECT_EQ(read->settings.tenant, "t");
  EXPECT_EQ(read->settings.client, "c");
  EXPECT_EQ(read->settings.secret, Secret("s"));
}

struct KindRow {
  const char* name;
  Entries entries;
  CredentialKind want;
};
void PrintTo(const KindRow& row, std::ostream* out) { *out << row.name; }
class SecretKind : public ::testing::TestWithParam<KindRow> {};

TEST_P(SecretKind, FollowsFromItsKeys) {
  const auto read = ReadCredentialSecret(SecretOf(GetParam().entries));
  ASSERT_TRUE(read) << read.error().ToString();
  EXPECT_EQ(read->kind, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, SecretKind,
    ::testing::Values(
        KindRow{"Secret", With({{"AZURE_CLIENT_SECRET", "s"}}), CredentialKind::kClientSecret},
        KindRow{"Certificate", With({{"AZURE_CLIENT_CERTIFICATE", "pem"}}),
                CredentialKind::kClientCertificate},
        KindRow{"WorkloadIdentityByMode", With({{"AUTH_MODE", "WorkloadIdentity"}}),
                CredentialKind::kWorkloadIdentity},
        KindRow{"WorkloadIdentityByDefault", With({}), CredentialKind::kWorkloadIdentity},
        KindRow{"ManagedIdentity",
                {{"AZURE_CLIENT_ID", "c"}, {"AUTH_MODE", "podidentity"}},
                CredentialKind::kManagedIdentity}),
    [](const auto& tested) { return tested.param.name; });

struct BadRow {
  const char* name;
  json::Value secret;
  std::vector<std::string> said;
};
void PrintTo(const BadRow& row, std::ostream* out) { *out << row.name; }
class BadSecret : public ::testing::TestWithParam<BadRow> {};

TEST_P(BadSecret, IsRefusedWithWhatIsWrong) {
  const auto read = ReadCredentialSecret(GetParam().secret);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::kUnauthenticated);
  for (const std::string& said : GetParam().said)
    EXPECT_THAT(read.error().message, HasSubstr(said));
  EXPECT_THAT(read.error().message, Not(HasSubstr("hunter2")));
}

json::Value BrokenBase64() {
  json::Value secret = SecretOf(With({}));
  secret.Find("data")->Set("AZURE_CLIENT_SECRET", "hunter2!");
  return secret;
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, BadSecret,
    ::testing::Values(
        BadRow{"Empty", json::Value::Object(), {"AZURE_TENANT_ID", "AZURE_CLIENT_ID"}},
        BadRow{"WithoutATenant",
               SecretOf({{"AZURE_CLIENT_ID", "c"}, {"AZURE_CLIENT_SECRET", "hunter2"}}),
               {"AZURE_TENANT_ID"}},
        BadRow{"WithAnUnknownMode",
               SecretOf(With({{"AUTH_MODE", "hunter2"}})),
               {"AUTH_MODE", "workloadidentity"}},
        BadRow{"ThatIsNoBase64", BrokenBase64(), {"AZURE_CLIENT_SECRET"}}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace labgallery::reconcile
