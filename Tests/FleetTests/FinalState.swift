import Postgres

/// The state that a run leaves behind: the number of rows in every table of every service, and the stored figures.
struct FinalState: Sendable {
    private(set) var counts: [String: Int] = [:]
    private(set) var figures: [String: String] = [:]

    /// The differences as text; empty if the states are the same.
    func differences(from other: FinalState) -> [String] {
        let tables = Set(counts.keys).union(other.counts.keys).sorted().compactMap { table -> String? in
            let (here, there) = (counts[table] ?? 0, other.counts[table] ?? 0)
            return here == there ? nil : "\(table): \(here) rows instead of \(there)"
        }
        return tables
            + figures.keys.sorted().filter { figures[$0] != other.figures[$0] }.map { "\($0): other figures" }
    }

    mutating func note(_ table: String, _ count: Int) { counts[table] = count }
    mutating func note(_ table: String, figures digest: String) { figures[table] = digest }
}

extension Fleet {
    /// Counts every table of every service, except where the number depends on how long a run lasts or how often it was killed:
    /// the inbox (a window can be published more than once, as different events with the same figures), and the signing keys, which
    /// take turns by the clock, with their lines and checkpoints in the audit log.
    func finalState() async throws -> FinalState {
        var state = FinalState()
        for service in Self.databases {
            let tables: [String] = try await rows(
                service,
                """
                SELECT relname::text AS name FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
                    AND relname NOT IN ('inbox', 'signing_keys', 'audit_checkpoints')
                """
            ).map { try $0["name"] }
            for table in tables {
                let clock = table == "audit_log" ? " WHERE action NOT LIKE 'SIGNING_KEY_%'" : ""
                state.note(
                    "\(service).\(table)",
                    try await count(service, SQL(stringLiteral: "SELECT count(*) AS n FROM \(table)\(clock)"))
                )
            }
        }
        // The ids differ in each run; everything else must be the same.
        let readings = try await rows(
            "stream-processor",
            """
            SELECT md5(string_agg(concat_ws(' ', tag, time AT TIME ZONE 'UTC', value, quality), ',' ORDER BY tag, time))
                AS digest FROM readings
            """
        )
        state.note("readings", figures: try readings[0]["digest"])
        let aggregates = try await rows(
            "stream-processor",
            """
            SELECT md5(string_agg(concat_ws(' ', tag, minutes, start AT TIME ZONE 'UTC', count, round(average::numeric, 6),
                minimum, maximum, round(sum::numeric, 6), round(standard_deviation::numeric, 6), bad_count), ','
                ORDER BY tag, minutes, start)) AS digest FROM aggregates
            """
        )
        state.note("aggregates", figures: try aggregates[0]["digest"])
        return state
    }
}
