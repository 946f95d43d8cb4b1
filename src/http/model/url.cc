#include "src/http/model/url.h"

#include <algorithm>
#include <charconv>

#include "src/base/text.h"

namespace labgallery::http {
namespace {

int DefaultPort(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string EscapeExcept(std::string_view text, std::string_view kept) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    if (IsUnreserved(c) || kept.find(c) != std::string_view::npos) {
      escaped += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      escaped += '%';
      escaped += kDigits[byte >> 4U];
      escaped += kDigits[byte & 0xFU];
    }
  }
  return escaped;
}

bool SplitAuthority(std::string_view authority, Url& url) {
  if (authority.find('@') != std::string_view::npos) return false;
  std::string_view port;
  if (!authority.empty() && authority.front() == '[') {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return false;
    url.host = Lower(authority.substr(1, end - 1));
    authority.remove_prefix(end + 1);
    if (!authority.empty() && authority.front() != ':') return false;
    if (!authority.empty()) port = authority.substr(1);
  } else {
    const auto colon = authority.find(':');
    url.host = Lower(authority.substr(0, colon));
    if (colon != std::string_view::npos) port = authority.substr(colon + 1);
  }
  url.port = DefaultPort(url.scheme);
  if (!port.empty()) {
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc() || end != port.data() + port.size()) return false;
  }
  return !url.host.empty() && url.port > 0 && url.port < 65536;
}

std::string UnescapeInQuery(std::string_view text) {
  std::string blanks(text);
  std::replace(blanks.begin(), blanks.end(), '+', ' ');
  return Unescape(blanks);
}

std::vector<std::pair<std::string_view, std::string_view>> WrittenPairs(std::string_view query) {
  std::vector<std::pair<std::string_view, std::string_view>> pairs;
  while (!query.empty()) {
    const std::string_view piece = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(piece.size() + 1, query.size()));
    const std::size_t equals = piece.find('=');
    const std::size_t begin = equals == std::string_view::npos ? piece.size() : equals + 1;
    if (!piece.empty()) pairs.emplace_back(piece.substr(0, equals), piece.substr(begin));
  }
  return pairs;
}

}  // namespace

std::string Url::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == DefaultPort(scheme) ? name : name + ":" + std::to_string(port);
}

std::string Url::target() const { return query.empty() ? path : path + "?" + query; }

std::string Url::origin() const { return scheme + "://" + authority(); }

std::optional<Url> ParseUrl(std::string_view text) {
  Url url;
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  url.scheme = Lower(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") return std::nullopt;
  text.remove_prefix(colon + 3);
  text = text.substr(0, text.find('#'));
  const auto end = text.find_first_of("/?");
  if (!SplitAuthority(text.substr(0, end), url)) return std::nullopt;
  const auto [path, query] =
      SplitTarget(end == std::string_view::npos ? std::string_view() : text.substr(end));
  url.path = path.empty() ? "/" : std::string(path);
  url.query = std::string(query);
  return url;
}

bool IsLoopback(const Url& url) {
  if (url.host == "localhost" || url.host == "::1") return true;
  // An address, not a name: anybody can register "127.example.com".
  return url.host.starts_with("127.") &&
         url.host.find_first_not_of("0123456789.") == std::string::npos;
}

std::string Escape(std::string_view text) { return EscapeExcept(text, ""); }
std::string EscapePath(std::string_view text) { return EscapeExcept(text, "/"); }

std::string Unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto [end, error] = std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
      if (error == std::errc() && end == text.data() + i + 3) {
        plain += static_cast<char>(byte);
        i += 2;
        continue;
      }
    }
    plain += text[i];
  }
  return plain;
}

std::vector<std::pair<std::string, std::string>> ParseQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [key, value] : WrittenPairs(query))
    pairs.emplace_back(UnescapeInQuery(key), UnescapeInQuery(value));
  return pairs;
}

std::optional<std::string> QueryValue(std::string_view query, std::string_view name) {
  for (const auto& [key, value] : WrittenPairs(query)) {
    if (EqualsIgnoreCase(UnescapeInQuery(key), name)) return UnescapeInQuery(value);
  }
  return std::nullopt;
}

std::string BuildQuery(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<std::string> pieces;
  for (const auto& [key, value] : pairs) {
    // '$' is legal in a query, and ARM's own parameters start with it: kept readable.
    pieces.push_back(EscapeExcept(key, "$") + "=" + Escape(value));
  }
  return Join(pieces, "&");
}

std::pair<std::string_view, std::string_view> SplitTarget(std::string_view target) {
  const auto question = target.find('?');
  if (question == std::string_view::npos) return {target, {}};
  return {target.substr(0, question), target.substr(question + 1)};
}

}  // namespace labgallery::http
