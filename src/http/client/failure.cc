#include "src/http/client/failure.h"

#include <cerrno>

namespace labgallery::http {
namespace {

Error Make(ErrorKind kind, std::string message) {
  Error error;
  error.kind = kind;
  error.message = std::move(message);
  return error;
}

// Boost.Asio's number for a name that does not exist.
constexpr int kHostNotFound = 1;

// Codes of OpenSSL 3 carry the library in their upper bits; errno values are small.
bool IsTls(int code) { return code > 0xFFFF; }

std::string Where(const Destination& to) {
  return to.proxy.empty() ? to.origin : to.origin + " through the proxy " + to.proxy;
}

// Whom the first connection leads to.
std::string FirstStop(const Destination& to) {
  return to.proxy.empty() ? to.origin : "the proxy " + to.proxy + " on the way to " + to.origin;
}

std::string ConnectingText(const LibraryFailure& failure, const Destination& to) {
  const std::string where = Where(to);
  if (IsTls(failure.code)) return "TLS handshake with " + where + " failed: " + failure.detail;
  switch (failure.code) {
    case kHostNotFound:
      return "cannot resolve the host of " + FirstStop(to);
    case ECONNREFUSED:
    case EHOSTUNREACH:
      // The library turns the first into the second.
      return "cannot connect to " + FirstStop(to) + ": refused or unreachable";
    default:
      return "cannot connect to " + where + ": " + failure.detail;
  }
}

}  // namespace

Error FailedExchange(const LibraryFailure& failure, Phase phase, const Destination& to) {
  if (phase == Phase::kConnecting) return Unavailable(ConnectingText(failure, to));
  const std::string where = Where(to);
  if (failure.code == 0) {
    return ProtocolError("cannot understand the answer of " + where + ": " + failure.detail);
  }
  switch (phase) {
    case Phase::kStreaming:
      return Unavailable("the stream from " + where + " broke off: " + failure.detail);
    case Phase::kReceiving:
      return Make(ErrorKind::kTimeout, "the answer of " + where + " broke off: " + failure.detail);
    default:
      return Make(ErrorKind::kTimeout,
                  "the connection to " + where + " was lost before the answer: " + failure.detail);
  }
}

Error LateExchange(std::chrono::milliseconds limit, Phase phase, const Destination& to) {
  const std::string where = Where(to);
  const std::string within = " within " + std::to_string(limit.count()) + " ms";
  switch (phase) {
    case Phase::kConnecting:
      return Unavailable("no connection to " + where + within);
    case Phase::kStreaming:
      return Make(ErrorKind::kTimeout, "the stream from " + where + " was silent for " +
                                           std::to_string(limit.count()) + " ms");
    default:
      return Make(ErrorKind::kTimeout, "no complete answer of " + where + within);
  }
}

}  // namespace labgallery::http
