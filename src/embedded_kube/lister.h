// Lists: which version of a collection a client gets, and in which pages.
#pragma once

#include "src/base/clock.h"
#include "src/embedded_kube/call.h"
#include "src/embedded_kube/presentation.h"
#include "src/embedded_kube/refusal.h"
#include "src/embedded_kube/selection.h"
#include "src/embedded_kube/storage.h"

namespace labgallery::embedded_kube {

/// Thread-safe.
class Lister {
 public:
  Lister(const Storage& storage, const Clock& clock) : storage_(storage), clock_(clock) {}

  /// The text of the list that `call` asks for. The pages of one list show one version; a continue
  /// token is good for five minutes, as with a real server, and as long as the past that it needs
  /// is kept.
  Outcome<std::string> List(const Call& call, const Presentation& presentation) const;

 private:
  struct Page;
  Outcome<Page> ReadPage(const Query& query) const;
  Outcome<Page> ReadToken(const std::string& token) const;
  Outcome<Snapshot> Read(const Call& call, const Page& page) const;

  const Storage& storage_;
  const Clock& clock_;
};

}  // namespace labgallery::embedded_kube
