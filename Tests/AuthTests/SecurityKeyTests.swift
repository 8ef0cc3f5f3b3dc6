import Commands
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

/// Logins with security keys.
@Suite struct SecurityKeyTests {
    @Test func aKeyIsTheFirstFactorAndIsAskedForAtTheNextLogin() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let (laptop, other) = (try await company.logIn(tina), try await company.logIn(tina))
            let asked = try await laptop.send(.post, "\(Company.keys)/options", [:])
            #expect(asked.status == .ok)
            let (rp, user) = (asked.object["rp"] as? [String: Any], asked.object["user"] as? [String: Any])
            #expect(rp?["id"] as? String == "localhost" && user?["name"] as? String == tina.email)
            // What a key keeps of a person tells nothing of them.
            #expect(user?["id"] as? String == SoftKey.text(tina.id.keyHandle))
            #expect(asked["attestation"] == "none")
            var key = try SoftKey()
            key.counter = 1
            let added = try await company.register(
                laptop,
                key,
                answering: try #require(asked["challenge"]),
                named: "Key on my key ring"
            )
            #expect(added.status == .created, "\(added.text)")
            #expect((added.object["recoveryCodes"] as? [String])?.count == RecoveryCode.count)
            // Whoever proved less is out.
            try await company.learn()
            #expect(try await other.send(.get, "/api/v1/auth/me")["code"] == "session_ended")
            let state = try await laptop.send(.get, "/api/v1/auth/mfa")
            let shown = try #require((state.object["securityKeys"] as? [[String: Any]])?.first)
            #expect(state.object["isEnrolled"] as? Bool == true && state["addedAt"] == nil)
            #expect(shown["name"] as? String == "Key on my key ring" && shown["lastUsedAt"] == nil)

            let login = try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password)
            #expect((login.status, login["code"]) == (.unauthorized, "mfa_required"))
            #expect(login.object["methods"] as? [String] == ["webauthn", "recovery_code"])
            let challenge = try #require(login["challenge"])
            let question = try await company.question(challenge)
            let allowed = question.object["allowCredentials"] as? [[String: Any]]
            #expect(allowed?.map { $0["id"] as? String } == [SoftKey.text(key.id)])
            #expect(allowed?.first?["transports"] as? [String] == ["usb"])
            let credential = try key.assertion(try #require(question["challenge"]), holder: tina.id.keyHandle)
            let finished = try await company.answer(challenge, credential)
            #expect(finished.status == .ok && finished.amr == ["pwd", "pop", "user", "mfa"], "\(finished.text)")
            #expect(try await company.client(finished).send(.get, "/api/v1/auth/me")["email"] == tina.email)
            let used = try await laptop.send(.get, "/api/v1/auth/mfa").object["securityKeys"] as? [[String: Any]]
            #expect(used?.first?["lastUsedAt"] is String)
            #expect(try await company.database.outbox(of: MailRequested.self).map(\.template) == [.securityKeyAdded])
            #expect(
                try await company.audit(of: tina) == [
                    "USER_CREATED", "SECURITY_KEY_ASKED", "SECURITY_KEY_ADDED", "SECURITY_KEY_ASKED",
                ]
            )
        }
    }

    /// What only one of several parts of an answer has wrong is as wrong as all of it.
    @Test func wrongAnswersAreRefusedAndCounted() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            var (key, _, _) = try await company.addKey(try await company.logIn(tina))
            let wrong: [(inout SoftKey) -> Void] = [
                { $0.origin = "http://evil.example" }, { $0.party = "evil.example" }, { $0.flags = 0 },
                { $0.kinds.assertion = "webauthn.create" }, { $0.id[0] ^= 1 },
            ]
            var challenge = ""
            for (number, change) in wrong.enumerated() {
                if number.isMultiple(of: 4) { challenge = try await company.challenge(tina) }
                var changed = key
                change(&changed)
                let refused = try await company.answer(challenge, &changed)
                #expect((refused.status, refused["code"]) == (.unauthorized, "invalid_key"), "\(number)")
            }
            // A key that says that it is Tina's: another one signed.
            var forged = try SoftKey()
            forged.id = key.id
            #expect(try await company.answer(challenge, &forged)["code"] == "invalid_key")
            #expect(try await company.answer(challenge, &key).status == .ok)
            let failed = try await company.database.outbox(of: AuditRecorded.self).filter {
                $0.action == "LOGIN_FAILED"
            }
            #expect(failed.count == 6 && failed.allSatisfy { $0.user == tina.id })
        }
    }

    @Test func aQuestionIsAnsweredOnceForItsPurposeByItsPerson() async throws {
        try await withCompany { company in
            let (tina, bo) = (try await company.person("tina"), try await company.person("bo"))
            let client = try await company.logIn(tina)
            var (key, _, _) = try await company.addKey(client)
            var (other, _, _) = try await company.addKey(try await company.logIn(bo))
            let challenge = try await company.challenge(tina)
            // Somebody else's key, with an answer to the right question, and to their own.
            let question = try #require(try await company.question(challenge)["challenge"])
            #expect(try await company.answer(challenge, try other.assertion(question))["code"] == "invalid_key")
            // Now the question is used up.
            #expect(try await company.answer(challenge, try key.assertion(question))["code"] == "invalid_key")
            let theirs = try #require(try await company.question(try await company.challenge(bo))["challenge"])
            #expect(try await company.answer(challenge, try key.assertion(theirs))["code"] == "invalid_key")
            // Of another login of the same person, and of another purpose.
            let next = try #require(try await company.question(try await company.challenge(tina))["challenge"])
            #expect(try await company.answer(challenge, try key.assertion(next))["code"] == "invalid_key")
            let again = try await company.challenge(tina)
            let stepUp = try #require(try await client.send(.post, "/api/v1/auth/step-up/options", [:])["challenge"])
            #expect(try await company.answer(again, try key.assertion(stepUp))["code"] == "invalid_key")
            // A key that says whose it is: Bo's.
            let asked = try #require(try await company.question(again)["challenge"])
            let claimed = try key.assertion(asked, holder: bo.id.keyHandle)
            #expect(try await company.answer(again, claimed)["code"] == "invalid_key")
            // Too old.
            let late = try #require(try await company.question(again)["challenge"])
            try await company.database.owner.execute(
                "UPDATE key_challenges SET expires_at = now() - interval '1 second'"
            )
            #expect(try await company.answer(again, try key.assertion(late))["code"] == "invalid_key")
            // And once right: the same answer is wrong then.
            let last = try #require(try await company.question(again)["challenge"])
            let right = try key.assertion(last)
            #expect(try await company.answer(again, right).status == .ok)
            #expect(try await company.answer(try await company.challenge(tina), right)["code"] == "invalid_key")
        }
    }

    @Test func ofManyParallelAnswersOneOpensASession() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            var (key, _, _) = try await company.addKey(try await company.logIn(tina))
            let challenge = try await company.challenge(tina)
            let credential = try key.assertion(try #require(try await company.question(challenge)["challenge"]))
            let statuses = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for _ in 0..<8 { group.addTask { try await company.answer(challenge, credential).status } }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [.ok: 1, .unauthorized: 7])
        }
    }

    @Test func aKeyThatCountsBackwardsIsRefusedAndTold() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            var key = try SoftKey()
            key.counter = 10
            _ = try await company.addKey(try await company.logIn(tina), key)
            var copy = key
            #expect(try await company.answer(try await company.challenge(tina), &key).status == .ok)
            // The copy says 11, which the key has said.
            let refused = try await company.answer(try await company.challenge(tina), &copy)
            #expect((refused.status, refused["code"]) == (.unauthorized, "invalid_key"))
            // Nor is it a way out not to count any more.
            copy.counter = 0
            #expect(try await company.answer(try await company.challenge(tina), &copy)["code"] == "invalid_key")
            #expect(try await company.answer(try await company.challenge(tina), &key).status == .ok)
            let mails = try await company.database.outbox(of: MailRequested.self).map(\.template)
            #expect(mails == [.securityKeyAdded, .securityKeyCopied, .securityKeyCopied])
            #expect(try await company.audit(of: tina).count { $0 == "SECURITY_KEY_COPIED" } == 2)
        }
    }

    /// Passkeys say 0 for ever.
    @Test func aKeyThatDoesNotCountIsAccepted() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            var key = try SoftKey(.edDSA)
            key.flags = 0x1D
            _ = try await company.addKey(try await company.logIn(tina), key)
            for _ in 0..<2 {
                #expect(try await company.answer(try await company.challenge(tina), &key).status == .ok)
            }
        }
    }

    @Test func wrongAnswersLockLikeWrongCodes() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            var (key, _, _) = try await company.addKey(try await company.logIn(tina))
            var forged = try SoftKey()
            forged.id = key.id
            for round in 0..<2 {
                let challenge = try await company.challenge(tina)
                for _ in 0..<LoginChallenge.mostWrong {
                    #expect(try await company.answer(challenge, &forged)["code"] == "invalid_key")
                }
                guard round == 0 else { break }
                #expect(try await company.question(challenge)["code"] == "challenge_invalid")
            }
            let challenge = try await company.challenge(tina)
            let locked = try await company.answer(challenge, &key)
            #expect((locked.status, locked["code"]) == (.tooManyRequests, "locked"))
        }
    }

    // MARK: - Registration

    @Test func whatIsWrongWithANewKeyIsNamed() async throws {
        try await withCompany { company in
            let (tina, bo) = (try await company.person("tina"), try await company.person("bo"))
            let (client, other) = (try await company.logIn(tina), try await company.logIn(bo))
            let key = try SoftKey()
            let wrong: [(String, (inout SoftKey) -> Void)] = [
                ("another origin", { $0.origin = "http://evil.example" }),
                ("another site", { $0.party = "evil.example" }),
                ("touching the key", { $0.flags = 0 }),
                ("another kind of question", { $0.kinds.registration = "webauthn.get" }),
            ]
            for (text, change) in wrong {
                var changed = key
                change(&changed)
                let refused = try await company.register(client, changed)
                #expect(
                    (refused.status, refused["code"], refused.wrongFields) == (
                        .badRequest, "key_refused", ["credential"]
                    )
                )
                #expect(refused["detail"]?.contains(text) == true, "\(refused.text)")
            }
            // Bo's question, and a used one.
            let theirs = try #require(try await other.send(.post, "\(Company.keys)/options", [:])["challenge"])
            #expect(try await company.register(client, key, answering: theirs)["code"] == "key_refused")
            let mine = try #require(try await client.send(.post, "\(Company.keys)/options", [:])["challenge"])
            #expect(try await company.register(client, key, answering: mine).status == .created)
            let again = try await company.register(client, try SoftKey(), answering: mine)
            #expect(again["code"] == "key_refused")
            // The same key a second time, and with another person.
            for owner in [client, other] {
                #expect(try await company.register(owner, key)["code"] == "key_taken")
            }
            #expect(try await company.database.owner.count("SELECT count(*) FROM security_keys") == 1)
            #expect(try await company.database.owner.count("SELECT count(*) FROM second_factors") == 1)
        }
    }

    @Test func aPersonHasTenKeysAtTheMost() async throws {
        try await withCompany { company in
            let client = try await company.logIn(try await company.person("tina"))
            for number in 0..<SecurityKey.most {
                let (_, _, codes) = try await company.addKey(client, named: "Key \(number)")
                // They come once.
                #expect((codes != nil) == (number == 0))
            }
            let more = try await company.register(client, try SoftKey())
            #expect((more.status, more["code"]) == (.conflict, "too_many_keys"))
        }
    }

    @Test func aKeyIsRenamedAndTheNameIsSealed() async throws {
        try await withCompany { company in
            let (tina, bo) = (try await company.person("tina"), try await company.person("bo"))
            let (client, other) = (try await company.logIn(tina), try await company.logIn(bo))
            let (_, id, _) = try await company.addKey(client, named: "Canaryname")
            let renamed = try await client.send(.patch, "\(Company.keys)/\(id)", ["name": "Canarysecond"])
            #expect((renamed.status, renamed["name"]) == (.ok, "Canarysecond"))
            #expect(try await other.send(.patch, "\(Company.keys)/\(id)", ["name": "Mine"]).status == .notFound)
            #expect(try await other.send(.delete, "\(Company.keys)/\(id)").status == .notFound)
            let entries = try await company.database.outbox(of: AuditRecorded.self).compactMap(\.changes)
            #expect(entries.contains { $0.contains("securityKey\":[") && $0.contains("sealed:") })
            #expect(entries.allSatisfy { !$0.contains("Canary") })
        }
    }

    // MARK: - Removal

    @Test func theLastFactorIsRemovedOnlyIfNoRoleRequiresOne() async throws {
        try await withAuth(policy: .byRole) { anonymous, authenticator, database in
            let refused = try await RouteTests.login(anonymous)
            #expect(refused.object["methods"] as? [String] == ["totp", "webauthn"])
            let challenge = try #require(refused["challenge"])
            let path = "/api/v1/auth/mfa/enrolment/security-key"
            let asked = try await anonymous.send(.post, "\(path)/options", ["challenge": challenge])
            var key = try SoftKey()
            func enrol(_ question: String) async throws -> ServiceAnswer {
                try await anonymous.send(
                    .post,
                    path,
                    json: [
                        "challenge": .string(challenge), "name": "First", "credential": try key.registration(question),
                    ]
                )
            }
            #expect(try await enrol("made-up")["code"] == "key_refused")
            let login = try await enrol(try #require(asked["challenge"]))
            #expect(login.status == .ok && login.amr == ["pwd", "pop", "user", "mfa"], "\(login.text)")
            #expect((login.object["recoveryCodes"] as? [String])?.count == 10)
            // A password alone adds no other one.
            #expect(
                try await anonymous.send(.post, "\(path)/options", ["challenge": challenge])["code"]
                    == "challenge_invalid"
            )
            #expect(try await RouteTests.login(anonymous)["code"] == "mfa_required")
            for user in try await database.outbox(of: UserState.self) { authenticator.learn(user) }
            var admin = anonymous
            admin.token = try #require(login["accessToken"])
            func keys() async throws -> [String] {
                let state = try await admin.send(.get, "/api/v1/auth/mfa")
                return (state.object["securityKeys"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
            }
            let first = try #require(try await keys().first)
            let last = try await admin.send(.delete, "\(Company.keys)/\(first)")
            #expect((last.status, last["code"]) == (.conflict, "mfa_required"))
            // With a second one, either can go; of both at one time, one stays.
            let options = try await admin.send(.post, "\(Company.keys)/options", [:])
            key = try SoftKey()
            let second = try await admin.send(
                .post,
                Company.keys,
                json: ["name": "Second", "credential": try key.registration(try #require(options["challenge"]))]
            )
            #expect(second.status == .created)
            let both = try await keys()
            let client = admin
            let statuses = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for id in both { group.addTask { try await client.send(.delete, "\(Company.keys)/\(id)").status } }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [.noContent: 1, .conflict: 1])
            #expect(try await keys().count == 1)
        }
    }

    @Test func appAndKeysStandInForEachOther() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let client = try await company.logIn(tina)
            let (phone, _) = try await company.addPhone(client)
            var (key, id, codes) = try await company.addKey(client)
            // The app's recovery codes stay.
            #expect(codes == nil)
            let login = try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password)
            #expect(login.object["methods"] as? [String] == ["totp", "webauthn", "recovery_code"])
            #expect(try await company.answer(try await company.challenge(tina), phone.code()).status == .ok)
            #expect(try await company.answer(try await company.challenge(tina), &key).status == .ok)
            #expect(try await client.send(.delete, "/api/v1/auth/mfa/totp").status == .noContent)
            #expect(try await client.send(.delete, "/api/v1/auth/mfa/totp").status == .notFound)
            try await company.database.owner.execute("UPDATE second_factors SET last_step = 0 WHERE secret IS NOT NULL")
            #expect(
                try await company.answer(try await company.challenge(tina), phone.code(1))["code"] == "invalid_code"
            )
            // Of four sessions the first one has ended.
            let later = try company.client(try await company.answer(try await company.challenge(tina), &key))
            let (next, _) = try await company.addPhone(later)
            #expect(try await later.send(.delete, "\(Company.keys)/\(id)").status == .noContent)
            #expect(try await company.answer(try await company.challenge(tina), next.code(1)).status == .ok)
            let mails = try await company.database.outbox(of: MailRequested.self).map(\.template)
            #expect(mails == [.factorAdded, .securityKeyAdded, .appRemoved, .factorAdded, .securityKeyRemoved])
        }
    }

    @Test func withTheLastKeyGoesEverything() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let client = try await company.logIn(tina)
            let (_, id, codes) = try await company.addKey(client)
            // Somebody whose key is gone.
            let code = try #require(codes?.first)
            #expect(try await company.answer(try await company.challenge(tina), code).status == .ok)
            #expect(try await client.send(.delete, "\(Company.keys)/\(id)").status == .noContent)
            for table: SQL in ["second_factors", "security_keys", "recovery_codes", "key_challenges"] {
                #expect(try await company.database.owner.count("SELECT count(*) FROM \(sql: table)") == 0)
            }
            #expect(
                try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password).status == .ok
            )
            #expect(try await company.database.outbox(of: MailRequested.self).last?.template == .factorRemoved)
        }
    }

    @Test func anAdministratorRemovesLostKeys() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let client = try await company.logIn(tina)
            _ = try await company.addKey(client)
            _ = try await company.addKey(client)
            #expect(try await company.admin.send(.delete, "/api/v1/users/\(tina.id)/mfa").status == .noContent)
            #expect(try await company.database.owner.count("SELECT count(*) FROM security_keys") == 0)
            #expect(
                try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password).status == .ok
            )
        }
    }

    // MARK: - Once more

    @Test func whoeverHasAKeyProvesItAgain() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let client = try await company.logIn(tina)
            let none = try await client.send(.post, "/api/v1/auth/step-up/options", [:])
            #expect(none.status == .notFound)
            var (key, _, _) = try await company.addKey(client)
            let path = "/api/v1/auth/step-up"
            let weak = try await client.send(.post, path, ["password": tina.password])
            #expect((weak.status, weak["code"]) == (.badRequest, "code_required"))
            let question = try #require(try await client.send(.post, "\(path)/options", [:])["challenge"])
            let credential = try key.assertion(question)
            let both = try await client.send(.post, path, json: ["credential": credential, "code": "123456"])
            #expect(both.wrongFields == ["code"])
            let renewed = try await client.send(.post, path, json: ["credential": credential])
            #expect(renewed.amr == ["pwd", "pop", "user", "mfa"], "\(renewed.text)")
            let again = try await client.send(.post, path, json: ["credential": credential])
            #expect((again.status, again["code"], again.wrongFields) == (.badRequest, "wrong_key", ["credential"]))
            let actions = try await company.database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(actions.count { $0 == "LOGIN_FAILED" } == 1)
        }
    }

    @Test func questionsAreBounded() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let client = try await company.logIn(tina)
            for _ in 0..<8 { _ = try await client.send(.post, "\(Company.keys)/options", [:]) }
            let count: SQL = "SELECT count(*) FROM key_challenges"
            #expect(try await company.database.owner.count(count) == KeyPurpose.most)
            let sessions = Sessions(database: company.database, refused: RefusedTokens(redis: try await testRedis()))
            while try await sessions.prune(at: Date() + KeyPurpose.lifetime + 60) > 0 {}
            #expect(try await company.database.owner.count(count) == 0)
        }
    }

    /// A daemon of the version before must not take somebody who has only a key for somebody without a factor.
    @Test func somebodyWithOnlyAKeyHasAFactorForTheVersionBefore() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            _ = try await company.addKey(try await company.logIn(tina))
            let found = try await company.database.owner.first(
                "SELECT secret IS NULL AS without_app FROM second_factors WHERE user_id = \(tina.id)"
            )
            #expect(try found?["without_app"] == true)
        }
    }
}
