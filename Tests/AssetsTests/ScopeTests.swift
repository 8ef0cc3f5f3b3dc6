import Access
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit
import TestSupport
import Testing

@testable import Assets

/// Which sites, assets and sensors a user may see and change, by the scopes of their grants.
@Suite struct ScopeTests {
    /// The sites and assets are given by their codes, since their ids are known only after they are created.
    struct Case: Sendable, CustomTestStringConvertible {
        var scope: GrantScope
        var places: [String]
        var sites: String
        var assets: String

        var testDescription: String { "\(scope.rawValue) \(places)" }
    }

    @Test(arguments: [
        Case(scope: .tenant, places: [], sites: "N S", assets: "FAN INV OTHER"),
        Case(scope: .sites, places: ["S"], sites: "S", assets: "FAN INV"),
        Case(scope: .sites, places: [], sites: "", assets: ""),
        Case(scope: .assets, places: ["INV"], sites: "", assets: "FAN INV"),
        Case(scope: .assets, places: ["FAN"], sites: "", assets: "FAN"),
        Case(scope: .own, places: [], sites: "", assets: ""), Case(scope: .team, places: [], sites: "", assets: ""),
    ])
    func aUserSeesOnlyWhatTheyReachInListsAndByID(scope: Case) async throws {
        try await withPlant { client, ids in
            let anna = try await scoped(client, scope.scope, scope.places, ids)
            func codes(_ path: String, _ field: String = "code") async throws -> String {
                try await anna.all("/api/v1/\(path)", limit: 1).compactMap { $0[field] as? String }.sorted()
                    .joined(separator: " ")
            }
            #expect(try await codes("sites") == scope.sites)
            #expect(try await codes("assets") == scope.assets)
            // Each asset has a sensor with the asset's code as its tag.
            #expect(try await codes("sensors", "tag") == scope.assets)
            for code in ["S", "N"] {
                let status = try await anna.send(.get, "/api/v1/sites/\(ids[code] ?? "")").status
                #expect(status == (scope.sites.contains(code) ? .ok : .notFound), "\(code)")
            }
            for code in ["FAN", "INV", "OTHER"] {
                let isReached = scope.assets.contains(code)
                let path = "/api/v1/assets/\(ids[code] ?? "")"
                #expect(try await anna.send(.get, path).status == (isReached ? .ok : .notFound), "\(code)")
                #expect(
                    try await anna.send(.patch, path, ["name": "New"]).status == (isReached ? .ok : .notFound),
                    "\(code)"
                )
                let tree = try await anna.send(.get, "\(path)/hierarchy")
                #expect(tree.status == (isReached ? .ok : .notFound), "\(code)")
                if code == "FAN", isReached {
                    let parents = (tree.object["parents"] as? [[String: Any]] ?? []).compactMap {
                        $0["code"] as? String
                    }
                    #expect(parents == (scope.assets.contains("INV") ? ["INV"] : []))
                }
                let deleted = try await anna.send(.delete, path).status
                #expect((deleted == .notFound) == !isReached, "\(code): \(deleted)")
            }
        }
    }

    @Test func aUserCreatesRecordsOnlyWhereTheyReach() async throws {
        try await withPlant { client, ids in
            for (scope, place, body, status) in [
                (GrantScope.sites, "S", ["siteId": "S"], .created), (.sites, "S", ["siteId": "N"], .badRequest),
                (.assets, "INV", ["siteId": "S", "parentId": "FAN"], .created),
                (.assets, "INV", ["siteId": "S"], .badRequest),
                (.assets, "INV", ["siteId": "N", "parentId": "OTHER"], .badRequest),
            ] as [(GrantScope, String, [String: String], HTTPResponse.Status)] {
                let anna = try await scoped(client, scope, [place], ids)
                var asset: [String: Any] = ["code": "NEW", "name": "New", "type": "fan"]
                for (field, code) in body { asset[field] = ids[code] }
                let answer = try await anna.send(.post, "/api/v1/assets", asset)
                #expect(answer.status == status, "\(scope) \(body): \(answer.text)")
                if let id = answer["id"] { _ = try await client.send(.delete, "/api/v1/assets/\(id)") }
                let site = try await anna.send(
                    .post,
                    "/api/v1/sites",
                    ["code": "X", "name": "X", "timeZone": "Europe/Paris"]
                )
                #expect((site.status, site["code"]) == (.forbidden, "permission_too_narrow"))
            }
            let anna = try await scoped(client, .sites, ["S"], ids)
            for (code, status) in [("FAN", HTTPResponse.Status.created), ("OTHER", .badRequest)] {
                let sensor = ["assetId": ids[code] ?? "", "tag": "t", "unit": "kW"]
                #expect(try await anna.send(.post, "/api/v1/sensors", sensor).status == status, "\(code)")
            }
        }
    }

    @Test func aUserCannotMoveAnAssetOutOfTheirReach() async throws {
        try await withPlant { client, ids in
            let second = try await client.create(
                "assets",
                ["siteId": ids["S"] ?? "", "code": "INV-9", "type": "inverter"]
            )
            let fan = "/api/v1/assets/\(ids["FAN"] ?? "")"
            let anna = try await scoped(client, .assets, ["INV"], ids)
            let away = try await anna.send(.patch, fan, ["parentId": second])
            #expect((away.status, away.wrongFields) == (.badRequest, ["parentId"]))
            let out = try await anna.send(.patch, fan, ["parentId": NSNull()])
            #expect((out.status, out["code"]) == (.forbidden, "permission_too_narrow"))
            #expect(try await anna.send(.get, fan)["parentId"] == ids["INV"])
            // A user who reaches the site moves it freely.
            let boss = try await scoped(client, .sites, ["S"], ids)
            #expect(try await boss.send(.patch, fan, ["parentId": second]).status == .ok)
        }
    }

    @Test func changingAVisibleButReadOnlyRecordIsForbidden() async throws {
        try await withPlant { client, ids in
            let site = try #require(SiteID(ids["S"] ?? ""))
            client.authority.grant("fitter", [Grant(.assetRead), Grant(.assetUpdate, .sites)])
            client.authority.place(.anna, of: .sunfield, Membership(sites: [site]))
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["fitter"])
            for (code, status) in [("INV", HTTPResponse.Status.ok), ("OTHER", .forbidden)] {
                let answer = try await anna.send(.patch, "/api/v1/assets/\(ids[code] ?? "")", ["name": "New"])
                #expect(answer.status == status, "\(answer.text)")
            }
        }
    }

    // MARK: - Parts

    private func scoped(
        _ client: ServiceClient,
        _ scope: GrantScope,
        _ places: [String],
        _ ids: [String: String]
    ) async throws -> ServiceClient {
        client.authority.grantEverything("scoped", scope)
        let known = places.compactMap { ids[$0] }
        client.authority.place(
            .anna,
            of: .sunfield,
            scope == .assets
                ? Membership(assets: Set(known.compactMap { AssetID($0) }))
                : Membership(sites: Set(known.compactMap { SiteID($0) }))
        )
        return try await client.acting(as: .anna, of: .sunfield, roles: ["scoped"])
    }

    /// Site S has the inverter INV with its fan FAN; site N has OTHER. Each asset has a sensor. Passes the ids by code.
    private func withPlant(_ body: @escaping @Sendable (ServiceClient, [String: String]) async throws -> Void)
        async throws
    {
        try await withAssets { client, _ in
            var ids: [String: String] = [:]
            for code in ["S", "N"] {
                ids[code] = try await client.create("sites", ["code": code, "timeZone": "Europe/Paris"])
            }
            for (code, site, parent) in [("INV", "S", nil), ("FAN", "S", "INV"), ("OTHER", "N", nil)]
                as [(String, String, String?)]
            {
                var asset: [String: Any] = ["siteId": ids[site] ?? "", "code": code, "type": "inverter"]
                asset["parentId"] = parent.flatMap { ids[$0] }
                ids[code] = try await client.create("assets", asset)
                let sensor = try await client.send(
                    .post,
                    "/api/v1/sensors",
                    ["assetId": ids[code] ?? "", "tag": code, "unit": "kW"]
                )
                #expect(sensor.status == .created)
            }
            try await body(client, ids)
        }
    }
}

extension ServiceClient {
    /// Creates a record with a name and returns its id.
    fileprivate func create(_ kind: String, _ body: [String: Any]) async throws -> String {
        let answer = try await send(.post, "/api/v1/\(kind)", body.merging(["name": "N"]) { $1 })
        guard let id = answer["id"] else { throw UnexpectedAnswer(text: answer.text) }
        return id
    }
}
