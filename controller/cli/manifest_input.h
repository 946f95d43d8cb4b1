// Manifests in, checked objects out: what `apply` reads before it writes anything. Everything that
// is wrong with any file is found in one go, so that a person corrects it once. Schema rules that
// need the world or the past are left to the operator.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "controller/cli/input_error.h"
#include "controller/cli/manifest_kinds.h"
#include "src/base/result.h"
#include "src/json/value.h"
#include "src/kube/model/object.h"

namespace labgallery::cli {

struct Manifest {
  kube::ResourceType type;
  kube::ObjectKey key;
  json::Value object;  // as written, with its namespace, without what only a server writes
  std::string file;
  int document = 1;
  yaml::Position position;
};

struct Manifests {
  std::vector<Manifest> objects;  // of our kinds, in the order in which they were written
  std::vector<Manifest> context;  // Namespaces and Secrets
  std::vector<InputError>
      errors;  // by file, line and column; when there are any, nothing may be written
};

/// What is in the API's state and will stay there, for references to it.
struct KnownObjects {
  std::set<kube::ObjectKey> galleries = {};
  std::set<kube::ObjectKey> secrets = {};
};

struct ManifestOptions {
  std::function<Result<std::string>()>
      read_stdin;  // called at most once, if "-" is among the paths
  KnownObjects known = {};
};

/// What a credentialsRef names.
kube::ResourceType SecretType();

/// Reads files, directories and "-" (see manifest_files.h): YAML with any number of documents,
/// JSON, and Lists of objects. Wrong is: text that cannot be read or parsed, a kind that is none of
/// `kinds`, Namespace or Secret, an unknown field, a value that the kind's schema refuses, a name
/// (given, or computed from metadata.name) that Azure would refuse, the same object twice, a
/// reference to a gallery or a Secret that is neither in the input nor known, and no object at all.
/// Blocks on the disk.
Manifests LoadManifests(const std::vector<std::string>& paths,
                        const std::vector<ManifestKind>& kinds, const ManifestOptions& options);

}  // namespace labgallery::cli
