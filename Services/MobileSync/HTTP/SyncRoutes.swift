import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/sync`: pull changes, push offline changes, read their results.
struct SyncRoutes: Sendable {
    let store: SyncStore
    var now: @Sendable () -> Date = { Date() }
    /// How long a push waits for the owners' verdicts.
    var patience = Duration.seconds(5)

    var commands: CommandRunner { CommandRunner("mobile-sync", store.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(.post, "/sync/pull", "Pull what has changed", .requires(.syncUse), .readsOnly, use: pull),
            Route(.post, "/sync/push", "Push what was done offline", .requires(.syncUse), use: push),
            Route(.get, "/sync/status", "Read the outcome of a device's changes", .requires(.syncUse), use: status),
        ]
    }

    // MARK: - Pull

    struct Pull: Input {
        /// The `cursor` that the last pull returned; omit it for the first pull.
        var cursor: String?
        var entities: [SyncEntity]?
        var limit: Int?

        static let rules: Rules = [
            "cursor": .line(1...64).means("The `cursor` that the last pull returned; omit it for the first pull")
                .example("0"),
            "entities": .items(0...10).means("The kinds of records to pull; the default is all"),
            "limit": .whole(1...1000).means("The maximum number of changes; the default is 200"),
        ]
    }

    struct PullResponse: Answer, Codable {
        var changes: [ChangeResponse]
        /// Send it with the next pull.
        var cursor: String
        /// Whether another pull would bring more right now.
        var hasMore: Bool
    }

    /// A record in its latest form; `deleted` when it is gone.
    struct ChangeResponse: Codable, Sendable {
        var entity: SyncEntity
        var id: String
        var version: Int64?
        var deleted: Bool
        var data: JSONValue?
    }

    @Sendable func pull(_ call: Call<Pull>) async throws -> PullResponse {
        let principal = try call.principal
        let body = call.input
        let limit = body.limit ?? 200
        guard let position = Int64(strict: body.cursor ?? "0"), position >= 0 else {
            throw Problem.field("cursor", .cursor)
        }
        let entities = body.entities ?? [.workOrder, .asset, .site]
        let (page, hasMore) = try await store.changes(
            tenant: principal.tenant,
            within: FeedReach(principal.authority),
            after: position,
            entities: entities,
            limit: limit
        )
        return PullResponse(
            changes: try page.map { change in
                ChangeResponse(
                    entity: change.entity,
                    id: change.id.uuidString.lowercased(),
                    version: change.body == nil ? nil : change.version,
                    deleted: change.body == nil,
                    data: try change.body.map { try JSONReader.read($0.utf8) }
                )
            },
            cursor: "\(page.last?.position ?? position)",
            hasMore: hasMore
        )
    }

    // MARK: - Status

    struct Device: Input {
        var deviceId: DeviceID
    }

    @Sendable func status(_ call: Call<Device>) async throws -> DeviceStatus {
        try await store.status(of: call.input.deviceId, tenant: try call.principal.tenant)
    }
}

extension DeviceStatus: Answer {}
