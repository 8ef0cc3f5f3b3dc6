import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The record of pushed changes in PostgreSQL. The feed that devices pull is in `SyncStore+Feed.swift`.
struct SyncStore: Sendable {
    let database: Database

    /// Stores pushed changes, and passes those that are new to their owners.
    ///
    /// - Returns: Ids that were used before for another change, or by another user: their verdict does not apply to these changes.
    func push(_ changes: [SyncChangeProposed], by act: Act, _ tx: Transaction) async throws -> Set<SyncChangeID> {
        guard !changes.isEmpty else { return [] }
        for device in Set(changes.map(\.device)) { try await tx.execute(Self.seen(device, by: act)) }
        let inserted = try await tx.pipeline(
            changes.map { change in
                """
                INSERT INTO pushes (change_id, tenant_id, user_id, device_id, entity, entity_id, pushed_at, digest)
                VALUES (\(change.change), \(act.tenant), \(act.user), \(change.device), \(change.entity),
                    \(change.entityID), \(act.time), sha256(\(change.content)))
                ON CONFLICT DO NOTHING RETURNING change_id
                """
            }
        )
        let isNew = inserted.map { !$0.isEmpty }
        try tx.publish(zip(changes, isNew).filter(\.1).map(\.0), by: act)
        let known = zip(changes, isNew).filter { !$1 }.map(\.0)
        guard !known.isEmpty else { return [] }
        let others = try await tx.pipeline(
            known.map { change in
                """
                SELECT 1 FROM pushes WHERE tenant_id = \(act.tenant) AND change_id = \(change.change)
                    AND (user_id <> \(act.user) OR digest <> sha256(\(change.content)))
                """
            }
        )
        return Set(zip(known, others).filter { !$1.isEmpty }.map(\.0.change))
    }

    /// Stores the owner's decision.
    func decide(_ result: SyncChangeDecided, _ tx: Transaction) async throws {
        // A newer service decided. Its verdict can't be passed on, but the device must not wait for it.
        let isKnown = result.verdict != .unknown
        let verdict = isKnown ? result.verdict : .refused
        let reason = isKnown ? result.reason : "the result is not known to this version of the service: pull the record"
        // It may quote the name of a field that the device made up, and a text column takes no zero character.
        let stored = reason?.replacing("\0", with: "\u{FFFD}")
        try await tx.execute(
            """
            UPDATE pushes SET verdict = \(verdict), version = \(result.version), reason = \(stored),
                problem = \(isKnown ? result.problem : nil), server = \(result.server.map { JSONB($0) }),
                decided_at = \(result.decidedAt)
            WHERE tenant_id = \(result.tenant) AND change_id = \(result.change)
            """
        )
    }

    /// Whether a verdict is missing.
    func areUndecided(_ changes: [SyncChangeID], tenant: TenantID) async throws -> Bool {
        try await database.of(tenant).first(
            """
            SELECT 1 FROM pushes
            WHERE tenant_id = \(tenant) AND change_id = ANY(\(PostgresArray(changes))) AND verdict IS NULL LIMIT 1
            """
        ) != nil
    }

    func pushed(_ changes: [SyncChangeID], tenant: TenantID) async throws -> [PushedChange] {
        try await database.of(tenant).query(
            """
            SELECT change_id, verdict, version, reason, server::text AS server FROM pushes
            WHERE tenant_id = \(tenant) AND change_id = ANY(\(PostgresArray(changes)))
            """
        ).decode()
    }

    /// A device may be away for a season. Afterwards a change that it sends again would be decided again.
    static let pushLifetime: TimeInterval = 180 * 86_400
    private static let pruneSize = 1000

    /// Deletes one batch of what was pushed before a date; returns how many rows there were.
    func prune(before date: Date) async throws -> Int {
        try await database.ofEveryTenant.execute(
            """
            DELETE FROM pushes WHERE (tenant_id, change_id) IN (
                SELECT tenant_id, change_id FROM pushes WHERE pushed_at < \(date)
                ORDER BY pushed_at LIMIT \(Int64(Self.pruneSize)) FOR UPDATE SKIP LOCKED
            )
            """
        )
    }

    func status(of device: DeviceID, tenant: TenantID) async throws -> DeviceStatus {
        try await database.of(tenant).first(
            """
            SELECT count(*) FILTER (WHERE verdict IS NULL) AS pending, max(pushed_at) AS last_push FROM pushes
            WHERE tenant_id = \(tenant) AND device_id = \(device)
            """
        )?.decode() ?? DeviceStatus(pending: 0)
    }
}

extension SyncChangeProposed {
    /// Everything that makes two changes the same. A change that is pushed again may come from another device.
    fileprivate var content: [UInt8] {
        let parts = [
            entity.rawValue, entityID, parentID ?? "", operation.rawValue, baseVersion.map { "\($0)" } ?? "", fields,
            "\(changedAt.microseconds)",
        ]
        // No part contains a zero byte.
        return Array(parts.joined(separator: "\0").utf8)
    }
}
