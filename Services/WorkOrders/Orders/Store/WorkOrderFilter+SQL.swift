import EventSchema
import Foundation
import Identifiers
import Postgres

extension WorkOrderFilter {
    /// The filter as a condition of a query of `work_orders`, without the sites.
    func condition(at now: Date) -> SQL {
        .all([
            status.map { .isOne(of: $0, "status") },
            phase.map { .any($0.map(\.condition)) },
            type.map { .isOne(of: $0, "type") },
            priority.map { .isOne(of: $0, "priority") },
            archived == true ? "archived_at IS NOT NULL" : "archived_at IS NULL",
            assetId.map { "asset_id = \($0)" },
            assignedTo.map { .isWork(of: $0) }, crewId.map { "crew_id = \($0)" },
            scheduledFrom.map { "planned_until >= \($0)" },
            scheduledTo.map { "planned_from < \($0)" },
            q.map { "id IN (SELECT work_orders_with(\($0)))" },
            unassigned.map { .holds("assigned_to IS NULL AND crew_id IS NULL", $0) },
            overdue.map { .holds(.isOverdue(at: now), $0) },
            serviceLevel.map { .any($0.map { $0.condition(at: now) }) },
        ])
    }

    var order: SQL { (sort ?? .newestFirst).order }
}

extension WorkOrderPhase {
    /// The rows of a work order in this phase: ``WorkOrder/phase`` in SQL.
    fileprivate var condition: SQL {
        let isOfStatus: SQL = "status = \(status)"
        let rest: SQL? =
            switch self {
            case .submitted: "awaits = 'approval'"
            case .approved: "awaits IS DISTINCT FROM 'approval'"
            case .scheduled: "assigned_to IS NULL AND crew_id IS NULL"
            case .assigned: "assigned_to IS NOT NULL OR crew_id IS NOT NULL"
            case .completed: "awaits = 'verification'"
            case .verified: "awaits = 'closing'"
            case .closed: "awaits IS NULL OR awaits = 'approval'"
            case .draft, .inProgress, .onHold, .cancelled, .unknown: nil
            }
        return .all([isOfStatus, rest])
    }
}

extension WorkOrderSort {
    var order: SQL { isDescending ? "\(sql: field.column) DESC, id DESC" : "\(sql: field.column), id" }
}

extension WorkOrderSort.Field {
    // Each is the column of an index.
    fileprivate var column: SQL {
        switch self {
        case .createdAt: "created_at"
        case .number: "number"
        case .priority: "urgency"
        case .scheduledStart: "planned_from"
        case .updatedAt: "updated_at"
        }
    }
}

extension WorkOrderPosition {
    /// Of the work orders that follow it.
    var isBefore: SQL {
        let value: SQL =
            switch key {
            case .createdAt(let time), .updatedAt(let time): "\(time)"
            case .number(let number): "\(number)"
            case .priority(let priority): "array_position(ARRAY['low', 'medium', 'high', 'critical'], \(priority))"
            case .scheduledStart(let time): "COALESCE(\(time), 'infinity')"
            }
        let (column, sign): (SQL, SQL) = (sort.field.column, isDescending ? "<" : ">")
        return "(\(sql: column), id) \(sql: sign) (\(sql: value), \(id))"
    }
}

extension SQL {
    /// Whether a condition is true, or is not.
    fileprivate static func holds(_ condition: SQL, _ isTrue: Bool) -> SQL {
        isTrue ? condition : "(\(sql: condition)) IS NOT TRUE"
    }

    /// Of a work order: whether somebody does it, alone or in a crew. Former members have what they have done with it.
    static func isWork(of user: UserID) -> SQL {
        "assigned_to = \(user) OR (\(sql: isCrewWork(of: user)))"
    }

    static func isCrewWork(of user: UserID) -> SQL {
        """
        crew_id = ANY(ARRAY(SELECT p.crew_id FROM crew_people p WHERE p.tenant_id = work_orders.tenant_id AND p.user_id = \(user)))
            AND \(user) = ANY(crew_members)
        """
    }

    static func isOverdue(at now: Date) -> SQL { "\(sql: isUnclosed) AND scheduled_end < \(now)" }

    static let isUnclosed: SQL = "status NOT IN ('completed', 'cancelled')"
}
