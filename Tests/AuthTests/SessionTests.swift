import Access
import EventSchema
import Foundation
import Identifiers
import LocalServers
import Messaging
import Postgres
import RedisClient
import Synchronization
import TestSupport
import Testing

@testable import Auth

@Suite struct SessionTests {
    // Unique to this test, because all tests share one Redis.
    private let first = UUID().uuidString

    private let bootstrap = Settings.Bootstrap(
        tenant: "T",
        email: "Admin@Example.com",
        password: "correct horse battery"
    )

    /// The answer to a refresh can get lost, and two tabs can refresh at once.
    @Test func aRefreshThatIsRepeatedSoonGivesTheSameToken() async throws {
        try await withDatabase(.all) { database in
            let (sessions, user) = try await prepared(database)
            let session = SessionID.new()
            try await begin(sessions, user, session, first, .noon)
            let second = try await rotate(sessions, first, .noon)
            #expect(second != first)
            #expect(try await rotate(sessions, first, .noon + RefreshToken.grace) == second)
            let third = try await rotate(sessions, second, .noon + 11)
            #expect(third != second)
            let actions = try await database.outbox(of: AuditRecorded.self).map(\.action).suffix(4)
            #expect(actions == ["LOGIN_SUCCESS", "TOKEN_REFRESHED", "TOKEN_REFRESH_REPEATED", "TOKEN_REFRESHED"])
            // Neither token is stored.
            for token in [first, second, third] {
                let rows = try await database.owner.query("SELECT t::text AS row FROM refresh_tokens t")
                #expect(try rows.allSatisfy { try !($0["row"] as String).contains(token) })
            }
        }
    }

    @Test(arguments: [(used: false, seconds: RefreshToken.grace + 0.001), (used: true, seconds: 1)])
    func theReuseOfARefreshTokenEndsTheSession(used: Bool, seconds: TimeInterval) async throws {
        try await withDatabase(.all) { database in
            let (sessions, user) = try await prepared(database)
            try await begin(sessions, user, .new(), first, .noon)
            var newest = try await rotate(sessions, first, .noon)
            if used { newest = try await rotate(sessions, newest, .noon) }
            await #expect(throws: Refusal.refreshToken) { try await rotate(sessions, first, .noon + seconds) }
            // The thief's attempt has ended the session, so the next token is invalid too.
            await #expect(throws: Refusal.refreshToken) { try await rotate(sessions, newest, .noon + seconds) }
            let ended = try await database.outbox(of: SessionEnded.self)
            #expect(ended.count == 1)
        }
    }

    @Test func ofManyParallelRefreshesAllGetTheSameToken() async throws {
        try await withDatabase(.all, maximumConnections: 8) { database in
            let (sessions, user) = try await prepared(database)
            try await begin(sessions, user, .new(), first, .noon)
            let tokens = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 { group.addTask { try await rotate(sessions, first, .noon) } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(tokens.count == 1)
            let stored = try await database.owner.query("SELECT 1 FROM refresh_tokens")
            #expect(stored.count == 2)
        }
    }

    /// Nothing is issued after a session's end was confirmed.
    @Test func aRefreshAndALogoutAtTheSameTimeDoNotOverlap() async throws {
        try await withDatabase(.all, maximumConnections: 8) { database in
            let (sessions, user) = try await prepared(database)
            var refreshed = 0
            for round in 0..<Self.races {
                let (session, token) = (SessionID.new(), "\(first)-\(round)")
                try await begin(sessions, user, session, token, .noon)
                let order = Order()
                // One of them waits a little in most rounds, so that on every machine each is sometimes the first.
                let pauses = [0, 0, 1, 5, 20].map(Duration.milliseconds)
                let pause = pauses[round / 2 % pauses.count]
                let (before, after) = round.isMultiple(of: 2) ? (pause, .zero) : (Duration.zero, pause)
                async let issued: Void? = Self.rotating(after: before) {
                    try await sessions.rotate(token, by: act(.noon)) { _, _, _ in order.note("issued") }
                }
                try await Task.sleep(for: after)
                var end = act(.noon)
                (end.tenant, end.user) = (user.tenant, user.id)
                try await database.transaction(for: end) { [end] in _ = try await sessions.end(session, by: end, $0) }
                order.note("ended")
                if await issued != nil { refreshed += 1 }
                #expect([["ended"], ["issued", "ended"]].contains(order.steps))
                await #expect(throws: Refusal.refreshToken) { try await rotate(sessions, token, .noon) }
            }
            #expect(refreshed > 0 && refreshed < Self.races, "\(refreshed) of \(Self.races): the two did not compete")
        }
    }

    private static func rotating(after pause: Duration, _ rotate: () async throws -> Void) async -> Void? {
        try? await Task.sleep(for: pause)
        return try? await rotate()
    }

    /// How often a refresh and a logout race: 300 times take two seconds.
    private static let races = ProcessInfo.processInfo.environment["TEST_RACES"].flatMap { Int($0) } ?? 300

    private final class Order: Sendable {
        private let noted = Mutex<[String]>([])

        var steps: [String] { noted.withLock { $0 } }

        func note(_ step: String) { noted.withLock { $0.append(step) } }
    }

    @Test func afterALoginTheSessionsBeyondTheLimitEnd() async throws {
        try await withDatabase(.all) { database in
            let (sessions, user) = try await prepared(database)
            let ids = (0..<5).map { _ in SessionID.new() }
            for (number, id) in ids.enumerated() {
                try await begin(sessions, user, id, "\(first)-\(number)", .noon + Double(number))
                _ = try await rotate(sessions, "\(first)-\(number)", .noon + Double(number) + 0.5)
            }
            let open = try await sessions.open(of: user.id, tenant: user.tenant, at: .noon + 6)
            #expect(open.map(\.id) == ids.suffix(sessions.limit).reversed())
            let ended = try await database.outbox(of: SessionEnded.self)
            #expect(ended.map(\.session) == Array(ids.prefix(2)))
        }
    }

    /// A year of logins and refreshes leaves what counts today, and no more.
    @Test func oldSessionsAndTokensAreDeleted() async throws {
        try await withDatabase(.all) { database in
            let (sessions, user) = try await prepared(database)
            var kept: [Int] = []
            for day in 0..<120 {
                let now = Date.noon + Double(day) * 86_400
                let token = "\(first)-\(day)"
                try await begin(sessions, user, .new(), token, now)
                _ = try await rotate(sessions, token, now + 900)
                while try await sessions.prune(at: now) > 0 {}
                let tokens = try await database.owner.query("SELECT 1 FROM refresh_tokens").count
                kept.append(try await database.owner.query("SELECT 1 FROM sessions").count + tokens)
            }
            // The sessions of 37 days, and two tokens for each of the last seven.
            #expect(kept.max() == kept.last)
            #expect((50...56).contains(kept.last ?? 0), "\(kept.last ?? 0)")
        }
    }

    @Test func nobodyLogsInWhoIsDeactivatedAtThisMoment() async throws {
        try await withDatabase(.all) { database in
            let (sessions, user) = try await prepared(database)
            try await database.owner.execute("UPDATE users SET is_active = false")
            // The login has read the user before.
            await #expect(throws: Refusal.credentials) { try await begin(sessions, user, .new(), first, .noon) }
            let stored = try await database.owner.query("SELECT 1 FROM sessions")
            #expect(stored.isEmpty)
        }
    }

    @Test func anExpiredTokenIsRefused() async throws {
        try await withDatabase(.all) { database in
            let (sessions, user) = try await prepared(database)
            let now = Date()
            try await begin(sessions, user, .new(), first, now)
            await #expect(throws: Refusal.refreshToken) {
                try await rotate(sessions, first, now.addingTimeInterval(8 * 86_400))
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

    @Test func aSessionEndsAWeekAfterItsLoginOrAsAnyOfItsRolesSays() async throws {
        try await withDatabase(.all) { database in
            let (sessions, user) = try await prepared(database)
            func lasts(_ hours: Int) async throws -> Bool {
                // Stored times have whole microseconds.
                let start = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded())
                var token = SecretText.new()
                try await begin(sessions, user, .new(), token, start)
                // Refreshed each half a day, so that no token expires.
                for half in stride(from: 12, to: hours, by: 12) {
                    token = try await rotate(sessions, token, start + Double(half) * 3600)
                }
                let last = token
                let before = try await rotate(sessions, last, start + Double(hours) * 3600 - 1)
                await #expect(throws: Refusal.refreshToken) {
                    try await rotate(sessions, before, start + Double(hours) * 3600)
                }
                return true
            }
            #expect(try await lasts(168))
            try await database.owner.execute("UPDATE roles SET session_hours = 30 WHERE name = 'admin'")
            try await database.owner.execute("UPDATE roles SET session_hours = 20 WHERE name = 'platform-admin'")
            #expect(try await lasts(20))
            // The tenant's own role counts instead of the general one of its name.
            try await database.owner.execute(
                "INSERT INTO roles (tenant_id, name, session_hours) VALUES (\(user.tenant), 'platform-admin', 40)"
            )
            #expect(try await lasts(30))
            let expired = try await database.outbox(of: AuditRecorded.self).filter { $0.action == "SESSION_EXPIRED" }
            #expect(expired.count == 3)
        }
    }

    @Test func anIdleSessionEndsAsAnyOfItsRolesSays() async throws {
        try await withDatabase(.all) { database in
            let (sessions, user) = try await prepared(database)
            try await database.owner.execute("UPDATE roles SET session_idle_minutes = 90 WHERE name = 'admin'")
            try await database.owner.execute("UPDATE roles SET session_idle_minutes = 60 WHERE name = 'platform-admin'")
            let start = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded())
            let first = SecretText.new()
            try await begin(sessions, user, .new(), first, start)
            // Each refresh begins the hour anew.
            let second = try await rotate(sessions, first, start + 3599)
            let third = try await rotate(sessions, second, start + 2 * 3599)
            await #expect(throws: Refusal.refreshToken) { try await rotate(sessions, third, start + 2 * 3599 + 3600) }
            let expired = try await database.outbox(of: AuditRecorded.self).filter { $0.action == "SESSION_EXPIRED" }
            #expect(expired.count == 1)
        }
    }

    @Test func theFirstAdministratorIsInTheAuditLog() async throws {
        try await withDatabase(.all) { database in
            _ = try await prepared(database)
            _ = try await Directory(database: database).prepare(bootstrap, [], .committed(), at: Date())
            let audit = try await database.outbox(of: AuditRecorded.self).filter { $0.resourceType != "role" }
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
        _ = try await directory.prepare(bootstrap, [], .committed(), at: Date())
        let cache = try Redis(url: try await TestServers.redis().url)
        let sessions = Sessions(database: database, refused: RefusedTokens(redis: cache))
        return (sessions, try #require(try await directory.find(email: "admin@example.COM")))
    }

    private func begin(_ sessions: Sessions, _ user: User, _ session: SessionID, _ token: String, _ now: Date)
        async throws
    {
        let act = act(now).by(user)
        try await sessions.database.transaction(for: act) { tx in
            let new = NewSession(id: session, refreshToken: token)
            try await sessions.open(user, new, .password(at: now), address: user.email, by: act, tx)
        }
    }

    /// The successor of a refresh token.
    private func rotate(_ sessions: Sessions, _ token: String, _ now: Date) async throws -> String {
        try await sessions.rotate(token, by: act(now)) { _, _, successor in successor }
    }

    private func act(_ time: Date) -> Act {
        Act(service: "auth", tenant: nil, cause: "request", time: time)
    }
}
