import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import WorkOrders

/// Which work orders a user may see and change, by the scopes of their grants.
@Suite struct ScopeTests {
    private static let plant = SiteID.sample(30)
    private static let (inverter, fan, elsewhere) = (AssetID.sample(20), AssetID.sample(21), AssetID.sample(22))
    private static let team = TeamID.sample(60)
    private static let (carl, dora) = (UserID.sample(3), UserID.sample(4))

    /// A scope, Anna's membership, and which of the work orders `1` to `6` she reaches with them.
    struct Case: Sendable, CustomTestStringConvertible {
        var scopes: [GrantScope]
        var membership: Membership
        var reached: [String]

        init(_ scopes: GrantScope..., in membership: Membership = Membership(), reach reached: String) {
            self.scopes = scopes
            self.membership = membership
            self.reached = reached.map(String.init)
        }

        var testDescription: String { scopes.map(\.rawValue).joined(separator: ", ") + " \(reached)" }
    }

    @Test(arguments: [
        Case(.tenant, reach: "123456"),
        Case(.sites, in: Membership(sites: [plant]), reach: "12"),
        Case(.sites, in: Membership(sites: [plant, .sample(31)]), reach: "123456"),
        Case(.assets, in: Membership(assets: [inverter]), reach: "12"),
        Case(.assets, in: Membership(assets: [fan]), reach: "2"),
        Case(.own, reach: "56"),
        Case(.team, in: Membership(team: team), reach: "45"),
        Case(.own, .assets, in: Membership(assets: [fan]), reach: "256"),
        Case(.sites, .assets, .team, reach: ""),
    ])
    func aUserSeesOnlyWhatTheyReachInListsAndByID(scope: Case) async throws {
        try await withOrders { client, orders, _ in
            for (number, kind) in scope.scopes.enumerated() { client.authority.grantEverything("r\(number)", kind) }
            client.authority.place(.anna, of: .sunfield, scope.membership)
            let roles = scope.scopes.indices.map { "r\($0)" }
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: roles)
            let listed = try await anna.all("/api/v1/workorders", limit: 1).compactMap { $0["title"] as? String }
            #expect(listed.sorted() == scope.reached)
            for (title, id) in orders {
                let expected = scope.reached.contains(title) ? HTTPResponse.Status.ok : .notFound
                let path = "/api/v1/workorders/\(id)"
                #expect(try await anna.send(.get, path).status == expected, "read \(title)")
                #expect(try await anna.send(.get, "\(path)/history").status == expected, "history of \(title)")
                #expect(try await anna.send(.patch, path, ["priority": "low"]).status == expected, "change \(title)")
                let move = try await anna.send(.post, "\(path)/transitions/submit", [:])
                #expect(move.status == expected, "move \(title): \(move.text)")
                let task = try await anna.send(.post, "\(path)/tasks", ["title": "T"])
                #expect((task.status == .notFound) == (expected == .notFound), "a task for \(title): \(task.text)")
            }
        }
    }

    @Test func aUserCreatesWorkOrdersWhereTheyReachAndTheirOwnAnywhere() async throws {
        try await withOrders { client, _, _ in
            client.authority.place(.anna, of: .sunfield, Membership(sites: [Self.plant]))
            client.authority.grantEverything("sites", .sites)
            client.authority.grantEverything("own", .own)
            client.authority.grant("assigning", [Grant(.workOrderCreate, .own), Grant(.workOrderAssign, .sites)])
            for (role, asset, assignee, isMade) in [
                ("sites", Self.inverter, nil, true), ("sites", Self.elsewhere, nil, false),
                ("own", Self.elsewhere, nil, true), ("assigning", Self.elsewhere, nil, true),
                ("assigning", Self.elsewhere, Self.carl, false), ("assigning", Self.fan, Self.carl, true),
            ] as [(String, AssetID, UserID?, Bool)] {
                let anna = try await client.acting(as: .anna, of: .sunfield, roles: [role])
                let answer = try await anna.create("7", on: asset, for: assignee)
                #expect(answer.status == (isMade ? .created : .badRequest), "\(role) on \(asset): \(answer.text)")
                // The answer is the same as for an unknown asset.
                #expect(isMade || answer["code"] == "unknown_asset", "\(answer.text)")
            }
        }
    }

    @Test func changingAVisibleButReadOnlyWorkOrderIsForbidden() async throws {
        try await withOrders { client, orders, _ in
            client.authority.place(.anna, of: .sunfield, Membership(sites: [Self.plant]))
            client.authority.grant(
                "technician",
                [Grant(.workOrderRead), Grant(.workOrderUpdate, .own), Grant(.workOrderAssign, .sites)]
            )
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["technician"])
            func change(_ title: String, _ body: [String: Any]) async throws -> (HTTPResponse.Status, String?) {
                let answer = try await anna.send(.patch, "/api/v1/workorders/\(orders[title] ?? "")", body)
                return (answer.status, answer["code"])
            }
            #expect(try await change("5", ["priority": "low"]) == (.ok, nil))
            #expect(try await change("1", ["priority": "low"]) == (.forbidden, "permission_too_narrow"))
            // The work order is Anna's own, but outside the sites in which she may assign.
            #expect(
                try await change("5", ["assignedTo": Self.carl.description]) == (.forbidden, "permission_too_narrow")
            )
            // A permission that she has in no scope is named in the answer.
            let move = try await anna.send(.post, "/api/v1/workorders/\(orders["5"] ?? "")/transitions/cancel", [:])
            #expect((move.status, move["code"]) == (.forbidden, "permission_missing"))
            #expect(move.parameters == ["permission": "workorder:cancel"])
        }
    }

    @Test func offlineChangesAreLimitedToTheUsersReach() async throws {
        try await withOrders { client, orders, database in
            client.authority.grantEverything("own", .own)
            let store = WorkOrderStore(database: database)
            let consumer = SyncConsumer(store: store, authenticator: client.authority.authenticator, now: { .noon })
            for (title, verdict) in [("5", SyncVerdict.accepted), ("6", .accepted), ("1", .refused), ("4", .refused)] {
                var change = SyncChangeProposed.sample(orders[title] ?? "", "{\"priority\":\"low\"}")
                change.roles = ["own"]
                try await database.handle(change, by: consumer.handle)
                let decided = try #require(try await database.outbox(of: SyncChangeDecided.self).last)
                #expect(decided.verdict == verdict, "\(title): \(decided.reason ?? "-")")
                if verdict == .refused { #expect(decided.server == nil) }
            }
        }
    }

    /// A rule of the tenant, at both doors: what was begun on a device counts by when it was begun.
    @Test func workBeginsNearItsPlannedStart() async throws {
        try await withOrders { client, orders, database in
            let path = "/api/v1/workorders/\(try #require(orders["5"]))"
            for (step, body) in [("submit", [:]), ("schedule", ["scheduledStart": "2026-03-01T12:00:00.000Z"])] {
                #expect(try await client.send(.post, "\(path)/transitions/\(step)", body).status == .ok)
            }
            let authenticator = client.authority.authenticator
            authenticator.learn(.sample(startWindow: 120))
            let start: [String: String] = [:]
            let refused = try await client.send(.post, "\(path)/transitions/start", start)
            #expect((refused.status, refused["code"]) == (.forbidden, "outside_start_window"), "\(refused.text)")
            let consumer = SyncConsumer(
                store: WorkOrderStore(database: database),
                authenticator: authenticator,
                now: { .noon }
            )
            let planned = try Date("2026-03-01T12:00:00Z", strategy: .iso8601)
            for (moment, verdict) in [(planned - 7201, SyncVerdict.refused), (planned - 7200, .accepted)] {
                var change = SyncChangeProposed.sample(orders["5"] ?? "", "{\"transition\":\"start\"}")
                (change.operation, change.roles, change.changedAt) = (.transition, ["all"], moment)
                try await database.handle(
                    change,
                    by: { delivery, tx in
                        var late = consumer
                        late.now = { planned + 1_000_000 }
                        try await late.handle(delivery, tx)
                    }
                )
                let decided = try #require(try await database.outbox(of: SyncChangeDecided.self).last)
                #expect(decided.verdict == verdict, "\(moment): \(decided.reason ?? "-")")
            }
        }
    }

    /// A rule of the tenant, at both doors. It counts where work is given to somebody, or comes to require more.
    @Test func workGoesToPeopleWithTheSkillsThatItRequires() async throws {
        try await withOrders { client, orders, database in
            let (store, authenticator) = (WorkOrderStore(database: database), client.authority.authenticator)
            let path = "/api/v1/workorders/\(try #require(orders["3"]))"
            let give: [String: Any] = ["assignedTo": Self.carl.description]
            let required = try await client.send(.patch, path, ["requiredSkills": ["High voltage", "rope access"]])
            #expect(required.object["requiredSkills"] as? [String] == ["High voltage", "rope access"])
            // Without the rule it is only a note.
            #expect(try await client.send(.patch, path, give).status == .ok)
            #expect(try await client.send(.patch, path, ["assignedTo": NSNull()]).status == .ok)
            authenticator.learn(.sample(startWindow: nil, requiresSkills: true))
            let refused = try await client.send(.patch, path, give)
            #expect((refused.status, refused["code"]) == (.forbidden, "skills_missing"))
            #expect(refused["detail"]?.hasSuffix("does not have: High voltage, rope access") == true)
            #expect(refused.parameters == ["skills": "High voltage, rope access"])
            let consumer = SyncConsumer(store: store, authenticator: authenticator, now: { .noon })
            func offline() async throws -> SyncChangeDecided {
                var change = SyncChangeProposed.sample(orders["3"] ?? "", "{\"assignedTo\":\"\(Self.carl)\"}")
                change.roles = ["all"]
                try await database.handle(change, by: consumer.handle)
                return try #require(try await database.outbox(of: SyncChangeDecided.self).last)
            }
            let decided = try await offline()
            #expect(decided.verdict == .refused && decided.reason == refused["detail"])
            var carl = UserState.sample(Self.carl, of: .sunfield, roles: [])
            (carl.skills, carl.version) = (["rope access", "high voltage"], 9)
            let qualified = carl
            try await database.of(.sunfield).transaction { try await store.put(qualified, $0) }
            #expect(try await offline().verdict == .accepted)
            let more = try await client.send(.patch, path, ["requiredSkills": ["crane"]])
            #expect((more.status, more["code"]) == (.forbidden, "skills_missing"))
            // Other changes of the work order are not about who does it.
            #expect(try await client.send(.patch, path, ["priority": "low"]).status == .ok)
            let new: [String: Any] = [
                "assetId": Self.inverter.description, "title": "Crane", "type": "inspection", "priority": "low",
                "assignedTo": Self.carl.description, "requiredSkills": ["crane"],
            ]
            let created = try await client.send(.post, "/api/v1/workorders", new)
            #expect((created.status, created["code"]) == (.forbidden, "skills_missing"))
        }
    }

    // MARK: - Parts

    /// Six work orders, named by their titles: 1 is on the inverter and 2 on its fan; the others are at another site: 3 belongs to
    /// nobody, 4 to Carl, 5 to Anna, and 6 was created by Anna. Anna and Carl are in one team.
    private func withOrders(
        _ body: @escaping @Sendable (ServiceClient, [String: String], Database) async throws -> Void
    ) async throws {
        try await withWorkOrders { client, database in
            let store = WorkOrderStore(database: database)
            try await database.of(.sunfield).transaction { tx in
                for (id, site, parent) in [
                    (Self.inverter, Self.plant, nil), (Self.fan, Self.plant, Self.inverter),
                    (Self.elsewhere, .sample(31), nil),
                ] as [(AssetID, SiteID, AssetID?)] {
                    try await store.put(AssetState.sample(id, at: site, below: parent), tx)
                }
                for (id, team) in [(UserID.anna, Self.team), (Self.carl, Self.team), (Self.dora, nil)] {
                    var user = UserState.sample(id, of: .sunfield, roles: [])
                    (user.team, user.version) = (team, 2)
                    try await store.put(user, tx)
                }
            }
            var orders: [String: String] = [:]
            for (title, creator, asset, assignee) in [
                ("1", Self.dora, Self.inverter, nil), ("2", Self.dora, Self.fan, nil),
                ("3", Self.dora, Self.elsewhere, nil), ("4", Self.dora, Self.elsewhere, Self.carl),
                ("5", Self.dora, Self.elsewhere, .anna), ("6", .anna, Self.elsewhere, nil),
            ] as [(String, UserID, AssetID, UserID?)] {
                let person = try await client.acting(as: creator, of: .sunfield)
                let created = try await person.create(title, on: asset, for: assignee)
                let id = try #require(created["id"])
                orders[title] = id
            }
            try await body(client, orders, database)
        }
    }
}

extension ServiceClient {
    fileprivate func create(_ title: String, on asset: AssetID, for assignee: UserID?) async throws -> ServiceAnswer {
        var body: [String: Any] = [
            "assetId": asset.description, "title": title, "type": "corrective", "priority": "high",
        ]
        body["assignedTo"] = assignee?.description
        return try await send(.post, "/api/v1/workorders", body)
    }
}

extension AssetState {
    fileprivate static func sample(_ id: AssetID, at site: SiteID, below parent: AssetID?) -> AssetState {
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
            level: parent == nil ? 1 : 2,
            ratedPowerKW: nil,
            tags: [],
            version: 2
        )
    }
}

extension SyncChangeProposed {
    fileprivate static func sample(_ order: String, _ fields: String) -> SyncChangeProposed {
        SyncChangeProposed(
            change: .new(),
            tenant: .sunfield,
            user: .anna,
            roles: [],
            device: .sample(70),
            entity: .workOrder,
            entityID: order,
            parentID: nil,
            aggregate: order,
            operation: .update,
            baseVersion: nil,
            strategy: .clientWins,
            fields: fields,
            changedAt: .noon,
            proposedAt: .noon
        )
    }
}
