import EventSchema

/// How a change that meets a newer version is resolved, by what kind of record it is (specification, flow 3).
enum Strategy {
    /// Assets and sites are read-only on a device: the server's word stands. Whoever works on a work order knows best what it
    /// says. Tasks are combined.
    static func of(_ entity: SyncEntity) -> SyncStrategy {
        switch entity {
        case .asset, .site, .unknown: .serverWins
        case .workOrder: .clientWins
        case .task: .merge
        }
    }
}
