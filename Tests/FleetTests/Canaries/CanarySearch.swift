import EventSchema
import Foundation
import Kafka
import Postgres

/// Looks for texts wherever a fleet keeps something.
struct CanarySearch: Sendable {
    let fleet: Fleet

    /// The columns of all databases that hold a text, as `database.table.column`, by the text.
    func columns(with texts: [String]) async throws -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        let patterns = PostgresArray(texts.map { "%\($0.lowercased())%" })
        for database in Fleet.databases {
            let columns = try await fleet.rows(
                database,
                """
                SELECT c.table_name::text AS t, c.column_name::text AS c, c.data_type = 'bytea' AS is_bytes
                FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
                WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE'
                    AND c.data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea', 'inet', 'ARRAY')
                """
            )
            for row in columns {
                let (table, column): (String, String) = (try row["t"], try row["c"])
                let name = SQL(stringLiteral: "\"\(column)\"")
                // What is no letter of ASCII is escaped; the texts have only such letters.
                let value: SQL = try row["is_bytes"] ? "encode(\(sql: name), 'escape')" : "\(sql: name)::text"
                let rows = try await fleet.rows(
                    database,
                    """
                    SELECT \(sql: value) AS v FROM \(sql: SQL(stringLiteral: "\"\(table)\""))
                    WHERE lower(\(sql: value)) LIKE ANY (\(patterns))
                    """
                )
                for row in rows {
                    let text = try (row["v"] as String).lowercased()
                    for canary in texts where text.contains(canary.lowercased()) {
                        found[canary, default: []].insert("\(database).\(table).\(column)")
                    }
                }
            }
        }
        return found
    }

    /// The topics that hold a text, dead letters included: in keys, values and headers.
    func topics(with texts: [String]) async throws -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        let admin = try KafkaAdmin(await fleet.kafka(as: Fleet.tester))
        let all = Topic.all + Topic.all.map(\.deadLetters)
        let known = try await admin.describe(all.map(\.name))
        for topic in all where known[topic.name] != nil {
            for record in try await fleet.records(topic) {
                let parts = [record.key, record.value] + record.headers.map(\.value)
                for part in parts.compactMap(\.self) {
                    let text = String(decoding: part, as: UTF8.self).lowercased()
                    for canary in texts where text.contains(canary.lowercased()) {
                        found[canary, default: []].insert(topic.name)
                    }
                }
            }
        }
        return found
    }

    /// The logs that hold a text.
    func logs(with texts: [String]) async throws -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        for (name, text) in try await fleet.logs() {
            let text = text.lowercased()
            for canary in texts where text.contains(canary.lowercased()) { found[canary, default: []].insert(name) }
        }
        return found
    }
}
