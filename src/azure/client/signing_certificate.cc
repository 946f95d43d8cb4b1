#include "src/azure/client/signing_certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <utility>
#include <vector>

#include "src/base/freeing.h"

namespace labgallery::azure {
namespace {

using Bio = std::unique_ptr<BIO, Freeing<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Bundle = std::unique_ptr<PKCS12, Freeing<PKCS12_free>>;
using Signing = std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX_free>>;

struct Pair {
  Certificate certificate;
  Key key;
};

Bio Reading(std::string_view bytes) {
  return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

// OpenSSL would ask a terminal for it.
int NoPassword(char*, int, int, void*) { return -1; }

bool BelongTo(X509* certificate, EVP_PKEY* key) {
  return X509_check_private_key(certificate, key) == 1;
}

Result<Pair> FromPem(std::string_view bytes) {
  const Bio keys = Reading(bytes);
  Pair pair;
  pair.key.reset(PEM_read_bio_PrivateKey(keys.get(), nullptr, &NoPassword, nullptr));
  if (!pair.key) {
    const bool encrypted = bytes.find("ENCRYPTED") != std::string_view::npos;
    return InvalidInput(encrypted ? "its private key is encrypted: give one without a password"
                                  : "there is no private key in it");
  }
  const Bio certificates = Reading(bytes);
  bool any = false;
  while (true) {
    Certificate next(PEM_read_bio_X509(certificates.get(), nullptr, &NoPassword, nullptr));
    if (!next) break;
    any = true;
    if (!BelongTo(next.get(), pair.key.get())) continue;
    pair.certificate = std::move(next);
    return pair;
  }
  return InvalidInput(any ? "its private key belongs to none of its certificates"
                          : "there is no certificate in it");
}

Result<Pair> FromPkcs12(std::string_view bytes) {
  const Bio in = Reading(bytes);
  const Bundle bundle(d2i_PKCS12_bio(in.get(), nullptr));
  if (!bundle) return InvalidInput("it is neither PEM nor PKCS#12");
  // Tools write "no password" in two ways.
  for (const char* password : {"", static_cast<const char*>(nullptr)}) {
    EVP_PKEY* key = nullptr;
    X509* certificate = nullptr;
    if (PKCS12_parse(bundle.get(), password, &key, &certificate, nullptr) != 1) continue;
    Pair pair{Certificate(certificate), Key(key)};
    if (!pair.certificate || !pair.key)
      return InvalidInput("the PKCS#12 holds no certificate with its private key");
    return pair;
  }
  return InvalidInput(
      "the PKCS#12 has a password, or is encrypted in a way that OpenSSL 3 does not read any more: "
      "convert it with openssl pkcs12 -legacy -nodes");
}

SystemTime NotAfter(const X509* certificate) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) return SystemTime::max();
  return SystemTime(std::chrono::seconds(timegm(&parts)));
}

std::string Digest(X509* certificate, const EVP_MD* method) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  X509_digest(certificate, method, digest.data(), &size);
  return {digest.begin(), digest.begin() + size};
}

}  // namespace

struct SigningCertificate::Parts {
  Key key;
  SystemTime not_after;
  std::string sha1;
  std::string sha256;
};

Result<SigningCertificate> SigningCertificate::Read(std::string_view bytes) {
  const bool pem = bytes.find("-----BEGIN ") != std::string_view::npos;
  auto pair = pem ? FromPem(bytes) : FromPkcs12(bytes);
  ERR_clear_error();
  if (!pair) return std::move(pair).error();
  if (EVP_PKEY_get_base_id(pair->key.get()) != EVP_PKEY_RSA) {
    return InvalidInput("its key is no RSA key, as Microsoft Entra wants for RS256");
  }
  auto parts = std::make_shared<Parts>();
  parts->sha1 = Digest(pair->certificate.get(), EVP_sha1());
  parts->sha256 = Digest(pair->certificate.get(), EVP_sha256());
  parts->not_after = NotAfter(pair->certificate.get());
  parts->key = std::move(pair->key);
  return SigningCertificate(std::move(parts));
}

const std::string& SigningCertificate::sha1() const { return parts_->sha1; }
const std::string& SigningCertificate::sha256() const { return parts_->sha256; }

SystemTime SigningCertificate::not_after() const { return parts_->not_after; }

Result<std::string> SigningCertificate::Sign(std::string_view text) const {
  const Signing signing(EVP_MD_CTX_new());
  std::size_t size = 0;
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (EVP_DigestSignInit(signing.get(), nullptr, EVP_sha256(), nullptr, parts_->key.get()) != 1 ||
      EVP_DigestSign(signing.get(), nullptr, &size, bytes, text.size()) != 1) {
    return InternalError("the certificate's key cannot sign");
  }
  std::vector<unsigned char> signature(size);
  if (EVP_DigestSign(signing.get(), signature.data(), &size, bytes, text.size()) != 1)
    return InternalError("the certificate's key cannot sign");
  return std::string(signature.begin(), signature.begin() + static_cast<std::ptrdiff_t>(size));
}

}  // namespace labgallery::azure
