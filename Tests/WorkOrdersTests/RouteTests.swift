import Access
import EventSchema
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identifiers
import Messaging
import NIOCore
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import WorkOrders

@Suite struct RouteTests {
    @Test func aWorkOrderIsCreatedReadChangedAndClosed() async throws {
        try await withService { client in
            let created = try await client.send(.post, "/api/v1/workorders", client.body)
            #expect(created.status == .created)
            let id = try #require(created["id"])
            #expect(created["number"] == "WO-\(Calendar.current.component(.year, from: Date()))-000001")
            #expect(created["status"] == "draft")
            let second = try await client.send(.post, "/api/v1/workorders", client.body)
            #expect(second["number"]?.hasSuffix("000002") == true)
            for (transition, status) in [("submit", "open"), ("start", "in_progress"), ("complete", "completed")] {
                let moved = try await client.send(.post, "/api/v1/workorders/\(id)/transitions/\(transition)")
                #expect(moved["status"] == status)
            }
            let history = try await client.send(.get, "/api/v1/workorders/\(id)/history")
            #expect(history.text.components(separatedBy: "\"transition\"").count == 5)
            // The rows, the history, the audit entries and the events are committed together.
            let published = try await client.database.query(
                "SELECT headers->>'ce_type' AS type FROM outbox ORDER BY id"
            )
            let types: [String] = try published.map { try $0["type"] }
            #expect(types.filter { $0 == WorkOrderStateChanged.name }.count == 3)
            // Two more are of Anna's clock.
            #expect(types.filter { $0 == "audit.recorded.v1" }.count == 7)
        }
    }

    @Test func anIllegalTransitionIsAnsweredWithTheLegalOnes() async throws {
        try await withService { client in
            let id = try #require(try await client.send(.post, "/api/v1/workorders", client.body)["id"])
            let refused = try await client.send(.post, "/api/v1/workorders/\(id)/transitions/complete")
            #expect(refused.status == .badRequest)
            #expect(refused["code"] == "illegal_transition")
            #expect(
                refused.text.contains(
                    "\"parameters\":{\"phase\":\"draft\",\"status\":\"draft\",\"transition\":\"complete\"}"
                )
            )
            #expect(refused.text.contains("\"allowedTransitions\":[\"submit\",\"cancel\"]"))
        }
    }

    @Test func aStaleVersionIsAConflict() async throws {
        try await withService { client in
            let id = try #require(try await client.send(.post, "/api/v1/workorders", client.body)["id"])
            let first = try await client.send(.patch, "/api/v1/workorders/\(id)", ["title": "a", "version": 1])
            #expect(first.status == .ok)
            let stale = try await client.send(.patch, "/api/v1/workorders/\(id)", ["title": "b", "version": 1])
            #expect(stale.status == .conflict)
            #expect(stale["code"] == "stale_version")
            let header = try await client.send(
                .patch,
                "/api/v1/workorders/\(id)",
                ["title": "b"],
                headers: [.ifMatch: "\"1\""]
            )
            #expect(header.status == .conflict)
        }
    }

    @Test func anotherTenantsWorkOrderIsNotFound() async throws {
        try await withService { client in
            let id = try #require(try await client.send(.post, "/api/v1/workorders", client.body)["id"])
            let foreign = try await client.authority.token(.bo, of: .windward, roles: ["all"])
            for (method, path, body) in [
                (HTTPRequest.Method.get, "", [:]), (.get, "/history", [:]), (.patch, "", ["title": "x"]),
                (.post, "/transitions/submit", [:]), (.post, "/tasks", ["title": "x"]),
            ] {
                let answer = try await client.send(
                    method,
                    "/api/v1/workorders/\(id)\(path)",
                    body,
                    token: foreign
                )
                #expect(answer.status == .notFound, "\(method) \(path)")
            }
            let list = try await client.send(.get, "/api/v1/workorders", token: foreign)
            #expect(list.text == "{\"items\":[],\"nextCursor\":null}")
            // An asset of another tenant is refused too.
            let created = try await client.send(.post, "/api/v1/workorders", client.body, token: foreign)
            #expect(created.status == .badRequest)
            #expect(created.text.contains("\"field\":\"assetId\""))
        }
    }

    @Test func withoutATokenOrThePermissionTheRequestIsRefused() async throws {
        try await withService { client in
            let anonymous = try await client.send(.get, "/api/v1/workorders", token: "")
            #expect(anonymous.status == .unauthorized)
            let powerless = try await client.authority.token(.bo, of: .sunfield, roles: ["none"])
            let refused = try await client.send(.post, "/api/v1/workorders", client.body, token: powerless)
            #expect(refused.status == .forbidden)
            #expect(refused.text.contains("workorder:create"))
        }
    }

    @Test func everyInvalidFieldIsNamed() async throws {
        try await withService { client in
            func field(_ change: [String: Any?]) async throws -> String {
                var body = client.body
                for (key, value) in change { body[key] = value }
                let answer = try await client.send(.post, "/api/v1/workorders", body)
                #expect(answer.status == .badRequest)
                return answer.text
            }
            #expect(try await field(["title": ""]).contains("\"field\":\"title\""))
            #expect(try await field(["title": nil]).contains("\"field\":\"title\""))
            #expect(try await field(["title": 7]).contains("\"field\":\"title\""))
            #expect(try await field(["type": "magic"]).contains("\"field\":\"type\""))
            #expect(try await field(["priority": "urgent"]).contains("\"field\":\"priority\""))
            #expect(try await field(["assetId": "x"]).contains("\"field\":\"assetId\""))
            #expect(try await field(["assetId": AssetID.new().description]).contains("\"field\":\"assetId\""))
            #expect(try await field(["assignedTo": UserID.new().description]).contains("\"field\":\"assignedTo\""))
            #expect(try await field(["scheduledStart": "tomorrow"]).contains("\"field\":\"scheduledStart\""))
            #expect(try await field(["tasks": [["title": ""]]]).contains("\"field\":\"tasks[0].title\""))
            for (query, field) in [
                ("limit=0", "limit"), ("limit=x", "limit"), ("cursor=zzz", "cursor"), ("assetId=1", "assetId"),
                ("status=open&status=done", "status[1]"),
            ] {
                let answer = try await client.send(.get, "/api/v1/workorders?\(query)")
                #expect(answer.status == .badRequest)
                #expect(answer.text.contains("\"field\":\"\(field)\""))
            }
        }
    }

    @Test func aBodyOverTheLimitIsRefused() async throws {
        try await withService { client in
            var body = client.body
            body["description"] = String(repeating: "x", count: DaemonContext.maximumBodySize)
            let answer = try await client.send(.post, "/api/v1/workorders", body)
            #expect(answer.status == .contentTooLarge)
        }
    }

    @Test func pagesHaveNoGapsOrDuplicates() async throws {
        try await withService { client in
            for _ in 0..<7 { _ = try await client.send(.post, "/api/v1/workorders", client.body) }
            var numbers: [String] = []
            var path = "/api/v1/workorders?limit=3"
            while true {
                let page = try await client.send(.get, path)
                let object = try #require(
                    try JSONSerialization.jsonObject(with: Data(page.text.utf8)) as? [String: Any]
                )
                numbers += (object["items"] as? [[String: Any]] ?? []).compactMap { $0["number"] as? String }
                guard let cursor = object["nextCursor"] as? String else { break }
                path = "/api/v1/workorders?limit=3&cursor=\(cursor)"
            }
            #expect(numbers.count == 7)
            #expect(numbers == numbers.sorted(by: >))
        }
    }

    @Test func aRequestThatArrivesTwiceOpensOneWorkOrder() async throws {
        try await withService { client in
            let alert = AlertID.new().description
            for _ in 0..<2 { try await client.ask(for: "Inverter overheating", alert) }
            let list = try await client.send(.get, "/api/v1/workorders")
            #expect(list.text.components(separatedBy: alert).count == 2)
            #expect(list.text.contains("\"status\":\"open\""))
        }
    }

    @Test func reschedulingKeepsClearsOrReplacesTheEnd() async throws {
        try await withService { client in
            let id = try #require(try await client.send(.post, "/api/v1/workorders", client.body)["id"])
            let path = "/api/v1/workorders/\(id)/transitions"
            _ = try await client.send(.post, "\(path)/submit")
            let (start, end) = ("2026-06-01T12:00:00.000Z", "2026-06-02T12:00:00.000Z")
            let times = ["scheduledStart": start, "scheduledEnd": end]
            #expect(try await client.send(.post, "\(path)/schedule", times)["scheduledEnd"] == end)
            let again = ["scheduledStart": "2026-06-01T13:00:00.000Z"]
            #expect(try await client.send(.post, "\(path)/schedule", again)["scheduledEnd"] == end)
            let cleared: [String: Any] = ["scheduledStart": start, "scheduledEnd": NSNull()]
            #expect(try await client.send(.post, "\(path)/schedule", cleared)["scheduledEnd"] == nil)
        }
    }

    // MARK: - Requests of alerts and predictions

    @Test func aRequestForADecommissionedAssetIsRefusedAndAudited() async throws {
        try await withService { client in
            try await client.database.of(.sunfield).execute("UPDATE assets SET status = 'decommissioned'")
            try await client.ask(for: "Inverter overheating")
            #expect(try await client.database.of(.sunfield).count("SELECT count(*) AS count FROM work_orders") == 0)
            let audit = try await client.database.outbox(of: AuditRecorded.self)
            #expect(audit.map(\.action) == ["WORKORDER_REFUSED_ASSET_DECOMMISSIONED"])
            // A work order that a user creates is refused too.
            #expect(try await client.send(.post, "/api/v1/workorders", client.body)["code"] == "asset_decommissioned")
            // The refused request used no number.
            try await client.database.of(.sunfield).execute("UPDATE assets SET status = 'operational'")
            try await client.ask(for: "Inverter overheating")
            let number: String? = try await client.database.of(.sunfield).first("SELECT number FROM work_orders")?[
                "number"
            ]
            #expect(number?.hasSuffix("-000001") == true)
        }
    }

    @Test func anEmergencyWorkOrderIsOpenedEvenIfItsAssetIsUnknown() async throws {
        try await withService { client in
            try await client.ask(for: "Inverter overheating", on: .sample(99))
            #expect(try await client.database.of(.sunfield).count("SELECT count(*) AS count FROM work_orders") == 1)
        }
    }

    @Test(arguments: ["t", "é", "e\u{301}", "👩‍👩‍👧‍👦", "°"])
    func aTitleThatIsTooLongIsTruncatedAndTheWorkOrderOpened(letter: String) async throws {
        try await withService { client in
            try await client.ask(for: String(repeating: letter, count: 300))
            let row = try #require(
                try await client.database.of(.sunfield).first("SELECT title, length(title) FROM work_orders")
            )
            let (title, length): (String, Int32) = (try row["title"], try row["length"])
            #expect(length <= 200 && length > 200 - 8)
            #expect(title.hasSuffix("…"))
            // Only whole characters are cut off.
            #expect(title.dropLast().allSatisfy { String($0) == letter })
        }
    }

    @Test func aTextThatFitsIsNotTruncated() {
        for text in ["", "Hot", String(repeating: "t", count: 200)] { #expect(text.cut(to: 200) == text) }
    }

    @Test func deletingAnAssetCancelsItsOpenWorkOrders() async throws {
        try await withService { client in
            let open = try #require(try await client.send(.post, "/api/v1/workorders", client.body)["id"])
            let closed = try #require(try await client.send(.post, "/api/v1/workorders", client.body)["id"])
            _ = try await client.send(.post, "/api/v1/workorders/\(closed)/transitions/cancel", ["reason": "A test"])
            let replicas = Replicas(store: WorkOrderStore(database: client.database), now: { .noon })
            for _ in 0..<2 {
                try await client.database.handle(Deletion(AssetReplica.inverter.id), by: replicas.removeAsset)
            }
            #expect(try await client.send(.get, "/api/v1/workorders/\(open)")["status"] == "cancelled")
            let changes = try await client.database.outbox(of: WorkOrderStateChanged.self)
            #expect(changes.map(\.workOrder.description) == [closed, open])
            #expect(changes.last?.reason == "the asset was deleted")
            #expect(changes.last?.by == nil)
            let audit = try #require(try await client.database.outbox(of: AuditRecorded.self).last)
            #expect((audit.resourceID, audit.user) == (open, nil))
            #expect(audit.cause == "deletion of asset \(AssetReplica.inverter.id)")
            #expect(audit.changes?.contains("\"status\":[\"draft\",\"cancelled\"]") == true, "\(audit.changes ?? "-")")
            let history = try await client.send(.get, "/api/v1/workorders/\(open)/history")
            #expect(history.text.contains("\"at\":\"2026-06-01T12:00:00.000Z\""), "\(history.text)")
            let refused = try await client.send(.post, "/api/v1/workorders", client.body)
            #expect((refused.status, refused["code"]) == (.badRequest, "unknown_asset"))
        }
    }

    @Test func numbersAreUniqueUnderConcurrency() async throws {
        try await withService { client in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await client.send(.post, "/api/v1/workorders", client.body)["number"] ?? "" }
                }
                let numbers = try await group.reduce(into: Set<String>()) { $0.insert($1) }
                #expect(numbers.count == 20)
            }
        }
    }

    /// Whether an asset or a user exists can't be said while the replica lags: 400 would be wrong.
    @Test func aReplicaThatLagsIsNoReasonToRefuse() async throws {
        try await withWorkOrders(isBehind: true) { client, database in
            var body: [String: Any] = [
                "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan", "type": "corrective",
                "priority": "high",
            ]
            let created = try await client.send(.post, "/api/v1/workorders", body)
            let id = try #require(created["id"])
            let unknown = UserID.new().description
            let changed = try await client.send(.patch, "/api/v1/workorders/\(id)", ["assignedTo": unknown])
            body["assignedTo"] = unknown
            let assigned = try await client.send(.post, "/api/v1/workorders", body)
            body["assetId"] = AssetID.new().description
            let elsewhere = try await client.send(.post, "/api/v1/workorders", body)
            for answer in [changed, assigned, elsewhere] {
                #expect((answer.status, answer["code"]) == (.serviceUnavailable, "replica_behind"), "\(answer.text)")
                #expect(answer.headers[.retryAfter] != nil)
            }
            #expect(try await database.of(.sunfield).count("SELECT count(*) FROM work_orders") == 1)
        }
    }

    /// The decision was made on a replica that is older than the transaction.
    @Test func anAssetThatIsDecommissionedInTheMeantimeIsRefused() async throws {
        try await withWorkOrders { _, database in
            let store = WorkOrderStore(database: database)
            try await database.of(.sunfield).execute("UPDATE assets SET status = 'decommissioned'")
            let new = CreateWorkOrder(
                assetId: AssetReplica.inverter.id,
                title: "Replace the fan",
                type: .corrective,
                priority: .high
            )
            let act = Act.ofAnna("work-orders")
            await #expect(throws: Refusal.assetDecommissioned(AssetReplica.inverter.code)) {
                try await database.transaction(for: act) { tx in
                    _ = try await store.create(
                        on: AssetReplica.inverter.id,
                        by: act,
                        tx
                    ) { number, _ in
                        try WorkOrder.drafted(new, id: .new(), number: number, on: .inverter, by: .anna, at: .noon)
                    }
                }
            }
            #expect(try await database.of(.sunfield).count("SELECT count(*) FROM work_orders") == 0)
        }
    }

    // MARK: - The service under test

    func withService(_ body: @escaping @Sendable (Client) async throws -> Void) async throws {
        try await withWorkOrders { client, database in
            try await body(
                Client(http: client.http, token: client.token, authority: client.authority, database: database)
            )
        }
    }

    struct Client: Sendable {
        let http: any TestClientProtocol
        let token: String
        let authority: TestAuthority
        let database: Database

        var body: [String: Any] {
            [
                "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan", "type": "corrective",
                "priority": "high", "assignedTo": UserID.anna.description,
            ]
        }

        /// A request of an alert.
        func ask(
            for title: String,
            _ alert: String = AlertID.new().description,
            on asset: AssetID = AssetReplica.inverter.id
        ) async throws {
            let event = WorkOrderRequested(
                request: .new(),
                tenant: .sunfield,
                site: AssetReplica.inverter.site,
                asset: asset,
                title: title,
                description: nil,
                type: .emergency,
                priority: .critical,
                origin: .alert,
                originID: alert,
                requestedAt: .noon
            )
            let consumer = RequestConsumer(store: WorkOrderStore(database: database))
            try await database.handle(event, by: consumer.handle)
        }

        struct Answer {
            var status: HTTPResponse.Status
            var text: String

            subscript(field: String) -> String? {
                let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
                return object?[field] as? String
            }
        }

        func send(
            _ method: HTTPRequest.Method,
            _ path: String,
            _ body: [String: Any] = [:],
            token: String? = nil,
            headers: HTTPFields = [:]
        ) async throws -> Answer {
            var headers = headers
            let token = token ?? self.token
            if !token.isEmpty { headers[.authorization] = "Bearer \(token)" }
            let data = try JSONSerialization.data(withJSONObject: body, options: .sortedKeys)
            let buffer = body.isEmpty ? nil : ByteBuffer(bytes: data)
            if let buffer { headers[.contentLength] = "\(buffer.readableBytes)" }
            return try await http.execute(uri: path, method: method, headers: headers, body: buffer) { response in
                Answer(status: response.status, text: String(buffer: response.body))
            }
        }
    }
}
