import EventSchema
import Foundation
import Identifiers

/// A work order that was requested for an earlier episode of the same condition and is not closed.
struct AskedWork: Hashable, Sendable {
    /// The alert that requested it.
    var request: AlertID
    var askedAt: Date
    var workOrder: WorkOrderID?
    var number: String?
}

/// The decision on a new alert's work order.
enum AlertWork: Hashable, Sendable {
    case none
    case ask
    /// There is one already: another for the same condition would send two people to one place.
    case share(AskedWork)
    /// There will be none, and people see the reason.
    case refused(WorkRefusal)

    /// How long to wait for the answer to a request. A lost request must not prevent later episodes from making theirs.
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

    /// The text that people read.
    var text: String {
        switch self {
        case .assetDecommissioned: "No work order: the asset is decommissioned"
        }
    }
}
