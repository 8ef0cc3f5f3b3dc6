import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// Work orders as a table for spreadsheets.
@Suite struct ExportTests {
    private static let path = "/api/v1/workorders"

    private static func create(_ title: String, _ client: ServiceClient) async throws {
        let body: [String: Any] = [
            "assetId": AssetReplica.inverter.id.description, "title": title, "type": "corrective", "priority": "high",
            "description": "Two\nlines",
        ]
        #expect(try await client.send(.post, path, body).status == .created)
    }

    @Test func theTableHasWhatTheListShows() async throws {
        try await withWorkOrders { client, _ in
            for title in ["Lüfter, \"laut\"", "=1+1"] { try await Self.create(title, client) }
            let answer = try await client.send(.get, "\(Self.path)/export?sort=number")
            #expect(answer.status == .ok)
            #expect(answer.text.hasPrefix("\u{FEFF}number,title,description,type,"))
            let rows = try CSVReader.rows(of: answer.text)
            #expect(rows.map { $0.fields[1] } == ["title", "Lüfter, \"laut\"", "'=1+1"])
            let columns = Dictionary(uniqueKeysWithValues: zip(rows[0].fields, rows[1].fields))
            #expect(columns["asset"] == AssetReplica.inverter.code)
            #expect(columns["description"] == "Two\nlines")
            #expect((columns["status"], columns["phase"], columns["scheduledStart"]) == ("draft", "draft", ""))
            let filtered = try await client.send(.get, "\(Self.path)/export?q=laut")
            #expect(try CSVReader.rows(of: filtered.text).count == 2)
        }
    }

    @Test func itHasEveryRowOfMoreThanOnePart() async throws {
        try await withWorkOrders { client, database in
            try await Self.create("First", client)
            try await database.of(.sunfield).execute(
                """
                INSERT INTO work_orders (id, tenant_id, number, title, type, priority, status, site_id, asset_id, origin, created_at,
                    updated_at, version)
                SELECT gen_random_uuid(), tenant_id, 'X-' || n, 'Copy', type, priority, status, site_id, asset_id, origin, created_at,
                    updated_at, version
                FROM work_orders CROSS JOIN generate_series(1, 1200) AS n
                """
            )
            let answer = try await client.send(.get, "\(Self.path)/export")
            let rows = try CSVReader.rows(of: answer.text)
            #expect(Set(rows.map { $0.fields[0] }).count == 1202)
        }
    }

    /// It shows nothing that the person may not read.
    @Test func itReachesAsFarAsTheList() async throws {
        try await withWorkOrders { client, database in
            for title in ["Here", "There"] { try await Self.create(title, client) }
            try await database.of(.sunfield).execute(
                "UPDATE work_orders SET site_id = \(SiteID.sample(77)) WHERE title = 'There'"
            )
            client.authority.grant("office", [Grant(.workOrderRead, .sites)])
            client.authority.place(.anna, of: .sunfield, Membership(sites: [AssetReplica.inverter.site]))
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["office"])
            let table = try CSVReader.rows(of: try await anna.send(.get, "\(Self.path)/export").text)
            #expect(table.dropFirst().map { $0.fields[1] } == ["Here"])
        }
    }
}
