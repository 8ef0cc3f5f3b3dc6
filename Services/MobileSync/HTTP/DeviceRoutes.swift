import Access
import Commands
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit

/// `/api/v1/sync/devices`: how far people's devices have come, for those who look after people.
///
/// Pulls are not noted: a pull does not say from which device it comes.
struct DeviceRoutes: Sendable {
    let store: SyncStore

    func all() throws -> [Route] {
        try [
            Route(.get, "/sync/devices", "List devices", .requires(.userRead), use: list),
            Route(.get, "/sync/devices/{id}/changes", "List what a device pushed", .requires(.userRead), use: changes),
        ]
    }

    struct Filter: Input {
        var userId: UserID?

        static let rules: Rules = ["userId": .means("Only what this person pushed")]
    }

    /// A device of two people is there twice.
    @Sendable func list(_ call: Call<Paged<Filter>>) async throws -> Page<SyncedDevice> {
        let page = call.input
        let devices = try await store.devices(
            of: page.filter.userId,
            tenant: try call.principal.tenant,
            within: try call.reach,
            after: try page.position(as: DevicePosition.self),
            limit: page.limit + 1
        )
        return try Page(devices, limit: page.limit) {
            DevicePosition(lastPush: $0.lastPush, device: $0.deviceId, user: $0.userId)
        }
    }

    /// The newest first, of the last 180 days.
    @Sendable func changes(_ call: Call<Paged<Filter>>) async throws -> Page<DeviceChange> {
        let device: DeviceID = try call.id("id", of: "device")
        let page = call.input
        let (tenant, reach) = (try call.principal.tenant, try call.reach)
        guard try await store.hasDevice(device, tenant: tenant, within: reach) else { throw Problem.notFound("device") }
        let changes = try await store.changes(
            of: device,
            by: page.filter.userId,
            tenant: tenant,
            within: reach,
            after: try page.position(as: DeviceChangePosition.self),
            limit: page.limit + 1
        )
        return try Page(changes, limit: page.limit) { DeviceChangePosition(pushedAt: $0.pushedAt, change: $0.changeId) }
    }
}
