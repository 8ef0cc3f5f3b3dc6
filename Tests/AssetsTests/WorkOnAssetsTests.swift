import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Assets

/// An asset is in maintenance while somebody works on it, and then what it was before, or repaired.
@Suite struct WorkOnAssetsTests {
    /// An asset, and what work orders on it say.
    private struct Site: Sendable {
        let client: ServiceClient
        let database: Database
        let path: String
        let asset: AssetID
        var work: WorkOnAssets { WorkOnAssets(store: AssetStore(database: database), now: { .noon }) }

        func apply(
            _ number: UInt8,
            _ status: WorkOrderStatus,
            _ phase: WorkOrderPhase? = nil,
            type: WorkOrderType = .corrective
        ) async throws {
            var order = WorkOrderState.sample(.sample(number), status: status)
            (order.asset, order.phase, order.type) = (asset, phase, type)
            try await database.handle(order, by: work.put)
        }

        func status() async throws -> String? { try await client.send(.get, path)["status"] }

        func set(_ status: String) async throws {
            let answer = try await client.send(.patch, path, ["status": status])
            #expect(answer.status == .ok, "\(answer.text)")
        }
    }

    private func withSite(_ status: String, _ body: @escaping @Sendable (Site) async throws -> Void) async throws {
        try await withAssets { client, database in
            let site = try await client.send(
                .post,
                "/api/v1/sites",
                ["code": "S", "name": "Site", "timeZone": "Europe/Paris"]
            )
            let made: [String: Any] = [
                "siteId": site["id"] ?? "", "code": "INV-1", "name": "Inverter", "type": "inverter", "status": status,
            ]
            let id = try #require(try await client.send(.post, "/api/v1/assets", made)["id"])
            let asset = try #require(AssetID(id))
            try await body(Site(client: client, database: database, path: "/api/v1/assets/\(id)", asset: asset))
        }
    }

    @Test(
        arguments: [
            // What was repaired runs again; other work leaves the asset as it was.
            ("operational", .corrective, .completed, "operational"), ("down", .corrective, .completed, "operational"),
            ("degraded", .emergency, .completed, "operational"), ("degraded", .inspection, .completed, "degraded"),
            ("down", .corrective, .cancelled, "down"), ("operational", .preventive, .cancelled, "operational"),
        ] as [(String, WorkOrderType, WorkOrderStatus, String)]
    )
    func itIsInMaintenanceWhileSomebodyWorks(
        before: String,
        type: WorkOrderType,
        end: WorkOrderStatus,
        after: String
    ) async throws {
        try await withSite(before) { site in
            for status in [WorkOrderStatus.open, .scheduled] {
                try await site.apply(1, status, type: type)
                #expect(try await site.status() == before)
            }
            // Work that waits has not ended.
            for status in [WorkOrderStatus.inProgress, .onHold, .inProgress, .inProgress] {
                try await site.apply(1, status, type: type)
                #expect(try await site.status() == "maintenance")
            }
            try await site.apply(1, end, type: type)
            #expect(try await site.status() == after)
            // Two changes, whatever comes twice.
            try await site.apply(1, end, type: type)
            let told = try await site.database.outbox(of: AssetState.self).map(\.status.rawValue)
            #expect(told == [before, "maintenance", after])
            let audit = try await site.database.outbox(of: AuditRecorded.self).filter { $0.action == "ASSET_UPDATED" }
            #expect(audit.count == 2)
        }
    }

    @Test func workIsDoneWhenItIsVerifiedWhereSomebodyHasToVerifyIt() async throws {
        try await withSite("down") { site in
            try await site.apply(1, .inProgress)
            try await site.apply(1, .completed, .completed)
            #expect(try await site.status() == "maintenance")
            // It is not good yet.
            try await site.apply(1, .inProgress)
            try await site.apply(1, .completed, .completed)
            try await site.apply(1, .completed, .verified)
            #expect(try await site.status() == "operational")
        }
    }

    @Test func theLastWorkEndsIt() async throws {
        try await withSite("down") { site in
            try await site.apply(1, .inProgress)
            try await site.apply(2, .inProgress, type: .inspection)
            try await site.apply(1, .completed)
            #expect(try await site.status() == "maintenance")
            try await site.apply(2, .cancelled, type: .inspection)
            #expect(try await site.status() == "operational")
        }
    }

    @Test func whatSomebodySaysInBetweenCounts() async throws {
        try await withSite("operational") { site in
            try await site.apply(1, .inProgress)
            try await site.set("down")
            try await site.apply(1, .onHold)
            #expect(try await site.status() == "down")
            try await site.apply(1, .completed)
            #expect(try await site.status() == "down")
            // Somebody has put it into maintenance themselves: it stays there.
            try await site.set("maintenance")
            try await site.apply(2, .inProgress)
            try await site.apply(2, .completed)
            #expect(try await site.status() == "maintenance")
        }
    }

    @Test func deletedWorkEndsAndAMissingAssetIsInNobodysWay() async throws {
        try await withSite("degraded") { site in
            try await site.apply(1, .inProgress)
            try await site.database.handle(Deletion(WorkOrderID.sample(1)), by: site.work.remove)
            #expect(try await site.status() == "degraded")
            var elsewhere = WorkOrderState.sample(.sample(2), status: .inProgress)
            elsewhere.asset = .new()
            try await site.database.handle(elsewhere, by: site.work.put)
            elsewhere.status = .completed
            try await site.database.handle(elsewhere, by: site.work.put)
            #expect(try await site.database.of(.sunfield).count("SELECT count(*) AS count FROM work_under_way") == 0)
            // What this version does not know changes nothing.
            try await site.apply(3, .inProgress)
            try await site.apply(3, .unknown)
            #expect(try await site.status() == "maintenance")
        }
    }

    /// Two people finish and begin at the same moment.
    @Test func workAtTheSameMomentAgrees() async throws {
        try await withSite("operational") { site in
            try await site.apply(1, .inProgress)
            try await withThrowingTaskGroup { group in
                group.addTask { try await site.apply(1, .completed) }
                for number in UInt8(2)...6 { group.addTask { try await site.apply(number, .inProgress) } }
                try await group.waitForAll()
            }
            #expect(try await site.status() == "maintenance")
            try await withThrowingTaskGroup { group in
                for number in UInt8(2)...6 { group.addTask { try await site.apply(number, .completed) } }
                try await group.waitForAll()
            }
            #expect(try await site.status() == "operational")
        }
    }
}
