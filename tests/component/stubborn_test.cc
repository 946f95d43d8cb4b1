// An Azure that accepts a write and goes on showing something else: rounded, ignored, or put back
// at once by a policy. No source says where it does, so no loop may come of it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>

#include "tests/component/campus.h"

namespace labgallery::component {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Le;

// On the way to Azure "ours" becomes "its own" in what is written.
class StubbornWire final : public http::HttpTransport {
 public:
  explicit StubbornWire(http::Handler handler) : inner_(std::move(handler)) {}

  Result<http::Response> Send(const http::Request& request,
                              const http::CallOptions& options) override {
    http::Request changed = request;
    if (!http::IsRead(request.method)) {
      writes_ += request.url.find("ResourceGraph") == std::string::npos ? 1 : 0;
      const std::size_t at = stubborn ? changed.body.find(kOurs) : std::string::npos;
      if (at != std::string::npos) changed.body.replace(at, kOurs.size(), "its own");
    }
    return inner_.Send(changed, options);
  }
  Result<http::StreamResponse> Open(const http::Request& request,
                                    const http::CallOptions& options) override {
    return inner_.Open(request, options);
  }
  int writes() const { return writes_; }

  std::atomic<bool> stubborn = true;

 private:
  static constexpr std::string_view kOurs = "ours";
  http::InProcessTransport inner_;
  std::atomic<int> writes_ = 0;
};

struct Row {
  const char* name;
  std::string manifest;
  const char* kind;
  const char* object;
};

class StubbornAzure : public testing::TestWithParam<Row> {
 protected:
  StubbornAzure() {
    HaveManagedImage(world_);
    Hurry(world_);
    op_ = world_.MakeOperator(kube_, azure_, std::nullopt);
    op_->Start();
  }
  ~StubbornAzure() override { op_->Stop(); }

  World world_;
  http::InProcessTransport kube_{world_.KubeHandler()};
  StubbornWire azure_{world_.AzureHandler()};
  std::unique_ptr<cli::OperatorAssembly> op_;
};

TEST_P(StubbornAzure, IsAskedMoreAndMoreSeldomAndTheDifferenceIsTold) {
  const Row& row = GetParam();
  world_.Apply(Gallery());
  world_.Apply(row.manifest);
  const auto told = [&] { return Message(world_, row.kind, row.object); };
  EXPECT_TRUE(world_.RunUntil([&] { return told().find("its own") != std::string::npos; }))
      << world_.Condition(row.kind, row.object) << ": " << told();
  EXPECT_EQ(world_.Condition(row.kind, row.object), "False/AzureError");
  EXPECT_THAT(told(), AllOf(HasSubstr("ours"), HasSubstr("accepted")));
  world_.Run(std::chrono::minutes(30));
  const int before = azure_.writes();
  world_.Run(std::chrono::hours(1));
  EXPECT_THAT(azure_.writes() - before, Le(16));
  azure_.stubborn = false;
  EXPECT_TRUE(
      world_.RunUntil([&] { return world_.Condition(row.kind, row.object) == "True/Reconciled"; },
                      std::chrono::minutes(10)))
      << told();
}

INSTANTIATE_TEST_SUITE_P(
    Everywhere, StubbornAzure,
    testing::Values(Row{"AGallery", Gallery("description: ours", "spring"), "SharedImageGallery",
                        "spring"},
                    Row{"ADefinition", Definition("tags: {whose: ours}"), "Image", "ubuntu"},
                    Row{"AVersion", Image("tags: {whose: ours}"), "Image", "ubuntu"},
                    Row{"AnAccount", Account("tags: {whose: ours}"), "LabAccount", "cs"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace labgallery::component
