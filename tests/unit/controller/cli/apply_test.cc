// `apply` from files to exit status, in one process under a clock that leaps.
#include "controller/cli/apply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "src/json/parse.h"
#include "src/state/store.h"
#include "tests/unit/controller/cli/manifest_files_for_tests.h"

namespace labgallery::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr const char* kGallery = R"(
apiVersion: labgallery.io/v1alpha1
kind: SharedImageGallery
metadata: {name: teaching, namespace: labs}
spec:
  subscriptionId: 00000000-0000-0000-0000-000000000001
  resourceGroup: labs-rg
  location: westeurope
---
)";

constexpr const char* kAccount = R"(
apiVersion: labgallery.io/v1alpha1
kind: LabAccount
metadata: {name: cs, namespace: labs}
spec:
  service: LabAccount
  subscriptionId: 00000000-0000-0000-0000-000000000001
  resourceGroup: labs-rg
  location: westeurope
  gallery: {state: Attached, ref: {name: teaching}}
---
)";

struct Ended {
  ExitCode code = ExitCode::kFailed;
  std::string out;
  std::string progress;
  std::string errors;
};

class Apply : public testing::Test {
 protected:
  Ended Run(ApplyOptions options, const std::stop_token& stop = {}) {
    LeapingClock clock(SystemTime(std::chrono::sys_days{std::chrono::November / 25 / 2026}));
    const Presence presence = clock.Enter();
    SeededRandom random(1);
    std::ostringstream out;
    std::ostringstream progress;
    std::ostringstream errors;
    if (options.paths.empty()) options.paths = {folder_.path() + "/in"};
    options.timeout = std::chrono::hours(24);
    const ExitCode code = RunApply(options,
                                   {.clock = clock,
                                    .random = random,
                                    .out = out,
                                    .progress = progress,
                                    .errors = errors,
                                    .display = {},
                                    .read_stdin = {}},
                                   stop);
    return {code, out.str(), progress.str(), errors.str()};
  }
  void Write(const std::string& name, const std::string& text) {
    folder_.Write("in/" + name, text);
  }
  std::string State() const { return folder_.path() + "/state.db"; }

  Folder folder_;
};

TEST_F(Apply, EndsWithEverythingReadyAndATable) {
  Write("all.yaml", std::string(kGallery) + kAccount);
  const Ended ended = Run({});
  EXPECT_EQ(ended.code, ExitCode::kOk) << ended.progress;
  EXPECT_THAT(ended.progress, StartsWith("Kubernetes API: embedded in this process; Azure: the "
                                         "embedded simulator, nothing leaves this machine\n"));
  EXPECT_THAT(ended.progress, HasSubstr("made in the simulated Azure: labs-rg\n"));
  EXPECT_THAT(ended.progress, HasSubstr("\nKIND "));
  EXPECT_THAT(ended.progress, HasSubstr("gallery teaching"));
  EXPECT_EQ(ended.out, "");
}

TEST_F(Apply, PrintsTheFinalObjectsAsOneList) {
  Write("all.yaml", kGallery);
  const Ended ended = Run({.output = OutputFormat::kJson});
  const auto list = json::Parse(ended.out);
  ASSERT_TRUE(list) << ended.out;
  EXPECT_EQ(list->Text({"kind"}), "List");
  const json::Value& item = list->Find("items")->AsArray()->front();
  EXPECT_EQ(item.Text({"kind"}), "SharedImageGallery");
  EXPECT_EQ(item.Text({"status", "origin"}), "Created");
  const Ended yaml = Run({.output = OutputFormat::kYaml});
  EXPECT_THAT(yaml.out, StartsWith("apiVersion: v1\nitems:\n"));
}

TEST_F(Apply, SaysAllThatIsWrongWithTheInputAndWritesNothing) {
  Write("a.yaml", "kind: Nonsense\n");
  Write("b.yaml", kAccount);
  const Ended ended = Run({.output = OutputFormat::kJson});
  EXPECT_EQ(ended.code, ExitCode::kBadInput);
  EXPECT_THAT(ended.errors, HasSubstr("a.yaml"));
  EXPECT_THAT(ended.errors, HasSubstr("b.yaml"));
  EXPECT_EQ(ended.progress, "");
  EXPECT_EQ(ended.out, "");
}

std::vector<state::Record> Records(const std::string& file, const std::string& collection) {
  const auto store = state::Store::Open(file);
  return *store->Load(collection);
}

std::vector<std::string> Bodies(const std::vector<state::Record>& records) {
  std::vector<std::string> bodies;
  for (const state::Record& record : records) bodies.push_back(record.body);
  return bodies;
}

TEST_F(Apply, WritesNothingASecondTime) {
  Write("all.yaml", std::string(kGallery) + kAccount);
  const ApplyOptions options{.kube_state = State()};
  ASSERT_EQ(Run(options).code, ExitCode::kOk);
  const auto cloud = Records(State(), "resources");
  const auto galleries = Records(State(), "labgallery.io/sharedimagegalleries");
  const auto accounts = Records(State(), "labgallery.io/labaccounts");
  ASSERT_THAT(cloud, Not(IsEmpty()));
  ASSERT_THAT(galleries, Not(IsEmpty()));
  const Ended again = Run(options);
  EXPECT_EQ(again.code, ExitCode::kOk);
  EXPECT_THAT(again.progress, HasSubstr("nothing to change"));
  EXPECT_EQ(Records(State(), "resources"), cloud);
  EXPECT_EQ(Bodies(Records(State(), "labgallery.io/sharedimagegalleries")), Bodies(galleries));
  EXPECT_EQ(Bodies(Records(State(), "labgallery.io/labaccounts")), Bodies(accounts));
}

TEST_F(Apply, KeepsWhatLeftTheFilesUnlessItPrunes) {
  Write("gallery.yaml", kGallery);
  Write("more.yaml",
        std::string(kGallery).replace(std::string(kGallery).find("teaching"), 8, "old"));
  ASSERT_EQ(Run({.kube_state = State()}).code, ExitCode::kOk);
  Write("more.yaml", kAccount);
  Ended ended = Run({.kube_state = State()});
  EXPECT_EQ(ended.code, ExitCode::kOk) << ended.progress;
  EXPECT_THAT(ended.progress, HasSubstr("labs/old"));
  ended = Run({.kube_state = State(), .prune = true});
  EXPECT_EQ(ended.code, ExitCode::kOk) << ended.progress;
  EXPECT_THAT(ended.progress, HasSubstr("1 deleted"));
  EXPECT_THAT(ended.progress, HasSubstr("SharedImageGallery labs/old: gone"));
}

TEST_F(Apply, PlaysTheStepsOfAStoryOneAfterTheOther) {
  Write("1/all.yaml", std::string(kGallery) + kAccount);
  Write("2/all.yaml", kGallery);
  Write("azure.json", R"([{"method": "PUT", "body": {"location": "westeurope"},
    "id": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/labs-rg"}])");
  const Ended ended = Run({});
  EXPECT_EQ(ended.code, ExitCode::kOk) << ended.progress;
  const auto first = ended.progress.find("Step 1: 2 created");
  const auto second = ended.progress.find("Step 2: 1 deleted");
  const auto gone = ended.progress.find("LabAccount labs/cs: gone");
  ASSERT_NE(first, std::string::npos) << ended.progress;
  ASSERT_NE(second, std::string::npos) << ended.progress;
  EXPECT_LT(first, second);
  EXPECT_LT(second, gone);
}

TEST_F(Apply, PlaysAStoryThatIsOverFromItsLastStepOn) {
  Write("1/all.yaml", std::string(kGallery) + kAccount);
  Write("2/all.yaml", kGallery);
  Write("azure.json", R"([{"method": "PUT", "body": {"location": "westeurope"},
    "id": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/labs-rg"}])");
  ASSERT_EQ(Run({.kube_state = State()}).code, ExitCode::kOk);
  const auto cloud = Records(State(), "resources");
  const Ended again = Run({.kube_state = State()});
  EXPECT_EQ(again.code, ExitCode::kOk) << again.progress;
  EXPECT_THAT(again.progress, HasSubstr("the steps before it are left out"));
  EXPECT_THAT(again.progress, HasSubstr("Step 2: nothing to change"));
  EXPECT_EQ(Records(State(), "resources"), cloud);
}

TEST_F(Apply, EndsAtOnceWhereOnlySomebodyCanHelp) {
  Write("all.yaml", kGallery);
  Write("azure.json", R"([{"method": "PUT", "body": {"location": "westeurope",
                           "properties": {"description": "by hand"},
                           "tags": {"labgallery-owner": "other/labs/teaching"}},
    "id": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/labs-rg/providers/Microsoft.Compute/galleries/teaching"}])");
  const Ended ended = Run({});
  EXPECT_EQ(ended.code, ExitCode::kRefused) << ended.progress;
  EXPECT_THAT(ended.progress, HasSubstr("AzureResourceClaimed"));
  EXPECT_THAT(ended.progress, HasSubstr("Given up after 0s"));
}

TEST_F(Apply, StopsCleanlyWhenItIsInterrupted) {
  Write("all.yaml", kGallery);
  std::stop_source stop;
  stop.request_stop();
  const Ended ended = Run({}, stop.get_token());
  EXPECT_EQ(ended.code, ExitCode::kInterrupted);
}

TEST_F(Apply, NeedsANameForARemoteEndpoint) {
  Write("all.yaml", kGallery);
  ApplyOptions options;
  options.azure.endpoint = "https://management.example";
  const Ended ended = Run(options);
  EXPECT_EQ(ended.code, ExitCode::kBadInput);
  EXPECT_THAT(ended.errors, HasSubstr("--installation"));
}

}  // namespace
}  // namespace labgallery::cli
