import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// Incidents and near misses: who sees what is written about people, and who closes it.
@Suite struct IncidentTests {
    private static let path = "/api/v1/incidents"

    private static func body(_ severity: String = "minor") -> [String: Any] {
        [
            "siteId": AssetReplica.inverter.site.description, "assetId": AssetReplica.inverter.id.description,
            "kind": "near_miss", "severity": severity, "occurredAt": "2026-06-01T11:30:00Z",
            "title": "A spanner fell", "description": "It fell two metres beside Carla",
            "people": [["userId": UserID.carla.description, "role": "involved"]],
            "immediateAction": "The area was fenced off",
        ]
    }

    private static func report(_ severity: String = "minor", by client: ServiceClient) async throws -> String {
        let made = try await client.send(.post, path, body(severity))
        #expect(made.status == .created, "\(made.text)")
        return "\(path)/\(try #require(made["id"]))"
    }

    private static func sample(_ status: IncidentStatus, _ severity: IncidentSeverity = .minor) throws -> Incident {
        let new = ReportIncident(
            siteId: AssetReplica.inverter.site,
            kind: .nearMiss,
            severity: severity,
            occurredAt: .noon,
            title: "A spanner fell",
            description: "It fell"
        )
        var incident = try Incident.reported(
            new,
            id: .sample(90),
            number: "INC-2026-000001",
            of: .sunfield,
            by: .anna,
            at: .noon
        )
        incident.status = status
        (incident.findings, incident.rootCause) = ("It was not tied", "There are no lanyards")
        incident.actions = [
            CorrectiveAction(
                id: .sample(91),
                text: "Lanyards",
                owner: .bo,
                dueOn: "2026-07-01",
                doneAt: .noon,
                doneBy: .bo
            )
        ]
        return incident
    }

    @Test func everyMoveFollowsTheTable() throws {
        let legal: [(IncidentStatus, IncidentMove, IncidentStatus)] = [
            (.reported, .investigate, .investigating), (.investigating, .requireAction, .actionRequired),
            (.investigating, .close, .closed), (.actionRequired, .close, .closed),
        ]
        for status in IncidentStatus.allCases {
            for move in IncidentMove.allCases {
                let incident = try Self.sample(status)
                if let target = legal.first(where: { $0.0 == status && $0.1 == move })?.2 {
                    #expect(try incident.moved(move, seen: 1, by: .bo, at: .noon).status == target)
                } else {
                    #expect(throws: IncidentRefusal.illegalMove(move, from: status)) {
                        try incident.moved(move, seen: nil, by: .bo, at: .noon)
                    }
                }
            }
            #expect(Set(IncidentMove.allowed(from: status)) == Set(legal.filter { $0.0 == status }.map(\.1)))
        }
    }

    @Test func eachMoveNamesWhatIsMissing() throws {
        func refused(_ move: IncidentMove, _ change: (inout Incident) -> Void) throws -> IncidentRefusal? {
            var incident = try Self.sample(.investigating)
            change(&incident)
            do {
                _ = try incident.moved(move, seen: nil, by: .bo, at: .noon)
                return nil
            } catch {
                return error
            }
        }
        #expect(try refused(.close) { $0.findings = nil } == .findingsMissing)
        #expect(try refused(.requireAction) { $0.findings = nil } == .findingsMissing)
        #expect(try refused(.requireAction) { $0.actions = [] } == .noActions)
        #expect(try refused(.close) { $0.rootCause = nil } == .rootCauseMissing)
        #expect(try refused(.close) { $0.actions[0].doneAt = nil } == .actionsOpen(1))
        #expect(try refused(.close) { $0.actions = [] } == nil)
    }

    /// What was called major once is closed by two people, whatever it is called afterwards.
    @Test(arguments: [
        (IncidentSeverity.minor, true), (.moderate, true), (.major, false), (.fatal, false),
    ])
    func majorOnesAreClosedBySomebodyElse(severity: IncidentSeverity, mayCloseOwn: Bool) throws {
        let incident = try Self.sample(.investigating, severity)
        let harmless = try incident.changed(ChangeIncident(severity: .set(.minor)), seen: nil, at: .noon) ?? incident
        for one in [incident, harmless] {
            if mayCloseOwn {
                #expect(try one.moved(.close, seen: nil, by: .anna, at: .noon).status == .closed)
            } else {
                #expect(throws: IncidentRefusal.ownReport) { try one.moved(.close, seen: nil, by: .anna, at: .noon) }
            }
            #expect(try one.moved(.close, seen: nil, by: .bo, at: .noon).closedBy == .bo)
        }
        let raised = try Self.sample(.reported).changed(ChangeIncident(severity: .set(severity)), seen: nil, at: .noon)
        #expect(raised?.needsAnother ?? false == !mayCloseOwn)
    }

    @Test func fromTheReportToTheClosure() async throws {
        try await withLabor { site in
            let bo = try await site.client.acting(as: .bo, of: .sunfield, roles: ["all"])
            let order = try await site.order()
            var body = Self.body("major")
            body["workOrderId"] = String(order.split(separator: "/").last ?? "")
            let made = try await site.client.send(.post, Self.path, body)
            #expect(
                (made.status, made["number"], made["status"]) == (.created, "INC-2026-000001", "reported"),
                "\(made.text)"
            )
            let incident = "\(Self.path)/\(try #require(made["id"]))"
            func send(_ method: HTTPRequest.Method, _ rest: String, _ body: [String: Any] = [:]) async throws
                -> ServiceAnswer
            {
                try await site.client.send(method, "\(incident)\(rest)", body)
            }
            #expect(try await send(.post, "/transitions/close")["code"] == "illegal_incident_move")
            #expect(try await send(.post, "/transitions/investigate")["investigator"] == UserID.anna.description)
            #expect(try await send(.post, "/transitions/require_action")["code"] == "findings_missing")
            let found = try await send(
                .patch,
                "",
                ["findings": "It was not tied", "rootCause": "There are no lanyards"]
            )
            #expect((found.status, found.number("version")) == (.ok, 3), "\(found.text)")
            #expect(try await send(.post, "/transitions/require_action")["code"] == "corrective_actions_missing")
            let action: [String: Any] = [
                "text": "Lanyards", "ownerId": UserID.carla.description, "dueOn": "2026-07-01",
            ]
            let added = try await send(.post, "/actions", action)
            #expect(added.status == .created, "\(added.text)")
            let id = try #require((added.object["actions"] as? [[String: Any]])?.first?["id"] as? String)
            #expect(try await send(.post, "/transitions/require_action")["status"] == "action_required")
            #expect(try await send(.post, "/transitions/close")["code"] == "corrective_actions_open")
            #expect(try await send(.patch, "/actions/\(id)", ["isDone": true]).status == .ok)
            let own = try await send(.post, "/transitions/close")
            #expect((own.status, own["code"]) == (.forbidden, "closes_own_report"), "\(own.text)")
            let closed = try await bo.send(.post, "\(incident)/transitions/close")
            #expect(closed["status"] == "closed" && closed["closedBy"] == UserID.bo.description, "\(closed.text)")
            for (method, rest, body) in [
                (HTTPRequest.Method.patch, "", ["findings": "x"]), (.post, "/actions", action),
                (.patch, "/actions/\(id)", ["isDone": false]),
            ] as [(HTTPRequest.Method, String, [String: Any])] {
                let late = try await send(method, rest, body)
                #expect((late.status, late["code"]) == (.conflict, "incident_closed"), "\(late.text)")
            }
            let told = try await site.database.outbox(of: IncidentChanged.self)
            #expect(told.map(\.to) == [.reported, .investigating, .actionRequired, .closed])
            #expect(told.allSatisfy { $0.severity == .major && $0.number == "INC-2026-000001" })
            // What is written about people is neither in the log nor in events.
            let audit = try await site.database.outbox(of: AuditRecorded.self).filter { $0.resourceType == "incident" }
            #expect(audit.count == 7)
            for text in ["spanner", "Carla", UserID.carla.description, "lanyards", "tied", "fenced"] {
                let isOwner = text == UserID.carla.description
                #expect(audit.allSatisfy { isOwner || $0.changes?.contains(text) != true }, "\(text)")
            }
        }
    }

    @Test func whatIsWrittenIsForThoseWhoInvestigateAndForWhoHasReported() async throws {
        try await withLabor { site in
            let authority = site.client.authority
            authority.grant("reports", [Grant(.incidentReport, .own)])
            authority.grant(
                "minor",
                [Grant(.incidentRead, .tenant, if: .minor), Grant(.incidentInvestigate, .tenant, if: .minor)]
            )
            authority.grant("reads", [Grant(.incidentRead)])
            func acting(_ user: UserID, _ role: String) async throws -> ServiceClient {
                try await site.client.acting(as: user, of: .sunfield, roles: [role])
            }
            let (carla, bo) = (try await acting(.carla, "reports"), try await acting(.bo, "minor"))
            let reader = try await acting(.dan, "reads")
            let (mine, major) = (try await Self.report(by: carla), try await Self.report("major", by: site.client))
            func sees(_ who: ServiceClient) async throws -> Set<String> {
                let items = try await who.all(Self.path, limit: 1)
                for path in [mine, major] {
                    let isListed = items.contains { path.hasSuffix($0["id"] as? String ?? "-") }
                    #expect(try await who.send(.get, path).status == (isListed ? .ok : .notFound))
                }
                return Set(items.map { "\(Self.path)/\($0["id"] ?? "")" })
            }
            #expect(try await sees(carla) == [mine])
            #expect(try await sees(bo) == [mine])
            #expect(try await sees(reader) == [mine, major])
            #expect(try await sees(site.client.acting(as: .bo, of: .windward, roles: ["all"])) == [])
            let none = try await site.client.acting(as: .bo, of: .sunfield, roles: ["none"])
            #expect(try await none.send(.get, Self.path).status == .forbidden)
            // Who has reported does not investigate, and who investigates minor ones makes nothing of major ones.
            #expect(try await carla.send(.post, "\(mine)/transitions/investigate").status == .forbidden)
            #expect(try await bo.send(.post, "\(major)/transitions/investigate").status == .notFound)
            #expect(try await bo.send(.post, "\(mine)/transitions/investigate").status == .ok)
            authority.grant("both", [Grant(.incidentRead), Grant(.incidentInvestigate, .tenant, if: .minor)])
            let both = try await acting(.bo, "both")
            let narrow = try await both.send(.post, "\(major)/transitions/investigate")
            #expect((narrow.status, narrow["code"]) == (.forbidden, "permission_too_narrow"), "\(narrow.text)")
        }
    }

    @Test func theListIsFilteredAndPaged() async throws {
        try await withLabor { site in
            for severity in ["minor", "moderate", "major", "fatal"] {
                _ = try await Self.report(severity, by: site.client)
            }
            let all = try await site.client.all(Self.path, limit: 3)
            #expect(Set(all.compactMap { $0["number"] as? String }).count == 4)
            for (query, count) in [
                ("severity=major&severity=fatal", 2), ("status=closed", 0), ("status=reported&kind=near_miss", 4),
                ("kind=fire", 0), ("siteId=\(AssetReplica.inverter.site)", 4), ("siteId=\(SiteID.new())", 0),
            ] { #expect(try await site.client.all("\(Self.path)?\(query)", limit: 9).count == count, "\(query)") }
        }
    }

    @Test func whatIsNotThereIsNamed() async throws {
        try await withLabor { site in
            for (field, value, code) in [
                ("siteId", SiteID.new().description, "unknown_site"),
                ("assetId", AssetID.new().description, "unknown_asset"),
                ("workOrderId", WorkOrderID.new().description, "unknown_work_order"),
                ("occurredAt", "2026-06-01T12:00:01Z", "incident_in_future"),
            ] {
                let answer = try await site.client.send(.post, Self.path, Self.body().merging([field: value]) { $1 })
                #expect((answer.status, answer.wrongFields) == (.badRequest, [field]), "\(answer.text)")
                #expect(answer["code"] == code)
            }
            let stranger: [String: Any] = ["people": [["userId": UserID.new().description, "role": "witness"]]]
            let answer = try await site.client.send(.post, Self.path, Self.body().merging(stranger) { $1 })
            #expect((answer["code"], answer.wrongFields) == ("unknown_person", ["people[0].userId"]), "\(answer.text)")
            let incident = try await Self.report(by: site.client)
            for (body, field) in [
                (["text": "x", "ownerId": UserID.new().description, "dueOn": "2026-07-01"], "ownerId"),
                (["text": "x", "ownerId": UserID.anna.description, "dueOn": "2026-02-30"], "dueOn"),
            ] {
                let answer = try await site.client.send(.post, "\(incident)/actions", body)
                #expect((answer.status, answer.wrongFields) == (.badRequest, [field]), "\(answer.text)")
            }
        }
    }

    @Test func numbersAreCountedWithoutGaps() async throws {
        try await withLabor { site in
            let numbers = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<30 {
                    group.addTask { try await site.client.send(.post, Self.path, Self.body())["number"] }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let expected = (1...30).map { "INC-2026-0000\($0 < 10 ? "0" : "")\($0)" }
            #expect(numbers.compactMap(\.self).sorted() == expected)
        }
    }

    @Test func aVersionIsChangedOnce() async throws {
        try await withLabor { site in
            let incident = try await Self.report(by: site.client)
            let answers = try await withThrowingTaskGroup(of: ServiceAnswer.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await site.client.send(
                            .patch,
                            incident,
                            ["findings": "Number \(number)"],
                            headers: [.ifMatch: "\"1\""]
                        )
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.status == .ok } == 1)
            #expect(answers.count { $0["code"] == "stale_version" } == 19)
        }
    }
}
