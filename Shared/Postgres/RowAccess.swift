public import Identifiers

/// Whose rows a transaction may see and write. PostgreSQL's row policies hold every statement in it to that, whatever its conditions
/// say: they are the second fence behind the `tenant_id = …` of each query.
///
/// The policies compare with two settings of the transaction, `dcmms.tenant` and `dcmms.every_tenant` (see ``Migration/tenants``).
/// Where neither is set, a fenced table has no rows.
public enum RowAccess: Hashable, Sendable {
    /// One tenant's rows.
    case of(TenantID)
    /// All rows of the few tables whose policies say so: for what belongs to no tenant, such as schedulers and logins.
    case everyTenant
    /// No row of a fenced table.
    case noTenant

    /// Puts it into force until the transaction ends, and with it how statements are planned.
    func statement(_ plans: Plans = .byValues) -> SQL {
        let tenant: String
        switch self {
        case .of(let id): tenant = id.description
        case .everyTenant, .noTenant: tenant = ""
        }
        let every = self == .everyTenant ? "on" : ""
        return switch plans {
        case .byValues:
            "SELECT set_config('dcmms.tenant', \(tenant), true), set_config('dcmms.every_tenant', \(every), true)"
        case .once:
            """
            SELECT set_config('dcmms.tenant', \(tenant), true), set_config('dcmms.every_tenant', \(every), true),
                set_config('plan_cache_mode', 'force_generic_plan', true)
            """
        }
    }
}

/// How often PostgreSQL plans a statement that a connection runs again and again.
public enum Plans: Sendable {
    /// Anew for its values wherever that may give a better plan: for lists and sums.
    case byValues
    /// Once for each connection: for statements that find their rows by keys, whose plan is always the same. Of a table in parts,
    /// PostgreSQL holds it for cheaper to plan each time, which takes longer than the statement itself.
    case once
}

/// A database as one tenant may see it.
///
/// ```swift
/// let row = try await database.of(tenant).first("SELECT title FROM work_orders WHERE id = \(id)")
/// ```
public struct FencedDatabase: Sendable {
    let database: Database
    let access: RowAccess

    /// Runs a statement and returns its rows; one round trip, as without a fence.
    public func query(_ sql: SQL) async throws -> [Row] {
        try await pipeline([sql])[0]
    }

    /// The first row, if there is one.
    public func first(_ sql: SQL) async throws -> Row? {
        try await query(sql).first
    }

    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        try await database.withConnection { try await $0.pipeline([access.statement(), sql])[1].affected }
    }

    /// Several statements in one round trip, as one transaction; their rows in the same order.
    public func pipeline(_ statements: [SQL], plans: Plans = .byValues) async throws -> [[Row]] {
        try await database.withConnection {
            try await $0.pipeline([access.statement(plans)] + statements).dropFirst().map(\.rows)
        }
    }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws. See ``Database/transaction(_:)``.
    public func transaction<Value: Sendable>(
        plans: Plans = .byValues,
        _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        try await database.transaction(access.statement(plans), body)
    }
}

extension Database {
    /// The database as a tenant may see it.
    public func of(_ tenant: TenantID) -> FencedDatabase { with(.of(tenant)) }

    /// The database as seen by somebody above the tenants.
    public var ofEveryTenant: FencedDatabase { with(.everyTenant) }

    /// The database with this access.
    public func with(_ access: RowAccess) -> FencedDatabase { FencedDatabase(database: self, access: access) }
}

extension Transaction {
    /// Goes on with another access: for a batch of what belongs to several tenants.
    public func enter(_ access: RowAccess, plans: Plans = .byValues) {
        later(access.statement(plans))
    }
}

extension Migration {
    /// What the row policies are made with: first in the list of a service's own migrations that fence a table.
    ///
    /// `SELECT fence('work_orders')` in a migration lets each transaction see only the rows of its tenant;
    /// `SELECT fence('notifications', true)` lets those of ``RowAccess/everyTenant`` see all.
    public static let tenants = Migration(
        "m0000_tenants",
        Array(
            """
            -- The tenant of the transaction; NULL where it has none.
            CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
                SELECT NULLIF(current_setting('dcmms.tenant', true), '')::uuid
            $$;

            CREATE FUNCTION fence(fenced regclass, for_every_tenant boolean DEFAULT false) RETURNS void
            LANGUAGE plpgsql AS $$
            BEGIN
                EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', fenced);
                -- In a subselect, so that it is computed once a statement, not once a row.
                EXECUTE format(
                    'CREATE POLICY of_tenant ON %s USING (tenant_id = (SELECT current_tenant()))', fenced);
                IF for_every_tenant THEN
                    EXECUTE format(
                        'CREATE POLICY of_every_tenant ON %s
                            USING ((SELECT current_setting(''dcmms.every_tenant'', true)) = ''on'')', fenced);
                END IF;
            END
            $$;
            """.utf8
        )
    )
}
