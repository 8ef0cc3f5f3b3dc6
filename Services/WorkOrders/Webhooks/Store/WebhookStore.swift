import Commands
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import Sealing

/// The webhooks of tenants in PostgreSQL, and what is filed for them.
struct WebhookStore: Sendable {
    let database: Database
    /// They seal the secrets; `nil` if none are set: then there are no webhooks.
    let keys: SealingKeys?

    func list(_ tenant: TenantID) async throws -> [Webhook] {
        try await database.of(tenant).query(
            "SELECT * FROM webhooks WHERE tenant_id = \(tenant) ORDER BY name LIMIT \(Webhook.maximumCount)"
        ).decode()
    }

    func find(_ id: WebhookID, _ tenant: TenantID) async throws -> Webhook {
        let row = try await database.of(tenant).first(
            "SELECT * FROM webhooks WHERE id = \(id) AND tenant_id = \(tenant)"
        )
        guard let webhook: Webhook = try row?.decode() else { throw WebhookRefusal.unknown }
        return webhook
    }

    func create(_ webhook: Webhook, _ secret: WebhookSecret, by act: Act, _ tx: Transaction) async throws {
        let row = try await tx.first("SELECT count(*) AS count FROM webhooks WHERE tenant_id = \(webhook.tenant)")
        guard try row?["count"] ?? Int64(0) < Webhook.maximumCount else { throw WebhookRefusal.tooMany }
        let inserted = try await tx.execute(
            """
            \(sql: try .insert("webhooks", webhook, adding: [
                "secret": try sealed(secret, of: webhook.id), "busy_until": act.time,
            ])) ON CONFLICT (tenant_id, name) DO NOTHING
            """
        )
        guard inserted == 1 else { throw WebhookRefusal.nameTaken }
        try tx.record(Change("WEBHOOK_CREATED", "webhook", webhook.id, before: nil, after: webhook), by: act)
    }

    /// Changes a webhook. `decide` returns `nil` when there is nothing to change.
    func change(
        _ id: WebhookID,
        _ tenant: TenantID,
        by act: Act,
        _ tx: Transaction,
        decide: (Webhook) throws -> Webhook?
    ) async throws -> Webhook {
        let before = try await locked(id, tenant, tx)
        guard let after = try decide(before) else { return before }
        if after.name != before.name {
            let taken = try await tx.first(
                "SELECT 1 FROM webhooks WHERE tenant_id = \(tenant) AND name = \(after.name) AND id <> \(id)"
            )
            guard taken == nil else { throw WebhookRefusal.nameTaken }
        }
        try save(after, tx)
        if !after.isActive { giveUp(on: after, because: "the webhook was switched off", tx) }
        // It is asked again at once.
        tx.later("UPDATE webhooks SET busy_until = \(act.time) WHERE id = \(id) AND tenant_id = \(tenant)")
        try tx.record(Change("WEBHOOK_UPDATED", "webhook", id, before: before, after: after), by: act)
        return after
    }

    func remove(_ id: WebhookID, _ tenant: TenantID, seen: Int64?, by act: Act, _ tx: Transaction) async throws {
        let webhook = try await locked(id, tenant, tx)
        try webhook.requireVersion(seen)
        tx.later("DELETE FROM webhooks WHERE id = \(id) AND tenant_id = \(tenant)")
        try tx.record(Change("WEBHOOK_DELETED", "webhook", id, before: webhook, after: nil), by: act)
    }

    /// Makes a new secret the one that signs; the former one signs too until then.
    func rotate(
        _ id: WebhookID,
        _ tenant: TenantID,
        to secret: WebhookSecret,
        formerUntil: Date?,
        by act: Act,
        _ tx: Transaction
    ) async throws {
        let webhook = try await locked(id, tenant, tx)
        try await tx.execute(
            """
            UPDATE webhooks SET former_secret = CASE WHEN \(formerUntil)::timestamptz IS NOT NULL THEN secret END,
                former_until = \(formerUntil), secret = \(try sealed(secret, of: id))
            WHERE id = \(id) AND tenant_id = \(tenant)
            """
        )
        let rotated = Rotated(webhook: webhook.name, formerSecretUntil: formerUntil, at: act.time)
        try tx.record(Change("WEBHOOK_SECRET_CREATED", "webhook", id, before: nil, after: rotated), by: act)
    }

    /// What the audit log has of a new secret.
    private struct Rotated: Codable {
        var webhook: String
        var formerSecretUntil: Date?
        var at: Date
    }

    private func sealed(_ secret: WebhookSecret, of id: WebhookID) throws -> [UInt8] {
        guard let keys else { throw WebhookRefusal.notSetUp }
        return try keys.seal(secret.text, for: Self.context(id))
    }

    func opened(_ sealed: [UInt8], of id: WebhookID) throws -> WebhookSecret? {
        guard let keys else { throw WebhookRefusal.notSetUp }
        return WebhookSecret(try keys.open(sealed, for: Self.context(id)))
    }

    private static func context(_ id: WebhookID) -> String { "webhook \(id)" }

    func locked(_ id: WebhookID, _ tenant: TenantID, _ tx: Transaction) async throws -> Webhook {
        let row = try await tx.first(
            "SELECT * FROM webhooks WHERE id = \(id) AND tenant_id = \(tenant) FOR UPDATE"
        )
        guard let webhook: Webhook = try row?.decode() else { throw WebhookRefusal.unknown }
        return webhook
    }

    func save(_ webhook: Webhook, _ tx: Transaction) throws {
        tx.later(
            try .update(
                "webhooks",
                webhook,
                except: ["id", "tenant", "createdAt", "createdBy"],
                where: "id = \(webhook.id) AND tenant_id = \(webhook.tenant)"
            )
        )
    }

    /// What waits for one that is told nothing any more.
    func giveUp(on webhook: Webhook, because reason: String, _ tx: Transaction) {
        tx.later(
            """
            UPDATE webhook_deliveries SET state = 'failed', next_at = NULL, error = COALESCE(error, \(reason))
            WHERE webhook_id = \(webhook.id) AND tenant_id = \(webhook.tenant) AND state = 'pending'
            """
        )
    }
}

extension Webhook: Record {
    static let columnNames = ["tenant": "tenant_id"]
}

extension WebhookDelivery: Record {
    static let columnNames = ["tenant": "tenant_id", "webhook": "webhook_id"]
}

extension WebhookEvent: PostgresEncodable, PostgresDecodable {}
extension Webhook.Disabled: PostgresEncodable, PostgresDecodable {}
extension WebhookDelivery.State: PostgresEncodable, PostgresDecodable {}
