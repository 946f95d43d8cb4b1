#include "controller/cli/option_groups.h"

#include <CLI/CLI.hpp>

#include "controller/cli/option_values.h"

namespace labgallery::cli {

void AddFlags(CLI::App& command, OperatorFlags& flags) {
  AddDuration(command, "--sync-period", "How often settled objects are looked at (5m)",
              [&flags](Duration d) { flags.sync_period = d; });
  AddDuration(command, "--role-settle",
              "How old a role assignment of ours must be before a swap relies on it (2m)",
              [&flags](Duration d) { flags.role_settle = d; });
  command.add_flag("--require-allowed-scopes", flags.require_allowed_scopes,
                   "Refuse objects whose namespace has no annotation "
                   "labgallery.io/allowed-scopes");
  AddChoice<domain::Deletion>(
      command, "--default-deletion-policy",
      {{"Delete", domain::Deletion::kDelete}, {"Retain", domain::Deletion::kRetain}},
      "Where neither object nor namespace says one",
      [&flags](domain::Deletion value) { flags.default_deletion = value; });
  AddChoice<domain::Adoption>(command, "--default-adoption",
                              {{"IfIdentical", domain::Adoption::kIfIdentical},
                               {"Always", domain::Adoption::kAlways},
                               {"Never", domain::Adoption::kNever}},
                              "Where neither object nor namespace says one",
                              [&flags](domain::Adoption value) { flags.default_adoption = value; });
  command
      .add_option("--lab-services-principal-id", flags.lab_services_principal_id,
                  "Object id of Lab Services' service principal, which gets the role on galleries; "
                  "default: looked up in the endpoint's directory")
      ->type_name("ID");
  command.add_option("--prices", flags.prices_file, "Price table instead of the shipped one")
      ->type_name("FILE");
}

}  // namespace labgallery::cli
