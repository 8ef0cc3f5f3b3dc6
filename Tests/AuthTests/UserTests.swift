import Access
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

/// People are managed over HTTP.
@Suite struct UserTests {
    // MARK: - Profile

    @Test func aProfileIsChangedOnlyFromTheVersionThatWasSeen() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let changed = try await company.admin.send(
                .patch,
                "/api/v1/users/\(tina.id)",
                ["displayName": "Tina Holm", "phone": "+4930123456", "version": 1]
            )
            #expect((changed.status, changed["displayName"], changed["phone"]) == (.ok, "Tina Holm", "+4930123456"))
            #expect(changed.number("version") == 2)
            let stale = try await company.admin.send(
                .patch,
                "/api/v1/users/\(tina.id)",
                ["displayName": "Other", "version": 1]
            )
            #expect((stale.status, stale["code"], stale.number("currentVersion")) == (.conflict, "stale_version", 2))
            let cleared = try await company.admin.send(.patch, "/api/v1/users/\(tina.id)", text: #"{"phone": null}"#)
            #expect((cleared.status, cleared["displayName"], cleared["phone"]) == (.ok, "Tina Holm", nil))
            // A request without an effect is no change.
            let same = try await company.admin.send(.patch, "/api/v1/users/\(tina.id)", ["displayName": "Tina Holm"])
            #expect(same.number("version") == 3)
            let states = try await company.database.outbox(of: UserState.self).filter { $0.id == tina.id }
            #expect(states.map(\.version) == [1, 2, 3])
            #expect(states.map(\.displayName) == ["tina", "Tina Holm", "Tina Holm"])
            #expect(states.map(\.phone) == [nil, "+4930123456", nil])
        }
    }

    @Test func whatAnOrganizationKnowsOfAPersonIsKept() async throws {
        try await withCompany { company in
            let anna: [String: Any] = [
                "email": "anna.berg@example.com", "code": "T-017", "firstName": "Anna", "lastName": "Berg",
                "roles": ["viewer"], "metadata": [["name": "company", "value": "Windward Service"]],
            ]
            let created = try await company.admin.send(.post, "/api/v1/users", anna)
            #expect((created.status, created["displayName"]) == (.created, "Anna Berg"))
            let path = "/api/v1/users/\(try #require(created["id"]))"
            let read = try await company.admin.send(.get, path)
            #expect((read["code"], read["firstName"], read["lastName"]) == ("T-017", "Anna", "Berg"))
            #expect(
                (read.object["metadata"] as? [[String: Any]] ?? []).map { $0["value"] as? String } == [
                    "Windward Service"
                ]
            )
            #expect(read["createdAt"] == read["updatedAt"] && read["createdAt"] != nil)
            let changed = try await company.admin.send(
                .patch,
                path,
                text: #"{"code": null, "lastName": "Holm", "metadata": [{"name": "badge", "value": "9"}]}"#
            )
            #expect((changed["code"], changed["lastName"], changed["displayName"]) == (nil, "Holm", "Anna Berg"))
            #expect((changed.object["metadata"] as? [[String: Any]] ?? []).map { $0["name"] as? String } == ["badge"])
            #expect(changed["createdAt"] == read["createdAt"] && changed["updatedAt"] != read["updatedAt"])
            // No word of it leaves auth in the clear.
            let audit = try await company.database.outbox(of: AuditRecorded.self).compactMap(\.changes)
            for word in ["T-017", "Berg", "Holm", "Windward Service"] {
                #expect(!audit.contains { $0.contains(word) }, "\(word)")
            }
        }
    }

    @Test func skillsAreGivenByWhoeverManagesPeople() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina", roles: ["field-technician-electrical"])
            let path = "/api/v1/users/\(tina.id)"
            let body = ["skills": ["high voltage", "rope access"]]
            let changed = try await company.admin.send(.patch, path, body)
            #expect(changed.object["skills"] as? [String] == ["high voltage", "rope access"])
            let state = try await company.database.outbox(of: UserState.self).last { $0.id == tina.id }
            #expect(state?.skills == ["high voltage", "rope access"])
            // She may change her own profile, but not what the organization says of her.
            let own = try await company.logIn(tina)
            #expect(try await own.send(.patch, path, ["firstName": "Tina"]).status == .ok)
            for body in [
                ["skills": ["crane"]], ["code": "T-2"], ["metadata": [["name": "company", "value": "x"]]],
            ] as [[String: Any]] {
                let refused = try await own.send(.patch, path, body)
                #expect(refused.status == .forbidden, "\(refused.text)")
            }
            let twice = try await company.admin.send(.patch, path, ["skills": ["Crane", "crane"]])
            #expect(twice.wrongFields == ["skills"])
        }
    }

    @Test func aCodeBelongsToOnePersonOfATenant() async throws {
        try await withCompany { company in
            func create(_ email: String) async throws -> ServiceAnswer {
                try await company.admin.send(
                    .post,
                    "/api/v1/users",
                    ["email": email, "code": "T-1", "displayName": "T", "roles": ["viewer"]]
                )
            }
            #expect(try await create("one@example.com").status == .created)
            let other = try await create("two@example.com")
            #expect((other.status, other["code"], other.wrongFields) == (.badRequest, "code_taken", ["code"]))
            let nameless = try await company.admin.send(
                .post,
                "/api/v1/users",
                ["email": "three@example.com", "roles": ["viewer"]]
            )
            #expect(nameless.wrongFields == ["displayName"])
            let twice = [["name": "a", "value": "1"], ["name": "a", "value": "2"]]
            let refused = try await company.admin.send(
                .post,
                "/api/v1/users",
                ["email": "four@example.com", "displayName": "F", "roles": ["viewer"], "metadata": twice]
            )
            #expect(refused.wrongFields == ["metadata"])
        }
    }

    @Test func usersAreFoundByStateRoleAndName() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let bo = try await company.person("bo", roles: ["supervisor"])
            _ = try await company.admin.send(
                .post,
                "/api/v1/users",
                ["email": "new@example.com", "displayName": "100% new_one", "roles": ["viewer"]]
            )
            _ = try await company.admin.send(.post, "/api/v1/users/\(bo.id)/deactivate")
            func found(_ query: String) async throws -> Set<String> {
                Set(
                    try await company.admin.send(.get, "/api/v1/users?\(query)").items.compactMap {
                        $0["displayName"] as? String
                    }
                )
            }
            #expect(try await found("status=inactive") == ["bo"])
            #expect(try await found("status=invited") == ["100% new_one"])
            #expect(try await found("role=supervisor") == ["bo"])
            #expect(try await found("search=TINA&status=active") == ["tina"])
            #expect(try await found("search=\(tina.email)") == ["tina"])
            // What is typed is looked for as it is.
            #expect(try await found("search=100%25") == ["100% new_one"])
            #expect(try await found("search=%25new") == [])
            #expect(try await company.admin.send(.get, "/api/v1/users?status=gone").wrongFields == ["status"])
        }
    }

    @Test func theCachedProfileChangesWithTheUser() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let client = try await company.logIn(tina)
            #expect(try await client.send(.get, "/api/v1/auth/me")["displayName"] == "tina")
            let path = "/api/v1/users/\(tina.id)"
            _ = try await company.admin.send(.patch, path, ["displayName": "Tina Holm"])
            try await company.learn()
            #expect(try await client.send(.get, "/api/v1/auth/me")["displayName"] == "Tina Holm")
        }
    }

    /// A password is no part of what is stored of a request: it could be guessed from a fast hash.
    @Test func twoRequestsWithOneKeyMayDifferInThePassword() async throws {
        try await withCompany { company in
            func create(_ name: String, _ password: String) async throws -> ServiceAnswer {
                try await company.admin.send(
                    .post,
                    "/api/v1/users",
                    ["email": "a@example.com", "displayName": name, "roles": ["viewer"], "password": password],
                    headers: [.idempotencyKey: "k"]
                )
            }
            let first = try await create("Anna", "correct horse battery")
            let second = try await create("Anna", "another long password")
            #expect((second.status, second.text) == (.created, first.text))
            #expect(try await create("Bo", "correct horse battery").status == .unprocessableContent)
        }
    }

    // MARK: - Deactivation

    @Test func aDeactivatedUserIsRefusedEverywhereAtOnce() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let login = try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password)
            var client = company.anonymous
            client.token = try #require(login["accessToken"])
            let path = "/api/v1/users/\(tina.id)"
            let off = try await company.admin.send(.post, "\(path)/deactivate", [:])
            #expect((off.status, off.object["isActive"] as? Bool) == (.ok, false))
            try await company.learn()
            let refused = try await client.send(.get, "/api/v1/auth/me")
            #expect(refused.status == .unauthorized)
            let refresh = try await company.anonymous.send(
                .post,
                "/api/v1/auth/refresh",
                ["refreshToken": try #require(login["refreshToken"])]
            )
            #expect(refresh.status == .unauthorized)
            let again = try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password)
            #expect((again.status, again["code"]) == (.unauthorized, "invalid_credentials"))

            _ = try await company.admin.send(.post, "\(path)/activate", [:])
            try await company.learn()
            let back = try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password)
            #expect(back.status == .ok)
            let actions = try await company.audit(of: tina)
            #expect(actions == ["USER_CREATED", "USER_DEACTIVATED", "USER_ACTIVATED"])
        }
    }

    @Test func nobodyDeactivatesThemselvesOrTheLastAdministrator() async throws {
        try await withCompany { company in
            let me = try await company.admin.send(.get, "/api/v1/auth/me")
            let admin = try #require(me["id"])
            let own = try await company.admin.send(.post, "/api/v1/users/\(admin)/deactivate", [:])
            #expect((own.status, own["code"]) == (.conflict, "own_account"))
            let demoted = try await company.admin.send(
                .put,
                "/api/v1/users/\(admin)/roles",
                ["roles": ["viewer"]]
            )
            #expect((demoted.status, demoted["code"]) == (.conflict, "last_administrator"))
            // With a second administrator it is possible.
            let other = try await company.person("olga", roles: ["admin", "platform-admin"])
            let client = try await company.logIn(other)
            let off = try await client.send(.post, "/api/v1/users/\(admin)/deactivate", [:])
            #expect(off.status == .ok)
        }
    }

    @Test func twoAdministratorsCannotDeactivateEachOther() async throws {
        try await withCompany { company in
            let pair = [
                try await company.person("olga", roles: ["admin"]), try await company.person("otto", roles: ["admin"]),
            ]
            try await company.database.owner.execute(
                "UPDATE users SET is_active = false WHERE email = 'admin@example.com'"
            )
            let clients = [try await company.logIn(pair[0]), try await company.logIn(pair[1])]
            async let first = clients[0].send(.post, "/api/v1/users/\(pair[1].id)/deactivate", [:])
            async let second = clients[1].send(.post, "/api/v1/users/\(pair[0].id)/deactivate", [:])
            let codes = try await [first, second].map { "\($0.status.code) \($0["code"] ?? "-")" }.sorted()
            #expect(codes == ["200 -", "409 last_administrator"])
        }
    }

    // MARK: - Roles and places

    @Test func newRolesAndPlacesTakeEffectForTokensIssuedBefore() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let client = try await company.logIn(tina)
            #expect(try await client.send(.get, "/api/v1/users").status == .forbidden)
            let site = SiteID.sample(30)
            let assigned = try await company.admin.send(
                .put,
                "/api/v1/users/\(tina.id)/roles",
                ["roles": ["supervisor"], "siteIds": ["\(site)"]]
            )
            #expect(assigned.object["siteIds"] as? [String] == ["\(site)"])
            try await company.learn()
            #expect(try await client.send(.get, "/api/v1/users").status == .ok)
            let me = try await client.send(.get, "/api/v1/auth/me")
            #expect(me.object["roles"] as? [String] == ["supervisor"])
            // They are replaced, not added.
            _ = try await company.admin.send(.put, "/api/v1/users/\(tina.id)/roles", ["roles": ["viewer"]])
            try await company.learn()
            #expect(try await client.send(.get, "/api/v1/users").status == .forbidden)
            let state = try #require(try await company.database.outbox(of: UserState.self).last)
            #expect((state.roles, state.sites) == (["viewer"], []))
        }
    }

    @Test func nobodyAssignsOrTouchesMoreThanTheyHave() async throws {
        try await withCompany { company in
            let clerk = try await company.staff(
                "clerk",
                [.userRead, .userUpdate, .userDeactivate, .roleAssign, .siteRead].map { Grant($0) }
            )
            try await company.role("reader", [Grant(.siteRead)])
            let boss = try await company.person("boss", roles: ["supervisor"])
            let tina = try await company.person("tina", roles: ["reader"])
            let more = try await clerk.send(.put, "/api/v1/users/\(tina.id)/roles", ["roles": ["supervisor"]])
            #expect((more.status, more["code"]) == (.forbidden, "role_exceeds_granter"))
            let unknown = try await clerk.send(.put, "/api/v1/users/\(tina.id)/roles", ["roles": ["pilot"]])
            #expect((unknown.status, unknown["code"]) == (.badRequest, "unknown_role"))
            #expect((unknown.parameters, unknown.brokenRules) == (["role": "pilot"], ["unknown_role"]))
            let allowed = try await clerk.send(.put, "/api/v1/users/\(tina.id)/roles", ["roles": ["reader"]])
            #expect(allowed.status == .ok)
            for (method, path, body) in [
                (.put, "roles", ["roles": ["reader"]]), (.post, "deactivate", [:]), (.post, "unlock", [:]),
                (.delete, "sessions", nil), (.get, "sessions", nil), (.delete, "sessions/\(tina.id)", nil),
            ] as [(HTTPRequest.Method, String, [String: Any]?)] {
                let refused = try await clerk.send(method, "/api/v1/users/\(boss.id)/\(path)", body)
                #expect((refused.status, refused["code"]) == (.forbidden, "user_exceeds_granter"), "\(path)")
            }
        }
    }

    /// As the manager of a plant.
    @Test func aPermissionForSomeSitesManagesThePeopleThere() async throws {
        try await withCompany { company in
            let (here, there) = (SiteID.sample(30), SiteID.sample(31))
            let manager = try await company.staff(
                "manager",
                [.userRead, .userCreate, .roleAssign, .userDeactivate, .siteRead].map { Grant($0, .sites) },
                sites: [here]
            )
            try await company.role("local", [Grant(.siteRead, .sites)])
            let near = try await company.person("near", roles: ["local"], sites: [here])
            let far = try await company.person("far", roles: ["local"], sites: [there])
            let listed = try await manager.all("/api/v1/users", limit: 10).compactMap { $0["displayName"] as? String }
            #expect(Set(listed) == ["manager", "near"])
            #expect(try await manager.send(.get, "/api/v1/users/\(far.id)").status == .notFound)
            #expect(try await manager.send(.post, "/api/v1/users/\(far.id)/deactivate", [:]).status == .notFound)
            func place(_ sites: [SiteID]) async throws -> ServiceAnswer {
                try await manager.send(
                    .put,
                    "/api/v1/users/\(near.id)/roles",
                    ["roles": ["local"], "siteIds": sites.map { "\($0)" }]
                )
            }
            #expect(try await place([here]).status == .ok)
            for sites in [[], [there], [here, there]] {
                let refused = try await place(sites)
                #expect((refused.status, refused["code"]) == (.forbidden, "permission_too_narrow"))
            }
            let created = try await manager.send(
                .post,
                "/api/v1/users",
                [
                    "email": "new@example.com", "displayName": "New", "roles": ["local"], "siteIds": ["\(here)"],
                    "password": "correct horse battery",
                ]
            )
            #expect(created.status == .created)
            #expect(try await manager.send(.post, "/api/v1/users/\(near.id)/deactivate", [:]).status == .ok)
        }
    }

    /// Otherwise somebody could give themselves another site.
    @Test func aPermissionForSomeSitesIsNotGivenElsewhere() async throws {
        try await withCompany { company in
            let (here, there) = (SiteID.sample(30), SiteID.sample(31))
            let clerk = try await company.staff(
                "clerk",
                [Grant(.userRead), Grant(.userCreate), Grant(.roleAssign), Grant(.siteRead, .sites)],
                sites: [here]
            )
            try await company.role("local", [Grant(.siteRead, .sites)])
            let me = try #require(try await clerk.send(.get, "/api/v1/auth/me")["id"])
            let tina = try await company.person("tina", roles: ["local"], sites: [here])
            for (id, sites, status) in [
                (tina.id.description, [there], .forbidden), (me, [here, there], .forbidden),
                (tina.id.description, [here], .ok), (tina.id.description, [], .ok),
            ] as [(String, [SiteID], HTTPResponse.Status)] {
                let answer = try await clerk.send(
                    .put,
                    "/api/v1/users/\(id)/roles",
                    ["roles": ["local"], "siteIds": sites.map { "\($0)" }]
                )
                #expect(answer.status == status, "\(answer.text)")
                if status == .forbidden { #expect(answer["code"] == "permission_too_narrow") }
            }
            let created = try await clerk.send(
                .post,
                "/api/v1/users",
                [
                    "email": "new@example.com", "displayName": "New", "roles": ["local"], "siteIds": ["\(there)"],
                    "password": "correct horse battery",
                ]
            )
            #expect(created.status == .forbidden)
        }
    }

    @Test func usersOfAnotherTenantDoNotExist() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let stranger = try await company.anonymous.acting(as: .bo, of: .windward)
            for (method, path, body) in [
                (.get, "", nil), (.patch, "", ["displayName": "X"]), (.put, "/roles", ["roles": ["viewer"]]),
                (.post, "/deactivate", [:]), (.post, "/activate", [:]), (.post, "/unlock", [:]),
                (.delete, "/sessions", nil), (.get, "/sessions", nil), (.delete, "/sessions/\(tina.id)", nil),
            ] as [(HTTPRequest.Method, String, [String: Any]?)] {
                let answer = try await stranger.send(method, "/api/v1/users/\(tina.id)\(path)", body)
                #expect((answer.status, answer["code"]) == (.notFound, "not_found"), "\(method) \(path)")
            }
        }
    }

    // MARK: - Locks and sessions

    @Test func anUnlockedUserCanLogInAgain() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            func logIn() async throws -> HTTPResponse.Status {
                try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password).status
            }
            for _ in 0..<LoginAttempts.fromOneNetwork.allowed {
                _ = try await RouteTests.login(company.anonymous, email: tina.email, password: "wrong horse battery")
            }
            #expect(try await logIn() == .tooManyRequests)
            #expect(try await company.admin.send(.post, "/api/v1/users/\(tina.id)/unlock", [:]).status == .noContent)
            #expect(try await logIn() == .ok)
            #expect(try await company.audit(of: tina).suffix(1) == ["USER_UNLOCKED"])
        }
    }

    @Test func allSessionsOfAUserEnd() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let clients = [try await company.logIn(tina), try await company.logIn(tina)]
            #expect(
                try await company.admin.send(.delete, "/api/v1/users/\(tina.id)/sessions").status == .noContent
            )
            try await company.learn()
            for client in clients {
                #expect(try await client.send(.get, "/api/v1/auth/me")["code"] == "session_ended")
            }
            #expect(try await company.admin.send(.get, "/api/v1/auth/me").status == .ok)
            #expect(try await company.audit(of: tina).suffix(1) == ["USER_SESSIONS_ENDED"])
        }
    }

    @Test func whoeverMayEndSomebodysSessionsSeesThemAndEndsOne() async throws {
        try await withCompany { company in
            let (tina, other) = (try await company.person("tina"), try await company.person("other"))
            let (phone, browser) = (try await company.logIn(tina), try await company.logIn(tina))
            _ = try await company.logIn(other)
            let path = "/api/v1/users/\(tina.id)/sessions"
            let own = try await browser.send(.get, "/api/v1/auth/sessions").items
            let seen = try await company.admin.send(.get, path)
            #expect(seen.status == .ok && seen.items.count == 2)
            #expect(seen.items.compactMap { $0["id"] as? String } == own.compactMap { $0["id"] as? String })
            #expect(seen.items.compactMap { $0["isCurrent"] as? Bool } == [false, false])
            #expect(seen.items.compactMap { $0["createdAt"] as? String }.count == 2)

            let first = try #require(seen.items.last?["id"] as? String)
            let others = "/api/v1/users/\(other.id)/sessions/\(first)"
            // A session is that of one person only.
            #expect(try await company.admin.send(.delete, others).status == .notFound)
            #expect(try await company.admin.send(.delete, "\(path)/\(first)").status == .noContent)
            #expect(try await company.admin.send(.delete, "\(path)/\(first)").status == .notFound)
            try await company.learn()
            #expect(try await phone.send(.get, "/api/v1/auth/me")["code"] == "session_ended")
            #expect(try await browser.send(.get, "/api/v1/auth/me").status == .ok)
            #expect(try await company.admin.send(.get, path).items.count == 1)
            #expect(try await company.audit(of: tina).suffix(1) == ["USER_SESSION_ENDED"])
            let entries = try await company.database.outbox(of: AuditRecorded.self)
            let entry = entries.last { $0.action == "USER_SESSION_ENDED" }
            #expect(entry?.changes == #"{"sessions":[2,1]}"#)
            #expect(entries.last { $0.action == "SESSION_REVOKED" }?.resourceID == first)
        }
    }

    /// The permission to see people does not show where they are logged in, and a permission for some sites only the people there.
    @Test func sessionsOfOthersNeedThePermissionToEndThem() async throws {
        try await withCompany { company in
            let (here, there) = (SiteID.sample(30), SiteID.sample(31))
            let reader = try await company.staff("reader", [Grant(.userRead)])
            let chief = try await company.staff(
                "chief",
                [Grant(.userRead), Grant(.userDeactivate, .sites), Grant(.siteRead, .sites)],
                sites: [here]
            )
            try await company.role("local", [Grant(.siteRead, .sites)])
            let near = try await company.person("near", roles: ["local"], sites: [here])
            let far = try await company.person("far", roles: ["local"], sites: [there])
            _ = try await company.logIn(near)
            _ = try await company.logIn(far)
            let denied = try await reader.send(.get, "/api/v1/users/\(near.id)/sessions")
            #expect((denied.status, denied["code"]) == (.forbidden, "permission_missing"))
            let seen = try await chief.send(.get, "/api/v1/users/\(near.id)/sessions")
            #expect(seen.items.count == 1, "\(seen.text)")
            let distant = try await company.admin.send(.get, "/api/v1/users/\(far.id)/sessions")
            let session = try #require(distant.items.first?["id"] as? String)
            for (method, path) in [(.get, "sessions"), (.delete, "sessions/\(session)")]
                as [(HTTPRequest.Method, String)]
            {
                let refused = try await chief.send(method, "/api/v1/users/\(far.id)/\(path)")
                #expect((refused.status, refused["code"]) == (.forbidden, "permission_too_narrow"), "\(refused.text)")
            }
            #expect(try await company.admin.send(.get, "/api/v1/users/\(far.id)/sessions").items.count == 1)
        }
    }

    @Test func aPersonSeesAndEndsTheirOwnSessions() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let (phone, browser) = (try await company.logIn(tina), try await company.logIn(tina))
            let sessions = try await browser.send(.get, "/api/v1/auth/sessions").items
            #expect(sessions.compactMap { $0["isCurrent"] as? Bool } == [true, false])
            let other = try #require(sessions.last?["id"] as? String)
            let stranger = try await company.admin.send(.delete, "/api/v1/auth/sessions/\(other)")
            #expect(stranger.status == .notFound)
            #expect(try await browser.send(.delete, "/api/v1/auth/sessions/\(other)").status == .noContent)
            #expect(try await browser.send(.delete, "/api/v1/auth/sessions/\(other)").status == .notFound)
            try await company.learn()
            #expect(try await phone.send(.get, "/api/v1/auth/me")["code"] == "session_ended")
            #expect(try await browser.send(.get, "/api/v1/auth/sessions").items.count == 1)
        }
    }

    // MARK: - Preferences

    @Test func somebodyChoosesTheirOwnLanguageAndTimeZone() async throws {
        try await withCompany { company in
            let tina = try await company.logIn(try await company.person("tina"))
            let before = try await tina.send(.get, "/api/v1/auth/me")
            #expect(before["language"] == nil && before["timeZone"] == nil)
            let version = try #require(before.object["version"] as? Int)
            let choice = ["language": "de", "timeZone": "Europe/Berlin"]
            let chosen = try await tina.send(.patch, "/api/v1/auth/me", choice, headers: [.ifMatch: "\"\(version)\""])
            #expect(chosen.status == .ok, "\(chosen.text)")
            try await company.learn()
            let after = try await tina.send(.get, "/api/v1/auth/me")
            #expect((after["language"], after["timeZone"]) == ("de", "Europe/Berlin"))
            // What is not named stays; null is the browser's again.
            let cleared = try await tina.send(.patch, "/api/v1/auth/me", ["timeZone": NSNull()])
            #expect((cleared["language"], cleared["timeZone"]) == ("de", nil))
            let late = try await tina.send(.patch, "/api/v1/auth/me", ["language": "fr", "version": version])
            #expect((late.status, late["code"]) == (.conflict, "stale_version"))
            for (body, field) in [(["language": "xx"], "language"), (["timeZone": "Mars/Base"], "timeZone")] {
                #expect(try await tina.send(.patch, "/api/v1/auth/me", body).wrongFields == [field])
            }
            // Nothing else of oneself.
            #expect(try await tina.send(.patch, "/api/v1/auth/me", ["roles": ["admin"]]).wrongFields == ["roles"])
        }
    }

    @Test func somebodyChoosesTheUnitsThatTheyRead() async throws {
        try await withCompany { company in
            let person = try await company.person("tina")
            let tina = try await company.logIn(person)
            #expect(try await tina.send(.get, "/api/v1/auth/me")["units"] == nil)
            let chosen = try await tina.send(.patch, "/api/v1/auth/me", ["units": "us"])
            #expect((chosen.status, chosen["units"]) == (.ok, "us"))
            try await company.learn()
            #expect(try await tina.send(.get, "/api/v1/auth/me")["units"] == "us")
            #expect(try await company.admin.send(.get, "/api/v1/users/\(person.id)")["units"] == "us")
            let entry = try await company.database.outbox(of: AuditRecorded.self).last
            #expect(entry?.action == "USER_UPDATED" && entry?.changes?.contains(#""us""#) == true)
            // Others of the preferences leave them alone.
            #expect(try await tina.send(.patch, "/api/v1/auth/me", ["language": "de"])["units"] == "us")
            for wrong in ["imperial", "US", ""] {
                #expect(try await tina.send(.patch, "/api/v1/auth/me", ["units": wrong]).wrongFields == ["units"])
            }
            #expect(try await tina.send(.patch, "/api/v1/auth/me", ["units": "metric"])["units"] == "metric")
            #expect(try await tina.send(.patch, "/api/v1/auth/me", ["units": NSNull()])["units"] == nil)
        }
    }

    // MARK: - Passwords

    @Test func aNewPasswordEndsTheOtherSessions() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let (phone, browser) = (try await company.logIn(tina), try await company.logIn(tina))
            let next = "a new long password"
            let wrong = try await browser.send(
                .put,
                "/api/v1/auth/password",
                ["currentPassword": "wrong horse battery", "newPassword": next]
            )
            #expect(
                (wrong.status, wrong["code"], wrong.wrongFields) == (.badRequest, "wrong_password", ["currentPassword"])
            )
            let changed = try await browser.send(
                .put,
                "/api/v1/auth/password",
                ["currentPassword": tina.password, "newPassword": next]
            )
            #expect(changed.status == .noContent)
            try await company.learn()
            #expect(try await phone.send(.get, "/api/v1/auth/me")["code"] == "session_ended")
            #expect(try await browser.send(.get, "/api/v1/auth/me").status == .ok)
            let old = try await RouteTests.login(company.anonymous, email: tina.email, password: tina.password)
            #expect(old.status == .unauthorized)
            let new = try await RouteTests.login(company.anonymous, email: tina.email, password: next)
            #expect(new.status == .ok)
            #expect(try await company.audit(of: tina) == ["USER_CREATED", "PASSWORD_CHANGED"])
            let records = try await company.database.outbox()
            #expect(records.allSatisfy { !String(decoding: $0.value ?? [], as: UTF8.self).contains(next) })
        }
    }

    /// Whoever finds an unlocked screen must not be able to guess on.
    @Test func wrongCurrentPasswordsCountLikeThoseOfALogin() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let client = try await company.logIn(tina)
            let body = ["currentPassword": "wrong horse battery", "newPassword": "a new long password"]
            for _ in 0..<LoginAttempts.fromOneNetwork.allowed {
                #expect(try await client.send(.put, "/api/v1/auth/password", body).status == .badRequest)
            }
            let locked = try await client.send(.put, "/api/v1/auth/password", body)
            #expect((locked.status, locked["code"]) == (.tooManyRequests, "locked"))
        }
    }

    /// A ligature, a full-width digit and a composed letter are typed differently on different keyboards.
    @Test func aPasswordIsComparedInItsCompatibilityForm() async throws {
        let hash = try await Password.hash("Windkra\u{FB00}t-\u{FF12}\u{FF10}-\u{DC}ber")
        #expect(try await Password.matches("Windkraff" + "t-20-U\u{308}ber", hash))
        #expect(try await !Password.matches("Windkraft-20-U\u{308}ber", hash))
    }
}

/// A new installation and its people.
struct Company: Sendable {
    let anonymous: ServiceClient
    let admin: ServiceClient
    let authenticator: Authenticator
    let database: Database
    let tenant: TenantID

    struct Person {
        var id: UserID
        var email: String
        let password = "correct horse battery"
    }

    /// Creates a person.
    func person(_ name: String, roles: [String] = ["viewer"], sites: [SiteID] = []) async throws -> Person {
        let person = Person(id: .new(), email: "\(name)@example.com")
        let body: [String: Any] = [
            "email": person.email, "displayName": name, "roles": roles, "siteIds": sites.map { "\($0)" },
            "password": person.password,
        ]
        let created = try await admin.send(.post, "/api/v1/users", body)
        guard created.status == .created, let id = created["id"].flatMap({ UserID($0) }) else {
            throw UnexpectedAnswer(text: created.text)
        }
        try await learn()
        return Person(id: id, email: person.email)
    }

    /// Creates a role of the tenant.
    func role(_ name: String, _ grants: [Grant]) async throws {
        try await Roles(database: database).save(Role(tenant: tenant, name: name, grants: grants.map(\.text)))
        try await learn()
    }

    /// Logs in a new person with a role that has these grants.
    func staff(_ name: String, _ grants: [Grant], sites: [SiteID] = []) async throws -> ServiceClient {
        try await role(name, grants)
        return try await logIn(try await person(name, roles: [name], sites: sites))
    }

    func logIn(_ person: Person) async throws -> ServiceClient {
        let login = try await RouteTests.login(anonymous, email: person.email, password: person.password)
        guard let token = login["accessToken"] else { throw UnexpectedAnswer(text: login.text) }
        var client = anonymous
        client.token = token
        return client
    }

    /// What was published reaches the services.
    func learn() async throws {
        for policy in try await database.outbox(of: RolePolicyState.self) { authenticator.learn(policy) }
        for user in try await database.outbox(of: UserState.self) { authenticator.learn(user) }
        for end in try await database.outbox(of: SessionEnded.self) { authenticator.end(end) }
        for tenant in try await database.outbox(of: TenantState.self) { authenticator.learn(tenant) }
        let keys = try await database.query("SELECT key, value FROM outbox WHERE topic = 'auth.api-keys' ORDER BY id")
        for row in keys {
            let (key, value): ([UInt8], [UInt8]?) = (try row["key"], try row["value"])
            if let value {
                authenticator.learn(try EventCodec.committed().decode(APIKeyState.self, from: value))
            } else if let id = UserID(String(decoding: key, as: UTF8.self)) {
                authenticator.forgetAPIKey(id)
            }
        }
    }

    /// The actions that the audit log has of a person's account.
    func audit(of person: Person) async throws -> [String] {
        try await database.outbox(of: AuditRecorded.self)
            .filter { $0.resourceType == "user" && $0.resourceID == person.id.description }.map(\.action)
    }
}

func withCompany(_ body: @escaping @Sendable (Company) async throws -> Void) async throws {
    try await withAuth { anonymous, authenticator, database in
        var admin = anonymous
        admin.token = try #require(try await RouteTests.login(anonymous)["accessToken"])
        let row = try await database.owner.first("SELECT id FROM tenants")
        let tenant: TenantID = try #require(try row?["id"])
        try await body(
            Company(
                anonymous: anonymous,
                admin: admin,
                authenticator: authenticator,
                database: database,
                tenant: tenant
            )
        )
    }
}
