import EventSchema

extension AssetStatus {
    /// Which types of work each state of an asset admits: what people create, submit, schedule and start passes this one table. What an alert or a
    /// prediction asks for is opened in any case, unless the asset is decommissioned; it can be started when the asset is in another state.
    static let work: [AssetStatus: Set<WorkOrderType>] = [
        .operational: Set(WorkOrderType.allCases),
        .degraded: Set(WorkOrderType.allCases),
        // What has failed is repaired: nothing is left to predict.
        .down: [.corrective, .preventive, .inspection, .emergency],
        // The work itself may be the reason for the state.
        .maintenance: Set(WorkOrderType.allCases),
        .decommissioned: [],
    ]

    /// A state that this version does not know refuses nothing.
    func admits(_ type: WorkOrderType) -> Bool { Self.work[self]?.contains(type) ?? true }
}

/// What is known of a work order's asset.
struct AssetFacts: Hashable, Sendable {
    var code: String
    var status: AssetStatus

    /// Refuses work that the asset's state does not admit.
    func requireAdmitting(_ type: WorkOrderType) throws(Refusal) {
        guard status != .decommissioned else { throw .assetDecommissioned(code) }
        guard status.admits(type) else { throw .workNotAdmitted(type, code, status) }
    }
}

extension AssetReplica {
    var facts: AssetFacts { AssetFacts(code: code, status: status) }
}
