import Access
import EventSchema
import Foundation
import Identifiers
import NIOCore
import NIOEmbedded
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// However fast a client reads, and wherever it continues: it gets each message once, in the order of its partition.
@Suite struct LiveShardTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func nothingIsMissedAndNothingComesTwice(seed: UInt64) async throws {
        let shard = try await Shard(recent: 1000)
        var random = Seeded(seed)
        var (next, expected) = ([0, 0, 0] as [Int64], [[], [], []] as [[Int64]])
        var client = shard.client()
        var got: [[Int64]] = [[], [], []]
        /// Looks at what has come, and what it says about where the client is.
        func take() throws -> LiveCursor? {
            var cursor: LiveCursor?
            for frame in client.outlet.taken() {
                let message = try #require(frame.json)
                if let text = message["cursor"] as? String {
                    let place: LiveCursor = try #require(LiveCursor(text))
                    cursor = place
                }
                guard message["type"] as? String == "event" else { continue }
                let version = try #require(message["version"] as? Int64 ?? (message["version"] as? Int).map(Int64.init))
                got[Int(version % 3)].append(version / 3)
            }
            return cursor
        }
        client.subscribe(nil)
        var cursor = try #require(try take())
        for _ in 0..<300 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let partition = Int.random(in: 0..<3, using: &random)
                // Now and then a record that is not for this client.
                let tenant: TenantID = Int.random(in: 0..<5, using: &random) == 0 ? .windward : .sunfield
                shard.enqueue(partition: partition, offset: next[partition], of: tenant)
                if tenant == .sunfield { expected[partition].append(next[partition]) }
                next[partition] += 1
            case 5: shard.run()
            case 6: client.outlet.room = 0
            case 7:
                client.outlet.room = Int.random(in: 1...20, using: &random)
                client.drained()
            case 8:
                shard.run()
                cursor = try take() ?? cursor
            default:
                // The connection breaks: what was on the way and has not been read is lost, and the client continues.
                shard.run()
                client.outlet.room = 0
                cursor = try take() ?? cursor
                client.leave()
                client = shard.client()
                client.outlet.room = Int.random(in: 1...20, using: &random)
                client.subscribe(cursor)
            }
        }
        shard.run()
        client.outlet.room = .max
        client.drained()
        shard.run()
        _ = try take()
        #expect(got == expected, "seed \(seed)")
    }

    /// Instances read the log at different speeds: a client that comes from a faster one waits for the slower one, without a message.
    @Test func aClientThatIsAheadGetsOnlyWhatIsNew() async throws {
        let shard = try await Shard(recent: 1000)
        for offset in 0..<3 as Range<Int64> { shard.enqueue(partition: 0, offset: offset) }
        shard.run()
        var position = LogPosition()
        (position[0, 0], position[0, 1]) = (5, 1)
        let client = shard.client()
        client.subscribe(LiveCursor(position, at: Date()))
        for offset in 3..<5 as Range<Int64> { shard.enqueue(partition: 0, offset: offset) }
        shard.run()
        #expect(client.outlet.taken().compactMap(\.json).allSatisfy { $0["type"] as? String == "subscribed" })
        shard.enqueue(partition: 0, offset: 5)
        shard.run()
        let first = try #require(client.outlet.taken().last?.json)
        #expect(first["version"] as? Int == 15)
        // The other partition is still behind: a cursor that forgot that would bring its record again.
        let cursor = try #require(LiveCursor(first["cursor"] as? String ?? ""))
        #expect((cursor.position[0, 0], cursor.position[0, 1]) == (6, 1))
        shard.enqueue(partition: 1, offset: 0)
        shard.run()
        #expect(client.outlet.taken().isEmpty)
        shard.enqueue(partition: 1, offset: 1)
        shard.run()
        #expect(client.outlet.taken().last?.json?["version"] as? Int == 4)
    }

    @Test func aClientThatCannotBeToldEverythingLoadsAnew() async throws {
        let shard = try await Shard(recent: 1000, replayLimit: 5)
        for offset in 0..<10 as Range<Int64> { shard.enqueue(partition: 0, offset: offset) }
        shard.run()
        var near = LogPosition()
        (near[0, 0], near[1, 0]) = (7, 0)
        var far = near
        far[0, 0] = 1
        let cases: [(LiveCursor, String?)] = [
            (LiveCursor(near, at: Date()), nil), (LiveCursor(far, at: Date()), "too_far_back"),
            (LiveCursor(near, at: Date() - 13 * 3600), "cursor_expired"),
            (LiveCursor(LogPosition(), at: Date()), "cursor_expired"),
        ]
        for (cursor, reason) in cases {
            let client = shard.client()
            client.subscribe(cursor)
            let answer = try #require(client.outlet.taken().first?.json)
            #expect(answer["reason"] as? String == reason)
            #expect(answer["type"] as? String == (reason == nil ? "subscribed" : "reset"))
            // What happens from now on comes in any case.
            let place = try #require(LiveCursor(answer["cursor"] as? String ?? ""))
            #expect(reason == nil || place.position[0, 0] == 10)
        }
    }

    @Test func aGapInTheLogIsTold() async throws {
        let shard = try await Shard(recent: 1000)
        shard.enqueue(partition: 0, offset: 0)
        let client = shard.client()
        client.subscribe(nil)
        shard.run()
        _ = client.outlet.taken()
        var position = LogPosition()
        position[0, 0] = 100
        _ = shard.shard.enqueue(.gap(position))
        shard.enqueue(partition: 0, offset: 100)
        shard.run()
        let messages = client.outlet.taken().compactMap(\.json)
        #expect(messages.map { $0["type"] as? String } == ["reset", "event"])
        #expect(messages.first?["reason"] as? String == "log_lost")
    }
}

/// A shard on a loop that runs when the test says so.
private struct Shard {
    let loop = EmbeddedEventLoop()
    let hub: LiveHub
    let shard: LiveShard
    let authority: TestAuthority
    let credential: Authenticator.Credential
    let principal: Principal

    init(recent: Int, replayLimit: Int64 = 100_000) async throws {
        authority = try await TestAuthority(roles: [LiveSite.everything: Permission.allCases])
        let token = try await authority.token(.anna, of: .sunfield, roles: [LiveSite.everything])
        credential = try await authority.authenticator.credential(token, at: Date())
        principal = try await authority.authenticator.authenticate(token, at: Date())
        var settings = LiveHub.Settings()
        (settings.recent, settings.replayLimit) = (recent, replayLimit)
        hub = try LiveHub(Daemon.forTests("gateway", authority), settings)
        var position = LogPosition()
        for topic in LogPosition.topics.indices { for partition in 0..<3 { position[topic, partition] = 0 } }
        shard = LiveShard(loop, hub, at: position)
    }

    /// Its version says which record it is.
    func enqueue(partition: Int, offset: Int64, of tenant: TenantID = .sunfield) {
        let version = offset * 3 + Int64(partition)
        _ = shard.enqueue(
            .message(
                LiveMessage(
                    kind: .workOrders,
                    tenant: tenant,
                    topic: 0,
                    partition: partition,
                    offset: offset,
                    body: Array(#"{"type":"event","version":\#(version)"#.utf8)
                )
            )
        )
    }

    func run() { loop.run() }

    func client() -> Client { Client(self) }

    struct Client {
        let shard: LiveShard
        let outlet = TestOutlet()
        let subscriber: Subscriber
        let sight: Sight

        init(_ site: Shard) {
            shard = site.shard
            subscriber = Subscriber(outlet, Seat {}, site.credential, site.principal, turn: 0)
            sight = Sight(
                tenant: .sunfield,
                user: .anna,
                filter: LiveFilter(kinds: [.workOrders]),
                authority: site.principal.authority
            )
            shard.add(subscriber)
        }

        func subscribe(_ cursor: LiveCursor?) { shard.subscribe(subscriber, sight, from: cursor) }
        func drained() { shard.drained(subscriber) }
        func leave() { shard.remove(subscriber) }
    }
}

/// A client with room for some messages.
private final class TestOutlet: Outlet {
    let format = LiveFormat.socket
    var room = Int.max
    private var frames: [ByteBuffer] = []

    var isWritable: Bool { room > 0 }
    let isOpen = true
    func write(_ frame: ByteBuffer) {
        frames.append(frame)
        if room < .max { room = max(0, room - 1) }
    }
    func flush() {}
    func beat() {}
    func close(_: LiveEnding) {}

    func taken() -> [ByteBuffer] {
        defer { frames = [] }
        return frames
    }
}

extension ByteBuffer {
    /// The message of a frame.
    fileprivate var json: [String: Any]? {
        let bytes = Array(buffer: self)
        let start = bytes.count > 1 && bytes[1] == 126 ? 4 : 2
        return (try? JSONSerialization.jsonObject(with: Data(bytes.dropFirst(start)))) as? [String: Any]
    }
}
