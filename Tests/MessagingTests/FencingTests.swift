import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

/// A relay that was replaced can no longer write.
@Suite(.timeLimit(.minutes(10))) struct FencingTests {
    private let act = Act(service: "test", tenant: nil, time: Date())

    @Test func aRelayThatHangsDuringADatabaseFailoverCannotWriteOldStates() async throws {
        let port = try Port.free()
        let wire = try Wire(to: port)
        defer { wire.close() }
        try await Bus.run(port: port, over: wire) { bus in
            let user = UserID.new()
            try await withDatabase(Bus.migrations) { replacement in
                try await bus.running(OutboxRelay(bus.database, bus.daemon)) {
                    try await publish(user, version: 1, in: bus.database)
                    try await untilEmpty(bus.database)
                    // The first relay has read the second version and hangs before the log gets it.
                    wire.hold()
                    try await publish(user, version: 2, in: bus.database)
                    try await eventually("the batch to be under way") {
                        String(decoding: wire.held, as: UTF8.self).contains(Topic.authUsers.name) ? true : nil
                    }
                    // The replica of the database takes over, with another relay.
                    for version in Int64(2)...3 { try await publish(user, version: version, in: replacement) }
                    try await bus.running(OutboxRelay(replacement, bus.daemon)) { try await untilEmpty(replacement) }
                    try await end(bus.database)
                    wire.release()
                    try await eventually("the log's answer") { wire.answered > 0 ? true : nil }
                    #expect(try await versions(of: bus, atLeast: 3) == [1, 2, 3])
                }
            }
        }
    }

    @Test func whenOneInstanceEndsTheOtherContinues() async throws {
        try await Bus.run { bus in
            let user = UserID.new()
            try await bus.running(OutboxRelay(bus.database, bus.daemon)) {
                try await bus.running(OutboxRelay(bus.database, bus.daemon)) {
                    for version in Int64(1)...20 { try await publish(user, version: version, in: bus.database) }
                    try await untilEmpty(bus.database)
                }
                for version in Int64(21)...40 { try await publish(user, version: version, in: bus.database) }
                try await untilEmpty(bus.database)
            }
            #expect(try await versions(of: bus, atLeast: 40) == Array(1...40))
        }
    }

    private func publish(_ user: UserID, version: Int64, in database: Database) async throws {
        try await database.transaction { try $0.publish(Bus.user(user, version: version), by: act) }
    }

    private func untilEmpty(_ database: Database) async throws {
        try await eventually("the outbox to be empty") {
            try await database.first("SELECT 1 AS waiting FROM outbox") == nil ? true : nil
        }
    }

    /// As if the machine of the old database were switched off.
    private func end(_ database: Database) async throws {
        let name = try #require(try await database.first("SELECT current_database() AS name")?["name"] as String?)
        let administrator = Database(
            url: try await TestServers.postgres().url(database: "postgres"),
            maximumConnections: 1
        )
        try await administrator.execute("UPDATE pg_database SET datallowconn = false WHERE datname = \(name)")
        _ = try await administrator.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = \(name)"
        )
        await administrator.close()
    }

    private func versions(of bus: Bus, atLeast count: Int) async throws -> [Int64] {
        let codec = try EventCodec.committed()
        return try await bus.records(.authUsers, atLeast: count).map {
            try codec.decode(UserState.self, from: $0.value ?? []).version
        }
    }
}
