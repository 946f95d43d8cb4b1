#include "controller/cli/option_groups.h"

#include <CLI/CLI.hpp>

#include "controller/cli/option_values.h"
#include "src/base/text.h"

namespace labgallery::cli {
namespace {

void TakeCurrency(OperatorFlags& flags, const std::string& code) {
  flags.currency.clear();
  for (const char letter : Lower(code)) {
    if (letter >= 'a' && letter <= 'z') flags.currency += static_cast<char>(letter - 'a' + 'A');
  }
  if (code.size() == 3 && flags.currency.size() == 3) return;
  throw CLI::ValidationError("--currency", "'" + code + "' is not three letters");
}

}  // namespace

void AddFlags(CLI::App& command, OperatorFlags& flags) {
  AddDuration(command, "--sync-period", "How often settled objects are looked at (5m)",
              [&flags](Duration d) {
                if (d < std::chrono::seconds(1))
                  throw CLI::ValidationError("--sync-period", "must be at least 1s");
                flags.sync_period = d;
              });
  AddDuration(command, "--role-settle",
              "How old a role assignment of ours must be before a swap relies on it (2m)",
              [&flags](Duration d) { flags.role_settle = d; });
  command.add_flag("--require-allowed-scopes", flags.require_allowed_scopes,
                   "Refuse objects whose namespace has no annotation "
                   "labgallery.io/allowed-scopes");
  AddChoice<domain::Deletion>(
      command, "--default-deletion-policy",
      {{"Delete", domain::Deletion::kDelete}, {"Retain", domain::Deletion::kRetain}},
      "Where neither object nor namespace says one; default: by kind and origin",
      [&flags](domain::Deletion value) { flags.default_deletion = value; });
  AddChoice<domain::Adoption>(command, "--default-adoption",
                              {{"IfIdentical", domain::Adoption::kIfIdentical},
                               {"Always", domain::Adoption::kAlways},
                               {"Never", domain::Adoption::kNever}},
                              "Where neither object nor namespace says one (IfIdentical)",
                              [&flags](domain::Adoption value) { flags.default_adoption = value; });
  command
      .add_option(
          "--lab-services-principal-id", flags.lab_services_principal_id,
          "Object id of Lab Services' service principal for lab accounts, which gets the role on "
          "galleries; "
          "default: looked up in the endpoint's directory")
      ->type_name("ID");
  command
      .add_option("--lab-plans-principal-id", flags.lab_plans_principal_id,
                  "The same for lab plans, whose Lab Services is another identity; default: looked "
                  "up in the endpoint's directory")
      ->type_name("ID");
  command.add_flag("--register-providers", flags.register_providers,
                   "Register resource providers where a subscription lacks them; default: only say "
                   "so");
  command
      .add_option_function<std::string>(
          "--currency", [&flags](const std::string& code) { TakeCurrency(flags, code); },
          "Currency of the costs, where Azure's price list can be read; default: USD")
      ->type_name("CODE");
  command.add_option("--prices", flags.prices_file, "Price table instead of the shipped one")
      ->type_name("FILE");
}

}  // namespace labgallery::cli
