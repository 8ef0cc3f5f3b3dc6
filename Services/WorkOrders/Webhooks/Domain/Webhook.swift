import Commands
import EventSchema
import Foundation
import Identifiers

enum WebhookKind {}
/// Names a webhook.
typealias WebhookID = Identifier<WebhookKind>

/// An address of a tenant's to which facts are posted. Its secret is kept apart, sealed: see ``WebhookStore``.
struct Webhook: Codable, Hashable, Sendable {
    /// Why it was switched off by the service itself.
    enum Disabled: String, Codable, CaseIterable, Sendable {
        /// Nothing has arrived there for days.
        case failing
        /// The receiver has answered that it is gone for good.
        case gone
    }

    let id: WebhookID
    let tenant: TenantID
    var name: String
    var url: String
    /// The facts that it is told.
    var events: [WebhookEvent]
    var isActive: Bool
    var disabledBecause: Disabled?
    /// Since when nothing has arrived; `nil` while it does.
    var failingSince: Date?
    /// How many attempts have failed one after the other.
    var failures: Int
    var lastError: String?
    let createdAt: Date
    let createdBy: UserID
    var updatedAt: Date
    /// Counts its changes, not what becomes of deliveries.
    var version: Int64

    static let maximumCount = 20
    static let maximumURL = 1000
    /// How long nothing may arrive before it is switched off.
    static let patience: TimeInterval = 3 * 86_400
    /// Nor is it switched off before as many attempts have failed: with few events, days can pass without one.
    static let fewestFailures = 8
    /// The longest pause of one that does not answer, so that it is not asked in vain for each of its deliveries.
    static let longestPause: TimeInterval = 300

    static func created(
        _ new: CreateWebhook,
        id: WebhookID,
        of tenant: TenantID,
        by user: UserID,
        at now: Date
    ) -> Webhook {
        Webhook(
            id: id,
            tenant: tenant,
            name: new.name,
            url: new.url,
            events: new.events,
            isActive: new.isActive ?? true,
            failures: 0,
            createdAt: now,
            createdBy: user,
            updatedAt: now,
            version: 1
        )
    }

    /// The webhook after a person's change; `nil` when nothing differs.
    func changed(_ change: ChangeWebhook, seen: Int64?, at now: Date) throws(WebhookRefusal) -> Webhook? {
        try requireVersion(seen)
        var next = self
        if let name = change.name.value { next.name = name }
        if let url = change.url.value { next.url = url }
        if let events = change.events.value { next.events = events }
        if let isActive = change.isActive.value { next.isActive = isActive }
        guard next != self else { return nil }
        // Whoever mends or switches it on begins anew.
        if next.url != url || next.isActive && !isActive { next.startAnew() }
        (next.updatedAt, next.version) = (now, version + 1)
        return next
    }

    func requireVersion(_ seen: Int64?) throws(WebhookRefusal) {
        if let seen, seen != version { throw .stale(current: version) }
    }

    /// The webhook after an attempt. One that fails for days, or says that it is gone, is switched off.
    func after(_ answer: WebhookAnswer, at now: Date) -> Webhook {
        var next = self
        guard let error = answer.error else {
            (next.failures, next.failingSince, next.lastError) = (0, nil, nil)
            return next
        }
        next.failures += 1
        next.failingSince = failingSince ?? now
        next.lastError = error
        if answer.isGone {
            next.disabledBecause = .gone
        } else if next.failures >= Self.fewestFailures, let since = next.failingSince,
            now.timeIntervalSince(since) >= Self.patience
        {
            next.disabledBecause = .failing
        }
        if isActive, next.disabledBecause != nil {
            next.isActive = false
            (next.updatedAt, next.version) = (now, version + 1)
        }
        return next
    }

    /// How long it is left alone after an attempt.
    var pause: TimeInterval { failures == 0 ? 0 : min(pow(2, Double(min(failures, 16))), Self.longestPause) }

    private mutating func startAnew() {
        (failures, failingSince, lastError, disabledBecause) = (0, nil, nil, nil)
    }
}

/// A fact that a webhook can be told: an event of this service, named without its version.
enum WebhookEvent: String, Codable, CaseIterable, Sendable {
    case created = "workorder.created"
    case updated = "workorder.updated"
    case stateChanged = "workorder.state-changed"
    case assigned = "workorder.assigned"
    case completed = "workorder.completed"
    case commented = "workorder.commented"
    case signed = "workorder.signed"
    case serviceLevel = "workorder.service-level"
    case costBooked = "workorder.cost-booked"
    case attachmentChanged = "workorder.attachment-changed"
    case partsPlanned = "parts.planned"
    case partsMoved = "parts.moved"
    case budgetCrossed = "budget.threshold-crossed"
    case permitChanged = "permit.changed"
    case incidentChanged = "incident.changed"
    case certificateStage = "people.certificate-stage"
}

/// Adds a webhook.
struct CreateWebhook: Input {
    var name: String
    var url: String
    var events: [WebhookEvent]
    var isActive: Bool?

    static let rules: Rules = [
        "name": Webhook.nameRule, "url": Webhook.urlRule, "events": Webhook.eventsRule,
        "isActive": .means("Whether it is told anything; the default is true"),
    ]

    func check(_ errors: inout FieldErrors) { Webhook.check(events, &errors) }
}

/// Changes a webhook. An absent field keeps its value.
struct ChangeWebhook: Input {
    var name: Patch<String> = .keep
    var url: Patch<String> = .keep
    var events: Patch<[WebhookEvent]> = .keep
    var isActive: Patch<Bool> = .keep

    static let rules: Rules = [
        "name": Webhook.nameRule, "url": Webhook.urlRule, "events": Webhook.eventsRule,
        "isActive": .means("false: it is told nothing, and what waits for it is given up"),
    ]

    func check(_ errors: inout FieldErrors) { if let events = events.value { Webhook.check(events, &errors) } }
}

/// Makes a new secret.
struct RotateWebhookSecret: Input {
    var overlapHours: Int?

    static let rules: Rules = [
        "overlapHours": .whole(0...168).means(
            "How long the former secret signs too, so that the receiver can be changed in the meantime; the default is 24"
        )
    ]
}

extension Webhook {
    fileprivate static let nameRule = Rule.line(1...80).means("What it is called, once in the organization").example(
        "Ticket system"
    )
    fileprivate static let urlRule = Rule.form(
        8...maximumURL,
        format: "uri",
        FieldRule(
            code: "not_a_webhook_url",
            "must be an https URL with a full host name, without a user name or a fragment, with port 443 or one from 1024 on"
        ),
        example: "https://tickets.sunfield.example/hooks/dcmms"
    ) { WebhookURL($0, allowingLocal: true) != nil }.means("Where it is told; the address must be public")
    fileprivate static let eventsRule = Rule.items(1...WebhookEvent.allCases.count).means("What it is told")

    fileprivate static func check(_ events: [WebhookEvent], _ errors: inout FieldErrors) {
        errors.require(
            Set(events).count == events.count,
            "events",
            .duplicate("must not name an event twice")
        )
    }
}

/// Why a webhook is not added, changed or used.
enum WebhookRefusal: Error, Hashable, Sendable {
    case unknown
    case unknownDelivery
    case tooMany
    case nameTaken
    case stale(current: Int64)
    case notAllowed
    /// The name has no address.
    case hostUnknown
    case addressNotPublic
    case inactive
    /// It has not failed or arrived yet.
    case deliveryPending
    /// The service has no keys to seal secrets with.
    case notSetUp
}
