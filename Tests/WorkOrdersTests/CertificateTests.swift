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

@testable import WorkOrders

/// What people can do, and what proves it.
@Suite struct CertificateTests {
    static var skills: [String: Any] {
        [
            "skills": [
                ["name": "High voltage", "category": "safety", "needsCertificate": true, "warnDays": 30]
                    as [String: Any],
                ["name": "Rope access"], ["name": "Audits", "category": "compliance"],
            ]
        ]
    }

    static func setSkills(_ site: LaborSite) async throws {
        let set = try await site.client.send(.put, "/api/v1/skills", skills)
        #expect(set.status == .ok, "\(set.text)")
    }

    /// - Returns: Its path.
    @discardableResult
    static func add(
        _ user: UserID,
        _ skill: String = "high voltage",
        until day: String?,
        _ site: LaborSite
    ) async throws -> String {
        var body: [String: Any] = ["userId": user.description, "skill": skill, "number": "HV-7", "issuer": "TÜV"]
        body["validUntil"] = day
        let added = try await site.client.send(.post, "/api/v1/certificates", body)
        #expect(added.status == .created, "\(added.text)")
        return "/api/v1/certificates/\(try #require(added["id"]))"
    }

    @Test func theSkillsOfAnOrganizationAreOneList() async throws {
        try await withLabor { site in
            let none = try await site.client.send(.get, "/api/v1/skills")
            #expect((none.object["skills"] as? [Any])?.isEmpty == true && none.number("version") == 0)
            try await Self.setSkills(site)
            let read = try await site.client.send(.get, "/api/v1/skills")
            let skills = read.object["skills"] as? [[String: Any]] ?? []
            #expect(skills.map { $0["name"] as? String } == ["High voltage", "Rope access", "Audits"])
            #expect(skills.map { $0["warnDays"] as? Int } == [30, 30, 30])
            #expect(skills.map { $0["category"] as? String } == ["safety", "technical", "compliance"])
            let stale = try await site.client.send(
                .put,
                "/api/v1/skills",
                ["skills": [Any]()],
                headers: [.ifMatch: "\"0\""]
            )
            #expect((stale.status, stale["code"]) == (.conflict, "stale_version"))
            let twice = ["skills": [["name": "Crane"], ["name": "CRANE"]]]
            let refused = try await site.client.send(.put, "/api/v1/skills", twice)
            #expect((refused.status, refused.wrongFields) == (.badRequest, ["skills"]))
            // They are the whole organization's.
            site.client.authority.grant("site", [Grant(.skillManage, .sites)])
            let carla = try await site.client.acting(as: .carla, of: .sunfield, roles: ["site"])
            #expect(try await carla.send(.put, "/api/v1/skills", Self.skills).status == .forbidden)
        }
    }

    @Test func aCertificateIsCorrectedSuspendedAndRevoked() async throws {
        try await withLabor { site in
            try await Self.setSkills(site)
            let path = try await Self.add(.carla, until: "2026-06-01", site)
            let read = try await site.client.send(.get, path)
            // As the list has it; and today is its last day.
            #expect((read["skill"], read["status"]) == ("High voltage", "active"))
            #expect(read.object["isValid"] as? Bool == true)
            let longer = try await site.client.send(
                .patch,
                path,
                ["validUntil": "2026-12-31"],
                headers: [.ifMatch: "\"1\""]
            )
            #expect((longer["validUntil"], longer.number("version")) == ("2026-12-31", 2), "\(longer.text)")
            let stale = try await site.client.send(.patch, path, ["number": "X"], headers: [.ifMatch: "\"1\""])
            #expect((stale.status, stale["code"]) == (.conflict, "stale_version"))
            let reversed = try await site.client.send(.patch, path, ["issuedOn": "2027-01-01"])
            #expect((reversed.status, reversed.wrongFields) == (.badRequest, ["validUntil"]), "\(reversed.text)")
            let silent = try await site.client.send(.patch, path, ["isSuspended": true])
            #expect((silent.status, silent.wrongFields) == (.badRequest, ["reason"]))
            let suspended = try await site.client.send(.patch, path, ["isSuspended": true, "reason": "Under review"])
            #expect((suspended["status"], suspended["reason"]) == ("suspended", "Under review"), "\(suspended.text)")
            let back = try await site.client.send(.patch, path, ["isSuspended": false])
            #expect(back["status"] == "active" && back["reason"] == nil)
            let revoked = try await site.client.send(.post, "\(path)/revocation", ["reason": "Forged"])
            #expect((revoked["status"], revoked["reason"]) == ("revoked", "Forged"), "\(revoked.text)")
            for answer in [
                try await site.client.send(.patch, path, ["number": "X"]),
                try await site.client.send(.post, "\(path)/revocation", ["reason": "Again"]),
            ] { #expect((answer.status, answer["code"]) == (.conflict, "certificate_revoked")) }
            let audit = try await site.database.outbox(of: AuditRecorded.self).map(\.action)
            #expect(
                audit.filter { $0.hasPrefix("CERT") }
                    == ["CERTIFICATE_CREATED"] + Array(repeating: "CERTIFICATE_UPDATED", count: 3)
                    + ["CERTIFICATE_REVOKED"]
            )
        }
    }

    @Test func whatIsNotThereIsNamed() async throws {
        try await withLabor { site in
            try await Self.setSkills(site)
            for (body, code, field) in [
                (["userId": UserID.dan.description, "skill": "high voltage"], "unknown_person", "userId"),
                (["userId": UserID.carla.description, "skill": "juggling"], "unknown_skill", "skill"),
                (
                    ["userId": UserID.carla.description, "skill": "audits", "validUntil": "2026-02-30"],
                    "invalid_fields", "validUntil"
                ),
            ] {
                let answer = try await site.client.send(.post, "/api/v1/certificates", body)
                #expect(
                    (answer.status, answer["code"], answer.wrongFields) == (.badRequest, code, [field]),
                    "\(answer.text)"
                )
            }
        }
    }

    @Test func listsAreByPersonSkillSiteAndEnd() async throws {
        try await withLabor { site in
            try await Self.setSkills(site)
            try await Self.add(.carla, until: "2026-09-01", site)
            try await Self.add(.anna, until: "2026-07-01", site)
            try await Self.add(.anna, "rope access", until: nil, site)
            func ends(_ query: String) async throws -> [String?] {
                try await site.client.all("/api/v1/certificates\(query)", limit: 1).map { $0["validUntil"] as? String }
            }
            #expect(try await ends("") == ["2026-07-01", "2026-09-01", nil])
            #expect(try await ends("?userId=\(UserID.anna)") == ["2026-07-01", nil])
            #expect(try await ends("?skill=HIGH%20VOLTAGE") == ["2026-07-01", "2026-09-01"])
            #expect(try await ends("?expiringBefore=2026-09-01") == ["2026-07-01"])
            #expect(try await ends("?siteId=\(AssetReplica.inverter.site)") == [])
            var carla = UserState.sample(.carla, of: .sunfield, roles: [])
            (carla.sites, carla.version) = ([AssetReplica.inverter.site], 2)
            let placed = carla
            try await site.database.of(.sunfield).transaction {
                try await WorkOrderStore(database: site.database).put(placed, $0)
            }
            #expect(try await ends("?siteId=\(AssetReplica.inverter.site)") == ["2026-09-01"])
        }
    }

    /// Technicians have their own, supervisors their team's, compliance officers those of compliance.
    @Test func grantsCountByPerson() async throws {
        try await withLabor { site in
            try await Self.setSkills(site)
            var carla = UserState.sample(.carla, of: .sunfield, roles: [])
            (carla.team, carla.version) = (.sample(60), 2)
            let member = carla
            try await site.database.of(.sunfield).transaction {
                try await WorkOrderStore(database: site.database).put(member, $0)
            }
            let authority = site.client.authority
            authority.grant("own", [Grant(.skillManage, .own)])
            authority.grant("team", [Grant(.skillManage, .team)])
            authority.grant("compliance", [Grant(.skillManage, .tenant, if: .complianceCertificates)])
            authority.place(.bo, of: .sunfield, Membership(team: .sample(60)))
            for (user, role, person, skill, status) in [
                (UserID.carla, "own", UserID.carla, "high voltage", HTTPResponse.Status.created),
                (.carla, "own", .anna, "high voltage", .forbidden), (.bo, "team", .carla, "high voltage", .created),
                (.bo, "team", .anna, "high voltage", .forbidden), (.bo, "compliance", .anna, "audits", .created),
                (.bo, "compliance", .anna, "high voltage", .forbidden),
            ] {
                let client = try await site.client.acting(as: user, of: .sunfield, roles: [role])
                let body = ["userId": person.description, "skill": skill]
                let answer = try await client.send(.post, "/api/v1/certificates", body)
                #expect(answer.status == status, "\(role) \(skill): \(answer.text)")
                guard status == .created else { continue }
                #expect(try await client.send(.get, "/api/v1/certificates/\(try #require(answer["id"]))").status == .ok)
            }
            let own = try await site.client.acting(as: .carla, of: .sunfield, roles: ["own"])
            #expect(try await own.all("/api/v1/certificates", limit: 10).count == 2)
            let compliance = try await site.client.acting(as: .bo, of: .sunfield, roles: ["compliance"])
            #expect(
                try await compliance.all("/api/v1/certificates", limit: 10).map { $0["skill"] as? String } == ["Audits"]
            )
        }
    }

    @Test func whatEndsIsToldOnceBeforeAndOnceAfter() async throws {
        try await withLabor { site in
            try await Self.setSkills(site)
            let ending = try await Self.add(.carla, until: "2026-07-01", site)
            try await Self.add(.anna, until: "2026-07-02", site)
            // It was renewed, so nobody hears of its end.
            try await Self.add(.bo, until: "2026-06-05", site)
            try await Self.add(.bo, until: "2029-06-05", site)
            let watch = CertificateWatch(
                store: CertificateStore(database: site.database),
                logger: Daemon.forTests("work-orders", site.client.authority).logger,
                now: { site.clock.now }
            )
            func told() async throws -> [String] {
                while try await watch.look() > 0 {}
                return try await site.database.outbox(of: CertificateStageReached.self).map {
                    "\($0.person == .carla ? "Carla" : "Anna") \($0.stage.rawValue) \($0.validUntil)"
                }
            }
            let first = ["Carla expiring 2026-07-01"]
            #expect(try await told() == first)
            #expect(try await told() == first)
            site.clock.set(.noon + 86_400)
            let second = first + ["Anna expiring 2026-07-02"]
            #expect(try await told() == second)
            // It is valid to the end of its last day.
            site.clock.set(.noon + 30 * 86_400)
            #expect(try await told() == second)
            site.clock.set(.noon + 30 * 86_400 + 43_200)
            let third = second + ["Carla expired 2026-07-01"]
            #expect(try await told() == third)
            // Of another end, there is something else to tell.
            let renewed = try await site.client.send(.patch, ending, ["validUntil": "2026-07-15"])
            #expect(renewed.status == .ok, "\(renewed.text)")
            #expect(try await told() == third + ["Carla expiring 2026-07-15"])
        }
    }
}
