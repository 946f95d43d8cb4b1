// Owning what a library written in C hands out.
#pragma once

namespace labgallery {

/// For std::unique_ptr: gives the thing back by the library's own function.
///   using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
template <auto Free>
struct Freeing {
  template <typename T>
  void operator()(T* thing) const {
    Free(thing);
  }
};

}  // namespace labgallery
