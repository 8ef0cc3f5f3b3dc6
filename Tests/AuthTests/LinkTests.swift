import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import Sealing
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// Invitations, forgotten passwords and unlocking, with links that come by mail.
@Suite struct LinkTests {
    private static let password = "a password of one's own"

    // MARK: - Invitations

    @Test func anInvitedPersonChoosesAPasswordAndLogsIn() async throws {
        try await withCompany { company in
            let anna = try await company.invite("anna")
            #expect(anna.answer.object["isActive"] as? Bool == false)
            #expect(anna.answer.object["isInvited"] as? Bool == true)
            let before = try await RouteTests.login(company.anonymous, email: anna.email, password: Self.password)
            #expect(before.status == .unauthorized)
            let token = try await company.newestToken(.invitation)
            let weak = try await company.follow("invitation", token, password: "short")
            #expect((weak.status, weak.wrongFields) == (.badRequest, ["password"]))
            #expect(try await company.follow("invitation", token, password: Self.password).status == .noContent)
            let login = try await RouteTests.login(company.anonymous, email: anna.email, password: Self.password)
            #expect(login.status == .ok)
            // It works once.
            let again = try await company.follow("invitation", token, password: "another long password")
            #expect((again.status, again["code"], again.wrongFields) == (.badRequest, "link_invalid", ["token"]))
            let user = try await company.admin.send(.get, "/api/v1/users/\(anna.id)")
            #expect(user.object["isActive"] as? Bool == true && user.object["isInvited"] as? Bool == false)
            let states = try await company.database.outbox(of: UserState.self).filter { $0.id == anna.id }
            #expect(states.map(\.isActive) == [false, true])
            #expect(
                try await company.audit(of: .init(id: anna.id, email: anna.email))
                    == ["USER_CREATED", "INVITATION_ACCEPTED", "PASSWORD_CHANGED"]
            )
        }
    }

    @Test func anInvitationThatIsSentAgainReplacesTheFirst() async throws {
        try await withCompany { company in
            let anna = try await company.invite("anna")
            let first = try await company.newestToken(.invitation)
            let again = try await company.admin.send(.post, "/api/v1/users/\(anna.id)/invitation", [:])
            #expect(again.status == .noContent)
            let second = try await company.newestToken(.invitation)
            #expect(try await company.follow("invitation", first, password: Self.password).status == .badRequest)
            // Nobody can be activated without a password.
            let early = try await company.admin.send(.post, "/api/v1/users/\(anna.id)/activate", [:])
            #expect((early.status, early["code"]) == (.conflict, "invited"))
            #expect(try await company.follow("invitation", second, password: Self.password).status == .noContent)
            let late = try await company.admin.send(.post, "/api/v1/users/\(anna.id)/invitation", [:])
            #expect((late.status, late["code"]) == (.conflict, "not_invited"))
        }
    }

    @Test func aDeactivatedPersonCannotAcceptTheirInvitation() async throws {
        try await withCompany { company in
            let anna = try await company.invite("anna")
            let token = try await company.newestToken(.invitation)
            let off = try await company.admin.send(.post, "/api/v1/users/\(anna.id)/deactivate", [:])
            #expect((off.status, off.object["isInvited"] as? Bool) == (.ok, false))
            #expect(try await company.follow("invitation", token, password: Self.password).status == .badRequest)
        }
    }

    // MARK: - Forgotten passwords

    @Test func aForgottenPasswordIsReplacedAndEverySessionEnds() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let client = try await company.logIn(tina)
            let asked = try await company.ask("password_reset", email: " TINA@example.com".trimmed)
            #expect(asked.status == .noContent)
            let token = try await company.newestToken(.passwordReset)
            #expect(try await company.follow("password/reset", token, password: Self.password).status == .noContent)
            try await company.learn()
            #expect(try await client.send(.get, "/api/v1/auth/me").status == .unauthorized)
            let old = try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password)
            #expect(old.status == .unauthorized)
            let new = try await RouteTests.login(company.anonymous, email: tina.email, password: Self.password)
            #expect(new.status == .ok)
            let mails = try await company.database.outbox(of: MailRequested.self)
            #expect(mails.map(\.template) == [.passwordReset, .passwordChanged])
            #expect(mails.allSatisfy { $0.user == tina.id && $0.tenant == company.tenant })
        }
    }

    @Test func strangersLearnNothingAndOwnersGetAtMostThreeMails() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let off = try await company.person("otto")
            _ = try await company.admin.send(.post, "/api/v1/users/\(off.id)/deactivate", [:])
            let known = try await company.ask("password_reset", email: tina.email)
            for email in ["nobody@example.com", off.email] {
                let answer = try await company.ask("password_reset", email: email)
                #expect((answer.status, answer.text) == (known.status, known.text))
            }
            // At the same time: each sees the links of the others.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 { group.addTask { _ = try await company.ask("password_reset", email: tina.email) } }
                try await group.waitForAll()
            }
            #expect(try await company.ask("password_reset", email: tina.email).status == .noContent)
            let mails = try await company.database.outbox(of: MailRequested.self)
            #expect(mails.map(\.user) == [tina.id, tina.id, tina.id])
            // Every request is recorded; those for strangers belong to nobody's log.
            let requests = try await company.database.outbox(of: AuditRecorded.self).filter {
                $0.action == "PASSWORD_RESET_REQUESTED"
            }
            #expect(requests.filter { $0.user == tina.id }.count == 8)
            #expect(requests.filter { $0.tenant == nil }.count == 1)
        }
    }

    @Test func ofTwoUsesAtTheSameTimeOneCounts() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            _ = try await company.ask("password_reset", email: tina.email)
            let token = try await company.newestToken(.passwordReset)
            let statuses = try await withThrowingTaskGroup(of: UInt.self) { group in
                for number in 0..<4 {
                    group.addTask {
                        UInt(
                            try await company.follow("password/reset", token, password: "\(Self.password) \(number)")
                                .status.code
                        )
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [204, 400, 400, 400])
        }
    }

    @Test func aLinkIsForOnePurposeAndForAShortTime() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            _ = try await company.ask("unlock", email: tina.email)
            let token = try await company.newestToken(.unlock)
            #expect(try await company.follow("password/reset", token, password: Self.password).status == .badRequest)
            _ = try await company.ask("password_reset", email: tina.email)
            let late = try await company.newestToken(.passwordReset)
            try await company.database.owner.execute(
                "UPDATE account_links SET expires_at = now() - interval '1 second' WHERE purpose = 'password_reset'"
            )
            #expect(try await company.follow("password/reset", late, password: Self.password).status == .badRequest)
            #expect(try await company.follow("unlock", token).status == .noContent)
        }
    }

    // MARK: - Locks

    @Test func aLockedAddressIsUnlockedByMail() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            for _ in 0..<LoginAttempts.fromOneNetwork.allowed {
                _ = try await RouteTests.login(company.anonymous, email: tina.email, password: "wrong")
            }
            let locked = try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password)
            #expect(locked.status == .tooManyRequests)
            _ = try await company.ask("unlock", email: tina.email)
            #expect(try await company.follow("unlock", company.newestToken(.unlock)).status == .noContent)
            let login = try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password)
            #expect(login.status == .ok)
        }
    }

    /// Somebody guesses without an end from many networks; the owner is on a journey.
    @Test func anAttackerDoesNotKeepTheOwnerOutWhoFollowsALink() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let hotel = "198.51.100.7"
            func logIn(from network: String, _ password: String) async throws -> HTTPResponse.Status {
                try await RouteTests.login(company.anonymous, email: tina.email, password: password, from: network)
                    .status
            }
            func attack() async throws {
                var number = 0
                while try await logIn(from: "203.0.\(number / 200).\(number % 200)", "wrong") == .unauthorized {
                    number += 1
                }
                #expect(number == LoginAttempts.fromStrangeNetworks.allowed)
            }
            try await attack()
            #expect(try await logIn(from: hotel, tina.password) == .tooManyRequests)
            _ = try await company.ask("unlock", email: tina.email)
            let token = try await company.newestToken(.unlock)
            #expect(try await company.follow("unlock", token, from: hotel).status == .noContent)
            // The attack goes on before the owner has typed the password.
            try await attack()
            #expect(try await logIn(from: hotel, tina.password) == .ok)
            #expect(try await logIn(from: "203.0.113.99", tina.password) == .ok)
        }
    }

    // MARK: - Secrets

    /// The token stands in the mail, and nowhere else: not in the events, the database, or the answers that are kept.
    @Test func noTokenStandsInClearAnywhere() async throws {
        try await withCompany { company in
            _ = try await company.invite("anna")
            let token = try await company.newestToken(.invitation)
            // All tables, as text: bytes are written in hexadecimal digits.
            let rows = try await company.database.owner.first(
                "SELECT schema_to_xml(current_schema(), true, false, '')::text AS text"
            )
            let text: String = try #require(try rows?["text"])
            let hash = Data(SecretText.hash(token)).base64EncodedString()
            #expect(text.contains(hash), "the dump has bytes in another form")
            #expect(!text.contains(token))
            #expect(!text.contains(Data(token.utf8).base64EncodedString().prefix(40)))
        }
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}

extension Company {
    /// Creates a person without a password.
    fileprivate func invite(_ name: String) async throws -> (id: UserID, email: String, answer: ServiceAnswer) {
        let email = "\(name)@example.com"
        let answer = try await admin.send(
            .post,
            "/api/v1/users",
            ["email": email, "displayName": name, "roles": ["viewer"]]
        )
        return (try #require(answer["id"].flatMap { UserID($0) }), email, answer)
    }

    fileprivate func ask(_ purpose: String, email: String) async throws -> ServiceAnswer {
        try await anonymous.send(.post, "/api/v1/auth/links", ["purpose": purpose, "email": email])
    }

    fileprivate func follow(_ path: String, _ token: String, password: String? = nil, from network: String? = nil)
        async throws -> ServiceAnswer
    {
        var headers = HTTPFields()
        headers[.forwardedFor] = network
        var body = ["token": token]
        body["password"] = password
        return try await anonymous.send(.post, "/api/v1/auth/\(path)", body, headers: headers)
    }

    /// The token of the newest mail, as the notification service opens it.
    fileprivate func newestToken(_ template: MailTemplate) async throws -> String {
        let mail = try #require(
            try await database.outbox(of: MailRequested.self).last { $0.template == template }
        )
        return try linkKeys.open(Array(try #require(mail.token)), for: mail.id.description)
    }
}
