// Certificates made for one test: an authority, and what it issues.
#pragma once

#include <memory>
#include <string>

namespace labgallery::http {

struct Pem {
  std::string certificate;
  std::string key;
};

/// Valid from an hour ago on.
struct Wish {
  std::string common_name = "labgallery test";
  std::string names{};  // "DNS:localhost,IP:127.0.0.1"; empty: none
  int valid_seconds = 3600;
};

class Authority {
 public:
  explicit Authority(const std::string& name = "labgallery test authority");
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  Pem Issue(const Wish& wish) const;
  std::string certificate() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// A certificate that is its own authority, for `names`.
Pem SelfSigned(const std::string& names);

}  // namespace labgallery::http
