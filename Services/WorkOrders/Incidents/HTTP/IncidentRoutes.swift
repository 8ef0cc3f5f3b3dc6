import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/incidents`: what has happened or nearly happened, why, and what is done about it.
struct IncidentRoutes: Sendable {
    let store: IncidentStore
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    private static let incident = "/incidents/{id}"
    /// Who has reported something sees what becomes of it.
    private static let readers: [Permission] = [.incidentRead, .incidentInvestigate, .incidentReport]

    private var commands: CommandRunner { CommandRunner("work-orders", store.orders.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(
                .get,
                "/incidents",
                "List incidents and near misses",
                .requiresOne(of: Self.readers),
                .sensitive,
                use: list
            ),
            Route(
                .post,
                "/incidents",
                "Report an incident or a near miss",
                .requires(.incidentReport),
                .mayRequire(.workOrderRead),
                use: report
            ),
            Route(
                .get,
                Self.incident,
                "Read an incident",
                .requiresOne(of: Self.readers),
                .sensitive,
                use: read
            ),
            Route(
                .patch,
                Self.incident,
                "Write down what an investigation has found",
                .requires(.incidentInvestigate),
                .versioned,
                use: change
            ),
            Route(
                .post,
                "\(Self.incident)/transitions/{transition}",
                "Move an incident to another status",
                .requires(.incidentInvestigate),
                .versioned,
                .words("transition", IncidentMove.allCases.map(\.rawValue)),
                use: move
            ),
            Route(
                .post,
                "\(Self.incident)/actions",
                "Add a corrective action to an incident",
                .requires(.incidentInvestigate),
                .versioned,
                use: addAction
            ),
            Route(
                .patch,
                "\(Self.incident)/actions/{action}",
                "Change a corrective action, or say that it is done",
                .requires(.incidentInvestigate),
                .versioned,
                use: changeAction
            ),
        ]
    }

    @Sendable func list(_ call: Call<Paged<IncidentFilter>>) async throws -> Page<IncidentResponse> {
        let page = call.input
        let principal = try call.principal
        let found = try await store.list(
            page.filter,
            tenant: principal.tenant,
            within: principal.reachOfIncidents,
            orReportedBy: principal.user,
            after: try page.position(as: IncidentPosition.self),
            limit: page.limit
        )
        return try Page(found.map(IncidentResponse.init), limit: page.limit) {
            IncidentPosition(occurredAt: $0.occurredAt, id: $0.id)
        }
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> IncidentResponse {
        let principal = try call.principal
        return IncidentResponse(
            try await store.find(
                try call.id("id", of: "incident"),
                tenant: principal.tenant,
                within: principal.reachOfIncidents,
                orReportedBy: principal.user
            )
        )
    }

    @Sendable func report(_ call: Call<ReportIncident>) async throws -> Created<IncidentResponse> {
        let principal = try call.principal
        if call.input.workOrderId != nil { try principal.require(.workOrderRead) }
        let places = IncidentStore.Places(
            sites: principal.reach(of: .incidentReport).ofNew,
            orders: principal.reach(of: .workOrderRead)
        )
        return try await withNewReplicas {
            try await commands.run(call) { act, tx in
                let incident = try await store.report(call.input, within: places, by: principal.user, act, tx)
                return Created(IncidentResponse(incident), at: "/api/v1/incidents/\(incident.id)")
            }
        }
    }

    @Sendable func change(_ call: Call<ChangeIncident>) async throws -> IncidentResponse {
        let seen = try call.ifMatch
        return try await perform(call, as: "INCIDENT_UPDATED") { incident, _, now in
            try incident.changed(call.input, seen: seen, at: now)
        }
    }

    @Sendable func move(_ call: Call<MoveIncident>) async throws -> IncidentResponse {
        let seen = try call.ifMatch
        let move: IncidentMove = try call.word("transition")
        return try await perform(call, as: "INCIDENT_STATUS_CHANGED") { incident, user, now in
            try incident.moved(move, seen: call.input.version ?? seen, by: user, at: now)
        }
    }

    @Sendable func addAction(_ call: Call<AddCorrectiveAction>) async throws -> Created<IncidentResponse> {
        let seen = try call.ifMatch
        return try await perform(call, as: "INCIDENT_ACTION_ADDED") { incident, _, now in
            try incident.adding(call.input, as: .new(), seen: seen, at: now)
        }
    }

    @Sendable func changeAction(_ call: Call<ChangeCorrectiveAction>) async throws -> IncidentResponse {
        let seen = try call.ifMatch
        let action: CorrectiveActionID = try call.id("action", of: "corrective action")
        return try await perform(call, as: "INCIDENT_ACTION_CHANGED") { incident, user, now in
            try incident.changing(action, call.input, seen: seen, by: user, at: now)
        }
    }

    // MARK: - Steps

    /// The steps of every change of an incident.
    private func perform<Given: IncidentAnswer>(
        _ call: Call<some Input>,
        as action: String,
        decide: @Sendable (Incident, UserID, Date) throws -> Incident?
    ) async throws -> Given {
        let principal = try call.principal
        let id: IncidentID = try call.id("id", of: "incident")
        let reach = ChangeReach(change: principal.reach(of: .incidentInvestigate), see: principal.reachOfIncidents)
        return try await withNewReplicas {
            try await commands.run(call) { act, tx in
                let incident = try await store.change(id, within: reach, as: action, by: act, tx) {
                    try decide($0, principal.user, act.time)
                }
                return Given(incident)
            }
        }
    }

    /// Sites, assets and people may have been created a moment ago.
    private func withNewReplicas<Value>(_ change: () async throws -> Value) async throws -> Value {
        do {
            return try await change()
        } catch let refusal as IncidentRefusal {
            switch refusal {
            case .unknownSite, .unknownAsset: try await replicas?.requireCaughtUp(with: .assetEvents)
            case .unknownPerson, .unknownOwner: try await replicas?.requireCaughtUp(with: .authUsers)
            default: throw refusal
            }
            return try await change()
        }
    }
}

extension Principal {
    /// Where somebody sees incidents besides those that they have reported themselves.
    fileprivate var reachOfIncidents: Reach { reach(of: .incidentRead).union(reach(of: .incidentInvestigate)) }
}

/// What is answered to a change of an incident.
private protocol IncidentAnswer: Answer {
    init(_ incident: Incident)
}

extension IncidentResponse: IncidentAnswer {}

extension Created: IncidentAnswer where Body == IncidentResponse {
    fileprivate init(_ incident: Incident) { self.init(IncidentResponse(incident)) }
}
