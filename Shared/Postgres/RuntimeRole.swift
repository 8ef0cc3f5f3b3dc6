/// Why a service must not run as the role that its database knows it by.
public struct UnsafeRole: Error, Sendable, CustomStringConvertible {
    /// The rule that the role breaks, in one sentence.
    public let description: String
}

/// The role that a service runs as. It reads and writes rows and changes nothing else: what it could change (tables, policies,
/// grants) belongs to another role, the owner, which migrates and does nothing else.
struct RuntimeRole {
    let name: String

    /// Tables whose rows are there for good.
    private static let appendOnly = PostgresArray([
        "audit_log", "audit_log_unchained", "audit_checkpoints", "audit_keys", "audit_cuts", "legal_holds",
        "legal_hold_releases", "letterbox_keys", "cost_entries", "work_order_signatures",
    ])

    /// - Throws: ``UnsafeRole`` when the role could get past what the owner rules.
    func check(by owner: Connection) async throws {
        let row = try await owner.run(
            """
            SELECT rolsuper, rolbypassrls, rolcreaterole, pg_has_role(r.oid, current_user, 'MEMBER') AS is_member,
                has_schema_privilege(r.oid, 'public', 'CREATE') AS creates,
                EXISTS (SELECT FROM pg_database WHERE datname = current_database() AND datdba = r.oid) AS has_database,
                (SELECT min(relname::text) FROM pg_class WHERE relowner = r.oid AND relnamespace = 'public'::regnamespace)
                    AS relation,
                (SELECT min(proname::text) FROM pg_proc WHERE proowner = r.oid AND pronamespace = 'public'::regnamespace)
                    AS function
            FROM pg_roles r WHERE rolname = \(name)
            """
        ).rows.first
        guard let row else { throw UnsafeRole(description: "the owner's server knows no role \(name)") }
        func refuse(_ column: String, _ rule: String) throws {
            if try row[column] { throw UnsafeRole(description: "the role \(name) \(rule)") }
        }
        try refuse("rolsuper", "must not be a superuser")
        try refuse("rolbypassrls", "must not have BYPASSRLS")
        try refuse("rolcreaterole", "must not have CREATEROLE")
        for kind in ["relation", "function"] {
            if let thing: String = try row[kind] {
                throw UnsafeRole(description: "the role \(name) must own nothing, and owns the \(kind) \(thing)")
            }
        }
        try refuse("has_database", "must not own the database")
        try refuse("is_member", "must not be a member of the owner's role")
        try refuse("creates", "must not have CREATE on the schema public")
    }

    /// Gives the role what a service needs, and takes from it what a service must not have. Says nothing to the server when
    /// all is as it should be.
    ///
    /// Partitions are read through their table only: a policy of the table does not hold for a partition that is named. They may be filled by
    /// name, since PostgreSQL copies into no table that has policies; those of an append-only table may not.
    func grant(by owner: Connection) async throws {
        let statements = try await owner.run(
            """
            WITH relations AS (
                SELECT oid, relname, relispartition, relname = 'schema_migrations' AS is_record,
                    relname = ANY (\(Self.appendOnly)) AS is_append_only,
                    EXISTS (
                        SELECT FROM pg_inherits i JOIN pg_class parent ON parent.oid = i.inhparent
                        WHERE i.inhrelid = c.oid AND parent.relname = ANY (\(Self.appendOnly))
                    ) AS is_part_of_append_only
                FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
            ), privileges AS (
                SELECT relname, privilege, has_table_privilege(\(name), oid, privilege) AS is_held,
                    CASE privilege
                        WHEN 'INSERT' THEN NOT is_record AND NOT is_part_of_append_only
                        WHEN 'SELECT' THEN NOT relispartition
                        WHEN 'UPDATE' THEN NOT relispartition AND NOT is_record AND NOT is_append_only
                        WHEN 'DELETE' THEN NOT relispartition AND NOT is_record AND NOT is_append_only
                        ELSE false
                    END AS is_due
                FROM relations, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
                    AS privilege
            )
            SELECT format('GRANT %s ON public.%I TO %I', string_agg(privilege, ', '), relname, \(name)::text) AS statement
            FROM privileges WHERE is_due AND NOT is_held GROUP BY relname
            UNION ALL
            SELECT format('REVOKE %s ON public.%I FROM %I', string_agg(privilege, ', '), relname, \(name)::text)
            FROM privileges WHERE is_held AND NOT is_due GROUP BY relname
            UNION ALL
            SELECT format('GRANT USAGE ON SEQUENCE public.%I TO %I', relname, \(name)::text)
            FROM pg_class WHERE relnamespace = 'public'::regnamespace
                -- In a CASE: PostgreSQL may try the conditions in any order, and asks no table for a sequence's privilege.
                AND CASE WHEN relkind = 'S' THEN NOT has_sequence_privilege(\(name), oid, 'USAGE') ELSE false END
            UNION ALL
            SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', oid::regprocedure, \(name)::text)
            FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
                AND NOT has_function_privilege(\(name), oid, 'EXECUTE')
            UNION ALL
            SELECT format('GRANT USAGE ON SCHEMA public TO %I', \(name)::text)
            WHERE NOT has_schema_privilege(\(name), 'public', 'USAGE')
            """
        ).rows.map { try $0["statement"] as String }
        if statements.isEmpty { return }
        try await owner.script((["BEGIN"] + statements + ["COMMIT"]).joined(separator: ";\n"))
    }
}
