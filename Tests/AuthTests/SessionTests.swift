import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Auth

@Suite struct SessionTests {
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
            try await begin(sessions, user, session, "first", now)
            let (rotated, same) = try await sessions.rotate("first", to: "second", at: now)
            #expect(rotated.id == user.id)
            #expect(same == session)
            await #expect(throws: Refusal.refreshToken) { try await sessions.rotate("first", to: "stolen", at: now) }
            // The thief's try has ended the session: the successor is worthless too.
            await #expect(throws: Refusal.refreshToken) { try await sessions.rotate("second", to: "third", at: now) }
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
            try await begin(sessions, user, .new(), "first", now)
            let wins = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask { (try? await sessions.rotate("first", to: "n\(number)", at: now)) != nil }
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
            try await begin(sessions, user, .new(), "first", now)
            await #expect(throws: Refusal.refreshToken) {
                try await sessions.rotate("first", to: "second", at: now.addingTimeInterval(8 * 86_400))
            }
        }
    }

    @Test func fiveWrongPasswordsLockEvenInParallel() async throws {
        try await withDatabase(.all, maximumConnections: 8) { database in
            let (sessions, user) = try await prepared(database)
            let scope = EventScope(source: "auth", tenant: user.tenant, time: .noon)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        try await sessions.fail(
                            user.email,
                            in: scope,
                            audit: AuditRecorded(
                                tenant: nil,
                                user: nil,
                                service: "auth",
                                action: "LOGIN_FAILED",
                                resourceType: "session",
                                at: Date()
                            )
                        )
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await sessions.lockedUntil(user.email.uppercased()) == scope.time + LoginAttempts.lock)
            #expect(try await sessions.lockedUntil("nobody@example.com") == nil)
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
        _ = try await Directory(database: database).prepare(bootstrap, at: Date())
        let sessions = Sessions(database: database)
        let user = try #require(try await sessions.candidate("admin@example.COM")).user
        return (sessions, user)
    }

    private func begin(_ sessions: Sessions, _ user: User, _ session: SessionID, _ token: String, _ now: Date)
        async throws
    {
        try await sessions.begin(
            user,
            session: session,
            refreshToken: token,
            in: EventScope(source: "auth", tenant: user.tenant, time: now),
            audit: AuditRecorded(
                tenant: user.tenant,
                user: user.id,
                service: "auth",
                action: "LOGIN_SUCCESS",
                resourceType: "session",
                at: now
            )
        )
    }
}
