import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Alert rules and alerts in PostgreSQL.
struct AlertStore: Sendable {
    let database: Database

    func create(_ rule: AlertRuleState, within reach: Reach, by act: Act, _ tx: Transaction) async throws {
        try await requireReferences(of: rule, within: reach, tx)
        try await tx.execute(.insert("alert_rules", rule, adding: ["created_at": act.time]))
        try tx.record(
            Change("ALERT_RULE_CREATED", "alert_rule", rule.id, before: nil, after: rule),
            [rule],
            by: act
        )
    }

    /// Refuses a rule for an unknown site or asset. The asset is locked until the rule is stored, so that a deletion finds the rule.
    private func requireReferences(of rule: AlertRuleState, within reach: Reach, _ tx: Transaction) async throws {
        // For a rule about one asset, the caller needs to reach the asset, not the whole site.
        let sites = rule.asset == nil ? reach : .tenant
        if let site = rule.site {
            let known = try await tx.first(
                """
                SELECT 1 FROM sites
                WHERE id = \(site) AND tenant_id = \(rule.tenant) AND \(sql: sites.condition(.sites))
                """
            )
            guard known != nil else { throw Refusal.unknownSite }
        }
        if let asset = rule.asset {
            let row = try await tx.first(
                """
                SELECT site_id FROM assets
                WHERE id = \(asset) AND tenant_id = \(rule.tenant) AND \(sql: reach.condition(.assets)) FOR KEY SHARE
                """
            )
            guard let row else { throw Refusal.unknownAsset }
            let site: SiteID = try row["site_id"]
            guard (rule.site ?? site) == site else { throw Refusal.assetOfOtherSite }
        }
    }

    /// Disables the rules of an asset that was deleted.
    func disableRules(of asset: AssetID, by act: Act, _ tx: Transaction) async throws {
        let rules: [AlertRuleState] = try await tx.query(
            "SELECT * FROM alert_rules WHERE asset_id = \(asset) AND is_enabled FOR UPDATE"
        ).decode()
        for rule in rules {
            var disabled = rule
            disabled.isEnabled = false
            disabled.version += 1
            try await tx.execute(
                "UPDATE alert_rules SET is_enabled = false, version = \(disabled.version) WHERE id = \(rule.id)"
            )
            try tx.record(
                Change("ALERT_RULE_DISABLED", "alert_rule", rule.id, before: rule, after: disabled),
                [disabled],
                by: act
            )
        }
    }

    /// `nil` for an unknown asset.
    func assetStatus(_ asset: AssetID, _ tx: Transaction) async throws -> AssetStatus? {
        try await tx.first("SELECT status FROM assets WHERE id = \(asset)")?["status"]
    }

    /// Queues one message per recipient. A message that still waits is replaced.
    func notify(
        _ event: AlertDetected,
        alert: AlertID,
        _ message: AlertMessage,
        at now: Date,
        due: Date,
        _ tx: Transaction
    ) async throws {
        let roles = Recipients.roles(for: event.severity)
        guard !roles.isEmpty else { return }
        let users = try await tx.query(
            """
            SELECT id, email FROM users
            WHERE tenant_id = \(event.tenant) AND is_active AND roles && \(PostgresArray(roles)) ORDER BY id
            """
        )
        for user in users {
            let id: UserID = try user["id"]
            let email: String = try user["email"]
            try await tx.execute(
                """
                INSERT INTO notifications (id, tenant_id, alert_id, user_id, channel, recipient, subject, body, status,
                    next_try_at, created_at)
                VALUES (\(NotificationID.new()), \(event.tenant), \(alert), \(id), \(NotificationChannel.email), \(email),
                    \(message.subject), \(message.body), 'pending', \(due), \(now))
                ON CONFLICT (alert_id, user_id, channel) DO UPDATE
                    SET subject = excluded.subject, body = excluded.body, next_try_at = excluded.next_try_at
                    WHERE notifications.status = 'pending' AND notifications.attempts = 0
                """
            )
        }
        tx.notify("notifications")
    }
}

extension AlertStore {
    /// The detection that raised an alert, with the fields that a message needs.
    func detected(_ alert: AlertID, _ tx: Transaction) async throws -> AlertDetected? {
        try await tx.first(
            "SELECT a.*, r.consecutive FROM alerts a JOIN alert_rules r ON r.id = a.rule_id WHERE a.id = \(alert)"
        )?.decode()
    }
}
