import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// People's time off in PostgreSQL.
struct TimeOffStore: Sendable {
    let database: Database

    func list(
        _ filter: TimeOffFilter,
        tenant: TenantID,
        within reach: Reach,
        after: TimeOffPosition?,
        limit: Int
    ) async throws -> [TimeOff] {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", reach.condition(.timeOff), filter.userId.map { "person_id = \($0)" },
            filter.siteId.map { site in
                "person_id IN (SELECT u.id FROM users u WHERE u.tenant_id = \(tenant) AND \(site) = ANY(u.site_ids))"
            },
            filter.status.map { .isOne(of: $0, "status") }, filter.from.map { "last_day >= \($0)" },
            filter.to.map { "first_day <= \($0)" }, after.map { "(first_day, id) > (\($0.first), \($0.id))" },
        ])
        return try await database.of(tenant).query(
            "SELECT * FROM time_off o WHERE \(sql: conditions) ORDER BY first_day, id LIMIT \(limit + 1)"
        ).decode()
    }

    func add(_ asked: TimeOff, by act: Act, _ tx: Transaction) async throws {
        // Two at the same moment: the second sees the first one's.
        try await tx.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(\("time off of \(asked.person)"), 0))"
        )
        let row = try await tx.first(
            """
            SELECT first_day, last_day FROM time_off
            WHERE person_id = \(asked.person) AND tenant_id = \(asked.tenant) AND status IN ('requested', 'approved')
                AND first_day <= \(asked.last) AND last_day >= \(asked.first)
            ORDER BY first_day LIMIT 1
            """
        )
        if let row {
            throw TimeOffRefusal.overlaps(DaySpan(first: try row["first_day"], last: try row["last_day"]))
        }
        tx.later(try .insert("time_off", asked))
        try tx.record(Change("TIME_OFF_CREATED", "time-off", asked.id, before: nil, after: asked), by: act)
    }

    func change(
        _ id: TimeOffID,
        within reach: ChangeReach,
        as action: String,
        by act: Act,
        _ tx: Transaction,
        decide: (TimeOff) throws -> TimeOff
    ) async throws -> TimeOff {
        let row = try await tx.first(
            """
            SELECT *, \(sql: reach.isWithin(.timeOff)) AS is_within FROM time_off o
            WHERE id = \(id) AND tenant_id = \(act.tenant) AND \(sql: reach.isVisible(.timeOff)) FOR UPDATE
            """
        )
        guard let row else { throw TimeOffRefusal.unknown }
        guard try row["is_within"] else { throw TimeOffRefusal.outOfReach }
        let before: TimeOff = try row.decode()
        let after = try decide(before)
        tx.later(
            """
            UPDATE time_off SET status = \(after.status), decided_by = \(after.decidedBy), decided_at = \(after.decidedAt),
                reason = \(after.reason), updated_at = \(after.updatedAt), version = \(after.version)
            WHERE id = \(id) AND tenant_id = \(after.tenant)
            """
        )
        try tx.record(Change(action, "time-off", id, before: before, after: after), by: act)
        return after
    }
}

extension TimeOff: Record {
    static let columnNames = [
        "tenant": "tenant_id", "person": "person_id", "first": "first_day", "last": "last_day",
    ]
}

extension TimeOffReason: PostgresEncodable, PostgresDecodable {}
extension TimeOffStatus: PostgresEncodable, PostgresDecodable {}

extension ReachColumns {
    /// Of `time_off o`: it is where its person is, and theirs.
    fileprivate static let timeOff = ReachColumns(
        sites: "(SELECT u.site_ids FROM users u WHERE u.id = o.person_id)",
        assignees: ["o.person_id"]
    )
}
