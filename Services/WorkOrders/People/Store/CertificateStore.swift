import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The skills of an organization and the certificates of its people in PostgreSQL.
struct CertificateStore: Sendable {
    let database: Database

    /// Of one person, those that were revoked included.
    static let maximumCount = 200

    // MARK: - Skills

    func skills(of tenant: TenantID) async throws -> SkillList {
        let found = try await database.of(tenant).pipeline([Self.list(of: tenant), Self.skills(of: tenant)])
        return try Self.list(found)
    }

    func set(_ change: SetSkills, seen: Int64?, by act: Act, _ tx: Transaction) async throws -> SkillList {
        guard let tenant = act.tenant else { throw EventRefused("skills need a tenant") }
        // Two first ones at the same moment: the second waits for the first one's row.
        try await tx.execute(
            """
            INSERT INTO skill_lists (tenant_id, version, updated_at) VALUES (\(tenant), 0, \(act.time))
            ON CONFLICT DO NOTHING
            """
        )
        let found = try await tx.pipeline(["\(sql: Self.list(of: tenant)) FOR UPDATE", Self.skills(of: tenant)])
        let before = try Self.list(found)
        let after = try before.replaced(by: change, seen: seen)
        tx.later(
            "UPDATE skill_lists SET version = \(after.version), updated_at = \(act.time) WHERE tenant_id = \(tenant)"
        )
        tx.later("DELETE FROM skills WHERE tenant_id = \(tenant)")
        for (index, skill) in after.skills.enumerated() {
            tx.later(
                """
                INSERT INTO skills (tenant_id, key, name, category, needs_certificate, warn_days, position)
                VALUES (\(tenant), lower(\(skill.name)), \(skill.name), \(skill.category), \(skill.needsCertificate),
                    \(Int32(skill.warnDays)), \(Int32(index))) ON CONFLICT DO NOTHING
                """
            )
        }
        try tx.record(Change("SKILLS_SET", "skills", tenant, before: before, after: after), by: act)
        return after
    }

    private static func list(of tenant: TenantID) -> SQL {
        "SELECT version FROM skill_lists WHERE tenant_id = \(tenant)"
    }

    private static func skills(of tenant: TenantID) -> SQL {
        """
        SELECT name, category, needs_certificate, warn_days FROM skills WHERE tenant_id = \(tenant) ORDER BY position
        """
    }

    private static func list(_ found: [[Row]]) throws -> SkillList {
        SkillList(skills: try found[1].decode(), version: try found[0].first?["version"] ?? 0)
    }

    // MARK: - Certificates

    func find(_ id: CertificateID, tenant: TenantID, within reach: Reach) async throws -> Certificate {
        let row = try await database.of(tenant).first(
            """
            SELECT * FROM certificates c
            WHERE id = \(id) AND tenant_id = \(tenant) AND \(sql: reach.condition(.certificates))
            """
        )
        guard let row else { throw CertificateRefusal.unknown }
        return try row.decode()
    }

    /// A page: those that end first come first, and those that don't end last.
    func list(
        _ filter: CertificateFilter,
        tenant: TenantID,
        within reach: Reach,
        after: CertificatePosition?,
        limit: Int
    ) async throws -> [Certificate] {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", reach.condition(.certificates), filter.userId.map { "person_id = \($0)" },
            filter.skill.map { "skill_key = lower(\($0))" }, filter.status.map { .isOne(of: $0, "status") },
            filter.siteId.map { site in
                "person_id IN (SELECT u.id FROM users u WHERE u.tenant_id = \(tenant) AND \(site) = ANY(u.site_ids))"
            },
            filter.expiringBefore.map { "ends < \($0)" },
            after.map { "(ends, id) > (\($0.validUntil), \($0.id))" },
        ])
        return try await database.of(tenant).query(
            "SELECT * FROM certificates c WHERE \(sql: conditions) ORDER BY ends, id LIMIT \(limit + 1)"
        ).decode()
    }

    func add(
        _ new: AddCertificate,
        id: CertificateID,
        of tenant: TenantID,
        within reach: Reach,
        by act: Act,
        _ tx: Transaction
    ) async throws -> Certificate {
        guard let user = act.user else { throw EventRefused("a certificate is added by somebody") }
        let found = try await tx.pipeline([
            "SELECT 1 FROM users WHERE id = \(new.userId) AND tenant_id = \(tenant) AND is_active FOR UPDATE",
            "SELECT name FROM skills WHERE key = lower(\(new.skill)) AND tenant_id = \(tenant)",
            "SELECT count(*) AS count FROM certificates WHERE person_id = \(new.userId) AND tenant_id = \(tenant)",
        ])
        guard !found[0].isEmpty else { throw CertificateRefusal.unknownPerson }
        guard let skill: String = try found[1].first?["name"] else { throw CertificateRefusal.unknownSkill }
        guard try found[2].first?["count"] ?? Int64(0) < Self.maximumCount else { throw CertificateRefusal.tooMany }
        let certificate = Certificate.created(new, id: id, proving: skill, of: tenant, by: user, at: act.time)
        try await tx.execute(try .insert("certificates", certificate))
        // Where it is decides who may add it, as it decides who may change it.
        let row = try await tx.first(
            "SELECT 1 FROM certificates c WHERE id = \(id) AND tenant_id = \(tenant) AND \(sql: reach.condition(.certificates))"
        )
        guard row != nil else { throw CertificateRefusal.outOfReach }
        try tx.record(
            Change("CERTIFICATE_CREATED", "certificate", id, before: nil, after: certificate),
            by: act
        )
        return certificate
    }

    /// Changes a certificate. `decide` returns `nil` when there is nothing to change.
    func change(
        _ id: CertificateID,
        within reach: Reach,
        as action: String,
        by act: Act,
        _ tx: Transaction,
        decide: (Certificate) throws -> Certificate?
    ) async throws -> Certificate {
        let row = try await tx.first(
            """
            SELECT * FROM certificates c
            WHERE id = \(id) AND tenant_id = \(act.tenant) AND \(sql: reach.condition(.certificates)) FOR UPDATE
            """
        )
        guard let before: Certificate = try row?.decode() else { throw CertificateRefusal.unknown }
        guard let after = try decide(before) else { return before }
        tx.later(
            try .update(
                "certificates",
                after,
                except: ["id", "tenant", "person", "skill", "createdAt", "createdBy"],
                where: "id = \(id) AND tenant_id = \(after.tenant)"
            )
        )
        // Of another end, there is something else to tell.
        if after.validUntil != before.validUntil {
            tx.later(
                """
                UPDATE certificates SET expiring_told_at = NULL, expired_told_at = NULL
                WHERE id = \(id) AND tenant_id = \(after.tenant)
                """
            )
        }
        try tx.record(Change(action, "certificate", id, before: before, after: after), by: act)
        return after
    }
}

extension Skill: Record {}

extension SkillCategory: PostgresEncodable, PostgresDecodable {}
extension CertificateStatus: PostgresEncodable, PostgresDecodable {}
extension LocalDay: PostgresEncodable, PostgresDecodable {}

extension Certificate: Record {
    static let columnNames = ["tenant": "tenant_id", "person": "person_id"]
}

extension ReachColumns {
    /// Of `certificates c`: a certificate is where its person is, and theirs.
    fileprivate static let certificates = ReachColumns(
        sites: "(SELECT u.site_ids FROM users u WHERE u.id = c.person_id)",
        assignees: ["c.person_id"],
        conditions: [
            .complianceCertificates: """
            EXISTS (SELECT FROM skills s
                WHERE s.tenant_id = c.tenant_id AND s.key = c.skill_key AND s.category = 'compliance')
            """
        ]
    )
}
