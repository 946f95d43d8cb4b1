"""The rules of the source tree as tables: who may include whom, which library lives where, what may not
be written where. check.py applies them; self_test.py proves that each of them can fail."""

# Module folder -> modules that its files may include (itself always, src/base always). This is the table
# of ARCHITECTURE.md; the DEPS and PRIVATE lists of each module's CMakeLists.txt say the same.
MODULES = {
    "src/base": set(),
    "src/json": set(),
    "src/telemetry": set(),
    "src/http/model": set(),
    "src/http/client": {"src/http/model", "src/telemetry"},
    "src/http/server": {"src/http/model", "src/telemetry"},
    "src/yaml": {"src/json"},
    "src/kube/model": {"src/json", "src/http/model"},
    "src/kube/client": {"src/json", "src/http/model", "src/kube/model", "src/telemetry"},
    "src/azure/model": {"src/json", "src/http/model"},
    "src/azure/client": {"src/json", "src/http/model", "src/azure/model", "src/telemetry"},
    "src/state": set(),
    "src/runtime": {"src/json", "src/kube/model", "src/kube/client", "src/telemetry"},
    "src/azure_simulator": {"src/json", "src/http/model", "src/state"},
    "src/embedded_kube": {"src/json", "src/http/model", "src/kube/model", "src/state"},
    "controller/domain": {"src/json", "src/kube/model", "src/azure/model"},
    # What it passes from one of its neighbours to the other are JSON values and HTTP answers.
    "controller/reconcile": {"controller/domain", "src/json", "src/http/model", "src/kube/model",
                             "src/kube/client", "src/azure/model", "src/azure/client", "src/runtime",
                             "src/telemetry"},
    "controller/endpoints": {"src/http/model", "src/kube/model", "src/kube/client", "src/runtime",
                             "src/telemetry"},
    "controller/cli": None,  # everything: the only place where concrete parts meet
}

# Values in, values out: no threads, no output, nothing that acts.
PURE_MODULES = {"src/json", "src/http/model", "src/kube/model", "src/azure/model", "controller/domain"}
PURE_FORBIDDEN_HEADERS = {"thread", "mutex", "shared_mutex", "condition_variable", "future", "iostream",
                          "fstream", "filesystem"}

# Outside libraries: header pattern -> the files that may include it, and the CMake target that brings it
# with the modules that may link it. No header of ours shows one of them, tl::expected excepted.
LIBRARIES = [
    {"name": "cpprestsdk", "include": r"(cpprest|pplx)/.*", "files": ["src/http/client/connection.cc"],
     "target": r"cpprestsdk::.*"},
    {"name": "Boost", "include": r"boost/.*", "target": r"Boost::.*",
     # The client asks Asio, on which cpprestsdk stands, whether a host is an address.
     "files": ["src/http/server/link.cc", "src/http/server/server.cc", "src/http/server/session.cc", "src/http/server/wire.cc",
               "src/http/client/connection.cc"]},
    # roles.cc: the SHA-1 inside the name of a role assignment; access_reviews.cc: the SHA-256 of a token. Pure functions.
    {"name": "OpenSSL", "include": r"openssl/.*", "target": r"OpenSSL::.*",
     "files": ["src/http/client/connection.cc", "src/http/client/tls.cc",
               "src/http/server/tls_identity.cc", "src/azure/client/signing_certificate.cc", "src/kube/client/access_reviews.cc",
               "controller/domain/roles.cc"]},
    {"name": "yaml-cpp", "include": r"yaml-cpp/.*", "files": ["src/yaml/parse_yaml.cc"], "target": r"yaml-cpp.*"},
    {"name": "nlohmann_json's forward declarations", "include": r"nlohmann/json_fwd\.hpp",
     "files": ["src/json/library.h"], "target": r"nlohmann_json::.*"},
    {"name": "nlohmann_json", "include": r"nlohmann/.*",
     "files": ["src/json/library.cc", "src/json/parse.cc", "src/json/schema.cc"],
     "target": r"nlohmann_json::.*"},
    {"name": "valijson", "include": r"valijson/.*", "files": ["src/json/schema.cc"], "target": r"valijson.*"},
    {"name": "zlib", "include": r"zlib\.h", "files": ["src/runtime/packed_text.cc"], "target": r"ZLIB::.*"},
    {"name": "spdlog", "include": r"spdlog/.*", "files": ["src/telemetry/log.cc"], "target": r"spdlog::.*"},
    {"name": "prometheus-cpp", "include": r"prometheus/.*", "files": ["src/telemetry/metrics.cc"],
     "target": r"prometheus-cpp::.*"},
    {"name": "CLI11", "include": r"CLI/.*", "files": ["controller/cli/*options.cc", "controller/cli/option_values.cc"],
     "target": r"CLI11::.*"},
    {"name": "SQLite", "include": r"sqlite3\.h", "files": ["src/state/store.cc"], "target": r"SQLite::.*"},
    # The two servers refuse with error types of their own, the ones that go over the wire.
    {"name": "tl::expected", "include": r"tl/expected\.hpp", "target": r"tl::expected",
     "files": ["src/base/result.h", "src/azure_simulator/arm_answer.h", "src/embedded_kube/refusal.h"]},
]

# Headers of the operating system that C++ has no words for.
SYSTEM_HEADERS = {"unistd.h", "malloc.h", "link.h", "signal.h", "fcntl.h", "termios.h", "pthread.h", "poll.h", "netdb.h", "spawn.h",
                  "netinet/in.h", "arpa/inet.h", "sys/ioctl.h", "sys/mman.h", "sys/stat.h", "sys/types.h",
                  "sys/resource.h", "sys/socket.h", "sys/un.h", "sys/wait.h"}

# Text patterns. `where` names the folders that a rule is about, `except` the files it leaves out; "code"
# is matched after comments are taken out and string literals are emptied, "text" on everything.
TEXT_RULES = [
    {"rule": "lab-services-nouns", "on": "text", "where": ["src"], "except": ["src/azure_simulator/*"],
     "pattern": r"LabAccount|LabPlan|SharedImageGallery",
     "why": "src/ never names the kinds; they belong to controller/ (and to the simulated cloud)"},
    {"rule": "json-subscript", "on": "code", "where": ["src", "controller"], "except": ["src/json/*"],
     "pattern": r"[\w\])]\s*\[\s*\"",
     "why": "JSON is read through json::Reader, which knows its path and its types"},
    {"rule": "clock", "on": "code", "where": ["src", "controller"], "except": ["src/base/*"],
     "pattern": r"\b(steady_clock|system_clock|high_resolution_clock|file_clock|utc_clock)::now\b"
                r"|\b(clock_gettime|gettimeofday)\b|\bstd::time\b",
     "why": "time is read through Clock"},
    {"rule": "sleep", "on": "code", "where": ["src", "controller", "tests"], "except": ["src/base/*"],
     "pattern": r"\b(sleep_for|sleep_until|usleep|nanosleep)\b",
     "why": "sleeping goes through Clock::Sleep"},
    {"rule": "wait", "on": "code", "where": ["src", "controller"], "except": ["src/base/*"],
     "pattern": r"\bcondition_variable", "why": "waiting goes through Clock::Wait"},
    {"rule": "random", "on": "code", "where": ["src", "controller"], "except": ["src/base/*"],
     "pattern": r"\brandom_device\b|\bmt19937|\bstd::s?rand\b",
     "why": "randomness comes through Random"},
    {"rule": "environment", "on": "code", "where": ["src", "controller"],
     "except": ["controller/cli/environment.cc"], "pattern": r"\b(secure_)?getenv\b|\benviron\b",
     "why": "the environment is read in controller/cli/environment.cc only"},
    {"rule": "seam", "on": "code", "where": ["src", "controller"],
     "except": ["src/base/clock.h", "src/base/random.h", "src/http/model/transport.h",
                "src/azure/client/token_source.h"],
     "pattern": r"\bvirtual\b",
     "why": "four seams are virtual: Clock, Random, HttpTransport, TokenSource"},
    # Where a library's exceptions are turned into errors, and the boundaries that keep a thread alive.
    {"rule": "catch", "on": "code", "where": ["src", "controller"],
     "except": ["src/json/parse.cc", "src/json/schema.cc", "src/json/schema_node.cc",
                "src/yaml/parse_yaml.cc", "src/http/client/connection.cc", "src/http/server/session.cc",
                "src/azure_simulator/faults.cc", "src/runtime/workers.cc", "controller/cli/main.cc",
                "controller/cli/options.cc"],
     "pattern": r"\bcatch\s*\(",
     "why": "exceptions are for broken invariants; a library's are caught in the file that calls it"},
    {"rule": "detach", "on": "code", "where": ["src", "controller", "tests"], "except": [],
     "pattern": r"\.\s*detach\s*\(", "why": "every thread is joined"},
    {"rule": "unfinished", "on": "text", "where": ["src", "controller", "crds", "manifests"], "except": [],
     "pattern": r"\b(TODO|FIXME|XXX)\b|(?i:\bplaceholder\b|\bmock(s|ed)?\b|\bsimplified\b)",
     "why": "what is there is finished; what is not belongs into an issue"},
]

# Words that say nothing, in names of files and types.
FORBIDDEN_FILE_WORDS = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "processor",
                        "data", "info", "impl"}
FORBIDDEN_TYPE_WORDS = {"Util", "Utils", "Helper", "Helpers", "Manager", "Processor", "Data", "Info",
                        "Impl", "Base"}

# Lines per file: over the first number a warning, over the second a failure.
SIZE_LIMITS = {"product .h": (150, 250), "product .cc": (300, 450), "tests": (500, 700)}

# (rule, path, what is excused, reason). An exception that excuses nothing is itself a failure.
EXCEPTIONS = [
]
