import Postgres

extension WorkOrder: Record {
    static let columnNames = [
        "tenant": "tenant_id", "site": "site_id", "asset": "asset_id", "template": "template_id", "crew": "crew_id",
    ]
    static let joined: Set = ["tasks"]
}

extension WorkOrder: RowReadable {
    /// Without its tasks, which are rows of their own.
    init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            tenant: try row.read("tenant_id"),
            number: try row.read("number"),
            title: try row.read("title"),
            description: try row.read("description"),
            type: try row.read("type"),
            priority: try row.read("priority"),
            status: try row.read("status"),
            awaits: try row.read("awaits"),
            site: try row.read("site_id"),
            asset: try row.read("asset_id"),
            assignedTo: try row.read("assigned_to"),
            crew: try row.read("crew_id"),
            crewMembers: try row.read("crew_members"),
            requiredSkills: try row.read("required_skills"),
            requiredPermits: try row.read("required_permits"),
            submittedBy: try row.read("submitted_by"),
            workedBy: try row.read("worked_by"),
            scheduledStart: try row.read("scheduled_start"),
            scheduledEnd: try row.read("scheduled_end"),
            actualStart: try row.read("actual_start"),
            actualEnd: try row.read("actual_end"),
            origin: try row.read("origin"),
            originID: try row.read("origin_id"),
            verdict: try row.read("verdict"),
            cause: try row.read("cause"),
            safetyNotes: try row.read("safety_notes"),
            completionNotes: try row.read("completion_notes"),
            rootCause: try row.read("root_cause"),
            preventiveActions: try row.read("preventive_actions"),
            archivedAt: try row.read("archived_at"),
            template: try row.read("template_id"),
            templateVersion: try row.read("template_version"),
            tasks: [],
            createdAt: try row.read("created_at"),
            createdBy: try row.read("created_by"),
            updatedAt: try row.read("updated_at"),
            version: try row.read("version")
        )
    }
}

extension Awaiting: PostgresEncodable, PostgresDecodable {}

extension HistoryEntry: Record {
    static let columnNames = [
        "from": "from_status", "to": "to_status", "by": "transitioned_by", "at": "transitioned_at",
    ]
}

extension AssetReplica: Record {
    static let columnNames = ["tenant": "tenant_id", "site": "site_id"]
}
