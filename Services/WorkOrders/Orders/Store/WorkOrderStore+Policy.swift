import EventSchema
import Identifiers
import Messaging
import Postgres

extension WorkOrderStore {
    func policy(of tenant: TenantID) async throws -> WorkPolicy {
        try await database.of(tenant).first(Self.policy(of: tenant))?.decode() ?? WorkPolicy()
    }

    static func policy(of tenant: TenantID) -> SQL { "SELECT * FROM work_policies WHERE tenant_id = \(tenant)" }

    func set(_ change: SetWorkPolicy, seen: Int64?, by act: Act, _ tx: Transaction) async throws -> WorkPolicy {
        let tenant = try tenant(of: act)
        // Two first ones at the same moment: the second waits for the first one's row.
        try await tx.execute(
            """
            INSERT INTO work_policies (tenant_id, approval, verification, updated_at, version)
            VALUES (\(tenant), 'never', 'never', \(act.time), 0) ON CONFLICT DO NOTHING
            """
        )
        let row = try await tx.first("\(sql: Self.policy(of: tenant)) FOR UPDATE")
        let before: WorkPolicy = try row?.decode() ?? WorkPolicy()
        if let seen, seen != before.version { throw Refusal.stalePolicy(current: before.version) }
        let policy = try change.policy(after: before)
        try await tx.execute(
            """
            UPDATE work_policies SET
                approval = \(policy.approval.when), approval_types = \(policy.approval.types.map { PostgresArray($0) }),
                verification = \(policy.verification.when),
                verification_types = \(policy.verification.types.map { PostgresArray($0) }),
                approval_amount = \(policy.approval.amount), verification_amount = \(policy.verification.amount),
                approval_limit = \(policy.approvalLimit), labor = \(policy.labor.when), labor_types = \(policy.labor.types.map { PostgresArray($0) }),
                notes = \(policy.notes.when), notes_types = \(policy.notes.types.map { PostgresArray($0) }),
                notes_amount = \(policy.notes.amount),
                archive_after_months = \(policy.retention.archiveAfterMonths.map(Int64.init)),
                keep_years = \(policy.retention.keepYears.map(Int64.init)),
                photo_position = \(policy.photoPosition), updated_at = \(act.time), version = \(policy.version)
            WHERE tenant_id = \(tenant)
            """
        )
        try tx.record(Change("WORK_POLICY_SET", "work-policy", tenant, before: before, after: policy), by: act)
        return policy
    }
}

extension WorkPolicy: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            approval: Demand(
                when: try row.read("approval"),
                types: try row.read("approval_types", as: PostgresArray<WorkOrderType>.self)?.elements,
                amount: try row.read("approval_amount")
            ),
            verification: Demand(
                when: try row.read("verification"),
                types: try row.read("verification_types", as: PostgresArray<WorkOrderType>.self)?.elements,
                amount: try row.read("verification_amount")
            ),
            labor: Demand(
                when: try row.read("labor"),
                types: try row.read("labor_types", as: PostgresArray<WorkOrderType>.self)?.elements
            ),
            notes: Demand(
                when: try row.read("notes"),
                types: try row.read("notes_types", as: PostgresArray<WorkOrderType>.self)?.elements,
                amount: try row.read("notes_amount")
            ),
            approvalLimit: try row.read("approval_limit"),
            retention: Retention(
                archiveAfterMonths: try row.read("archive_after_months", as: Int64.self).map(Int.init),
                keepYears: try row.read("keep_years", as: Int64.self).map(Int.init)
            ),
            photoPosition: try row.read("photo_position"),
            version: try row.read("version")
        )
    }
}

extension WorkPolicy.Demand.Occasion: PostgresEncodable, PostgresDecodable {}
extension PhotoPosition: PostgresEncodable, PostgresDecodable {}
