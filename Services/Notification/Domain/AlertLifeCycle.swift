import EventSchema

/// What can happen to an alert.
enum AlertSignal: CaseIterable, Hashable, Sendable {
    /// Its condition holds.
    case detected
    /// Its condition was found to hold no longer.
    case cleared
    /// A person has seen it.
    case acknowledged
    /// Somebody has closed it, or its work order.
    case closed
}

/// What follows from a signal.
enum AlertStep: Hashable, Sendable {
    /// A new alert: people are notified.
    case open
    /// The open alert continues.
    case goOn
    case become(AlertStatus)
    case nothing
}

/// The life cycle of an alert: one alert for each episode of its condition.
enum AlertLifeCycle {
    /// The whole state machine. A signal that is not in it has no effect.
    ///
    /// An alert ends when its condition ends, or when somebody closes it. It never opens again: if the condition returns or still holds,
    /// this is a new episode.
    private static let table: [AlertStatus: [AlertSignal: AlertStep]] = [
        .open: [
            .detected: .goOn, .acknowledged: .become(.acknowledged), .cleared: .become(.resolved),
            .closed: .become(.resolved),
        ],
        .acknowledged: [.detected: .goOn, .cleared: .become(.resolved), .closed: .become(.resolved)],
        .resolved: [.detected: .open],
    ]

    /// - Parameter status: The status of the condition's latest alert; `nil` if it has had none.
    static func step(from status: AlertStatus?, on signal: AlertSignal) -> AlertStep {
        table[status ?? .resolved]?[signal] ?? .nothing
    }
}

/// Why an alert has ended.
enum AlertResolution: String, Codable, CaseIterable, Hashable, Sendable {
    case cleared
    case closed
    case workOrderClosed = "work_order_closed"
    case assetDeleted = "asset_deleted"
}
