import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// Real maintenance tickets of photovoltaic plants (the pvOps project's), as somebody who moves to this system brings them in.
@Suite struct TicketTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../../shared/data/pvops/tickets.csv"
    )

    private struct Ticket {
        var number: String
        var asset: String
        var body: [String: Any]

        init(_ fields: [String: String], assets: [String: AssetID]) {
            number = fields["randid"] ?? ""
            asset = fields["Asset"] ?? ""
            let cause = fields["Cause"]?.trimmingCharacters(in: CharacterSet(charactersIn: ". ")) ?? ""
            body = [
                "assetId": assets[asset]?.description ?? "", "type": "corrective",
                "title": cause.isEmpty ? "Ticket \(number)" : "Ticket \(number): \(cause)",
                "description": fields["CompletionDesc"] ?? "",
                "priority": fields["ImpactLevel"] == "Production Outage" ? "high" : "medium",
                "scheduledStart": Self.time(fields["Date_EventStart"]),
                "scheduledEnd": Self.time(fields["Date_EventEnd"]),
            ]
        }

        /// `8/16/2018 9:00` in the plants' time, which the file does not name: UTC.
        private static func time(_ text: String?) -> String {
            let parts = (text ?? "").split { "/ :".contains($0) }.compactMap { Int($0) }
            guard parts.count == 5 else { return "" }
            let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
            return "\(parts[2])-\(two(parts[0]))-\(two(parts[1]))T\(two(parts[3])):\(two(parts[4])):00Z"
        }
    }

    @Test func everyTicketIsTakenOrRefusedWithItsReason() async throws {
        guard let text = try? String(contentsOf: Self.file, encoding: .utf8) else {
            print("SKIPPED: taking in real maintenance tickets, which are not at hand")
            return
        }
        let rows = try CSVReader.rows(of: text)
        let head = try #require(rows.first?.fields)
        let tickets = rows.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(head, $0.fields)) }
        #expect(tickets.count == 70)
        try await withWorkOrders { client, database in
            var assets: [String: AssetID] = [:]
            for (index, kind) in Set(tickets.compactMap { $0["Asset"] }).sorted().enumerated() {
                let id = AssetID.sample(UInt8(100 + index))
                assets[kind] = id
                try await database.of(.sunfield).execute(
                    """
                    INSERT INTO assets (id, tenant_id, site_id, code, status, version)
                    VALUES (\(id), \(TenantID.sunfield), \(AssetReplica.inverter.site), \(kind), 'operational', 1)
                    """
                )
            }
            var (taken, refused): ([String], [String]) = ([], [])
            for fields in tickets {
                let ticket = Ticket(fields, assets: assets)
                let answer = try await client.send(.post, "/api/v1/workorders", ticket.body)
                switch answer.status {
                case .created: taken.append(try #require(answer["number"]))
                default: refused.append("\(ticket.number) \(answer["code"] ?? answer.text) \(answer.wrongFields)")
                }
            }
            // Three of them end before they begin.
            #expect(
                refused == [
                    #"49 schedule_reversed ["scheduledEnd"]"#, #"17 schedule_reversed ["scheduledEnd"]"#,
                    #"54 schedule_reversed ["scheduledEnd"]"#,
                ]
            )
            #expect(Set(taken).count == 67)
            let summary = try await client.send(.get, "/api/v1/workorders/summary")
            #expect((summary.object["byStatus"] as? [[String: Any]])?.first?["count"] as? Int == 67)
            // What the tickets say is found, and what they are about.
            let arcs = try await client.all("/api/v1/workorders?q=contactor", limit: 50)
            let expected = tickets.count {
                $0["CompletionDesc"]?.localizedCaseInsensitiveContains("contactor") ?? false
            }
            #expect(arcs.count == expected && expected > 0)
            let inverters = try await client.all(
                "/api/v1/workorders?assetId=\(try #require(assets["Inverter"]))",
                limit: 50
            )
            #expect(
                inverters.count == tickets.count { $0["Asset"] == "Inverter" } - refused.count { $0.hasPrefix("49") }
            )
        }
    }
}
