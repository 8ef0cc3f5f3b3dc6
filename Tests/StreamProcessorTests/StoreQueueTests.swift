import EventSchema
import Foundation
import Identifiers
import LocalServers
import Postgres
import TestSupport
import Testing

@testable import StreamProcessor

@Suite struct StoreQueueTests {
    /// An alert has to reach people even if the disk of the database hangs.
    @Test func eventsDoNotWaitForTheDatabase() async throws {
        try await Plant.run { plant in
            try await plant.publish(SensorState.sample("temperature", number: 50, -40...150))
            try await plant.processing { _ in
                try await plant.store.database.transaction { tx in
                    try await tx.execute("LOCK TABLE partition_progress IN EXCLUSIVE MODE")
                    for sequence in 1...3 {
                        try await plant.send([Recording.one(at: Int64(sequence))])
                        try await eventually("the event of record \(sequence)") {
                            try await plant.events(TelemetryValidated.self).count == sequence ? () : nil
                        }
                    }
                }
                try await plant.untilStored(3)
            }
            let rows = try await plant.rows("readings")
            #expect(rows.count == 3)
        }
    }

    @Test func whatArrivesWhileABatchIsStoredIsStoredTogether() async throws {
        try await withDatabase(.all) { database in
            let queue = StoreQueue(TelemetryStore(database: database))
            try await database.transaction { tx in
                try await tx.execute("LOCK TABLE partition_progress IN EXCLUSIVE MODE")
                try await queue.add(Self.batch(rows: 1, from: 0))
                try await Self.untilWaiting(database)
                for offset in 1..<4 { try await queue.add(Self.batch(rows: 1, from: Int64(offset))) }
            }
            try await queue.drain()
            #expect(try await Self.stored(database) == Stored(rows: 4, transactions: 2, offset: 4))
        }
    }

    @Test func theQueueIsBounded() async throws {
        try await withDatabase(.all) { database in
            let queue = StoreQueue(TelemetryStore(database: database))
            let last = try await database.transaction { tx in
                try await tx.execute("LOCK TABLE partition_progress IN EXCLUSIVE MODE")
                try await queue.add(Self.batch(rows: 1, from: 0))
                try await Self.untilWaiting(database)
                try await queue.add(Self.batch(rows: StoreQueue.limit + 1, from: 1))
                // It waits, and gives up when its task is cancelled.
                let cancelled = Task { try await queue.add(Self.batch(rows: 1, from: 9)) }
                cancelled.cancel()
                await #expect(throws: CancellationError.self) { try await cancelled.value }
                return Task { try await queue.add(Self.batch(rows: 1, from: 2)) }
            }
            try await last.value
            try await queue.drain()
            #expect(try await Self.stored(database) == Stored(rows: StoreQueue.limit + 3, transactions: 3, offset: 3))
        }
    }

    @Test func afterAFailureNothingIsStored() async throws {
        try await withDatabase(.all) { database in
            let queue = StoreQueue(TelemetryStore(database: database))
            try await queue.add(Self.batch(rows: 1, from: 0))
            try await queue.drain()
            // Another instance has stored more.
            try await database.execute("UPDATE partition_progress SET next_offset = 7")
            try await queue.add(Self.batch(rows: 1, from: 1))
            await #expect(throws: TelemetryStore.Overtaken.self) { try await queue.drain() }
            await #expect(throws: TelemetryStore.Overtaken.self) { try await queue.add(Self.batch(rows: 1, from: 7)) }
            #expect(try await Self.stored(database) == Stored(rows: 1, transactions: 1, offset: 7))
        }
    }

    @Test func whatIsCancelledIsNotStored() async throws {
        try await withDatabase(.all) { database in
            let queue = StoreQueue(TelemetryStore(database: database))
            try await database.transaction { tx in
                try await tx.execute("LOCK TABLE partition_progress IN EXCLUSIVE MODE")
                try await queue.add(Self.batch(rows: 1, from: 0))
                try await Self.untilWaiting(database)
                try await queue.add(Self.batch(rows: 1, from: 1))
                await queue.cancel()
            }
            await #expect(throws: (any Error).self) { try await queue.add(Self.batch(rows: 1, from: 0)) }
            #expect(try await Self.stored(database) == Stored(rows: 0, transactions: 0, offset: nil))
        }
    }

    // MARK: -

    private struct Stored: Equatable {
        var rows: Int
        var transactions: Int
        var offset: Int64?
    }

    private static func stored(_ database: Database) async throws -> Stored {
        let row = try await database.owner.first(
            "SELECT count(*) AS rows, count(DISTINCT xmin::text) AS transactions FROM readings"
        )
        let offset: Int64? = try await database.first("SELECT next_offset FROM partition_progress")?["next_offset"]
        return Stored(rows: try row?["rows"] ?? 0, transactions: try row?["transactions"] ?? 0, offset: offset)
    }

    private static func untilWaiting(_ database: Database) async throws {
        try await eventually("a transaction that waits for the lock") {
            try await database.owner.first(
                "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'partition_progress'::regclass"
            ) == nil ? nil : ()
        }
    }

    private static func batch(rows: Int, from offset: Int64) -> StoreQueue.Batch {
        var output = Output()
        output.accepted = (0..<rows).map {
            let time = Date.noon.microseconds + Int64($0)
            return (.sample(20), TagReading(tag: "temperature", timestamp: time, value: 1, quality: .good))
        }
        return StoreQueue.Batch(output, [.init(partition: 3, from: offset, to: offset + 1, snapshot: nil)])
    }
}
