{{/* What the controller may do: tests/chart holds these rules equal to tests/e2e/rights.yaml, which is what it was seen to use. */}}

{{- define "labgallery.objectRules" -}}
- apiGroups: [labgallery.io]
  resources: [labaccounts, sharedimagegalleries, images]
  verbs: [get, list, watch, patch]
- apiGroups: [labgallery.io]
  resources: [labaccounts/status, sharedimagegalleries/status, images/status]
  verbs: [patch]
{{- if .Values.rbac.secrets }}
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, list, patch]
{{- end }}
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end }}

{{/* Namespaces have no namespace: their labels and annotations can be read in all of them or in none. */}}
{{- define "labgallery.clusterRules" -}}
- apiGroups: [""]
  resources: [namespaces]
  verbs: [list, watch]
- apiGroups: [""]
  resources: [namespaces]
  resourceNames: [kube-system]
  verbs: [get]
{{- end }}

{{/* Whether another operator is at work on the same objects; where it may not look everywhere, beside its own Lease. */}}
{{- define "labgallery.overlapRules" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [list]
{{- end }}

{{/* Who asks for secure metrics, and whether he may: questions that have no namespace. */}}
{{- define "labgallery.reviewRules" -}}
- apiGroups: [authentication.k8s.io]
  resources: [tokenreviews]
  verbs: [create]
- apiGroups: [authorization.k8s.io]
  resources: [subjectaccessreviews]
  verbs: [create]
{{- end }}

{{- define "labgallery.electionRules" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: {{ include "labgallery.leases" . }}
  verbs: [get, update, watch]
{{- end }}

{{- define "labgallery.subjects" -}}
- kind: ServiceAccount
  name: {{ include "labgallery.serviceAccountName" . | toYaml }}
  namespace: {{ include "labgallery.namespace" . | toYaml }}
{{- end }}

{{/* Cluster-scoped names hold the namespace, so that two releases of one name do not meet. */}}
{{- define "labgallery.clusterName" -}}
{{ include "labgallery.namespace" . }}-{{ include "labgallery.fullname" . }}
{{- end }}
