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

    func rules(tenant: TenantID, after: AlertRuleID?, limit: Int) async throws -> [AlertRuleState] {
        let start: SQL = after.map { "AND id > \($0)" } ?? ""
        return try await database.query(
            """
            SELECT \(sql: Self.ruleColumns) FROM alert_rules WHERE tenant_id = \(tenant) \(sql: start)
            ORDER BY id LIMIT \(limit)
            """
        ).map(AlertRuleState.init)
    }

    /// Notes that a pattern was found: a new alert, or one more occurrence of the one that stands open.
    ///
    /// - Returns: The alert's id and whether it is new.
    func found(_ event: AlertDetected, _ tx: Transaction) async throws -> (id: AlertID, isNew: Bool) {
        let row = try await tx.first(
            """
            INSERT INTO alerts (id, tenant_id, rule_id, type, severity, site_id, asset_id, asset_code, site_code, tag, value, unit,
                threshold, status, occurrences, first_at, last_at, version)
            VALUES (\(event.id), \(event.tenant), \(event.rule), \(event.type), \(event.severity), \(event.site),
                \(event.asset), \(event.assetCode), \(event.siteCode), \(event.tag), \(event.value), \(event.unit), \(event.threshold),
                'open', 1, \(event.firstAt), \(event.at), 1)
            ON CONFLICT (rule_id, asset_id, tag) WHERE status <> 'resolved' DO UPDATE
                SET occurrences = alerts.occurrences + 1, value = excluded.value, last_at = excluded.last_at,
                    version = alerts.version + 1
            RETURNING id
            """
        )
        let id: AlertID = try row?["id"] ?? event.id
        return (id, id == event.id)
    }

    func createsWorkOrder(_ rule: AlertRuleID, _ tx: Transaction) async throws -> Bool {
        try await tx.first("SELECT creates_work_order FROM alert_rules WHERE id = \(rule)")?["creates_work_order"]
            ?? false
    }

    /// Ties an alert to its work order; `nil` when there is no such alert.
    func link(_ alert: AlertID, to order: WorkOrderSnapshot, _ tx: Transaction) async throws -> AlertChanged? {
        try await changed(
            """
            UPDATE alerts SET work_order_id = \(order.id), work_order_number = \(order.number), version = version + 1
            WHERE id = \(alert) AND tenant_id = \(order.tenant)
            RETURNING id, tenant_id, rule_id, asset_id, severity, status, work_order_id, last_at, version
            """,
            tx
        )
    }

    /// Resolves the alert of a work order that is closed.
    func resolve(_ order: WorkOrderSnapshot, _ tx: Transaction) async throws -> AlertChanged? {
        try await changed(
            """
            UPDATE alerts SET status = 'resolved', version = version + 1
            WHERE work_order_id = \(order.id) AND tenant_id = \(order.tenant) AND status <> 'resolved'
            RETURNING id, tenant_id, rule_id, asset_id, severity, status, work_order_id, last_at, version
            """,
            tx
        )
    }

    func acknowledge(_ alert: AlertID, by user: UserID, in scope: EventScope, audit: AuditRecorded) async throws
        -> AlertResponse?
    {
        try await database.transaction { tx in
            let changed = try await changed(
                """
                UPDATE alerts SET status = 'acknowledged', acknowledged_by = \(user), version = version + 1
                WHERE id = \(alert) AND tenant_id = \(scope.tenant) AND status = 'open'
                RETURNING id, tenant_id, rule_id, asset_id, severity, status, work_order_id, last_at, version
                """,
                tx
            )
            if let changed { try await tx.publish([changed, audit], in: scope) }
            return try await tx.first(
                "SELECT \(sql: AlertResponse.columns) FROM alerts WHERE id = \(alert) AND tenant_id = \(scope.tenant)"
            ).map(AlertResponse.init)
        }
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

    private func changed(_ update: SQL, _ tx: Transaction) async throws -> AlertChanged? {
        try await tx.first(update).map { row in
            AlertChanged(
                id: try row["id"],
                tenant: try row["tenant_id"],
                rule: try row["rule_id"],
                asset: try row["asset_id"],
                severity: try row["severity"],
                status: try row["status"],
                workOrder: try row["work_order_id"],
                at: try row["last_at"],
                version: try row["version"]
            )
        }
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
