import EventSchema
import Foundation
import Identifiers

/// A work order that an earlier episode of the same condition has asked for, and that is not closed.
struct AskedWork: Hashable, Sendable {
    /// The alert that asked.
    var request: AlertID
    var askedAt: Date
    var workOrder: WorkOrderID?
    var number: String?
}

/// What becomes of a new alert's work order.
enum AlertWork: Hashable, Sendable {
    case none
    case ask
    /// There is one already: another for the same condition would send two people to one place.
    case share(AskedWork)
    /// There will be none, and people learn why.
    case refused(WorkRefusal)

    /// How long an answer to a request may take. A request that was lost must not keep later episodes from theirs.
    static let patience: TimeInterval = 3600

    static func decide(
        createsWorkOrder: Bool,
        asset: AssetStatus?,
        asked: AskedWork?,
        at now: Date
    ) -> AlertWork {
        guard createsWorkOrder else { return .none }
        if asset == .decommissioned { return .refused(.assetDecommissioned) }
        if let asked, asked.workOrder != nil || now.timeIntervalSince(asked.askedAt) < patience { return .share(asked) }
        return .ask
    }
}

/// Why an alert gets no work order.
enum WorkRefusal: String, Codable, CaseIterable, Hashable, Sendable {
    case assetDecommissioned = "asset_decommissioned"

    /// For a person.
    var text: String {
        switch self {
        case .assetDecommissioned: "No work order: the asset is decommissioned"
        }
    }
}
