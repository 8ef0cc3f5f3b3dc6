import EventSchema
import Foundation
import HTTPTypes
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// The login page asks for the second factor too: there is no way around it through a browser.
@Suite struct BrowserFactorTests {
    @Test func whoHasToHaveAFactorAddsItOnThePageAndIsAskedForItFromThenOn() async throws {
        try await withAuth(policy: .byRole) { (client, _, database) async throws in
            let browser = Browser(client: client)
            let first = try await browser.logIn()
            #expect(first.status == .ok && first.headers[.location] == nil)
            #expect(first.text.contains("Add a second factor"))
            let challenge = try first.field("challenge")
            let shown = String(try #require(first.text.firstMatch(of: /<code>([A-Z2-7 ]+)<\/code>/)?.1))
            let phone = Phone(shown.filter { $0 != " " })
            // After a wrong code the key in the app is still the right one, and is not shown again.
            let wrong = try await browser.submit([
                "challenge": challenge, "step": "enrolment", "code": phone.wrongCode,
            ])
            #expect(wrong.status == .badRequest && wrong.text.contains("The code is wrong"))
            #expect(!wrong.text.contains(shown))
            let added = try await browser.submit(["challenge": challenge, "step": "enrolment", "code": phone.code()])
            #expect(added.text.matches(of: /<li><code>/).count == 10, "\(added.text)")
            let next = try #require(added.text.firstMatch(of: /href="([^"]+\/auth\/callback[^"]+)"/)?.1)
            let link = URLComponents(string: String(next).replacing("&amp;", with: "&"))
            let code = try #require(link?.queryItems?.first { $0.name == "code" }?.value)
            let given = try await browser.exchange(code)
            #expect(try given.methods == ["pwd", "otp", "mfa"], "\(given.text)")

            try await database.owner.execute("UPDATE second_factors SET last_step = 0")
            let second = try await browser.logIn()
            #expect(second.status == .ok && second.text.contains("One more step"))
            let next2 = try second.field("challenge")
            let refused = try await browser.submit(["challenge": next2, "code": phone.wrongCode])
            #expect(refused.status == .unauthorized && refused.text.contains("The code is wrong"))
            let landed = try await browser.submit(["challenge": next2, "code": phone.code()])
            let tokens = try await browser.exchange(try Browser.code(in: landed))
            #expect(try tokens.methods == ["pwd", "otp", "mfa"], "\(tokens.text)")
            let actions = try await database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(actions.count { $0 == "LOGIN_CHALLENGED" } == 2 && actions.count { $0 == "LOGIN_SUCCESS" } == 2)
            #expect(actions.contains("LOGIN_FAILED"))
        }
    }

    @Test func aChallengeServesOnlyItsPurpose() async throws {
        try await withAuth(policy: .byRole) { (client, _, _) async throws in
            let browser = Browser(client: client)
            let challenge = try (try await browser.logIn()).field("challenge")
            // That of an enrolment is none of a login, and a made-up one is none at all.
            for challenge in [challenge, "made-up"] {
                let refused = try await browser.submit(["challenge": challenge, "code": "123456"])
                #expect(refused.status == .unauthorized && refused.headers[.location] == nil)
                #expect(refused.text.contains("Sign in again") && refused.text.contains("name=\"password\""))
            }
        }
    }
}

extension ServiceAnswer {
    /// The value of a hidden field of the page's form.
    fileprivate func field(_ name: String) throws -> String {
        let pattern = try Regex("name=\"\(name)\" value=\"([^\"]+)\"", as: (Substring, Substring).self)
        return String(try #require(text.firstMatch(of: pattern)?.output.1, "\(text)"))
    }

    /// How the person of a token has proved who they are.
    fileprivate var methods: [String]? {
        get throws {
            let parts = try #require(self["access_token"]).split(separator: ".")
            let text = String(parts[1]).replacing("-", with: "+").replacing("_", with: "/")
            let padded = text + String(repeating: "=", count: (4 - text.count % 4) % 4)
            let data = try #require(Data(base64Encoded: padded))
            return (try JSONSerialization.jsonObject(with: data) as? [String: Any])?["amr"] as? [String]
        }
    }
}
