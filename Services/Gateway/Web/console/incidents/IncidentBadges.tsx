import { useText } from "../../shared/localization";
import { Badge } from "../../shared/ui";
import { severityLooks, statusLooks, type IncidentStatus, type Severity } from "./incidents";

export function SeverityBadge({ severity }: { severity: Severity }) {
  const text = useText();
  return <Badge {...severityLooks[severity]}>{text(`orders.incident.severity.${severity}`)}</Badge>;
}

export function IncidentStatusBadge({ status }: { status: IncidentStatus }) {
  const text = useText();
  return <Badge {...statusLooks[status]}>{text(`orders.incident.status.${status}`)}</Badge>;
}
