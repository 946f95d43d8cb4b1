#include "src/azure/client/recording.h"

#include <utility>

#include "src/telemetry/redact.h"

namespace labgallery::azure {

RecordingTransport::RecordingTransport(http::HttpTransport& inner, Clock& clock, WriteLine write,
                                       bool without_principals)
    : inner_(inner), clock_(clock), write_(std::move(write)), redaction_(without_principals) {}

Result<http::Response> RecordingTransport::Send(const http::Request& request,
                                                const http::CallOptions& options) {
  const SystemTime at = clock_.Now();
  const SteadyTime start = clock_.SteadyNow();
  Result<http::Response> response = inner_.Send(request, options);
  const std::lock_guard lock(mutex_);
  write_(redaction_.Line(
      {.at = at, .took = clock_.SteadyNow() - start, .request = request, .response = response}));
  return response;
}

Result<http::StreamResponse> RecordingTransport::Open(const http::Request& request,
                                                      const http::CallOptions& options) {
  return inner_.Open(request, options);
}

Result<ReplayTransport> ReplayTransport::From(const std::vector<std::string>& lines) {
  std::map<std::string, Answers> answers;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    auto exchange = ReadRecordedLine(lines[i]);
    if (!exchange) return std::move(exchange).error().With("line " + std::to_string(i + 1));
    answers[exchange->key].all.push_back(std::move(exchange->response));
  }
  return ReplayTransport(std::move(answers));
}

Result<http::Response> ReplayTransport::Send(const http::Request& request,
                                             const http::CallOptions& /*options*/) {
  const std::lock_guard lock(mutex_);
  const auto known = answers_.find(ReplayKey(request.method, request.url));
  if (known == answers_.end()) {
    return Unavailable("the recording does not have " + std::string(http::Name(request.method)) +
                       " " + telemetry::RedactUrl(request.url));
  }
  Answers& answers = known->second;
  const Result<http::Response>& answer = answers.all[answers.next];
  if (answers.next + 1 < answers.all.size()) ++answers.next;
  return answer;
}

Result<http::StreamResponse> ReplayTransport::Open(const http::Request& /*request*/,
                                                   const http::CallOptions& /*options*/) {
  return Unavailable("a recording has no streams");
}

}  // namespace labgallery::azure
