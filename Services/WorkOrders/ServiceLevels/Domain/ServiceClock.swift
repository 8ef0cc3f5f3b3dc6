import EventSchema
import Foundation
import Identifiers

/// One clock of a work order's service level. It follows from the levels, the calendar and the history of moves, and from nothing else: whoever
/// works it out again gets the same.
struct ServiceClock: Hashable, Sendable {
    var kind: ServiceClockKind
    var state: ServiceClockState
    var limitMinutes: Int64
    /// When 80 % of the limit have passed, or will have if it goes on running; `nil` where a pause or its end came before.
    var atRiskAt: Date?
    /// The same for all of it.
    var dueAt: Date?
    /// When it was stopped or cancelled.
    var endedAt: Date?
    /// What is left, in seconds, while it is paused; 0 when nothing is.
    var remaining: Int64?

    /// What part of the limit has passed when it is at risk.
    static let riskPercent: Int64 = 80

    /// What may be told of it at a moment: each stage that it has reached, and when that was.
    func stages(by now: Date) -> [(stage: ServiceStage, at: Date)] {
        [(ServiceStage.atRisk, atRiskAt), (.breached, dueAt)].compactMap { stage, moment in
            moment.flatMap { $0 <= now ? (stage, $0) : nil }
        }
    }

    func standing(at now: Date) -> ServiceStanding {
        if let dueAt, dueAt <= now { return .breached }
        let isOver = state == .stopped || state == .cancelled
        if !isOver, let atRiskAt, atRiskAt <= now { return .atRisk }
        return .onTime
    }
}

extension ServiceLevels {
    /// The clocks of a work order; none where no time is promised, and before it was submitted.
    ///
    /// - Parameter history: All of its moves, in their order.
    func clocks(
        of order: WorkOrder,
        in zone: TimeZone,
        history: [HistoryEntry]
    ) -> [ServiceClock] {
        clocks(priority: order.priority, site: order.site, in: zone, history: history)
    }

    func clocks(
        priority: WorkOrderPriority,
        site: SiteID,
        in zone: TimeZone,
        history: [HistoryEntry]
    ) -> [ServiceClock] {
        guard let level = level(for: priority) else { return [] }
        let calendar = calendar(of: level, at: site, in: zone)
        return ServiceClockKind.allCases.compactMap { kind in
            guard let limit = level.limit(of: kind), let course = ClockCourse(of: kind, history, pausedBy) else {
                return nil
            }
            return ServiceClock(kind, limit: limit, course, calendar)
        }
    }
}

/// When a clock has run, by the history of moves.
private struct ClockCourse {
    var state = ServiceClockState.running
    /// Whole seconds since 1970.
    var closed: [Range<Int64>] = []
    /// Since when it runs; `nil` if it does not.
    var runningSince: Int64?
    var endedAt: Int64?

    /// - Returns: `nil` if it has not begun: the work order is a draft.
    init?(of kind: ServiceClockKind, _ history: [HistoryEntry], _ pausing: [HoldReason]) {
        var course: ClockCourse?
        for entry in history {
            let second = Int64(entry.at.timeIntervalSince1970.rounded(.down))
            switch entry.to {
            case .draft, .unknown:
                // What is rejected was not accepted as work: the clock begins anew when it is submitted again.
                course = nil
                continue
            case .open, .scheduled:
                break
            case .inProgress:
                if kind == .respond {
                    course?.end(.stopped, at: second)
                    continue
                }
            case .onHold:
                // Somebody else was assigned in the meantime.
                guard entry.from != .onHold else { continue }
                if let reason = entry.holdReason, pausing.contains(reason), kind == .restore {
                    course?.pause(at: second)
                    continue
                }
            case .completed:
                course?.end(.stopped, at: second)
                continue
            case .cancelled:
                course?.end(.cancelled, at: second)
                continue
            }
            if course == nil { course = ClockCourse(since: second) }
            if kind == .restore { course?.resume(at: second) }
        }
        guard let course else { return nil }
        self = course
    }

    private init(since second: Int64) { runningSince = second }

    private mutating func pause(at second: Int64) {
        close(at: second)
        state = .paused
    }

    /// Of work that was paused, or completed and reopened: what lay between does not count.
    private mutating func resume(at second: Int64) {
        guard runningSince == nil else { return }
        // The clock of another instance may be a little behind.
        runningSince = max(second, closed.last?.upperBound ?? second)
        (state, endedAt) = (.running, nil)
    }

    private mutating func end(_ state: ServiceClockState, at second: Int64) {
        // What was promised is done once.
        guard endedAt == nil else { return }
        close(at: second)
        (self.state, endedAt) = (state, max(second, closed.last?.upperBound ?? second))
    }

    private mutating func close(at second: Int64) {
        guard let start = runningSince else { return }
        closed.append(start..<max(start, second))
        runningSince = nil
    }
}

extension ServiceClock {
    fileprivate init(_ kind: ServiceClockKind, limit: Int64, _ course: ClockCourse, _ calendar: WorkCalendar) {
        self.kind = kind
        state = course.state
        limitMinutes = limit
        endedAt = course.endedAt.map { Date(timeIntervalSince1970: TimeInterval($0)) }
        let seconds = limit * 60
        let counted = course.closed.map { calendar.seconds(in: $0) }
        /// The moment by which so much of it had passed, or will have.
        func moment(of seconds: Int64) -> Date? {
            var left = seconds
            for (range, part) in zip(course.closed, counted) {
                if part >= left, let moment = calendar.moment(after: range.lowerBound, counting: left) {
                    return Date(timeIntervalSince1970: TimeInterval(moment))
                }
                left -= part
            }
            return course.runningSince.flatMap { calendar.moment(after: $0, counting: left) }.map {
                Date(timeIntervalSince1970: TimeInterval($0))
            }
        }
        atRiskAt = moment(of: seconds * Self.riskPercent / 100)
        dueAt = moment(of: seconds)
        remaining = state == .paused ? max(0, seconds - counted.reduce(0, +)) : nil
    }
}

extension Decision {
    /// Whether a decision can change the clocks of its work order.
    func movesClocks(after before: WorkOrder) -> Bool { move != nil || workOrder.priority != before.priority }
}
