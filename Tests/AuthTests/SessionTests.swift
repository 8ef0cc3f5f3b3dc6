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
    // These tokens are unique to this test, because all tests share one Redis.
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
            let (rotated, same) = try await sessions.rotate(first, to: second, by: act(now))
            #expect(rotated.id == user.id)
            #expect(same == session)
            await #expect(throws: Refusal.refreshToken) { try await sessions.rotate(first, to: "stolen", by: act(now)) }
            // The thief's attempt has ended the session, so the next token is invalid too.
            await #expect(throws: Refusal.refreshToken) { try await sessions.rotate(second, to: third, by: act(now)) }
            let ended = try await database.query(
                "SELECT 1 FROM outbox WHERE headers->>'ce_type' = 'auth.session-ended.v1'"
            )
            #expect(ended.count == 1)
        }
    }

    @Test func ofManyParallelRefreshesOneSucceeds() async throws {
        try await withDatabase(.all, maximumConnections: 8) { database in
            let (sessions, user) = try await prepared(database)
            let now = Date()
            try await begin(sessions, user, .new(), first, now)
            let wins = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask { (try? await sessions.rotate(first, to: "n\(number)", by: act(now))) != nil }
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
                try await sessions.rotate(first, to: second, by: act(now.addingTimeInterval(8 * 86_400)))
            }
        }
    }

    @Test func aLockLastsForItsTimeAndThenCountingStartsAgain() async throws {
        try await withDatabase(.all) { database in
            let locks = AddressLocks(database: database)
            let limit = LoginAttempts.fromOneNetwork
            func admit(_ email: String, at time: Date, from client: String? = "198.51.100.7") async throws {
                try await locks.admit(email, from: client, at: time)
            }
            for _ in 0..<limit.allowed { try await admit("a@example.com", at: .noon) }
            await #expect(throws: Refusal.locked(seconds: Int(limit.lock))) {
                try await admit("A@example.com", at: .noon)
            }
            try await admit("b@example.com", at: .noon)
            try await admit("a@example.com", at: .noon, from: "198.51.100.8")
            try await admit("a@example.com", at: .noon, from: nil)
            let later = Date.noon + limit.lock
            await #expect(throws: Refusal.locked(seconds: 1)) { try await admit("a@example.com", at: later - 1) }
            for _ in 0..<limit.allowed { try await admit("a@example.com", at: later) }
            await #expect(throws: Refusal.locked(seconds: Int(limit.lock))) {
                try await admit("a@example.com", at: later)
            }
        }
    }

    /// A client can choose the lower 64 bits of its IPv6 address freely.
    @Test func allAddressesOfANetworkShareOneCount() async throws {
        try await withDatabase(.all) { database in
            let locks = AddressLocks(database: database)
            for host in 1...LoginAttempts.fromOneNetwork.allowed {
                try await locks.admit("a@example.com", from: "2001:db8:0:1::\(host)", at: .noon)
            }
            await #expect(throws: Refusal.self) {
                try await locks.admit("a@example.com", from: "2001:db8:0:1:ffff::1", at: .noon)
            }
            try await locks.admit("a@example.com", from: "2001:db8:0:2::1", at: .noon)
        }
    }

    @Test func attemptsFromManyUnknownNetworksHaveALimitOfTheirOwn() async throws {
        try await withDatabase(.all) { database in
            let locks = AddressLocks(database: database)
            let (email, home, limit) = ("a@example.com", "198.51.100.7", LoginAttempts.fromStrangeNetworks)
            try await locks.admit(email, from: home, at: .noon)
            _ = try await database.pipeline(AddressLocks.succeed(email, from: home, at: .noon))
            for number in 0..<limit.allowed {
                try await locks.admit(email, from: "203.0.113.\(number)", at: .noon)
            }
            await #expect(throws: Refusal.locked(seconds: Int(limit.lock))) {
                try await locks.admit(email, from: "203.0.113.250", at: .noon)
            }
            try await locks.admit(email, from: home, at: .noon)
            try await locks.admit("b@example.com", from: "203.0.113.250", at: .noon)
            // A network is remembered for a limited time only.
            let later = Date.noon + LoginAttempts.networkMemory + 1
            _ = try await database.pipeline(AddressLocks.forgetOld(at: later))
            #expect(try await database.query("SELECT 1 FROM login_networks").isEmpty)
            #expect(try await database.query("SELECT 1 FROM login_failures").isEmpty)
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

    @Test func aPasswordMatchesOnlyItsOwnHash() async throws {
        let hash = try await Password.hash("correct horse battery")
        #expect(try await Password.matches("correct horse battery", hash))
        #expect(try await !Password.matches("correct horse batterz", hash))
        #expect(try await !Password.matches("", hash))
        #expect(hash.hasPrefix("scrypt$32768$8$1$"))
    }

    @Test func theAuditLogIsAppendOnly() async throws {
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
        try await sessions.begin(user, session: session, refreshToken: token, address: user.email, by: act(now))
    }

    private func act(_ time: Date) -> Act {
        Act(service: "auth", tenant: nil, cause: "request", time: time)
    }
}
