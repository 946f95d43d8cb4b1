// What a failed exchange means to a caller: may the request have reached the server or not. Pure;
// the numbers come from cpprestsdk 2.10, which reports errno values, OpenSSL codes and 0 under one
// category.
#pragma once

#include <chrono>
#include <string>

#include "src/base/error.h"

namespace labgallery::http {

/// How far an exchange had come.
enum class Phase {
  kConnecting,  // resolving, connecting, TLS handshake, or the head of the request not yet written
  kSent,        // the head of the request is out, no head of an answer yet
  kReceiving,   // the answer has begun; its body is read as a whole
  kStreaming,   // the answer has begun; its body is handed over bit by bit
};

/// What the library said.
struct LibraryFailure {
  int code = 0;        // 0 where it could not make sense of the bytes
  std::string detail;  // its words, or OpenSSL's reason
};

/// Where an exchange leads, for people: scheme://host:port each, without a login.
struct Destination {
  std::string origin;
  std::string proxy{};  // empty: directly
};

/// kConnecting: kUnavailable, whatever the code, because nothing can have been applied. kSent and
/// kReceiving: kProtocol for code 0, otherwise kTimeout, because the request may have been applied.
/// kStreaming: kProtocol for code 0, otherwise kUnavailable, as BodyReader promises.
Error FailedExchange(const LibraryFailure& failure, Phase phase, const Destination& to);

/// The deadline, or in kStreaming the longest silence, has passed: kUnavailable in kConnecting,
/// otherwise kTimeout.
Error LateExchange(std::chrono::milliseconds limit, Phase phase, const Destination& to);

}  // namespace labgallery::http
