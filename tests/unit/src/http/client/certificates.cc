#include "tests/unit/src/http/client/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>

namespace labgallery::http {
namespace {

std::string Contents(BIO* bio) {
  char* text = nullptr;
  const auto length = BIO_get_mem_data(bio, &text);
  std::string contents(text, static_cast<std::size_t>(length));
  BIO_free(bio);
  return contents;
}

std::string PemOf(X509* certificate) {
  BIO* text = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(text, certificate);
  return Contents(text);
}

std::string PemOf(EVP_PKEY* key) {
  BIO* text = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(text, key, nullptr, nullptr, 0, nullptr, nullptr);
  return Contents(text);
}

void Extend(X509* certificate, int what, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Not signed yet.
X509* Unsigned(const Wish& wish, EVP_PKEY* key) {
  static std::atomic<long> serial = 0;
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), wish.valid_seconds);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(wish.common_name.c_str()), -1,
                             -1, 0);
  if (!wish.names.empty()) Extend(certificate, NID_subject_alt_name, wish.names);
  return certificate;
}

}  // namespace

struct Authority::Parts {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = nullptr;
};

Authority::Authority(const std::string& name) : parts_(std::make_unique<Parts>()) {
  parts_->certificate = Unsigned({.common_name = name}, parts_->key);
  X509_set_issuer_name(parts_->certificate, X509_get_subject_name(parts_->certificate));
  Extend(parts_->certificate, NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(parts_->certificate, parts_->key, EVP_sha256());
}

Authority::~Authority() {
  X509_free(parts_->certificate);
  EVP_PKEY_free(parts_->key);
}

Pem Authority::Issue(const Wish& wish) const {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = Unsigned(wish, key);
  X509_set_issuer_name(certificate, X509_get_subject_name(parts_->certificate));
  X509_sign(certificate, parts_->key, EVP_sha256());
  Pem pem{PemOf(certificate), PemOf(key)};
  X509_free(certificate);
  EVP_PKEY_free(key);
  return pem;
}

std::string Authority::certificate() const { return PemOf(parts_->certificate); }

Pem SelfSigned(const std::string& names) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = Unsigned({.names = names}, key);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  X509_sign(certificate, key, EVP_sha256());
  Pem pem{PemOf(certificate), PemOf(key)};
  X509_free(certificate);
  EVP_PKEY_free(key);
  return pem;
}

}  // namespace labgallery::http
