// A transport that gives the answers of a script, in their order, and remembers what it was asked.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "src/http/model/transport.h"
#include "src/http/model/url.h"

namespace labgallery {

/// What a stream gives next: bytes, or the error it breaks with. After the last it ends regularly.
using Piece = std::variant<std::string, Error>;

/// Used by one thread, or by threads that take turns.
class ScriptedTransport final : public http::HttpTransport {
 public:
  void Answer(int status, std::string body, http::Headers headers = {}) {
    script_.emplace_back(http::Response{status, std::move(headers), std::move(body)});
  }
  void Stream(std::vector<Piece> pieces, int status = 200) {
    http::BodyReader body =
        [pieces = std::deque<Piece>(pieces.begin(), pieces.end())](
            const std::stop_token&) mutable -> Result<std::optional<std::string>> {
      if (pieces.empty()) return std::optional<std::string>();
      const Piece piece = std::move(pieces.front());
      pieces.pop_front();
      if (const auto* error = std::get_if<Error>(&piece)) return *error;
      return std::optional(std::get<std::string>(piece));
    };
    StreamBody(std::move(body), status);
  }
  void StreamBody(http::BodyReader body, int status = 200) {
    script_.emplace_back(http::StreamResponse{status, {}, std::move(body)});
  }
  void Fail(Error error) { script_.emplace_back(std::move(error)); }

  Result<http::Response> Send(const http::Request& request,
                              const http::CallOptions& options) override {
    auto next = Next(request, options);
    if (auto* error = std::get_if<Error>(&next)) return *error;
    if (auto* response = std::get_if<http::Response>(&next)) return *response;
    return InternalError("the script has a stream here");
  }
  Result<http::StreamResponse> Open(const http::Request& request,
                                    const http::CallOptions& options) override {
    auto next = Next(request, options);
    if (auto* error = std::get_if<Error>(&next)) return *error;
    if (auto* stream = std::get_if<http::StreamResponse>(&next)) return std::move(*stream);
    const auto& whole = std::get<http::Response>(next);
    http::BodyReader once =
        [body = whole.body](const std::stop_token&) mutable -> Result<std::optional<std::string>> {
      if (body.empty()) return std::optional<std::string>();
      return std::optional(std::exchange(body, {}));
    };
    return http::StreamResponse{whole.status, whole.headers, std::move(once)};
  }

  const std::vector<http::Request>& requests() const { return requests_; }
  const std::vector<http::CallOptions>& options() const { return options_; }
  std::size_t left() const { return script_.size(); }

  /// A parameter of the query of a request; "-" when it is not there.
  std::string Parameter(std::size_t request, std::string_view name) const {
    const auto url = http::ParseUrl(requests_.at(request).url);
    return http::QueryValue(url->query, name).value_or("-");
  }

 private:
  using Step = std::variant<http::Response, http::StreamResponse, Error>;
  Step Next(const http::Request& request, const http::CallOptions& options) {
    if (options.stop.stop_requested()) return Cancelled();
    requests_.push_back(request);
    options_.push_back(options);
    if (script_.empty()) {
      ADD_FAILURE() << "not in the script: " << request.url;
      return InternalError("the script is over");
    }
    Step step = std::move(script_.front());
    script_.pop_front();
    return step;
  }

  std::deque<Step> script_;
  std::vector<http::Request> requests_;
  std::vector<http::CallOptions> options_;
};

}  // namespace labgallery
