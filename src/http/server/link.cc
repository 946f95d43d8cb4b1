#include "src/http/server/link.h"

#include <utility>  // Boost 1.74 does not include it before it uses std::exchange

#include <array>
#include <boost/asio.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstdint>
#include <optional>
#include <string>

namespace labgallery::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// As Asio calls back where no bytes are moved, and where some are.
auto Telling(Link::Then then) {
  return [then = std::move(then)](const error_code& error, std::size_t bytes = 0) {
    then({!error, bytes});
  };
}

}  // namespace

// Kept by what is under way, so that it outlives its Link.
struct Link::State : std::enable_shared_from_this<Link::State> {
  State(asio::io_context& context, int descriptor, bool ipv6)
      : socket(asio::make_strand(context), ipv6 ? tcp::v6() : tcp::v4(), descriptor),
        timer(socket.get_executor()) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.non_blocking(true, ignored);
  }

  // Reads and drops what comes until the client closes.
  void Drain(Then then) {
    socket.async_read_some(asio::buffer(dropped),
                           [self = shared_from_this(), then = std::move(then)](
                               const error_code& error, std::size_t) mutable {
                             if (error) return then({});
                             self->Drain(std::move(then));
                           });
  }

  tcp::socket socket;
  asio::steady_timer timer;
  std::optional<asio::ssl::stream<tcp::socket&>> tls;
  std::array<char, 4096> dropped{};
  std::uint64_t turn = 0;
  bool late = false;
};

Link::Link(asio::io_context& context, int descriptor, bool ipv6, SSL_CTX* tls)
    : state_(std::make_shared<State>(context, descriptor, ipv6)) {
  if (tls == nullptr) return;
  SSL_CTX_up_ref(tls);
  asio::ssl::context shared(tls);  // gives the reference back
  state_->tls.emplace(state_->socket, shared);
}

void Link::Post(std::function<void()> work) {
  asio::post(state_->socket.get_executor(), std::move(work));
}

void Link::ShakeHands(Then then) {
  if (!state_->tls) return then({true, 0});
  state_->tls->async_handshake(asio::ssl::stream_base::server, Telling(std::move(then)));
}

void Link::Read(void* to, std::size_t most, Then then) {
  const auto place = asio::buffer(to, most);
  if (state_->tls) return state_->tls->async_read_some(place, Telling(std::move(then)));
  state_->socket.async_read_some(place, Telling(std::move(then)));
}

void Link::Write(std::string_view bytes, Then then) {
  const auto all = asio::buffer(bytes.data(), bytes.size());
  if (state_->tls) return asio::async_write(*state_->tls, all, Telling(std::move(then)));
  asio::async_write(state_->socket, all, Telling(std::move(then)));
}

void Link::SayFarewell(Then then) {
  if (state_->tls) return state_->tls->async_shutdown(Telling(std::move(then)));
  error_code ignored;
  state_->socket.shutdown(tcp::socket::shutdown_send, ignored);
  state_->Drain(std::move(then));
}

void Link::AwaitClient(Then then) {
  state_->socket.async_wait(
      tcp::socket::wait_read, [state = state_, then = std::move(then)](const error_code& error) {
        char next = 0;
        error_code gone = error;
        std::size_t there = 0;
        if (!gone)
          there = state->socket.receive(asio::buffer(&next, 1), tcp::socket::message_peek, gone);
        if (gone == asio::error::would_block) gone = {};
        then({!gone, there});
      });
}

void Link::Limit(std::chrono::milliseconds time) {
  state_->late = false;
  state_->timer.expires_after(time);
  state_->timer.async_wait([state = state_, turn = ++state_->turn](const error_code& error) {
    if (error || turn != state->turn) return;
    state->late = true;
    error_code ignored;
    state->socket.cancel(ignored);
  });
}

void Link::Unlimit() {
  ++state_->turn;
  state_->timer.cancel();
}

bool Link::late() const { return state_->late; }

void Link::Close() {
  Unlimit();
  error_code ignored;
  state_->socket.shutdown(tcp::socket::shutdown_both, ignored);
  state_->socket.close(ignored);
}

}  // namespace labgallery::http
