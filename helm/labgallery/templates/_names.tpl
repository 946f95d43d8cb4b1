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

{{- define "labgallery.namespace" -}}
{{ default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{/* Labels by which pods are selected: they must never change. (list ROOT COMPONENT) */}}
{{- define "labgallery.selectorLabels" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "labgallery.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* Labels of every object: (list ROOT COMPONENT) */}}
{{- define "labgallery.labels" -}}
{{- $root := index . 0 -}}
{{ include "labgallery.selectorLabels" . }}
app.kubernetes.io/part-of: labgallery
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name ($root.Chart.Version | replace "+" "_") }}
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

{{/* The names of all Leases, one a shard, as JSON. */}}
{{- define "labgallery.leases" -}}
{{- $names := list -}}
{{- range $shard := keys .Values.shards | sortAlpha }}
{{- $names = append $names (printf "%s-%s" $.Values.leaderElection.id $shard) }}
{{- end }}
{{- default (list .Values.leaderElection.id) $names | toJson -}}
{{- end }}

{{/* Whether /metrics is served by HTTPS, to those who may get it -> "true" or "". */}}
{{- define "labgallery.secureMetrics" -}}
{{- if and .Values.metrics.enabled .Values.metrics.secure -}}
true
{{- else if and .Values.metrics.enabled .Values.metrics.certificateSecretName -}}
{{- fail "metrics.certificateSecretName: there is nothing to show a certificate for while metrics.secure is false." -}}
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
      name: {{ $root.Values.metrics.certificateSecretName }}
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
{{- fail (printf "The cluster does not serve %s %s. Install its CRDs first, or set the renderMode to skipIfMissing or alwaysRender." (index . 2) (index . 3)) -}}
{{- end -}}
{{- end -}}
{{- end }}
