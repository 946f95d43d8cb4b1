#include "tests/component/fault_rows.h"

namespace labgallery::component {

const std::vector<FaultRow>& FaultRows() {
  static const std::vector<FaultRow> kRows{
      {"GalleryPutFails",
       R"({"match":{"method":"PUT","pathContains":"/galleries/"},"action":"fail","status":500,"count":3})"},
      {"AnythingUnavailable",
       R"({"match":{},"action":"fail","status":503,"code":"ServiceUnavailable","count":8})"},
      {"ReadsFail", R"({"match":{"method":"GET"},"action":"fail","status":500,"count":10})"},
      {"PutAnswerLost", R"({"match":{"method":"PUT"},"action":"loseAnswer","count":4})"},
      {"PutConnectionLost",
       R"({"match":{"method":"PUT"},"action":"loseAnswer","drop":true,"count":4})"},
      {"AttachAnswerLost",
       R"({"match":{"method":"PUT","pathContains":"/sharedgalleries/"},"action":"loseAnswer","drop":true,"count":2})"},
      {"RoleAnswerLost",
       R"({"match":{"method":"PUT","pathContains":"/roleassignments/"},"action":"loseAnswer","count":1})"},
      {"Throttled", R"({"match":{},"action":"throttle","retryAfterSeconds":17,"count":12})"},
      {"PutDelayed", R"({"match":{"method":"PUT"},"action":"delay","seconds":20,"count":5})"},
      {"GatewayPage", R"({"match":{},"action":"htmlBody","status":502,"count":6})"},
      {"AnswerCut", R"({"match":{"method":"PUT"},"action":"truncate","count":3})"},
      {"ListCut", R"({"match":{"method":"GET"},"action":"truncate","count":4})"},
      {"DefinitionOperationFails",
       R"({"match":{"method":"PUT","pathRegex":"/images/[^/]+$"},"action":"failOperation","count":1})"},
      {"VersionOperationFails",
       R"({"match":{"method":"PUT","pathContains":"/versions/"},"action":"failOperation","count":2})"},
      {"AccountOperationFails",
       R"({"match":{"method":"PUT","pathRegex":"/labaccounts/[^/]+$"},"action":"failOperation","count":1})"},
      {"Conflict",
       R"({"match":{"method":"PUT"},"action":"fail","status":409,"code":"Conflict","count":4})"},
      {"BusyWithAnother",
       R"({"match":{"method":"PUT"},"action":"fail","status":409,"code":"AnotherOperationInProgress","count":4})"},
      {"TokenRefusedOnce",
       R"({"match":{},"action":"fail","status":401,"code":"ExpiredAuthenticationToken","count":1})"},
      {"RightMissingForAWhile",
       R"({"match":{"method":"PUT"},"action":"fail","status":403,"code":"AuthorizationFailed","count":2})"},
      {"PrincipalUnknownForAWhile",
       R"({"match":{"method":"PUT","pathContains":"/roleassignments/"},"action":"fail","status":400,"code":"PrincipalNotFound","count":3})"},
      {"SourceBusy",
       R"({"match":{"method":"PUT","pathContains":"/versions/"},"action":"fail","status":409,"code":"OperationNotAllowed","message":"Too many requests on source","count":2})"},
      {"GroupMissingForAWhile",
       R"({"match":{"method":"PUT"},"action":"fail","status":404,"code":"ResourceGroupNotFound","count":2})"},
      {"DirectoryDown",
       R"({"match":{"pathContains":"/serviceprincipals"},"action":"fail","status":503,"count":3})"},
      {"GraphDown",
       R"({"match":{"pathContains":"/microsoft.resourcegraph/"},"action":"fail","status":500,"count":5})"},
  };
  return kRows;
}

}  // namespace labgallery::component
