import Commands
import Foundation
import HTTPTypes
import Identifiers
import ObjectStore
import TestSupport

@testable import WorkOrders

/// A change by each route of this service, for the contract that all of them keep. Each finds what it changes among the answers to those
/// before it.
struct ContractSamples {
    typealias Path = @Sendable (SampleChange.Answers) -> [String: String]

    /// Where the store of the attachments keeps them.
    let folder: URL

    /// A work order in progress, with time on it that has no cost yet.
    let begun: String

    /// A draft.
    let draft: String

    /// Work that Anna has done, at version 4.
    let completed: String

    /// Time off that Carla has asked for, twice.
    let timeOff: [String]

    /// A permit of Bo's: one of its isolations is locked by Bo, another one is not, and Bo has asked for more time.
    let permit: [String: String]

    /// A webhook, and what has failed to it.
    let webhook: String
    let delivery: String

    /// A link for requests, and two that were made there.
    let link: String
    let requests: [String]

    var all: [SampleChange] {
        templates + views + levels + orders + tasks + comments + attachments + permits + incidents + labor + costs
            + parts + bulk + deletion + signatures + webhooks + asked + automation + people + shifts
    }

    private var automation: [SampleChange] {
        let path = Self.made(by: "POST /automation-rules", as: "rule")
        return [
            SampleChange("POST /automation-rules", records: "AUTOMATION_RULE_CREATED") { _ in
                ["name": "Rule", "when": "created", "actions": [["kind": "comment", "text": "It was seen"]]]
            },
            SampleChange("PUT /automation-rules/{rule}", records: "AUTOMATION_RULE_UPDATED", path: path) { _ in
                ["name": "Other", "when": "completed", "actions": [["kind": "comment", "text": "It was seen"]]]
            },
            SampleChange("DELETE /automation-rules/{rule}", records: "AUTOMATION_RULE_DELETED", path: path) { _ in [:]
            },
        ]
    }

    private var asked: [SampleChange] {
        [
            SampleChange(
                "PATCH /request-links/{link}",
                records: "REQUEST_LINK_UPDATED",
                path: { [link] _ in ["link": link] },
                body: { _ in ["label": "Hall 4"] }
            ),
            SampleChange(
                "POST /requests/{request}/conversion",
                records: "SERVICE_REQUEST_CONVERTED",
                path: { [requests] _ in ["request": requests[0]] },
                body: { _ in [:] }
            ),
            SampleChange(
                "POST /requests/{request}/decline",
                records: "SERVICE_REQUEST_DECLINED",
                path: { [requests] _ in ["request": requests[1]] },
                body: { _ in ["reason": "It is known"] }
            ),
        ]
    }

    private var webhooks: [SampleChange] {
        let path: Path = { [webhook, delivery] _ in ["webhook": webhook, "delivery": delivery] }
        let hook = "/webhooks/{webhook}"
        return [
            SampleChange("PATCH \(hook)", records: "WEBHOOK_UPDATED", path: path) { _ in ["name": "Tickets, new"] },
            SampleChange("POST \(hook)/test", records: "WEBHOOK_DELIVERY_CREATED", path: path) { _ in [:] },
            SampleChange(
                "POST \(hook)/deliveries/{delivery}/redelivery",
                records: "WEBHOOK_DELIVERY_REDRIVEN",
                path: path,
                body: { _ in [:] }
            ),
            SampleChange("POST \(hook)/redeliveries", records: "WEBHOOK_REDRIVEN", path: path) { _ in
                ["since": "2026-01-01T00:00:00Z"]
            },
            SampleChange("DELETE \(hook)", records: "WEBHOOK_DELETED", path: path) { _ in [:] },
        ]
    }

    /// A file of one letter.
    static let announcement: JSONValue = [
        "name": "note.txt", "size": 1, "sha256": .string(ContentHash(of: "x".utf8).text), "kind": "document",
        "category": "evidence", "purpose": "safety",
    ]

    private static let created: Path = { answers in
        let tasks = answers["POST /workorders/{id}/tasks"]?.object["tasks"] as? [[String: Any]]
        return [
            "id": answers["POST /workorders"]?["id"] ?? "", "task": tasks?.first?["id"] as? String ?? "",
            "transition": "submit", "attachment": answers["POST /workorders/{id}/attachments"]?["id"] ?? "",
        ]
    }

    private static func made(by route: String, as parameter: String) -> Path {
        { [parameter: $0[route]?["id"] ?? ""] }
    }

    private var templates: [SampleChange] {
        let path = Self.made(by: "POST /workorders/templates", as: "id")
        return [
            SampleChange("POST /workorders/templates", records: "WORK_TEMPLATE_CREATED") { _ in
                ["name": "Service", "type": "preventive", "priority": "low", "tasks": [["title": "Look"]]]
            },
            SampleChange("PUT /workorders/templates/{id}", records: "WORK_TEMPLATE_UPDATED", path: path) { _ in
                ["name": "Yearly service", "type": "preventive", "priority": "low"]
            },
            SampleChange("POST /workorders/templates/{id}/archive", records: "WORK_TEMPLATE_ARCHIVED", path: path) {
                _ in
                [:]
            },
            SampleChange("POST /workorders/templates/{id}/restore", records: "WORK_TEMPLATE_RESTORED", path: path) {
                _ in
                [:]
            },
        ]
    }

    private var views: [SampleChange] {
        let path = Self.made(by: "POST /workorders/views", as: "view")
        return [
            SampleChange("POST /workorders/views", records: "WORK_ORDER_VIEW_CREATED") { _ in
                ["name": "Mine", "query": "status=open"]
            },
            SampleChange("PUT /workorders/views/{view}", records: "WORK_ORDER_VIEW_UPDATED", path: path) { _ in
                ["name": "Mine", "query": "status=draft"]
            },
            SampleChange("DELETE /workorders/views/{view}", records: "WORK_ORDER_VIEW_DELETED", path: path) { _ in [:]
            },
        ]
    }

    private var levels: [SampleChange] {
        [
            SampleChange("PUT /workorders/service-levels", records: "SERVICE_LEVELS_SET") { _ in
                [
                    "levels": [["priority": "high", "respondMinutes": 60]], "pausedBy": ["weather"],
                    "hours": ["days": ["monday"], "from": "08:00", "until": "17:00"],
                ]
            }
        ]
    }

    private var comments: [SampleChange] {
        let path: Path = {
            ["id": $0["POST /workorders"]?["id"] ?? "", "comment": $0["POST /workorders/{id}/comments"]?["id"] ?? ""]
        }
        let comment = "/workorders/{id}/comments/{comment}"
        return [
            SampleChange("POST /workorders/{id}/comments", records: "COMMENT_CREATED", path: path) { _ in
                ["text": "@Anna, the fan has come", "mentions": [.string(UserID.anna.description)]]
            },
            SampleChange("PATCH \(comment)", records: "COMMENT_UPDATED", path: path) { _ in ["text": "It has come"] },
            SampleChange("DELETE \(comment)", records: "COMMENT_DELETED", path: path) { _ in [:] },
        ]
    }

    private var signatures: [SampleChange] {
        [
            SampleChange(
                "POST /workorders/{id}/signatures",
                records: "SIGNATURE_CREATED",
                path: { [completed] _ in ["id": completed] },
                body: { _ in ["meaning": "performed", "version": 4] }
            )
        ]
    }

    /// Prepares what ``permits`` change.
    static func permit(_ site: LaborSite) async throws -> [String: String] {
        let bo = try await site.client.acting(as: .bo, of: .sunfield, roles: ["all"])
        let permits = try await PermitSite(site)
        var body = permits.body()
        let now = site.clock.now
        (body["validFrom"], body["validUntil"]) = (now.formatted(.iso8601), (now + 86_400).formatted(.iso8601))
        let order = try await site.order()
        let made = try await bo.send(.post, "\(order)/permits", body)
        let id = made["id"] ?? ""
        let path = "/api/v1/permits/\(id)"
        try await permits.move(path, "submit", by: bo)
        try await permits.move(path, "approve")
        let points = try await permits.points(path)
        _ = try await bo.send(.post, "\(points[0])/lock", ["lockNumber": "BO-1"])
        _ = try await bo.send(
            .post,
            "\(path)/extensions",
            ["until": (now + 90_000).formatted(.iso8601), "reason": "The weld was thicker"]
        )
        let isolations = points.map { String($0.split(separator: "/").last ?? "") }
        return ["id": id, "first": isolations[0], "second": isolations[1]]
    }

    private var permits: [SampleChange] {
        let made: Path = {
            [
                "id": $0["POST /workorders/{id}/permits"]?["id"] ?? "", "transition": "submit",
            ]
        }
        let order: Path = { ["id": $0["POST /workorders"]?["id"] ?? ""] }
        func of(_ point: String) -> Path {
            { [permit] _ in ["id": permit["id"] ?? "", "isolation": permit[point] ?? "", "item": "1"] }
        }
        let time = Date()
        let (from, until) = (time.formatted(.iso8601), (time + 3600).formatted(.iso8601))
        let point = "/permits/{id}/isolations/{isolation}"
        return [
            SampleChange("POST /workorders/{id}/permits", records: "PERMIT_CREATED", path: order) { _ in
                [
                    "kind": "hot_work", "title": "Weld the frame", "validFrom": .string(from),
                    "validUntil": .string(until),
                    "hazards": [["kind": "thermal", "severity": "high", "mitigation": "A fire watch"]],
                    "workers": [.string(UserID.anna.description)], "checklist": ["The fire watch is there"],
                ]
            },
            SampleChange("PATCH /permits/{id}", records: "PERMIT_UPDATED", path: made) { _ in ["title": "Weld it"] },
            SampleChange("POST /permits/{id}/transitions/{transition}", records: "PERMIT_STATUS_CHANGED", path: made) {
                _ in
                [:]
            },
            SampleChange("PUT /permits/{id}/checklist/{item}", records: "PERMIT_ITEM_CHECKED", path: of("first")) { _ in
                ["isChecked": true]
            },
            SampleChange(
                "POST /permits/{id}/extensions/decision",
                records: "PERMIT_EXTENSION_DECIDED",
                path: of("first"),
                body: { _ in ["decision": "rejected"] }
            ),
            SampleChange(
                "POST /permits/{id}/extensions",
                records: "PERMIT_EXTENSION_REQUESTED",
                path: of("first"),
                body: { _ in ["until": .string((time + 100_000).formatted(.iso8601)), "reason": "It rains"] }
            ),
            SampleChange("POST \(point)/verify", records: "ISOLATION_VERIFIED", path: of("first")) { _ in
                ["measurement": "0 V"]
            },
            SampleChange("POST \(point)/lock", records: "ISOLATION_LOCKED", path: of("second")) { _ in
                ["lockNumber": "ANNA-1"]
            },
            SampleChange("POST \(point)/release", records: "ISOLATION_RELEASED", path: of("second")) { _ in [:] },
        ]
    }

    private var incidents: [SampleChange] {
        let path: Path = { answers in
            let actions = answers["POST /incidents/{id}/actions"]?.object["actions"] as? [[String: Any]]
            return [
                "id": answers["POST /incidents"]?["id"] ?? "", "transition": "investigate",
                "action": actions?.first?["id"] as? String ?? "",
            ]
        }
        return [
            SampleChange("POST /incidents", records: "INCIDENT_CREATED") { _ in
                [
                    "siteId": .string(AssetReplica.inverter.site.description), "kind": "near_miss", "severity": "minor",
                    "occurredAt": "2026-01-01T10:00:00Z", "title": "A spanner fell", "description": "It fell",
                ]
            },
            SampleChange(
                "POST /incidents/{id}/transitions/{transition}",
                records: "INCIDENT_STATUS_CHANGED",
                path: path
            ) {
                _ in
                [:]
            },
            SampleChange("PATCH /incidents/{id}", records: "INCIDENT_UPDATED", path: path) { _ in
                ["findings": "It was not tied"]
            },
            SampleChange("POST /incidents/{id}/actions", records: "INCIDENT_ACTION_ADDED", path: path) { _ in
                ["text": "Lanyards", "ownerId": .string(UserID.anna.description), "dueOn": "2026-07-01"]
            },
            SampleChange("PATCH /incidents/{id}/actions/{action}", records: "INCIDENT_ACTION_CHANGED", path: path) {
                _ in
                ["isDone": true]
            },
        ]
    }

    private var people: [SampleChange] {
        let anna = JSONValue.string(UserID.anna.description)
        let site = JSONValue.string(AssetReplica.inverter.site.description)
        let (certificate, crew) = (
            Self.made(by: "POST /certificates", as: "id"), Self.made(by: "POST /crews", as: "id")
        )
        return [
            SampleChange("PUT /skills", records: "SKILLS_SET") { _ in ["skills": [["name": "crane"]]] },
            SampleChange("POST /certificates", records: "CERTIFICATE_CREATED") { _ in
                ["userId": anna, "skill": "crane"]
            },
            SampleChange("PATCH /certificates/{id}", records: "CERTIFICATE_UPDATED", path: certificate) { _ in
                ["number": "7"]
            },
            SampleChange("POST /certificates/{id}/revocation", records: "CERTIFICATE_REVOKED", path: certificate) { _ in
                ["reason": "Forged"]
            },
            SampleChange("POST /crews", records: "CREW_CREATED") { _ in
                ["siteId": site, "code": "A", "name": "Alpha", "members": [["userId": anna, "role": "lead"]]]
            },
            SampleChange("PATCH /crews/{id}", records: "CREW_UPDATED", path: crew) { _ in ["name": "Beta"] },
        ]
    }

    private var shifts: [SampleChange] {
        let site = JSONValue.string(AssetReplica.inverter.site.description)
        let carla = JSONValue.string(UserID.carla.description)
        let shift = Self.made(by: "POST /shifts", as: "id")
        let turn: Path = {
            ["id": $0["POST /shifts"]?["id"] ?? "", "turn": $0["POST /shifts/{id}/turns"]?["id"] ?? ""]
        }
        // Carla's: nobody decides about their own.
        let (one, other) = (timeOff[0], timeOff[1])
        return [
            SampleChange("POST /shifts", records: "SHIFT_CREATED") { _ in
                ["siteId": site, "name": "Early", "hours": ["days": ["monday"], "from": "08:00", "until": "16:00"]]
            },
            SampleChange("PATCH /shifts/{id}", records: "SHIFT_UPDATED", path: shift) { _ in ["name": "Late"] },
            SampleChange("POST /shifts/{id}/turns", records: "SHIFT_TURN_CREATED", path: shift) { _ in
                ["userId": carla, "first": "2026-06-01", "last": "2026-12-31"]
            },
            SampleChange("PATCH /shifts/{id}/turns/{turn}", records: "SHIFT_TURN_UPDATED", path: turn) { _ in
                ["last": "2026-06-30"]
            },
            SampleChange("DELETE /shifts/{id}/turns/{turn}", records: "SHIFT_TURN_DELETED", path: turn) { _ in [:] },
            SampleChange("POST /time-off", records: "TIME_OFF_CREATED") { _ in
                ["first": "2030-01-01", "last": "2030-01-02"]
            },
            SampleChange(
                "POST /time-off/{id}/withdrawal",
                records: "TIME_OFF_WITHDRAWN",
                path: Self.made(by: "POST /time-off", as: "id"),
                body: { _ in [:] }
            ),
            SampleChange(
                "POST /time-off/{id}/approval",
                records: "TIME_OFF_APPROVED",
                path: { _ in ["id": one] },
                body: { _ in [:] }
            ),
            SampleChange(
                "POST /time-off/{id}/refusal",
                records: "TIME_OFF_REFUSED",
                path: { _ in ["id": other] },
                body: { _ in ["reason": "Too many are off"] }
            ),
        ]
    }

    private var deletion: [SampleChange] {
        [
            SampleChange(
                "DELETE /workorders/{id}",
                records: "WORKORDER_DELETED",
                path: { [draft] _ in ["id": draft] },
                body: { _ in [:] }
            )
        ]
    }

    private var orders: [SampleChange] {
        [
            SampleChange("PUT /workorders/policy", records: "WORK_POLICY_SET") { _ in
                ["approval": ["when": "never"], "verification": ["when": "always"]]
            },
            SampleChange("POST /workorders", records: "WORKORDER_CREATED") { _ in
                [
                    "assetId": .string(AssetReplica.inverter.id.description), "title": "Replace the fan",
                    "type": "corrective", "priority": "high",
                    "tasks": [["title": "Measure the oil", "check": ["kind": "number", "maximum": "80"]]],
                ]
            },
            SampleChange("PATCH /workorders/{id}", records: "WORKORDER_UPDATED", path: Self.created) { _ in
                ["priority": "low"]
            },
            SampleChange(
                "POST /workorders/{id}/transitions/{transition}",
                records: "WORKORDER_STATE_CHANGED",
                path: Self.created,
                body: { _ in ["reason": "It is time"] }
            ),
        ]
    }

    private var tasks: [SampleChange] {
        [
            SampleChange("POST /workorders/{id}/tasks", records: "WORKORDER_UPDATED", path: Self.created) { _ in
                ["title": "Order the fan"]
            },
            SampleChange("PATCH /workorders/{id}/tasks/{task}", records: "WORKORDER_UPDATED", path: Self.created) { _ in
                ["status": "completed", "answer": ["number": "90"], "notes": "It comes on Monday"]
            },
            SampleChange(
                "DELETE /workorders/{id}/tasks/{task}",
                records: "WORKORDER_UPDATED",
                path: { answers in
                    let tasks = answers["POST /workorders/{id}/tasks"]?.object["tasks"] as? [[String: Any]]
                    return Self.created(answers).merging(["task": tasks?.last?["id"] as? String ?? ""]) { $1 }
                },
                body: { _ in [:] }
            ),
        ]
    }

    private var attachments: [SampleChange] {
        // Bytes take no key, so there is no sample of them: the part comes straight into the store.
        let completing: Path = { [folder] answers in
            let parameters = Self.created(answers)
            let parts = folder.appending(path: "uploads/\(TenantID.sunfield)/\(parameters["attachment"] ?? "")/parts")
            let part = "dcmms-object 1 1 \(ContentHash(of: "x".utf8)) application/octet-stream\nx"
            try? FileManager.default.createDirectory(at: parts, withIntermediateDirectories: true)
            try? Data(part.utf8).write(to: parts.appending(path: "01@object"))
            return parameters
        }
        return [
            SampleChange("POST /workorders/{id}/attachments", records: "ATTACHMENT_CREATED", path: Self.created) { _ in
                Self.announcement
            },
            SampleChange(
                "POST /workorders/{id}/attachments/{attachment}/complete",
                records: "ATTACHMENT_COMPLETED",
                path: completing,
                body: { _ in [:] }
            ),
            SampleChange(
                "POST /workorders/{id}/attachments/{attachment}/acknowledgement",
                records: "ACKNOWLEDGEMENT_CREATED",
                path: Self.created,
                body: { _ in [:] }
            ),
            SampleChange(
                "DELETE /workorders/{id}/attachments/{attachment}",
                records: "ATTACHMENT_DELETED",
                path: Self.created,
                body: { _ in [:] }
            ),
        ]
    }

    private func ofBegun(_ route: String) -> Path {
        { [begun] in ["id": begun, "entry": $0[route]?["id"] ?? ""] }
    }

    private var labor: [SampleChange] {
        let path = ofBegun("POST /workorders/{id}/labor")
        return [
            SampleChange("POST /workorders/{id}/labor", records: "LABOR_CREATED", path: path) { _ in [:] },
            SampleChange("POST /workorders/{id}/labor/{entry}/stop", records: "LABOR_STOPPED", path: path) { _ in
                ["note": "Done"]
            },
            SampleChange("PATCH /workorders/{id}/labor/{entry}", records: "LABOR_CORRECTED", path: path) { _ in
                ["note": "Done, but for the paint", "reason": "I forgot"]
            },
            SampleChange("POST /workorders/{id}/labor/{entry}/removal", records: "LABOR_REMOVED", path: path) { _ in
                ["reason": "That was another work order"]
            },
        ]
    }

    private var costs: [SampleChange] {
        let budget = Self.made(by: "POST /costs/budgets", as: "id")
        let path = ofBegun("POST /costs/workorders/{id}/entries")
        return [
            SampleChange("PUT /costs/rates", records: "COST_RATES_SET") { _ in
                ["currency": "EUR", "cards": [["effectiveFrom": "2026-01-01T00:00:00.000Z", "hourlyRate": "45.00"]]]
            },
            SampleChange("POST /costs/labor-bookings", records: "LABOR_BOOKED") { _ in [:] },
            SampleChange(
                "PUT /costs/workorders/{id}/estimate",
                records: "COST_ESTIMATE_SET",
                path: { [draft] _ in ["id": draft] },
                body: { _ in ["items": [["category": "parts", "amount": "120.00"]]] }
            ),
            SampleChange("POST /costs/budgets", records: "BUDGET_CREATED") { _ in
                ["year": 2026, "amount": "120000.00"]
            },
            SampleChange("PATCH /costs/budgets/{id}", records: "BUDGET_UPDATED", path: budget) { _ in
                ["amount": "130000.00"]
            },
            SampleChange("DELETE /costs/budgets/{id}", records: "BUDGET_DELETED", path: budget) { _ in [:] },
            SampleChange("POST /costs/workorders/{id}/entries", records: "COST_ENTRY_CREATED", path: path) { _ in
                ["category": "services", "description": "Crane", "unitRate": "850.00"]
            },
            SampleChange(
                "POST /costs/workorders/{id}/entries/{entry}/reversal",
                records: "COST_ENTRY_REVERSED",
                path: path,
                body: { _ in ["reason": "It was another crane"] }
            ),
        ]
    }

    private var parts: [SampleChange] {
        func part(of order: @escaping @Sendable (SampleChange.Answers) -> String) -> Path {
            { answers in
                let moved =
                    answers["POST /workorders/{id}/parts/{part}/movements"]?.object["movements"] as? [[String: Any]]
                return [
                    "id": order(answers), "part": answers["POST /workorders/{id}/parts"]?["id"] ?? "",
                    "movement": moved?.last?["id"] as? String ?? "",
                ]
            }
        }
        let planned = part { $0["POST /workorders"]?["id"] ?? "" }
        let used = part { [begun] _ in begun }
        let movements = "/workorders/{id}/parts/{part}/movements"
        return [
            SampleChange("POST /workorders/{id}/parts", records: "PART_CREATED", path: planned) { _ in
                ["number": "FAN-120", "name": "Fan", "planned": "1"]
            },
            SampleChange("DELETE /workorders/{id}/parts/{part}", records: "PART_DELETED", path: planned) { _ in [:] },
            SampleChange("POST /workorders/{id}/parts", records: "PART_CREATED", path: used) { _ in
                ["number": "FAN-120", "name": "Fan", "used": "1"]
            },
            SampleChange("PATCH /workorders/{id}/parts/{part}", records: "PART_UPDATED", path: used) { _ in
                ["unitCost": "38.50", "currency": "EUR"]
            },
            SampleChange("POST \(movements)", records: "PART_MOVED", path: used) { _ in
                ["kind": "used", "quantity": "1"]
            },
            SampleChange(
                "POST \(movements)/{movement}/reversal",
                records: "PART_MOVEMENT_REVERSED",
                path: used,
                body: { _ in ["reason": "It is still in the box"] }
            ),
        ]
    }

    private var bulk: [SampleChange] {
        let items: @Sendable (SampleChange.Answers) -> JSONValue = {
            [["id": .string($0["POST /workorders"]?["id"] ?? "")]]
        }
        return [
            SampleChange("POST /workorders/bulk/changes", records: "WORKORDER_UPDATED") { answers in
                ["items": items(answers), "change": ["priority": "medium"]]
            },
            SampleChange(
                "POST /workorders/bulk/transitions/{transition}",
                records: "WORKORDER_STATE_CHANGED",
                path: { _ in ["transition": "cancel"] },
                body: { ["items": items($0), "move": ["reason": "Done otherwise"]] }
            ),
        ]
    }
}
