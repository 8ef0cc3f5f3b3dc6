import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// Logins at a provider that speaks SAML 2.0, and the attacks on them.
@Suite struct SAMLTests {
    // MARK: - People

    @Test func theFirstLoginMakesTheUserAndTheNextFindsThem() async throws {
        try await withSAML { (both) async throws in
            let first = try await both.person(try await both.arrive())
            #expect((first["email"], first["displayName"]) == ("anna@sunfield.example", "Anna Berg"))
            #expect((first["firstName"], first["lastName"]) == ("Anna", "Berg"))
            #expect(first.object["roles"] as? [String] == ["technician"])
            let second = try await both.person(
                try await both.arrive { $0.attributes = [("mail", ["a@b.example"]), ("groups", ["bosses"])] }
            )
            #expect(second["id"] == first["id"] && second["email"] == "anna@sunfield.example")
            #expect(second.object["roles"] as? [String] == ["supervisor"])
            let row = try await both.company.database.owner.first(
                "SELECT idp_provider, idp_user_id FROM users WHERE idp_user_id IS NOT NULL"
            )
            #expect(try row?["idp_provider"] == both.provider.issuer)
            #expect(try row?["idp_user_id"] == "anna-5c2e7d6a")
            let events = try await both.company.database.outbox(of: AuditRecorded.self)
            #expect(events.allSatisfy { $0.changes?.contains("anna-5c2e7d6a") != true })
        }
    }

    /// Keycloak signs both, ADFS the assertion, others the answer.
    @Test func theAnswerCanBeSignedInsteadOfTheAssertion() async throws {
        try await withSAML { (both) async throws in
            let (request, cookie) = try await both.begin()
            let answer = both.provider.answer(to: request)
            let text = try answer.signedWhole(by: both.provider.signer)
            #expect(
                try await both.person(try await both.post(text, request, cookie: cookie))["displayName"] == "Anna Berg"
            )
        }
    }

    @Test func whoHasNoAddressThatTheTenantVouchesForIsNotLetIn() async throws {
        try await withSAML { (both) async throws in
            _ = try await both.set(["trustsEmail": false])
            #expect(try await both.arrive()["code"] == "email_unverified")
            _ = try await both.set()
            let tina = try await both.company.person("tina")
            #expect(try await both.arrive { $0.attributes[0].1 = [tina.email] }["code"] == "not_linked")
            #expect(try await both.arrive { $0.attributes[2].1 = ["everyone"] }["code"] == "no_role")
            #expect(try await both.reasons() == ["email_unverified", "not_linked", "no_role"])
        }
    }

    @Test func aNameThatChangesIsNobody() async throws {
        try await withSAML { (both) async throws in
            let format = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
            #expect(try await both.arrive { $0.format = format }.status == .unauthorized)
            #expect(try await both.reasons().first?.contains("transient") == true)
        }
    }

    @Test func aProviderThatRefusesIsSaidToHaveRefused() async throws {
        try await withSAML { (both) async throws in
            let (request, cookie) = try await both.begin()
            var answer = both.provider.answer(to: request)
            answer.status = "urn:oasis:names:tc:SAML:2.0:status:Responder"
            let refused = try await both.post(answer.wrapped(""), request, cookie: cookie)
            #expect((refused.status, refused["code"]) == (.unauthorized, "provider_refused"))
            #expect(try await both.reasons() == ["the provider says Responder"])
        }
    }

    // MARK: - Attacks: each would let somebody in as somebody else

    /// Changes of an answer that the provider itself has signed, and why it is refused.
    @Test(arguments: [
        ("audience", "another audience"), ("no audience", "another audience"), ("recipient", "another recipient"),
        ("request", "answers another request"), ("no request", "another request"),
        ("answer's request", "another request"),
        ("destination", "another recipient"), ("expired", "has expired"), ("not yet", "not valid yet"),
        ("for ever", "for ever"), ("for a year", "too long"), ("holder of key", "not for a bearer"),
        ("issuer", "another issuer"), ("condition", "not understood"), ("no login", "when the person logged in"),
        ("no name", "missing"), ("local time", "malformed"),
    ])
    func anAnswerThatIsNotForThisLoginIsRefused(trick: String, reason: String) async throws {
        try await withSAML { (both) async throws in
            let refused = try await both.arrive { answer in
                switch trick {
                case "audience": answer.audience = "https://other.example/saml"
                case "no audience":
                    answer.changes = [
                        (
                            "<saml:AudienceRestriction><saml:Audience>\(answer.audience)</saml:Audience></saml:AudienceRestriction>",
                            ""
                        )
                    ]
                case "recipient":
                    answer.destination = answer.consumer
                    answer.consumer = "https://other.example/acs"
                case "request":
                    answer.answerRequest = answer.request
                    answer.request = "_another"
                case "no request": answer.changes = [(" InResponseTo=\"\(answer.request)\"", "")]
                case "answer's request": answer.answerRequest = "_another"
                case "destination": answer.destination = "https://other.example/acs"
                case "expired": (answer.from, answer.until) = (-600, -61)
                case "not yet": (answer.from, answer.until) = (70, 300)
                case "for ever": answer.changes = Self.without(" NotOnOrAfter=", in: answer.assertion)
                case "for a year": answer.until = 365 * 86_400
                case "holder of key": answer.changes = [("cm:bearer", "cm:holder-of-key")]
                case "issuer": answer.changes = [("b=2</saml:Issuer>", "b=3</saml:Issuer>")]
                case "condition":
                    answer.changes = [("</saml:Conditions>", "<saml:Condition></saml:Condition></saml:Conditions>")]
                case "no login": answer.changes = [("saml:AuthnStatement", "saml:Statement")]
                case "no name": answer.subject = " "
                case "local time": answer.changes = [("Z\" Recipient", "+01:00\" Recipient")]
                default: Issue.record("\(trick) is not known")
                }
            }
            #expect((refused.status, refused["code"]) == (.unauthorized, "provider_refused"))
            let reasons = try await both.reasons()
            #expect(reasons.count == 1 && reasons[0].contains(reason), "\(reasons)")
            #expect(
                try await both.company.database.owner.first("SELECT 1 FROM users WHERE idp_user_id IS NOT NULL") == nil
            )
            // The same login goes on if the answer is right.
            #expect(try await both.arrive().status == .seeOther)
        }
    }

    private static func without(_ name: String, in text: String) -> [(String, String)] {
        text.ranges(of: name).map { range in
            let end =
                text[range.upperBound...].dropFirst().firstIndex(of: "\"").map(text.index(after:)) ?? text.endIndex
            return (String(text[range.lowerBound..<end]), "")
        }
    }

    /// Documents whose signature is not the provider's, or not for what is read.
    @Test(arguments: [
        ("unsigned", "not signed"), ("another key", "signature is wrong"), ("SHA-1", "signature is wrong"),
        ("changed", "signature is wrong"), ("beside", "exactly one assertion"), ("before", "exactly one assertion"),
        ("inside", "signature is wrong"), ("elsewhere", "not signed"), ("same id", "the same ID"),
        ("encrypted", "exactly one assertion"), ("comment", "comment"), ("entity bomb", "document type"),
        ("file", "document type"),
    ])
    func anAnswerThatTheProviderHasNotSignedIsRefused(trick: String, reason: String) async throws {
        try await withSAML { (both) async throws in
            let (request, cookie) = try await both.begin()
            let answer = both.provider.answer(to: request)
            var evil = answer
            (evil.id, evil.subject) = ("_evil", "olga")
            evil.attributes[2].1 = ["bosses"]
            let signer = both.provider.signer
            let good = try answer.signed(by: signer)
            let signature = try signer.signature(of: answer.assertion, id: answer.id)
            let text =
                switch trick {
                case "unsigned": evil.wrapped(evil.assertion)
                case "another key": evil.wrapped(try evil.signed(by: try await .make()))
                case "SHA-1":
                    answer.wrapped(
                        try answer.signed(
                            by: signer,
                            .init {
                                $0.signature = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
                                $0.digest = "http://www.w3.org/2000/09/xmldsig#sha1"
                            }
                        )
                    )
                case "changed": answer.wrapped(good.replacing("technicians", with: "bosses"))
                case "beside": answer.wrapped(good + evil.assertion)
                case "before": answer.wrapped(evil.assertion + good)
                case "inside":
                    answer.wrapped(
                        SAMLAnswer.put(
                            signature.replacing(
                                "</ds:Signature>",
                                with: "<ds:Object>\(answer.assertion)</ds:Object></ds:Signature>"
                            ),
                            into: evil.assertion
                        )
                    )
                case "elsewhere":
                    answer.wrapped("<samlp:Extensions>\(good)</samlp:Extensions>" + evil.assertion)
                case "same id":
                    answer.wrapped(
                        "<samlp:Extensions>\(answer.assertion)</samlp:Extensions>"
                            + SAMLAnswer.put(signature, into: evil.assertion.replacing("_evil", with: answer.id))
                    )
                case "encrypted":
                    answer.wrapped(
                        "<saml:EncryptedAssertion xmlns:saml=\"\(SAMLNames.assertions)\"></saml:EncryptedAssertion>"
                    )
                case "comment": answer.wrapped(good.replacing("anna-", with: "anna<!-- x -->-"))
                case "entity bomb":
                    "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>"
                        + answer.wrapped(good)
                default: "<!DOCTYPE a [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>" + answer.wrapped(good)
                }
            let refused = try await both.post(text, request, cookie: cookie)
            #expect((refused.status, refused["code"]) == (.unauthorized, "provider_refused"))
            let reasons = try await both.reasons()
            #expect(reasons.count == 1 && reasons[0].contains(reason), "\(reasons)")
            #expect(
                try await both.company.database.owner.first("SELECT 1 FROM users WHERE idp_user_id IS NOT NULL") == nil
            )
            // The answer of the provider itself is accepted in the same login.
            #expect(try await both.post(answer.wrapped(good), request, cookie: cookie).status == .seeOther)
        }
    }

    @Test func anAssertionIsUsedOnce() async throws {
        try await withSAML { (both) async throws in
            let (request, cookie) = try await both.begin()
            let answer = both.provider.answer(to: request)
            let text = answer.wrapped(try answer.signed(by: both.provider.signer))
            #expect(try await both.post(text, request, cookie: cookie).status == .seeOther)
            let again = try await both.post(text, request, cookie: cookie)
            #expect((again.status, again["code"]) == (.unauthorized, "provider_refused"))
            #expect(try await both.reasons() == ["it was used before"])
            // What is remembered goes when it would be refused as too old.
            let sessions = Sessions(
                database: both.company.database,
                refused: RefusedTokens(redis: try await testRedis())
            )
            func count() async throws -> Int64? {
                try await both.company.database.owner.first("SELECT count(*) FROM provider_replays")?["count"]
            }
            _ = try await sessions.prune(at: Date())
            #expect(try await count() == 1)
            _ = try await sessions.prune(at: Date() + 400)
            #expect(try await count() == 0)
        }
    }

    /// Otherwise whoever has an account could log others in with it, and see what they do there.
    @Test func onlyTheBrowserThatWentThereCanComeBack() async throws {
        try await withSAML { (both) async throws in
            let (request, cookie) = try await both.begin()
            let other = try await both.begin()
            let answer = both.provider.answer(to: request)
            let text = answer.wrapped(try answer.signed(by: both.provider.signer))
            for (cookie, state) in [(nil, nil), (other.cookie, nil), (cookie, "another"), ("__Host-dcmms_saml=x", nil)]
            {
                let refused = try await both.post(text, request, cookie: cookie, state: state)
                #expect((refused.status, refused["code"]) == (.badRequest, "login_expired"))
            }
            // Also with the state of the other browser's login: the answer is not for it.
            let stolen = try await both.post(text, request, cookie: other.cookie, state: other.request.state)
            #expect(stolen.status == .unauthorized)
            #expect(try await both.post(text, request, cookie: cookie).status == .seeOther)
        }
    }

    /// Forms of other sites bring only cookies that are for them; the cookie of a login elsewhere is not one.
    @Test func theCookieComesWithAFormOfTheProvider() async throws {
        try await withSAML { (both) async throws in
            let there = try await both.browser.authorize(["tenant": "T"])
            let cookie = try #require(there.headers[.setCookie])
            #expect(
                cookie.hasPrefix("__Host-dcmms_saml=") && cookie.hasSuffix("Path=/; Secure; HttpOnly; SameSite=None")
            )
        }
        try await withProvider { (both) async throws in
            let there = try await both.browser.authorize(["tenant": "T"])
            #expect(there.headers[.setCookie]?.hasSuffix("SameSite=Lax") == true)
        }
    }

    /// Each has its own way back.
    @Test func anAnswerOfOneProtocolIsNotTakenForOneOfTheOther() async throws {
        try await withSAML { (both) async throws in
            let (request, cookie) = try await both.begin()
            var headers = HTTPFields()
            headers[.cookie] = cookie
            let path = "/auth/providers/\(both.company.tenant)/callback?code=x&state=\(request.state)"
            #expect(try await both.browser.client.send(.get, path, text: nil, headers: headers).status == .badRequest)
        }
    }

    @Test func whatIsNoAnswerIsRefused() async throws {
        try await withSAML { (both) async throws in
            let (request, cookie) = try await both.begin()
            for text in ["", "x", "<a/>", "<samlp:Response/>"] {
                let refused = try await both.post(text, request, cookie: cookie)
                #expect([.unauthorized, .badRequest].contains(refused.status), "\(text) \(refused.status)")
            }
            let large = try await both.post(String(repeating: "x", count: 270_000), request, cookie: cookie)
            #expect(large.status == .badRequest)
        }
    }

    // MARK: - Asking again

    @Test func aPersonIsAskedAnewWhereTheyHaveTo() async throws {
        try await withSAML { (both) async throws in
            #expect(try await both.begin().request.isFresh == false)
            #expect(try await both.begin(["prompt": "login"]).request.isFresh)
            // The browser was logged in there for long: that is no proof of now.
            let old = try await both.browser.exchange(
                try Browser.code(in: try await both.arrive { $0.loggedIn = -3000 })
            )
            #expect(Date().timeIntervalSince1970 - (old.providerAuthTime ?? 0) > 2900)
            let refused = try await both.arrive(["prompt": "login"]) { $0.loggedIn = -3000 }
            #expect(refused.status == .unauthorized)
            #expect(try await both.reasons() == ["the provider has not asked the person anew"])
            let fresh = try await both.browser.exchange(
                try Browser.code(in: try await both.arrive(["prompt": "login"]) { $0.loggedIn = 0 })
            )
            #expect(abs(Date().timeIntervalSince1970 - (fresh.providerAuthTime ?? 0)) < 60)
        }
    }
}

extension ServiceAnswer {
    /// When the person logged in, as the access token of an exchange says.
    var providerAuthTime: Double? {
        let part = (self["access_token"] ?? "").split(separator: ".").dropFirst().first.map(String.init) ?? ""
        let claims = Data(base64URL: part).flatMap { try? JSONSerialization.jsonObject(with: $0) as? [String: Any] }
        return (claims?["auth_time"] as? NSNumber)?.doubleValue
    }
}
