import type { AddCorrectiveAction, ChangeCorrectiveAction, ChangeIncident, CorrectiveAction, IncidentResponse, Operations, ReportIncident } from "generated/api";
import { call } from "../../shared/api/call";
import { change } from "../../shared/data";
import type { IconName, Tone } from "../../shared/ui";

/** Something that went wrong, or nearly did. */
export type Incident = IncidentResponse;
export type IncidentStatus = Incident["status"];
export type Severity = Incident["severity"];
export type IncidentKind = Incident["kind"];
export type IncidentMove = Incident["allowedTransitions"][number];
/** What is done so that it does not happen again. */
export type Action = CorrectiveAction;

export const incidentStatuses: IncidentStatus[] = ["reported", "investigating", "action_required", "closed"];
export const severities: Severity[] = ["fatal", "major", "moderate", "minor"];
export const incidentKinds: IncidentKind[] = ["injury", "near_miss", "property_damage", "environmental", "fire", "electrical", "security"];

export const severityLooks: Record<Severity, { tone: Tone; icon: IconName }> = {
  fatal: { tone: "danger", icon: "alert-octagon" }, major: { tone: "danger", icon: "alert" }, moderate: { tone: "warning", icon: "alert" }, minor: { tone: "neutral", icon: "info" },
};
export const statusLooks: Record<IncidentStatus, { tone: Tone; icon: IconName }> = {
  reported: { tone: "warning", icon: "bell" }, investigating: { tone: "info", icon: "search" }, action_required: { tone: "purple", icon: "wrench" }, closed: { tone: "success", icon: "check" },
};
export const moveIcons: Record<IncidentMove, IconName> = { investigate: "search", require_action: "wrench", close: "check" };

export type IncidentQuery = Operations["GET /api/v1/incidents"]["query"];

const path = ({ id }: Incident) => ({ id });
export const readIncident = (incident: Incident): Promise<Incident> => call("GET /api/v1/incidents/{id}", { path: path(incident) });
export const reportIncident = (body: ReportIncident): Promise<Incident> => change("POST /api/v1/incidents", { body });
export const changeIncident = (incident: Incident, body: ChangeIncident, version: number): Promise<Incident> => change("PATCH /api/v1/incidents/{id}", { path: path(incident), body }, { version });
export const moveIncident = (incident: Incident, transition: IncidentMove): Promise<Incident> =>
  change("POST /api/v1/incidents/{id}/transitions/{transition}", { path: { ...path(incident), transition }, body: {} }, { version: incident.version });
export const addAction = (incident: Incident, body: AddCorrectiveAction): Promise<Incident> => change("POST /api/v1/incidents/{id}/actions", { path: path(incident), body }, { version: incident.version });
export const changeAction = (incident: Incident, action: Action, body: ChangeCorrectiveAction): Promise<Incident> =>
  change("PATCH /api/v1/incidents/{id}/actions/{action}", { path: { ...path(incident), action: action.id }, body }, { version: incident.version });
