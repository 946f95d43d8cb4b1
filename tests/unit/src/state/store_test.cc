#include "src/state/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

namespace labgallery::state {
namespace {

namespace fs = std::filesystem;

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    std::string pattern = fs::temp_directory_path() / "labgallery-store-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~StoreTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name = "state.db") const { return folder_ / name; }

  static std::vector<std::string> Keys(const Store& store, const std::string& collection) {
    std::vector<std::string> keys;
    const auto records = store.Load(collection).value();
    for (const Record& record : records) keys.push_back(record.key);
    return keys;
  }

  static void Sql(const std::string& path, const std::string& sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
  }

  fs::path folder_;
};

TEST_F(StoreTest, GivesBackWhatWasAppliedInTheOrderOfKeys) {
  auto store = Store::Open(Path()).value();
  ASSERT_TRUE(store.Apply({{"a", "2", "two"}, {"a", "1", "one"}, {"b", "1", "other"}}));
  EXPECT_EQ(store.Load("a").value(),
            (std::vector<Record>{{"a", "1", "one", 1}, {"a", "2", "two", 1}}));
  EXPECT_EQ(store.Load("none").value(), std::vector<Record>{});
}

TEST_F(StoreTest, KeepsEveryByteOfABody) {
  const std::string body("a\0b\xff\n\"", 6);
  {
    auto store = Store::Open(Path()).value();
    ASSERT_TRUE(store.Apply({{"a", "k", body}}));
  }
  EXPECT_EQ(Store::Open(Path()).value().Load("a").value().at(0).body, body);
}

TEST_F(StoreTest, CountsVersionsOnAcrossRestartsAndDeletions) {
  {
    auto store = Store::Open(Path()).value();
    ASSERT_TRUE(store.Apply({{"a", "1", "one"}}));
    ASSERT_TRUE(store.Apply({{"a", "1", std::nullopt}}));
    EXPECT_EQ(store.Load("a").value(), std::vector<Record>{});
  }
  auto store = Store::Open(Path()).value();
  ASSERT_TRUE(store.Apply({{"a", "1", "again"}, {"a", "absent", std::nullopt}}));
  EXPECT_EQ(store.Load("a").value(), (std::vector<Record>{{"a", "1", "again", 3}}));
}

TEST_F(StoreTest, AppliesNothingOfACallThatFailsHalfWay) {
  {
    auto store = Store::Open(Path()).value();
    ASSERT_TRUE(store.Apply({{"a", "kept", "1"}}));
  }
  Sql(Path(),
      "CREATE TRIGGER refuse BEFORE INSERT ON records WHEN NEW.key = 'bad'"
      " BEGIN SELECT RAISE(ABORT, 'disk trouble'); END");
  auto store = Store::Open(Path()).value();
  const auto status =
      store.Apply({{"a", "good", "2"}, {"a", "kept", std::nullopt}, {"a", "bad", "3"}});
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, testing::HasSubstr("disk trouble"));
  EXPECT_EQ(Keys(store, "a"), std::vector<std::string>{"kept"});
  EXPECT_TRUE(store.Apply({{"a", "good", "2"}})) << "the store is usable after a failure";
}

TEST_F(StoreTest, HasEverythingAcknowledgedAfterTheProcessWasKilled) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    auto store = Store::Open(Path());
    for (int i = 0; store && i < 50; ++i) {
      if (!store->Apply({{"a", "key" + std::to_string(100 + i), std::string(10000, 'x')}})) break;
      const char byte = 'y';
      if (write(pipe_ends[1], &byte, 1) != 1) break;
    }
    pause();
  }
  char byte = 0;
  for (int i = 0; i < 50; ++i) ASSERT_EQ(read(pipe_ends[0], &byte, 1), 1);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  EXPECT_EQ(Keys(Store::Open(Path()).value(), "a").size(), 50U);
}

TEST_F(StoreTest, RefusesASecondOpeningWhileTheFirstLives) {
  auto first = std::make_unique<Store>(Store::Open(Path()).value());
  const auto second = Store::Open(Path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(second.error().ToString(),
            "state file " + Path() + ": it is in use by another process");
  first.reset();
  EXPECT_TRUE(Store::Open(Path()));
}

TEST_F(StoreTest, RefusesWhatIsNoStateFile) {
  std::ofstream(Path("text")) << std::string(5000, 'x');
  Sql(Path("foreign"), "CREATE TABLE other (x)");
  Sql(Path("marked"), "PRAGMA application_id = 7; CREATE TABLE records (x)");
  {
    ASSERT_TRUE(Store::Open(Path("newer")));
  }
  Sql(Path("newer"), "PRAGMA user_version = 99");
  struct Row {
    const char* name;
    const char* message;
  };
  for (const Row& row : {Row{"text", "it is not a state file (not an SQLite database)"},
                         Row{"foreign", "it is the database of another program"},
                         Row{"marked", "it is the database of another program"},
                         Row{"newer",
                             "it was written by a newer version of this program (format 99, "
                             "known up to 1)"}}) {
    SCOPED_TRACE(row.name);
    const auto store = Store::Open(Path(row.name));
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().kind, ErrorKind::kInvalidInput);
    EXPECT_EQ(store.error().message, row.message);
  }
}

TEST_F(StoreTest, SaysThatAPathCannotBeOpened) {
  for (const std::string& path : {Path("no/such/folder.db"), folder_.string()}) {
    SCOPED_TRACE(path);
    const auto store = Store::Open(path);
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().kind, ErrorKind::kUnavailable);
    EXPECT_THAT(store.error().ToString(), testing::HasSubstr(path));
  }
}

TEST_F(StoreTest, SerialisesThreadsThatWriteAtOnce) {
  auto store = Store::Open(Path()).value();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&store, t] {
        for (int i = 0; i < 25; ++i) {
          EXPECT_TRUE(store.Apply({{"a", std::to_string(t) + "-" + std::to_string(i), "x"}}));
        }
      });
    }
  }
  const auto records = store.Load("a").value();
  EXPECT_EQ(records.size(), 100U);
  std::set<std::int64_t> versions;
  for (const Record& record : records) versions.insert(record.version);
  EXPECT_EQ(versions.size(), 100U) << "every Apply has a number of its own";
}

}  // namespace
}  // namespace labgallery::state
