public import Commands
public import EventSchema
public import Foundation

/// How a work order keeps to its service level: a part of the answer of its owner. What a device pulls does not have it.
public struct ServiceLevelResponse: Codable, Hashable, Sendable {
    /// That of the clock which is worse.
    public var standing: ServiceStanding
    public var clocks: [ServiceClockResponse]

    public init(standing: ServiceStanding, clocks: [ServiceClockResponse]) {
        (self.standing, self.clocks) = (standing, clocks)
    }
}

/// One clock of a service level.
public struct ServiceClockResponse: Codable, Hashable, Sendable {
    public var clock: ServiceClockKind
    public var state: ServiceClockState
    public var standing: ServiceStanding
    /// The time that the level promises, of which only the hours of the site's calendar count.
    public var limitMinutes: Int64
    /// When 80 % of it have passed, or had; absent while a pause leaves that open, and where it did not come to that.
    public var atRiskAt: Date?
    /// When all of it has passed, or had.
    public var dueAt: Date?
    /// When what was promised was done, or the work was cancelled.
    public var endedAt: Date?
    /// What is left of it, of a clock that is paused.
    public var remainingMinutes: Int64?

    public init(
        clock: ServiceClockKind,
        state: ServiceClockState,
        standing: ServiceStanding,
        limitMinutes: Int64,
        atRiskAt: Date?,
        dueAt: Date?,
        endedAt: Date?,
        remainingMinutes: Int64?
    ) {
        self.clock = clock
        self.state = state
        self.standing = standing
        self.limitMinutes = limitMinutes
        self.atRiskAt = atRiskAt
        self.dueAt = dueAt
        self.endedAt = endedAt
        self.remainingMinutes = remainingMinutes
    }
}

extension ServiceLevelResponse: JSONWritable {
    public func write(to json: inout JSONText) throws {
        json.begin()
        json.member("standing", standing.rawValue)
        try json.member("clocks", clocks)
        json.end()
    }
}

extension ServiceClockResponse: JSONWritable {
    public func write(to json: inout JSONText) throws {
        json.begin()
        try json.member("clock", clock)
        json.member("state", state.rawValue)
        json.member("standing", standing.rawValue)
        json.member("limitMinutes", limitMinutes)
        json.member("atRiskAt", atRiskAt)
        json.member("dueAt", dueAt)
        json.member("endedAt", endedAt)
        json.member("remainingMinutes", remainingMinutes)
        json.end()
    }
}
