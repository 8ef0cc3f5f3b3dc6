import Access
import AccessSQL
import Commands
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The append-only audit log of the whole fleet in PostgreSQL.
struct AuditLog: Sendable {
    let database: Database

    struct Entry: Codable, Sendable {
        var id: Int64
        var userId: UserID?
        var service: String
        var action: String
        var resourceType: String
        var resourceId: String?
        var cause: String?
        /// Where the request came from. `erased` when the person's data were erased.
        var address: String?
        var userAgent: String?
        /// `{"title": ["Old", "New"]}`: each changed field, before and after.
        var changes: JSONValue?
        var at: Date
    }

    /// Appends an act of a service to its tenant's chain. Until the transaction ends, the chain's next entry waits.
    static func append(_ entry: AuditRecorded, id: EventID, at now: Date, _ tx: Transaction) async throws {
        let people = entry.tenant == nil ? [] : PersonKeys.people(in: entry)
        let results = try await tx.pipeline(
            lockingHead(of: entry.tenant) + (entry.tenant.map { PersonKeys.statements(for: people, of: $0) } ?? [])
        )
        let head = try AuditHead(results[1][0])
        let keys = try entry.tenant == nil ? [:] : PersonKeys.keys(results.last ?? [])
        let record = AuditRecord(entry.tenant == nil ? entry : try entry.sealed(keys), id, after: head, at: now)
        let hash = AuditChain.hash(record, after: head.hash)
        // Both travel with the next statement, which of a batch is that of the next event.
        tx.later(
            """
            INSERT INTO audit_log (tenant_id, id, recorded_at, event_id, user_id, service, action, resource_type, resource_id,
                cause, address, user_agent, changes, at, hash)
            VALUES (\(record.tenant), \(record.id), \(record.recordedAt), \(record.event), \(record.user), \(record.service),
                \(record.action), \(record.resourceType), \(record.resourceID), \(record.cause), \(record.address),
                \(record.userAgent), \(record.changes)::json, \(record.at), \(hash))
            """
        )
        tx.later(
            """
            UPDATE audit_chains SET entries = \(record.id), hash = \(hash), recorded_at = \(record.recordedAt)
            WHERE chain = COALESCE(\(record.tenant), '00000000-0000-0000-0000-000000000000')
            """
        )
    }

    /// The end of a chain, locked until the transaction ends.
    static func lockedHead(of tenant: TenantID?, _ tx: Transaction) async throws -> AuditHead {
        try AuditHead(try await tx.pipeline(lockingHead(of: tenant))[1][0])
    }

    /// The second statement returns the end of the chain.
    private static func lockingHead(of tenant: TenantID?) -> [SQL] {
        [
            "INSERT INTO audit_chains (tenant_id) VALUES (\(tenant)) ON CONFLICT DO NOTHING",
            """
            SELECT entries, hash, recorded_at FROM audit_chains
            WHERE chain = COALESCE(\(tenant), '00000000-0000-0000-0000-000000000000') FOR UPDATE
            """,
        ]
    }

    /// A tenant's entries before this one, the newest first.
    func entries(
        of tenant: TenantID,
        within reach: Reach,
        matching filter: AuditFilter = AuditFilter(),
        before: Int64?,
        limit: Int
    ) async throws -> [Entry] {
        let conditions = SQL.all([
            Self.conditions(of: tenant, within: reach, matching: filter), before.map { "id < \($0)" },
        ])
        let rows = try await database.of(tenant).query(
            "SELECT * FROM audit_log WHERE \(sql: conditions) ORDER BY id DESC LIMIT \(limit)"
        )
        var entries: [Entry] = try rows.decode { row in
            guard let changes: String = try row["changes"] else { return [:] }
            return ["changes": try JSONReader.read(changes.utf8)]
        }
        let people = entries.flatMap { [$0.userId, $0.subject] }.compactMap(\.self)
        let keys = try await PersonKeys.keys(of: Set(people), database.of(tenant))
        for index in entries.indices { try entries[index].open(keys) }
        return entries
    }

    /// A tenant's entries behind this one, in their order: a batch of an export.
    func lines(
        of tenant: TenantID,
        within reach: Reach,
        matching filter: AuditFilter,
        after id: Int64,
        upTo last: Int64
    ) async throws -> [AuditLine] {
        let conditions = SQL.all([
            Self.conditions(of: tenant, within: reach, matching: filter), "id > \(id)", "id <= \(last)",
        ])
        return try await database.of(tenant).query(
            "SELECT * FROM audit_log WHERE \(sql: conditions) ORDER BY id LIMIT \(AuditReader.batchSize)"
        ).decode()
    }

    /// Notes that somebody takes entries out of the system.
    func noteExport(_ change: Change, by act: Act) async throws {
        try await database.transaction(for: act) { try $0.record(change, by: act) }
    }

    private static func conditions(of tenant: TenantID, within reach: Reach, matching filter: AuditFilter) -> SQL {
        .all([
            "tenant_id = \(tenant)", reach.condition(.audit),
            filter.userId.map { "user_id = \($0)" }, filter.service.map { "service = \($0)" },
            filter.action.map { "action = \($0)" }, filter.resourceType.map { "resource_type = \($0)" },
            filter.resourceId.map { "resource_id = \($0)" }, filter.from.map { "at >= \($0)" },
            filter.to.map { "at < \($0)" },
        ])
    }
}

extension AuditHead {
    fileprivate init(_ row: Row) throws {
        self.init(entries: try row["entries"], hash: try row["hash"], recordedAt: try row["recorded_at"])
    }
}

extension AuditLog.Entry {
    fileprivate var subject: UserID? { PersonKeys.subject(resourceType, resourceId) }

    /// Opens what is sealed.
    fileprivate mutating func open(_ keys: [UserID: [UInt8]]) throws {
        if let userId {
            address = address.map { PersonalSeal.open($0, of: userId, keys[userId]) }
            userAgent = userAgent.map { PersonalSeal.open($0, of: userId, keys[userId]) }
        }
        if let subject, let value = changes {
            changes = try PersonalSeal.open(changes: value.text(), of: subject, keys[subject])
        }
    }
}

extension ReachColumns {
    /// What somebody did belongs to them, and to their sites.
    fileprivate static let audit = ReachColumns(
        sites: "(SELECT u.site_ids FROM users u WHERE u.id = audit_log.user_id)",
        assignees: ["user_id"],
        conditions: [.safetyEvents: "resource_type IN ('permit', 'incident', 'safety-document')"]
    )
}
