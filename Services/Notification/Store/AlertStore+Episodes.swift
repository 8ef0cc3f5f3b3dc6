import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The fields of an alert that its life cycle needs.
struct AlertEpisode: Codable, Sendable {
    var id: AlertID
    var status: AlertStatus
    /// When the streak of the last detection began.
    var streakAt: Date
}

/// Reads and writes the episodes of alerts. `AlertLifeCycle` decides.
extension AlertStore {
    /// Records that a pattern was found or continues.
    ///
    /// - Returns: Whether it is a new alert.
    func found(_ event: AlertDetected, _ tx: Transaction) async throws -> Bool {
        if let standing = try await standing(event.rule, event.asset, event.tag, tx) {
            try await goOn(standing, event, tx)
            return false
        }
        guard AlertLifeCycle.step(from: nil, on: .detected) == .open else { return false }
        let inserted = try await tx.execute(
            """
            INSERT INTO alerts (id, tenant_id, rule_id, type, severity, site_id, asset_id, asset_code, site_code, tag, value, unit,
                threshold, status, occurrences, first_at, last_at, streak_at, version)
            VALUES (\(event.id), \(event.tenant), \(event.rule), \(event.type), \(event.severity), \(event.site),
                \(event.asset), \(event.assetCode), \(event.siteCode), \(event.tag), \(event.value), \(event.unit), \(event.threshold),
                'open', 1, \(event.firstAt), \(event.at), \(event.firstAt), 1)
            ON CONFLICT DO NOTHING
            """
        )
        // Otherwise another instance was faster, or this alert has ended already.
        if inserted == 0, let standing = try await standing(event.rule, event.asset, event.tag, tx) {
            try await goOn(standing, event, tx)
        }
        return inserted == 1
    }

    private func goOn(_ alert: AlertEpisode, _ event: AlertDetected, _ tx: Transaction) async throws {
        guard AlertLifeCycle.step(from: alert.status, on: .detected) == .goOn else { return }
        let isSameStreak = alert.streakAt.microseconds == event.firstAt.microseconds
        try await tx.execute(
            """
            UPDATE alerts SET occurrences = occurrences + \(isSameStreak ? 0 : 1), streak_at = \(event.firstAt),
                value = \(event.value), last_at = \(event.at), version = version + 1
            WHERE id = \(alert.id)
            """
        )
    }

    /// Ends the alert, because its condition no longer holds.
    func clear(_ event: AlertCleared, at now: Date, _ tx: Transaction) async throws -> AlertChanged? {
        guard let alert = try await standing(event.rule, event.asset, event.tag, tx) else { return nil }
        return try await advance(alert, on: .cleared, .cleared, by: nil, at: now, tx)
    }

    /// Ends the open alerts of an asset that was deleted.
    func endAlerts(of asset: AssetID, by act: Act, _ tx: Transaction) async throws {
        let ended = try await endAlerts(where: "asset_id = \(asset)", .assetDeleted, by: nil, at: act.time, tx)
        try tx.publish(ended, by: act)
    }

    /// Ends the open alerts of a rule that somebody has switched off or deleted.
    func endAlerts(of rule: AlertRuleID, by act: Act, _ tx: Transaction) async throws -> [AlertChanged] {
        try await endAlerts(where: "rule_id = \(rule)", .closed, by: act.user, at: act.time, tx)
    }

    private func endAlerts(
        where condition: SQL,
        _ resolution: AlertResolution,
        by user: UserID?,
        at now: Date,
        _ tx: Transaction
    ) async throws -> [AlertChanged] {
        let alerts: [AlertEpisode] = try await tx.query(
            """
            SELECT id, status, streak_at FROM alerts WHERE \(sql: condition) AND status <> 'resolved'
            ORDER BY id FOR UPDATE
            """
        ).decode()
        var ended: [AlertChanged] = []
        for alert in alerts {
            if let changed = try await advance(alert, on: .closed, resolution, by: user, at: now, tx) {
                ended.append(changed)
            }
        }
        return ended
    }

    /// Acknowledges or closes an alert.
    ///
    /// - Returns: The changed alert; `nil` if there is no such alert.
    func advance(
        _ id: AlertID,
        within reach: ChangeReach,
        on signal: AlertSignal,
        _ action: String,
        by act: Act,
        _ tx: Transaction
    ) async throws -> Alert? {
        let selection: SQL = """
            SELECT *, \(sql: reach.isWithin(.alerts)) AS is_within FROM alerts
            WHERE id = \(id) AND tenant_id = \(act.tenant) AND \(sql: reach.isVisible(.alerts))
            """
        guard let row = try await tx.first("\(sql: selection) FOR UPDATE") else { return nil }
        guard try row["is_within"] else { throw Refusal.outOfReach }
        let before: Alert = try row.decode()
        let changed = try await advance(try row.decode(), on: signal, .closed, by: act.user, at: act.time, tx)
        guard let changed, let after: Alert = try await tx.first(selection)?.decode() else { return before }
        try tx.record(Change(action, "alert", id, before: before, after: after), [changed], by: act)
        return after
    }

    private func advance(
        _ alert: AlertEpisode,
        on signal: AlertSignal,
        _ resolution: AlertResolution,
        by user: UserID?,
        at now: Date,
        _ tx: Transaction
    ) async throws -> AlertChanged? {
        guard case .become(let status) = AlertLifeCycle.step(from: alert.status, on: signal) else { return nil }
        let change: SQL =
            status == .resolved
            ? "resolution = \(resolution), resolved_at = \(now), resolved_by = \(user)" : "acknowledged_by = \(user)"
        return try await changed(
            """
            UPDATE alerts SET status = \(status), \(sql: change), version = version + 1 WHERE id = \(alert.id)
            RETURNING \(sql: Self.changedColumns)
            """,
            tx
        ).first
    }

    private func standing(_ rule: AlertRuleID, _ asset: AssetID, _ tag: String, _ tx: Transaction) async throws
        -> AlertEpisode?
    {
        try await tx.first(
            """
            SELECT id, status, streak_at FROM alerts
            WHERE rule_id = \(rule) AND asset_id = \(asset) AND tag = \(tag) AND status <> 'resolved' FOR UPDATE
            """
        )?.decode()
    }

    // MARK: - Work orders

    func createsWorkOrder(_ rule: AlertRuleID, _ tx: Transaction) async throws -> Bool {
        try await tx.first("SELECT creates_work_order FROM alert_rules WHERE id = \(rule)")?["creates_work_order"]
            ?? false
    }

    /// The work order of earlier alerts of the same condition.
    func askedWork(of event: AlertDetected, _ tx: Transaction) async throws -> AskedWork? {
        try await tx.first(
            """
            SELECT work_request, work_asked_at, work_order_id, work_order_number FROM alerts
            WHERE rule_id = \(event.rule) AND asset_id = \(event.asset) AND tag = \(event.tag)
                AND work_request IS NOT NULL AND work_closed_at IS NULL AND work_refusal IS NULL
            ORDER BY work_order_id IS NULL, work_asked_at DESC LIMIT 1
            """
        ).map { row in
            AskedWork(
                request: try row["work_request"],
                askedAt: try row["work_asked_at"],
                workOrder: try row["work_order_id"],
                number: try row["work_order_number"]
            )
        }
    }

    /// Stores what happens with a new alert's work order.
    func note(_ work: AlertWork, of alert: AlertID, at now: Date, _ tx: Transaction) async throws {
        let change: SQL
        switch work {
        case .none: return
        case .ask: change = "work_request = \(alert), work_asked_at = \(now)"
        case .share(let asked):
            change = """
                work_request = \(asked.request), work_asked_at = \(asked.askedAt), work_order_id = \(asked.workOrder),
                    work_order_number = \(asked.number)
                """
        case .refused(let refusal): change = "work_refusal = \(refusal)"
        }
        try await tx.execute("UPDATE alerts SET \(sql: change) WHERE id = \(alert)")
    }

    /// An asset was decommissioned: the requested work orders will not be created.
    func refuseWork(of asset: AssetID, _ refusal: WorkRefusal, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            UPDATE alerts SET work_refusal = \(refusal), version = version + 1
            WHERE asset_id = \(asset) AND work_request IS NOT NULL AND work_order_id IS NULL AND work_refusal IS NULL
            """
        )
    }

    /// Links the waiting alerts to their work order. Alerts that have one already do not change.
    func link(_ request: AlertID, to order: WorkOrderState, _ tx: Transaction) async throws -> [AlertChanged] {
        try await changed(
            """
            UPDATE alerts SET work_order_id = \(order.id), work_order_number = \(order.number), work_refusal = NULL,
                version = version + 1
            WHERE work_request = \(request) AND tenant_id = \(order.tenant) AND work_order_id IS NULL
            RETURNING \(sql: Self.changedColumns)
            """,
            tx
        )
    }

    /// Ends the alerts of a work order that is closed. This can be called more than once.
    func close(_ order: WorkOrderID, of tenant: TenantID?, at now: Date, _ tx: Transaction) async throws
        -> [AlertChanged]
    {
        let rows = try await tx.query(
            """
            UPDATE alerts SET work_closed_at = \(now)
            WHERE work_order_id = \(order) AND work_closed_at IS NULL AND tenant_id = \(tenant)
            RETURNING id, status, streak_at
            """
        )
        var all: [AlertChanged] = []
        for alert in try rows.decode(AlertEpisode.self) {
            if let changed = try await advance(alert, on: .closed, .workOrderClosed, by: nil, at: now, tx) {
                all.append(changed)
            }
        }
        return all
    }

    // MARK: - What is published

    private static let changedColumns: SQL =
        "id, tenant_id, rule_id, asset_id, severity, status, work_order_id, last_at, version"

    private func changed(_ update: SQL, _ tx: Transaction) async throws -> [AlertChanged] {
        try await tx.query(update).decode()
    }
}
