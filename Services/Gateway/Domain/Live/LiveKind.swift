import Access
import EventSchema

/// The kinds of records whose changes clients can follow, named like the paths at which they are read.
enum LiveKind: String, CaseIterable, Hashable, Sendable {
    case workOrders = "workorders"
    case alerts
    case notifications
    case assets
    case sites
    case sensors
    case alertRules = "alert-rules"
    case predictions

    /// The permission that reading such records needs.
    var permission: Permission {
        switch self {
        case .workOrders: .workOrderRead
        case .alerts: .alertRead
        case .notifications: .notificationRead
        case .assets: .assetRead
        case .sites: .siteRead
        case .sensors: .sensorRead
        case .alertRules: .alertRuleRead
        case .predictions: .predictionRead
        }
    }

    /// The index in ``LogPosition/topics`` of the topic that carries their changes.
    var topic: Int {
        switch self {
        case .workOrders: 0
        case .alerts: 1
        case .notifications: 2
        case .assets, .sites: 3
        case .sensors: 4
        case .alertRules: 5
        case .predictions: 6
        }
    }
}

extension LogPosition {
    /// The topics that are followed. Cursors refer to them by their place in this list: new ones are added at its end.
    static let topics: [Topic] = [
        .workOrderState, .alertEvents, .notificationEvents, .assetEvents, .assetSensors, .alertRules, .predictionEvents,
    ]
}
