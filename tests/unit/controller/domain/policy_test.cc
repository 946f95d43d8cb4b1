#include "controller/domain/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/names.h"
#include "controller/domain/observation.h"

namespace labgallery::domain {
namespace {

using testing::HasSubstr;
using enum Source;

NamespaceView Annotated(std::string_view key, std::string value) {
  return {.annotations = {{std::string(key), std::move(value)}}, .terminating = false};
}

struct DeletionRow {
  const char* name;
  std::optional<Deletion> own;
  const char* name_space = nullptr;
  std::optional<Deletion> flag;
  bool retain_unless_own = false;
  Effective<Deletion> expected;
};

class DeletionPolicy : public testing::TestWithParam<DeletionRow> {};

TEST_P(DeletionPolicy, Is) {
  const DeletionRow& row = GetParam();
  const NamespaceView name_space =
      row.name_space == nullptr ? NamespaceView{}
                                : Annotated(annotation::kDefaultDeletionPolicy, row.name_space);
  OperatorSettings settings;
  settings.default_deletion = row.flag;
  OwnPolicy own;
  own.deletion = row.own;
  EXPECT_EQ(EffectiveDeletion(own, name_space, settings, row.retain_unless_own), row.expected);
}

constexpr auto kDelete = Deletion::kDelete;
constexpr auto kRetain = Deletion::kRetain;

INSTANTIATE_TEST_SUITE_P(
    All, DeletionPolicy,
    testing::Values(
        DeletionRow{"DeleteForWhatWeMade", {}, nullptr, {}, false, {kDelete, kBuiltIn}},
        DeletionRow{"RetainForWhatWeAdopted", {}, nullptr, {}, true, {kRetain, kBuiltIn}},
        DeletionRow{"TheObjectsOwn", kRetain, "Delete", kDelete, false, {kRetain, kObject}},
        DeletionRow{"TheNamespaces", {}, "Retain", kDelete, false, {kRetain, kNamespace}},
        DeletionRow{"TheOperators", {}, nullptr, kRetain, false, {kRetain, kOperator}},
        DeletionRow{"TheOperatorsWhereTheNamespacesIsUnreadable",
                    {},
                    "Maybe",
                    kRetain,
                    false,
                    {kRetain, kOperator}},
        DeletionRow{"DeleteOfAnAdoptedOneByItsOwnFieldAlone",
                    kDelete,
                    nullptr,
                    {},
                    true,
                    {kDelete, kObject}},
        DeletionRow{
            "NotDeleteOfAnAdoptedOneByTheNamespace", {}, "Delete", {}, true, {kRetain, kBuiltIn}},
        DeletionRow{"NotDeleteOfAnAdoptedOneByTheOperator",
                    {},
                    nullptr,
                    kDelete,
                    true,
                    {kRetain, kBuiltIn}},
        DeletionRow{
            "RetainOfAnAdoptedOneByTheNamespace", {}, "Retain", {}, true, {kRetain, kNamespace}}),
    [](const auto& test) { return test.param.name; });

struct AdoptionRow {
  const char* name;
  std::optional<Adoption> own;
  const char* name_space = nullptr;
  std::optional<Adoption> flag;
  Effective<Adoption> expected;
};

class AdoptionPolicy : public testing::TestWithParam<AdoptionRow> {};

TEST_P(AdoptionPolicy, Is) {
  const AdoptionRow& row = GetParam();
  const NamespaceView name_space = row.name_space == nullptr
                                       ? NamespaceView{}
                                       : Annotated(annotation::kDefaultAdoption, row.name_space);
  OperatorSettings settings;
  settings.default_adoption = row.flag;
  OwnPolicy own;
  own.adoption = row.own;
  EXPECT_EQ(EffectiveAdoption(own, name_space, settings), row.expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, AdoptionPolicy,
    testing::Values(
        AdoptionRow{"IfIdenticalByItself", {}, nullptr, {}, {Adoption::kIfIdentical, kBuiltIn}},
        AdoptionRow{"TheOperators", {}, nullptr, Adoption::kNever, {Adoption::kNever, kOperator}},
        AdoptionRow{
            "TheNamespaces", {}, "Always", Adoption::kNever, {Adoption::kAlways, kNamespace}},
        AdoptionRow{"TheObjectsOwn", Adoption::kNever, "Always", {}, {Adoption::kNever, kObject}}),
    [](const auto& test) { return test.param.name; });

struct ScopeRow {
  const char* name;
  const char* allowed;  // null: no annotation
  std::vector<std::string> ids;
  bool required = false;
  std::string problem;  // part of it; empty: none
};

class Scopes : public testing::TestWithParam<ScopeRow> {};

TEST_P(Scopes, Allow) {
  const ScopeRow& row = GetParam();
  const NamespaceView name_space =
      row.allowed == nullptr ? NamespaceView{} : Annotated(annotation::kAllowedScopes, row.allowed);
  OperatorSettings settings;
  settings.require_allowed_scopes = row.required;
  const auto problem = ScopeProblem(row.ids, name_space, settings);
  ASSERT_EQ(problem.has_value(), !row.problem.empty());
  EXPECT_THAT(problem.value_or(""), HasSubstr(row.problem));
}

const char* const kInLabs = "/subscriptions/S1/resourceGroups/Labs/providers/P/t/n";

INSTANTIATE_TEST_SUITE_P(
    All, Scopes,
    testing::Values(ScopeRow{"EverythingWithoutTheAnnotation", nullptr, {kInLabs}},
                    ScopeRow{"NothingWithoutTheAnnotationWhereItIsRequired",
                             nullptr,
                             {kInLabs},
                             true,
                             "the operator requires one"},
                    ScopeRow{"AWholeSubscription", "s1", {kInLabs}},
                    ScopeRow{"OneResourceGroupInAnyCase", "s2, s1/labs", {kInLabs}},
                    ScopeRow{"NoOtherResourceGroup", "s1/lab", {kInLabs}, false, kInLabs},
                    ScopeRow{"NoOtherSubscription", "s2/labs", {kInLabs}, false, kInLabs},
                    ScopeRow{"NothingThatOnlyBeginsAlike", "s", {kInLabs}, false, kInLabs},
                    ScopeRow{"NothingWhereTheListIsEmpty", "", {kInLabs}, false, kInLabs},
                    ScopeRow{"AllIdsOrNone",
                             "s1",
                             {kInLabs, "/subscriptions/s2/resourceGroups/labs"},
                             false,
                             "/subscriptions/s2/resourceGroups/labs lies outside"}),
    [](const auto& test) { return test.param.name; });

TEST(ReadOwnPolicy, TakesWhatTheSpecSays) {
  json::Value spec;
  EXPECT_EQ(ReadOwnPolicy(spec), OwnPolicy{});
  spec.Set("managementPolicy", "Observe");
  spec.Set("deletionPolicy", "Delete");
  spec.Set("adoption", "Always");
  EXPECT_EQ(ReadOwnPolicy(spec), (OwnPolicy{.management = Management::kObserve,
                                            .deletion = Deletion::kDelete,
                                            .adoption = Adoption::kAlways}));
}

TEST(Policies, ReadBackWhatTheyAreCalled) {
  for (const Deletion deletion : {kDelete, kRetain})
    EXPECT_EQ(ParseDeletion(Name(deletion)), deletion);
  for (const Adoption adoption : {Adoption::kIfIdentical, Adoption::kAlways, Adoption::kNever})
    EXPECT_EQ(ParseAdoption(Name(adoption)), adoption);
  EXPECT_EQ(ParseDeletion("delete"), std::nullopt);
  EXPECT_EQ(ParseAdoption(""), std::nullopt);
}

}  // namespace
}  // namespace labgallery::domain
