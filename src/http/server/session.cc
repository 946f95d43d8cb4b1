#include "src/http/server/session.h"

#include <utility>  // Boost 1.74 does not include it before it uses std::exchange

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/read_size.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <future>
#include <memory>
#include <optional>
#include <vector>

#include "src/base/text.h"
#include "src/http/model/url.h"
#include "src/http/server/link.h"
#include "src/http/server/wire.h"

namespace labgallery::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::system::error_code;

// How long a refused client may go on sending before the connection is closed: a close with bytes
// unread would reset it, and the answer might be lost on the way.
constexpr std::chrono::milliseconds kLinger{1000};
constexpr std::size_t kReadAtOnce = 65536;

// The status for bytes that are no acceptable request.
int Refusal(const error_code& error) {
  if (error == beast_http::error::header_limit) return 431;
  return error == beast_http::error::body_limit ? 413 : 400;
}

// Path and query, whichever form the client chose.
std::string OriginForm(std::string_view target) {
  const auto url = ParseUrl(target);
  return url ? url->target() : std::string(target);
}

}  // namespace

// One connection. Everything but Pump runs on its strand.
class Session final : public std::enable_shared_from_this<Session> {
 public:
  Session(Link link, Sessions& all) : link_(std::move(link)), all_(all) {}

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
    link_.Post([self = shared_from_this()] { self->ShakeHands(); });
  }

  void PostClose() {
    link_.Post([self = shared_from_this()] { self->Close(); });
  }

 private:
  using Next = void (Session::*)();

  // What goes on once a step is done; where it failed the connection is closed.
  Link::Then Then(Next next) {
    return [self = shared_from_this(), next](const Link::Outcome& outcome) {
      outcome.done ? (*self.*next)() : self->Close();
    };
  }

  void ShakeHands() {
    link_.Limit(all_.options_.header_timeout);
    link_.ShakeHands(Then(&Session::AwaitRequest));
  }

  void AwaitRequest() {
    if (buffer_.size() > 0) return ReadHead();
    link_.Limit(all_.options_.idle_timeout);
    const auto place = buffer_.prepare(4096);
    link_.Read(place.data(), place.size(),
               [self = shared_from_this()](const Link::Outcome& outcome) {
                 self->buffer_.commit(outcome.bytes);
                 outcome.done ? self->ReadHead() : self->Close();
               });
  }

  void ReadHead() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(all_.options_.header_limit));
    parser_->body_limit(all_.options_.body_limit);
    link_.Limit(all_.options_.header_timeout);
    Parse(&Session::ReadBody);
  }

  bool Parsed() const { return parser_->eager() ? parser_->is_done() : parser_->is_header_done(); }

  // Goes on with `next` once the parser has what it wants, all of the request if it is eager,
  // otherwise the head.
  void Parse(Next next) {
    error_code error;
    while (!Parsed() && !error && buffer_.size() > 0) {
      buffer_.consume(parser_->put(buffer_.data(), error));
    }
    if (error && error != beast_http::error::need_more) return Refuse(Refusal(error));
    if (Parsed()) return (this->*next)();
    const auto place = buffer_.prepare(boost::beast::read_size(buffer_, kReadAtOnce));
    link_.Read(place.data(), place.size(),
               [self = shared_from_this(), next](const Link::Outcome& outcome) {
                 if (!outcome.done) return self->link_.late() ? self->Refuse(408) : self->Close();
                 self->buffer_.commit(outcome.bytes);
                 self->Parse(next);
               });
  }

  void ReadBody() {
    const auto& head = parser_->get();
    http10_ = head.version() < 11;
    keep_alive_ = head.keep_alive();
    link_.Limit(all_.options_.body_timeout);
    const auto expect = head[beast_http::field::expect];
    const bool waits = EqualsIgnoreCase({expect.data(), expect.size()}, "100-continue");
    waits ? link_.Write(kContinue, Then(&Session::ReadRestOfBody)) : ReadRestOfBody();
  }

  void ReadRestOfBody() {
    parser_->eager(true);
    Parse(&Session::Handle);
  }

  void Handle() {
    link_.Unlimit();
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
    link_.Limit(all_.options_.body_timeout);
    link_.Write(out_, Then(keep_alive_ ? &Session::AwaitRequest : &Session::Linger));
  }

  void Refuse(int status) {
    keep_alive_ = false;
    Write(PlainResponse(status, beast_http::obsolete_reason(
                                    beast_http::int_to_status(static_cast<unsigned>(status)))
                                    .to_string()));
  }

  void Linger() {
    link_.Limit(kLinger);
    link_.SayFarewell(Then(&Session::Close));
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
          self->link_.Post([self, complete] { self->EndStream(complete); });
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
    link_.Post([this, &bytes, &written] {
      link_.Limit(all_.options_.body_timeout);
      link_.Write(bytes, [this, &written](const Link::Outcome& outcome) {
        link_.Unlimit();
        written.set_value(outcome.done);
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
    link_.AwaitClient([self = shared_from_this()](const Link::Outcome& outcome) {
      self->watching_ = false;
      if (!self->streaming_) return;
      if (!outcome.done) self->stream_stop_.request_stop();
      if (outcome.done && outcome.bytes == 0) self->WatchClient();
    });
  }

  void Close() {
    if (streaming_) stream_stop_.request_stop();
    link_.Close();
  }

  Link link_;
  Sessions& all_;
  boost::beast::flat_buffer buffer_;
  std::optional<beast_http::request_parser<beast_http::string_body>> parser_;
  std::string out_;
  std::stop_source stream_stop_{std::nostopstate};
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

void Sessions::Serve(boost::asio::io_context& context, int descriptor, bool ipv6) {
  Link link(context, descriptor, ipv6, tls_->Current().get());
  std::make_shared<Session>(std::move(link), *this)->Start();
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
