import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ObjectStore
import Responses
import ServiceKit

/// `/api/v1/requests`: what people without an account have asked for, for those who decide.
struct RequestRoutes: Sendable {
    let store: RequestStore
    let files: AttachmentFiles
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("work-orders", store.orders.database, now: now) }

    func all() throws -> [Route] {
        let request = "/requests/{request}"
        return try [
            Route(
                .get,
                "/requests",
                "List requests, the newest first",
                .requires(.requestLinkRead),
                .sensitive,
                use: list
            ),
            Route(.get, request, "Read a request", .requires(.requestLinkRead), .sensitive, use: read),
            Route(.get, "\(request)/photos", "List the photos of a request", .requires(.requestLinkRead), use: photos),
            Route(
                .get,
                "\(request)/photos/{photo}/content",
                "Download a photo of a request",
                .requires(.requestLinkRead),
                .refuses([.conflict]),
                use: content
            ),
            Route(
                .get,
                "\(request)/photos/{photo}/thumbnail",
                "Read a thumbnail of a photo of a request",
                .requires(.requestLinkRead),
                .refuses([.conflict]),
                use: thumbnail
            ),
            Route(
                .post,
                "\(request)/conversion",
                "Make a work order of a request",
                .requires(.requestLinkManage),
                .mayRequire(.workOrderCreate),
                .refuses([.conflict]),
                use: convert
            ),
            Route(
                .post,
                "\(request)/decline",
                "Decline a request",
                .requires(.requestLinkManage),
                .refuses([.conflict]),
                use: decline
            ),
        ]
    }

    @Sendable func list(_ call: Call<Paged<ServiceRequestFilter>>) async throws -> Page<ServiceRequestResponse> {
        let page = call.input
        let found = try await store.list(
            page.filter,
            try call.principal.tenant,
            within: try call.reach,
            after: try page.position(as: RequestPosition<ServiceRequestKind>.self),
            limit: page.limit
        )
        return try Page(found.map(ServiceRequestResponse.init), limit: page.limit) {
            RequestPosition<ServiceRequestKind>(createdAt: $0.createdAt, id: $0.id)
        }
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> ServiceRequestResponse {
        ServiceRequestResponse(try await find(call))
    }

    @Sendable func photos(_ call: Call<NoInput>) async throws -> AttachmentList {
        AttachmentList(items: try await store.photos(of: try await find(call)).map { AttachmentResponse($0) })
    }

    @Sendable func content(_ call: Call<NoInput>) async throws -> AttachmentContent {
        let photo = try await store.photo(try call.id("photo", of: "photo"), of: try await find(call))
        let type = try photo.requireAvailable()
        let object = try await files.content(of: photo, range: nil)
        return AttachmentContent(photo, type, object)
    }

    @Sendable func thumbnail(_ call: Call<ThumbnailFilter>) async throws -> AttachmentContent {
        let photo = try await store.photo(try call.id("photo", of: "photo"), of: try await find(call))
        _ = try photo.requireAvailable()
        let size = call.input.size ?? .small
        return AttachmentContent(size, of: photo, try await files.thumbnail(size, of: photo))
    }

    /// The work order has the request's id, so that there can't be a second one; and its photos have had it from the beginning.
    @Sendable func convert(_ call: Call<ConvertRequest>) async throws -> Created<WorkOrderResponse> {
        let principal = try call.principal
        try principal.require(.workOrderCreate)
        let (id, reach) = (try id(call), try reach(call))
        let request = try await find(call)
        guard let assetID = request.asset ?? call.input.assetId else { throw RequestRefusal.assetMissing }
        let creatable = try principal.authority.reach(of: [.workOrderCreate]) { _ in false }.ofNew
        let asset = try await known(assetID, principal.tenant, within: creatable)
        guard asset.site == request.site else { throw RequestRefusal.assetElsewhere }
        return try await commands.run(call) { act, tx in
            var made: WorkOrder?
            _ = try await store.decide(id, within: reach, by: act, tx) { request in
                let converted = try request.converted(by: principal.user, at: act.time)
                made = try await store.orders.create(on: asset.id, by: act, tx) { number, _ in
                    try WorkOrder.drafted(
                        request.order(call.input, on: asset.id),
                        id: request.orderID,
                        number: number,
                        on: asset,
                        by: principal.user,
                        at: act.time
                    )
                }
                return converted
            }
            guard let made else { throw RequestRefusal.unknownRequest }
            return Created(WorkOrderResponse(WorkOrderState(made)), at: "/api/v1/workorders/\(made.id)")
        }
    }

    @Sendable func decline(_ call: Call<DeclineRequest>) async throws -> ServiceRequestResponse {
        let (id, reach, user) = (try id(call), try reach(call), try call.principal.user)
        return try await commands.run(call) { act, tx in
            ServiceRequestResponse(
                try await store.decide(id, within: reach, by: act, tx) {
                    try $0.declined(because: call.input.reason, by: user, at: act.time)
                }
            )
        }
    }

    // MARK: - Steps

    private func id(_ call: Call<some Input>) throws -> ServiceRequestID { try call.id("request", of: "request") }

    private func find(_ call: Call<some Input>) async throws -> ServiceRequest {
        let reach = try call.principal.authority.reach(of: .requestLinkRead)
        return try await store.find(try id(call), try call.principal.tenant, within: reach)
    }

    private func reach(_ call: Call<some Input>) throws -> ChangeReach {
        try call.principal.authority.reach(toChangeBy: [.requestLinkManage], seenBy: .requestLinkRead)
    }

    private func known(_ id: AssetID, _ tenant: TenantID, within reach: Reach) async throws -> AssetReplica {
        if let asset = try await store.orders.asset(id, tenant: tenant, within: reach) { return asset }
        try await replicas?.requireCaughtUp(with: .assetEvents)
        guard let asset = try await store.orders.asset(id, tenant: tenant, within: reach) else {
            throw Refusal.unknownAsset(id)
        }
        return asset
    }
}
