import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Postgres

extension PermitStore {
    func find(_ id: PermitID, tenant: TenantID, within reach: Reach) async throws -> Permit {
        let results = try await orders.database.of(tenant).pipeline([
            """
            SELECT p.* FROM permits p
            WHERE p.id = \(id) AND p.tenant_id = \(tenant) AND \(sql: Self.isVisible(within: reach))
            """,
            Self.isolations(of: [id], tenant),
        ])
        guard var permit: Permit = try results[0].first?.decode() else { throw PermitRefusal.unknown }
        permit.isolations = try results[1].decode()
        return permit
    }

    /// The permits of a work order that the caller sees, the earliest first.
    func list(of order: WorkOrderID, tenant: TenantID, within reach: Reach) async throws -> [Permit] {
        let results = try await orders.database.of(tenant).pipeline([
            """
            SELECT 1 FROM work_orders
            WHERE id = \(order) AND tenant_id = \(tenant) AND \(sql: reach.condition(.workOrders))
            """,
            """
            SELECT * FROM permits WHERE work_order_id = \(order) AND tenant_id = \(tenant)
            ORDER BY created_at, id LIMIT \(Permit.maximumCount)
            """,
            """
            SELECT * FROM permit_isolations WHERE work_order_id = \(order) AND tenant_id = \(tenant)
            ORDER BY permit_id, position
            """,
        ])
        guard !results[0].isEmpty else { throw Refusal.unknown(order) }
        return Self.joined(try results[1].decode(), try results[2].decode())
    }

    /// A page of the board of permits: what ends first comes first.
    func list(
        _ filter: PermitFilter,
        tenant: TenantID,
        within reach: Reach,
        after: PermitPosition?,
        limit: Int
    ) async throws -> [Permit] {
        let database = orders.database.of(tenant)
        let permits: [Permit] = try await database.query(
            """
            SELECT p.* FROM permits p
            WHERE \(sql: .all([
                "p.tenant_id = \(tenant)",
                filter.status.map { .isOne(of: $0, "p.status") } ?? "p.status NOT IN ('closed', 'cancelled')",
                filter.kind.map { .isOne(of: $0, "p.kind") }, filter.siteId.map { "p.site_id = \($0)" },
                Self.isVisible(within: reach),
                after.map { "(p.valid_until, p.id) > (\($0.validUntil), \($0.id))" },
            ]))
            ORDER BY p.valid_until, p.id LIMIT \(limit + 1)
            """
        ).decode()
        return Self.joined(permits, try await database.query(Self.isolations(of: permits.map(\.id), tenant)).decode())
    }

    /// A page of the board of isolations.
    func isolations(
        _ filter: IsolationFilter,
        tenant: TenantID,
        within reach: Reach,
        after: IsolationID?,
        limit: Int
    ) async throws -> [PlacedIsolation] {
        let states = filter.state ?? [.locked, .verified]
        return try await orders.database.of(tenant).query(
            """
            SELECT i.*, p.number AS permit_number, p.status AS permit_status, p.site_id, p.asset_id
            FROM permit_isolations i JOIN permits p ON p.id = i.permit_id AND p.tenant_id = i.tenant_id
            WHERE \(sql: .all([
                "i.tenant_id = \(tenant)", .isOne(of: states, "i.state"),
                filter.siteId.map { "p.site_id = \($0)" }, Self.isVisible(within: reach),
                after.map { "i.id > \($0)" },
            ]))
            ORDER BY i.id LIMIT \(limit + 1)
            """
        ).decode()
    }

    /// Permits whose time is over and that count as if it were not, of every tenant; the longest over first.
    func due(at now: Date, limit: Int) async throws -> [PermitKey] {
        try await orders.database.ofEveryTenant.query(
            """
            SELECT id, work_order_id, tenant_id FROM permits
            WHERE status IN ('pending_approval', 'approved', 'active', 'suspended') AND valid_until <= \(now)
            ORDER BY valid_until LIMIT \(limit)
            """
        ).decode()
    }

    // MARK: - Statements

    /// What a work order knows of its permits.
    static func facts(of order: WorkOrderID, _ tenant: TenantID) -> SQL {
        """
        SELECT p.id, p.number, p.kind, p.status, p.valid_from, p.valid_until,
            COALESCE(bool_and(i.state = 'verified'), true) AS is_isolated,
            COALESCE(array_agg(i.place ORDER BY i.position) FILTER (WHERE i.state IN ('locked', 'verified')), '{}') AS locked
        FROM permits p LEFT JOIN permit_isolations i ON i.permit_id = p.id AND i.tenant_id = p.tenant_id
        WHERE p.work_order_id = \(order) AND p.tenant_id = \(tenant) AND p.status NOT IN ('closed', 'cancelled')
        GROUP BY p.id ORDER BY p.created_at, p.id
        """
    }

    private static func isolations(of ids: [PermitID], _ tenant: TenantID) -> SQL {
        """
        SELECT * FROM permit_isolations
        WHERE permit_id = ANY(\(PostgresArray(ids))) AND tenant_id = \(tenant) ORDER BY permit_id, position
        """
    }

    /// Who sees a work order sees its permits.
    private static func isVisible(within reach: Reach) -> SQL {
        guard reach != .tenant else { return "true" }
        return
            """
            EXISTS (SELECT FROM work_orders
                WHERE id = p.work_order_id AND tenant_id = p.tenant_id AND \(sql: reach.condition(.workOrders)))
            """
    }

    private static func joined(_ permits: [Permit], _ isolations: [Isolation]) -> [Permit] {
        let points = Dictionary(grouping: isolations, by: \.permit)
        return permits.map { permit in
            var permit = permit
            permit.isolations = points[permit.id] ?? []
            return permit
        }
    }

    /// A permit whose work order is held: nobody changes it any more.
    func load(_ id: PermitID, of tenant: TenantID, _ tx: Transaction) async throws -> Permit? {
        try await permits("id = \(id)", of: tenant, tx).first
    }

    func permits(_ condition: SQL, of tenant: TenantID, _ tx: Transaction) async throws -> [Permit] {
        let permits: [Permit] = try await tx.query(
            "SELECT * FROM permits WHERE (\(sql: condition)) AND tenant_id = \(tenant) ORDER BY created_at, id"
        ).decode()
        guard !permits.isEmpty else { return [] }
        return Self.joined(permits, try await tx.query(Self.isolations(of: permits.map(\.id), tenant)).decode())
    }
}

/// A permit, and whose it is.
struct PermitKey: Record, Codable, Hashable, Sendable {
    var id: PermitID
    var workOrder: WorkOrderID
    var tenant: TenantID

    static let columnNames = ["tenant": "tenant_id", "workOrder": "work_order_id"]
}

extension PermitConflict: Record {}

extension PermitFact: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            number: try row.read("number"),
            kind: try row.read("kind"),
            status: try row.read("status"),
            validFrom: try row.read("valid_from"),
            validUntil: try row.read("valid_until"),
            isIsolated: try row.read("is_isolated"),
            locked: try row.read("locked")
        )
    }
}

/// An isolation, and the permit that it belongs to.
struct PlacedIsolation: RowReadable, Sendable {
    let isolation: Isolation
    let permitNumber: String
    let permitStatus: PermitStatus
    let workOrder: WorkOrderID
    let site: SiteID
    let asset: AssetID

    init(from row: inout RowReader) throws {
        isolation = try Isolation(from: &row)
        permitNumber = try row.read("permit_number")
        permitStatus = try row.read("permit_status")
        workOrder = try row.read("work_order_id")
        site = try row.read("site_id")
        asset = try row.read("asset_id")
    }
}
