import EventSchema

/// Watches one tag for one rule. If `rule.consecutive` readings in a row are beyond the threshold, an alert is raised, once per
/// streak. If the same number of readings in a row are within the threshold, the alert is cleared.
struct RuleWatch: Hashable, Sendable {
    private(set) var streak = 0
    /// The time of the streak's first reading, in microseconds since 1970.
    private(set) var firstAt: Int64 = 0
    /// The streak's last readings, the earliest first: what an alert is shown with.
    private(set) var readings: [Reading] = []
    /// Whether the streak's alert was raised.
    private(set) var hasFired = false
    /// The time of the reading that last raised or confirmed the alert.
    private(set) var toldAt: Int64 = 0
    /// How many readings in a row have been within the threshold.
    private(set) var calm = 0
    /// Whether an alert may be open. True at first, because the watch may be new only because its earlier state was lost.
    private(set) var mayBeRaised = true

    /// The shortest time between two confirmations of a raised alert. A person who closed the alert too early learns from the next
    /// confirmation that the pattern goes on.
    static let confirmationInterval: Int64 = 60_000_000

    /// How many readings an alert is shown with.
    static let maximumReadings = 20

    struct Reading: Hashable, Codable, Sendable {
        /// In microseconds since 1970.
        var at: Int64
        var value: Double

        // Short names, as a snapshot has many of these.
        private enum CodingKeys: String, CodingKey {
            case at = "t"
            case value = "v"
        }
    }

    enum Finding: Hashable, Sendable {
        case raised
        /// A pattern that was raised goes on.
        case confirmed
        case cleared
    }

    /// Processes the tag's next reading. Readings must come in the order of their timestamps.
    ///
    /// A streak can become long enough without a finding: in a replay without alerts, or when a rule is changed to require fewer
    /// readings. The next reading beyond the threshold then raises the alert.
    mutating func observe(_ value: Double, at timestamp: Int64, _ rule: AlertRuleState, mayAlert: Bool = true)
        -> Finding?
    {
        let violates =
            switch rule.comparison {
            case .above: value > rule.threshold
            case .below: value < rule.threshold
            // RegistryFeed does not add such rules to the registry.
            case .unknown: false
            }
        return violates
            ? observeViolation(value, at: timestamp, rule, mayAlert: mayAlert) : observeCalm(rule, mayAlert: mayAlert)
    }

    private mutating func observeViolation(
        _ value: Double,
        at timestamp: Int64,
        _ rule: AlertRuleState,
        mayAlert: Bool
    ) -> Finding? {
        calm = 0
        if streak == 0 { firstAt = timestamp }
        streak += 1
        if readings.count == Self.maximumReadings { readings.removeFirst() }
        readings.append(Reading(at: timestamp, value: value))
        guard streak >= rule.consecutive else { return nil }
        // Also in a replay, because the alert may have been published before.
        mayBeRaised = true
        guard mayAlert, !hasFired || timestamp - toldAt >= Self.confirmationInterval else { return nil }
        defer { (hasFired, toldAt) = (true, timestamp) }
        return hasFired ? .confirmed : .raised
    }

    private mutating func observeCalm(_ rule: AlertRuleState, mayAlert: Bool) -> Finding? {
        if streak > 0 { readings.removeAll() }
        (streak, hasFired) = (0, false)
        calm += 1
        guard mayAlert, mayBeRaised, calm >= rule.consecutive else { return nil }
        mayBeRaised = false
        return .cleared
    }
}
