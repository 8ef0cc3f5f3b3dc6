import Commands
import EventSchema
import Foundation
import Identifiers
import Postgres

extension IncidentStore {
    static func put(_ incident: Incident) throws -> SQL {
        """
        INSERT INTO incidents (id, tenant_id, number, site_id, asset_id, work_order_id, kind, severity, worst_severity, status,
            occurred_at, title, description, people, immediate_action, reported_at, reported_by, investigator, findings, root_cause,
            actions, closed_at, closed_by, updated_at, version)
        VALUES (\(incident.id), \(incident.tenant), \(incident.number), \(incident.site), \(incident.asset),
            \(incident.workOrder), \(incident.kind), \(incident.severity), \(incident.worstSeverity), \(incident.status),
            \(incident.occurredAt), \(incident.title), \(incident.description), \(try JSONB(of: incident.people)),
            \(incident.immediateAction), \(incident.reportedAt), \(incident.reportedBy), \(incident.investigator),
            \(incident.findings), \(incident.rootCause), \(try JSONB(of: incident.actions)), \(incident.closedAt),
            \(incident.closedBy), \(incident.updatedAt), \(incident.version))
        ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, severity = excluded.severity,
            worst_severity = excluded.worst_severity, status = excluded.status, title = excluded.title,
            description = excluded.description, people = excluded.people, immediate_action = excluded.immediate_action,
            investigator = excluded.investigator, findings = excluded.findings, root_cause = excluded.root_cause,
            actions = excluded.actions, closed_at = excluded.closed_at, closed_by = excluded.closed_by,
            updated_at = excluded.updated_at, version = excluded.version
        """
    }
}

extension Incident: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            tenant: try row.read("tenant_id"),
            number: try row.read("number"),
            site: try row.read("site_id"),
            asset: try row.read("asset_id"),
            workOrder: try row.read("work_order_id"),
            kind: try row.read("kind"),
            severity: try row.read("severity"),
            worstSeverity: try row.read("worst_severity"),
            status: try row.read("status"),
            occurredAt: try row.read("occurred_at"),
            title: try row.read("title"),
            description: try row.read("description"),
            people: try row.read("people", as: JSONB.self).decoded(),
            immediateAction: try row.read("immediate_action"),
            reportedAt: try row.read("reported_at"),
            reportedBy: try row.read("reported_by"),
            investigator: try row.read("investigator"),
            findings: try row.read("findings"),
            rootCause: try row.read("root_cause"),
            actions: try row.read("actions", as: JSONB.self).decoded(),
            closedAt: try row.read("closed_at"),
            closedBy: try row.read("closed_by"),
            updatedAt: try row.read("updated_at"),
            version: try row.read("version")
        )
    }
}
