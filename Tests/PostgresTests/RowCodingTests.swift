import Foundation
import Identifiers
import Postgres
import TestSupport
import Testing

/// A record for this test, with properties of every kind that records have.
private struct Part: Codable, Hashable, Record {
    enum Kind: String, Codable, PostgresEncodable, PostgresDecodable {
        case fan
        case filter
    }

    var id: UserID
    var site: SiteID
    var serialNumber: String
    var ratedPowerKW: Double?
    var count: Int
    var kind: Kind
    var tags: [String]
    var builtAt: Date?
    var isSpare: Bool
    var siteCode: String

    static let columnNames = ["site": "site_id"]
    static let joined: Set = ["siteCode"]

    static func sample(_ number: UInt8, power: Double? = nil) -> Part {
        Part(
            id: .sample(number),
            site: .sample(9),
            serialNumber: "A-\(number)",
            ratedPowerKW: power,
            count: 7,
            kind: .filter,
            tags: ["new", "blue"],
            builtAt: power == nil ? nil : .noon,
            isSpare: true,
            siteCode: "LHB"
        )
    }
}

@Suite struct RowCodingTests {
    private static let migration = Migration(
        "m0001_parts",
        Array(
            """
            CREATE TABLE parts (id uuid PRIMARY KEY, site_id uuid NOT NULL, serial_number text NOT NULL,
                rated_power_kw double precision, count integer NOT NULL, kind text NOT NULL, tags text[] NOT NULL,
                built_at timestamptz, is_spare boolean NOT NULL, created_at timestamptz NOT NULL)
            """.utf8
        )
    )

    @Test func aRecordIsReadBackAsWritten() async throws {
        try await withDatabase([Self.migration]) { database in
            let parts = [Part.sample(1, power: 2.5), .sample(2), .sample(3, power: 0)]
            for part in parts { try await database.execute(.insert("parts", part, adding: ["created_at": Date.noon])) }
            // The order of the columns does not matter.
            for columns in ["*", "is_spare, tags, kind, count, rated_power_kw, built_at, serial_number, site_id, id"] {
                let rows = try await database.query(
                    "SELECT \(sql: SQL(stringLiteral: columns)), 'LHB' AS site_code FROM parts ORDER BY id"
                )
                #expect(try rows.decode(Part.self) == parts)
                #expect(try rows[1].decode(Part.self) == parts[1])
            }
        }
    }

    @Test func anUpdateWritesNullAndKeepsExceptedColumns() async throws {
        try await withDatabase([Self.migration]) { database in
            var part = Part.sample(1, power: 2.5)
            try await database.execute(.insert("parts", part, adding: ["created_at": Date.noon]))
            part.ratedPowerKW = nil
            part.serialNumber = "other"
            part.tags = []
            let changed = try await database.execute(
                .update("parts", part, except: ["id", "serialNumber"], where: "id = \(part.id)")
            )
            #expect(changed == 1)
            let read: Part? = try await database.first("SELECT *, 'LHB' AS site_code FROM parts")?.decode()
            part.serialNumber = "A-1"
            #expect(read == part)
        }
    }

    @Test func aColumnThatDoesNotFitIsNamed() async throws {
        try await withDatabase([Self.migration]) { database in
            try await database.execute(.insert("parts", Part.sample(1), adding: ["created_at": Date.noon]))
            func problem(_ select: SQL) async throws -> String {
                do {
                    return "\(try await database.query(select).decode(Part.self))"
                } catch let error as PostgresError {
                    return "\(error)"
                }
            }
            // A column that is missing from the statement is not treated as NULL.
            #expect(try await problem("SELECT id, site_id FROM parts").contains("no column serial_number"))
            let rest: SQL = "site_id, serial_number, rated_power_kw, count, tags, built_at, is_spare, 'L' AS site_code"
            #expect(
                try await problem("SELECT id, 'pump' AS kind, \(sql: rest) FROM parts").contains("column kind")
            )
            #expect(
                try await problem("SELECT NULL::uuid AS id, kind, \(sql: rest) FROM parts").contains(
                    "column id is NULL"
                )
            )
        }
    }

    @Test func valuesThatAreNotColumnsCanBeAdded() async throws {
        struct Kit: Codable, Record {
            var id: UserID
            var parts: [Part]
        }
        try await withDatabase([Self.migration]) { database in
            try await database.execute(.insert("parts", Part.sample(1), adding: ["created_at": Date.noon]))
            let rows = try await database.query("SELECT id FROM parts")
            let kits = try rows.decode(Kit.self) { _ in ["parts": [Part.sample(5)]] }
            #expect(kits.map(\.parts) == [[.sample(5)]])
        }
    }

    @Test func conditionsAreJoined() throws {
        let none: SQL? = nil
        #expect(SQL.all([]).text == "true")
        #expect(SQL.any([]).text == "false")
        #expect(SQL.all(["a = \(1)", none, "b = \(2) OR c"]).text == "(a = $1) AND (b = $2 OR c)")
        #expect(SQL.any(["a = \(1)", "b = \(2)"]).text == "(a = $1) OR (b = $2)")
    }
}
