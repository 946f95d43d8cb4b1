// Records that outlive the process: one SQLite file behind a store of versioned texts. The two
// servers keep their objects in it; what the texts mean is theirs. The only user of SQLite.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/base/result.h"

namespace labgallery::state {

struct Record {
  std::string collection;
  std::string key;
  std::string body;
  std::int64_t version = 0;  // the number of the Apply that wrote it last; they count up from 1

  friend bool operator==(const Record&, const Record&) = default;
};

struct Change {
  std::string collection;
  std::string key;
  std::optional<std::string> body;  // nothing: the record is deleted, if it is there
};

/// Thread-safe; owns the file while it lives, so that two programs never write the same state.
class Store {
 public:
  /// Opens the file, or creates it where there is none (its folder must exist). kConflict when
  /// another process has it open, kInvalidInput when it is no state file or one of a newer program,
  /// kUnavailable when it cannot be read or written.
  static Result<Store> Open(const std::string& path);

  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  /// All records of a collection, ordered by key.
  Result<std::vector<Record>> Load(const std::string& collection) const;

  /// All of the changes or, with an error, none. After success they survive the death of the
  /// process at any moment; a machine that loses power may lose the latest, but never half of one
  /// call.
  Status Apply(const std::vector<Change>& changes);

 private:
  struct Connection;
  explicit Store(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace labgallery::state
