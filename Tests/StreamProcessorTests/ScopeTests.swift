import Access
import EventSchema
import HTTPTypes
import Identifiers
import ServiceKit
import TestSupport
import Testing

@testable import StreamProcessor

/// Which assets' telemetry a user may read, by the scopes of their grants.
@Suite struct ScopeTests {
    private static let (plant, inverter) = (SiteID.sample(30), AssetID.sample(20))

    @Test(
        arguments: [
            (GrantScope.tenant, Membership(), [20, 21, 22]), (.sites, Membership(sites: [plant]), [20, 21]),
            (.assets, Membership(assets: [inverter]), [20, 21]), (.assets, Membership(assets: [.sample(21)]), [21]),
            (.own, Membership(), []), (.team, Membership(team: .sample(60)), []),
        ] as [(GrantScope, Membership, [UInt8])]
    )
    func readingsAreVisibleWhereTheirAssetIs(scope: GrantScope, membership: Membership, reached: [UInt8]) async throws {
        try await withTelemetry { client, store in
            for (id, site, parent) in [
                (Self.inverter, Self.plant, nil), (.sample(21), Self.plant, Self.inverter),
                (.sample(22), .sample(31), nil),
            ] as [(AssetID, SiteID, AssetID?)] { try await store.set(Self.asset(id, at: site, below: parent)) }
            client.authority.grantEverything("scoped", scope)
            client.authority.place(.anna, of: .sunfield, membership)
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["scoped"])
            for id in [UInt8(20), 21, 22] {
                let path = "/api/v1/assets/\(AssetID.sample(id))/telemetry?tag=ac_power"
                #expect(try await anna.send(.get, path).status == (reached.contains(id) ? .ok : .notFound), "\(id)")
            }
        }
    }

    @Test func readingsAreVisibleWhereAMovedAssetIsNow() async throws {
        try await withTelemetry { client, store in
            client.authority.grantEverything("scoped", .assets)
            client.authority.place(.anna, of: .sunfield, Membership(assets: [.sample(22)]))
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["scoped"])
            let path = "/api/v1/assets/\(Self.inverter)/telemetry?tag=ac_power"
            try await store.set(Self.asset(.sample(22), at: Self.plant, below: nil))
            try await store.set(Self.asset(Self.inverter, at: Self.plant, below: nil))
            #expect(try await anna.send(.get, path).status == .notFound)
            try await store.set(Self.asset(Self.inverter, at: Self.plant, below: .sample(22), version: 2))
            #expect(try await anna.send(.get, path).status == .ok)
            // An outdated state changes nothing.
            try await store.set(Self.asset(Self.inverter, at: Self.plant, below: nil))
            #expect(try await anna.send(.get, path).status == .ok)
        }
    }

    private static func asset(_ id: AssetID, at site: SiteID, below parent: AssetID?, version: Int64 = 1) -> AssetState
    {
        AssetState(
            id: id,
            tenant: .sunfield,
            site: site,
            siteCode: "S",
            code: "A",
            name: "A",
            type: "inverter",
            status: .operational,
            parent: parent,
            level: 1,
            ratedPowerKW: nil,
            tags: [],
            version: version
        )
    }
}
