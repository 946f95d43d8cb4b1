{{/* What all pods have in common. */}}
{{- define "labgallery.podBasics" -}}
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ toYaml . }}
{{- end }}
{{- with .Values.schedulerName }}
schedulerName: {{ . }}
{{- end }}
{{- end }}

{{/* Which Lease is meant: (list ROOT SHARD) */}}
{{- define "labgallery.electionArgs" -}}
{{- $root := index . 0 -}}{{- $shard := index . 1 -}}
{{- with $root.Values -}}
- --leader-elect={{ .leaderElection.enabled }}
{{- if .leaderElection.enabled }}
- --leader-election-id={{ include "labgallery.lease" $root }}
- --leader-election-namespace={{ include "labgallery.namespace" $root }}
{{- end }}
{{- if $shard }}
- --shard={{ $shard }}
- {{ printf "--namespace-selector=%s" (get .shards $shard).namespaceSelector | toYaml }}
{{- end }}
{{- end }}
{{- end }}

{{/* The flags of the controller that the chart gives: (list ROOT SHARD) */}}
{{- define "labgallery.ownArgs" -}}
{{- $root := index . 0 -}}{{- $shard := index . 1 -}}
{{- with $root.Values -}}
- controller
{{- $simulator := include "labgallery.simulatorOrigin" $root }}
{{- if $simulator }}
- {{ printf "--azure-endpoint=%s" $simulator | toYaml }}
- --azure-plain-http
{{- else if .azure.tokenFile }}
- {{ printf "--cloud=%s" .azure.cloud | toYaml }}
- {{ printf "--azure-token-file=%s" .azure.tokenFile | toYaml }}
{{- else }}
- {{ printf "--cloud=%s" .azure.cloud | toYaml }}
- --azure-credential={{ .azure.credential }}
{{- with .azure.managedIdentity }}
- {{ printf "--azure-managed-identity=%s" . | toYaml }}
{{- end }}
{{- end }}
{{- with .installation }}
- --installation={{ . }}
{{- end }}
{{- with .watchNamespace }}
- --namespace={{ . }}
{{- end }}
{{ include "labgallery.electionArgs" (list $root $shard) }}
- --health-probe-bind-address=:{{ .health.port }}
- --metrics-bind-address={{ ternary (printf ":%v" .metrics.port) "0" .metrics.enabled }}
{{- if .metrics.enabled }}
- --metrics-secure={{ .metrics.secure }}
{{- if and (include "labgallery.secureMetrics" $root) .metrics.certificateSecretName }}
- --metrics-cert-path=/etc/labgallery/metrics-certificate
{{- end }}
{{- end }}
- --metrics-per-object={{ .metrics.perObject }}
- --sync-period={{ .syncPeriod }}
- --role-settle={{ .roleSettle }}
- --workers={{ .workers }}
{{- if .requireAllowedScopes }}
- --require-allowed-scopes
{{- end }}
{{- with .defaultDeletionPolicy }}
- --default-deletion-policy={{ . }}
{{- end }}
{{- with .defaultAdoption }}
- --default-adoption={{ . }}
{{- end }}
{{- with .labServicesPrincipalId }}
- --lab-services-principal-id={{ . }}
{{- end }}
{{- if .registerProviders }}
- --register-providers
{{- end }}
{{- with .labPlansPrincipalId }}
- --lab-plans-principal-id={{ . }}
{{- end }}
{{- if .prices }}
- --prices=/etc/labgallery/prices/prices.json
{{- end }}
{{- if .kubeApi.qps }}
- --kube-api-qps={{ .kubeApi.qps }}
{{- if .kubeApi.burst }}
- --kube-api-burst={{ .kubeApi.burst }}
{{- end }}
{{- end }}
- --log-level={{ .log.level }}
- --log-format={{ .log.format }}
{{- end }}
{{- end }}

{{/* All flags of the controller: (list ROOT SHARD) */}}
{{- define "labgallery.args" -}}
{{ include "labgallery.ownArgs" . }}
{{- with (index . 0).Values.extraArgs }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The variables by which the controller logs in to Azure, and who it trusts. */}}
{{- define "labgallery.env" -}}
{{- with include "labgallery.azure" . | fromJson }}
{{- if .tenantId }}
- name: AZURE_TENANT_ID
  value: {{ .tenantId | quote }}
{{- end }}
{{- if .clientId }}
- name: AZURE_CLIENT_ID
  value: {{ .clientId | quote }}
{{- end }}
{{- if .workloadIdentity }}
- name: AZURE_FEDERATED_TOKEN_FILE
  value: /var/run/secrets/azure/tokens/token
{{- end }}
{{- if .certificateSecretName }}
- name: AZURE_CLIENT_CERTIFICATE_PATH
  value: /etc/labgallery/certificate/tls.pem
{{- end }}
{{- end }}
{{- if .Values.caBundle.configMap }}
- name: SSL_CERT_FILE
  value: /etc/labgallery/ca/{{ .Values.caBundle.key }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "labgallery.envFrom" -}}
{{- with (include "labgallery.azure" . | fromJson).secretName }}
- secretRef:
    name: {{ toYaml . }}
{{- end }}
{{- with .Values.extraEnvFrom }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "labgallery.volumeMounts" -}}
{{- $azure := include "labgallery.azure" . | fromJson }}
{{- if $azure.workloadIdentity }}
- name: azure-token
  mountPath: /var/run/secrets/azure/tokens
  readOnly: true
{{- end }}
{{- if $azure.certificateSecretName }}
- name: azure-certificate
  mountPath: /etc/labgallery/certificate
  readOnly: true
{{- end }}
{{- if .Values.metrics.certificateSecretName }}
- name: metrics-certificate
  mountPath: /etc/labgallery/metrics-certificate
  readOnly: true
{{- end }}
{{- if .Values.prices }}
- name: prices
  mountPath: /etc/labgallery/prices
  readOnly: true
{{- end }}
{{- if .Values.caBundle.configMap }}
- name: ca-bundle
  mountPath: /etc/labgallery/ca
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "labgallery.volumes" -}}
{{- $azure := include "labgallery.azure" . | fromJson }}
{{- if $azure.workloadIdentity }}
- name: azure-token
  projected:
    sources:
      - serviceAccountToken:
          path: token
          audience: api://AzureADTokenExchange
          expirationSeconds: 3600
{{- end }}
{{- with $azure.certificateSecretName }}
- name: azure-certificate
  secret:
    secretName: {{ toYaml . }}
{{- end }}
{{- with .Values.metrics.certificateSecretName }}
- name: metrics-certificate
  secret:
    secretName: {{ toYaml . }}
{{- end }}
{{- if .Values.prices }}
- name: prices
  configMap:
    name: {{ include "labgallery.fullname" . }}-prices
{{- end }}
{{- if .Values.caBundle.configMap }}
- name: ca-bundle
  configMap:
    name: {{ toYaml .Values.caBundle.configMap }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "labgallery.probe" -}}
httpGet:
  path: {{ index . 1 }}
  port: health
{{ toYaml (index . 0) }}
{{- end }}
