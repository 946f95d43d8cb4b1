// What TLS needs of files and options, parsed once and shared by connections; how it gets into a
// connection of the library is in connection.cc. A file that has been exchanged shows at the next
// request: connections that are made from then on use the new content.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "src/base/file_stamp.h"
#include "src/base/result.h"
#include "src/http/model/tls_options.h"

using SSL_CTX = struct ssl_ctx_st;
using X509_STORE = struct x509_store_st;

namespace labgallery::http {

/// Authorities and identity at one moment. Immutable, so thread-safe.
class TlsMaterial {
 public:
  /// kInvalidInput, naming what and which file, for what is not PEM or does not fit together.
  static Result<std::shared_ptr<const TlsMaterial>> Load(const TlsOptions& options,
                                                         const ClientIdentity* identity);
  ~TlsMaterial();
  TlsMaterial(const TlsMaterial&) = delete;
  TlsMaterial& operator=(const TlsMaterial&) = delete;

  /// Puts it into a new context. False if OpenSSL refuses.
  bool PutInto(SSL_CTX* context) const;

 private:
  struct Parts;
  explicit TlsMaterial(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// The material of one transport. Thread-safe.
class TlsFiles {
 public:
  explicit TlsFiles(TlsOptions options) : options_(std::move(options)) {}

  const TlsOptions& options() const { return options_; }

  /// The same object for as long as neither a file nor the identity changes. When new files cannot
  /// be used (they are half exchanged, perhaps), what they held before. Blocks on the disk.
  Result<std::shared_ptr<const TlsMaterial>> Current();

 private:
  std::vector<FileStamp> Stamps() const;

  const TlsOptions options_;
  std::mutex mutex_;
  // Guarded by mutex_:
  std::vector<FileStamp> stamps_;
  std::shared_ptr<const ClientIdentity> identity_;
  std::shared_ptr<const TlsMaterial> material_;
};

/// Checks the server of one connection, and keeps why it was refused. It must outlive the contexts
/// that it was put into.
class ServerCheck {
 public:
  /// `name`: the host name or address that the certificate must be for.
  ServerCheck(std::string name, bool insecure) : name_(std::move(name)), insecure_(insecure) {}
  ServerCheck(const ServerCheck&) = delete;
  ServerCheck& operator=(const ServerCheck&) = delete;

  void PutInto(SSL_CTX* context);

  /// In OpenSSL's words why the last certificate was refused; empty if none was.
  std::string problem() const;

 private:
  struct Callbacks;
  const std::string name_;
  const bool insecure_;
  mutable std::mutex mutex_;
  std::string problem_;  // guarded by mutex_
};

/// From now on OpenSSL finds no authorities by itself in this process. cpprestsdk makes it look for
/// them at each connection, before anybody can say that others are wanted. Must be called before
/// there are threads; a transport then trusts what its options name and nobody else.
void TrustNobodyByDefault();

}  // namespace labgallery::http
