// The library's pool can be sized only before its first use.
#include <gtest/gtest.h>

#include "src/http/client/socket_transport.h"

namespace labgallery::http {
namespace {

class HttpThreads final : public ::testing::Environment {
 public:
  void SetUp() override { InitialiseHttpThreads(4); }
};

const auto* const kHttpThreads = ::testing::AddGlobalTestEnvironment(new HttpThreads);

TEST(HttpThreads, CanBeSizedOnlyOnce) { EXPECT_ANY_THROW(InitialiseHttpThreads(4)); }

}  // namespace
}  // namespace labgallery::http
