import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Messaging
import Postgres
import Synchronization
import Testing

/// How an event is handled that arrives once or twice, is broken or refused, or comes while the database is down.
@Suite struct ConsumerTests {
    @Test func anEventThatIsDeliveredTwiceTakesEffectOnce() async throws {
        try await Bus.run { bus in
            let (id, event) = (EventID.new(), Bus.session())
            let consumer = EventConsumer(bus.database, bus.daemon).on(SessionEnded.self) { try await Bus.note($0, $1) }
            try await bus.running(consumer) {
                try await bus.write(event, id: id)
                try await bus.write(event, id: id)
                // The third event comes after the other two: when it is handled, they are handled too.
                try await bus.write(Bus.session())
                _ = try await eventually("the last event") { try await bus.handled().count >= 2 ? true : nil }
            }
            #expect(try await bus.handled() == ["handled", "handled"])
        }
    }

    @Test func anUnreadableRecordIsSentToDeadLettersOnceAndThePartitionContinues() async throws {
        try await Bus.run { bus in
            let attempts = Mutex(0)
            let consumer = EventConsumer(bus.database, bus.daemon).on(SessionEnded.self) { delivery, tx in
                // The database fails twice. Records that are already dead letters must not be sent to them again.
                let attempt = attempts.withLock { attempts in
                    attempts += 1
                    return attempts
                }
                if attempt <= 2 { throw CocoaError(.fileNoSuchFile) }
                try await Bus.note(delivery, tx)
            }
            try await bus.write([0, 0, 0, 0, 17, 1, 2], of: SessionEnded.self, key: "k")
            try await bus.write(nil, of: SessionEnded.self, key: "k")
            try await bus.write(Bus.session())
            try await bus.running(consumer) {
                _ = try await eventually("the good event") { try await bus.handled().count == 1 ? true : nil }
            }
            let letters = try await bus.records(Topic.authSessions.deadLetters, atLeast: 2)
            #expect(letters.count == 2)
            #expect(letters[0].value == [0, 0, 0, 0, 17, 1, 2])
            #expect(letters[0].header("dlq_reason")?.contains("session") == true)
            #expect(letters.map { $0.header("dlq_offset") } == ["0", "1"])
            #expect(letters.allSatisfy { $0.header("dlq_topic") == "auth.sessions" })
            #expect(letters.allSatisfy { $0.header("dlq_consumer") == "test" })
            // A dead letter keeps the original headers, so that it can be sent again when its consumer is fixed.
            #expect(letters.allSatisfy { $0.header("ce_type") == SessionEnded.name })
            #expect(attempts.withLock { $0 } == 3)
        }
    }

    @Test func onlyTheRefusedEventsOfABatchBecomeDeadLetters() async throws {
        try await Bus.run { bus in
            let events = (0..<5).map { _ in Bus.session() }
            for event in events { try await bus.write(event) }
            let consumer = EventConsumer(bus.database, bus.daemon).on(SessionEnded.self) { delivery, tx in
                let index = events.firstIndex { $0.session == delivery.event.session } ?? -1
                try await Bus.note(delivery, tx, "\(index)")
                if index == 1 { throw EventRefused("nobody knows this session") }
                // A constraint of the database: the column does not accept the value.
                if index == 3 { try await tx.execute("INSERT INTO inbox (event_id) VALUES (NULL)") }
            }
            try await bus.running(consumer) {
                _ = try await eventually("the others") { try await bus.handled().count == 3 ? true : nil }
            }
            #expect(try await bus.handled() == ["0", "2", "4"])
            let letters = try await bus.records(Topic.authSessions.deadLetters, atLeast: 2)
            #expect(letters.map { $0.header("dlq_offset") } == ["1", "3"])
            #expect(letters[0].header("dlq_reason") == "nobody knows this session")
        }
    }

    @Test func whileTheDatabaseIsDownTheEventWaits() async throws {
        try await Bus.run { bus in
            // The test has its own server, which is killed in the middle and must keep what it has committed.
            let folder = bus.broker.process.log.deletingLastPathComponent()
            let server = try await PostgresServer.start(in: folder, isDurable: true)
            let database = Database(url: server.url(database: "postgres"), maximumConnections: 2)
            try await database.migrate(Bus.migrations)
            let consumer = EventConsumer(database, bus.daemon).on(SessionEnded.self) { try await Bus.note($0, $1) }
            try await bus.running(consumer) {
                try await bus.write(Bus.session())
                _ = try await eventually("the first event") { try await count(database) == 1 ? true : nil }
                await server.process.kill()
                try await bus.write(Bus.session())
                _ = try await eventually("the outage to be reported") {
                    (try? await count(database)) == nil ? true : nil
                }
                let again = try await PostgresServer.start(in: folder, port: server.port, isDurable: true)
                _ = try await eventually("the second event") {
                    (try? await count(database)) == 2 ? true : nil
                }
                await database.close()
                await again.process.stop()
            }
            let letters = try await bus.records(Topic.authSessions.deadLetters, atLeast: 0)
            #expect(letters.isEmpty)
        }
    }

    @Test func aReplicaCatchesUpOnRequestAndRemovesDeletedRecords() async throws {
        try await Bus.run { bus in
            let replica = EventConsumer(bus.database, bus.daemon).replica(
                UserState.self,
                revision: 1,
                put: { user, tx in try await tx.execute("INSERT INTO handled VALUES (\(user.id), 'user')") },
                remove: { (id: UserID, tx) in
                    try await tx.execute("DELETE FROM handled WHERE session_id = \(id)")
                }
            )
            let gone = Bus.user()
            try await bus.write(gone)
            for _ in 0..<20 { try await bus.write(Bus.user()) }
            try await bus.write(nil, of: UserState.self, key: gone.key)
            try await bus.running(replica) {
                _ = try await eventually("the partitions") { (try? replica.check()).map { true } }
                for round in 1...5 {
                    try await bus.write(Bus.user())
                    // The replica has everything that was written before the request.
                    #expect(await replica.catchUp(with: .authUsers, within: .seconds(120)))
                    let rows = try await bus.handled()
                    #expect(rows.count == 20 + round)
                }
            }
        }
    }

    private func count(_ database: Database) async throws -> Int {
        try await database.first("SELECT count(*) AS n FROM handled")?["n"] ?? 0
    }
}
