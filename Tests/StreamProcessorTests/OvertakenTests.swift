import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import StreamProcessor

/// An instance that hung while others continued must not write or store anything.
@Suite struct OvertakenTests {
    @Test func theStoreRefusesAnInstanceAtAnotherPosition() async throws {
        try await withDatabase(.all) { database in
            let store = TelemetryStore(database: database)
            let window = Self.window(count: 2)
            try await store.store([], [window], [.init(partition: 3, from: 0, to: 2, snapshot: nil)])
            let reading = TagReading(tag: "temperature", timestamp: Date.noon.microseconds, value: 1, quality: .good)
            for (from, to) in [(1, 1), (1, 2), (0, 5), (3, 3)] as [(Int64, Int64)] {
                await #expect(throws: TelemetryStore.Overtaken.self) {
                    try await store.store(
                        [(asset: .sample(20), reading: reading)],
                        [Self.window(count: 1)],
                        [.init(partition: 3, from: from, to: to, snapshot: nil)]
                    )
                }
            }
            let counts: [Int64] = try await database.owner.query("SELECT count FROM aggregates").map { try $0["count"] }
            let readings = try await database.owner.query("SELECT 1 FROM readings")
            #expect(counts == [2])
            #expect(readings.isEmpty)
            // An instance at the right position can store without moving the position.
            try await store.store([], [Self.window(count: 3)], [.init(partition: 3, from: 2, to: 2, snapshot: nil)])
        }
    }

    @Test func anOvertakenInstanceDoesNotStoreIdleWindows() async throws {
        try await Plant.run { plant in
            try await plant.withGeneration { generation, consumer in
                try await plant.send([Recording.one(at: 1)])
                try await generation.goOn(consumer, .sample) { try await plant.stored() == 1 }
                try await plant.store.database.execute(
                    "UPDATE partition_progress SET next_offset = 2 WHERE next_offset = 1"
                )
                plant.clock.advance(seconds: 60)
                await #expect(throws: TelemetryStore.Overtaken.self) { try await generation.handle(.idle, .sample) }
                let rows = try await plant.rows("aggregates")
                #expect(rows.isEmpty)
            }
        }
    }

    @Test func anInstanceThatHungPublishesNothingWhenItContinues() async throws {
        try await Plant.run { plant in
            let sensors = (1...12).map { SensorState.sample("temperature", number: 100 + $0, nil, asset: $0) }
            let registry = sensors.reduce(Registry()) { $0.with($1) }
            for sensor in sensors { try await plant.publish(sensor) }
            try await plant.withGeneration { generation, consumer in
                try await plant.send((1...12).map { Recording.one(at: 1, asset: $0) })
                try await generation.goOn(consumer, registry) { try await plant.stored() == 12 }
                // The instance hangs. Another one takes over half of the partitions and publishes their open windows with the
                // readings so far.
                try await plant.processing("stream-processor-1") { _ in
                    let windows = try await plant.windowsOfOneReading()
                    try await plant.send((1...12).map { Recording.one(at: 2, asset: $0) })
                    try await plant.untilStored(12 + windows / 4)
                    plant.clock.advance(seconds: 60)
                    try await eventually("windows of two readings") {
                        try await plant.windows(count: 2) == windows ? () : nil
                    }
                    let before = try await plant.events(TelemetryAggregated.self).count
                    // The instance continues, but knows only one reading.
                    await #expect(throws: KafkaError.self) { try await generation.handle(.idle, registry) }
                    let after = try await plant.events(TelemetryAggregated.self).count
                    #expect(before == 2 * windows)
                    #expect(after == before)
                    let kept = try await plant.windows(count: 2)
                    #expect(kept == windows)
                }
            }
        }
    }

    private static func window(count: Int64) -> TelemetryAggregated {
        TelemetryAggregated(
            tenant: .sunfield,
            site: .sample(30),
            asset: .sample(20),
            tag: "temperature",
            minutes: 1,
            start: .noon,
            count: count,
            average: 1,
            minimum: 1,
            maximum: 1,
            sum: Double(count),
            standardDeviation: 0,
            uncertainCount: 0,
            badCount: 0
        )
    }
}

extension Plant {
    /// The number of stored windows with `count` readings.
    fileprivate func windows(count: Int64) async throws -> Int {
        try await store.database.owner.query("SELECT 1 FROM aggregates WHERE count = \(count)").count
    }

    /// How many windows have one reading when there are no more of them: each partition is taken over in its own time.
    fileprivate func windowsOfOneReading() async throws -> Int {
        var (last, times) = (0, 0)
        return try await eventually("windows", every: .milliseconds(100)) {
            let count = try await windows(count: 1)
            (last, times) = (count, count > 0 && count == last ? times + 1 : 0)
            return times >= 30 ? count : nil
        }
    }

    /// Runs a consumer generation by hand, so that the test controls each step.
    fileprivate func withGeneration(_ body: (inout ConsumerGeneration, KafkaConsumer) async throws -> Void) async throws
    {
        var options = ConsumerGeneration.consumerOptions
        options.revocationLimit = .milliseconds(200)
        let consumer = try KafkaConsumer(
            daemon.settings.kafka,
            group: ConsumerGeneration.group,
            topics: [Topic.telemetryRaw.name],
            options: options
        )
        let transactions = try await KafkaTransactions(daemon.settings.kafka, id: "stream-processor-0")
        var generation = ConsumerGeneration(
            consumer,
            transactions,
            store,
            .sample,
            daemon,
            try .committed(),
            now: { clock.now }
        )
        do {
            try await body(&generation, consumer)
        } catch {
            await transactions.close()
            await consumer.close()
            throw error
        }
        await transactions.close()
        await consumer.close()
    }
}

extension ConsumerGeneration {
    /// Handles events until the condition is true.
    fileprivate mutating func goOn(_ consumer: KafkaConsumer, _ registry: Registry, until isSo: () async throws -> Bool)
        async throws
    {
        let deadline = ContinuousClock.now + .seconds(120)
        while try await !isSo() {
            guard ContinuousClock.now < deadline, let event = try await consumer.next() else {
                throw NotReady("the generation came to an end")
            }
            try await handle(event, registry)
        }
    }
}
