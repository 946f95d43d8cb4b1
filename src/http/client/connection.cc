#include "src/http/client/connection.h"

#include <cpprest/http_client.h>
#include <openssl/err.h>
#include <pplx/threadpool.h>

#include <mutex>
#include <utility>
#include <vector>

#include "src/base/text.h"

namespace labgallery::http {
namespace {

namespace streams = concurrency::streams;
using LibraryResponse = web::http::http_response;

// The library's own timeout is an idle timer that also runs while a reader holds the sender back.
// Ours do the work; 0 would mean "at once", so it is set to more than any exchange lasts.
constexpr std::chrono::hours kLibraryTimeout{24 * 365};

// Where the library puts the body. It writes each chunk at once, and waits for the returned task
// before it reads on: a task that is not finished holds the sender back.
class Sink final : public streams::details::streambuf_state_manager<std::uint8_t> {
 public:
  explicit Sink(std::shared_ptr<Exchange> exchange)
      : streambuf_state_manager(std::ios_base::out), exchange_(std::move(exchange)) {}

  bool can_seek() const override { return false; }
  bool has_size() const override { return false; }
  std::size_t buffer_size(std::ios_base::openmode) const override { return 0; }
  void set_buffer_size(std::size_t, std::ios_base::openmode) override {}
  std::size_t in_avail() const override { return 0; }
  pos_type getpos(std::ios_base::openmode) const override { return kNowhere; }
  pos_type seekpos(pos_type, std::ios_base::openmode) override { return kNowhere; }
  pos_type seekoff(off_type, std::ios_base::seekdir, std::ios_base::openmode) override {
    return kNowhere;
  }
  bool acquire(std::uint8_t*&, std::size_t&) override { return false; }
  void release(std::uint8_t*, std::size_t) override {}

 protected:
  pplx::task<std::size_t> _putn(const std::uint8_t* bytes, std::size_t count) override {
    pplx::task_completion_event<std::size_t> room;
    const std::string_view text(reinterpret_cast<const char*>(bytes), count);
    const auto put = exchange_->Bytes(text, [room, count] { room.set(count); });
    return put == Exchange::Put::kGoOn ? pplx::task_from_result(count) : pplx::create_task(room);
  }
  pplx::task<int_type> _putc(std::uint8_t byte) override {
    return _putn(&byte, 1).then([byte](std::size_t) { return static_cast<int_type>(byte); });
  }
  pplx::task<bool> _sync() override { return pplx::task_from_result(true); }

  // The reading half is never open.
  pplx::task<int_type> _bumpc() override { return Eof(); }
  int_type _sbumpc() override { return traits::eof(); }
  pplx::task<int_type> _getc() override { return Eof(); }
  int_type _sgetc() override { return traits::eof(); }
  pplx::task<int_type> _nextc() override { return Eof(); }
  pplx::task<int_type> _ungetc() override { return Eof(); }
  pplx::task<std::size_t> _getn(std::uint8_t*, std::size_t) override {
    return pplx::task_from_result(std::size_t{0});
  }
  std::size_t _scopy(std::uint8_t*, std::size_t) override { return 0; }
  std::uint8_t* _alloc(std::size_t) override { return nullptr; }
  void _commit(std::size_t) override {}

 private:
  static constexpr std::streamoff kNowhere = -1;
  static pplx::task<int_type> Eof() { return pplx::task_from_result<int_type>(traits::eof()); }

  std::shared_ptr<Exchange> exchange_;
};

// Called in a catch block: the exception at hand as what the library said. `check` knows more where
// a certificate was refused.
LibraryFailure CurrentFailure(const ServerCheck& check) {
  constexpr int kUnknown = -1;
  try {
    throw;
  } catch (const web::http::http_exception& error) {
    const int code = error.error_code().value();
    const char* reason = code > 0xFFFF
                             ? ERR_reason_error_string(static_cast<decltype(ERR_get_error())>(code))
                             : nullptr;
    std::string detail = reason != nullptr ? reason : error.what();
    const std::string problem = check.problem();
    if (reason != nullptr && !problem.empty()) detail += ": " + problem;
    return {code, std::move(detail)};
  } catch (const std::exception& error) {
    return {kUnknown, error.what()};
  } catch (...) {
    return {kUnknown, "unknown failure"};
  }
}

web::web_proxy LibraryProxy(const Proxy& proxy) {
  // Without a port the library would take 8080.
  web::web_proxy translated(
      web::uri("http://" + proxy.url.host + ":" + std::to_string(proxy.url.port)));
  if (!proxy.user.empty()) {
    translated.set_credentials(web::credentials(proxy.user, proxy.password.Reveal()));
  }
  return translated;
}

web::http::client::http_client_config Configuration(const Way& way,
                                                    const std::shared_ptr<ServerCheck>& check) {
  web::http::client::http_client_config config;
  config.set_timeout(kLibraryTimeout);
  // Followed redirects would carry Authorization to whatever host the answer names.
  config.set_max_redirects(0);
  // The check says which name is asked for; the library would send the host of the URL, and
  // addresses too.
  config.set_tlsext_sni_enabled(false);
  config.set_validate_certificates(!way.insecure);
  if (way.proxy) config.set_proxy(LibraryProxy(*way.proxy));
  // The configuration lives as long as any exchange, and the check with it.
  config.set_ssl_context_callback([tls = way.tls, check](boost::asio::ssl::context& context) {
    check->PutInto(context.native_handle());
    if (tls && !tls->PutInto(context.native_handle())) {
      throw std::runtime_error("OpenSSL refuses the client certificate or its key");
    }
  });
  return config;
}

// Fields that the library writes itself.
bool IsFraming(std::string_view name) {
  return EqualsIgnoreCase(name, "Connection") || EqualsIgnoreCase(name, "Content-Length") ||
         EqualsIgnoreCase(name, "Transfer-Encoding");
}

// The library writes header fields as they are.
bool IsSafe(const std::pair<std::string, std::string>& field) {
  constexpr std::string_view kBreaking("\r\n\0", 3);
  return !field.first.empty() && field.first.find_first_of(" \t:\r\n") == std::string::npos &&
         field.second.find_first_of(kBreaking) == std::string::npos;
}

Result<web::http::http_request> Translated(const Request& request, const Url& url) {
  web::http::http_request translated{std::string(Name(request.method))};
  try {
    web::uri_builder target;
    target.set_path(url.path).set_query(url.query);
    translated.set_request_uri(target.to_uri());
  } catch (const std::exception&) {
    return InvalidInput("not a legal path and query for " + url.origin());
  }
  if (!request.body.empty()) {
    translated.set_body(std::vector<std::uint8_t>(request.body.begin(), request.body.end()));
    translated.headers().remove("Content-Type");
  }
  for (const auto& field : request.headers.fields()) {
    if (!IsSafe(field)) return InvalidInput("not a legal header field: " + field.first);
    if (!IsFraming(field.first)) translated.headers().add(field.first, field.second);
  }
  return translated;
}

Exchange::Head HeadOf(const LibraryResponse& response) {
  Exchange::Head head;
  head.status = response.status_code();
  for (const auto& [name, value] : response.headers()) head.headers.Add(name, value);
  return head;
}

// Carries what the library reports to the exchange.
struct Report {
  std::shared_ptr<Exchange> exchange;
  std::shared_ptr<ServerCheck> check;

  void Answer(const pplx::task<LibraryResponse>& answer) const {
    try {
      const LibraryResponse response = answer.get();
      exchange->Began(HeadOf(response));
      response.content_ready().then(
          [report = *this](const pplx::task<LibraryResponse>& complete) { report.End(complete); });
    } catch (...) {
      Failure();
    }
  }

  void End(const pplx::task<LibraryResponse>& complete) const {
    try {
      complete.get();
      exchange->Ended();
    } catch (...) {
      Failure();
    }
  }

  // In a catch block.
  void Failure() const { exchange->Failed(CurrentFailure(*check)); }
};

// Told by the library how many bytes of a body are out: 0 when the head has been written, with and
// without a body. The second 0 is a second sending, and what is thrown ends it before the body. A
// read may be sent again.
class Progress {
 public:
  Progress(std::shared_ptr<Exchange> exchange, bool once)
      : exchange_(std::move(exchange)), once_(once) {}

  void operator()(web::http::message_direction::direction direction, utility::size64_t bytes) {
    if (direction != web::http::message_direction::upload) return;
    if (once_ && begun_ && bytes == 0) throw std::runtime_error("a write is not sent again");
    begun_ = true;
    exchange_->Sent();
  }

 private:
  std::shared_ptr<Exchange> exchange_;
  bool once_;
  bool begun_ = false;
};

// The library closes a cancelled connection on the thread that cancels. A thread of its own that is
// in the middle of a TLS handshake or of a read on that connection goes on with a descriptor that
// is gone, and crashes. So the library has one thread, and cancellations run on it, between two
// steps. Nothing may make it wait for anything; the library itself does where a sink fails.
void HaveOneThread() {
  static std::once_flag done;
  std::call_once(done, [] { crossplat::threadpool::initialize_with_threads(1); });
}

}  // namespace

struct Connection::Library {
  Library(const Url& url, const Way& way)
      : check(std::make_shared<ServerCheck>(way.server_name.empty() ? url.host : way.server_name,
                                            way.insecure)),
        client(web::uri(url.origin()), Configuration(way, check)) {}

  std::shared_ptr<ServerCheck> check;
  web::http::client::http_client client;
};

Connection::Connection(const Url& url, const Way& way) {
  HaveOneThread();
  library_ = std::make_unique<Library>(url, way);
}
Connection::~Connection() = default;

Status Connection::Start(const Request& request, const Url& url,
                         const std::shared_ptr<Exchange>& exchange) {
  LAB_ASSIGN_OR_RETURN(web::http::http_request translated, Translated(request, url));
  pplx::cancellation_token_source cancellation;
  exchange->OnCancel(
      [cancellation] { pplx::create_task([cancellation] { cancellation.cancel(); }); });
  translated.set_progress_handler(Progress(exchange, !IsRead(request.method)));
  const auto sink = std::make_shared<Sink>(exchange);
  translated.set_response_stream(streams::streambuf<std::uint8_t>(sink).create_ostream());
  const Report report{exchange, library_->check};
  try {
    library_->client.request(translated, cancellation.get_token())
        .then([report](const pplx::task<LibraryResponse>& answer) { report.Answer(answer); });
  } catch (...) {
    report.Failure();
  }
  return Ok();
}

}  // namespace labgallery::http
