import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/workorders/templates`
struct TemplateRoutes: Sendable {
    let store: TemplateStore
    let orders: WorkOrderStore
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    private static let path = "/workorders/templates"

    private var commands: CommandRunner {
        CommandRunner("work-orders", store.database, now: now, refusal: TemplateStore.refusal)
    }

    func all() throws -> [Route] {
        try [
            Route(
                .post,
                Self.path,
                "Create a template of work orders",
                .requires(.procedureManage),
                .mayRequire(.workOrderRead),
                .refuses([.conflict]),
                use: create
            ),
            Route(.get, Self.path, "List templates of work orders", .requires(.procedureRead), use: list),
            Route(.get, "\(Self.path)/{id}", "Read a template of work orders", .requires(.procedureRead), use: read),
            Route(
                .get,
                "\(Self.path)/{id}/versions/{version}",
                "Read a version of a template of work orders",
                .requires(.procedureRead),
                .number("version"),
                use: readVersion
            ),
            Route(
                .put,
                "\(Self.path)/{id}",
                "Write the next version of a template of work orders",
                .requires(.procedureManage),
                .versioned,
                use: replace
            ),
            Route(
                .post,
                "\(Self.path)/{id}/archive",
                "Archive a template of work orders",
                .requires(.procedureManage),
                .versioned,
                use: archive
            ),
            Route(
                .post,
                "\(Self.path)/{id}/restore",
                "Take an archived template of work orders back into use",
                .requires(.procedureManage),
                .versioned,
                use: restore
            ),
        ]
    }

    @Sendable func create(_ call: Call<CreateTemplate>) async throws -> Created<WorkTemplate> {
        let principal = try call.principal
        let site = call.input.siteId
        if let site {
            try await requireSite(site, principal.tenant, within: try call.reach.ofNew)
        } else {
            try principal.authority.requireTenantWide(.procedureManage)
        }
        let content = try call.input.content(of: try await order(call.input.fromWorkOrder, principal))
        return try await commands.run(call) { act, tx in
            let template = try WorkTemplate.created(
                content,
                id: .new(),
                at: site,
                by: principal.user,
                at: act.time
            )
            try store.create(template, by: act, tx)
            return Created(template, at: "/api/v1\(Self.path)/\(template.id)")
        }
    }

    @Sendable func list(_ call: Call<Paged<TemplateFilter>>) async throws -> Page<WorkTemplateSummary> {
        let page = call.input
        let found = try await store.list(
            page.filter,
            tenant: try call.principal.tenant,
            within: try call.reach,
            after: try page.position(as: WorkTemplatePosition.self),
            limit: page.limit
        )
        return try Page(found, limit: page.limit) { WorkTemplatePosition(name: $0.name, id: $0.id) }
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> WorkTemplate {
        try await store.find(try id(call), tenant: try call.principal.tenant, within: try call.reach)
    }

    @Sendable func readVersion(_ call: Call<NoInput>) async throws -> WorkTemplate {
        try await store.find(
            try id(call),
            version: try call.number("version", of: "version"),
            tenant: try call.principal.tenant,
            within: try call.reach
        )
    }

    @Sendable func replace(_ call: Call<ReplaceTemplate>) async throws -> WorkTemplate {
        let principal = try call.principal
        let (id, seen) = (try id(call), try call.ifMatch ?? call.input.version)
        return try await commands.run(call) { act, tx in
            try await store.replace(id, within: reach(principal), seen: seen, by: act, tx) { template in
                try template.replaced(by: call.input.fields.content, by: principal.user, at: act.time)
            }
        }
    }

    @Sendable func archive(_ call: Call<NoInput>) async throws -> WorkTemplate { try await set(true, call) }

    @Sendable func restore(_ call: Call<NoInput>) async throws -> WorkTemplate { try await set(false, call) }

    // MARK: - Steps

    private func set(_ isArchived: Bool, _ call: Call<NoInput>) async throws -> WorkTemplate {
        let (id, seen, reach) = (try id(call), try call.ifMatch, reach(try call.principal))
        return try await commands.run(call) { act, tx in
            try await store.archive(id, isArchived, within: reach, seen: seen, by: act, tx)
        }
    }

    private func id(_ call: Call<some Input>) throws -> WorkTemplateID { try call.id("id", of: "template") }

    private func reach(_ principal: Principal) -> ChangeReach {
        principal.authority.reach(toChangeBy: [.procedureManage], seenBy: .procedureRead)
    }

    /// The work order that a template is made from, which its maker must be able to read.
    private func order(_ id: WorkOrderID?, _ principal: Principal) async throws -> WorkOrder? {
        guard let id else { return nil }
        try principal.require(.workOrderRead)
        do {
            let reach = principal.authority.reach(of: .workOrderRead)
            return try await orders.find(id, tenant: principal.tenant, within: reach)
        } catch Refusal.unknown {
            throw TemplateRefusal.unknownOrder
        }
    }

    private func requireSite(_ site: SiteID, _ tenant: TenantID, within reach: Reach) async throws {
        if try await store.isSite(site, tenant: tenant, within: reach) { return }
        try await replicas?.requireCaughtUp(with: .assetEvents)
        guard try await store.isSite(site, tenant: tenant, within: reach) else { throw TemplateRefusal.unknownSite }
    }
}

extension WorkTemplate: Answer, Versioned {}
