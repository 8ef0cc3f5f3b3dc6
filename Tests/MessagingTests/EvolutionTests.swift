import Avro
import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Postgres
import ServiceKit
import Testing

@testable import Messaging

/// A fleet with different builds: a topic holds events of the previous, the current and the next build.
@Suite struct EvolutionTests {
    @Test(arguments: [1, 2, 3])
    func factsOfEveryBuildAreReadByEveryBuild(reader: Int) async throws {
        let arrived = try await outcome(reader, .handled) { bus in
            try await bus.write(
                [.init(Builds.Fact1(id: "a", level: .low)), .init(Builds.Fact1(id: "b", level: .high))],
                1
            )
            try await bus.write(
                [
                    .init(Builds.Fact2(id: "c", level: .low, note: nil)),
                    .init(Builds.Fact2(id: "d", level: .medium, note: "n")),
                ],
                2
            )
            try await bus.write(
                [
                    .init(Builds.Fact3(id: "e", level: .high, note: nil, unit: "V")),
                    .init(Builds.Fact3(id: "f", level: .critical, note: nil, unit: "V")),
                ],
                3
            )
        }
        let medium = reader >= 2 ? "medium" : "unknown"
        let critical = reader >= 3 ? "critical" : "unknown"
        #expect(arrived.rows == ["a low", "b high", "c low", "d \(medium)", "e high", "f \(critical)"])
        #expect(arrived.unknownSymbols == Double([2, 1, 0][reader - 1]))
        #expect(arrived.letters.isEmpty)
    }

    @Test(arguments: [1, 2, 3])
    func statesOfEveryBuildAreReadByEveryBuild(reader: Int) async throws {
        let arrived = try await outcome(reader, .handled) { bus in
            try await bus.write(
                [.init(Builds.State1(id: "a", level: .low)), .init(Builds.State1(id: "b", level: .high))],
                1
            )
            try await bus.write([.init(Builds.State2(id: "b", level: .medium, note: "n"))], 2)
            try await bus.write([.init(Builds.State3(id: "c", level: .critical, note: nil, unit: "V"))], 3)
            try await bus.write([.init(Builds.State3(id: "d", level: .low, note: nil, unit: "V"))], 3)
            try await bus.write([.init(deleting: Builds.State3.self, "d")], 3)
            // After a rollback, the older build overwrites states of the newer one.
            try await bus.write([.init(Builds.State1(id: "e", level: .low))], 1)
        }
        let medium = reader >= 2 ? "medium" : "unknown"
        let critical = reader >= 3 ? "critical" : "unknown"
        #expect(arrived.rows == ["a low", "b \(medium)", "c \(critical)", "e low"])
        #expect(arrived.unknownSymbols == Double([2, 1, 0][reader - 1]))
        #expect(arrived.letters.isEmpty)
    }

    /// This is the default: a handler can also declare that it handles unknown symbols.
    @Test func anUnknownSymbolIsRefusedWithItsName() async throws {
        let arrived = try await outcome(1, .refused) { bus in
            try await bus.write([.init(Builds.Fact3(id: "e", level: .critical, note: nil, unit: "V"))], 3)
            try await bus.write([.init(Builds.State3(id: "c", level: .critical, note: nil, unit: "V"))], 3)
            try await bus.write([.init(Builds.Fact3(id: "f", level: .low, note: nil, unit: "V"))], 3)
            try await bus.write([.init(Builds.State3(id: "d", level: .low, note: nil, unit: "V"))], 3)
        }
        #expect(arrived.rows == ["d low", "f low"])
        #expect(arrived.unknownSymbols == 2)
        #expect(
            arrived.letters.sorted() == [
                "level: critical is no FactLevel that this version knows",
                "level: critical is no StateLevel that this version knows",
            ]
        )
    }

    /// The rows that a build has stored after it has read everything.
    private func outcome(
        _ reader: Int,
        _ unknown: EventConsumer.UnknownSymbols,
        _ write: @escaping @Sendable (FleetOfBuilds) async throws -> Void
    ) async throws -> (rows: [String], unknownSymbols: Double, letters: [String]) {
        try await Bus.value { bus in
            let fleet = FleetOfBuilds(bus: bus)
            let exchange = try fleet.exchange(reader)
            let consumer = try fleet.consumer(reader, unknown, exchange)
            try await write(fleet)
            try await bus.running(exchange, consumer) {
                _ = try await eventually("the consumer") { (try? consumer.check()).map { true } }
                for topic in [Topic.authSessions, .authKeys] {
                    #expect(await consumer.catchUp(with: topic, within: .seconds(120)))
                }
            }
            var letters: [String] = []
            for topic in [Topic.authSessions, .authKeys] {
                letters += try await bus.records(topic.deadLetters, atLeast: 0).compactMap { $0.header("dlq_reason") }
            }
            let unknown = bus.daemon.metrics.counter("events_unknown_symbols_total", "").total
            return (try await bus.handled(), unknown, letters)
        }
    }

    // MARK: - Unknown schemas

    /// Only its partition waits.
    @Test func anEventOfAnUnknownSchemaWaitsAndOthersContinue() async throws {
        try await Bus.run { bus in
            let fleet = FleetOfBuilds(bus: bus)
            let exchange = try fleet.exchange(1)
            let consumer = try fleet.consumer(1, .handled, exchange)
            try await fleet.write([.init(Builds.Fact1(id: "a", level: .low))], 1, announcing: false)
            let newer = Builds.Fact3(id: "b", level: .low, note: nil, unit: "V")
            try await fleet.write([.init(newer)], 3, announcing: false)
            try await fleet.write([.init(Builds.Fact1(id: "c", level: .low))], 1, announcing: false)
            try await bus.running(exchange, consumer) {
                _ = try await eventually("the wait to be reported") {
                    isReady(consumer, elseSays: "auth.sessions/0 at 1 for schema 1003")
                }
                // Events of another topic are still handled.
                try await fleet.write([.init(Builds.State1(id: "d", level: .high))], 1, announcing: false)
                _ = try await eventually("the other topic") {
                    try await bus.handled() == ["a low", "d high"] ? true : nil
                }
                #expect(await !consumer.catchUp(with: .authSessions, within: .milliseconds(200)))
                // The newer build finally publishes the schemas that it writes with.
                try await fleet.announce(3)
                _ = try await eventually("all of them") {
                    try await bus.handled() == ["a low", "b low", "c low", "d high"] ? true : nil
                }
                _ = try await eventually("readiness") { (try? consumer.check()).map { true } }
                #expect(await consumer.catchUp(with: .authSessions, within: .seconds(120)))
            }
            let letters = try await bus.records(Topic.authSessions.deadLetters, atLeast: 0)
            #expect(letters.isEmpty)
        }
    }

    /// The way out if a schema never arrives: a person deletes its record in `fleet.schemas`, even if there is none.
    @Test func aSchemaThatIsGivenUpIsNoLongerWaitedFor() async throws {
        try await Bus.run { bus in
            let consumer = EventConsumer(bus.database, bus.daemon).on(SessionEnded.self) { try await Bus.note($0, $1) }
            try await bus.write([0, 0, 0, 0, 99, 1, 2], of: SessionEnded.self, key: "k")
            try await bus.write(Bus.session())
            try await bus.running(bus.daemon.schemas, consumer) {
                _ = try await eventually("the wait to be reported") { isReady(consumer, elseSays: "for schema 99") }
                try await bus.send(KafkaRecord(topic: Topic.schemas.name, key: Array("99".utf8), value: nil))
                _ = try await eventually("the event behind it") { try await bus.handled().count == 1 ? true : nil }
                _ = try await eventually("readiness") { (try? consumer.check()).map { true } }
            }
            let letters = try await bus.records(Topic.authSessions.deadLetters, atLeast: 1)
            #expect(letters.map { $0.header("dlq_reason") } == ["the value names schema 99, which is given up"])
        }
    }

    @Test func unknownEventsAreCountedAndUnwantedOnesAreNot() async throws {
        try await Bus.run { bus in
            let fleet = FleetOfBuilds(bus: bus)
            let consumer = EventConsumer(bus.database, bus.daemon).on(SessionEnded.self) { try await Bus.note($0, $1) }
            // An event of a type that this build doesn't know, on a topic that it reads.
            try await fleet.write([.init(Builds.Fact1(id: "a", level: .low))], 1)
            try await bus.write(Bus.session())
            try await bus.running(bus.daemon.schemas, consumer) {
                _ = try await eventually("the event") { try await bus.handled().count == 1 ? true : nil }
            }
            let counter = bus.daemon.metrics.counter("events_unknown_total", "", ["topic": "auth.sessions"])
            #expect(counter.total == 1)
        }
    }

    /// A tool that writes to the wrong topic must not change the records of that topic's owner.
    @Test func anEventOnAnotherEventsTopicIsRefused() async throws {
        try await Bus.run { bus in
            let consumer = EventConsumer(bus.database, bus.daemon)
                .on(SessionEnded.self) { try await Bus.note($0, $1) }
                .replica(
                    UserState.self,
                    revision: 1,
                    put: { user, tx in try await tx.execute("INSERT INTO handled VALUES (\(user.id), 'user')") },
                    remove: { (_: UserID, _) in }
                )
            let user = Bus.user()
            try await bus.send(
                KafkaRecord(
                    topic: Topic.authSessions.name,
                    key: Array(user.key.utf8),
                    value: try EventCodec.committed().encode(user),
                    headers: Bus.headers(UserState.name)
                )
            )
            try await bus.write(Bus.session())
            try await bus.running(consumer) {
                _ = try await eventually("the event") { try await bus.handled() == ["handled"] ? true : nil }
            }
            let letters = try await bus.records(Topic.authSessions.deadLetters, atLeast: 1)
            #expect(letters.map { $0.header("dlq_reason") } == ["\(UserState.name) belongs to auth.users"])
        }
    }

    /// The last check is in the database layer, in case a handler that accepts unknown symbols tries to store one.
    @Test func anUnknownSymbolIsNeverStored() async throws {
        try await Bus.run { bus in
            await #expect(throws: PostgresError.self) {
                try await bus.database.execute("INSERT INTO handled (note) VALUES (\(AssetStatus.unknown))")
            }
            await #expect(throws: PostgresError.self) {
                try await bus.database.execute("SELECT 1 WHERE 'x' = ANY(\(PostgresArray([AssetStatus.unknown])))")
            }
            let error = await #expect(throws: PostgresError.self) {
                try await bus.database.execute("INSERT INTO handled (note) VALUES (\(AssetStatus?.some(.unknown)))")
            }
            #expect(error?.description == "the AssetStatus is not known to this version")
            #expect(error.map { Fault($0) } == .record)
        }
    }
}

func isReady(_ consumer: EventConsumer, elseSays words: String) -> Bool? {
    do {
        try consumer.check()
        return nil
    } catch {
        return "\(error)".contains(words) ? true : nil
    }
}

/// Daemons of different builds that share one log.
struct FleetOfBuilds: Sendable {
    let bus: Bus

    /// A type-erased event.
    struct Written: Sendable {
        var type: String
        var topic: Topic
        var key: String
        var value: @Sendable (EventCodec) throws -> [UInt8]?

        init<E: Event>(_ event: E) {
            (type, topic, key) = (E.name, E.topic, event.key)
            value = { try $0.encode(event) }
        }

        init<E: Event>(deleting _: E.Type, _ key: String) {
            (type, topic, self.key) = (E.name, E.topic, key)
            value = { _ in nil }
        }
    }

    func exchange(_ version: Int) throws -> SchemaExchange {
        let catalog = try Builds.catalog(version)
        return SchemaExchange(bus.daemon.settings.kafka, catalog: .success(catalog), logger: bus.daemon.logger)
    }

    /// Publishes the schemas of a build, as its daemon does at its start.
    func announce(_ version: Int) async throws {
        let exchange = try exchange(version)
        let told = Set(try Builds.catalog(version).entries.map { "\($0.id)" })
        try await bus.running(exchange) {
            _ = try await eventually("the schemas") {
                let keys = try await bus.records(.schemas, atLeast: 0).map {
                    String(decoding: $0.key ?? [], as: UTF8.self)
                }
                return told.isSubset(of: keys) ? true : nil
            }
        }
    }

    /// Writes events as the given build does.
    func write(_ events: [Written], _ version: Int, announcing: Bool = true) async throws {
        let codec = EventCodec(catalog: try Builds.catalog(version))
        for event in events {
            try await bus.send(
                KafkaRecord(
                    topic: event.topic.name,
                    key: Array(event.key.utf8),
                    value: try event.value(codec),
                    headers: Bus.headers(event.type)
                )
            )
        }
        if announcing { try await announce(version) }
    }

    /// The consumer of a build. It stores a row `<id> <level>` for each fact and each state.
    func consumer(
        _ version: Int,
        _ unknown: EventConsumer.UnknownSymbols,
        _ exchange: SchemaExchange
    ) throws -> EventConsumer {
        let consumer = EventConsumer(bus.database, bus.daemon, group: "build-\(version)", codec: try exchange.codec())
        return switch version {
        case 1: Self.keeping(Builds.Fact1.self, Builds.State1.self, unknown, consumer)
        case 2: Self.keeping(Builds.Fact2.self, Builds.State2.self, unknown, consumer)
        default: Self.keeping(Builds.Fact3.self, Builds.State3.self, unknown, consumer)
        }
    }

    private static func keeping<Fact: Gauge, State: Gauge>(
        _: Fact.Type,
        _: State.Type,
        _ unknown: EventConsumer.UnknownSymbols,
        _ consumer: EventConsumer
    ) -> EventConsumer {
        consumer
            .on(Fact.self, unknown: unknown) { delivery, tx in
                let event = delivery.event
                try await tx.execute("INSERT INTO handled (note) VALUES (\("\(event.id) \(event.level.rawValue)"))")
            }
            .replica(
                State.self,
                revision: 1,
                unknown: unknown,
                put: { state, tx in
                    try await tx.execute("DELETE FROM handled WHERE note LIKE \("\(state.id) %")")
                    try await tx.execute("INSERT INTO handled (note) VALUES (\("\(state.id) \(state.level.rawValue)"))")
                },
                remove: { (key: String, tx) in try await tx.execute("DELETE FROM handled WHERE note LIKE \("\(key) %")")
                }
            )
    }
}
