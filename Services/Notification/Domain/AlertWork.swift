import EventSchema
import Foundation
import Identifiers

/// An open work order that an earlier episode of the same condition requested.
struct AskedWork: Hashable, Sendable {
    /// The alert that requested it.
    var request: AlertID
    var askedAt: Date
    var workOrder: WorkOrderID?
    var number: String?
}

/// What happens with a new alert's work order.
enum AlertWork: Hashable, Sendable {
    case none
    case ask
    /// There is one already. A second one for the same condition would send two people to the same place.
    case share(AskedWork)
    /// There will be none, and the message says why.
    case refused(WorkRefusal)

    /// How long a request can take. After that, a later episode requests its own work order: the first request may be lost.
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
