// The bytes of one connection, over TLS or not, with a limit to how long each step may take. What
// the bytes mean is the session's.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

namespace boost::asio {
class io_context;
}  // namespace boost::asio

using SSL_CTX = struct ssl_ctx_st;

namespace labgallery::http {

/// Everything is called, and calls back, on one strand; Post and the constructor are for any
/// thread. What is called back keeps its captures until then. One step of each direction at a time.
class Link {
 public:
  /// How a step ended, and how many bytes it moved.
  struct Outcome {
    bool done = false;
    std::size_t bytes = 0;
  };
  using Then = std::function<void(Outcome)>;

  /// Takes over a connected TCP socket, whose handlers run on the threads of `context`. `tls` may
  /// be null: then nothing is encrypted.
  Link(boost::asio::io_context& context, int descriptor, bool ipv6, SSL_CTX* tls);

  /// Runs it on the strand.
  void Post(std::function<void()> work);

  /// Agrees with the client on how to encrypt; over plain TCP there is nothing to agree on.
  void ShakeHands(Then then);
  /// Some bytes. The place must stay until then.
  void Read(void* to, std::size_t most, Then then);
  /// All of them. They must stay until then.
  void Write(std::string_view bytes, Then then);
  /// Tells the client that nothing more comes, and waits until it says the same.
  void SayFarewell(Then then);
  /// Until the client has something to say, or has gone (not done); no bytes: look again. Over TLS
  /// its last words look like something to say.
  void AwaitClient(Then then);

  /// Steps that are under way are cut short when the time is over. Replaces the limit before.
  void Limit(std::chrono::milliseconds time);
  void Unlimit();
  /// The last limit has passed.
  bool late() const;

  void Close();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace labgallery::http
