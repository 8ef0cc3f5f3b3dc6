import Access
import EventSchema
import HTTPTypes
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import MLScoring

/// Which assets' predictions a user may read, by the scopes of their grants.
@Suite struct ScopeTests {
    @Test(arguments: GrantScope.allCases)
    func aPredictionIsVisibleWhereItsAssetIs(scope: GrantScope) async throws {
        try await withScoring(hasModel: false) { client, store, asset in
            let parent = AssetID.new()
            var state = AssetState(
                id: asset,
                tenant: .sunfield,
                site: .sample(30),
                siteCode: "S",
                code: "FAN",
                name: "Fan",
                type: "fan",
                status: .operational,
                parent: parent,
                level: 2,
                ratedPowerKW: nil,
                tags: [],
                version: 2
            )
            try await store.database.of(.sunfield).transaction { [state] in try await store.put(state, $0) }
            (state.id, state.parent, state.site) = (parent, nil, .sample(31))
            try await store.database.of(.sunfield).transaction { [state] in try await store.put(state, $0) }
            client.authority.grantEverything("scoped", scope)
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["scoped"])
            let path = "/api/v1/assets/\(asset)/prediction"
            // There is no model, so a user who may ask gets 503.
            for (membership, reaching) in [
                (Membership(), [GrantScope.tenant]), (Membership(sites: [.sample(30)]), [.tenant, .sites]),
                (Membership(sites: [.sample(31)]), [.tenant]), (Membership(assets: [parent]), [.tenant, .assets]),
            ] {
                client.authority.place(.anna, of: .sunfield, membership)
                let status = try await anna.send(.get, path).status
                #expect(status == (reaching.contains(scope) ? .serviceUnavailable : .notFound), "\(membership)")
                let trained = try await store.assets(tenant: .sunfield, within: reach(scope, membership))
                #expect(trained.contains { $0.id == asset } == reaching.contains(scope))
            }
        }
    }

    private func reach(_ scope: GrantScope, _ membership: Membership) -> Reach {
        Authority(user: .anna, grants: Grants([Grant(.predictionRead, scope)]), membership: membership)
            .reach(of: .predictionRead)
    }
}
