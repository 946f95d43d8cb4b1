// The signed statement of a certificate, checked the way Microsoft Entra checks it: with the public
// key of the certificate that the thumbprints name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "src/azure/client/certificate_tokens.h"
#include "src/base/base64.h"
#include "src/base/text.h"
#include "src/http/model/url.h"
#include "src/json/parse.h"
#include "tests/unit/src/azure/client/scripted_transport.h"

namespace labgallery::azure {
namespace {

using testing::HasSubstr;
using testing::Not;

const SystemTime kNow(std::chrono::seconds(1'700'000'000));
constexpr const char* kUrl = "https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token";

std::string Contents(BIO* bio) {
  char* text = nullptr;
  const auto length = BIO_get_mem_data(bio, &text);
  std::string contents(text, static_cast<std::size_t>(length));
  BIO_free(bio);
  return contents;
}

// A certificate that signs for itself, with its key, in every form in which people keep it.
class MadeCertificate {
 public:
  explicit MadeCertificate(EVP_PKEY* made, std::time_t until = 1'800'000'000)
      : key(made), certificate(X509_new()), ends(std::chrono::seconds(until)) {
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    ASN1_TIME_set(X509_getm_notAfter(certificate), until);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
  }
  ~MadeCertificate() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  MadeCertificate(const MadeCertificate&) = delete;
  MadeCertificate& operator=(const MadeCertificate&) = delete;

  std::string CertificatePem() const {
    BIO* text = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(text, certificate);
    return Contents(text);
  }
  std::string KeyPem(const char* password = nullptr) const {
    BIO* text = BIO_new(BIO_s_mem());
    PEM_write_bio_PKCS8PrivateKey(text, key, password == nullptr ? nullptr : EVP_aes_256_cbc(),
                                  password, password == nullptr ? 0 : 8, nullptr, nullptr);
    return Contents(text);
  }
  std::string Pkcs12(const char* password) const {
    PKCS12* bundle = PKCS12_create(password, "lab", key, certificate, nullptr, 0, 0, 0, 0, 0);
    BIO* text = BIO_new(BIO_s_mem());
    i2d_PKCS12_bio(text, bundle);
    PKCS12_free(bundle);
    return Contents(text);
  }
  std::string Digest(const EVP_MD* method) const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    X509_digest(certificate, method, digest.data(), &size);
    return {digest.begin(), digest.begin() + size};
  }
  bool HasSigned(const std::string& text, const std::string& signature) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, X509_get0_pubkey(certificate));
    const int valid = EVP_DigestVerify(
        context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
        reinterpret_cast<const unsigned char*>(text.data()), text.size());
    EVP_MD_CTX_free(context);
    return valid == 1;
  }

  EVP_PKEY* const key;
  X509* const certificate;
  const SystemTime ends;
};

// Making a key takes a while.
const MadeCertificate& Rsa() {
  static const MadeCertificate made(EVP_RSA_gen(2048));
  return made;
}
const MadeCertificate& OtherRsa() {
  // Some authorities issue certificates "for ever".
  static const MadeCertificate made(EVP_RSA_gen(2048), 253'402'300'799);
  return made;
}
const MadeCertificate& Elliptic() {
  static const MadeCertificate made(EVP_EC_gen("P-256"));
  return made;
}

std::string FromBase64Url(std::string text) {
  EXPECT_EQ(text.find_first_of("+/="), std::string::npos);
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return DecodeBase64(text).value_or("no Base64");
}

void ExpectGoodAssertion(const std::string& assertion, const MadeCertificate& made) {
  const std::vector<std::string> parts = Split(assertion, '.');
  ASSERT_EQ(parts.size(), 3U);
  const auto header = json::Parse(FromBase64Url(parts[0]));
  const auto claims = json::Parse(FromBase64Url(parts[1]));
  ASSERT_TRUE(header && claims);
  EXPECT_EQ(header->Text({"alg"}), "RS256");
  EXPECT_EQ(header->Text({"typ"}), "JWT");
  EXPECT_EQ(FromBase64Url(std::string(header->Text({"x5t"}))), made.Digest(EVP_sha1()));
  EXPECT_EQ(FromBase64Url(std::string(header->Text({"x5t#S256"}))), made.Digest(EVP_sha256()));
  EXPECT_EQ(claims->Text({"aud"}), kUrl);
  EXPECT_EQ(claims->Text({"iss"}), "client-1");
  EXPECT_EQ(claims->Text({"sub"}), "client-1");
  EXPECT_FALSE(claims->Text({"jti"}).empty());
  EXPECT_EQ(*claims->Find("nbf"), json::Value(std::int64_t{1'700'000'000}));
  EXPECT_EQ(*claims->Find("exp"), json::Value(std::int64_t{1'700'000'600}));
  EXPECT_TRUE(made.HasSigned(parts[0] + "." + parts[1], FromBase64Url(parts[2])));
}

struct FormRow {
  const char* name;
  std::string (*bytes)();
};
void PrintTo(const FormRow& row, std::ostream* out) { *out << row.name; }
class CertificateForm : public ::testing::TestWithParam<FormRow> {};

TEST_P(CertificateForm, IsReadAndSignsAsEntraWants) {
  const auto certificate = SigningCertificate::Read(GetParam().bytes());
  ASSERT_TRUE(certificate) << certificate.error().message;
  const auto assertion = ClientAssertion(*certificate, "client-1", kUrl, "id-1", kNow);
  ASSERT_TRUE(assertion);
  ExpectGoodAssertion(assertion->Reveal(), Rsa());
}

INSTANTIATE_TEST_SUITE_P(
    Forms, CertificateForm,
    ::testing::Values(FormRow{"KeyFirst", [] { return Rsa().KeyPem() + Rsa().CertificatePem(); }},
                      FormRow{"CertificateFirst",
                              [] { return Rsa().CertificatePem() + Rsa().KeyPem(); }},
                      FormRow{"BehindItsAuthority",
                              [] {
                                return "Bag Attributes\n" + Elliptic().CertificatePem() +
                                       Rsa().CertificatePem() + Rsa().KeyPem();
                              }},
                      FormRow{"Pkcs12WithAnEmptyPassword", [] { return Rsa().Pkcs12(""); }},
                      FormRow{"Pkcs12WithNoPassword", [] { return Rsa().Pkcs12(nullptr); }}),
    [](const auto& tested) { return tested.param.name; });

struct BadRow {
  const char* name;
  std::string (*bytes)();
  const char* said;
};
void PrintTo(const BadRow& row, std::ostream* out) { *out << row.name; }
class BadCertificate : public ::testing::TestWithParam<BadRow> {};

TEST_P(BadCertificate, IsRefusedWithWhatIsWrong) {
  const std::string bytes = GetParam().bytes();
  const auto certificate = SigningCertificate::Read(bytes);
  ASSERT_FALSE(certificate);
  EXPECT_EQ(certificate.error().kind, ErrorKind::kInvalidInput);
  EXPECT_THAT(certificate.error().message, HasSubstr(GetParam().said));
  EXPECT_THAT(certificate.error().message, Not(HasSubstr("hunter2")));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, BadCertificate,
    ::testing::Values(
        BadRow{"WithoutAKey", [] { return Rsa().CertificatePem(); }, "no private key"},
        BadRow{"WithoutACertificate", [] { return Rsa().KeyPem(); }, "no certificate"},
        BadRow{"OfAnotherKey", [] { return Rsa().KeyPem() + OtherRsa().CertificatePem(); },
               "belongs to none"},
        BadRow{"WithAnEncryptedKey",
               [] { return Rsa().KeyPem("hunter2!") + Rsa().CertificatePem(); }, "is encrypted"},
        BadRow{"WithAnotherKindOfKey",
               [] { return Elliptic().KeyPem() + Elliptic().CertificatePem(); }, "no RSA key"},
        BadRow{"Pkcs12WithAPassword", [] { return Rsa().Pkcs12("hunter2!"); }, "has a password"},
        BadRow{"Nonsense", [] { return std::string("hunter2"); }, "neither PEM nor PKCS#12"},
        BadRow{"Nothing", [] { return std::string(); }, "neither PEM nor PKCS#12"}),
    [](const auto& tested) { return tested.param.name; });

TEST(CertificateTokens, ReadsTheCertificateForEveryLogin) {
  LeapingClock clock(kNow);
  SeededRandom random(1);
  ScriptedTransport transport;
  std::vector<const MadeCertificate*> made{&Rsa(), &OtherRsa()};
  std::size_t reads = 0;
  CertificateTokens tokens(
      {transport, clock, {"https://login.microsoftonline.com", "tenant-1", "client-1"}}, clock,
      random, [&]() -> Result<Secret> {
        const MadeCertificate& now = *made.at(reads++);
        return Secret(now.KeyPem() + now.CertificatePem());
      });
  for (std::size_t i = 0; i < made.size(); ++i) {
    transport.Answer(200, R"({"access_token":"t","expires_in":3599})");
    const auto token = tokens.Token("https://management.azure.com", {});
    ASSERT_TRUE(token);
    EXPECT_EQ(token->credential_ends, made.at(i)->ends);
    const std::string& form = transport.sent.at(i).body;
    ExpectGoodAssertion(http::QueryValue(form, "client_assertion").value_or(""), *made.at(i));
    EXPECT_EQ(http::QueryValue(form, "grant_type"), "client_credentials");
  }
  EXPECT_NE(transport.sent.at(0).body, transport.sent.at(1).body);
}

TEST(CertificateTokens, CountAnUnusableCertificateAsNoCredential) {
  LeapingClock clock(kNow);
  SeededRandom random(1);
  ScriptedTransport transport;
  CertificateTokens tokens({transport, clock, {}}, clock, random,
                           []() -> Result<Secret> { return Secret("hunter2"); });
  const auto token = tokens.Token("https://management.azure.com", {});
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, ErrorKind::kUnauthenticated);
  EXPECT_THAT(token.error().ToString(), Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace labgallery::azure
