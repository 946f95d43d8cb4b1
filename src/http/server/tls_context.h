// What a server shows to the next of its clients: nothing (plain HTTP), one identity, or what is in
// files that somebody else exchanges while the server runs.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "src/base/file_stamp.h"
#include "src/base/result.h"
#include "src/http/server/tls_identity.h"

namespace labgallery::http {

struct PlainHttp {};

struct CertificateFiles {
  std::string certificate;  // PEM: the server's own certificate, then those up to the authority
  std::string key;          // PEM, not encrypted
  /// Called after the files were exchanged, on a thread of the server: success once the new ones
  /// are used, otherwise, once for each exchange, why they cannot be.
  std::function<void(const Status&)> on_exchange{};
};

using TlsChoice = std::variant<PlainHttp, TlsIdentity, CertificateFiles>;

/// Thread-safe.
class TlsContext {
 public:
  /// kInvalidInput, with the files, for what is no key with its certificate. Blocks on the disk.
  static Result<std::unique_ptr<TlsContext>> Make(TlsChoice choice);

  /// For a connection that begins now; null: plain HTTP. Files are looked at each time, and read
  /// again when they were exchanged. While what they hold cannot be used (they are half exchanged,
  /// perhaps), it is what they held before. Blocks on the disk.
  std::shared_ptr<SSL_CTX> Current();

 private:
  using Stamps = std::vector<FileStamp>;
  explicit TlsContext(CertificateFiles files) : files_(std::move(files)) {}
  Stamps StampsNow() const { return {StampOf(files_.certificate), StampOf(files_.key)}; }
  Result<std::shared_ptr<SSL_CTX>> Read() const;

  const CertificateFiles files_;  // empty: the context is always the same
  std::mutex mutex_;
  // Guarded by mutex_:
  std::shared_ptr<SSL_CTX> context_;
  Stamps used_;
  Stamps refused_;  // the last that could not be used
};

}  // namespace labgallery::http
