import Foundation
import LocalServers
import Postgres
import Testing

/// Where a record is, as seen by the person who asks: two sites, a team at the first, and whose the record is. Everybody who asks is at
/// the first site and in the team.
enum Position: String, CaseIterable {
    case own
    case team
    case site
    case elsewhere
}

/// A person with one role of the matrix.
struct Person: Sendable {
    var role: String
    var id: String
    var api: API
    /// An asset at the first site on which they have work to do.
    var workplace: String
}

/// A fleet with two sites and a person for each role of the matrix.
struct World: Sendable {
    let fleet: Fleet
    let administrator: API
    let sites: [String]
    let people: [Person]
    /// Who has the records of each position that are not the person's own.
    let others: [Position: String]
    /// The same people, logged in: a person has few sessions at one time.
    let colleagues: [Position: API]
    /// Somebody of the control room.
    let operatorID: String
    /// Assets without work, at the first site and at the other.
    let plain: [String]
    /// Assets with everybody's work.
    let busy: [String]
    /// A battery at each site.
    let batteries: [String]

    static let weakRole = "field-technician-mechanical"

    static func make(_ fleet: Fleet, _ roles: [String]) async throws -> World {
        let administrator = try await API(base: fleet.gateway).login(Fleet.administrator)
        func made(_ path: String, _ body: [String: Any]) async throws -> String {
            let (status, answer) = try await administrator.send("POST", "/api/v1/\(path)", body)
            #expect(status == 201, "\(path) \(body): \(answer)")
            return try #require(answer["id"] as? String)
        }
        var sites: [String] = []
        for code in ["SOUTH", "NORTH"] {
            sites.append(try await made("sites", ["code": code, "name": code, "timeZone": "Europe/Paris"]))
        }
        let team = UUID().uuidString
        func person(_ name: String, _ role: String, at site: String, team: String?) async throws -> String {
            var body: [String: Any] = [
                "email": "\(name)@fleet.example", "displayName": name, "roles": [role], "password": password,
                "siteIds": [site],
            ]
            body["teamId"] = team
            return try await made("users", body)
        }
        let others: [Position: String] = [
            .team: try await person("teammate", weakRole, at: sites[0], team: team),
            .site: try await person("outsider", weakRole, at: sites[0], team: nil),
            .elsewhere: try await person("stranger", weakRole, at: sites[1], team: nil),
        ]
        var colleagues: [Position: API] = [:]
        for (position, name) in [(Position.team, "teammate"), (.site, "outsider"), (.elsewhere, "stranger")] {
            colleagues[position] = try await API(base: fleet.gateway).login(("\(name)@fleet.example", password))
        }
        let operatorID = try await person("operator", "scada-operator", at: sites[0], team: nil)
        func assets(_ code: String, _ type: String) async throws -> [String] {
            var ids: [String] = []
            for site in sites {
                ids.append(try await made("assets", ["siteId": site, "code": code, "name": code, "type": type]))
            }
            return ids
        }
        let (plain, busy) = (try await assets("INV", "inverter"), try await assets("BUSY", "inverter"))
        let batteries = try await assets("BAT", "bess")
        // So that there is something to approve and to verify.
        let inspections: [String: Any] = ["when": "types", "types": ["inspection"]]
        let (set, policy) = try await administrator.send(
            "PUT",
            "/api/v1/workorders/policy",
            ["approval": inspections, "verification": inspections]
        )
        #expect(set == 200, "\(policy)")
        let skills = ["skills": [["name": "crane"], ["name": "audits", "category": "compliance"]]]
        let (listed, list) = try await administrator.send("PUT", "/api/v1/skills", skills)
        #expect(listed == 200, "\(list)")
        var people: [Person] = []
        for role in roles {
            let id = try await person(role, role, at: sites[0], team: team)
            let workplace = try await made(
                "assets",
                ["siteId": sites[0], "code": "W-\(people.count)", "name": role, "type": "inverter"]
            )
            let api = try await API(base: fleet.gateway).login(("\(role)@fleet.example", password))
            #expect(!api.token.isEmpty, "\(role) logs in")
            people.append(Person(role: role, id: id, api: api, workplace: workplace))
        }
        for asset in plain + batteries + people.map(\.workplace) {
            _ = try await made(
                "sensors",
                ["assetId": asset, "tag": "ac_power", "unit": "kW", "minimum": 0, "maximum": 500]
            )
        }
        let world = World(
            fleet: fleet,
            administrator: administrator,
            sites: sites,
            people: people,
            others: others,
            colleagues: colleagues,
            operatorID: operatorID,
            plain: plain,
            busy: busy,
            batteries: batteries
        )
        for person in people { _ = try await world.order(.own, person, on: person.workplace) }
        try await world.settle()
        return world
    }

    static let password = "a password of the matrix"

    /// Waits until the services know the assets and whose work is where, and until it is recorded what was done for safety.
    private func settle() async throws {
        for api in [people[0].api, administrator] {
            let (status, answer) = try await api.send("POST", "/api/v1/incidents", incident(.site))
            #expect(status == 201, "\(answer)")
        }
        _ = try await eventually("the incidents in the audit log") {
            try await administrator.items("/api/v1/audit?action=INCIDENT_CREATED").count == 2 ? true : nil
        }
        _ = try await eventually("the work to be known") {
            try await fleet.count("assets", "SELECT count(*) AS n FROM open_work WHERE assigned_to IS NOT NULL")
                == people.count ? true : nil
        }
        for (service, column) in [("stream-processor", "type"), ("ml-scoring", "site_id")] {
            _ = try await eventually("\(service) to know the assets") {
                try await fleet.count(
                    service,
                    column == "type"
                        ? "SELECT count(*) AS n FROM assets WHERE type IS NOT NULL"
                        : "SELECT count(*) AS n FROM assets WHERE site_id IS NOT NULL"
                ) >= people.count + 6 ? true : nil
            }
        }
    }

    // MARK: - Records

    func site(_ position: Position) -> String { sites[position == .elsewhere ? 1 : 0] }

    func user(_ position: Position, _ person: Person) -> String { others[position] ?? person.id }

    /// An asset of the position: the one where the person works, or one without work.
    func asset(_ position: Position, _ person: Person) -> String {
        switch position {
        case .own: person.workplace
        case .team, .site: plain[0]
        case .elsewhere: plain[1]
        }
    }

    /// A work order that nobody has begun, assigned to the position's person.
    ///
    /// - Parameter type: An `inspection` waits for approval.
    func order(
        _ position: Position,
        _ person: Person,
        on asset: String? = nil,
        type: String = "corrective",
        isDraft: Bool = false,
        isDear: Bool = false
    ) async throws -> String {
        let id = try await make(
            "workorders",
            [
                "assetId": asset ?? busy[position == .elsewhere ? 1 : 0], "title": "Look at it", "type": type,
                "priority": "medium", "assignedTo": user(position, person),
            ]
        )
        guard !isDraft else { return id }
        if isDear { try await estimate(id, "25000.01") }
        let (status, answer) = try await administrator.send("POST", "/api/v1/workorders/\(id)/transitions/submit")
        #expect(status == 200, "\(answer)")
        return id
    }

    /// Says what a work order is expected to cost.
    private func estimate(_ order: String, _ amount: String) async throws {
        let rates: [String: Any] = ["currency": "EUR", "cards": [[String: Any]]()]
        let estimate = ["items": [["category": "services", "amount": amount]]]
        for (path, body) in [("rates", rates), ("workorders/\(order)/estimate", estimate)] {
            let (status, answer) = try await administrator.send("PUT", "/api/v1/costs/\(path)", body)
            #expect(status == 200, "\(answer)")
        }
    }

    /// An inspection that was completed, and verified by somebody else.
    func completedOrder(_ position: Position, _ person: Person, isVerified: Bool = false) async throws -> String {
        let id = try await order(position, person, type: "inspection")
        let other = try #require(people.first { $0.role == "system-administrator" }).api
        var moves = [(other, "approve"), (administrator, "start"), (administrator, "complete")]
        if isVerified { moves.append((other, "verify")) }
        for (api, move) in moves {
            let (status, answer) = try await api.send("POST", "/api/v1/workorders/\(id)/transitions/\(move)")
            #expect(status == 200, "\(move): \(answer)")
        }
        return id
    }

    /// A work order that somebody else has begun.
    func startedOrder(_ position: Position, _ person: Person) async throws -> String {
        let id = try await order(position, person)
        let (status, answer) = try await administrator.send("POST", "/api/v1/workorders/\(id)/transitions/start")
        #expect(status == 200, "\(answer)")
        return id
    }

    /// What a permit to work asks for.
    static func permit(_ kind: String = "electrical_loto") -> [String: Any] {
        let now = Date()
        return [
            "kind": kind, "title": "Replace the breaker", "validFrom": now.formatted(.iso8601),
            "validUntil": now.addingTimeInterval(86_400).formatted(.iso8601), "checklist": ["Earthing is in place"],
            "hazards": [["kind": "electrical", "severity": "high", "mitigation": "Lockout and tagout"]],
            "isolations": [["energy": "electrical", "place": "Breaker Q1"]],
        ]
    }

    /// A permit that waits for approval, or has it.
    ///
    /// - Returns: Its path.
    func permit(
        _ position: Position,
        _ person: Person,
        kind: String = "electrical_loto",
        isApproved: Bool = false
    ) async throws -> String {
        let order = try await order(position, person)
        let body = Self.permit(kind).merging(["workers": [user(position, person)]]) { $1 }
        let permit = "/api/v1/permits/\(try await make("workorders/\(order)/permits", body))"
        let other = try #require(people.first { $0.role == "system-administrator" }).api
        for (api, move) in [(administrator, "submit")] + (isApproved ? [(other, "approve")] : []) {
            let (status, answer) = try await api.send("POST", "\(permit)/transitions/\(move)")
            #expect(status == 200, "\(move): \(answer)")
        }
        return permit
    }

    /// What has happened at the site of a position.
    func incident(_ position: Position, severity: String = "minor") -> [String: Any] {
        [
            "siteId": site(position), "kind": "near_miss", "severity": severity, "occurredAt": "2026-01-01T10:00:00Z",
            "title": "A spanner fell", "description": "It fell",
        ]
    }

    /// An incident that somebody else has reported.
    ///
    /// - Returns: Its path.
    func incident(_ position: Position, isMinor: Bool) async throws -> String {
        "/api/v1/incidents/\(try await make("incidents", incident(position, severity: isMinor ? "minor" : "major")))"
    }

    /// What a part costs, which everybody sees who sees any costs.
    static var cost: [String: Any] { ["category": "parts", "description": "A fuse", "unitRate": "3.50"] }

    /// A part of a work order, of which something has happened to pieces already.
    ///
    /// - Parameter moves: The kinds of movements, one piece each.
    /// - Returns: Where its movements are.
    func part(of order: String, _ body: [String: Any], moved moves: [String] = []) async throws -> String {
        let parts = "/api/v1/workorders/\(order)/parts"
        let fan = ["number": "FAN-120", "name": "Fan"].merging(body) { $1 }
        let (status, answer) = try await administrator.send("POST", parts, fan)
        #expect(status == 201, "\(answer)")
        let movements = "\(parts)/\(answer["id"] as? String ?? "")/movements"
        for kind in moves {
            let (status, answer) = try await administrator.send("POST", movements, ["kind": kind, "quantity": "1"])
            #expect(status == 201, "\(answer)")
        }
        return movements
    }

    /// A file of one byte, an x, which is announced.
    static var file: [String: Any] {
        [
            "name": "note.txt", "size": 1, "kind": "document", "category": "evidence",
            "sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
        ]
    }

    /// A document about safety that can be read.
    ///
    /// - Returns: Its path.
    func safetyDocument(_ position: Position, _ person: Person) async throws -> String {
        let order = try await order(position, person)
        let files = "/api/v1/workorders/\(order)/attachments"
        let (status, answer) = try await administrator.send(
            "POST",
            files,
            Self.file.merging(["purpose": "safety"]) { $1 }
        )
        #expect(status == 201, "\(answer)")
        let document = "\(files)/\(answer["id"] as? String ?? "")"
        let (put, refused) = try await administrator.upload("\(document)/parts/1", Array("x".utf8))
        #expect(put == 204, "\(refused)")
        let (completed, known) = try await administrator.send("POST", "\(document)/complete")
        #expect(completed == 200, "\(known)")
        return document
    }

    /// A work order that has cost something.
    func costlyOrder(_ position: Position, _ person: Person) async throws -> String {
        let id = try await order(position, person)
        let rates: [String: Any] = ["currency": "EUR", "cards": [[String: Any]]()]
        for (method, path, body) in [("PUT", "rates", rates), ("POST", "workorders/\(id)/entries", Self.cost)] {
            let (status, answer) = try await administrator.send(method, "/api/v1/costs/\(path)", body)
            #expect((200..<300).contains(status), "\(answer)")
        }
        return id
    }

    func newAsset(_ position: Position) async throws -> String {
        try await make(
            "assets",
            ["siteId": site(position), "code": "A-\(UUID().uuidString)", "name": "New", "type": "inverter"]
        )
    }

    /// Somebody who is invited, or has a password already.
    func newUser(_ position: Position, isActive: Bool = false) async throws -> String {
        var body: [String: Any] = [
            "email": "\(UUID().uuidString)@fleet.example", "displayName": "New", "roles": [Self.weakRole],
            "siteIds": [site(position)],
        ]
        if isActive { body["password"] = Self.password }
        return try await make("users", body)
    }

    /// Time off that somebody of the position, who is not the person, has asked for.
    func timeOff(_ position: Position) async throws -> String {
        let other = try #require(colleagues[position])
        // No two of one person's overlap.
        let day = Date(timeIntervalSince1970: 86_400 * Double(Int.random(in: 25_000...60_000))).formatted(.iso8601)
            .prefix(10)
        let asked = try await other.make("/api/v1/time-off", ["first": "\(day)", "last": "\(day)"])
        return try #require(asked["id"] as? String)
    }

    private func make(_ path: String, _ body: [String: Any]) async throws -> String {
        try #require(try await administrator.make("/api/v1/\(path)", body)["id"] as? String)
    }
}
