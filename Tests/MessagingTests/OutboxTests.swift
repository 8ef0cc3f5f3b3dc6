import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Kafka
import LocalServers
import Messaging
import Postgres
import ServiceKit
import Testing

/// Events are published with the change that they report, or not at all, and in the order of the changes.
@Suite struct OutboxTests {
    @Test func eventsOfARolledBackChangeAreNeverPublished() async throws {
        try await Bus.run { bus in
            let act = Act(service: "test", tenant: nil, time: Date())
            let kept = Bus.session()
            struct Undone: Error {}
            await #expect(throws: Undone.self) {
                try await bus.database.transaction { tx in
                    try tx.publish(Bus.session(), by: act)
                    throw Undone()
                }
            }
            try await bus.running(OutboxRelay(bus.database, bus.daemon)) {
                try await bus.database.transaction { tx in try tx.publish(kept, by: act) }
                let records = try await bus.records(.authSessions, atLeast: 1)
                #expect(records.map { String(decoding: $0.key ?? [], as: UTF8.self) } == [kept.key])
                _ = try await eventually("the outbox to be empty") { try await waiting(bus) == 0 ? true : nil }
            }
        }
    }

    @Test func eventsThatWaitedForTheLogArePublishedOnceAndInOrder() async throws {
        try await Bus.run { bus in
            let act = Act(service: "test", tenant: nil, correlation: "r-1", time: Date())
            let user = UserID.new()
            await bus.broker.process.kill()
            try await bus.running(OutboxRelay(bus.database, bus.daemon), OutboxRelay(bus.database, bus.daemon)) {
                for version in 1...600 {
                    try await bus.database.transaction { tx in
                        try tx.publish(Bus.user(user, version: Int64(version)), by: act)
                    }
                }
                #expect(try await waiting(bus) == 600)
                let folder = bus.broker.process.log.deletingLastPathComponent()
                let again = try await BrokerServer.start(in: folder, port: bus.broker.port)
                _ = try await eventually("the outbox to be empty") {
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

    @Test func aChangeIsRefusedIfItsEventIsTooLargeForTheLog() async throws {
        try await Bus.run { bus in
            let act = Act(service: "test", tenant: nil, time: Date())
            func publish(_ count: Int) async throws {
                var user = Bus.user()
                user.displayName = String(repeating: "x", count: count)
                try await bus.database.transaction { [user] tx in
                    try await tx.execute("INSERT INTO handled VALUES (gen_random_uuid(), 'change')")
                    try tx.publish(user, by: act)
                }
            }
            let error = await #expect(throws: EventTooLarge.self) { try await publish(1_000_000) }
            #expect(error?.problem.status == .contentTooLarge)
            #expect(error?.problem.detail.contains("at most 1000000 are allowed") == true)
            #expect(try await waiting(bus) == 0)
            let changes = try await bus.handled()
            #expect(changes.isEmpty)
            // The log accepts the largest event that the check allows.
            try await publish(999_000)
            try await bus.running(OutboxRelay(bus.database, bus.daemon)) {
                let records = try await bus.records(.authUsers, atLeast: 1)
                #expect(records.first?.value.map { $0.count > 999_000 } == true)
            }
        }
    }

    @Test func anEventThatTheLogRefusesStaysAndDoesNotBlockOthers() async throws {
        try await Bus.run { bus in
            let act = Act(service: "test", tenant: nil, time: Date())
            let (before, after) = (Bus.session(), Bus.session())
            try await bus.database.transaction { tx in
                try tx.publish(before, by: act)
                // As a service of an earlier version would have written it.
                try await tx.execute(
                    """
                    INSERT INTO outbox (topic, key, value, headers)
                    VALUES ('auth.sessions', 'k', convert_to(repeat('x', 1100000), 'UTF8'), '{}')
                    """
                )
                try tx.publish(after, by: act)
            }
            try await bus.running(OutboxRelay(bus.database, bus.daemon)) {
                _ = try await eventually("the others to leave") { try await waiting(bus) == 1 ? true : nil }
            }
            let row = try await bus.database.first("SELECT key, refused FROM outbox")
            #expect(try row?["key"] as [UInt8]? == Array("k".utf8))
            #expect(try (row?["refused"] as String?)?.contains("MSG_SIZE_TOO_LARGE") == true)
            let keys = try await bus.records(.authSessions, atLeast: 2).map {
                String(decoding: $0.key ?? [], as: UTF8.self)
            }
            #expect(keys.last == after.key)
            #expect(Set(keys) == [before.key, after.key])
        }
    }

    private func waiting(_ bus: Bus) async throws -> Int {
        try await bus.database.first("SELECT count(*) AS n FROM outbox")?["n"] ?? 0
    }
}
