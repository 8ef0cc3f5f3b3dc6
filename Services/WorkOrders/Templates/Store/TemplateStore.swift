import Access
import AccessSQL
import Commands
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The templates in PostgreSQL. Those of all sites are seen by everybody who may read templates anywhere.
struct TemplateStore: Sendable {
    let database: Database

    /// A template as it is now, or one of its earlier versions.
    func find(_ id: WorkTemplateID, version: Int64? = nil, tenant: TenantID, within reach: Reach) async throws
        -> WorkTemplate
    {
        let condition = SQL.all([Self.isVisible(reach.condition(.templates))])
        let row = try await database.of(tenant).first(
            "\(sql: Self.selection(of: id, version: version, tenant)) AND \(sql: condition)"
        )
        guard let row else { throw TemplateRefusal.unknown }
        return try row.decode()
    }

    /// A page, in the order of the names: up to `limit` and one more.
    func list(
        _ filter: TemplateFilter,
        tenant: TenantID,
        within reach: Reach,
        after: WorkTemplatePosition?,
        limit: Int
    ) async throws -> [WorkTemplateSummary] {
        try await database.of(tenant).query(
            Self.page(filter, tenant: tenant, within: reach, after: after, limit: limit)
        ).decode()
    }

    static func page(
        _ filter: TemplateFilter,
        tenant: TenantID,
        within reach: Reach,
        after: WorkTemplatePosition?,
        limit: Int
    ) -> SQL {
        let conditions = SQL.all([
            "t.tenant_id = \(tenant)", "t.is_archived = \(filter.isArchived ?? false)",
            isVisible(reach.condition(.templates)), filter.siteId.map { "t.site_id IS NULL OR t.site_id = \($0)" },
            filter.q.map { .contains(wordsOf: $0, "t.name") },
            after.map { "(t.name_key, t.id) > (lower(\($0.name)), \($0.id))" },
        ])
        return """
            SELECT t.id, t.site_id, t.version, t.name, v.type, v.priority, v.estimated_minutes, v.task_count, t.is_archived,
                v.updated_at, v.updated_by
            FROM work_templates t
            JOIN work_template_versions v ON v.template_id = t.id AND v.version = t.version AND v.tenant_id = t.tenant_id
            WHERE \(sql: conditions) ORDER BY t.name_key, t.id LIMIT \(limit + 1)
            """
    }

    func create(_ template: WorkTemplate, by act: Act, _ tx: Transaction) throws {
        tx.later(
            """
            INSERT INTO work_templates (id, tenant_id, site_id, version, name, created_at, created_by)
            VALUES (\(template.id), \(act.tenant), \(template.siteId), \(template.version), \(template.name),
                \(template.createdAt), \(template.createdBy))
            """
        )
        try insertVersion(template, by: act, tx)
        try record("WORK_TEMPLATE_CREATED", nil, template, by: act, tx)
    }

    /// Writes the next version, if it says something else.
    func replace(
        _ id: WorkTemplateID,
        within reach: ChangeReach,
        seen: Int64?,
        by act: Act,
        _ tx: Transaction,
        decide: (WorkTemplate) throws -> WorkTemplate?
    ) async throws -> WorkTemplate {
        let before = try await locked(id, within: reach, seen: seen, by: act, tx)
        guard let template = try decide(before) else { return before }
        tx.later(
            """
            UPDATE work_templates SET version = \(template.version), name = \(template.name)
            WHERE id = \(id) AND tenant_id = \(act.tenant)
            """
        )
        try insertVersion(template, by: act, tx)
        try record("WORK_TEMPLATE_UPDATED", before, template, by: act, tx)
        return template
    }

    /// Archives a template or takes it back into use. Neither makes a version.
    func archive(
        _ id: WorkTemplateID,
        _ isArchived: Bool,
        within reach: ChangeReach,
        seen: Int64?,
        by act: Act,
        _ tx: Transaction
    ) async throws -> WorkTemplate {
        let before = try await locked(id, within: reach, seen: seen, by: act, tx)
        guard before.isArchived != isArchived else { return before }
        var template = before
        template.isArchived = isArchived
        tx.later(
            "UPDATE work_templates SET is_archived = \(isArchived) WHERE id = \(id) AND tenant_id = \(act.tenant)"
        )
        try record(isArchived ? "WORK_TEMPLATE_ARCHIVED" : "WORK_TEMPLATE_RESTORED", before, template, by: act, tx)
        return template
    }

    /// Whether there is such a site, as far as the assets here say.
    func isSite(_ site: SiteID, tenant: TenantID, within reach: Reach) async throws -> Bool {
        try await database.of(tenant).first(
            """
            SELECT 1 FROM assets
            WHERE tenant_id = \(tenant) AND site_id = \(site) AND \(sql: reach.condition(.assets)) LIMIT 1
            """
        ) != nil
    }

    /// The rule that a violated constraint enforces.
    static func refusal(_ error: PostgresError) -> (any Error)? {
        error.kind == .uniqueViolation(constraint: "work_templates_name") ? TemplateRefusal.nameTaken : nil
    }

    // MARK: - Statements

    private func locked(
        _ id: WorkTemplateID,
        within reach: ChangeReach,
        seen: Int64?,
        by act: Act,
        _ tx: Transaction
    ) async throws -> WorkTemplate {
        guard let tenant = act.tenant else { throw TemplateRefusal.unknown }
        let lock = try await tx.first(
            """
            SELECT \(sql: reach.isWithin(.templates)) AS is_within FROM work_templates t
            WHERE t.id = \(id) AND t.tenant_id = \(tenant) AND \(sql: Self.isVisible(reach.isVisible(.templates)))
            FOR UPDATE
            """
        )
        guard let lock else { throw TemplateRefusal.unknown }
        guard try lock["is_within"] else { throw TemplateRefusal.outOfReach }
        guard let row = try await tx.first(Self.selection(of: id, version: nil, tenant)) else {
            throw TemplateRefusal.unknown
        }
        let template: WorkTemplate = try row.decode()
        try template.requireVersion(seen)
        return template
    }

    private func insertVersion(_ template: WorkTemplate, by act: Act, _ tx: Transaction) throws {
        tx.later(
            """
            INSERT INTO work_template_versions (template_id, version, tenant_id, name, description, type, priority,
                required_skills, required_permits, estimated_minutes, tasks, task_count, updated_at, updated_by)
            VALUES (\(template.id), \(template.version), \(act.tenant), \(template.name), \(template.description),
                \(template.type), \(template.priority), \(PostgresArray(template.requiredSkills)),
                \(PostgresArray(template.requiredPermits)),
                \(template.estimatedMinutes.map(Int32.init)), \(JSONB(try JSONWriter.text(template.tasks))),
                \(Int32(template.tasks.count)), \(template.updatedAt), \(template.updatedBy))
            """
        )
    }

    private func record(
        _ action: String,
        _ before: WorkTemplate?,
        _ after: WorkTemplate,
        by act: Act,
        _ tx: Transaction
    ) throws {
        try tx.record(Change(action, "work-template", after.id, before: before, after: after), by: act)
    }

    private static func selection(of id: WorkTemplateID, version: Int64?, _ tenant: TenantID) -> SQL {
        let wanted: SQL = version.map { "\($0)" } ?? "t.version"
        return """
            SELECT t.id, t.site_id, v.version, v.name, v.description, v.type, v.priority, v.required_skills, v.required_permits,
                v.estimated_minutes, v.tasks, t.is_archived, t.created_at, t.created_by, v.updated_at, v.updated_by
            FROM work_templates t JOIN work_template_versions v ON v.template_id = t.id AND v.version = \(sql: wanted)
            WHERE t.id = \(id) AND t.tenant_id = \(tenant) AND v.tenant_id = \(tenant)
            """
    }

    private static func isVisible(_ condition: SQL) -> SQL { "(t.site_id IS NULL OR \(sql: condition))" }
}

extension ReachColumns {
    /// The columns of the table `work_templates`, called t.
    fileprivate static let templates = ReachColumns(site: "t.site_id")
}

extension WorkTemplate: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            siteId: try row.read("site_id"),
            version: try row.read("version"),
            name: try row.read("name"),
            description: try row.read("description"),
            type: try row.read("type"),
            priority: try row.read("priority"),
            requiredSkills: try row.read("required_skills"),
            requiredPermits: try row.read("required_permits"),
            estimatedMinutes: try row.read("estimated_minutes"),
            tasks: try row.read("tasks", as: JSONB.self).decoded(),
            isArchived: try row.read("is_archived"),
            createdAt: try row.read("created_at"),
            createdBy: try row.read("created_by"),
            updatedAt: try row.read("updated_at"),
            updatedBy: try row.read("updated_by")
        )
    }
}

extension WorkTemplateSummary: Record {}
