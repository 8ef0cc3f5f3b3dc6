import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import JWTKit
import ServiceKit
import TestSupport
import Testing

/// Attacks with forged tokens (RFC 8725), and tokens that must be accepted.
@Suite struct AuthenticatorTests {
    private let tenant = TenantID.new()
    private let user = UserID.new()

    @Test func aSeparationOfDutiesIsNamed() throws {
        try SeparatedDuties.verification.require(.anna, after: [.bo])
        let problem = try #require(throws: Problem.self) {
            try SeparatedDuties.verification.require(.anna, after: [.anna])
        }
        #expect((problem.status, problem.code) == (.forbidden, "duties_separated"))
        #expect(problem.detail == "nobody verifies work that they have done themselves")
    }

    @Test func aValidTokenGivesTheUserAndTheirPermissions() async throws {
        let authority = try await TestAuthority(roles: ["technician": [.workOrderRead]])
        let token = try await authority.token(user, of: tenant, roles: ["technician", "unknown"])
        // The second time, the token comes from the cache.
        for _ in 0..<2 {
            let principal = try await authority.authenticator.authenticate(token, at: Date())
            #expect(principal.user == user)
            #expect(principal.tenant == tenant)
            #expect(principal.may(.workOrderRead))
            #expect(!principal.may(.workOrderCreate))
        }
    }

    @Test func aTenantsOwnRoleReplacesTheSystemRole() async throws {
        let authority = try await TestAuthority(roles: ["technician": [.workOrderRead, .workOrderCreate]])
        authority.authenticator.learn(
            RolePolicyState.sample("technician", [Grant(.workOrderRead)], of: tenant)
        )
        let token = try await authority.token(user, of: tenant, roles: ["technician"])
        #expect(try await !authority.authenticator.authenticate(token, at: Date()).may(.workOrderCreate))
    }

    @Test func aScopedGrantReachesNothingUntilTheUsersMembershipIsKnown() async throws {
        let authority = try await TestAuthority(roles: [:])
        authority.grant("technician", [Grant(.assetRead, .sites), Grant(.workOrderRead)])
        let token = try await authority.token(user, of: tenant, roles: ["technician"])
        func reach() async throws -> [Reach] {
            let principal = try await authority.authenticator.authenticate(token, at: Date())
            return [principal.reach(of: .assetRead), principal.reach(of: .workOrderRead)]
        }
        #expect(try await reach() == [.none, .tenant])
        authority.place(user, of: tenant, Membership(sites: [.sample(30)]))
        #expect(try await reach() == [.places(Places(sites: [.sample(30)])), .tenant])
        authority.place(user, of: tenant, Membership(sites: [.sample(31)]))
        #expect(try await reach() == [.places(Places(sites: [.sample(31)])), .tenant])
        authority.authenticator.forgetUser(user)
        #expect(try await reach() == [.none, .tenant])
    }

    @Test func aProofIsAsOldAsTheTokenSaysAndAMachineHasNone() async throws {
        let authority = try await TestAuthority(roles: [:])
        let token = try await authority.token(user, of: tenant, roles: [], provedAgo: 400)
        let principal = try await authority.authenticator.authenticate(token, at: Date())
        #expect(principal.proof?.methods == ["pwd"])
        try principal.requireProof(within: .seconds(500))
        let problem = try #require(throws: Problem.self) { try principal.requireProof(within: .seconds(300)) }
        #expect((problem.status, problem.code) == (.unauthorized, "step_up_required"))
        // A version before issued tokens that say nothing.
        let old = AccessToken(
            user: "",
            tenant: "",
            session: "",
            roles: [],
            id: "x",
            issuedAt: Date(),
            expiresAt: Date()
        )
        #expect(old.proof == .unknown && !Proof.unknown.isWithin(1e9, of: Date()))
        var machine = principal
        machine.proof = nil
        try machine.requireProof(within: .seconds(1))
    }

    @Test func theRolesOfThisMomentCountNotThoseInTheToken() async throws {
        let authority = try await TestAuthority(roles: ["technician": [.workOrderRead], "viewer": [.siteRead]])
        let token = try await authority.token(user, of: tenant, roles: ["technician"])
        func principal() async throws -> Principal {
            try await authority.authenticator.authenticate(token, at: Date())
        }
        #expect(try await (principal().roles, principal().version) == (["technician"], nil))
        var state = UserState.sample(user, of: tenant, roles: ["viewer"])
        authority.authenticator.learn(state)
        let now = try await principal()
        #expect((now.roles, now.version) == (["viewer"], state.version))
        #expect(now.may(.siteRead) && !now.may(.workOrderRead))
        state.isActive = false
        authority.authenticator.learn(state)
        await #expect { try await principal() } throws: { ($0 as? Problem)?.code == "user_deactivated" }
        state.isActive = true
        authority.authenticator.learn(state)
        #expect(try await principal().may(.siteRead))
    }

    @Test func unknownGrantsPermitNothingAndAreReported() async throws {
        let authority = try await TestAuthority(roles: [:])
        let policy = RolePolicyState(
            tenant: nil,
            role: "technician",
            grants: [
                GrantText("workorder:read", "tenant"), GrantText("workorder:read", "galaxy"),
                GrantText("workorder:teleport", "tenant"), GrantText("workorder:update", "tenant", if: "full-moon"),
            ]
        )
        let unknown = authority.authenticator.learn(policy)
        #expect(
            unknown == [
                "workorder:read (galaxy)", "workorder:teleport (tenant)", "workorder:update (tenant if full-moon)",
            ]
        )
        let held = authority.authenticator.authority(of: user, roles: ["technician"], tenant: tenant)
        #expect(held.grants.permissions == [.workOrderRead])
    }

    @Test func anExpiredTokenHasItsOwnErrorCode() async throws {
        let authority = try await TestAuthority(roles: [:])
        let token = try await authority.token(user, of: tenant, roles: [], expiresIn: -1)
        await #expect { try await authority.authenticator.authenticate(token, at: Date()) } throws: {
            ($0 as? Problem)?.code == "token_expired"
        }
    }

    @Test func aCachedTokenExpiresToo() async throws {
        let authority = try await TestAuthority(roles: [:])
        let token = try await authority.token(user, of: tenant, roles: [], expiresIn: 10)
        _ = try await authority.authenticator.authenticate(token, at: Date())
        // A token that is no longer remembered is verified by the real clock.
        try await Task.sleep(for: .seconds(10.2))
        await #expect(throws: Problem.self) { try await authority.authenticator.authenticate(token, at: Date()) }
    }

    @Test func theCacheForgetsTheLeastRecentlyUsedToken() async throws {
        let authority = try await TestAuthority(roles: [:])
        let authenticator = Authenticator(rememberedTokens: 2)
        try await authenticator.learn(authority.signingKey)
        var tokens: [String] = []
        for _ in 0..<3 { tokens.append(try await authority.token(.new(), of: tenant, roles: [])) }
        for token in [tokens[0], tokens[1], tokens[0], tokens[2]] {
            _ = try await authenticator.authenticate(token, at: Date())
        }
        let known = try tokens.map { try authenticator.remembered($0, at: Date()) != nil }
        #expect(known == [true, false, true])
    }

    @Test func anEndedSessionsTokensAreRefused() async throws {
        let authority = try await TestAuthority(roles: [:])
        let session = SessionID.new()
        let token = try await authority.token(user, of: tenant, roles: [], session: session)
        _ = try await authority.authenticator.authenticate(token, at: Date())
        authority.authenticator.end(SessionEnded(session: session, user: user, endedAt: Date()))
        await #expect { try await authority.authenticator.authenticate(token, at: Date()) } throws: {
            ($0 as? Problem)?.code == "session_ended"
        }
    }

    @Test func forgedTokensAreRefused() async throws {
        let authority = try await TestAuthority(roles: [:])
        let good = try await authority.token(user, of: tenant, roles: [])
        let parts = good.split(separator: ".").map(String.init)
        func base64URL(_ text: String) -> String {
            Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
                "=",
                with: ""
            )
        }
        let kid = TestAuthority.kid
        let other = try await TestAuthority(roles: [:])
        let foreign = try await other.token(user, of: tenant, roles: [])
        let shared = JWTKeyCollection()
        // HS256 with the RSA public key as the secret: the classic algorithm confusion.
        await shared.add(
            hmac: .init(from: authority.publicPEM),
            digestAlgorithm: .sha256,
            kid: JWKIdentifier(string: kid)
        )
        let claims = AccessToken(
            user: user.description,
            tenant: tenant.description,
            session: SessionID.new().description,
            roles: [],
            id: "x",
            issuedAt: Date(),
            expiresAt: Date().addingTimeInterval(900)
        )
        let confused = try await shared.sign(claims, kid: JWKIdentifier(string: kid))
        var forgeries = [
            "", ".", "..", "a.b.c", good + "x", "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1])", foreign,
            confused,
            "\(parts[0]).\(base64URL("{}")).\(parts[2])", String(repeating: "a", count: 65_536),
        ]
        for algorithm in ["none", "None", "NONE", "nOnE", "HS256", "ES256", "PS256", "RS512", ""] {
            let header = base64URL("{\"alg\":\"\(algorithm)\",\"kid\":\"\(kid)\"}")
            forgeries += ["\(header).\(parts[1]).", "\(header).\(parts[1]).\(parts[2])"]
        }
        for id in ["../../etc/passwd", "' OR 1=1 --", "http://evil.example/jwks", ""] {
            forgeries.append("\(base64URL("{\"alg\":\"RS256\",\"kid\":\"\(id)\"}")).\(parts[1]).\(parts[2])")
        }
        forgeries.append("\(base64URL("{\"alg\":\"RS256\"}")).\(parts[1]).\(parts[2])")
        for forgery in forgeries {
            await #expect("\(forgery.prefix(60))") {
                try await authority.authenticator.authenticate(forgery, at: Date())
            } throws: { ($0 as? Problem)?.status == .unauthorized }
        }
        // The original token is still accepted.
        _ = try await authority.authenticator.authenticate(good, at: Date())
    }
}
