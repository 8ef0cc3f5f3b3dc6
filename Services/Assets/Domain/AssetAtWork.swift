import EventSchema

/// An asset that is in maintenance because people work on it.
struct AssetAtWork: Hashable, Sendable {
    /// What it was before, and is again afterwards.
    var statusBefore: AssetStatus
    /// Whether work that repairs has been done since.
    var isRepaired = false

    /// The first work on an asset begins.
    ///
    /// - Returns: `nil` if its status stays: somebody has put it into maintenance already, or it is out of service.
    static func begin(on status: AssetStatus) -> AssetAtWork? {
        switch status {
        case .operational, .degraded, .down: AssetAtWork(statusBefore: status)
        case .maintenance, .decommissioned, .unknown: nil
        }
    }

    /// One of the works on it ends.
    mutating func note(_ order: WorkOrderState) {
        if order.status == .completed, order.type.repairs { isRepaired = true }
    }

    /// The status when nobody works on it any more: what was repaired runs again.
    var statusAfter: AssetStatus { isRepaired ? .operational : statusBefore }
}

extension WorkOrderType {
    /// Whether the asset works again when this is done.
    fileprivate var repairs: Bool { self == .corrective || self == .emergency }
}

extension WorkOrderState {
    /// Whether its asset is in somebody's hands: from the start until the work is done, or verified where somebody has to verify it.
    /// `nil`: this version does not know the state.
    var isUnderWay: Bool? {
        switch status {
        case .inProgress, .onHold: true
        case .completed: currentPhase == .completed
        case .draft, .open, .scheduled, .cancelled: false
        case .unknown: nil
        }
    }
}
