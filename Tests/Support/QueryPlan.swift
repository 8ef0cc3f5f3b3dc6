public import Postgres

extension OwnerDatabase {
    /// How PostgreSQL would run a query if it could not read whole tables: by which indexes.
    public func plan(_ query: SQL) async throws -> String {
        try await transaction { tx in
            try await tx.execute("SET LOCAL enable_seqscan = off")
            let lines: [String] = try await tx.query("EXPLAIN \(sql: query)").map { try $0["QUERY PLAN"] }
            return lines.joined(separator: "\n")
        }
    }
}
