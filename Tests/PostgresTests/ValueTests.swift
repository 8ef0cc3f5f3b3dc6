import Foundation
import Identifiers
import Postgres
import TestSupport
import Testing

@Suite struct ValueTests {
    private enum Colour: String, PostgresValue { case red, green }

    @Test func everyTypeComesBackAsItWent() async throws {
        try await withDatabase { database in
            let id = WorkOrderID.new()
            let date = Date(timeIntervalSince1970: 1_780_315_200.123456)
            let row = try #require(
                try await database.first(
                    """
                    SELECT \(true) AS bool, \(Int16(-7)) AS small, \(Int32.min) AS medium, \(Int64.max) AS big,
                        \(-0.1) AS double, \("gr\u{fc}\u{df} dich '; DROP TABLE x; --") AS text, \(id) AS id,
                        \(date) AS date, \([UInt8](0...255)) AS bytes, \(JSONB("{\"a\": [1]}")) AS json,
                        \(Colour.green) AS colour, \(PostgresArray(["a", "", "\u{1F600}"])) AS texts,
                        \(PostgresArray([Int64](-1...1))) AS numbers, \(PostgresArray([id])) AS ids,
                        \(PostgresArray([Double]())) AS empty
                    """
                )
            )
            #expect(try row["bool"] == true)
            #expect(try row["small"] == Int16(-7))
            #expect(try row["medium"] == Int32.min)
            #expect(try row["big"] == Int64.max)
            #expect(try row["double"] == -0.1)
            #expect(try row["text"] == "gr\u{fc}\u{df} dich '; DROP TABLE x; --")
            #expect(try row["id"] == id)
            let back: Date = try row["date"]
            #expect(abs(back.timeIntervalSince(date)) < 1e-6)
            #expect(try row["bytes"] == [UInt8](0...255))
            #expect(try (row["json"] as JSONB).text == "{\"a\": [1]}")
            #expect(try row["colour"] == Colour.green)
            #expect(try (row["texts"] as PostgresArray<String>).elements == ["a", "", "\u{1F600}"])
            #expect(try (row["numbers"] as PostgresArray<Int64>).elements == [-1, 0, 1])
            #expect(try (row["ids"] as PostgresArray<WorkOrderID>).elements == [id])
            #expect(try (row["empty"] as PostgresArray<Double>).elements.isEmpty)
        }
    }

    @Test func nullIsNilOrAnErrorThatNamesTheColumn() async throws {
        try await withDatabase { database in
            let missing: String? = nil
            let row = try #require(try await database.first("SELECT \(missing) AS note, 'x' AS word"))
            let note: String? = try row["note"]
            #expect(note == nil)
            #expect { let _: String = try row["note"] } throws: {
                ($0 as? PostgresError)?.description == "column note is NULL"
            }
            #expect { let _: Int = try row["word"] } throws: {
                ($0 as? PostgresError)?.description == "column word is not an integer"
            }
            #expect { let _: Int = try row["nothing"] } throws: {
                ($0 as? PostgresError)?.description == "the result has no column nothing"
            }
        }
    }

    @Test func fragmentsAreNumberedAnew() async throws {
        let filter: SQL = "b = \(2) AND c = \(3)"
        let whole: SQL = "SELECT a = \(1) AND \(sql: filter) AND d = \(4)"
        #expect(whole.text == "SELECT a = $1 AND b = $2 AND c = $3 AND d = $4")
    }
}
