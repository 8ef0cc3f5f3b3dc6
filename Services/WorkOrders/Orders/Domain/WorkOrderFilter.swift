import Commands
import EventSchema
import Foundation
import Identifiers

/// The filter of a list of work orders, and its order.
struct WorkOrderFilter: Input {
    var status: [WorkOrderStatus]?
    var phase: [WorkOrderPhase]?
    var type: [WorkOrderType]?
    var priority: [WorkOrderPriority]?
    var siteId: [SiteID]?
    var assetId: AssetID?
    var assignedTo: UserID?
    var crewId: CrewID?
    var unassigned: Bool?
    var overdue: Bool?
    var serviceLevel: [ServiceStanding]?
    var archived: Bool?
    var scheduledFrom: Date?
    var scheduledTo: Date?
    var q: String?
    var sort: WorkOrderSort?

    static let rules: Rules = [
        "status": .items(1...7).means("One of these; repeat the parameter for several"),
        "phase": .items(1...WorkOrderPhase.allCases.count).means("One of these; repeat the parameter for several"),
        "type": .items(1...5).means("One of these; repeat the parameter for several"),
        "priority": .items(1...4).means("One of these; repeat the parameter for several"),
        "siteId": .items(1...100).means("One of these; repeat the parameter for several"),
        "assignedTo": .means("Only work of this person, alone or in a crew"),
        "crewId": .means("Only work of this crew"),
        "unassigned": .means("true: only work that nobody is assigned to; false: only work that somebody is"),
        "overdue": .means("true: only work that is not closed although its planned end has passed; false: all other"),
        "serviceLevel": .items(1...ServiceStanding.allCases.count).means(
            "How it keeps to its service level; one of these, repeat the parameter for several"
        ),
        "archived": .means("true: only work in the archive; without it, or false: only work that is not"),
        "scheduledFrom": .means("Only work that is planned for a time that ends at this moment or later"),
        "scheduledTo": .means("Only work that is planned for a time that begins before this moment"),
        "q": .line(1...100).means(
            """
            Words of its number, title or description, in any order, whatever their case and accents; a word may be the beginning of a \
            longer one, and in the title any part of it
            """
        ).example("fan inverter"),
        "sort": .means(
            """
            What the list is ordered by; a minus means descending, and the default is `-createdAt`. Work without a plan comes after \
            all other in ascending order, and before it in descending order
            """
        ),
    ]

    func check(_ errors: inout FieldErrors) {
        guard let scheduledFrom, let scheduledTo else { return }
        errors.require(scheduledFrom < scheduledTo, "scheduledTo", .after("scheduledFrom"))
    }
}

/// What a list of work orders is ordered by. In a query: `priority`, or `-priority` for the most urgent first.
struct WorkOrderSort: RawRepresentable, CaseIterable, Codable, Hashable, Sendable {
    enum Field: String, CaseIterable, Codable, Sendable {
        case createdAt, number, priority, scheduledStart, updatedAt
    }

    var field: Field
    var isDescending = false

    static let newestFirst = WorkOrderSort(field: .createdAt, isDescending: true)
    static let allCases = Field.allCases.flatMap {
        [WorkOrderSort(field: $0), WorkOrderSort(field: $0, isDescending: true)]
    }

    var rawValue: String { (isDescending ? "-" : "") + field.rawValue }
}

extension WorkOrderSort {
    init?(rawValue: String) {
        guard let sort = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = sort
    }
}

/// A work order's place in a list of a certain order. The id makes the order total.
struct WorkOrderPosition: Codable, Hashable, Sendable {
    /// What the list is ordered by, and the work order's value of it.
    enum Key: Codable, Hashable, Sendable {
        case createdAt(Date)
        case number(String)
        case priority(WorkOrderPriority)
        /// Of work without a start, its end.
        case scheduledStart(Date?)
        case updatedAt(Date)
    }

    var key: Key
    var isDescending: Bool
    var id: WorkOrderID
}

extension WorkOrderPosition {
    init(of order: WorkOrder, in sort: WorkOrderSort) {
        key =
            switch sort.field {
            case .createdAt: .createdAt(order.createdAt)
            case .number: .number(order.number)
            case .priority: .priority(order.priority)
            case .scheduledStart: .scheduledStart(order.scheduledStart ?? order.scheduledEnd)
            case .updatedAt: .updatedAt(order.updatedAt)
            }
        isDescending = sort.isDescending
        id = order.id
    }

    /// The order of the list that it is a place in.
    var sort: WorkOrderSort {
        let field: WorkOrderSort.Field =
            switch key {
            case .createdAt: .createdAt
            case .number: .number
            case .priority: .priority
            case .scheduledStart: .scheduledStart
            case .updatedAt: .updatedAt
            }
        return WorkOrderSort(field: field, isDescending: isDescending)
    }
}
