import EventSchema

/// Watches one tag for one rule: so many readings in a row beyond the threshold complete the pattern, once a streak.
struct RuleWatch: Hashable, Sendable, Codable {
    private(set) var streak = 0
    /// Microseconds since 1970, of the streak's first reading.
    private(set) var firstAt: Int64 = 0

    /// Whether the streak's alert was raised.
    private(set) var hasFired = false

    /// Takes in the tag's next reading, in the order of their timestamps; true when it completes the pattern.
    ///
    /// A streak may become long enough without that: in a replay that may not alert, or when a rule comes to ask for less. It
    /// is complete with the next reading then.
    mutating func observe(_ value: Double, at timestamp: Int64, _ rule: AlertRuleState, mayAlert: Bool = true) -> Bool {
        let violates =
            switch rule.comparison {
            case .above: value > rule.threshold
            case .below: value < rule.threshold
            // RegistryFeed takes no such rule in.
            case .unknown: false
            }
        guard violates else {
            self = RuleWatch()
            return false
        }
        if streak == 0 { firstAt = timestamp }
        streak += 1
        guard mayAlert, !hasFired, streak >= rule.consecutive else { return false }
        hasFired = true
        return true
    }
}
