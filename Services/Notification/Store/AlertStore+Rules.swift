import Access
import AccessSQL
import EventSchema
import Identifiers
import Messaging
import Postgres

/// Changes of alert rules. Each is published, so that the stream processor watches by it.
extension AlertStore {
    /// Changes a rule. If it no longer watches, its alerts end: nothing would clear them.
    ///
    /// - Parameter seen: The version that the caller has read; `nil` for any.
    /// - Returns: The changed rule; `nil` if there is no such rule.
    func change(
        _ id: AlertRuleID,
        within reach: ChangeReach,
        seen: Int64?,
        by act: Act,
        _ tx: Transaction,
        _ change: (inout AlertRuleState) -> Void
    ) async throws -> AlertRuleState? {
        guard let before = try await locked(id, within: reach, by: act, tx) else { return nil }
        if let seen, seen != before.version { throw Refusal.stale(current: before.version) }
        var rule = before
        change(&rule)
        guard rule != before else { return before }
        rule.version += 1
        try await tx.execute(
            try .update(
                "alert_rules",
                rule,
                except: ["id", "tenant"],
                where: "id = \(id) AND tenant_id = \(act.tenant)"
            )
        )
        var events: [any Event] = [rule]
        if before.isEnabled, !rule.isEnabled {
            for alert in try await endAlerts(of: id, by: act, tx) { events.append(alert) }
        }
        try tx.record(
            Change("ALERT_RULE_UPDATED", "alert_rule", id, before: before, after: rule),
            events,
            by: act
        )
        return rule
    }

    /// Deletes a rule, and ends its alerts. Those that have ended stay as they are.
    ///
    /// - Returns: Whether there was such a rule.
    func delete(_ id: AlertRuleID, within reach: ChangeReach, by act: Act, _ tx: Transaction) async throws -> Bool {
        guard let rule = try await locked(id, within: reach, by: act, tx) else { return false }
        let ended = try await endAlerts(of: id, by: act, tx)
        try await tx.execute("DELETE FROM alert_rules WHERE id = \(id) AND tenant_id = \(act.tenant)")
        try tx.publishDeletion(of: AlertRuleState.self, key: rule.key, by: act)
        try tx.record(Change("ALERT_RULE_DELETED", "alert_rule", id, before: rule, after: nil), ended, by: act)
        return true
    }

    /// Whether a rule watches. It stays as it is until the transaction ends, so that no alert of it is left over.
    func isWatching(_ rule: AlertRuleID, _ tx: Transaction) async throws -> Bool {
        try await tx.first("SELECT 1 FROM alert_rules WHERE id = \(rule) AND is_enabled FOR SHARE") != nil
    }

    private func locked(_ id: AlertRuleID, within reach: ChangeReach, by act: Act, _ tx: Transaction) async throws
        -> AlertRuleState?
    {
        let row = try await tx.first(
            """
            SELECT *, \(sql: reach.isWithin(.rules)) AS is_within FROM alert_rules
            WHERE id = \(id) AND tenant_id = \(act.tenant) AND \(sql: reach.isVisible(.rules)) FOR UPDATE
            """
        )
        guard let row else { return nil }
        guard try row["is_within"] else { throw Refusal.outOfReach }
        return try row.decode()
    }
}
