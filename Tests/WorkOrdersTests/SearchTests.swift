import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// The search of work orders by their words.
@Suite struct SearchTests {
    private static let path = "/api/v1/workorders"

    /// The titles that a search finds among those of the table, each with its description.
    private static let texts = [
        "Wechselrichterlüfter tauschen": "Lager läuft heiß", "Contrôle de l'onduleur n° 7": "",
        "इन्वर्टर का पंखा बदलें": "", "更换逆变器风扇": "", "إصلاح المروحة": "", "Check 50% of the strings": "torque_log.csv attached",
    ]

    private func withTexts(_ body: @escaping @Sendable (ServiceClient, Database) async throws -> Void) async throws {
        try await withWorkOrders { client, database in
            for (title, description) in Self.texts.sorted(by: { $0.key < $1.key }) {
                let created = try await client.send(
                    .post,
                    Self.path,
                    [
                        "assetId": AssetReplica.inverter.id.description, "title": title, "description": description,
                        "type": "corrective", "priority": "low",
                    ]
                )
                #expect(created.status == .created, "\(created.text)")
            }
            try await body(client, database)
        }
    }

    private static func found(_ words: String, _ client: ServiceClient) async throws -> [String] {
        let query = try #require(words.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        let answer = try await client.send(.get, "\(path)?q=\(query)&sort=number")
        #expect(answer.status == .ok, "\(answer.text)")
        return answer.items.compactMap { $0["title"] as? String }
    }

    @Test(
        arguments: [
            // Accents, case, composed or not; the beginning, the middle and the end of a word.
            ("lufter", "Wechselrichterlüfter tauschen"), ("LÜFTER", "Wechselrichterlüfter tauschen"),
            ("lu\u{308}fter tausch", "Wechselrichterlüfter tauschen"), ("richter", "Wechselrichterlüfter tauschen"),
            ("controle onduleur", "Contrôle de l'onduleur n° 7"), ("7", "Contrôle de l'onduleur n° 7"),
            ("पंखा", "इन्वर्टर का पंखा बदलें"), ("逆变器", "更换逆变器风扇"), ("المروحة", "إصلاح المروحة"),
            // The description.
            ("heiß", "Wechselrichterlüfter tauschen"), ("torque_log.csv", "Check 50% of the strings"),
            ("attach", "Check 50% of the strings"),
            // No letter is a wildcard, and no sign an operator.
            ("50%", "Check 50% of the strings"), ("fter | pump", nil), ("!lüfter", "Wechselrichterlüfter tauschen"),
            ("% _", nil), ("'", nil), ("\\", nil), ("lüfter:*", "Wechselrichterlüfter tauschen"), ("lüfter pump", nil),
        ] as [(String, String?)]
    )
    func wordsAreFound(words: String, title: String?) async throws {
        try await withTexts { (client, _) async throws in
            #expect(try await Self.found(words, client) == [title].compactMap(\.self), "\(words)")
        }
    }

    @Test func aNumberIsFoundAsPeopleSayIt() async throws {
        try await withTexts { (client, _) async throws in
            let third = try #require(try await client.send(.get, "\(Self.path)?sort=number&limit=3").items.last)
            let number = try #require(third["number"] as? String)
            for words in [number, number.lowercased(), "3", "000003", String(number.dropLast(2))] {
                let titles = try await Self.found(words, client)
                #expect(titles.contains(third["title"] as? String ?? ""), "\(words)")
            }
            #expect(try await Self.found(number, client).count == 1)
        }
    }

    @Test func aNewTitleIsFoundAndTheOldOneIsNot() async throws {
        try await withTexts { (client, _) async throws in
            let found = try await client.send(.get, "\(Self.path)?q=onduleur")
            let id = try #require(found.items.first?["id"] as? String)
            #expect(try await client.send(.patch, "\(Self.path)/\(id)", ["title": "Remplacer le câble"]).status == .ok)
            #expect(try await Self.found("onduleur", client) == [])
            #expect(try await Self.found("cable", client) == ["Remplacer le câble"])
        }
    }

    @Test func nobodyFindsAnotherTenantsWork() async throws {
        try await withTexts { (client, database) async throws in
            let foreign = try await client.acting(as: .bo, of: .windward, roles: ["all"])
            #expect(try await Self.found("lüfter", foreign) == [])
            // The tenant's own word in the index can't be asked for.
            #expect(try await Self.found("=\(TenantID.sunfield)", foreign) == [])
            // Without a tenant there is nothing, whatever is asked for.
            let none = try await database.with(.noTenant).query("SELECT work_orders_with('lüfter')")
            #expect(none.isEmpty)
            // Nor by the ids of another tenant's work orders.
            let all = try await database.of(.sunfield).query("SELECT id FROM work_orders")
            let ids: [WorkOrderID] = try all.map { try $0["id"] }
            let stolen = try await database.of(.windward).query(
                "SELECT work_orders_with('lüfter', \(PostgresArray(ids)))"
            )
            #expect(ids.count == Self.texts.count && stolen.isEmpty)
        }
    }

    /// The page is the same, whether its work orders were searched one by one or by the index.
    @Test(arguments: [nil, "e", "check", "torque", "pump"])
    func noWorkOrderIsMissedOrFoundTwice(words: String?) async throws {
        try await withTexts { (_, database) async throws in
            let store = WorkOrderStore(database: database)
            for (sort, limit) in [(WorkOrderSort?.none, 1), (.none, 3), (WorkOrderSort(rawValue: "number"), 2)] {
                var filter = WorkOrderFilter()
                (filter.q, filter.sort) = (words, sort)
                var pages: Set<[String]> = []
                for searchedFirst in [0, 1, 3, 1_000] {
                    let page = try await store.list(
                        filter,
                        at: .noon,
                        tenant: .sunfield,
                        within: .tenant,
                        after: nil,
                        limit: limit,
                        searchedFirst: searchedFirst
                    )
                    pages.insert(page.orders.map(\.title) + [page.hasMore ? "more" : "end"])
                }
                #expect(pages.count == 1, "\(limit)")
            }
        }
    }
}
