import Access
import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import Logging
import NIOCore
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// Clients continue where they stopped, at any instance.
@Suite(.timeLimit(.minutes(10))) struct LiveResumeTests {
    /// From the messages that an instance remembers, and from the log when they do not go back far enough.
    @Test(arguments: [1000, 4]) func aClientContinuesAtAnotherInstance(recent: Int) async throws {
        try await LiveSite.run { site in
            var settings = LiveHub.Settings()
            settings.recent = recent
            try await site.gateway { one in
                try await site.gateway(settings) { other in
                    let token = try await site.token()
                    let (first, _) = try await WebSocketClient.following([.workOrders], port: one.port, token: token)
                    // Several records, so that several partitions have some.
                    try await site.publish((40..<46).flatMap { LiveTests.orders(1...2, $0) })
                    let seen = try await first.events(5)
                    first.socket.resetWhenClosed()
                    try await site.publish((40..<46).flatMap { LiveTests.orders(3...9, $0) })
                    _ = try await eventually("the other instance to have read it all") { () async throws -> Bool? in
                        for shard in other.hub.shards where try await !shard.isAt(54) { return nil }
                        return true
                    }
                    let (second, answer) = try await WebSocketClient.following(
                        [.workOrders],
                        port: other.port,
                        token: token,
                        cursor: seen.cursor
                    )
                    #expect(answer["type"] as? String == "subscribed")
                    let rest = try await second.events(54 - 5)
                    let all = seen.records + rest.records
                    #expect(Set(all).count == 54)
                    for id in 40..<46 as Range<UInt8> {
                        let mine = all.filter { $0.id == WorkOrderID.sample(id).description }.map(\.version)
                        #expect(mine == Array(1...9), "in the order of each record")
                    }
                    let replays = recent == 4 ? "1.0" : "0.0"
                    #expect(other.metrics.contains("live_replays_total \(replays)"))
                    // And it goes on.
                    try await site.publish(LiveTests.orders(10...10))
                    #expect(try await second.events(1).records.map(\.version) == [10])
                }
            }
        }
    }

    @Test func aBrowserContinuesByTheIDOfItsLastEvent() async throws {
        try await LiveSite.run { site in
            try await site.gateway { gateway in
                let (token, path) = (try await site.token(), "/api/v1/live?kinds=workorders")
                let first = try await EventClient.open(port: gateway.port, path, token: token)
                _ = try await first.next()
                try await site.publish(LiveTests.orders(1...3))
                let event = try #require(try await first.next())
                #expect(event.json["version"] as? Int == 1)
                let id = try #require(event.id)
                let headers = ["Last-Event-ID: \(id)"]
                let second = try await EventClient.open(port: gateway.port, path, token: token, headers: headers)
                #expect(try await second.next()?.json["type"] as? String == "subscribed")
                #expect(try await second.next()?.json["version"] as? Int == 2)
                #expect(try await second.next()?.json["version"] as? Int == 3)
            }
        }
    }

    /// A cursor of a log that was lost, or that no longer has it.
    @Test func aCursorOfAnotherLogIsReset() async throws {
        try await LiveSite.run { site in
            try await site.publish(LiveTests.orders(1...3))
            var settings = LiveHub.Settings()
            settings.aheadMilliseconds = 50
            try await site.gateway(settings) { gateway in
                let token = try await site.token()
                var position = LogPosition()
                for partition in 0..<3 { position[0, partition] = 1000 }
                let (client, answer) = try await WebSocketClient.following(
                    [.workOrders],
                    port: gateway.port,
                    token: token,
                    cursor: LiveCursor(position, at: Date()).text
                )
                // It could be ahead of this instance: that is asked of the log.
                #expect(answer["type"] as? String == "subscribed")
                let reset = try await client.json()
                #expect((reset["type"] as? String, reset["reason"] as? String) == ("reset", "cursor_expired"))
                try await site.publish(LiveTests.orders(4...4))
                #expect(try await client.events(1).records.map(\.version) == [4])
            }
        }
    }

    /// The gateway is killed while events flow, again and again; the client continues at another one each time.
    @Test func nothingIsLostAndNothingComesTwiceWhenGatewaysAreKilled() async throws {
        let folder = TestServers.directory.appending(path: "live-kill-\(UUID())")
        let first = try await GatewayProcess("live-kill-\(UUID())")
        let site = LiveSite(
            broker: first.broker,
            authority: try await TestAuthority(roles: [:]),
            producer: try KafkaProducer(Self.kafka(first.broker))
        )
        // The key of the first gateway's authority is not ours.
        try await GatewayProcess.publishKey(of: site.authority, to: first.broker)
        let role = RolePolicyState.sample("operator", [.init(.workOrderRead)])
        try await site.publish([role])
        let token = try await site.token()
        let environment = [
            "KAFKA_BOOTSTRAP_SERVERS": first.broker.bootstrap, "REDIS_URL": first.redis.url,
            "GATEWAY_REQUESTS_PER_MINUTE": "100000", "BROWSER_KEYS": String(repeating: "b", count: 32),
        ].merging(Upstream.all.map { ("GATEWAY_\($0.rawValue.variable)_URL", "http://127.0.0.1:1") }) { $1 }
        let ports = try (0..<2).map { _ in try Port.free() }
        var gateways: [DaemonServer] = []
        for port in ports {
            let folder = folder.appending(path: "\(port)")
            gateways.append(try await DaemonServer.start("gateway", port: port, environment: environment, in: folder))
        }
        for gateway in gateways { try await gateway.untilReady() }
        await first.daemon.process.stop()
        // Before the first event: a client without a cursor gets only what comes afterwards.
        let (opening, opened) = try await WebSocketClient.following([.workOrders], port: ports[0], token: token)
        var cursor = try #require(opened["cursor"] as? String)
        opening.socket.resetWhenClosed()
        // Events flow until the last gateway was killed, however slow the machine is.
        let wereKilled = Mutex(false)
        let publisher = Task {
            var version: Int64 = 0
            while !wereKilled.withLock(\.self) || version < 1500 {
                version += 1
                try await site.publish((40..<44).flatMap { LiveTests.orders(version...version, $0) })
                try await Task.sleep(for: .milliseconds(2))
            }
            return Int(version)
        }
        var seen: [String: [Int]] = [:]
        var (turn, kills) = (0, 0)
        var total = Int.max
        while seen.count < 4 || !seen.values.allSatisfy({ $0.count >= total }) {
            let port = ports[turn % 2]
            guard
                let (client, answer) = try? await WebSocketClient.following(
                    [.workOrders],
                    port: port,
                    token: token,
                    cursor: cursor
                )
            else {
                turn += 1
                try await Task.sleep(for: .milliseconds(50))
                continue
            }
            #expect(answer["type"] as? String == "subscribed", "\(answer)")
            var count = 0
            while let message = try? await client.json(within: 10_000) {
                cursor = message["cursor"] as? String ?? cursor
                #expect(message["type"] as? String != "reset", "\(message)")
                guard message["type"] as? String == "event" else { continue }
                seen[message["id"] as? String ?? "", default: []].append(message["version"] as? Int ?? 0)
                count += 1
                if seen.values.allSatisfy({ $0.count >= total }) && seen.count == 4 { break }
                // In the middle of what flows.
                if count == 400, kills < 6 {
                    await gateways[turn % 2].process.kill()
                    kills += 1
                    if kills == 6 {
                        wereKilled.withLock { $0 = true }
                        total = try await publisher.value
                    }
                }
            }
            if !gateways[turn % 2].process.isRunning {
                let folder = folder.appending(path: "\(port)")
                gateways[turn % 2] = try await DaemonServer.start(
                    "gateway",
                    port: port,
                    environment: environment,
                    in: folder
                )
            }
            turn += 1
        }
        #expect(kills == 6)
        for (id, versions) in seen { #expect(versions == Array(1...total), "\(id)") }
        for gateway in gateways { await gateway.process.stop() }
        await site.producer.close()
        await first.stop()
    }

    private static func kafka(_ broker: BrokerServer) -> KafkaSettings {
        KafkaSettings(
            bootstrapServers: broker.bootstrap,
            clientID: "test",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }
}

extension LiveShard {
    /// Whether it has handled that many records of work orders.
    fileprivate func isAt(_ count: Int64) async throws -> Bool {
        try await loop.submit { self.position }.get().offsets[0].reduce(0, +) == count
    }
}
