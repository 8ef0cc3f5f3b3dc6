import Access
import Crypto
import EventSchema
import Foundation
import HTTPTypes
import HummingbirdTesting
import Identifiers
import NIOCore
import ObjectStore
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import WorkOrders

/// What people without an account ask for.
@Suite struct RequestTests {
    /// A sign at Sunfield's inverter, and somebody who stands before it.
    private struct Sign: Sendable {
        var site: LaborSite
        var link: String
        var token: String
        var visitor: ServiceClient

        var place: String { "/api/v1/public/requests/\(token)" }

        func ask(
            _ text: String = "It smells burnt",
            key: String = UUID().uuidString,
            kind: String = "fault",
            contact: String? = nil
        ) async throws -> ServiceAnswer {
            var body: [String: Any] = ["clientKey": key, "kind": kind, "description": text]
            body["contact"] = contact
            body["name"] = contact.map { _ in "Eve" }
            return try await visitor.send(.post, place, body)
        }

        func requests(_ query: String = "") async throws -> [[String: Any]] {
            try await site.client.all("/api/v1/requests\(query)", limit: 50)
        }

        /// Sends a photo in one part.
        func photo(_ bytes: [UInt8], to receipt: String) async throws -> ServiceAnswer {
            let hash = SHA256.hash(data: Data(bytes)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let path = "\(place)/\(receipt)/photos"
            let announced = try await visitor.send(.post, path, ["size": bytes.count, "sha256": hash])
            // One that is there already need not be sent.
            guard let id = announced["id"], announced["state"] == "uploading" else { return announced }
            let put = try await visitor.http.execute(
                uri: "\(path)/\(id)/parts/1",
                method: .put,
                headers: [.contentLength: "\(bytes.count)"],
                body: ByteBuffer(bytes: bytes)
            ) { ServiceAnswer(status: $0.status, headers: $0.headers, text: String(buffer: $0.body)) }
            guard put.status == .noContent else { return put }
            return try await visitor.send(.post, "\(path)/\(id)/complete")
        }
    }

    private static let image: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 7, count: 90)

    private func withSign(
        _ further: [String: Any] = [:],
        atSite: Bool = false,
        _ body: @escaping @Sendable (Sign) async throws -> Void
    ) async throws {
        let folder = TestServers.directory.appending(path: "requests-\(UUID())").path
        let place: [String: Any] =
            atSite
            ? ["siteId": AssetReplica.inverter.site.description] : ["assetId": AssetReplica.inverter.id.description]
        let new = try JSONSerialization.data(
            withJSONObject: further.merging(place) { $1 }.merging(["label": "Hall 3"]) { $1 }
        )
        let draw: AttachmentFiles.Draw = { _, _ in [.small: ByteBuffer(string: "small"), .large: ByteBuffer()] }
        try await withLabor(objects: ObjectStore(folder: folder), draw: draw) { site in
            let text = String(decoding: new, as: UTF8.self)
            let made = try await site.client.send(.post, "/api/v1/request-links", text: text)
            #expect(made.status == .created, "\(made.text)")
            let link = try #require(made.object["link"] as? [String: Any])
            var visitor = site.client
            visitor.token = ""
            try await body(
                Sign(
                    site: site,
                    link: "/api/v1/request-links/\(try #require(link["id"] as? String))",
                    token: try #require(made["token"]),
                    visitor: visitor
                )
            )
        }
    }

    @Test func aVisitorSeesThePlaceAndNothingElse() async throws {
        try await withSign(["kinds": ["fault", "safety"]]) { sign in
            let seen = try await sign.visitor.send(.get, sign.place)
            #expect(Set(seen.object.keys) == ["label", "kinds", "maximumPhotos", "maximumPhotoSize"], "\(seen.text)")
            #expect(seen["label"] == "Hall 3" && seen.object["kinds"] as? [String] == ["fault", "safety"])
            let asked = try await sign.ask(contact: "eve@example.com")
            #expect(asked.status == .created, "\(asked.text)")
            #expect(Set(asked.object.keys) == ["receipt", "state", "createdAt"])
            let receipt = try #require(asked["receipt"])
            let state = try await sign.visitor.send(.get, "\(sign.place)/\(receipt)")
            #expect((state.status, state["state"]) == (.ok, "new"))
            // Neither the token nor the receipt is stored.
            let stored = try await sign.site.database.of(.sunfield).query(
                "SELECT row_to_json(l)::text AS text FROM request_links l UNION ALL SELECT row_to_json(r)::text FROM service_requests r"
            ).map { try $0["text"] as String }.joined()
            #expect(!stored.contains(sign.token) && !stored.contains(receipt))
            let other = try await sign.ask(kind: "cleaning")
            #expect((other.status, other["code"]) == (.badRequest, "not_asked_for_here"))
            for wrong in ["\(sign.place)/\(UUID().uuidString)", "/api/v1/public/requests/\(UUID().uuidString)"] {
                #expect(try await sign.visitor.send(.get, wrong).status == .notFound)
            }
        }
    }

    @Test func theSameKeyIsTheSameRequest() async throws {
        try await withSign { sign in
            let key = UUID().uuidString
            async let one = sign.ask(key: key)
            async let other = sign.ask("Something else", key: key)
            let receipts = try await [one, other].map { $0["receipt"] }
            #expect(receipts[0] != nil && receipts[0] == receipts[1])
            let listed = try await sign.requests()
            #expect(listed.count == 1)
            #expect(try await sign.ask()["receipt"] != receipts[0])
            let told = try await sign.site.database.outbox(of: AuditRecorded.self).filter {
                $0.action == "SERVICE_REQUEST_CREATED"
            }
            #expect(told.count == 2 && told.allSatisfy { $0.user == nil && $0.tenant == .sunfield })
        }
    }

    @Test func aLinkThatEndsIsSwitchedOffOrReplacedIsGone() async throws {
        try await withSign(["expiresAt": "2026-06-02T12:00:00Z"]) { sign in
            func status() async throws -> HTTPResponse.Status { try await sign.visitor.send(.get, sign.place).status }
            #expect(try await status() == .ok)
            sign.site.clock.set(.noon + 86_400)
            #expect(try await status() == .notFound)
            #expect(try await sign.ask().status == .notFound)
            let change = try await sign.site.client.send(.patch, sign.link, ["expiresAt": NSNull()])
            #expect(change.status == .ok, "\(change.text)")
            #expect(try await status() == .ok)
            let stale = try await sign.site.client.send(
                .patch,
                sign.link,
                ["isActive": false],
                headers: [.ifMatch: "\"1\""]
            )
            #expect((stale.status, stale["code"]) == (.conflict, "stale_version"))
            _ = try await sign.site.client.send(.patch, sign.link, ["isActive": false])
            #expect(try await status() == .notFound)
            _ = try await sign.site.client.send(.patch, sign.link, ["isActive": true])
            let replaced = try await sign.site.client.send(.post, "\(sign.link)/token")
            #expect(try await status() == .notFound)
            let new = try #require(replaced["token"])
            #expect(try await sign.visitor.send(.get, "/api/v1/public/requests/\(new)").status == .ok)
            let past = try await sign.site.client.send(.patch, sign.link, ["expiresAt": "2026-06-01T12:00:00Z"])
            #expect((past.status, past.wrongFields) == (.badRequest, ["expiresAt"]))
        }
    }

    /// What nobody decides does not pile up, and what comes too fast is refused.
    @Test func onlySoManyWait() async throws {
        try await withSign(["maximumOpen": 2]) { sign in
            #expect(try await sign.ask().status == .created)
            #expect(try await sign.ask().status == .created)
            let full = try await sign.ask()
            #expect((full.status, full["code"]) == (.tooManyRequests, "too_many_requests_here"), "\(full.text)")
            #expect(full.headers[.retryAfter] != nil)
            let first = try #require(try await sign.requests().first?["id"] as? String)
            let declined = try await sign.site.client.send(
                .post,
                "/api/v1/requests/\(first)/decline",
                ["reason": "It is known"]
            )
            #expect((declined.status, declined["state"]) == (.ok, "declined"))
            #expect(try await sign.ask().status == .created)
            _ = try await sign.site.client.send(.patch, sign.link, ["maximumOpen": 200])
            for _ in 3..<RequestLink.mostInAnHour { #expect(try await sign.ask().status == .created) }
            #expect(try await sign.ask().status == .tooManyRequests)
            sign.site.clock.set(.noon + 3601)
            #expect(try await sign.ask().status == .created)
        }
    }

    @Test func aRequestBecomesOneWorkOrderWithItsPhotos() async throws {
        try await withSign { sign in
            let asked = try await sign.ask("It smells burnt.\nSince this morning.", kind: "safety")
            let receipt = try #require(asked["receipt"])
            let sent = try await sign.photo(Self.image, to: receipt)
            #expect((sent.status, sent["state"]) == (.ok, "available"), "\(sent.text)")
            // It comes again.
            #expect(try await sign.photo(Self.image, to: receipt)["id"] == sent["id"])
            let id = try #require(try await sign.requests().first?["id"] as? String)
            let path = "/api/v1/requests/\(id)"
            let photos = try await sign.site.client.send(.get, "\(path)/photos").items
            #expect(photos.map { $0["id"] as? String } == [sent["id"]])
            let shown = try await sign.site.client.send(.get, "\(path)/photos/\(sent["id"] ?? "")/content")
            #expect((shown.status, shown.headers[.contentType]) == (.ok, "image/png"))
            let small = try await sign.site.client.send(.get, "\(path)/photos/\(sent["id"] ?? "")/thumbnail")
            #expect((small.status, small.headers[.contentType], small.text) == (.ok, "image/jpeg", "small"))
            async let one = sign.site.client.send(.post, "\(path)/conversion", ["priority": "critical"])
            async let other = sign.site.client.send(.post, "\(path)/conversion", ["priority": "low"])
            let answers = try await [one, other].sorted { $0.status.code < $1.status.code }
            #expect(answers.map(\.status) == [.created, .conflict], "\(answers.map(\.text))")
            #expect(answers[1]["code"] == "request_decided")
            let order = answers[0]
            #expect(order["id"] == id && order["title"] == "Hall 3: It smells burnt.", "\(order.text)")
            #expect(order["description"] == "Hall 3: It smells burnt.\nSince this morning.")
            #expect((order["origin"], order["type"], order["status"]) == ("person", "corrective", "draft"))
            let files = try await sign.site.client.send(.get, "/api/v1/workorders/\(id)/attachments").items
            #expect(files.map { $0["id"] as? String } == [sent["id"]])
            let read = try await sign.site.client.send(.get, path)
            #expect((read["state"], read["workOrderId"]) == ("converted", id))
            let state = try await sign.visitor.send(.get, "\(sign.place)/\(receipt)")
            #expect(state["state"] == "converted" && state.object["workOrderId"] == nil)
            let late = try await sign.photo([0xFF, 0xD8, 0xFF, 1], to: receipt)
            #expect((late.status, late["code"]) == (.conflict, "request_decided"))
            let audit = try await sign.site.database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(audit.count { $0 == "SERVICE_REQUEST_CONVERTED" } == 1)
            #expect(audit.count { $0 == "WORKORDER_CREATED" } == 1)
        }
    }

    @Test func photosAreFewSmallAndImages() async throws {
        try await withSign { sign in
            let receipt = try #require(try await sign.ask()["receipt"])
            let text = try await sign.photo(Array("This is no image".utf8), to: receipt)
            #expect(text.status == .unsupportedMediaType || text.status == .unprocessableContent, "\(text.text)")
            let path = "\(sign.place)/\(receipt)/photos"
            let hash = String(repeating: "a", count: 64)
            let large = try await sign.visitor.send(.post, path, ["size": 5 << 20 + 1, "sha256": hash])
            #expect((large.status, large.wrongFields) == (.badRequest, ["size"]))
            for number in 1...2 {
                let another = String(repeating: "\(number)", count: 64)
                let more = try await sign.visitor.send(.post, path, ["size": number, "sha256": another])
                #expect(more.status == .created, "\(more.text)")
            }
            let full = try await sign.visitor.send(.post, path, ["size": 9, "sha256": hash])
            #expect((full.status, full["code"]) == (.conflict, "too_many_photos"))
            let id = try #require(try await sign.requests().first?["id"] as? String)
            let decline = ["reason": "A hoax"]
            #expect(try await sign.site.client.send(.post, "/api/v1/requests/\(id)/decline", decline).status == .ok)
            #expect(try await sign.site.client.send(.get, "/api/v1/requests/\(id)/photos").items.isEmpty)
        }
    }

    @Test func aLinkOfASiteNeedsAnAssetOfThatSite() async throws {
        try await withSign(atSite: true) { sign in
            _ = try await sign.ask()
            let id = try #require(try await sign.requests().first?["id"] as? String)
            let path = "/api/v1/requests/\(id)/conversion"
            let missing = try await sign.site.client.send(.post, path, [:])
            #expect((missing.status, missing.wrongFields) == (.badRequest, ["assetId"]), "\(missing.text)")
            let unknown = try await sign.site.client.send(.post, path, ["assetId": UUID().uuidString])
            #expect((unknown.status, unknown["code"]) == (.badRequest, "unknown_asset"))
            let asset = AssetReplica.inverter.id.description
            #expect(try await sign.site.client.send(.post, path, ["assetId": asset]).status == .created)
        }
    }

    @Test func theSameKeyOfAClientConvertsOnce() async throws {
        try await withSign { sign in
            // Answers are kept by the real clock.
            sign.site.clock.set(Date())
            _ = try await sign.ask()
            let id = try #require(try await sign.requests().first?["id"] as? String)
            let key: HTTPFields = [.idempotencyKey: UUID().uuidString]
            let path = "/api/v1/requests/\(id)/conversion"
            let first = try await sign.site.client.send(.post, path, [:], headers: key)
            let second = try await sign.site.client.send(.post, path, [:], headers: key)
            #expect(first.status == .created && second.text == first.text)
        }
    }

    @Test func whoHasAskedIsForgottenAfterTheDecision() async throws {
        try await withSign { sign in
            for _ in 0..<2 { _ = try await sign.ask(contact: "eve@example.com") }
            let listed = try await sign.requests("?state=new")
            #expect(
                listed.allSatisfy {
                    $0["contact"] as? String == "eve@example.com" && $0["contactName"] as? String == "Eve"
                }
            )
            let id = try #require(listed.first?["id"] as? String)
            #expect(try await sign.site.client.send(.post, "/api/v1/requests/\(id)/conversion", [:]).status == .created)
            let store = RequestStore(orders: WorkOrderStore(database: sign.site.database))
            let days: TimeInterval = 86_400
            #expect(try await store.prune(at: .noon + 30 * days, limit: 10) == 0)
            #expect(try await store.prune(at: .noon + 30 * days + 1, limit: 10) == 1)
            #expect(try await sign.site.client.send(.get, "/api/v1/requests/\(id)")["contact"] == nil)
            // Nobody has decided the other one.
            #expect(try await store.prune(at: .noon + 180 * days + 1, limit: 10) == 1)
            #expect(try await sign.requests().allSatisfy { $0["contact"] == nil && $0["contactName"] == nil })
            let audit = try await sign.site.database.outbox(of: AuditRecorded.self)
            #expect(!audit.contains { ($0.changes ?? "").contains("eve@example.com") })
        }
    }

    @Test func onlyWhoLooksAfterThePlaceDecides() async throws {
        try await withSign { sign in
            _ = try await sign.ask()
            let id = try #require(try await sign.requests().first?["id"] as? String)
            sign.site.client.authority.grant("reader", [Grant(.requestLinkRead, .tenant)])
            let reader = try await sign.site.client.acting(as: .carla, of: .sunfield, roles: ["reader"])
            #expect(try await reader.send(.get, "/api/v1/requests/\(id)").status == .ok)
            #expect(
                try await reader.send(.post, "/api/v1/requests/\(id)/decline", ["reason": "x"]).status == .forbidden
            )
            sign.site.client.authority.grant(
                "clerk",
                [Grant(.requestLinkRead, .tenant), Grant(.requestLinkManage, .tenant)]
            )
            let clerk = try await sign.site.client.acting(as: .carla, of: .sunfield, roles: ["clerk"])
            let refused = try await clerk.send(.post, "/api/v1/requests/\(id)/conversion", [:])
            #expect(refused.status == .forbidden && refused.text.contains("workorder:create"), "\(refused.text)")
            let foreign = try await sign.site.client.acting(as: .bo, of: .windward)
            #expect(try await foreign.send(.get, "/api/v1/requests/\(id)").status == .notFound)
        }
    }
}
