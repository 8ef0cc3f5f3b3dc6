import EventSchema
import Foundation
import Identifiers
import LocalServers
import Messaging
import Postgres
import RedisClient
import TestSupport
import Testing

@testable import Auth

@Suite struct SessionTests {
    // Of this test alone: all of them share a Redis.
    private let first = UUID().uuidString
    private let second = UUID().uuidString
    private let third = UUID().uuidString

    private let bootstrap = Settings.Bootstrap(
        tenant: "T",
        email: "Admin@Example.com",
        password: "correct horse battery"
    )

    @Test func aRefreshTokenWorksOnceAndItsReuseEndsTheSession() async throws {
        try await withDatabase(.all) { database in
            let (sessions, user) = try await prepared(database)
            let session = SessionID.new()
            let now = Date()
            try await begin(sessions, user, session, first, now)
            let (rotated, same) = try await sessions.rotate(first, to: second, origin(now))
            #expect(rotated.id == user.id)
            #expect(same == session)
            await #expect(throws: Refusal.refreshToken) { try await sessions.rotate(first, to: "stolen", origin(now)) }
            // The thief's try has ended the session: the successor is worthless too.
            await #expect(throws: Refusal.refreshToken) { try await sessions.rotate(second, to: third, origin(now)) }
            let ended = try await database.query(
                "SELECT 1 FROM outbox WHERE headers->>'ce_type' = 'auth.session-ended.v1'"
            )
            #expect(ended.count == 1)
        }
    }

    @Test func ofManyParallelRefreshesOneWins() async throws {
        try await withDatabase(.all, maximumConnections: 8) { database in
            let (sessions, user) = try await prepared(database)
            let now = Date()
            try await begin(sessions, user, .new(), first, now)
            let wins = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask { (try? await sessions.rotate(first, to: "n\(number)", origin(now))) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(wins == 1)
        }
    }

    @Test func anExpiredTokenIsRefused() async throws {
        try await withDatabase(.all) { database in
            let (sessions, user) = try await prepared(database)
            let now = Date()
            try await begin(sessions, user, .new(), first, now)
            await #expect(throws: Refusal.refreshToken) {
                try await sessions.rotate(first, to: second, origin(now.addingTimeInterval(8 * 86_400)))
            }
        }
    }

    @Test func aLockHoldsItsTimeAndCountsAnewAfterwards() async throws {
        try await withDatabase(.all) { database in
            let locks = AddressLocks(database: database)
            for _ in 0..<LoginAttempts.allowed { try await locks.admit("a@example.com", at: .noon) }
            await #expect(throws: Refusal.locked(seconds: Int(LoginAttempts.lock))) {
                try await locks.admit("A@example.com", at: .noon)
            }
            try await locks.admit("b@example.com", at: .noon)
            let later = Date.noon + LoginAttempts.lock
            await #expect(throws: Refusal.locked(seconds: 1)) { try await locks.admit("a@example.com", at: later - 1) }
            for _ in 0..<LoginAttempts.allowed { try await locks.admit("a@example.com", at: later) }
            await #expect(throws: Refusal.locked(seconds: Int(LoginAttempts.lock))) {
                try await locks.admit("a@example.com", at: later)
            }
        }
    }

    @Test func theFirstAdministratorIsInTheAuditLog() async throws {
        try await withDatabase(.all) { database in
            _ = try await prepared(database)
            _ = try await Directory(database: database).prepare(bootstrap, at: Date())
            let audit = try await database.outbox(of: AuditRecorded.self)
            #expect(audit.map(\.action) == ["ADMINISTRATOR_BOOTSTRAPPED"])
            let user = try #require(try await database.outbox(of: UserState.self).first)
            #expect(audit.first?.resourceID == user.id.description && audit.first?.tenant == user.tenant)
        }
    }

    @Test func passwordsMatchTheirHashesOnly() async throws {
        let hash = try await Password.hash("correct horse battery")
        #expect(try await Password.matches("correct horse battery", hash))
        #expect(try await !Password.matches("correct horse batterz", hash))
        #expect(try await !Password.matches("", hash))
        #expect(hash.hasPrefix("scrypt$32768$8$1$"))
    }

    @Test func theAuditLogCanOnlyGrow() async throws {
        try await withDatabase(.all) { database in
            let delivery = Delivery(
                event: AuditRecorded(tenant: nil, user: nil, service: "s", action: "A", resourceType: "t", at: Date()),
                metadata: EventMetadata(id: .new(), type: AuditRecorded.name, source: "s", time: Date(), tenant: nil)
            )
            try await database.transaction { try await AuditConsumer().handle(delivery, $0) }
            for statement: SQL in ["UPDATE audit_log SET action = 'B'", "DELETE FROM audit_log", "TRUNCATE audit_log"] {
                await #expect(throws: PostgresError.self) { try await database.execute(statement) }
            }
        }
    }

    private func prepared(_ database: Database) async throws -> (Sessions, User) {
        let directory = Directory(database: database)
        _ = try await directory.prepare(bootstrap, at: Date())
        let cache = try Redis(url: try await TestServers.redis().url)
        let sessions = Sessions(database: database, refused: RefusedTokens(redis: cache))
        return (sessions, try #require(try await directory.find(email: "admin@example.COM")))
    }

    private func begin(_ sessions: Sessions, _ user: User, _ session: SessionID, _ token: String, _ now: Date)
        async throws
    {
        try await sessions.begin(user, session: session, refreshToken: token, address: user.email, origin(now))
    }

    private func origin(_ time: Date) -> Sessions.Origin {
        Sessions.Origin(request: "request", time: time)
    }
}
