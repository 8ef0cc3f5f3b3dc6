import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Sealing
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// Which passwords nobody can choose.
@Suite struct PasswordRuleTests {
    private static let list = CommonPasswords(
        text: "Password,\"qwertyuiop\",\"sunflower\"\n123456\nmailcreated5240\nabc\n"
    )

    @Test(
        arguments: [
            ("mailcreated5240", .common), ("MailCreated5240", .common), ("Password2026!", .common),
            ("2026-password-!", .common), ("passwordpassword", .common), ("\u{FF30}assword\u{2460}12345678", .common),
            ("aaaaaaaaaaaa", .pattern), ("123456789012", .pattern), ("210987654321", .pattern),
            ("abcdefghijklm", .pattern), ("abcabcabcabc", .pattern), ("1a1a1a1a1a1a", .pattern),
            ("anna.berg@example.com", .personal), ("AnnaBerg2026", .personal), ("anna-berg-1234", .personal),
            ("Sunfield Renewables", .personal), ("sunfieldrenewables1", .personal),
            ("correct horse battery", nil), ("the sunflower and the wind", nil), ("anna berg likes rain", nil),
            ("\u{DC}berwachung-Caf\u{E9}", nil), ("123456 windmills", nil), ("abcabcabcabd", nil),
        ] as [(String, WeakPassword?)]
    )
    func guessedPasswordsAreKnown(password: String, fault: WeakPassword?) {
        let names = ["anna.berg@example.com", "Anna Berg", "Sunfield Renewables", ""]
        #expect(WeakPassword(password, names: names, isCommon: Self.list.contains) == fault)
    }

    @Test func aListIsReadInTheFormsOfPackages() throws {
        #expect(Self.list.count == 5)
        let file = FileManager.default.temporaryDirectory.appending(path: "passwords-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        // As in the module of python3-zxcvbn.
        try #"""
        FREQUENCY_LISTS = {
            "passwords": "123456,password,dragon,q1w2e3r4t5y6",
        """#.write(to: file, atomically: true, encoding: .utf8)
        let list = try CommonPasswords(file: file.path)
        #expect(list.contains("q1w2e3r4t5y6") && list.contains("dragon") && !list.contains("windmill"))
        #expect(throws: (any Error).self) { try CommonPasswords(file: "/nowhere") }
    }

    @Test func nobodyChoosesAWeakPasswordOnAnyWay() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let client = try await company.logIn(tina)
            func isRefused(_ answer: ServiceAnswer, _ field: String) {
                #expect((answer.status, answer["code"]) == (.badRequest, "weak_password"), "\(answer.text)")
                #expect(answer.wrongFields == [field])
                #expect(answer.brokenRules.first?.hasSuffix("_password") == true, "the field says why")
            }
            for weak in ["Sunflower-2026", "new.one@example.com", "111111111111"] {
                let body: [String: Any] = [
                    "email": "new.one@example.com", "displayName": "New", "roles": ["viewer"], "password": weak,
                ]
                isRefused(try await company.admin.send(.post, "/api/v1/users", body), "password")
            }
            let change = ["currentPassword": tina.password, "newPassword": "tina@example.com"]
            isRefused(try await client.send(.put, "/api/v1/auth/password", change), "newPassword")
            let ask = ["purpose": "password_reset", "email": tina.email]
            _ = try await company.anonymous.send(.post, "/api/v1/auth/links", ask)
            let mail = try #require(try await company.database.outbox(of: MailRequested.self).last)
            let token = try linkKeys.open(Array(try #require(mail.token)), for: mail.id.description)
            for (password, status) in [
                ("sunflower2026", HTTPResponse.Status.badRequest), ("rain on the roof", .noContent),
            ] {
                // The link is not used up by a refusal.
                let answer = try await company.anonymous.send(
                    .post,
                    "/api/v1/auth/password/reset",
                    ["token": token, "password": password]
                )
                #expect(answer.status == status, "\(answer.text)")
            }
        }
    }

    @Test(arguments: [(11, false), (12, true), (200, true), (201, false)])
    func aPasswordHasTwelveToTwoHundredCharacters(length: Int, isAccepted: Bool) async throws {
        try await withCompany { company in
            let text = String(repeating: "rain on the roof, wind. ", count: 9).prefix(length - 1)
            let password = "\(text)!"
            let body: [String: Any] = [
                "email": "a@example.com", "displayName": "A", "roles": ["viewer"], "password": password,
            ]
            let answer = try await company.admin.send(.post, "/api/v1/users", body)
            #expect((answer.status == .created) == isAccepted, "\(answer.text)")
            if !isAccepted { #expect(answer.wrongFields == ["password"]) }
        }
    }
}
