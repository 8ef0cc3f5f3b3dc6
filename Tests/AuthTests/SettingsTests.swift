import Sealing
import ServiceKit
import Testing

@testable import Auth

/// What the daemon reads from its environment.
@Suite struct SettingsTests {
    private static let base = [
        "DATABASE_URL": "postgres://a:b@localhost/auth", "DATABASE_OWNER_URL": "postgres://a:b@localhost/auth",
        "REDIS_URL": "redis://localhost", "LINK_KEYS": String(repeating: "l", count: 32),
        "BROWSER_KEYS": String(repeating: "b", count: 32),
    ]

    private func settings(_ changes: [String: String] = [:]) throws -> Settings {
        let environment = Environment(Self.base.merging(changes) { $1 })
        let settings = Settings(environment)
        try environment.check()
        return settings
    }

    /// An installation of a version before has no keys for its secrets. Notification's key for links opens none of them.
    @Test func secretsAreSealedWithKeysOfTheirOwnOrDerivedOnes() throws {
        let link = try #require(SealingKeys(Self.base["LINK_KEYS"] ?? "", for: "links"))
        let derived = try settings().secretKeys
        let sealed = try derived.seal("secret", for: "x")
        #expect(try settings().secretKeys.open(sealed, for: "x") == "secret")
        #expect(throws: CannotOpen.self) { try link.open(sealed, for: "x") }
        let own = try settings(["AUTH_SECRET_KEYS": String(repeating: "s", count: 32)]).secretKeys
        #expect(throws: CannotOpen.self) { try own.open(sealed, for: "x") }
        let both = "\(String(repeating: "s", count: 32)),\(Self.base["LINK_KEYS"] ?? "")"
        #expect(try settings(["AUTH_SECRET_KEYS": both]).secretKeys.open(sealed, for: "x") == "secret")
    }

    @Test(arguments: [
        ("AUTH_SECRET_KEYS", "short"), ("AUTH_REQUIRE_MFA", "yes"), ("AUTH_STEP_UP_SECONDS", "0"),
        ("LINK_KEYS", "short"), ("BROWSER_KEYS", "short"),
    ])
    func whatIsMalformedIsNamedOnce(name: String, value: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try settings([name: value]) }
        #expect(error.problems.count == 1 && error.problems[0].hasPrefix("\(name) must be"), "\(error)")
    }

    @Test func theDefaultsAskNobodyForAFactorWhoHasNone() throws {
        let settings = try settings()
        #expect((settings.factorPolicy, settings.stepUp) == (.off, .seconds(300)))
        #expect(try self.settings(["AUTH_REQUIRE_MFA": "by-role"]).factorPolicy == .byRole)
        #expect(settings.commonPasswordsFile == nil)
    }
}
