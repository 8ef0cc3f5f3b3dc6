import EventSchema

/// How a conflict with a newer version is resolved, for each kind of record (specification, flow 3).
enum Strategy {
    /// Assets and sites are read-only on a device: the server wins. For a work order the device wins, because its user works on it. Tasks are
    /// merged.
    static func of(_ entity: SyncEntity) -> SyncStrategy {
        switch entity {
        case .asset, .site, .unknown: .serverWins
        case .workOrder: .clientWins
        case .task: .merge
        }
    }
}
