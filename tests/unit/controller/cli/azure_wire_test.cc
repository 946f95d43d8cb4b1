#include "controller/cli/azure_wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace labgallery::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class AzureWireTest : public testing::Test {
 protected:
  AzureWireTest() {
    std::string pattern = (fs::temp_directory_path() / "labgallery-wire-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~AzureWireTest() override { fs::remove_all(directory_); }

  http::Response Get(AzureWire& wire, const std::string& path) {
    return wire.transport()
        .Send({.url = "http://azure.test" + path}, {})
        .value_or(http::Response{});
  }
  std::unique_ptr<AzureWire> Open(const WireOptions& options) {
    return *AzureWire::Open(options, azure_, clock_);
  }

  fs::path directory_;
  LeapingClock clock_{SystemTime(std::chrono::seconds(1000))};
  int asked_ = 0;
  http::InProcessTransport azure_{[this](const http::Request& request) -> http::Reply {
    ++asked_;
    return http::JsonResponse(200, "{\"asked\":\"" + request.url + "\"}");
  }};
};

TEST_F(AzureWireTest, IsTheTransportItselfWhereNothingIsAsked) {
  EXPECT_EQ(&Open({})->transport(), &azure_);
}

TEST_F(AzureWireTest, AnswersFromWhatItWrote) {
  const std::string directory = (directory_ / "a" / "b").string();
  const auto recording = Open({.record = directory});
  const std::string said = Get(*recording, "/x").body;
  EXPECT_EQ(asked_, 1);
  // Written as it happens, not at the end.
  const auto replay = Open({.replay = directory});
  EXPECT_EQ(Get(*replay, "/x").body, said);
  EXPECT_EQ(asked_, 1);
}

TEST_F(AzureWireTest, IsForItsOwnerOnly) {
  const auto recording = Open({.record = directory_.string()});
  for (const auto& entry : fs::directory_iterator(directory_))
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(AzureWireTest, KeepsTheRecordingsBeforeIt) {
  {
    Get(*Open({.record = directory_.string()}), "/x");
  }
  clock_.Advance(std::chrono::seconds(1));
  {
    Get(*Open({.record = directory_.string()}), "/y");
  }
  const auto replay = Open({.replay = directory_.string()});
  EXPECT_EQ(Get(*replay, "/x").status, 200);
  EXPECT_EQ(Get(*replay, "/y").status, 200);
}

TEST_F(AzureWireTest, SaysWhyADirectoryCannotBeUsed) {
  const auto said = [&](const WireOptions& options) {
    const auto wire = AzureWire::Open(options, azure_, clock_);
    return wire ? std::string() : wire.error().ToString();
  };
  EXPECT_THAT(said({.replay = (directory_ / "none").string()}), HasSubstr("--replay"));
  EXPECT_THAT(said({.replay = directory_.string()}), HasSubstr("no .jsonl file"));
  std::ofstream(directory_ / "bad.jsonl") << "{}\n";
  EXPECT_THAT(said({.replay = directory_.string()}), HasSubstr("line 1"));
  EXPECT_THAT(said({.record = (directory_ / "bad.jsonl" / "x").string()}), HasSubstr("--record"));
}

}  // namespace
}  // namespace labgallery::cli
