// A client that sends exactly the bytes it is told to.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace labgallery::http {

/// One connection to 127.0.0.1, blocking.
class RawClient {
 public:
  explicit RawClient(int port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// False when the server is gone.
  bool Send(std::string_view bytes);
  /// Reads on until `end` has been seen, or the server closes; all bytes up to and including `end`.
  std::string ReadUntil(std::string_view end);
  /// Head and body (by Content-Length) of the next answer.
  std::string ReadAnswer();
  /// Everything until the server closes.
  std::string ReadToEnd();
  /// True if nothing has arrived so far.
  bool IsQuiet();
  void Close();

 private:
  struct Socket;
  std::unique_ptr<Socket> socket_;
  std::string buffer_;
  bool ReadMore();
};

}  // namespace labgallery::http
