// The control API of an Azure simulator, as far as `apply` uses it: to make what a story assumes to
// exist. Azure itself has no such API, and is never asked to make anything here.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "controller/cli/input_story.h"
#include "src/base/result.h"
#include "src/http/model/transport.h"

namespace labgallery::cli {

/// Used by one thread; every call blocks for its requests.
class SimulatorControl {
 public:
  /// `endpoint` is an origin.
  SimulatorControl(http::HttpTransport& transport, std::string endpoint)
      : transport_(transport), endpoint_(std::move(endpoint)) {}

  /// Whether the endpoint is a simulator at all. No token is sent.
  Result<bool> IsThere(const std::stop_token& stop);

  /// Makes what is not there; what is there stays as it is, or a second run would undo the first.
  /// The ids of what was made.
  Result<std::vector<std::string>> Assume(const std::vector<Assumption>& assumptions,
                                          const std::stop_token& stop);

 private:
  Result<http::Response> Send(http::Method method, const std::string& target,
                              const std::string& body, const std::stop_token& stop);

  http::HttpTransport& transport_;
  const std::string endpoint_;
};

}  // namespace labgallery::cli
