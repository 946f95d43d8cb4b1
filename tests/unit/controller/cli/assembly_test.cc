#include "controller/cli/assembly.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/lab_account/service.h"
#include "tests/unit/controller/cli/manifest_files_for_tests.h"

namespace labgallery::cli {
namespace {

TEST(OperatorOptions, AreAsTheFlagsSay) {
  OperatorFlags flags;
  flags.sync_period = std::chrono::minutes(7);
  flags.role_settle = std::chrono::minutes(3);
  flags.require_allowed_scopes = true;
  flags.register_providers = true;
  flags.default_deletion = domain::Deletion::kRetain;
  flags.default_adoption = domain::Adoption::kNever;
  flags.lab_services_principal_id = "an-id";
  flags.lab_plans_principal_id = "another-id";
  const auto options = OperatorOptionsFrom(flags, "here");
  ASSERT_TRUE(options);
  EXPECT_EQ(options->settings.installation, "here");
  EXPECT_EQ(options->settings.sync_period, std::chrono::minutes(7));
  EXPECT_EQ(options->shared.bulk_period, std::chrono::minutes(7));
  EXPECT_EQ(options->settings.role_settle, std::chrono::minutes(3));
  EXPECT_TRUE(options->settings.require_allowed_scopes);
  EXPECT_TRUE(options->settings.register_providers);
  EXPECT_EQ(options->settings.default_deletion, domain::Deletion::kRetain);
  EXPECT_EQ(options->settings.default_adoption, domain::Adoption::kNever);
  EXPECT_THAT(
      options->shared.principal_ids,
      testing::UnorderedElementsAre(
          testing::Pair(std::string(domain::lab_account::kLabAccounts.application), "an-id"),
          testing::Pair(std::string(domain::lab_account::kLabPlans.application), "another-id")));
  EXPECT_FALSE(options->prices);
}

TEST(OperatorOptions, LookThePrincipalUpUnlessItIsGiven) {
  EXPECT_THAT(OperatorOptionsFrom({}, "here")->shared.principal_ids, testing::IsEmpty());
}

TEST(OperatorOptions, TakePricesFromAFile) {
  const Folder folder;
  OperatorFlags flags;
  flags.prices_file = folder.Write("prices.json", std::string(domain::ShippedPriceTableText()));
  const auto options = OperatorOptionsFrom(flags, "here");
  ASSERT_TRUE(options) << options.error().ToString();
  EXPECT_TRUE(options->prices);
}

TEST(OperatorOptions, NameThePriceFileThatCannotBeRead) {
  const Folder folder;
  OperatorFlags flags;
  for (const std::string& file : {folder.path() + "/missing.json", folder.Write("broken.json", "{"),
                                  folder.Write("no.json", "{}")}) {
    flags.prices_file = file;
    const auto options = OperatorOptionsFrom(flags, "here");
    ASSERT_FALSE(options);
    EXPECT_EQ(options.error().kind, ErrorKind::kInvalidInput) << options.error().ToString();
    EXPECT_THAT(options.error().ToString(), testing::HasSubstr(file));
  }
}

}  // namespace
}  // namespace labgallery::cli
