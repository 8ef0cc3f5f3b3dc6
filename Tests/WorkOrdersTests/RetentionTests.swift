import Access
import EventSchema
import Foundation
import HTTPTypes
import HummingbirdTesting
import Identifiers
import Logging
import Messaging
import NIOCore
import ObjectStore
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// What has ended goes into the archive, and ends itself some years later.
@Suite struct RetentionTests {
    private static let policy = "/api/v1/workorders/policy"

    // MARK: - The rule

    @Test(
        arguments: [
            (Retention.usual, "2026-06-01T12:00:00Z", "2024-06-01T12:00:00Z", "2019-01-01T00:00:00Z"),
            (
                Retention(archiveAfterMonths: 1, keepYears: 1), "2026-03-31T00:00:00Z", "2026-02-28T00:00:00Z",
                "2025-01-01T00:00:00Z"
            ),
            (Retention(archiveAfterMonths: 12), "2028-02-29T06:00:00Z", "2027-02-28T06:00:00Z", nil),
            (Retention(), "2026-06-01T12:00:00Z", nil, nil),
        ] as [(Retention, String, String?, String?)]
    )
    func momentsFollowFromTheRule(rule: Retention, now: String, unchanged: String?, archived: String?) throws {
        let now = try Date(now, strategy: .iso8601)
        #expect(rule.archivesUnchangedSince(at: now)?.formatted(.iso8601) == unchanged)
        #expect(rule.deletesArchivedBefore(at: now)?.formatted(.iso8601) == archived)
    }

    @Test func theRuleIsPartOfThePolicy() async throws {
        try await withWorkOrders { client, _ in
            func set(_ retention: [String: Any]?) async throws -> ServiceAnswer {
                var body: [String: Any] = ["approval": ["when": "never"], "verification": ["when": "never"]]
                body["retention"] = retention
                return try await client.send(.put, Self.policy, body)
            }
            func retention() async throws -> [String: Int]? {
                try await client.send(.get, Self.policy).object["retention"] as? [String: Int]
            }
            #expect(try await retention() == ["archiveAfterMonths": 24, "keepYears": 7])
            #expect(try await set(["archiveAfterMonths": 6]).status == .ok)
            #expect(try await retention() == ["archiveAfterMonths": 6])
            #expect(try await set([:]).status == .ok)
            #expect(try await retention() == [:])
            #expect(try await set(nil).status == .ok)
            #expect(try await retention() == ["archiveAfterMonths": 24, "keepYears": 7])
            for (wrong, field) in [
                (["keepYears": 7], "archiveAfterMonths"), (["archiveAfterMonths": 0], "archiveAfterMonths"),
                (["archiveAfterMonths": 12, "keepYears": 51], "keepYears"),
            ] {
                let answer = try await set(wrong)
                #expect((answer.status, answer.wrongFields) == (.badRequest, ["retention.\(field)"]), "\(answer.text)")
            }
        }
    }

    // MARK: - The archive

    /// A clock of its own: what is done at noon on 1 June 2026 is looked at later.
    private func keep(_ site: LaborSite, _ objects: ObjectStore? = nil, at moment: String) async throws {
        let now = try Date(moment, strategy: .iso8601)
        let logger = Logger(label: "test")
        let keeper = RetentionKeeper(
            store: RetentionStore(orders: WorkOrderStore(database: site.database)),
            files: AttachmentFiles(objects, scan: nil, logger: logger),
            logger: logger,
            now: { now }
        )
        while try await keeper.keepOnce() > 0 {}
    }

    private func ended(_ site: LaborSite, by move: String = "complete") async throws -> String {
        let order = try await site.order()
        if move == "complete" { try await site.move(order, "start") }
        try await site.move(order, move)
        return order
    }

    private func numbers(_ site: LaborSite, _ query: String = "") async throws -> Int {
        try await site.client.all("/api/v1/workorders\(query)", limit: 10).count
    }

    @Test func onlyWhatHasEndedLongAgoGoesIntoTheArchive() async throws {
        try await withLabor { site in
            let done = try await ended(site)
            _ = try await ended(site, by: "cancel")
            let open = try await site.order()
            let waits = ["approval": ["when": "never"], "verification": ["when": "always"]]
            #expect(try await site.client.send(.put, Self.policy, waits).status == .ok)
            // It waits for somebody who verifies it.
            _ = try await ended(site)
            try await keep(site, at: "2028-06-01T12:00:00Z")
            #expect(try await numbers(site) == 4)
            try await keep(site, at: "2028-06-01T12:00:01Z")
            #expect(try await numbers(site) == 2)
            #expect(try await numbers(site, "?archived=false") == 2)
            #expect(try await numbers(site, "?archived=true") == 2)
            #expect(try await numbers(site, "?archived=true&q=fan") == 2)
            let read = try await site.client.send(.get, done)
            #expect((read["archivedAt"], read.number("version")) == ("2028-06-01T12:00:01.000Z", 4), "\(read.text)")
            #expect(try await site.client.send(.get, open)["archivedAt"] == nil)
            let audit = try await site.database.outbox(of: AuditRecorded.self).filter {
                $0.action == "WORKORDER_ARCHIVED"
            }
            #expect(audit.count == 2 && audit.allSatisfy { $0.tenant == .sunfield })
            // Once.
            try await keep(site, at: "2028-07-01T00:00:00Z")
            #expect(try await site.client.send(.get, done)["archivedAt"] == "2028-06-01T12:00:01.000Z")
        }
    }

    /// Every way to change something of a work order.
    @Test func nothingOfItChangesAnyMore() async throws {
        try await withLabor(objects: .forArchive()) { site in
            let order = try await ended(site)
            try await keep(site, at: "2028-07-01T00:00:00Z")
            let costs = order.replacing("/workorders/", with: "/costs/workorders/")
            let hash = String(repeating: "a", count: 64)
            let file: [String: Any] = [
                "name": "a.jpg", "size": 10, "sha256": hash, "kind": "photo", "category": "before",
            ]
            for (method, path, body) in [
                (.patch, order, ["title": "Another"]), (.post, "\(order)/comments", ["text": "Late"]),
                (.post, "\(order)/attachments", file),
                (.post, "\(order)/parts", ["number": "F", "name": "Fan", "used": "1"]),
                (.post, "\(order)/signatures", ["meaning": "performed", "version": 4]),
                (.post, "\(costs)/entries", ["category": "services", "description": "Crane", "unitRate": "10"]),
                (.post, "\(order)/labor", ["startedAt": site.text(-7200), "endedAt": site.text(-3600)]),
            ] as [(HTTPRequest.Method, String, [String: Any])] {
                let answer = try await site.client.send(method, path, body)
                #expect((answer.status, answer["code"]) == (.conflict, "workorder_archived"), "\(path): \(answer.text)")
            }
            #expect(try await site.client.send(.get, order).object["openFields"] as? [String] == [])
        }
    }

    @Test func aSignatureInTheArchiveIsIntact() async throws {
        try await withLabor { site in
            let order = try await ended(site)
            let body: [String: Any] = ["meaning": "performed", "version": 4]
            #expect(try await site.client.send(.post, "\(order)/signatures", body).status == .created)
            try await keep(site, at: "2028-07-01T00:00:00Z")
            #expect(try await site.client.send(.get, "\(order)/signatures").items.first?["intact"] as? Bool == true)
        }
    }

    @Test func aTenantThatKeepsEverythingKeepsIt() async throws {
        try await withLabor { site in
            _ = try await ended(site)
            let all: [String: Any] = [
                "approval": ["when": "never"], "verification": ["when": "never"], "retention": [String: Int](),
            ]
            #expect(try await site.client.send(.put, Self.policy, all).status == .ok)
            try await keep(site, at: "2090-01-01T00:00:00Z")
            #expect(try await numbers(site) == 1)
        }
    }

    // MARK: - The end

    /// A work order with something of every kind that people make over HTTP.
    private func full(_ site: LaborSite, _ files: [String], isEnded: Bool = true) async throws -> String {
        let rates: [String: Any] = ["currency": "EUR", "cards": [[String: Any]]()]
        _ = try await site.client.send(.put, "/api/v1/costs/rates", rates)
        let order = try await site.order()
        let costs = order.replacing("/workorders/", with: "/costs/workorders/")
        #expect(
            try await site.client.send(.post, "\(order)/tasks", ["title": "Read the label"]).status.kind == .successful
        )
        try await site.move(order, "start")
        let entry = ["category": "parts", "description": "A fuse", "unitRate": "3.50"]
        for (path, body) in [
            ("\(order)/comments", ["text": "The fan is loud"]),
            ("\(order)/parts", ["number": "F", "name": "Fan", "used": "2", "unitCost": "5", "currency": "EUR"]),
            ("\(costs)/entries", entry),
        ] as [(String, [String: Any])] {
            let made = try await site.client.send(.post, path, body)
            #expect(made.status == .created, "\(path): \(made.text)")
        }
        for bytes in files { try await upload(bytes, order, site) }
        #expect(try await site.record(order, isEnded ? -7200 : -3600, isEnded ? -3600 : -1800).status == .created)
        let task = try await site.client.send(.get, order).object["tasks"] as? [[String: Any]]
        let id = try #require(task?.first?["id"] as? String)
        #expect(try await site.client.send(.patch, "\(order)/tasks/\(id)", ["status": "completed"]).status == .ok)
        guard isEnded else { return order }
        try await site.move(order, "complete")
        let version = Int(try #require(try await site.client.send(.get, order).number("version")))
        let signature: [String: Any] = ["meaning": "performed", "version": version]
        #expect(try await site.client.send(.post, "\(order)/signatures", signature).status == .created)
        return order
    }

    private func upload(_ text: String, _ order: String, _ site: LaborSite) async throws {
        let bytes = Array(text.utf8)
        let announced = try await site.client.send(
            .post,
            "\(order)/attachments",
            [
                "name": "note.txt", "size": bytes.count, "sha256": ContentHash(of: bytes).text, "kind": "document",
                "category": "after",
            ]
        )
        let path = try #require(announced.headers[.location], "\(announced.text)")
        let headers: HTTPFields = [
            .authorization: "Bearer \(site.client.token)", .contentLength: "\(bytes.count)",
            .contentType: "application/octet-stream",
        ]
        let sent = try await site.client.http.execute(
            uri: "\(path)/parts/1",
            method: .put,
            headers: headers,
            body: ByteBuffer(bytes: bytes)
        ) { $0.status }
        #expect(sent == .noContent)
        let completed = try await site.client.send(.post, "\(path)/complete")
        #expect(completed.status == .ok, "\(completed.text)")
    }

    /// The tables that have rows of a work order.
    private func tables(of order: String, _ database: Database) async throws -> Set<String> {
        let id = try #require(WorkOrderID(String(order.split(separator: "/").last ?? "")))
        return try await database.of(.sunfield).transaction { tx in
            let names: [String] = try await tx.query(
                """
                SELECT c.table_name::text AS name FROM information_schema.columns c
                JOIN pg_class t ON t.relname = c.table_name AND NOT t.relispartition AND t.relkind IN ('r', 'p')
                WHERE c.table_schema = 'public' AND c.column_name = 'work_order_id'
                """
            ).map { try $0["name"] }
            var having: Set<String> = []
            for (name, column) in names.map({ ($0, "work_order_id") }) + [("work_orders", "id")] {
                let found = try await tx.first(
                    "SELECT 1 FROM \(sql: SQL(stringLiteral: name)) WHERE \(sql: SQL(stringLiteral: column)) = \(id) LIMIT 1"
                )
                if found != nil { having.insert(name) }
            }
            return having
        }
    }

    @Test func whatWasKeptLongEnoughIsGoneWithAllThatBelongsToIt() async throws {
        let objects = ObjectStore.forArchive()
        try await withLabor(objects: objects) { site in
            let old = try await full(site, ["the same bytes", "only the old one's"])
            let young = try await full(site, ["the same bytes"], isEnded: false)
            let (had, others) = (try await tables(of: old, site.database), try await tables(of: young, site.database))
            #expect(
                had.isSuperset(of: [
                    "work_orders", "work_order_tasks", "work_order_state_history", "work_order_words",
                    "work_order_comments",
                    "work_order_parts", "part_movements", "cost_entries", "labor_entries", "work_order_attachments",
                    "work_order_signatures",
                ]),
                "\(had)"
            )
            try await keep(site, objects, at: "2028-07-01T00:00:00Z")
            try await keep(site, objects, at: "2035-12-31T23:59:59Z")
            #expect(try await tables(of: old, site.database) == had)
            try await keep(site, objects, at: "2036-01-01T00:00:01Z")
            #expect(try await tables(of: old, site.database) == [])
            #expect(try await site.client.send(.get, old).status == .notFound)
            // Other work keeps what it has, the same bytes too.
            #expect(try await tables(of: young, site.database) == others)
            let left = try await objects.list("attachments/").entries.map(\.key.text)
            #expect(left == ["attachments/\(TenantID.sunfield)/\(ContentHash(of: Array("the same bytes".utf8)).text)"])
            let id = String(old.split(separator: "/").last ?? "")
            let tombstones = try await site.database.outbox()
                .filter { $0.topic == WorkOrderState.topic.name && $0.value == nil }
            #expect(tombstones.map(\.key) == [id])
            let audit = try await site.database.outbox(of: AuditRecorded.self).filter {
                $0.action == "WORKORDER_EXPIRED"
            }
            #expect(audit.map(\.resourceID) == [id])
        }
    }

    /// The ledger gives nothing away but what is forgotten, and that only to the function that forgets.
    @Test func nobodyElseDeletesFromTheLedgers() async throws {
        try await withLabor(objects: .forArchive()) { site in
            let order = try await full(site, ["a note"])
            let id = try #require(WorkOrderID(String(order.split(separator: "/").last ?? "")))
            let had = try await tables(of: order, site.database)
            // It is not in the archive, nor another tenant's.
            for tenant in [TenantID.sunfield, .windward] {
                let row = try await site.database.of(tenant).first(
                    "SELECT forget_work_order(\(id), now()) AS was_there"
                )
                #expect(try row?["was_there"] == false)
            }
            for table in ["cost_entries", "part_movements"] {
                await #expect(throws: PostgresError.self) {
                    try await site.database.of(.sunfield).transaction { tx in
                        try await tx.execute("SELECT set_config('dcmms.forgotten', \(id.description), true)")
                        try await tx.execute(
                            "DELETE FROM \(sql: SQL(stringLiteral: table)) WHERE work_order_id = \(id)"
                        )
                    }
                }
            }
            #expect(try await tables(of: order, site.database) == had)
        }
    }

    @Test func bytesThatAreSentAgainStay() async throws {
        let objects = ObjectStore.forArchive()
        try await withLabor(objects: objects) { site in
            let old = try await full(site, ["a note"])
            try await keep(site, objects, at: "2028-07-01T00:00:00Z")
            // The work order goes, and before its bytes do, the same bytes come again.
            let store = RetentionStore(orders: WorkOrderStore(database: site.database))
            let act = Act(service: "work-orders", tenant: .sunfield, cause: "retention", time: .noon)
            _ = try await store.delete(archivedBefore: try Date("2036-01-01T00:00:00Z", strategy: .iso8601), by: act)
            #expect(try await site.client.send(.get, old).status == .notFound)
            let new = try await site.order()
            try await upload("a note", new, site)
            try await keep(site, objects, at: "2028-07-01T00:00:00Z")
            #expect(try await objects.list("attachments/").entries.count == 1)
        }
    }
}

extension ObjectStore {
    fileprivate static func forArchive() -> ObjectStore {
        ObjectStore(folder: TestServers.directory.appending(path: "archive-\(UUID())").path)
    }
}
