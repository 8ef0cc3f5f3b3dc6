import Access
import EventSchema
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import MobileSync

/// What a device can download, by the scopes of its user's grants.
@Suite struct ScopeTests {
    private static let (plant, inverter) = (SiteID.sample(30), AssetID.sample(20))
    private static let team = TeamID.sample(60)
    /// Assets and sites by their codes, work orders by their titles.
    private static let everything = "A20 A21 A22 S30 S31 W40 W41 W42 W43"

    @Test(arguments: [
        (GrantScope.tenant, Membership(), everything),
        (.sites, Membership(sites: [plant]), "A20 A21 S30 W40 W41"),
        (.assets, Membership(assets: [inverter]), "A20 A21 W40 W41"),
        (.assets, Membership(assets: [.sample(21)]), "A21 W41"),
        (.own, Membership(), "W42"), (.team, Membership(team: team), "W42 W43"), (.team, Membership(), ""),
    ])
    func aDeviceGetsOnlyWhatItsUserMayReadAndItsDeletion(scope: GrantScope, membership: Membership, reached: String)
        async throws
    {
        try await withSync { client, store in
            let feed = FeedConsumer(store: store)
            try await fill(store, feed)
            client.authority.grantEverything("scoped", scope)
            client.authority.place(.anna, of: .sunfield, membership)
            var device = Device(client: try await client.acting(as: .anna, of: .sunfield, roles: ["scoped"]))
            try await device.pull(limit: 1)
            let names = device.records.values.compactMap { ($0["title"] ?? $0["code"]) as? String }
            #expect(names.sorted().joined(separator: " ") == reached)
            #expect(device.received.count == device.records.count)
            device.received = []
            for id in [AssetID.sample(21), .sample(22)] {
                try await store.database.handle(Deletion(id), by: feed.removeAsset)
            }
            try await device.pull()
            let gone = ["A21", "A22"].filter(names.contains).map { AssetID.sample($0 == "A21" ? 21 : 22).description }
            #expect(device.received == gone)
        }
    }

    /// Also those that the device passed long ago: to its user they are new.
    @Test func aDeviceGetsTheAssetAndTheSiteWithTheWorkThatIsAssigned() async throws {
        try await withSync { client, store in
            let feed = FeedConsumer(store: store)
            try await fill(store, feed)
            client.authority.grantEverything("scoped", .assigned)
            var device = Device(client: try await client.acting(as: .sample(4), of: .sunfield, roles: ["scoped"]))
            func names() -> [String] {
                device.records.values.compactMap { ($0["title"] ?? $0["code"]) as? String }.sorted()
            }
            try await device.pull(limit: 1)
            #expect(names() == [])
            var order = WorkOrderState.sample(.sample(45))
            (order.title, order.site, order.asset, order.assignedTo) = ("W45", Self.plant, Self.inverter, .sample(4))
            try await store.database.handle(order, by: feed.put)
            try await device.pull(limit: 1)
            // With what is below the asset, and nothing else of the site.
            #expect(names() == ["A20", "A21", "S30", "W45"])
            // Another change of the work order brings only that.
            device.received = []
            var renamed = order
            (renamed.title, renamed.version) = ("W46", order.version + 1)
            try await store.database.handle(renamed, by: feed.put)
            try await device.pull()
            #expect(names() == ["A20", "A21", "S30", "W46"] && device.received.count == 1)
        }
    }

    @Test func eachKindOfRecordHasItsOwnPermission() async throws {
        try await withSync { client, store in
            try await fill(store, FeedConsumer(store: store))
            client.authority.grant("fitter", [Grant(.syncUse), Grant(.workOrderRead, .own), Grant(.siteRead)])
            var device = Device(client: try await client.acting(as: .anna, of: .sunfield, roles: ["fitter"]))
            try await device.pull()
            let names = device.records.values.compactMap { ($0["title"] ?? $0["code"]) as? String }
            #expect(names.sorted() == ["S30", "S31", "W42"])
        }
    }

    private func fill(_ store: SyncStore, _ feed: FeedConsumer) async throws {
        try await store.database.of(.sunfield).transaction { tx in
            for (id, team) in [(UserID.anna, Self.team), (.sample(3), Self.team), (.sample(4), nil)] {
                var user = UserState.sample(id, of: .sunfield, roles: [])
                user.team = team
                try await store.put(user, tx)
            }
            for number in UInt8(30)...31 {
                try await feed.put(
                    Delivery(
                        SiteState(
                            id: .sample(number),
                            tenant: .sunfield,
                            code: "S\(number)",
                            name: "S",
                            timeZone: "Europe/Paris",
                            latitude: nil,
                            longitude: nil,
                            capacityMW: nil,
                            portfolio: nil,
                            status: "active",
                            version: 1
                        ),
                        of: .sunfield
                    ),
                    tx
                )
            }
            for (number, site, parent) in [(20, 30, nil), (21, 30, 20), (22, 31, nil)] as [(UInt8, UInt8, UInt8?)] {
                var asset = AssetState.sample(.sample(number))
                asset.code = "A\(number)"
                asset.site = .sample(site)
                asset.parent = parent.map { .sample($0) }
                try await feed.put(Delivery(asset, of: .sunfield), tx)
            }
        }
        for (number, asset, site, assignee) in [
            (40, 20, 30, nil), (41, 21, 30, nil), (42, 22, 31, .anna), (43, 22, 31, .sample(3)),
        ] as [(UInt8, UInt8, UInt8, UserID?)] {
            var order = WorkOrderState.sample(.sample(number))
            order.title = "W\(number)"
            order.asset = .sample(asset)
            order.site = .sample(site)
            order.assignedTo = assignee
            try await store.database.handle(order, by: feed.put)
        }
    }
}
