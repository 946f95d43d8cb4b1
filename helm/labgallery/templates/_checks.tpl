{{/* What the schema does not say: forms, of which Helm would show a pattern instead of what is wanted, and values that are right
alone and wrong together. Each refusal names the value, what is wrong with it, and a way out. */}}

{{- define "labgallery.checks" -}}
{{- include "labgallery.checkForms" . }}
{{- include "labgallery.checkNames" . }}
{{- include "labgallery.checkProcesses" . }}
{{- include "labgallery.checkMetrics" . }}
{{- include "labgallery.checkLogin" . }}
{{- include "labgallery.checkLabels" . }}
{{- include "labgallery.checkArgs" . }}
{{- end }}

{{- define "labgallery.forms" -}}
- form: ^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$
  is: "no name: write lower case letters, digits and dashes, 63 at most, with a letter or digit at both ends"
  values: [nameOverride, fullnameOverride, namespaceOverride, watchNamespace]
- form: ^[a-z0-9]([-a-z0-9.]{0,230}[a-z0-9])?$
  is: "no name of an object: write lower case letters, digits, dashes and dots, with a letter or digit at both ends"
  values: [leaderElection.id, serviceAccount.name, azure.secretName, azure.certificateSecretName, metrics.certificateSecretName,
    caBundle.configMap, simulator.persistence, priorityClassName, runtimeClassName]
- form: ^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$
  is: "no name of an installation: write letters, digits, dots, dashes and underscores, 63 at most"
  values: [installation]
- form: ^[0-9.]*[1-9][0-9]*(\.[0-9]+)?(ms|s|m|h|d)([0-9]+(\.[0-9]+)?(ms|s|m|h|d))*$
  is: "no duration: write it like 90s, 5m or 1h30m"
  values: [syncPeriod]
- form: ^(0|([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+)$
  is: "no duration: write it like 90s, 5m or 1h30m"
  values: [roleSettle]
- form: ^([0-9]+(ms|s|m|h|d|w|y))+$
  is: "no duration of Prometheus: write it like 30s or 1m30s"
  values: [serviceMonitor.interval, serviceMonitor.scrapeTimeout, podMonitor.interval, podMonitor.scrapeTimeout]
- form: ^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$
  is: "no id: write it as Azure shows it, like 00000000-0000-0000-0000-000000000001"
  values: [azure.tenantId, azure.clientId, labServicesPrincipalId, labPlansPrincipalId]
- form: ^(public|usgovernment|china|https://[^/]+)$
  is: "no cloud: write public, usgovernment, china, or the address of a Resource Manager like https://management.local.example"
  values: [azure.cloud]
- form: ^(client-id|object-id|resource-id)=.+$
  is: "no managed identity: write client-id=ID, object-id=ID or resource-id=ID"
  values: [azure.managedIdentity]
- form: ^sha256:[0-9a-f]{64}$
  is: "no digest: write sha256: and 64 digits from 0 to f, as make image prints it"
  values: [image.digest]
- form: ^[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}$
  is: "no tag: write letters, digits, dots, dashes and underscores; what stands before a colon belongs to image.repository"
  values: [image.tag]
- form: ^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?(:[0-9]+)?(/[a-z0-9]([-a-z0-9._]*[a-z0-9])?)*$
  is: "no registry: write its host, with a port where it has one, without https:// and without a slash at the end"
  values: [image.registry]
- form: ^[a-z0-9]([-a-z0-9._]*[a-z0-9])?(:[0-9]+)?(/[a-z0-9]([-a-z0-9._]*[a-z0-9])?)*$
  is: "no repository: write lower case letters, digits, dots, dashes and slashes; a tag or digest has a value of its own"
  values: [image.repository]
- form: ^http://[^/]+$
  is: "no origin: write it like http://simulator.other.svc:8090"
  values: [simulator.external]
- form: ^[0-9]+%?$
  is: "neither a number nor a percentage: write it like 1 or 50%"
  values: [podDisruptionBudget.maxUnavailable]
{{- end }}

{{- define "labgallery.checkForms" -}}
{{- range $rule := include "labgallery.forms" . | fromYamlArray }}
{{- range $path := $rule.values }}
{{- $value := $.Values }}
{{- range splitList "." $path }}{{ $value = index $value . }}{{ end }}
{{- if and $value (not (regexMatch $rule.form (toString $value))) }}{{ fail (printf "%s: %q is %s." $path (toString $value) $rule.is) }}{{ end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "labgallery.checkNames" -}}
{{- $name := include "labgallery.fullname" . }}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) }}{{ fail (printf "fullnameOverride: objects would be called %q, and the name of a Service begins with a letter and has lower case letters, digits and dashes only; set fullnameOverride to such a name." $name) }}{{ end }}
{{- range $shard, $_ := .Values.shards }}
{{- if not (regexMatch "^[a-z0-9]([-a-z0-9]{0,18}[a-z0-9])?$" $shard) }}{{ fail (printf "shards.%s: a shard's name is a part of names in Kubernetes; write lower case letters, digits and dashes, 20 at most, with a letter or digit at both ends." $shard) }}{{ end }}
{{- end }}
{{- if and .Values.watchNamespace .Values.shards }}{{ fail "watchNamespace: shards share the work on several namespaces, and here there is one; leave shards or watchNamespace empty." }}{{ end }}
{{- if and (not .Values.serviceAccount.create) .Values.serviceAccount.annotations }}{{ fail "serviceAccount.annotations: with serviceAccount.create=false the account is somebody else's and is left as it is; annotate it where it is made." }}{{ end }}
{{- end }}

{{- define "labgallery.checkProcesses" -}}
{{- if not .Values.leaderElection.enabled }}
{{- if gt (int .Values.replicas) 1 }}{{ fail "replicas: without leaderElection.enabled there can be one at most, or they would work against each other; set replicas to 1, or leaderElection.enabled to true." }}{{ end }}
{{- if and .Values.strategy (ne (get .Values.strategy "type") "Recreate") }}{{ fail "strategy: without leaderElection.enabled two would work at once during an update; set its type to Recreate, or leave it empty." }}{{ end }}
{{- end }}
{{- if and .Values.kubeApi.burst (not .Values.kubeApi.qps) }}{{ fail "kubeApi.burst: there is nothing to exceed while kubeApi.qps is 0; set kubeApi.qps as well." }}{{ end }}
{{- if and .Values.simulator.enabled .Values.simulator.external }}{{ fail "simulator.external: with simulator.enabled there is a simulator of this release, and only one can be used; set simulator.enabled to false, or leave simulator.external empty." }}{{ end }}
{{- end }}

{{- define "labgallery.checkMetrics" -}}
{{- with .Values }}
{{- if .metrics.certificateSecretName }}
{{- if not .metrics.enabled }}{{ fail "metrics.certificateSecretName: there is nothing to show a certificate for while metrics.enabled is false; leave it empty." }}{{ end }}
{{- if not .metrics.secure }}{{ fail "metrics.certificateSecretName: there is nothing to show a certificate for while metrics.secure is false; leave it empty, or set metrics.secure to true." }}{{ end }}
{{- end }}
{{- if and .metrics.enabled (eq (int .metrics.port) (int .health.port)) }}{{ fail (printf "metrics.port: %v is health.port as well, and one of the two could not listen; set another one." .metrics.port) }}{{ end }}
{{- range $name, $monitor := dict "serviceMonitor" .serviceMonitor "podMonitor" .podMonitor }}
{{- if and $monitor.enabled (not $.Values.metrics.enabled) }}{{ fail (printf "%s.enabled: there is nothing to scrape while metrics.enabled is false; set one of them." $name) }}{{ end }}
{{- end }}
{{- if and .serviceMonitor.enabled .podMonitor.enabled }}{{ fail "podMonitor.enabled: serviceMonitor.enabled scrapes the same pods, and each would count twice; set one of them." }}{{ end }}
{{- if and .podMonitor.enabled .metrics.secure (not .podMonitor.authorization) }}{{ fail "podMonitor.authorization: a PodMonitor cannot send the token of Prometheus' own service account; name a Secret that holds one, or use serviceMonitor, or set metrics.secure to false." }}{{ end }}
{{- $alerts := list }}
{{- range (fromYaml ($.Files.Get "files/monitoring/rules.yaml")).groups }}{{ range .rules }}{{ with .alert }}{{ $alerts = append $alerts . }}{{ end }}{{ end }}{{ end }}
{{- range .prometheusRule.disabled }}
{{- if not (has . $alerts) }}{{ fail (printf "prometheusRule.disabled: there is no alert %s; there are %s." . (join ", " $alerts)) }}{{ end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Ways to log in of which another one would be forgotten, or which lack a part that nothing else can bring. */}}
{{- define "labgallery.checkLogin" -}}
{{- $more := or .Values.extraEnv .Values.extraEnvFrom .Values.azure.secretName .Values.serviceAccount.annotations }}
{{- if not (include "labgallery.simulatorOrigin" .) }}
{{- with .Values.azure }}
{{- if .tokenFile }}
{{- range $name := list "workloadIdentity" "managedIdentity" "secretName" "certificateSecretName" }}
{{- if get $.Values.azure $name }}{{ fail (printf "azure.tokenFile: somebody else's token is sent instead of a login, and azure.%s would be forgotten; set one of the two." $name) }}{{ end }}
{{- end }}
{{- if ne .credential "DefaultAzureCredential" }}{{ fail "azure.tokenFile: somebody else's token is sent instead of a login, and azure.credential would be forgotten; set one of the two." }}{{ end }}
{{- end }}
{{- if and .managedIdentity (not (has .credential (list "DefaultAzureCredential" "ManagedIdentityCredential"))) }}{{ fail (printf "azure.managedIdentity: azure.credential is %s, which does not look at it; set azure.credential to ManagedIdentityCredential, or leave azure.managedIdentity empty." .credential) }}{{ end }}
{{- if and .workloadIdentity (not (has .credential (list "DefaultAzureCredential" "WorkloadIdentityCredential"))) }}{{ fail (printf "azure.workloadIdentity: azure.credential is %s, which does not look at its token; set azure.credential to WorkloadIdentityCredential, or azure.workloadIdentity to false." .credential) }}{{ end }}
{{- range $name := list "workloadIdentity" "certificateSecretName" }}
{{- if and (get $.Values.azure $name) (not $more) (not (and $.Values.azure.clientId $.Values.azure.tenantId)) }}{{ fail (printf "azure.%s: nobody says which application of which tenant logs in with it; set azure.clientId and azure.tenantId, or name a Secret that has both by azure.secretName." $name) }}{{ end }}
{{- end }}
{{- if and (eq .credential "ClientSecretCredential") (not $more) }}{{ fail "azure.credential: ClientSecretCredential needs AZURE_CLIENT_SECRET, which nothing brings; name a Secret that has it by azure.secretName." }}{{ end }}
{{- if and (eq .credential "ClientCertificateCredential") (not $more) (not .certificateSecretName) }}{{ fail "azure.credential: ClientCertificateCredential needs a certificate, which nothing brings; name a Secret that has it by azure.certificateSecretName." }}{{ end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "labgallery.checkLabels" -}}
{{- $own := append (keys (include "labgallery.ownLabels" (list . "controller") | fromYaml)) "labgallery.io/shard" }}
{{- range $name, $labels := dict "commonLabels" .Values.commonLabels "podLabels" .Values.podLabels }}
{{- range $label, $_ := $labels }}
{{- if has $label $own }}{{ fail (printf "%s: %s is a label of the chart's own, by which objects are found; choose another one, or set nameOverride." $name $label) }}{{ end }}
{{- end }}
{{- end }}
{{- end }}

{{/* A flag that is given twice ends the program at its start. */}}
{{- define "labgallery.checkArgs" -}}
{{- $given := list }}
{{- range include "labgallery.ownArgs" (list . (keys (.Values.shards | default dict) | sortAlpha | first | default "")) | fromYamlArray }}{{ $given = append $given (splitList "=" . | first) }}{{ end }}
{{- range .Values.extraArgs }}
{{- $flag := splitList "=" . | first }}
{{- if has $flag $given }}{{ fail (printf "extraArgs: %s is given by the chart, and a flag cannot be given twice; set the value that it is made of (values.yaml)." $flag) }}{{ end }}
{{- if not (hasPrefix "--" .) }}{{ fail (printf "extraArgs: %q is no flag; write each as --FLAG=VALUE." .) }}{{ end }}
{{- end }}
{{- end }}
