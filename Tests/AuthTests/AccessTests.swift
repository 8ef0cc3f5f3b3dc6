import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// What a person may do and why, and the matrix as people read it.
@Suite struct AccessTests {
    @Test func everyGrantIsNamedWithItsRole() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let end = Date(timeIntervalSince1970: (Date() + 3600).timeIntervalSince1970.rounded())
            let site = SiteID.sample(30)
            _ = try await company.admin.send(
                .post,
                "/api/v1/roles",
                [
                    "name": "night watch",
                    "grants": [
                        ["permission": "alert:read", "scope": "sites"],
                        ["permission": "workorder:delete", "scope": "tenant", "condition": "draft-only"],
                        ["permission": "asset:read", "scope": "team"],
                    ],
                ]
            )
            let assigned = try await company.admin.send(
                .put,
                "/api/v1/users/\(tina.id)/roles",
                [
                    "roles": ["viewer"], "siteIds": [site.description],
                    "temporaryRoles": [["role": "night watch", "expiresAt": end.formatted(.iso8601)]],
                ]
            )
            #expect(assigned.status == .ok, "\(assigned.text)")
            let path = "/api/v1/users/\(tina.id)/access"
            let access = try await company.admin.send(.get, path)
            #expect(access.status == .ok, "\(access.text)")
            #expect(access.object["siteIds"] as? [String] == [site.description])
            let roles = access.object["roles"] as? [[String: Any]] ?? []
            #expect(roles.map { $0["role"] as? String } == ["viewer", "night watch"])
            #expect(roles.allSatisfy { $0["isKnown"] as? Bool == true && $0["assignedBy"] != nil })
            #expect(
                roles.map { $0["expiresAt"] as? String } == [
                    nil, end.formatted(.iso8601).replacing("Z", with: ".000Z"),
                ]
            )
            let night = Self.grants(access).filter { $0["role"] as? String == "night watch" }
            #expect(
                night.map {
                    "\($0["permission"] ?? "") \($0["scope"] ?? "") \($0["condition"] ?? "-") \($0["lacks"] ?? "-")"
                }
                    == ["alert:read sites - -", "asset:read team - team", "workorder:delete tenant draft-only -"]
            )
            #expect(night.allSatisfy { $0["expiresAt"] != nil })
            #expect(access.object["answer"] == nil)
        }
    }

    @Test func oneQuestionGetsOneAnswer() async throws {
        try await withCompany { company in
            let tina = try await company.person("tina")
            let path = "/api/v1/users/\(tina.id)"
            _ = try await company.admin.send(
                .post,
                "/api/v1/roles",
                ["name": "night watch", "grants": [["permission": "audit:read", "scope": "sites"]]]
            )
            func ask(_ permission: String, _ obstacles: [String], grants: Int, _ note: Comment) async throws {
                let answer = try await company.admin.send(.get, "\(path)/access?permission=\(permission)")
                let verdict = answer.object["answer"] as? [String: Any] ?? [:]
                #expect(verdict["isAllowed"] as? Bool == obstacles.isEmpty, note)
                #expect(verdict["obstacles"] as? [String] == obstacles, note)
                #expect((verdict["rolesWithIt"] as? [String] ?? []).contains("admin"), note)
                #expect(Self.grants(answer).count == grants, note)
            }
            _ = try await company.admin.send(.put, "\(path)/roles", ["roles": ["viewer", "night watch"]])
            try await ask("workorder:read", [], grants: 1, "a viewer reads")
            try await ask("workorder:create", ["not_granted"], grants: 0, "and creates nothing")
            try await ask("audit:read", ["no_place"], grants: 1, "she has no site")
            let sites = ["roles": ["viewer", "night watch"], "siteIds": [SiteID.sample(30).description]]
            _ = try await company.admin.send(.put, "\(path)/roles", sites)
            try await ask("audit:read", [], grants: 1, "now she has one")
            let deactivated = try await company.admin.send(.post, "\(path)/deactivate", [:])
            #expect(deactivated.status == .ok || deactivated.status == .noContent, "\(deactivated.text)")
            try await ask("workorder:read", ["inactive"], grants: 1, "an account that is switched off")
            let unknown = try await company.admin.send(.get, "\(path)/access?permission=workorder:fly")
            #expect(unknown.wrongFields == ["permission"])
        }
    }

    /// A rule of the tenant takes away what roles permit.
    @Test func aContractorHasHours() {
        var user = User(
            id: .anna,
            tenant: .sunfield,
            email: "a@b",
            displayName: "Anna",
            phone: nil,
            roles: ["viewer"],
            isActive: true,
            createdAt: .noon,
            updatedAt: .noon,
            version: 1
        )
        user.employment = .contractor
        let viewer = Role(tenant: nil, name: "viewer", grants: [Grant(.workOrderRead).text])
        let hours = ContractorHours(from: 8 * 60, until: 12 * 60, timeZone: .gmt)
        let rules = AttributeRules(contractorHours: hours)
        let access = HeldAccess(of: user, [viewer])
        #expect(access.obstacles(to: .workOrderRead, under: rules, at: .noon - 60).isEmpty)
        #expect(access.obstacles(to: .workOrderRead, under: rules, at: .noon) == [.outsideHours])
        #expect(access.obstacles(to: .workOrderRead, under: AttributeRules(), at: .noon).isEmpty)
        user.employment = .employee
        #expect(HeldAccess(of: user, [viewer]).obstacles(to: .workOrderRead, under: rules, at: .noon).isEmpty)
    }

    @Test func whoMayNotReadRolesIsNotTold() async throws {
        try await withAuth { anonymous, _, _ in
            anonymous.authority.grant("registrar", [Grant(.userRead)])
            let anna = try await anonymous.acting(as: .anna, of: .sunfield, roles: ["registrar"])
            let answer = try await anna.send(.get, "/api/v1/users/\(UserID.bo)/access")
            #expect((answer.status, answer["code"]) == (.forbidden, "permission_missing"))
            #expect(answer.text.contains("role:read"))
        }
    }

    @Test func theMatrixIsReadAsTheFileHasIt() async throws {
        try await withCompany { company in
            let answer = try await company.admin.send(.get, "/api/v1/roles/matrix")
            let matrix = try Matrix.committed()
            #expect(answer.number("version") == Double(matrix.version))
            let roles = answer.object["roles"] as? [[String: Any]] ?? []
            #expect(roles.map { $0["role"] as? String } == matrix.roles.map(\.name))
            let features = answer.object["features"] as? [[String: Any]] ?? []
            #expect(features.map { $0["id"] as? String } == matrix.features.map(\.id))
            func cell(_ feature: String, _ role: String) -> String {
                let cells = features.first { $0["id"] as? String == feature }?["cells"] as? [[String: Any]] ?? []
                guard let cell = cells.first(where: { $0["role"] as? String == role }) else { return "-" }
                return "\(cell["level"] ?? "") \(cell["scope"] ?? "") \(cell["condition"] ?? "-")"
            }
            #expect(cell("WO01", "field-technician-electrical") == "assigned assigned -")
            #expect(cell("WO04", "plant-manager") == "full sites draft-only")
            #expect(cell("WO04", "scada-operator") == "-")
            // All sites of somebody who answers for some.
            #expect(cell("WO01", "portfolio-manager") == "read sites -")
            #expect(cell("WO01", "system-administrator") == "full tenant -")
            let available = features.filter { $0["isAvailable"] as? Bool == true }.compactMap { $0["id"] as? String }
            #expect(available.contains("WO01") && !available.contains("IN01"))
        }
    }

    private static func grants(_ answer: ServiceAnswer) -> [[String: Any]] {
        answer.object["grants"] as? [[String: Any]] ?? []
    }
}
