import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/request-links`: where people without an account can ask for work.
struct RequestLinkRoutes: Sendable {
    let store: RequestLinkStore
    let orders: WorkOrderStore
    let budgets: BudgetStore
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("work-orders", store.database, now: now) }

    func all() throws -> [Route] {
        let link = "/request-links/{link}"
        return try [
            Route(.get, "/request-links", "List links for requests", .requires(.requestLinkRead), use: list),
            Route(
                .post,
                "/request-links",
                "Make a link for requests, whose token is in this answer only",
                .requires(.requestLinkManage),
                .givesSecret,
                .refuses([.conflict]),
                use: create
            ),
            Route(.get, link, "Read a link for requests", .requires(.requestLinkRead), use: read),
            Route(.patch, link, "Change a link for requests", .requires(.requestLinkManage), .versioned, use: change),
            Route(
                .post,
                "\(link)/token",
                "Give a link a new token, which is in this answer only",
                .requires(.requestLinkManage),
                .givesSecret,
                use: replace
            ),
        ]
    }

    @Sendable func list(_ call: Call<Paged<NoFilter>>) async throws -> Page<RequestLinkResponse> {
        let page = call.input
        let found = try await store.list(
            try call.principal.tenant,
            within: try call.reach,
            after: try page.position(as: RequestPosition<RequestLinkKind>.self),
            limit: page.limit
        )
        return try Page(found.map(RequestLinkResponse.init), limit: page.limit) {
            RequestPosition<RequestLinkKind>(createdAt: $0.createdAt, id: $0.id)
        }
    }

    @Sendable func create(_ call: Call<CreateRequestLink>) async throws -> Created<NewRequestLinkResponse> {
        let principal = try call.principal
        let site = try await site(of: call.input, principal)
        let token = RequestToken.random()
        return try await commands.run(call) { act, tx in
            let link = try RequestLink.created(
                call.input,
                id: .new(),
                of: principal.tenant,
                at: site,
                by: principal.user,
                at: act.time
            )
            try await store.create(link, token, by: act, tx)
            return Created(
                NewRequestLinkResponse(link: RequestLinkResponse(link), token: token),
                at: "/api/v1/request-links/\(link.id)"
            )
        }
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> RequestLinkResponse {
        RequestLinkResponse(try await store.find(try id(call), try call.principal.tenant, within: try call.reach))
    }

    @Sendable func change(_ call: Call<ChangeRequestLink>) async throws -> RequestLinkResponse {
        let (id, seen, reach) = (try id(call), try call.ifMatch, try reach(call))
        return try await commands.run(call) { act, tx in
            RequestLinkResponse(
                try await store.change(id, within: reach, by: act, tx) {
                    try $0.changed(call.input, seen: seen, at: act.time)
                }
            )
        }
    }

    @Sendable func replace(_ call: Call<NoInput>) async throws -> NewRequestLinkResponse {
        let (id, reach) = (try id(call), try reach(call))
        let token = RequestToken.random()
        return try await commands.run(call) { act, tx in
            let link = try await store.replace(id, by: token, within: reach, by: act, tx)
            return NewRequestLinkResponse(link: RequestLinkResponse(link), token: token)
        }
    }

    // MARK: - Steps

    private func id(_ call: Call<some Input>) throws -> RequestLinkID { try call.id("link", of: "link") }

    private func reach(_ call: Call<some Input>) throws -> ChangeReach {
        try call.principal.authority.reach(toChangeBy: [.requestLinkManage], seenBy: .requestLinkRead)
    }

    /// The place must be one where the caller may make links. It may have been created a moment ago.
    private func site(of new: CreateRequestLink, _ principal: Principal) async throws -> SiteID {
        let reach = principal.authority.reach(of: .requestLinkManage)
        if let site = try await known(new, principal.tenant, within: reach) { return site }
        try await replicas?.requireCaughtUp(with: .assetEvents)
        if let site = try await known(new, principal.tenant, within: reach) { return site }
        if let asset = new.assetId { throw Refusal.unknownAsset(asset) }
        throw RequestRefusal.unknownSite
    }

    private func known(_ new: CreateRequestLink, _ tenant: TenantID, within reach: Reach) async throws -> SiteID? {
        if let asset = new.assetId { return try await orders.asset(asset, tenant: tenant, within: reach)?.site }
        guard let site = new.siteId, try await budgets.isSite(site, tenant: tenant, within: reach) else { return nil }
        return site
    }
}
