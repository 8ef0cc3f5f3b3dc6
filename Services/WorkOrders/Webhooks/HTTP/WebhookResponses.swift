import Commands
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit

/// A webhook as clients see it: never with its secret.
struct WebhookResponse: Answer, Codable, Versioned {
    var id: WebhookID
    var name: String
    var url: String
    var events: [WebhookEvent]
    var isActive: Bool
    /// Why the service has switched it off; absent if it has not.
    var disabledBecause: Webhook.Disabled?
    /// Since when nothing has arrived; absent while it does.
    var failingSince: Date?
    var lastError: String?
    var createdAt: Date
    var createdBy: UserID
    var updatedAt: Date
    var version: Int64

    init(_ webhook: Webhook) {
        id = webhook.id
        name = webhook.name
        url = webhook.url
        events = webhook.events
        isActive = webhook.isActive
        disabledBecause = webhook.disabledBecause
        failingSince = webhook.failingSince
        lastError = webhook.lastError
        createdAt = webhook.createdAt
        createdBy = webhook.createdBy
        updatedAt = webhook.updatedAt
        version = webhook.version
    }
}

struct WebhookList: Answer, Codable {
    var items: [WebhookResponse]
}

/// A new webhook with its secret, which no answer has again.
struct NewWebhookResponse: Codable, Sendable {
    var webhook: WebhookResponse
    var secret: String
}

/// A new secret, which no answer has again.
struct WebhookSecretResponse: Answer, Codable {
    var secret: String
    /// Until then the former one signs too; absent if it does not any more.
    var formerSecretUntil: Date?
}

/// A delivery as clients see it.
struct WebhookDeliveryResponse: Answer, Codable {
    var id: WebhookDeliveryID
    /// What the receiver knows it by: `Webhook-Id`.
    var messageId: EventID
    var event: String
    var state: WebhookDelivery.State
    var attempts: Int
    /// When it is tried next; absent when it is not.
    var nextAttemptAt: Date?
    var lastAttemptAt: Date?
    /// The receiver's status.
    var status: Int?
    var error: String?
    /// The beginning of the receiver's answer.
    var answer: String?
    var milliseconds: Int?
    var createdAt: Date
    /// What is posted; only of one delivery, not in lists.
    var body: String?

    init(_ delivery: WebhookDelivery, withBody: Bool = false) {
        id = delivery.id
        messageId = delivery.message
        event = delivery.event
        state = delivery.state
        attempts = delivery.attempts
        nextAttemptAt = delivery.nextAt
        lastAttemptAt = delivery.triedAt
        status = delivery.status
        error = delivery.error
        answer = delivery.answer
        milliseconds = delivery.milliseconds
        createdAt = delivery.createdAt
        body = withBody ? delivery.body : nil
    }
}

/// What is tried again.
struct RedrivenResponse: Answer, Codable {
    var count: Int
    /// Whether there are more: then the same request takes the next ones.
    var hasMore: Bool
}

extension WebhookRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown: .notFound("webhook")
        case .unknownDelivery: .notFound("delivery")
        case .tooMany:
            Problem(
                .conflict,
                "too_many_webhooks",
                "an organization has at most \(Webhook.maximumCount) webhooks",
                ["maximum": "\(Webhook.maximumCount)"]
            )
        case .nameTaken: Problem(.conflict, "webhook_name_taken", "there is a webhook of this name already")
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the webhook: read it again",
                currentVersion: current
            )
        case .notAllowed:
            .field(
                "url",
                FieldRule(
                    problem: "webhook_url_not_allowed",
                    "must be an https URL with a full host name and port 443 or one from 1024 on"
                )
            )
        case .hostUnknown: .field("url", FieldRule(problem: "host_unknown", "has a host name without an address"))
        case .addressNotPublic:
            .field("url", FieldRule(problem: "address_not_public", "must lead to a public address"))
        case .inactive: Problem(.conflict, "webhook_inactive", "the webhook is switched off")
        case .deliveryPending: Problem(.conflict, "delivery_pending", "it is being tried already")
        case .notSetUp:
            Problem(.serviceUnavailable, "webhooks_not_set_up", "this installation has no keys for webhooks")
        }
    }
}
