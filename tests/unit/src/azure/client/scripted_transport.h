// A transport that gives prepared answers in order and remembers what was sent.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "src/http/model/transport.h"

namespace labgallery::azure {

class ScriptedTransport final : public http::HttpTransport {
 public:
  void Answer(int status, std::string body = "", http::Headers headers = {}) {
    answers_.emplace_back(
        http::Response{.status = status, .headers = std::move(headers), .body = std::move(body)});
  }
  void Fail(Error error) { answers_.emplace_back(std::move(error)); }

  Result<http::Response> Send(const http::Request& request,
                              const http::CallOptions& /*options*/) override {
    sent.push_back(request);
    if (answers_.empty()) {
      ADD_FAILURE() << "nobody expected " << http::Name(request.method) << " " << request.url;
      return Unavailable("no answer prepared");
    }
    Result<http::Response> answer = std::move(answers_.front());
    answers_.pop_front();
    return answer;
  }

  Result<http::StreamResponse> Open(const http::Request& /*request*/,
                                    const http::CallOptions& /*options*/) override {
    return Unavailable("no streams here");
  }

  std::vector<http::Request> sent;

 private:
  std::deque<Result<http::Response>> answers_;
};

}  // namespace labgallery::azure
