public import Postgres

extension OwnerDatabase {
    /// PostgreSQL's plan for a query if it avoids reading whole tables, which shows the indexes that it can use.
    public func plan(_ query: SQL) async throws -> String {
        try await transaction { tx in
            try await tx.execute("SET LOCAL enable_seqscan = off")
            let lines: [String] = try await tx.query("EXPLAIN \(sql: query)").map { try $0["QUERY PLAN"] }
            return lines.joined(separator: "\n")
        }
    }
}
