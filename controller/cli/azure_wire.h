// What requests to Azure pass through: nothing, a recording that is being made (--record), or one
// that answers instead of Azure (--replay).
#pragma once

#include <fstream>
#include <memory>
#include <optional>

#include "controller/cli/command_options.h"
#include "src/azure/client/recording.h"
#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/http/model/transport.h"

namespace labgallery::cli {

class AzureWire {
 public:
  /// Makes the directory of a new recording if need be, and in it a file that only its owner may
  /// read; reads all *.jsonl of one that is to be replayed. kInvalidInput if that fails. `inner`
  /// outlives the wire.
  static Result<std::unique_ptr<AzureWire>> Open(const WireOptions& options,
                                                 http::HttpTransport& inner, Clock& clock);

  http::HttpTransport& transport();

 private:
  explicit AzureWire(http::HttpTransport& inner) : inner_(inner) {}
  Status BeginRecording(const WireOptions& options, Clock& clock);

  http::HttpTransport& inner_;
  std::ofstream file_;
  std::optional<azure::RecordingTransport> recording_;
  std::optional<azure::ReplayTransport> replay_;
};

}  // namespace labgallery::cli
