#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/domain/arm.h"
#include "controller/domain/names.h"
#include "controller/domain/rules.h"
#include "controller/domain/shared_image_gallery/parts.h"
#include "src/base/time_text.h"
#include "tests/unit/controller/domain/observations.h"

namespace labgallery::domain::shared_image_gallery {
namespace {

using enum Reason;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr auto kTrue = kube::ConditionStatus::kTrue;
constexpr auto kFalse = kube::ConditionStatus::kFalse;
const std::string kPrincipal = "99999999-0000-0000-0000-000000000001";

WantedRole Wanted() {
  return {azure::ResourceId::Parse(kTeaching).value(), kPrincipal, std::string(kContributorRole)};
}

Decision Decide(const GalleryObservation& seen) { return NextStep(Assess(seen).situation); }

AccountObject Account(bool wants_us, bool attached = false) {
  AccountObject account;
  account.key = {"labs", "cs"};
  account.account_id = kAccount;
  account.wants_us = wants_us;
  account.attached = attached;
  return account;
}

/// A gallery that an account wants to attach, with what Azure shows of the role.
GalleryObservation Wished(RoleSight role, std::string_view spec = "{}",
                          Tagged tagged = Tagged::kCreated) {
  GalleryObservation seen = AGallery(spec, tagged);
  seen.accounts = {Account(true)};
  seen.roles = {{&lab_account::kLabAccounts, kPrincipal, "", role}};
  return seen;
}

const RoleSight kMissing{};
const RoleSight kOurs{true, true, kNoon};
const RoleSight kTheirs{true, false, {}};

TEST(TheRole, IsGrantedUnderItsOwnName) {
  const Decision decision = Decide(Wished(kMissing));
  EXPECT_EQ(decision.plan.writes,
            (std::vector<ArmWrite>{{"role assignment", Verb::kPut, AssignmentId(Wanted()),
                                    "2022-04-01", AssignmentBody(Wanted())}}));
}

struct RoleRow {
  const char* name;
  GalleryObservation seen;
  Lines writes;
};

class RoleWrites : public testing::TestWithParam<RoleRow> {};

TEST_P(RoleWrites, Are) {
  EXPECT_EQ(LinesOf(Decide(GetParam().seen).plan.writes), GetParam().writes);
}

GalleryObservation Over(RoleSight role, std::optional<std::vector<AccountInAzure>> azure) {
  GalleryObservation seen = Wished(role);
  seen.accounts.clear();
  seen.azure_accounts = std::move(azure);
  seen.status = With(seen.status, R"({"attachedTo": [{"resourceId": "/CS"}]})");
  return seen;
}

template <typename Change>
GalleryObservation Changed(GalleryObservation seen, Change&& change) {
  change(seen);
  return seen;
}

const std::string kPut = "PUT roleAssignments/" + AssignmentName(Wanted());
const std::string kRemove = "DELETE roleAssignments/" + AssignmentName(Wanted());

INSTANTIATE_TEST_SUITE_P(
    All, RoleWrites,
    testing::Values(
        RoleRow{"NoneWhereItIsThere", Wished(kOurs), {}},
        RoleRow{"NoneWhereOthersGaveIt", Wished(kTheirs), {}},
        RoleRow{"NoneWhereNoAccountWantsTheGallery",
                Changed(Wished(kMissing), [](auto& seen) { seen.accounts = {Account(false)}; }),
                {}},
        RoleRow{"NoneWithExternal", Wished(kMissing, R"({"access": {"mode": "External"}})"), {}},
        RoleRow{"NoneForAnAdoptedGallery", Wished(kMissing, "{}", Tagged::kAdopted), {}},
        RoleRow{"OneForAnAdoptedGalleryWithGrant",
                Wished(kMissing, R"({"access": {"mode": "Grant"}})", Tagged::kAdopted),
                {kPut}},
        RoleRow{"NoneWhereItWasNotRead",
                Changed(Wished(kMissing), [](auto& seen) { seen.roles[0].role.reset(); }),
                {}},
        RoleRow{"ItsRemovalOnceNobodyAttachesTheGallery",
                Over(kOurs, {{{"/cs", false, false}}}),
                {kRemove}},
        RoleRow{"NotItsRemovalWhileAzureShowsAnAccount",
                Over(kOurs, {{{"/cs", false, false}, {"/other", true, false}}}),
                {}},
        RoleRow{"NotItsRemovalWhileAnAccountWasNotLookedAt", Over(kOurs, {{}}), {}},
        RoleRow{"NotItsRemovalWhileNoAccountWasLookedAt", Over(kOurs, {}), {}},
        RoleRow{"NotTheRemovalOfWhatOthersGave", Over(kTheirs, {{{"/cs", false, false}}}), {}},
        RoleRow{"NotItsRemovalWhileAnObjectSaysAttached",
                Changed(Over(kOurs, {{{"/cs", false, false}}}),
                        [](auto& seen) { seen.accounts = {Account(false, true)}; }),
                {}}),
    [](const auto& test) { return test.param.name; });

TEST(TheRole, IsAwaitedWhileLabServicesIsNotKnown) {
  GalleryObservation seen = Wished(kMissing);
  seen.roles[0].principal_id.reset();
  seen.roles[0].principal_problem = "the tenant does not know Lab Services";
  seen.roles[0].role.reset();
  const Decision decision = Decide(seen);
  EXPECT_EQ(decision.rule, "MissingNeed");
  EXPECT_EQ(*decision.plan.verdict,
            (Verdict{kFalse, kWaitingForProvider, "the tenant does not know Lab Services"}));
}

TEST(TheRole, DoesNotMatterWhileTheGalleryIsNotThere) {
  GalleryObservation seen = Wished(kMissing);
  seen.gallery = AbsentInAzure();
  seen.roles[0].principal_id.reset();
  seen.roles[0].role.reset();
  EXPECT_EQ(Assess(seen).situation.parts.at(1).need, std::nullopt);
}

TEST(TheRole, LeavesTheGalleryReadyUnlessItFails) {
  GalleryObservation seen = Wished(kMissing);
  SayTrue(seen, condition::kReady);
  EXPECT_EQ(Decide(seen).plan.verdict->ready, kTrue);
  Fail(seen, lab_account::kLabAccounts.role_part);
  EXPECT_EQ(*Decide(seen).plan.verdict, (Verdict{kFalse, kPolicyDenied, "it failed"}));
}

TEST(TheCondition, SaysWhetherTheRoleIsThere) {
  EXPECT_EQ(ConditionOf(Assess(Wished(kTheirs)).report, condition::kRoleAssigned).status, kTrue);
  EXPECT_EQ(ConditionOf(Assess(AGallery()).report, condition::kRoleAssigned).type, "")
      << "nobody asks for it";
}

TEST(TheCondition, NamesWhatIsMissingWhereOthersHaveToGrant) {
  const kube::Condition condition =
      ConditionOf(Assess(Wished(kMissing, R"({"access": {"mode": "External"}})")).report,
                  condition::kRoleAssigned);
  EXPECT_EQ(condition.status, kFalse);
  EXPECT_THAT(condition.message, AllOf(HasSubstr(std::string(kContributorRole)),
                                       HasSubstr(kPrincipal), HasSubstr(kTeaching)));
  EXPECT_THAT(ConditionOf(Assess(Wished(kMissing)).report, condition::kRoleAssigned).message,
              Not(HasSubstr("External")));
}

TEST(TheStatus, NamesOurAssignment) {
  EXPECT_EQ(*Assess(Wished(kOurs)).report.details.Find("roleAssignments"),
            J(R"([{"name": ")" + AssignmentName(Wanted()) + R"(", "principalId": ")" + kPrincipal +
              R"(", "service": "LabAccount", "createdTime": ")" + Rfc3339(kNoon) + R"("}])"));
  EXPECT_EQ(Assess(Wished(kTheirs)).report.details.Find("roleAssignments"), nullptr);
}

// ---- two generations of Lab Services

WantedRole WantedByPlans() {
  return {azure::ResourceId::Parse(kTeaching).value(), "88888888-0000-0000-0000-000000000001",
          std::string(kOwnerRole)};
}

AccountObject Plan() {
  AccountObject plan = Account(true);
  plan.service = &lab_account::kLabPlans;
  plan.account_id = kScope + "/providers/Microsoft.LabServices/labPlans/cs";
  return plan;
}

GalleryObservation WishedByBoth(RoleSight of_accounts, RoleSight of_plans) {
  GalleryObservation seen = Wished(of_accounts);
  seen.accounts.push_back(Plan());
  seen.roles.push_back({&lab_account::kLabPlans, WantedByPlans().principal_id, "", of_plans});
  return seen;
}

TEST(TheRole, IsOwnerForTheIdentityOfLabPlans) {
  EXPECT_EQ(Decide(WishedByBoth(kOurs, kMissing)).plan.writes,
            (std::vector<ArmWrite>{{"role assignment for lab plans", Verb::kPut,
                                    AssignmentId(WantedByPlans()), "2022-04-01",
                                    AssignmentBody(WantedByPlans())}}));
}

TEST(TheRole, OfEachGenerationIsItsOwn) {
  EXPECT_EQ(LinesOf(Decide(WishedByBoth(kMissing, kMissing)).plan.writes), Lines{kPut});
  EXPECT_EQ(Decide(WishedByBoth(kOurs, kOurs)).rule, "Done");
  GalleryObservation seen = WishedByBoth(kOurs, kOurs);
  seen.accounts = {Plan()};
  seen.azure_accounts = {{seen.accounts[0].account_id, true, false, &lab_account::kLabPlans}};
  EXPECT_EQ(LinesOf(Decide(seen).plan.writes), Lines{kRemove}) << "no lab account is left";
}

TEST(TheCondition, NeedsTheRoleOfEachGeneration) {
  const kube::Condition condition =
      ConditionOf(Assess(WishedByBoth(kOurs, kMissing)).report, condition::kRoleAssigned);
  EXPECT_EQ(condition.status, kFalse);
  EXPECT_THAT(condition.message, HasSubstr("no Owner role"));
}

// ---- deleting

GalleryObservation Deleting(std::string_view spec = "{}", Tagged tagged = Tagged::kCreated) {
  GalleryObservation seen = AGallery(spec, tagged);
  seen.definitions.emplace();
  seen.azure_accounts.emplace();
  Delete(seen);
  return seen;
}

json::Value Definition(const char* name, const char* released = nullptr) {
  json::Value body;
  body.Set("name", name);
  body.Set("id", kTeaching + "/images/" + name);
  if (released != nullptr) body.Set("tags", {}).Set("labgallery-released", released);
  return body;
}

struct DeletionRow {
  const char* name;
  GalleryObservation seen;
  const char* rule;
  std::vector<Blocker> blockers = {};
};

class ADeletion : public testing::TestWithParam<DeletionRow> {};

TEST_P(ADeletion, Is) {
  const Assessment assessment = Assess(GetParam().seen);
  EXPECT_EQ(NextStep(assessment.situation).rule, GetParam().rule);
  EXPECT_EQ(assessment.situation.blockers, GetParam().blockers);
}

AccountObject Leaving(bool keeps) {
  AccountObject account = Account(false, true);
  account.keeps_attachment = keeps;
  return account;
}

const Blocker kAttachment{"Attachment", kAccount, kAccount};

INSTANTIATE_TEST_SUITE_P(
    All, ADeletion,
    testing::Values(
        DeletionRow{"DoneWhereNothingIsInTheWay", Deleting(), "DeletePart"},
        DeletionRow{"BlockedByImageObjects",
                    Changed(Deleting(),
                            [](auto& seen) {
                              seen.images.emplace_back();
                              seen.images[0].key = {"labs", "ubuntu"};
                              seen.definitions = {Definition("ubuntu")};
                            }),
                    "DeletionBlocked",
                    {{"Image", "labs/ubuntu", ""}}},
        DeletionRow{"PatientWithImageObjectsThatMayBeDeletedWithIt",
                    Changed(Deleting(),
                            [](auto& seen) {
                              seen.meta.deletion_time = seen.now - std::chrono::seconds(9);
                              seen.images.emplace_back();
                              seen.images[0].key = {"labs", "ubuntu"};
                            }),
                    "DeletionBlocked",
                    {{"Image", "labs/ubuntu", "", true}}},
        DeletionRow{
            "BlockedByForeignDefinitions",
            Changed(Deleting(), [](auto& seen) { seen.definitions = {Definition("theirs")}; }),
            "DeletionBlocked",
            {{"ImageDefinition", "theirs", kTeaching + "/images/theirs"}}},
        DeletionRow{"BlockedByWhatAnotherInstallationReleased",
                    Changed(Deleting(),
                            [](auto& seen) {
                              seen.definitions = {Definition("theirs", "inst2/labs/theirs")};
                            }),
                    "DeletionBlocked",
                    {{"ImageDefinition", "theirs", kTeaching + "/images/theirs"}}},
        DeletionRow{
            "ALettingGoWhereWeRetainedAChild",
            Changed(Deleting(),
                    [](auto& seen) { seen.definitions = {Definition("kept", "inst/labs/kept")}; }),
            "LetGo"},
        DeletionRow{"BlockedByAnAccountThatAttachesIt",
                    Changed(Deleting(),
                            [](auto& seen) { seen.azure_accounts = {{kAccount, true, false}}; }),
                    "DeletionBlocked",
                    {kAttachment}},
        DeletionRow{"NotBlockedByAnAccountThatDoesNot",
                    Changed(Deleting(),
                            [](auto& seen) { seen.azure_accounts = {{kAccount, false, false}}; }),
                    "DeletePart"},
        DeletionRow{"BlockedByAnObjectThatWillDetach",
                    Changed(Deleting(),
                            [](auto& seen) {
                              seen.accounts = {Leaving(false)};
                              seen.azure_accounts = {{kAccount, true, false}};
                            }),
                    "DeletionBlocked",
                    {kAttachment}},
        DeletionRow{"ALettingGoWhereAnObjectKeepsTheAttachment",
                    Changed(Deleting(),
                            [](auto& seen) {
                              seen.accounts = {Leaving(true)};
                              seen.azure_accounts = {{kAccount, true, false}};
                            }),
                    "LetGo"},
        DeletionRow{
            "ALettingGoWhereAnAccountWasReleasedByUs",
            Changed(Deleting(), [](auto& seen) { seen.azure_accounts = {{kAccount, true, true}}; }),
            "LetGo"},
        DeletionRow{"BlockedAsLongAsAnythingElseIsInTheWay",
                    Changed(Deleting(),
                            [](auto& seen) {
                              seen.azure_accounts = {{kAccount, true, true}};
                              seen.definitions = {Definition("theirs")};
                            }),
                    "DeletionBlocked",
                    {{"ImageDefinition", "theirs", kTeaching + "/images/theirs"}}},
        DeletionRow{"ALettingGoWithRetain", Deleting(R"({"deletionPolicy": "Retain"})"), "LetGo"},
        DeletionRow{"ALettingGoOfWhatWasAdopted", Deleting("{}", Tagged::kAdopted), "LetGo"},
        DeletionRow{"DoneToWhatWasAdoptedByTheObjectsOwnWord",
                    Deleting(R"({"deletionPolicy": "Delete"})", Tagged::kAdopted), "DeletePart"},
        DeletionRow{"NotDoneToWhatLostItsTag", Deleting("{}", Tagged::kNo), "LetGo"},
        DeletionRow{"NotDoneToWhatIsAnothers", Deleting("{}", Tagged::kOther), "NotOurs"}),
    [](const auto& test) { return test.param.name; });

TEST(ADeletion, TakesOurRoleFirst) {
  GalleryObservation seen = Deleting();
  seen.roles = {{&lab_account::kLabAccounts, kPrincipal, "", kOurs}};
  EXPECT_EQ(LinesOf(Decide(seen).plan.writes), Lines{kRemove});
  seen.roles[0].role = kTheirs;
  EXPECT_EQ(LinesOf(Decide(seen).plan.writes), Lines{"DELETE galleries/teaching"});
  Remember(seen, kGalleryPart, Verb::kDelete);
  EXPECT_THAT(Decide(seen).plan.writes, IsEmpty());
  seen.gallery = AbsentInAzure();
  seen.memory.clear();
  EXPECT_EQ(Decide(seen).plan.action, ActionKind::kRemoveFinalizer);
}

TEST(ALettingGo, TurnsOurTagIntoTheReleasedMark) {
  EXPECT_EQ(
      Decide(Deleting(R"({"deletionPolicy": "Retain"})")).plan.writes,
      (std::vector<ArmWrite>{
          {"gallery", Verb::kPatch, azure::ResourceId::Parse(kTeaching).value(), "2023-07-03",
           J(R"({"tags": {"theirs": "kept", "labgallery-released": "inst/labs/teaching"}})")}}));
}

TEST(ALettingGo, OfWhatWasAdoptedNeedsNoReading) {
  GalleryObservation seen = Deleting();
  seen.gallery = {};
  seen.status.Set("origin", "Adopted");
  EXPECT_EQ(Decide(seen).rule, "LetGo");
  EXPECT_THAT(Decide(seen).plan.writes, IsEmpty());
}

TEST(AScopeThatWasWithdrawn, BlocksTheDeletion) {
  GalleryObservation seen = Deleting();
  seen.name_space.annotations["labgallery.io/allowed-scopes"] = "s2";
  EXPECT_EQ(Decide(seen).plan.verdict->reason, kDeletionBlocked);
  seen.spec.Set("deletionPolicy", "Retain");
  EXPECT_EQ(Decide(seen).rule, "LetGo");
  EXPECT_THAT(Decide(seen).plan.writes, IsEmpty());
}

}  // namespace
}  // namespace labgallery::domain::shared_image_gallery
