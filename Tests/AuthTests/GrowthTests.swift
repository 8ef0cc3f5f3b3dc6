import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// Nothing grows for ever: each table of this service says what holds its size. A new table fails here until it does.
@Suite struct GrowthTests {
    private enum Bound: Sendable {
        /// A number of rows for each person, tenant, role or key, whatever happens to them.
        case perOwner(String)
        /// Rows end by themselves. The statement makes one that is good at present.
        case ends(SQL)
        /// Shared code deletes them, whose own tests show it.
        case elsewhere(String)
        /// Other tests of this suite show it.
        case shown(by: String)
    }

    private static let (user, session, hash) = (UserID.anna, SessionID.sample(1), [UInt8](repeating: 7, count: 32))
    private static let tenant = TenantID.sunfield

    private static let bounds: [String: Bound] = [
        "schema_migrations": .perOwner("one for each file of this build"),
        "consumer_positions": .perOwner("one for each partition"),
        "outbox": .elsewhere("MessagingTests.OutboxTests: deleted when the log has them"),
        "inbox": .elsewhere("MessagingTests.ConsumerTests: deleted when the log can't deliver them again"),
        "answers": .elsewhere("MessagingTests.AnswerTests: a day, and 64 MiB for each person"),

        "tenants": .perOwner("made by the people who run the installation"),
        "tenant_idp_config": .perOwner("one for each tenant"),
        "users": .perOwner("one for each person"),
        "person_keys": .perOwner("one for each person or machine that has ever done something"),
        "second_factors": .perOwner("one for each person"),
        "recovery_codes": .perOwner("ten for each person"),
        "security_keys": .perOwner("ten for each person"),
        "roles": .perOwner("made by people of a tenant"),
        "role_grants": .perOwner("at most 500 for each role"),
        "role_conditional_grants": .perOwner("at most 500 for each role"),
        "role_matrix": .perOwner("one"),
        "user_roles": .perOwner("one for each person and role; those that end do so by themselves"),

        "sessions": .ends(
            "INSERT INTO sessions (id, tenant_id, user_id, created_at) VALUES (\(session), \(tenant), \(user), now())"
        ),
        "refresh_tokens": .ends(
            """
            INSERT INTO refresh_tokens (hash, tenant_id, session_id, issued_at, expires_at)
            VALUES (\(hash), \(tenant), \(session), now(), now() + interval '7 days')
            """
        ),
        "account_links": .ends(
            """
            INSERT INTO account_links (hash, tenant_id, user_id, purpose, created_at, expires_at)
            VALUES (\(hash), \(tenant), \(user), 'unlock', now(), now() + interval '30 minutes')
            """
        ),
        "authorization_codes": .ends(
            """
            INSERT INTO authorization_codes (hash, tenant_id, user_id, client, redirect_uri, challenge, proof_methods, proved_at,
                created_at, expires_at)
            VALUES (\(hash), \(tenant), \(user), 'c', 'u', 'x', '{pwd}', now(), now(), now() + interval '1 minute')
            """
        ),
        "login_challenges": .ends(
            """
            INSERT INTO login_challenges (hash, tenant_id, user_id, purpose, created_at, expires_at)
            VALUES (\(hash), \(tenant), \(user), 'login', now(), now() + interval '5 minutes')
            """
        ),
        "key_challenges": .ends(
            """
            INSERT INTO key_challenges (hash, tenant_id, user_id, purpose, created_at, expires_at)
            VALUES (\(hash), \(tenant), \(user), 'registration', now(), now() + interval '5 minutes')
            """
        ),
        "factor_enrolments": .ends(
            """
            INSERT INTO factor_enrolments (user_id, tenant_id, secret, expires_at)
            VALUES (\(user), \(tenant), 'x', now() + interval '10 minutes')
            """
        ),
        "provider_replays": .ends(
            """
            INSERT INTO provider_replays (tenant_id, hash, expires_at)
            VALUES (\(tenant), \(hash), now() + interval '5 minutes')
            """
        ),
        "login_failures": .ends(
            "INSERT INTO login_failures (address_hash, network, failures, last_at) VALUES (\(hash), 'n', 1, now())"
        ),
        "login_networks": .ends(
            "INSERT INTO login_networks (address_hash, network, last_at) VALUES (\(hash), 'n', now())"
        ),
        "api_keys": .ends(
            """
            INSERT INTO api_keys (id, tenant_id, name, hash, roles, site_ids, asset_ids, created_at, expires_at)
            VALUES (\(UserID.sample(8)), \(tenant), 'n', \(hash), '{}', '{}', '{}', now(), now() + interval '30 days')
            """
        ),

        "signing_keys": .shown(by: "KeyTests: two or three at a time"),
        "letterbox_keys": .shown(by: "OriginTests: one"),
        "audit_keys": .shown(by: "AuditCheckpointTests: one"),
        "audit_chains": .perOwner("one for each tenant"),
        "audit_log": .shown(by: "AuditRetentionTests: seven years"),
        "audit_checkpoints": .shown(by: "AuditRetentionTests: with the entries that they confirm"),
        "audit_cuts": .shown(by: "AuditRetentionTests: one for each tenant"),
        "legal_holds": .shown(by: "LegalHoldTests: a hundred at a time, and each is an act of a person"),
        "legal_hold_releases": .perOwner("one for each hold"),
        "dead_letters": .shown(by: "RedriveTests: 30 days, at most 100,000"),
    ]

    @Test func eachTableSaysWhatHoldsItsSize() async throws {
        try await withDatabase(.all) { database in
            let rows = try await database.owner.query(
                """
                SELECT relname::text AS name FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
                """
            )
            let tables = Set(try rows.map { try $0["name"] as String })
            #expect(tables.subtracting(Self.bounds.keys).isEmpty, "these do not say what holds their size")
            #expect(Set(Self.bounds.keys).subtracting(tables).isEmpty, "these are on the list, but not there")
        }
    }

    /// As the daemon deletes it, every hour or sooner.
    @Test func whatEndsIsDeletedAndWhatIsGoodStays() async throws {
        let redis = try await testRedis()
        try await withDatabase(.all) { database in
            let sessions = Sessions(database: database, refused: RefusedTokens(redis: redis))
            let keys = APIKeys(database: database)
            func prune(at now: Date) async throws {
                while try await sessions.prune(at: now) > 0 {}
                while try await keys.prune(at: now) > 0 {}
            }
            try await database.owner.execute(
                "INSERT INTO tenants (id, name, created_at) VALUES (\(Self.tenant), 'S', now())"
            )
            try await database.owner.execute(
                """
                INSERT INTO users (id, tenant_id, email, display_name, roles, created_at, version)
                VALUES (\(Self.user), \(Self.tenant), 'a@example.com', 'A', '{}', now(), 1)
                """
            )
            var ending: [String] = []
            // A session before its tokens.
            for (table, bound) in Self.bounds.sorted(by: { $0.key > $1.key }) {
                guard case .ends(let insertion) = bound else { continue }
                try await database.owner.execute(insertion)
                ending.append(table)
            }
            func count(_ table: String) async throws -> Int {
                try await database.owner.count("SELECT count(*) FROM \(sql: SQL(stringLiteral: table))")
            }
            try await prune(at: Date())
            for table in ending { #expect(try await count(table) == 1, "\(table) is good") }
            try await prune(at: Date() + 200 * 86_400)
            for table in ending { #expect(try await count(table) == 0, "\(table) has ended") }
        }
    }
}
