import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import LocalServers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import MobileSync

/// What devices upload: each change is passed to its owner once and answered with the owner's decision.
@Suite struct PushTests {
    @Test func aChangeIsPassedToItsOwnerOnceAndAnsweredWhenDecided() async throws {
        try await withSync { client, store in
            let change = Self.change()
            let first = try await client.send(.post, "/api/v1/sync/push", Self.push([change]))
            #expect(first.object["pending"] as? [String] == [change["id"] as? String ?? "-"])
            // The answer was lost, so the device pushes again.
            _ = try await client.send(.post, "/api/v1/sync/push", Self.push([change, change]))
            let proposed = try await store.database.outbox(of: SyncChangeProposed.self)
            #expect(proposed.count == 1)
            #expect(proposed[0].fields == "{\"priority\":\"high\"}")
            #expect((proposed[0].user, proposed[0].tenant, proposed[0].baseVersion) == (.anna, .sunfield, 3))
            try await store.database.handle(
                Self.decision(proposed[0], .accepted),
                by: FeedConsumer(store: store).decided
            )
            for _ in 0..<2 {
                let answer = try await client.send(.post, "/api/v1/sync/push", Self.push([change]))
                let accepted = try #require((answer.object["accepted"] as? [[String: Any]])?.first)
                #expect(accepted["version"] as? Int == 4)
                #expect((accepted["server"] as? [String: Any])?["title"] as? String == "as it stands")
            }
            #expect(try await store.database.outbox(of: SyncChangeProposed.self).count == 1)
        }
    }

    @Test func aPushWaitsForTheVerdictsAndGroupsThem() async throws {
        try await withSync(patience: .seconds(120)) { client, store in
            let verdicts: [SyncVerdict] = [.accepted, .merged, .conflict, .refused]
            async let answer = client.send(.post, "/api/v1/sync/push", Self.push(verdicts.map { _ in Self.change() }))
            let proposed = try await eventually("the changes") {
                let proposed = try await store.database.outbox(of: SyncChangeProposed.self)
                return proposed.count == verdicts.count ? proposed : nil
            }
            for (change, verdict) in zip(proposed, verdicts) {
                try await store.database.handle(
                    Self.decision(change, verdict),
                    by: FeedConsumer(store: store).decided
                )
            }
            let object = try await answer.object
            func ids(_ field: String) -> Set<String> {
                Set((object[field] as? [[String: Any]] ?? []).compactMap { $0["changeId"] as? String })
            }
            let sent = proposed.map(\.change.description)
            #expect(ids("accepted") == Set(sent[0...1]))
            #expect(ids("conflicts") == [sent[2]])
            #expect(ids("errors") == [sent[3]])
            #expect((object["pending"] as? [String])?.isEmpty == true)
        }
    }

    @Test func anotherPushWithTheKeyIsRefusedAlsoWhileTheFirstOneWaits() async throws {
        try await withSync(patience: .seconds(120)) { client, store in
            let key: HTTPFields = [.idempotencyKey: "k"]
            let (path, body) = ("/api/v1/sync/push", try Self.text(Self.push([Self.change()])))
            async let first = client.send(.post, path, text: body, headers: key)
            let proposed = try await eventually("the change") {
                try await store.database.outbox(of: SyncChangeProposed.self).first
            }
            let other = try await client.send(.post, path, Self.push([Self.change()]), headers: key)
            #expect((other.status, other.wrongFields) == (.unprocessableContent, ["Idempotency-Key"]))
            // The same push again waits for the same verdict.
            async let twin = client.send(.post, path, text: body, headers: key)
            try await store.database.handle(Self.decision(proposed, .accepted), by: FeedConsumer(store: store).decided)
            let answers = try await [first, twin]
            #expect(answers.allSatisfy { $0.status == .ok && $0.text == answers[0].text })
            #expect(answers.count { $0.headers[HTTPField.Name("Idempotent-Replayed")!] == "true" } == 1)
            #expect(try await store.database.outbox(of: SyncChangeProposed.self).count == 1)
        }
    }

    @Test func eachKindOfRecordHasItsConflictStrategy() async throws {
        try await withSync { client, store in
            try await store.apply(.sample(version: 7), FeedConsumer(store: store))
            let answer = try await client.send(
                .post,
                "/api/v1/sync/push",
                Self.push([
                    Self.change(entity: "asset", id: AssetID.sample(20).description),
                    Self.change(entity: "site", id: SiteID.sample(30).description), Self.change(),
                    Self.change(entity: "task", id: TaskID.sample(60).description),
                ])
            )
            let conflicts = try #require(answer.object["conflicts"] as? [[String: Any]])
            #expect(conflicts.count == 2)
            // The device gets the server's record, which replaces its own.
            #expect(conflicts[0]["version"] as? Int == 7)
            #expect((conflicts[0]["server"] as? [String: Any])?["name"] as? String == "Inverter, version 7")
            let proposed = try await store.database.outbox(of: SyncChangeProposed.self)
            #expect(proposed.map(\.entity) == [.workOrder, .task])
            #expect(proposed.map(\.strategy) == [.clientWins, .merge])
        }
    }

    /// Changes with the same key are decided in their order: the tasks before the completion that depends on them.
    @Test func changesOfOneWorkOrderKeepTheirOrder() async throws {
        try await withSync { client, store in
            var sent: [String] = []
            for _ in 0..<3 {
                // Ids are compared case-insensitively, and a work order has no parent.
                let order = WorkOrderID.new().description
                let changes =
                    (0..<40).map { _ in
                        Self.change(entity: "task", id: TaskID.new().description, parent: order.uppercased())
                    } + [Self.change(id: order, parent: TaskID.new().description)]
                sent += changes.compactMap { $0["id"] as? String }
                _ = try await client.send(.post, "/api/v1/sync/push", Self.push(changes))
                let records = try await store.database.outbox().suffix(changes.count)
                #expect(Set(records.map(\.key)) == [order])
            }
            let proposed = try await store.database.outbox(of: SyncChangeProposed.self)
            #expect(proposed.map(\.change.description) == sent)
        }
    }

    @Test func aTenantDoesNotSeeAnotherTenantsPushes() async throws {
        try await withSync { client, store in
            try await store.apply(.sample(version: 7), FeedConsumer(store: store))
            let change = Self.change()
            _ = try await client.send(.post, "/api/v1/sync/push", Self.push([change]))
            let foreign = try await client.acting(as: .bo, of: .windward)
            let status = "/api/v1/sync/status?deviceId=\(DeviceID.sample(70))"
            #expect(try await client.send(.get, status).number("pending") == 1)
            #expect(try await foreign.send(.get, status).number("pending") == 0)
            // The same id in another tenant is a separate change, and the asset of another tenant is not shown.
            let answer = try await foreign.send(
                .post,
                "/api/v1/sync/push",
                Self.push([change, Self.change(entity: "asset", id: AssetID.sample(20).description)])
            )
            #expect(!answer.text.contains("Inverter"))
            let proposed = try await store.database.outbox(of: SyncChangeProposed.self)
            #expect(proposed.map(\.tenant) == [.sunfield, .windward])
            // A verdict for one tenant is not a verdict for the other.
            try await store.database.handle(
                Self.decision(proposed[0], .accepted),
                by: FeedConsumer(store: store).decided
            )
            #expect(try await client.send(.get, status).number("pending") == 0)
            #expect(try await foreign.send(.get, status).number("pending") == 1)
        }
    }

    /// An invalid change, from a newer or a broken app, must not block the valid changes of a device.
    @Test func anInvalidChangeIsRefusedAloneAndValidOnesAreAccepted() async throws {
        try await withSync { client, store in
            for (number, (changes, field))
                in ([
                    (["entity": "user"], "entity"), (["operation": "burn"], "operation"),
                    (["entityId": ""], "entityId"),
                    (["entityId": "a\0"], "entityId"), (["data": [1]], "data"),
                    (["changedAt": "yesterday"], "changedAt"),
                    (["changedAt": "2026-11-28T14:00:00"], "changedAt"), (["zz": 1], "zz"), (["a\0": 1], "a?"),
                ] as [([String: Any], String)]).enumerated()
            {
                var bad = Self.change()
                for (name, value) in changes { bad[name] = value }
                let answer = try await client.send(.post, "/api/v1/sync/push", Self.push([bad, Self.change()]))
                #expect(answer.status == .ok, "\(answer.text)")
                let errors = answer.object["errors"] as? [[String: Any]] ?? []
                #expect(errors.map { $0["changeId"] as? String } == [bad["id"] as? String])
                #expect((errors.first?["reason"] as? String)?.contains("\(field) ") == true, "\(answer.text)")
                #expect(try await store.database.outbox().count == number + 1)
            }
        }
    }

    @Test func anElementWithoutAnIDIsRefusedByItsPosition() async throws {
        try await withSync { client, store in
            var nameless = Self.change()
            nameless["id"] = nil
            let unnamable = Self.change().merging(["id": "x"]) { $1 }
            let changes = [Self.change(), nameless, Self.change(), unnamable]
            let answer = try await client.send(.post, "/api/v1/sync/push", Self.push(changes))
            let errors = answer.object["errors"] as? [[String: Any]] ?? []
            #expect(
                errors.map { $0["reason"] as? String } == [
                    "changes[1].id must be a UUID", "changes[3].id must be a UUID",
                ]
            )
            #expect(errors.allSatisfy { $0["changeId"] == nil })
            #expect(try await store.database.outbox(of: SyncChangeProposed.self).count == 2)
        }
    }

    @Test func aChangeThatIsTooLargeToPublishIsRefusedAlone() async throws {
        try await withSync { client, store in
            var large = Self.change()
            // As much as a body may have.
            large["data"] = ["description": String(repeating: "x", count: 1_000_000)]
            let answer = try await client.send(.post, "/api/v1/sync/push", Self.push([large, Self.change()]))
            #expect(answer.status == .ok, "\(answer.text)")
            let errors = answer.object["errors"] as? [[String: Any]] ?? []
            #expect(errors.map { $0["changeId"] as? String } == [large["id"] as? String])
            #expect((errors.first?["reason"] as? String)?.contains("data: must be at most") == true, "\(answer.text)")
            #expect(try await store.database.outbox(of: SyncChangeProposed.self).count == 1)
        }
    }

    @Test func anIDThatWasUsedForAnotherChangeIsRefused() async throws {
        try await withSync { client, store in
            let change = Self.change()
            let edited = change.merging(["data": ["priority": "low"]]) { $1 }
            func errors(_ answer: ServiceAnswer) -> [String?] {
                (answer.object["errors"] as? [[String: Any]] ?? []).map { $0["changeId"] as? String }
            }
            let both = try await client.send(.post, "/api/v1/sync/push", Self.push([change, edited]))
            #expect(errors(both) == [change["id"] as? String], "\(both.text)")
            let proposed = try await store.database.outbox(of: SyncChangeProposed.self)
            #expect(proposed.map(\.fields) == ["{\"priority\":\"high\"}"])
            try await store.database.handle(
                Self.decision(proposed[0], .conflict),
                by: FeedConsumer(store: store).decided
            )
            // The edited change was not written, and a colleague does not see the record of a change of Anna's.
            let colleague = try await client.acting(as: .bo, of: .sunfield)
            for answer in [
                try await client.send(.post, "/api/v1/sync/push", Self.push([edited])),
                try await colleague.send(.post, "/api/v1/sync/push", Self.push([change])),
            ] {
                #expect(errors(answer) == [change["id"] as? String], "\(answer.text)")
                #expect(answer.text.contains("id was used for another change"))
                #expect(!answer.text.contains("as it stands"))
            }
            let again = try await client.send(.post, "/api/v1/sync/push", Self.push([change]))
            #expect((again.object["conflicts"] as? [[String: Any]])?.count == 1)
        }
    }

    @Test func oldPushesAreDeleted() async throws {
        try await withSync { client, store in
            _ = try await client.send(.post, "/api/v1/sync/push", Self.push([Self.change(), Self.change()]))
            let pushed: Date = try #require(
                try await store.database.owner.first("SELECT max(pushed_at) AS at FROM pushes")?["at"]
            )
            #expect(try await store.prune(before: pushed) == 0)
            #expect(try await store.prune(before: pushed + 1) == 2)
        }
    }

    @Test func aVerdictOfANewerServiceEndsTheWait() async throws {
        try await withSync { client, store in
            let change = Self.change()
            _ = try await client.send(.post, "/api/v1/sync/push", Self.push([change]))
            let proposed = try await store.database.outbox(of: SyncChangeProposed.self)
            try await store.database.handle(
                Self.decision(proposed[0], .unknown),
                by: FeedConsumer(store: store).decided
            )
            let answer = try await client.send(.post, "/api/v1/sync/push", Self.push([change]))
            let errors = answer.object["errors"] as? [[String: Any]] ?? []
            #expect((errors.first?["reason"] as? String)?.hasSuffix("pull the record") == true, "\(answer.text)")
        }
    }

    @Test func aMalformedPushIsRefusedCompletely() async throws {
        try await withSync { client, store in
            let none = try await client.send(.post, "/api/v1/sync/push", Self.push([]))
            #expect(none.wrongFields == ["changes"])
            #expect(try await client.send(.get, "/api/v1/sync/status").wrongFields == ["deviceId"])
            let powerless = try await client.acting(as: .bo, of: .sunfield, roles: ["none"])
            let refused = try await powerless.send(.post, "/api/v1/sync/push", Self.push([Self.change()]))
            #expect(refused.status == .forbidden)
            #expect(try await store.database.outbox().isEmpty)
            #expect(try await store.database.of(.sunfield).count("SELECT count(*) FROM pushes") == 0)
        }
    }

    // MARK: - Samples

    private static func text(_ body: [String: Any]) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: body, options: .sortedKeys), as: UTF8.self)
    }

    private static func push(_ changes: [[String: Any]]) -> [String: Any] {
        ["deviceId": DeviceID.sample(70).description, "changes": changes]
    }

    private static func change(
        entity: String = "work_order",
        id: String = WorkOrderID.sample(40).description,
        parent: String? = nil
    ) -> [String: Any] {
        var change: [String: Any] = [
            "id": SyncChangeID.new().description, "entity": entity, "entityId": id, "operation": "update", "version": 3,
            "data": ["priority": "high"], "changedAt": "2026-06-01T12:00:00Z",
        ]
        change["parentId"] = parent
        return change
    }

    private static func decision(_ change: SyncChangeProposed, _ verdict: SyncVerdict) -> SyncChangeDecided {
        SyncChangeDecided(
            change: change.change,
            tenant: change.tenant,
            entity: change.entity,
            entityID: change.entityID,
            verdict: verdict,
            version: 4,
            reason: nil,
            problem: nil,
            server: "{\"title\":\"as it stands\"}",
            decidedAt: .noon
        )
    }
}
