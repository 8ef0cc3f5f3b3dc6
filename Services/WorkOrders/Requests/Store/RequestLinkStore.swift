import Access
import AccessSQL
import Foundation
import Identifiers
import Messaging
import Postgres

/// The links for requests in PostgreSQL.
struct RequestLinkStore: Sendable {
    let database: Database

    func list(
        _ tenant: TenantID,
        within reach: Reach,
        after: RequestPosition<RequestLinkKind>?,
        limit: Int
    ) async throws -> [RequestLink] {
        try await database.of(tenant).query(
            """
            SELECT * FROM request_links WHERE \(sql: .all([
                "tenant_id = \(tenant)", reach.condition(.requests),
                after.map { "(created_at, id) > (\($0.createdAt), \($0.id))" },
            ]))
            ORDER BY created_at, id LIMIT \(limit + 1)
            """
        ).decode()
    }

    /// The link that a token is of, whichever tenant's it is; `nil` if nobody can ask for anything there.
    func find(_ token: RequestToken, at now: Date) async throws -> RequestLink? {
        let row = try await database.ofEveryTenant.first(
            "SELECT * FROM request_links WHERE token_hash = \(token.hash)"
        )
        let link: RequestLink? = try row?.decode()
        return link?.isOpen(at: now) == true ? link : nil
    }

    func find(_ id: RequestLinkID, _ tenant: TenantID, within reach: Reach) async throws -> RequestLink {
        let row = try await database.of(tenant).first(
            """
            SELECT * FROM request_links
            WHERE id = \(id) AND tenant_id = \(tenant) AND \(sql: reach.condition(.requests))
            """
        )
        guard let link: RequestLink = try row?.decode() else { throw RequestRefusal.unknownLink }
        return link
    }

    func create(_ link: RequestLink, _ token: RequestToken, by act: Act, _ tx: Transaction) async throws {
        let row = try await tx.first("SELECT count(*) AS count FROM request_links WHERE tenant_id = \(link.tenant)")
        guard try row?["count"] ?? Int64(0) < RequestLink.maximumCount else { throw RequestRefusal.tooManyLinks }
        tx.later(try .insert("request_links", link, adding: ["token_hash": token.hash]))
        try tx.record(Change("REQUEST_LINK_CREATED", "request-link", link.id, before: nil, after: link), by: act)
    }

    func change(
        _ id: RequestLinkID,
        within reach: ChangeReach,
        by act: Act,
        _ tx: Transaction,
        decide: (RequestLink) throws -> RequestLink?
    ) async throws -> RequestLink {
        let before = try await locked(id, within: reach, by: act, tx)
        guard let after = try decide(before) else { return before }
        tx.later(
            try .update(
                "request_links",
                after,
                except: ["id", "tenant", "site", "asset", "createdAt", "createdBy"],
                where: "id = \(id) AND tenant_id = \(after.tenant)"
            )
        )
        try tx.record(Change("REQUEST_LINK_UPDATED", "request-link", id, before: before, after: after), by: act)
        return after
    }

    /// A sign that was photographed by strangers, or is lost: its token is good for nothing any more.
    func replace(
        _ id: RequestLinkID,
        by token: RequestToken,
        within reach: ChangeReach,
        by act: Act,
        _ tx: Transaction
    ) async throws -> RequestLink {
        let link = try await locked(id, within: reach, by: act, tx)
        tx.later(
            "UPDATE request_links SET token_hash = \(token.hash) WHERE id = \(id) AND tenant_id = \(link.tenant)"
        )
        let noted = Replaced(label: link.label, at: act.time)
        try tx.record(Change("REQUEST_LINK_TOKEN_CREATED", "request-link", id, before: nil, after: noted), by: act)
        return link
    }

    private struct Replaced: Codable {
        var label: String
        var at: Date
    }

    private func locked(_ id: RequestLinkID, within reach: ChangeReach, by act: Act, _ tx: Transaction) async throws
        -> RequestLink
    {
        let row = try await tx.first(
            """
            SELECT *, \(sql: reach.isWithin(.requests)) AS is_within FROM request_links
            WHERE id = \(id) AND tenant_id = \(act.tenant) AND \(sql: reach.isVisible(.requests)) FOR UPDATE
            """
        )
        guard let row else { throw RequestRefusal.unknownLink }
        guard try row["is_within"] else { throw RequestRefusal.outOfReach }
        return try row.decode()
    }
}

extension ReachColumns {
    /// The columns of links and requests.
    static let requests = ReachColumns(site: "site_id", asset: "asset_id")
}

extension RequestLink: Record {
    static let columnNames = ["tenant": "tenant_id", "site": "site_id", "asset": "asset_id"]
}

extension RequestLink.Asked: PostgresEncodable, PostgresDecodable {}
