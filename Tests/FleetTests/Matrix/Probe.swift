import Access
import Foundation
import Synchronization

/// How a feature of the matrix is tried: a request for a record in each position.
struct Probe: Sendable {
    typealias Answer = (status: UInt, body: [String: Any])

    let feature: String
    let permission: Permission
    var positions: [Position] = Position.allCases
    /// What is answered to those who may.
    var success: Set<UInt> = [200]
    /// The conditions for which `attempt` has a request that meets them and one that does not.
    var conditions: Set<GrantCondition> = []
    /// Makes what the request needs, and sends it. Its last parameter: with the condition that must not be met.
    let attempt: @Sendable (World, Person, Position, GrantCondition?) async throws -> Answer
    /// Whether the answer shows the record; only for lists, which leave out what is out of reach.
    var shows: (@Sendable (Answer) -> Bool)?
    /// Whether what is out of reach is left out of the answer, which can't be read here.
    var leavesOut = false
    /// Whether somebody without the permission may read their own, and is told of others' that there are none.
    var isOfOwners = false
}

extension Probe {
    fileprivate var ofOwners: Probe {
        var probe = self
        probe.isOfOwners = true
        return probe
    }

    /// The features whose routes are there. One that is missing here must have its issue in the matrix.
    static let all: [Probe] = workOrders + safety + planning + assets + alerts + people

    // MARK: - Work orders

    private static let workOrders: [Probe] = [
        Probe(feature: "WO01", permission: .workOrderRead) { world, person, position, _ in
            try await person.api.send("GET", "/api/v1/workorders/\(try await world.order(position, person))")
        },
        Probe(feature: "WO02", permission: .workOrderCreate, positions: [.site, .elsewhere], success: [201]) {
            world,
            person,
            position,
            _ in
            let order = [
                "assetId": world.asset(position, person), "title": "New", "type": "corrective", "priority": "medium",
            ]
            return try await person.api.send("POST", "/api/v1/workorders", order)
        },
        Probe(feature: "WO03", permission: .workOrderUpdate, conditions: [.assignedLimited]) {
            world,
            person,
            position,
            unmet in
            let order = "/api/v1/workorders/\(try await world.order(position, person))"
            return unmet == nil
                ? try await person.api.send("POST", "\(order)/tasks", ["title": "One more step"])
                : try await person.api.send("PATCH", order, ["title": "Another title"])
        },
        Probe(feature: "WO04", permission: .workOrderDelete, success: [204], conditions: [.draftOnly]) {
            world,
            person,
            position,
            unmet in
            let order = try await world.order(position, person, isDraft: unmet == nil)
            return try await person.api.send("DELETE", "/api/v1/workorders/\(order)")
        },
        Probe(feature: "X19", permission: .workOrderComment, success: [201]) { world, person, position, _ in
            let order = try await world.order(position, person)
            return try await person.api.send("POST", "/api/v1/workorders/\(order)/comments", ["text": "Look at it"])
        },
        Probe(feature: "WO05", permission: .workOrderApprove, conditions: [.limitedAmount]) {
            world,
            person,
            position,
            unmet in
            let order = try await world.order(position, person, type: "inspection", isDear: unmet != nil)
            return try await person.api.send("POST", "/api/v1/workorders/\(order)/transitions/approve")
        },
        // Nobody verifies their own work.
        Probe(feature: "WO08", permission: .workOrderVerify, positions: [.team, .site, .elsewhere]) {
            world,
            person,
            position,
            _ in
            let order = try await world.completedOrder(position, person)
            return try await person.api.send("POST", "/api/v1/workorders/\(order)/transitions/verify")
        },
        Probe(feature: "WO09", permission: .workOrderClose, positions: [.team, .site, .elsewhere]) {
            world,
            person,
            position,
            _ in
            let order = try await world.completedOrder(position, person, isVerified: true)
            return try await person.api.send("POST", "/api/v1/workorders/\(order)/transitions/close")
        },
        assigning("WO06"), assigning("SC04"),
        Probe(feature: "SF01", permission: .procedureRead, positions: .ofPlaces) { world, person, position, _ in
            let made = try await template(world, position, by: world.administrator)
            let id = made.body["id"] as? String ?? ""
            return try await person.api.send("GET", "/api/v1/workorders/templates/\(id)")
        },
        Probe(feature: "SF01", permission: .procedureManage, positions: .ofPlaces, success: [201]) {
            world,
            person,
            position,
            _ in
            try await template(world, position, by: person.api)
        },
        Probe(feature: "WO07", permission: .workOrderExecute) { world, person, position, _ in
            let order = "/api/v1/workorders/\(try await world.order(position, person))"
            let started = try await person.api.send("POST", "\(order)/transitions/start")
            guard started.status == 200 else { return started }
            return try await person.api.send("POST", "\(order)/transitions/complete")
        },
        Probe(feature: "WO10", permission: .workOrderCancel) { world, person, position, _ in
            let order = try await world.order(position, person)
            return try await person.api.send(
                "POST",
                "/api/v1/workorders/\(order)/transitions/cancel",
                ["reason": "A test"]
            )
        },
        Probe(
            feature: "WO11",
            permission: .workOrderCostRead,
            attempt: { world, person, position, _ in
                let order = try await world.costlyOrder(position, person)
                return try await person.api.send("GET", "/api/v1/costs/workorders/\(order)")
            },
            shows: hasItems
        ),
        Probe(feature: "WO11", permission: .workOrderCostUpdate, success: [201]) { world, person, position, _ in
            let order = try await world.costlyOrder(position, person)
            return try await person.api.send("POST", "/api/v1/costs/workorders/\(order)/entries", World.cost)
        },
        Probe(
            feature: "WO12",
            permission: .attachmentAdd,
            success: [201],
            conditions: [.safetyDocuments, .complianceDocuments]
        ) { world, person, position, unmet in
            let order = try await world.order(position, person)
            let purpose = person.role == "compliance-officer" ? "compliance" : "safety"
            let file = World.file.merging(unmet == nil ? ["purpose": purpose] : [:]) { $1 }
            return try await person.api.send("POST", "/api/v1/workorders/\(order)/attachments", file)
        },
        Probe(feature: "SF02", permission: .safetyDocumentAcknowledge) { world, person, position, _ in
            let document = try await world.safetyDocument(position, person)
            return try await person.api.send("POST", "\(document)/acknowledgement")
        },
        Probe(feature: "WO13", permission: .laborRecord, success: [201]) { world, person, position, _ in
            let order = try await world.startedOrder(position, person)
            // Nobody works at two places at once.
            let start = Date().addingTimeInterval(-.random(in: 3600...30_000_000))
            return try await person.api.send(
                "POST",
                "/api/v1/workorders/\(order)/labor",
                ["startedAt": start.formatted(.iso8601), "endedAt": (start + 1).formatted(.iso8601)]
            )
        },
        moving("WO14", .stockConsume, "used"), moving("IN05", .stockReserve, "reserved"),
        moving("IN06", .stockIssue, "issued"), moving("IN07", .stockConsume, "used"),
        moving("IN08", .stockReturn, "returned", after: ["issued"]),
        Probe(
            feature: "WO15",
            permission: .workOrderBulk,
            attempt: { world, person, position, _ in
                let order = try await world.order(position, person)
                return try await person.api.send(
                    "POST",
                    "/api/v1/workorders/bulk/changes",
                    ["items": [["id": order]], "change": ["priority": "low"]]
                )
            },
            shows: { answer in
                let verdicts = answer.body["items"] as? [[String: Any]] ?? []
                return verdicts.first?["outcome"] as? String == "changed"
            }
        ),
        Probe(feature: "SC05", permission: .workOrderSchedule) { world, person, position, _ in
            let order = try await world.order(position, person)
            return try await person.api.send(
                "POST",
                "/api/v1/workorders/\(order)/transitions/schedule",
                ["scheduledStart": "2030-01-07T08:00:00.000Z"]
            )
        },
        Probe(feature: "SC06", permission: .workOrderReschedule) { world, person, position, _ in
            let order = try await world.order(position, person)
            return try await person.api.send(
                "PATCH",
                "/api/v1/workorders/\(order)",
                ["scheduledStart": "2030-01-08T08:00:00.000Z"]
            )
        },
    ]

    /// How many days were used for plans.
    private static let days = Mutex(0)

    private static let planning: [Probe] = [
        Probe(
            feature: "SC01",
            permission: .scheduleRead,
            attempt: { world, person, position, _ in
                let order = try await world.order(position, person)
                // Two of the same day would show each other's work orders.
                let start = Date(
                    timeIntervalSince1970: 86_400
                        * Double(
                            days.withLock {
                                $0 += 1
                                return 25_000 + $0
                            }
                        )
                )
                let plan = ["scheduledStart": start.formatted(.iso8601)]
                _ = try await world.administrator.send("POST", "/api/v1/workorders/\(order)/transitions/schedule", plan)
                let (from, to) = (start.formatted(.iso8601), (start + 60).formatted(.iso8601))
                return try await person.api.send("GET", "/api/v1/schedule?from=\(from)&to=\(to)")
            },
            shows: hasItems
        ),
        Probe(
            feature: "SC07",
            permission: .utilizationRead,
            positions: .ofPlaces,
            attempt: { world, person, position, _ in
                let site = world.site(position)
                return try await person.api.send("GET", "/api/v1/schedule/workload?week=2030-01-07&siteId=\(site)")
            },
            shows: hasItems
        ),
        Probe(feature: "SC08", permission: .timeOffRequest, positions: [.own], success: [201]) { _, person, _, _ in
            let day = Date(timeIntervalSince1970: 86_400 * Double(Int.random(in: 25_000...60_000)))
            let text = "\(day.formatted(.iso8601).prefix(10))"
            return try await person.api.send("POST", "/api/v1/time-off", ["first": text, "last": text])
        },
        // Nobody decides about their own.
        Probe(feature: "SC09", permission: .timeOffApprove, positions: [.team, .site, .elsewhere]) {
            world,
            person,
            position,
            _ in
            let asked = try await world.timeOff(position)
            return try await person.api.send("POST", "/api/v1/time-off/\(asked)/approval")
        },
        Probe(feature: "X20", permission: .crewManage, positions: .ofPlaces, success: [201]) {
            world,
            person,
            position,
            _ in
            let lead = ["userId": world.others[position] ?? "", "role": "lead"]
            return try await person.api.send(
                "POST",
                "/api/v1/crews",
                [
                    "siteId": world.site(position), "code": "C-\(UUID().uuidString)", "name": "New", "members": [lead],
                ] as [String: Any]
            )
        },
        Probe(feature: "AD06", permission: .skillManage, success: [201], conditions: [.complianceCertificates]) {
            world,
            person,
            position,
            unmet in
            try await person.api.send(
                "POST",
                "/api/v1/certificates",
                ["userId": world.user(position, person), "skill": unmet == nil ? "audits" : "crane"]
            )
        },
    ]

    /// A movement of a part, on work that is approved, or begun for what is used.
    private static func moving(
        _ feature: String,
        _ permission: Permission,
        _ kind: String,
        after moves: [String] = []
    ) -> Probe {
        Probe(feature: feature, permission: permission, success: [201]) { world, person, position, _ in
            let isUse = kind == "used"
            let order = try await isUse ? world.startedOrder(position, person) : world.order(position, person)
            let movements = try await world.part(of: order, [isUse ? "used" : "planned": "1"], moved: moves)
            return try await person.api.send("POST", movements, ["kind": kind, "quantity": "1"])
        }
    }

    /// A template of work orders, for the site of the position.
    private static func template(_ world: World, _ position: Position, by api: API) async throws -> Answer {
        try await api.send(
            "POST",
            "/api/v1/workorders/templates",
            [
                "name": "Procedure \(UUID().uuidString)", "type": "inspection", "priority": "low",
                "siteId": world.site(position),
            ]
        )
    }

    private static func assigning(_ feature: String) -> Probe {
        Probe(feature: feature, permission: .workOrderAssign) { world, person, position, _ in
            let order = try await world.order(position, person)
            return try await person.api.send(
                "PATCH",
                "/api/v1/workorders/\(order)",
                ["assignedTo": world.others[.team] ?? ""]
            )
        }
    }

    // MARK: - Permits and incidents

    private static let safety: [Probe] = [
        Probe(feature: "SF03", permission: .checklistComplete) { world, person, position, _ in
            let permit = try await world.permit(position, person, isApproved: true)
            return try await person.api.send("PUT", "\(permit)/checklist/1", ["isChecked": true])
        },
        Probe(feature: "SF04", permission: .permitRequest, success: [201]) { world, person, position, _ in
            let order = try await world.order(position, person)
            return try await person.api.send("POST", "/api/v1/workorders/\(order)/permits", World.permit())
        },
        Probe(feature: "SF05", permission: .permitApprove, conditions: [.lotoOnly]) { world, person, position, unmet in
            let permit = try await world.permit(position, person, kind: unmet == nil ? "electrical_loto" : "hot_work")
            return try await person.api.send("POST", "\(permit)/transitions/approve")
        },
        Probe(feature: "SF06", permission: .incidentReport, positions: .ofPlaces, success: [201]) {
            world,
            person,
            position,
            _ in
            try await person.api.send("POST", "/api/v1/incidents", world.incident(position))
        },
        Probe(feature: "SF07", permission: .incidentRead, positions: .ofPlaces, conditions: [.minor]) {
            world,
            person,
            position,
            unmet in
            try await person.api.send("GET", try await world.incident(position, isMinor: unmet == nil))
        }.ofOwners,
        Probe(feature: "SF07", permission: .incidentInvestigate, positions: .ofPlaces, conditions: [.minor]) {
            world,
            person,
            position,
            unmet in
            let incident = try await world.incident(position, isMinor: unmet == nil)
            return try await person.api.send("POST", "\(incident)/transitions/investigate")
        },
    ]

    // MARK: - Assets

    private static let assets: [Probe] = [
        Probe(feature: "AS01", permission: .assetRead, positions: .ofAssets) { world, person, position, _ in
            try await person.api.send("GET", "/api/v1/assets/\(world.asset(position, person))")
        },
        Probe(feature: "AS02", permission: .assetCreate, positions: .ofPlaces, success: [201]) {
            world,
            person,
            position,
            _ in
            try await person.api.send(
                "POST",
                "/api/v1/assets",
                [
                    "siteId": world.site(position), "code": "N-\(UUID().uuidString)", "name": "New", "type": "inverter",
                ]
            )
        },
        Probe(
            feature: "AS03",
            permission: .assetUpdate,
            positions: .ofAssets,
            conditions: [.planningFields]
        ) { world, person, position, unmet in
            try await person.api.send(
                "PATCH",
                "/api/v1/assets/\(world.asset(position, person))",
                unmet == nil ? ["name": "Renamed"] : ["ratedPowerKW": 5]
            )
        },
        Probe(
            feature: "AS04",
            permission: .assetStatus,
            positions: .ofAssets,
            conditions: [.remoteStatus]
        ) { world, person, position, unmet in
            try await person.api.send(
                "PATCH",
                "/api/v1/assets/\(world.asset(position, person))",
                ["status": unmet == nil ? "degraded" : "maintenance"]
            )
        },
        Probe(feature: "AS05", permission: .assetDecommission, positions: .ofPlaces) { world, person, position, _ in
            let asset = try await world.newAsset(position)
            return try await person.api.send("PATCH", "/api/v1/assets/\(asset)", ["status": "decommissioned"])
        },
        Probe(feature: "AS06", permission: .assetRead, positions: .ofAssets) { world, person, position, _ in
            try await person.api.send("GET", "/api/v1/assets/\(world.asset(position, person))/hierarchy")
        },
        Probe(
            feature: "AS08",
            permission: .telemetryRead,
            positions: .ofPlaces,
            conditions: [.bessOnly]
        ) { world, person, position, unmet in
            let asset = (unmet == nil ? world.batteries : world.plain)[position == .elsewhere ? 1 : 0]
            return try await person.api.send(
                "GET",
                "/api/v1/assets/\(asset)/telemetry?tag=ac_power&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z"
            )
        },
        Probe(feature: "X01", permission: .siteRead, positions: [.own, .elsewhere]) { world, person, position, _ in
            try await person.api.send("GET", "/api/v1/sites/\(world.site(position))")
        },
        Probe(feature: "X02", permission: .siteCreate, positions: [.elsewhere], success: [201]) {
            _,
            person,
            _,
            _ in
            let site = ["code": "S-\(UUID().uuidString)", "name": "New", "timeZone": "Europe/Paris"]
            return try await person.api.send("POST", "/api/v1/sites", site)
        },
        Probe(
            feature: "X03",
            permission: .sensorRead,
            positions: .ofAssets,
            attempt: { world, person, position, _ in
                try await person.api.send("GET", "/api/v1/sensors?assetId=\(world.asset(position, person))")
            },
            shows: hasItems
        ),
        Probe(feature: "X04", permission: .sensorCreate, positions: .ofPlaces, success: [201]) {
            world,
            person,
            position,
            _ in
            let sensor = ["assetId": try await world.newAsset(position), "tag": "dc_power", "unit": "kW"]
            return try await person.api.send("POST", "/api/v1/sensors", sensor)
        },
        Probe(feature: "X05", permission: .assetDelete, positions: .ofPlaces, success: [204]) {
            world,
            person,
            position,
            _ in
            try await person.api.send("DELETE", "/api/v1/assets/\(try await world.newAsset(position))")
        },
        // Without a model there is no prediction, and the asset is found all the same.
        Probe(feature: "X12", permission: .predictionRead, positions: .ofPlaces, success: [200, 503], conditions: []) {
            world,
            person,
            position,
            _ in
            let asset = world.batteries[position == .elsewhere ? 1 : 0]
            return try await person.api.send("GET", "/api/v1/assets/\(asset)/prediction")
        },
    ]

    private static let hasItems: @Sendable (Answer) -> Bool = { ($0.body["items"] as? [Any])?.isEmpty == false }

    // MARK: - Alerts and messages

    private static let alerts: [Probe] = [
        list("X06", .alertRead, "alerts"), list("X08", .alertRuleRead, "alert-rules"),
        list("X10", .notificationRead, "notifications"), list("X13", .roleRead, "roles"),
        list("X16", .apiKeyRead, "api-keys"), list("X18", .legalHoldRead, "legal-holds"),
        list("X21", .webhookRead, "webhooks"), list("X22", .automationRead, "automation-rules"),
        list("X23", .requestLinkRead, "request-links"),
        // A test of a webhook that is not there; who may not, does not learn that.
        Probe(feature: "X21", permission: .webhookManage, positions: [.elsewhere], success: [404]) {
            _,
            person,
            _,
            _ in
            try await person.api.send("POST", "/api/v1/webhooks/\(UUID().uuidString)/test")
        },
        Probe(feature: "X22", permission: .automationManage, positions: [.elsewhere]) { _, person, _, _ in
            let rule: [String: Any] = [
                "name": "Rule", "when": "created", "actions": [["kind": "set_priority", "priority": "high"]],
            ]
            return try await person.api.send("POST", "/api/v1/automation-rules/dry-run", ["rule": rule])
        },
        Probe(feature: "X23", permission: .requestLinkManage, positions: .ofPlaces, success: [201]) {
            world,
            person,
            position,
            _ in
            try await person.api.send(
                "POST",
                "/api/v1/request-links",
                ["label": "Gate", "siteId": world.site(position)]
            )
        },
        // Nobody acknowledges an alert that is not there; who may not, does not learn that.
        Probe(feature: "X07", permission: .alertAcknowledge, positions: [.site], success: [404]) {
            _,
            person,
            _,
            _ in
            try await person.api.send("POST", "/api/v1/alerts/\(UUID().uuidString)/acknowledge")
        },
        Probe(feature: "X09", permission: .alertRuleCreate, positions: .ofPlaces, success: [201]) {
            world,
            person,
            position,
            _ in
            try await person.api.send(
                "POST",
                "/api/v1/alert-rules",
                [
                    "name": "Too hot \(UUID().uuidString)", "type": "TEMPERATURE_HIGH", "tag": "temperature",
                    "comparison": "above", "threshold": 60, "consecutive": 3, "severity": "warning",
                    "createsWorkOrder": false, "siteId": world.site(position),
                ]
            )
        },
        Probe(feature: "X11", permission: .syncUse, positions: [.own]) { _, person, _, _ in
            try await person.api.send(
                "POST",
                "/api/v1/sync/pull",
                ["entities": ["work_order"]]
            )
        },
    ]

    private static func list(_ feature: String, _ permission: Permission, _ path: String) -> Probe {
        Probe(feature: feature, permission: permission, positions: [.own]) { _, person, _, _ in
            try await person.api.send("GET", "/api/v1/\(path)")
        }
    }

    // MARK: - People and settings

    private static let people: [Probe] = [
        Probe(feature: "AD01", permission: .userRead, conditions: [.operators]) { world, person, position, unmet in
            // The control room sees its own people.
            let isOperator = person.role == "scada-operator" && position != .elsewhere
            let user =
                isOperator
                ? (unmet == nil ? world.operatorID : world.user(.site, person)) : world.user(position, person)
            return try await person.api.send("GET", "/api/v1/users/\(user)")
        },
        Probe(feature: "AD02", permission: .userCreate, positions: .ofPlaces, success: [201]) {
            world,
            person,
            position,
            _ in
            try await person.api.send(
                "POST",
                "/api/v1/users",
                [
                    "email": "\(UUID().uuidString)@fleet.example", "displayName": "New", "roles": [World.weakRole],
                    "siteIds": [world.site(position)],
                ]
            )
        },
        Probe(feature: "AD03", permission: .userUpdate) { world, person, position, _ in
            try await person.api.send(
                "PATCH",
                "/api/v1/users/\(world.user(position, person))",
                ["displayName": "Named \(person.role)"]
            )
        },
        Probe(feature: "AD04", permission: .roleAssign, positions: .ofPlaces) { world, person, position, _ in
            let user = try await world.newUser(position)
            return try await person.api.send(
                "PUT",
                "/api/v1/users/\(user)/roles",
                ["roles": ["field-technician-electrical"], "siteIds": [world.site(position)]]
            )
        },
        Probe(feature: "AD05", permission: .userDeactivate, positions: .ofPlaces) { world, person, position, _ in
            let user = try await world.newUser(position)
            return try await person.api.send("POST", "/api/v1/users/\(user)/deactivate")
        },
        Probe(
            feature: "AD07",
            permission: .auditRead,
            positions: [.site, .elsewhere],
            attempt: { world, person, position, _ in
                // What somebody of that place did: those of the matrix log in at the first site, the administrator belongs to none.
                let actor =
                    position == .site
                    ? world.people[0].id
                    : try await world.administrator.send("GET", "/api/v1/auth/me").body["id"] as? String ?? ""
                return try await person.api.send("GET", "/api/v1/audit?userId=\(actor)")
            },
            shows: hasItems
        ),
        Probe(
            feature: "AD07",
            permission: .auditExport,
            positions: [.site],
            attempt: { _, person, _, _ in
                try await person.api.send("GET", "/api/v1/audit/export?format=csv&service=assets&action=NONE")
            },
            leavesOut: true
        ),
        Probe(feature: "AD08", permission: .tenantUpdate, positions: [.elsewhere]) { _, person, _, _ in
            try await person.api.send("PATCH", "/api/v1/tenant", ["language": "en"])
        },
        Probe(feature: "X14", permission: .roleManage, positions: [.elsewhere], success: [201]) { _, person, _, _ in
            try await person.api.send(
                "POST",
                "/api/v1/roles",
                ["name": "role \(UUID().uuidString)", "grants": [Any]()]
            )
        },
        Probe(feature: "X15", permission: .roleDelegate, positions: .ofPlaces) { world, person, position, _ in
            let user = try await world.newUser(position, isActive: true)
            return try await person.api.send(
                "PUT",
                "/api/v1/users/\(user)/delegation",
                ["roles": [person.role], "until": (Date() + 3600).formatted(.iso8601)]
            )
        },
        Probe(feature: "X17", permission: .userErase, positions: .ofPlaces) { world, person, position, _ in
            let user = try await world.newUser(position)
            return try await person.api.send("POST", "/api/v1/users/\(user)/erase")
        },
        // A hold that stays would keep others from being erased: who may release one is told that there is none.
        Probe(feature: "X18", permission: .legalHoldManage, positions: [.elsewhere], success: [404]) {
            _,
            person,
            _,
            _ in
            try await person.api.send(
                "POST",
                "/api/v1/legal-holds/\(UUID().uuidString)/release",
                ["reason": "The case is closed"]
            )
        },
        Probe(feature: "X16", permission: .apiKeyManage, positions: [.elsewhere], success: [201]) {
            _,
            person,
            _,
            _ in
            try await person.api.send(
                "POST",
                "/api/v1/api-keys",
                ["name": UUID().uuidString, "roles": ["viewer"], "expiresAt": (Date() + 3600).formatted(.iso8601)]
            )
        },
    ]
}

extension [Position] {
    /// Nobody's team has assets.
    fileprivate static let ofAssets: [Position] = [.own, .site, .elsewhere]
    /// Places without regard to people.
    fileprivate static let ofPlaces: [Position] = [.site, .elsewhere]
}
