#include "controller/reconcile/sessions.h"

#include <utility>
#include <vector>

#include "controller/domain/credential_choice.h"
#include "controller/domain/names.h"

namespace labgallery::reconcile {
namespace {

// Longer than a converged object goes without a look, at usual settings; whoever comes later has it
// read again.
constexpr Duration kUnused = std::chrono::minutes(15);

// A session with all that it refers to.
struct Owned {
  Owned(AzureParty made, Clock& clock, const SharedReadOptions& options)
      : party(std::move(made)),
        shared(*party.client, clock, party.directory.get(), options),
        session{*party.client, shared, party.pacer.get()} {}

  AzureParty party;
  SharedReads shared;
  AzureSession session;
};

}  // namespace

Sessions::Sessions(Parts parts)
    : parts_(std::move(parts)), own_(std::make_shared<const AzureSession>(parts_.own)) {}

Result<SessionPtr> Sessions::For(const std::string& name_space, const domain::NamespaceView& view,
                                 const json::Value& spec, const std::stop_token& stop) {
  const auto choice = domain::ChooseCredential(spec, view);
  if (!choice) return own_;
  const kube::ObjectKey key{name_space, choice->secret};
  const std::string what = "the Secret " + key.ToString() + ", named by " + choice->named_by + ", ";
  if (choice->secret.empty()) return azure::NoToken(choice->named_by + " names no Secret");
  std::shared_ptr<Slot> slot;
  {
    const std::lock_guard guard(mutex_);
    auto& known = slots_[key];
    if (!known) known = std::make_shared<Slot>();
    known->used = parts_.clock.SteadyNow();
    slot = known;
  }
  auto known = Read(*slot, key, SteadyTime::min(), stop);
  if (!known) return std::move(known).error().With("read the Secret " + key.ToString());
  if (!(*known)->session) return azure::NoToken(what + (*known)->problem);
  return (*known)->session;
}

Result<std::shared_ptr<const Sessions::Known>> Sessions::Read(Slot& slot,
                                                              const kube::ObjectKey& key,
                                                              SteadyTime not_before,
                                                              const std::stop_token& stop) {
  auto loaded = slot.flight.Get(parts_.clock, not_before, stop, [&]() -> Result<Known> {
    std::shared_ptr<const Known> last;
    {
      const std::lock_guard guard(mutex_);
      last = slot.last;
    }
    return Load(key, last, stop);
  });
  if (!loaded) return std::move(loaded).error();
  const std::lock_guard guard(mutex_);
  slot.last = loaded->value;
  return loaded->value;
}

Result<Sessions::Known> Sessions::Load(const kube::ObjectKey& key,
                                       const std::shared_ptr<const Known>& last,
                                       const std::stop_token& stop) {
  static const kube::ResourceType kSecrets{"", "v1", "Secret", "secrets", true};
  auto secret = parts_.kube.Get(kSecrets, key, stop);
  if (!secret) {
    const bool gone = secret.error().kind == ErrorKind::kNotFound;
    if (gone && last && last->session && parts_.is_terminating(key.name_space)) return *last;
    if (gone) return Known{.version = {}, .session = nullptr, .problem = "is not there"};
    if (secret.error().kind != ErrorKind::kForbidden) return std::move(secret).error();
    return Known{.version = "forbidden",
                 .session = nullptr,
                 .problem = "may not be read by the operator: give it the right to get it"};
  }
  LAB_ASSIGN_OR_RETURN(const kube::ObjectMeta meta, kube::ReadMeta(*secret));
  if (last && last->version == meta.resource_version) return *last;
  return Made(*secret, meta.resource_version);
}

Sessions::Known Sessions::Made(const json::Value& secret, std::string version) const {
  Known known{.version = std::move(version), .session = nullptr, .problem = {}};
  const auto credential = ReadCredentialSecret(secret);
  if (!credential) {
    known.problem = "cannot be used: " + credential.error().message;
    return known;
  }
  if (!parts_.as_others) {
    known.problem = "cannot be used: the endpoint does not say where to log in";
    return known;
  }
  auto party = parts_.as_others(*credential);
  if (!party) {
    known.problem = "cannot be used: " + party.error().message;
    return known;
  }
  const auto owned = std::make_shared<const Owned>(*std::move(party), parts_.clock, parts_.shared);
  known.session = SessionPtr(owned, &owned->session);
  return known;
}

void Sessions::Refresh(const std::stop_token& stop) {
  std::vector<std::pair<kube::ObjectKey, std::shared_ptr<Slot>>> in_use;
  {
    const std::lock_guard guard(mutex_);
    const SteadyTime unused = parts_.clock.SteadyNow() - kUnused;
    std::erase_if(slots_, [&](const auto& slot) { return slot.second->used < unused; });
    in_use.assign(slots_.begin(), slots_.end());
  }
  for (const auto& [key, slot] : in_use) {
    std::shared_ptr<const Known> before;
    {
      const std::lock_guard guard(mutex_);
      before = slot->last;
    }
    const auto now = Read(*slot, key, parts_.clock.SteadyNow(), stop);
    if (stop.stop_requested()) return;
    if (!now) {
      parts_.log.Warning("Secret could not be read",
                         {{"secret", key.ToString()}, {"error", now.error()}});
      continue;
    }
    if (before && before->version == (*now)->version) continue;
    parts_.log.Info("Credential changed",
                    {{"secret", key.ToString()}, {"problem", (*now)->problem}});
    parts_.wake(key.name_space);
  }
}

// What is done with them happens without the lock.
std::vector<std::pair<kube::ObjectKey, SessionPtr>> Sessions::OfSecrets() {
  std::vector<std::pair<kube::ObjectKey, SessionPtr>> sessions;
  const std::lock_guard guard(mutex_);
  for (const auto& [key, slot] : slots_) {
    if (slot->last && slot->last->session) sessions.emplace_back(key, slot->last->session);
  }
  return sessions;
}

void Sessions::ForEachShared(const std::function<void(SharedReads&)>& act) {
  act(own_->shared);
  for (const auto& [key, session] : OfSecrets()) act(session->shared);
}

void Sessions::ForEachPacer(
    const std::function<void(const std::string& secret, azure::Pacer&)>& act) {
  for (const auto& [key, session] : OfSecrets()) act(key.ToString(), *session->pacer);
}

}  // namespace labgallery::reconcile
