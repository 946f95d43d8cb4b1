#include "src/state/store.h"

#include <sqlite3.h>

#include <mutex>
#include <utility>

namespace labgallery::state {
namespace {

constexpr int kApplicationId = 0x4c616247;  // "LabG": told apart from other programs' databases
constexpr int kSchemaVersion = 1;

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

Error FromSqlite(sqlite3* database, int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Conflict("it is in use by another process");
    case SQLITE_NOTADB:
      return InvalidInput("it is not a state file (not an SQLite database)");
    case SQLITE_CORRUPT:
      return InvalidInput("it is damaged: " + std::string(sqlite3_errmsg(database)));
    case SQLITE_READONLY:
      return Unavailable("it cannot be written");
    default:
      return Unavailable(sqlite3_errmsg(database));
  }
}

Status Execute(sqlite3* database, const char* sql) {
  const int code = sqlite3_exec(database, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return FromSqlite(database, code);
  return Ok();
}

Result<Statement> Prepare(sqlite3* database, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return FromSqlite(database, code);
  return Statement(statement);
}

Result<std::int64_t> ReadNumber(sqlite3* database, const char* sql) {
  LAB_ASSIGN_OR_RETURN(const Statement statement, Prepare(database, sql));
  const int code = sqlite3_step(statement.get());
  if (code != SQLITE_ROW) return FromSqlite(database, code);
  return std::int64_t{sqlite3_column_int64(statement.get(), 0)};
}

// The texts outlive the statement's use of them, so SQLite need not copy.
void Bind(sqlite3_stmt* statement, int index, const std::string& text) {
  sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

std::string Column(sqlite3_stmt* statement, int index) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, index));
  const int size = sqlite3_column_bytes(statement, index);
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(size));
}

Status CreateSchema(sqlite3* database) {
  LAB_RETURN_IF_ERROR(Execute(database,
                              "CREATE TABLE records (collection TEXT NOT NULL, key TEXT NOT NULL,"
                              " body TEXT NOT NULL, version INTEGER NOT NULL,"
                              " PRIMARY KEY (collection, key)) WITHOUT ROWID;"
                              "CREATE TABLE latest (version INTEGER NOT NULL);"
                              "INSERT INTO latest VALUES (0)"));
  const std::string marks = "PRAGMA application_id = " + std::to_string(kApplicationId) +
                            "; PRAGMA user_version = " + std::to_string(kSchemaVersion);
  return Execute(database, marks.c_str());
}

// An empty file becomes ours; anything else has to be ours already, and not newer than this
// program.
Status CheckOrCreateSchema(sqlite3* database) {
  LAB_ASSIGN_OR_RETURN(const auto id, ReadNumber(database, "PRAGMA application_id"));
  LAB_ASSIGN_OR_RETURN(const auto version, ReadNumber(database, "PRAGMA user_version"));
  LAB_ASSIGN_OR_RETURN(const auto tables,
                       ReadNumber(database, "SELECT count(*) FROM sqlite_master"));
  if (id == 0 && version == 0 && tables == 0) return CreateSchema(database);
  if (id != kApplicationId) return InvalidInput("it is the database of another program");
  if (version > kSchemaVersion) {
    return InvalidInput("it was written by a newer version of this program (format " +
                        std::to_string(version) + ", known up to " +
                        std::to_string(kSchemaVersion) + ")");
  }
  return Ok();
}

// locking_mode EXCLUSIVE keeps the lock that the first transaction takes until the file is closed,
// also by the death of the process. synchronous NORMAL with a write-ahead log puts every commit
// into the kernel's hands before it returns: enough against SIGKILL, without an fsync per request.
Status Configure(sqlite3* database) {
  LAB_RETURN_IF_ERROR(Execute(database, "PRAGMA locking_mode = EXCLUSIVE"));
  LAB_RETURN_IF_ERROR(Execute(database, "BEGIN EXCLUSIVE"));
  LAB_RETURN_IF_ERROR(CheckOrCreateSchema(database));
  LAB_RETURN_IF_ERROR(Execute(database, "COMMIT"));
  return Execute(database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
}

}  // namespace

struct Store::Connection {
  std::mutex mutex;
  Database
      database;  // all guarded by mutex; the statements are finalized before the database closes
  Statement put;
  Statement remove;
  Statement load;
  Statement advance;

  Status PrepareAll();
  Status ApplyInTransaction(const std::vector<Change>& changes) const;
  Status Run(sqlite3_stmt* statement) const;
};

Status Store::Connection::PrepareAll() {
  sqlite3* const raw = database.get();
  LAB_ASSIGN_OR_RETURN(put, Prepare(raw,
                                    "INSERT INTO records VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO"
                                    " UPDATE SET body = ?3, version = ?4"));
  LAB_ASSIGN_OR_RETURN(remove,
                       Prepare(raw, "DELETE FROM records WHERE collection = ?1 AND key = ?2"));
  LAB_ASSIGN_OR_RETURN(load, Prepare(raw,
                                     "SELECT key, body, version FROM records WHERE collection = ?1"
                                     " ORDER BY key"));
  LAB_ASSIGN_OR_RETURN(advance,
                       Prepare(raw, "UPDATE latest SET version = version + 1 RETURNING version"));
  return Ok();
}

Status Store::Connection::Run(sqlite3_stmt* statement) const {
  const int code = sqlite3_step(statement);
  sqlite3_reset(statement);
  if (code != SQLITE_DONE) return FromSqlite(database.get(), code);
  return Ok();
}

Status Store::Connection::ApplyInTransaction(const std::vector<Change>& changes) const {
  if (sqlite3_step(advance.get()) != SQLITE_ROW) {
    sqlite3_reset(advance.get());
    return FromSqlite(database.get(), sqlite3_errcode(database.get()));
  }
  const std::int64_t version = sqlite3_column_int64(advance.get(), 0);
  sqlite3_reset(advance.get());
  for (const Change& change : changes) {
    sqlite3_stmt* const statement = change.body ? put.get() : remove.get();
    Bind(statement, 1, change.collection);
    Bind(statement, 2, change.key);
    if (change.body) {
      Bind(statement, 3, *change.body);
      sqlite3_bind_int64(statement, 4, version);
    }
    LAB_RETURN_IF_ERROR(Run(statement));
  }
  return Execute(database.get(), "COMMIT");
}

Store::Store(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::Open(const std::string& path) {
  auto failed = [&path](Error error) { return std::move(error).With("state file " + path); };
  auto connection = std::make_unique<Connection>();
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  connection->database.reset(raw);
  if (code != SQLITE_OK) return failed(FromSqlite(raw, code));
  // Without the right to write, SQLite falls back to reading; the first Apply would fail much
  // later.
  if (sqlite3_db_readonly(raw, "main") != 0) return failed(Unavailable("it cannot be written"));
  if (auto status = Configure(raw); !status) return failed(std::move(status).error());
  if (auto status = connection->PrepareAll(); !status) return failed(std::move(status).error());
  return Store(std::move(connection));
}

Result<std::vector<Record>> Store::Load(const std::string& collection) const {
  std::lock_guard guard(connection_->mutex);
  sqlite3_stmt* const statement = connection_->load.get();
  Bind(statement, 1, collection);
  std::vector<Record> records;
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    records.push_back({.collection = collection,
                       .key = Column(statement, 0),
                       .body = Column(statement, 1),
                       .version = sqlite3_column_int64(statement, 2)});
  }
  sqlite3_reset(statement);
  if (code != SQLITE_DONE)
    return FromSqlite(connection_->database.get(), code).With("load " + collection);
  return records;
}

Status Store::Apply(const std::vector<Change>& changes) {
  std::lock_guard guard(connection_->mutex);
  sqlite3* const database = connection_->database.get();
  LAB_RETURN_IF_ERROR(Execute(database, "BEGIN IMMEDIATE"));
  auto status = connection_->ApplyInTransaction(changes);
  if (!status && sqlite3_get_autocommit(database) == 0) {
    // The first error says what happened; an error of the rollback would only repeat it.
    sqlite3_exec(database, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  return status;
}

}  // namespace labgallery::state
