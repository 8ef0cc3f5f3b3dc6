import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// Templates, their versions, and the work orders that are made from them.
@Suite struct TemplateTests {
    private static let path = "/api/v1/workorders/templates"
    private static var site: String { AssetReplica.inverter.site.description }

    private static func body(_ name: String = "Yearly service", _ further: [String: Any] = [:]) -> [String: Any] {
        let body: [String: Any] = [
            "name": name, "description": "As the maker says", "type": "preventive", "priority": "medium",
            "requiredSkills": ["high voltage"], "estimatedMinutes": 90,
            "tasks": [
                ["title": "Isolate", "isMandatory": true],
                ["title": "Measure", "after": [1], "check": ["kind": "number", "unit": "V", "maximum": "1000"]],
            ],
        ]
        return body.merging(further) { $1 }
    }

    private static func order(_ template: String, _ further: [String: Any] = [:]) -> [String: Any] {
        ["assetId": AssetReplica.inverter.id.description, "templateId": template].merging(further) { $1 }
    }

    @Test func aTemplateIsReadAsItWasWritten() async throws {
        try await withWorkOrders { client, _ in
            let created = try await client.send(.post, Self.path, Self.body())
            #expect(created.status == .created, "\(created.text)")
            let id = try #require(created["id"])
            #expect(created.headers[.location] == "\(Self.path)/\(id)" && created.headers[.eTag] == "\"1\"")
            #expect(
                (created["name"], created["type"], created.number("estimatedMinutes")) == (
                    "Yearly service", "preventive", 90
                )
            )
            #expect(created.tasks.map { $0["title"] as? String } == ["Isolate", "Measure"])
            #expect(created.tasks.map { $0["after"] as? [Int] } == [[], [1]])
            #expect(created.tasks.map { $0["opensFollowUp"] as? Bool } == [false, true])
            #expect(try await client.send(.get, "\(Self.path)/\(id)").text == created.text)
        }
    }

    @Test func everyPutMakesAVersionAndOldOnesStayReadable() async throws {
        try await withWorkOrders { client, database in
            let first = try await client.send(.post, Self.path, Self.body())
            let path = "\(Self.path)/\(try #require(first["id"]))"
            let second = try await client.send(
                .put,
                path,
                Self.body("Yearly service 2", ["tasks": [["title": "Look"]]])
            )
            #expect(second.status == .ok && second.number("version") == 2, "\(second.text)")
            #expect(try await client.send(.get, "\(path)/versions/1").text == first.text)
            #expect(try await client.send(.get, "\(path)/versions/2").text == second.text)
            #expect(try await client.send(.get, path).text == second.text)
            for version in ["3", "0", "-1", "x", "01"] {
                #expect(try await client.send(.get, "\(path)/versions/\(version)").status == .notFound)
            }
            // The same again is no version, and no line of the audit log.
            let lines = try await database.outbox(of: AuditRecorded.self).count
            let same = try await client.send(.put, path, Self.body("Yearly service 2", ["tasks": [["title": "Look"]]]))
            #expect(same.text == second.text)
            #expect(try await database.outbox(of: AuditRecorded.self).count == lines)
            // Somebody who has seen an older one is told.
            for (body, headers) in [(["version": 1], [:]), ([:], [.ifMatch: "\"1\""])] as [([String: Any], HTTPFields)]
            {
                let stale = try await client.send(.put, path, Self.body("x", body), headers: headers)
                #expect((stale.status, stale["code"]) == (.conflict, "stale_version"))
            }
        }
    }

    @Test func ofTwoWhoReplaceTheSameVersionOneWins() async throws {
        try await withWorkOrders { client, database in
            let id = try #require(try await client.send(.post, Self.path, Self.body())["id"])
            let answers = try await withThrowingTaskGroup(of: ServiceAnswer.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let body = Self.body("Service \(number)", ["version": 1])
                        return try await client.send(.put, "\(Self.path)/\(id)", body)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.status == .ok } == 1)
            #expect(answers.count { $0["code"] == "stale_version" } == 7)
            #expect(try await database.of(.sunfield).count("SELECT count(*) FROM work_template_versions") == 2)
        }
    }

    @Test func aNameIsUniqueAmongThoseInUse() async throws {
        try await withWorkOrders { client, _ in
            let first = try #require(try await client.send(.post, Self.path, Self.body())["id"])
            let taken = try await client.send(.post, Self.path, Self.body("YEARLY service"))
            #expect((taken.status, taken["code"]) == (.conflict, "template_name_taken"), "\(taken.text)")
            let other = try #require(try await client.send(.post, Self.path, Self.body("Other"))["id"])
            #expect(try await client.send(.put, "\(Self.path)/\(other)", Self.body()).status == .conflict)
            #expect(try await client.send(.get, "\(Self.path)/\(other)")["name"] == "Other")
            // Archived, it does not count. Then it can't come back while another has its name.
            let archived = try await client.send(.post, "\(Self.path)/\(first)/archive")
            #expect(archived.status == .ok && archived.object["isArchived"] as? Bool == true, "\(archived.text)")
            let next = try await client.send(.post, Self.path, Self.body())
            #expect(next.status == .created)
            let restore = "\(Self.path)/\(first)/restore"
            #expect(try await client.send(.post, restore)["code"] == "template_name_taken")
            _ = try await client.send(.post, "\(Self.path)/\(try #require(next["id"]))/archive")
            #expect(try await client.send(.post, restore).object["isArchived"] as? Bool == false)
            // Another tenant has names of its own.
            let foreign = try await client.acting(as: .bo, of: .windward)
            #expect(try await foreign.send(.post, Self.path, Self.body()).status == .created)
            // Simultaneously, one gets it.
            let answers = try await withThrowingTaskGroup(of: ServiceAnswer.self) { group in
                for _ in 0..<6 { group.addTask { try await client.send(.post, Self.path, Self.body("At once")) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.status == .created } == 1)
            #expect(answers.count { $0["code"] == "template_name_taken" } == 5)
        }
    }

    @Test func theListIsPagedByNameAndSearched() async throws {
        try await withWorkOrders { client, _ in
            for name in ["b inverter", "A turbine", "a inverter", "Ärger", "c"] {
                _ = try await client.send(.post, Self.path, Self.body(name))
            }
            let archived = try #require(try await client.send(.post, Self.path, Self.body("Old inverter"))["id"])
            _ = try await client.send(.post, "\(Self.path)/\(archived)/archive")
            let all = try await client.all(Self.path, limit: 2)
            #expect(
                Set(all.compactMap { $0["name"] as? String }) == [
                    "A turbine", "a inverter", "b inverter", "c", "Ärger",
                ]
            )
            let once = try await client.all(Self.path, limit: 200)
            #expect(all.count == 5 && all.map { $0["name"] as? String } == once.map { $0["name"] as? String })
            #expect(all.allSatisfy { $0["taskCount"] as? Int == 2 && $0["tasks"] == nil })
            let found = try await client.all("\(Self.path)?q=INVERTER", limit: 1)
            #expect(found.map { $0["name"] as? String } == ["a inverter", "b inverter"])
            let old = try await client.all("\(Self.path)?isArchived=true", limit: 5)
            #expect(old.map { $0["id"] as? String } == [archived])
        }
    }

    @Test func theListUsesAnIndex() async throws {
        try await withDatabase(.all) { database in
            let page = TemplateStore.page(TemplateFilter(), tenant: .sunfield, within: .tenant, after: nil, limit: 50)
            let plan = try await database.owner.plan(page)
            #expect(plan.contains("work_templates_by_name") && plan.contains("work_template_versions_pkey"), "\(plan)")
        }
    }

    // MARK: - Work orders

    @Test func aWorkOrderIsMadeFromATemplateAndStaysAsItIs() async throws {
        try await withWorkOrders { client, database in
            let id = try #require(try await client.send(.post, Self.path, Self.body())["id"])
            let start = ["scheduledStart": "2026-06-01T12:00:00.000Z"]
            let made = try await client.send(.post, "/api/v1/workorders", Self.order(id, start))
            #expect(made.status == .created, "\(made.text)")
            #expect((made["title"], made["description"]) == ("Yearly service", "As the maker says"))
            #expect((made["type"], made["priority"]) == ("preventive", "medium"))
            #expect(made.object["requiredSkills"] as? [String] == ["high voltage"])
            #expect((made["templateId"], made.number("templateVersion")) == (id, 1))
            #expect(made["scheduledEnd"] == "2026-06-01T13:30:00.000Z")
            #expect(made.tasks.map { $0["title"] as? String } == ["Isolate", "Measure"])
            #expect(made.step(1)["dependsOn"] as? [String?] == [made.step(0)["id"] as? String])
            let state = try #require(try await database.outbox(of: WorkOrderState.self).last)
            #expect((state.template?.description, state.templateVersion) == (id, 1))
            // The template changes, and is archived; the work order does not.
            _ = try await client.send(.put, "\(Self.path)/\(id)", Self.body("Other", ["tasks": [["title": "Look"]]]))
            _ = try await client.send(.post, "\(Self.path)/\(id)/archive")
            let path = "/api/v1/workorders/\(try #require(made["id"]))"
            #expect(try await client.send(.get, path).text == made.text)
            // And the other way round.
            let task = try #require(made.step(1)["id"] as? String)
            _ = try await client.send(.patch, "\(path)/tasks/\(task)", ["title": "Measure twice"])
            let version = try await client.send(.get, "\(Self.path)/\(id)/versions/1")
            #expect(version.step(1)["title"] as? String == "Measure")
        }
    }

    @Test func whatIsGivenWinsOverTheTemplate() async throws {
        try await withWorkOrders { client, _ in
            let id = try #require(try await client.send(.post, Self.path, Self.body())["id"])
            let given: [String: Any] = [
                "title": "Service of INV-2", "description": "Quickly", "type": "inspection", "priority": "high",
                "requiredSkills": [String](), "tasks": [["title": "Look"]],
                "scheduledStart": "2026-06-01T12:00:00.000Z", "scheduledEnd": "2026-06-01T12:10:00.000Z",
            ]
            let made = try await client.send(.post, "/api/v1/workorders", Self.order(id, given))
            #expect((made["title"], made["description"]) == ("Service of INV-2", "Quickly"), "\(made.text)")
            #expect((made["type"], made["priority"]) == ("inspection", "high"))
            #expect(made.object["requiredSkills"] as? [String] == [])
            #expect(made["scheduledEnd"] == "2026-06-01T12:10:00.000Z")
            #expect(made.tasks.map { $0["title"] as? String } == ["Look"])
        }
    }

    @Test func withoutATemplateTheFieldsAreRequired() async throws {
        try await withWorkOrders { client, _ in
            let asset = ["assetId": AssetReplica.inverter.id.description]
            let refused = try await client.send(.post, "/api/v1/workorders", asset)
            #expect((refused.status, refused.wrongFields) == (.badRequest, ["title", "type", "priority"]))
        }
    }

    @Test func aTemplateThatCanNotBeUsedIsRefused() async throws {
        try await withWorkOrders { client, database in
            let archived = try #require(try await client.send(.post, Self.path, Self.body())["id"])
            _ = try await client.send(.post, "\(Self.path)/\(archived)/archive")
            try await database.of(.sunfield).execute(
                """
                INSERT INTO assets (id, tenant_id, site_id, code, status, version)
                VALUES (\(AssetID.sample(21)), \(TenantID.sunfield), \(SiteID.sample(31)), 'X-1', 'operational', 1)
                """
            )
            let other = Self.body("Elsewhere", ["siteId": SiteID.sample(31).description])
            let elsewhere = try #require(try await client.send(.post, Self.path, other)["id"])
            for (id, code) in [
                (archived, "template_not_in_use"), (elsewhere, "template_of_another_site"),
                (WorkTemplateID.new().description, "unknown_template"),
            ] {
                let answer = try await client.send(.post, "/api/v1/workorders", Self.order(id))
                #expect((answer.status, answer["code"]) == (.badRequest, code), "\(answer.text)")
                #expect(answer.wrongFields == ["templateId"])
            }
            client.authority.grant("creator", [Grant(.workOrderCreate)])
            let creator = try await client.acting(as: .anna, of: .sunfield, roles: ["creator"])
            let answer = try await creator.send(.post, "/api/v1/workorders", Self.order(elsewhere))
            #expect((answer.status, answer["permission"]) == (.forbidden, "procedure:read"), "\(answer.text)")
            let changed = try await client.send(.put, "\(Self.path)/\(archived)", Self.body("x"))
            #expect((changed.status, changed["code"]) == (.conflict, "template_archived"))
        }
    }

    @Test func aTemplateIsMadeFromAWorkOrder() async throws {
        try await withWorkOrders { client, _ in
            let check: [String: Any] = ["kind": "yes_no", "passes": true]
            let tasks: [[String: Any]] = [
                ["title": "a"], ["title": "b", "after": [1], "check": check, "opensFollowUp": false],
            ]
            let plan = ["scheduledStart": "2026-06-01T12:00:00.000Z", "scheduledEnd": "2026-06-01T12:45:00.000Z"]
            let order = try await client.order(tasks, plan.merging(["description": "Slowly"]) { $1 })
            _ = try await client.send(
                .patch,
                "\(order.path)/tasks/\(order.task(0))",
                ["status": "completed", "notes": "x"]
            )
            let made = try await client.send(.post, Self.path, ["fromWorkOrder": order.id, "priority": "low"])
            #expect(made.status == .created, "\(made.text)")
            #expect((made["name"], made["description"], made["type"]) == ("Yearly service", "Slowly", "preventive"))
            #expect((made["priority"], made.number("estimatedMinutes")) == ("low", 45))
            // What is asked for, not what was done.
            #expect(made.tasks.map { $0["after"] as? [Int] } == [[], [1]] && made.step(0)["notes"] == nil)
            #expect(made.step(1)["opensFollowUp"] as? Bool == false && made.step(1)["check"] != nil)
            let unknown = try await client.send(.post, Self.path, ["fromWorkOrder": WorkOrderID.new().description])
            #expect((unknown.status, unknown["code"]) == (.badRequest, "unknown_work_order"))
            let nothing = try await client.send(.post, Self.path, [:])
            #expect(nothing.wrongFields == ["name", "type", "priority"])
        }
    }

    // MARK: - Scope

    @Test func aTemplateOfASiteIsForItsPeopleAndOneOfAllSitesForAll() async throws {
        try await withWorkOrders { client, database in
            try await database.of(.sunfield).execute(
                """
                INSERT INTO assets (id, tenant_id, site_id, code, status, version)
                VALUES (\(AssetID.sample(21)), \(TenantID.sunfield), \(SiteID.sample(31)), 'X-1', 'operational', 1)
                """
            )
            func template(_ name: String, _ site: String?) async throws -> String {
                let answer = try await client.send(
                    .post,
                    Self.path,
                    Self.body(name, site.map { ["siteId": $0] } ?? [:])
                )
                return try #require(answer["id"], "\(answer.text)")
            }
            let ofAll = try await template("All", nil)
            let own = try await template("Own", Self.site)
            let other = try await template("Other", SiteID.sample(31).description)
            client.authority.grant(
                "local",
                [Grant(.procedureRead, .sites), Grant(.procedureManage, .sites), Grant(.workOrderCreate, .sites)]
            )
            client.authority.place(.bo, of: .sunfield, Membership(sites: [AssetReplica.inverter.site]))
            let local = try await client.acting(as: .bo, of: .sunfield, roles: ["local"])
            let listed = try await local.all(Self.path, limit: 1)
            #expect(listed.map { $0["name"] as? String } == ["All", "Own"])
            #expect(try await local.send(.get, "\(Self.path)/\(other)").status == .notFound)
            #expect(try await local.send(.get, "\(Self.path)/\(other)/versions/1").status == .notFound)
            #expect(try await local.send(.put, "\(Self.path)/\(own)", Self.body("Own 2")).status == .ok)
            let wide = try await local.send(.put, "\(Self.path)/\(ofAll)", Self.body("All 2"))
            #expect((wide.status, wide["code"]) == (.forbidden, "permission_too_narrow"))
            for move in ["archive", "restore"] {
                #expect(try await local.send(.post, "\(Self.path)/\(ofAll)/\(move)").status == .forbidden)
                #expect(try await local.send(.post, "\(Self.path)/\(other)/\(move)").status == .notFound)
            }
            #expect(try await local.send(.post, Self.path, Self.body("x")).status == .forbidden)
            let there = try await local.send(
                .post,
                Self.path,
                Self.body("x", ["siteId": SiteID.sample(31).description])
            )
            #expect((there.status, there["code"]) == (.badRequest, "unknown_site"), "\(there.text)")
            #expect(try await local.send(.post, Self.path, Self.body("x", ["siteId": Self.site])).status == .created)
            #expect(try await local.send(.post, "/api/v1/workorders", Self.order(ofAll)).status == .created)
            #expect(try await local.send(.post, "/api/v1/workorders", Self.order(other))["code"] == "unknown_template")
        }
    }

    // MARK: - Limits

    @Test func theTextsOfATemplatesTasksAreLimitedTogether() async throws {
        let description = String(repeating: "😀", count: 2000)
        var fields = TemplateFields(
            name: "n",
            type: .preventive,
            priority: .low,
            tasks: (0..<47).map { _ in NewTask(title: "Task", description: description) }
        )
        let template = try WorkTemplate.created(fields.content, id: .new(), at: nil, by: .anna, at: .noon)
        #expect(template.tasks.count == 47)
        fields.tasks?.append(NewTask(title: "Task", description: description))
        #expect(throws: TemplateRefusal.tooLarge) {
            try WorkTemplate.created(fields.content, id: .new(), at: nil, by: .anna, at: .noon)
        }
        // Two of the largest ones fit into one line of the audit log.
        var (one, other) = (template, template)
        let text = String(repeating: "😀", count: WorkOrder.maximumDescription)
        (one.description, other.description) = (text, text + ".")
        let task = PlannedTask(
            NewTask(title: "t", after: Array(1...20), check: NewCheck(kind: .number), opensFollowUp: false)
        )
        one.tasks += Array(repeating: task, count: 53)
        other.tasks = one.tasks.reversed()
        let (before, after) = (one, other)
        try await withDatabase(.all) { database in
            try await database.of(.sunfield).transaction { tx in
                let store = TemplateStore(database: database)
                try store.create(before, by: .ofAnna("work-orders"), tx)
                _ = try await store.replace(
                    before.id,
                    within: .tenant,
                    seen: nil,
                    by: .ofAnna("work-orders"),
                    tx
                ) { _ in
                    var next = after
                    next.version = 2
                    return next
                }
            }
            let changes = try #require(try await database.outbox(of: AuditRecorded.self).last?.changes)
            #expect(changes.utf8.count > 2 * 47 * 8000)
        }
    }

    @Test func aTemplateHasSoManyVersions() throws {
        let fields = TemplateFields(name: "n", type: .preventive, priority: .low)
        var template = try WorkTemplate.created(fields.content, id: .new(), at: nil, by: .anna, at: .noon)
        template.version = WorkTemplate.maximumVersions
        var other = fields
        other.name = "m"
        #expect(throws: TemplateRefusal.tooManyVersions) {
            try template.replaced(by: other.content, by: .anna, at: .noon)
        }
    }
}
