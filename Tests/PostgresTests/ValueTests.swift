import Foundation
import Identifiers
import Postgres
import TestSupport
import Testing

@Suite struct ValueTests {
    private enum Colour: String, PostgresValue { case red, green }

    @Test func everyTypeIsReadBackAsWritten() async throws {
        try await withPool { database in
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
        try await withPool { database in
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

    @Test func parametersOfFragmentsAreRenumbered() async throws {
        let filter: SQL = "b = \(2) AND c = \(3)"
        let whole: SQL = "SELECT a = \(1) AND \(sql: filter) AND d = \(4)"
        #expect(whole.text == "SELECT a = $1 AND b = $2 AND c = $3 AND d = $4")
    }

    @Test func infiniteTimestampsAreRefusedWithTheirColumn() async throws {
        try await withPool { database in
            let row = try #require(
                try await database.first("SELECT timestamptz 'infinity' AS ever, timestamptz '-infinity' AS never")
            )
            for column in ["ever", "never"] {
                #expect { let _: Date = try row[column] } throws: {
                    ($0 as? PostgresError)?.description == "column \(column) is not a finite timestamp"
                }
            }
            let impossible: [Double] = [.infinity, -.infinity, .nan, 1e300, -1e300, 9.3e12, -9.3e12]
            for seconds in impossible {
                let date = Date(timeIntervalSince1970: seconds)
                await #expect { try await database.query("SELECT \(date) AS date") } throws: {
                    PostgresError.isKind(.invalidValue)($0)
                }
            }
        }
    }

    @Test func datesAreExactToTheMicrosecondEvenIfDistant() async throws {
        try await withPool { database in
            let row = try #require(
                try await database.first(
                    """
                    SELECT timestamptz '294276-12-31 23:59:59+00' AS last, timestamptz '4713-01-01 00:00:00+00 BC' AS first,
                        \(Date(timeIntervalSince1970: 1_780_315_200.123456)) = '2026-06-01 12:00:00.123456+00' AS exact,
                        \(Date.distantPast) AS past, \(Date.distantFuture) AS future
                    """
                )
            )
            let last: Date = try row["last"]
            #expect(last.timeIntervalSince1970 == 9_224_318_015_999)
            #expect((try row["first"] as Date) < .distantPast)
            #expect(try row["exact"] == true)
            #expect(try row["past"] == Date.distantPast)
            #expect(try row["future"] == Date.distantFuture)
        }
    }

    @Test func everyTypeHasArrays() async throws {
        try await withPool { database in
            let date = Date(timeIntervalSince1970: 1_780_315_200)
            let row = try #require(
                try await database.first(
                    """
                    SELECT \(PostgresArray([true, false])) AS bools, \(PostgresArray([Int16(1)])) AS smalls,
                        \(PostgresArray([Int32(2)])) AS mediums, \(PostgresArray([date])) AS dates,
                        \(PostgresArray([[UInt8]([0, 255])])) AS bytes, \(PostgresArray([JSONB("[]")])) AS documents,
                        \(PostgresArray([Colour.red])) AS colours, ARRAY[1, NULL]::bigint[] AS holes,
                        ARRAY[[1], [2]]::bigint[] AS matrix, ARRAY[1.5]::numeric[] AS numerics, 'a text of some length' AS text
                    """
                )
            )
            #expect(try (row["bools"] as PostgresArray<Bool>).elements == [true, false])
            #expect(try (row["smalls"] as PostgresArray<Int16>).elements == [1])
            #expect(try (row["mediums"] as PostgresArray<Int32>).elements == [2])
            #expect(try (row["dates"] as PostgresArray<Date>).elements == [date])
            #expect(try (row["bytes"] as PostgresArray<[UInt8]>).elements == [[0, 255]])
            #expect(try (row["documents"] as PostgresArray<JSONB>).elements.map(\.text) == ["[]"])
            #expect(try (row["colours"] as PostgresArray<Colour>).elements == [.red])
            for column in ["holes", "matrix", "numerics", "text"] {
                #expect { let _: PostgresArray<Int64> = try row[column] } throws: {
                    "\($0)".hasPrefix("column \(column) is not")
                }
            }
            let none: PostgresArray<Int64>? = nil
            let empty = try #require(try await database.first("SELECT \(none) AS numbers"))
            #expect(try (empty["numbers"] as PostgresArray<Int64>?)?.elements == nil)
        }
    }

    @Test func aValueThatDoesNotFitNamesItsColumn() async throws {
        try await withPool { database in
            let row = try #require(
                try await database.first(
                    """
                    SELECT 'blue' AS colour, 1.5::numeric AS price, 2::bigint AS same, 3::bigint AS same,
                        3000000000 AS large, 7::bigint AS seven
                    """
                )
            )
            #expect { let _: Colour = try row["colour"] } throws: {
                "\($0)" == "column colour is not one of the values of Colour"
            }
            #expect { let _: Double = try row["price"] } throws: { "\($0)".hasPrefix("column price is not") }
            #expect { let _: Int = try row["price"] } throws: { "\($0)".hasPrefix("column price is not") }
            #expect { let _: String = try row["price"] } throws: { "\($0)" == "column price is not text" }
            #expect { let _: String = try row["seven"] } throws: { "\($0)" == "column seven is not text" }
            #expect { let _: Int32 = try row["large"] } throws: { "\($0)" == "column large is not a 32-bit integer" }
            #expect { let _: Int = try row["same"] } throws: { "\($0)" == "the result has several columns same" }
        }
    }

    @Test func infinityAndNaNAreReadBack() async throws {
        try await withPool { database in
            let row = try #require(
                try await database.first("SELECT \(Double.infinity) AS much, \(Double.nan) AS none, \(-0.0) AS zero")
            )
            #expect(try row["much"] == Double.infinity)
            #expect((try row["none"] as Double).isNaN)
            #expect((try row["zero"] as Double).sign == .minus)
        }
    }

    @Test func enumsAndNamesAreReadAsText() async throws {
        try await withDatabase { database in
            try await database.execute("CREATE TYPE mood AS ENUM ('calm', 'cross')")
            let row = try #require(try await database.first("SELECT 'cross'::mood AS mood, current_user AS name"))
            #expect(try row["mood"] == "cross")
            #expect(try row["name"] == TestRole.owner)
        }
    }
}
