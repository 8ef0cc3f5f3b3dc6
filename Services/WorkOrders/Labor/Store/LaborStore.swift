import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The hours of people in PostgreSQL. Whoever changes those of a person holds the lock of that person until the transaction ends: so entries never
/// overlap, and what is regular of a day is decided by all of them. A work order is locked before people, and people in the order of their ids.
struct LaborStore: Sendable {
    let database: Database

    /// What the hours cost.
    var costs: CostStore { CostStore(database: database) }

    /// Writes down an entry, or starts a clock.
    func add(_ entry: LaborEntry, on order: WorkOrder, by act: Act, _ tx: Transaction) async throws -> LaborEntry {
        let found = try await tx.first(
            """
            SELECT count(*) AS count FROM labor_entries
            WHERE work_order_id = \(entry.workOrder) AND tenant_id = \(entry.tenant) AND removed_at IS NULL
            """
        )
        guard Int(try found?["count"] as Int64? ?? 0) < LaborEntry.maximumEntries else { throw LaborRefusal.tooMany }
        try await lock([entry.user], tx)
        try await requireFree(for: entry, tx)
        return try await insert(entry, on: order, by: act, tx)
    }

    /// Changes an entry. `decide` returns `nil` when there is nothing to change.
    func change(
        _ id: LaborID,
        of order: WorkOrder,
        as action: LaborAction,
        by act: Act,
        _ tx: Transaction,
        decide: (LaborEntry) throws -> LaborEntry?
    ) async throws -> LaborEntry {
        let before = try await find(id, of: order, tx)
        guard let after = try decide(before) else { return before }
        try await lock([after.user], tx)
        if after.removedAt == nil { try await requireFree(for: after, tx) }
        return try await save(after, before: before, of: order, as: action, by: act, tx)
    }

    /// An entry of a work order that is held: nobody changes it any more.
    func find(_ id: LaborID, of order: WorkOrder, _ tx: Transaction) async throws -> LaborEntry {
        let row = try await tx.first(
            """
            SELECT * FROM labor_entries
            WHERE id = \(id) AND work_order_id = \(order.id) AND tenant_id = \(order.tenant) AND removed_at IS NULL
            """
        )
        guard let row else { throw LaborRefusal.unknownEntry }
        return try row.decode()
    }

    /// Starts and stops clocks as a move of their work order says.
    func follow(_ move: Decision.Move, of order: WorkOrder, by act: Act, _ tx: Transaction) async throws {
        guard let change = ClockChange(move, of: order, by: act.user) else { return }
        let given = min(move.given ?? act.time, act.time)
        switch change {
        case .start(let user): try await start(user, on: order, at: given, by: act, tx)
        case .stop: try await stopAll(on: order, at: given, by: act, tx)
        }
    }

    /// Starts somebody's clock. One that runs already, here or on another work order, goes on where it is.
    private func start(
        _ user: UserID,
        on order: WorkOrder,
        at given: Date,
        by act: Act,
        _ tx: Transaction
    ) async throws {
        try await lock([user], tx)
        let last = try await tx.first(
            """
            SELECT bool_or(ended_at IS NULL) AS is_running, max(ended_at) AS ended_at FROM labor_entries
            WHERE user_id = \(user) AND tenant_id = \(order.tenant) AND removed_at IS NULL
            """
        )
        guard try last?["is_running"] as Bool? != true else { return }
        // What was recorded of the time since then on a device, or by somebody else, stays.
        let start = max(given, try last?["ended_at"] ?? given)
        let entry = LaborEntry.begun(id: .new(), on: order, of: user, at: start, by: act.user, at: act.time)
        _ = try await insert(entry, on: order, by: act, tx)
    }

    private func stopAll(on order: WorkOrder, at given: Date, by act: Act, _ tx: Transaction) async throws {
        let running: [LaborEntry] = try await tx.query(
            """
            SELECT * FROM labor_entries
            WHERE work_order_id = \(order.id) AND tenant_id = \(order.tenant) AND ended_at IS NULL AND removed_at IS NULL
            """
        ).decode()
        try await lock(running.map(\.user), tx)
        for entry in running {
            let stopped = entry.ended(at: given, at: act.time)
            _ = try await save(stopped, before: entry, of: order, as: .stopped, by: act, tx)
        }
    }

    /// Holds people's hours until the transaction ends.
    func lock(_ people: [UserID], _ tx: Transaction) async throws {
        let sorted = Set(people).sorted { $0.description < $1.description }
        for person in sorted {
            try await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(\(person.description), 4809))")
        }
    }

    private func requireFree(for entry: LaborEntry, _ tx: Transaction) async throws {
        // Somebody who clocks in and out within a second was nowhere.
        guard entry.endedAt != entry.startedAt else { return }
        let other = try await tx.first(
            """
            SELECT w.number, e.ended_at IS NULL AS is_running FROM labor_entries e
            JOIN work_orders w ON w.id = e.work_order_id AND w.tenant_id = e.tenant_id
            WHERE e.user_id = \(entry.user) AND e.tenant_id = \(entry.tenant) AND e.removed_at IS NULL AND e.id <> \(entry.id)
                AND (\(entry.endedAt)::timestamptz IS NULL OR e.started_at < \(entry.endedAt))
                AND (e.ended_at IS NULL OR e.ended_at > \(entry.startedAt) AND e.ended_at > e.started_at)
            ORDER BY e.ended_at IS NULL DESC, e.started_at LIMIT 1
            """
        )
        guard let other else { return }
        let number: String = try other["number"]
        throw try other["is_running"] && entry.isRunning
            ? LaborRefusal.clockRunning(on: number) : LaborRefusal.overlaps(on: number)
    }

    // MARK: - Writing

    private func insert(
        _ new: LaborEntry,
        on order: WorkOrder,
        by act: Act,
        _ tx: Transaction
    ) async throws -> LaborEntry {
        let cut = try await settle(new, before: nil, tx)
        var entry = cut.entry
        if !entry.isRunning { entry.isBooked = try await costs.follow(entry, on: order.asset, by: act, tx) }
        tx.later(try .insert("labor_entries", entry))
        for other in cut.others { try await save(other, by: act, tx) }
        try tx.record(
            Change(LaborAction.created.rawValue, "labor", entry.id, before: nil, after: entry),
            by: act
        )
        return entry
    }

    private func save(
        _ after: LaborEntry,
        before: LaborEntry,
        of order: WorkOrder,
        as action: LaborAction,
        by act: Act,
        _ tx: Transaction
    ) async throws -> LaborEntry {
        let cut = try await settle(after, before: before, tx)
        var entry = cut.entry
        if entry.differsInCost(from: before) {
            entry.isBooked = try await costs.follow(entry, on: order.asset, by: act, tx)
        }
        tx.later(
            try .update(
                "labor_entries",
                entry,
                except: ["id", "tenant", "workOrder", "site", "user", "createdAt", "createdBy"],
                where: "id = \(after.id) AND tenant_id = \(after.tenant)"
            )
        )
        for other in cut.others { try await save(other, by: act, tx) }
        try tx.record(Change(action.rawValue, "labor", entry.id, before: before, after: entry), by: act)
        return entry
    }

    /// Writes an entry that another one of the same day has cut anew.
    private func save(_ other: (entry: LaborEntry, asset: AssetID), by act: Act, _ tx: Transaction) async throws {
        let entry = other.entry
        let isBooked = try await costs.follow(entry, on: other.asset, by: act, tx)
        tx.later(
            """
            UPDATE labor_entries SET regular_seconds = \(entry.regularSeconds), overtime_seconds = \(entry.overtimeSeconds),
                is_booked = \(isBooked)
            WHERE id = \(entry.id) AND tenant_id = \(entry.tenant)
            """
        )
    }

    /// Cuts an entry into its parts, and the person's other entries of these days again: what was regular may be overtime now.
    ///
    /// - Returns: The entry, and those of the others whose parts are other ones now.
    private func settle(
        _ entry: LaborEntry,
        before: LaborEntry?,
        _ tx: Transaction
    ) async throws -> (entry: LaborEntry, others: [(entry: LaborEntry, asset: AssetID)]) {
        let moments = [entry.startedAt, entry.endedAt, before?.startedAt, before?.endedAt].compactMap(\.self)
        guard let first = moments.min(), let last = moments.max() else { return (entry, []) }
        // An entry is at most a day long, and so is a day, but for the hour by which the clock is changed.
        let days: TimeInterval = 4 * 86_400
        let rows = try await tx.query(
            """
            SELECT e.*, w.asset_id, s.time_zone FROM labor_entries e
            JOIN work_orders w ON w.id = e.work_order_id AND w.tenant_id = e.tenant_id
            LEFT JOIN sites s ON s.id = e.site_id AND s.tenant_id = e.tenant_id
            WHERE e.user_id = \(entry.user) AND e.tenant_id = \(entry.tenant) AND e.removed_at IS NULL AND e.ended_at IS NOT NULL
                AND e.id <> \(entry.id) AND e.started_at BETWEEN \(first - days) AND \(last + days)
            ORDER BY e.started_at
            """
        )
        var others: [LaborEntry] = try rows.decode()
        let zones = try rows.map { TimeZone(known: try $0["time_zone"]) }
        let own = try await tx.first(
            "SELECT time_zone FROM sites WHERE id = \(entry.site) AND tenant_id = \(entry.tenant)"
        )
        var entry = entry
        let counts = entry.removedAt == nil ? [entry] : []
        entry.hours = entry.hours(besides: others, in: TimeZone(known: try own?["time_zone"]))
        var changed: [(LaborEntry, AssetID)] = []
        for (index, zone) in zip(others.indices, zones) {
            let other = others[index]
            // What is further away is only here for what it leaves of the days between.
            guard let end = other.endedAt, end > first - days / 2, other.startedAt < last + days / 2 else { continue }
            others[index].hours = other.hours(besides: others + counts, in: zone)
            if others[index] != other { changed.append((others[index], try rows[index]["asset_id"])) }
        }
        return (entry, changed)
    }
}

/// What was done to an entry, as the audit log calls it.
enum LaborAction: String, Sendable {
    case created = "LABOR_CREATED"
    case stopped = "LABOR_STOPPED"
    case corrected = "LABOR_CORRECTED"
    case removed = "LABOR_REMOVED"
}
