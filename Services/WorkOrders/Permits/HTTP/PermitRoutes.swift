import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/permits` and `/api/v1/isolations`: who may do which work where, and what is cut off from energy for it. None of it has a way for devices that
/// are offline: two people who do not see the same lock would each believe in another one.
struct PermitRoutes: Sendable {
    let store: PermitStore
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    private static let permit = "/permits/{id}"
    private static let isolation = "\(permit)/isolations/{isolation}"
    /// Who takes a lock off has just proved who they are.
    private static let stepUp = Duration.seconds(300)

    private var commands: CommandRunner {
        CommandRunner("work-orders", store.orders.database, now: now, refusal: PermitStore.lockRefusal)
    }

    func all() throws -> [Route] { try reading() + writing() + isolating() }

    private func reading() throws -> [Route] {
        try [
            Route(.get, "/permits", "List permits to work", .requires(.workOrderRead), use: board),
            Route(.get, Self.permit, "Read a permit to work", .requires(.workOrderRead), use: read),
            Route(
                .get,
                "/workorders/{id}/permits",
                "List the permits of a work order",
                .requires(.workOrderRead),
                use: list
            ),
            Route(.get, "/isolations", "List isolations from energy", .requires(.workOrderRead), use: isolations),
        ]
    }

    private func writing() throws -> [Route] {
        try [
            Route(
                .post,
                "/workorders/{id}/permits",
                "Prepare a permit to work",
                .requires(.permitRequest),
                .refuses([.conflict]),
                use: create
            ),
            Route(
                .patch,
                Self.permit,
                "Change a permit that is a draft",
                .requires(.permitRequest),
                .versioned,
                use: change
            ),
            Route(
                .post,
                "\(Self.permit)/transitions/{transition}",
                "Move a permit to another status",
                .requiresOne(of: PermitMove.permissions),
                .versioned,
                .words("transition", PermitMove.allCases.map(\.rawValue)),
                use: move
            ),
            Route(
                .put,
                "\(Self.permit)/checklist/{item}",
                "Check an item of a permit's checklist",
                .requires(.checklistComplete),
                .versioned,
                .number("item"),
                use: check
            ),
            Route(
                .post,
                "\(Self.permit)/extensions",
                "Ask for more time for a permit",
                .requires(.permitRequest),
                .versioned,
                use: extend
            ),
            Route(
                .post,
                "\(Self.permit)/extensions/decision",
                "Decide about more time for a permit",
                .requires(.permitApprove),
                .versioned,
                use: decide
            ),
        ]
    }

    private func isolating() throws -> [Route] {
        try [
            Route(
                .post,
                "\(Self.isolation)/lock",
                "Lock an isolation",
                .requires(.checklistComplete),
                .versioned,
                use: lock
            ),
            Route(
                .post,
                "\(Self.isolation)/verify",
                "Record that no energy was found behind an isolation",
                .requires(.checklistComplete),
                .versioned,
                use: verify
            ),
            Route(
                .post,
                "\(Self.isolation)/release",
                "Take the lock of an isolation off",
                .requiresOne(of: [.checklistComplete, .permitApprove]),
                .versioned,
                .stepUp(within: Self.stepUp, onlyPeople: true),
                use: release
            ),
        ]
    }

    // MARK: - Reading

    @Sendable func board(_ call: Call<Paged<PermitFilter>>) async throws -> Page<PermitResponse> {
        let page = call.input
        let found = try await store.list(
            page.filter,
            tenant: try call.principal.tenant,
            within: try call.reach,
            after: try page.position(as: PermitPosition.self),
            limit: page.limit
        )
        return try Page(found.map(PermitResponse.init), limit: page.limit) {
            PermitPosition(validUntil: $0.validUntil, id: $0.id)
        }
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> PermitResponse {
        PermitResponse(
            try await store.find(
                try call.id("id", of: "permit"),
                tenant: try call.principal.tenant,
                within: try call.reach
            )
        )
    }

    @Sendable func list(_ call: Call<NoInput>) async throws -> PermitList {
        let found = try await store.list(
            of: try call.id("id", of: "work order"),
            tenant: try call.principal.tenant,
            within: try call.reach
        )
        return PermitList(items: found.map(PermitResponse.init))
    }

    @Sendable func isolations(_ call: Call<Paged<IsolationFilter>>) async throws -> Page<PlacedIsolationResponse> {
        let page = call.input
        let found = try await store.isolations(
            page.filter,
            tenant: try call.principal.tenant,
            within: try call.reach,
            after: try page.position(as: IsolationID.self),
            limit: page.limit
        )
        return try Page(found.map(PlacedIsolationResponse.init), limit: page.limit) { $0.isolation.id }
    }

    // MARK: - Writing

    @Sendable func create(_ call: Call<CreatePermit>) async throws -> Created<PermitResponse> {
        let principal = try call.principal
        let id: WorkOrderID = try call.id("id", of: "work order")
        let reach = ChangeReach(
            change: principal.reach(of: .permitRequest).given { $0 == .request ? true : nil },
            see: principal.reach(of: .workOrderRead)
        )
        return try await withNewReplicas {
            try await commands.run(call) { act, tx in
                let order = try await store.orders.hold(id, within: reach, by: act, tx)
                let terms = PermitTerms(user: principal.user, now: act.time, order: order)
                let permit = try await store.create(call.input, terms, by: act, tx)
                return Created(PermitResponse(permit), at: "/api/v1/permits/\(permit.id)")
            }
        }
    }

    @Sendable func change(_ call: Call<ChangePermit>) async throws -> PermitResponse {
        let seen = try call.ifMatch
        return try await perform(call, .permitRequest, as: "PERMIT_UPDATED") {
            try $0.changed(call.input, seen: seen, $1)
        }
    }

    @Sendable func move(_ call: Call<MovePermit>) async throws -> PermitResponse {
        let seen = try call.ifMatch
        let move: PermitMove = try call.word("transition")
        return try await perform(
            call,
            move.permission,
            as: "PERMIT_STATUS_CHANGED",
            needing: move == .activate ? .conflicts : .nothing,
            isRequest: move != .cancel
        ) { try $0.moved(move, call.input, seen: seen, $1) }
    }

    @Sendable func check(_ call: Call<CheckItem>) async throws -> PermitResponse {
        let seen = try call.ifMatch
        let item = try call.number("item", of: "item of the checklist")
        return try await perform(call, .checklistComplete, as: "PERMIT_ITEM_CHECKED") {
            try $0.checked(item, call.input, seen: seen, $1)
        }
    }

    @Sendable func extend(_ call: Call<ExtendPermit>) async throws -> PermitResponse {
        let seen = try call.ifMatch
        return try await perform(call, .permitRequest, as: "PERMIT_EXTENSION_REQUESTED") {
            try $0.askingForMore(call.input, seen: seen, $1)
        }
    }

    @Sendable func decide(_ call: Call<DecideExtension>) async throws -> PermitResponse {
        let seen = try call.ifMatch
        return try await perform(call, .permitApprove, as: "PERMIT_EXTENSION_DECIDED") {
            try $0.decided(call.input, seen: seen, $1)
        }
    }

    @Sendable func lock(_ call: Call<LockIsolation>) async throws -> PermitResponse {
        let (seen, id) = (try call.ifMatch, try isolation(call))
        return try await perform(
            call,
            .checklistComplete,
            as: "ISOLATION_LOCKED",
            needing: call.input.photoId == nil ? .nothing : .images
        ) {
            try $0.locking(id, call.input, seen: seen, $1)
        }
    }

    @Sendable func verify(_ call: Call<VerifyIsolation>) async throws -> PermitResponse {
        let (seen, id) = (try call.ifMatch, try isolation(call))
        return try await perform(call, .checklistComplete, as: "ISOLATION_VERIFIED") {
            try $0.verifying(id, call.input, seen: seen, $1)
        }
    }

    @Sendable func release(_ call: Call<ReleaseIsolation>) async throws -> PermitResponse {
        let (seen, id) = (try call.ifMatch, try isolation(call))
        let principal = try call.principal
        return try await commands.run(call) { act, tx in
            let place = try await store.place(of: try call.id("id", of: "permit"), by: act, tx)
            let approving = principal.reach(of: .permitApprove).given {
                $0 == .lotoOnly ? place.kind.isOfIsolation : nil
            }
            let reach = ChangeReach(
                change: principal.reach(of: .checklistComplete).union(approving),
                see: principal.reach(of: .workOrderRead)
            )
            let (order, mayApprove) = try await store.hold(place, within: reach, approving: approving, by: act, tx)
            let terms = PermitTerms(user: principal.user, now: act.time, order: order)
            let permit = try await store.change(place, as: "ISOLATION_RELEASED", terms, by: act, tx) { permit, terms in
                try permit.releasing(id, call.input, mayApprove: mayApprove, seen: seen, terms)
            }
            return PermitResponse(permit)
        }
    }

    // MARK: - Steps

    private func isolation(_ call: Call<some Input>) throws -> IsolationID {
        try call.id("isolation", of: "isolation")
    }

    /// The steps of every change of a permit.
    ///
    /// - Parameters:
    ///   - isRequest: Whether it is only asking: then it is also for those who may only ask. Whoever has asked may also take that back.
    private func perform(
        _ call: Call<some Input>,
        _ permission: Permission,
        as action: String,
        needing further: PermitStore.Further = .nothing,
        isRequest: Bool = true,
        decide: @Sendable (Permit, PermitTerms) throws -> Permit?
    ) async throws -> PermitResponse {
        let principal = try call.principal
        try principal.require(permission)
        let id: PermitID = try call.id("id", of: "permit")
        return try await withNewReplicas {
            try await commands.run(call) { act, tx in
                let place = try await store.place(of: id, by: act, tx)
                let isOwn = place.createdBy == principal.user
                let reach = ChangeReach(
                    change: principal.reach(of: permission).given {
                        switch $0 {
                        case .request: isRequest || isOwn
                        case .lotoOnly: place.kind.isOfIsolation
                        default: nil
                        }
                    },
                    see: principal.reach(of: .workOrderRead)
                )
                let order = try await store.orders.hold(place.order, within: reach, by: act, tx)
                var terms = PermitTerms(user: principal.user, now: act.time, order: order)
                try await store.complete(&terms, with: further, of: place, tx)
                let permit = try await store.change(place, as: action, terms, by: act, tx, decide: decide)
                return PermitResponse(permit)
            }
        }
    }

    /// People and equipment may have been created a moment ago.
    private func withNewReplicas<Value>(_ change: () async throws -> Value) async throws -> Value {
        do {
            return try await change()
        } catch PermitRefusal.unknownWorker {
            try await replicas?.requireCaughtUp(with: .authUsers)
            return try await change()
        } catch PermitRefusal.unknownEquipment {
            try await replicas?.requireCaughtUp(with: .assetEvents)
            return try await change()
        }
    }
}

extension PermitMove {
    /// All of those that moves need.
    fileprivate static let permissions: [Permission] = [.permitRequest, .permitApprove, .checklistComplete]

    /// Who asks, who decides, and who is on the spot.
    var permission: Permission {
        switch self {
        case .submit, .withdraw, .cancel: .permitRequest
        case .approve, .reject, .resume: .permitApprove
        case .activate, .suspend, .close: .checklistComplete
        }
    }
}
