import Commands
import Foundation
import Identifiers

enum WebhookDeliveryKind {}
/// Names a delivery.
typealias WebhookDeliveryID = Identifier<WebhookDeliveryKind>

/// A fact on its way to a webhook.
struct WebhookDelivery: Codable, Hashable, Sendable {
    enum State: String, Codable, CaseIterable, Sendable {
        case pending
        case delivered
        /// Given up; a person can have it tried again.
        case failed
    }

    let id: WebhookDeliveryID
    let tenant: TenantID
    let webhook: WebhookID
    /// What the receiver knows it by: the same for each attempt.
    let message: EventID
    /// ``WebhookEvent``, or what is no event: ``test``.
    let event: String
    /// What is posted, the same bytes each time.
    let body: String
    var state: State
    var attempts: Int
    /// When it is tried next; `nil` when it is not.
    var nextAt: Date?
    /// Of the last attempt.
    var status: Int?
    var error: String?
    var answer: String?
    var milliseconds: Int?
    let createdAt: Date
    var triedAt: Date?

    /// What a test is called.
    static let test = "webhook.test"
    /// What a rule tells that calls a webhook.
    static let rule = "automation.fired"
    /// How long it is listed.
    static let retention: TimeInterval = 30 * 86_400
    /// How long one instance has for an attempt before another one makes it.
    static let lease: TimeInterval = 90
    /// The pauses after the first, second … failure: a day together.
    static let pauses: [TimeInterval] = [10, 120, 900, 3600, 3 * 3600, 8 * 3600, 12 * 3600]
    /// How much of an answer is kept, in bytes.
    static let largestAnswer = 1024
    /// How many are tried again at once.
    static let largestRedrive = 1000

    var isTest: Bool { event == Self.test }

    /// The delivery after an attempt.
    ///
    /// - Parameter spread: What the pause is multiplied by, so that not all come back at the same moment.
    func after(_ answer: WebhookAnswer, at now: Date, spread: Double) -> WebhookDelivery {
        var next = self
        (next.status, next.error, next.answer) = (answer.status, answer.error, answer.text)
        (next.milliseconds, next.triedAt) = (answer.milliseconds, now)
        if answer.error == nil {
            (next.state, next.nextAt) = (.delivered, nil)
        } else if !isTest, attempts <= Self.pauses.count, !answer.isGone {
            next.nextAt = now.addingTimeInterval(Self.pauses[max(attempts, 1) - 1] * spread)
        } else {
            (next.state, next.nextAt) = (.failed, nil)
        }
        return next
    }

    /// It is tried as if it were new.
    func redriven(at now: Date) throws(WebhookRefusal) -> WebhookDelivery {
        guard state != .pending else { throw .deliveryPending }
        var next = self
        (next.state, next.attempts, next.nextAt) = (.pending, 0, now)
        return next
    }
}

/// What came of an attempt.
struct WebhookAnswer: Hashable, Sendable {
    /// Of HTTP; `nil` when there was no answer.
    var status: Int?
    /// Its beginning.
    var text: String?
    /// Why it counts as failed; `nil` when it arrived.
    var error: String?
    var milliseconds: Int

    static func answered(_ status: Int, _ text: String, in milliseconds: Int) -> WebhookAnswer {
        // A redirect would lead where nobody has checked.
        let error: String? = (200..<300).contains(status) ? nil : "the answer was \(status)"
        return WebhookAnswer(status: status, text: text.isEmpty ? nil : text, error: error, milliseconds: milliseconds)
    }

    static func failed(_ error: String, in milliseconds: Int) -> WebhookAnswer {
        WebhookAnswer(error: error, milliseconds: milliseconds)
    }

    /// Whether the receiver wants nothing any more (RFC 9110, 410).
    var isGone: Bool { status == 410 }
}

/// A filter of deliveries.
struct WebhookDeliveryFilter: Input {
    var state: WebhookDelivery.State?

    static let rules: Rules = ["state": .means("Only those in this state")]
}

/// A delivery's place in the list: the newest first.
struct WebhookDeliveryPosition: Codable, Sendable {
    var createdAt: Date
    var id: WebhookDeliveryID
}

/// Has what failed tried again.
struct RedriveWebhook: Input {
    var since: Date

    static let rules: Rules = ["since": .means("What was filed at that time or later, and has failed")]
}

/// What is posted.
struct WebhookBody<Facts: Encodable>: Encodable {
    var id: EventID
    var type: String
    var time: Date
    var tenant: TenantID
    var data: Facts
}
