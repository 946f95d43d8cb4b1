#include "src/http/server/tls_identity.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <utility>

#include "src/base/file_text.h"
#include "src/base/freeing.h"

namespace labgallery::http {
namespace {

namespace fs = std::filesystem;

using Bio = std::unique_ptr<BIO, Freeing<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Number = std::unique_ptr<BIGNUM, Freeing<BN_free>>;
using Address = std::unique_ptr<ASN1_OCTET_STRING, Freeing<ASN1_OCTET_STRING_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freeing<X509_EXTENSION_free>>;

constexpr const char* kAuthorityKeyFile = "ca-key.pem";
constexpr int kAuthorityDays = 3650;
constexpr int kIdentityDays = 365;
constexpr int kEarlierSeconds = -3600;  // for clocks that are a little behind
constexpr int kSerialBits = 127;

struct Authority {
  Certificate certificate;
  Key key;
};

/// What a certificate says.
struct Wish {
  const char* common_name;
  int days;
  std::vector<std::pair<int, std::string>> extensions;  // in OpenSSL's words
};

Error Broken(const std::string& what) {
  const char* const reason = ERR_reason_error_string(ERR_get_error());
  ERR_clear_error();
  return InvalidInput(what + (reason == nullptr ? "" : std::string(": ") + reason));
}

int NoPassword(char*, int, int, void*) { return -1; }  // OpenSSL would ask a terminal for it

Bio Reading(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string TextOf(BIO* bio) {
  char* start = nullptr;
  const auto length = BIO_get_mem_data(bio, &start);
  return {start, static_cast<std::size_t>(length)};
}

std::string PemOf(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return TextOf(bio.get());
}

std::string PemOf(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return TextOf(bio.get());
}

bool Extend(X509* certificate, X509* issuer, const Wish& wish) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  for (const auto& [id, value] : wish.extensions) {
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
    if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) return false;
  }
  return true;
}

/// `issuer` may be null: then the certificate is its own.
Result<Certificate> Signed(const Wish& wish, EVP_PKEY* key, const Authority* issuer,
                           SystemTime now) {
  Certificate certificate(X509_new());
  X509* const made = certificate.get();
  X509* const parent = issuer == nullptr ? made : issuer->certificate.get();
  const Number serial(BN_new());
  BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY);
  std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  X509_set_version(made, X509_VERSION_3);
  BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(made));
  X509_time_adj_ex(X509_getm_notBefore(made), 0, kEarlierSeconds, &seconds);
  X509_time_adj_ex(X509_getm_notAfter(made), static_cast<int>(wish.days), 0, &seconds);
  X509_set_pubkey(made, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wish.common_name), -1, -1, 0);
  X509_set_issuer_name(made, X509_get_subject_name(parent));
  const bool whole = Extend(made, parent, wish);
  if (!whole || X509_sign(made, issuer == nullptr ? key : issuer->key.get(), EVP_sha256()) == 0) {
    return Broken("the certificate could not be made");
  }
  return certificate;
}

/// Keys are closed to others before there is anything in them to read.
Status WriteFile(const fs::path& file, const std::string& text, bool secret) {
  std::error_code ignored;
  fs::remove(file, ignored);
  std::ofstream out(file, std::ios::binary);
  if (secret) fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, ignored);
  out << text;
  out.close();
  if (out.fail()) return InvalidInput("cannot write " + file.string());
  return Ok();
}

Result<Authority> MakeAuthority(const fs::path& folder, SystemTime now) {
  Authority authority{.certificate = nullptr, .key = Key(EVP_EC_gen("P-256"))};
  const Wish wish{"LabGallery simulator CA",
                  kAuthorityDays,
                  {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                   {NID_key_usage, "critical,keyCertSign,cRLSign"},
                   {NID_subject_key_identifier, "hash"}}};
  LAB_ASSIGN_OR_RETURN(authority.certificate, Signed(wish, authority.key.get(), nullptr, now));
  LAB_RETURN_IF_ERROR(WriteFile(folder / kAuthorityKeyFile, PemOf(authority.key.get()), true));
  LAB_RETURN_IF_ERROR(
      WriteFile(folder / kAuthorityFile, PemOf(authority.certificate.get()), false));
  return authority;
}

Result<Authority> ReadAuthority(const fs::path& folder) {
  const std::string file = (folder / kAuthorityFile).string();
  const std::string key_file = (folder / kAuthorityKeyFile).string();
  LAB_ASSIGN_OR_RETURN(const std::string text, ReadFileText(file));
  LAB_ASSIGN_OR_RETURN(const std::string key_text, ReadFileText(key_file));
  Authority found{
      .certificate =
          Certificate(PEM_read_bio_X509(Reading(text).get(), nullptr, NoPassword, nullptr)),
      .key = Key(PEM_read_bio_PrivateKey(Reading(key_text).get(), nullptr, NoPassword, nullptr))};
  if (!found.certificate) return Broken("there is no certificate in " + file);
  if (!found.key) return Broken("there is no usable private key in " + key_file);
  if (X509_check_private_key(found.certificate.get(), found.key.get()) != 1) {
    return Broken("the key in " + key_file + " is not that of " + file);
  }
  return found;
}

Result<Authority> AuthorityOf(const fs::path& folder, SystemTime now) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return InvalidInput("cannot make the folder " + folder.string() + ": " + error.message());
  const bool none = !fs::exists(folder / kAuthorityFile) && !fs::exists(folder / kAuthorityKeyFile);
  return none ? MakeAuthority(folder, now) : ReadAuthority(folder);
}

bool IsAddress(const std::string& name) {
  const Address address(a2i_IPADDRESS(name.c_str()));
  ERR_clear_error();
  return address != nullptr;
}

std::string SubjectNames(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ",") + std::string(IsAddress(name) ? "IP:" : "DNS:") + name;
  }
  return text;
}

Wish ServerWish(const char* common_name, const std::vector<std::string>& names) {
  return {common_name,
          kIdentityDays,
          {{NID_basic_constraints, "critical,CA:FALSE"},
           {NID_key_usage, "critical,digitalSignature"},
           {NID_ext_key_usage, "serverAuth"},
           {NID_subject_key_identifier, "hash"},
           {NID_subject_alt_name, SubjectNames(names)}}};
}

}  // namespace

Result<TlsIdentity> IssueIdentity(const std::string& folder, const std::vector<std::string>& names,
                                  SystemTime now) {
  LAB_ASSIGN_OR_RETURN(const Authority authority, AuthorityOf(folder, now));
  const Key key(EVP_EC_gen("P-256"));
  Wish wish = ServerWish("LabGallery simulator", names);
  wish.extensions.emplace_back(NID_authority_key_identifier, "keyid:always");
  LAB_ASSIGN_OR_RETURN(const Certificate own, Signed(wish, key.get(), &authority, now));
  TlsIdentity identity{.chain = PemOf(own.get()) + PemOf(authority.certificate.get()),
                       .key = Secret(PemOf(key.get()))};
  const fs::path place(folder);
  LAB_RETURN_IF_ERROR(WriteFile(place / "server.pem", identity.chain, false));
  LAB_RETURN_IF_ERROR(WriteFile(place / "server-key.pem", identity.key.Reveal(), true));
  return identity;
}

Result<TlsIdentity> MakeOwnIdentity(const std::vector<std::string>& names, SystemTime now) {
  const Key key(EVP_EC_gen("P-256"));
  LAB_ASSIGN_OR_RETURN(const Certificate own,
                       Signed(ServerWish("LabGallery", names), key.get(), nullptr, now));
  return TlsIdentity{.chain = PemOf(own.get()), .key = Secret(PemOf(key.get()))};
}

Result<std::shared_ptr<SSL_CTX>> MakeServerContext(const TlsIdentity& identity) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  const Bio bio = Reading(identity.chain);
  const Certificate own(PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr));
  if (!own || SSL_CTX_use_certificate(context.get(), own.get()) != 1) {
    return Broken("the server's certificate is not usable");
  }
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr)) {
    SSL_CTX_add0_chain_cert(context.get(), next);
  }
  ERR_clear_error();  // the end of the text is one
  const Key key(
      PEM_read_bio_PrivateKey(Reading(identity.key.Reveal()).get(), nullptr, NoPassword, nullptr));
  if (!key || SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) {
    return Broken("the server's private key is not usable");
  }
  return context;
}

}  // namespace labgallery::http
