// What people are told about objects as Events of events.k8s.io/v1, and how equal ones become one
// series: decisions only, no request and no clock. event_recorder.h does what is decided here.
//
// An Event is written when something is told for the first time. What is told again is counted, and
// the count written every half hour while it goes on and once when it is over. client-go
// (tools/events) ends a series after 6 minutes; here a retry may come 15 minutes after the last one
// and still belongs to it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "src/base/clock.h"
#include "src/json/value.h"
#include "src/kube/model/object.h"

namespace labgallery::runtime {

/// One thing to tell about one object.
struct Note {
  struct Regarding {
    std::string api_version;
    std::string kind;
    kube::ObjectKey key;
    std::string uid;
  };
  enum class Type { kNormal, kWarning };

  Regarding regarding;
  Type type = Type::kWarning;
  std::string reason;
  std::string action;
  std::string text;
  /// What makes two notes the same beside all of the above but the text: the text without what
  /// differs from one attempt to the next.
  std::string same;
  /// It says how things stand: while they stay so it is told once, and not counted.
  bool standing = false;
};

/// Who tells.
struct Reporter {
  std::string controller;
  std::string instance;
};

const kube::ResourceType& EventType();

/// The Event that a series is, from its first note on. Its texts are cut to what the API takes.
json::Value EventOf(const Note& note, const Reporter& reporter, const std::string& name,
                    SystemTime first);
/// The patch that says how often and when last.
json::Value SeriesPatch(std::int64_t count, SystemTime last);

/// Where the Event of a note lives: with the object, in "default" if that has no namespace.
std::string NamespaceOf(const Note& note);

/// One series, or a single note so far.
struct Series {
  Note note;
  std::string name{};  // of the Event
  SystemTime first{};
  SystemTime last{};
  std::int64_t count = 1;
  bool created = false;             // the Event is there
  SteadyTime heard{};               // told last
  std::optional<SteadyTime> due{};  // something has to be written then
  SteadyTime written{};             // last
  int tries = 0;                    // of that writing
};

/// Used by one thread.
class EventSeries {
 public:
  struct Instant {
    SystemTime system;
    SteadyTime steady;
  };

  /// Takes a note in. False: it is dropped, because too much was told about its object.
  bool Take(const Note& note, Instant now);
  /// The series that has to be written first, if that is due at `now`; null: none.
  Series* Due(SteadyTime now);
  /// Any with something to write, due or not: for the end.
  Series* Pending();
  std::optional<SteadyTime> NextDue() const;

  static void Written(Series& series, SteadyTime now);
  /// To be tried again at `again`. False: given up, the series is forgotten.
  bool Failed(Series& series, SteadyTime again);
  void Forget(const Series& series);

  std::size_t size() const { return series_.size(); }

 private:
  struct Budget {
    double notes;
    SteadyTime at;
  };

  bool TakeFromBudget(const std::string& object, SteadyTime now);
  void ForgetOld(SteadyTime now);

  std::map<std::string, Series> series_;   // by what makes notes the same
  std::map<std::string, Budget> budgets_;  // by object; those that are full are not here
};

}  // namespace labgallery::runtime
