import Sealing
import Testing

@Suite struct BrowserKeysTests {
    private static let (one, other) = (String(repeating: "a", count: 32), String(repeating: "b", count: 32))

    /// RFC 7636, appendix B.
    @Test func aChallengeIsThatOfTheStandard() {
        #expect(
            ProofKey.challenge(of: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
                == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        )
        let verifiers = Set((0..<100).map { _ in ProofKey.newVerifier() })
        #expect(verifiers.count == 100)
        // Section 4.1.
        #expect(verifiers.allSatisfy { $0.count == 43 && !$0.contains("+") && !$0.contains("/") && !$0.contains("=") })
    }

    @Test func aClientSecretIsGoodForOneCodeAndOneKey() throws {
        let keys = try #require(BrowserKeys(Self.one))
        let secret = try keys.clientSecret(for: "code")
        #expect(keys.isClientSecret(secret, for: "code"))
        #expect(!keys.isClientSecret(secret, for: "other"))
        #expect(!keys.isClientSecret("", for: "code") && !keys.isClientSecret("%", for: "code"))
        let others = try #require(BrowserKeys(Self.other))
        #expect(!others.isClientSecret(secret, for: "code"))
        // Auth knows the new key before the gateway does, or after it.
        let both = try #require(BrowserKeys("\(Self.other),\(Self.one)"))
        #expect(both.isClientSecret(secret, for: "code"))
    }

    /// What is sealed for one purpose does not open for another.
    @Test func eachPurposeHasAKeyOfItsOwn() throws {
        let keys = try #require(BrowserKeys(Self.one))
        let session = try keys.sessions.sealText("s", for: "x")
        #expect(try keys.sessions.openText(session, for: "x") == "s")
        #expect(throws: CannotOpen.self) { try keys.providers.openText(session, for: "x") }
        #expect(!keys.isClientSecret(try keys.sessions.sealText(BrowserKeys.client, for: "code"), for: "code"))
        #expect(BrowserKeys("short") == nil && BrowserKeys("") == nil)
    }
}
