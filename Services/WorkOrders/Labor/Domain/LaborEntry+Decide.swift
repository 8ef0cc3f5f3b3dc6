import Commands
import EventSchema
import Foundation
import Identifiers

extension LaborEntry {
    /// Time that is recorded, or a clock that is started.
    static func recorded(
        _ new: RecordLabor,
        id: LaborID,
        on order: WorkOrder,
        by user: UserID,
        at now: Date
    ) throws -> LaborEntry {
        try order.requireOpenForLabor()
        if new.endedAt == nil, order.phase != .inProgress { throw LaborRefusal.notInProgress(order.phase) }
        var entry = LaborEntry.begun(
            id: id,
            on: order,
            of: new.userId ?? user,
            at: new.startedAt ?? now,
            by: user,
            at: now
        )
        entry.kind = new.kind ?? .work
        entry.endedAt = new.endedAt?.atSecond
        entry.breakMinutes = new.breakMinutes ?? 0
        entry.note = new.note
        try entry.requirePossible(at: now)
        return entry
    }

    /// A clock that runs.
    static func begun(
        id: LaborID,
        on order: WorkOrder,
        of user: UserID,
        at start: Date,
        by actor: UserID?,
        at now: Date
    ) -> LaborEntry {
        LaborEntry(
            id: id,
            tenant: order.tenant,
            workOrder: order.id,
            site: order.site,
            user: user,
            kind: .work,
            startedAt: start.atSecond,
            endedAt: nil,
            breakMinutes: 0,
            note: nil,
            createdAt: now,
            createdBy: actor,
            updatedAt: now
        )
    }

    /// A clock that somebody stops. One that has run for more than a day was forgotten: it ends after a day, and the person corrects it.
    func stopped(_ stop: StopLabor, at now: Date) throws(LaborRefusal) -> LaborEntry {
        guard isRunning else { throw .alreadyStopped }
        let stopped = ended(at: now, at: now) { entry in
            entry.breakMinutes = stop.breakMinutes ?? 0
            entry.note = stop.note ?? entry.note
        }
        try stopped.requireBreakFits()
        return stopped
    }

    /// A clock that is stopped by what happens to its work order, at `end`.
    func ended(at end: Date, at now: Date, _ change: (inout LaborEntry) -> Void = { _ in }) -> LaborEntry {
        next(at: now) { entry in
            let end = min(max(end, startedAt), startedAt + Self.maximumLength).atSecond
            entry.endedAt = end
            entry.breakMinutes = min(breakMinutes, Int(end.timeIntervalSince(startedAt)) / 60)
            change(&entry)
        }
    }

    /// An entry that was written down wrongly; `nil` when nothing differs.
    func corrected(_ correction: CorrectLabor, of order: WorkOrder, seen: Int64?, at now: Date) throws -> LaborEntry? {
        try requireVersion(correction.version ?? seen)
        try order.requireOpenForLabor()
        var wanted = self
        correction.kind.apply(to: &wanted.kind)
        if let start = correction.startedAt.value { wanted.startedAt = start.atSecond }
        if let end = correction.endedAt.value { wanted.endedAt = end.atSecond }
        correction.breakMinutes.apply(to: &wanted.breakMinutes)
        correction.note.apply(to: &wanted.note)
        guard wanted != self else { return nil }
        // A clock that was stopped at once has no length, and can have a note.
        if let end = wanted.endedAt, end <= wanted.startedAt, (startedAt, endedAt) != (wanted.startedAt, end) {
            throw LaborRefusal.endsBeforeItBegins
        }
        try wanted.requirePossible(at: now)
        return wanted.next(at: now) { entry in
            entry.corrections += 1
            entry.correctionReason = correction.reason
        }
    }

    func removed(_ removal: RemoveLabor, from order: WorkOrder, seen: Int64?, at now: Date) throws -> LaborEntry {
        try requireVersion(removal.version ?? seen)
        try order.requireOpenForLabor()
        return next(at: now) { entry in
            entry.removedAt = now
            entry.correctionReason = removal.reason
            entry.hours = .none
        }
    }

    /// Whether it costs something else than it did.
    func differsInCost(from before: LaborEntry) -> Bool {
        hours != before.hours || startedAt != before.startedAt || isRunning != before.isRunning
            || removedAt != before.removedAt
    }

    private func next(at now: Date, _ change: (inout LaborEntry) -> Void) -> LaborEntry {
        var next = self
        change(&next)
        next.version += 1
        next.updatedAt = now
        return next
    }

    private func requireVersion(_ expected: Int64?) throws(LaborRefusal) {
        if let expected, expected != version { throw .stale(current: version) }
    }

    private func requirePossible(at now: Date) throws(LaborRefusal) {
        guard startedAt <= now else { throw .inFuture(.startedAt) }
        if let endedAt {
            guard endedAt <= now else { throw .inFuture(.endedAt) }
            guard endedAt.timeIntervalSince(startedAt) <= Self.maximumLength else { throw .tooLong }
        } else if now.timeIntervalSince(startedAt) > Self.maximumLength {
            throw .beganTooLongAgo
        }
        try requireBreakFits()
    }

    private func requireBreakFits() throws(LaborRefusal) {
        guard let endedAt else { return }
        guard Double(breakMinutes) * 60 <= endedAt.timeIntervalSince(startedAt) else { throw .breakTooLong }
    }
}

extension WorkOrder {
    /// Hours are written down while the work is done, and until somebody has verified it.
    fileprivate func requireOpenForLabor() throws(Refusal) {
        guard WorkOrderField.labor.phases.contains(phase) else { throw .fixed([.labor], in: phase) }
    }
}

/// What a move of a work order means for the clocks.
enum ClockChange: Hashable, Sendable {
    /// Whoever does the work begins.
    case start(UserID)
    /// Everybody stops.
    case stop

    /// - Parameter user: Who makes the move. Somebody else who makes it does not do the work.
    init?(_ move: Decision.Move, of order: WorkOrder, by user: UserID?) {
        if move.from == .inProgress, move.to != .inProgress {
            self = .stop
        } else if move.to == .inProgress,
            [Transition.start, .resume].contains(where: { $0.rawValue == move.transition }),
            let user, order.doers.contains(user)
        {
            self = .start(user)
        } else {
            return nil
        }
    }
}
