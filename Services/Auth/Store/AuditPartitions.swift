import Foundation
import Postgres

/// The audit log's partitions: one for each month, made ahead.
struct AuditPartitions: Sendable {
    let database: Database

    /// This month and the next two: a daemon that makes them too seldom has two months until the log waits for it.
    func makeAhead(at now: Date) async throws {
        _ = try await database.query(
            """
            SELECT make_audit_partition((\(now) + make_interval(months => n))::date) FROM generate_series(0, 2) AS n
            """
        )
    }
}
