import Commands
import EventSchema
import Identifiers

/// Which work orders are counted.
struct SummaryFilter: Input {
    var siteId: [SiteID]?
    var assetId: AssetID?

    static let rules: Rules = ["siteId": .items(1...100).means("One of these; repeat the parameter for several")]
}

/// How many work orders have one status, and one priority if they are not closed.
struct WorkOrderCount: Codable, Hashable, Sendable {
    var status: WorkOrderStatus
    /// `nil` of those that are closed.
    var priority: WorkOrderPriority?
    var count: Int
    /// How many of them are not closed although their planned end has passed.
    var overdue: Int
    /// How many of them are not closed, and are to end within a week.
    var dueSoon: Int
    /// How many of them are not closed, and nobody is assigned to them.
    var unassigned: Int
}

/// `GET /workorders/summary`: what an overview shows.
struct WorkOrderSummary: Codable, Hashable, Sendable {
    struct OfStatus: Codable, Hashable, Sendable {
        var status: WorkOrderStatus
        var count: Int
    }

    struct OfPriority: Codable, Hashable, Sendable {
        var priority: WorkOrderPriority
        var count: Int
    }

    /// Every status, in the order of work.
    var byStatus: [OfStatus]
    /// Every priority, of those that are not closed, the least urgent first.
    var byPriority: [OfPriority]
    var inProgress: Int
    /// Not closed although the planned end has passed.
    var overdue: Int
    /// Not closed, and to end within the next 7 days.
    var dueWithin7Days: Int
    /// Not closed, and assigned to nobody.
    var unassigned: Int
}

extension WorkOrderSummary {
    init(_ counts: [WorkOrderCount]) {
        func sum(_ part: KeyPath<WorkOrderCount, Int>, where isCounted: (WorkOrderCount) -> Bool = { _ in true }) -> Int
        {
            counts.reduce(0) { $0 + (isCounted($1) ? $1[keyPath: part] : 0) }
        }
        byStatus = WorkOrderStatus.allCases.map { status in
            OfStatus(status: status, count: sum(\.count) { $0.status == status })
        }
        byPriority = WorkOrderPriority.allCases.map { priority in
            OfPriority(priority: priority, count: sum(\.count) { $0.priority == priority })
        }
        inProgress = sum(\.count) { $0.status == .inProgress }
        overdue = sum(\.overdue)
        dueWithin7Days = sum(\.dueSoon)
        unassigned = sum(\.unassigned)
    }
}
