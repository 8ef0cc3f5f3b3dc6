import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import MobileSync

/// How far people's devices have come, for those who look after people.
@Suite struct DeviceTests {
    private static let phone = DeviceID.sample(70)
    private static let tablet = DeviceID.sample(71)

    @Test func aDeviceIsListedWithItsPersonAndWhatBecameOfItsChanges() async throws {
        try await withDevices { client, store in
            // Anna's phone: five changes in three pushes, the last one of what it had pushed before. The tablet is Anna's and Bo's.
            let first = (0..<3).map { _ in SyncChangeID.new() }
            try await Self.push(first, from: Self.phone, by: .anna, at: .noon, store)
            try await Self.push([.new(), .new()], from: Self.phone, by: .anna, at: .noon + 60, store)
            try await Self.push([first[0]], from: Self.phone, by: .anna, at: .noon + 300, store)
            try await Self.push([.new()], from: Self.tablet, by: .anna, at: .noon + 100, store)
            try await Self.push([.new()], from: Self.tablet, by: .bo, at: .noon + 200, store)
            for (change, verdict) in zip(first, [SyncVerdict.accepted, .conflict, .refused]) {
                try await Self.decide(change, verdict, store)
            }
            let all = try await client.send(.get, "/api/v1/sync/devices").items
            #expect(
                all.map(Self.words) == [
                    "phone anna 12:00-12:05 1/0/1/1 2 since 12:01", "tablet bo 12:03-12:03 0/0/0/0 1 since 12:03",
                    "tablet anna 12:01-12:01 0/0/0/0 1 since 12:01",
                ]
            )
            for limit in 1...3 {
                #expect(
                    try await client.all("/api/v1/sync/devices", limit: limit).map(Self.words) == all.map(Self.words),
                    "\(limit)"
                )
            }
            let ofBo = try await client.send(.get, "/api/v1/sync/devices?userId=\(UserID.bo)").items
            #expect(ofBo.map(Self.words) == [Self.words(all[1])])
            try await Self.decide(first[1], .merged, store)
            #expect(
                try await client.send(.get, "/api/v1/sync/devices").items.first.map(Self.words)
                    == "phone anna 12:00-12:05 1/1/0/1 2 since 12:01"
            )
        }
    }

    /// What a device has made up must not keep its change without an answer.
    @Test func aReasonWithAZeroCharacterIsStored() async throws {
        try await withDevices { client, store in
            let change = SyncChangeID.new()
            try await Self.push([change], from: Self.phone, by: .anna, at: .noon, store)
            try await Self.decide(change, .refused, because: "a\0b: is not a field of this request", store)
            let listed = try await client.send(.get, "/api/v1/sync/devices/\(Self.phone)/changes").items
            #expect(listed.first?["reason"] as? String == "a\u{FFFD}b: is not a field of this request")
            let problem = listed.first?["problem"] as? [String: Any]
            #expect(problem?["code"] as? String == "stale_version")
            #expect(problem?["parameters"] as? [String: String] == ["a": "b\0"])
        }
    }

    @Test func theChangesOfADeviceAreListedNewestFirst() async throws {
        try await withDevices { client, store in
            let changes = (0..<5).map { _ in SyncChangeID.new() }
            try await Self.push(Array(changes[..<3]), from: Self.phone, by: .anna, at: .noon, store)
            try await Self.push([changes[3]], from: Self.phone, by: .anna, at: .noon + 60, store)
            try await Self.push([changes[4]], from: Self.phone, by: .bo, at: .noon + 120, store)
            try await Self.decide(changes[3], .conflict, store)
            let path = "/api/v1/sync/devices/\(Self.phone)/changes"
            let listed = try await client.send(.get, path).items
            let expected = [changes[4], changes[3]] + changes[..<3].sorted { $0.description > $1.description }
            #expect(listed.map { $0["changeId"] as? String } == expected.map(\.description))
            let conflict = listed[1]
            #expect(
                (conflict["verdict"] as? String, conflict["reason"] as? String, conflict["version"] as? Int) == (
                    "conflict", "newer", 4
                )
            )
            #expect(
                (conflict["entity"] as? String, conflict["userId"] as? String) == (
                    "work_order", UserID.anna.description
                )
            )
            #expect(conflict["decidedAt"] as? String == "2026-06-01T12:00:09.000Z" && listed[0]["verdict"] == nil)
            for limit in 1...3 {
                #expect(
                    try await client.all(path, limit: limit).map { $0["changeId"] as? String }
                        == expected.map(\.description),
                    "\(limit)"
                )
            }
            #expect(try await client.send(.get, "\(path)?userId=\(UserID.bo)").items.count == 1)
            #expect(
                try await client.send(.get, "/api/v1/sync/devices/\(DeviceID.sample(99))/changes").status == .notFound
            )
        }
    }

    @Test(
        arguments: [
            (GrantScope.tenant, Membership(), ["anna", "bo"]), (.sites, Membership(sites: [.sample(30)]), ["anna"]),
            (.sites, Membership(sites: [.sample(31)]), []), (.team, Membership(team: .sample(60)), ["bo"]),
            (.own, Membership(), []),
        ] as [(GrantScope, Membership, [String])]
    )
    func aDeviceIsSeenWhereItsPersonIs(scope: GrantScope, membership: Membership, people: [String]) async throws {
        try await withDevices { client, store in
            for user in [UserID.anna, .bo] {
                try await Self.push([.new()], from: Self.phone, by: user, at: .noon, store)
            }
            client.authority.grant("scoped", [Grant(.userRead, scope)])
            client.authority.place(.sample(5), of: .sunfield, membership)
            let caller = try await client.acting(as: .sample(5), of: .sunfield, roles: ["scoped"])
            let devices = try await caller.send(.get, "/api/v1/sync/devices").items
            #expect(devices.map { Self.name($0["userId"]) }.sorted() == people)
            let changes = try await caller.send(.get, "/api/v1/sync/devices/\(Self.phone)/changes")
            #expect(changes.status == (people.isEmpty ? .notFound : .ok))
            #expect(changes.items.map { Self.name($0["userId"]) }.sorted() == people)
            let foreign = try await client.acting(as: .bo, of: .windward)
            #expect(try await foreign.send(.get, "/api/v1/sync/devices").items.isEmpty)
            #expect(try await foreign.send(.get, "/api/v1/sync/devices/\(Self.phone)/changes").status == .notFound)
            client.authority.grant("technician", [Grant(.syncUse)])
            let technician = try await client.acting(as: .anna, of: .sunfield, roles: ["technician"])
            #expect(try await technician.send(.get, "/api/v1/sync/devices").status == .forbidden)
        }
    }

    @Test func aPushThroughTheAPIIsNoted() async throws {
        try await withDevices { client, _ in
            let change: [String: Any] = [
                "id": SyncChangeID.new().description, "entity": "work_order",
                "entityId": WorkOrderID.sample(40).description,
                "operation": "update", "version": 3, "data": ["priority": "high"], "changedAt": "2026-06-01T12:00:00Z",
            ]
            _ = try await client.send(
                .post,
                "/api/v1/sync/push",
                ["deviceId": Self.phone.description, "changes": [change]]
            )
            let devices = try await client.send(.get, "/api/v1/sync/devices").items
            #expect(devices.map { Self.name($0["userId"]) } == ["anna"] && devices[0]["undecided"] as? Int == 1)
        }
    }

    @Test func aDeviceIsForgottenAfterAYearAndWithItsPerson() async throws {
        try await withDevices { client, store in
            for user in [UserID.anna, .bo] {
                try await Self.push([.new()], from: Self.phone, by: user, at: .noon, store)
            }
            #expect(try await store.pruneDevices(before: .noon) == 0)
            try await store.database.handle(Deletion(UserID.bo), by: { try await store.removeUser($0.key, $1) })
            #expect(
                try await client.send(.get, "/api/v1/sync/devices").items.map { Self.name($0["userId"]) } == ["anna"]
            )
            #expect(try await store.pruneDevices(before: .noon + 1) == 1)
        }
    }

    @Test func theListsUseAnIndex() async throws {
        try await withDatabase(.all) { database in
            let changes = SyncStore.changes(
                of: Self.phone,
                by: nil,
                tenant: .sunfield,
                within: .tenant,
                after: nil,
                limit: 50
            )
            let plan = try await database.owner.plan(changes)
            #expect(plan.contains("pushes_by_device") && !plan.contains("Sort"), "\(plan)")
            let devices = SyncStore.devices(of: nil, tenant: .sunfield, within: .tenant, after: nil, limit: 50)
            let list = try await database.owner.plan(devices)
            #expect(list.contains("devices_by_push") && list.contains("pushes_by_device"), "\(list)")
        }
    }

    // MARK: - Parts

    /// Anna belongs to site 30, Bo to a team.
    private func withDevices(_ body: @escaping @Sendable (ServiceClient, SyncStore) async throws -> Void) async throws {
        try await withSync { client, store in
            try await store.database.of(.sunfield).transaction { tx in
                var anna = UserState.sample(.anna, of: .sunfield, roles: [])
                anna.sites = [.sample(30)]
                var bo = UserState.sample(.bo, of: .sunfield, roles: [])
                bo.team = .sample(60)
                for user in [anna, bo] { try await store.put(user, tx) }
            }
            try await body(client, store)
        }
    }

    private static func push(
        _ changes: [SyncChangeID],
        from device: DeviceID,
        by user: UserID,
        at time: Date,
        _ store: SyncStore
    ) async throws {
        let proposed = changes.map { change in
            SyncChangeProposed(
                change: change,
                tenant: .sunfield,
                user: user,
                roles: [],
                device: device,
                entity: .workOrder,
                entityID: WorkOrderID.sample(40).description,
                parentID: nil,
                aggregate: WorkOrderID.sample(40).description,
                operation: .update,
                baseVersion: 3,
                strategy: .clientWins,
                fields: "{}",
                changedAt: .noon,
                proposedAt: .noon
            )
        }
        let act = Act(service: "mobile-sync", tenant: .sunfield, user: user, time: time)
        let others = try await store.database.of(.sunfield).transaction { tx in
            try await store.push(proposed, by: act, tx)
        }
        #expect(others.isEmpty)
    }

    private static func decide(
        _ change: SyncChangeID,
        _ verdict: SyncVerdict,
        because reason: String = "newer",
        _ store: SyncStore
    ) async throws {
        let result = SyncChangeDecided(
            change: change,
            tenant: .sunfield,
            entity: .workOrder,
            entityID: "x",
            verdict: verdict,
            version: 4,
            reason: reason,
            problem: #"{"code":"stale_version","status":409,"detail":"a\u0000","parameters":{"a":"b\u0000"}}"#,
            server: nil,
            decidedAt: .noon + 9
        )
        try await store.database.handle(result, by: FeedConsumer(store: store).decided)
    }

    /// `phone anna 12:00-12:05 1/0/1/1 2 since 12:01`: accepted, merged, conflicts and refused; then those without a decision.
    private static func words(_ item: [String: Any]) -> String {
        let device = item["deviceId"] as? String == phone.description ? "phone" : "tablet"
        func time(_ name: String) -> String {
            (item[name] as? String).map { String($0.dropFirst(11).prefix(5)) } ?? "-"
        }
        let counts = ["accepted", "merged", "conflicts", "refused"].map { "\(item[$0] ?? "")" }.joined(separator: "/")
        return
            "\(device) \(name(item["userId"])) \(time("firstPush"))-\(time("lastPush")) \(counts) \(item["undecided"] ?? "") since \(time("undecidedSince"))"
    }

    private static func name(_ id: Any?) -> String {
        switch id as? String {
        case UserID.anna.description: "anna"
        case UserID.bo.description: "bo"
        default: "?"
        }
    }
}
