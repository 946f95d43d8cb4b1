#include "src/http/server/tls_context.h"

#include <utility>

#include "src/base/file_text.h"

namespace labgallery::http {

Result<std::unique_ptr<TlsContext>> TlsContext::Make(TlsChoice choice) {
  auto* const files = std::get_if<CertificateFiles>(&choice);
  std::unique_ptr<TlsContext> made(
      new TlsContext(files == nullptr ? CertificateFiles() : std::move(*files)));
  if (files != nullptr) {
    made->used_ = made->StampsNow();
    LAB_ASSIGN_OR_RETURN(made->context_, made->Read());
  } else if (const auto* identity = std::get_if<TlsIdentity>(&choice)) {
    LAB_ASSIGN_OR_RETURN(made->context_, MakeServerContext(*identity));
  }
  return made;
}

Result<std::shared_ptr<SSL_CTX>> TlsContext::Read() const {
  TlsIdentity identity;
  LAB_ASSIGN_OR_RETURN(identity.chain, ReadFileText(files_.certificate));
  LAB_ASSIGN_OR_RETURN(std::string key, ReadFileText(files_.key));
  identity.key = Secret(std::move(key));
  auto context = MakeServerContext(identity);
  if (context) return context;
  return std::move(context).error().With(files_.certificate + " and " + files_.key);
}

std::shared_ptr<SSL_CTX> TlsContext::Current() {
  std::unique_lock lock(mutex_);
  if (files_.certificate.empty()) return context_;
  // Before they are read: an exchange in between is noticed the next time.
  Stamps stamps = StampsNow();
  if (stamps == used_) return context_;
  // Refused ones are tried again each time: the rest of an exchange may not show in the stamps.
  auto fresh = Read();
  const bool told = !fresh && stamps == refused_;
  if (fresh) {
    context_ = *fresh;
    used_ = std::move(stamps);
    refused_.clear();
  } else {
    refused_ = std::move(stamps);
  }
  const std::shared_ptr<SSL_CTX> current = context_;
  lock.unlock();
  if (files_.on_exchange && !told) files_.on_exchange(fresh ? Ok() : Status(fresh.error()));
  return current;
}

}  // namespace labgallery::http
