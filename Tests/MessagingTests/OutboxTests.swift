import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Messaging
import Postgres
import Testing

/// Events leave with the change that they tell of, or not at all, and in its order.
@Suite struct OutboxTests {
    @Test func whatIsRolledBackIsNeverPublished() async throws {
        try await Bus.run { bus in
            let scope = EventScope(source: "test", tenant: nil, time: Date())
            let kept = Bus.session()
            struct Undone: Error {}
            await #expect(throws: Undone.self) {
                try await bus.database.transaction { tx in
                    try await tx.publish(Bus.session(), in: scope)
                    throw Undone()
                }
            }
            try await bus.running(OutboxRelay(bus.database, bus.daemon)) {
                try await bus.database.transaction { tx in try await tx.publish(kept, in: scope) }
                let records = try await bus.records(.authSessions, atLeast: 1)
                #expect(records.map { String(decoding: $0.key ?? [], as: UTF8.self) } == [kept.key])
                _ = try await eventually("the outbox to be empty") { try await waiting(bus) == 0 ? true : nil }
            }
        }
    }

    @Test func whatWaitedWhileTheLogWasAwayLeavesInItsOrderOnce() async throws {
        try await Bus.run { bus in
            let scope = EventScope(source: "test", tenant: nil, correlation: "r-1", time: Date())
            let user = UserID.new()
            await bus.broker.process.kill()
            try await bus.running(OutboxRelay(bus.database, bus.daemon), OutboxRelay(bus.database, bus.daemon)) {
                for version in 1...600 {
                    try await bus.database.transaction { tx in
                        try await tx.publish(Bus.user(user, version: Int64(version)), in: scope)
                    }
                }
                #expect(try await waiting(bus) == 600)
                let folder = bus.broker.process.log.deletingLastPathComponent()
                let again = try await BrokerServer.start(in: folder, port: bus.broker.port)
                _ = try await eventually("the outbox to be empty", within: .seconds(40)) {
                    try await waiting(bus) == 0 ? true : nil
                }
                let records = try await bus.records(.authUsers, atLeast: 600)
                let codec = try EventCodec.committed()
                let versions = try records.map { try codec.decode(UserState.self, from: $0.value ?? []).version }
                #expect(versions == Array(1...600))
                #expect(records.allSatisfy { $0.header("ce_correlationid") == "r-1" })
                await again.process.stop()
            }
        }
    }

    private func waiting(_ bus: Bus) async throws -> Int {
        try await bus.database.first("SELECT count(*) AS n FROM outbox")?["n"] ?? 0
    }
}
