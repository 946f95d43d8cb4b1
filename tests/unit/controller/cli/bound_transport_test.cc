#include "controller/cli/bound_transport.h"

#include <gtest/gtest.h>

#include <functional>

namespace labgallery::cli {
namespace {

/// Says whether it was asked to stop, after something has happened meanwhile.
class Patient final : public http::HttpTransport {
 public:
  std::function<void()> meanwhile = [] {};

  Result<http::Response> Send(const http::Request&, const http::CallOptions& options) override {
    meanwhile();
    if (options.stop.stop_requested()) return Cancelled();
    return http::JsonResponse(200, "{}");
  }
  Result<http::StreamResponse> Open(const http::Request&,
                                    const http::CallOptions& options) override {
    meanwhile();
    if (options.stop.stop_requested()) return Cancelled();
    return http::StreamResponse{.status = 200, .headers = {}, .body = {}};
  }
};

class BoundTransportTest : public testing::Test {
 protected:
  bool Sends() { return transport_.Send({}, {.stop = caller_.get_token()}).has_value(); }
  bool Opens() { return transport_.Open({}, {.stop = caller_.get_token()}).has_value(); }

  Patient inner_;
  std::stop_source caller_;
  std::stop_source cut_;
  BoundTransport transport_{inner_, cut_.get_token()};
};

TEST_F(BoundTransportTest, LetsRequestsThroughUntilItIsCut) {
  EXPECT_TRUE(Sends());
  EXPECT_TRUE(Opens());
  cut_.request_stop();
  EXPECT_FALSE(Sends());
  EXPECT_FALSE(Opens());
}

TEST_F(BoundTransportTest, EndsWhatIsOnItsWayWhenItIsCut) {
  inner_.meanwhile = [this] { cut_.request_stop(); };
  EXPECT_FALSE(Sends());
}

TEST_F(BoundTransportTest, LeavesTheCallersStopAsItIs) {
  inner_.meanwhile = [this] { caller_.request_stop(); };
  EXPECT_FALSE(Sends());
}

}  // namespace
}  // namespace labgallery::cli
