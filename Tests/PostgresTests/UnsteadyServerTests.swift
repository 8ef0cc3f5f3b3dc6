import Foundation
import LocalServers
import Postgres
import TestSupport
import Testing

/// A separate server that the tests restart and suspend.
@Suite(.timeLimit(.minutes(10))) struct UnsteadyServerTests {
    @Test func aRestartIsHandledByThePoolAndReportedToListeners() async throws {
        try await withServer { server in
            let database = Database(
                url: server.url(database: "postgres"),
                maximumConnections: 3,
                acquireTimeout: .seconds(60)
            )
            var wakeUps = Listener(database, channel: "news").wakeUps.makeAsyncIterator()
            await wakeUps.next()
            try await database.expectPlaces(3)
            let interrupted = Task { try await database.query("SELECT pg_sleep(20)") }
            try await database.untilRunning("SELECT pg_sleep(20)")
            await server.process.stop()
            let broken = await #expect(throws: PostgresError.self) { try await interrupted.value }
            #expect(broken?.kind == .connection)
            let away = await #expect(throws: PostgresError.self) { try await database.ping() }
            #expect(away?.kind == .connection)
            let restarted = try await PostgresServer.start(
                in: TestServers.directory.appending(path: "unsteady-\(server.port)"),
                port: server.port
            )
            for _ in 0..<3 { try await database.ping() }
            try await database.expectPlaces(3)
            // Notifications sent in the meantime are lost, so the wake-up tells the listener to look itself.
            await wakeUps.next()
            try await database.execute("NOTIFY news")
            await wakeUps.next()
            await database.close()
            await restarted.process.stop()
        }
    }

    /// The postmaster accepts neither cancel requests nor new connections, while statements continue.
    @Test func aSuspendedPostmasterBlocksNobody() async throws {
        try await withServer { server in
            let database = Database(
                url: server.url(database: "postgres"),
                maximumConnections: 8,
                acquireTimeout: .seconds(60)
            )
            try await database.expectPlaces(8)
            let tasks = (0..<7).map { _ in Task { try await database.query("SELECT pg_sleep(30)") } }
            _ = try await eventually("all to run") {
                let row = try await database.first(
                    "SELECT count(*) AS n FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)'"
                )
                return try row?["n"] == 7 ? true : nil
            }
            kill(server.process.pid, SIGSTOP)
            defer { kill(server.process.pid, SIGCONT) }
            let started = ContinuousClock.now
            for task in tasks { task.cancel() }
            // Neither the cancelling thread nor any other of Swift's few threads is blocked.
            #expect(ContinuousClock.now - started < .seconds(4))
            try await database.ping()
            for task in tasks {
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            #expect(ContinuousClock.now - started < .seconds(25))
            kill(server.process.pid, SIGCONT)
            try await database.expectPlaces(8)
            await database.close()
        }
    }

    /// The connection is alive but silent, so the server's own statement time-out can't help.
    ///
    /// While it hangs, nobody can drop a database of this server: PostgreSQL waits until each backend has let go of its files.
    ///
    /// - Parameter isKnown: Whether the statement has a plan and is sent at once, or is prepared first.
    @Test(arguments: [false, true]) func aHangingBackendIsAbandoned(isKnown: Bool) async throws {
        try await withServer { server in
            let database = Database(
                url: server.url(database: "postgres"),
                maximumConnections: 1,
                statementTimeout: .seconds(2),
                acquireTimeout: .seconds(60)
            )
            let backend = Int32(try await database.backend())
            if isKnown { try await database.ping() }
            kill(backend, SIGSTOP)
            defer { kill(backend, SIGCONT) }
            let error = await #expect(throws: PostgresError.self) { try await database.ping() }
            #expect(error?.kind == .connection)
            try await database.expectPlaces(1)
            await database.close()
        }
    }

    private func withServer(_ body: (PostgresServer) async throws -> Void) async throws {
        let port = try Port.free()
        let directory = TestServers.directory.appending(path: "unsteady-\(port)")
        let server = try await PostgresServer.start(in: directory, port: port)
        do {
            try await body(server)
        } catch {
            await server.process.stop()
            throw error
        }
        await server.process.stop()
    }
}
