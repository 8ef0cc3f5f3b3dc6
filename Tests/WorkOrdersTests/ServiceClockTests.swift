import EventSchema
import Foundation
import Identifiers
import TestSupport
import Testing

@testable import WorkOrders

/// The clocks of service levels, as what they are: a function of levels, calendar and history.
@Suite struct ServiceClockTests {
    private static let office = WorkHours(
        days: [.monday, .tuesday, .wednesday, .thursday, .friday],
        from: 480,
        until: 1020
    )

    /// In Paris, with an hour to begin and four hours to complete.
    private static func levels(hours: WorkHours? = nil, aroundTheClock: Bool = false) -> ServiceLevels {
        ServiceLevels(
            levels: [
                .init(
                    priority: .critical,
                    respondMinutes: 60,
                    restoreMinutes: 240,
                    isAroundTheClock: aroundTheClock
                )
            ],
            hours: hours,
            pausedBy: [.waitingForParts]
        )
    }

    private static func entry(
        _ to: WorkOrderStatus,
        _ minute: Double,
        from: WorkOrderStatus? = nil,
        _ reason: HoldReason? = nil
    ) -> HistoryEntry {
        HistoryEntry(
            from: from,
            to: to,
            transition: "",
            holdReason: reason,
            at: .noon + minute * 60,
            version: 1
        )
    }

    private func clocks(_ history: [HistoryEntry], _ levels: ServiceLevels = levels()) -> [ServiceClock] {
        levels.clocks(
            of: .sample(.open),
            in: TimeZone(identifier: "Europe/Paris") ?? .gmt,
            history: history
        )
    }

    /// Minutes since noon.
    private func minutes(_ moment: Date?) -> Double? { moment.map { $0.timeIntervalSince(.noon) / 60 } }

    @Test func nothingIsPromisedForADraftAndForOtherPriorities() {
        #expect(clocks([Self.entry(.draft, 0)]).isEmpty)
        #expect(clocks([Self.entry(.draft, 0), Self.entry(.open, 1)], ServiceLevels()).isEmpty)
        // Who rejects it has not accepted it as work.
        #expect(clocks([Self.entry(.draft, 0), Self.entry(.open, 1), Self.entry(.draft, 5)]).isEmpty)
    }

    @Test func bothClocksBeginWithTheSubmission() throws {
        let found = clocks([Self.entry(.draft, -100), Self.entry(.open, 0)])
        #expect(found.map(\.kind) == [.respond, .restore])
        #expect(found.map(\.state) == [.running, .running])
        #expect(found.map { minutes($0.atRiskAt) } == [48, 192])
        #expect(found.map { minutes($0.dueAt) } == [60, 240])
        let respond = try #require(found.first)
        for (minute, standing) in [
            (47.9, ServiceStanding.onTime), (48, .atRisk), (59.9, .atRisk), (60, .breached), (900, .breached),
        ] { #expect(respond.standing(at: .noon + minute * 60) == standing, "\(minute)") }
        // Rejected and submitted again: it begins anew.
        let again = clocks([Self.entry(.open, 0), Self.entry(.draft, 30), Self.entry(.open, 50)])
        #expect(again.map { minutes($0.dueAt) } == [110, 290])
    }

    @Test func theFirstStartStopsOneAndTheCompletionTheOther() {
        let begun = [Self.entry(.open, 0), Self.entry(.inProgress, 50)]
        var found = clocks(begun)
        #expect(found.map(\.state) == [.stopped, .running])
        #expect(found.map { minutes($0.endedAt) } == [50, nil])
        #expect(found.map { minutes($0.atRiskAt) } == [48, 192])
        #expect(found.map { minutes($0.dueAt) } == [nil, 240])
        // Done in time, if late: that is no risk any more.
        #expect(found[0].standing(at: .noon + 86_400) == .onTime)

        found = clocks(begun + [Self.entry(.completed, 250)])
        #expect(found.map(\.state) == [.stopped, .stopped])
        #expect(found.map { minutes($0.dueAt) } == [nil, 240])
        #expect(found[1].standing(at: .noon + 86_400) == .breached)
        // To be verified and closed is no work.
        #expect(clocks(begun + [Self.entry(.completed, 230), Self.entry(.completed, 900)])[1].dueAt == nil)
    }

    @Test func onlyWhatTheOrganizationNamesPausesTheClock() {
        let begun = [Self.entry(.open, 0), Self.entry(.inProgress, 10)]
        let paused = begun + [Self.entry(.onHold, 100, from: .inProgress, .waitingForParts)]
        var restore = clocks(paused)[1]
        #expect((restore.state, restore.remaining, restore.dueAt) == (.paused, 140 * 60, nil))
        // Giving it to somebody else does not wake it.
        restore = clocks(paused + [Self.entry(.onHold, 150, from: .onHold)])[1]
        #expect((restore.state, restore.remaining) == (.paused, 140 * 60))
        restore = clocks(paused + [Self.entry(.onHold, 150, from: .onHold), Self.entry(.inProgress, 1100)])[1]
        #expect((restore.state, minutes(restore.dueAt)) == (.running, 1240))
        #expect(minutes(restore.atRiskAt) == 1192)
        for reason in [HoldReason.weather, .other, nil] {
            restore = clocks(begun + [Self.entry(.onHold, 100, from: .inProgress, reason)])[1]
            #expect((restore.state, minutes(restore.dueAt)) == (.running, 240), "\(String(describing: reason))")
        }
        // What was at risk before the pause stays it.
        restore = clocks(begun + [Self.entry(.onHold, 200, from: .inProgress, .waitingForParts)])[1]
        #expect(restore.standing(at: .noon + 86_400) == .atRisk)
    }

    @Test func whatIsReopenedGoesOnWhereItStopped() {
        let completed = [Self.entry(.open, 0), Self.entry(.inProgress, 10), Self.entry(.completed, 100)]
        let reopened = clocks(completed + [Self.entry(.inProgress, 1000)])
        #expect(reopened.map(\.state) == [.stopped, .running])
        #expect(minutes(reopened[1].dueAt) == 1140)
        let again = clocks(completed + [Self.entry(.inProgress, 1000), Self.entry(.completed, 1100)])
        #expect((again[1].state, minutes(again[1].endedAt), again[1].dueAt) == (.stopped, 1100, nil))
    }

    @Test func whatIsCancelledIsNotDueAnyMore() {
        let found = clocks([Self.entry(.open, 0), Self.entry(.cancelled, 50)])
        #expect(found.map(\.state) == [.cancelled, .cancelled])
        #expect(found.map { minutes($0.atRiskAt) } == [48, nil])
        #expect(found.map(\.dueAt) == [nil, nil])
    }

    @Test func onlyTheHoursOfTheSiteCount() {
        // Monday, 14:00 in Paris: three hours are left of the day.
        let found = clocks([Self.entry(.open, 0)], Self.levels(hours: Self.office))
        // 17:00, and one hour of Tuesday: 9:00 is 7:00 at Greenwich.
        #expect(found.map { minutes($0.dueAt) } == [60, 19 * 60])
        // Submitted on Saturday: it begins on Monday morning at 8:00, 6:00 at Greenwich.
        let saturday = clocks([Self.entry(.open, -2 * 1440)], Self.levels(hours: Self.office))
        #expect(minutes(saturday[0].dueAt) == -300)
        let always = clocks([Self.entry(.open, 0)], Self.levels(hours: Self.office, aroundTheClock: true))
        #expect(always.map { minutes($0.dueAt) } == [60, 240])
        // What was paused over night has lost nothing of the day.
        let paused = clocks(
            [
                Self.entry(.open, 0), Self.entry(.inProgress, 0),
                Self.entry(.onHold, 60, from: .inProgress, .waitingForParts),
                Self.entry(.inProgress, 20 * 60, from: .onHold),
            ],
            Self.levels(hours: Self.office)
        )
        // Tuesday 10:00, with three hours left.
        #expect(minutes(paused[1].dueAt) == 1380)
    }

    /// Minute by minute, by what the wall's clock says and what the work order does then.
    @Test(
        .serialized,
        arguments: [
            "Europe/Paris", "America/Denver", "Australia/Lord_Howe", "Asia/Beirut", "America/Santiago", "Asia/Kolkata",
            "Pacific/Apia", "Atlantic/Azores",
        ]
    )
    func agreesWithSomebodyWhoCountsEachMinute(identifier: String) async throws {
        let zone = try #require(TimeZone(identifier: identifier))
        var random = Seeded(UInt64(identifier.utf8.reduce(0) { $0 &* 31 &+ Int($1) }.magnitude))
        for _ in 0..<12 {
            // Counting keeps a thread busy, and there are two of them for all tests.
            await Task.yield()
            let anywhere = Date(timeIntervalSince1970: .random(in: 1_577_836_800...1_893_456_000, using: &random))
            let change = zone.nextDaylightSavingTimeTransition(after: anywhere)
            let around = random.oneIn(4) ? anywhere : change ?? anywhere
            let begin = around.second / 60 - Int64.random(in: 0...2000, using: &random)
            let levels = Self.anyLevels(&random)
            let history = Self.anyHistory(from: begin, &random)
            let found = levels.clocks(priority: .high, site: .sample(30), in: zone, history: history)
            let calendar = levels.calendar(of: levels.levels[0], at: .sample(30), in: zone)
            for kind in ServiceClockKind.allCases {
                let clock = found.first { $0.kind == kind }
                let limit = try #require(levels.levels[0].limit(of: kind))
                let counted = Self.counted(
                    kind,
                    history,
                    levels,
                    calendar,
                    limits: [limit * 60 * 80 / 100, limit * 60]
                )
                #expect(clock?.atRiskAt == counted?.reached[0], "\(kind) \(levels) \(history)")
                #expect(clock?.dueAt == counted?.reached[1], "\(kind) \(levels) \(history)")
                #expect(clock?.remaining == counted?.remaining, "\(kind) \(levels) \(history)")
            }
        }
    }

    private static func anyLevels(_ random: inout Seeded) -> ServiceLevels {
        let days = Weekday.allCases.filter { _ in !random.oneIn(4) }
        let respond = Int64.random(in: 1...200, using: &random)
        let restore = Int64.random(in: 1...900, using: &random)
        let from = Int.random(in: 0..<1440, using: &random)
        let until = (from + Int.random(in: 120..<1440, using: &random)) % 1440
        return ServiceLevels(
            levels: [
                .init(
                    priority: .high,
                    respondMinutes: respond,
                    restoreMinutes: restore,
                    isAroundTheClock: random.oneIn(5)
                )
            ],
            hours: random.oneIn(5) || days.isEmpty ? nil : WorkHours(days: days, from: from, until: until),
            pausedBy: HoldReason.allCases.filter { _ in random.oneIn(2) }
        )
    }

    /// A history that the table of moves admits, in whole minutes.
    private static func anyHistory(from begin: Int64, _ random: inout Seeded) -> [HistoryEntry] {
        var minute = begin
        var phase: WorkOrderPhase?
        var history: [HistoryEntry] = []
        for version in 1...Int64.random(in: 2...9, using: &random) {
            let next: WorkOrderPhase
            if let phase {
                let moves = Transition.allowed(from: phase).filter { $0 != .cancel || random.oneIn(3) }
                guard let move = moves.randomElement(using: &random) else { break }
                next = Transition.table[phase]?[move] ?? phase
            } else {
                next = random.oneIn(2) ? .draft : .submitted
            }
            let reason = HoldReason.allCases.randomElement(using: &random)
            history.append(
                HistoryEntry(
                    from: phase?.status,
                    to: next.status,
                    transition: "",
                    holdReason: next == .onHold && phase != .onHold && !random.oneIn(4) ? reason : nil,
                    at: Date(timeIntervalSince1970: TimeInterval(minute * 60)),
                    version: version
                )
            )
            (phase, minute) = (next, minute + Int64.random(in: 0...300, using: &random))
        }
        return history
    }

    /// When so many seconds have counted, each minute asked for by itself; `nil` before the submission.
    private static func counted(
        _ kind: ServiceClockKind,
        _ history: [HistoryEntry],
        _ levels: ServiceLevels,
        _ calendar: WorkCalendar,
        limits: [Int64]
    ) -> (reached: [Date?], remaining: Int64?)? {
        guard let last = history.last, last.to != .draft else { return nil }
        // After a rejection it begins anew.
        let course = history[((history.lastIndex { $0.to == .draft } ?? -1) + 1)...]
        guard let first = course.first else { return nil }
        var wall = Calendar(identifier: .gregorian)
        wall.timeZone = calendar.zone
        var (seconds, reached) = (Int64(0), [Date?](repeating: nil, count: limits.count))
        var minute = first.at.second / 60
        var (quarter, parts) = (Int64.min, DateComponents())
        while minute < first.at.second / 60 + 200_000 {
            let now = Date(timeIntervalSince1970: TimeInterval(minute * 60))
            let isOver = now >= last.at
            let past = course.filter { $0.at <= now }
            let runs = runs(kind, past, levels)
            if isOver, !runs { break }
            // Clocks are changed by quarters of an hour, if at all.
            if minute / 15 != quarter {
                quarter = minute / 15
                let begin = Date(timeIntervalSince1970: TimeInterval(quarter * 900))
                parts = wall.dateComponents([.weekday, .hour, .minute], from: begin)
            }
            if runs, counts(parts, Int(minute % 15), calendar.hours) {
                for (index, limit) in limits.enumerated() where seconds < limit && seconds + 60 >= limit {
                    reached[index] = now + TimeInterval(limit - seconds)
                }
                seconds += 60
            }
            if reached.allSatisfy({ $0 != nil }), isOver { break }
            minute += 1
        }
        let isPaused = kind == .restore && last.to == .onHold && !runs(kind, Array(course), levels)
        return (reached, isPaused ? max(0, limits[1] - seconds) : nil)
    }

    private static func runs(_ kind: ServiceClockKind, _ past: some Collection<HistoryEntry>, _ levels: ServiceLevels)
        -> Bool
    {
        if kind == .respond {
            return !past.contains { [.inProgress, .onHold, .completed, .cancelled].contains($0.to) }
        }
        guard let now = past.reversed().first else { return false }
        if now.to == .completed || now.to == .cancelled { return false }
        guard now.to == .onHold else { return true }
        let pause = past.reversed().first { $0.to == .onHold && $0.from != .onHold }
        return pause?.holdReason.map { !levels.pausedBy.contains($0) } ?? true
    }

    private static func counts(_ parts: DateComponents, _ further: Int, _ hours: WorkHours?) -> Bool {
        guard let hours else { return true }
        // Sunday is 1.
        let today = Weekday.allCases[((parts.weekday ?? 1) + 5) % 7]
        let yesterday = Weekday.allCases[((parts.weekday ?? 1) + 4) % 7]
        let minute = (parts.hour ?? 0) * 60 + (parts.minute ?? 0) + further
        if hours.from < hours.until {
            return hours.days.contains(today) && (hours.from..<hours.until).contains(minute)
        }
        return hours.days.contains(today) && minute >= hours.from
            || hours.days.contains(yesterday) && minute < hours.until
    }
}
