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

/// What is worth asking again who somebody is.
@Suite struct StepUpTests {
    @Test func exactlyTheRoutesThatGivePowerAskAgain() async throws {
        try await withAuth { client, _, _ in
            let asking = client.routes.filter { $0.stepUp != nil }.map { "\($0.method) \($0.path)" }
            #expect(
                asking.sorted() == [
                    "DELETE /auth/mfa/security-keys/{id}", "DELETE /auth/mfa/totp", "DELETE /roles/{id}",
                    "DELETE /users/{id}/mfa", "POST /api-keys",
                    "POST /auth/mfa/recovery-codes", "POST /auth/mfa/security-keys/options", "POST /auth/mfa/totp",
                    "POST /legal-holds",
                    "POST /legal-holds/{id}/release", "POST /roles", "POST /tenants/{id}/suspend",
                    "POST /users/{id}/deactivate", "POST /users/{id}/erase", "PUT /roles/{id}",
                    "PUT /users/{id}/delegation", "PUT /users/{id}/roles",
                ]
            )
        }
    }

    @Test func anOldLoginIsAskedForThePasswordAndGoesOnWithTheNewToken() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let (admin, refreshToken) = try await company.oldLogin("olga", roles: ["admin"])
            let path = "/api/v1/users/\(tina.id)/roles"
            let refused = try await admin.send(.put, path, ["roles": ["technician"]])
            #expect((refused.status, refused["code"]) == (.unauthorized, "step_up_required"))
            let header = try #require(refused.headers[.wwwAuthenticate])
            #expect(
                header.hasPrefix("Bearer error=\"insufficient_user_authentication\"") && header.hasSuffix("max_age=300")
            )
            // What is not worth it goes on.
            #expect(try await admin.send(.get, "/api/v1/users").status == .ok)
            let wrong = try await admin.send(.post, "/api/v1/auth/step-up", ["password": "wrong horse battery"])
            #expect((wrong.status, wrong["code"], wrong.wrongFields) == (.badRequest, "wrong_password", ["password"]))
            let renewed = try await admin.send(.post, "/api/v1/auth/step-up", ["password": "correct horse battery"])
            #expect(renewed.status == .ok && renewed.amr == ["pwd"])
            let fresh = try company.client(renewed)
            #expect(try await fresh.send(.put, path, ["roles": ["technician"]]).status == .ok)
            // The token from before stays as old as it is; the session does not.
            #expect(try await admin.send(.put, path, ["roles": ["viewer"]]).status == .unauthorized)
            let refreshed = try await company.anonymous.send(
                .post,
                "/api/v1/auth/refresh",
                ["refreshToken": refreshToken]
            )
            #expect(refreshed.authTime == renewed.authTime)
            #expect(try await company.client(refreshed).send(.put, path, ["roles": ["viewer"]]).status == .ok)
            let actions = try await company.database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(actions.count { $0 == "STEP_UP" } == 1 && actions.contains("LOGIN_FAILED"))
        }
    }

    @Test func aRefreshDoesNotMakeALoginYounger() async throws {
        try await withCompany { company in
            let (admin, refreshToken) = try await company.oldLogin("olga", roles: ["admin"])
            let refreshed = try await company.anonymous.send(
                .post,
                "/api/v1/auth/refresh",
                ["refreshToken": refreshToken]
            )
            #expect(refreshed.amr == ["pwd"])
            #expect(Date().timeIntervalSince1970 - (refreshed.authTime ?? 0) > 600)
            for client in [admin, try company.client(refreshed)] {
                let refused = try await client.send(.delete, "/api/v1/auth/mfa/totp")
                #expect(refused["code"] == "step_up_required")
            }
        }
    }

    @Test func whoeverHasASecondFactorProvesItAgain() async throws {
        try await withCompany { company in
            let olga = try await company.person("olga", roles: ["admin"])
            let client = try await company.logIn(olga)
            let (phone, _) = try await company.addPhone(client)
            let path = "/api/v1/auth/step-up"
            let weak = try await client.send(.post, path, ["password": olga.password])
            #expect((weak.status, weak["code"], weak.wrongFields) == (.badRequest, "code_required", ["code"]))
            for body in [[:], ["password": "p", "code": "123456"]] {
                #expect(try await client.send(.post, path, body).wrongFields == ["code"])
            }
            let code = phone.code()
            let renewed = try await client.send(.post, path, ["code": code])
            #expect(renewed.amr == ["pwd", "otp", "mfa"])
            // The same code again is as wrong as any other, and wrong ones have an end.
            for code in [code] + Array(repeating: phone.wrongCode, count: 9) {
                let wrong = try await client.send(.post, path, ["code": code])
                #expect((wrong.status, wrong["code"]) == (.badRequest, "wrong_code"))
            }
            let locked = try await client.send(.post, path, ["code": phone.code(1)])
            #expect((locked.status, locked["code"]) == (.tooManyRequests, "locked"))
        }
    }

    @Test func aSessionThatHasEndedIsNotRenewed() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let client = try await company.logIn(tina)
            // The end has not arrived at this instance yet.
            #expect(try await client.send(.post, "/api/v1/auth/logout").status == .noContent)
            let renewed = try await client.send(.post, "/api/v1/auth/step-up", ["password": tina.password])
            #expect((renewed.status, renewed["code"]) == (.unauthorized, "session_ended"))
        }
    }

    /// Nobody sits at a machine, except where a person's own account is concerned.
    @Test func aMachineIsNotAskedAgain() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let body: [String: Any] = [
                "name": "SCIM", "roles": ["admin"], "expiresAt": (Date() + 3600).formatted(.iso8601),
            ]
            let made = try await company.admin.send(.post, "/api/v1/api-keys", body)
            try await company.learn()
            var machine = company.anonymous
            machine.token = try #require(made["key"], "\(made.text)")
            let assigned = try await machine.send(.put, "/api/v1/users/\(tina.id)/roles", ["roles": ["technician"]])
            #expect(assigned.status == .ok)
            let own = try await machine.send(.post, "/api/v1/auth/mfa/totp", [:])
            #expect((own.status, own["code"]) == (.forbidden, "people_only"))
        }
    }

    /// Otherwise whoever has a stolen token makes themselves an administrator with a password.
    @Test func whoeverCreatesAnAdministratorIsAskedAgain() async throws {
        try await withCompany { company in
            let (admin, _) = try await company.oldLogin("olga", roles: ["admin"])
            func create(_ roles: [String]) async throws -> ServiceAnswer {
                let body: [String: Any] = ["email": "new@example.com", "displayName": "New", "roles": roles]
                return try await admin.send(.post, "/api/v1/users", body)
            }
            #expect(try await create(["admin"])["code"] == "step_up_required")
            let csv = "email,displayName,role\nx@example.com,X,admin\n"
            #expect(try await admin.send(.post, "/api/v1/users/import", ["csv": csv])["code"] == "step_up_required")
            #expect(try await create(["viewer"]).status == .created)
        }
    }
}

extension Company {
    /// Somebody who has logged in twenty minutes ago, with an access token that was refreshed since.
    fileprivate func oldLogin(_ name: String, roles: [String]) async throws -> (ServiceClient, refreshToken: String) {
        let person = try await person(name, roles: roles)
        let login = try await RouteTests.login(anonymous, email: person.email, password: person.password)
        try await database.owner.execute(
            "UPDATE sessions SET proved_at = now() - interval '20 minutes' WHERE user_id = \(person.id)"
        )
        let refreshed = try await anonymous.send(
            .post,
            "/api/v1/auth/refresh",
            ["refreshToken": try #require(login["refreshToken"])]
        )
        return (try client(refreshed), try #require(refreshed["refreshToken"]))
    }
}
