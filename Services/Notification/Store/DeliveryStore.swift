import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The queue of messages to people.
struct DeliveryStore: Sendable {
    let database: Database

    struct Due: Codable, Sendable {
        var id: NotificationID
        var tenant: TenantID
        var alert: AlertID?
        var user: UserID
        var recipient: String?
        var subject: String?
        var body: String?
        var attempts: Int
        var createdAt: Date
        /// A mail about the person's account, whose text is made when it is sent.
        var template: MailTemplate?
        /// Sealed.
        var token: [UInt8]?
        var expiresAt: Date?
    }

    /// Queues a mail about an account.
    func queue(_ mail: MailRequested, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            INSERT INTO notifications (id, tenant_id, user_id, channel, template, token, expires_at, status, next_try_at,
                created_at)
            VALUES (\(mail.id), \(mail.tenant), \(mail.user), \(NotificationChannel.email), \(mail.template), \(mail.token.map(Array.init)),
                \(mail.expiresAt), 'pending', \(mail.at), \(mail.at))
            """
        )
        tx.notify("notifications")
    }

    /// Whom a mail goes to.
    struct Person: Codable, Sendable {
        var email: String
        var displayName: String
    }

    /// `nil` while the person's state has not arrived.
    func person(_ id: UserID, tenant: TenantID) async throws -> Person? {
        try await database.of(tenant).first(
            "SELECT email, display_name FROM users WHERE id = \(id) AND tenant_id = \(tenant)"
        )?.decode()
    }

    /// Claims the next message that is due, and sets its next attempt to later. So no other instance sends it in the meantime, and a crash
    /// only delays it.
    func claim(at now: Date) async throws -> Due? {
        // The mails of all tenants are in one queue.
        try await database.ofEveryTenant.first(
            """
            UPDATE notifications SET attempts = attempts + 1, next_try_at = \(now.addingTimeInterval(60))
            WHERE id = (
                SELECT id FROM notifications WHERE status = 'pending' AND next_try_at <= \(now)
                ORDER BY next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED
            )
            RETURNING *
            """
        )?.decode()
    }

    /// Stores the result of an attempt. With `retryAt` there will be another one; otherwise the message is sent or given up, and this is
    /// published.
    ///
    /// - Parameter message: What was sent, or would have been.
    func finish(_ due: Due, _ message: Message?, error: String?, retryAt: Date?, at now: Date) async throws {
        let act = Act(service: "notification", tenant: due.tenant, cause: "delivery of a message", time: now)
        try await database.transaction(for: act) { tx in
            if let retryAt {
                try await tx.execute(
                    "UPDATE notifications SET error = \(error), next_try_at = \(retryAt) WHERE id = \(due.id)"
                )
                return
            }
            let outcome: NotificationOutcome = error == nil ? .sent : .failed
            let sentAt: Date? = error == nil ? now : nil
            try await tx.execute(
                """
                UPDATE notifications SET status = \(outcome), error = \(error), sent_at = \(sentAt), token = NULL,
                    -- Not the address of somebody who was erased while the mail was on its way.
                    recipient = COALESCE(
                        recipient, (SELECT u.email FROM users u WHERE u.id = user_id AND u.email = \(message?.recipient))
                    ),
                    subject = COALESCE(subject, \(message?.subject))
                WHERE id = \(due.id)
                """
            )
            try tx.publish(
                NotificationDelivered(
                    id: due.id,
                    tenant: due.tenant,
                    alert: due.alert,
                    user: due.user,
                    channel: .email,
                    outcome: outcome,
                    attempts: due.attempts,
                    error: error,
                    at: now
                ),
                by: act
            )
        }
    }
}
