import Access
import AccessSQL
import Commands
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Shifts, and who is on them, in PostgreSQL. A shift is locked before its turns.
struct ShiftStore: Sendable {
    let database: Database

    func list(
        _ filter: ShiftFilter,
        tenant: TenantID,
        within reach: Reach,
        after: ShiftPosition?,
        limit: Int
    ) async throws -> [Shift] {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", reach.condition(.shifts), "is_archived = \(filter.isArchived ?? false)",
            filter.siteId.map { "site_id = \($0)" }, after.map { "(name, id) > (\($0.name), \($0.id))" },
        ])
        return try await database.of(tenant).query(
            "SELECT * FROM shifts h WHERE \(sql: conditions) ORDER BY name, id LIMIT \(limit + 1)"
        ).decode()
    }

    func create(_ shift: Shift, within reach: Reach, by act: Act, _ tx: Transaction) async throws {
        let found = try await tx.pipeline([
            """
            SELECT 1 FROM sites s
            WHERE id = \(shift.site) AND tenant_id = \(shift.tenant) AND \(sql: reach.condition(.knownSites)) FOR UPDATE
            """,
            "SELECT count(*) AS count FROM shifts WHERE tenant_id = \(shift.tenant) AND site_id = \(shift.site)",
        ])
        guard !found[0].isEmpty else { throw ShiftRefusal.unknownSite }
        guard Int(try found[1].first?["count"] ?? Int64(0)) < Shift.maximumCount else {
            throw ShiftRefusal.tooMany(maximum: Shift.maximumCount)
        }
        tx.later(
            """
            INSERT INTO shifts (id, tenant_id, site_id, name, hours, is_on_call, is_archived, created_at, created_by,
                updated_at, version)
            VALUES (\(shift.id), \(shift.tenant), \(shift.site), \(shift.name), \(try JSONB(of: shift.hours)),
                \(shift.isOnCall), false, \(shift.createdAt), \(shift.createdBy), \(shift.updatedAt), \(shift.version))
            """
        )
        try tx.record(Change("SHIFT_CREATED", "shift", shift.id, before: nil, after: shift), by: act)
    }

    func change(
        _ id: ShiftID,
        within reach: ChangeReach,
        by act: Act,
        _ tx: Transaction,
        decide: (Shift) throws -> Shift?
    ) async throws -> Shift {
        let before = try await locked(id, within: reach, by: act, tx)
        guard let after = try decide(before) else { return before }
        tx.later(
            """
            UPDATE shifts SET name = \(after.name), hours = \(try JSONB(of: after.hours)), is_on_call = \(after.isOnCall),
                is_archived = \(after.isArchived), updated_at = \(after.updatedAt), version = \(after.version)
            WHERE id = \(id) AND tenant_id = \(after.tenant)
            """
        )
        try tx.record(Change("SHIFT_UPDATED", "shift", id, before: before, after: after), by: act)
        return after
    }

    // MARK: - Turns

    /// All of a shift, those that begin first first.
    func turns(of id: ShiftID, tenant: TenantID, within reach: Reach) async throws -> [ShiftTurn] {
        let found = try await database.of(tenant).pipeline([
            "SELECT 1 FROM shifts h WHERE id = \(id) AND tenant_id = \(tenant) AND \(sql: reach.condition(.shifts))",
            "SELECT * FROM shift_turns WHERE shift_id = \(id) AND tenant_id = \(tenant) ORDER BY first_day, id",
        ])
        guard !found[0].isEmpty else { throw ShiftRefusal.unknown }
        return try found[1].decode()
    }

    func add(
        _ new: AddShiftTurn,
        to id: ShiftID,
        within reach: ChangeReach,
        of user: UserID,
        by act: Act,
        _ tx: Transaction
    ) async throws -> ShiftTurn {
        let shift = try await locked(id, within: reach, by: act, tx)
        guard (new.userId == nil) != (new.crewId == nil) else { throw ShiftRefusal.nobody }
        guard !shift.isArchived else { throw ShiftRefusal.archived }
        guard let first = LocalDay(rawValue: new.first) else { throw ShiftRefusal.reversed }
        let found = try await tx.pipeline([
            "SELECT 1 FROM users WHERE id = \(new.userId) AND tenant_id = \(shift.tenant) AND is_active",
            """
            SELECT 1 FROM crews
            WHERE id = \(new.crewId) AND tenant_id = \(shift.tenant) AND site_id = \(shift.site) AND NOT is_archived
            """,
            "SELECT count(*) AS count FROM shift_turns WHERE shift_id = \(id) AND tenant_id = \(shift.tenant)",
        ])
        guard new.userId == nil || !found[0].isEmpty else { throw ShiftRefusal.unknownPerson }
        guard new.crewId == nil || !found[1].isEmpty else { throw ShiftRefusal.unknownCrew }
        guard Int(try found[2].first?["count"] ?? Int64(0)) < ShiftTurn.maximumCount else {
            throw ShiftRefusal.tooMany(maximum: ShiftTurn.maximumCount)
        }
        let turn = ShiftTurn(
            id: .new(),
            tenant: shift.tenant,
            shift: id,
            person: new.userId,
            crew: new.crewId,
            first: first,
            last: new.last.flatMap(LocalDay.init),
            createdAt: act.time,
            createdBy: user
        )
        tx.later(try .insert("shift_turns", turn))
        try tx.record(Change("SHIFT_TURN_CREATED", "shift-turn", turn.id, before: nil, after: turn), by: act)
        return turn
    }

    func change(
        _ turn: ShiftTurnID,
        of id: ShiftID,
        _ change: ChangeShiftTurn,
        within reach: ChangeReach,
        by act: Act,
        _ tx: Transaction
    ) async throws -> ShiftTurn {
        let before = try await self.turn(turn, of: id, within: reach, by: act, tx)
        var after = before
        if let day = change.last.value { after.last = day.flatMap(LocalDay.init) }
        if let last = after.last, last < after.first { throw ShiftRefusal.reversed }
        guard after != before else { return before }
        tx.later(
            "UPDATE shift_turns SET last_day = \(after.last) WHERE id = \(turn) AND tenant_id = \(after.tenant)"
        )
        try tx.record(Change("SHIFT_TURN_UPDATED", "shift-turn", turn, before: before, after: after), by: act)
        return after
    }

    func remove(
        _ turn: ShiftTurnID,
        of id: ShiftID,
        within reach: ChangeReach,
        by act: Act,
        _ tx: Transaction
    ) async throws {
        let before = try await self.turn(turn, of: id, within: reach, by: act, tx)
        tx.later("DELETE FROM shift_turns WHERE id = \(turn) AND tenant_id = \(before.tenant)")
        try tx.record(Change("SHIFT_TURN_DELETED", "shift-turn", turn, before: before, after: nil), by: act)
    }

    // MARK: - Statements

    private func locked(_ id: ShiftID, within reach: ChangeReach, by act: Act, _ tx: Transaction) async throws -> Shift
    {
        let row = try await tx.first(
            """
            SELECT *, \(sql: reach.isWithin(.shifts)) AS is_within FROM shifts h
            WHERE id = \(id) AND tenant_id = \(act.tenant) AND \(sql: reach.isVisible(.shifts)) FOR UPDATE
            """
        )
        guard let row else { throw ShiftRefusal.unknown }
        guard try row["is_within"] else { throw ShiftRefusal.outOfReach }
        return try row.decode()
    }

    private func turn(
        _ turn: ShiftTurnID,
        of id: ShiftID,
        within reach: ChangeReach,
        by act: Act,
        _ tx: Transaction
    ) async throws -> ShiftTurn {
        let shift = try await locked(id, within: reach, by: act, tx)
        let row = try await tx.first(
            "SELECT * FROM shift_turns WHERE id = \(turn) AND shift_id = \(id) AND tenant_id = \(shift.tenant)"
        )
        guard let row else { throw ShiftRefusal.unknownTurn }
        return try row.decode()
    }
}

extension Shift: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            tenant: try row.read("tenant_id"),
            site: try row.read("site_id"),
            name: try row.read("name"),
            hours: try row.read("hours", as: JSONB.self).decoded(),
            isOnCall: try row.read("is_on_call"),
            isArchived: try row.read("is_archived"),
            createdAt: try row.read("created_at"),
            createdBy: try row.read("created_by"),
            updatedAt: try row.read("updated_at"),
            version: try row.read("version")
        )
    }
}

extension ShiftTurn: Record {
    static let columnNames = [
        "tenant": "tenant_id", "shift": "shift_id", "person": "person_id", "crew": "crew_id", "first": "first_day",
        "last": "last_day",
    ]
}

extension ReachColumns {
    /// Of `shifts h`.
    fileprivate static let shifts = ReachColumns(
        site: "h.site_id",
        isWorkOf: { user in
            """
            EXISTS (SELECT FROM shift_turns t LEFT JOIN crews c ON c.id = t.crew_id
                WHERE t.shift_id = h.id AND (t.person_id = \(user) OR \(user) = ANY(c.member_ids)))
            """
        }
    )
}
