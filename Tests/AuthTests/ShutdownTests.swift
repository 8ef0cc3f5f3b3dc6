import AsyncHTTPClient
import EventSchema
import Foundation
import Identifiers
import LocalServers
import Messaging
import NIOCore
import NIOHTTP1
import Postgres
import TestSupport
import Testing

/// The daemon as a process, over real servers.
@Suite struct ShutdownTests {
    @Test func aTerminatedDaemonAnswersOpenRequestsAndShutsDownCleanly() async throws {
        let directory = TestServers.directory.appending(path: "auth-shutdown")
        let broker = try await BrokerServer.start(in: directory)
        let postgres = try await TestServers.postgres()
        let access = try await postgres.makeDatabase("auth_shutdown")
        // The test locks tables, for which it needs a superuser.
        let database = Database(url: postgres.url(database: "auth_shutdown"), maximumConnections: 3)
        let environment = [
            "LOG_LEVEL": "info",
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap, "REDIS_URL": try await TestServers.redis().url,
            "AUTH_BOOTSTRAP_TENANT": "T", "AUTH_BOOTSTRAP_EMAIL": "a@example.com", "AUTH_BOOTSTRAP_PASSWORD": "p",
            "LINK_KEYS": String(repeating: "k", count: 32),
            "BROWSER_KEYS": String(repeating: "b", count: 32),
        ].merging(access) { $1 }
        let port = try Port.free()
        let daemon = try await DaemonServer.start("auth", port: port, environment: environment, in: directory)
        try await daemon.untilReady()
        try await recorded("ADMINISTRATOR_BOOTSTRAPPED", database)

        let login = try await database.transaction { tx in
            try await tx.execute("LOCK TABLE users, audit_log IN ACCESS EXCLUSIVE MODE")
            let login = Task { try await logIn(on: port) }
            try await publishEntry(database)
            try await eventually("the request and the event to wait for their tables") {
                let waiting = try await database.count(
                    """
                    SELECT count(DISTINCT relation) FROM pg_locks
                    WHERE NOT granted AND relation IN ('users'::regclass, 'audit_log'::regclass)
                    """
                )
                return waiting == 2 ? true : nil
            }
            kill(daemon.process.pid, SIGTERM)
            try await eventually("the daemon to close its port") { Port.answers(port) ? nil : true }
            return login
        }
        // Only now can the daemon finish the request and the event.
        #expect(try await login.value == 200)
        try await eventually("the daemon to end") { daemon.process.isRunning ? nil : true }
        // The last line shows that nothing was abandoned and that the exit status is 0.
        #expect(try String(contentsOf: daemon.process.log, encoding: .utf8).contains("\"stopped\""))

        // The event was handled before, or it is handled now; in any case exactly once.
        let again = try await DaemonServer.start("auth", port: port, environment: environment, in: directory)
        try await again.untilReady()
        try await recorded("LOGIN_SUCCESS", database)
        #expect(try await database.count("SELECT count(*) FROM audit_log WHERE action = 'IN_FLIGHT'") == 1)
        for process in [again.process, broker.process] { await process.stop() }
        await database.close()
    }

    private func logIn(on port: Int) async throws -> UInt {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/v1/auth/login")
        request.method = .POST
        request.body = .bytes(ByteBuffer(string: #"{"email": "a@example.com", "password": "p"}"#))
        return try await HTTPClient.shared.execute(request, timeout: .seconds(60)).status.code
    }

    private func publishEntry(_ database: Database) async throws {
        let entry = AuditRecorded(
            tenant: nil,
            user: nil,
            service: "test",
            action: "IN_FLIGHT",
            resourceType: "test",
            at: .noon
        )
        let act = Act(service: "test", tenant: nil, time: .noon)
        try await database.transaction { try $0.publish(entry, by: act) }
    }

    private func recorded(_ action: String, _ database: Database) async throws {
        try await eventually("\(action) in the audit log") {
            try await database.count("SELECT count(*) FROM audit_log WHERE action = \(action)") == 1 ? true : nil
        }
    }
}
