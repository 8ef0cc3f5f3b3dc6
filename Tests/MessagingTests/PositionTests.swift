import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Messaging

/// Where a consumer starts to read, and that a consumer that was replaced writes nothing.
@Suite struct PositionTests {
    @Test(
        arguments: [
            // Nothing is stored: facts continue at the group's offset, and a replica starts at the beginning of the log.
            (nil, nil, 9, "", 0, nil),
            (nil, 4, 9, "", 4, nil),
            (nil, 4, 9, "a#1", 0, nil),
            // The stored position wins over the group's offset, which can be behind after a crash or ahead after a database
            // restore.
            (ConsumerPosition(next: 5, replicas: ""), 4, 9, "", 5, nil),
            (ConsumerPosition(next: 5, replicas: "a#1"), 8, 9, "a#1", 5, nil),
            (ConsumerPosition(next: 9, replicas: "a#1"), 9, 9, "a#1", 9, nil),
            (ConsumerPosition(next: 5, replicas: "a#1"), 5, 9, "a#2", 0, .revision),
            (ConsumerPosition(next: 5, replicas: "a#2"), 5, 9, "a#1", 0, .revision),
            (ConsumerPosition(next: 5, replicas: "a#1"), 5, 9, "a#1 b#1", 0, .revision),
            // Another log with the same name.
            (ConsumerPosition(next: 5, replicas: "a#1"), 5, 4, "a#1", 0, .otherLog),
            (ConsumerPosition(next: 5, replicas: ""), nil, 9, "", 0, .noGroup),
            (ConsumerPosition(next: 0, replicas: "a#1"), nil, 9, "a#2", 0, nil),
        ] as [(ConsumerPosition?, Int64?, Int64, String, Int64, ConsumerPosition.Restart?)]
    )
    func aConsumerStartsWhereItsEffectsEnd(
        stored: ConsumerPosition?,
        committed: Int64?,
        end: Int64,
        replicas: String,
        next: Int64,
        restart: ConsumerPosition.Restart?
    ) {
        let start = ConsumerPosition.start(from: stored, committed: committed, end: end, replicas: replicas)
        #expect(start.position == ConsumerPosition(next: next, replicas: replicas))
        #expect(start.restart == restart)
    }

    /// A user is deleted while a stalled instance still holds an older state of that user. The user must not come back.
    @Test func aStalledInstanceThatWasReplacedRestoresNothing() async throws {
        try await Bus.run { bus in
            let gate = Gate()
            let stalled = Replica.consumer(bus, revision: 1) { _ in await gate.pass() }
            let user = Bus.user()
            try await bus.write(user)
            try await bus.running(stalled) {
                try await gate.reached()
                // The instance loses its partitions, and another instance continues.
                let lost = stalled.progress.consumer
                await lost?.close()
                try await bus.write(nil, of: UserState.self, key: user.key)
                let other = Bus.user()
                try await bus.write(other)
                try await bus.running(Replica.consumer(bus, revision: 1)) {
                    _ = try await eventually("the deletion and the other user") {
                        let next: Int64 = try await bus.position(of: .authUsers)
                        return next == 3 ? true : nil
                    }
                    #expect(try await Replica.ids(bus) == [other.id])
                    gate.open()
                    // It has finished the batch that it held, and starts again.
                    _ = try await eventually("the stalled instance to be back") {
                        stalled.progress.consumer === lost ? nil : true
                    }
                    #expect(try await Replica.ids(bus) == [other.id])
                }
            }
            #expect(try await Replica.ids(bus).count == 1)
        }
    }

    /// The group's offset can be ahead of a database that was restored, and behind one whose consumer was killed.
    @Test func aRestoredDatabaseReadsTheLostEventsAgain() async throws {
        try await Bus.run { bus in
            func consumer() -> EventConsumer {
                EventConsumer(bus.database, bus.daemon).on(SessionEnded.self) { try await Bus.note($0, $1) }
            }
            for _ in 0..<3 { try await bus.write(Bus.session()) }
            let first = consumer()
            let last = [TopicPartition(topic: SessionEnded.topic.name, partition: 0): Int64(3)]
            try await bus.running(first) {
                _ = try await eventually("the events") { try await bus.handled().count == 3 ? true : nil }
                // Without the group's offset, all of them are read again.
                _ = try await eventually("the group's offset") { first.progress.news(last).isEmpty ? true : nil }
            }
            // The state after the first event.
            try await bus.database.execute("DELETE FROM handled")
            try await bus.database.execute("DELETE FROM inbox")
            try await bus.database.execute("UPDATE consumer_positions SET next_offset = 1")
            try await bus.running(consumer()) {
                _ = try await eventually("the lost events") { try await bus.handled().count == 2 ? true : nil }
            }
        }
    }

    @Test func eventsWithoutEffectAreNotReadAgainAfterARestart() async throws {
        try await Bus.run { bus in
            let consumer = EventConsumer(bus.database, bus.daemon)
                .on(SessionEnded.self, where: { _ in false }) { try await Bus.note($0, $1) }
            for _ in 0..<3 { try await bus.write(Bus.session()) }
            try await bus.write([0, 0, 0, 0, 17, 1], of: SessionEnded.self, key: "k")
            try await bus.running(consumer) {
                _ = try await eventually("the position") {
                    try await bus.position(of: .authSessions) == 4 ? true : nil
                }
                try await bus.write(Bus.session())
                _ = try await eventually("the position") {
                    try await bus.position(of: .authSessions) == 5 ? true : nil
                }
            }
        }
    }
}

/// Replicas of other services' state.
@Suite struct ReplicaTests {
    /// A new release stores more fields of a user.
    @Test func aNewRevisionRefillsAllRowsWhileTheServiceServes() async throws {
        try await Bus.run { bus in
            let users = (0..<50).map { _ in Bus.user() }
            for user in users { try await bus.write(user) }
            let gone = Bus.user()
            try await bus.write(gone)
            try await bus.write(nil, of: UserState.self, key: gone.key)
            try await bus.running(Replica.consumer(bus, revision: 1)) {
                _ = try await eventually("the users") { try await Replica.ids(bus).count == 50 ? true : nil }
            }
            try await bus.database.asOwner("ALTER TABLE handled ADD COLUMN email text")
            let gate = Gate()
            let filling = Replica.consumer(bus, revision: 2, storesEmail: true) { _ in await gate.pass() }
            try await bus.running(filling) {
                try await gate.reached()
                // The old rows stay available during this time, and the service answers.
                try filling.check()
                #expect(try await Replica.ids(bus).count == 50)
                gate.open()
                _ = try await eventually("every row") { try await Replica.emails(bus) == 50 ? true : nil }
                let new = Bus.user()
                try await bus.write(new)
                #expect(await filling.catchUp(with: .authUsers, within: .seconds(120)))
                #expect(try await Replica.emails(bus) == 51)
            }
            #expect(Set(try await Replica.ids(bus)).isSuperset(of: users.map(\.id)))
            // The refill is not repeated at every start.
            let before = gate.passed
            let again = Replica.consumer(bus, revision: 2, storesEmail: true) { _ in await gate.pass() }
            try await bus.running(again) {
                try await bus.write(Bus.user())
                _ = try await eventually("a new user") { try await Replica.emails(bus) == 52 ? true : nil }
            }
            #expect(gate.passed == before + 1)
        }
    }

    /// During a rollout, old and new instances hold the partitions in turn. In the end every row has the newer revision.
    @Test func aReplicaEndsWithTheRevisionOfTheCurrentInstance() async throws {
        try await Bus.run { bus in
            try await bus.database.asOwner("ALTER TABLE handled ADD COLUMN email text")
            try await bus.write(Bus.user())
            try await bus.running(Replica.consumer(bus, revision: 2, storesEmail: true)) {
                _ = try await eventually("the first user") { try await Replica.emails(bus) == 1 ? true : nil }
            }
            try await bus.write(Bus.user())
            try await bus.running(Replica.consumer(bus, revision: 1)) {
                _ = try await eventually("the second user") { try await Replica.ids(bus).count == 2 ? true : nil }
            }
            try await bus.running(Replica.consumer(bus, revision: 2, storesEmail: true)) {
                _ = try await eventually("both") { try await Replica.emails(bus) == 2 ? true : nil }
            }
        }
    }

    @Test func aRecreatedLogIsReadFromItsBeginning() async throws {
        try await Bus.run { bus in
            try await bus.write(Bus.user())
            try await bus.database.execute(
                """
                INSERT INTO consumer_positions
                SELECT 'test', 'auth.users', n, 1000, 'auth.user.v1#1' FROM generate_series(0, 2) n
                """
            )
            try await bus.running(Replica.consumer(bus, revision: 1)) {
                _ = try await eventually("the user") { try await Replica.ids(bus).count == 1 ? true : nil }
            }
        }
    }

    @Test func aRecordWithAnInvalidKeyBecomesADeadLetter() async throws {
        try await Bus.run { bus in
            try await bus.write(nil, of: UserState.self, key: "nobody")
            try await bus.write(Bus.user())
            // The two are in different partitions: which one is handled first is not known.
            try await bus.running(Replica.consumer(bus, revision: 1)) {
                _ = try await eventually("the user") { try await Replica.ids(bus).count == 1 ? true : nil }
                let letters = try await bus.records(Topic.authUsers.deadLetters, atLeast: 1)
                #expect(letters.map { $0.header("dlq_reason") } == ["the key is not one of auth.user"])
            }
        }
    }

    /// It would stay there after they were erased.
    @Test func aDeadLetterOfAUserDoesNotTellWhoTheyAre() async throws {
        try await Bus.run { bus in
            let user = Bus.user()
            let bytes = try EventCodec.committed().encode(user)
            try await bus.write(Array(bytes.dropLast()), of: UserState.self, key: user.key)
            try await bus.write(Bus.user())
            try await bus.running(Replica.consumer(bus, revision: 1)) {
                _ = try await eventually("the other user") { try await Replica.ids(bus).count == 1 ? true : nil }
                let letters = try await bus.records(Topic.authUsers.deadLetters, atLeast: 1)
                #expect(letters.map(\.value) == [nil] && letters[0].header("dlq_cut") == "value")
                #expect(letters[0].key == Array(user.key.utf8) && letters[0].header("dlq_offset") == "0")
            }
        }
    }
}

/// A replica of users in the table `handled`, as an old and a new release keep it.
private enum Replica {
    static func consumer(
        _ bus: Bus,
        revision: Int,
        storesEmail: Bool = false,
        before: @escaping @Sendable (UserState) async -> Void = { _ in }
    ) -> EventConsumer {
        EventConsumer(bus.database, bus.daemon).replica(UserState.self, revision: revision) { user, tx in
            await before(user)
            try await tx.execute("DELETE FROM handled WHERE session_id = \(user.id)")
            if storesEmail {
                try await tx.execute("INSERT INTO handled VALUES (\(user.id), 'user', \(user.email))")
            } else {
                try await tx.execute("INSERT INTO handled VALUES (\(user.id), 'user')")
            }
        } remove: { (id: UserID, tx) in
            try await tx.execute("DELETE FROM handled WHERE session_id = \(id)")
        }
    }

    static func ids(_ bus: Bus) async throws -> [UserID] {
        try await bus.database.query("SELECT session_id FROM handled").map { try $0["session_id"] }
    }

    static func emails(_ bus: Bus) async throws -> Int64 {
        try await bus.database.first("SELECT count(email) AS n FROM handled")?["n"] ?? 0
    }
}

/// Makes callers wait until it is opened.
private final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var arrived = 0
        var passed = 0
    }

    private let state = Mutex(State())

    /// How many callers have passed.
    var passed: Int { state.withLock { $0.passed } }

    func pass() async {
        state.withLock { $0.arrived += 1 }
        // This must not be cancelled, because a stalled process would not notice either.
        while !state.withLock({ $0.isOpen }) {
            await Task.detached { try? await Task.sleep(for: .milliseconds(5)) }.value
        }
        state.withLock { $0.passed += 1 }
    }

    /// Waits until a caller has arrived.
    func reached() async throws {
        try await eventually("a caller at the gate") { state.withLock { $0.arrived == 0 ? nil : () } }
    }

    func open() { state.withLock { $0.isOpen = true } }
}

extension Bus {
    /// The position up to which the consumer's effects are stored, summed over all partitions.
    fileprivate func position(of topic: Topic) async throws -> Int64 {
        let row = try await database.first(
            "SELECT COALESCE(sum(next_offset), 0)::bigint AS n FROM consumer_positions WHERE topic = \(topic.name)"
        )
        return try row?["n"] ?? 0
    }
}
