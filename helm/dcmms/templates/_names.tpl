{{/* The labels of a daemon's objects. Arguments: the daemon's name and the root. */}}
{{- define "dcmms.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/part-of: dcmms
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* One side of a NetworkPolicy's rule. Argument: a peer from the values. */}}
{{- define "dcmms.peer" -}}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: {{ .namespace }}
  {{- with .podLabels }}
  podSelector:
    matchLabels:
      {{- toYaml . | nindent 6 }}
  {{- end }}
{{- end }}

{{/* The names of the daemons that the gateway forwards to, as a JSON array. */}}
{{- define "dcmms.services" -}}
{{- $names := list }}
{{- range $name, $daemon := .Values.daemons }}
{{- if eq $daemon.calledBy "gateway" }}{{ $names = append $names $name }}{{ end }}
{{- end }}
{{- toJson $names }}
{{- end }}
