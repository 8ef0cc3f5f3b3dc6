import Access
import EventSchema
import Foundation
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// Signing keys take turns.
@Suite struct KeyTests {
    private static let plan = KeyPlan(period: 3600, notice: 600, memory: 1200)

    // MARK: - The plan

    @Test func aKeyIsPublishedBeforeItSignsAndForgottenAfterItsLastToken() {
        let first = KeyPlan.Key(kid: "1", activeFrom: .noon)
        let second = KeyPlan.Key(kid: "2", activeFrom: .noon + 3600)
        #expect(Self.plan.steps([], at: .noon) == [.make(activeFrom: .noon)])
        #expect(Self.plan.steps([first], at: .noon + 2999).isEmpty)
        #expect(Self.plan.steps([first], at: .noon + 3000) == [.make(activeFrom: .noon + 3600)])
        #expect(Self.plan.steps([first, second], at: .noon + 3000).isEmpty)
        #expect(Self.plan.steps([first, second], at: .noon + 4799).isEmpty)
        #expect(Self.plan.steps([first, second], at: .noon + 4800) == [.forget(kid: "1")])
        // The service was away: everybody hears of the new key before it signs.
        #expect(Self.plan.steps([first], at: .noon + 90_000) == [.make(activeFrom: .noon + 90_600)])
    }

    @Test func theNewestKeyWhoseTimeHasComeSigns() {
        let keys = [("1", Date.noon), ("2", .noon + 3600)].map { (KeyPlan.Key(kid: $0, activeFrom: $1), $0) }
        #expect(KeyPlan.active(keys, at: .noon - 1) == nil)
        #expect(KeyPlan.active(keys, at: .noon + 3599) == "1")
        #expect(KeyPlan.active(keys.reversed(), at: .noon + 3600) == "2")
    }

    // MARK: - Keys in use

    /// Over ten periods, with two instances: each token is valid for its whole time at a service that hears of keys a little later.
    @Test(arguments: [SigningAlgorithm.es256, .rs256])
    func noTokenIsRefusedWhileKeysAreReplaced(algorithm: SigningAlgorithm) async throws {
        try await withDatabase(.all) { database in
            let keys = SigningKeys(
                database: database,
                algorithm: algorithm,
                plan: KeyPlan(period: 1800, notice: 240)
            )
            let instances = [TokenIssuer(), TokenIssuer()]
            let service = Authenticator()
            var learned = 0
            var tokens: [(text: String, until: Date)] = []
            var kids: Set<String> = []
            // Tokens are compared with the real clock.
            let start = Date()
            let rounds = algorithm == .es256 ? 300 : 60
            for round in 0..<rounds {
                let now = start + Double(round) * 60
                // The service has what was published before this minute.
                learned = try await learn(service, database, from: learned)
                tokens.removeAll { $0.until <= now }
                for token in tokens { _ = try await service.authenticate(token.text, at: now) }
                // Each instance looks in its own minute.
                let issuer = instances[round % 2]
                try await issuer.use(try await keys.turn(at: now))
                if round == 0 { learned = try await learn(service, database, from: learned) }
                for issuer in instances where !issuer.published.isEmpty {
                    let token = try await issuer.issue(for: .sample, session: .new(), .password(at: now), at: now)
                    tokens.append((token, now + KeyPlan.tokenLifetime))
                    kids.insert(try #require(Self.header(token)["kid"]))
                    #expect(Self.header(token)["alg"] == algorithm.rawValue.uppercased())
                }
            }
            #expect(kids.count == rounds / 30)
            // Old keys are gone from the database and from the other services.
            #expect(try await database.count("SELECT count(*) FROM signing_keys") <= 3)
            let audit = try await database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(audit.count { $0 == "SIGNING_KEY_MADE" } >= kids.count)
            #expect(audit.count { $0 == "SIGNING_KEY_FORGOTTEN" } >= kids.count - 3)
        }
    }

    @Test func instancesThatStartTogetherMakeOneKey() async throws {
        try await withDatabase(.all, maximumConnections: 8) { database in
            let keys = SigningKeys(database: database)
            let kids = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<6 { group.addTask { try await keys.turn(at: .noon).map(\.kid) } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(kids.count == 1 && kids.first?.count == 1)
        }
    }

    /// A token that names a key of one kind is not verified with the algorithm of another, nor without one.
    @Test func onlyTheKeysOwnAlgorithmIsAccepted() async throws {
        let key = try SigningKey.generate(.es256, activeFrom: .noon, at: .noon)
        let issuer = TokenIssuer()
        try await issuer.use([key])
        let service = Authenticator()
        for state in issuer.published { try await service.learn(state) }
        let token = try await issuer.issue(for: .sample, session: .new(), .password(at: Date()), at: Date())
        _ = try await service.authenticate(token, at: Date())
        let parts = token.split(separator: ".").map(String.init)
        for algorithm in ["RS256", "HS256", "none", "es256", "ES384"] {
            let header = Data(#"{"alg":"\#(algorithm)","kid":"\#(key.kid)","typ":"JWT"}"#.utf8).base64URL
            for signature in [parts[2], ""] {
                await #expect(throws: Problem.self) {
                    try await service.authenticate("\(header).\(parts[1]).\(signature)", at: Date())
                }
            }
        }
    }

    private func learn(_ service: Authenticator, _ database: Database, from start: Int) async throws -> Int {
        let rows = try await database.query(
            "SELECT key, value FROM outbox WHERE topic = 'auth.keys' ORDER BY id OFFSET \(Int64(start))"
        )
        for row in rows {
            let key: [UInt8] = try row["key"]
            let value: [UInt8]? = try row["value"]
            if let value {
                try await service.learn(try EventCodec.committed().decode(SigningKeyState.self, from: value))
            } else {
                await service.forgetKey(String(decoding: key, as: UTF8.self))
            }
        }
        return start + rows.count
    }

    private static func header(_ token: String) -> [String: String] {
        let part = String(token.split(separator: ".")[0]).replacing("-", with: "+").replacing("_", with: "/")
        let padded = part + String(repeating: "=", count: (4 - part.count % 4) % 4)
        let data = Data(base64Encoded: padded) ?? Data()
        return (try? JSONDecoder().decode([String: String].self, from: data)) ?? [:]
    }
}

extension User {
    fileprivate static let sample = User(
        id: .anna,
        tenant: .sunfield,
        email: "anna@example.com",
        displayName: "Anna",
        roles: ["viewer"],
        isActive: true,
        createdAt: .noon,
        updatedAt: .noon,
        version: 1
    )
}
