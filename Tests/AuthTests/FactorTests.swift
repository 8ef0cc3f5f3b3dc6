import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import LocalServers
import Messaging
import Postgres
import RedisClient
import Sealing
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// Logins with a second factor.
@Suite struct FactorTests {
    @Test func aFactorCountsAfterItsFirstCodeAndIsAskedForAtTheNextLogin() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let (laptop, other) = (try await company.logIn(tina), try await company.logIn(tina))
            let none = try await laptop.send(.get, "/api/v1/auth/mfa")
            #expect(none.object["isEnrolled"] as? Bool == false && none.number("recoveryCodesLeft") == 0)
            let begun = try await laptop.send(.post, "/api/v1/auth/mfa/totp", [:])
            let phone = Phone(try #require(begun["secret"]))
            #expect(begun["uri"]?.hasPrefix("otpauth://totp/dCMMS:tina%40example.com?secret=") == true)
            // It does not count yet.
            #expect(
                try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password).status == .ok
            )
            let path = "/api/v1/auth/mfa/totp/confirmation"
            let wrong = try await laptop.send(.post, path, ["code": phone.wrongCode])
            #expect((wrong.status, wrong["code"], wrong.wrongFields) == (.badRequest, "wrong_code", ["code"]))
            let confirmed = try await laptop.send(.post, path, ["code": phone.code()])
            let codes = try #require(confirmed.object["recoveryCodes"] as? [String])
            #expect(Set(codes).count == RecoveryCode.count)
            #expect(try await laptop.send(.post, path, ["code": phone.code(1)])["code"] == "no_enrolment")
            // Whoever proved less is out.
            try await company.learn()
            #expect(try await other.send(.get, "/api/v1/auth/me")["code"] == "session_ended")
            let state = try await laptop.send(.get, "/api/v1/auth/mfa")
            #expect(state.object["isEnrolled"] as? Bool == true && state.number("recoveryCodesLeft") == 10)

            let login = try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password)
            #expect((login.status, login["code"], login["accessToken"]) == (.unauthorized, "mfa_required", nil))
            #expect(login.object["methods"] as? [String] == ["totp", "recovery_code"])
            let finished = try await company.answer(try #require(login["challenge"]), phone.code(1))
            #expect((finished.status, finished["tokenType"]) == (.ok, "Bearer"))
            #expect(finished.amr == ["pwd", "otp", "mfa"])
            #expect(abs((finished.authTime ?? 0) - Date().timeIntervalSince1970) < 60)
            #expect(try await company.client(finished).send(.get, "/api/v1/auth/me")["email"] == tina.email)
            #expect(finished["refreshToken"] != nil)
            let mails = try await company.database.outbox(of: MailRequested.self).map(\.template)
            #expect(mails == [.factorAdded])
            #expect(try await company.audit(of: tina) == ["USER_CREATED", "MFA_ENROLMENT_BEGUN", "MFA_ADDED"])
        }
    }

    /// Somebody may have looked over the person's shoulder.
    @Test func aCodeIsAcceptedOnce() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let (phone, _) = try await company.addPhone(try await company.logIn(tina))
            let code = phone.code()
            #expect(try await company.answer(try await company.challenge(tina), code).status == .ok)
            let again = try await company.answer(try await company.challenge(tina), code)
            #expect((again.status, again["code"]) == (.unauthorized, "invalid_code"))
        }
    }

    @Test func ofManyParallelAnswersOneOpensASession() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let (phone, _) = try await company.addPhone(try await company.logIn(tina))
            let (challenge, code) = (try await company.challenge(tina), phone.code())
            let statuses = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for _ in 0..<8 { group.addTask { try await company.answer(challenge, code).status } }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [.ok: 1, .unauthorized: 7])
        }
    }

    @Test func fiveWrongCodesEndALoginAndTenOfThemLockItsNetwork() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let (phone, _) = try await company.addPhone(try await company.logIn(tina))
            for round in 0..<2 {
                let challenge = try await company.challenge(tina)
                for _ in 0..<LoginChallenge.mostWrong {
                    let wrong = try await company.answer(challenge, phone.wrongCode)
                    #expect((wrong.status, wrong["code"]) == (.unauthorized, "invalid_code"))
                }
                guard round == 0 else { break }
                let ended = try await company.answer(challenge, phone.code())
                #expect((ended.status, ended["code"]) == (.unauthorized, "challenge_invalid"))
            }
            let challenge = try await company.challenge(tina)
            let locked = try await company.answer(challenge, phone.code())
            #expect((locked.status, locked["code"]) == (.tooManyRequests, "locked"))
            // Elsewhere the person gets in, and a right password does not take the lock back.
            #expect(try await company.answer(challenge, phone.code(), from: "198.51.100.7").status == .ok)
            let failed = try await company.database.outbox(of: AuditRecorded.self).filter {
                $0.action == "LOGIN_FAILED"
            }
            #expect(failed.count == 10 && failed.allSatisfy { $0.user == tina.id })
        }
    }

    /// An attacker who has the password and many networks.
    @Test func codesCanNotBeGuessedFromManyNetworks() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let (phone, _) = try await company.addPhone(try await company.logIn(tina))
            let home = "198.51.100.7"
            #expect(
                try await company.answer(try await company.challenge(tina, from: home), phone.code(), from: home).status
                    == .ok
            )
            try await company.forgetUsedCodes()
            var challenge = ""
            for number in 0..<LoginAttempts.codesFromStrangeNetworks.allowed {
                let network = "203.0.113.\(number)"
                if number.isMultiple(of: LoginChallenge.mostWrong) {
                    challenge = try await company.challenge(tina, from: network)
                }
                let wrong = try await company.answer(challenge, phone.wrongCode, from: network)
                #expect(wrong.status == .unauthorized)
            }
            let next = try await company.challenge(tina, from: "203.0.113.77")
            let locked = try await company.answer(next, phone.code(), from: "203.0.113.77")
            #expect((locked.status, locked["code"]) == (.tooManyRequests, "locked"))
            #expect(
                try await company.answer(try await company.challenge(tina, from: home), phone.code(), from: home).status
                    == .ok
            )
        }
    }

    @Test func aRecoveryCodeWorksOnceAndIsTold() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let (_, codes) = try await company.addPhone(try await company.logIn(tina))
            let code = codes[3].lowercased().replacing("-", with: " ")
            let login = try await company.answer(try await company.challenge(tina), code)
            #expect(login.amr == ["pwd", "otp", "mfa"])
            #expect(try await company.answer(try await company.challenge(tina), code).status == .unauthorized)
            let mails = try await company.database.outbox(of: MailRequested.self)
            #expect(mails.map(\.template) == [.factorAdded, .recoveryCodeUsed])
            #expect(mails.allSatisfy { $0.user == tina.id && $0.token == nil })
            let client = try company.client(login)
            #expect(try await client.send(.get, "/api/v1/auth/mfa").number("recoveryCodesLeft") == 9)
            let replaced = try await client.send(.post, "/api/v1/auth/mfa/recovery-codes", [:])
            let new = try #require(replaced.object["recoveryCodes"] as? [String])
            #expect(Set(new).isDisjoint(with: codes) && new.count == 10)
            #expect(try await company.answer(try await company.challenge(tina), codes[4]).status == .unauthorized)
            #expect(try await company.answer(try await company.challenge(tina), new[4]).status == .ok)
        }
    }

    @Test func aChallengeServesOnePurposeOfOnePersonForFiveMinutes() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let (phone, _) = try await company.addPhone(try await company.logIn(tina))
            let challenge = try await company.challenge(tina)
            for path in ["mfa/enrolment", "mfa/enrolment/confirmation"] {
                var body = ["challenge": challenge]
                if path.hasSuffix("confirmation") { body["code"] = phone.code() }
                let refused = try await company.anonymous.send(.post, "/api/v1/auth/\(path)", body)
                #expect((refused.status, refused["code"]) == (.unauthorized, "challenge_invalid"))
            }
            for other in ["", "x", String(challenge.reversed())] where !other.isEmpty {
                #expect(try await company.answer(other, phone.code())["code"] == "challenge_invalid")
            }
            // A code of somebody else does not help.
            let bo = try await company.person("bo")
            let (otherPhone, _) = try await company.addPhone(try await company.logIn(bo))
            #expect(try await company.answer(challenge, otherPhone.code())["code"] == "invalid_code")
            let lifetime = try await company.database.owner.first(
                "SELECT extract(epoch FROM expires_at - created_at)::int AS seconds FROM login_challenges"
            )
            #expect(try lifetime?["seconds"] == 300)
            try await company.database.owner.execute(
                "UPDATE login_challenges SET expires_at = now() - interval '1 second'"
            )
            #expect(try await company.answer(challenge, phone.code())["code"] == "challenge_invalid")
            let used = try await company.challenge(tina)
            #expect(try await company.answer(used, phone.code()).status == .ok)
            try await company.forgetUsedCodes()
            #expect(try await company.answer(used, phone.code())["code"] == "challenge_invalid")
        }
    }

    @Test func nobodyFinishesALoginWhoIsDeactivatedOrWhoseTenantIsSuspended() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let (phone, _) = try await company.addPhone(try await company.logIn(tina))
            let challenge = try await company.challenge(tina)
            try await company.database.owner.execute("UPDATE tenants SET is_suspended = true")
            #expect(try await company.answer(challenge, phone.code())["code"] == "tenant_suspended")
            let login = try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password)
            #expect(login["code"] == "tenant_suspended")
            try await company.database.owner.execute("UPDATE tenants SET is_suspended = false")
            try await company.database.owner.execute("UPDATE users SET is_active = false WHERE id = \(tina.id)")
            #expect(try await company.answer(challenge, phone.code())["code"] == "challenge_invalid")
        }
    }

    @Test func aNewPasswordByMailDoesNotGetAroundTheFactor() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            _ = try await company.addPhone(try await company.logIn(tina))
            let ask = ["purpose": "password_reset", "email": tina.email]
            _ = try await company.anonymous.send(.post, "/api/v1/auth/links", ask)
            let mail = try #require(try await company.database.outbox(of: MailRequested.self).last)
            let token = try linkKeys.open(Array(try #require(mail.token)), for: mail.id.description)
            let body = ["token": token, "password": "rain on the roof"]
            let reset = try await company.anonymous.send(.post, "/api/v1/auth/password/reset", body)
            #expect(reset.status == .noContent)
            let login = try await RouteTests.login(company.anonymous, email: tina.email, password: "rain on the roof")
            #expect((login.status, login["code"]) == (.unauthorized, "mfa_required"))
        }
    }

    // MARK: - Required by a role

    @Test func whoeverHasARoleThatRequiresAFactorAddsOneToLogIn() async throws {
        try await withAuth(policy: .byRole) { anonymous, authenticator, database in
            let refused = try await RouteTests.login(anonymous)
            #expect((refused.status, refused["code"]) == (.unauthorized, "mfa_enrolment_required"))
            #expect(refused.object["methods"] as? [String] == ["totp", "webauthn"])
            let challenge = try #require(refused["challenge"])
            #expect(
                try await anonymous.send(.post, "/api/v1/auth/login/mfa", ["challenge": challenge, "code": "123456"])[
                    "code"
                ] == "challenge_invalid"
            )
            let path = "/api/v1/auth/mfa/enrolment"
            let early = try await anonymous.send(
                .post,
                "\(path)/confirmation",
                ["challenge": challenge, "code": "123456"]
            )
            #expect((early.status, early["code"]) == (.conflict, "no_enrolment"))
            let begun = try await anonymous.send(.post, path, ["challenge": challenge])
            let phone = Phone(try #require(begun["secret"]))
            let wrong = try await anonymous.send(
                .post,
                "\(path)/confirmation",
                ["challenge": challenge, "code": phone.wrongCode]
            )
            #expect((wrong.status, wrong["code"]) == (.badRequest, "wrong_code"))
            let login = try await anonymous.send(
                .post,
                "\(path)/confirmation",
                ["challenge": challenge, "code": phone.code()]
            )
            #expect(login.status == .ok && login.amr == ["pwd", "otp", "mfa"])
            #expect((login.object["recoveryCodes"] as? [String])?.count == 10)
            // Neither the challenge nor the password is enough any more.
            #expect(try await anonymous.send(.post, path, ["challenge": challenge])["code"] == "challenge_invalid")
            #expect(try await RouteTests.login(anonymous)["code"] == "mfa_required")
            for user in try await database.outbox(of: UserState.self) { authenticator.learn(user) }
            var admin = anonymous
            admin.token = try #require(login["accessToken"])
            let state = try await admin.send(.get, "/api/v1/auth/mfa")
            #expect(state.object["isRequired"] as? Bool == true)
            let removed = try await admin.send(.delete, "/api/v1/auth/mfa/totp")
            #expect((removed.status, removed["code"]) == (.conflict, "mfa_required"))
            // Others log in as before.
            let body: [String: Any] = [
                "email": "v@example.com", "displayName": "V", "roles": ["viewer"], "password": "correct horse battery",
            ]
            #expect(try await admin.send(.post, "/api/v1/users", body).status == .created)
            #expect(try await RouteTests.login(anonymous, email: "v@example.com").status == .ok)
        }
    }

    /// Two logins wait at the same time: what the first one adds, the second one must not replace.
    @Test func aPasswordAloneDoesNotReplaceAFactor() async throws {
        try await withAuth(policy: .byRole) { anonymous, _, _ in
            let one = try #require(try await RouteTests.login(anonymous)["challenge"])
            let other = try #require(try await RouteTests.login(anonymous)["challenge"])
            let path = "/api/v1/auth/mfa/enrolment"
            let phone = Phone(try #require(try await anonymous.send(.post, path, ["challenge": one])["secret"]))
            let body = ["challenge": one, "code": phone.code()]
            #expect(try await anonymous.send(.post, "\(path)/confirmation", body).status == .ok)
            let second = try await anonymous.send(.post, path, ["challenge": other])
            #expect((second.status, second["code"]) == (.unauthorized, "challenge_invalid"))
        }
    }

    @Test func aTenantAddsToWhatRolesRequireAndTakesNothingAway() async throws {
        try await withAuth(policy: .byRole) { anonymous, authenticator, database in
            let tenant = try await database.owner.first("SELECT id FROM tenants")
            let id: TenantID = try #require(try tenant?["id"])
            try await Roles(database: database).save(Role(tenant: id, name: "admin", grants: []))
            try await Roles(database: database).save(
                Role(tenant: id, name: "viewer", grants: [], requiresMfa: true)
            )
            #expect(try await RouteTests.login(anonymous)["code"] == "mfa_enrolment_required")
            let general =
                try Matrix.committed().roles.filter(\.needsSecondFactor).map(\.name) + ["admin", "platform-admin"]
            let roles = try await Roles(database: database).of(id)
            #expect(Set(roles.filter(\.requiresMfa).map(\.name)) == Set(general + ["viewer"]))
            let elsewhere = try await Roles(database: database).of(.windward)
            #expect(Set(elsewhere.filter(\.requiresMfa).map(\.name)) == Set(general))
        }
    }

    @Test func aRoleKeepsItsRequirementWhenAClientDoesNotNameIt() async throws {
        try await withCompany { company in
            let grants = [["permission": "site:read", "scope": "sites"]]
            let created = try await company.admin.send(
                .post,
                "/api/v1/roles",
                ["name": "contractor", "grants": grants, "requiresMfa": true]
            )
            #expect(created.object["requiresMfa"] as? Bool == true)
            let path = "/api/v1/roles/\(created["id"] ?? "")"
            for (body, expected) in [(["grants": grants], true), (["grants": grants, "requiresMfa": false], false)]
                as [([String: Any], Bool)]
            {
                let changed = try await company.admin.send(.put, path, body)
                #expect(changed.object["requiresMfa"] as? Bool == expected, "\(changed.text)")
            }
            let audit = try await company.database.outbox(of: AuditRecorded.self).last
            #expect(audit?.action == "ROLE_CHANGED" && audit?.changes == #"{"requiresMfa":[true,false]}"#)
        }
    }

    // MARK: - Removal

    @Test func anAdministratorRemovesALostPhone() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let client = try await company.logIn(tina)
            _ = try await company.addPhone(client)
            let clerk = try await company.staff("clerk", [Grant(.userRead), Grant(.userUpdate)])
            let path = "/api/v1/users/\(tina.id)/mfa"
            let more = try await clerk.send(.delete, path)
            #expect((more.status, more["code"]) == (.forbidden, "user_exceeds_granter"))
            #expect(try await company.admin.send(.delete, path).status == .noContent)
            #expect(try await company.admin.send(.delete, path).status == .notFound)
            try await company.learn()
            #expect(try await client.send(.get, "/api/v1/auth/me")["code"] == "session_ended")
            #expect(
                try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password).status == .ok
            )
            let mail = try #require(try await company.database.outbox(of: MailRequested.self).last)
            #expect((mail.template, mail.user) == (.factorRemoved, tina.id))
            #expect(try await company.audit(of: tina).last == "MFA_REMOVED")
            let me = try #require(try await company.admin.send(.get, "/api/v1/auth/me")["id"])
            let own = try await company.admin.send(.delete, "/api/v1/users/\(me)/mfa")
            #expect((own.status, own["code"]) == (.conflict, "own_account"))
            let stranger = try await company.anonymous.acting(as: .bo, of: .windward)
            #expect(try await stranger.send(.delete, path).status == .notFound)
        }
    }

    @Test func aPersonRemovesTheirOwnFactorAndChangesTheirPhone() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let client = try await company.logIn(tina)
            let (old, oldCodes) = try await company.addPhone(client)
            let (new, _) = try await company.addPhone(client)
            #expect(try await company.answer(try await company.challenge(tina), old.code())["code"] == "invalid_code")
            #expect(try await company.answer(try await company.challenge(tina), oldCodes[0])["code"] == "invalid_code")
            #expect(try await company.answer(try await company.challenge(tina), new.code()).status == .ok)
            #expect(try await client.send(.delete, "/api/v1/auth/mfa/totp").status == .noContent)
            #expect(try await client.send(.delete, "/api/v1/auth/mfa/totp").status == .notFound)
            #expect(try await company.database.owner.count("SELECT count(*) FROM recovery_codes") == 0)
            #expect(
                try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password).status == .ok
            )
        }
    }

    // MARK: - Secrets

    @Test func neitherSecretsNorCodesNorChallengesStandInClearAnywhere() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let client = try await company.logIn(tina)
            let (phone, codes) = try await company.addPhone(client)
            let begun = try await client.send(.post, "/api/v1/auth/mfa/totp", [:])
            let challenge = try await company.challenge(tina)
            let rows = try await company.database.owner.first(
                "SELECT schema_to_xml(current_schema(), true, false, '')::text AS text"
            )
            let text: String = try #require(try rows?["text"])
            #expect(text.contains("second_factors") && text.contains("login_challenges"))
            for secret in [phone, Phone(try #require(begun["secret"]))] {
                let bytes = Data(secret.secret)
                for form in [
                    Base32.text(secret.secret), bytes.base64EncodedString(),
                    bytes.map { String(format: "%02x", $0) }.joined(),
                ] {
                    #expect(!text.contains(form))
                }
                // Bytes are written in base 64, in which three places are possible.
                #expect(!text.contains(Data(bytes.base64EncodedString().utf8).base64EncodedString().prefix(20)))
            }
            for code in codes {
                let plain = try #require(RecoveryCode.normalized(code))
                #expect(!text.contains(code) && !text.contains(plain))
            }
            #expect(!text.contains(challenge))
            let events = try await company.database.outbox().map { String(decoding: $0.value ?? [], as: UTF8.self) }
            #expect(events.allSatisfy { !$0.contains(codes[0]) && !$0.contains(Base32.text(phone.secret)) })
        }
    }

    @Test func secretsAreSealedAnewWhenAKeyIsReplaced() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let (phone, _) = try await company.addPhone(try await company.logIn(tina))
            let (old, new) = (String(repeating: "old-", count: 8), String(repeating: "new-", count: 8))
            func factors(_ keys: String) throws -> SecondFactors {
                SecondFactors(database: company.database, keys: try #require(SealingKeys(keys, for: "secrets")))
            }
            func accepts(_ factors: SecondFactors) async throws -> Bool {
                try await company.forgetUsedCodes()
                let act = Act(service: "auth", tenant: company.tenant, time: Date())
                let user = try #require(try await Directory(database: company.database).find(email: tina.email))
                return try await company.database.transaction(for: act) {
                    try await factors.accept(.app(phone.code()), of: user, by: act, $0)
                }
            }
            // As `old` would have sealed it.
            let sealed = try #require(SealingKeys(old, for: "secrets")).seal(
                Data(phone.secret).base64EncodedString(),
                for: "second factor of \(tina.id)"
            )
            try await company.database.owner.execute("UPDATE second_factors SET secret = \(sealed)")
            let both = try factors("\(new),\(old)")
            #expect(try await accepts(both))
            #expect(try await both.sealAnew() == 1)
            #expect(try await both.sealAnew() == 0)
            #expect(try await accepts(try factors(new)))
            await #expect(throws: CannotOpen.self) { _ = try await accepts(try factors(old)) }
        }
    }

    /// What nobody finishes is gone after an hour at the latest, and of each person there are a few at one time.
    @Test func unfinishedLoginsAndEnrolmentsAreBounded() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let client = try await company.logIn(tina)
            _ = try await company.addPhone(client)
            for _ in 0..<3 { _ = try await client.send(.post, "/api/v1/auth/mfa/totp", [:]) }
            for number in 0..<8 { _ = try await company.challenge(tina, from: "198.51.100.\(number)") }
            func count(_ table: SQL) async throws -> Int {
                try await company.database.owner.count("SELECT count(*) FROM \(sql: table)")
            }
            #expect(try await count("login_challenges") == LoginChallenge.most)
            #expect(try await count("factor_enrolments") == 1)
            let sessions = Sessions(
                database: company.database,
                refused: RefusedTokens(redis: try Redis(url: try await TestServers.redis().url))
            )
            while try await sessions.prune(at: Date() + SecondFactor.enrolmentLifetime + 60) > 0 {}
            #expect(try await count("login_challenges") == 0)
            #expect(try await count("factor_enrolments") == 0)
            #expect(try await count("second_factors") == 1)
            #expect(try await count("recovery_codes") == RecoveryCode.count)
        }
    }
}
