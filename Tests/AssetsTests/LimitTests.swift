import Commands
import Foundation
import HTTPTypes
import ServiceKit
import TestSupport
import Testing

@testable import Assets

extension RouteTests {
    @Test(arguments: [
        ("/api/v1/sites", TextLimit("name", 1...200)), ("/api/v1/sites", TextLimit("portfolio", 1...80)),
        ("/api/v1/assets", TextLimit("name", 1...200)),
        ("/api/v1/assets", TextLimit("type", 1...64)), ("/api/v1/assets", TextLimit("tags[0]", 1...64)),
        ("/api/v1/sensors", TextLimit("unit", 1...32)),
    ])
    func textsOfNewRecordsHaveLengthLimits(path: String, limit: TextLimit) async throws {
        try await withAssets { client, _ in
            let site = try await Self.createSite(client)
            let asset = try #require(try await Self.create(client, "A", site)["id"])
            let bodies: [String: [String: Any]] = [
                "/api/v1/sites": Self.site,
                "/api/v1/assets": ["siteId": site, "name": "Inverter", "type": "inverter"],
                "/api/v1/sensors": ["assetId": asset, "unit": "kW"],
            ]
            var number = 0
            try await limit.hold { text in
                number += 1
                var body = bodies[path] ?? [:]
                body[path == "/api/v1/sensors" ? "tag" : "code"] = "N\(number)"
                if limit.field == "tags[0]" { body["tags"] = [text] } else { body[limit.field] = text }
                let answer = try await client.send(.post, path, body)
                return (answer.status, answer.text)
            }
        }
    }

    @Test(arguments: [TextLimit("name", 1...200), TextLimit("type", 1...64), TextLimit("tags[0]", 1...64)])
    func textsOfAChangedAssetHaveLengthLimits(limit: TextLimit) async throws {
        try await withAssets { client, _ in
            let asset = try #require(try await Self.create(client, "A", try await Self.createSite(client))["id"])
            try await limit.hold { text in
                let body: [String: Any] = limit.field == "tags[0]" ? ["tags": [text]] : [limit.field: text]
                let answer = try await client.send(.patch, "/api/v1/assets/\(asset)", body)
                return (answer.status, answer.text)
            }
        }
    }

    @Test func numbersInQueriesAndHeadersHaveOneValidForm() async throws {
        try await withAssets { client, _ in
            for limit in ["0", "201", "%2B5", "05", "%205", "5%20", "1e1", "%EF%BC%91", "0x5", "5.0", ""] {
                let answer = try await client.send(.get, "/api/v1/sites?limit=\(limit)")
                #expect((answer.status, answer.wrongFields) == (.badRequest, ["limit"]), "\(limit)")
            }
            #expect(try await client.send(.get, "/api/v1/sites?limit=200").status == .ok)
            let site = try await Self.createSite(client)
            let asset = try #require(try await Self.create(client, "A", site)["id"])
            for version in ["+1", "\"1", "1\"", "\"+1\"", "01", "\"\""] {
                let path = "/api/v1/assets/\(asset)"
                let answer = try await client.send(.patch, path, ["name": "b"], headers: [.ifMatch: version])
                #expect((answer.status, answer.wrongFields) == (.badRequest, ["If-Match"]), "\(version)")
            }
        }
    }
}
