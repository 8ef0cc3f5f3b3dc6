import Commands
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

/// A time is stored in JSON, Avro, headers and PostgreSQL. All of them must keep every millisecond of the years 1 to 9999.
@Suite struct InstantTests {
    /// All milliseconds of a few random seconds of the calendar and of its first and last second.
    private static let texts: [String] = {
        var random = Seeded(0x1D4)
        let years = Date.calendarMicroseconds
        let ends = [years.lowerBound / 1_000_000, years.upperBound / 1_000_000]
        let seconds = (0..<12).map { _ in Int64.random(in: ends[0]...ends[1], using: &random) } + ends
        return seconds.flatMap { second in
            let text = Date(microseconds: second * 1_000_000).rfc3339.dropLast(4)
            return (0..<1000).map { "\(text)\(String(1000 + $0).dropFirst())Z" }
        }
    }()

    private static let dates = texts.compactMap(Date.init(rfc3339:))

    /// An answer says milliseconds of the time that it has, and later of the one that was stored: a time just below a millisecond was two.
    @Test func anActHasTheTimeThatIsStored() {
        let time = Act(service: "test", tenant: nil, time: Date(timeIntervalSince1970: 1_700_000_000.1239998)).time
        #expect(time == Date(microseconds: 1_700_000_000_124_000))
    }

    @Test func jsonKeepsEveryMillisecond() throws {
        let read = try JSONReader.decode([Date].self, from: try JSONEncoder().encode(Self.texts))
        #expect(read == Self.dates)
        let written = try JSONWriter.write(read)
        #expect(try JSONDecoder().decode([String].self, from: Data(written)) == Self.texts)
    }

    @Test func avroKeepsEveryMillisecond() throws {
        let codec = try EventCodec.committed()
        let wrong = try Self.dates.filter { date in
            let state = SigningKeyState(
                kid: "k",
                algorithm: .rs256,
                modulus: "n",
                exponent: "e",
                x: "",
                y: "",
                createdAt: date
            )
            return try codec.decode(SigningKeyState.self, from: codec.encode(state)).createdAt != date
        }
        #expect(wrong.isEmpty)
    }

    @Test func headersKeepEveryMillisecond() throws {
        let wrong = try Self.dates.filter { date in
            let metadata = EventMetadata(id: .new(), type: "t", source: "s", time: date, tenant: nil)
            return try EventMetadata(headers: metadata.headers).time != date
        }
        #expect(wrong.isEmpty)
    }

    @Test func postgresKeepsEveryMillisecondAndFormatsItTheSame() async throws {
        try await withDatabase { database in
            let rows = try await database.query(
                """
                SELECT time, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS text
                FROM unnest(\(PostgresArray(Self.dates))::timestamptz[]) WITH ORDINALITY AS given (time, place) ORDER BY place
                """
            )
            #expect(try rows.map { try $0["time"] as Date } == Self.dates)
            #expect(try rows.map { try $0["text"] as String } == Self.texts.map { $0.dropLast() + "000Z" })
        }
    }

    @Test func microsecondsOfOurCenturyAreKept() async throws {
        var random = Seeded(0x05)
        let dates = (0..<2000).map { _ in
            Date(microseconds: Int64.random(in: 0...4_000_000_000_000_000, using: &random))
        }
        #expect(dates.map { Date(microseconds: $0.microseconds) } == dates)
        try await withDatabase { database in
            let rows = try await database.query(
                """
                SELECT time FROM unnest(\(PostgresArray(dates))::timestamptz[]) WITH ORDINALITY AS given (time, place)
                ORDER BY place
                """
            )
            #expect(try rows.map { try $0["time"] as Date } == dates)
        }
    }
}
