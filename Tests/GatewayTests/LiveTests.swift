import Access
import EventSchema
import Foundation
import Identifiers
import LocalServers
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// Clients follow what happens, by WebSocket and by server-sent events.
@Suite(.timeLimit(.minutes(10))) struct LiveTests {
    static func orders(_ versions: ClosedRange<Int64>, _ id: UInt8 = 40) -> [WorkOrderState] {
        versions.map { .sample(.sample(id), version: $0) }
    }

    @Test func whatHappensIsToldOverBothProtocols() async throws {
        try await LiveSite.run { site in
            try await site.gateway { gateway in
                let token = try await site.token()
                let (socket, answer) = try await WebSocketClient.following(
                    [.workOrders, .alerts],
                    port: gateway.port,
                    token: token
                )
                #expect(answer["type"] as? String == "subscribed")
                #expect(answer["kinds"] as? [String] == ["alerts", "workorders"])
                let stream = try await EventClient.open(
                    port: gateway.port,
                    "/api/v1/live?kinds=workorders",
                    token: token
                )
                #expect(stream.head.hasPrefix("HTTP/1.1 200"))
                #expect(stream.head.lowercased().contains("content-type: text/event-stream"))
                #expect(try await stream.next()?.json["type"] as? String == "subscribed")
                try await site.publish(Self.orders(1...3))
                let told = try await socket.events(3)
                #expect(told.records.map(\.version) == [1, 2, 3])
                for version in 1...3 {
                    let event = try #require(try await stream.next())
                    #expect(event.json["version"] as? Int == version)
                    let data = event.json["data"] as? [String: Any]
                    #expect(data?["title"] as? String == "Inverter overheating")
                    #expect(data?["assetId"] as? String == AssetID.sample(20).description)
                    #expect(LiveCursor(event.id ?? "") != nil)
                }
                // What is in the query is followed at once.
                let query = try await WebSocketClient.connect(port: gateway.port, "/ws?kinds=workorders", token: token)
                #expect(try await query.json()["type"] as? String == "subscribed")
                // Another tenant's are not told, and neither are kinds that nobody has asked for.
                try await site.publish([WorkOrderState.sample(of: .windward)], of: .windward)
                try await site.publish([SiteState.sample(30)])
                try await site.publish(Self.orders(4...4))
                #expect(try await socket.events(1).records.map(\.version) == [4])
                #expect(try await stream.next()?.json["version"] as? Int == 4)
            }
        }
    }

    @Test func everyKindIsTold() async throws {
        try await LiveSite.run { site in
            try await site.gateway { gateway in
                let (socket, _) = try await WebSocketClient.following(
                    LiveKind.allCases,
                    port: gateway.port,
                    token: try await site.token()
                )
                let events: [(any Event, String, String)] = [
                    (SiteState.sample(30), "sites", "code"), (AssetState.sample(20), "assets", "siteId"),
                    (SensorState.sample, "sensors", "assetId"), (AlertRuleState.sample, "alert-rules", "threshold"),
                    (AlertChanged.sample(60), "alerts", "ruleId"),
                    (NotificationDelivered.sample(60), "notifications", "channel"),
                    (PredictionMade.sample, "predictions", "failureProbability"),
                    (WorkOrderState.sample(), "workorders", "allowedTransitions"),
                ]
                for (event, kind, member) in events {
                    try await site.publish([event])
                    let message = try await socket.json()
                    #expect(message["kind"] as? String == kind)
                    #expect((message["data"] as? [String: Any])?[member] != nil, "\(message)")
                }
            }
        }
    }

    /// Each scope sees by live exactly what a query would find.
    @Test func nobodyIsToldWhatTheyMayNotRead() async throws {
        try await LiveSite.run { site in
            for scope in GrantScope.allCases {
                site.authority.grant("\(scope.rawValue)-reader", LiveKind.allCases.map { Grant($0.permission, scope) })
            }
            let people = GrantScope.allCases.enumerated().map { UserID.sample(UInt8(100 + $0.offset)) }
            for user in people {
                site.authority.place(
                    user,
                    of: .sunfield,
                    Membership(sites: [.sample(30)], assets: [.sample(21)], team: .sample(50))
                )
            }
            // Somebody of the team, and somebody of another one.
            site.authority.place(.anna, of: .sunfield, Membership(team: .sample(50)))
            site.authority.place(.bo, of: .sunfield, Membership(team: .sample(51)))
            try await site.publish([
                AssetState.sample(21), AssetState.sample(20, below: .sample(21)),
                AssetState.sample(22, at: .sample(31)),
            ])
            try await site.gateway { gateway in
                var clients: [GrantScope: WebSocketClient] = [:]
                for (user, scope) in zip(people, GrantScope.allCases) {
                    let token = try await site.token(user, roles: ["\(scope.rawValue)-reader"])
                    let kinds: [LiveKind] = [.workOrders, .alerts, .notifications]
                    clients[scope] = try await WebSocketClient.following(kinds, port: gateway.port, token: token).client
                }
                let own = people[GrantScope.allCases.firstIndex(of: .own)!]
                let assigned = people[GrantScope.allCases.firstIndex(of: .assigned)!]
                let events: [(any Event, Set<GrantScope>)] = [
                    // At the site and below the asset; elsewhere; elsewhere, but assigned; made by the holder.
                    (WorkOrderState.at(1, asset: 20, site: 30), [.tenant, .sites, .assets]),
                    (WorkOrderState.at(2, asset: 22, site: 31), [.tenant]),
                    (WorkOrderState.at(3, asset: 22, site: 31, assigned: .anna), [.tenant, .team]),
                    (WorkOrderState.at(4, asset: 22, site: 31, assigned: .bo), [.tenant]),
                    (WorkOrderState.at(5, asset: 22, site: 31, by: own), [.tenant, .own]),
                    (WorkOrderState.at(6, asset: 22, site: 31, assigned: own), [.tenant, .own, .team]),
                    (WorkOrderState.at(7, asset: 22, site: 31, assigned: assigned), [.tenant, .assigned, .team]),
                    // The log's alerts have no site: it is that of the asset.
                    (AlertChanged.sample(60, asset: 20), [.tenant, .sites, .assets]),
                    (AlertChanged.sample(61, asset: 22), [.tenant]),
                    (NotificationDelivered.sample(60), [.tenant, .sites, .assets]),
                    (NotificationDelivered.sample(61, to: own), [.tenant, .own, .team]),
                ]
                func ids(_ client: WebSocketClient, until isLast: (String, Set<String>) -> Bool) async throws -> Set<
                    String
                > {
                    var seen: Set<String> = []
                    while true {
                        guard let id = try await client.json()["id"] as? String else { continue }
                        if isLast(id, seen) { return seen.union([id]) }
                        seen.insert(id)
                    }
                }
                // Topics have no order among themselves, and a notification is where its alert is: so the alerts come first. Who sees
                // everything has seen everything before a mark follows that all see: what comes after it is not told to anybody before it.
                let watcher = try #require(clients[.tenant])
                let isNotification = { (event: any Event) in event is NotificationDelivered }
                for part in [events.map(\.0).filter { !isNotification($0) }, events.map(\.0).filter(isNotification)] {
                    let all = Set(part.map(\.key))
                    try await site.publish(part)
                    #expect(try await ids(watcher) { $1.union([$0]) == all } == all)
                }
                let mark = WorkOrderState.at(99, asset: 20, site: 30, assigned: assigned, by: own)
                try await site.publish([mark])
                for (scope, client) in clients where scope != .tenant {
                    let expected = Set(events.filter { $0.1.contains(scope) }.map(\.0.key))
                    let seen = try await ids(client) { id, _ in id == mark.key }.subtracting([mark.key])
                    #expect(seen == expected, "\(scope)")
                }
            }
        }
    }

    @Test func whatIsAskedForMustBePermitted() async throws {
        try await LiveSite.run { site in
            site.authority.grant("reader", [Grant(.alertRead)])
            try await site.gateway { gateway in
                let token = try await site.token(roles: ["reader"])
                let refused = try await WebSocketClient.following([.workOrders], port: gateway.port, token: token)
                #expect(refused.answer["code"] as? String == "permission_missing")
                #expect((refused.answer["detail"] as? String ?? "").contains("workorder:read"))
                let stream = try await EventClient.open(
                    port: gateway.port,
                    "/api/v1/live?kinds=workorders",
                    token: token
                )
                #expect(stream.head.hasPrefix("HTTP/1.1 403"))
                for (query, status) in [("", 400), ("?kinds=x", 400), ("?kinds=alerts&cursor=x", 400)] {
                    let answer = try await EventClient.open(port: gateway.port, "/api/v1/live\(query)", token: token)
                    #expect(answer.head.hasPrefix("HTTP/1.1 \(status)"), "\(query): \(answer.head)")
                }
            }
        }
    }

    @Test func connectionsOfAUserAndATenantAreLimited() async throws {
        try await LiveSite.run { site in
            var settings = LiveHub.Settings()
            settings.limits = .init(instance: 3, tenant: 2, user: 1)
            try await site.gateway(settings) { gateway in
                let anna = try await site.token(.anna)
                let first = try await WebSocketClient.connect(port: gateway.port, token: anna)
                await #expect(throws: (any Error).self) {
                    try await WebSocketClient.connect(port: gateway.port, token: anna)
                }
                let stream = try await EventClient.open(
                    port: gateway.port,
                    "/api/v1/live?kinds=alerts",
                    token: anna
                )
                #expect(stream.head.hasPrefix("HTTP/1.1 429"))
                #expect(stream.head.contains("Retry-After"))
                let bo = try await WebSocketClient.connect(port: gateway.port, token: try await site.token(.bo))
                do {
                    _ = try await WebSocketClient.connect(port: gateway.port, token: try await site.token())
                    Issue.record("the tenant has too many connections")
                } catch let refusal as WebSocketClient.Refused {
                    #expect(refusal.status == 429)
                }
                let other = try await site.token(.sample(9), of: .windward)
                let wind = try await WebSocketClient.connect(port: gateway.port, token: other)
                do {
                    let another = try await site.token(.sample(8), of: .windward)
                    _ = try await WebSocketClient.connect(port: gateway.port, token: another)
                    Issue.record("the instance has too many connections")
                } catch let refusal as WebSocketClient.Refused {
                    #expect(refusal.status == 503)
                }
                #expect(gateway.hub.connections == 3)
                // A place is given back when its connection ends, in whatever way.
                first.send(8, [0x03, 0xE8])
                #expect(try await first.closeCode() == 1000)
                bo.socket.resetWhenClosed()
                wind.socket.finishSending()
                _ = try await eventually("the places to be free") { gateway.hub.connections <= 1 ? true : nil }
                _ = try await WebSocketClient.connect(port: gateway.port, token: anna)
                _ = bo
            }
        }
    }

    @Test func aGatewayThatEndsSendsClientsElsewhere() async throws {
        try await LiveSite.run { site in
            let token = try await site.token()
            var kept: (WebSocketClient, EventClient)?
            try await site.gateway { gateway in
                let socket = try await WebSocketClient.following([.alerts], port: gateway.port, token: token).client
                let path = "/api/v1/live?kinds=alerts"
                let stream = try await EventClient.open(port: gateway.port, path, token: token)
                _ = try await stream.next()
                kept = (socket, stream)
            }
            let (socket, stream) = try #require(kept)
            #expect(try await socket.closeCode() == 1012)
            let last = try #require(try await stream.next())
            #expect(last.json["reason"] as? String == "restarting")
            #expect(try await stream.next() == nil)
        }
    }

    /// A client that does not read is dropped, and disturbs nobody.
    @Test func whoDoesNotReadIsDropped() async throws {
        try await LiveSite.run { site in
            var settings = LiveHub.Settings()
            settings.recent = 200
            try await site.gateway(settings) { gateway in
                let token = try await site.token()
                let slow = try await WebSocketClient.following([.workOrders], port: gateway.port, token: token).client
                let good = try await WebSocketClient.following([.workOrders], port: gateway.port, token: token).client
                let large = Self.orders(1...20).map { order in
                    var order = order
                    order.description = String(repeating: "x", count: 60_000)
                    return order
                }
                // More than what the system's buffers hold, until it is noticed.
                let reader = Task {
                    var count = 0
                    while !Task.isCancelled, let message = try await good.next(), message != .end { count += 1 }
                    return count
                }
                _ = try await eventually("the slow client to be dropped") {
                    try await site.publish(large)
                    return gateway.metrics.contains(#"live_ended_total{reason="too_slow"} 1.0"#) ? true : nil
                }
                _ = try await eventually("its connection to be closed") { gateway.hub.connections == 1 ? true : nil }
                reader.cancel()
                #expect(try await reader.value > 100)
                _ = slow
            }
        }
    }
}
