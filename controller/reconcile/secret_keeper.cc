#include "controller/reconcile/secret_keeper.h"

#include <set>

#include "controller/domain/credential_choice.h"
#include "controller/domain/names.h"
#include "controller/reconcile/surroundings.h"

namespace labgallery::reconcile {
namespace {

const kube::ResourceType kSecrets{"", "v1", "Secret", "secrets", true};

std::set<std::string> SecretsInUse(const runtime::Store& store, const std::string& name_space) {
  const domain::NamespaceView view = Surroundings(store).Namespace(name_space);
  std::set<std::string> names;
  for (const runtime::TypeIndex type : {kGalleries, kImages, kLabAccounts}) {
    for (const runtime::RecordPtr& record : store.List(type, name_space)) {
      const auto choice = domain::ChooseCredential(Unpack(*record).spec, view);
      if (choice) names.insert(choice->secret);
    }
  }
  return names;
}

}  // namespace

void SecretKeeper::Look(const std::stop_token& stop) {
  for (const runtime::RecordPtr& record : parts_.store.List(kNamespaces)) {
    const std::string name(record->name());
    if (!record->deletion_time() || !parts_.handles(name)) continue;
    const Status looked = LookAt(name, stop);
    if (stop.stop_requested()) return;
    if (!looked) {
      parts_.log.Warning("Secrets of a namespace that ends could not be kept",
                         {{"namespace", name}, {"error", looked.error()}});
    }
  }
}

Status SecretKeeper::LookAt(const std::string& name_space, const std::stop_token& stop) {
  const std::string finalizer(domain::kSecretFinalizer);
  const std::set<std::string> in_use = SecretsInUse(parts_.store, name_space);
  std::string next;
  do {
    LAB_ASSIGN_OR_RETURN(
        const kube::ObjectList page,
        parts_.kube.ListPage(
            {.type = kSecrets, .name_space = name_space, .form = kube::Form::kMetadata},
            {.continue_token = next}, stop));
    next = page.continue_token;
    for (const json::Value& item : page.items) {
      LAB_ASSIGN_OR_RETURN(const kube::ObjectMeta meta, kube::ReadMeta(item));
      const bool wanted = in_use.contains(meta.name);
      // One that is on its way out takes no new finalizer.
      if (wanted == meta.HasFinalizer(finalizer) || (wanted && meta.deletion_time)) continue;
      const auto written =
          parts_.kube.PatchJson({.type = kSecrets, .key = meta.key()},
                                wanted ? kube::AddFinalizerPatch(meta, finalizer)
                                       : kube::RemoveFinalizerPatch(meta, finalizer),
                                stop);
      if (!written && written.error().kind != ErrorKind::kNotFound) return written.error();
      parts_.log.Info(wanted ? "Secret is kept" : "Secret is let go",
                      {{"secret", meta.key().ToString()}});
    }
  } while (!next.empty());
  return Ok();
}

}  // namespace labgallery::reconcile
