#include "src/azure/client/clouds.h"

#include "src/base/text.h"

namespace labgallery::azure {

const std::vector<KnownCloud>& KnownClouds() {
  static const std::vector<KnownCloud> kClouds{
      {.name = "public",
       .resource_manager = "https://management.azure.com",
       .endpoints = {.login = "https://login.microsoftonline.com",
                     .graph = "https://graph.microsoft.com",
                     .audiences = {"https://management.azure.com/"}}},
      {.name = "usgovernment",
       .resource_manager = "https://management.usgovcloudapi.net",
       .endpoints = {.login = "https://login.microsoftonline.us",
                     .graph = "https://graph.microsoft.us",
                     .audiences = {"https://management.usgovcloudapi.net/"}}},
      {.name = "china",
       .resource_manager = "https://management.chinacloudapi.cn",
       .endpoints = {.login = "https://login.chinacloudapi.cn",
                     .graph = "https://microsoftgraph.chinacloudapi.cn",
                     .audiences = {"https://management.chinacloudapi.cn/"}}},
  };
  return kClouds;
}

const KnownCloud* FindCloud(std::string_view name_or_origin) {
  for (const KnownCloud& cloud : KnownClouds()) {
    if (EqualsIgnoreCase(cloud.name, name_or_origin) ||
        EqualsIgnoreCase(cloud.resource_manager, name_or_origin)) {
      return &cloud;
    }
  }
  return nullptr;
}

}  // namespace labgallery::azure
