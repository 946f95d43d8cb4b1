#include "src/http/client/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdlib>

#include "src/base/file_text.h"
#include "src/base/freeing.h"
#include "src/base/text.h"

namespace labgallery::http {
namespace {

using Bio = std::unique_ptr<BIO, Freeing<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Store = std::unique_ptr<X509_STORE, Freeing<X509_STORE_free>>;

std::string LastReason() {
  const char* const reason = ERR_reason_error_string(ERR_get_error());
  ERR_clear_error();
  return reason == nullptr ? "no PEM" : reason;
}

// What it is and where it comes from, for a person.
struct Named {
  std::string_view what;
  const PemSource& source;

  std::string ToString() const {
    const std::string name(what);
    return source.text.empty() ? name + " in " + source.file : name;
  }
};

Result<std::string> TextOf(const Named& named) {
  if (!named.source.text.empty()) return named.source.text.Reveal();
  auto text = ReadFileText(named.source.file);
  if (!text) return InvalidInput("cannot read " + named.ToString());
  return text;
}

Bio Reading(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// OpenSSL would ask a terminal for it.
int NoPassword(char*, int, int, void*) { return -1; }

Result<std::vector<Certificate>> Certificates(const Named& named) {
  LAB_ASSIGN_OR_RETURN(const std::string text, TextOf(named));
  const Bio bio = Reading(text);
  std::vector<Certificate> found;
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr)) {
    found.emplace_back(next);
  }
  const std::string reason = LastReason();  // the end of the text is one, too
  if (found.empty()) {
    return InvalidInput("there is no certificate in " + named.ToString() + ": " + reason);
  }
  return found;
}

Result<Key> PrivateKey(const Named& named) {
  LAB_ASSIGN_OR_RETURN(const std::string text, TextOf(named));
  Key key(PEM_read_bio_PrivateKey(Reading(text).get(), nullptr, NoPassword, nullptr));
  if (!key) {
    return InvalidInput("there is no usable (unencrypted) private key in " + named.ToString() +
                        ": " + LastReason());
  }
  return key;
}

Result<Store> Trusting(const PemSource& authority) {
  LAB_ASSIGN_OR_RETURN(const std::vector<Certificate> certificates,
                       Certificates({"the certificate authority", authority}));
  Store store(X509_STORE_new());
  for (const Certificate& certificate : certificates) {
    X509_STORE_add_cert(store.get(), certificate.get());
  }
  return store;
}

// A file or directory that is not there is no error, as it is none to OpenSSL: then nobody is
// trusted.
Store TrustingTheSystem(const SystemTrust& system) {
  Store store(X509_STORE_new());
  const std::string file = system.file.empty() ? X509_get_default_cert_file() : system.file;
  const std::string directory =
      system.directory.empty() ? X509_get_default_cert_dir() : system.directory;
  X509_STORE_load_file(store.get(), file.c_str());
  X509_STORE_load_path(store.get(), directory.c_str());
  ERR_clear_error();
  return store;
}

}  // namespace

struct TlsMaterial::Parts {
  Store trust;                     // null: as OpenSSL finds it
  std::vector<Certificate> chain;  // our own certificate first; empty: none
  Key key;
};

TlsMaterial::TlsMaterial(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TlsMaterial::~TlsMaterial() = default;

Result<std::shared_ptr<const TlsMaterial>> TlsMaterial::Load(const TlsOptions& options,
                                                             const ClientIdentity* identity) {
  auto parts = std::make_unique<Parts>();
  if (!options.authority.empty()) {
    LAB_ASSIGN_OR_RETURN(parts->trust, Trusting(options.authority));
  } else if (options.system) {
    parts->trust = TrustingTheSystem(*options.system);
  }
  PemSource certificate = options.certificate;
  PemSource key = options.key;
  if (identity != nullptr) {
    certificate = {.text = Secret(identity->certificate)};
    key = {.text = identity->key};
  }
  if (!certificate.empty()) {
    const Named named{"the client certificate", certificate};
    LAB_ASSIGN_OR_RETURN(parts->chain, Certificates(named));
    LAB_ASSIGN_OR_RETURN(parts->key, PrivateKey({"the client key", key}));
    if (X509_check_private_key(parts->chain.front().get(), parts->key.get()) != 1) {
      ERR_clear_error();
      return InvalidInput("the client key does not belong to " + named.ToString());
    }
  }
  return std::shared_ptr<const TlsMaterial>(new TlsMaterial(std::move(parts)));
}

bool TlsMaterial::PutInto(SSL_CTX* context) const {
  if (parts_->trust) SSL_CTX_set1_cert_store(context, parts_->trust.get());
  if (parts_->chain.empty()) return true;
  if (SSL_CTX_use_certificate(context, parts_->chain.front().get()) != 1) return false;
  for (std::size_t i = 1; i < parts_->chain.size(); ++i) {
    SSL_CTX_add1_chain_cert(context, parts_->chain.at(i).get());
  }
  return SSL_CTX_use_PrivateKey(context, parts_->key.get()) == 1;
}

std::vector<FileStamp> TlsFiles::Stamps() const {
  return {StampOf(options_.authority.file), StampOf(options_.certificate.file),
          StampOf(options_.key.file), StampOf(options_.system ? options_.system->file : "")};
}

Result<std::shared_ptr<const TlsMaterial>> TlsFiles::Current() {
  const std::lock_guard guard(mutex_);
  std::vector<FileStamp> stamps = Stamps();
  const auto identity = options_.identity ? options_.identity() : nullptr;
  if (material_ && stamps == stamps_ && identity == identity_) return material_;
  auto loaded = TlsMaterial::Load(options_, identity.get());
  if (!loaded) {
    if (material_) return material_;
    return loaded;
  }
  stamps_ = std::move(stamps);
  identity_ = identity;
  material_ = *std::move(loaded);
  return material_;
}

struct ServerCheck::Callbacks {
  // Where OpenSSL keeps the check of a context. Asio uses the slot that is always there.
  static int Slot() {
    static const int kSlot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return kSlot;
  }

  static int TakeOpenSslsWord(int verdict, X509_STORE_CTX*) { return verdict; }

  // Instead of OpenSSL's own verification: without the callback of Asio, which would compare with
  // the host of the URL whatever name was asked for.
  static int Verify(X509_STORE_CTX* store, void* argument) {
    auto& check = *static_cast<ServerCheck*>(argument);
    X509_STORE_CTX_set_verify_cb(store, TakeOpenSslsWord);
    const int verdict = X509_verify_cert(store);
    if (verdict != 1) {
      const std::lock_guard guard(check.mutex_);
      check.problem_ = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store));
    }
    return verdict;
  }

  // The name is put on the connection when its handshake starts: a context cannot hold it.
  static void AtStart(const SSL* connection, int where, int /*ret*/) {
    if (where != SSL_CB_HANDSHAKE_START) return;
    const auto* check =
        static_cast<const ServerCheck*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), Slot()));
    // SSL_set_tlsext_host_name, a macro with a cast of C's.
    SSL_ctrl(const_cast<SSL*>(connection), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(check->name_.c_str()));
  }
};

void ServerCheck::PutInto(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  X509_VERIFY_PARAM* const wanted = SSL_CTX_get0_param(context);
  // RFC 6066: the name indication holds no addresses.
  const bool is_address = X509_VERIFY_PARAM_set1_ip_asc(wanted, name_.c_str()) == 1;
  ERR_clear_error();
  if (!is_address) {
    X509_VERIFY_PARAM_set1_host(wanted, name_.data(), name_.size());
    X509_VERIFY_PARAM_set_hostflags(
        wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    SSL_CTX_set_ex_data(context, Callbacks::Slot(), this);
    SSL_CTX_set_info_callback(context, Callbacks::AtStart);
  }
  if (!insecure_) SSL_CTX_set_cert_verify_callback(context, Callbacks::Verify, this);
}

std::string ServerCheck::problem() const {
  const std::lock_guard guard(mutex_);
  return problem_;
}

void TrustNobodyByDefault() {
  setenv(X509_get_default_cert_file_env(), "/dev/null", 1);
  setenv(X509_get_default_cert_dir_env(), "/dev/null", 1);
}

}  // namespace labgallery::http
