import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The files of work orders in PostgreSQL; their bytes are in ``AttachmentFiles``. A change locks the work order, so that the number of its
/// files and its phase stay what they are until the end.
struct AttachmentStore: Sendable {
    let orders: WorkOrderStore

    private var database: Database { orders.database }

    func announce(
        _ new: AnnounceAttachment,
        on order: WorkOrderID,
        within reach: ChangeReach,
        by act: Act,
        _ tx: Transaction
    ) async throws -> Attachment {
        let order = try await locked(order, within: reach, by: act, tx)
        let row = try await tx.first(
            """
            SELECT count(*) AS count FROM work_order_attachments
            WHERE tenant_id = \(order.tenant) AND work_order_id = \(order.id) AND deleted_at IS NULL
            """
        )
        let attachment = try Attachment.announced(
            new,
            id: .new(),
            on: order,
            count: try row?["count"] ?? 0,
            by: try user(of: act),
            at: act.time
        )
        tx.later(RetentionStore.expect(attachment.sha256, order.tenant))
        tx.later(try .insert("work_order_attachments", attachment))
        try record("ATTACHMENT_CREATED", on: order, before: nil, after: attachment, by: act, tx)
        return attachment
    }

    /// The images of a work order that can be read.
    static func images(of order: WorkOrderID, _ tenant: TenantID, _ tx: Transaction) async throws -> [AttachmentID] {
        try await tx.query(
            """
            SELECT id FROM work_order_attachments
            WHERE tenant_id = \(tenant) AND work_order_id = \(order) AND deleted_at IS NULL AND state = 'available'
                AND content_type LIKE 'image/%'
            """
        ).map { try $0["id"] }
    }

    /// Changes a file.
    ///
    /// - Parameter decide: What becomes of it; its parts, its name and its place never change.
    func update(
        _ id: AttachmentID,
        of order: WorkOrderID,
        _ action: String,
        within reach: ChangeReach,
        by act: Act,
        _ tx: Transaction,
        decide: (Attachment, WorkOrder) throws -> Attachment
    ) async throws -> Attachment {
        let order = try await locked(order, within: reach, by: act, tx)
        let found = try await tx.first("\(sql: Self.selection(of: order.id, order.tenant)) AND id = \(id) FOR UPDATE")
        guard let before = try found?.decode(Attachment.self) else { throw AttachmentRefusal.unknown }
        let after = try decide(before, order)
        if after.sha256 != before.sha256 { tx.later(RetentionStore.expect(after.sha256, order.tenant)) }
        tx.later(
            try .update(
                "work_order_attachments",
                after,
                except: ["id", "tenant", "workOrder", "createdAt", "createdBy"],
                where: "id = \(id) AND tenant_id = \(order.tenant)"
            )
        )
        try record(action, on: order, before: before, after: after, by: act, tx)
        return after
    }

    /// The files of a work order, oldest first; at most ``Attachment/maximumCount``.
    func list(_ order: WorkOrderID, tenant: TenantID, within reach: Reach) async throws -> [Attachment] {
        _ = try await orders.find(order, tenant: tenant, within: reach)
        return try await database.of(tenant).query(
            "\(sql: Self.selection(of: order, tenant)) ORDER BY created_at, id LIMIT \(Attachment.maximumCount)"
        ).decode()
    }

    func find(
        _ id: AttachmentID,
        of order: WorkOrderID,
        tenant: TenantID,
        within reach: Reach
    ) async throws -> Attachment {
        _ = try await orders.find(order, tenant: tenant, within: reach)
        let row = try await database.of(tenant).first("\(sql: Self.selection(of: order, tenant)) AND id = \(id)")
        guard let attachment = try row?.decode(Attachment.self) else { throw AttachmentRefusal.unknown }
        return attachment
    }

    // MARK: - Acknowledgements

    /// Who has read each of these documents.
    func acknowledgements(
        of documents: [AttachmentID],
        tenant: TenantID
    ) async throws -> [AttachmentID: [Acknowledgement]] {
        if documents.isEmpty { return [:] }
        let rows = try await database.of(tenant).query(Self.acknowledgements(of: documents, tenant))
        return try Dictionary(grouping: rows) { try $0["attachment_id"] }.mapValues { try $0.decode() }
    }

    /// Notes that whoever acts has read a document about safety.
    func acknowledge(
        _ id: AttachmentID,
        of order: WorkOrderID,
        within reach: ChangeReach,
        by act: Act,
        _ tx: Transaction
    ) async throws -> (Attachment, [Acknowledgement]) {
        let order = try await locked(order, within: reach, by: act, tx)
        let found = try await tx.first("\(sql: Self.selection(of: order.id, order.tenant)) AND id = \(id)")
        guard let document = try found?.decode(Attachment.self) else { throw AttachmentRefusal.unknown }
        try order.requireOpenForFiles()
        try document.requireAcknowledgeable()
        let user = try user(of: act)
        let read: [Acknowledgement] = try await tx.query(Self.acknowledgements(of: [id], order.tenant)).decode()
        if read.contains(where: { $0.personId == user }) { return (document, read) }
        guard read.count < Attachment.maximumAcknowledgements else { throw AttachmentRefusal.tooManyAcknowledgements }
        let new = Acknowledgement(personId: user, acknowledgedAt: act.time)
        tx.later(
            """
            INSERT INTO work_order_acknowledgements (attachment_id, tenant_id, person_id, acknowledged_at)
            VALUES (\(id), \(order.tenant), \(user), \(act.time))
            """
        )
        let note = SafetyDocumentRead(name: document.name, sha256: document.sha256, workOrderId: order.id)
        try tx.record(
            Change("ACKNOWLEDGEMENT_CREATED", "safety-document", id, before: nil, after: note),
            by: act
        )
        return (document, read + [new])
    }

    /// What is written down for years: it proves which bytes were read.
    private struct SafetyDocumentRead: Encodable {
        var name: String
        var sha256: String
        var workOrderId: WorkOrderID
    }

    private static func acknowledgements(of documents: [AttachmentID], _ tenant: TenantID) -> SQL {
        """
        SELECT * FROM work_order_acknowledgements
        WHERE attachment_id = ANY(\(PostgresArray(documents))) AND tenant_id = \(tenant)
        ORDER BY acknowledged_at, person_id
        """
    }

    // MARK: - Upkeep

    /// Files whose parts have to go, of every tenant.
    func expired(at now: Date, limit: Int) async throws -> [Attachment] {
        try await database.ofEveryTenant.query(
            """
            SELECT * FROM work_order_attachments WHERE expires_at <= \(now) ORDER BY expires_at LIMIT \(limit)
            """
        ).decode()
    }

    /// The parts of a file are gone: what was never completed goes as well.
    ///
    /// - Parameter unrecorded: The hashes of what may have been kept of it.
    func forget(_ attachment: Attachment, _ unrecorded: [String], at now: Date) async throws {
        try await database.of(attachment.tenant).transaction { tx in
            let ended = try await tx.first(
                """
                DELETE FROM work_order_attachments WHERE id = \(attachment.id) AND tenant_id = \(attachment.tenant)
                    AND expires_at <= \(now) AND state IN ('uploading', 'unscanned') RETURNING id
                """
            )
            if ended != nil {
                for hash in unrecorded { try await tx.execute(RetentionStore.release(hash, attachment.tenant)) }
            }
            try await tx.execute(
                """
                UPDATE work_order_attachments SET expires_at = NULL
                WHERE id = \(attachment.id) AND tenant_id = \(attachment.tenant) AND expires_at <= \(now)
                """
            )
        }
    }

    /// Pictures of every tenant that nobody has tried to make thumbnails of, the oldest first.
    func withoutThumbnails(limit: Int) async throws -> [Attachment] {
        try await database.ofEveryTenant.query(
            """
            SELECT * FROM work_order_attachments
            WHERE has_thumbnails IS NULL AND state = 'available' AND content_type LIKE 'image/%'
            ORDER BY completed_at LIMIT \(limit)
            """
        ).decode()
    }

    func record(hasThumbnails: Bool, _ attachment: Attachment) async throws {
        try await database.of(attachment.tenant).transaction { tx in
            try await tx.execute(
                """
                UPDATE work_order_attachments SET has_thumbnails = \(hasThumbnails)
                WHERE id = \(attachment.id) AND tenant_id = \(attachment.tenant) AND has_thumbnails IS NULL
                """
            )
            // It may have gone meanwhile, and its bytes before the thumbnails came.
            try await tx.execute(RetentionStore.release(attachment.sha256, attachment.tenant))
        }
    }

    // MARK: -

    /// The work order, locked until the transaction ends.
    private func locked(
        _ id: WorkOrderID,
        within reach: ChangeReach,
        by act: Act,
        _ tx: Transaction
    ) async throws -> WorkOrder {
        try await orders.update(id, within: reach, by: act, tx) { _, _ in nil }
    }

    private func user(of act: Act) throws -> UserID {
        guard let user = act.user else { throw Refusal.outOfReach }
        return user
    }

    private func record(
        _ action: String,
        on order: WorkOrder,
        before: Attachment?,
        after: Attachment,
        by act: Act,
        _ tx: Transaction
    ) throws {
        let left = after.deletedAt == nil ? after.recorded : nil
        var facts: [any Event] = []
        if let change = after.change(after: before) {
            let type = after.contentType?.rawValue ?? ""
            facts = [
                AttachmentChanged(
                    attachment: after.id,
                    workOrder: order.id,
                    tenant: order.tenant,
                    site: order.site,
                    asset: order.asset,
                    change: change,
                    type: type,
                    bytes: Int64(after.size),
                    sha256: after.sha256,
                    by: act.user,
                    at: act.time
                )
            ]
        }
        try tx.record([Change(action, "attachment", after.id, before: before?.recorded, after: left)], facts, by: act)
    }

    private static func selection(of order: WorkOrderID, _ tenant: TenantID) -> SQL {
        """
        SELECT * FROM work_order_attachments
        WHERE tenant_id = \(tenant) AND work_order_id = \(order) AND deleted_at IS NULL
        """
    }
}

extension Attachment: Record {
    static let columnNames = ["tenant": "tenant_id", "workOrder": "work_order_id", "task": "task_id"]
}

extension Acknowledgement: Record {}

extension Attachment.Kind: PostgresEncodable, PostgresDecodable {}
extension Attachment.Category: PostgresEncodable, PostgresDecodable {}
extension Attachment.Purpose: PostgresEncodable, PostgresDecodable {}
extension Attachment.State: PostgresEncodable, PostgresDecodable {}
extension FileType: PostgresEncodable, PostgresDecodable {}
