import Commands
import Foundation
import HTTPTypes
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

extension RouteTests {
    @Test(arguments: [TextLimit("displayName", 1...200)])
    func textsOfAUserHaveLengthLimits(limit: TextLimit) async throws {
        try await withAuth { client, _, _ in
            var admin = client
            admin.token = try #require(try await Self.login(client)["accessToken"])
            var number = 0
            try await limit.hold { text in
                number += 1
                var body: [String: Any] = [
                    "email": "u\(number)@example.com", "displayName": "U", "roles": ["viewer"],
                    "password": "a long enough one",
                ]
                body[limit.field] = text
                let answer = try await admin.send(.post, "/api/v1/users", body)
                return (answer.status, answer.text)
            }
        }
    }

    @Test func impossibleEmailAddressesAndPhoneNumbersAreRefused() async throws {
        try await withAuth { client, _, _ in
            var admin = client
            admin.token = try #require(try await Self.login(client)["accessToken"])
            let body: [String: Any] = [
                "email": "tina@example.com", "displayName": "T", "roles": ["viewer"], "password": "a long enough one",
            ]
            for (field, value) in [
                ("email", "Tina <tina@example.com>"), ("email", "<tina@example.com>"),
                ("email", "tina\u{A0}@example.com"),
                ("phone", "+\u{664}\u{669}\u{663}\u{660}\u{661}\u{662}\u{663}\u{664}"),
                ("phone", "+\u{BD}\u{BD}\u{BD}\u{BD}\u{BD}\u{BD}\u{BD}"),
            ] {
                let answer = try await admin.send(.post, "/api/v1/users", body.merging([field: value]) { $1 })
                #expect((answer.status, answer.wrongFields) == (.badRequest, [field]), "\(value)")
            }
            let created = try await admin.send(.post, "/api/v1/users", body.merging(["phone": "+4930123456"]) { $1 })
            #expect(created.status == .created)
        }
    }

    @Test func aPasswordIsAcceptedInEveryUnicodeForm() async throws {
        try await withAuth { client, _, _ in
            var admin = client
            admin.token = try #require(try await Self.login(client)["accessToken"])
            let (composed, decomposed) = ("\u{DC}berwachung-Caf\u{E9}", "U\u{308}berwachung-Cafe\u{301}")
            for (address, password) in [("c@example.com", composed), ("d@example.com", decomposed)] {
                let body: [String: Any] = [
                    "email": address, "displayName": "U", "roles": ["viewer"], "password": password,
                ]
                #expect(try await admin.send(.post, "/api/v1/users", body).status == .created)
                for typed in [composed, decomposed] {
                    #expect(try await Self.login(client, email: address, password: typed).status == .ok)
                }
            }
        }
    }

    /// An office has one address, and not all of its people are friends.
    @Test func whoGuessesInTheSameNetworkDoesNotLockOutTheDeviceOfItsOwner() async throws {
        try await withCompany { company in
            let (tina, bo) = (try await company.person("tina"), try await company.person("bo"))
            func logIn(_ person: Company.Person, _ password: String? = nil, mark: String? = nil) async throws
                -> ServiceAnswer
            {
                var body = ["email": person.email, "password": password ?? person.password]
                body["deviceMark"] = mark
                return try await company.anonymous.send(.post, "/api/v1/auth/login", body)
            }
            let mark = try #require(try await logIn(tina)["deviceMark"])
            let otherMark = try #require(try await logIn(bo)["deviceMark"])
            for _ in 0..<LoginAttempts.fromOneNetwork.allowed {
                #expect(try await logIn(tina, "wrong horse battery").status == .unauthorized)
            }
            let changed = (mark.hasPrefix("A") ? "B" : "A") + mark.dropFirst()
            for worthless in [nil, otherMark, "x", String(mark.reversed()), changed] {
                #expect(try await logIn(tina, mark: worthless).status == .tooManyRequests)
            }
            // Nor does a mark give more guesses than a network.
            for _ in 0..<LoginAttempts.fromOneNetwork.allowed {
                #expect(try await logIn(tina, "wrong horse battery", mark: mark).status == .unauthorized)
            }
            #expect(try await logIn(tina, mark: mark).status == .tooManyRequests)
            try await company.database.owner.execute("DELETE FROM login_failures WHERE network LIKE 'device%'")
            #expect(try await logIn(tina, mark: mark).status == .ok)
            let marks = DeviceMarks(keys: secretKeys)
            #expect(marks.device(mark, of: tina.email, at: Date()) != nil)
            #expect(marks.device(mark, of: tina.email, at: Date() + LoginAttempts.networkMemory) == nil)
        }
    }

    @Test func wrongPasswordsLockOutOnlyTheirSender() async throws {
        try await withAuth { client, _, _ in
            for _ in 0..<3 {
                for _ in 0..<LoginAttempts.fromOneNetwork.allowed {
                    _ = try await Self.login(client, password: "wrong horse battery", from: "203.0.113.9")
                }
                let stranger = try await Self.login(client, from: "203.0.113.9")
                #expect((stranger.status, stranger["code"]) == (.tooManyRequests, "locked"))
                // The user can log in, even from networks that they never used before.
                #expect(try await Self.login(client, from: "198.51.100.7").status == .ok)
                #expect(try await Self.login(client, from: "2001:db8:1:2::3").status == .ok)
            }
        }
    }
}
