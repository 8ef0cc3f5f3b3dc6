/// How a work order keeps to the times that its service level promises: the vocabulary of its answers and of the list's filter.
public enum ServiceStanding: String, CaseIterable, Codable, Hashable, Sendable {
    case onTime = "on_time"
    /// 80 % of a time has passed.
    case atRisk = "at_risk"
    case breached
}

/// What a clock of a service level does.
public enum ServiceClockState: String, CaseIterable, Codable, Hashable, Sendable {
    case running
    /// The work is on hold, for a reason that stops the clock.
    case paused
    /// What was promised has been done, in time or not.
    case stopped
    /// The work was cancelled before that.
    case cancelled
}
