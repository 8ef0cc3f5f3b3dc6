import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/workorders/service-levels`: in what time an organization's work begins and is completed.
struct ServiceLevelRoutes: Sendable {
    let store: ServiceLevelStore
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    private static let path = "/workorders/service-levels"

    func all() throws -> [Route] {
        try [
            Route(
                .get,
                Self.path,
                "Read in what time work begins and is completed",
                .requires(.workOrderRead),
                use: read
            ),
            Route(
                .put,
                Self.path,
                "Set in what time work begins and is completed",
                .requires(.tenantUpdate),
                .versioned,
                use: set
            ),
        ]
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> ServiceLevelsResponse {
        ServiceLevelsResponse(try await store.levels(of: try call.principal.tenant))
    }

    @Sendable func set(_ call: Call<SetServiceLevels>) async throws -> ServiceLevelsResponse {
        try call.principal.authority.requireTenantWide(.tenantUpdate)
        let seen = try call.ifMatch
        do {
            return try await set(call, seen: seen)
        } catch ServiceLevelRefusal.unknownSite {
            // It may have been created a moment ago.
            try await replicas?.requireCaughtUp(with: .assetEvents)
            return try await set(call, seen: seen)
        }
    }

    private func set(_ call: Call<SetServiceLevels>, seen: Int64?) async throws -> ServiceLevelsResponse {
        try await CommandRunner("work-orders", store.database, now: now).run(call) { act, tx in
            ServiceLevelsResponse(try await store.set(call.input, seen: seen, by: act, tx))
        }
    }
}
