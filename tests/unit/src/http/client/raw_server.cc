#include "tests/unit/src/http/client/raw_server.h"

#include <poll.h>

#include <utility>  // Boost 1.74 does not include it before it uses std::exchange

#include <algorithm>
#include <boost/asio.hpp>
#include <charconv>
#include <list>
#include <mutex>
#include <thread>

#include "src/base/text.h"

namespace labgallery::http {
namespace {

using boost::asio::ip::tcp;

class AcceptedSocket final : public RawSocket {
 public:
  AcceptedSocket(tcp::socket socket, std::atomic<int>& requests)
      : socket_(std::move(socket)), requests_(requests) {}

  std::string ReadRequest() override {
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!ReadMore()) return {};
    }
    const std::size_t length = end + 4 + BodyLength(std::string_view(buffer_).substr(0, end));
    while (buffer_.size() < length) {
      if (!ReadMore()) return {};
    }
    std::string request = buffer_.substr(0, length);
    buffer_.erase(0, length);
    ++requests_;
    return request;
  }

  bool Send(std::string_view bytes) override {
    boost::system::error_code error;
    boost::asio::write(socket_, boost::asio::buffer(bytes), error);
    return !error;
  }

  std::size_t SendWhatFits(std::size_t limit) override {
    constexpr int kAWhileMs = 200;
    const std::string block(16384, 'x');
    socket_.non_blocking(true);
    std::size_t sent = 0;
    pollfd writable{socket_.native_handle(), POLLOUT, 0};
    while (sent < limit && poll(&writable, 1, kAWhileMs) == 1) {
      boost::system::error_code error;
      sent += socket_.write_some(boost::asio::buffer(block, std::min(block.size(), limit - sent)),
                                 error);
      if (error && error != boost::asio::error::would_block) break;
    }
    socket_.non_blocking(false);
    return sent;
  }

  // The server closes what its test still serves.
  void Close() override {
    const std::lock_guard guard(ending_);
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
  }

  void Reset() override {
    const std::lock_guard guard(ending_);
    boost::system::error_code ignored;
    socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
  }

  void AwaitClose() override {
    while (ReadMore()) {
    }
  }

 private:
  bool ReadMore() {
    std::array<char, 65536> bytes;
    boost::system::error_code error;
    const std::size_t count = socket_.read_some(boost::asio::buffer(bytes), error);
    buffer_.append(bytes.data(), count);
    return !error;
  }

  static std::size_t BodyLength(std::string_view head) {
    constexpr std::string_view kName = "\r\ncontent-length:";
    const std::string lower = Lower(head);
    const auto at = lower.find(kName);
    if (at == std::string::npos) return 0;
    const std::string_view value = Trim(std::string_view(lower).substr(at + kName.size()));
    std::size_t length = 0;
    std::from_chars(value.data(), value.data() + value.size(), length);
    return length;
  }

  std::mutex ending_;
  tcp::socket socket_;
  std::atomic<int>& requests_;
  std::string buffer_;
};

}  // namespace

struct RawServer::State {
  explicit State(std::function<void(RawSocket&, int)> its_serve)
      : serve(std::move(its_serve)),
        acceptor(context, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {}

  void AcceptAll() {
    while (true) {
      boost::system::error_code error;
      tcp::socket socket = acceptor.accept(error);
      const std::lock_guard guard(mutex);
      if (error || closing) return;
      const int number = ++connections;
      sockets.push_back(std::make_unique<AcceptedSocket>(std::move(socket), requests));
      threads.emplace_back([this, number, accepted = sockets.back().get()] {
        serve(*accepted, number);
        accepted->Close();
      });
    }
  }

  std::function<void(RawSocket&, int)> serve;
  boost::asio::io_context context;
  tcp::acceptor acceptor;
  std::atomic<int> requests = 0;
  std::atomic<int> connections = 0;
  std::mutex mutex;
  bool closing = false;                                // guarded by mutex
  std::list<std::unique_ptr<AcceptedSocket>> sockets;  // guarded by mutex
  std::list<std::jthread> threads;                     // guarded by mutex
  std::jthread accepting;
};

RawServer::RawServer(std::function<void(RawSocket&, int)> serve)
    : state_(std::make_unique<State>(std::move(serve))) {
  state_->accepting = std::jthread([this] { state_->AcceptAll(); });
}

RawServer::~RawServer() {
  {
    const std::lock_guard guard(state_->mutex);
    state_->closing = true;
    for (const auto& socket : state_->sockets) socket->Close();
  }
  // A blocking accept ends when somebody connects.
  boost::system::error_code ignored;
  tcp::socket knock(state_->context);
  knock.connect(state_->acceptor.local_endpoint(), ignored);
  state_->accepting.join();
  state_->threads.clear();
}

int RawServer::port() const { return state_->acceptor.local_endpoint().port(); }

std::string RawServer::Url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port()) + std::string(path);
}

int RawServer::requests() const { return state_->requests; }
int RawServer::connections() const { return state_->connections; }

std::unique_ptr<RawServer> AnsweringServer(std::function<std::string(const std::string&)> answer) {
  return std::make_unique<RawServer>([answer = std::move(answer)](RawSocket& socket, int) {
    for (std::string request; !(request = socket.ReadRequest()).empty();) {
      if (!socket.Send(answer(request))) return;
    }
  });
}

std::string Answer(int status, std::string_view body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Reason\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

}  // namespace labgallery::http
