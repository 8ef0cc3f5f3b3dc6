import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Who pushed from which device.
extension SyncStore {
    /// Notes that a person has pushed from a device.
    static func seen(_ device: DeviceID, by act: Act) -> SQL {
        """
        INSERT INTO devices AS d (tenant_id, device_id, user_id, first_push, last_push)
        VALUES (\(act.tenant), \(device), \(act.user), \(act.time), \(act.time))
        ON CONFLICT (tenant_id, device_id, user_id) DO UPDATE SET last_push = GREATEST(d.last_push, excluded.last_push)
        """
    }

    /// The devices of the people that may be seen, those that pushed last first.
    func devices(of user: UserID?, tenant: TenantID, within reach: Reach, after: DevicePosition?, limit: Int)
        async throws -> [SyncedDevice]
    {
        try await database.of(tenant).query(
            Self.devices(of: user, tenant: tenant, within: reach, after: after, limit: limit)
        ).decode()
    }

    static func devices(of user: UserID?, tenant: TenantID, within reach: Reach, after: DevicePosition?, limit: Int)
        -> SQL
    {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", reach.condition(.devices), user.map { "user_id = \($0)" },
            after.map { "(last_push, device_id, user_id) < (\($0.lastPush), \($0.device), \($0.user))" },
        ])
        return
            """
            SELECT device_id, user_id, first_push, last_push, counts.* FROM (
                SELECT device_id, user_id, first_push, last_push FROM devices WHERE \(sql: conditions)
                ORDER BY last_push DESC, device_id DESC, user_id DESC LIMIT \(limit)
            ) device CROSS JOIN LATERAL (
                SELECT count(*) FILTER (WHERE verdict = 'accepted') AS accepted,
                    count(*) FILTER (WHERE verdict = 'merged') AS merged,
                    count(*) FILTER (WHERE verdict = 'conflict') AS conflicts,
                    count(*) FILTER (WHERE verdict = 'refused') AS refused,
                    count(*) FILTER (WHERE verdict IS NULL) AS undecided,
                    min(pushed_at) FILTER (WHERE verdict IS NULL) AS undecided_since
                FROM pushes WHERE tenant_id = \(tenant) AND device_id = device.device_id AND user_id = device.user_id
            ) counts
            ORDER BY last_push DESC, device_id DESC, user_id DESC
            """
    }

    func hasDevice(_ device: DeviceID, tenant: TenantID, within reach: Reach) async throws -> Bool {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", "device_id = \(device)", reach.condition(.devices),
        ])
        return try await database.of(tenant).first("SELECT 1 FROM devices WHERE \(sql: conditions) LIMIT 1") != nil
    }

    /// What people that may be seen have pushed from a device, the newest first.
    func changes(
        of device: DeviceID,
        by user: UserID?,
        tenant: TenantID,
        within reach: Reach,
        after: DeviceChangePosition?,
        limit: Int
    ) async throws -> [DeviceChange] {
        try await database.of(tenant).query(
            Self.changes(of: device, by: user, tenant: tenant, within: reach, after: after, limit: limit)
        ).decode()
    }

    static func changes(
        of device: DeviceID,
        by user: UserID?,
        tenant: TenantID,
        within reach: Reach,
        after: DeviceChangePosition?,
        limit: Int
    ) -> SQL {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", "device_id = \(device)", reach.condition(.devices),
            user.map { "user_id = \($0)" },
            after.map { "(pushed_at, change_id) < (\($0.pushedAt), \($0.change))" },
        ])
        return """
            SELECT change_id, user_id, entity, entity_id, pushed_at, verdict, version, reason, problem, decided_at
            FROM pushes
            WHERE \(sql: conditions) ORDER BY pushed_at DESC, change_id DESC LIMIT \(limit)
            """
    }

    /// After a year a device is no longer anybody's.
    static let deviceLifetime: TimeInterval = 365 * 86_400

    /// Deletes one batch of the devices that have not pushed since a date; returns how many there were.
    func pruneDevices(before date: Date) async throws -> Int {
        try await database.ofEveryTenant.execute(
            """
            DELETE FROM devices WHERE (tenant_id, device_id, user_id) IN (
                SELECT tenant_id, device_id, user_id FROM devices WHERE last_push < \(date)
                ORDER BY last_push LIMIT 1000 FOR UPDATE SKIP LOCKED
            )
            """
        )
    }
}
