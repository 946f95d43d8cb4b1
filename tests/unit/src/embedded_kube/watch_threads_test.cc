// Watches whose readers are threads of their own, under a clock that leaps when all of them wait.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "src/kube/model/answer.h"
#include "tests/unit/src/embedded_kube/kinds.h"

namespace labgallery::embedded_kube {
namespace {

using http::Method;

class WatchThreads : public testing::Test {
 protected:
  LeapingClock clock_{std::chrono::sys_days{std::chrono::year(2026) / 1 / 2}};
  SeededRandom random_{1};
  std::unique_ptr<Server> server_ = *Server::Start(clock_, random_, {.crds = {ThingCrd()}});

  // The versions that a watch tells, until it has told `count` changes.
  static std::vector<std::int64_t> Follow(http::StreamResponse stream, std::size_t count) {
    std::vector<std::int64_t> versions;
    std::string buffer;
    while (versions.size() < count) {
      auto more = stream.body({});
      if (!more || !*more) break;
      buffer += **more;
      for (auto end = buffer.find('\n'); end != std::string::npos; end = buffer.find('\n')) {
        const auto event = kube::ReadWatchEvent(buffer.substr(0, end));
        buffer.erase(0, end + 1);
        if (event->type == kube::WatchEventType::kBookmark) continue;
        versions.push_back(
            std::stoll(std::string(event->object.Text({"metadata", "resourceVersion"}))));
      }
    }
    return versions;
  }

  void Increment(const std::string& name, int times) {
    for (int i = 0; i < times; ++i) {
      const std::string patch = R"({"spec": {"size": )" + std::to_string(i + 10) + "}}";
      EXPECT_EQ(
          Ask(*server_, Method::kPatch, kThings + "/" + name, patch, "application/merge-patch+json")
              .status,
          200);
    }
  }
};

TEST_F(WatchThreads, SeeEveryChangeOfAllWritersOnceAndInOrder) {
  constexpr int kWriters = 3;
  constexpr int kChanges = 50;
  for (int w = 0; w < kWriters; ++w)
    Ask(*server_, Method::kPost, kThings, Thing("t" + std::to_string(w)));
  const std::string version = VersionOf(Ask(*server_, Method::kGet, kThings));
  std::vector<std::vector<std::int64_t>> told(2);
  {
    std::vector<std::jthread> threads;
    // While this thread has not started all of them, the clock must not leap to the watches' end.
    const Presence starting = clock_.Enter();
    for (auto& versions : told) {
      auto stream = Open(
          *server_,
          kThings + "?watch=true&allowWatchBookmarks=true&timeoutSeconds=100000&resourceVersion=" +
              version);
      threads.emplace_back(
          [&versions, stream = std::move(stream), here = clock_.Enter()]() mutable {
            versions = Follow(std::move(stream), kWriters * kChanges);
          });
    }
    for (int w = 0; w < kWriters; ++w) {
      threads.emplace_back(
          [this, w, here = clock_.Enter()] { Increment("t" + std::to_string(w), kChanges); });
    }
  }
  std::vector<std::int64_t> expected;
  for (int i = 1; i <= kWriters * kChanges; ++i) expected.push_back(std::stoll(version) + i);
  EXPECT_EQ(told[0], expected);
  EXPECT_EQ(told[1], expected);
}

TEST_F(WatchThreads, EndAtOnceWhenTheyAreStopped) {
  auto stream = Open(*server_, kThings + "?watch=true&timeoutSeconds=3600");
  const Presence here =
      clock_.Enter();  // this thread works: the clock must not leap to the watch's end
  std::optional<ErrorKind> outcome;
  {
    std::jthread reader([&, there = clock_.Enter()](const std::stop_token& stop) {
      const auto read = stream.body(stop);
      if (!read) outcome = read.error().kind;
    });
  }
  EXPECT_EQ(outcome, ErrorKind::kCancelled);
  EXPECT_EQ(clock_.SteadyNow(), SteadyTime{});
}

TEST_F(WatchThreads, LoseNoUpdateWhenWritersCompeteForOneVersion) {
  ASSERT_EQ(Ask(*server_, Method::kPost, kThings, Thing("a")).status, 201);
  std::atomic<int> written = 0;
  auto compete = [&] {
    for (int done = 0; done < 30;) {
      json::Value object = Json(Ask(*server_, Method::kGet, kThings + "/a").body);
      json::Value* size = object.Find("spec")->Find("size");
      *size = json::Value(*size->AsInteger() + 1);
      const int status = Ask(*server_, Method::kPut, kThings + "/a", json::Dump(object)).status;
      ASSERT_TRUE(status == 200 || status == 409) << status;
      if (status == 200) ++done, ++written;
    }
  };
  {
    const std::jthread first(compete);
    const std::jthread second(compete);
  }
  EXPECT_EQ(*Json(Ask(*server_, Method::kGet, kThings + "/a").body).At({"spec", "size"}),
            json::Value(1 + written));
}

}  // namespace
}  // namespace labgallery::embedded_kube
