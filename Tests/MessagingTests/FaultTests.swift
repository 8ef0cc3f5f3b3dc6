import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Messaging

/// Whose fault a failure is: a record becomes a dead letter only if the failure is its own fault.
@Suite struct FaultTests {
    /// A table that no migration has created, and a column that the handler reads as the wrong type.
    @Test(arguments: ["INSERT INTO forgotten VALUES (1)", "SELECT note FROM mistaken"])
    func aBugInTheProgramIsReportedAndMakesNoDeadLetters(statement: String) async throws {
        try await Bus.run { bus in
            try await bus.database.asOwner("CREATE TABLE mistaken AS SELECT 'text' AS note")
            try await bus.database.asOwner("GRANT SELECT, DELETE ON mistaken TO fleet_daemon")
            let consumer = EventConsumer(bus.database, bus.daemon).on(SessionEnded.self) { delivery, tx in
                let row = try await tx.first(SQL(stringLiteral: statement))
                if let row { _ = try row["note"] as Int64 }
                try await Bus.note(delivery, tx)
            }
            for _ in 0..<3 { try await bus.write(Bus.session()) }
            try await bus.running(consumer) {
                _ = try await eventually("the problem to be shown") { isReady(consumer, elseSays: "can't be handled") }
                // Someone fixes the database.
                try await bus.database.asOwner("CREATE TABLE forgotten (n bigint)")
                try await bus.database.asOwner("GRANT INSERT ON forgotten TO fleet_daemon")
                try await bus.database.execute("DELETE FROM mistaken")
                _ = try await eventually("the events") { try await bus.handled().count == 3 ? true : nil }
                _ = try await eventually("readiness") { (try? consumer.check()).map { true } }
            }
            let letters = try await bus.records(Topic.authSessions.deadLetters, atLeast: 0)
            #expect(letters.isEmpty)
        }
    }

    @Test func aValueThatTheHandlerCannotDecodeIsTheRecordsFault() async throws {
        try await Bus.run { bus in
            let bad = Bus.session()
            let consumer = EventConsumer(bus.database, bus.daemon).on(SessionEnded.self) { delivery, tx in
                if delivery.event.session == bad.session {
                    _ = try JSONDecoder().decode([Int].self, from: Data("{".utf8))
                }
                try await Bus.note(delivery, tx)
            }
            for event in [Bus.session(), bad, Bus.session()] { try await bus.write(event) }
            try await bus.running(consumer) {
                _ = try await eventually("the others") { try await bus.handled().count == 2 ? true : nil }
            }
            let letters = try await bus.records(Topic.authSessions.deadLetters, atLeast: 1)
            #expect(letters.map { $0.header("dlq_offset") } == ["1"])
        }
    }

    /// A missing right is a mistake in the setup and stops everything; a row of another tenant is the record's own fault.
    @Test func aRowOfAnotherTenantIsTheRecordsFault() async throws {
        let fenced = Migration(
            "m0001_fenced",
            Array("CREATE TABLE fenced (tenant_id uuid NOT NULL); SELECT fence('fenced')".utf8)
        )
        try await withDatabase([.tenants, fenced]) { database in
            do {
                try await database.of(.sunfield).execute("INSERT INTO fenced VALUES (\(TenantID.windward))")
                Issue.record("the row is there")
            } catch {
                #expect(Fault(error) == .record)
                #expect((error as? PostgresError)?.kind == .rowPolicyViolation)
            }
            try await database.asOwner("REVOKE INSERT ON fenced FROM fleet_daemon")
            do {
                try await database.of(.sunfield).execute("INSERT INTO fenced VALUES (\(TenantID.sunfield))")
                Issue.record("the row is there")
            } catch {
                #expect(Fault(error) == .program)
            }
        }
    }

    /// The log accepts the record, but would not accept it with the headers of a dead letter.
    @Test func aRecordThatIsTooLargeForTheDeadLettersIsTruncated() async throws {
        try await Bus.run { bus in
            let junk = [UInt8](repeating: 1, count: KafkaProducer.maximumBatchBytes - 300)
            try await bus.write(junk, of: SessionEnded.self, key: "k")
            try await bus.write(Bus.session())
            let consumer = EventConsumer(bus.database, bus.daemon).on(SessionEnded.self) { try await Bus.note($0, $1) }
            try await bus.running(consumer) {
                _ = try await eventually("the event behind it") { try await bus.handled().count == 1 ? true : nil }
            }
            let letters = try await bus.records(Topic.authSessions.deadLetters, atLeast: 1)
            #expect(letters.map { $0.value?.count } == [4096])
            #expect(letters.map { $0.header("dlq_cut") } == ["value, key, headers"])
            #expect(letters.map { $0.header("dlq_offset") } == ["0"])
        }
    }

    /// Nobody waits for a result that lies in the dead letters.
    @Test func aSenderThatWaitsIsAnsweredWhenItsEventIsRefused() async throws {
        try await Bus.run { bus in
            let bad = Bus.session()
            let consumer = EventConsumer(bus.database, bus.daemon).on(
                SessionEnded.self,
                refused: { delivery, error, tx in
                    #expect(error is EventRefused)
                    try await Bus.note(delivery, tx)
                },
                { delivery, tx in
                    if delivery.event.session == bad.session { throw EventRefused("no") }
                    try await Bus.note(delivery, tx)
                }
            )
            for event in [Bus.session(), bad, Bus.session()] { try await bus.write(event) }
            try await bus.running(consumer) {
                _ = try await eventually("all three") { try await bus.handled().count == 3 ? true : nil }
            }
            let letters = try await bus.records(Topic.authSessions.deadLetters, atLeast: 1)
            #expect(letters.map { $0.header("dlq_offset") } == ["1"])
        }
    }

    /// One character may be as large as a record.
    @Test func aReasonOfAnySizeFitsIntoADeadLetter() async throws {
        try await Bus.run { bus in
            let consumer = EventConsumer(bus.database, bus.daemon).on(SessionEnded.self) { _, _ in
                throw EventRefused("e" + String(repeating: "\u{301}", count: 600_000))
            }
            try await bus.write(Bus.session())
            try await bus.running(consumer) {
                let letters = try await bus.records(Topic.authSessions.deadLetters, atLeast: 1)
                #expect((letters.first?.header("dlq_reason") ?? "").unicodeScalars.count <= 1000)
            }
        }
    }

    @Test func anUnwantedEventCostsNoInboxRow() async throws {
        try await Bus.run { bus in
            let wanted = Bus.session()
            let consumer = EventConsumer(bus.database, bus.daemon)
                .on(SessionEnded.self, where: { $0.session == wanted.session }) { try await Bus.note($0, $1) }
            for event in [Bus.session(), Bus.session(), wanted] { try await bus.write(event) }
            try await bus.running(consumer) {
                _ = try await eventually("the one") { try await bus.handled().count == 1 ? true : nil }
            }
            let rows = try await bus.database.first("SELECT count(*) AS n FROM inbox")
            #expect(try rows?["n"] as Int64? == 1)
        }
    }

    /// `auth.sessions` is retained for one day, a segment can stay open for seven, and one day is added as a reserve.
    @Test func theInboxForgetsEventsThatTheLogNoLongerHas() async throws {
        try await Bus.run { bus in
            try await bus.database.execute(
                """
                INSERT INTO inbox SELECT gen_random_uuid(), now() - make_interval(days => age)
                FROM generate_series(1, 10) age, generate_series(1, 2500)
                """
            )
            let consumer = EventConsumer(bus.database, bus.daemon).on(SessionEnded.self) { try await Bus.note($0, $1) }
            try await bus.running(consumer) {
                let left = try await eventually("the old rows to be gone") {
                    let row = try await bus.database.first("SELECT count(*) AS n FROM inbox")
                    let count: Int64 = try row?["n"] ?? 0
                    return count < 25_000 && count % 2500 == 0 ? count : nil
                }
                #expect(left == 8 * 2500)
            }
        }
    }
}
