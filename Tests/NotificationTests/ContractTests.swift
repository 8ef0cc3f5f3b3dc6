import Commands
import EventSchema
import Identifiers
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Notification

/// Checks that apply to every route of this service.
@Suite struct ContractTests {
    @Test func theAPIDocumentIsUpToDate() async throws {
        try await withNotification { client, _ in
            try RouteContract("notification", client.routes).isCommitted()
        }
    }

    @Test func everyRouteRefusesUnauthorizedAndInvalidRequests() async throws {
        try await withNotification { client, _ in
            try await RouteContract("notification", client.routes).refusesStrangersAndNonsense(client)
        }
    }

    @Test func everyRouteHidesOtherTenants() async throws {
        try await withNotification { client, store in
            try await store.addPeople()
            let rule = try await store.addRule(createsWorkOrder: false)
            let detected = AlertDetected.sample(rule)
            try await store.database.handle(detected, by: AlertConsumer(store: store, now: { .noon }).handle)
            try await store.addAssets()
            let alert = detected.id.description
            try await RouteContract("notification", client.routes).hidesOtherTenants(
                [
                    "id": alert, "/alert-rules/{id}#id": rule.description, "alertId": alert,
                    "assetId": detected.asset.description, "siteId": detected.site.description,
                    "ruleId": rule.description, "userId": UserID.anna.description,
                ],
                client
            )
        }
    }

    @Test func everyChangeIsAppliedOnceAndRecorded() async throws {
        try await withNotification { client, store in
            try await store.addPeople()
            let rule = try await store.addRule(createsWorkOrder: false)
            let detected = [AlertDetected.sample(rule), .sample(rule, asset: .sample(21))]
            for event in detected {
                try await store.database.handle(event, by: AlertConsumer(store: store, now: { .noon }).handle)
            }
            let samples = [
                SampleChange("POST /alert-rules", records: "ALERT_RULE_CREATED") { _ in
                    [
                        "name": "Hot", "type": "TEMPERATURE_HIGH", "tag": "t", "comparison": "above", "threshold": 60,
                        "consecutive": 3, "severity": "critical", "createsWorkOrder": false,
                    ]
                },
                SampleChange(
                    "PATCH /alert-rules/{id}",
                    records: "ALERT_RULE_UPDATED",
                    path: { ["id": $0["POST /alert-rules"]?["id"] ?? ""] },
                    body: { _ in ["threshold": 61] }
                ),
                SampleChange(
                    "DELETE /alert-rules/{id}",
                    records: "ALERT_RULE_DELETED",
                    path: { ["id": $0["POST /alert-rules"]?["id"] ?? ""] },
                    body: { _ in [:] }
                ),
                SampleChange(
                    "POST /alerts/{id}/acknowledge",
                    records: "ALERT_ACKNOWLEDGED",
                    path: { _ in ["id": detected[0].id.description] },
                    body: { _ in [:] }
                ),
                SampleChange(
                    "POST /alerts/{id}/resolve",
                    records: "ALERT_RESOLVED",
                    path: { _ in ["id": detected[1].id.description] },
                    body: { _ in [:] }
                ),
            ]
            try await RouteContract("notification", client.routes).everyChangeCountsOnceAndIsRecorded(
                samples,
                client,
                store.database
            )
        }
    }

    @Test func everyTableHidesOtherTenantsRows() async throws {
        try await withDatabase(.all) {
            // The mails of all tenants are in one queue.
            try await TenantFence(unfenced: [], openToEveryTenant: ["notifications"]).check($0)
        }
    }
}
