#include "controller/cli/apply.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "controller/cli/apply_input.h"
#include "controller/cli/assumed_cloud.h"
#include "controller/cli/cloud.h"
#include "controller/cli/convergence.h"
#include "controller/cli/failure.h"
#include "controller/cli/line_stream.h"
#include "controller/cli/object_list.h"
#include "controller/cli/operator_world.h"
#include "controller/cli/rehearsal.h"
#include "controller/cli/simulator_control.h"
#include "controller/cli/stored_objects.h"
#include "controller/domain/names.h"
#include "src/base/text.h"
#include "src/base/time_text.h"

namespace labgallery::cli {
namespace {

// Real time between two looks at everything: what an eye can follow, and what costs nothing.
constexpr std::chrono::milliseconds kLivePace{100};
constexpr std::chrono::milliseconds kPace{20};

class ApplyRun {
 public:
  ApplyRun(const ApplyOptions& options, const ApplySurroundings& around, std::stop_token stop)
      : options_(options),
        around_(around),
        stop_(std::move(stop)),
        display_(around.progress, around.display),
        log_([this](const std::string& line) { display_.Say(line); }),
        started_(around.clock.SteadyNow()) {}

  ExitCode Run();

 private:
  using End = Convergence::End;

  std::string FirstLine() const;
  Status MakeWorld();
  Result<ApplyInput> ReadInput(const std::vector<ManifestKind>& kinds);
  Result<std::size_t> FirstStep(const std::vector<ManifestKind>& kinds, const ApplyInput& input);
  Status Assume(const ApplyInput& input);
  Result<ExitCode> Play(const std::vector<ManifestKind>& kinds);
  Result<End> PlayStep(const std::vector<ManifestKind>& kinds, const ApplyInput& input,
                       std::size_t step);
  Result<ExitCode> Conclude(End end);
  Status PrintObjects();
  std::string Title(std::size_t step, std::size_t steps) const;
  Duration Scaled(Duration real) const {
    return std::chrono::duration_cast<Duration>(real * around_.time_scale);
  }
  // The API is in this process and somebody waits for it, so it is told as often as an eye likes.
  Duration ProgressPeriod() const {
    return std::min(domain::kProgressPeriod, Scaled(std::chrono::seconds(2)));
  }
  Duration Timeout() const {
    return options_.timeout.value_or(options_.embedded() ? kEmbeddedTimeout : kPlainTimeout);
  }

  const ApplyOptions& options_;
  const ApplySurroundings& around_;
  const std::stop_token stop_;
  Display display_;
  LineStream log_;
  const SteadyTime started_;
  std::size_t first_step_ = 0;
  std::unique_ptr<state::Store> store_;  // null: memory only
  std::unique_ptr<Cloud> cloud_;
  std::unique_ptr<OperatorWorld> world_;
};

std::string ApplyRun::FirstLine() const {
  std::string line = "Kubernetes API: embedded in this process";
  if (!options_.kube_state.empty()) line += ", kept in " + options_.kube_state;
  line += options_.embedded() ? "; Azure: the embedded simulator, nothing leaves this machine"
                              : "; Azure: " + options_.azure.endpoint;
  if (around_.time_scale != 1) {
    std::ostringstream scale;
    scale << around_.time_scale;
    line += "; time runs " + scale.str() + " times as fast";
  }
  return line;
}

// Objects that outlive the process need a cloud that does: what was made stays made. So the
// embedded simulator shares the file of the objects.
Status ApplyRun::MakeWorld() {
  if (!options_.kube_state.empty()) {
    LAB_ASSIGN_OR_RETURN(state::Store opened, state::Store::Open(options_.kube_state));
    store_ = std::make_unique<state::Store>(std::move(opened));
  }
  LAB_ASSIGN_OR_RETURN(cloud_, Cloud::Make(around_.clock, around_.random, options_.azure,
                                           store_.get(), Timeout(), stop_));
  LAB_ASSIGN_OR_RETURN(world_, OperatorWorld::Make({.clock = around_.clock,
                                                    .random = around_.random,
                                                    .log = log_,
                                                    .azure_transport = cloud_->transport(),
                                                    .azure = cloud_->access(),
                                                    .store = store_.get(),
                                                    .progress_period = ProgressPeriod()},
                                                   options_.flags, options_.log));
  return Ok();
}

Result<ApplyInput> ApplyRun::ReadInput(const std::vector<ManifestKind>& kinds) {
  ApplyInputOptions input{.read_stdin = around_.read_stdin};
  const auto list = [&](const kube::ResourceType& type, std::set<kube::ObjectKey>& keys) -> Status {
    LAB_ASSIGN_OR_RETURN(const std::vector<json::Value> objects,
                         ListObjects(world_->kube(), type, stop_));
    for (const json::Value& object : objects) {
      keys.insert({std::string(object.Text({"metadata", "namespace"})),
                   std::string(object.Text({"metadata", "name"}))});
    }
    return Ok();
  };
  LAB_RETURN_IF_ERROR(list(SecretType(), input.known.secrets));
  if (!options_.prune) {
    LAB_RETURN_IF_ERROR(
        list(domain::ResourceTypeOf(domain::Kind::kSharedImageGallery), input.known.galleries));
  }
  ApplyInput read = ReadApplyInput(options_.paths, kinds, input);
  if (!read.errors.empty()) return InvalidInput(ToString(read.errors));
  return read;
}

Status ApplyRun::Assume(const ApplyInput& input) {
  std::vector<Assumption> assumptions = input.assumptions;
  if (assumptions.empty() && options_.embedded()) {
    std::vector<Manifest> all;
    for (const Manifests& step : input.steps)
      all.insert(all.end(), step.objects.begin(), step.objects.end());
    assumptions = AssumedCloud(all);
  }
  if (assumptions.empty()) return Ok();
  SimulatorControl control(cloud_->transport(), cloud_->access().endpoint);
  LAB_ASSIGN_OR_RETURN(const bool simulated, control.IsThere(stop_));
  if (!simulated) {
    display_.Say("What azure.json assumes is not made: " + cloud_->access().endpoint +
                 " is no simulator");
    return Ok();
  }
  LAB_ASSIGN_OR_RETURN(const std::vector<std::string> made, control.Assume(assumptions, stop_));
  if (made.empty()) return Ok();
  std::vector<std::string> names;
  for (const std::string& id : made) names.push_back(id.substr(id.rfind('/') + 1));
  display_.Say("Assumed to exist, made in the simulated Azure: " + Join(names, ", "));
  return Ok();
}

// A story that has been played is at its end: its first steps would undo that.
Result<std::size_t> ApplyRun::FirstStep(const std::vector<ManifestKind>& kinds,
                                        const ApplyInput& input) {
  const bool new_cloud = options_.embedded() && !store_;
  if (input.steps.size() == 1 || new_cloud) return std::size_t{0};
  LAB_ASSIGN_OR_RETURN(
      const bool over,
      NothingWouldBeWritten({.clock = around_.clock,
                             .random = around_.random,
                             .cloud = *cloud_,
                             .flags = options_.flags,
                             .kinds = kinds,
                             .pace = Scaled(kPace),
                             .deadline = around_.clock.SteadyNow() + Scaled(Timeout())},
                            input.steps.back(), stop_));
  if (!over) return std::size_t{0};
  display_.Say("Azure is already as the last step wants it; the steps before it are left out");
  return input.steps.size() - 1;
}

std::string ApplyRun::Title(std::size_t step, std::size_t steps) const {
  std::string title = "labgallery apply";
  if (steps > 1) title += ", step " + std::to_string(step + 1) + " of " + std::to_string(steps);
  title += ", " + ShortDuration(around_.clock.SteadyNow() - started_);
  const std::vector<ObjectStatePtr> objects = world_->objects().All();
  const auto ready = std::count_if(objects.begin(), objects.end(),
                                   [](const ObjectStatePtr& object) { return object->IsReady(); });
  return title + ", " + std::to_string(ready) + " of " + std::to_string(objects.size()) + " Ready";
}

Result<ApplyRun::End> ApplyRun::PlayStep(const std::vector<ManifestKind>& kinds,
                                         const ApplyInput& input, std::size_t step) {
  const Manifests& manifests = input.steps[step];
  ObjectWriter writer(world_->kube(), kinds);
  LAB_ASSIGN_OR_RETURN(Written written, writer.Write(manifests, stop_));
  if (options_.prune || step > first_step_) {
    LAB_ASSIGN_OR_RETURN(written.deleted, writer.Prune(manifests, stop_));
  }
  const std::string where =
      input.steps.size() > 1 ? "Step " + std::to_string(step + 1) + ": " : "Objects: ";
  display_.Say(where + written.Summary());
  if (step == first_step_) world_->Start();
  Manifests held_up{.objects = std::move(written.held_up), .context = {}, .errors = {}};
  Convergence convergence(
      {.clock = around_.clock,
       .client = world_->kube(),
       .op = world_->op(),
       .passes = world_->passes(),
       .bell = world_->bell(),
       .objects = world_->objects(),
       .display = display_},
      {.deadline = around_.clock.SteadyNow() + Scaled(Timeout()),
       .pace = Scaled(display_.live() ? kLivePace : kPace),
       .title = [this, step, &input] { return Title(step, input.steps.size()); },
       .before_look = [&]() -> Status {
         if (held_up.objects.empty()) return Ok();
         LAB_ASSIGN_OR_RETURN(Written again, writer.Write(held_up, stop_));
         held_up.objects = std::move(again.held_up);
         return Ok();
       }});
  return convergence.Wait(stop_);
}

Result<ExitCode> ApplyRun::Play(const std::vector<ManifestKind>& kinds) {
  LAB_RETURN_IF_ERROR(MakeWorld());
  LAB_ASSIGN_OR_RETURN(const ApplyInput input, ReadInput(kinds));
  display_.Say(FirstLine());
  LAB_RETURN_IF_ERROR(Assume(input));
  End end = End::kSettled;
  LAB_ASSIGN_OR_RETURN(first_step_, FirstStep(kinds, input));
  for (std::size_t step = first_step_; step < input.steps.size() && end == End::kSettled; ++step) {
    LAB_ASSIGN_OR_RETURN(end, PlayStep(kinds, input, step));
  }
  world_->Stop();
  return Conclude(end);
}

Status ApplyRun::PrintObjects() {
  if (options_.output == OutputFormat::kNone) return Ok();
  LAB_ASSIGN_OR_RETURN(const json::Value list, ReadObjectList(world_->kube(), {}));
  around_.out << (options_.output == OutputFormat::kJson ? AsJson(list) : AsYaml(list));
  around_.out.flush();
  return Ok();
}

Result<ExitCode> ApplyRun::Conclude(End end) {
  display_.Show(Title(0, 1), world_->objects().TakeNews(), world_->objects().All());
  display_.Finish();
  // The objects as they are now, also after an interruption.
  LAB_ASSIGN_OR_RETURN(const std::vector<ObjectStatePtr> objects,
                       ReadObjectStates(world_->kube(), {}));
  for (const std::string& line : FinalTable(objects)) display_.Say(line);
  LAB_RETURN_IF_ERROR(PrintObjects());
  const ExitCode code = ExitCodeFor(objects);
  const std::string took = ShortDuration(around_.clock.SteadyNow() - started_);
  switch (end) {
    case End::kSettled:
      display_.Say("Settled after " + took + ": every object is Ready, and nothing is left to do");
      return ExitCode::kOk;
    case End::kInterrupted:
      display_.Say("Interrupted after " + took + "; what is not Ready above is left as it stands");
      return ExitCode::kInterrupted;
    case End::kTimeout:
      display_.Say("Not settled within --timeout, after " + took);
      break;
    case End::kStuck:
      display_.Say("Given up after " + took + ": what is not Ready needs somebody, see above");
      break;
  }
  return code == ExitCode::kOk ? ExitCode::kNotReady : code;
}

ExitCode ApplyRun::Run() {
  const auto kinds = ReadKinds(CrdFiles());
  auto code = kinds ? Play(*kinds) : Result<ExitCode>(kinds.error());
  if (world_) world_->Stop();
  display_.Finish();
  if (code) return *code;
  const bool interrupted = code.error().kind == ErrorKind::kCancelled && stop_.stop_requested();
  const bool is_input = code.error().kind == ErrorKind::kInvalidInput;
  if (interrupted) {
    display_.Say("Interrupted before the work began");
  } else if (is_input && code.error().context.empty()) {
    around_.errors << code.error().message << (code.error().message.ends_with('\n') ? "" : "\n");
  } else {
    Report(code.error(), around_.errors);
  }
  return interrupted ? ExitCode::kInterrupted : CodeOf(code.error());
}

}  // namespace

ExitCode RunApply(const ApplyOptions& options, const ApplySurroundings& around,
                  const std::stop_token& stop) {
  return ApplyRun(options, around, stop).Run();
}

}  // namespace labgallery::cli
