import Access
import AsyncHTTPClient
import EventSchema
import Foundation
import Identifiers
import Kafka
import LocalServers
import NIOCore
import NIOHTTP1
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// How the fleet does, as the gateway shows it.
@Suite struct FleetTests {
    @Test func anInstanceIsSilentAfterHalfAMinuteAndGoneAfterAnHour() {
        var view = FleetView()
        view.learn(.sample("auth/a/1"))
        view.learn(.sample("auth/b/1", isReady: false))
        func states(after seconds: TimeInterval) -> [FleetInstance.State] {
            view.instances(at: Date.noon + seconds).map(\.state)
        }
        #expect(states(after: 0) == [.ready, .notReady])
        #expect(states(after: 29.9) == [.ready, .notReady])
        #expect(states(after: 30) == [.silent, .silent])
        #expect(states(after: 3599) == [.silent, .silent])
        #expect(states(after: 3600) == [])
        // It is left in the log for long enough that every gateway has seen it.
        #expect(view.expired(at: Date.noon + 86_399) == [])
        #expect(view.expired(at: Date.noon + 86_400) == ["auth/a/1", "auth/b/1"])
        view.learn(.sample("auth/a/1", at: Date.noon + 3600))
        #expect(states(after: 3600) == [.ready])
        view.forget("auth/a/1")
        #expect(states(after: 3600) == [])
    }

    @Test func theAPIDocumentIsUpToDate() throws {
        try RouteContract("gateway", FleetRoutes.described()).isCommitted()
    }

    @Test func theFleetIsBounded() {
        var view = FleetView()
        for number in 0..<(FleetView.capacity + 10) { view.learn(.sample("auth/\(number)")) }
        #expect(view.instances(at: .noon).count == FleetView.capacity)
        view.learn(.sample("auth/7", isReady: false))
        #expect(view.instances(at: .noon).count { $0.state == .notReady } == 1)
    }

    @Test func onlyThoseWhoRunTheInstallationSeeTheFleet() async throws {
        try await LiveSite.run { site in
            let now = Date()
            var lagging = InstanceHealth.sample("auth/b/1", at: now)
            lagging.lags = [TopicLag(topic: "audit.events", records: 7)]
            (lagging.deadLetters, lagging.reason) = (2, "redis: no answer")
            let told = [InstanceHealth.sample("auth/a/1", at: now - 60), lagging]
            site.authority.grant("watcher", [Grant(.platformRead)])
            site.authority.grant("manager", [Grant(.workOrderRead)])
            try await site.gateway { gateway in
                let operators = try await site.token(roles: ["watcher"])
                try await gateway.daemon.ensureTopics([.fleetHealth])
                try await site.publish(told)
                let fleet = try await eventually("the fleet") {
                    let answer = try await get(gateway, operators)
                    return answer.items.count == 2 ? answer : nil
                }
                #expect(fleet.items.map { $0["state"] as? String } == ["silent", "ready"])
                #expect(fleet.items[1]["deadLetters"] as? Int == 2)
                #expect(fleet.items[1]["reason"] as? String == "redis: no answer")
                #expect((fleet.items[1]["lags"] as? [[String: Any]])?.first?["records"] as? Int == 7)
                // A tombstone: it has ended in an orderly way.
                let key = Array("auth/b/1".utf8)
                try await site.producer.send(
                    KafkaRecord(topic: Topic.fleetHealth.name, key: key, value: nil)
                )
                _ = try await eventually("its end") { try await get(gateway, operators).items.count == 1 ? true : nil }
                let refused = try await get(gateway, try await site.token(roles: ["manager"]))
                #expect(refused.status == 403 && refused.text.contains("platform:read"), "\(refused.text)")
                #expect(try await get(gateway, "").status == 401)
                #expect(try await get(gateway, operators, "?zz=1").status == 400)
            }
        }
    }

    /// JSON is not `Sendable`, and goes from one task to the next here.
    private struct Answer: @unchecked Sendable {
        var status: Int
        var items: [[String: Any]]
        var text: String
    }

    private func get(_ gateway: LiveGateway, _ token: String, _ query: String = "") async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(gateway.port)/api/v1/operations/fleet\(query)")
        if !token.isEmpty { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let data = Data(try await response.body.collect(upTo: 1 << 20).readableBytesView)
        let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        return Answer(
            status: Int(response.status.code),
            items: object?["instances"] as? [[String: Any]] ?? [],
            text: String(decoding: data, as: UTF8.self)
        )
    }
}

extension InstanceHealth {
    fileprivate static func sample(_ instance: String, isReady: Bool = true, at time: Date = .noon) -> InstanceHealth {
        InstanceHealth(
            instance: instance,
            daemon: "auth",
            isReady: isReady,
            reason: nil,
            lags: [],
            waitingSince: nil,
            deadLetters: nil,
            refusedEvents: nil,
            startedAt: .noon,
            at: time
        )
    }
}
