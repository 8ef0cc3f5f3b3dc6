import EventSchema
import Identifiers
import ServiceKit
import TestSupport
import Testing

@testable import Notification

/// What is true of every route of this service.
@Suite struct ContractTests {
    @Test func theDocumentIsCommitted() async throws {
        try await withNotification { client, _ in
            try RouteContract("notification", client.routes).isCommitted()
        }
    }

    @Test func everyRouteRefusesStrangersAndNonsense() async throws {
        try await withNotification { client, _ in
            try await RouteContract("notification", client.routes).refusesStrangersAndNonsense(client)
        }
    }

    @Test func everyRouteHidesOtherTenants() async throws {
        try await withNotification { client, store in
            try await store.addPeople()
            let detected = AlertDetected.sample(try await store.addRule(createsWorkOrder: false))
            try await store.database.handle(detected, by: AlertConsumer(store: store, now: { .noon }).handle)
            let alert = detected.id.description
            try await RouteContract("notification", client.routes).hidesOtherTenants(
                ["id": alert, "alertId": alert],
                client
            )
        }
    }
}
