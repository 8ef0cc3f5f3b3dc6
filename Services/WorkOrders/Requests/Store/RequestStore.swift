import Access
import AccessSQL
import Foundation
import Identifiers
import Messaging
import Postgres

/// The requests of people without an account in PostgreSQL.
struct RequestStore: Sendable {
    let orders: WorkOrderStore

    private var database: Database { orders.database }

    // MARK: - Whoever asks

    /// Keeps a request, once for a receipt.
    func ask(
        _ new: AskForWork,
        at link: RequestLink,
        receipt: RequestToken,
        by act: Act
    ) async throws -> ServiceRequest {
        try await database.of(link.tenant).transaction { tx in
            // Held: whoever asks at the same moment is counted.
            let row = try await tx.first(
                "SELECT * FROM request_links WHERE id = \(link.id) AND tenant_id = \(link.tenant) FOR UPDATE"
            )
            guard let link: RequestLink = try row?.decode() else { throw RequestRefusal.unknownLink }
            if let known = try await find(receipt, at: link, tx) { return known }
            let request = try ServiceRequest.asked(new, at: link, id: .new(), at: act.time)
            let counts = try await tx.first(
                """
                SELECT count(*) FILTER (WHERE state = 'new') AS open,
                    count(*) FILTER (WHERE created_at > \(act.time.addingTimeInterval(-3600))) AS recent
                FROM service_requests
                WHERE link_id = \(link.id) AND (state = 'new' OR created_at > \(act.time.addingTimeInterval(-3600)))
                """
            )
            guard try counts?["open"] ?? Int64(0) < link.maximumOpen,
                try counts?["recent"] ?? Int64(0) < RequestLink.mostInAnHour
            else { throw RequestRefusal.tooManyRequests }
            tx.later(try .insert("service_requests", request, adding: ["receipt_hash": receipt.hash]))
            try record("SERVICE_REQUEST_CREATED", before: nil, after: request, by: act, tx)
            return request
        }
    }

    /// The request that a receipt is of.
    func find(_ receipt: RequestToken, at link: RequestLink) async throws -> ServiceRequest {
        let row = try await database.of(link.tenant).first(Self.selection(receipt, link))
        guard let request: ServiceRequest = try row?.decode() else { throw RequestRefusal.unknownRequest }
        return request
    }

    private func find(_ receipt: RequestToken, at link: RequestLink, _ tx: Transaction) async throws -> ServiceRequest?
    {
        try await tx.first("\(sql: Self.selection(receipt, link)) FOR UPDATE")?.decode()
    }

    private static func selection(_ receipt: RequestToken, _ link: RequestLink) -> SQL {
        """
        SELECT * FROM service_requests
        WHERE receipt_hash = \(receipt.hash) AND link_id = \(link.id) AND tenant_id = \(link.tenant)
        """
    }

    func announce(
        _ new: AnnouncePhoto,
        to receipt: RequestToken,
        at link: RequestLink,
        by act: Act
    ) async throws -> Attachment {
        try await database.of(link.tenant).transaction { tx in
            guard let request = try await find(receipt, at: link, tx) else { throw RequestRefusal.unknownRequest }
            let known = try await tx.query(Self.photos(of: request)).decode() as [Attachment]
            // It comes again.
            if let same = known.first(where: { ($0.uploadedSha256 ?? $0.sha256) == new.sha256.lowercased() }) {
                return same
            }
            let photo = try request.photo(new, id: .new(), count: known.count, of: link, at: act.time)
            tx.later(RetentionStore.expect(photo.sha256, request.tenant))
            tx.later(try .insert("work_order_attachments", photo))
            try tx.record(Change("ATTACHMENT_CREATED", "attachment", photo.id, before: nil, after: photo), by: act)
            return photo
        }
    }

    func photo(_ id: AttachmentID, of request: ServiceRequest) async throws -> Attachment {
        let row = try await database.of(request.tenant).first("\(sql: Self.photos(of: request, id))")
        guard let photo: Attachment = try row?.decode() else { throw AttachmentRefusal.unknown }
        return photo
    }

    /// What was found out about a photo that has come.
    func complete(
        _ id: AttachmentID,
        of request: ServiceRequest,
        _ content: CheckedContent,
        by act: Act
    ) async throws -> Attachment {
        try await database.of(request.tenant).transaction { tx in
            let row = try await tx.first("\(sql: Self.photos(of: request, id)) FOR UPDATE")
            guard let before: Attachment = try row?.decode() else { throw AttachmentRefusal.unknown }
            let after = try before.completed(content, by: before.createdBy, at: act.time)
            if after.sha256 != before.sha256 { tx.later(RetentionStore.expect(after.sha256, after.tenant)) }
            tx.later(
                try .update(
                    "work_order_attachments",
                    after,
                    except: ["id", "tenant", "workOrder", "createdAt", "createdBy"],
                    where: "id = \(id) AND tenant_id = \(request.tenant)"
                )
            )
            try tx.record(
                Change("ATTACHMENT_COMPLETED", "attachment", id, before: before.recorded, after: after.recorded),
                by: act
            )
            return after
        }
    }

    private static func photos(of request: ServiceRequest, _ id: AttachmentID? = nil) -> SQL {
        """
        SELECT * FROM work_order_attachments WHERE \(sql: .all([
            "tenant_id = \(request.tenant)", "work_order_id = \(request.orderID)", "deleted_at IS NULL",
            id.map { "id = \($0)" },
        ])) ORDER BY created_at, id
        """
    }

    // MARK: - Who decides

    func list(
        _ filter: ServiceRequestFilter,
        _ tenant: TenantID,
        within reach: Reach,
        after: RequestPosition<ServiceRequestKind>?,
        limit: Int
    ) async throws -> [ServiceRequest] {
        try await database.of(tenant).query(
            """
            SELECT * FROM service_requests WHERE \(sql: .all([
                "tenant_id = \(tenant)", reach.condition(.requests), filter.state.map { "state = \($0)" },
                filter.siteId.map { "site_id = \($0)" },
                after.map { "(created_at, id) < (\($0.createdAt), \($0.id))" },
            ]))
            ORDER BY created_at DESC, id DESC LIMIT \(limit + 1)
            """
        ).decode()
    }

    func find(_ id: ServiceRequestID, _ tenant: TenantID, within reach: Reach) async throws -> ServiceRequest {
        let row = try await database.of(tenant).first(
            """
            SELECT * FROM service_requests
            WHERE id = \(id) AND tenant_id = \(tenant) AND \(sql: reach.condition(.requests))
            """
        )
        guard let request: ServiceRequest = try row?.decode() else { throw RequestRefusal.unknownRequest }
        return request
    }

    func photos(of request: ServiceRequest) async throws -> [Attachment] {
        try await database.of(request.tenant).query(Self.photos(of: request)).decode()
    }

    /// Decides a request, once.
    func decide(
        _ id: ServiceRequestID,
        within reach: ChangeReach,
        by act: Act,
        _ tx: Transaction,
        decide: (ServiceRequest) async throws -> ServiceRequest
    ) async throws -> ServiceRequest {
        let row = try await tx.first(
            """
            SELECT *, \(sql: reach.isWithin(.requests)) AS is_within FROM service_requests
            WHERE id = \(id) AND tenant_id = \(act.tenant) AND \(sql: reach.isVisible(.requests)) FOR UPDATE
            """
        )
        guard let row else { throw RequestRefusal.unknownRequest }
        guard try row["is_within"] else { throw RequestRefusal.outOfReach }
        let before: ServiceRequest = try row.decode()
        let after = try await decide(before)
        tx.later(
            """
            UPDATE service_requests SET state = \(after.state), reason = \(after.reason), work_order_id = \(after.workOrder),
                decided_at = \(after.decidedAt), decided_by = \(after.decidedBy)
            WHERE id = \(id) AND tenant_id = \(after.tenant)
            """
        )
        if after.state == .declined {
            // Nobody sees them any more, and uploads end.
            tx.later(
                """
                UPDATE work_order_attachments SET deleted_at = \(act.time), deleted_by = \(after.decidedBy)
                WHERE work_order_id = \(after.orderID) AND tenant_id = \(after.tenant) AND deleted_at IS NULL
                """
            )
        }
        let action = after.state == .declined ? "SERVICE_REQUEST_DECLINED" : "SERVICE_REQUEST_CONVERTED"
        try record(action, before: before, after: after, by: act, tx)
        return after
    }

    /// What the audit log has of a request: neither its words nor who has asked, which are not kept as long.
    private struct Noted: Codable {
        var link: RequestLinkID
        var label: String
        var kind: RequestLink.Asked
        var state: ServiceRequest.State
        var reason: String?
        var workOrder: WorkOrderID?

        init(_ request: ServiceRequest) {
            (link, label, kind, state) = (request.link, request.label, request.kind, request.state)
            (reason, workOrder) = (request.reason, request.workOrder)
        }
    }

    private func record(
        _ action: String,
        before: ServiceRequest?,
        after: ServiceRequest,
        by act: Act,
        _ tx: Transaction
    ) throws {
        try tx.record(
            Change(action, "service-request", after.id, before: before.map(Noted.init), after: Noted(after)),
            by: act
        )
    }

    // MARK: - Upkeep

    /// Removes how to reach who has asked, and what was declined long ago: a batch of each.
    ///
    /// - Returns: How many there were.
    func prune(at now: Date, limit: Int) async throws -> Int {
        let decided = now.addingTimeInterval(-ServiceRequest.contactAfterDecision)
        let asked = now.addingTimeInterval(-ServiceRequest.contactAtMost)
        let contacts = try await database.ofEveryTenant.execute(
            """
            UPDATE service_requests SET contact = NULL, contact_name = NULL WHERE id IN (
                SELECT id FROM service_requests
                WHERE (contact IS NOT NULL OR contact_name IS NOT NULL) AND (decided_at < \(decided) OR created_at < \(asked))
                ORDER BY created_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
            )
            """
        )
        // No work order will ever have the photos.
        let declined = try await database.ofEveryTenant.first(
            """
            WITH gone AS (
                DELETE FROM service_requests WHERE id IN (
                    SELECT id FROM service_requests
                    WHERE state = 'declined' AND decided_at < \(now.addingTimeInterval(-ServiceRequest.declinedKept))
                    ORDER BY created_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
                ) RETURNING id, tenant_id
            ), photos AS (
                DELETE FROM work_order_attachments a USING gone
                WHERE a.work_order_id = gone.id AND a.tenant_id = gone.tenant_id RETURNING a.tenant_id, a.sha256
            ), files AS (
                INSERT INTO forgotten_files SELECT DISTINCT tenant_id, sha256 FROM photos ON CONFLICT DO NOTHING
            )
            SELECT count(*) AS count FROM gone
            """
        )
        return contacts + Int(try declined?["count"] as Int64? ?? 0)
    }
}

extension ServiceRequest: Record {
    static let columnNames = [
        "tenant": "tenant_id", "link": "link_id", "site": "site_id", "asset": "asset_id", "workOrder": "work_order_id",
    ]
}

extension ServiceRequest.State: PostgresEncodable, PostgresDecodable {}
