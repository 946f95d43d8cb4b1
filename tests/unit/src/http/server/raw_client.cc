#include "tests/unit/src/http/server/raw_client.h"

#include <utility>  // Boost 1.74 does not include it before it uses std::exchange

#include <array>
#include <boost/asio.hpp>
#include <charconv>

#include "src/base/text.h"

namespace labgallery::http {

using boost::asio::ip::tcp;

struct RawClient::Socket {
  boost::asio::io_context context;
  tcp::socket socket{context};
};

RawClient::RawClient(int port) : socket_(std::make_unique<Socket>()) {
  socket_->socket.connect(
      tcp::endpoint(boost::asio::ip::address_v4::loopback(), static_cast<unsigned short>(port)));
}
RawClient::~RawClient() = default;

bool RawClient::Send(std::string_view bytes) {
  boost::system::error_code error;
  boost::asio::write(socket_->socket, boost::asio::buffer(bytes), error);
  return !error;
}

bool RawClient::ReadMore() {
  std::array<char, 65536> bytes;
  boost::system::error_code error;
  const std::size_t count = socket_->socket.read_some(boost::asio::buffer(bytes), error);
  buffer_.append(bytes.data(), count);
  return !error;
}

std::string RawClient::ReadUntil(std::string_view end) {
  std::size_t at = std::string::npos;
  while ((at = buffer_.find(end)) == std::string::npos) {
    if (!ReadMore()) return std::exchange(buffer_, {});
  }
  std::string read = buffer_.substr(0, at + end.size());
  buffer_.erase(0, read.size());
  return read;
}

std::string RawClient::ReadAnswer() {
  std::string answer = ReadUntil("\r\n\r\n");
  constexpr std::string_view kName = "\r\ncontent-length:";
  const std::string lower = Lower(answer);
  const auto at = lower.find(kName);
  if (at == std::string::npos) return answer;
  const std::string_view value = Trim(std::string_view(lower).substr(at + kName.size()));
  std::size_t length = 0;
  std::from_chars(value.data(), value.data() + value.size(), length);
  while (buffer_.size() < length && ReadMore()) {
  }
  answer += buffer_.substr(0, length);
  buffer_.erase(0, length);
  return answer;
}

std::string RawClient::ReadToEnd() {
  while (ReadMore()) {
  }
  return std::exchange(buffer_, {});
}

bool RawClient::IsQuiet() { return buffer_.empty() && socket_->socket.available() == 0; }

void RawClient::Close() {
  boost::system::error_code ignored;
  socket_->socket.close(ignored);
}

}  // namespace labgallery::http
