import Access
import AccessSQL
import EventSchema
import Identifiers
import Postgres

extension AlertStore {
    func rules(
        _ filter: RuleFilter,
        tenant: TenantID,
        within reach: Reach,
        after: AlertRuleID?,
        limit: Int
    ) async throws -> [AlertRuleState] {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", reach.condition(.rules),
            filter.assetId.map { asset in
                """
                COALESCE(asset_id = \(asset), site_id IS NULL OR site_id = (SELECT w.site_id FROM assets w WHERE w.id = \(asset)))
                """
            },
            filter.tag.map { "tag = \($0)" },
            after.map { "id > \($0)" },
        ])
        return try await database.of(tenant).query(
            "SELECT * FROM alert_rules WHERE \(sql: conditions) ORDER BY id LIMIT \(limit)"
        ).decode()
    }

    func rule(_ id: AlertRuleID, tenant: TenantID, within reach: Reach) async throws -> AlertRuleState? {
        try await database.of(tenant).first(
            """
            SELECT * FROM alert_rules WHERE id = \(id) AND tenant_id = \(tenant) AND \(sql: reach.condition(.rules))
            """
        )?.decode()
    }

    func alerts(
        _ filter: AlertFilter,
        tenant: TenantID,
        within reach: Reach,
        after: AlertPosition?,
        limit: Int
    ) async throws -> [Alert] {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", reach.condition(.alerts),
            filter.status.map { .isOne(of: $0, "status") },
            filter.severity.map { .isOne(of: $0, "severity") },
            filter.assetId.map { "asset_id = \($0)" },
            filter.ruleId.map { "rule_id = \($0)" },
            filter.from.map { "resolved_at IS NULL OR resolved_at >= \($0)" },
            filter.to.map { "first_at < \($0)" },
            after.map { "(last_at, id) < (\($0.lastAt), \($0.id))" },
        ])
        return try await database.of(tenant).query(
            .first(
                limit,
                of: "alerts",
                where: conditions,
                andOneOf: filter.siteId,
                "site_id",
                by: "last_at DESC, id DESC"
            )
        ).decode()
    }

    func alert(_ id: AlertID, tenant: TenantID, within reach: Reach) async throws -> Alert? {
        try await database.of(tenant).first(
            "SELECT * FROM alerts WHERE id = \(id) AND tenant_id = \(tenant) AND \(sql: reach.condition(.alerts))"
        )?.decode()
    }

    /// How many alerts have not ended, of each site, severity and status.
    ///
    /// - Parameter sites: Of these sites only.
    func counts(of sites: [SiteID]?, tenant: TenantID, within reach: Reach) async throws -> [AlertCount] {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", "status <> 'resolved'", reach.condition(.alerts),
            sites.map { .isOne(of: $0, "site_id") },
        ])
        return try await database.of(tenant).query(
            """
            SELECT site_id, severity, status, count(*) AS count FROM alerts WHERE \(sql: conditions)
            GROUP BY site_id, severity, status
            """
        ).decode()
    }

    func deliveries(
        _ filter: DeliveryFilter,
        tenant: TenantID,
        within reach: Reach,
        before: NotificationID?,
        limit: Int
    ) async throws -> [MessageDelivery] {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", reach.condition(.deliveries),
            filter.alertId.map { "alert_id = \($0)" },
            filter.userId.map { "user_id = \($0)" },
            filter.status.map { "status = \($0)" },
            before.map { "id < \($0)" },
        ])
        return try await database.of(tenant).query(
            "SELECT * FROM notifications WHERE \(sql: conditions) ORDER BY id DESC LIMIT \(limit)"
        ).decode()
    }
}
