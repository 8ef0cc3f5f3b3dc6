import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import ObjectStore
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import WorkOrders

/// A clock that a test sets.
final class TestClock: Sendable {
    private let time = Mutex(Date.noon)

    var now: Date { time.withLock(\.self) }

    func set(_ moment: Date) { time.withLock { $0 = moment } }
}

/// A site in Paris on a Monday at noon (Greenwich), where Anna and Carla work.
struct LaborSite: Sendable {
    let client: ServiceClient
    let database: Database
    let clock: TestClock

    /// A work order of Anna's.
    ///
    /// - Parameter started: By Bo, so that nobody's clock runs.
    /// - Returns: Its path.
    func order(started: Bool = false) async throws -> String {
        let created = try await client.send(
            .post,
            "/api/v1/workorders",
            [
                "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan", "type": "corrective",
                "priority": "high", "assignedTo": UserID.anna.description,
            ]
        )
        let path = "/api/v1/workorders/\(try #require(created["id"], "\(created.text)"))"
        try await move(path, "submit")
        if started {
            let bo = try await client.acting(as: .bo, of: .sunfield, roles: ["all"])
            let answer = try await bo.send(.post, "\(path)/transitions/start")
            #expect(answer.status == .ok, "\(answer.text)")
        }
        return path
    }

    func move(_ order: String, _ transition: String) async throws {
        let answer = try await client.send(.post, "\(order)/transitions/\(transition)", ["reason": "A test"])
        #expect(answer.status == .ok, "\(transition): \(answer.text)")
    }

    func entries(_ order: String) async throws -> [[String: Any]] {
        try await client.all("\(order)/labor", limit: 50)
    }

    /// Records time, in seconds from noon.
    func record(
        _ order: String,
        _ start: Int,
        _ end: Int,
        of user: UserID? = nil,
        by other: ServiceClient? = nil
    ) async throws -> ServiceAnswer {
        var body: [String: Any] = ["startedAt": text(start), "endedAt": text(end)]
        body["userId"] = user?.description
        return try await (other ?? client).send(.post, "\(order)/labor", body)
    }

    func text(_ seconds: Int) -> String { (Date.noon + Double(seconds)).formatted(.iso8601) }
}

func withLabor(
    objects: ObjectStore? = nil,
    draw: AttachmentFiles.Draw? = nil,
    webhooks: WebhookNetwork = .forTests,
    _ body: @escaping @Sendable (LaborSite) async throws -> Void
) async throws {
    let clock = TestClock()
    try await withWorkOrders(objects: objects, draw: draw, webhooks: webhooks, now: { clock.now }) { client, database in
        let store = WorkOrderStore(database: database)
        try await database.of(.sunfield).transaction { tx in
            try await store.put(SiteState.sample("Europe/Paris"), tx)
            for user in [UserID.carla, .bo] {
                try await store.put(UserState.sample(user, of: .sunfield, roles: []), tx)
            }
        }
        try await body(LaborSite(client: client, database: database, clock: clock))
    }
}

extension SiteState {
    static func sample(_ zone: String) -> SiteState {
        SiteState(
            id: AssetReplica.inverter.site,
            tenant: .sunfield,
            code: "S",
            name: "Site",
            timeZone: zone,
            latitude: nil,
            longitude: nil,
            capacityMW: nil,
            portfolio: nil,
            status: "active",
            version: 1
        )
    }
}

extension SyncChangeProposed {
    /// A move of Anna's, made on a device.
    static func moving(_ path: String, _ transition: String, at moment: Date) -> SyncChangeProposed {
        let order = String(path.split(separator: "/").last ?? "")
        return SyncChangeProposed(
            change: .new(),
            tenant: .sunfield,
            user: .anna,
            roles: ["all"],
            device: .sample(70),
            entity: .workOrder,
            entityID: order,
            parentID: nil,
            aggregate: order,
            operation: .transition,
            baseVersion: nil,
            strategy: .clientWins,
            fields: "{\"transition\":\"\(transition)\",\"reason\":\"A test\"}",
            changedAt: moment,
            proposedAt: moment
        )
    }
}
