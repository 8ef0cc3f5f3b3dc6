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

/// Where a consumer begins, and that one who was replaced writes nothing.
@Suite struct PositionTests {
    @Test(
        arguments: [
            // Nothing is known: facts go on where the group is, a replica begins with the log.
            (nil, nil, 9, "", 0, nil),
            (nil, 4, 9, "", 4, nil),
            (nil, 4, 9, "a#1", 0, nil),
            // What is stored counts, whatever the group has committed: less after a crash, more over a restored database.
            (ConsumerPosition(next: 5, replicas: ""), 4, 9, "", 5, nil),
            (ConsumerPosition(next: 5, replicas: "a#1"), 8, 9, "a#1", 5, nil),
            (ConsumerPosition(next: 9, replicas: "a#1"), 9, 9, "a#1", 9, nil),
            (ConsumerPosition(next: 5, replicas: "a#1"), 5, 9, "a#2", 0, .revision),
            (ConsumerPosition(next: 5, replicas: "a#2"), 5, 9, "a#1", 0, .revision),
            (ConsumerPosition(next: 5, replicas: "a#1"), 5, 9, "a#1 b#1", 0, .revision),
            // Another log under the same name.
            (ConsumerPosition(next: 5, replicas: "a#1"), 5, 4, "a#1", 0, .otherLog),
            (ConsumerPosition(next: 5, replicas: ""), nil, 9, "", 0, .noGroup),
            (ConsumerPosition(next: 0, replicas: "a#1"), nil, 9, "a#2", 0, nil),
        ] as [(ConsumerPosition?, Int64?, Int64, String, Int64, ConsumerPosition.Restart?)]
    )
    func itBeginsWhereItsEffectsEnd(
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

    /// A user is deleted while an instance stands still that has read of him: he must not come back.
    @Test func whoWasReplacedWhileHeStoodStillBringsNothingBack() async throws {
        try await Bus.run { bus in
            let gate = Gate()
            let stalled = Replica.consumer(bus, revision: 1) { _ in await gate.pass() }
            let user = Bus.user()
            try await bus.write(user)
            try await bus.running(stalled) {
                try await gate.reached()
                // The group takes its partitions away, and another instance goes on.
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
                    // It is through with what it held, and begins anew.
                    _ = try await eventually("the stalled one to be back") {
                        stalled.progress.consumer === lost ? nil : true
                    }
                    #expect(try await Replica.ids(bus) == [other.id])
                }
            }
            #expect(try await Replica.ids(bus).count == 1)
        }
    }

    /// The log's own offset may be ahead of a database that was restored, and behind one whose consumer was killed.
    @Test func aRestoredDatabaseReadsAgainWhatItHasLost() async throws {
        try await Bus.run { bus in
            func consumer() -> EventConsumer {
                EventConsumer(bus.database, bus.daemon).on(SessionEnded.self) { try await Bus.note($0, $1) }
            }
            for _ in 0..<3 { try await bus.write(Bus.session()) }
            try await bus.running(consumer()) {
                _ = try await eventually("the events") { try await bus.handled().count == 3 ? true : nil }
            }
            // As it was after the first event.
            try await bus.database.execute("DELETE FROM handled")
            try await bus.database.execute("DELETE FROM inbox")
            try await bus.database.execute("UPDATE consumer_positions SET next_offset = 1")
            try await bus.running(consumer()) {
                _ = try await eventually("the lost events") { try await bus.handled().count == 2 ? true : nil }
            }
        }
    }

    @Test func whatHasNoEffectIsNotReadAgainAfterEveryRestart() async throws {
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
    /// A release stores more of a user than the one before.
    @Test func aRaisedRevisionFillsEveryOldRowWhileTheServiceServes() async throws {
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
                // What it has is there meanwhile, and nobody is sent away.
                try filling.check()
                #expect(try await Replica.ids(bus).count == 50)
                gate.open()
                _ = try await eventually("every row") { try await Replica.emails(bus) == 50 ? true : nil }
                let new = Bus.user()
                try await bus.write(new)
                #expect(await filling.catchUp(with: .authUsers, within: .seconds(10)))
                #expect(try await Replica.emails(bus) == 51)
            }
            #expect(Set(try await Replica.ids(bus)).isSuperset(of: users.map(\.id)))
            // And not once more with every start.
            let before = gate.passed
            let again = Replica.consumer(bus, revision: 2, storesEmail: true) { _ in await gate.pass() }
            try await bus.running(again) {
                try await bus.write(Bus.user())
                _ = try await eventually("a new user") { try await Replica.emails(bus) == 52 ? true : nil }
            }
            #expect(gate.passed == before + 1)
        }
    }

    /// While a release is rolled out, instances of both hold the partitions in turn: in the end every row is the newer one's.
    @Test func aReplicaIsOfTheRevisionOfWhoHasItsPartition() async throws {
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

    @Test func aLogThatBeganAnewIsReadFromItsBeginning() async throws {
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

    @Test func aKeyThatIsNoneIsBuried() async throws {
        try await Bus.run { bus in
            try await bus.write(nil, of: UserState.self, key: "nobody")
            try await bus.write(Bus.user())
            try await bus.running(Replica.consumer(bus, revision: 1)) {
                _ = try await eventually("the user") { try await Replica.ids(bus).count == 1 ? true : nil }
            }
            let letters = try await bus.records(Topic.authUsers.deadLetters, atLeast: 1)
            #expect(letters.map { $0.header("dlq_reason") } == ["the key is not one of auth.user"])
        }
    }
}

/// A replica of users in `handled`: as one release keeps it, and as the next.
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

/// Holds up who comes to it until it is opened.
private final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var arrived = 0
        var passed = 0
    }

    private let state = Mutex(State())

    /// How many have gone through.
    var passed: Int { state.withLock { $0.passed } }

    func pass() async {
        state.withLock { $0.arrived += 1 }
        // Not to be cancelled: a process that stands still hears nothing.
        while !state.withLock({ $0.isOpen }) {
            await Task.detached { try? await Task.sleep(for: .milliseconds(5)) }.value
        }
        state.withLock { $0.passed += 1 }
    }

    /// Waits until somebody is there.
    func reached() async throws {
        try await eventually("somebody at the gate") { state.withLock { $0.arrived == 0 ? nil : () } }
    }

    func open() { state.withLock { $0.isOpen = true } }
}

extension Bus {
    /// How far the consumer's effects go, over all partitions.
    fileprivate func position(of topic: Topic) async throws -> Int64 {
        let row = try await database.first(
            "SELECT COALESCE(sum(next_offset), 0)::bigint AS n FROM consumer_positions WHERE topic = \(topic.name)"
        )
        return try row?["n"] ?? 0
    }
}
