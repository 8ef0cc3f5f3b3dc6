import EventSchema

/// Watches one tag for one rule: so many readings in a row beyond the threshold complete the pattern, once a streak, and as many
/// in a row within it end what was raised.
struct RuleWatch: Hashable, Sendable {
    private(set) var streak = 0
    /// Microseconds since 1970, of the streak's first reading.
    private(set) var firstAt: Int64 = 0
    /// Whether the streak's alert was raised.
    private(set) var hasFired = false
    /// Timestamp of the reading at which it was raised or confirmed last.
    private(set) var toldAt: Int64 = 0
    /// How many readings in a row are within the threshold.
    private(set) var calm = 0
    /// Whether an alert may stand open. At first nobody knows: the watch may be new because what was known is lost.
    private(set) var mayBeRaised = true

    /// How often it is told that a pattern goes on, at most: whoever closed its alert too early learns of it so.
    static let confirmationInterval: Int64 = 60_000_000

    enum Finding: Hashable, Sendable {
        case raised
        /// A pattern that was raised goes on.
        case confirmed
        case cleared
    }

    /// Takes in the tag's next reading, in the order of their timestamps.
    ///
    /// A streak may become long enough without a finding: in a replay that may not alert, or when a rule comes to ask for less.
    /// It is complete with the next reading then.
    mutating func observe(_ value: Double, at timestamp: Int64, _ rule: AlertRuleState, mayAlert: Bool = true)
        -> Finding?
    {
        let violates =
            switch rule.comparison {
            case .above: value > rule.threshold
            case .below: value < rule.threshold
            // RegistryFeed takes no such rule in.
            case .unknown: false
            }
        return violates
            ? observeViolation(at: timestamp, rule, mayAlert: mayAlert) : observeCalm(rule, mayAlert: mayAlert)
    }

    private mutating func observeViolation(at timestamp: Int64, _ rule: AlertRuleState, mayAlert: Bool) -> Finding? {
        calm = 0
        if streak == 0 { firstAt = timestamp }
        streak += 1
        guard streak >= rule.consecutive else { return nil }
        // In a replay others may have been told.
        mayBeRaised = true
        guard mayAlert, !hasFired || timestamp - toldAt >= Self.confirmationInterval else { return nil }
        defer { (hasFired, toldAt) = (true, timestamp) }
        return hasFired ? .confirmed : .raised
    }

    private mutating func observeCalm(_ rule: AlertRuleState, mayAlert: Bool) -> Finding? {
        (streak, hasFired) = (0, false)
        calm += 1
        guard mayAlert, mayBeRaised, calm >= rule.consecutive else { return nil }
        mayBeRaised = false
        return .cleared
    }
}
