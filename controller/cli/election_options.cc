#include "controller/cli/option_groups.h"

#include <CLI/CLI.hpp>

#include "controller/cli/option_values.h"
#include "src/kube/model/label_selector.h"

namespace labgallery::cli {
namespace {

void AddShard(CLI::App& command, ElectionFlags& election, CLI::Option& name_space) {
  auto* shard = command
                    .add_option("--shard", election.shard,
                                "Name of this part of the work, with a Lease of its own: "
                                "ID-NAME; default: there is one part")
                    ->type_name("NAME");
  auto* selector =
      command
          .add_option("--namespace-selector", election.namespace_selector,
                      "Labels of the namespaces whose objects this shard works on, as in kubectl "
                      "get namespaces -l")
          ->check([](const std::string& text) {
            const auto parsed = kube::ParseLabelSelector(text);
            return parsed ? std::string() : parsed.error().message;
          })
          ->type_name("SELECTOR");
  MustBeName(*shard, NameForm::kLabel);
  shard->needs(selector);
  selector->needs(shard);
  // Shards share the work on several namespaces.
  shard->excludes(&name_space);
}

}  // namespace

void AddElection(CLI::App& command, ElectionFlags& election, CLI::Option& only_namespace) {
  command
      .add_flag_function(
          "--leader-elect", [&election](std::int64_t given) { election.elect = given > 0; },
          "Work only while holding the Lease, so that of several controllers one works; default: "
          "true, but false with --kube-endpoint; --leader-elect=false turns it off")
      ->type_name("");
  auto* name_space =
      command
          .add_option("--leader-election-namespace", election.name_space,
                      "Namespace of the Lease; default: the pod's or the context's, else 'default'")
          ->type_name("NAME");
  MustBeName(*name_space, NameForm::kLabel);
  auto* id = command.add_option("--leader-election-id", election.id, "Name of the Lease")
                 ->capture_default_str()
                 ->type_name("NAME");
  MustBeName(*id, NameForm::kSubdomain);
  AddShard(command, election, only_namespace);
}

}  // namespace labgallery::cli
