import LocalServers
import TestSupport
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(10))) struct ConnectionThreadTests {
    private func connect() async throws -> Connection {
        try await Server(url: TestServers.postgres().url(database: "postgres")).connect(statementTimeout: .seconds(20))
    }

    @Test func aThreadEndsWithItsConnection() async throws {
        var connection: Connection? = try await connect()
        weak let thread = connection?.thread
        _ = try await connection?.run("SELECT 1")
        #expect(thread != nil)
        connection = nil
        try await eventually("the thread's end") { thread == nil ? true : nil }
    }

    /// A statement that has a plan is sent on the caller's thread, one that has none on the connection's: both in any order.
    @Test func statementsWithAndWithoutAPlanAlternate() async throws {
        let connection = try await connect()
        for number in 0..<50 {
            #expect(try await connection.run("SELECT \(number) AS number").rows[0]["number"] == number)
            // Its text is new each time.
            let text = SQL(stringLiteral: "SELECT \(number)::int8 AS number")
            #expect(try await connection.run(text).rows[0]["number"] == number)
            let both = try await connection.pipeline(["SELECT \(number) AS number", text])
            #expect(try both.map { try $0.rows[0]["number"] as Int } == [number, number])
        }
    }

    /// More than the system takes at once: what could not be sent ahead is sent by the connection's thread.
    @Test func aLargeStatementIsSentWhole() async throws {
        let connection = try await connect()
        let text = String(repeating: "x", count: 20 << 20)
        for _ in 0..<2 {
            #expect(try await connection.run("SELECT length(\(text)) AS length").rows[0]["length"] == text.utf8.count)
        }
    }

    /// The failure of a statement that was sent ahead is the caller's, and the connection can be used again.
    @Test func aStatementThatIsRefusedLeavesTheConnectionUsable() async throws {
        let connection = try await connect()
        for text in ["a", "b\0", "c"] {
            if text.contains("\0") {
                await #expect(throws: PostgresError.self) { try await connection.run("SELECT \(text) AS text") }
                await #expect(throws: PostgresError.self) { try await connection.pipeline(["SELECT \(text) AS text"]) }
            } else {
                #expect(try await connection.run("SELECT \(text) AS text").rows[0]["text"] == text)
                #expect(try await connection.pipeline(["SELECT \(text) AS text"])[0].rows[0]["text"] == text)
            }
            #expect(connection.isReusable)
        }
    }
}
