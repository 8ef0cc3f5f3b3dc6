public import Postgres
import Testing

/// Checks that PostgreSQL shows a transaction only the rows of its own tenant, in every table.
public struct TenantFence: Sendable {
    /// Tables without tenants' data, and tables that their service reads for all tenants by design.
    let unfenced: Set<String>
    /// Tables with policies that a scheduler or a login nevertheless reads for all tenants.
    let openToEveryTenant: Set<String>
    /// What the conditions of policies that `fence()` did not make contain, by table and policy (`roles.of_all`).
    let written: [String: String]

    public init(unfenced: Set<String>, openToEveryTenant: Set<String> = [], written: [String: String] = [:]) {
        self.unfenced = unfenced.union(["schema_migrations", "outbox", "inbox", "consumer_positions", "dead_letters"])
        self.openToEveryTenant = openToEveryTenant.union(["answers"])
        self.written = written
    }

    /// The conditions of the policies that `fence()` makes.
    private static let standard = [
        "of_tenant": "ALL: (tenant_id = ( SELECT current_tenant() AS current_tenant))",
        "of_every_tenant":
            "ALL: (( SELECT current_setting('dcmms.every_tenant'::text, true) AS current_setting) = 'on'::text)",
    ]

    /// Compares a service's database with the lists.
    public func check(_ database: Database) async throws {
        let tables = try await database.query(
            """
            SELECT relname AS table, relrowsecurity AS is_fenced FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            """
        )
        let free = Set(try tables.filter { try !$0["is_fenced"] }.map { try $0["table"] as String })
        #expect(free == unfenced.intersection(free), "without row-level security, but not on the list")
        #expect(
            unfenced.subtracting(["outbox", "inbox", "consumer_positions", "dead_letters"]).isSubset(of: free),
            "on the list, but with row-level security"
        )
        let policies = try await policies(of: database)
        let open = Set(policies.filter { $0.name == "of_every_tenant" }.map(\.table))
        #expect(open == openToEveryTenant.intersection(open), "open to every tenant, but not on the list")
        let closed = Set(policies.filter { $0.name == "of_tenant" }.map(\.table))
        let fenced = Set(try tables.filter { try $0["is_fenced"] }.map { try $0["table"] as String })
        #expect(closed == fenced, "each table with row-level security has a policy for its tenant")
        // A policy is known by its condition, not by its name.
        for policy in policies {
            let key = "\(policy.table).\(policy.name)"
            if let part = written[key] {
                #expect(policy.condition.contains(part), "the policy \(key)")
            } else {
                #expect(policy.condition == Self.standard[policy.name], "the policy \(key)")
            }
        }
        let known = Set(policies.map { "\($0.table).\($0.name)" })
        #expect(Set(written.keys).isSubset(of: known), "on the list, but there is no such policy")
    }

    private struct Policy {
        var table: String
        var name: String
        var condition: String
    }

    private func policies(of database: Database) async throws -> [Policy] {
        let rows = try await database.query(
            """
            SELECT tablename::text AS table, policyname::text AS name,
                regexp_replace(concat_ws(' CHECK ', cmd || ': ' || COALESCE(qual, 'no row'), with_check), '\\s+', ' ', 'g') AS condition
            FROM pg_policies WHERE schemaname = 'public' AND permissive = 'PERMISSIVE'
            """
        )
        return try rows.map { Policy(table: try $0["table"], name: try $0["name"], condition: try $0["condition"]) }
    }
}
