import EventSchema
import Foundation
import Identifiers
import Postgres

extension WorkOrder {
    init(_ row: Row, tasks: [WorkTask]) throws {
        self.init(
            id: try row["id"],
            tenant: try row["tenant_id"],
            number: try row["number"],
            title: try row["title"],
            description: try row["description"],
            type: try row["type"],
            priority: try row["priority"],
            status: try row["status"],
            site: try row["site_id"],
            asset: try row["asset_id"],
            assignedTo: try row["assigned_to"],
            scheduledStart: try row["scheduled_start"],
            scheduledEnd: try row["scheduled_end"],
            actualStart: try row["actual_start"],
            actualEnd: try row["actual_end"],
            origin: try row["origin"],
            originID: try row["origin_id"],
            tasks: tasks,
            createdAt: try row["created_at"],
            createdBy: try row["created_by"],
            updatedAt: try row["updated_at"],
            version: try row["version"]
        )
    }
}

extension AssetReplica {
    init(_ row: Row) throws {
        self.init(
            id: try row["id"],
            tenant: try row["tenant_id"],
            site: try row["site_id"],
            code: try row["code"],
            status: try row["status"]
        )
    }
}

extension WorkTask {
    init(_ row: Row) throws {
        self.init(
            id: try row["id"],
            title: try row["title"],
            position: try row["position"],
            status: try row["status"],
            completedAt: try row["completed_at"],
            completedBy: try row["completed_by"],
            notes: try row["notes"]
        )
    }
}

/// One move of a work order, as its history tells it.
struct HistoryEntry: Codable, Hashable, Sendable {
    var from: WorkOrderStatus?
    var to: WorkOrderStatus
    var transition: String
    var reason: String?
    var by: UserID?
    var at: Date
    var version: Int64

    init(_ row: Row) throws {
        from = try row["from_status"]
        to = try row["to_status"]
        transition = try row["transition"]
        reason = try row["reason"]
        by = try row["transitioned_by"]
        at = try row["transitioned_at"]
        version = try row["version"]
    }
}

/// A work order's place in a list, newest first.
struct WorkOrderPosition: Codable, Hashable, Sendable {
    var createdAt: Date
    var id: WorkOrderID
}
