import Commands
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

extension WebhookStore {
    // MARK: - Filing

    /// Files a fact for those webhooks of its tenant that want it: once, in the transaction that notes it as handled.
    func file<Fact: Event>(_ delivery: Delivery<Fact>, at now: Date, _ tx: Transaction) async throws {
        let metadata = delivery.metadata
        guard let tenant = metadata.tenant else { return }
        let name = String(Fact.family)
        let found = try await tx.query(
            """
            SELECT id FROM webhooks
            WHERE tenant_id = \(tenant) AND is_active AND \(name) = ANY(events) AND created_at <= \(metadata.time)
            """
        )
        guard !found.isEmpty else { return }
        let body = WebhookBody(
            id: metadata.id,
            type: name,
            time: metadata.time,
            tenant: tenant,
            data: delivery.event
        )
        let text = try JSONWriter.text(body)
        for row in found {
            tx.later(
                try Self.filing(
                    WebhookDelivery(
                        id: .new(),
                        tenant: tenant,
                        webhook: try row["id"],
                        message: metadata.id,
                        event: name,
                        body: text,
                        state: .pending,
                        attempts: 0,
                        nextAt: now,
                        createdAt: now
                    )
                )
            )
        }
    }

    /// Refuses to file something for a webhook that is told nothing.
    static func requireActive(_ id: WebhookID, _ tenant: TenantID, _ tx: Transaction) async throws {
        let row = try await tx.first("SELECT is_active FROM webhooks WHERE id = \(id) AND tenant_id = \(tenant)")
        guard let row else { throw WebhookRefusal.unknown }
        guard try row["is_active"] else { throw WebhookRefusal.inactive }
    }

    static func filing(_ delivery: WebhookDelivery) throws -> SQL {
        "\(sql: try .insert("webhook_deliveries", delivery)) ON CONFLICT (webhook_id, message) DO NOTHING"
    }

    /// Files a message that is no fact, so that a person sees what becomes of it.
    func test(_ id: WebhookID, _ tenant: TenantID, by act: Act, _ tx: Transaction) async throws -> WebhookDelivery {
        let webhook = try await locked(id, tenant, tx)
        let message = EventID.new()
        let body = WebhookBody(
            id: message,
            type: WebhookDelivery.test,
            time: act.time,
            tenant: tenant,
            data: Test(webhook: id, name: webhook.name)
        )
        let delivery = WebhookDelivery(
            id: .new(),
            tenant: tenant,
            webhook: id,
            message: message,
            event: WebhookDelivery.test,
            body: try JSONWriter.text(body),
            state: .pending,
            attempts: 0,
            nextAt: act.time,
            createdAt: act.time
        )
        tx.later(try Self.filing(delivery))
        tx.later(Self.turn(of: id, tenant, at: act.time))
        let noted = Noted(webhook: webhook.name, event: delivery.event)
        try tx.record(
            Change("WEBHOOK_DELIVERY_CREATED", "webhook-delivery", delivery.id, before: nil, after: noted),
            by: act
        )
        return delivery
    }

    private struct Test: Codable {
        var webhook: WebhookID
        var name: String
    }

    /// What the audit log has of a delivery.
    private struct Noted: Codable {
        var webhook: String
        var event: String
        var state: WebhookDelivery.State?
    }

    // MARK: - Log

    func deliveries(
        of id: WebhookID,
        _ tenant: TenantID,
        _ filter: WebhookDeliveryFilter,
        after: WebhookDeliveryPosition?,
        limit: Int
    ) async throws -> [WebhookDelivery] {
        _ = try await find(id, tenant)
        return try await database.of(tenant).query(
            """
            SELECT * FROM webhook_deliveries WHERE \(sql: .all([
                "tenant_id = \(tenant)", "webhook_id = \(id)", filter.state.map { "state = \($0)" },
                after.map { "(created_at, id) < (\($0.createdAt), \($0.id))" },
            ]))
            ORDER BY created_at DESC, id DESC LIMIT \(limit + 1)
            """
        ).decode()
    }

    func delivery(_ id: WebhookDeliveryID, of webhook: WebhookID, _ tenant: TenantID) async throws -> WebhookDelivery {
        _ = try await find(webhook, tenant)
        let row = try await database.of(tenant).first(Self.selection(id, webhook, tenant))
        guard let delivery: WebhookDelivery = try row?.decode() else { throw WebhookRefusal.unknownDelivery }
        return delivery
    }

    private static func selection(_ id: WebhookDeliveryID, _ webhook: WebhookID, _ tenant: TenantID) -> SQL {
        """
        SELECT * FROM webhook_deliveries
        WHERE id = \(id) AND webhook_id = \(webhook) AND tenant_id = \(tenant)
        """
    }

    /// Has one tried again.
    func redrive(
        _ id: WebhookDeliveryID,
        of webhook: WebhookID,
        _ tenant: TenantID,
        by act: Act,
        _ tx: Transaction
    ) async throws -> WebhookDelivery {
        let hook = try await locked(webhook, tenant, tx)
        let row = try await tx.first("\(sql: Self.selection(id, webhook, tenant)) FOR UPDATE")
        guard let before: WebhookDelivery = try row?.decode() else { throw WebhookRefusal.unknownDelivery }
        guard hook.isActive || before.isTest else { throw WebhookRefusal.inactive }
        let after = try before.redriven(at: act.time)
        try save(after, tx)
        tx.later(Self.turn(of: webhook, tenant, at: act.time))
        try tx.record(
            Change(
                "WEBHOOK_DELIVERY_REDRIVEN",
                "webhook-delivery",
                id,
                before: Noted(webhook: hook.name, event: before.event, state: before.state),
                after: Noted(webhook: hook.name, event: after.event, state: after.state)
            ),
            by: act
        )
        return after
    }

    /// Has those tried again that have failed, the oldest first.
    ///
    /// - Returns: How many, and whether there are more.
    func redriveFailed(
        of webhook: WebhookID,
        since: Date,
        _ tenant: TenantID,
        by act: Act,
        _ tx: Transaction
    ) async throws -> (count: Int, hasMore: Bool) {
        let hook = try await locked(webhook, tenant, tx)
        guard hook.isActive else { throw WebhookRefusal.inactive }
        let limit = WebhookDelivery.largestRedrive
        let found = try await tx.query(
            """
            SELECT id FROM webhook_deliveries
            WHERE tenant_id = \(tenant) AND webhook_id = \(webhook) AND state = 'failed' AND created_at >= \(since)
                AND event <> \(WebhookDelivery.test)
            ORDER BY created_at, id LIMIT \(limit + 1)
            """
        ).map { try $0["id"] as WebhookDeliveryID }
        let ids = Array(found.prefix(limit))
        tx.later(
            """
            UPDATE webhook_deliveries SET state = 'pending', attempts = 0, next_at = \(act.time)
            WHERE id = ANY(\(PostgresArray(ids))) AND tenant_id = \(tenant) AND state = 'failed'
            """
        )
        tx.later(Self.turn(of: webhook, tenant, at: act.time))
        let (before, after) = (Redriven(failed: ids.count), Redriven(failed: 0))
        try tx.record(Change("WEBHOOK_REDRIVEN", "webhook", webhook, before: before, after: after), by: act)
        return (ids.count, found.count > limit)
    }

    private struct Redriven: Codable {
        var failed: Int
    }

    private func save(_ delivery: WebhookDelivery, _ tx: Transaction) throws {
        tx.later(
            try .update(
                "webhook_deliveries",
                delivery,
                except: ["id", "tenant", "webhook", "message", "event", "body", "createdAt"],
                where: "id = \(delivery.id) AND tenant_id = \(delivery.tenant)"
            )
        )
    }

    private static func turn(of id: WebhookID, _ tenant: TenantID, at now: Date) -> SQL {
        "UPDATE webhooks SET busy_until = \(now) WHERE id = \(id) AND tenant_id = \(tenant)"
    }

    // MARK: - Sending

    /// A delivery that this instance makes, and what it needs for that.
    struct Due: Sendable {
        var delivery: WebhookDelivery
        var url: String
        /// Sealed; the newest first.
        var secrets: [[UInt8]]
    }

    /// Takes the next delivery that is due, of any tenant: the webhook whose turn was longest ago comes first. Until the lease ends, no other
    /// instance takes one of the same webhook, so its receiver gets one after the other.
    ///
    /// - Parameter webhook: Only of this one.
    func claim(_ webhook: WebhookID? = nil, at now: Date) async throws -> Due? {
        let lease = now.addingTimeInterval(WebhookDelivery.lease)
        return try await database.ofEveryTenant.transaction { tx in
            let turn = SQL.all(["w.busy_until <= \(now)", webhook.map { "w.id = \($0)" }])
            let found = try await tx.first(
                """
                SELECT w.id, w.url, w.secret, w.is_active, CASE WHEN w.former_until > \(now) THEN w.former_secret END AS former
                FROM webhooks w
                WHERE \(sql: turn) AND EXISTS (
                    SELECT FROM webhook_deliveries d WHERE d.webhook_id = w.id AND \(sql: Self.isDue(at: now))
                )
                ORDER BY w.busy_until LIMIT 1 FOR UPDATE OF w SKIP LOCKED
                """
            )
            guard let found else { return nil }
            let id: WebhookID = try found["id"]
            let taken = try await tx.first(
                """
                UPDATE webhook_deliveries SET attempts = attempts + 1, next_at = \(lease) WHERE id = (
                    SELECT d.id FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
                    WHERE d.webhook_id = \(id) AND \(sql: Self.isDue(at: now))
                    ORDER BY d.next_at, d.created_at, d.id LIMIT 1 FOR UPDATE OF d SKIP LOCKED
                ) RETURNING *
                """
            )
            guard let delivery: WebhookDelivery = try taken?.decode() else { return nil }
            tx.later("UPDATE webhooks SET busy_until = \(lease) WHERE id = \(id)")
            let secrets: [[UInt8]?] = [try found["secret"], try found["former"]]
            return Due(delivery: delivery, url: try found["url"], secrets: secrets.compactMap(\.self))
        }
    }

    private static func isDue(at now: Date) -> SQL {
        """
        d.state = 'pending' AND d.next_at <= \(now) AND (w.is_active OR d.event = \(WebhookDelivery.test))
        """
    }

    /// Notes what came of an attempt. What another instance has tried in the meantime, because the lease was over, counts instead.
    ///
    /// - Returns: Whether the webhook may be asked again at once.
    func finish(_ due: WebhookDelivery, _ answer: WebhookAnswer, at now: Date, spread: Double) async throws -> Bool {
        let act = Act(service: "work-orders", tenant: due.tenant, cause: "deliveries of a webhook", time: now)
        return try await database.of(due.tenant).transaction { tx in
            let hook = try await tx.first(
                "SELECT * FROM webhooks WHERE id = \(due.webhook) AND tenant_id = \(due.tenant) FOR UPDATE"
            )
            // It may have been removed.
            guard let before: Webhook = try hook?.decode() else { return false }
            let row = try await tx.first("\(sql: Self.selection(due.id, due.webhook, due.tenant)) FOR UPDATE")
            guard let current: WebhookDelivery = try row?.decode(), current.attempts == due.attempts,
                current.state == .pending
            else { return false }
            try save(current.after(answer, at: now, spread: spread), tx)
            // A test says nothing of how facts arrive.
            let after = due.isTest ? before : before.after(answer, at: now)
            if after != before { try save(after, tx) }
            if before.isActive, !after.isActive {
                giveUp(on: after, because: "the webhook was switched off", tx)
                try tx.record(
                    Change("WEBHOOK_DISABLED", "webhook", after.id, before: before, after: after),
                    by: act
                )
            }
            let pause = due.isTest ? 0 : after.pause
            tx.later(Self.turn(of: after.id, after.tenant, at: now.addingTimeInterval(pause)))
            return pause == 0
        }
    }

    /// Removes a batch of what is too old to be listed.
    ///
    /// - Returns: How many there were.
    func prune(at now: Date, limit: Int) async throws -> Int {
        try await database.ofEveryTenant.execute(
            """
            DELETE FROM webhook_deliveries WHERE id IN (
                SELECT id FROM webhook_deliveries
                WHERE created_at < \(now.addingTimeInterval(-WebhookDelivery.retention)) AND state <> 'pending'
                ORDER BY created_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
            )
            """
        )
    }
}
