{{/* Names and labels. All templates of this chart begin with labgallery. */}}

{{- define "labgallery.name" -}}
{{ default .Chart.Name .Values.nameOverride | trunc 53 | trimSuffix "-" }}
{{- end }}

{{- define "labgallery.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride | trunc 53 | trimSuffix "-" }}
{{- else if contains (include "labgallery.name" .) .Release.Name -}}
{{ .Release.Name | trunc 53 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name (include "labgallery.name" .) | trunc 53 | trimSuffix "-" }}
{{- end -}}
{{- end }}

{{/* Of what there is once for each shard: (list ROOT SHARD) */}}
{{- define "labgallery.partName" -}}
{{ include "labgallery.fullname" (index . 0) }}{{ with index . 1 }}-{{ . }}{{ end }}
{{- end }}

{{- define "labgallery.namespace" -}}
{{ default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{/* Labels by which pods are selected: they must never change. (list ROOT COMPONENT) */}}
{{- define "labgallery.selectorLabels" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "labgallery.name" $root | toYaml }}
app.kubernetes.io/instance: {{ toYaml $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* Labels that the chart gives: (list ROOT COMPONENT) */}}
{{- define "labgallery.ownLabels" -}}
{{- $root := index . 0 -}}
{{ include "labgallery.selectorLabels" . }}
app.kubernetes.io/part-of: labgallery
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name ($root.Chart.Version | replace "+" "_") }}
{{- end }}

{{/* Labels of every object: (list ROOT COMPONENT) */}}
{{- define "labgallery.labels" -}}
{{- $root := index . 0 -}}
{{ include "labgallery.ownLabels" . }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "labgallery.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{ default (include "labgallery.fullname" .) .Values.serviceAccount.name }}
{{- else -}}
{{ default "default" .Values.serviceAccount.name }}
{{- end -}}
{{- end }}

{{- define "labgallery.image" -}}
{{- with .Values.image -}}
{{ with .registry }}{{ . }}/{{ end }}{{ .repository }}
{{- if .digest }}@{{ .digest }}{{ else }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end -}}
{{- end }}

{{/* Of the simulated Azure; empty: it is the real one. */}}
{{- define "labgallery.simulatorOrigin" -}}
{{- if .Values.simulator.external -}}
{{ .Values.simulator.external }}
{{- else if .Values.simulator.enabled -}}
http://{{ include "labgallery.fullname" . }}-simulator.{{ include "labgallery.namespace" . }}.svc:{{ .Values.simulator.port }}
{{- end -}}
{{- end }}

{{/* The Lease's name, and what a shard's begins with: another one for each release of a namespace. */}}
{{- define "labgallery.lease" -}}
{{ default (include "labgallery.fullname" .) .Values.leaderElection.id }}
{{- end }}

{{/* How to log in to Azure, as JSON; nothing of it where Azure is simulated. */}}
{{- define "labgallery.azure" -}}
{{- ternary (dict) .Values.azure (ne (include "labgallery.simulatorOrigin" .) "") | toJson -}}
{{- end }}

{{/* The names of all Leases, one a shard, as JSON. */}}
{{- define "labgallery.leases" -}}
{{- $lease := include "labgallery.lease" . -}}
{{- $names := list -}}
{{- range $shard := keys (.Values.shards | default dict) | sortAlpha }}
{{- $names = append $names (printf "%s-%s" $lease $shard) }}
{{- end }}
{{- default (list $lease) $names | toJson -}}
{{- end }}

{{/* Whether /metrics is served by HTTPS, to those who may get it -> "true" or "". */}}
{{- define "labgallery.secureMetrics" -}}
{{- if and .Values.metrics.enabled .Values.metrics.secure -}}
true
{{- end -}}
{{- end }}

{{/* How a monitor scrapes secure metrics: (list ROOT VALUES) */}}
{{- define "labgallery.secureScrape" -}}
{{- $root := index . 0 -}}{{- $monitor := index . 1 -}}
scheme: https
{{- with $monitor.authorization }}
authorization:
  {{- toYaml . | nindent 2 }}
{{- end }}
tlsConfig:
  {{- if $monitor.tlsConfig }}
  {{- toYaml $monitor.tlsConfig | nindent 2 }}
  {{- else if $root.Values.metrics.certificateSecretName }}
  ca:
    secret:
      name: {{ toYaml $root.Values.metrics.certificateSecretName }}
      key: ca.crt
  serverName: {{ include "labgallery.fullname" $root }}-metrics.{{ include "labgallery.namespace" $root }}.svc
  {{- else }}
  insecureSkipVerify: true
  {{- end }}
{{- end }}

{{/* What is rendered of a kind that the cluster may not serve: (list ROOT VALUES API-VERSION KIND) -> "true" or "". */}}
{{- define "labgallery.wanted" -}}
{{- $root := index . 0 -}}{{- $values := index . 1 -}}
{{- if $values.enabled -}}
{{- $served := $root.Capabilities.APIVersions.Has (printf "%s/%s" (index . 2) (index . 3)) -}}
{{- if or $served (eq $values.renderMode "alwaysRender") -}}
true
{{- else if eq $values.renderMode "failIfMissing" -}}
{{- fail (printf "The cluster does not serve %s %s. Install its CRDs first, or set %s.renderMode to skipIfMissing or alwaysRender." (index . 2) (index . 3) (index . 3 | untitle)) -}}
{{- end -}}
{{- end -}}
{{- end }}
