#include "controller/cli/kube_access.h"

namespace labgallery::cli {

kube::ClientOptions ClientOptionsFor(const KubeAccess& access) {
  kube::ClientOptions options;
  options.origin = access.origin;
  if (access.credentials == nullptr) return options;
  options.decorate = [credentials = access.credentials](http::Request& request,
                                                        const std::stop_token& stop) {
    return credentials->Decorate(request, stop);
  };
  options.rejected = [credentials = access.credentials](const http::Request& request) {
    return credentials->Rejected(request);
  };
  return options;
}

kube::ClientOptions LimitedClientOptionsFor(const KubeAccess& access) {
  kube::ClientOptions options = ClientOptionsFor(access);
  if (access.limit == nullptr) return options;
  options.await_turn = [limit = access.limit](const std::stop_token& stop) {
    return limit->Await(stop);
  };
  return options;
}

}  // namespace labgallery::cli
