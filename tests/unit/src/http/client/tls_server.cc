#include "tests/unit/src/http/client/tls_server.h"

#include <utility>  // Boost 1.74 does not include it before it uses std::exchange

#include <atomic>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <list>
#include <mutex>
#include <thread>

#include "tests/unit/src/http/client/raw_server.h"

namespace labgallery::http {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// Accepts until destruction, each connection on a thread of its own.
class Acceptor {
 public:
  explicit Acceptor(std::function<void(tcp::socket&)> serve)
      : serve_(std::move(serve)),
        acceptor_(context_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
        accepting_([this] { AcceptAll(); }) {}

  ~Acceptor() {
    {
      const std::lock_guard guard(mutex_);
      closing_ = true;
      error_code ignored;
      for (auto& socket : sockets_) socket.shutdown(tcp::socket::shutdown_both, ignored);
    }
    error_code ignored;
    tcp::socket knock(context_);
    knock.connect(acceptor_.local_endpoint(), ignored);
    accepting_.join();
    threads_.clear();
  }

  int port() const { return acceptor_.local_endpoint().port(); }
  boost::asio::io_context& context() { return context_; }

 private:
  void AcceptAll() {
    while (true) {
      error_code error;
      tcp::socket accepted = acceptor_.accept(error);
      const std::lock_guard guard(mutex_);
      if (error || closing_) return;
      sockets_.push_back(std::move(accepted));
      threads_.emplace_back([this, socket = &sockets_.back()] {
        serve_(*socket);
        error_code ignored;
        socket->shutdown(tcp::socket::shutdown_both, ignored);
      });
    }
  }

  std::function<void(tcp::socket&)> serve_;
  boost::asio::io_context context_;
  tcp::acceptor acceptor_;
  std::mutex mutex_;
  bool closing_ = false;             // guarded by mutex_
  std::list<tcp::socket> sockets_;   // guarded by mutex_
  std::list<std::jthread> threads_;  // guarded by mutex_ until the end
  std::jthread accepting_;
};

std::string CommonNameOf(SSL* connection) {
  X509* certificate = SSL_get1_peer_certificate(connection);
  if (certificate == nullptr) return "none";
  char name[256] = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof(name));
  X509_free(certificate);
  return name;
}

}  // namespace

struct TlsServer::State {
  explicit State(const TlsServerOptions& options) : tls(boost::asio::ssl::context::tls_server) {
    tls.use_certificate_chain(boost::asio::buffer(options.pem.certificate));
    tls.use_private_key(boost::asio::buffer(options.pem.key), boost::asio::ssl::context::pem);
    if (!options.client_authority.empty()) {
      tls.set_verify_mode(boost::asio::ssl::verify_peer |
                          boost::asio::ssl::verify_fail_if_no_peer_cert);
      tls.add_certificate_authority(boost::asio::buffer(options.client_authority));
    }
    if (options.highest_version != 0) {
      // An old server: security level 0 lets it offer what nobody should accept.
      SSL_CTX_set_security_level(tls.native_handle(), 0);
      SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_VERSION);
      SSL_CTX_set_max_proto_version(tls.native_handle(), options.highest_version);
    }
  }

  void Serve(tcp::socket& socket) {
    boost::asio::ssl::stream<tcp::socket&> stream(socket, tls);
    error_code error;
    stream.handshake(boost::asio::ssl::stream_base::server, error);
    if (error) return;
    ++connections;
    const char* name = SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name);
    const std::string body = "name=" + std::string(name == nullptr ? "none" : name) +
                             " client=" + CommonNameOf(stream.native_handle());
    std::string buffer;
    while (!error) {
      const auto end =
          boost::asio::read_until(stream, boost::asio::dynamic_buffer(buffer), "\r\n\r\n", error);
      if (error) return;
      buffer.erase(0, end);
      ++requests;
      boost::asio::write(stream, boost::asio::buffer(Answer(200, body)), error);
    }
  }

  boost::asio::ssl::context tls;
  std::atomic<int> requests = 0;
  std::atomic<int> connections = 0;
  Acceptor acceptor{[this](tcp::socket& socket) { Serve(socket); }};
};

TlsServer::TlsServer(TlsServerOptions options) : state_(std::make_unique<State>(options)) {}
TlsServer::~TlsServer() = default;
int TlsServer::port() const { return state_->acceptor.port(); }
std::string TlsServer::Url(const std::string& host) const {
  return "https://" + host + ":" + std::to_string(port()) + "/";
}
int TlsServer::requests() const { return state_->requests; }
int TlsServer::connections() const { return state_->connections; }

struct TunnelProxy::State {
  void Serve(tcp::socket& client) {
    std::string head;
    error_code error;
    boost::asio::read_until(client, boost::asio::dynamic_buffer(head), "\r\n\r\n", error);
    if (error) return;
    {
      const std::lock_guard guard(mutex);
      heads.push_back(head);
    }
    boost::asio::write(
        client, boost::asio::buffer("HTTP/1.1 " + std::to_string(status) + " So\r\n\r\n"), error);
    if (error || status != 200) return;
    const auto colon = head.find(':');
    tcp::socket target(acceptor.context());
    target.connect({boost::asio::ip::address_v4::loopback(),
                    static_cast<unsigned short>(std::stoi(head.substr(colon + 1)))},
                   error);
    if (error) return;
    const std::jthread back([&] { Relay(target, client); });
    Relay(client, target);
  }

  static void Relay(tcp::socket& from, tcp::socket& to) {
    std::array<char, 16384> bytes;
    error_code error;
    while (!error) {
      const std::size_t count = from.read_some(boost::asio::buffer(bytes), error);
      error_code broken;
      boost::asio::write(to, boost::asio::buffer(bytes, count), broken);
      if (broken) break;
    }
    error_code ignored;
    to.shutdown(tcp::socket::shutdown_both, ignored);
    from.shutdown(tcp::socket::shutdown_both, ignored);
  }

  int status = 200;
  mutable std::mutex mutex;
  std::vector<std::string> heads;  // guarded by mutex
  Acceptor acceptor{[this](tcp::socket& client) { Serve(client); }};
};

TunnelProxy::TunnelProxy(int status) : state_(std::make_unique<State>()) {
  state_->status = status;
}
TunnelProxy::~TunnelProxy() = default;
int TunnelProxy::port() const { return state_->acceptor.port(); }
std::vector<std::string> TunnelProxy::heads() const {
  const std::lock_guard guard(state_->mutex);
  return state_->heads;
}

}  // namespace labgallery::http
