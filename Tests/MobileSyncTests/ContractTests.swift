import Commands
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import MobileSync

/// Checks that apply to every route of this service.
@Suite struct ContractTests {
    @Test func theAPIDocumentIsUpToDate() async throws {
        try await withSync { client, _ in
            try RouteContract("mobile-sync", client.routes).isCommitted()
        }
    }

    @Test func everyRouteRefusesUnauthorizedAndInvalidRequests() async throws {
        try await withSync { client, _ in
            try await RouteContract("mobile-sync", client.routes).refusesStrangersAndNonsense(client)
        }
    }

    @Test func everyRouteHidesOtherTenants() async throws {
        try await withSync { client, store in
            let device = DeviceID.sample(70)
            let act = Act(service: "mobile-sync", tenant: .sunfield, user: .anna, time: .noon)
            try await store.database.of(.sunfield).execute(SyncStore.seen(device, by: act))
            // A device makes its own id; whose changes its status shows is a matter of the tenant.
            try await RouteContract("mobile-sync", client.routes).hidesOtherTenants(
                ["id": device.description, "userId": UserID.anna.description],
                free: ["deviceId"],
                client
            )
        }
    }

    @Test func everyChangeIsAppliedOnce() async throws {
        try await withSync { client, store in
            let samples = [
                // The owner of the work order decides the change and records it.
                SampleChange("POST /sync/push", records: nil) { _ in
                    [
                        "deviceId": .string(DeviceID.sample(70).description),
                        "changes": [
                            [
                                "id": .string(SyncChangeID.sample(80).description), "entity": "work_order",
                                "entityId": .string(WorkOrderID.sample(40).description), "operation": "update",
                                "data": ["priority": "high"], "changedAt": "2026-06-01T12:00:00Z",
                            ]
                        ],
                    ]
                }
            ]
            try await RouteContract("mobile-sync", client.routes).everyChangeCountsOnceAndIsRecorded(
                samples,
                client,
                store.database
            )
            #expect(try await store.database.outbox(of: SyncChangeProposed.self).map(\.change) == [.sample(80)])
        }
    }

    @Test func everyTableHidesOtherTenantsRows() async throws {
        try await withDatabase(.all) {
            try await TenantFence(unfenced: [], openToEveryTenant: ["devices", "pushes"]).check($0)
        }
    }
}
