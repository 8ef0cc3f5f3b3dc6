import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Alert rules and alerts in PostgreSQL.
struct AlertStore: Sendable {
    let database: Database

    private static let ruleColumns: SQL = """
        id, tenant_id, name, type, site_id, asset_id, tag, comparison, threshold, consecutive, severity, is_enabled,
        creates_work_order, version
        """

    func create(_ rule: AlertRuleState, in scope: EventScope, audit: AuditRecorded) async throws {
        try await database.transaction { tx in
            try await requireReferences(of: rule, tx)
            try await tx.execute(
                """
                INSERT INTO alert_rules (\(sql: Self.ruleColumns), created_at) VALUES (\(rule.id), \(rule.tenant),
                    \(rule.name), \(rule.type), \(rule.site), \(rule.asset), \(rule.tag), \(rule.comparison),
                    \(rule.threshold), \(Int32(rule.consecutive)), \(rule.severity), \(rule.isEnabled),
                    \(rule.createsWorkOrder), \(rule.version), \(scope.time))
                """
            )
            try await tx.publish([rule, audit], in: scope)
        }
    }

    /// Refuses a rule for nothing. What it refers to is held until it is there: who takes that away then finds the rule.
    private func requireReferences(of rule: AlertRuleState, _ tx: Transaction) async throws {
        if let site = rule.site {
            let known = try await tx.first("SELECT 1 FROM sites WHERE id = \(site) AND tenant_id = \(rule.tenant)")
            guard known != nil else { throw Refusal.unknownSite }
        }
        if let asset = rule.asset {
            let row = try await tx.first(
                "SELECT site_id FROM assets WHERE id = \(asset) AND tenant_id = \(rule.tenant) FOR KEY SHARE"
            )
            guard let row else { throw Refusal.unknownAsset }
            let site: SiteID = try row["site_id"]
            guard (rule.site ?? site) == site else { throw Refusal.assetOfOtherSite }
        }
    }

    /// Switches off the rules of an asset that is no more.
    func disableRules(of asset: AssetID, at now: Date, _ tx: Transaction) async throws {
        let rules = try await tx.query(
            """
            UPDATE alert_rules SET is_enabled = false, version = version + 1 WHERE asset_id = \(asset) AND is_enabled
            RETURNING \(sql: Self.ruleColumns)
            """
        ).map(AlertRuleState.init)
        for rule in rules {
            try await tx.publish(rule, in: EventScope(source: "notification", tenant: rule.tenant, time: now))
        }
    }

    /// `nil` for an asset that this service has not heard of.
    func assetStatus(_ asset: AssetID, _ tx: Transaction) async throws -> AssetStatus? {
        try await tx.first("SELECT status FROM assets WHERE id = \(asset)")?["status"]
    }

    func rules(tenant: TenantID, after: AlertRuleID?, limit: Int) async throws -> [AlertRuleState] {
        let start: SQL = after.map { "AND id > \($0)" } ?? ""
        return try await database.query(
            """
            SELECT \(sql: Self.ruleColumns) FROM alert_rules WHERE tenant_id = \(tenant) \(sql: start)
            ORDER BY id LIMIT \(limit)
            """
        ).map(AlertRuleState.init)
    }

    func alerts(
        tenant: TenantID,
        status: AlertStatus?,
        after: AlertPosition?,
        limit: Int
    ) async throws -> [AlertResponse] {
        var conditions: SQL = "tenant_id = \(tenant)"
        if let status { conditions = "\(sql: conditions) AND status = \(status)" }
        if let after { conditions = "\(sql: conditions) AND (last_at, id) < (\(after.lastAt), \(after.id))" }
        return try await database.query(
            """
            SELECT \(sql: AlertResponse.columns) FROM alerts WHERE \(sql: conditions)
            ORDER BY last_at DESC, id DESC LIMIT \(limit)
            """
        ).map(AlertResponse.init)
    }

    func deliveries(
        tenant: TenantID,
        alert: AlertID?,
        before: NotificationID?,
        limit: Int
    ) async throws -> [DeliveryResponse] {
        var conditions: SQL = "tenant_id = \(tenant)"
        if let alert { conditions = "\(sql: conditions) AND alert_id = \(alert)" }
        if let before { conditions = "\(sql: conditions) AND id < \(before)" }
        return try await database.query(
            """
            SELECT \(sql: DeliveryResponse.columns) FROM notifications WHERE \(sql: conditions)
            ORDER BY id DESC LIMIT \(limit)
            """
        ).map(DeliveryResponse.init)
    }

    /// Queues a message for everybody who is to be told, once for each of them; a message that still waits is replaced.
    func notify(
        _ event: AlertDetected,
        alert: AlertID,
        _ message: AlertMessage,
        at now: Date,
        due: Date,
        _ tx: Transaction
    ) async throws {
        let roles = Recipients.areTold(event.severity)
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
        try await tx.execute("SELECT pg_notify('notifications', '')")
    }
}

extension AlertRuleState {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row["id"],
            tenant: try row["tenant_id"],
            name: try row["name"],
            type: try row["type"],
            site: try row["site_id"],
            asset: try row["asset_id"],
            tag: try row["tag"],
            comparison: try row["comparison"],
            threshold: try row["threshold"],
            consecutive: try row["consecutive"],
            severity: try row["severity"],
            isEnabled: try row["is_enabled"],
            createsWorkOrder: try row["creates_work_order"],
            version: try row["version"]
        )
    }
}

extension AlertStore {
    /// The detection that began an alert, as far as a message needs it.
    func detected(_ alert: AlertID, _ tx: Transaction) async throws -> AlertDetected? {
        try await tx.first(
            """
            SELECT a.id, a.tenant_id, a.rule_id, a.type, a.severity, a.site_id, a.asset_id, a.asset_code, a.site_code, a.tag, a.value,
                a.unit, a.threshold, a.first_at, a.last_at, r.consecutive
            FROM alerts a JOIN alert_rules r ON r.id = a.rule_id WHERE a.id = \(alert)
            """
        ).map { row in
            AlertDetected(
                id: try row["id"],
                tenant: try row["tenant_id"],
                rule: try row["rule_id"],
                type: try row["type"],
                severity: try row["severity"],
                site: try row["site_id"],
                siteCode: try row["site_code"],
                asset: try row["asset_id"],
                assetCode: try row["asset_code"],
                tag: try row["tag"],
                value: try row["value"],
                unit: try row["unit"],
                threshold: try row["threshold"],
                consecutive: try row["consecutive"],
                firstAt: try row["first_at"],
                at: try row["last_at"]
            )
        }
    }
}
