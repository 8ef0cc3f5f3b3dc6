import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The crews in PostgreSQL. Whoever gives work to one locks it before the work order, as whoever changes it does: so no work order keeps
/// members that the crew no longer has.
struct CrewStore: Sendable {
    let orders: WorkOrderStore

    private var database: Database { orders.database }

    func find(_ id: CrewID, tenant: TenantID, within reach: Reach) async throws -> Crew {
        let row = try await database.of(tenant).first(
            "SELECT * FROM crews c WHERE id = \(id) AND tenant_id = \(tenant) AND \(sql: reach.condition(.crews))"
        )
        guard let row else { throw CrewRefusal.unknown }
        return try row.decode()
    }

    func list(
        _ filter: CrewFilter,
        tenant: TenantID,
        within reach: Reach,
        after: CrewPosition?,
        limit: Int
    ) async throws -> [Crew] {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", reach.condition(.crews), "is_archived = \(filter.isArchived ?? false)",
            filter.siteId.map { "site_id = \($0)" }, filter.userId.map { "\($0) = ANY(member_ids)" },
            filter.type.map { "type = \($0)" }, after.map { "(code, id) > (\($0.code), \($0.id))" },
        ])
        return try await database.of(tenant).query(
            "SELECT * FROM crews c WHERE \(sql: conditions) ORDER BY code, id LIMIT \(limit + 1)"
        ).decode()
    }

    /// A crew that stays as it is until the transaction ends; `nil` if there is none.
    static func locked(_ id: CrewID, _ tenant: TenantID, _ tx: Transaction) async throws -> Crew? {
        try await tx.first("SELECT * FROM crews c WHERE id = \(id) AND tenant_id = \(tenant) FOR SHARE")?.decode()
    }

    func create(_ crew: Crew, within reach: Reach, by act: Act, _ tx: Transaction) async throws {
        let found = try await tx.pipeline([
            "SELECT count(*) AS count FROM crews WHERE tenant_id = \(crew.tenant)",
            """
            SELECT 1 FROM sites s
            WHERE id = \(crew.site) AND tenant_id = \(crew.tenant) AND \(sql: reach.condition(.knownSites))
            """,
        ])
        guard Int(try found[0].first?["count"] ?? Int64(0)) < Crew.maximumCount else { throw CrewRefusal.tooMany }
        guard !found[1].isEmpty else { throw CrewRefusal.unknownSite }
        try await requirePeople(of: crew, besides: nil, tx)
        tx.later(
            """
            INSERT INTO crews (id, tenant_id, site_id, code, name, description, type, supervisor_id, members, member_ids,
                max_members, is_archived, created_at, created_by, updated_at, version)
            VALUES (\(crew.id), \(crew.tenant), \(crew.site), \(crew.code), \(crew.name), \(crew.description), \(crew.type),
                \(crew.supervisor), \(try JSONB(of: crew.members)), \(PostgresArray(crew.memberIDs)),
                \(Int32(crew.maxMembers)), false, \(crew.createdAt), \(crew.createdBy), \(crew.updatedAt), \(crew.version))
            """
        )
        remember(crew, tx)
        try tx.record(Change("CREW_CREATED", "crew", crew.id, before: nil, after: crew), by: act)
    }

    /// Changes a crew, and the members of its unfinished work orders. `decide` returns `nil` when there is nothing to change.
    func change(
        _ id: CrewID,
        within reach: ChangeReach,
        by act: Act,
        _ tx: Transaction,
        decide: (Crew) throws -> Crew?
    ) async throws -> Crew {
        let row = try await tx.first(
            """
            SELECT *, \(sql: reach.isWithin(.crews)) AS is_within FROM crews c
            WHERE id = \(id) AND tenant_id = \(act.tenant) AND \(sql: reach.isVisible(.crews)) FOR UPDATE
            """
        )
        guard let row else { throw CrewRefusal.unknown }
        guard try row["is_within"] else { throw CrewRefusal.outOfReach }
        let before: Crew = try row.decode()
        guard let after = try decide(before) else { return before }
        try await requirePeople(of: after, besides: before, tx)
        if after.isArchived, !before.isArchived {
            let work = try await orders.unfinished(of: after, tx)
            guard work == 0 else { throw CrewRefusal.hasWork(count: work) }
        }
        if after.memberIDs != before.memberIDs { try await orders.follow(after, by: act, tx) }
        tx.later(
            """
            UPDATE crews SET code = \(after.code), name = \(after.name), description = \(after.description),
                type = \(after.type), supervisor_id = \(after.supervisor), members = \(try JSONB(of: after.members)),
                member_ids = \(PostgresArray(after.memberIDs)), max_members = \(Int32(after.maxMembers)),
                is_archived = \(after.isArchived), updated_at = \(after.updatedAt), version = \(after.version)
            WHERE id = \(id) AND tenant_id = \(after.tenant)
            """
        )
        remember(after, tx)
        try tx.record(Change("CREW_UPDATED", "crew", id, before: before, after: after), by: act)
        return after
    }

    static func refusal(_ error: PostgresError) -> (any Error)? {
        error.kind == .uniqueViolation(constraint: "crews_code") ? CrewRefusal.codeTaken : nil
    }

    /// Who was ever in it: work that they have done with it stays theirs to see.
    private func remember(_ crew: Crew, _ tx: Transaction) {
        tx.later(
            """
            INSERT INTO crew_people (crew_id, user_id, tenant_id)
            SELECT \(crew.id), person, \(crew.tenant) FROM unnest(\(PostgresArray(crew.memberIDs))) AS person
            ON CONFLICT DO NOTHING
            """
        )
    }

    /// Who comes into it must be an active user; who is in it already may have been disabled.
    private func requirePeople(of crew: Crew, besides before: Crew?, _ tx: Transaction) async throws {
        let known = Set((before?.memberIDs ?? []) + [before?.supervisor].compactMap(\.self))
        let new = Set(crew.memberIDs + [crew.supervisor].compactMap(\.self)).subtracting(known)
        guard !new.isEmpty else { return }
        let active = try await tx.query(
            "SELECT id FROM users WHERE id = ANY(\(PostgresArray(new))) AND tenant_id = \(crew.tenant) AND is_active"
        ).map { try $0["id"] as UserID }
        let unknown = new.subtracting(active)
        if let index = crew.members.firstIndex(where: { unknown.contains($0.userId) }) {
            throw CrewRefusal.unknownMember(at: index)
        }
        if let supervisor = crew.supervisor, unknown.contains(supervisor) { throw CrewRefusal.unknownSupervisor }
    }
}

extension WorkOrderStore {
    func unfinished(of crew: Crew, _ tx: Transaction) async throws -> Int {
        let row = try await tx.first(
            "SELECT count(*) AS count FROM work_orders WHERE crew_id = \(crew.id) AND tenant_id = \(crew.tenant) AND \(sql: .isUnclosed)"
        )
        return Int(try row?["count"] ?? Int64(0))
    }

    /// Gives the unfinished work orders of a crew to those who are in it now.
    func follow(_ crew: Crew, by act: Act, _ tx: Transaction) async throws {
        let rows = try await tx.query(
            """
            SELECT * FROM work_orders WHERE crew_id = \(crew.id) AND tenant_id = \(crew.tenant) AND \(sql: .isUnclosed)
            ORDER BY id LIMIT \(Crew.maximumWork + 1) FOR UPDATE
            """
        )
        guard rows.count <= Crew.maximumWork else { throw CrewRefusal.tooMuchWork }
        let found: [WorkOrder] = try rows.decode()
        let tasks = try await tasks(of: found.map(\.id), crew.tenant, tx)
        for var order in found {
            order.tasks = tasks[order.id] ?? []
            let changed = order.next(at: act.time) { $0.crewMembers = crew.memberIDs }
            guard changed.crewMembers != order.crewMembers,
                let decision = order.decision(changed, fields: [.crew], by: act.user)
            else { continue }
            try save(decision, before: order, by: act, tx)
        }
    }
}

extension Crew: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            tenant: try row.read("tenant_id"),
            site: try row.read("site_id"),
            code: try row.read("code"),
            name: try row.read("name"),
            description: try row.read("description"),
            type: try row.read("type"),
            supervisor: try row.read("supervisor_id"),
            members: try row.read("members", as: JSONB.self).decoded(),
            maxMembers: try row.read("max_members"),
            isArchived: try row.read("is_archived"),
            createdAt: try row.read("created_at"),
            createdBy: try row.read("created_by"),
            updatedAt: try row.read("updated_at"),
            version: try row.read("version")
        )
    }
}

extension CrewType: PostgresEncodable, PostgresDecodable {}

extension ReachColumns {
    /// Of `crews c`.
    fileprivate static let crews = ReachColumns(site: "c.site_id", isWorkOf: { user in "\(user) = ANY(c.member_ids)" })
    /// Of the replica of the sites.
    static let knownSites = ReachColumns(site: "s.id")
}
