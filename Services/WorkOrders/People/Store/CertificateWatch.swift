import EventSchema
import Foundation
import Identifiers
import Logging
import Messaging
import Postgres
import ServiceLifecycle

/// Tells of certificates that will soon end, and of those that have ended: each once. Several instances may do so at the same time.
///
/// People work at sites with different clocks, so Greenwich's calendar decides when it is told.
struct CertificateWatch: Service {
    let store: CertificateStore
    let logger: Logger
    var now: @Sendable () -> Date = { Date() }

    private static let batchSize = 100

    func run() async {
        await Pruning("certificates", failing: "are not watched", every: .seconds(60), logger) { try await look() }
            .run()
    }

    /// - Returns: How many it has found something to tell of.
    func look() async throws -> Int {
        let (now, today) = (now(), LocalDay(of: now(), in: .gmt))
        let due = try await store.database.ofEveryTenant.query(
            """
            SELECT c.id, c.tenant_id FROM certificates c WHERE \(sql: Self.isDue(on: today))
            ORDER BY c.valid_until, c.id LIMIT \(Self.batchSize)
            """
        )
        var count = 0
        for row in due where try await tell(of: try row["id"], try row["tenant_id"], on: today, at: now) { count += 1 }
        return count
    }

    private func tell(of id: CertificateID, _ tenant: TenantID, on today: LocalDay, at now: Date) async throws -> Bool {
        let act = Act(service: "work-orders", tenant: tenant, cause: "certificates", time: now)
        return try await store.database.of(tenant).transaction { tx in
            let row = try await tx.first(
                """
                SELECT c.*, EXISTS (
                    SELECT FROM certificates o
                    WHERE o.tenant_id = c.tenant_id AND o.person_id = c.person_id AND o.skill_key = c.skill_key
                        AND o.status = 'active' AND o.ends > c.ends
                ) AS is_replaced
                FROM certificates c WHERE c.id = \(id) AND c.tenant_id = \(tenant) AND \(sql: Self.isDue(on: today))
                FOR UPDATE OF c SKIP LOCKED
                """
            )
            guard let row else { return false }
            let certificate: Certificate = try row.decode()
            guard let end = certificate.validUntil else { return false }
            let stage: CertificateStage = end < today ? .expired : .expiring
            let column: SQL = stage == .expired ? "expired_told_at" : "expiring_told_at"
            tx.later(
                "UPDATE certificates SET \(sql: column) = \(now) WHERE id = \(id) AND tenant_id = \(tenant)"
            )
            // Of one that was renewed, nobody needs to hear.
            guard !(try row["is_replaced"] as Bool) else { return true }
            let event = CertificateStageReached(
                certificate: id,
                tenant: tenant,
                person: certificate.person,
                skill: certificate.skill,
                stage: stage,
                validUntil: end.rawValue,
                at: now
            )
            try tx.publish([event], by: act)
            return true
        }
    }

    /// Of `certificates c`. The first bound is that of the index: no skill is told of earlier.
    private static func isDue(on today: LocalDay) -> SQL {
        let latest = today.adding(Int64(Skill.maximumWarnDays)).rawValue
        return """
            c.status = 'active' AND c.expired_told_at IS NULL AND c.valid_until <= \(latest) AND (
                c.valid_until < \(today)
                OR c.expiring_told_at IS NULL AND c.valid_until <= to_char(\(today.rawValue)::date + COALESCE(
                    (SELECT s.warn_days FROM skills s WHERE s.tenant_id = c.tenant_id AND s.key = c.skill_key),
                    \(Int32(Skill.warnDays))
                ), 'YYYY-MM-DD')
            )
            """
    }
}
