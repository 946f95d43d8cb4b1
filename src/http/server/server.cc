#include "src/http/server/server.h"

#include <utility>  // Boost 1.74 does not include it before it uses std::exchange

#include <boost/asio.hpp>
#include <thread>
#include <vector>

#include "src/http/server/listen_address.h"
#include "src/http/server/session.h"

namespace labgallery::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// How long accepting pauses when the system has no more descriptors.
constexpr std::chrono::milliseconds kAcceptPause{100};

Error CannotListen(const std::string& listen, const error_code& error) {
  return Unavailable("cannot listen on " + listen + ": " + error.message());
}

}  // namespace

struct Server::State {
  State(Handler handler, const ServerOptions& options, std::unique_ptr<TlsContext> tls)
      : threads_wanted(options.threads),
        sessions(std::move(handler), options, std::move(tls),
                 [this] { asio::post(strand, [this] { AcceptNext(); }); }),
        strand(asio::make_strand(context)),
        acceptor(strand),
        pause(strand) {}

  Status Listen(const std::string& listen) {
    LAB_ASSIGN_OR_RETURN(const ListenAddress address, ParseListenAddress(listen));
    error_code error;
    tcp::resolver resolver(context);
    const auto found =
        resolver.resolve(address.host, std::to_string(address.port), tcp::resolver::passive, error);
    if (error) return CannotListen(listen, error);
    const tcp::endpoint endpoint = found.begin()->endpoint();
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return CannotListen(listen, error);
    port = acceptor.local_endpoint().port();
    ipv6 = endpoint.protocol() == tcp::v6();
    return Ok();
  }

  void Run() {
    asio::post(strand, [this] { AcceptNext(); });
    for (int i = 0; i < threads_wanted; ++i) threads.emplace_back([this] { context.run(); });
  }

  // On the strand, as all about accepting.
  void AcceptNext() {
    if (accepting || sessions.Full()) return;
    accepting = true;
    acceptor.async_accept(context, [this](const error_code& error, tcp::socket socket) {
      accepting = false;
      if (error == asio::error::operation_aborted) return;
      if (error) return Pause();
      sessions.Serve(context, socket.release(), ipv6);
      AcceptNext();
    });
  }

  void Pause() {
    pause.expires_after(kAcceptPause);
    pause.async_wait([this](const error_code& error) {
      if (!error) AcceptNext();
    });
  }

  void Stop() {
    if (!sessions.Stop()) return;
    asio::post(strand, [this] {
      error_code ignored;
      acceptor.close(ignored);
      pause.cancel();
    });
    // Not context.stop(): what is in the queue has sockets to close. Now nothing new comes in, so
    // it runs dry.
    threads.clear();
  }

  const int threads_wanted;
  Sessions sessions;
  asio::io_context context;
  asio::strand<asio::io_context::executor_type> strand;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  int port = 0;
  bool ipv6 = false;
  bool accepting = false;  // on the strand
  std::vector<std::jthread> threads;
};

Result<std::unique_ptr<Server>> Server::Start(const std::string& listen, Handler handler,
                                              ServerOptions options) {
  LAB_ASSIGN_OR_RETURN(std::unique_ptr<TlsContext> tls, TlsContext::Make(std::move(options.tls)));
  auto state = std::make_unique<State>(std::move(handler), options, std::move(tls));
  LAB_RETURN_IF_ERROR(state->Listen(listen));
  state->Run();
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() { Stop(); }
int Server::port() const { return state_->port; }
void Server::Stop() { state_->Stop(); }

}  // namespace labgallery::http
