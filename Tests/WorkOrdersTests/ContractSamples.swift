import Commands
import Foundation
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

    /// A webhook, and what has failed to it.
    let webhook: String
    let delivery: String

    /// A link for requests, and two that were made there.
    let link: String
    let requests: [String]

    var all: [SampleChange] {
        templates + views + levels + orders + tasks + comments + attachments + labor + costs + parts + bulk + deletion
            + signatures + webhooks + asked + automation
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
        "category": "evidence",
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
