import EventSchema
import Foundation
import Identifiers
import Postgres

/// Reads a chain from its beginning, in batches.
struct AuditReader: Sendable {
    let database: Database

    static let batchSize = 2000

    /// The chains: of each tenant that has entries, and that of no tenant.
    func chains() async throws -> [TenantID?] {
        try await database.ofEveryTenant.query("SELECT tenant_id FROM audit_chains ORDER BY chain").map {
            try $0["tenant_id"]
        }
    }

    func head(of tenant: TenantID?) async throws -> AuditHead {
        let row = try await database.with(tenant.map { .of($0) } ?? .noTenant).first(
            "SELECT entries, hash, recorded_at FROM audit_chains WHERE tenant_id IS NOT DISTINCT FROM \(tenant)"
        )
        guard let row else { return .start }
        return AuditHead(entries: try row["entries"], hash: try row["hash"], recordedAt: try row["recorded_at"])
    }

    /// The entries behind this one, in their order.
    func lines(of tenant: TenantID?, after id: Int64, upTo last: Int64, limit: Int = batchSize) async throws
        -> [AuditLine]
    {
        let isOfTenant: SQL = if let tenant { "tenant_id = \(tenant)" } else { "tenant_id IS NULL" }
        return try await database.with(tenant.map { .of($0) } ?? .noTenant).query(
            """
            SELECT * FROM audit_log WHERE \(sql: isOfTenant) AND id > \(id) AND id <= \(last)
            ORDER BY id LIMIT \(limit)
            """
        ).decode()
    }
}

extension AuditLine: RowReadable {
    init(from row: inout RowReader) throws {
        record = AuditRecord(
            tenant: try row.read("tenant_id"),
            id: try row.read("id"),
            recordedAt: try row.read("recorded_at"),
            event: try row.read("event_id"),
            user: try row.read("user_id"),
            service: try row.read("service"),
            action: try row.read("action"),
            resourceType: try row.read("resource_type"),
            resourceID: try row.read("resource_id"),
            cause: try row.read("cause"),
            address: try row.read("address"),
            userAgent: try row.read("user_agent"),
            changes: try row.read("changes"),
            at: try row.read("at")
        )
        hash = try row.read("hash")
    }
}
