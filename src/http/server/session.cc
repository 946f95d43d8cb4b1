#include "src/http/server/session.h"

#include <utility>  // Boost 1.74 does not include it before it uses std::exchange

#include <boost/asio.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <future>
#include <memory>
#include <optional>
#include <vector>

#include "src/base/text.h"
#include "src/http/model/url.h"
#include "src/http/server/wire.h"

namespace labgallery::http {
namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

// How long a refused client may go on sending before the connection is closed: a close with bytes
// unread would reset it, and the answer might be lost on the way.
constexpr milliseconds kLinger{1000};

// The status for bytes that are no acceptable request; nothing where the connection has simply
// ended.
std::optional<int> Refusal(const error_code& error) {
  if (error == beast_http::error::header_limit || error == beast_http::error::buffer_overflow) {
    return 431;
  }
  if (error == beast_http::error::body_limit) return 413;
  if (error == beast_http::error::end_of_stream || error == beast_http::error::partial_message) {
    return std::nullopt;
  }
  if (error.category() == beast_http::make_error_code(beast_http::error::bad_method).category()) {
    return 400;
  }
  return std::nullopt;
}

// Path and query, whichever form the client chose.
std::string OriginForm(std::string_view target) {
  const auto url = ParseUrl(target);
  return url ? url->target() : std::string(target);
}

// A connection's bytes, over TLS or not: to Asio and Beast a stream like any other.
class Link {
 public:
  using executor_type = tcp::socket::executor_type;

  Link(tcp::socket socket, SSL_CTX* tls) : socket_(std::move(socket)) {
    if (tls == nullptr) return;
    SSL_CTX_up_ref(tls);
    asio::ssl::context shared(tls);  // gives the reference back
    tls_.emplace(socket_, shared);
  }

  executor_type get_executor() { return socket_.get_executor(); }
  tcp::socket& socket() { return socket_; }
  bool encrypted() const { return tls_.has_value(); }

  template <typename Buffers, typename Done>
  void async_read_some(const Buffers& buffers, Done&& done) {
    if (tls_) return tls_->async_read_some(buffers, std::forward<Done>(done));
    socket_.async_read_some(buffers, std::forward<Done>(done));
  }
  template <typename Buffers, typename Done>
  void async_write_some(const Buffers& buffers, Done&& done) {
    if (tls_) return tls_->async_write_some(buffers, std::forward<Done>(done));
    socket_.async_write_some(buffers, std::forward<Done>(done));
  }
  template <typename Done>
  void AsyncHandshake(Done&& done) {
    tls_->async_handshake(asio::ssl::stream_base::server, std::forward<Done>(done));
  }
  /// Tells the client that nothing more comes, and waits until it says the same.
  template <typename Done>
  void AsyncFarewell(Done&& done) {
    tls_->async_shutdown(std::forward<Done>(done));
  }

 private:
  tcp::socket socket_;
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
};

}  // namespace

// One connection. Everything but Pump runs on its strand.
class Session final : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, Sessions& all)
      : link_(std::move(socket), all.tls_->Current().get()),
        timer_(link_.get_executor()),
        all_(all) {}

  ~Session() {
    {
      const std::lock_guard guard(all_.mutex_);
      all_.open_.erase(this);
      if (all_.closing_) return;
    }
    all_.on_leave_();
  }

  void Start() {
    {
      const std::lock_guard guard(all_.mutex_);
      if (all_.closing_) return;
      all_.open_.insert(this);
    }
    error_code ignored;
    link_.socket().set_option(tcp::no_delay(true), ignored);
    link_.socket().non_blocking(true, ignored);
    asio::post(link_.get_executor(), [self = shared_from_this()] {
      self->link_.encrypted() ? self->ShakeHands() : self->AwaitRequest();
    });
  }

  void PostClose() {
    asio::post(link_.get_executor(), [self = shared_from_this()] { self->Close(); });
  }

 private:
  void ShakeHands() {
    Arm(all_.options_.header_timeout);
    link_.AsyncHandshake([self = shared_from_this()](const error_code& error) {
      error ? self->Close() : self->AwaitRequest();
    });
  }

  void AwaitRequest() {
    if (buffer_.size() > 0) return ReadHead();
    Arm(all_.options_.idle_timeout);
    link_.async_read_some(buffer_.prepare(4096),
                          [self = shared_from_this()](const error_code& error, std::size_t count) {
                            if (error) return self->Close();
                            self->buffer_.commit(count);
                            self->ReadHead();
                          });
  }

  void ReadHead() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(all_.options_.header_limit));
    parser_->body_limit(all_.options_.body_limit);
    Arm(all_.options_.header_timeout);
    beast_http::async_read_header(
        link_, buffer_, *parser_,
        [self = shared_from_this()](const error_code& error, std::size_t) {
          if (error) return self->RefuseFor(error);
          self->ReadBody();
        });
  }

  void ReadBody() {
    const auto& head = parser_->get();
    http10_ = head.version() < 11;
    keep_alive_ = head.keep_alive();
    Arm(all_.options_.body_timeout);
    const auto expect = head[beast_http::field::expect];
    if (EqualsIgnoreCase({expect.data(), expect.size()}, "100-continue")) return SendContinue();
    ReadRestOfBody();
  }

  void SendContinue() {
    asio::async_write(link_, asio::buffer(kContinue.data(), kContinue.size()),
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                        if (error) return self->Close();
                        self->ReadRestOfBody();
                      });
  }

  void ReadRestOfBody() {
    beast_http::async_read(link_, buffer_, *parser_,
                           [self = shared_from_this()](const error_code& error, std::size_t) {
                             if (error) return self->RefuseFor(error);
                             self->Handle();
                           });
  }

  void Handle() {
    Disarm();
    auto message = parser_->release();
    const auto verb = message.method_string();
    const auto method = ParseMethod({verb.data(), verb.size()});
    if (!method) return Refuse(501);
    head_only_ = *method == Method::kHead;
    Request request{*method,
                    OriginForm({message.target().data(), message.target().size()}),
                    {},
                    std::move(message.body())};
    for (const auto& field : message) {
      request.headers.Add({field.name_string().data(), field.name_string().size()},
                          {field.value().data(), field.value().size()});
    }
    Reply reply = Answer(request);
    if (auto* whole = std::get_if<Response>(&reply)) return Write(std::move(*whole));
    BeginStream(std::move(std::get<StreamResponse>(reply)));
  }

  // The boundary for what a handler throws: a bug there costs one answer, not the server.
  Reply Answer(const Request& request) const {
    try {
      return all_.handler_(request);
    } catch (const std::exception& error) {
      return PlainResponse(500, std::string("internal error: ") + error.what());
    } catch (...) {
      return PlainResponse(500, "internal error");
    }
  }

  void Write(Response response) {
    const Framing framing = FramingFor(response.status, false, http10_);
    out_ =
        HeadText({response.status, response.headers, framing, response.body.size(), keep_alive_});
    if (!head_only_ && framing == Framing::kLength) out_ += response.body;
    Arm(all_.options_.body_timeout);
    asio::async_write(link_, asio::buffer(out_),
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                        if (error) return self->Close();
                        self->keep_alive_ ? self->AwaitRequest() : self->Linger();
                      });
  }

  void RefuseFor(const error_code& error) {
    const auto status = late_ ? std::optional(408) : Refusal(error);
    return status ? Refuse(*status) : Close();
  }

  void Refuse(int status) {
    keep_alive_ = false;
    Write(PlainResponse(status, beast_http::obsolete_reason(
                                    beast_http::int_to_status(static_cast<unsigned>(status)))
                                    .to_string()));
  }

  void Linger() {
    Arm(kLinger);
    if (link_.encrypted()) {
      return link_.AsyncFarewell([self = shared_from_this()](const error_code&) { self->Close(); });
    }
    error_code ignored;
    link_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    Drain();
  }

  void Drain() {
    buffer_.clear();
    link_.async_read_some(buffer_.prepare(65536),
                          [self = shared_from_this()](const error_code& error, std::size_t) {
                            error ? self->Close() : self->Drain();
                          });
  }

  void BeginStream(StreamResponse response) {
    const Framing framing = FramingFor(response.status, true, http10_);
    if (framing == Framing::kClose) keep_alive_ = false;
    out_ = HeadText({response.status, response.headers, framing, 0, keep_alive_});
    const bool no_body = head_only_ || framing == Framing::kNone;
    streaming_ = true;
    // The thread writes, beginning with the head; this session waits for it and watches the client.
    stream_stop_ = all_.streams_.Run(
        [self = shared_from_this(), framing,
         body = no_body ? BodyReader() : std::move(response.body)](const std::stop_token& stop) {
          const bool complete = self->Pump(body, framing, stop);
          asio::post(self->link_.get_executor(), [self, complete] { self->EndStream(complete); });
        });
    if (stream_stop_.stop_requested()) return Close();
    WatchClient();
  }

  // On the stream's thread. True if the body has been written to its regular end.
  bool Pump(const BodyReader& body, Framing framing, const std::stop_token& stop) {
    if (!WriteAndWait(out_)) return false;
    if (!body) return true;
    while (true) {
      auto more = body(stop);
      // Without the last chunk the client sees that the body is not complete.
      if (!more) return false;
      if (!*more) return framing != Framing::kChunked || WriteAndWait(std::string(kLastChunk));
      if (!WriteAndWait(framing == Framing::kChunked ? ChunkText(**more) : **more)) return false;
    }
  }

  bool WriteAndWait(const std::string& bytes) {
    std::promise<bool> written;
    asio::post(link_.get_executor(), [this, &bytes, &written] {
      Arm(all_.options_.body_timeout);
      asio::async_write(link_, asio::buffer(bytes),
                        [this, &written](const error_code& error, std::size_t) {
                          Disarm();
                          written.set_value(!error);
                        });
    });
    return written.get_future().get();
  }

  void EndStream(bool complete) {
    streaming_ = false;
    complete&& keep_alive_ ? AwaitRequest() : Close();
  }

  // A client that goes shows as an end of file, which nobody would read while a stream runs. A
  // client that sends its next request already is not watched any further: its bytes hide that end,
  // as the last words of TLS do; then the next write tells.
  void WatchClient() {
    if (std::exchange(watching_, true)) return;
    link_.socket().async_wait(
        tcp::socket::wait_read, [self = shared_from_this()](const error_code& error) {
          self->watching_ = false;
          if (!self->streaming_) return;
          char next = 0;
          error_code gone = error;
          if (!gone)
            self->link_.socket().receive(asio::buffer(&next, 1), tcp::socket::message_peek, gone);
          if (gone == asio::error::would_block) return self->WatchClient();
          if (gone) self->stream_stop_.request_stop();
        });
  }

  void Close() {
    Disarm();
    if (streaming_) stream_stop_.request_stop();
    error_code ignored;
    link_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    link_.socket().close(ignored);
  }

  // Cancels what the socket does when the time is over; `late_` tells it from other ends.
  void Arm(milliseconds limit) {
    late_ = false;
    timer_.expires_after(limit);
    timer_.async_wait([self = shared_from_this(), turn = ++turn_](const error_code& error) {
      if (error || turn != self->turn_) return;
      self->late_ = true;
      error_code ignored;
      self->link_.socket().cancel(ignored);
    });
  }

  void Disarm() {
    ++turn_;
    timer_.cancel();
  }

  Link link_;
  asio::steady_timer timer_;
  Sessions& all_;
  boost::beast::flat_buffer buffer_;
  std::optional<beast_http::request_parser<beast_http::string_body>> parser_;
  std::string out_;
  std::stop_source stream_stop_{std::nostopstate};
  std::uint64_t turn_ = 0;
  bool late_ = false;
  bool http10_ = false;
  bool keep_alive_ = true;
  bool head_only_ = false;
  bool streaming_ = false;
  bool watching_ = false;
};

Sessions::Sessions(Handler handler, const ServerOptions& options, std::unique_ptr<TlsContext> tls,
                   std::function<void()> on_leave)
    : handler_(std::move(handler)),
      options_(options),
      tls_(std::move(tls)),
      on_leave_(std::move(on_leave)) {}

void Sessions::Serve(asio::io_context& context, int descriptor, bool ipv6) {
  tcp::socket socket(asio::make_strand(context), ipv6 ? tcp::v6() : tcp::v4(), descriptor);
  std::make_shared<Session>(std::move(socket), *this)->Start();
}

bool Sessions::Full() {
  const std::lock_guard guard(mutex_);
  return closing_ || open_.size() >= static_cast<std::size_t>(options_.max_connections);
}

bool Sessions::Stop() {
  std::vector<std::shared_ptr<Session>> open;
  {
    const std::lock_guard guard(mutex_);
    if (std::exchange(closing_, true)) return false;
    for (Session* session : open_) {
      if (auto alive = session->weak_from_this().lock()) open.push_back(std::move(alive));
    }
  }
  for (const auto& session : open) session->PostClose();
  streams_.StopAndJoin();
  return true;
}

}  // namespace labgallery::http
